"""Instants: integer microseconds since 1970-01-01T00:00Z, and what a clock on the wall shows at them.

Here live the lengths of hour and day, the years that calendars answer for, and the way from text to an instant
and back to local time. Nothing here reads a clock or knows working hours; those are in `working`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from govflow.errors import UnknownName, UsageError

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, END_YEAR = 1900, 2500


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


YEAR_STARTS = tuple(
    accumulate(
        ((365 + _leap(year)) * DAY for year in range(FIRST_YEAR, END_YEAR)),
        initial=(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - EPOCH).days * DAY,
    )
)
"""The first instant of each year from 1900 to 2500, in UTC."""

FIRST, LAST = YEAR_STARTS[0], YEAR_STARTS[-1]
"""Calendars answer for instants in [FIRST, LAST): the years 1900 to 2499 in UTC."""

_TEXT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


def year_index(at: int) -> int:
    """Return which year of `YEAR_STARTS` the instant `at` lies in; UsageError outside [FIRST, LAST).

    >>> FIRST_YEAR + year_index(0)
    1970
    """
    if not FIRST <= at < LAST:
        raise UsageError(
            f"instant {at}: outside the years {FIRST_YEAR} to {END_YEAR - 1}; calendars answer for no others, "
            "and instants are microseconds since 1970-01-01T00:00Z"
        )
    return bisect_right(YEAR_STARTS, at) - 1


def load_zone(name: str) -> ZoneInfo:
    """Return the IANA time zone called `name`; UnknownName with the nearest spelling if there is none.

    >>> load_zone("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, TypeError, OSError):
        from zoneinfo import available_timezones  # walks the whole zone database: only for the message

        raise UnknownName("time zone", name, sorted(available_timezones())) from None


def local_time(at: int, zone: str) -> datetime:
    """Return what a clock in `zone` shows at the instant `at`, as an aware datetime.

    >>> local_time(0, "Asia/Shanghai").isoformat()
    '1970-01-01T08:00:00+08:00'
    """
    year_index(at)
    return (EPOCH + timedelta(microseconds=at)).astimezone(load_zone(zone))


def parse_instant(text: str, zone: str) -> int:
    """Return the instant of an ISO date or date and time; without an offset it is local time in `zone`.

    A date alone is the first instant of that local day. A local time that occurs twice (clocks set back) means
    the first; one that is skipped (clocks set forward) is read on the clock as it was before the change.
    UsageError for any other text, UnknownName for an unknown zone.

    >>> parse_instant("1970-01-01T09:00", "Asia/Shanghai") == 1 * HOUR
    True
    >>> parse_instant("1970-01-01T09:00Z", "Asia/Shanghai") == 9 * HOUR
    True
    """
    if not isinstance(text, str) or not _TEXT.fullmatch(text):
        raise UsageError(f"instant {text!r}: not a date or a date and time; write 2026-01-05 or 2026-01-05T09:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise UsageError(f"instant {text!r}: no such day or time ({problem}); write 2026-01-05T09:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=load_zone(zone))
    try:
        at = (moment - EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        at = LAST if moment.year > END_YEAR else FIRST - 1
    if not FIRST <= at < LAST:
        raise UsageError(f"instant {text!r}: outside the years {FIRST_YEAR} to {END_YEAR - 1}")
    return at
