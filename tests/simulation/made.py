"""Communities for the tests of this room: dense ones in which everything meets, and a counter with one queue.

In the dense ones all times lie on a grid of half hours, units and departments are few and busy, and the joint
conferences sit every week, so that coincidences, referrals and second referrals are common. What may happen is
drawn by the kit's own strategy of lifecycles. `ran` runs one replication, `rows_of` tells its events by
name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from attrs import evolve, fields_dict
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
)
from govflow.lifecycle import Counter, Deadline, Lifecycle, Scope, Span, State, StateKind, Transition
from govflow.organization import Conference, Level, OrganizationPlan, OutsideUnit, Pattern, TieRow
from govflow.program import compile_program, read_snapshot
from govflow.simulation import arrays
from govflow.simulation.arrays import Tables
from govflow.simulation.replication import Replication
from govflow.simulation.study import make_window, replicate
from govflow.testing import strategies as gs
from tests.simulation.twin import Row

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


def dense_communities(cycles: st.SearchStrategy[Sequence[Lifecycle]] | None = None) -> st.SearchStrategy[Community]:
    """Return busy communities in which these lifecycles, else the kit's, meet all moves, sessions and coincidences."""
    cycle = gs.lifecycles(levels=LEVELS, categories=CATEGORIES, channels=CHANNELS)
    level = st.sampled_from(LEVELS)
    return st.builds(
        dense,
        cycles=st.lists(cycle, min_size=1, max_size=2) if cycles is None else cycles,
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


def way(trigger: str, source: str, target: str | None = None, by: str = "handler@here", **more: Any) -> Transition:
    """Return a transition; sources and actors are written in one text."""
    return Transition(trigger, tuple(source.split()), target, () if more.get("take") else tuple(by.split()), **more)


def deadline(name: str, scope: Scope, runs: str, limit: str, **more: Any) -> Deadline:
    """Return a deadline with the same limit at every level."""
    return Deadline(name, scope, tuple(runs.split()), {"default": Duration.parse(limit)}, **more)


def intricate() -> Lifecycle:
    """Return a lifecycle with what the kit draws seldom or never.

    The clock changes the severity of cases that queue or lie before the conference; work follows work; referrals and
    conferences follow one another; a change of severity uses up a limit; clocks of every scope and rule of reopening
    run side by side, with limits that coincide.
    """
    kinds: dict[str, StateKind] = {"received": "queue", "screening": "work", "assigned": "queue", "handling": "work"}
    kinds |= {"checking": "work", "referred": "wait", "convened": "wait", "asked": "wait", "shelved": "wait"}
    kinds |= {"closed": "final"}
    graded, urgent = {"sets": ("severity",)}, {1: 0.25, 2: 0.5}
    ways = (
        way("screen", "received", "screening", take=True),
        way("accept", "screening", "assigned", **graded),
        way("start", "assigned", "handling", take=True),
        way("check", "handling", "checking"),
        way("resolve", "handling checking", "asked"),
        way("regrade", "screening handling referred convened", **graded),
        way("hurry", "*", by="clock", **graded),
        way("escalate", "assigned handling checking", "assigned", "handler@here clock", move="up"),
        way("hand_down", "handling", "assigned", move="down"),
        way("refer", "handling convened referred", "referred", move="refer", when='entries("referred") < 4'),
        way("convene", "handling referred", "convened", move="convene"),
        way("report_back", "referred", "assigned", "department clock", move="back"),
        way("agree", "convened", "assigned", move="back"),
        way("another_round", "convened", "convened", add={"rounds": 1}, when="rounds < 2 or severity > 2"),
        way("fail", "convened", "shelved", move="back"),
        way("shelve", "handling", "shelved"),
        way("revive", "shelved", "assigned", "handler@here clock"),
        way("confirm", "asked", "closed", "reporter"),
        way("dispute", "asked", "assigned", "reporter", add={"reopened": 1}, when="reopened < 2"),
        way("dispute", "asked", "received", "reporter", add={"reopened": 1}, move="up"),
    )
    everywhere = "received screening assigned handling checking referred convened shelved"
    deadlines = (
        deadline("hurried", "entry", "assigned", "2h", fires="hurry", clock="elapsed"),
        deadline("pressed", "level", "assigned convened", "8h", fires="hurry", clock="elapsed", reopen="resume"),
        deadline("handle", "level", "assigned handling checking", "4h", fires="escalate", severity=urgent),
        deadline("whole", "case", everywhere, "24h", fires="escalate", severity=urgent, reopen="resume"),
        deadline("first", "case", everywhere, "8h", reopen="first", while_working="finish", fires="escalate"),
        deadline("again", "case", "assigned handling asked", "24h", fires="hurry", clock="elapsed"),
        deadline("settle", "referral", "referred convened", "24h", fires="report_back", clock="elapsed"),
        deadline("answer", "referral", "referred", "4h", severity={1: 0.5}),
        deadline("review", "entry", "shelved", "1d", fires="revive"),
    )
    return Lifecycle(
        "matter",
        "received",
        {name: State(name, kind) for name, kind in kinds.items()},
        ways,
        deadlines={each.name: each for each in deadlines},
        counters={"reopened": Counter("reopened", cycle=True), "rounds": Counter("rounds")},
        times={
            "response": Span("response", ("accept", "regrade")),
            "settlement": Span("settlement", ("resolve",), "last"),
        },
        settled_by=("resolve", "agree"),
    )


# ------------------------------------------------------------ a counter with one queue
def counter(
    service: Distribution,
    a_day: Mapping[str, float],
    *,
    severity: Mapping[str, int] | None = None,
    handlers: int = 1,
    hours: Calendar | None = None,
) -> Community:
    """Return one unit with one queue and one piece of work, by default never closed; `a_day` cases of each category."""
    graded = severity or {}
    cycle = Lifecycle(
        "matter",
        "waiting",
        {
            "waiting": State("waiting", "queue"),
            "serving": State("serving", "work"),
            "done": State("done", "final"),
        },
        (
            Transition("take", ("waiting",), "serving", take=True),
            Transition("serve", ("serving",), "done", by=("handler@here",)),
        ),
        times={"wait": Span("wait", ("take",)), "stay": Span("stay", ("serve",))},
        settled_by=("serve",),
    )
    arrivals = {category: Arrivals(365 * rate / 100, {"doorstep": 1.0}) for category, rate in a_day.items()}
    patterns = {"office": Pattern("office", handlers=handlers, households=100)}
    return Community(
        name="counter",
        plan=OrganizationPlan("top", (Level("office", "open"),), patterns),
        calendars={"open": hours or CALENDARS["always"]},
        categories={category: Category(category, graded.get(category, 3)) for category in a_day},
        channels={"doorstep": {}},
        lifecycles={"matter": cycle},
        intake={"matter": Intake({"doorstep": "office"})},
        assumptions=Assumptions(
            arrivals={"matter": arrivals},
            behaviour={"matter": {"serving": Behaviour(service, {"serve": 1.0})}},
        ),
        zone=hours.zone if hours else ZONE,
    )


# ------------------------------------------------------------ running one
class Ran(NamedTuple):
    """One replication that has been run, with the tables that it ran on."""

    community: Community
    tables: Tables
    replication: Replication


def ran(
    community: Community,
    *,
    days: float,
    warmup: float = 0,
    drain: float = 0,
    start: str | None = None,
    seed: int = 1,
    replication: int = 0,
    compiled: bool = True,
    events: bool = True,
    initial: Mapping[str, Any] | None = None,
) -> Ran:
    """Run one replication of a community, from the cases of a snapshot if there is one."""
    window = make_window(community, days=days, warmup=warmup, drain=drain, start=start)
    program = compile_program(community)
    cases = () if initial is None else read_snapshot(program, initial).cases
    window = window if initial is None else evolve(window, start=initial["at"])
    tables = arrays.layout(program, window, cases)
    return Ran(community, tables, replicate(tables, seed, replication, events=events, compiled=compiled))


def rows_of(run: Ran) -> list[Row]:
    """Return the events of a run by name, as the twin tells its own."""
    names, ids = run.tables.program.names, run.community.organization.ids
    found = []
    for case, time, unit, code in np.concatenate(run.replication.rows or (np.zeros((0, 4), int),)).tolist():
        way, cause = (code & 0xFFFFFFFF) - 1, (code >> 32) - 1
        clock = names.clocks[cause] if cause >= 0 else None
        found.append(
            Row(
                case=case,
                time=time,
                unit=ids[unit],
                way=names.transitions[way][1] if way >= 0 else None,
                cause=None if clock is None else (clock[1].name, clock[2]),
            )
        )
    return found


def assert_same_bits(first: Replication, second: Replication) -> None:
    """Hold two replications equal in everything they consist of, however their tables were cut into chunks."""
    for name in fields_dict(Replication):
        one, other = getattr(first, name), getattr(second, name)
        if name in ("rows", "openings"):
            assert len(one) == len(other) == 0 or np.array_equal(np.concatenate(one), np.concatenate(other)), name
        else:
            np.testing.assert_array_equal(one, other, err_msg=name)
