"""The cases of a store in memory: where the events of each lie, and how cases are found.

By their unit while they are open, by their next due instant, else by looking at all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from attrs import define, field

from govflow.store.protocol import COLUMNS, Query, Row

_PLACE = {name: at for at, name in enumerate(COLUMNS)}


@define(eq=False)
class Kept:
    """What is kept of a case: the positions of its events in the log, and the columns by which it is found."""

    lines: list[int]
    edition: str
    due: int | None
    open: bool
    columns: tuple[Any, ...]


@define(eq=False)
class Shelf:
    """The cases by id. Not safe for threads by itself: whoever has it holds a lock."""

    cases: dict[str, Kept] = field(factory=dict, init=False)
    _at: dict[str, set[str]] = field(factory=dict, init=False)
    _dues: list[tuple[int, str]] = field(factory=list, init=False)

    def keep(self, row: Row, places: Sequence[int] = ()) -> None:
        """Keep a case as `row` tells it, and the positions of its new events in the log."""
        columns = tuple(map(row.facts.get, COLUMNS))
        kept = self.cases.get(row.case)
        if kept is None:
            kept = self.cases[row.case] = Kept([], row.edition, None, False, columns)
        kept.lines += places
        was, now = kept.columns[_PLACE["unit"]], columns[_PLACE["unit"]]
        if kept.open and (was != now or not row.open):
            self._at[was].discard(row.case)
        if row.open and not (kept.open and was == now):
            self._at.setdefault(str(now), set()).add(row.case)
        if row.due != kept.due and row.due is not None:
            heappush(self._dues, (row.due, row.case))
        kept.edition, kept.due, kept.open, kept.columns = row.edition, row.due, row.open, columns

    def rebuild(self, rows: Iterable[Row]) -> None:
        """Keep these rows in the place of what is there."""
        for row in rows:
            self.keep(row)
        self._dues = [(kept.due, case) for case, kept in self.cases.items() if kept.due is not None]
        heapify(self._dues)

    def matching(self, query: Query) -> Iterator[tuple[tuple[Any, ...], str]]:
        """Yield the cases that a query asks for, in no order, each after its place in the query's own."""
        wanted = [(_PLACE[name], _several(value)) for name, value in query.where.items()]
        units = query.where.get("unit")
        near: Iterable[str] = self.cases
        if units is not None and query.open:
            near = sorted(case for unit in set(_several(units)) for case in self._at.get(unit, ()))
        for case in near:
            kept = self.cases[case]
            if query.open in (None, kept.open) and all(kept.columns[at] in values for at, values in wanted):
                yield _order(query, case, kept), case

    def due(self, until: int, limit: int) -> list[str]:
        """Return the cases that are due at or before `until`, soonest first, then by id."""
        found: dict[str, int] = {}
        while self._dues and self._dues[0][0] <= until and len(found) < limit:
            at, case = heappop(self._dues)
            if self.cases[case].due == at:
                found[case] = at
        for case, at in found.items():
            heappush(self._dues, (at, case))
        return list(found)

    def next_due(self) -> int | None:
        """Return the soonest due instant of all cases."""
        while self._dues and self.cases[self._dues[0][1]].due != self._dues[0][0]:
            heappop(self._dues)
        return self._dues[0][0] if self._dues else None


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple, set, frozenset)) else (value,)


def _order(query: Query, case: str, kept: Kept) -> tuple[Any, ...]:
    if query.order == "case":
        return (case,)
    return kept.columns[_PLACE["severity"]], kept.columns[_PLACE["entered"]], case
