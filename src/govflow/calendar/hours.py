"""Weekly hours: from text such as ``"mon-fri" = "08:30-12:00 14:30-17:30"`` to tuples of minutes and back.

A `Week` holds for each weekday, Monday first, its intervals ``(start, end)`` in minutes of the local day,
half-open, in order, apart from each other. No dates, no zone, no holidays here: `timeline` adds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise

from govflow.errors import Fault, hint

Interval = tuple[int, int]
Week = tuple[tuple[Interval, ...], ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60

_INTERVAL = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)", re.ASCII)
_FORM = "write '08:30-12:00 14:30-17:30', or '' where it is closed"


def parse_week(data: object) -> tuple[Week, list[Fault]]:
    """Return the week that `data` describes (weekday or range → text of intervals), and every fault in it.

    Weekdays not named are closed; each may be named once. Intervals that touch are joined.

    >>> week, faults = parse_week({"mon-fri": "09:00-12:00 12:00-17:00"})
    >>> week[0], week[6], faults
    (((540, 1020),), (), [])
    """
    if not isinstance(data, Mapping):
        return ((),) * 7, [Fault("hours", "bad_value", "must be a table from weekday to hours, mon = '09:00-17:00'")]
    week: list[tuple[Interval, ...]] = [()] * 7
    named: dict[int, str] = {}
    faults: list[Fault] = []
    for key, value in data.items():
        path = f"hours.{key}"
        days, wrong = _parse_days(path, str(key))
        faults += wrong
        intervals, wrong = _parse_intervals(path, value)
        faults += wrong
        for day in days:
            if day in named:
                text = f"{WEEKDAYS[day]} has hours by {named[day]!r} already; name each weekday once"
                faults.append(Fault(path, "duplicate", text))
            named.setdefault(day, str(key))
            week[day] = intervals
    if not faults and not any(week):
        faults.append(Fault("hours", "empty", "a calendar needs hours on at least one weekday, mon = '09:00-17:00'"))
    return joined_week(week), faults


def joined_week(week: Iterable[Iterable[Interval]]) -> Week:
    """Return the week as tuples, intervals that touch as one: equal hours are then equal weeks.

    >>> joined_week([[(540, 720), (720, 1020)]] + [[]] * 6)[0]
    ((540, 1020),)
    """
    return tuple(tuple(_joined(intervals)) for intervals in week)


def week_data(week: Week) -> dict[str, str]:
    """Return the week as `parse_week` reads it, equal neighbours as a range, closed days left out.

    >>> week_data(parse_week({"mon": "9:00-17:00", "tue": "09:00-17:00", "sat": "00:00-24:00"})[0])
    {'mon-tue': '09:00-17:00', 'sat': '00:00-24:00'}
    """
    data = {}
    for intervals, run in groupby(range(7), key=lambda day: week[day]):
        days = list(run)
        if intervals:
            data[_span(days[0], days[-1])] = " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in intervals)
    return data


def week_faults(week: Week) -> list[Fault]:
    """Return what is wrong with a week given as tuples: seven days, sound intervals, something open."""
    if len(week) != 7:
        return [Fault("hours", "bad_value", f"must hold seven weekdays, Monday first, has {len(week)}")]
    faults = []
    for name, intervals in zip(WEEKDAYS, week, strict=True):
        faults += _interval_faults(f"hours.{name}", intervals)
    if not any(week):
        faults.append(Fault("hours", "empty", "a calendar needs hours on at least one weekday"))
    return faults


def normal_day(week: Week) -> int:
    """Return the minutes of a normal working day: the most common length of an open day, the longest on ties.

    >>> normal_day(parse_week({"mon-thu": "08:00-16:00", "fri": "08:00-12:00"})[0])
    480
    """
    lengths = [sum(end - start for start, end in intervals) for intervals in week if intervals]
    return max(lengths, key=lambda length: (lengths.count(length), length))


def _parse_days(path: str, key: str) -> tuple[range, list[Fault]]:
    first, dash, last = key.partition("-")
    names = (first, last) if dash else (first,)
    unknown = [name for name in names if name not in WEEKDAYS]
    if unknown:
        text = f"unknown weekday {unknown[0]!r}{hint(unknown[0], WEEKDAYS)}"
        return range(0), [Fault(path, "unknown_key", text)]
    start, end = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
    if end < start:
        text = f"runs backward; a week begins on mon: write {_span(start, 6)!r} and {_span(0, end)!r}"
        return range(0), [Fault(path, "backward", text)]
    return range(start, end + 1), []


def _parse_intervals(path: str, text: object) -> tuple[tuple[Interval, ...], list[Fault]]:
    if not isinstance(text, str):
        return (), [Fault(path, "bad_value", f"hours are text, not {text!r}; {_FORM}")]
    intervals = []
    for part in text.split():
        found = _INTERVAL.fullmatch(part)
        if not found:
            return (), [Fault(path, "bad_value", f"{part!r} is no interval of hours; {_FORM}")]
        hour, minute, end_hour, end_minute = map(int, found.groups())
        if minute > 59 or end_minute > 59:
            return (), [Fault(path, "bad_value", f"{part!r}: an hour has minutes 00 to 59; {_FORM}")]
        intervals.append((hour * 60 + minute, end_hour * 60 + end_minute))
    faults = _interval_faults(path, tuple(intervals))
    return (() if faults else tuple(intervals)), faults


def _interval_faults(path: str, intervals: tuple[Interval, ...]) -> list[Fault]:
    faults = []
    for start, end in intervals:
        shown = f"{_clock(start)}-{_clock(end)}"
        if start < 0 or end > DAY_MINUTES:
            faults.append(Fault(path, "bad_value", f"{shown}: a day runs from 00:00 to 24:00"))
        elif end <= start:
            text = f"{shown} runs backward or is empty; past midnight, end at 24:00 and go on in the next day"
            faults.append(Fault(path, "backward", text))
    for before, after in pairwise(intervals):
        if after[0] < before[1] and not faults:
            text = f"{_clock(after[0])} comes before {_clock(before[1])}: intervals must follow one another"
            faults.append(Fault(path, "overlap", text))
    return faults


def _joined(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the intervals, those that touch as one."""
    waiting: Interval | None = None
    for start, end in intervals:
        if waiting is not None and waiting[1] == start:
            waiting = (waiting[0], end)
            continue
        if waiting is not None:
            yield waiting
        waiting = (start, end)
    if waiting is not None:
        yield waiting


def _span(first: int, last: int) -> str:
    return WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
