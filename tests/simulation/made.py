"""Communities for the tests of this room: dense ones in which everything meets, and one counter with one queue.

In the dense ones all times lie on a grid of half hours, units and departments are few and busy, and the joint
conference sits every week, so that coincidences, referrals and second referrals are common. What may happen is
drawn by the kit's own strategy of lifecycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from attrs import evolve
from hypothesis import strategies as st

from govflow.calendar import Calendar, Duration
from govflow.community import (
    Arrivals,
    Assumptions,
    Behaviour,
    Category,
    Community,
    Distribution,
    Intake,
    outcomes_of,
    parse,
)
from govflow.lifecycle import Lifecycle, Transition
from govflow.organization import Conference, Level, OrganizationPlan, OutsideUnit, Pattern, TieRow
from govflow.program import Program, compile_program
from govflow.simulation import arrays
from govflow.simulation.arrays import Tables
from govflow.simulation.replication import Replication
from govflow.simulation.study import make_window, replicate
from govflow.testing import strategies as gs

LEVELS = ("committee", "branch", "host")
CATEGORIES = ("noise", "parking")
CHANNELS = ("doorstep", "telephone")
HALF_HOURS = ("30m", "1h", "2h", "4h", "8h", "24h")
ZONE = "Asia/Shanghai"


# ------------------------------------------------------------ dense communities
def calendar(name: str, hours: Mapping[str, str]) -> Calendar:
    """Return a calendar without holidays."""
    return Calendar.from_data(name, {"hours": hours}, ZONE)


CALENDARS = {
    "office": calendar("office", {"mon-fri": "09:00-12:00 14:00-18:00"}),
    "evenings": calendar("evenings", {"mon-sun": "19:00-21:00"}),
    "always": calendar("always", {"mon-sun": "00:00-24:00"}),
}


def plan(hours: Sequence[str], handlers: Sequence[int], capacity: int) -> OrganizationPlan:
    """Return a small organization: seven units, a department that works, one that only answers, ties and sessions."""
    return OrganizationPlan(
        "top",
        tuple(Level(name, own) for name, own in zip(LEVELS, hours, strict=True)),
        {
            "committee": Pattern("committee", handlers=handlers[0]),
            "branch": Pattern("branch", each=2, handlers=handlers[1], households=3),
            "host": Pattern("host", each=2, handlers=handlers[2], households=5),
        },
        outside=(
            OutsideUnit("department/a", "department", categories=("parking",), handlers=1, calendar=hours[1]),
            OutsideUnit("department/b", "department", handlers=2, calendar=hours[2]),
            OutsideUnit("team/c", "team", serves=("branch/1",)),
        ),
        ties=(
            TieRow("refers_to", "branch/2", "department/b", ("parking",)),
            TieRow("partners", "host/1-1", "team/c"),
        ),
        conferences=(
            Conference("committee", "wed", "15:00", capacity=capacity),
            Conference("branch", "fri", "09:00", capacity=1),
        ),
    )


def sure(cycle: Lifecycle, state: str) -> str:
    """Return an outcome that leads on from a state whatever guards and stack say; the kit's lifecycles have one."""
    return next(
        trigger
        for trigger in outcomes_of(cycle, state)
        if any(_is_sure(way) and state in cycle.sources(way) for way in cycle.ways(trigger))
    )


def _is_sure(way: Transition) -> bool:
    return way.when is None and way.target is not None and way.move in ("stay", "back")


def behaviours(cycle: Lifecycle, times: Sequence[str], weights: Sequence[int]) -> Iterator[tuple[str, Behaviour]]:
    """Yield what is assumed of each state: constant times in turns, weights in turns, the sure outcome among them."""
    for at, state in enumerate(state for state in cycle.states.values() if state.kind in ("work", "wait")):
        possible = outcomes_of(cycle, state.name)
        given = {trigger: weights[(at + 3 * n) % len(weights)] for n, trigger in enumerate(possible)}
        given[sure(cycle, state.name)] += 1
        shares = {trigger: weight / sum(given.values()) for trigger, weight in given.items()}
        convened = any(way.move == "convene" and way.target == state.name for way in cycle.transitions)
        time = Distribution("constant", {"value": Duration.parse(times[at % len(times)])})
        yield state.name, Behaviour(None if convened else time, shares)


def dense(
    cycles: Sequence[Lifecycle],
    hours: Sequence[str],
    handlers: Sequence[int],
    capacity: int,
    times: Sequence[str],
    weights: Sequence[int],
    levels: Sequence[str],
) -> Community:
    """Return a busy little community with these lifecycles."""
    named = {f"matter_{at}": evolve(cycle, name=f"matter_{at}") for at, cycle in enumerate(cycles)}
    arrivals = {
        "noise": Arrivals(150.0, {"doorstep": 0.5, "telephone": 0.5}, severity={1: 0.25, 2: 0.25, 3: 0.25, 4: 0.25}),
        "parking": Arrivals(150.0, {"telephone": 1.0}),
    }
    return Community(
        name="dense",
        plan=plan(hours, handlers, capacity),
        calendars=CALENDARS,
        categories={"noise": Category("noise", 2), "parking": Category("parking", 3)},
        channels={channel: {} for channel in CHANNELS},
        lifecycles=named,
        intake={name: Intake(dict(zip(CHANNELS, levels, strict=True))) for name in named},
        assumptions=Assumptions(
            arrivals=dict.fromkeys(named, arrivals),
            behaviour={name: dict(behaviours(cycle, times, weights)) for name, cycle in named.items()},
        ),
        zone=ZONE,
    )


def dense_communities() -> st.SearchStrategy[Community]:
    """Return busy communities in which the kit's lifecycles meet all moves, sessions and coincidences."""
    cycle = gs.lifecycles(levels=LEVELS, categories=CATEGORIES, channels=CHANNELS)
    level = st.sampled_from(LEVELS)
    return st.builds(
        dense,
        cycles=st.lists(cycle, min_size=1, max_size=2),
        hours=st.tuples(*[st.sampled_from(sorted(CALENDARS))] * 3),
        handlers=st.tuples(*[st.integers(1, 3)] * 3),
        capacity=st.integers(1, 3),
        times=st.lists(st.sampled_from(HALF_HOURS), min_size=1, max_size=3),
        weights=st.lists(st.integers(0, 4), min_size=1, max_size=5).filter(any),
        levels=st.tuples(level, level),
    )


def busy(community: Community, a_day: float) -> Community:
    """Return the community with so many cases a day in all, its streams keeping their proportions."""
    households = sum(community.organization.households)
    rates = community.assumptions.arrivals
    before = [arrivals.per_household_year for own in rates.values() for arrivals in own.values()]
    factor = a_day * 365 / (households * sum(before)) if any(before) else None

    def rate(arrivals: Arrivals) -> float:
        return a_day * 365 / households / len(before) if factor is None else arrivals.per_household_year * factor

    scaled = {
        name: {category: evolve(arrivals, per_household_year=rate(arrivals)) for category, arrivals in own.items()}
        for name, own in rates.items()
    }
    return community.with_(assumptions=evolve(community.assumptions, arrivals=scaled))
