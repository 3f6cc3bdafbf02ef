"""Drawn durations, instants and calendars are sound, coincide often, and shrink to a calendar that never closes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from govflow.calendar import ALWAYS, DAY, HOUR, Calendar, Duration
from govflow.testing import strategies as gs
from tests.testing.seeking import any_of, smallest_of


@given(gs.durations() | gs.durations(coarse=False))
def test_a_duration_is_longer_than_nothing_and_can_be_written(duration):
    """It is positive on every calendar and its text says the same again."""
    assert duration.us(day=HOUR) > 0
    assert Duration.parse(str(duration)) == duration


@given(gs.instants(days=3))
def test_an_instant_lies_on_the_grid(at):
    """Half hours from Monday 2026-01-05 in Shanghai, within so many days."""
    shanghai = Calendar("any", "Asia/Shanghai", ALWAYS.hours)
    assert shanghai.instant("2026-01-05") <= at < shanghai.instant("2026-01-08")
    assert at % (HOUR // 2) == 0


@given(gs.calendars())
def test_a_calendar_is_sound_and_survives_the_way_to_a_file(calendar):
    """Out to a table and in again it is equal."""
    assert Calendar.from_data(calendar.name, calendar.to_data(), calendar.zone) == calendar


@given(gs.calendars(zone="Europe/Berlin", holidays=False))
def test_zone_and_holidays_can_be_fixed(calendar):
    """As asked for, whatever the hours."""
    assert (calendar.zone, calendar.holidays) == ("Europe/Berlin", None)


@pytest.mark.parametrize(
    "wanted",
    [
        lambda calendar: calendar.day == DAY,
        lambda calendar: calendar.day <= HOUR,
        lambda calendar: sum(map(len, calendar.hours)) == 1,
        lambda calendar: any(len(day) == 2 for day in calendar.hours),
        lambda calendar: any(start % 30 for day in calendar.hours for start, _ in day),
        lambda calendar: any(
            day and day[-1][1] == 1440 and calendar.hours[at + 1] for at, day in enumerate(calendar.hours[:-1])
        ),
        lambda calendar: calendar.holidays == "cn",
        lambda calendar: calendar.zone == "Australia/Lord_Howe",
    ],
    ids=[
        "never closed",
        "one hour a day",
        "one interval a week",
        "noon break",
        "odd minutes",
        "midnight",
        "holidays",
        "zone",
    ],
)
def test_every_shape_of_calendar_comes_up(wanted):
    """Calendars of each kind are drawn before long."""
    assert wanted(any_of(gs.calendars(), wanted))


def test_two_durations_are_often_equal_and_a_day_is_often_its_hours():
    """Coincidence is common: equal limits, and limits equal in length though not in words."""
    pairs = st.tuples(gs.durations(), gs.durations())
    assert any_of(pairs, lambda pair: pair[0] == pair[1])
    assert any_of(pairs, lambda pair: pair[0] != pair[1] and pair[0].us(DAY) == pair[1].us(DAY))


def test_the_simplest_calendar_never_closes():
    """There working time is elapsed time, so that a failure that has nothing to do with hours shows none."""
    smallest = smallest_of(gs.calendars(), lambda _: True)
    assert smallest == Calendar("made", "UTC", ALWAYS.hours)
