"""The store in memory: for tests, for a simulation of a desk, and for whoever keeps the events elsewhere.

It keeps what every store keeps and nothing twice: a case's facts are folded from its events when they are asked for.
Events are sealed as they are written, for nobody else writes at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest

from attrs import define, evolve, field
from msgspec.structs import replace

from govflow.record import Line, Secret, fold
from govflow.record.chain import START_OF_LOG, seal
from govflow.store.protocol import COLUMNS, Commit, Key, Query, Row, Stale, Taken
from govflow.store.shelf import Kept, Shelf


@define(eq=False)
class MemoryStore:
    """A store in this process's memory, gone with it. Safe for many threads and for many desks of one process.

    >>> MemoryStore().head()[0]
    0
    """

    _log: list[Line] = field(factory=list, init=False, repr=False)
    _seals: list[bytes] = field(factory=list, init=False, repr=False)
    _shelf: Shelf = field(factory=Shelf, init=False, repr=False)
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
                kept = self._shelf.cases.get(case)
                if (0 if kept is None else len(kept.lines)) != base:
                    raise Stale(case)
            for key in commit.keys:
                if key.key in self._keys:
                    raise Taken(key.key)
            places = self._append(commit.lines)
            for row in commit.rows:
                self._shelf.keep(row, places.get(row.case, []))
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

    def row(self, case: str) -> Row | None:
        """Return a case's row, folded from its events."""
        with self._lock:
            kept = self._shelf.cases.get(case)
            return None if kept is None else self._row(case, kept)

    def _row(self, case: str, kept: Kept) -> Row:
        lines = [self._log[place] for place in kept.lines]
        facts = fold(line.changes for line in lines)
        return Row(case, len(lines), lines[-1].hash, kept.edition, kept.due, kept.open, facts)

    def lines(self, case: str, after: int = 0) -> list[Line]:
        """Return the events of a case whose version is greater than `after`."""
        with self._lock:
            kept = self._shelf.cases.get(case)
            return [] if kept is None else [self._line(place) for place in kept.lines[max(after, 0) :]]

    def _line(self, place: int) -> Line:
        return replace(self._log[place], position=place + 1, log=self._seals[place])

    def select(self, query: Query) -> list[Row]:
        """Return a page of cases; those at named units are found by their unit, others by looking at all."""
        with self._lock:
            found = (one for one in self._shelf.matching(query) if query.after is None or one[0] > query.after)
            return [self._row(case, self._shelf.cases[case]) for _, case in nsmallest(query.limit, found)]

    def count(self, query: Query) -> int:
        """Return how many cases a query asks for."""
        with self._lock:
            return sum(1 for _ in self._shelf.matching(query))

    def due(self, until: int, limit: int) -> list[str]:
        """Return the cases that are due at or before `until`, soonest first."""
        with self._lock:
            return self._shelf.due(until, limit)

    def next_due(self) -> int | None:
        """Return the soonest due instant of all cases."""
        with self._lock:
            return self._shelf.next_due()

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
        for case in sorted(self._shelf.cases):
            yield case, self.lines(case)

    def changes(self) -> Iterator[tuple[str, str]]:
        """Yield (case, changes) of every event."""
        for case in sorted(self._shelf.cases):
            for place in self._shelf.cases[case].lines:
                yield case, self._log[place].changes

    def rows(self) -> Iterator[Row]:
        """Yield every row as it is found."""
        for case in sorted(self._shelf.cases):
            with self._lock:
                kept = self._shelf.cases[case]
                row = self._row(case, kept)
            columns = zip(COLUMNS, kept.columns, strict=True)
            other = {f"column.{name}": value for name, value in columns if value != row.facts.get(name)}
            yield evolve(row, facts={**row.facts, **other})

    def rebuild(self, rows: Iterable[Row]) -> None:
        """Put these rows in the place of what is there."""
        with self._lock:
            self._shelf.rebuild(rows)

    def secrets(self, case: str) -> list[Secret]:
        """Return the texts of a case that have not been erased."""
        with self._lock:
            return list(self._secrets.get(case, ()))

    def vault(self, owner: str | None = None) -> Iterator[Secret]:
        """Yield the texts that have not been erased, all or an owner's."""
        for case in sorted(self._secrets):
            held = sorted(self.secrets(case), key=lambda secret: (secret.version, secret.name))
            yield from (secret for secret in held if owner in (None, secret.owner))

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
