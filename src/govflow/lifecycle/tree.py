"""The tree that a guard is: seven kinds of condition over three kinds of value, and the facts they may speak of.

Frozen values, no more; ``parser`` makes the tree from text, ``guard`` evaluates and prints it, ``program``
compiles it to integers. Constants are whole numbers and texts. What a case's facts *are* is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import frozen

Kind = Literal["number", "text", "yes or no"]
Operator = Literal["==", "!=", "<", "<=", ">", ">="]

FACTS: Mapping[str, Kind] = {
    "level": "text",
    "severity": "number",
    "category": "text",
    "channel": "text",
    "has_superior": "yes or no",
    "has_department": "yes or no",
    "children_open": "number",
}
"""The facts that every case has, by name. Any other name in a guard is a counter of the lifecycle: a number."""

CALLS = ("entries", "tied")
"""The two questions: how often a state was entered (a number), whether the unit has a tie of a kind (yes or no)."""

TIES = ("partners", "refers_to", "assists", "covers", "pairs_with")
"""The kinds of tie that ``tied("…")`` can ask for: those of the organization."""

JOINTS = ("and", "or", "not", "in")
"""The words of the grammar; with `FACTS` and `CALLS` they are names that no counter can have."""


@frozen
class Const:
    """A whole number (not negative) or a text, as written."""

    value: int | str


@frozen
class Name:
    """A fact of `FACTS` or a counter. A condition by itself where it is yes or no, else a value to compare."""

    name: str


@frozen
class Entries:
    """How often the case has entered a state: ``entries("asked")``, a number."""

    state: str


@frozen
class Tied:
    """Whether the case's unit has a tie of this kind: ``tied("partners")``, yes or no."""

    kind: str


Value: TypeAlias = "Const | Name | Entries"
"""What can be compared: a number or a text; at least one side of a comparison is a fact."""


@frozen
class Compare:
    """Two numbers compared, or a text fact with a text (only ``==`` and ``!=``)."""

    left: Value
    op: Operator
    right: Value


@frozen
class In:
    """Whether a fact is one of one or more constants of its own kind."""

    left: Name | Entries
    options: tuple[Const, ...]


@frozen
class Not:
    """The opposite of a condition."""

    part: Guard


@frozen
class And:
    """Two or more conditions, all of which must hold; looked at from left to right, as far as needed."""

    parts: tuple[Guard, ...]


@frozen
class Or:
    """Two or more conditions, one of which must hold; looked at from left to right, as far as needed."""

    parts: tuple[Guard, ...]


Guard: TypeAlias = "And | Or | Not | Compare | In | Name | Tied"
"""A condition: what a guard is as a whole, and what ``and``, ``or`` and ``not`` join."""


def kind(value: Value | Tied) -> Kind:
    """Return what kind of thing a value is.

    >>> kind(Name("level")), kind(Name("reopened")), kind(Tied("covers"))
    ('text', 'number', 'yes or no')
    """
    match value:
        case Const(constant):
            return "text" if isinstance(constant, str) else "number"
        case Name(name):
            return FACTS.get(name, "number")
        case Entries():
            return "number"
        case Tied():
            return "yes or no"
