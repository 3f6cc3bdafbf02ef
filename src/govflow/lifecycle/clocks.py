"""What can be malformed in deadlines: where they run, how long, what they fire, who may extend them (rule L4).

Generators of faults, called by ``check``. Because every limit is longer than nothing, and work and waiting take
time, no chain of transitions can turn in a circle without time passing.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import get_args

from govflow.calendar import DAY
from govflow.errors import Fault
from govflow.lifecycle.faults import (
    MOST,
    Draft,
    at_most,
    identifier,
    positive,
    post,
    states,
    table,
    under,
    unknown,
    whole,
)
from govflow.lifecycle.fields import of_kind
from govflow.lifecycle.model import CLOCK, Deadline, FieldLimit, Scope, Transition

DEEPEST = 2
"""How many places a case can be away from at once (rule L3)."""

LARGEST_FACTOR = 100.0
"""By how much a severity can stretch a limit: more is taken for a slip of the pen."""

MOST_EXTENSIONS = 100


def clock_faults(draft: Draft) -> Iterator[Fault]:
    """Yield what is malformed in the deadlines of a lifecycle, and transitions for a clock that none fires."""
    path, deadlines = draft.at("deadlines"), draft.lifecycle.deadlines
    yield from table(path, "deadline", deadlines)
    clocks = sum(DEEPEST if d.scope == "referral" else 1 for d in deadlines.values())
    yield from at_most(path, f"clocks (a referral's deadline counts {DEEPEST} times)", clocks, MOST)
    for name, deadline in deadlines.items():
        for part in (_runs, _limit, _severity, _fires, _words, _extension):
            yield from part(draft, under(path, str(name)), deadline)
    yield from _unfired(draft)


def _runs(draft: Draft, path: str, deadline: Deadline) -> Iterator[Fault]:
    here = under(path, "runs")
    if not deadline.runs:
        yield Fault(here, "empty", "must name at least one state in which the deadline runs")
    yield from states(here, deadline.runs, draft)
    known = [state for state in deadline.runs if draft.kind(state) is not None]
    for state in known:
        if draft.kind(state) == "final":
            yield Fault(here, "wrong_scope", f"{state!r} is final: no case is there any more, so nothing can run")
    if deadline.scope == "referral":
        away = away_states(draft)
        for state in dict.fromkeys(known):
            if state not in away and draft.kind(state) != "final":
                text = f"scope 'referral' runs while a case is away, and no refer or convene leads to {state!r}"
                yield Fault(here, "wrong_scope", text)


def away_states(draft: Draft) -> set[str]:
    """Return the states in which a case can be away from its unit, whatever the guards say (rule L3)."""
    reached: set[tuple[str | None, int]] = set()
    ways = draft.lifecycle.transitions
    fresh = [(way.target, 1) for way in ways if way.move in ("refer", "convene")]
    while fresh:
        place = fresh.pop()
        if place in reached or place[0] not in draft.lifecycle.states or place[1] == 0:
            continue
        reached.add(place)
        state, depth = place
        fresh += [(way.target, _depth(way, depth)) for way in ways if way.target and state in draft.sources(way)]
    return {state for state, _ in reached if state is not None}


def _depth(way: Transition, depth: int) -> int:
    """Return how many places a case is away from after a move; 0 also where the move is not open to it."""
    after = {"stay": depth, "back": depth - 1, "refer": depth + 1, "convene": depth + 1}.get(way.move, 0)
    return after if after <= DEEPEST else 0


def _limit(draft: Draft, path: str, deadline: Deadline) -> Iterator[Fault]:
    here, limit = under(path, "limit"), deadline.limit
    if isinstance(limit, FieldLimit):
        yield from _field_limit(draft, here, limit)
        if limit.field in draft.lifecycle.known_fields():
            yield from _unsaid(draft, here, deadline, limit.field)
        return
    if not limit:
        yield Fault(here, "empty", "must give at least one limit, such as { default = '4h' }")
    for level, length in limit.items():
        yield from unknown(under(here, str(level)), "level", level, draft.limit_keys())
        yield from positive(under(here, str(level)), length)


def _field_limit(draft: Draft, path: str, limit: FieldLimit) -> Iterator[Fault]:
    ways = draft.lifecycle.transitions
    needed = dict.fromkeys((*draft.lifecycle.needs, *(name for way in ways for name in way.needs)))
    yield from identifier(under(path, "field"), "field", limit.field)
    for fault in unknown(under(path, "field"), "field", limit.field, needed):
        yield Fault(fault.path, fault.code, f"{fault.text}; a transition must need it")
    if limit.field in needed and limit.field in draft.lifecycle.known_fields():
        yield from of_kind(draft, under(path, "field"), limit.field, ("date",))
    yield from positive(under(path, "at_most"), limit.at_most)
    yield from positive(under(path, "simulated"), limit.simulated)
    if limit.simulated.us(DAY) > limit.at_most.us(DAY):
        text = f"is {limit.simulated}, more than the {limit.at_most} that is allowed at most"
        yield Fault(under(path, "simulated"), "out_of_range", text)


def _unsaid(draft: Draft, path: str, deadline: Deadline, name: str) -> Iterator[Fault]:
    """Yield a fault for each way into the states where a limit runs on which nobody says how long it is."""
    cycle, text = draft.lifecycle, "which says how long this limit is"
    if cycle.start in deadline.runs and name not in cycle.needs:
        yield Fault(path, "wrong_field", f"a case opens in {cycle.start!r} without {name!r}, {text}; add it to 'needs'")
    for place, way in draft.ways():
        begins = deadline.scope == "entry" or any(state not in deadline.runs for state in draft.sources(way))
        if way.target in deadline.runs and begins and name not in way.needs:
            told = f"{place} leads to {way.target!r} without {name!r}, {text}; add it to the 'needs' of that transition"
            yield Fault(path, "wrong_field", told)


def _severity(_: Draft, path: str, deadline: Deadline) -> Iterator[Fault]:
    for severity, factor in deadline.severity.items():
        here = under(path, "severity", str(severity))
        yield from whole(here, severity, 1, 4)
        if not (isfinite(factor) and 0 < factor <= LARGEST_FACTOR):
            text = f"must be a factor above 0 and at most {LARGEST_FACTOR:g}, not {factor!r}"
            yield Fault(here, "out_of_range", text)


def _fires(draft: Draft, path: str, deadline: Deadline) -> Iterator[Fault]:
    if deadline.fires is None:
        return
    here = under(path, "fires")
    yield from unknown(here, "trigger", deadline.fires, draft.lifecycle.triggers())
    ways = draft.lifecycle.ways(deadline.fires)
    if ways and not any(CLOCK in way.by for way in ways):
        text = f"the clock may not fire {deadline.fires!r}; add 'clock' to the 'by' of that transition"
        yield Fault(here, "wrong_clock", text)


def _words(_: Draft, path: str, deadline: Deadline) -> Iterator[Fault]:
    words = {
        "scope": (deadline.scope, get_args(Scope)),
        "clock": (deadline.clock, ("working", "elapsed")),
        "while_working": (deadline.while_working, ("interrupt", "finish")),
        "reopen": (deadline.reopen, ("first", "reset", "resume")),
    }
    for key, (word, choices) in words.items():
        yield from unknown(under(path, key), key, word, choices)


def _extension(_: Draft, path: str, deadline: Deadline) -> Iterator[Fault]:
    if deadline.extend is None:
        return
    here = under(path, "extend")
    yield from post(under(here, "by"), deadline.extend.by)
    yield from whole(under(here, "times"), deadline.extend.times, 1, MOST_EXTENSIONS)
    yield from positive(under(here, "at_most"), deadline.extend.at_most)


def _unfired(draft: Draft) -> Iterator[Fault]:
    fired = {deadline.fires for deadline in draft.lifecycle.deadlines.values()}
    for path, way in draft.ways():
        if way.by == (CLOCK,) and way.follows is None and way.trigger not in fired:
            text = f"only the clock may fire {way.trigger!r}, but no deadline does; name it in a deadline's 'fires'"
            yield Fault(under(path, "by"), "unfired", text)
