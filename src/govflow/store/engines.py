"""Engines: made from an address and set up here, or the application's own, taken as it is; and the tables in them."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from weakref import ref

from govflow.errors import MissingExtra, StoreError, UsageError
from govflow.store.database import Database, Joined, said
from govflow.store.schema import WORDS, is_current, upgrade

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

WAIT_SECONDS = 30
PRAGMAS = (
    f"busy_timeout = {WAIT_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "wal_autocheckpoint = 4000",  # pages: a checkpoint has syncs of its own, and is rare so
    "cache_size = -16000",  # KiB
    "secure_delete = OFF",  # but for what is erased: see `erase`
)


def open_database(source: Database | Joined | Engine | URL | str) -> Database | Joined:
    """Return the database that `source` names or is, its tables up to date."""
    if isinstance(source, Database | Joined):
        return source
    if find_spec("sqlalchemy") is None:
        raise MissingExtra("a store of SQL", "sql")
    from sqlalchemy import Engine

    database = Database(source, own=False) if isinstance(source, Engine) else Database(_made(source), own=True)
    _check(database.engine.url, database.engine.dialect)
    try:
        _update(database)
    except BaseException:
        database.close()
        raise
    return database


def _update(database: Database) -> None:
    """Bring the tables up to date, unless they are, or somebody else does at this moment."""

    def current() -> bool:
        return database.read(lambda cursor: is_current(cursor, database.name))

    if not current():
        try:
            database.transact(lambda cursor: upgrade(cursor, database.name))
        except StoreError:
            if not current():
                raise


def _made(source: URL | str) -> Engine:
    """Return an engine of our own: SQLite durable and for many, PostgreSQL as it is."""
    from sqlalchemy import create_engine, event, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        url = make_url(source)
        if url.drivername in {"postgres", "postgresql"}:
            url = url.set(drivername="postgresql+psycopg")
        dialect = url.get_dialect()
        _check(url, dialect)
        of_sqlite: Any = {"connect_args": {"isolation_level": None}} if dialect.name == "sqlite" else {}
        engine = create_engine(url, pool_reset_on_return=None, **of_sqlite)  # nothing is ever left under way
    except (ArgumentError, NoSuchModuleError) as problem:
        raise UsageError(
            f"the store's address is none of a database: {said(problem)}; write sqlite:///desk.db for a file, or "
            "postgresql://user@host/name"
        ) from problem
    except ImportError as problem:
        raise MissingExtra(f"the store {url.render_as_string(hide_password=True)}", "sql") from problem
    if dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
    _close_before_forks(engine)
    return engine


def _close_before_forks(engine: Engine) -> None:
    """Let no child inherit a connection: it would speak on its parent's, and SQLite's locks do not outlive a fork."""
    known = ref(engine)

    def close() -> None:
        found = known()
        if found is not None:
            found.dispose()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=close)


def _set_up(connection: Any, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _check(url: URL, dialect: Any) -> None:
    """Refuse what is no SQLite or PostgreSQL, a driver that marks values otherwise, and SQLite without a file."""
    name = f"the store {url.render_as_string(hide_password=True)}"
    if dialect.name not in WORDS or dialect.default_paramstyle not in {"qmark", "format", "pyformat"}:
        raise UsageError(
            f"{name}: {dialect.name} with {dialect.driver} is not known here; use sqlite://, postgresql+psycopg:// or "
            "another blocking driver of PostgreSQL"
        )
    file = url.database or ":memory:"
    if dialect.name == "sqlite" and (":memory:" in file or url.query.get("mode") == "memory"):
        raise UsageError(
            f"{name} is a database in memory, which threads cannot share; name a file (sqlite:///desk.db), or leave "
            "the store out: a desk without one keeps its record in memory"
        )
