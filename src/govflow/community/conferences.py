"""When joint conferences (联席会议) sit: their timetable laid over a working calendar (rule S5).

One count for everybody: the simulation deals cases to these sessions, the desk's agenda is made for them. What happens
in a session is no matter of this floor.
"""

from __future__ import annotations

from datetime import date, timedelta

from govflow.calendar import WEEKDAYS, Calendar, local_time, parse_instant
from govflow.community.model import Community
from govflow.organization import Conference


def conference_calendar(community: Community, meeting: Conference) -> Calendar:
    """Return the calendar by which a conference sits: that of the first unit of its level."""
    units = community.organization.units(meeting.level)
    at = community.organization.index(units[0]) if units else 0
    return community.calendars[community.organization.calendar(at)]


def conference_sessions(meeting: Conference, calendar: Calendar, *, start: int, until: int) -> tuple[int, ...]:
    """Return the sessions of a conference that begin in [start, until), as instants in order (µs UTC).

    Every so many weeks, counted from one fixed Monday, and not on a day without working hours in the calendar.

    >>> import govflow as gf
    >>> beida = gf.load("beida")
    >>> meeting = beida.plan.conferences[0]
    >>> days = conference_calendar(beida, meeting)
    >>> february = {"start": days.instant("2026-02-01"), "until": days.instant("2026-03-01")}
    >>> [f"{days.local(at):%d %H:%M}" for at in conference_sessions(meeting, days, **february)]
    ['06 15:00']
    """
    day, last = local_time(start, calendar.zone).date(), local_time(until, calendar.zone).date()
    found = []
    while day <= last:
        if WEEKDAYS[day.weekday()] == meeting.weekday and (day.toordinal() - 1) // 7 % meeting.every == 0:
            at = parse_instant(f"{day.isoformat()}T{meeting.time}", calendar.zone)
            if start <= at < until and _works_on(calendar, day):
                found.append(at)
        day += timedelta(days=1)
    return tuple(found)


def _works_on(calendar: Calendar, day: date) -> bool:
    """Say whether a calendar has any working time on a local day."""
    opens = parse_instant(day.isoformat(), calendar.zone)
    return calendar.between(opens, parse_instant((day + timedelta(days=1)).isoformat(), calendar.zone)) > 0
