"""What a store of SQL says to its database: its statements, and what a query becomes.

A question mark stands for a value; ``database`` puts the driver's own mark in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from attrs import evolve, frozen

from govflow.record import Line, Secret, decode, encode
from govflow.store.protocol import COLUMNS, Query, Row

LINE = '"case", version, body, changes, hash, position, log'
ROW = '"case", version, head, edition, due, open, facts'

# ------------------------------------------------------------ events
INSERT_EVENT = f"INSERT INTO govflow_events ({LINE}) VALUES (?, ?, ?, ?, ?, ?, ?)"
LINES = f'SELECT {LINE} FROM govflow_events WHERE "case" = ? AND version > ? ORDER BY version'
ALL_LINES = f'SELECT {LINE} FROM govflow_events ORDER BY "case", version'
ALL_CHANGES = 'SELECT "case", changes FROM govflow_events ORDER BY "case", version'
HASH = 'SELECT hash FROM govflow_events WHERE "case" = ? AND version = ?'

HEAD = "SELECT position, log FROM govflow_events WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
LOG = f"SELECT {LINE} FROM govflow_events WHERE position > ? ORDER BY position LIMIT ?"
UNSEALED = {
    dialect: f'SELECT "case", version, hash FROM govflow_events WHERE position IS NULL ORDER BY {order} LIMIT ?'
    for dialect, order in (("sqlite", '"case", version'), ("postgresql", "written"))
}
ALONE_TO_SEAL = "SELECT pg_advisory_xact_lock(hashtext('govflow_seal'))"
SEAL = 'UPDATE govflow_events SET position = ?, log = ? WHERE "case" = ? AND version = ?'

# ------------------------------------------------------------ cases
ROW_OF = f'SELECT {ROW} FROM govflow_cases WHERE "case" = ?'
ALL_ROWS = f'SELECT {ROW}, {", ".join(COLUMNS)} FROM govflow_cases ORDER BY "case"'
DUE = 'SELECT "case" FROM govflow_cases WHERE due <= ? ORDER BY due, "case" LIMIT ?'
COUNT = "SELECT count(*) FROM govflow_cases WHERE {condition}"
ALONE_TO_REBUILD = "LOCK TABLE govflow_cases IN EXCLUSIVE MODE"
DELETE_CASES = "DELETE FROM govflow_cases"
NEXT_DUE = "SELECT min(due) FROM govflow_cases WHERE due IS NOT NULL"

_PLAIN = ("version", "head", "edition", "facts", "lifecycle", "state", "category", "channel", "home", "opened")
_STANDING = ("due", "open", "unit", "severity", "entered")
_TIES = ("household", "reporter", "parent", "main")
_CASE = _PLAIN + _STANDING + _TIES


@frozen
class Update:
    """A statement that makes or changes a case, and what it takes of the case's values."""

    statement: str
    values: Callable[[dict[str, Any]], tuple[Any, ...]]


def _set(columns: tuple[str, ...]) -> str:
    return "UPDATE govflow_cases SET " + ", ".join(f"{column} = ?" for column in columns) + ' WHERE "case" = ?'


def _change(columns: tuple[str, ...]) -> Update:
    """Return the update that finds a case at its base: whether it changes a row says whether the commit may go on."""
    return Update(_set(columns) + " AND version = ?", itemgetter(*columns, "case", "base"))


def _follow(columns: tuple[str, ...]) -> Update:
    """Return the update that changes columns only where they differ."""
    marks = ", ".join("?" * len(columns))
    differ = f"{_set(columns)} AND ({', '.join(columns)}) IS NOT ({marks})"
    return Update(differ, itemgetter(*(*columns, "case", *columns)))


UPDATES = {
    # SQLite writes every index of which a statement names a column, changed or not: what seldom changes is named where
    # it does. PostgreSQL looks by itself, and each statement is a way there and back.
    "sqlite": (_change(_PLAIN), _follow(_STANDING), _follow(_TIES)),
    "postgresql": (_change(_CASE),),
}
NEW_CASE = Update(
    f"""INSERT INTO govflow_cases ("case", {", ".join(_CASE)}) VALUES ({", ".join("?" * (len(_CASE) + 1))})
    ON CONFLICT DO NOTHING""",
    itemgetter("case", *_CASE),
)


def values(row: Row, base: int = 0) -> dict[str, Any]:
    """Return what is stored of a row, by column, with the version `base` on which it builds."""
    facts = row.facts
    return {
        "case": row.case,
        "version": row.version,
        "head": row.head,
        "edition": row.edition,
        "due": row.due,
        "open": int(row.open),
        "facts": encode(dict(facts)),
        "base": base,
        **{column: facts.get(column) for column in COLUMNS},
    }


def row_of(stored: Iterable[Any]) -> Row:
    """Return the row that is stored in the columns of ROW."""
    case, version, head, edition, due, is_open, facts = stored
    return Row(case, version, bytes(head), edition, due, bool(is_open), decode(facts))


def found_row(stored: Sequence[Any]) -> Row:
    """Return a row of ALL_ROWS; what a column says otherwise than its fact is a fact ``column.NAME``."""
    kept = stored[: -len(COLUMNS)]
    row = row_of(kept)
    columns = zip(("open", *COLUMNS), (kept[-2], *stored[-len(COLUMNS) :]), strict=True)
    told = {**row.facts, "open": int(row.open)}
    other = {f"column.{name}": value for name, value in columns if value != told.get(name)}
    return evolve(row, facts={**row.facts, **other}) if other else row


def line_of(stored: Iterable[Any]) -> Line:
    """Return the event that is stored in the columns of LINE."""
    case, version, body, changes, hashed, position, log = stored
    return Line(case, version, body, changes, bytes(hashed), position, None if log is None else bytes(log))


# ------------------------------------------------------------ queries
_ORDERS = {"inbox": ("severity", "entered", '"case"'), "case": ('"case"',)}
_MERGED = 100  # so many units at most are read each by its own index entries, and merged


def matching(query: Query) -> tuple[str, list[Any]]:
    """Return the condition that a query's cases fulfil, whatever its page, and its values."""
    said, given = ["1 = 1"], []
    if query.open is not None:
        said, given = ["open = ?"], [int(query.open)]
    for column, wanted in query.where.items():
        several = _several(wanted)
        known = [value for value in several if value is not None]
        either = [f"{column} IN ({', '.join('?' * len(known))})"] if len(known) > 1 else []
        either += [f"{column} = ?"] if len(known) == 1 else []
        either += [f"{column} IS NULL"] if len(known) < len(several) else []
        said.append(f"({' OR '.join(either or ['1 = 0'])})")
        given += known
    return " AND ".join(said), given


def page(query: Query) -> tuple[str, list[Any]]:
    """Return the statement that selects a query's page, and its values.

    The cases of each unit lie in order of the inbox; those of a few units are read so, each as far as the page goes,
    and only the rows of the page are fetched.
    """
    order = ", ".join(_ORDERS[query.order])
    units = dict.fromkeys(_several(query.where.get("unit")))
    parts = [query]
    if 1 < len(units) <= _MERGED and query.order == "inbox":
        parts = [evolve(query, where={**query.where, "unit": unit}) for unit in units]
    chosen, given = [], []
    for part in parts:
        condition, theirs = matching(part)
        if query.after is not None:
            condition += f" AND ({order}) > ({', '.join('?' * len(query.after))})"
            theirs += query.after
        chosen.append(f"SELECT * FROM (SELECT {order} FROM govflow_cases WHERE {condition} ORDER BY {order} LIMIT ?) p")
        given += [*theirs, query.limit]
    ids = f'SELECT "case" FROM ({" UNION ALL ".join(chosen)}) f ORDER BY {order} LIMIT ?'
    return f'SELECT {ROW} FROM govflow_cases WHERE "case" IN ({ids}) ORDER BY {order}', [*given, query.limit]


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple, set, frozenset)) else (value,)


# ------------------------------------------------------------ the vault, keys, and the rest
_SECRET = '"case", version, name, owner, salt, text'
INSERT_SECRET = f"INSERT INTO govflow_secrets ({_SECRET}) VALUES (?, ?, ?, ?, ?, ?)"
SECRETS = f'SELECT {_SECRET} FROM govflow_secrets WHERE "case" = ? ORDER BY version, name'
VAULT = f'SELECT {_SECRET} FROM govflow_secrets ORDER BY "case", version, name'
VAULT_OF = f'SELECT {_SECRET} FROM govflow_secrets WHERE owner = ? ORDER BY "case", version, name'
DELETE_SECRET = 'DELETE FROM govflow_secrets WHERE "case" = ? AND version = ? AND name = ?'

_KEY = '"key", command, cases'
INSERT_KEY = f"INSERT INTO govflow_keys ({_KEY}) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
KEY = f'SELECT {_KEY} FROM govflow_keys WHERE "key" = ?'

CONTACT = "SELECT details FROM govflow_contacts WHERE person = ?"
DELETE_CONTACT = "DELETE FROM govflow_contacts WHERE person = ?"
INSERT_CONTACT = "INSERT INTO govflow_contacts (person, details) VALUES (?, ?) ON CONFLICT DO NOTHING"
DEFINITION = "SELECT text FROM govflow_definitions WHERE edition = ?"
KEEP_DEFINITION = (
    "INSERT INTO govflow_definitions (edition, text, place) "
    "SELECT ?, ?, coalesce(max(place), 0) + 1 FROM govflow_definitions WHERE 1 = 1 ON CONFLICT DO NOTHING"
)
EDITIONS = "SELECT edition FROM govflow_definitions ORDER BY place, edition"
MARK = "SELECT value FROM govflow_marks WHERE name = ?"
KEEP_MARK = (
    "INSERT INTO govflow_marks (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > govflow_marks.value"
)


def secret_of(stored: Iterable[Any]) -> Secret:
    """Return the text that is stored in a row of the vault."""
    case, version, name, owner, salt, text = stored
    return Secret(case, version, name, owner, bytes(salt), text)
