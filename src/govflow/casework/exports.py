"""Tables for other programs: cases, events and figures as CSV or JSON, without people's ids unless they are asked for.

A spreadsheet takes a cell that begins with certain characters for a formula and runs it; in CSV such a cell gets an
apostrophe in front. Instants are ISO 8601 in UTC in CSV, µs UTC in JSON.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from govflow.calendar import local_time
from govflow.casework.case import Case
from govflow.casework.finding import Page
from govflow.casework.statistics import Statistics
from govflow.errors import UsageError
from govflow.record import Event

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet might run."""

CASE = ("lifecycle", "state", "unit", "home", "category", "channel", "severity", "opened", "entered", "parent", "main")
EVENT = ("case", "version", "kind", "at", "recorded", "unit", "reason", "deadline", "run", "rung", "cycle", "skew")
PEOPLE_OF_CASES = ("household", "reporter", "subject", "about", "handler", "lead")
CIRCLES = ("reporters", "parties", "helpers", "resolved_by", "recused")
PEOPLE_OF_EVENTS = ("by", "post", "behalf", "fields")
INSTANTS = ("at", "recorded", "opened", "entered", "since", "until")

Exported = Page | Statistics | Iterable[Case] | Iterable[Event]


def to_csv(what: Exported, *, people: bool = False) -> str:
    """Return cases, events or statistics as CSV with a heading; `people` adds the columns that say who.

    >>> to_csv([Case("=1+1", 1, {"lifecycle": "wish", "state": "new", "opened": 0})]).splitlines()[1]
    "'=1+1,1,True,wish,new,,,,,,1970-01-01T00:00:00+00:00,,,"
    """
    columns, rows = _table(what, people=people)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(column, row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def to_json(what: Exported, *, people: bool = False) -> str:
    """Return cases, events or statistics as JSON: a list of objects, for statistics their own plain data."""
    if isinstance(what, Statistics):
        return json.dumps(what.to_data(), ensure_ascii=False)
    columns, rows = _table(what, people=people)
    return json.dumps([{column: row.get(column) for column in columns} for row in rows], ensure_ascii=False)


def _table(what: Exported, *, people: bool) -> tuple[Sequence[str], list[Mapping[str, Any]]]:
    """Return the columns and the rows of what is to be exported."""
    if isinstance(what, Statistics):
        figures: list[Mapping[str, Any]] = [_figures(group.to_data()) for group in what.groups]
        return tuple(dict.fromkeys(column for row in figures for column in row)), figures
    if not isinstance(what, Page | Iterable):
        raise _wrong(what)
    items = what.cases if isinstance(what, Page) else tuple(what)
    if all(isinstance(item, Case) for item in items):
        columns = ("case", "version", "open", *CASE, *((*PEOPLE_OF_CASES, *CIRCLES) if people else ()))
        return columns, [_case(item) for item in items if isinstance(item, Case)]
    if all(isinstance(item, Event) for item in items):
        columns = (*EVENT, *(PEOPLE_OF_EVENTS if people else ()))
        return columns, [{name: getattr(item, name) for name in columns} for item in items]
    raise _wrong(what)


def _wrong(what: object) -> UsageError:
    rule = "must be a page, statistics, or a list of cases or of events, as a desk gives them"
    return UsageError(f"to export a {type(what).__name__} with {what!r:.60}: {rule}")


def _case(case: Case) -> Mapping[str, Any]:
    return {**case.facts, "case": case.id, "version": case.version, "open": case.open}


def _figures(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested figures as one row: the key's own names, then dotted ones."""
    row = dict(data["key"])
    waiting: list[tuple[str, Any]] = [(name, part) for name, part in data.items() if name != "key"]
    while waiting:
        name, part = waiting.pop(0)
        if isinstance(part, Mapping):
            waiting[:0] = [(f"{name}.{inner}", value) for inner, value in part.items()]
        else:
            row[name] = part
    return row


def _cell(column: str, value: Any) -> Any:
    """Return what stands in a cell, a text so that no spreadsheet takes it for a formula."""
    if value is None:
        return ""
    if column in INSTANTS and isinstance(value, int):
        return local_time(value, "UTC").isoformat()
    if isinstance(value, list | tuple):
        value = " ".join(map(str, value))
    elif isinstance(value, Mapping):
        value = json.dumps(dict(value), ensure_ascii=False)
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value
