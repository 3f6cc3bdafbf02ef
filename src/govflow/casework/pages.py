"""Every case that a search finds, page after page, for those who read all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from govflow.casework.case import Case
from govflow.casework.desk import Desk
from govflow.casework.finding import MOST_AT_ONCE, Where


def each(desk: Desk, *, by: str | None = None, **where: Unpack[Where]) -> Iterator[Case]:
    """Yield every case that `Desk.find` finds, in order of id."""
    after: str | None = None
    while True:
        page = desk.find(by=by, limit=MOST_AT_ONCE, after=after, **where)
        yield from page.cases
        if (after := page.after) is None:
            return
