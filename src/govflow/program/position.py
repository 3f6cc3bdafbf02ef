"""Where a case stands, and the one step: what is enabled, what a transition does, which clock is due.

A `Position` is a frozen value; `step` and `expire` return the next one. Nothing here knows who acts, keeps a
record or draws a time: desk and kit fold events with it, and the kernel, which does the same over arrays with
the same small functions of ``program.rules``, is held equal to it by a test. Instants are µs UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from govflow.calendar import Calendar
from govflow.organization.walks import conference, referral, step_down
from govflow.program.columns import (
    ASKS_DEPARTMENT,
    BACK,
    C_FINISH,
    C_FIRES,
    C_FIRES_END,
    C_LIFECYCLE,
    C_WORKING,
    CLEAR,
    CONVENE,
    DOWN,
    FINAL,
    L_ASKED,
    L_CLOCK,
    L_CLOCKS,
    L_CYCLE_FIRST,
    L_START,
    L_STATE,
    L_STATES,
    NEVER,
    NONE,
    REFER,
    S_KIND,
    S_LOCAL,
    S_WANT,
    STAY,
    T_ADD,
    T_ADD_END,
    T_GUARD,
    T_GUARD_END,
    T_LIFECYCLE,
    T_MOVE,
    T_REOPENS,
    T_SOURCES,
    T_TARGET,
    TIES,
    UP,
    WORK,
)
from govflow.program.model import Program
from govflow.program.rules import fresh_clocks, holds, may_move


class Clock(Struct, frozen=True):
    """One clock of a case: its run (from 1; 0 before the first), µs used, since when it runs, and whether it is spent.

    `since` and `due` are None while the clock stands still. `limit` is the run's own where a field of the case says
    it, `extra` the µs it was extended by, `extended` how often.
    """

    run: int = 0
    used: int = 0
    since: int | None = None
    due: int | None = None
    spent: bool = False
    limit: int | None = None
    extra: int = 0
    extended: int = 0


UNTOUCHED = Clock()
"""A clock that has never run."""

ALL = -1
"""The set of all clocks, as bits."""

NOTHING: Mapping[int, int] = {}
"""What a step is given by default: no limits and no amounts of its own."""


class Position(Struct, frozen=True):
    """Where a case stands: everything a step reads or changes, by index into the program's tables.

    `stack` holds the (unit, state) pairs the case is away from; `entries` counts entries by local state;
    `clocks` are in order of declaration; `children` are the cases it raised that are still open.
    """

    lifecycle: int
    state: int
    unit: int
    home: int
    category: int
    channel: int
    severity: int
    stack: tuple[tuple[int, int], ...] = ()
    counters: tuple[int, ...] = ()
    entries: tuple[int, ...] = ()
    clocks: tuple[Clock, ...] = ()
    children: int = 0


def open_position(
    program: Program,
    lifecycle: int,
    unit: int,
    home: int,
    *,
    category: int,
    channel: int,
    severity: int,
    at: int,
    limits: Mapping[int, int] = NOTHING,
    counters: Mapping[int, int] = NOTHING,
) -> Position:
    """Return the position of a case that opens at `unit` at the instant `at`; its first clocks run from there.

    `counters` are those given at the opening, by local index; for `limits` see `step`.
    """
    row = program.rules.lifecycles[lifecycle]
    start = row[L_START]
    entries = [0] * row[L_STATES]
    entries[start - row[L_STATE]] = 1
    begin = program.rules.starts[lifecycle]
    position = Position(
        lifecycle=lifecycle,
        state=start,
        unit=unit,
        home=home,
        category=category,
        channel=channel,
        severity=severity,
        counters=tuple(counters.get(k, first) for k, first in enumerate(begin)),
        entries=tuple(entries),
        clocks=(UNTOUCHED,) * row[L_CLOCKS],
    )
    wanted = program.rules.states[start][S_WANT]
    clocks = _clocks(program, position, unit, severity, wanted=wanted, fresh=wanted, ended=0, at=at, limits=limits)
    return replace(position, clocks=clocks)


def facts(program: Program, position: Position) -> list[int]:
    """Return the facts of a case in the order of ``program.columns``; a department is looked for if a guard asks."""
    places = program.places
    unit = position.unit
    asked = program.rules.lifecycles[position.lifecycle][L_ASKED] & ASKS_DEPARTMENT
    tied = places.tied[unit]
    return [
        places.level[unit],
        position.severity,
        position.category,
        position.channel,
        int(places.superior[unit] != NONE),
        int(asked != 0 and _referral(program, unit, position.category) != NONE),
        position.children,
        *(tied >> kind & 1 for kind in range(len(TIES))),
        *position.counters,
        *position.entries,
    ]


def _referral(program: Program, unit: int, category: int) -> int:
    p = program.places
    return referral(p.superior, p.referral_first, p.referral_category, p.referral_department, unit, category)


def destination(program: Program, position: Position, transition: int, *, to: int = NONE) -> int:
    """Return the unit to which a transition would take the case, or NONE where it is not enabled (rule L3).

    `to` names the subordinate for a move down; without it the move goes one step towards home.
    """
    row = program.rules.transitions[transition]
    local = program.rules.states[position.state][S_LOCAL]
    if row[T_LIFECYCLE] != position.lifecycle or not row[T_SOURCES] >> local & 1:
        return NONE
    if not may_move(row[T_MOVE], len(position.stack)):
        return NONE
    if row[T_GUARD] != NONE and not allows(program, position, row):
        return NONE
    return _target_unit(program, position, row[T_MOVE], to)


def allows(program: Program, position: Position, row: Sequence[int]) -> bool:
    """Return whether the guard of a transition, given by its row, holds of a case where it stands."""
    first, end = row[T_GUARD], row[T_GUARD_END]
    return holds(program.rules.guards, first, end, facts(program, position), [0] * (end + 1))


def _target_unit(program: Program, position: Position, move: int, to: int) -> int:
    places = program.places
    if move == STAY:
        return position.unit
    if move == UP:
        return places.superior[position.unit]
    if move == DOWN:
        if to != NONE:
            return to if places.superior[to] == position.unit else NONE
        return step_down(places.superior, position.unit, position.home)
    if move == REFER:
        return _referral(program, position.unit, position.category)
    if move == CONVENE:
        return conference(places.superior, places.sits, position.unit)
    return position.stack[-1][0]


def enabled(program: Program, position: Position) -> tuple[int, ...]:
    """Return the transitions that are enabled, in order of declaration; of one trigger's ways the first counts."""
    first: dict[str, int] = {}
    for transition, (_, way) in enumerate(program.names.transitions):
        if destination(program, position, transition) != NONE:
            first.setdefault(way.trigger, transition)
    return tuple(first.values())


def step(
    program: Program,
    position: Position,
    transition: int,
    *,
    at: int,
    to: int = NONE,
    severity: int | None = None,
    limits: Mapping[int, int] = NOTHING,
    amounts: Mapping[int, int] = NOTHING,
) -> Position:
    """Return the position after a transition at the instant `at`; `severity` is what it sets, if it sets one.

    The transition must be enabled (`destination` is not NONE, with the same `to`); clocks that fell due before `at`
    must have been expired first. `limits` are µs by local clock, for the clocks whose limit a field of the case says;
    `amounts` say what counters gain, by local index, where the definition leaves that to a field.
    """
    unit = destination(program, position, transition, to=to)
    return arrive(program, position, transition, unit, at=at, severity=severity, limits=limits, amounts=amounts)


def arrive(
    program: Program,
    position: Position,
    transition: int,
    unit: int,
    *,
    at: int,
    severity: int | None = None,
    limits: Mapping[int, int] = NOTHING,
    amounts: Mapping[int, int] = NOTHING,
) -> Position:
    """Return the position after a transition whose `destination` is `unit`; as `step`, which asks for it first."""
    rules = program.rules
    row = rules.transitions[transition]
    move, state = row[T_MOVE], row[T_TARGET]
    stack, entries = position.stack, position.entries
    if move == REFER or move == CONVENE:
        stack = (*stack, (position.unit, position.state))
    elif move == BACK:
        stack = stack[:-1]
    if state == NONE:
        state = position.state
    else:
        local, kind = rules.states[state][S_LOCAL], rules.states[state][S_KIND]
        entries = (*entries[:local], entries[local] + 1, *entries[local + 1 :])
        if kind == FINAL:
            stack = ()
    if severity is None:
        severity = position.severity
    counters = position.counters
    if row[T_ADD] != row[T_ADD_END]:
        counters = _counted(rules.adds, row, counters, amounts)
    lifecycle = rules.lifecycles[position.lifecycle]
    wanted = rules.states[state][S_WANT + len(stack)]
    fresh = fresh_clocks(lifecycle, move, row[T_REOPENS], int(row[T_TARGET] != NONE), wanted, len(stack))
    ended = lifecycle[L_CYCLE_FIRST] if row[T_REOPENS] else 0
    clocks = _clocks(program, position, unit, severity, wanted=wanted, fresh=fresh, ended=ended, at=at, limits=limits)
    return Position(
        position.lifecycle,
        state,
        unit,
        position.home,
        position.category,
        position.channel,
        severity,
        stack,
        counters,
        entries,
        clocks,
        position.children,
    )


def _counted(
    adds: Sequence[int], row: Sequence[int], counters: tuple[int, ...], amounts: Mapping[int, int]
) -> tuple[int, ...]:
    counted = list(counters)
    for add in range(row[T_ADD], row[T_ADD_END], 2):
        counter, amount = adds[add], adds[add + 1]
        counted[counter] = 0 if amount == CLEAR else counted[counter] + amounts.get(counter, amount)
    return tuple(counted)


def _clocks(
    program: Program,
    before: Position,
    unit: int,
    severity: int,
    *,
    wanted: int,
    fresh: int,
    ended: int,
    at: int,
    limits: Mapping[int, int],
) -> tuple[Clock, ...]:
    """Return the clocks after a step to `unit`; one that runs on under the same limit is left as it is.

    Only a clock that runs in the state before or in the one after, or that begins anew or ends, can change.
    """
    rules, depth = program.rules, len(before.stack)
    first = rules.lifecycles[before.lifecycle][L_CLOCK]
    ran = rules.states[before.state][S_WANT + depth]
    moved = before.unit != unit or before.severity != severity or limits
    may_change = fresh | ended | (ran | wanted if moved else ran ^ wanted)
    may_change &= (1 << len(before.clocks)) - 1  # verification asks for positions without clocks
    clocks: list[Clock] | None = None
    while may_change:
        bit = may_change & -may_change
        may_change ^= bit
        k = bit.bit_length() - 1
        clock, runs = before.clocks[k], wanted & bit
        changed = clock
        if fresh & bit and (clock.since is not None or clock.used or clock.spent):
            changed = Clock(clock.run + 1)  # a run that never ran is not counted
        elif clock.since is not None:
            changed = _stopped(program, before, first + k, clock, at)
        if ended & bit:
            changed = replace(changed, spent=True)
        if runs and not changed.spent:
            changed = _started(program, unit, severity, first + k, changed, at, limits.get(k, changed.limit))
        if changed is not clock:
            if clocks is None:
                clocks = list(before.clocks)
            clocks[k] = changed
    return before.clocks if clocks is None else tuple(clocks)


def _stopped(program: Program, position: Position, index: int, clock: Clock, at: int) -> Clock:
    if clock.since is None:
        return clock
    working = program.rules.clocks[index][C_WORKING]
    used = _calendar(program, position.unit).between(clock.since, at) if working else at - clock.since
    return Clock(clock.run, clock.used + used, None, None, clock.spent, clock.limit, clock.extra, clock.extended)


def _started(program: Program, unit: int, severity: int, index: int, clock: Clock, at: int, limit: int | None) -> Clock:
    """Return a clock that runs at `unit` from `at` on; `limit` is the run's own, None where the definition says it."""
    within = limit_of(program, unit, severity, index) if limit is None else limit
    if within == NEVER:
        return clock
    left = max(0, within + clock.extra - clock.used)
    working = program.rules.clocks[index][C_WORKING]
    due = _calendar(program, unit).add(at, left) if working else at + left
    return Clock(clock.run or 1, clock.used, at, due, clock.spent, limit, clock.extra, clock.extended)


def limit_of(program: Program, unit: int, severity: int, index: int) -> int:
    """Return the limit in µs that the definition gives a clock at `unit`; NEVER where it gives none there."""
    places = program.places
    return program.limit(index, places.calendar[unit], places.level[unit], severity)


def _calendar(program: Program, unit: int) -> Calendar:
    return program.calendars[program.places.calendar[unit]]


def extend(program: Program, position: Position, clock: int, *, within: int, at: int) -> Position:
    """Return the position after a running clock was given `within` µs more at the instant `at`, before it is due."""
    local = clock - program.rules.lifecycles[position.lifecycle][L_CLOCK]
    stopped = _stopped(program, position, clock, position.clocks[local], at)
    longer = replace(stopped, extra=stopped.extra + within, extended=stopped.extended + 1)
    clocks = list(position.clocks)
    clocks[local] = _started(program, position.unit, position.severity, clock, longer, at, longer.limit)
    return replace(position, clocks=tuple(clocks))


def due(program: Program, position: Position) -> tuple[tuple[int, int], ...]:
    """Return (instant, clock) of every running clock, the next first; at one instant in order of declaration."""
    first = program.rules.lifecycles[position.lifecycle][L_CLOCK]
    running = [(c.due, first + k) for k, c in enumerate(position.clocks) if c.due is not None]
    return tuple(sorted(running))


def fires(program: Program, position: Position, clock: int) -> int:
    """Return the transition that a clock's expiry fires here, or NONE: then it is recorded as overdue only."""
    row = program.rules.clocks[clock]
    if row[C_LIFECYCLE] != position.lifecycle:
        return NONE
    if program.rules.states[position.state][S_KIND] == WORK and row[C_FINISH]:
        return NONE
    ways: Sequence[int] = program.rules.fires[row[C_FIRES] : row[C_FIRES_END]]
    return next((way for way in ways if destination(program, position, way) != NONE), NONE)


def expire(program: Program, position: Position, clock: int, *, at: int) -> tuple[int, Position]:
    """Return what a clock's expiry at `at` fires (or NONE) and the position after it; the run is spent."""
    local = clock - program.rules.lifecycles[position.lifecycle][L_CLOCK]
    transition = fires(program, position, clock)
    clocks = list(position.clocks)
    clocks[local] = replace(_stopped(program, position, clock, clocks[local], at), spent=True)
    spent = replace(position, clocks=tuple(clocks))
    return transition, spent if transition == NONE else step(program, spent, transition, at=at)


__all__ = [
    "NOTHING",
    "UNTOUCHED",
    "Clock",
    "Position",
    "arrive",
    "destination",
    "due",
    "enabled",
    "expire",
    "extend",
    "facts",
    "fires",
    "limit_of",
    "open_position",
    "step",
]
