"""Finding cases: the inbox of a unit in the order of its queue, and a search by a closed list of columns.

A page ends with a cursor, the place of its last case in the order, from which the next one goes on: no case is skipped
or told twice because others come and go, and the last page is as quick as the first. A page is filled with cases that
its reader may see for as long as there are any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypedDict

from attrs import evolve, frozen

from govflow.casework.arguments import kind
from govflow.casework.case import Case
from govflow.casework.editions import Edition
from govflow.casework.reader import Reader
from govflow.errors import UnknownName, UsageError
from govflow.record import decode, encode, is_broken
from govflow.store import Query, Row

MOST_AT_ONCE = 1000
"""As many cases as a page may hold."""

Value = str | Iterable[str] | None
"""What is looked for in a column: a name, any of several, or None, where nothing is said in it."""

Order = Literal["inbox", "case"]
_KEYS: Mapping[Order, tuple[type, ...]] = {"inbox": (int, int, str), "case": (str,)}


class Where(TypedDict, total=False):
    """The columns by which cases are found; `open` True or False: only the open or the closed ones."""

    open: bool
    lifecycle: Value
    state: Value
    unit: Value
    category: Value
    channel: Value
    household: Value
    reporter: Value
    parent: Value
    main: Value


COLUMNS = tuple(Where.__annotations__)[1:]


@frozen
class Page:
    """Some cases in order, and in `after` what to give to go on behind them; None where no more follow."""

    cases: tuple[Case, ...]
    after: str | None = None


def inbox(reader: Reader, unit: str, *, limit: int, after: str | None) -> Page:
    """Return the open cases at a unit, most urgent first, then by time of entering, then by id."""
    return _page(reader, {"unit": unit, "open": True}, "inbox", limit, after)


def find(reader: Reader, where: Mapping[str, Any], *, limit: int, after: str | None) -> Page:
    """Return the cases with these facts in order of id."""
    return _page(reader, where, "case", limit, after)


def conditions(reader: Reader, where: Mapping[str, Any]) -> dict[str, tuple[str | None, ...]]:
    """Return for each column the values that are looked for; UnknownName for a column or a name that nobody knows."""
    found = {}
    for column, value in where.items():
        if column == "open":
            kind("bool | None").check(column, value)
            continue
        if column not in COLUMNS:
            raise UnknownName("column to find cases by", column, COLUMNS)
        kind("str | Iterable[str] | None").check(column, value)
        values = (value,) if value is None or isinstance(value, str) else tuple(value)
        for name in values:
            kind("str | None").check(column, name)
            _check(reader, column, name)
        found[column] = values
    return found


def _check(reader: Reader, column: str, name: str | None) -> None:
    """Raise UnknownName where no definition of the desk has such a unit, state, lifecycle, category or channel."""
    office = reader.office
    if name is None or _has(office.edition, column, name):
        return
    if not any(_has(office.editions[key], column, name) for key in office.store.editions()):
        raise UnknownName(column, name, _known(office.edition, column) or ())


def _has(edition: Edition, column: str, name: str) -> bool:
    known = _known(edition, column)
    return known is None or name in known


def _known(edition: Edition, column: str) -> tuple[str, ...] | None:
    """Return the names that a column can hold, None where it can hold any."""
    names = edition.program.names
    known = {
        "lifecycle": names.lifecycles,
        "state": tuple(state for _, state in names.states),
        "unit": edition.roster.organization.ids,
        "category": names.categories,
        "channel": names.channels,
    }
    return known.get(column)


def _page(reader: Reader, where: Mapping[str, Any], order: Order, limit: int, after: str | None) -> Page:
    """Return a page: as many cases as asked for, while there are so many that the reader may see."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_AT_ONCE:
        raise UsageError(f"'limit' is {limit!r}: must be a whole number from 1 to {MOST_AT_ONCE}; go on with 'after'")
    query = Query(conditions(reader, where), where.get("open"), order, None if after is None else _read(order, after))
    found: list[Row] = []
    asked = limit + 1
    while len(found) <= limit:
        rows = reader.office.store.select(evolve(query, limit=asked))
        found += (row for row in rows if reader.finds(row, query.where))
        if len(rows) < asked:
            break
        query, asked = evolve(query, after=_place(order, rows[-1])), MOST_AT_ONCE
    cursor = encode(_place(order, found[limit - 1])) if len(found) > limit else None
    return Page(tuple(map(reader.case, reader.shown(found[:limit]))), cursor)


def _place(order: Order, row: Row) -> tuple[Any, ...]:
    return (row.facts["severity"], row.facts["entered"], row.case) if order == "inbox" else (row.case,)


def _read(order: Order, after: str) -> tuple[Any, ...]:
    """Return the place that a cursor tells."""
    try:
        place = decode(after)
    except (ValueError, TypeError):
        place = None
    kinds = _KEYS[order]
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds) or is_broken(place[-1]):
        raise UsageError(f"'after' is {after!r}: must be the 'after' of the page before, of the same question")
    return tuple(place)
