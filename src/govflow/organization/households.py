"""Households and their contact units: the ids that patterns make, and what can be wrong with written ones.

A unit that has n households by number contacts ``household/SLUG-1`` to ``household/SLUG-n``, SLUG its own slug;
none of them is ever stored. Written households keep whatever id they have. A household is never a unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from govflow.organization.faults import Faults, is_slug
from govflow.organization.model import HouseholdRow, Level
from govflow.organization.tree import Draft, Tree

PREFIX = "household/"


def made_id(unit: str, number: int) -> str:
    """Return the id of a unit's household by number, from 1.

    >>> made_id("host/3-2-11", 7)
    'household/3-2-11-7'
    """
    return f"{PREFIX}{unit.partition('/')[2]}-{number}"


def made_contact(household: str, levels: Sequence[str], index: Mapping[str, int], made: Sequence[int]) -> int | None:
    """Return who contacts a household made by number, or None; `made` counts such households by unit.

    Looks at one unit a level, however many there are.

    >>> made_contact("household/3-2-7", ["group"], {"group/3-2": 0}, [10])
    0
    """
    slug, _, digits = household.removeprefix(PREFIX).rpartition("-")
    if not household.startswith(PREFIX) or not digits.isdecimal() or not digits.isascii() or len(digits) > 10:
        return None
    for level in levels:
        unit = index.get(f"{level}/{slug}")
        if unit is not None and digits[0] != "0" and int(digits) <= made[unit]:
            return unit
    return None


def check_made(draft: Draft, faults: Faults) -> None:
    """Note units of different levels that share a slug and both make households: their ids would be the same."""
    having = [row for row, count in enumerate(draft.households) if count]
    if len({draft.depths[row] for row in having}) < 2:
        return
    first: dict[str, int] = {}
    for row in having:
        here = draft.ids[row]
        there = draft.ids[first.setdefault(here.partition("/")[2], row)]
        if there != here:
            text = f"{here!r} and {there!r} would both contact {made_id(here, 1)!r}: give one another slug"
            faults.add(draft.place(row, "households"), "two_contacts", text)


def check_written(
    rows: Sequence[HouseholdRow], draft: Draft, tree: Tree, levels: Sequence[Level], faults: Faults
) -> None:
    """Note written households without a known contact unit, with two of them, or with an id that cannot be."""
    names = [level.name for level in levels]
    seen: dict[str, str] = {}
    for at, row in enumerate(rows):
        path = f"{faults.root}households[{at}]"
        if row.contact not in tree.index:
            faults.unknown(f"{path}.contact", "contact unit", row.contact, tree.index)
        if not is_slug(str(row.id).removeprefix(PREFIX)):
            text = f"{row.id!r} is no household id: write 'household/slug' or a bare id without spaces or slashes"
            faults.add(f"{path}.id", "malformed_id", text)
            continue
        maker = made_contact(row.id, names, tree.index, draft.households)
        other = seen.get(row.id) if maker is None else draft.ids[maker]
        seen.setdefault(row.id, row.contact)
        if other == row.contact:
            faults.add(f"{path}.id", "duplicate", f"{row.id!r} is a household of {other!r} already: write it once")
        elif other is not None:
            text = f"{row.id!r} has two contact units, {other!r} and {row.contact!r}: keep one"
            faults.add(f"{path}.contact", "two_contacts", text)
