"""What planners are given, checked alike: sets of names, whole numbers, names in order and none given twice.

It knows no plan. The data classes of this room use it for their fields, the planners for their arguments.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from govflow.calendar import LAST
from govflow.errors import DefinitionError, Fault, UsageError

_DIGITS = re.compile(r"(\d+)", re.ASCII)


def names(given: Iterable[str]) -> frozenset[str]:
    """Return a set of names; UsageError for one text, which would be read as a set of letters.

    >>> sorted(names(["law", "care"]))
    ['care', 'law']
    """
    if isinstance(given, str):
        raise UsageError(f"{given!r} is one text: a set of names is wanted, write {{{given!r}}}")
    return frozenset(given)


def whole(least: int, most: int = LAST) -> Any:
    """Return the check of a field: a whole number from `least` to `most`, or None where the field may be None."""

    def check(thing: object, attribute: Any, value: object) -> None:
        if value is None and attribute.default is None:
            return
        if not isinstance(value, int) or not least <= value <= most:
            bound = "on" if most == LAST else f"to {most:,}"
            text = f"{attribute.name} is {value!r}: a whole number from {least:,} {bound} is wanted"
            raise UsageError(f"{type(thing).__name__}: {text}")

    return check


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Return the key by which names sort as people number them, ``b2`` before ``b10``.

    >>> sorted(["b10", "b2", "a"], key=natural)
    ['a', 'b2', 'b10']
    """
    return (*((part.isdecimal(), int(part or 0) if part.isdecimal() else 0, part) for part in _DIGITS.split(name)),)


def in_order(given: Iterable[str], what: str) -> list[str]:
    """Return names in natural order; UsageError for none, DefinitionError for names given twice.

    >>> in_order(["team/10", "team/9"], "team")
    ['team/9', 'team/10']
    """
    ordered = sorted(given, key=lambda name: (natural(name), name))
    if not ordered:
        raise UsageError(f"no {what} is given: give at least one")
    refuse(what, twice(what, ordered))
    return ordered


def twice(path: str, given: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault, at `path` and the name, for each name that comes twice."""
    for name, times in Counter(given).items():
        if times > 1:
            yield Fault(f"{path}.{name}", "duplicate", f"{name!r} is given {times} times; give it once")


def refuse(what: str, faults: Iterable[Fault]) -> None:
    """Raise DefinitionError with all faults where there are any."""
    if found := list(faults):
        raise DefinitionError(what, found)
