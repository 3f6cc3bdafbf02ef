"""The tables of a store of SQL, and how a database of an older version becomes one of today's.

Every table begins with ``govflow_``, so that they may stand beside an application's own. Texts compare by code point
on every database. A migration is a list of statements; a database is brought up to date in one transaction.
"""

from __future__ import annotations

from govflow.errors import StoreError
from govflow.store.cursor import Cursor

_TABLES = (
    # an event: `written` orders what is not sealed yet where several write at once; SQLite seals as it writes
    """CREATE TABLE govflow_events (
        "case" {text} NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, changes TEXT NOT NULL,
        hash {bytes} NOT NULL, position BIGINT, log {bytes}{written}, PRIMARY KEY ("case", version)) {clustered}""",
    "CREATE UNIQUE INDEX govflow_events_position ON govflow_events (position) WHERE position IS NOT NULL",
    "CREATE INDEX govflow_events_unsealed ON govflow_events ({unsealed}) WHERE position IS NULL",
    # a case as it is after its last event
    """CREATE TABLE govflow_cases (
        "case" {text} NOT NULL PRIMARY KEY, version INTEGER NOT NULL, head {bytes} NOT NULL, edition {text} NOT NULL,
        due BIGINT, open SMALLINT NOT NULL, lifecycle {text}, state {text}, unit {text}, severity INTEGER,
        category {text}, channel {text}, home {text}, household {text}, reporter {text}, parent {text}, main {text},
        opened BIGINT, entered BIGINT, facts TEXT NOT NULL)""",
    'CREATE INDEX govflow_cases_inbox ON govflow_cases (unit, open, severity, entered, "case")',
    'CREATE INDEX govflow_cases_due ON govflow_cases (due, "case") WHERE due IS NOT NULL',
    *(
        f"CREATE INDEX govflow_cases_{name} ON govflow_cases ({name}) WHERE {name} IS NOT NULL"
        for name in ("household", "reporter", "parent", "main")
    ),
    # what can be erased
    """CREATE TABLE govflow_secrets (
        "case" {text} NOT NULL, version INTEGER NOT NULL, name {text} NOT NULL, owner {text} NOT NULL,
        salt {bytes} NOT NULL, text TEXT NOT NULL, PRIMARY KEY ("case", version, name))""",
    "CREATE INDEX govflow_secrets_owner ON govflow_secrets (owner)",
    "CREATE TABLE govflow_contacts (person {text} NOT NULL PRIMARY KEY, details TEXT NOT NULL)",
    # the rest
    """CREATE TABLE govflow_keys (
        "key" {text} NOT NULL PRIMARY KEY, command TEXT NOT NULL, cases TEXT NOT NULL)""",
    "CREATE TABLE govflow_definitions (edition {text} NOT NULL PRIMARY KEY, text TEXT NOT NULL, place BIGINT NOT NULL)",
    "CREATE TABLE govflow_marks (name {text} NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_TABLES,)
"""The statements that lead from each version to the next; version 0 is a database without our tables."""

WORDS = {
    "sqlite": {
        "text": "TEXT",
        "bytes": "BLOB",
        "written": "",
        "unsealed": '"case", version',
        "clustered": "WITHOUT ROWID",
    },
    "postgresql": {
        "text": 'TEXT COLLATE "C"',
        "bytes": "BYTEA",
        "written": ", written BIGINT GENERATED ALWAYS AS IDENTITY",
        "unsealed": "written",
        "clustered": "",
    },
}
"""What the two databases call differently."""

_THERE = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'govflow_schema'",
    "postgresql": "SELECT 1 FROM pg_class WHERE relname = 'govflow_schema' AND pg_table_is_visible(oid)",
}


def is_current(cursor: Cursor, name: str) -> bool:
    """Tell whether the tables of the database `name` are of today; StoreError where they are of tomorrow."""
    return bool(cursor.all(_THERE[cursor.dialect])) and _version(cursor, name) == len(MIGRATIONS)


def upgrade(cursor: Cursor, name: str) -> None:
    """Bring the tables up to date, in the transaction of `cursor` and with nobody else doing the same."""
    if cursor.dialect == "postgresql":
        cursor.do("SELECT pg_advisory_xact_lock(hashtext('govflow_schema'))")
    cursor.do("CREATE TABLE IF NOT EXISTS govflow_schema (version INTEGER NOT NULL PRIMARY KEY)")
    version = _version(cursor, name)
    for later, statements in enumerate(MIGRATIONS[version:], version + 1):
        for statement in statements:
            cursor.do(statement.format_map(WORDS[cursor.dialect]))
        cursor.do("INSERT INTO govflow_schema VALUES (?)", later)


def _version(cursor: Cursor, name: str) -> int:
    version = int(cursor.all("SELECT max(version) FROM govflow_schema")[0][0] or 0)
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{name}: its tables are of version {version}, made by a newer govflow; this one knows up to version "
            f"{len(MIGRATIONS)} and changes nothing: use the newer govflow"
        )
    return version
