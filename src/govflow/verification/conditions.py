"""Guards where not everything about a case is known: whether one can hold, whether several can fail together.

An exploration knows where a case is, not how often it was there. So what a guard says of counters, entries,
severity and children is tried with the few values that its own numbers tell apart, each time by the program's own
`holds`. Which of the counted facts are known exactly (`caps`) is the caller's choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from attrs import field, frozen

from govflow.program import Position, Program, facts
from govflow.program.columns import (
    F_CHILDREN_OPEN,
    F_COUNTERS,
    F_SEVERITY,
    G_CONST,
    G_EQ,
    G_FACT,
    G_GE,
    L_COUNTERS,
    L_START,
    L_STATE,
    L_STATES,
    NONE,
    S_LOCAL,
    T_ADD,
    T_ADD_END,
    T_GUARD,
    T_GUARD_END,
    T_LIFECYCLE,
    T_TARGET,
)
from govflow.program.rules import holds

MOST_TRIED = 5_000
"""More combinations of values than this are not tried: a guard is then taken to be able to hold."""


@frozen(eq=False)
class Conditions:
    """The guards of one lifecycle, asked of cases of which only some facts are known.

    `values` are the values to try by fact; a fact in `caps` is known exactly up to its cap and never tried.
    """

    program: Program = field(repr=False)
    lifecycle: int
    values: Mapping[int, tuple[int, ...]]
    caps: Mapping[int, int] = field(factory=dict)

    @property
    def severities(self) -> tuple[int, ...]:
        """The severities that these cases can have."""
        return self.values[F_SEVERITY]

    def can_hold(self, position: Position, way: int, *, unless: Sequence[int] = ()) -> bool:
        """Say whether a way's guard can be true while those of the ways `unless` are all false."""
        if not all(guarded(self.program, other) for other in unless):
            return False
        if not unless and not guarded(self.program, way):
            return True
        cases = self._cases(position, (way, *unless))
        return cases is None or any(
            self._holds(way, case) and not any(self._holds(other, case) for other in unless) for case in cases
        )

    def can_fail(self, position: Position, ways: Sequence[int]) -> bool:
        """Say whether the guards of all `ways` can be false at once, for good: children open or not."""
        if not all(guarded(self.program, way) for way in ways):
            return False
        failed: dict[tuple[int, ...], bool] = {}
        for case in self._cases(position, ways) or ():
            rest = (*case[:F_CHILDREN_OPEN], *case[F_CHILDREN_OPEN + 1 :])
            failed[rest] = failed.get(rest, True) and not any(self._holds(way, case) for way in ways)
        return any(failed.values())

    def _holds(self, way: int, case: list[int]) -> bool:
        row = self.program.rules.transitions[way]
        first, end = row[T_GUARD], row[T_GUARD_END]
        return first == NONE or holds(self.program.rules.guards, first, end, case, [0] * (end - first + 1))

    def _tried(self, position: Position, ways: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return the values to try for each fact that the guards of `ways` read and the position does not tell."""
        row = self.program.rules.lifecycles[self.lifecycle]
        entered = F_COUNTERS + row[L_COUNTERS] + self.program.rules.states[position.state][S_LOCAL]
        tried = {}
        for fact in asked(self.program, ways):
            if fact in self.values and fact not in self.caps:
                values = self.values[fact]
                tried[fact] = tuple(value for value in values if value > 0) if fact == entered else values
        return tried

    def _cases(self, position: Position, ways: Sequence[int]) -> Iterator[list[int]] | None:
        """Return the case's facts with every combination of the values to try; None where there are too many."""
        tried = self._tried(position, ways)
        if prod(map(len, tried.values())) > MOST_TRIED:
            return None
        return self._combined(facts(self.program, position), tried)

    def _combined(self, known: list[int], tried: Mapping[int, tuple[int, ...]]) -> Iterator[list[int]]:
        for combination in product(*tried.values()):
            case = list(known)
            for fact, value in zip(tried, combination, strict=True):
                case[fact] = value
            yield case


def conditions(
    program: Program,
    lifecycle: int,
    *,
    severities: Sequence[int],
    children: bool,
    caps: Mapping[int, int] | None = None,
) -> Conditions:
    """Return the conditions of a lifecycle for cases of some `severities`; `children` says whether any can be open."""
    values = {fact: _values(program, lifecycle, fact) for fact in counted(program, lifecycle)}
    values[F_SEVERITY] = tuple(severities)
    values[F_CHILDREN_OPEN] = _numbers(program, lifecycle, F_CHILDREN_OPEN) if children else (0,)
    return Conditions(program, lifecycle, values, caps or {})


def counted(program: Program, lifecycle: int) -> range:
    """Return the facts that are counted along the way: the counters, then the entries by state."""
    row = program.rules.lifecycles[lifecycle]
    return range(F_COUNTERS, F_COUNTERS + row[L_COUNTERS] + row[L_STATES])


def caps(program: Program, lifecycle: int, ways: Sequence[int]) -> dict[int, int]:
    """Return for each counted fact that the guards of `ways` read the value beyond which no guard tells it apart.

    Left out is what no exploration can count: what is held against another fact, what people say.
    """
    open_ended = {*_compared(program, ways), *_said(program, lifecycle)}
    facts_read = (fact for fact in asked(program, ways) if fact in counted(program, lifecycle))
    return {fact: _values(program, lifecycle, fact)[-1] for fact in facts_read if fact not in open_ended}


def _compared(program: Program, ways: Sequence[int]) -> Iterator[int]:
    """Yield the facts that the guards of `ways` hold against each other, and not against a number."""
    for (first, one), (second, other), (test, _) in _runs(tuple(_code(program, ways))):
        if first == second == G_FACT and G_EQ <= test <= G_GE:
            yield from (one, other)


def _runs(code: tuple[tuple[int, int], ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    return zip(code, code[1:], code[2:], strict=False)


def _said(program: Program, lifecycle: int) -> Iterator[int]:
    """Yield the counters that begin or grow by what people say."""
    cycle = program.community.lifecycles[program.names.lifecycles[lifecycle]]
    grown = {name for way in cycle.transitions for name, by in way.add.items() if isinstance(by, str)}
    for at, (name, counter) in enumerate(cycle.counters.items(), F_COUNTERS):
        if counter.given or name in grown:
            yield at


def guarded(program: Program, way: int) -> bool:
    """Say whether a way has a guard."""
    return program.rules.transitions[way][T_GUARD] != NONE


def asked(program: Program, ways: Sequence[int]) -> tuple[int, ...]:
    """Return the facts that the guards of `ways` read, in order."""
    return tuple(sorted({argument for op, argument in _code(program, ways) if op == G_FACT}))


def _code(program: Program, ways: Sequence[int]) -> Iterator[tuple[int, int]]:
    guards = program.rules.guards
    for way in ways:
        row = program.rules.transitions[way]
        if row[T_GUARD] != NONE:
            yield from ((guards[at], guards[at + 1]) for at in range(row[T_GUARD], row[T_GUARD_END], 2))


def _values(program: Program, lifecycle: int, fact: int) -> tuple[int, ...]:
    """Return the values of a counted fact that guards tell apart: none, a few, each number named, its neighbours."""
    return _numbers(program, lifecycle, fact) if _grows(program, lifecycle, fact) else (0,)


def _numbers(program: Program, lifecycle: int, fact: int) -> tuple[int, ...]:
    values = {0, 1, 2}
    for way, row in enumerate(program.rules.transitions):
        if row[T_LIFECYCLE] == lifecycle and fact in asked(program, [way]):
            numbers = [argument for op, argument in _code(program, [way]) if op == G_CONST]
            values.update(near for number in numbers for near in (number - 1, number, number + 1) if near >= 0)
    return tuple(sorted(values))


def _grows(program: Program, lifecycle: int, fact: int) -> bool:
    """Say whether a counted fact is ever anything but nothing."""
    row = program.rules.lifecycles[lifecycle]
    ways = [way for way in program.rules.transitions if way[T_LIFECYCLE] == lifecycle]
    state = row[L_STATE] + fact - F_COUNTERS - row[L_COUNTERS]
    if state >= row[L_STATE]:
        return state == row[L_START] or any(way[T_TARGET] == state for way in ways)
    added = {program.rules.adds[at] for way in ways for at in range(way[T_ADD], way[T_ADD_END], 2)}
    counter = fact - F_COUNTERS
    return counter in added or program.rules.starts[lifecycle][counter] > 0 or fact in _said(program, lifecycle)
