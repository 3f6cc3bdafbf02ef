"""The store in memory: for tests, for a simulation of a desk, and for whoever keeps the events elsewhere.

It keeps what every store keeps and nothing twice: a case's facts are folded from its events when they are asked for.
Events are sealed as they are written, for nobody else writes at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush, nsmallest
from typing import Any

from attrs import define, evolve, field
from msgspec.structs import replace

from govflow.record import Line, Secret, fold
from govflow.record.chain import START_OF_LOG, seal
from govflow.store.protocol import COLUMNS, Commit, Key, Query, Row, Stale, Taken

_PLACE = {name: at for at, name in enumerate(COLUMNS)}


@define(eq=False)
class _Kept:
    """What is kept of a case: the positions of its events in the log, and the columns by which it is found."""

    lines: list[int]
    edition: str
    due: int | None
    open: bool
    columns: tuple[Any, ...]


@define(eq=False)
class MemoryStore:
    """A store in this process's memory, gone with it. Safe for many threads and for many desks of one process.

    >>> MemoryStore().head()[0]
    0
    """

    _log: list[Line] = field(factory=list, init=False, repr=False)
    _seals: list[bytes] = field(factory=list, init=False, repr=False)
    _cases: dict[str, _Kept] = field(factory=dict, init=False, repr=False)
    _at: dict[str, set[str]] = field(factory=dict, init=False, repr=False)
    _dues: list[tuple[int, str]] = field(factory=list, init=False, repr=False)
    _secrets: dict[str, list[Secret]] = field(factory=dict, init=False, repr=False)
    _keys: dict[str, Key] = field(factory=dict, init=False, repr=False)
    _contacts: dict[str, Mapping[str, str]] = field(factory=dict, init=False, repr=False)
    _definitions: dict[str, str] = field(factory=dict, init=False, repr=False)
    _marks: dict[str, int] = field(factory=dict, init=False, repr=False)
    _lock: threading.RLock = field(factory=threading.RLock, init=False, repr=False)

    def write(self, commit: Commit) -> None:
        """Write a commit whole or not at all; Stale or Taken where somebody was quicker."""
        with self._lock:
            for case, base in commit.bases.items():
                kept = self._cases.get(case)
                if (0 if kept is None else len(kept.lines)) != base:
                    raise Stale(case)
            for key in commit.keys:
                if key.key in self._keys:
                    raise Taken(key.key)
            places = self._append(commit.lines)
            for row in commit.rows:
                self._keep(row, places[row.case])
            for secret in commit.secrets:
                self._secrets.setdefault(secret.case, []).append(secret)
            for case, version, name in commit.forget:
                held = self._secrets.get(case, [])
                self._secrets[case] = [s for s in held if (s.version, s.name) != (version, name)]
            for key in commit.keys:
                self._keys[key.key] = key

    def _append(self, lines: Iterable[Line]) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        last = self._seals[-1] if self._seals else START_OF_LOG
        for line in lines:
            places.setdefault(line.case, []).append(len(self._log))
            last = seal(last, line.hash)
            self._log.append(line)
            self._seals.append(last)
        return places

    def _keep(self, row: Row, places: list[int]) -> None:
        columns = tuple(map(row.facts.get, COLUMNS))
        kept = self._cases.get(row.case)
        if kept is None:
            kept = self._cases[row.case] = _Kept(places, row.edition, None, False, columns)
        else:
            kept.lines += places
        self._place(row.case, kept, row, columns)

    def _place(self, case: str, kept: _Kept, row: Row, columns: tuple[Any, ...]) -> None:
        """Keep the columns of a row, and the case where it is looked for: at its unit, by its due instant."""
        was, now = kept.columns[_PLACE["unit"]], columns[_PLACE["unit"]]
        if kept.open and (was != now or not row.open):
            self._at[was].discard(case)
        if row.open and not (kept.open and was == now):
            self._at.setdefault(now, set()).add(case)
        if row.due != kept.due and row.due is not None:
            heappush(self._dues, (row.due, case))
        kept.edition, kept.due, kept.open, kept.columns = row.edition, row.due, row.open, columns

    def row(self, case: str) -> Row | None:
        """Return a case's row, folded from its events."""
        with self._lock:
            kept = self._cases.get(case)
            return None if kept is None else self._row(case, kept)

    def _row(self, case: str, kept: _Kept) -> Row:
        lines = [self._log[place] for place in kept.lines]
        facts = fold(line.changes for line in lines)
        return Row(case, len(lines), lines[-1].hash, kept.edition, kept.due, kept.open, facts)

    def lines(self, case: str, after: int = 0) -> list[Line]:
        """Return the events of a case whose version is greater than `after`."""
        with self._lock:
            kept = self._cases.get(case)
            return [] if kept is None else [self._line(place) for place in kept.lines[after:]]

    def _line(self, place: int) -> Line:
        return replace(self._log[place], position=place + 1, log=self._seals[place])

    def select(self, query: Query) -> list[Row]:
        """Return a page of cases; those at named units are found by their unit, others by looking at all."""
        with self._lock:
            found = ((_order(query, case, kept), case) for case, kept in self._matching(query))
            page = nsmallest(query.limit, (f for f in found if query.after is None or f[0] > query.after))
            return [self._row(case, self._cases[case]) for _, case in page]

    def count(self, query: Query) -> int:
        """Return how many cases a query asks for."""
        with self._lock:
            return sum(1 for _ in self._matching(query))

    def _matching(self, query: Query) -> Iterator[tuple[str, _Kept]]:
        wanted = [(_PLACE[name], _several(value)) for name, value in query.where.items()]
        units = query.where.get("unit")
        near: Iterable[str] = self._cases
        if units is not None and query.open:
            near = sorted(case for unit in set(_several(units)) for case in self._at.get(unit, ()))
        for case in near:
            kept = self._cases[case]
            if query.open in (None, kept.open) and all(kept.columns[at] in values for at, values in wanted):
                yield case, kept

    def due(self, until: int, limit: int) -> list[str]:
        """Return the cases that are due at or before `until`, soonest first."""
        with self._lock:
            found: dict[str, int] = {}
            while self._dues and self._dues[0][0] <= until and len(found) < limit:
                at, case = heappop(self._dues)
                if self._cases[case].due == at:
                    found[case] = at
            for case, at in found.items():
                heappush(self._dues, (at, case))
            return list(found)

    def next_due(self) -> int | None:
        """Return the soonest due instant of all cases."""
        with self._lock:
            while self._dues and self._cases[self._dues[0][1]].due != self._dues[0][0]:
                heappop(self._dues)
            return self._dues[0][0] if self._dues else None

    def seal(self) -> int:
        """Return 0: every event is sealed as it is written."""
        return 0

    def log(self, after: int = 0, limit: int = 1000) -> list[Line]:
        """Return the events with positions greater than `after`."""
        with self._lock:
            return [self._line(place) for place in range(after, min(len(self._log), after + limit))]

    def head(self) -> tuple[int, bytes]:
        """Return the position and the log's hash of the last event."""
        with self._lock:
            return len(self._log), self._seals[-1] if self._seals else START_OF_LOG

    def cases(self) -> Iterator[tuple[str, list[Line]]]:
        """Yield every case with its events."""
        for case in sorted(self._cases):
            yield case, self.lines(case)

    def changes(self) -> Iterator[tuple[str, str]]:
        """Yield (case, changes) of every event."""
        for case in sorted(self._cases):
            for place in self._cases[case].lines:
                yield case, self._log[place].changes

    def rows(self) -> Iterator[Row]:
        """Yield every row as it is found."""
        for case in sorted(self._cases):
            with self._lock:
                kept = self._cases[case]
                row = self._row(case, kept)
            columns = zip(COLUMNS, kept.columns, strict=True)
            other = {f"column.{name}": value for name, value in columns if value != row.facts.get(name)}
            yield evolve(row, facts={**row.facts, **other})

    def rebuild(self, rows: Iterable[Row]) -> None:
        """Put the columns and due instants of these rows in the place of what is there."""
        with self._lock:
            for row in rows:
                self._place(row.case, self._cases[row.case], row, tuple(map(row.facts.get, COLUMNS)))
            self._dues = [(kept.due, case) for case, kept in self._cases.items() if kept.due is not None]
            heapify(self._dues)

    def secrets(self, case: str) -> list[Secret]:
        """Return the texts of a case that have not been erased."""
        with self._lock:
            return list(self._secrets.get(case, ()))

    def vault(self, owner: str | None = None) -> Iterator[Secret]:
        """Yield the texts that have not been erased, all or an owner's."""
        for case in sorted(self._secrets):
            held = sorted(self.secrets(case), key=lambda secret: (secret.version, secret.name))
            yield from (secret for secret in held if owner in (None, secret.owner))

    def forget(self, *, case: str | None = None, owner: str | None = None) -> list[tuple[str, int, str]]:
        """Erase the texts of a case, of an owner, or of both together."""
        with self._lock:
            gone: list[tuple[str, int, str]] = []
            everywhere = sorted(self._secrets) if owner is not None else []
            for at in [case] if case is not None else everywhere:
                held = self._secrets.get(at, [])
                kept = [s for s in held if owner is not None and s.owner != owner]
                gone += [(s.case, s.version, s.name) for s in held if s not in kept]
                self._secrets[at] = kept
            return gone

    def key(self, key: str) -> Key | None:
        """Return an idempotency key."""
        return self._keys.get(key)

    def contact(self, person: str) -> Mapping[str, str] | None:
        """Return a person's contacts."""
        return self._contacts.get(person)

    def keep_contact(self, person: str, details: Mapping[str, str] | None) -> None:
        """Keep a person's contacts; None erases them."""
        with self._lock:
            if details is None:
                self._contacts.pop(person, None)
            else:
                self._contacts[person] = dict(details)

    def definition(self, edition: str) -> str | None:
        """Return the text of an edition's definition."""
        return self._definitions.get(edition)

    def keep_definition(self, edition: str, text: str) -> None:
        """Keep the text of a definition."""
        self._definitions.setdefault(edition, text)

    def editions(self) -> list[str]:
        """Return the editions that are kept."""
        return list(self._definitions)

    def mark(self, name: str) -> int | None:
        """Return a number kept under a name."""
        return self._marks.get(name)

    def keep_mark(self, name: str, value: int) -> bool:
        """Keep a number under a name, and say so; one that is not greater changes nothing."""
        with self._lock:
            known = self._marks.get(name)
            if known is None or value > known:
                self._marks[name] = value
                return True
            return False

    def close(self) -> None:
        """Do nothing: memory is let go of with the store."""


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple, set, frozenset)) else (value,)


def _order(query: Query, case: str, kept: _Kept) -> tuple[Any, ...]:
    if query.order == "case":
        return (case,)
    return kept.columns[_PLACE["severity"]], kept.columns[_PLACE["entered"]], case
