"""Timetables: at which stop a mobile station stands when, and how places take turns.

A timetable is the week as it is printed on the notice board; its `sessions` are shifts like any other, to be
staffed by ``planning.rotas`` and exported by ``planning.icalendar``. It knows no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from math import gcd

from attrs import evolve, field, frozen

from govflow.calendar import MINUTE, WEEKDAYS, Calendar
from govflow.calendar.hours import Week, parse_week
from govflow.errors import DefinitionError, Fault, UsageError
from govflow.planning.checks import Instant, Name, Natural, Positive, checked
from govflow.planning.shifts import Shift, holidays_of, off_day
from govflow.planning.weeks import days_in, instant_on, week_of


@checked
@frozen
class Stop:
    """A place where the station stands at the `hours` of a calendar's table (``{"wed": "10:00-12:00"}``).

    `every` so many weeks, in the `turn`-th of them (0, 1, …), counted from one fixed Monday (``planning.weeks``).
    """

    place: str
    hours: Mapping[str, str]
    every: int = 1
    turn: int = 0

    def week(self) -> Week:
        """Return the hours for each weekday, Monday first; faults are told by the `Timetable`."""
        return parse_week(self.hours)[0]


def _stops(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    return tuple(stops)


@checked
@frozen
class Timetable:
    """The stops of one mobile station, a `unit`, with the time `travel` (microseconds) it needs between two of them.

    DefinitionError tells every fault: hours that cannot be read, and stops that the station cannot both reach.
    """

    unit: Name
    stops: tuple[Stop, ...] = field(converter=_stops)
    travel: Natural = 0

    def __attrs_post_init__(self) -> None:
        faults = [fault for number, stop in enumerate(self.stops) for fault in _stop_faults(number, stop)]
        if not faults:
            faults = [fault for pair in combinations(self.stops, 2) for fault in _pair_faults(*pair, self.travel)]
        if faults:
            raise DefinitionError(f"timetable of {self.unit}", faults)


@checked
def sessions(
    timetable: Timetable,
    calendar: Calendar,
    since: Instant,
    until: Instant,
    *,
    needs: Positive = 1,
    skills: Mapping[str, Positive] | None = None,
) -> tuple[Shift, ...]:
    """Return the sessions of a timetable that begin in [since, until), in order, as shifts.

    Stops are held in the calendar's zone, and not on a day without working hours in it, so that holidays cancel
    them. The id is the station, the local beginning and the place.

    >>> days = Calendar.from_data("days", {"hours": {"mon-fri": "09:00-17:00"}, "holidays": "cn"}, "Asia/Shanghai")
    >>> bus = Timetable("station/bus", [Stop("grid/1", {"wed": "10:00-12:00"})])
    >>> found = sessions(bus, days, days.instant("2026-02-01"), days.instant("2026-03-01"))
    >>> [shift.id for shift in found]  # not on the 18th, in the Spring Festival
    ['station/bus/20260204T1000/grid/1', 'station/bus/20260211T1000/grid/1', 'station/bus/20260225T1000/grid/1']
    """
    if until <= since:
        raise UsageError(f"sessions of {timetable.unit!r} from {since} to {until}: the span must be positive")
    holidays = holidays_of(calendar)
    found = []
    for day in days_in(calendar, since, until):
        midnight, next_midnight = instant_on(calendar, day), instant_on(calendar, day + timedelta(days=1))
        if not calendar.between(midnight, next_midnight):
            continue
        for stop in timetable.stops:
            for opening, closing in stop.week()[day.weekday()] if _held(stop, day) else ():
                shift = Shift(
                    id=f"{timetable.unit}/{day:%Y%m%d}T{opening // 60:02d}{opening % 60:02d}/{stop.place}",
                    start=instant_on(calendar, day, opening),
                    end=instant_on(calendar, day, closing),
                    unit=timetable.unit,
                    place=stop.place,
                    needs=needs,
                    skills=skills or {},
                    off=off_day(day, holidays),
                )
                found.append(shift)
    return tuple(sorted((one for one in found if since <= one.start < until), key=lambda one: (one.start, one.id)))


@checked
def take_turns(places: Sequence[str], shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    """Return the shifts with the places in turn: any two places get the same number or one more, evenly apart.

    The shift's id stays, so that a session moved to another place is the same session.

    >>> slots = [Shift(f"session/{number}", number, number + 1) for number in range(5)]
    >>> [shift.place for shift in take_turns(["grid/1", "grid/2"], slots)]
    ['grid/1', 'grid/2', 'grid/1', 'grid/2', 'grid/1']
    """
    if not places:
        raise UsageError("take_turns: there are no places; give at least one")
    order = sorted(shifts, key=lambda shift: (shift.start, shift.id))
    return tuple(evolve(shift, place=places[number % len(places)]) for number, shift in enumerate(order))


@checked
def next_session(shifts: Sequence[Shift], place: str, at: Instant) -> Shift | None:
    """Return the next session at a place that is not over at the instant `at`, or None."""
    coming = [shift for shift in shifts if shift.place == place and shift.end > at]
    return min(coming, key=lambda shift: (shift.start, shift.id), default=None)


def _held(stop: Stop, day: date) -> bool:
    return week_of(day) % stop.every == stop.turn


def _stop_faults(number: int, stop: Stop) -> Iterator[Fault]:
    path = f"stops[{number}]"
    for fault in parse_week(stop.hours)[1]:
        yield evolve(fault, path=f"{path}.{fault.path}")
    if stop.every < 1 or not 0 <= stop.turn < stop.every:
        text = f"every {stop.every} weeks, turn {stop.turn}: every is 1 or more, turn from 0 to below it"
        yield Fault(path, "bad_value", text)


def _pair_faults(one: Stop, other: Stop, travel: int) -> Iterator[Fault]:
    """Yield where two stops are held in the same week too near for the station to reach both."""
    if (one.turn - other.turn) % gcd(one.every, other.every):
        return  # never in the same week
    for name, mine, theirs in zip(WEEKDAYS, one.week(), other.week(), strict=True):
        for begin, finish in mine:
            for opening, closing in theirs:
                if opening * MINUTE < finish * MINUTE + travel and begin * MINUTE < closing * MINUTE + travel:
                    text = f"{one.place} and {other.place} on {name}: too near for one station to be at both"
                    yield Fault("stops", "overlap", text)
