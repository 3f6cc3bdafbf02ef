"""Standing visits: on which dates the times of a rhythm fall, and when a visit is made that falls on a holiday.

The times are found in ``planning.rhythms``. Weeks are counted as in ``planning.weeks``, so a plan made later goes on in
the same rhythm. What a visit may keep is no matter of planning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from attrs import frozen

from govflow.calendar import DAY, WEEKDAYS, Calendar
from govflow.errors import UsageError
from govflow.planning.checks import Instant, Name, checked
from govflow.planning.rhythms import Rhythm, VisitTime
from govflow.planning.weeks import days_in, instant_on, week_of


@checked
@frozen(order=True)
class Visit:
    """One visit at an instant; `put_off` because its own hour was closed, or taken by a visit put off earlier."""

    at: Instant
    whom: Name
    member: Name
    put_off: bool = False


@checked
@frozen
class Visits:
    """The visits in order of time, and those for which there was no hour before the next: (due instant, pair)."""

    visits: tuple[Visit, ...]
    missed: tuple[Visit, ...] = ()


@checked
def visit_dates(
    rhythm: Rhythm, calendar: Calendar, since: Instant, until: Instant, *, before: Iterable[Visit] = ()
) -> Visits:
    """Return the visits whose time falls in [since, until), in order; nobody is in two places at once.

    Where the calendar is closed then (a holiday), the visit is put off to the first hour, on one of the pair's days,
    that is open and free for the member, before the next one is due; where there is none it is `missed`. It may be
    put off beyond `until`; what is due there in the rhythm keeps its hours.

    `before` are the visits of all plans before this one. They stand, those put off beyond `since` among them. Given
    them, plans made piece by piece are the plan made at once; and where the rhythm has changed in between, a visit
    whose hour is taken is put off as well. UsageError for a visit of `before` within the time of this plan that was
    not put off there.

    >>> office = Calendar.from_data("office", {"hours": {"mon-fri": "09:00-17:00"}, "holidays": "cn"}, "Asia/Shanghai")
    >>> wednesdays = VisitTime("household/example-1", "member:example-1", 0, "wed", 9 * 60, days=("wed",))
    >>> rhythm = Rhythm(every=1, length=3_600_000_000, times=(wednesdays,))
    >>> dates = visit_dates(rhythm, office, office.instant("2026-02-09"), office.instant("2026-03-02"))
    >>> [office.local(visit.at).strftime("%a %d %b") for visit in dates.visits], len(dates.missed)
    (['Wed 11 Feb', 'Wed 25 Feb'], 1)
    """
    busy = _taken(before, calendar, since)
    visits, put_off, missed = [], [], []
    ahead = until + (7 * rhythm.every + 1) * DAY  # no visit is put off further
    for at, day, time in sorted(_due(rhythm, calendar, since, ahead), key=lambda one: (one[0], one[2])):
        taken = busy.setdefault(time.member, [])
        own = _is_open(calendar, at, rhythm.length) and _clear(at, taken, rhythm.length)
        if own:
            taken.append(at)
        if own and at < until:
            visits.append(Visit(at, time.whom, time.member))
        elif at < until:
            put_off.append((at, day, time))
    for at, day, time in put_off:
        taken = busy[time.member]
        later = (i for i in _later(calendar, day, time, rhythm) if i > at and _clear(i, taken, rhythm.length))
        if (instant := next(later, None)) is None:
            missed.append(Visit(at, time.whom, time.member))
        else:
            visits.append(Visit(instant, time.whom, time.member, put_off=True))
            taken.append(instant)
    return Visits(tuple(sorted(visits)), tuple(missed))


def _taken(before: Iterable[Visit], calendar: Calendar, since: int) -> dict[str, list[int]]:
    """Return when each member is at a visit of the plans before; UsageError where these reach beyond `since`."""
    taken: dict[str, list[int]] = {}
    for visit in before:
        if visit.at >= since and not visit.put_off:
            text = f"before: {visit.member} is due at {visit.whom} on {calendar.local(visit.at):%Y-%m-%d %H:%M} already"
            raise UsageError(f"{text}; let this plan begin where the one before ends")
        taken.setdefault(visit.member, []).append(visit.at)
    return taken


def _due(rhythm: Rhythm, calendar: Calendar, since: int, until: int) -> Iterator[tuple[int, date, VisitTime]]:
    """Yield each time that falls in [since, until), with its instant and its date."""
    by_day: dict[tuple[int, str], list[VisitTime]] = {}
    for time in rhythm.times:
        by_day.setdefault((time.week, time.weekday), []).append(time)
    for day in days_in(calendar, since, until):
        for time in by_day.get((week_of(day) % rhythm.every, WEEKDAYS[day.weekday()]), ()):
            at = instant_on(calendar, day, time.minute)
            if since <= at < until:
                yield at, day, time


def _later(calendar: Calendar, day: date, time: VisitTime, rhythm: Rhythm) -> Iterator[int]:
    """Yield the open hours for a visit on the pair's days, from its own day on until the next one is due."""
    for ahead in range(7 * rhythm.every):
        other = day + timedelta(days=ahead)
        if WEEKDAYS[other.weekday()] in time.days:
            start = instant_on(calendar, other)
            for opens, closes in calendar.intervals(start, start + DAY):
                yield from range(max(opens, start), min(closes, start + DAY) - rhythm.length + 1, rhythm.length)


def _clear(at: int, taken: Iterable[int], length: int) -> bool:
    return all(abs(at - other) >= length for other in taken)


def _is_open(calendar: Calendar, at: int, length: int) -> bool:
    return calendar.between(at, at + length) == length
