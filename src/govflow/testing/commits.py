"""Commits with made-up facts, chained as a desk chains them: what the promises of a store are tried with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from govflow.record import Line, encode, genesis, link
from govflow.store import Commit, Row

OPENED: Mapping[str, Any] = {
    "lifecycle": "grievance", "state": "received", "unit": "host/1", "severity": 3, "opened": 0, "entered": 0,
}  # fmt: skip
"""What a case is made with where nothing else is said."""


@frozen(eq=False)
class Held:
    """A case as somebody holds it: as it is after the `lines` that are to be written, which go on from `base`."""

    row: Row
    base: int
    lines: Sequence[Line]


def opened(case: str, *changes: Mapping[str, Any], due: int | None = None, open: bool = True) -> Held:  # noqa: A002
    """Return a new case: its first event changes the facts of OPENED and the first of `changes`, and so on."""
    first, *others = changes or ({},)
    before = Held(Row(case, 0, genesis(case), "2026-1", None, True, {}), 0, ())
    return acted(before, {**OPENED, **first}, *others, due=due, open=open)


def acted(before: Held, *changes: Mapping[str, Any], due: int | None = None, open: bool = True) -> Held:  # noqa: A002
    """Return a case after one more event for each of `changes`."""
    was = before.row
    head, facts, lines = was.head, dict(was.facts), []
    for version, change in enumerate(changes or ({},), was.version + 1):
        body, said = encode({"kind": "act", "at": version, "by": "member:example-7"}), encode(dict(change))
        head = link(head, body, said)
        lines.append(Line(was.case, version, body, said, head))
        facts.update(change)
    return Held(Row(was.case, was.version + len(lines), head, was.edition, due, open, facts), was.version, lines)


def commit(*cases: Held, **more: Any) -> Commit:
    """Return what writes the new events of several cases together; `more` are a Commit's texts, keys and erasures."""
    lines = [line for case in cases for line in case.lines]
    return Commit(lines, [case.row for case in cases], {case.row.case: case.base for case in cases}, **more)
