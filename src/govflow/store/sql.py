"""The store of SQL: SQLite, one file for an application and its processes; PostgreSQL, for many desks at once.

A commit first moves the row of each case from its base, in order of the cases' ids: whoever finds none there was too
late. SQLite lets one write at a time, and events are sealed as they are written; on PostgreSQL `seal` does it
afterwards, so that no desk waits for another's transaction. ``database`` has the transactions, ``statements`` the SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from attrs import define, field

from govflow.record import Line, Secret, decode, encode, is_broken, seal
from govflow.record.chain import START_OF_LOG
from govflow.store import statements as say
from govflow.store.cursor import PART, Cursor
from govflow.store.database import Database, InDoubt, Joined
from govflow.store.engines import open_database
from govflow.store.protocol import Commit, Key, Query, Row, Stale, Taken

if TYPE_CHECKING:
    from sqlalchemy import Connection


@define(eq=False)
class SqlStore:
    """A store in a database: `source` is its URL as a text (``sqlite:///desk.db``), or the application's own engine.

    The tables are made, or brought up to date, when it is opened. Safe for many threads and many processes. Raises
    UsageError for an address that is none, MissingExtra without SQLAlchemy or the driver, StoreError where the
    database does not answer.

    >>> store = SqlStore("sqlite:///desk.db")
    >>> store.head()[0]
    0
    >>> store.close()
    """

    _database: Database | Joined = field(alias="source", converter=open_database)

    def joined(self, connection: Connection) -> SqlStore:
        """Return this store inside the open transaction of the application's `connection`.

        What it writes is committed, or rolled back, by the application together with its own rows. It commits nothing
        itself, and is good for one thread and for as long as the connection.
        """
        return SqlStore(self._database.joined(connection))

    def close(self) -> None:
        """Let go of connections and files, if they are the store's own."""
        self._database.close()

    # ------------------------------------------------------------ commits
    def write(self, commit: Commit) -> None:
        """Write a commit whole, durably, or not at all; Stale or Taken where somebody was quicker."""
        do = self._database.erase if commit.forget else self._database.transact
        try:
            do(partial(_write, commit))
        except InDoubt:
            last = commit.lines[-1]
            found = self._one(say.HASH, last.case, last.version)
            if found is None or bytes(found[0]) != last.hash:
                raise

    def row(self, case: str) -> Row | None:
        """Return a case's row, None where there is no such case."""
        found = self._one(say.ROW_OF, case)
        return None if found is None else say.row_of(found)

    def lines(self, case: str, after: int = 0) -> list[Line]:
        """Return the events of a case whose version is greater than `after`, in order."""
        return [say.line_of(found) for found in self._all(say.LINES, case, after)]

    # ------------------------------------------------------------ finding
    def select(self, query: Query) -> list[Row]:
        """Return a page of the cases that a query asks for, in its order."""
        statement, given = say.page(query)
        return [say.row_of(found) for found in self._all(statement, *given)]

    def count(self, query: Query) -> int:
        """Return how many cases a query asks for, whatever its page."""
        condition, given = say.matching(query)
        return int(self._all(say.COUNT.format(condition=condition), *given)[0][0])

    def due(self, until: int, limit: int) -> list[str]:
        """Return the cases that are due at or before `until`, soonest first, then by id."""
        return [case for (case,) in self._all(say.DUE, until, limit)]

    def next_due(self) -> int | None:
        """Return the soonest due instant of all cases."""
        found: int | None = self._all(say.NEXT_DUE)[0][0]
        return found

    # ------------------------------------------------------------ the log
    def seal(self) -> int:
        """Give every committed event that has none its position and the log's hash; return how many."""
        given = 0
        while sealed := self._database.transact(_seal):
            given += sealed
        return given

    def log(self, after: int = 0, limit: int = 1000) -> list[Line]:
        """Return the sealed events with positions greater than `after`, in order."""
        return [say.line_of(found) for found in self._all(say.LOG, after, limit)]

    def head(self) -> tuple[int, bytes]:
        """Return the position and the log's hash of the last sealed event."""
        return self._database.read(_head)

    # ------------------------------------------------------------ all there is
    def cases(self) -> Iterator[tuple[str, list[Line]]]:
        """Yield every case with all its events, in order of id."""
        lines = map(say.line_of, self._stream(say.ALL_LINES))
        for case, theirs in groupby(lines, key=attrgetter("case")):
            yield case, list(theirs)

    def changes(self) -> Iterator[tuple[str, str]]:
        """Yield (case, changes) of every event, by case and version."""
        return self._stream(say.ALL_CHANGES)

    def rows(self) -> Iterator[Row]:
        """Yield every row as it is found, in order of id."""
        return map(say.found_row, self._stream(say.ALL_ROWS))

    def rebuild(self, rows: Iterable[Row]) -> None:
        """Put these rows in the place of all that are there; nobody writes meanwhile."""
        self._database.transact(partial(_rebuild, rows))

    # ------------------------------------------------------------ the vault
    def secrets(self, case: str) -> list[Secret]:
        """Return the texts of a case that have not been erased."""
        return [say.secret_of(found) for found in self._all(say.SECRETS, case)]

    def vault(self, owner: str | None = None) -> Iterator[Secret]:
        """Yield the texts that have not been erased, all or an owner's."""
        found = self._stream(say.VAULT) if owner is None else iter(self._all(say.VAULT_OF, owner))
        return map(say.secret_of, found)

    def contact(self, person: str) -> Mapping[str, str] | None:
        """Return a person's contacts, None where there are none."""
        found = self._one(say.CONTACT, person)
        return None if found is None else decode(found[0])

    def keep_contact(self, person: str, details: Mapping[str, str] | None) -> None:
        """Keep a person's contacts in the place of those before; None erases them."""
        kept = [] if details is None else [(person, encode(dict(details)))]

        def replace(cursor: Cursor) -> None:
            cursor.do(say.DELETE_CONTACT, person)
            cursor.many(say.INSERT_CONTACT, kept)

        self._database.erase(replace)

    # ------------------------------------------------------------ keys, definitions, marks
    def key(self, key: str) -> Key | None:
        """Return an idempotency key, None where it has not been used."""
        found = self._one(say.KEY, key)
        return None if found is None else Key(found[0], found[1], tuple(decode(found[2])))

    def definition(self, edition: str) -> str | None:
        """Return the text of the definition of an edition."""
        found = self._one(say.DEFINITION, edition)
        return None if found is None else str(found[0])

    def keep_definition(self, edition: str, text: str) -> None:
        """Keep the text of a definition; an edition that is there stays as it is."""
        self._do(say.KEEP_DEFINITION, edition, text)

    def editions(self) -> list[str]:
        """Return the editions that are kept, the earliest first."""
        return [edition for (edition,) in self._all(say.EDITIONS)]

    def mark(self, name: str) -> int | None:
        """Return a number kept under a name."""
        found = self._one(say.MARK, name)
        return None if found is None else int(found[0])

    def keep_mark(self, name: str, value: int) -> bool:
        """Keep a number under a name, and say so; one that is not greater changes nothing."""
        return self._database.transact(lambda cursor: cursor.do(say.KEEP_MARK, name, value)) > 0

    # ------------------------------------------------------------ statements
    def _do(self, statement: str, *given: Any) -> None:
        self._database.transact(lambda cursor: cursor.do(statement, *given))

    def _all(self, statement: str, *given: Any) -> list[Any]:
        """Return all rows that a statement selects; a text that is never stored is NULL there, which equals nothing."""
        known = [None if isinstance(value, str) and is_broken(value) else value for value in given]
        return self._database.read(lambda cursor: cursor.all(statement, *known))

    def _one(self, statement: str, *given: Any) -> Any | None:
        found = self._all(statement, *given)
        return found[0] if found else None

    def _stream(self, statement: str) -> Iterator[Any]:
        return chain.from_iterable(self._database.stream(statement))


# ------------------------------------------------------------ what is done in a transaction
def _write(commit: Commit, cursor: Cursor) -> None:
    rows = [say.values(row, commit.bases[row.case]) for row in sorted(commit.rows, key=attrgetter("case"))]
    new, old = [row for row in rows if not row["base"]], [row for row in rows if row["base"]]
    move, *follow = say.UPDATES[cursor.dialect]
    for update, some in ((say.NEW_CASE, new), (move, old)):
        if _update(cursor, update, some) < len(some):
            raise Stale(_late(cursor, some))
    for update in follow:
        _update(cursor, update, old)
    cursor.many(say.INSERT_EVENT, _numbered(cursor, commit.lines))
    cursor.many(say.INSERT_SECRET, [(s.case, s.version, s.name, s.owner, s.salt, s.text) for s in commit.secrets])
    cursor.many(say.DELETE_SECRET, commit.forget)
    for key in sorted(commit.keys, key=attrgetter("key")):
        if not cursor.do(say.INSERT_KEY, key.key, key.command, encode(key.cases)):
            raise Taken(key.key)


def _update(cursor: Cursor, update: say.Update, rows: Iterable[dict[str, Any]]) -> int:
    return cursor.many(update.statement, list(map(update.values, rows)))


def _late(cursor: Cursor, rows: list[dict[str, Any]]) -> str:
    """Name the case that was not at its base: one that has not become what it should."""
    for row in rows:
        found = cursor.all(say.ROW_OF, row["case"])
        if not found or say.row_of(found[0]).head != row["head"]:
            return str(row["case"])
    return str(rows[0]["case"])


def _numbered(cursor: Cursor, lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    """Return events as they are stored, sealed where nobody else can be writing."""
    stored = [(line.case, line.version, line.body, line.changes, line.hash) for line in lines]
    if cursor.dialect != "sqlite":
        return [(*line, None, None) for line in stored]
    at, log = _head(cursor)
    sealed = []
    for position, line in enumerate(stored, at + 1):
        log = seal(log, line[-1])
        sealed.append((*line, position, log))
    return sealed


def _head(cursor: Cursor) -> tuple[int, bytes]:
    for position, log in cursor.all(say.HEAD):
        return position, bytes(log)
    return 0, START_OF_LOG


def _seal(cursor: Cursor) -> int:
    """Seal some of the events that are not yet, one desk at a time, and return how many."""
    if cursor.dialect == "postgresql":
        cursor.do(say.ALONE_TO_SEAL)
    at, log = _head(cursor)
    sealed = []
    for position, (case, version, hashed) in enumerate(cursor.all(say.UNSEALED[cursor.dialect], PART), at + 1):
        log = seal(log, bytes(hashed))
        sealed.append((position, log, case, version))
    cursor.many(say.SEAL, sealed)
    return len(sealed)


def _rebuild(rows: Iterable[Row], cursor: Cursor) -> None:
    if cursor.dialect == "postgresql":
        cursor.do(say.ALONE_TO_REBUILD)
    cursor.do(say.DELETE_CASES)
    ready = map(say.values, rows)
    while some := list(islice(ready, PART)):
        _update(cursor, say.NEW_CASE, some)
