"""Standing visits: when each pair meets, every so many weeks, in the open hours of a calendar.

First `visit_times` gives each pair its own hour of its own weekday, which it keeps; then `visit_dates` says on which
dates that falls. Weeks are counted as in ``planning.weeks``, so a plan made later goes on in the same rhythm. Who is
paired is decided in ``planning.pairing``; what a visit may keep is no matter of planning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from attrs import field, frozen

from govflow.calendar import DAY, HOUR, MINUTE, WEEKDAYS, Calendar
from govflow.errors import DefinitionError, Fault, UsageError
from govflow.planning.asks import Pair
from govflow.planning.extra import require
from govflow.planning.flows import END, Flow
from govflow.planning.inputs import refuse, twice
from govflow.planning.weeks import days_in, instant_on, week_of

Slot = tuple[int, str, int]
"""A time of the rhythm: its week from 0, its weekday, and the minute of that day."""


@frozen(order=True)
class VisitTime:
    """When a member visits: in `week` (0 to ``every - 1``) of the rhythm, on `weekday`, `minute` after midnight.

    `days` are the weekdays that would do as well, where a visit falls on a closed day.
    """

    whom: str
    member: str
    week: int
    weekday: str
    minute: int
    days: tuple[str, ...] = WEEKDAYS

    @property
    def slot(self) -> Slot:
        """The time without the people."""
        return self.week, self.weekday, self.minute


@frozen
class Rhythm:
    """The standing visits: each pair's time, once in `every` weeks, `length` microseconds with the way there."""

    every: int
    length: int
    times: tuple[VisitTime, ...] = field(repr=False)


@frozen(order=True)
class Visit:
    """One visit at an instant; `put_off` because its own day or hour was closed."""

    at: int
    whom: str
    member: str
    put_off: bool = False


@frozen
class Visits:
    """The visits in order of time, and those for which there was no hour before the next: (due instant, pair)."""

    visits: tuple[Visit, ...]
    missed: tuple[Visit, ...] = ()


def visit_times(
    pairs: Iterable[Pair],
    calendar: Calendar,
    *,
    every: int = 2,
    length: int = HOUR,
    before: Iterable[VisitTime] = (),
) -> Rhythm:
    """Give each pair a time: on a day that suits both, in the calendar's weekly hours, nobody in two places at once.

    The fewest pairs get another time than in `before`; then visits spread over the times as evenly as these
    allow (the sum of squares is least). Several members of one household come in different weeks as far as there
    are weeks. The order of the input changes nothing. UsageError for no weeks or length, DefinitionError for every
    pair given twice, or left without a time because the calendar is closed on its days or its member has no hour left.

    >>> evenings = Calendar.from_data("evenings", {"hours": {"mon-fri": "19:00-21:00"}}, "Asia/Shanghai")
    >>> rhythm = visit_times([Pair("household/example-1", "member:example-1", ("tue",))], evenings)
    >>> rhythm.times[0].weekday, rhythm.times[0].minute in {19 * 60, 20 * 60}
    ('tue', True)
    """
    require("standing visits", "numpy", "ortools")
    if every < 1 or length < MINUTE or length % MINUTE:
        raise UsageError(f"a visit of {length} µs every {every} weeks: whole minutes and weeks, from 1 on, are wanted")
    pairs = sorted(pairs)
    old = {(time.whom, time.member): time.slot for time in before}
    open_slots = _open_slots(calendar, length)
    allowed = {
        (one.whom, one.member): [
            (week, day, minute) for week in weeks for day in one.days for minute in open_slots[day]
        ]
        for one, weeks in _weeks(pairs, old, every)
    }
    _check(pairs, allowed, calendar)
    slots = _spread_over(allowed, old)
    if late := sorted(allowed.keys() - slots.keys()):
        weeks = f"{every} week{'s' if every > 1 else ''}"
        room = f"in {weeks} of calendar {calendar.name!r}; give the member more days or fewer to visit"
        raise DefinitionError(
            "visits",
            [Fault(f"{m} → {w}", "no_hour", f"no {length // MINUTE} min are left {room}") for w, m in late],
        )
    times = (VisitTime(one.whom, one.member, *slots[one.whom, one.member], one.days) for one in pairs)
    return Rhythm(every, length, tuple(times))


def visit_dates(rhythm: Rhythm, calendar: Calendar, since: int, until: int) -> Visits:
    """Return the visits whose time falls in [since, until), in order.

    Where the calendar is closed then (a holiday), the visit is put off to the first hour, on one of the pair's days,
    that is open and free for the member, before the next one is due; where there is none it is `missed`.

    >>> office = Calendar.from_data("office", {"hours": {"mon-fri": "09:00-17:00"}, "holidays": "cn"}, "Asia/Shanghai")
    >>> rhythm = visit_times([Pair("household/example-1", "member:example-1", ("wed",))], office, every=1)
    >>> dates = visit_dates(rhythm, office, office.instant("2026-02-09"), office.instant("2026-03-02"))
    >>> [office.local(visit.at).strftime("%a %d %b") for visit in dates.visits], len(dates.missed)
    (['Wed 11 Feb', 'Wed 25 Feb'], 1)
    """
    found: list[Visit] = []
    closed = []
    busy: dict[str, list[int]] = {time.member: [] for time in rhythm.times}
    for at, day, time in sorted(_due(rhythm, calendar, since, until), key=lambda one: (one[0], one[2])):
        if _is_open(calendar, at, rhythm.length):
            found.append(Visit(at, time.whom, time.member))
            busy[time.member].append(at)
        else:
            closed.append((at, day, time))
    missed = []
    for at, day, time in closed:
        taken = busy[time.member]
        free = (i for i in _later(calendar, day, time, rhythm) if i > at and _clear(i, taken, rhythm.length))
        if (instant := next(free, None)) is None:
            missed.append(Visit(at, time.whom, time.member))
        else:
            found.append(Visit(instant, time.whom, time.member, put_off=True))
            taken.append(instant)
    return Visits(tuple(sorted(found)), tuple(missed))


# ------------------------------------------------------------ the rhythm
def _open_slots(calendar: Calendar, length: int) -> dict[str, list[int]]:
    """Return by weekday the minutes at which a visit can begin, one visit after another from each opening."""
    step = length // MINUTE
    return {
        day: [minute for opens, closes in hours for minute in range(opens, closes - step + 1, step)]
        for day, hours in zip(WEEKDAYS, calendar.hours, strict=True)
    }


def _weeks(
    pairs: Sequence[Pair], old: Mapping[tuple[str, str], Slot], every: int
) -> Iterator[tuple[Pair, Sequence[int]]]:
    """Yield each pair with the weeks it may have: all of them, or one where a household has several members.

    Of several members those who have a time keep its week, the others take the weeks that are taken least.
    """
    for at, (_, group) in enumerate(groupby(pairs, key=lambda one: one.whom)):
        together = sorted(group, key=lambda one: ((one.whom, one.member) not in old, one))
        taken: list[int] = []
        for one in together:
            if len(together) == 1:
                yield one, range(every)
                continue
            had = old.get((one.whom, one.member))
            fresh = min(range(every), key=lambda week: (taken.count(week), (week - at) % every))
            taken.append(fresh if had is None or had[0] >= every else had[0])
            yield one, taken[-1:]


def _check(pairs: Sequence[Pair], allowed: Mapping[tuple[str, str], Sequence[Slot]], calendar: Calendar) -> None:
    """Refuse pairs given twice, and pairs on whose days the calendar has no hour long enough."""
    faults = list(twice("pairs", [f"{one.member} → {one.whom}" for one in pairs]))
    for (whom, member), slots in sorted(allowed.items()):
        if not slots:
            text = f"calendar {calendar.name!r} has no hour long enough on their days; take another, or shorter visits"
            faults.append(Fault(f"{member} → {whom}", "closed", text))
    refuse("visits", faults)


def _spread_over(
    allowed: Mapping[tuple[str, str], Sequence[Slot]], old: Mapping[tuple[str, str], Slot]
) -> dict[tuple[str, str], Slot]:
    """Return a slot for each pair that can have one: from pairs, through the member's own hours, to the end."""
    change = 1 + len(allowed) ** 2  # dearer than any crowding: the n-th visit at one time costs n
    flow = Flow()
    arcs = {}
    crowd: Counter[Slot] = Counter()
    own = set()
    for (whom, member), slots in sorted(allowed.items()):
        key = (whom, member)
        flow.supply(key, 1)
        flow.arc(key, END, cost=change * (1 + len(allowed)))
        for slot in slots:
            arcs[flow.arc(key, (member, *slot), cost=change * (key in old and old[key] != slot))] = key, slot
            if (member, slot) not in own:
                own.add((member, slot))
                crowd[slot] += 1
                flow.arc((member, *slot), slot)
    for slot, most in sorted(crowd.items()):
        flow.steps(slot, END, range(1, most + 1))
    flows = flow.solve()
    return {key: slot for arc, (key, slot) in arcs.items() if flows[arc]}


# ------------------------------------------------------------ the dates
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
