"""Working time: laws that hold for every calendar, a naive count as judge, and golden due instants."""

import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from govflow.calendar import ALWAYS, DAY, FIRST, HOUR, LAST, MINUTE, Calendar, Duration, load_holidays, parse_instant
from govflow.errors import UsageError
from tests.calendar.made import calendars

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# days around which clocks shift, a day is skipped, the year turns, or the holidays begin and end
MOMENTS = [
    parse_instant(text, "UTC")
    for text in (
        *("2026-03-29T01:00", "2026-10-25T01:00", "2026-03-08T07:00", "2026-11-01T06:00", "2026-04-04T15:00"),
        *("2026-10-03T15:30", "2011-12-30T10:00", "2025-12-31T23:00", "2026-02-14T00:00", "2026-09-30T16:00"),
        "2027-01-01T00:00",
    )
]

instants = st.builds(
    lambda at, off: at + off,
    st.sampled_from(MOMENTS),
    st.integers(-3 * DAY, 3 * DAY) | st.integers(-5000, 5000).map(lambda minutes: minutes * MINUTE),
)
lengths = st.integers(0, 20 * HOUR) | st.integers(0, 2000).map(lambda minutes: minutes * MINUTE)


def open_on_the_wall(calendar, at):
    """Say whether the clock on the wall shows an open hour: the rule, written once more and naively."""
    shown = (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(calendar.zone))
    hours = calendar.hours[shown.weekday()]
    if calendar.holidays:
        table, iso = load_holidays(calendar.holidays), shown.date().isoformat()
        if iso in table.days_off:
            return False
        if iso in table.workdays:
            hours = next((day for day in calendar.hours[:5] if day), hours)
    minute = shown.hour * 60 + shown.minute
    return any(start <= minute < end for start, end in hours)


@given(calendars, instants, lengths)
def test_adding_and_measuring_are_inverse(calendar, at, worked):
    """between(t, add(t, d)) == d exactly, and no earlier instant has d behind it."""
    due = calendar.add(at, worked)
    assert calendar.between(at, due) == worked
    assert calendar.between(due, at) == -worked
    if worked:
        assert calendar.between(at, due - 1) == worked - 1
        assert calendar.working(due - 1)
    else:
        assert due == at


@given(calendars, st.tuples(instants, instants, instants))
def test_worked_time_adds_up_and_never_shrinks(calendar, instants):
    """Worked time is additive in any order of its instants, and lies between nothing and the elapsed time."""
    a, b, c = instants
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert 0 <= calendar.between(min(a, b), max(a, b)) <= abs(a - b)


@given(calendars, instants, instants, lengths, lengths)
def test_due_instants_keep_the_order_of_their_beginnings(calendar, at, other, worked, more):
    """Due instants are monotone in both arguments, and adding in two steps is adding once."""
    early, late = sorted([at, other])
    assert calendar.add(early, worked) <= calendar.add(late, worked)
    assert calendar.add(at, worked) <= calendar.add(at, worked + more)
    assert calendar.add(calendar.add(at, worked), more) == calendar.add(at, worked + more)


@given(calendars, instants, st.integers(0, 2 * 24 * 60))
def test_a_naive_count_minute_by_minute_agrees(calendar, at, minutes):
    """Over short spans, among them nights on which clocks shift, the count of open minutes is the worked time."""
    start = at // MINUTE * MINUTE
    count = sum(open_on_the_wall(calendar, start + n * MINUTE) for n in range(minutes))
    assert calendar.between(start, start + minutes * MINUTE) == count * MINUTE


@given(calendars, instants)
def test_working_time_is_what_the_wall_shows(calendar, at):
    """working(t) follows the naive rule, and says the same as measuring one microsecond."""
    assert calendar.working(at) == open_on_the_wall(calendar, at)
    assert calendar.between(at, at + 1) == calendar.working(at)


@given(calendars, instants)
def test_the_next_opening_is_open_and_nothing_is_worked_before_it(calendar, at):
    """It is `at` itself while open; else work can begin there and not a microsecond earlier."""
    opening = calendar.next_opening(at)
    assert opening >= at
    assert calendar.working(opening)
    assert calendar.between(at, opening) == 0


@given(calendars, instants, st.integers(1, 20 * DAY))
def test_intervals_are_whole_apart_in_order_and_complete(calendar, start, length):
    """They overlap the span, are closed just outside, and clipped to the span hold its working time."""
    end = start + length
    found = calendar.intervals(start, end)
    assert all(opening < closing for opening, closing in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert all(opening < end and closing > start for opening, closing in found)
    assert all(opening == FIRST or not calendar.working(opening - 1) for opening, _ in found)
    assert all(closing == LAST or not calendar.working(closing) for _, closing in found)
    clipped = sum(min(closing, end) - max(opening, start) for opening, closing in found)
    assert clipped == calendar.between(start, end)
    assert calendar.intervals(end, start) == calendar.intervals(start, start) == []


def office(holidays="cn", zone="Asia/Shanghai"):
    """Return the calendar of the examples: Monday to Friday, with a break at noon."""
    data = {"hours": {"mon-fri": "08:30-12:00 14:30-17:30"}}
    return Calendar.from_data("office", data | ({"holidays": holidays} if holidays else {}), zone)


@pytest.mark.parametrize(
    ("begin", "within", "due"),
    [
        ("2026-01-05T08:30", "6.5h", "2026-01-05T17:30"),  # a closing, not the next morning
        ("2026-01-05T08:30", "3.5h", "2026-01-05T12:00"),  # the break at noon is a closing too
        ("2026-01-05T08:30", "1d", "2026-01-05T17:30"),  # a day is the calendar's own length
        ("2026-01-05T09:00", "1d", "2026-01-06T09:00"),
        ("2026-01-05T20:00", "30m", "2026-01-06T09:00"),
        ("2026-01-05T20:00", "0s", "2026-01-05T20:00"),
        ("2026-01-09T17:00", "1h", "2026-01-12T09:00"),  # over the weekend
        ("2026-02-13T17:00", "1h", "2026-02-14T09:00"),  # Saturday 14 February is worked
        ("2026-02-14T17:00", "1h", "2026-02-24T09:00"),  # over the Spring Festival
        ("2026-02-14T08:30", "3d", "2026-02-25T17:30"),
        ("2026-09-30T17:00", "1h", "2026-10-08T09:00"),  # over National Day
        ("2026-10-09T08:30", "2d", "2026-10-10T17:30"),  # Saturday 10 October is worked
        ("2025-12-31T17:00", "1h", "2026-01-04T09:00"),  # Sunday 4 January is worked
        ("2025-12-31T08:30", "1d", "2025-12-31T17:30"),  # the last closing of a year is one as well
    ],
)
def test_due_instants_of_2026(begin, within, due):
    """Golden examples with the holidays and make-up workdays of China."""
    calendar = office()
    found = calendar.add(calendar.instant(begin), Duration.parse(within))
    assert found == calendar.instant(due), calendar.local(found).isoformat()


def test_without_a_holiday_table_neither_holidays_nor_make_up_workdays_exist():
    """New Year's Day is worked and the Sunday after it is not."""
    calendar = office(holidays=None)
    assert calendar.working(calendar.instant("2026-01-01T09:00"))
    assert not calendar.working(calendar.instant("2026-01-04T09:00"))


@pytest.mark.parametrize(
    ("hours", "open_", "closed"),
    [
        ({"mon": "09:00-12:00", "tue-fri": "13:00-17:00"}, "2026-02-14T09:00", "2026-02-14T13:00"),
        ({"wed-fri": "13:00-17:00", "sat": "09:00-12:00"}, "2026-02-14T13:00", "2026-02-14T09:00"),
        ({"sat": "09:00-12:00"}, "2026-02-14T09:00", "2026-02-28T12:00"),
        ({"sat": "09:00-12:00"}, "2026-02-07T09:00", "2026-01-04T09:00"),
        ({"mon-sun": "09:00-12:00"}, "2026-02-14T09:00", "2026-02-21T09:00"),
    ],
)
def test_make_up_workdays_have_the_hours_of_monday(hours, open_, closed):
    """Or of the first day up to Friday that has any; weekend calendars make nothing up; holidays close weekends too."""
    calendar = Calendar.from_data("c", {"hours": hours, "holidays": "cn"}, "Asia/Shanghai")
    assert calendar.working(calendar.instant(open_))
    assert not calendar.working(calendar.instant(closed))


def test_beyond_the_last_published_year_is_provisional():
    """The local year decides; a calendar without holidays is never provisional."""
    calendar = office("cn-2026")
    turn = calendar.instant("2027-01-01")
    assert not calendar.provisional(turn - 1)
    assert calendar.provisional(turn)
    assert not office(holidays=None).provisional(turn)
    assert calendar.add(calendar.instant("2030-01-01"), HOUR) == calendar.instant("2030-01-01T09:30")


def test_the_calendar_that_never_closes_counts_elapsed_time():
    """Its one interval is all the years there are, and a day has 24 hours."""
    at = ALWAYS.instant("2026-01-05T09:00")
    assert ALWAYS.day == DAY
    assert ALWAYS.add(at, Duration.parse("400d")) == at + 400 * DAY
    assert ALWAYS.between(at, at + 12345) == 12345
    assert ALWAYS.intervals(at, at + 1) == [(FIRST, LAST)]
    assert ALWAYS.next_opening(at) == at
    assert not ALWAYS.provisional(LAST - 1)


def test_whole_days_adjoin_over_midnight_and_over_the_year():
    """From Monday's first minute to Saturday's is one interval, also when the year turns in it."""
    calendar = Calendar.from_data("week", {"hours": {"mon-fri": "00:00-24:00"}}, "Europe/Berlin")
    monday, saturday = calendar.instant("2025-12-29"), calendar.instant("2026-01-03")
    for at in (monday, calendar.instant("2026-01-01"), saturday - 1):
        assert calendar.intervals(at, at + 1) == [(monday, saturday)]
    assert calendar.intervals(saturday, saturday + 1) == []


def test_a_night_on_which_clocks_go_back_is_an_hour_longer():
    """In Berlin on 25 October 2026 the hour from two to three comes twice and is worked twice."""
    calendar = Calendar.from_data("night", {"hours": {"sun": "00:00-06:00"}}, "Europe/Berlin")
    midnight = calendar.instant("2026-10-25")
    assert calendar.between(midnight, midnight + DAY) == 7 * HOUR
    assert calendar.intervals(midnight, midnight + DAY) == [(midnight, midnight + 7 * HOUR)]


def test_a_night_on_which_clocks_go_forward_is_an_hour_shorter():
    """In Berlin on 29 March 2026 the hour from two to three does not exist; half an hour on Lord Howe Island."""
    night = {"hours": {"sun": "00:00-06:00"}}
    berlin = Calendar.from_data("night", night, "Europe/Berlin")
    island = Calendar.from_data("night", night, "Australia/Lord_Howe")
    for calendar, date, worked in ((berlin, "2026-03-29", 5 * HOUR), (island, "2026-10-04", 5 * HOUR + 30 * MINUTE)):
        assert calendar.between(calendar.instant(date), calendar.instant(date) + DAY) == worked


def test_hours_inside_the_skipped_hour_are_not_worked_that_night():
    """The interval vanishes; it is neither moved nor negative."""
    calendar = Calendar.from_data("odd", {"hours": {"mon-sun": "02:10-02:50"}}, "Europe/Berlin")
    day = calendar.instant("2026-03-29")
    assert calendar.intervals(day, day + 23 * HOUR) == []


def test_hours_that_end_inside_the_repeated_hour_open_twice():
    """The clock on the wall decides: from two to half past two is shown twice, an hour apart."""
    calendar = Calendar.from_data("odd", {"hours": {"mon-sun": "02:00-02:30"}}, "Europe/Berlin")
    first = calendar.instant("2026-10-25T02:00")
    opened = [(first, first + 30 * MINUTE), (first + HOUR, first + 90 * MINUTE)]
    assert calendar.intervals(first, first + 2 * HOUR) == opened


def test_negative_lengths_and_years_without_end_are_refused():
    """The error says what to use, or which year is the last."""
    calendar = office()
    at = calendar.instant("2026-01-05")
    with pytest.raises(UsageError, match="must not be negative"):
        calendar.add(at, -1)
    with pytest.raises(UsageError, match="2499"):
        ALWAYS.add(at, LAST)
    rare = Calendar.from_data("rare", {"hours": {"mon": "00:00-00:01"}}, "Asia/Shanghai")
    with pytest.raises(UsageError, match="2499"):
        rare.add(at, Duration.parse("876600h"))


def test_a_calendar_is_a_value_whatever_it_was_asked():
    """Its numbers are no part of its equality, hash or pickle."""
    asked, fresh = office(), office()
    asked.add(asked.instant("2026-01-05"), HOUR)
    assert asked == fresh
    assert hash(asked) == hash(fresh)
    assert pickle.dumps(asked) == pickle.dumps(fresh)
    again = pickle.loads(pickle.dumps(asked))  # noqa: S301
    assert again == asked
    assert again.next_opening(0) == asked.next_opening(0)
    assert "timeline" not in repr(asked).lower()
