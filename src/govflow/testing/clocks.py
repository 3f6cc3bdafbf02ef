"""The clocks and counts of the lifecycles that the kit draws: deadlines of every scope, metrics, times.

`Counted` is the sketch; `with_clocks` reads it for a lifecycle that has its states and ways already. A way that only
the clock may take gets the deadline that fires it; further deadlines are free to run anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import evolve, frozen
from hypothesis import strategies as st

from govflow.calendar import DAY, Duration
from govflow.lifecycle import (
    DEFAULT,
    DEPARTMENT,
    Deadline,
    Extension,
    FieldLimit,
    Lifecycle,
    Marks,
    Metric,
    Scope,
    Span,
)
from govflow.testing.calendars import durations
from govflow.testing.sketch import PICK, SOME, pick, picks

SCOPES: tuple[Scope, ...] = ("case", "level", "entry", "referral")
REOPEN: tuple[Literal["first", "reset", "resume"], ...] = ("reset", "resume", "first")
FACTORS: tuple[Mapping[int, float], ...] = ({}, {1: 0.25, 2: 0.5}, {1: 0.5}, {4: 2.0})
AWAY = ("referred", "attended", "signed", "convened")
"""The states of a drawn lifecycle that a referral or a conference leads to."""

OWN: Mapping[str, tuple[str, Scope, tuple[str, ...]]] = {
    "silent_close": ("silence", "entry", ("asked",)),
    "no_answer": ("settle", "referral", AWAY[:3]),
    "escalate": ("handle", "level", ("received", "screening", "assigned", "handling", "reviewed", "reviewing")),
    "revive": ("review", "entry", ("shelved",)),
}
"""For each trigger that the clock may fire: its own deadline's name, scope, and the states that it runs in."""


@frozen
class Limit:
    """What is drawn for the limit of a deadline: for all levels, or for some, or out of a field of the case."""

    length: Duration
    by_level: Sequence[tuple[int, Duration]]
    default: bool
    severity: int
    working: bool


@frozen
class Clock:
    """What is drawn for a free deadline."""

    scope: int
    runs: Sequence[int]
    limit: int
    fires: int | None
    finish: bool
    reopen: int
    extends: bool


@frozen
class Counted:
    """What is drawn for everything about a lifecycle that is timed or counted.

    `limits` are shared, so that deadlines coincide: each takes one by number, 0 is `PLAIN`.
    """

    limits: Sequence[Limit]
    own: Sequence[int]
    finish: bool
    clocks: Sequence[Clock]
    metrics: Sequence[tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[int], int | None, bool]]
    times: Sequence[tuple[Sequence[int], bool]]
    settled_by: Sequence[int]


PLAIN = Limit(Duration.parse("1h"), (), default=True, severity=0, working=False)
"""One hour, for everyone, on the clock on the wall."""

_AT_LEAST_ONE = st.lists(PICK, min_size=1, max_size=3)
_LIMIT = st.builds(
    Limit,
    length=durations(),
    by_level=st.lists(st.tuples(PICK, durations()), max_size=2),
    default=st.booleans(),
    severity=PICK,
    working=st.booleans(),
)
_CLOCK = st.builds(
    Clock,
    scope=PICK,
    runs=_AT_LEAST_ONE,
    limit=PICK,
    fires=st.none() | PICK,
    finish=st.booleans(),
    reopen=PICK,
    extends=st.booleans(),
)
SKETCHES: st.SearchStrategy[Counted] = st.builds(
    Counted,
    limits=st.lists(_LIMIT, max_size=3),
    own=st.lists(PICK, min_size=1, max_size=len(OWN)),
    finish=st.booleans(),
    clocks=st.lists(_CLOCK, max_size=3),
    metrics=st.lists(
        st.tuples(_AT_LEAST_ONE, SOME, _AT_LEAST_ONE, SOME, st.none() | PICK, st.booleans()), max_size=2
    ),
    times=st.lists(st.tuples(_AT_LEAST_ONE, st.booleans()), max_size=2),
    settled_by=SOME,
)


def with_clocks(cycle: Lifecycle, counted: Counted, levels: Sequence[str]) -> Lifecycle:
    """Return the lifecycle with the deadlines, metrics and times that a sketch stands for."""
    triggers = cycle.triggers()
    own = {deadline.name: deadline for deadline in _own(cycle, counted, levels)}
    free = [
        _free(cycle, clock, _limit(counted, clock.limit), f"clock_{at}", levels)
        for at, clock in enumerate(counted.clocks, start=1)
    ]
    timed = evolve(cycle, deadlines={**own, **{deadline.name: deadline for deadline in free}})
    facts = [*triggers, "open", *(f"expiry:{name}" for name in timed.deadlines)]
    names = tuple(timed.deadlines)
    metrics = [_metric(f"metric_{at}", facts, names, *metric) for at, metric in enumerate(counted.metrics, start=1)]
    times = [
        Span(f"time_{at}", picks(triggers, until), "first" if first else "last")
        for at, (until, first) in enumerate(counted.times, start=1)
    ]
    return evolve(
        timed,
        metrics={metric.name: metric for metric in metrics},
        times={span.name: span for span in times},
        settled_by=picks(triggers, counted.settled_by),
    )


def fired_by_clock(cycle: Lifecycle) -> tuple[str, ...]:
    """Return the triggers that a deadline may fire."""
    return tuple(dict.fromkeys(way.trigger for way in cycle.transitions if "clock" in way.by))


def _own(cycle: Lifecycle, counted: Counted, levels: Sequence[str]) -> Iterator[Deadline]:
    """Yield for each trigger that the clock may fire the deadline that always does."""
    for at, trigger in enumerate(fired_by_clock(cycle)):
        name, scope, runs = OWN[trigger]
        limit = _limit(counted, pick(counted.own, at))
        field = next((way for way in cycle.transitions if "review_on" in way.needs), None)
        table = _table(limit, levels, always=True)
        if trigger == "revive" and field is not None and not limit.default:
            table = FieldLimit("review_on", at_most=Duration(days=90), simulated=limit.length)
        yield Deadline(
            name,
            scope,
            tuple(state for state in runs if state in cycle.states),
            table,
            clock="working" if limit.working else "elapsed",
            severity=pick(FACTORS, limit.severity),
            fires=trigger,
            while_working="finish" if counted.finish else "interrupt",
        )


def _limit(counted: Counted, number: int) -> Limit:
    return pick([PLAIN, *counted.limits], number)


def _table(limit: Limit, levels: Sequence[str], *, always: bool = False) -> Mapping[str, Duration] | FieldLimit:
    by_level = {pick((*levels, DEPARTMENT), level): length for level, length in limit.by_level}
    return by_level if by_level and not limit.default and not always else {**by_level, DEFAULT: limit.length}


def _free(cycle: Lifecycle, clock: Clock, limit: Limit, name: str, levels: Sequence[str]) -> Deadline:
    running = [state.name for state in cycle.states.values() if state.kind != "final"]
    away = [state for state in AWAY if state in cycle.states]
    scope = pick(SCOPES if away else SCOPES[:3], clock.scope)
    triggers = fired_by_clock(cycle)
    return Deadline(
        name,
        scope,
        picks(away if scope == "referral" else running, clock.runs[: 1 if scope == "entry" else None]),
        _table(limit, levels),
        clock="working" if limit.working else "elapsed",
        severity=pick(FACTORS, limit.severity),
        fires=pick(triggers, clock.fires) if triggers and clock.fires is not None else None,
        while_working="finish" if clock.finish else "interrupt",
        reopen=pick(REOPEN, clock.reopen),
        extend=Extension("handler@above", 1, Duration(rest=DAY)) if clock.extends else None,
    )


def _metric(
    name: str,
    facts: Sequence[str],
    deadlines: Sequence[str],
    into: Sequence[int],
    out: Sequence[int],
    over: Sequence[int],
    over_out: Sequence[int],
    within: int | None,
    events: bool,
) -> Metric:
    return Metric(
        name,
        Marks(picks(facts, into), picks(facts, out)),
        Marks(picks(facts, over), picks(facts, over_out)),
        within=pick(deadlines, within) if deadlines and within is not None else None,
        counts="events" if events else "cases",
    )


