"""Reading a desk to its end: every case that answers a question, page by page.

What plans need of a desk comes in through here. A desk gives out only what its reader may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.casework import Case, Desk

PAGE = 1000
"""So many cases are asked for at once."""


def every_case(desk: Desk, *, by: str | None = None, **where: Any) -> Iterator[Case]:
    """Yield the cases with these facts, in order of id; the questions are those of `Desk.find`."""
    page = desk.find(by=by, limit=PAGE, **where)
    yield from page.cases
    while page.after is not None:
        page = desk.find(by=by, limit=PAGE, after=page.after, **where)
        yield from page.cases
