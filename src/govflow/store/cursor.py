"""What a statement is said to: a driver's cursor, the same for every driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from attrs import define

PART = 5000
"""So many rows are held at once where all are read."""

_NUMBERS = count(1)  # no two cursors of a connection may bear one name, and no process shares a connection


@define(eq=False)
class Cursor:
    """A driver's cursor, which takes our statements: a question mark stands for a value.

    `text` gives a statement the driver's own marks; `counts` says that the driver counts many executions together.
    """

    dialect: str
    _text: Callable[[str], str]
    _counts: bool
    _driver: Any

    def do(self, statement: str, *given: Any) -> int:
        """Do a statement and return how many rows it changed."""
        self._driver.execute(self._text(statement), given)
        return int(self._driver.rowcount)

    def all(self, statement: str, *given: Any) -> list[Any]:
        """Return all rows that a statement selects."""
        self._driver.execute(self._text(statement), given)
        found: list[Any] = self._driver.fetchall()
        return found

    def many(self, statement: str, given: Sequence[tuple[Any, ...]]) -> int:
        """Do a statement with each of several values and return how many rows it changed."""
        if len(given) == 1:
            return self.do(statement, *given[0])
        if given and self._counts:
            self._driver.executemany(self._text(statement), given)
            return int(self._driver.rowcount)
        return sum(self.do(statement, *some) for some in given)

    def parts(self, statement: str, goes_on: Callable[[], bool] = lambda: True) -> Iterator[list[Any]]:
        """Yield the rows of a statement, PART at a time; PostgreSQL's drivers would fetch them all at once.

        Who stops in the middle leaves no cursor open there, while the transaction `goes_on` in which it was opened.
        """
        if self.dialect == "postgresql":
            name = f"govflow_{next(_NUMBERS)}"
            self.do(f"DECLARE {name} NO SCROLL CURSOR FOR {statement}")
            try:
                while rows := self.all(f"FETCH {PART} FROM {name}"):
                    yield rows
            finally:
                if goes_on():
                    with suppress(Exception):  # the cursor is gone where the transaction has failed
                        self.do(f"CLOSE {name}")
        else:
            self._driver.execute(statement)
            while rows := self._driver.fetchmany(PART):
                yield rows
