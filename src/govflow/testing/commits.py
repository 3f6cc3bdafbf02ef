"""Commits as a desk would make them, with made-up facts: what the promises of a store are tried with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import define, field

from govflow.record import Line, encode, genesis, link
from govflow.store import Commit, Row

FACTS = {"lifecycle": "grievance", "state": "received", "unit": "host/1", "severity": 3, "opened": 0, "entered": 0}


@define(eq=False)
class Draft:
    """A case as somebody holds it who acts on it: `commit` says what the next act writes.

    The draft does not move by itself: `written` is the draft after that commit, for whoever got it through.
    """

    case: str
    version: int = 0
    head: bytes = b""
    facts: dict[str, Any] = field(factory=dict)
    open: bool = True
    due: int | None = None

    def commit(self, *changes: dict[str, Any], **more: Any) -> Commit:
        """Return the commit of one event for each of `changes`; a new case's first has the facts of FACTS too."""
        return joint([self.written(*changes)], {self.case: self.version}, **more)

    def written(self, *changes: dict[str, Any], open: bool = True, due: int | None = None) -> Written:  # noqa: A002
        """Return the case after the events that `changes` are."""
        head, facts, lines = self.head or genesis(self.case), dict(self.facts), []
        for version, change in enumerate(changes, self.version + 1):
            said = {**FACTS, **change} if version == 1 else change
            body, text = encode({"kind": "act", "at": version, "by": "member:example-7"}), encode(said)
            head = link(head, body, text)
            lines.append(Line(self.case, version, body, text, head))
            facts.update(said)
        return Written(lines, Draft(self.case, self.version + len(lines), head, facts, open, due))


@define(eq=False)
class Written:
    """What an act writes, and the case afterwards."""

    lines: Sequence[Line]
    draft: Draft


