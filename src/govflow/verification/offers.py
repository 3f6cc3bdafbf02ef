"""What is on offer to a case at a position, whatever the guards say: on the desk, and in the simulation.

On the desk people may do all that a transition's states and moves allow. In the simulation a case takes the course
that the assumptions give it. Deadlines fire alike in both. Guards are asked later, in ``conditions``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from govflow.program import Position, Program
from govflow.program.columns import (
    C_FINISH,
    C_FIRES,
    C_FIRES_END,
    L_CLOCK,
    L_CLOCKS,
    NEVER,
    NONE,
    QUEUE,
    S_CONFERENCE,
    S_KIND,
    S_LOCAL,
    S_TAKE,
    S_WANT,
    T_LIFECYCLE,
    T_SOURCES,
    WORK,
)


@frozen
class Offer:
    """Ways that are tried in order, of which the first that is enabled fires; `cause` is the clock that does it."""

    ways: tuple[int, ...]
    cause: int = NONE
    weight: float = 1.0


Offers = Callable[[Program, Position, Sequence[int]], Iterable[Offer]]
"""What is on offer at a position to cases of some severities, whatever the guards say."""


def on_the_desk(program: Program, position: Position, severities: Sequence[int]) -> Iterator[Offer]:
    """Yield what people may do at a position, trigger by trigger, how it may follow others, what deadlines fire."""
    local = 1 << program.rules.states[position.state][S_LOCAL]
    tied = ties(program, position.lifecycle)
    triggers: dict[str, list[int]] = {}
    for way, row in enumerate(program.rules.transitions):
        if row[T_LIFECYCLE] == position.lifecycle and row[T_SOURCES] & local:
            written = program.names.transitions[way][1]
            if written.by != ("clock",) and written.follows != "main":
                triggers.setdefault(written.trigger, []).append(way)
            if written.follows in tied:
                yield Offer((way,))  # which of several does depends on how the other case ended
    for ways in triggers.values():
        yield Offer(tuple(ways))
    yield from by_the_clock(program, position, severities)


def in_the_simulation(program: Program, position: Position, severities: Sequence[int]) -> Iterator[Offer]:
    """Yield what the simulation may do at a position: take a case, end its work or wait, fire its deadlines."""
    row = program.rules.states[position.state]
    if row[S_KIND] == QUEUE:
        yield Offer((row[S_TAKE],))
    else:
        assumed = outcomes(program, position)
        yield from [offer for offer in assumed if offer.weight > 0] or assumed
    yield from by_the_clock(program, position, severities)


def ties(program: Program, lifecycle: int) -> tuple[str, ...]:
    """Return which other cases those of a lifecycle can have to follow: a ``main`` one, ``children``."""
    ways = program.community.lifecycles[program.names.lifecycles[lifecycle]].transitions
    has = {"main": any(way.links for way in ways), "children": any(way.raises for way in ways)}
    return tuple(what for what, there in has.items() if there)


def by_the_clock(program: Program, position: Position, severities: Sequence[int]) -> Iterator[Offer]:
    """Yield what the deadlines that run at a position fire, where they have a limit there."""
    for clock in running(program, position, severities):
        row = program.rules.clocks[clock]
        if row[C_FIRES] < row[C_FIRES_END] and not spares(program, position, clock):
            yield Offer(program.rules.fires[row[C_FIRES] : row[C_FIRES_END]], clock)


def running(program: Program, position: Position, severities: Sequence[int]) -> Iterator[int]:
    """Yield the clocks that can run at a position: their state, their depth, a limit for one of the severities."""
    lifecycle = program.rules.lifecycles[position.lifecycle]
    wanted = program.rules.states[position.state][S_WANT + len(position.stack)]
    for local in range(lifecycle[L_CLOCKS]):
        clock = lifecycle[L_CLOCK] + local
        if wanted >> local & 1 and any(limit(program, position, clock, s) != NEVER for s in severities):
            yield clock


def limit(program: Program, position: Position, clock: int, severity: int) -> int:
    """Return a clock's limit in µs where a case stands, NEVER where it has none."""
    places = program.places
    return program.limit(clock, places.calendar[position.unit], places.level[position.unit], severity)


def spares(program: Program, position: Position, clock: int) -> bool:
    """Say whether a clock lets the work at a position finish (rule L4)."""
    return program.rules.states[position.state][S_KIND] == WORK and bool(program.rules.clocks[clock][C_FINISH])


def outcomes(program: Program, position: Position) -> tuple[Offer, ...]:
    """Return the outcomes assumed at a position where the simulation decides one, also those of weight 0."""
    if not decides(program, position):
        return ()
    expected = program.expected
    row = expected.outcome_row[seat(program, position)]
    if row == NONE:
        return ()
    return tuple(
        Offer(expected.ways[expected.way_first[at] : expected.way_first[at + 1]], weight=expected.weights[at])
        for at in range(expected.outcome_first[row], expected.outcome_first[row + 1])
    )


def decides(program: Program, position: Position) -> bool:
    """Say whether the simulation ends a stay at a position by itself: after a time, or in a session."""
    if program.rules.states[position.state][S_CONFERENCE]:
        return program.places.sits[position.unit] != NONE
    return program.expected.time_row[seat(program, position)] != NONE


def seat(program: Program, position: Position) -> int:
    """Return the index of a position into the tables of what is assumed."""
    return program.place(position.state, program.places.level[position.unit], max(0, position.category))
