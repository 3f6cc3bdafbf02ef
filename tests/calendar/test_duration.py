"""Durations: what may be written, what it means, and that writing and reading agree."""

import math
import pickle

import pytest
from hypothesis import given, strategies as st

from govflow.calendar import DAY, HOUR, MINUTE, SECOND, Duration
from govflow.errors import UsageError

durations = st.builds(
    Duration,
    days=st.integers(0, 18_000) | st.integers(0, 18_000_000_000).map(lambda n: n / 1_000_000),
    rest=st.integers(0, 18_000 * DAY) | st.integers(0, 10**6).map(lambda n: n * SECOND),
)


@given(durations)
def test_the_canonical_text_reads_back_as_the_same_duration(duration):
    """parse(str(d)) == d, to the microsecond."""
    assert Duration.parse(str(duration)) == duration
    assert str(Duration.parse(str(duration))) == str(duration)


@given(durations, st.integers(MINUTE, DAY))
def test_only_the_days_depend_on_the_length_of_a_day(duration, day):
    """us(day) is days times the length given, rounded to a microsecond, and the rest on top."""
    assert duration.us(day) - duration.rest == round(duration.days * day)


@pytest.mark.parametrize(
    ("text", "length", "canonical"),
    [
        ("1d4h", 8 * HOUR + 4 * HOUR, "1d4h"),
        ("90m", 90 * MINUTE, "1h30m"),
        ("30s", 30 * SECOND, "30s"),
        ("24h", 24 * HOUR, "24h"),
        ("0.5d", 4 * HOUR, "0.5d"),
        ("1.5h", 90 * MINUTE, "1h30m"),
        ("0.000001s", 1, "0.000001s"),
        (" 1d 4h ", 12 * HOUR, "1d4h"),
        ("0s", 0, "0s"),
        ("0d", 0, "0s"),
        ("1.0d", 8 * HOUR, "1d"),
    ],
)
def test_texts_mean_what_they_say_in_a_day_of_eight_hours(text, length, canonical):
    """Days take the length given, hours stay hours and are never made into days."""
    assert Duration.parse(text).us(day=8 * HOUR) == length
    assert str(Duration.parse(text)) == canonical


NONSENSE = [
    *("", " ", "4", "h", "4 h", "-1d", "1d-4h", "nan", "nand", "inf", "1e3s", "4h1d", "1h1h", "1 2h", "2w", "1D"),
    *("1.h", ".5h", "0.0000001s", "١h", "1d4h!", "1" * 5000 + "s"),
    *(90, 1.5, math.nan, None, True, ["1d"]),
]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_refused_with_the_form_that_is_wanted(text):
    """Whatever is not numbers with units in order, or is no text at all, is told how to be written."""
    with pytest.raises(UsageError, match="write days, hours, minutes and seconds in this order"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["36526d", "36525d1s", "999999999999h", "9" * 30 + "d"])
def test_more_than_a_hundred_years_is_taken_for_a_slip(text):
    """The longest duration is a hundred years of 365.25 days."""
    with pytest.raises(UsageError, match="longer than a hundred years"):
        Duration.parse(text)
    assert Duration.parse("36525d").days == 36_525


@pytest.mark.parametrize(("days", "rest"), [(-1, 0), (0, -1), (math.nan, 0), (math.inf, 0), (0.12345678, 0)])
def test_a_duration_is_checked_when_it_is_made(days, rest):
    """Negative, endless and unwritable numbers do not become durations by another door either."""
    with pytest.raises(UsageError):
        Duration(days, rest)


def test_equal_durations_are_one_key_and_survive_pickling():
    """A duration is a value: hashable, and whole days are equal however they were written."""
    assert {Duration.parse("1.0d"), Duration(1), Duration.parse("1d")} == {Duration(days=1.0)}
    assert pickle.loads(pickle.dumps(Duration.parse("1d4h"))) == Duration.parse("1d4h")  # noqa: S301
