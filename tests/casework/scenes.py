"""Scenes that the tests of the record share: a desk whose clock stands, and a few cases on it."""

from __future__ import annotations

from functools import cache
from typing import Any

import govflow as gf
from govflow.calendar import DAY, HOUR, parse_instant
from govflow.casework import Case, CountingIds, Desk, ManualClock
from govflow.community import Community

START = parse_instant("2026-01-05T10:00", "Asia/Shanghai")
HOST, HANDLER = "host/1-1-1", "host/1-1-1#1"
PARKING = {"category": "parking", "channel": "doorstep", "unit": HOST}
ANNA, BERT = "resident:example-1", "resident:example-2"
OFFICER = "member:example-9"

SOURCES = {"memory": lambda _: None, "sqlite": lambda path: f"sqlite:///{path}/desk.db"}
"""Where a desk can keep its record, by name: what opens a store in an empty folder."""


MEDIA = (*SOURCES, "postgresql")
"""The kinds of store, with the one that needs a server; `source_on` opens each."""


def source_on(medium: str, path: Any, request: Any) -> Any:
    """Where a desk keeps its record on a medium; asks for the fixture ``postgres`` if it takes a server."""
    return request.getfixturevalue("postgres").fresh() if medium == "postgresql" else SOURCES[medium](path)


@cache
def beida() -> Community:
    """The community on which the scenes play."""
    return gf.load("beida")


def desk_on(source: Any = None, community: Community | None = None, **more: Any) -> Desk:
    """A desk whose clock stands at a Monday morning; ids are counted."""
    more = {"clock": ManualClock(START), "ids": CountingIds(), **more}
    return Desk(community or beida(), store=source, **more)


def later(desk: Desk, within: int = HOUR) -> int:
    """Set the desk's clock on and return what it shows."""
    desk.clock.at += within
    return desk.clock.at


def grievance(desk: Desk, by: str | None = ANNA, **more: Any) -> Case:
    """Open a grievance with a text."""
    return desk.open("grievance", by=by, **{**PARKING, "text": "屋顶漏水 <b>&\N{RIGHT-TO-LEFT OVERRIDE}", **more})


def closed(desk: Desk, by: str = ANNA) -> Case:
    """Open a grievance, and settle it to the reporter's satisfaction."""
    case = grievance(desk, by)
    desk.act(case, "accept", by=HANDLER)
    desk.act(case, "resolve", by=HANDLER)
    return desk.act(case, "confirm", by=by)


def small_record(desk: Desk) -> tuple[Case, Case]:
    """Two cases, one closed, one with a note and a deadline behind it."""
    one, two = closed(desk), grievance(desk, BERT)
    later(desk)
    desk.note(two, "来过电话", by=HANDLER)
    desk.advance(to=later(desk, DAY))
    return desk.case(one), desk.case(two)
