"""Instants as text and on the wall, in zones that shift their clocks and in one that skipped a day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from govflow.calendar import DAY, FIRST, HOUR, LAST, local_time, parse_instant
from govflow.calendar.instants import YEAR_STARTS, year_index
from govflow.errors import UnknownName, UsageError

ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")


@given(st.integers(FIRST, LAST - 1), st.sampled_from(ZONES))
def test_local_time_with_its_offset_reads_back_as_the_instant(at, zone):
    """Nothing is lost on the way to the wall and back, down to the microsecond."""
    shown = local_time(at, zone)
    assert shown.tzinfo == ZoneInfo(zone)
    assert parse_instant(shown.astimezone(UTC).isoformat(), "Asia/Shanghai") == at


@given(st.integers(FIRST, LAST - 1))
def test_the_year_of_an_instant_is_the_year_in_utc(at):
    """The table of years agrees with the calendar of the standard library."""
    expected = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).year
    assert 1900 + year_index(at) == expected
    assert YEAR_STARTS[year_index(at)] <= at < YEAR_STARTS[year_index(at) + 1]


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-01-05", "Asia/Shanghai", "2026-01-04T16:00"),
        ("2026-01-05T09:00", "Asia/Shanghai", "2026-01-05T01:00"),
        ("2026-01-05 09:00:30.5", "Asia/Shanghai", "2026-01-05T01:00:30.5"),
        ("2026-01-05T09:00Z", "Asia/Shanghai", "2026-01-05T09:00"),
        ("2026-01-05T09:00-03:30", "Asia/Shanghai", "2026-01-05T12:30"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),  # comes twice: the first
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30"),  # skipped: as if not yet put forward
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00"),  # a day that never was
        ("1018-01-01", "UTC", None),
        ("2500-01-01", "UTC", None),
        ("9999-12-31T23:59-12:00", "UTC", None),
        ("0001-01-01T00:00+12:00", "UTC", None),
    ],
)
def test_dates_and_times_are_read_in_the_zone_unless_they_bring_an_offset(text, zone, utc):
    """Golden readings; beyond the years of calendars the error names the years."""
    if utc is None:
        with pytest.raises(UsageError, match="1900 to 2499"):
            parse_instant(text, zone)
    else:
        assert parse_instant(text, zone) == parse_instant(utc + "Z", "UTC")


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "5 January", "20260105", "2026-1-5", "2026-02-30", "2026-01-05T25:00", "2026-01-05T9:00"),
        *("2026-01-05T09", "2026-W01-1", "2026-01-05T09:00+99:00", "2026-01-05T09:00Z\n", "٢٠٢٦-01-05", 5, None),
    ],
)
def test_other_texts_are_refused_with_an_example(text):
    """No guess is made at what a text might mean."""
    with pytest.raises(UsageError, match="write 2026-01-05"):
        parse_instant(text, "UTC")


@pytest.mark.parametrize("at", [FIRST - 1, LAST, -(10**30), 10**30])
def test_instants_outside_the_years_of_calendars_are_refused(at):
    """Seconds or nanoseconds given for microseconds are seen where they lead out of the years."""
    with pytest.raises(UsageError, match="microseconds since 1970"):
        local_time(at, "UTC")


def test_an_unknown_zone_names_the_nearest():
    """The remedy stands in the message."""
    with pytest.raises(UnknownName, match="did you mean 'Asia/Shanghai'"):
        parse_instant("2026-01-05", "Asia/Shangai")


def test_units_are_microseconds():
    """An hour in Shanghai is an hour after midnight UTC less eight."""
    assert parse_instant("1970-01-02T01:00", "Asia/Shanghai") == DAY + HOUR - 8 * HOUR
