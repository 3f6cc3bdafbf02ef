"""Limits that a field of a command says: until the day that somebody named begins, or through it, at most so long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govflow.calendar import DAY
from govflow.casework.editions import Edition
from govflow.errors import UsageError
from govflow.program import NOTHING
from govflow.program.columns import C_WORKING


def field_limits(edition: Edition, lifecycle: int, unit: int, fields: Mapping[str, Any], at: int) -> Mapping[int, int]:
    """Return the limits in µs by local clock that the dates among `fields` say for a case at `unit` from `at` on."""
    if not fields or not edition.dated[lifecycle]:
        return NOTHING
    program = edition.program
    first = edition.clocks(lifecycle).start
    limits = {}
    for clock, limit in edition.dated[lifecycle]:
        date = fields.get(limit.field)
        if date is None:
            continue
        calendar = program.calendars[program.places.calendar[unit]]
        working = program.rules.clocks[clock][C_WORKING]
        day = edition.local_midnight(date, days=int(limit.through))
        length = calendar.between(at, day) if working else day - at
        if not 0 < length <= limit.at_most.us(calendar.day if working else DAY):
            rule = f"must be a day to come, at most {limit.at_most} away"
            raise UsageError(f"{limit.field!r} is {date}: {rule}; name another day")
        limits[clock - first] = length
    return limits
