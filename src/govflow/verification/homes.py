"""Homes that meet the same on the way up are one: the classes of units that make a proof independent of size.

What can happen to a case depends on its home only through the units above: their levels, the departments that
their ties name, the conferences they hold. Two homes alike in that are the same to every rule, so one of them
speaks for all. Nothing here knows a lifecycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from govflow.program import Program
from govflow.program.columns import F_TIES, G_FACT, NONE, TIES

Row = tuple[int, int, tuple[tuple[int, int], ...], bool, int]
"""A class of units: level, class of the superior, (category, kind of department) of its ties, sits, tied."""

Kind = tuple[Any, ...]
"""What a case of one category can meet from a home upwards; to be compared only."""


@frozen(eq=False)
class Homes:
    """The classes of units: `rows` by class, `of` the class of each unit of the hierarchy.

    A home is a unit with households, and every unit where none has any. `units` and `homes` hold the first unit,
    and the first home, of each class.
    """

    program: Program
    rows: Sequence[Row]
    of: Sequence[int]
    units: Mapping[int, int]
    homes: Mapping[int, int]

    def alike(self, category: int, first: Mapping[int, int]) -> Iterator[tuple[Kind, int, tuple[int, ...]]]:
        """Yield each kind of home that differs to cases of a category, its first unit, and its classes.

        Coarser than the classes: of a unit's ties only the department that takes the category counts. Equal
        kinds meet the same, also those of two categories. `first` is `homes` or `units`.
        """
        kinds: list[Kind] = []
        for level, above, ties, sits, tied in self.rows:
            taken = next((there for named, there in ties if named in (category, NONE)), NONE)
            kinds.append((level, kinds[above] if above != NONE else None, taken, sits, tied))
        classes: dict[Kind, list[int]] = {}
        for here in first:
            classes.setdefault(kinds[here], []).append(here)
        yield from ((kind, first[alike[0]], tuple(sorted(alike))) for kind, alike in classes.items())

    def members(self, classes: Iterable[int], *, everywhere: bool = False) -> Iterator[int]:
        """Yield the homes that stand in `classes`; `everywhere`: all units that do."""
        wanted = set(classes)
        households = self.program.places.households
        none = everywhere or not any(households)
        yield from (unit for unit, here in enumerate(self.of) if here in wanted and (none or households[unit] > 0))


def homes(program: Program) -> Homes:
    """Sort the units of a program into classes, in one pass from the top down."""
    places = program.places
    mask = _ties_asked(program)
    seen: dict[Row, int] = {}
    of: list[int] = []
    units: dict[int, int] = {}
    having: dict[int, int] = {}
    for unit in range(program.community.organization.size):
        ties = tuple(
            (places.referral_category[at], _department(program, places.referral_department[at], mask))
            for at in range(places.referral_first[unit], places.referral_first[unit + 1])
        )
        above = places.superior[unit]
        upper = NONE if above == NONE else of[above]
        row = (places.level[unit], upper, ties, places.sits[unit] != NONE, places.tied[unit] & mask)
        here = seen.setdefault(row, len(seen))
        of.append(here)
        units.setdefault(here, unit)
        if places.households[unit] > 0:
            having.setdefault(here, unit)
    return Homes(program, tuple(seen), of, units, having or units)


def _ties_asked(program: Program) -> int:
    """Return the bits of the kinds of tie that some guard asks about."""
    code = program.rules.guards
    asked = {code[at + 1] - F_TIES for at in range(0, len(code), 2) if code[at] == G_FACT}
    return sum(1 << kind for kind in asked if 0 <= kind < len(TIES))


def _department(program: Program, unit: int, mask: int) -> int:
    """Return a number that is equal for departments that no rule tells apart."""
    first = program.places.referral_first
    refers_on = first[unit] < first[unit + 1]
    return (unit + 1) << len(TIES) if refers_on else program.places.tied[unit] & mask


def ancestor(program: Program, unit: int, level: int) -> int:
    """Return the unit at which a case of home `unit` opens that intake maps to `level` (rule L3)."""
    places = program.places
    while places.level[unit] > level and places.superior[unit] != NONE:
        unit = places.superior[unit]
    return unit
