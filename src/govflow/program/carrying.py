"""Carrying a case from one definition, or one calendar, to another: its clocks halt, and go on where it then stands.

The time that a clock has used is kept and its limit is looked up anew (rule L4). Between `halt` and `resume` a position
can be told by names (``standing``), and be read by another program.
"""

from __future__ import annotations

from msgspec.structs import replace

from govflow.program.columns import L_CLOCK, S_WANT
from govflow.program.model import Program
from govflow.program.position import Position, _started, _stopped


def halt(program: Program, position: Position, at: int) -> Position:
    """Return the position with every clock standing still from `at` on; what fell due before `at` has fired."""
    first = program.rules.lifecycles[position.lifecycle][L_CLOCK]
    clocks = enumerate(position.clocks, first)
    return replace(position, clocks=tuple(_stopped(program, position, index, clock, at) for index, clock in clocks))


def resume(program: Program, position: Position, at: int) -> Position:
    """Return a halted position with the clocks of its state running from `at` on.

    A clock that never ran begins its first run; one whose limit is used up already is due at `at`, never earlier.
    """
    first = program.rules.lifecycles[position.lifecycle][L_CLOCK]
    wanted = program.rules.states[position.state][S_WANT + len(position.stack)]
    clocks = list(position.clocks)
    for k, clock in enumerate(clocks):
        if wanted >> k & 1 and not clock.spent:
            clocks[k] = _started(program, position.unit, position.severity, first + k, clock, at, clock.limit)
    return replace(position, clocks=tuple(clocks))


def reschedule(program: Program, position: Position, at: int) -> Position:
    """Return the position with its due instants as the calendars of the program say, none of them before `at`.

    It is the same position where no due instant moves. What fell due before `at` has fired.
    """
    first = program.rules.lifecycles[position.lifecycle][L_CLOCK]
    clocks = list(position.clocks)
    for k, clock in enumerate(clocks):
        if clock.since is None or clock.due is None:
            continue
        again = _started(program, position.unit, position.severity, first + k, clock, clock.since, clock.limit)
        if again.due is not None and max(again.due, at) != clock.due:
            clocks[k] = replace(clock, due=max(again.due, at))
    changed = tuple(clocks)
    return position if changed == position.clocks else replace(position, clocks=changed)
