"""Weekly hours as text: every way of writing them, and every fault with its place."""

import pytest
from hypothesis import given, strategies as st

from govflow.calendar import HOUR, WEEKDAYS, Calendar
from govflow.errors import DefinitionError
from tests.calendar.made import weeks


def faults(data, zone="Asia/Shanghai"):
    """Return (path, code) of every fault that `data` raises."""
    with pytest.raises(DefinitionError) as caught:
        Calendar.from_data("office", data, zone)
    assert caught.value.subject == "calendar 'office'"
    return [(fault.path, fault.code) for fault in caught.value.faults]


@given(weeks(), st.sampled_from([None, "cn", "cn-2026"]))
def test_data_reads_back_as_the_same_calendar(week, holidays):
    """from_data(to_data()) is equal, and the data is its own canonical form."""
    calendar = Calendar("made", "Europe/Berlin", week, holidays)
    again = Calendar.from_data("made", calendar.to_data(), "Europe/Berlin")
    assert again == calendar
    assert again.to_data() == calendar.to_data()


def test_ranges_gaps_and_whole_days_are_read():
    """A range gives each of its days the hours, an empty text and a day left out are closed."""
    hours = {"mon-thu": "08:30-12:00 14:30-17:30", "fri": "8:30-12:00", "sat": "", "sun": "00:00-24:00"}
    office = Calendar.from_data("office", {"hours": hours}, "Asia/Shanghai")
    assert office.hours[:4] == (((510, 720), (870, 1050)),) * 4
    assert office.hours[4:] == (((510, 720),), (), ((0, 1440),))
    assert office.to_data() == {
        "hours": {"mon-thu": "08:30-12:00 14:30-17:30", "fri": "08:30-12:00", "sun": "00:00-24:00"}
    }


def test_intervals_that_touch_are_one():
    """Hours written in two pieces equal the same hours in one, as text and as tuples."""
    pieces = Calendar.from_data("office", {"hours": {"mon": "09:00-12:00 12:00-17:00"}}, "UTC")
    whole = Calendar("office", "UTC", [[(540, 1020)], [], [], [], [], [], []])
    assert pieces == whole
    assert hash(pieces) == hash(whole)


def test_every_fault_is_told_with_its_place():
    """One error holds all of them, in the order of the text."""
    data = {
        "hours": {
            "mon": "09:00-12:00 11:00-17:00",
            "tue": "17:00-09:00",
            "wedn": "09:00-17:00",
            "thu": "nine to five",
            "fri": "09:60-17:00",
            "fri-mon": "09:00-17:00",
            "sat-sun": 9,
            "sun": "23:00-25:00",
        },
        "holiday": "cn",
        "holidays": "cm",
    }
    assert faults(data, "Asia/Shangai") == [
        ("holiday", "unknown_key"),
        ("hours.mon", "overlap"),
        ("hours.tue", "backward"),
        ("hours.wedn", "unknown_key"),
        ("hours.thu", "bad_value"),
        ("hours.fri", "bad_value"),
        ("hours.fri-mon", "backward"),
        ("hours.sat-sun", "bad_value"),
        ("hours.sun", "bad_value"),
        ("hours.sun", "duplicate"),
        ("zone", "unknown_name"),
        ("holidays", "unknown_name"),
    ]


@pytest.mark.parametrize(
    ("hours", "remedy"),
    [
        ({"wedn": "09:00-17:00"}, "did you mean 'wed'"),
        ({"mon": "22:00-06:00"}, "end at 24:00 and go on in the next day"),
        ({"fri-mon": "09:00-17:00"}, "write 'fri-sun' and 'mon'"),
        ({"mon": "9-17"}, "write '08:30-12:00 14:30-17:30'"),
        ({"mon-fri": "09:00-17:00", "wed": ""}, "wed has hours by 'mon-fri' already"),
    ],
)
def test_a_fault_says_what_to_write_instead(hours, remedy):
    """Subject, fact, rule and remedy in one line."""
    with pytest.raises(DefinitionError, match=remedy):
        Calendar.from_data("office", {"hours": hours}, "UTC")


@pytest.mark.parametrize("data", [{}, {"hours": {}}, {"hours": {"mon": "", "tue": "  "}}])
def test_a_calendar_without_any_hours_is_a_fault(data):
    """Nothing could ever be done in it."""
    assert faults(data) == [("hours", "empty")]


@pytest.mark.parametrize("data", [None, "mon", 5, ["mon"]])
def test_data_of_another_shape_is_a_fault_not_a_traceback(data):
    """A table is wanted, in place of the whole and in place of the hours."""
    assert faults(data) == [("", "bad_value")]
    assert faults({"hours": data}) == [("hours", "bad_value")]


@pytest.mark.parametrize("holidays", [5, True, ["cn"]])
def test_holidays_are_named_by_text(holidays):
    """A number or a list is no name of a table."""
    assert faults({"hours": {"mon": "09:00-17:00"}, "holidays": holidays}) == [("holidays", "bad_value")]


@pytest.mark.parametrize("zone", ["", "/etc/localtime", "../x", "Asia", "China", None, 8])
def test_a_zone_that_is_none_is_a_fault(zone):
    """Folders, paths and inventions are refused alike."""
    with pytest.raises(DefinitionError, match="zone"):
        Calendar.from_data("office", {"hours": {"mon": "09:00-17:00"}}, zone)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 7,
        (((540, 1020),),) * 5,
        (((540, 540),),) + ((),) * 6,
        (((1020, 540),),) + ((),) * 6,
        (((-60, 540),),) + ((),) * 6,
        (((540, 1441),),) + ((),) * 6,
        (((540, 720), (700, 800)),) + ((),) * 6,
    ],
)
def test_hours_given_as_tuples_are_checked_as_well(week):
    """A calendar made without text is as sound as one that was read."""
    with pytest.raises(DefinitionError):
        Calendar("office", "UTC", week)


@pytest.mark.parametrize(
    ("hours", "day"),
    [
        ({"mon-fri": "09:00-17:00"}, 8),
        ({"mon-thu": "08:00-16:00", "fri": "08:00-12:00"}, 8),
        ({"mon-tue": "08:00-12:00", "wed-thu": "08:00-14:00", "fri": "08:00-18:00"}, 6),
        ({"mon": "08:00-12:00", "sun": "08:00-10:00 11:00-14:00"}, 5),
        ({"mon-sun": "00:00-24:00"}, 24),
    ],
)
def test_a_normal_day_is_the_most_common_one_and_the_longest_on_ties(hours, day):
    """Closed days do not count."""
    assert Calendar.from_data("office", {"hours": hours}, "UTC").day == day * HOUR


def test_weekdays_begin_with_monday():
    """The order of the tuples is the order of the names."""
    hours = {name: f"{index:02d}:00-24:00" for index, name in enumerate(WEEKDAYS)}
    assert [day[0][0] for day in Calendar.from_data("c", {"hours": hours}, "UTC").hours] == [60 * n for n in range(7)]
