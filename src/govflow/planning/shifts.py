"""Shifts: what has to be staffed and when, written one by one or cut out of a calendar's opening hours.

A shift knows its place and its needs, never who does it: that is ``planning.duty`` and ``planning.rotas``. A mobile
station's sessions are shifts too and come from ``planning.timetables``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice, pairwise

from attrs import field, frozen

from govflow.calendar import MINUTE, Calendar, load_holidays
from govflow.calendar.holidays import Holidays
from govflow.errors import UsageError
from govflow.planning.checks import Instant, Name, Positive, checked
from govflow.planning.weeks import instant_on

SHORTEST = 15 * MINUTE
"""No shift is cut shorter: whoever gives less means another unit."""

MOST = 100_000
"""More shifts are never made at once."""


@checked
@frozen
class Shift:
    """One shift [start, end), in microseconds, of a `unit` at a `place`: it needs so many people.

    `skills` says how many of them at least must have a skill; one person with two skills counts for both. `off`
    marks a duty on a weekend or public holiday, which is shared out on its own count.
    """

    id: Name
    start: Instant
    end: Instant
    unit: str = ""
    place: str = ""
    needs: Positive = 1
    skills: Mapping[str, Positive] = field(factory=dict)
    off: bool = False

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise UsageError(f"shift {self.id!r}: its end must come after its start")
        for skill, least in self.skills.items():
            if least > self.needs:
                raise UsageError(f"shift {self.id!r} needs {self.needs} and of them {least} with {skill!r}: too many")


@checked
def shifts_from(
    calendar: Calendar,
    since: Instant,
    until: Instant,
    *,
    unit: Name,
    length: Positive | None = None,
    needs: Positive = 1,
    skills: Mapping[str, Positive] | None = None,
    holidays: str | None = None,
) -> tuple[Shift, ...]:
    """Return the shifts of `unit` while `calendar` is open in [since, until), in order.

    Each open interval of a local day is one shift, or the fewest equal ones not longer than `length`. The
    calendar's own holidays are closed; for a station that opens on holidays too, `holidays` names the table that
    says which duties count as `off`. The id is the unit and the local beginning, so it stays the same whenever the
    shifts are made. UsageError when `until` is not after `since`, for a `length` under 15 minutes, and for more
    than 100,000 shifts.

    >>> station = Calendar.from_data("s", {"hours": {"mon-fri": "09:00-12:00 14:00-17:00"}}, "Asia/Shanghai")
    >>> week = shifts_from(station, station.instant("2026-01-05"), station.instant("2026-01-12"), unit="station/mall")
    >>> len(week), week[1].id
    (10, 'station/mall/20260105T1400')
    """
    if until <= since or (length is not None and length < SHORTEST):
        text = f"from {since} to {until}, of {length} µs each" if length is not None else f"from {since} to {until}"
        rule = "the span must be positive and a shift last 15 minutes or more; times are microseconds, 4 * HOUR"
        raise UsageError(f"shifts of {unit!r} {text}: {rule}")
    known = holidays_of(calendar, holidays)
    pieces = list(islice(_pieces(calendar, since, until, length), MOST + 1))
    if len(pieces) > MOST:
        raise UsageError(f"shifts of {unit!r}: more than {MOST:,} in the span; give a shorter span or longer shifts")
    return tuple(
        Shift(
            id=f"{unit}/{calendar.local(opening):%Y%m%dT%H%M}",
            start=opening,
            end=closing,
            unit=unit,
            needs=needs,
            skills=skills or {},
            off=off_day(calendar.local(opening).date(), known),
        )
        for opening, closing in pieces
    )


def holidays_of(calendar: Calendar, name: str | None = None) -> Holidays | None:
    """Return the holiday table called `name`, else the calendar's own, or None."""
    name = name or calendar.holidays
    return None if name is None else load_holidays(name)


def off_day(day: date, holidays: Holidays | None = None) -> bool:
    """Say whether a duty on `day` is one of a weekend or public holiday; a make-up workday is neither.

    >>> off_day(date(2026, 1, 3)), off_day(date(2026, 1, 5))
    (True, False)
    """
    if holidays is not None and day.isoformat() in holidays.workdays:
        return False
    return day.weekday() >= 5 or (holidays is not None and day.isoformat() in holidays.days_off)


def _pieces(calendar: Calendar, since: int, until: int, length: int | None) -> Iterator[tuple[int, int]]:
    """Yield the open time in [since, until), cut at local midnights and then into equal parts."""
    for opens, closes in calendar.intervals(since, until):
        start, last = max(opens, since), min(closes, until)
        while start < last:
            end = min(last, instant_on(calendar, calendar.local(start).date() + timedelta(days=1)))
            parts = 1 if length is None else -(-(end - start) // length)
            yield from pairwise(start + (end - start) * part // parts for part in range(parts + 1))
            start = end
