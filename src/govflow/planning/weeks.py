"""Days and weeks as they hang on the wall: the days of a span, an instant on the clock, the number of a week.

Weeks are counted from one fixed Monday, so whatever comes every so many weeks goes on in the same rhythm in every
plan. ``planning.timetables`` and ``planning.rhythms`` count by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from govflow.calendar import Calendar

MONDAY = date(1970, 1, 5)
"""The Monday from which weeks are counted."""


def week_of(day: date) -> int:
    """Return the number of a day's week.

    >>> week_of(date(1970, 1, 11)), week_of(date(1970, 1, 12))
    (0, 1)
    """
    return (day - MONDAY).days // 7


def days_in(calendar: Calendar, since: int, until: int) -> Iterator[date]:
    """Yield the calendar's local days that have a part in [since, until), in order."""
    day = calendar.local(since).date()
    while instant_on(calendar, day) < until:
        yield day
        day += timedelta(days=1)


def instant_on(calendar: Calendar, day: date, minutes: int = 0) -> int:
    """Return the instant so many minutes after midnight on the clock on the wall; 24:00 is the next midnight."""
    days, minutes = divmod(minutes, 24 * 60)
    return calendar.instant(f"{day + timedelta(days=days)}T{minutes // 60:02d}:{minutes % 60:02d}")
