"""Shifts cut from calendars, timetables of mobile stations, and the calendar files made of them."""

from __future__ import annotations

from itertools import pairwise

import icalendar
import pytest
from hypothesis import given, strategies as st

from govflow.calendar import ALWAYS, DAY, HOUR, MINUTE, Calendar
from govflow.errors import DefinitionError, UsageError
from govflow.planning.icalendar import to_icalendar
from govflow.planning.shifts import Shift, shifts_from
from govflow.planning.timetables import Stop, Timetable, next_session, sessions, take_turns

ZONE = "Asia/Shanghai"
OFFICE = Calendar.from_data("office", {"hours": {"mon-fri": "09:00-12:00 14:00-17:00"}, "holidays": "cn"}, ZONE)


@given(st.integers(0, 300), st.integers(1, 20), st.integers(1, 9))
def test_shifts_cover_the_opening_hours_and_nothing_else(first, days, length):
    """Shifts of an office add up to its working time, follow one another, and none is longer than asked."""
    start = OFFICE.instant("2026-01-05") + first * DAY
    shifts = shifts_from(OFFICE, start, start + days * DAY, unit="u", length=length * HOUR)
    assert sum(shift.end - shift.start for shift in shifts) == OFFICE.between(start, start + days * DAY)
    assert all(shift.end - shift.start <= length * HOUR for shift in shifts)
    assert all(one.end <= other.start for one, other in pairwise(shifts))
    assert len({shift.id for shift in shifts}) == len(shifts)


def test_a_calendar_that_never_closes_is_cut_at_midnights():
    """Duty round the clock begins anew each day, in equal parts."""
    shifts = shifts_from(ALWAYS, 0, 2 * DAY, unit="u", length=9 * HOUR)
    assert [shift.end - shift.start for shift in shifts] == [8 * HOUR] * 6


def test_weekends_and_holidays_count_as_off_and_make_up_workdays_do_not():
    """The table named says which duties are off: the Spring Festival is, the Saturday worked for it is not."""
    daily = Calendar.from_data("daily", {"hours": {"mon-sun": "09:00-12:00"}}, ZONE)
    start = daily.instant("2026-02-13")
    shifts = shifts_from(daily, start, start + 5 * DAY, unit="u", holidays="cn")
    assert [shift.off for shift in shifts] == [False, False, True, True, True]
    assert not shifts_from(OFFICE, daily.instant("2026-02-16"), start + 5 * DAY, unit="u")
    with pytest.raises(UsageError, match="must be positive"):
        shifts_from(daily, start, start, unit="u")


def test_sessions_follow_the_week_and_holidays_cancel_them():
    """Every second week is counted from a fixed Monday: another span begins no other rhythm."""
    table = Timetable("bus", [Stop("park", {"tue": "09:00-11:00"}, every=2), Stop("mall", {"tue": "20:00-24:00"})])
    start = OFFICE.instant("2026-02-01")
    whole = sessions(table, OFFICE, start, start + 60 * DAY)
    late = sessions(table, OFFICE, start + 9 * DAY, start + 60 * DAY)
    assert late == tuple(shift for shift in whole if shift.start >= start + 9 * DAY)
    assert not [shift for shift in whole if "20260217" in shift.id]  # the Spring Festival
    park = [shift.start for shift in whole if shift.place == "park"]
    assert all((after - before) % (14 * DAY) == 0 for before, after in pairwise(park))
    mall = next_session(whole, "mall", start)
    assert mall is not None
    assert (mall.id, mall.end - mall.start) == ("bus/20260203T2000/mall", 4 * HOUR)
    assert next_session(whole, "nowhere", start) is None


def test_a_station_cannot_be_at_two_stops_at_once():
    """Overlapping stops and too short a way are faults, unless the two never meet in one week."""
    one, other = Stop("a", {"mon": "09:00-10:00"}), Stop("b", {"mon": "10:00-11:00"})
    assert Timetable("bus", [one, other])
    with pytest.raises(DefinitionError, match="too near"):
        Timetable("bus", [one, other], travel=20 * MINUTE)
    odd = Stop("a", {"mon": "09:00-12:00"}, every=2, turn=1)
    assert Timetable("bus", [odd, Stop("b", {"mon": "09:00-11:00"}, every=4, turn=2)])
    with pytest.raises(DefinitionError) as caught:
        Timetable("bus", [Stop("a", {"mon": "09-10"}), Stop("b", {"mond": "09:00-10:00"}, every=2, turn=2)])
    assert {fault.path for fault in caught.value.faults} == {"stops[0].hours.mon", "stops[1].hours.mond", "stops[1]"}


@given(st.integers(1, 7), st.integers(0, 40))
def test_places_that_take_turns_get_the_same_number_or_one_more(places, slots):
    """Counts of any two places differ by at most one, and a place comes again only after all others."""
    names = [f"grid/{number}" for number in range(places)]
    turns = [
        shift.place for shift in take_turns(names, [Shift(str(number), number, number + 1) for number in range(slots)])
    ]
    counts = [turns.count(name) for name in names]
    assert max(counts) - min(counts) <= 1
    assert all(len(set(turns[at : at + places])) == len(turns[at : at + places]) for at in range(slots))


def test_a_calendar_file_reads_back_as_what_was_planned():
    """Times come back to the microsecond in their zone, UIDs stay, and people are ids unless names are given."""
    start = OFFICE.instant("2026-01-05T09:00")
    shifts = [
        Shift("s2", start + DAY, start + DAY + HOUR),
        Shift("s1", start, start + HOUR, unit="station", place="mall"),
    ]
    duty = {"s1": ("member:example-7", "member:example-8"), "s2": ("member:example-8",)}
    text = to_icalendar(shifts, at=start, duty=duty, sequence=2)
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert [int(event["dtstart"].dt.timestamp()) * 10**6 for event in events] == [start, start + DAY]
    assert {str(event["dtstart"].dt.tzinfo) for event in events} == {ZONE}
    assert [event["description"] for event in events] == ["member:example-7, member:example-8", "member:example-8"]
    assert events[0]["sequence"] == 2
    assert text == to_icalendar(reversed(shifts), at=start, duty=duty, sequence=2)
    anonymous = icalendar.Calendar.from_ical(to_icalendar(shifts, at=start + DAY)).walk("VEVENT")
    assert [event["uid"] for event in anonymous] == [event["uid"] for event in events]
    assert not [event for event in anonymous if "description" in event]
    own = to_icalendar(shifts, at=start, duty=duty, person="member:example-7", names={"member:example-7": "A"})
    assert [event["description"] for event in icalendar.Calendar.from_ical(own).walk("VEVENT")] == [
        "A, member:example-8"
    ]
    assert "BEGIN:VTIMEZONE" in text
    assert "\r\n" in text
