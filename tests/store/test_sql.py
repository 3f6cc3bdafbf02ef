"""The store of SQL: how it is opened, what it refuses, whose engine and transaction it takes, what stays in a file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing

import pytest
import sqlalchemy

from govflow.errors import MissingExtra, StoreError, UsageError
from govflow.record import Secret
from govflow.store import MemoryStore, Query, SqlStore, Stale, open_store, schema
from govflow.testing import conformance
from govflow.testing.commits import acted, commit, opened

ELSEWHERE = {conformance.threads_lose_nothing, conformance.of_many_with_one_key_one_gets_through}  # need threads
BY_ONE = [promise for promise in conformance.STORE_CONTRACT if promise not in ELSEWHERE]


# ------------------------------------------------------------ opening
def test_a_store_is_opened_from_whatever_is_at_hand(url):
    """None is a store in memory; a store stays itself; a text, a URL and an engine are the same database."""
    assert isinstance(open_store(None), MemoryStore)
    memory = MemoryStore()
    assert open_store(memory) is memory
    engine = sqlalchemy.create_engine(url)
    for number, source in enumerate([url, sqlalchemy.make_url(url), engine]):
        with closing(open_store(source)) as store:
            assert store.count(Query()) == number
            store.write(commit(opened(f"G-{number}")))
    engine.dispose()


def test_postgresql_needs_no_driver_in_its_address(postgres):
    """An address of PostgreSQL without a driver means psycopg."""
    with closing(SqlStore(postgres.fresh().replace("+psycopg", ""))) as store:
        assert store.head()[0] == 0


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("desk.db", "write sqlite:///desk.db for a file"),
        ("nosql://desk", "the store's address is none of a database"),
        ("sqlite://", "leave the store out: a desk without one keeps its record in memory"),
        ("sqlite:///:memory:", "is a database in memory"),
        ("sqlite:///file:x?mode=memory", "is a database in memory"),
    ],
)
def test_an_address_that_is_none_is_refused(source, told):
    """What cannot be a store's address is told with what could."""
    with pytest.raises(UsageError, match=told):
        SqlStore(source)


def test_an_engine_of_another_kind_is_refused():
    """Databases that nobody tried are refused by name."""
    with pytest.raises(UsageError, match="mysql with mysqldb is not known here"):
        open_store(sqlalchemy.create_engine("mysql://", module=sqlite3))


def test_without_sqlalchemy_the_extra_is_named():
    """Who has no SQLAlchemy is told which extra brings it; the rest of govflow needs none."""
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from govflow.store import open_store; open_store().head()\n"
        "try: open_store('sqlite:///desk.db')\n"
        "except Exception as told: print(type(told).__name__, told.extra)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [MissingExtra.__name__, "sql"]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: folder / "none" / "desk.db", "look at the path"),
        (lambda folder: (folder / "text.db", (folder / "text.db").write_text("no database" * 100))[0], "another file"),
    ],
)
def test_a_file_that_cannot_be_opened_is_told(make, told, tmp_path):
    """A path that leads nowhere, or to something else, is a StoreError and no traceback of a driver."""
    with pytest.raises(StoreError, match=told):
        SqlStore(f"sqlite:///{make(tmp_path)}")


def test_a_database_that_does_not_exist_is_told(postgres):
    """A wrong name of a database is a StoreError; a password in the address is not told."""
    with pytest.raises(StoreError, match="does not exist; nothing was written") as told:
        SqlStore(postgres.url().replace("tests@/postgres", "tests:secret@/nowhere"))
    assert "secret" not in str(told.value)


def test_a_closed_store_says_so(url):
    """A store that was closed is not used by mistake."""
    store = SqlStore(url)
    store.close()
    with pytest.raises(StoreError, match="this store was closed: open another"):
        store.row("G-1")


# ------------------------------------------------------------ versions of the tables
def test_a_database_of_a_newer_version_is_refused(url, monkeypatch):
    """Tables that a newer govflow made are left alone."""
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE govflow_more (x INTEGER)",)))
        SqlStore(url).close()
    with pytest.raises(StoreError, match="of version 2, made by a newer govflow; this one knows up to version 1"):
        SqlStore(url)


def test_an_older_database_is_brought_up_to_date_whole_or_not_at_all(url, monkeypatch):
    """A migration that fails halfway leaves the older tables as they were; one that succeeds keeps what they hold."""
    first = opened("G-1")
    with closing(SqlStore(url)) as store:
        store.write(commit(first))
    good = "ALTER TABLE govflow_cases ADD COLUMN more {text}"
    with monkeypatch.context() as broken:
        broken.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, (good, "ALTER TABLE govflow_nothing ADD x INTEGER")))
        with pytest.raises(StoreError, match="nothing was written"):
            SqlStore(url)
    with closing(SqlStore(url)) as store:
        store.write(commit(acted(first)))
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, (good,)))
    with closing(SqlStore(url)) as store:
        assert store.row("G-1").version == 2


# ------------------------------------------------------------ the application's engine
ENGINES = {
    "sqlite": {},
    "sqlite autocommit": {"isolation_level": "AUTOCOMMIT"},
    "postgresql": {},
    "postgresql autocommit": {"isolation_level": "AUTOCOMMIT"},
    "postgresql repeatable": {"isolation_level": "REPEATABLE READ"},
    "postgresql serializable": {"isolation_level": "SERIALIZABLE"},
}
TRIED = (
    conformance.whoever_is_late_changes_nothing,
    conformance.a_key_is_taken_once,
    conformance.threads_lose_nothing,
    conformance.of_many_with_one_key_one_gets_through,
    conformance.everything_can_be_read,
    conformance.rows_can_be_made_anew,
)


@pytest.mark.parametrize("promise", TRIED, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("kind", ENGINES)
def test_an_engine_of_the_application_is_taken_as_it_is(kind, promise, request, tmp_path):
    """Whatever an application set on its engine, the store keeps its promises on it, and leaves the engine open."""
    name = kind.split()[0]
    url = f"sqlite:///{tmp_path}/desk.db" if name == "sqlite" else request.getfixturevalue("postgres").fresh()
    engine = sqlalchemy.create_engine(url, **ENGINES[kind])
    store = SqlStore(engine)
    promise(store)
    store.close()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()


# ------------------------------------------------------------ the application's transaction
@pytest.fixture
def engine(url):
    """An application's engine, with a table of its own."""
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE tickets (id INTEGER PRIMARY KEY)")
    yield engine
    engine.dispose()


def tickets(engine):
    """Count the application's rows."""
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar()


@pytest.mark.parametrize("promise", BY_ONE, ids=lambda promise: promise.__name__)
def test_a_joined_store_keeps_every_promise_inside_the_transaction(promise, engine):
    """In one open transaction a store promises what it does alone; rolled back, nothing of it is left."""
    store = SqlStore(engine)
    with engine.connect() as connection:
        promise(store.joined(connection))
        connection.rollback()
    conformance.a_new_store_is_empty(store)


def test_a_case_and_a_row_of_the_application_commit_together(engine):
    """What is written on the application's connection is there when the application commits, and not before."""
    store = SqlStore(engine)
    for made, ends in enumerate(["rollback", "commit"]):
        with engine.connect() as connection:
            connection.exec_driver_sql("INSERT INTO tickets VALUES (1)")
            joined = store.joined(connection)
            joined.write(commit(opened("G-1")))
            assert joined.row("G-1").version == 1
            assert store.row("G-1") is None
            getattr(connection, ends)()
        assert tickets(engine) == store.count(Query()) == made


def test_a_refused_commit_leaves_the_transaction_as_it_was(engine):
    """A Stale commit inside a transaction takes back itself and nothing else."""
    store = SqlStore(engine)
    first = opened("G-1")
    store.write(commit(first))
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO tickets VALUES (1)")
        joined = store.joined(connection)
        joined.write(commit(acted(first)))
        with pytest.raises(Stale):
            joined.write(commit(opened("G-0"), acted(first)))
        joined.write(commit(opened("G-2")))
    assert tickets(engine) == 1
    assert [(row.case, row.version) for row in store.rows()] == [("G-1", 2), ("G-2", 1)]


def test_a_store_may_be_joined_before_anything_else_happened(engine):
    """The first word of a transaction may be the store's: the application's commit is what counts all the same."""
    store = SqlStore(engine)
    for ends in ("rollback", "commit"):
        with engine.connect() as connection:
            store.joined(connection).write(commit(opened(f"G-{ends}")))
            getattr(connection, ends)()
    assert [row.case for row in store.rows()] == ["G-commit"]


def test_a_connection_to_elsewhere_or_without_a_transaction_cannot_be_joined(engine, tmp_path):
    """A connection that cannot commit a case and a row together is refused."""
    store = SqlStore(engine)
    other = sqlalchemy.create_mock_engine("mysql://", executor=None)
    with pytest.raises(UsageError, match="lies in one database"):
        store.joined(other)
    if engine.dialect.name == "postgresql":
        with (
            engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
            pytest.raises(UsageError, match="has no transaction to join"),
        ):
            store.joined(connection).write(commit(opened("G-1")))


def test_whoever_stops_reading_in_the_middle_leaves_nothing_behind(engine):
    """In one transaction all there is can be begun to be read any number of times: nothing stays open, all goes on."""
    store = SqlStore(engine)
    store.write(commit(*[opened(f"G-{number}") for number in range(3)]))
    with engine.begin() as connection:
        joined = store.joined(connection)
        for _ in range(30):
            assert next(joined.rows()).case == "G-0"
            first, second = joined.cases(), joined.rows()
            assert (next(first)[0], next(second).case) == ("G-0", "G-0")
            del first, second
        if engine.dialect.name == "postgresql":
            kept = connection.exec_driver_sql("SELECT count(*) FROM pg_cursors WHERE name LIKE 'govflow%%'").scalar()
            assert kept == 0
        joined.write(commit(opened("G-9")))
    assert len(list(store.rows())) == 4


def test_reading_that_is_given_up_after_its_transaction_does_no_harm(engine):
    """A reader who is let go of when the transaction, or a part of it, is over touches no other."""
    store = SqlStore(engine)
    store.write(commit(opened("G-1"), opened("G-2")))
    with engine.connect() as connection:
        late = store.joined(connection).rows()
        next(late)
        connection.rollback()
        store.joined(connection).write(commit(opened("G-3")))
        del late
        within = connection.begin_nested()
        late = store.joined(connection).rows()
        next(late)
        within.rollback()
        del late
        store.joined(connection).write(commit(opened("G-4")))
        connection.commit()
    assert [row.case for row in store.rows()] == ["G-1", "G-2", "G-3", "G-4"]


@pytest.mark.parametrize("size", [1, 4])
def test_an_engine_with_too_few_connections_is_told(size, url):
    """What reads all there is takes up to four connections at once; where there are fewer, the remedy is told."""
    few = {"poolclass": sqlalchemy.QueuePool, "pool_size": size, "max_overflow": 0, "pool_timeout": 0.1}
    engine = sqlalchemy.create_engine(url, **few)
    store = SqlStore(engine)
    for number in range(2):
        said = Secret(f"G-{number}", 1, "text", "p", bytes(16), "said")
        store.write(commit(opened(f"G-{number}"), secrets=[said]))
    with ExitStack() as left:
        left.callback(engine.dispose)
        readers = [store.rows(), store.vault(), store.changes()]
        next(readers[0])
        if size == 4:
            assert [next(readers[1]).case, next(readers[2])[0], store.row("G-1").case] == ["G-0", "G-0", "G-1"]
        else:
            with pytest.raises(StoreError, match="give the engine a pool of at least 4 connections"):
                next(readers[1])
        readers.clear()


# ------------------------------------------------------------ what a database says
def test_a_locked_file_is_told(tmp_path):
    """Who waits longer for another writer than the engine allows is told, and nothing was written."""
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/desk.db", connect_args={"timeout": 0})
    store = SqlStore(engine)
    with closing(sqlite3.connect(tmp_path / "desk.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked; nothing was written: another program holds"):
            store.write(commit(opened("G-1")))
    store.write(commit(opened("G-1")))
    engine.dispose()


def test_tables_that_were_taken_away_are_told(url):
    """A store whose tables are gone says so, and what to do."""
    with closing(SqlStore(url)) as store:
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE govflow_cases")
        engine.dispose()
        with pytest.raises(StoreError, match=r"open it again|open the store again"):
            store.row("G-1")


def test_what_no_database_can_hold_is_refused_whole(url):
    """A number beyond 64 bits is a StoreError, and what came with it is not there."""
    with closing(SqlStore(url)) as store:
        with pytest.raises(StoreError, match="nothing was written"):
            store.write(commit(opened("G-1"), opened("G-2", due=2**70)))
        assert store.count(Query()) == 0
        assert store.head()[0] == 0


def test_what_is_erased_lies_in_no_file(tmp_path):
    """After erasing, neither the text nor a contact is anywhere in the files of SQLite."""
    with closing(SqlStore(f"sqlite:///{tmp_path}/desk.db")) as store:
        words = [b"first secret", b"second secret", b"telephone 1", b"telephone 2", b"kept"]
        said = [
            Secret("G-1", 1, name, name, bytes(16), word.decode() * 500)
            for name, word in zip("abe", [*words[:2], words[4]], strict=True)
        ]
        store.write(commit(opened("G-1"), secrets=said))
        store.keep_contact("p", {"telephone": words[2].decode()})
        store.keep_contact("p", {"telephone": words[3].decode()})
        store.write(commit(opened("G-2"), forget=[("G-1", 1, "a"), ("G-1", 1, "b")]))
        store.keep_contact("p", None)
        found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert [word in found for word in words] == [False, False, False, False, True]


def test_erasing_waits_for_nobody_who_reads(tmp_path):
    """Texts can be erased while somebody goes through all that is there."""
    with closing(SqlStore(f"sqlite:///{tmp_path}/desk.db")) as store:
        said = [Secret("G-1", 1, f"text-{number}", "a", bytes(16), "said") for number in range(3)]
        store.write(commit(opened("G-1"), secrets=said))
        for number, text in enumerate(store.vault(), 1):
            store.write(commit(opened(f"G-1{number}"), forget=[(text.case, text.version, text.name)]))
        assert list(store.vault()) == []
