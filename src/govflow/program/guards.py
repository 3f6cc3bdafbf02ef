"""Guards as code: the tree that ``lifecycle.guard`` parsed, flattened to postfix pairs (operation, argument).

Texts become indices here (levels, categories, channels by name), so that a guard compares integers only. A
name that is compared but not defined becomes an index that nothing has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from govflow.lifecycle import guard
from govflow.program.columns import (
    F_CATEGORY,
    F_CHANNEL,
    F_CHILDREN_OPEN,
    F_COUNTERS,
    F_HAS_DEPARTMENT,
    F_HAS_SUPERIOR,
    F_LEVEL,
    F_SEVERITY,
    F_TIES,
    G_AND,
    G_CONST,
    G_EQ,
    G_FACT,
    G_GE,
    G_GT,
    G_LE,
    G_LT,
    G_NE,
    G_NOT,
    G_OR,
    TIES,
)

FACTS: Mapping[str, int] = {
    "level": F_LEVEL,
    "severity": F_SEVERITY,
    "category": F_CATEGORY,
    "channel": F_CHANNEL,
    "has_superior": F_HAS_SUPERIOR,
    "has_department": F_HAS_DEPARTMENT,
    "children_open": F_CHILDREN_OPEN,
}
COMPARISONS: Mapping[str, int] = {"==": G_EQ, "!=": G_NE, "<": G_LT, "<=": G_LE, ">": G_GT, ">=": G_GE}
UNKNOWN_TEXT = -2


@frozen
class Vocabulary:
    """What a guard of one lifecycle may speak of: the names that become indices."""

    counters: Sequence[str]
    states: Sequence[str]
    texts: Mapping[str, Sequence[str]]

    def fact(self, name: str) -> int:
        """Return the index of a fact or counter in the facts of a case."""
        return FACTS[name] if name in FACTS else F_COUNTERS + self.counters.index(name)

    def entries(self, state: str) -> int:
        """Return the index of the number of entries of a state."""
        return F_COUNTERS + len(self.counters) + self.states.index(state)

    def text(self, fact: str, value: str) -> int:
        """Return the index of a level, category or channel that `fact` is compared with."""
        known = self.texts.get(fact, ())
        return known.index(value) if value in known else UNKNOWN_TEXT


def compile_guard(text: str, vocabulary: Vocabulary) -> tuple[int, ...]:
    """Return the code of the guard `text`, ready for `program.rules.holds`."""
    return tuple(_code(guard.parse(text), vocabulary))


def _code(node: guard.Guard, words: Vocabulary) -> list[int]:
    match node:
        case guard.And(parts):
            return _joined([_code(p, words) for p in parts], G_AND)
        case guard.Or(parts):
            return _joined([_code(p, words) for p in parts], G_OR)
        case guard.Not(part):
            return [*_code(part, words), G_NOT, 0]
        case guard.Compare(left, op, right):
            return [*_side(left, right, words), *_side(right, left, words), COMPARISONS[op], 0]
        case guard.In(left, options):
            tests = [[*_side(left, o, words), *_side(o, left, words), G_EQ, 0] for o in options]
            return _joined(tests, G_OR)
        case _:
            return _side(node, node, words)


def _joined(codes: list[list[int]], op: int) -> list[int]:
    joined = list(codes[0])
    for code in codes[1:]:
        joined += [*code, op, 0]
    return joined


def _side(node: object, other: object, words: Vocabulary) -> list[int]:
    match node:
        case guard.Const(value) if isinstance(value, str):
            fact = other.name if isinstance(other, guard.Name) else ""
            return [G_CONST, words.text(fact, value)]
        case guard.Const(value):
            return [G_CONST, int(value)]
        case guard.Name(name):
            return [G_FACT, words.fact(name)]
        case guard.Entries(state):
            return [G_FACT, words.entries(state)]
        case guard.Tied(kind):
            return [G_FACT, F_TIES + TIES.index(kind)]
        case _:
            raise AssertionError(f"not a value of a guard: {node!r}")
