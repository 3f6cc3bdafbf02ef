"""Duties and sessions as an iCalendar file (RFC 5545), for everybody's own telephone.

People appear by their opaque ids, by names only when the caller gives them, and not at all when no duty is given.
The package `icalendar` writes the file; ``planning.rotas`` and ``planning.timetables`` make what goes in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from uuid import UUID, uuid5

from govflow.calendar import local_time
from govflow.errors import UnknownName
from govflow.planning.checks import Instant, Natural, checked
from govflow.planning.duty import Duty
from govflow.planning.extra import require
from govflow.planning.shifts import Shift

NAMESPACE = UUID("6f1d6c55-6f0b-5ac0-8a2b-9f2c1f6a7b11")
"""The name space of the UIDs: an event's UID depends on this and on its shift's id alone."""


@checked
def to_icalendar(
    shifts: Iterable[Shift],
    *,
    at: Instant,
    zone: str = "Asia/Shanghai",
    duty: Duty | None = None,
    person: str | None = None,
    names: Mapping[str, str] | None = None,
    sequence: Natural = 0,
) -> str:
    """Return the shifts as the text of an iCalendar file, times in `zone`, made at the instant `at`.

    A shift keeps its UID in every file, so a second import updates the first; raise `sequence` with each new
    edition of a rota. With `duty` the description tells who is on duty, by id or as `names` has it; `person`
    leaves only their own duties, UnknownName for one who is neither on duty nor in `names`. MissingExtra when the
    package `icalendar` is not there.

    >>> text = to_icalendar([Shift("station/mall/20260105T0900", 0, 3_600_000_000, unit="station/mall")], at=0)
    >>> [line for line in text.splitlines() if line.startswith(("DTSTART", "SUMMARY"))][-2:]
    ['SUMMARY:station/mall', 'DTSTART;TZID=Asia/Shanghai:19700101T080000']
    """
    require("the iCalendar export", "icalendar")
    import icalendar

    duty, names = duty or {}, names or {}
    known = sorted({*names, *chain.from_iterable(duty.values())})
    if person is not None and person not in known:
        raise UnknownName("person on duty", person, known)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//govflow//planning//EN")
    calendar.add("version", "2.0")
    for shift in sorted(shifts, key=lambda shift: (shift.start, shift.id)):
        present = duty.get(shift.id, ())
        if person is not None and person not in present:
            continue
        event = icalendar.Event()
        event.add("uid", str(uuid5(NAMESPACE, shift.id)))
        event.add("dtstamp", local_time(at, "UTC"))
        event.add("sequence", sequence)
        event.add("dtstart", local_time(shift.start, zone))
        event.add("dtend", local_time(shift.end, zone))
        event.add("summary", shift.unit or shift.id)
        if shift.place:
            event.add("location", shift.place)
        if present:
            event.add("description", ", ".join(names.get(one, one) for one in present))
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())
