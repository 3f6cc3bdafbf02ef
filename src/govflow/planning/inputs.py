"""What planners are given, put in order alike: sets of names, names in order, and none given twice.

It knows no plan. The data classes of this room use it for their fields, the planners for their arguments.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from govflow.errors import DefinitionError, Fault, UsageError

_DIGITS = re.compile(r"(\d+)", re.ASCII)


def names(given: Iterable[str]) -> frozenset[str]:
    """Return a set of names.

    >>> sorted(names(["law", "care"]))
    ['care', 'law']
    """
    return frozenset(given)


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Return the key by which names sort as people number them, ``b2`` before ``b10``.

    >>> sorted(["b10", "b2", "a"], key=natural)
    ['a', 'b2', 'b10']
    """
    return (*((part.isdecimal(), int(part or 0) if part.isdecimal() else 0, part) for part in _DIGITS.split(name)),)


def known_graph(given: Any, what: str) -> Any:
    """Return a graph of networkx, of whatever kind; UsageError for anything else."""
    from networkx import Graph

    if not isinstance(given, Graph):
        raise UsageError(f"{what}: {given!r:.80} is given, a graph of networkx is wanted")
    return given


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
