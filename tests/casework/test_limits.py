"""Limits that a field of a command says, on a desk."""

from __future__ import annotations

import pytest

import govflow as gf
from govflow.errors import UsageError

DAY = 86_400_000_000


def wish_on_the_board():
    """Return a desk, and a wish that hangs on its board; it is Monday 5 January 2026, ten o'clock."""
    beida = gf.load("beida")
    clock = gf.ManualClock(beida.calendars["office"].instant("2026-01-05T10:00"))
    desk = gf.Desk(beida, clock=clock)
    case = desk.open(
        "wish", category="meals", channel="doorstep", unit="host/1-1-1", by="resident:example-1", text="A new kettle."
    )
    return desk, desk.act(case, "hang", by=f"{case.unit}#1")


def test_through_a_day_means_until_its_end():
    """Who promises something by a day has the whole of that day: the limit ends as the next one begins."""
    desk, case = wish_on_the_board()
    desk.act(case, "claim", by="member:example-7", until="2026-01-09")
    beida = desk.community.calendars["office"]
    assert [clock.due for clock in desk.due(case) if clock.deadline == "fulfil"] == [beida.instant("2026-01-10")]


def test_a_day_that_is_over_or_too_far_is_refused():
    """A limit lies ahead, and not further than the definition allows."""
    desk, case = wish_on_the_board()
    for date in ("2026-01-04", "2026-12-31"):
        with pytest.raises(UsageError, match="must be a day to come, at most 92d away"):
            desk.act(case, "claim", by="member:example-7", until=date)
    assert desk.act(case, "claim", by="member:example-7", until="2026-01-05").state == "claimed"


def test_a_review_is_due_as_its_day_begins():
    """Without `through` the limit ends when the day begins."""
    beida = gf.load("beida")
    calendar = beida.calendars["office"]
    desk = gf.Desk(beida, clock=gf.ManualClock(calendar.instant("2026-01-05T10:00")))
    case = desk.open("grievance", category="noise", channel="doorstep", unit="branch/3", by="resident:example-1")
    desk.act(case, "accept", by="branch/3#1")
    desk.act(case, "shelve", by="branch/3#1", reason="needs_funds", review_on="2026-02-02")
    assert [clock.due for clock in desk.due(case) if clock.deadline == "review"] == [calendar.instant("2026-02-02")]
