"""Transactions on a database: own connections or an application's, SQLite or PostgreSQL, and what fails in them.

What is done in a transaction is a function of a cursor. Statements go to the driver as they are: SQLAlchemy brings
the pool, the URL and the knowledge of when a connection is lost, and nothing stands between a commit and the disk.
This file knows no table; ``sql`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field

from govflow.errors import StoreError, UsageError
from govflow.store.cursor import Cursor

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

TRIES = 20  # a pool may hold as many connections that a restart of the server cut off
COUNTING = {"pysqlite", "psycopg"}  # drivers that count the rows of many executions together
_REMEDIES = {
    "is full": "free room on the disk and try again",
    "no space left": "free room on the disk and try again",
    "locked": "another program holds the database; let it end, or try again",
    "readonly": "give the right to write to the file and its folder",
    "read-only": "give the right to write there",
    "unable to open": "look at the path, and at the right to write to its folder",
    "no such table": "the tables were taken away while the store was open: open it again",
    "does not exist": "look at the database's name and tables, and open the store again",
    "malformed": "the file is damaged: put a backup in its place",
    "not a database": "name another file",
    "authentication": "look at the user and the password",
    "connection is closed": "the transaction that was joined is over; ask a desk that is not joined to it",
    "queuepool limit": "give the engine a pool of at least 4 connections: what reads all there is needs them",
}
_ANYWAY = "see that the database answers, and try again"


class _Lost(Exception):  # never leaves this file
    """The connection is gone, and with it whatever was not committed."""


class InDoubt(StoreError):
    """The connection was lost while a commit was under way: nobody knows whether it was written."""


@define(eq=False)
class Database:
    """An engine, and the transactions on it. `own` says that we made the engine, and may set it up and close it."""

    engine: Engine
    own: bool
    name: str = field(init=False)
    dialect: str = field(init=False)
    _counts: bool = field(init=False)
    _text: Callable[[str], str] = field(init=False)
    failures: tuple[type[Exception], ...] = field(init=False)
    _closed: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        self.name = self.engine.url.render_as_string(hide_password=True)
        self.dialect = self.engine.dialect.name
        self._counts = self.engine.dialect.driver in COUNTING
        self._text = str if self.engine.dialect.paramstyle == "qmark" else _with_percent
        driver: Any = self.engine.dialect.dbapi
        self.failures = (_Lost, SQLAlchemyError, driver.Error, OverflowError, UnicodeError)

    def transact(self, act: Callable[[Cursor], T]) -> T:
        """Do `act` in a transaction and commit it; whatever `act` raises leaves nothing behind.

        Again where the database asks for it, or was gone before the commit; InDoubt where it was lost in the commit.
        """
        return self._persist(self._transaction, act)

    def erase(self, act: Callable[[Cursor], T]) -> T:
        """Do `act` in a transaction; in a file of ours what it takes away is overwritten, in SQLite's log too."""
        if not (self.own and self.dialect == "sqlite"):
            return self.transact(act)

        def thorough(cursor: Cursor) -> T:
            cursor.all("PRAGMA secure_delete = ON")
            try:
                return act(cursor)
            finally:
                cursor.all("PRAGMA secure_delete = OFF")

        done = self.transact(thorough)
        self.read(_empty_log)
        return done

    def read(self, act: Callable[[Cursor], T]) -> T:
        """Do `act`, which only reads; again on a new connection where the old one was gone."""
        return self._persist(self._reading, act)

    def stream(self, statement: str) -> Iterator[list[Any]]:
        """Yield the rows that a statement without values selects, in bounded parts, all as of one instant."""
        for left in range(TRIES - 1, -1, -1):
            begun = False
            try:
                with self._connected() as connection:
                    for part in self.cursor(connection, write=self.dialect == "postgresql").parts(statement):
                        begun = True
                        yield part
                    connection.rollback()
                return
            except self.failures as problem:
                if begun or not left or not isinstance(problem, _Lost):
                    raise self._error(problem) from problem

    def joined(self, connection: Connection) -> Joined:
        """Return the database as it is inside the transaction of `connection`."""
        if connection.dialect.name != self.dialect:
            raise UsageError(
                f"{self.name} cannot be joined by a connection to {connection.dialect.name}: what commits together "
                "lies in one database; give a connection to that one"
            )
        return Joined(self, connection)

    def close(self) -> None:
        """Close the connections, if they are ours."""
        self._closed = True
        if self.own:
            self.engine.dispose()

    @contextmanager
    def failing(self, done: str = "written") -> Iterator[None]:
        """Turn what the driver and SQLAlchemy raise into StoreError; nothing was `done` then."""
        try:
            yield
        except self.failures as problem:
            raise self._error(problem, done) from problem

    def cursor(self, connection: Any, *, write: bool) -> Cursor:
        """Return a cursor; to `write`, begin a transaction where the driver does not by itself."""
        driver = connection.cursor()
        if write and self.dialect == "sqlite":
            if not connection.in_transaction:
                driver.execute("BEGIN IMMEDIATE")
        elif write and connection.autocommit:
            driver.execute("BEGIN")
        return Cursor(self.dialect, self._text, self._counts, driver)

    def _persist(self, once: Callable[[Callable[[Cursor], T]], T], act: Callable[[Cursor], T]) -> T:
        for left in range(TRIES - 1, -1, -1):
            try:
                return once(act)
            except self.failures as problem:
                if not left or not (isinstance(problem, _Lost) or _asks_again(problem)):
                    raise self._error(problem) from problem
        raise AssertionError

    def _transaction(self, act: Callable[[Cursor], T]) -> T:
        committing = False
        try:
            with self._connected() as connection:
                done = act(self.cursor(connection, write=True))
                committing = True
                connection.commit()
        except _Lost as lost:
            if not committing:
                raise
            raise InDoubt(
                f"{self.name}: the connection was lost while a commit was under way ({lost}), and nobody knows "
                "whether it was written: look at what is there before you try again"
            ) from lost
        return done

    def _reading(self, act: Callable[[Cursor], T]) -> T:
        with self._connected() as connection:
            done = act(self.cursor(connection, write=False))
            connection.rollback()
            return done

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """Take a connection from the pool; give it back, with nothing under way, or throw it away if it is lost."""
        if self._closed:
            raise StoreError(f"{self.name}: this store was closed: open another")
        held = self.engine.raw_connection()
        try:
            yield held.dbapi_connection
        except BaseException as problem:
            if self._is_lost(problem, held):
                held.invalidate()
                raise _Lost(said(problem)) from problem
            with suppress(*self.failures):
                held.rollback()
            raise
        finally:
            held.close()

    def _is_lost(self, problem: BaseException, held: Any) -> bool:
        driver: Any = self.engine.dialect.dbapi
        return isinstance(problem, driver.Error) and self.engine.dialect.is_disconnect(
            problem, held.dbapi_connection, None
        )

    def _error(self, problem: Exception, done: str = "written") -> StoreError:
        what = said(problem)
        remedy = next((remedy for sign, remedy in _REMEDIES.items() if sign in what.lower()), _ANYWAY)
        return StoreError(f"{self.name}: {what}; nothing was {done}: {remedy}")


@define(eq=False)
class Joined:
    """A database inside a transaction of somebody else, who commits it or does not. For the thread of that one."""

    database: Database
    _connection: Connection

    def transact(self, act: Callable[[Cursor], T]) -> T:
        """Do `act` under a savepoint: what it raises leaves nothing behind, and the transaction goes on."""
        with self.database.failing():
            cursor = self._cursor()
            cursor.do("SAVEPOINT govflow")
            try:
                done = act(cursor)
            except BaseException:
                with suppress(*self.database.failures):
                    cursor.do("ROLLBACK TO SAVEPOINT govflow")
                    cursor.do("RELEASE SAVEPOINT govflow")
                raise
            cursor.do("RELEASE SAVEPOINT govflow")
            return done

    def erase(self, act: Callable[[Cursor], T]) -> T:
        """Do `act` as `transact` does."""
        return self.transact(act)

    def read(self, act: Callable[[Cursor], T]) -> T:
        """Do `act`, which only reads, and sees what the transaction has written."""
        with self.database.failing("read"):
            return act(self._cursor())

    def stream(self, statement: str) -> Iterator[list[Any]]:
        """Yield the rows that a statement without values selects, in bounded parts."""
        with self.database.failing("read"):
            cursor, place = self._cursor(), self._place()
            yield from cursor.parts(statement, lambda: self._place() == place)

    def joined(self, connection: Connection) -> Joined:
        """Return the database inside the transaction of another connection."""
        return self.database.joined(connection)

    def close(self) -> None:
        """Do nothing: the connection is not ours."""

    def _place(self) -> tuple[object, object]:
        """Return where in its transactions the connection is: what was opened elsewhere may be there no more."""
        return self._connection.get_transaction(), self._connection.get_nested_transaction()

    def _cursor(self) -> Cursor:
        if not self._connection.in_transaction():
            self._connection.begin()
        connection: Any = self._connection.connection.dbapi_connection
        if getattr(connection, "autocommit", False) is True:
            raise UsageError(
                f"{self.database.name}: a connection that commits each statement by itself has no transaction to "
                "join; give one without AUTOCOMMIT"
            )
        return self.database.cursor(connection, write=True)


def _empty_log(cursor: Cursor) -> None:
    """Empty SQLite's write-ahead log, and wait for nobody who still reads what is in it."""
    patience = cursor.all("PRAGMA busy_timeout")[0][0]
    cursor.all("PRAGMA busy_timeout = 0")
    cursor.all("PRAGMA wal_checkpoint(TRUNCATE)")
    cursor.all(f"PRAGMA busy_timeout = {patience}")


def _with_percent(statement: str) -> str:
    return statement.replace("?", "%s")


def _asks_again(problem: Exception) -> bool:
    """Tell whether PostgreSQL took a transaction back because of another one: a failed serialization, a deadlock."""
    return (getattr(problem, "sqlstate", None) or getattr(problem, "pgcode", None)) in {"40001", "40P01"}


def said(problem: BaseException) -> str:
    """Return the first line of what a driver said."""
    problem = getattr(problem, "orig", None) or problem
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]
