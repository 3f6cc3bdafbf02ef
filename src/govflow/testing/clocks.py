"""The clocks and counts of the lifecycles that the kit draws: deadlines of every scope, metrics, times.

`with_clocks` reads a sketch for a lifecycle that has its states and ways already. A way that the clock may take gets
the deadline that fires it; further deadlines are free to run anywhere. Limits are shared, so that deadlines coincide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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
from govflow.testing.calendars import COARSE
from govflow.testing.sketch import Sketch, numbers, several

SCOPES: tuple[Scope, ...] = ("case", "level", "entry", "referral")
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

MOST_LIMITS = 3
DRAWN: tuple[st.SearchStrategy[object], ...] = (
    several(9, MOST_LIMITS),
    numbers(2 * len(OWN)),
    several(14, 3),
    several(16, 2),
    several(6, 2),
    numbers(3),
)
"""What is drawn: limits, choices for the deadlines that must be, free deadlines, metrics, times, what settles."""


@frozen
class Limit:
    """A limit: for all levels, or for some, on which clock, times which factors."""

    length: Duration = COARSE[0]
    by_level: Mapping[str, Duration] | None = None
    default: bool = True
    severity: Mapping[int, float] = FACTORS[0]
    working: bool = False

    def table(self, *, everywhere: bool = False) -> Mapping[str, Duration]:
        """Return the limit by level; without a default only where it need not hold `everywhere`."""
        if self.by_level and not self.default and not everywhere:
            return self.by_level
        return {**(self.by_level or {}), DEFAULT: self.length}


def with_clocks(
    cycle: Lifecycle,
    levels: Sequence[str],
    limits: Sequence[bytes],
    own: bytes,
    clocks: Sequence[bytes],
    metrics: Sequence[bytes],
    times: Sequence[bytes],
    settles: bytes,
) -> Lifecycle:
    """Return the lifecycle with the deadlines, metrics and times that the sketches of `DRAWN` stand for."""
    known = [Limit(), *(_limit(Sketch(limit), levels) for limit in limits)]
    found = list(_own(cycle, Sketch(own), known))
    found += [_free(cycle, Sketch(clock), f"clock_{at}", known) for at, clock in enumerate(clocks, start=1)]
    timed = evolve(cycle, deadlines={deadline.name: deadline for deadline in found})
    triggers = cycle.triggers()
    spans = [_span(f"time_{at}", Sketch(span), triggers) for at, span in enumerate(times, start=1)]
    rates = [_metric(f"metric_{at}", Sketch(rate), timed) for at, rate in enumerate(metrics, start=1)]
    return evolve(
        timed,
        metrics={rate.name: rate for rate in rates},
        times={span.name: span for span in spans},
        settled_by=Sketch(settles).some(triggers),
    )


def fired_by_clock(cycle: Lifecycle) -> tuple[str, ...]:
    """Return the triggers that a deadline may fire."""
    return tuple(dict.fromkeys(way.trigger for way in cycle.transitions if "clock" in way.by))


def _limit(sketch: Sketch, levels: Sequence[str]) -> Limit:
    length, working = sketch.pick(COARSE), sketch.yes()
    named = {level: sketch.pick(COARSE) for level in sketch.some((*levels, DEPARTMENT))}
    return Limit(length, named, not sketch.yes(), sketch.pick(FACTORS), working)


def _own(cycle: Lifecycle, sketch: Sketch, limits: Sequence[Limit]) -> Iterator[Deadline]:
    """Yield for each trigger that the clock may fire the deadline that always does."""
    for trigger in fired_by_clock(cycle):
        name, scope, runs = OWN[trigger]
        limit, choice = sketch.pick(limits), sketch.number(4)
        by_field = trigger == "revive" and choice % 2 == 1
        yield Deadline(
            name,
            scope,
            tuple(state for state in runs if state in cycle.states),
            FieldLimit("review_on", Duration(days=90), limit.length) if by_field else limit.table(everywhere=True),
            clock="working" if limit.working else "elapsed",
            severity=limit.severity,
            fires=trigger,
            while_working="finish" if choice > 1 else "interrupt",
        )


def _free(cycle: Lifecycle, sketch: Sketch, name: str, limits: Sequence[Limit]) -> Deadline:
    away = [state for state in AWAY if state in cycle.states]
    scope = sketch.pick(SCOPES if away else SCOPES[:3])
    running = away if scope == "referral" else [state.name for state in cycle.states.values() if state.kind != "final"]
    limit = sketch.pick(limits)
    return Deadline(
        name,
        scope,
        sketch.some(running, 1 if scope == "entry" else 3, 1),
        limit.table(),
        clock="working" if limit.working else "elapsed",
        severity=limit.severity,
        fires=sketch.maybe(fired_by_clock(cycle)),
        while_working=sketch.pick(("interrupt", "finish")),
        reopen=sketch.pick(("reset", "resume", "first")),
        extend=Extension("handler@above", 1, Duration(rest=DAY)) if sketch.yes() else None,
    )


def _metric(name: str, sketch: Sketch, cycle: Lifecycle) -> Metric:
    facts = [*cycle.triggers(), "open", *(f"expiry:{deadline}" for deadline in cycle.deadlines)]
    numerator = Marks(sketch.some(facts, 3, 1), sketch.some(facts))
    denominator = Marks(sketch.some(facts, 3, 1), sketch.some(facts))
    within = sketch.maybe(tuple(cycle.deadlines))
    return Metric(name, numerator, denominator, within, counts=sketch.pick(("cases", "events")))


def _span(name: str, sketch: Sketch, triggers: Sequence[str]) -> Span:
    return Span(name, sketch.some(triggers, 3, 1), take=sketch.pick(("first", "last")))
