"""The story of one case, told from its events.

Nothing is computed here that the table does not hold: the state is the last one entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import index
from typing import Any

import numpy as np
from attrs import frozen

from govflow.errors import UnknownName, UsageError
from govflow.simulation.events import Events, moment


@frozen
class Line:
    """One event of a case: local time, what happened, by which deadline if any, where it stands after."""

    at: str
    event: str
    deadline: str
    unit: str
    state: str


@frozen
class Story:
    """All events of one case in order; as text, one line each. A case from a snapshot is called by its id there."""

    case: int | str
    lifecycle: str
    category: str
    channel: str
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        by = f", by {self.channel}" if self.channel else ""
        head = f"case {self.case}: {self.lifecycle}, {self.category}{by}"
        return "\n".join([head, *map(_text, self.lines)])

    def to_data(self) -> dict[str, Any]:
        """Return the story as plain data."""
        return {
            "case": self.case,
            "lifecycle": self.lifecycle,
            "category": self.category,
            "channel": self.channel,
            "events": [
                {"at": e.at, "event": e.event, "deadline": e.deadline, "unit": e.unit, "state": e.state}
                for e in self.lines
            ],
        }


def _text(line: Line) -> str:
    why = f" (deadline {line.deadline})" if line.deadline else ""
    return f"{line.at}  {line.event}{why} → {line.state} at {line.unit}"


def story(events: Events, case: int | str) -> Story:
    """Return the story of a case by its number in the run, or by its id in the snapshot that the run began with.

    UsageError where there is no such number, UnknownName where there is no such id.
    """
    ids = events.initial.ids
    if isinstance(case, str) and case not in ids:
        raise UnknownName("initial case", case, ids)
    number = ids.index(case) if isinstance(case, str) else index(case)
    own = np.flatnonzero(events.rows[:, 0] == number)
    if not len(own):
        raise UsageError(f"case {number}: not in this run; its cases are numbered 0 to {len(events.openings) - 1}")
    names = events.names()
    columns = {name: values[own] for name, values in events.columns().items()}
    first = {name: names[name][int(columns[name][0])] for name in ("lifecycle", "category", "channel")}
    called = ids[number] if number < len(ids) else number
    return Story(case=called, **first, lines=tuple(_lines(events, columns, names)))


def _lines(events: Events, columns: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[Line]:
    start, zone = events.window.start, events.program.community.zone
    state = ""
    for time, event, deadline, unit, entered in zip(
        *(columns[c].tolist() for c in ("time", "event", "deadline", "unit", "state")), strict=True
    ):
        state = names["state"][entered] or state
        yield Line(
            at=moment(start + time, zone),
            event=names["event"][event],
            deadline=names["deadline"][deadline],
            unit=names["unit"][unit],
            state=state,
        )
