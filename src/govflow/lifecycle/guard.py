"""Guards: the conditions under which a transition may be taken, as a pure function of a case's facts.

A fact's key is what the guard writes: ``severity``, ``reopened``, ``entries("asked")``, ``tied("covers")``.
Open ``tree`` for what a guard can say and ``parser`` for how it is written. Nothing here knows a case, a unit
or an organization: whoever calls brings the facts. ``program`` compiles the same tree to integers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from govflow.errors import UnknownName, UsageError
from govflow.lifecycle.parser import parse
from govflow.lifecycle.tree import (
    CALLS,
    FACTS,
    JOINTS,
    TIES,
    And,
    Compare,
    Const,
    Entries,
    Guard,
    In,
    Kind,
    Name,
    Not,
    Operator,
    Or,
    Tied,
    Value,
    kind,
)

__all__ = [
    "CALLS",
    "FACTS",
    "JOINTS",
    "TIES",
    "And",
    "Compare",
    "Const",
    "Entries",
    "Guard",
    "In",
    "Kind",
    "Name",
    "Not",
    "Operator",
    "Or",
    "Tied",
    "Value",
    "evaluate",
    "kind",
    "names",
    "parse",
    "text",
    "walk",
]

_TESTS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TYPES: Mapping[Kind, tuple[type, str]] = {
    "number": (int, "a whole number"),
    "text": (str, "a text"),
    "yes or no": (bool, "True or False"),
}


def evaluate(guard: Guard, facts: Mapping[str, int | str | bool]) -> bool:
    """Return whether a guard holds of these facts; a pure function, the same for desk, machine and judge.

    Facts are looked up from left to right, only as far as needed. UnknownName where one is missing, UsageError
    where it is not of its kind: a guard never holds, and never fails, by mistake.

    >>> evaluate(parse("reopened < 2 or not has_superior"), {"reopened": 2, "has_superior": True})
    False
    """
    match guard:
        case And(parts):
            return all(evaluate(part, facts) for part in parts)
        case Or(parts):
            return any(evaluate(part, facts) for part in parts)
        case Not(part):
            return not evaluate(part, facts)
        case Compare(left, op, right):
            return _TESTS[op](_value(left, facts), _value(right, facts))
        case In(left, options):
            value = _value(left, facts)
            return any(value == option.value for option in options)
        case Name() | Tied():
            return bool(_fact(guard, facts))


def _value(value: Value, facts: Mapping[str, int | str | bool]) -> int | str:
    return value.value if isinstance(value, Const) else _fact(value, facts)


def _fact(leaf: Name | Entries | Tied, facts: Mapping[str, int | str | bool]) -> int | str:
    key = text(leaf)
    try:
        fact = facts[key]
    except KeyError:
        raise UnknownName("fact", key, facts) from None
    wanted, told = _TYPES[kind(leaf)]
    if not isinstance(fact, wanted) or (isinstance(fact, bool) and wanted is not bool):
        raise UsageError(f"fact {key!r} is {fact!r}: a guard reads {told} there; give it as one")
    return fact


def walk(guard: Guard | Value) -> Iterator[Guard | Value]:
    """Yield a guard and all that is in it, the outer before the inner, from left to right.

    >>> [type(node).__name__ for node in walk(parse('not level == "host"'))]
    ['Not', 'Compare', 'Name', 'Const']
    """
    yield guard
    match guard:
        case And(parts) | Or(parts):
            inner: tuple[Guard | Value, ...] = parts
        case Not(part):
            inner = (part,)
        case Compare(left, _, right):
            inner = (left, right)
        case In(left, options):
            inner = (left, *options)
        case _:
            inner = ()
    for node in inner:
        yield from walk(node)


def names(guard: Guard) -> tuple[str, ...]:
    """Return the keys of the facts that a guard may look up, sorted, each once.

    >>> names(parse('entries("asked") > 1 and has_superior'))
    ('entries("asked")', 'has_superior')
    """
    return tuple(sorted({text(node) for node in walk(guard) if isinstance(node, (Name, Entries, Tied))}))


def text(guard: Guard | Value) -> str:
    """Return the canonical text; ``parse(text(guard)) == guard`` for whatever `parse` can return.

    >>> text(parse("(not (level in ('group', host)))"))
    'level not in ("group", "host")'
    """
    match guard:
        case And(parts):
            return " and ".join(_inside(part, And, Or) for part in parts)
        case Or(parts):
            return " or ".join(_inside(part, Or) for part in parts)
        case Not(In(left, options)):
            return f"{text(left)} not in {_choices(options)}"
        case Not(part):
            return f"not {_inside(part, And, Or)}"
        case In(left, options):
            return f"{text(left)} in {_choices(options)}"
        case Compare(left, op, right):
            return f"{text(left)} {op} {text(right)}"
        case _:
            return _leaf(guard)


def _leaf(leaf: Const | Name | Entries | Tied) -> str:
    match leaf:
        case Const(value):
            return f'"{value}"' if isinstance(value, str) else str(value)
        case Name(name):
            return name
        case Entries(state):
            return f'entries("{state}")'
        case Tied(tie):
            return f'tied("{tie}")'


def _inside(part: Guard, *wrapped: type) -> str:
    return f"({text(part)})" if isinstance(part, wrapped) else text(part)


def _choices(options: tuple[Const, ...]) -> str:
    return f"({', '.join(map(_leaf, options))})"
