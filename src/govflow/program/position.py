"""Where a case stands, and the one step: what is enabled, what a transition does, which clock is due.

A `Position` is a frozen value; `step` and `expire` return the next one. Nothing here knows who acts, keeps a
record or draws a time: desk and kit fold events with it, and the kernel, which does the same over arrays with
the same small functions of ``program.rules``, is held equal to it by a test. Instants are µs UTC.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, field, frozen

from govflow.calendar import Calendar
from govflow.organization.walks import conference, referral, step_down
from govflow.program.columns import (
    BACK,
    C_FINISH,
    C_FIRES,
    C_FIRES_END,
    C_LIFECYCLE,
    C_WORKING,
    CONVENE,
    DOWN,
    FINAL,
    L_CLOCK,
    L_CLOCKS,
    L_COUNTERS,
    L_CYCLE_FIRST,
    L_FRESH,
    L_START,
    L_STATE,
    L_STATES,
    NEVER,
    NONE,
    REFER,
    S_KIND,
    S_LOCAL,
    S_WANT,
    T_ADD,
    T_ADD_END,
    T_GUARD,
    T_GUARD_END,
    T_LIFECYCLE,
    T_MOVE,
    T_REOPENS,
    T_SOURCES,
    T_TARGET,
    UP,
    WORK,
)
from govflow.program.model import Program
from govflow.program.rules import fresh_clocks, holds, may_move


@frozen
class Clock:
    """One clock of a case: its run (from 1; 0 before the first), µs used, since when it runs, and whether it is spent.

    `since` and `due` are None while the clock stands still.
    """

    run: int = 0
    used: int = 0
    since: int | None = None
    due: int | None = None
    spent: bool = False


@frozen
class Position:
    """Where a case stands: everything a step reads or changes, by index into the program's tables.

    `stack` holds the (unit, state) pairs the case is away from; `entries` counts entries by local state;
    `clocks` are in order of declaration.
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
    clocks: tuple[Clock, ...] = field(default=(), repr=False)


def open_position(
    program: Program, lifecycle: int, unit: int, home: int, *, category: int, channel: int, severity: int, at: int
) -> Position:
    """Return the position of a case that opens at `unit` at the instant `at`; its first clocks run from there."""
    row = program.rules.lifecycles[lifecycle]
    start = row[L_START]
    entries = [0] * row[L_STATES]
    entries[start - row[L_STATE]] = 1
    position = Position(
        lifecycle=lifecycle,
        state=start,
        unit=unit,
        home=home,
        category=category,
        channel=channel,
        severity=severity,
        counters=(0,) * row[L_COUNTERS],
        entries=tuple(entries),
        clocks=(Clock(),) * row[L_CLOCKS],
    )
    _, _, entry, *pushed = row[L_FRESH : L_FRESH + 5]
    fresh = ~(entry | pushed[0] | pushed[1]) | (entry & program.rules.states[start][S_WANT])
    return evolve(position, clocks=_clocks(program, position, position, fresh=fresh, ended=0, at=at))


def facts(program: Program, position: Position) -> list[int]:
    """Return the facts of a case in the order of ``program.columns``; links and children count as absent."""
    places = program.places
    unit = position.unit
    has_department = _referral(program, unit, position.category) != NONE
    ties = [places.tied[unit] >> kind & 1 for kind in range(5)]
    return [
        places.level[unit],
        position.severity,
        position.category,
        position.channel,
        int(places.superior[unit] != NONE),
        int(has_department),
        0,
        *ties,
        *position.counters,
        *position.entries,
    ]


def _referral(program: Program, unit: int, category: int) -> int:
    p = program.places
    return referral(p.superior, p.referral_first, p.referral_category, p.referral_department, unit, category)


def destination(program: Program, position: Position, transition: int) -> int:
    """Return the unit to which a transition would take the case, or NONE where it is not enabled (rule L3)."""
    row = program.rules.transitions[transition]
    local = program.rules.states[position.state][S_LOCAL]
    if row[T_LIFECYCLE] != position.lifecycle or not row[T_SOURCES] >> local & 1:
        return NONE
    if not may_move(row[T_MOVE], len(position.stack)):
        return NONE
    if row[T_GUARD] != NONE:
        known = facts(program, position)
        if not holds(program.rules.guards, row[T_GUARD], row[T_GUARD_END], known, [0] * (row[T_GUARD_END] + 1)):
            return NONE
    return _target_unit(program, position, row[T_MOVE])


def _target_unit(program: Program, position: Position, move: int) -> int:
    places = program.places
    if move == UP:
        return places.superior[position.unit]
    if move == DOWN:
        return step_down(places.superior, position.unit, position.home)
    if move == REFER:
        return _referral(program, position.unit, position.category)
    if move == CONVENE:
        return conference(places.superior, places.sits, position.unit)
    return position.stack[-1][0] if move == BACK else position.unit


def enabled(program: Program, position: Position) -> tuple[int, ...]:
    """Return the transitions that are enabled, in order of declaration; of one trigger's ways the first counts."""
    first: dict[str, int] = {}
    for transition, (_, way) in enumerate(program.names.transitions):
        if destination(program, position, transition) != NONE:
            first.setdefault(way.trigger, transition)
    return tuple(first.values())


def step(program: Program, position: Position, transition: int, *, at: int, severity: int | None = None) -> Position:
    """Return the position after a transition at the instant `at`; `severity` is what it sets, if it sets one.

    The transition must be enabled (`destination` is not NONE); clocks that fell due before `at` must have been
    expired first.
    """
    row = program.rules.transitions[transition]
    unit = destination(program, position, transition)
    stack = position.stack
    if row[T_MOVE] in (REFER, CONVENE):
        stack = (*stack, (position.unit, position.state))
    elif row[T_MOVE] == BACK:
        stack = stack[:-1]
    counters = list(position.counters)
    for add in range(row[T_ADD], row[T_ADD_END], 2):
        counters[program.rules.adds[add]] += program.rules.adds[add + 1]
    entries = list(position.entries)
    state = position.state
    if row[T_TARGET] != NONE:
        state = row[T_TARGET]
        entries[program.rules.states[state][S_LOCAL]] += 1
        if program.rules.states[state][S_KIND] == FINAL:
            stack = ()
    after = evolve(
        position,
        state=state,
        unit=unit,
        stack=stack,
        counters=tuple(counters),
        entries=tuple(entries),
        severity=position.severity if severity is None else severity,
    )
    lifecycle = program.rules.lifecycles[position.lifecycle]
    wanted = program.rules.states[state][S_WANT + len(stack)]
    fresh = fresh_clocks(lifecycle, row[T_MOVE], row[T_REOPENS], int(row[T_TARGET] != NONE), wanted, len(stack))
    ended = lifecycle[L_CYCLE_FIRST] if row[T_REOPENS] else 0
    return evolve(after, clocks=_clocks(program, position, after, fresh=fresh, ended=ended, at=at))


def _clocks(
    program: Program, before: Position, after: Position, *, fresh: int, ended: int, at: int
) -> tuple[Clock, ...]:
    first = program.rules.lifecycles[after.lifecycle][L_CLOCK]
    wanted = program.rules.states[after.state][S_WANT + len(after.stack)]
    clocks = []
    for k, clock in enumerate(before.clocks):
        stopped = _stopped(program, before, first + k, clock, at)
        if fresh >> k & 1:
            stopped = Clock(run=clock.run + 1)
        if ended >> k & 1:
            stopped = evolve(stopped, spent=True)
        runs = wanted >> k & 1 and not stopped.spent
        clocks.append(_started(program, after, first + k, stopped, at) if runs else stopped)
    return tuple(clocks)


def _stopped(program: Program, position: Position, index: int, clock: Clock, at: int) -> Clock:
    if clock.since is None:
        return clock
    working = program.rules.clocks[index][C_WORKING]
    used = _calendar(program, position.unit).between(clock.since, at) if working else at - clock.since
    return evolve(clock, used=clock.used + used, since=None, due=None)


def _started(program: Program, position: Position, index: int, clock: Clock, at: int) -> Clock:
    places = program.places
    limit = program.limit(index, places.calendar[position.unit], places.level[position.unit], position.severity)
    if limit == NEVER:
        return clock
    left = max(0, limit - clock.used)
    working = program.rules.clocks[index][C_WORKING]
    due = _calendar(program, position.unit).add(at, left) if working else at + left
    return evolve(clock, since=at, due=due)


def _calendar(program: Program, unit: int) -> Calendar:
    return program.community.calendars[program.names.calendars[program.places.calendar[unit]]]


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
    clocks[local] = evolve(_stopped(program, position, clock, clocks[local], at), spent=True)
    spent = evolve(position, clocks=tuple(clocks))
    return transition, spent if transition == NONE else step(program, spent, transition, at=at)


__all__ = ["Clock", "Position", "destination", "due", "enabled", "expire", "facts", "fires", "open_position", "step"]
