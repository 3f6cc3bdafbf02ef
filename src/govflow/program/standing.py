"""A position by names: the flat facts that events change, that stores keep and that a simulation starts from.

A case's facts are one flat mapping from name to text, number or list, so that a case is the merge of what its
events changed, in order, and can be read without the program that made it. Keys: ``state``, ``unit``, …,
``counter.NAME``, ``entries.STATE``, ``clock.DEADLINE`` (for a referral's second push ``clock.DEADLINE.2``). What is
zero, empty or untouched is left out. Next: ``record`` for the events, ``position`` for the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from govflow.errors import UnknownName
from govflow.program.columns import NONE, S_LOCAL
from govflow.program.model import Program
from govflow.program.position import UNTOUCHED, Clock, Position

Facts: TypeAlias = Mapping[str, Any]
"""What is known of a case, by name: texts, whole numbers, True and False, None, and lists of these."""


def to_facts(program: Program, position: Position) -> dict[str, Any]:
    """Return the facts of a position; `from_facts` gives the position back."""
    names, keys = program.names, program.keys[position.lifecycle]
    facts: dict[str, Any] = {
        "lifecycle": names.lifecycles[position.lifecycle],
        "state": names.states[position.state][1],
        "unit": program.community.organization.ids[position.unit],
        "home": program.community.organization.ids[position.home],
        "category": None if position.category == NONE else names.categories[position.category],
        "channel": None if position.channel == NONE else names.channels[position.channel],
        "severity": position.severity,
    }
    if position.stack:
        facts["stack"] = _stack(program, position)
    if position.children:
        facts["children"] = position.children
    facts |= {key: count for key, count in zip(keys.counters, position.counters, strict=True) if count}
    facts |= {key: count for key, count in zip(keys.entries, position.entries, strict=True) if count}
    clocks = zip(keys.clocks, position.clocks, strict=True)
    return facts | {key: clock_fact(clock) for key, clock in clocks if clock != UNTOUCHED}


def changes(program: Program, before: Position, after: Position) -> dict[str, Any]:
    """Return the facts that are different after one step, or after the clocks of a case were changed."""
    changed: dict[str, Any] = {}
    keys = program.keys[after.lifecycle]
    if after.state != before.state:
        changed["state"] = program.names.states[after.state][1]
    if after.unit != before.unit:
        changed["unit"] = program.community.organization.ids[after.unit]
    if after.severity != before.severity:
        changed["severity"] = after.severity
    if after.stack is not before.stack and after.stack != before.stack:
        changed["stack"] = _stack(program, after)
    if after.children != before.children:
        changed["children"] = after.children
    if after.counters is not before.counters:
        pairs = zip(keys.counters, before.counters, after.counters, strict=True)
        changed |= {key: now for key, was, now in pairs if was != now}
    if after.entries is not before.entries:
        entered = program.rules.states[after.state][S_LOCAL]
        changed[keys.entries[entered]] = after.entries[entered]
    if after.clocks is not before.clocks:
        for key, was_clock, now_clock in zip(keys.clocks, before.clocks, after.clocks, strict=True):
            if was_clock is not now_clock:
                changed[key] = clock_fact(now_clock)
    return changed


def _stack(program: Program, position: Position) -> list[list[str]]:
    ids, states = program.community.organization.ids, program.names.states
    return [[ids[unit], states[state][1]] for unit, state in position.stack]


def clock_fact(clock: Clock) -> list[int | None]:
    """Return a clock as a list: run, used, since, due, spent, limit, extra, extended; without the defaults at its end.

    >>> clock_fact(Clock(run=1, since=0, due=60))
    [1, 0, 0, 60]
    """
    if clock.limit is None and clock.extra == 0:
        if clock.spent:
            return [clock.run, clock.used, clock.since, clock.due, 1]
        if clock.due is not None:
            return [clock.run, clock.used, clock.since, clock.due]
        return [clock.run, clock.used]
    spent = int(clock.spent)
    return [clock.run, clock.used, clock.since, clock.due, spent, clock.limit, clock.extra, clock.extended]


def from_facts(program: Program, facts: Facts) -> Position:
    """Return the position that facts tell; UnknownName where the program has no such state, unit or category."""
    names = program.names
    lifecycle = _index("lifecycle", facts["lifecycle"], names.lifecycles)
    keys = program.keys[lifecycle]
    index = program.community.organization.index
    return Position(
        lifecycle=lifecycle,
        state=_state(program, facts["lifecycle"], facts["state"]),
        unit=index(facts["unit"]),
        home=index(facts["home"]),
        category=_index("category", facts.get("category"), names.categories),
        channel=_index("channel", facts.get("channel"), names.channels),
        severity=facts["severity"],
        stack=tuple((index(u), _state(program, facts["lifecycle"], s)) for u, s in facts.get("stack", ())),
        counters=tuple(facts.get(key, 0) for key in keys.counters),
        entries=tuple(facts.get(key, 0) for key in keys.entries),
        clocks=tuple(clock_of(facts.get(key)) for key in keys.clocks),
        children=facts.get("children", 0),
    )


def clock_of(fact: list[int | None] | None) -> Clock:
    """Return the clock that a fact tells, as `clock_fact` made it; one that never ran where there is none."""
    if fact is None:
        return UNTOUCHED
    run, used, since, due, spent, limit, extra, extended = [*fact, *(None, None, 0, None, 0, 0)[len(fact) - 2 :]]
    return Clock(run or 0, used or 0, since, due, bool(spent), limit, extra or 0, extended or 0)


def _state(program: Program, lifecycle: str, state: str) -> int:
    found = program.state_index.get((lifecycle, state))
    if found is None:
        raise UnknownName("state", state, program.community.lifecycles[lifecycle].states)
    return found


def _index(kind: str, name: str | None, known: tuple[str, ...]) -> int:
    if name is None:
        return NONE
    try:
        return known.index(name)
    except ValueError:
        raise UnknownName(kind, name, known) from None
