"""The working calendar: weekly hours in a zone, with holidays or without, and what can be asked of it.

`Calendar` is a frozen value, hashable and small; the numbers behind its answers are in `timeline`, made when
first asked for and never part of its equality. It knows no unit and no case; levels name calendars, in
`organization`, and the community bundles them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from attrs import field, frozen

from govflow.calendar.duration import Duration
from govflow.calendar.holidays import load_holidays
from govflow.calendar.hours import (
    DAY_MINUTES,
    Interval,
    Week,
    joined_week,
    normal_day,
    parse_week,
    week_data,
    week_faults,
)
from govflow.calendar.instants import MINUTE, load_zone, local_time, parse_instant
from govflow.calendar.timeline import Timeline
from govflow.errors import DefinitionError, Fault, UnknownName, hint

_KEYS = ("hours", "holidays", "source")


@frozen
class Calendar:
    """When people work: `hours` for each weekday, Monday first, local to `zone`; `holidays` names a table or is None.

    `source` says who gives the hours. With a holiday table, days off are closed and make-up workdays have Monday's
    hours (the first hours that Monday to Friday have); without one, every week is the same. Instants and lengths
    are microseconds. DefinitionError, with every fault, when hours are unsound or a name is not known.

    >>> office = Calendar.from_data("office", {"hours": {"mon-fri": "09:00-17:00"}}, "Asia/Shanghai")
    >>> due = office.add(office.instant("2026-01-05T16:00"), Duration.parse("1d"))
    >>> office.local(due).isoformat()
    '2026-01-06T16:00:00+08:00'
    """

    name: str
    zone: str
    hours: Week = field(converter=joined_week)
    holidays: str | None = None
    source: str = "assumption"

    def __attrs_post_init__(self) -> None:
        faults = week_faults(self.hours) + _name_faults(self.zone, self.holidays)
        if faults:
            raise DefinitionError(f"calendar {self.name!r}", faults)

    @classmethod
    def from_data(cls, name: str, data: Mapping[str, Any], zone: str) -> Calendar:
        """Return the calendar that `data`, a table with `hours` and perhaps `holidays`, describes.

        DefinitionError holds every fault, each with its key path inside the calendar, ``hours.mon``.

        >>> evenings = Calendar.from_data("evenings", {"hours": {"mon-sun": "19:00-21:00"}}, "Asia/Shanghai")
        >>> evenings.day // MINUTE
        120
        """
        subject = f"calendar {name!r}"
        if not isinstance(data, Mapping):
            raise DefinitionError(subject, [Fault("", "bad_value", "must be a table with the key 'hours'")])
        faults = [
            Fault(str(key), "unknown_key", f"a calendar has no key {key!r}{hint(str(key), _KEYS)}")
            for key in data
            if key not in _KEYS
        ]
        week, wrong = parse_week(data.get("hours", {}))
        holidays = data.get("holidays")
        faults += wrong + _name_faults(zone, holidays)
        if not isinstance(source := data.get("source", "assumption"), str):
            faults.append(
                Fault("source", "bad_value", f"source is {source!r}: must be a text that says who gives the hours")
            )
        if faults:
            raise DefinitionError(subject, faults)
        return cls(name, zone, week, holidays, source)

    def to_data(self) -> dict[str, Any]:
        """Return the table that `from_data` reads as an equal calendar; name and zone stand outside it."""
        data: dict[str, Any] = {"hours": week_data(self.hours)}
        optional = {"holidays": (self.holidays, None), "source": (self.source, "assumption")}
        return data | {key: value for key, (value, default) in optional.items() if value != default}

    @cached_property
    def day(self) -> int:
        """A normal working day in microseconds: the most common length of an open weekday, the longest on ties."""
        return normal_day(self.hours) * MINUTE

    def working(self, at: int) -> bool:
        """Say whether `at` is working time; an opening is, a closing is not."""
        return self._timeline.working(at)

    def between(self, start: int, end: int) -> int:
        """Return the working time from `start` to `end`, negative when `end` is the earlier."""
        return self._timeline.between(start, end)

    def add(self, at: int, within: int | Duration) -> int:
        """Return the earliest instant from `at` on that has the working time `within` behind it.

        ``between(at, add(at, d)) == d`` exactly, an instant that falls on a closing is the closing, and adding
        nothing gives `at`. The days of a `Duration` are this calendar's own. UsageError for negative lengths
        and beyond the year 2499.
        """
        return self._timeline.add(at, within.us(self.day) if isinstance(within, Duration) else within)

    def next_opening(self, at: int) -> int:
        """Return the first instant at or after `at` that is working time: `at` itself while open."""
        return self._timeline.next_opening(at)

    def intervals(self, start: int, end: int) -> list[Interval]:
        """Return the open intervals (opening, closing) that overlap [start, end), whole and in order.

        Intervals that adjoin are one, over midnight and over the end of a year; a calendar that never closes
        has the single interval from `FIRST` to `LAST`.
        """
        return self._timeline.intervals(start, end)

    def provisional(self, at: int) -> bool:
        """Say whether `at` lies beyond the last year for which the holidays are published."""
        return self.holidays is not None and self.local(at).year > load_holidays(self.holidays).last_year

    def local(self, at: int) -> datetime:
        """Return what the clock on the wall shows at `at`, as an aware datetime."""
        return local_time(at, self.zone)

    def instant(self, text: str) -> int:
        """Return the instant of a date, or a date and time, in this calendar's zone; see `parse_instant`."""
        return parse_instant(text, self.zone)

    @cached_property
    def _timeline(self) -> Timeline:
        holidays = None if self.holidays is None else load_holidays(self.holidays)
        return Timeline(self.hours, load_zone(self.zone), holidays)


def _name_faults(zone: object, holidays: object) -> list[Fault]:
    """Return a fault for a zone and for a holiday table that are not known."""
    faults = []
    for path, name, load in (("zone", zone, load_zone), ("holidays", holidays, load_holidays)):
        if path == "holidays" and name is None:
            continue
        if not isinstance(name, str):
            faults.append(Fault(path, "bad_value", f"must be a name in quotes, not {name!r}"))
            continue
        try:
            load(name)
        except UnknownName as problem:
            faults.append(Fault(path, "unknown_name", str(problem)))
    return faults


ALWAYS = Calendar("always", "UTC", (((0, DAY_MINUTES),),) * 7)
"""The calendar that never closes: working time is elapsed time and a day has 24 hours."""
