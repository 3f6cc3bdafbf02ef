"""Money of items and projects: needed, pledged, received and open, in exact decimal yuan.

The record counts in fen, and its counters only grow. What was pledged and then released is taken out of both sums here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

from attrs import field, frozen

from govflow.casework.desk import Desk
from govflow.casework.pages import each

NOTHING = Decimal(0)


@frozen
class Money:
    """Yuan needed, pledged and received."""

    needed: Decimal = NOTHING
    pledged: Decimal = NOTHING
    received: Decimal = NOTHING

    @property
    def open(self) -> Decimal:
        """What nobody has pledged yet."""
        return self.needed - self.pledged

    @property
    def due(self) -> Decimal:
        """What is pledged and has not come."""
        return self.pledged - self.received

    def __add__(self, other: Money) -> Money:
        """Return the sum."""
        return Money(self.needed + other.needed, self.pledged + other.pledged, self.received + other.received)


@frozen
class Funds:
    """The money by item, in order of case, and all of it."""

    items: Mapping[str, Money] = field(repr=False)

    @property
    def total(self) -> Money:
        """The sum over all items."""
        return reduce(Money.__add__, self.items.values(), Money())


def money_of(facts: Mapping[str, Any]) -> Money:
    """Return the money of a case from its facts.

    >>> money_of({"counter.needed": 15000, "counter.pledged": 10000, "counter.released": 5000})
    Money(needed=Decimal('100'), pledged=Decimal('50'), received=Decimal('0'))
    """
    names = ("needed", "pledged", "received", "released")
    needed, pledged, received, released = (Decimal(facts.get(f"counter.{name}", 0)) / 100 for name in names)
    return Money(needed - released, pledged - released, received)


def funds(desk: Desk, lifecycle: str, *, by: str | None = None) -> Funds:
    """Return the money of all cases of a lifecycle that a reader may see, open and closed, that need or got any.

    >>> import govflow as gf
    >>> desk = gf.Desk(gf.load("jiafu"))
    >>> _ = desk.open("claim", by="partner/unit-1", way="donate", needed="59100.50", text="Winter coats.")
    >>> funds(desk, "claim").total.open
    Decimal('59100.5')
    """
    cases = each(desk, by=by, lifecycle=lifecycle)
    return Funds({case.id: money for case in cases if (money := money_of(case.facts)) != Money()})
