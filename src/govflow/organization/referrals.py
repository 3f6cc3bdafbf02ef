"""The ``refers_to`` ties as columns of positions, in the form in which ``walks.referral`` reads them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from attrs import frozen

from govflow.organization.walks import NONE


@frozen(eq=False)
class ReferralTable:
    """The ties of unit u are ``first[u]:first[u + 1]``: a code into `names` (NONE: every category), a department."""

    names: tuple[str, ...]
    first: Sequence[int]
    categories: Sequence[int]
    departments: Sequence[int]

    def code(self, category: str) -> int:
        """Return the code of a category; one that no tie names has a code that none has."""
        return self.names.index(category) if category in self.names else len(self.names)


def referral_table(referrals: Iterable[tuple[int, str | None, int]], units: int) -> ReferralTable:
    """Return the table of ties given as (unit, category or None, department), those of a unit by department."""
    rows = sorted(referrals, key=lambda row: (row[0], row[2], row[1] or ""))
    names = tuple(sorted({category for _, category, _ in rows if category is not None}))
    first = array("i", bytes(4 * (units + 1)))
    for unit, _, _ in rows:
        first[unit + 1] += 1
    for unit in range(units):
        first[unit + 1] += first[unit]
    return ReferralTable(
        names=names,
        first=first,
        categories=array("i", (NONE if category is None else names.index(category) for _, category, _ in rows)),
        departments=array("i", (department for _, _, department in rows)),
    )
