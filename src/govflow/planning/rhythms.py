"""Rhythms: at which hour of which weekday each pair meets, every so many weeks, in the open hours of a calendar.

Each pair gets its own time and keeps it. First it gets a day of the rhythm, by an integer program
(``planning.integers``), then an hour of that day, by a flow (``planning.flows``); no day is given to more visits of a
member than it has hours. Weeks are counted as in ``planning.weeks``. Who is paired is decided in ``planning.pairing``,
on which dates a time falls in ``planning.visits``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import lcm
from typing import Annotated, TypeVar

from attrs import field, frozen

from govflow.calendar import HOUR, MINUTE, WEEKDAYS, Calendar
from govflow.errors import Fault, UsageError
from govflow.planning.asks import Pair
from govflow.planning.checks import Name, Natural, Positive, Weekday, Whole, checked
from govflow.planning.extra import require
from govflow.planning.flows import END, Flow
from govflow.planning.inputs import refuse, twice
from govflow.planning.integers import NODES, IntegerProgram, Terms

K = TypeVar("K")
Day = tuple[int, str]
"""A day of the rhythm: its week from 0 and its weekday."""
Slot = tuple[int, str, int]
"""A time of the rhythm: week and weekday, and the minute of that day."""
Takes = dict[tuple[Pair, Day], int]
"""Which column of the program says that a pair has a day."""


@checked
@frozen(order=True)
class VisitTime:
    """When a member visits: in `week` (0 to ``every - 1``) of the rhythm, on `weekday`, `minute` after midnight.

    `days` are the weekdays that would do as well, where a visit falls on a closed day.
    """

    whom: Name
    member: Name
    week: Natural
    weekday: Weekday
    minute: Natural
    days: tuple[Weekday, ...] = WEEKDAYS

    @property
    def slot(self) -> Slot:
        """The time without the people."""
        return self.week, self.weekday, self.minute


@checked
@frozen
class Rhythm:
    """The standing visits: each pair's time, once in `every` weeks, `length` microseconds with the way there.

    `proven` says that no other times are better; see `visit_times`.
    """

    every: Positive
    length: Positive
    times: tuple[VisitTime, ...] = field(repr=False)
    proven: bool = True


@checked
def visit_times(
    pairs: Iterable[Pair],
    calendar: Calendar,
    *,
    every: Annotated[int, Whole(1, 520)] = 2,
    length: Positive = HOUR,
    before: Iterable[VisitTime] = (),
    nodes: Natural = NODES,
) -> Rhythm:
    """Give each pair a time: on a day that suits both, in the calendar's weekly hours, nobody in two places at once.

    Where there are such times for all, they are found, and of these the best in three things, each before the next:

    1. The fewest pairs get another time than in `before`.
    2. Several members of one household come in different weeks, as far as can be: the squares of a household's visits
       in each week add up to the least.
    3. Visits are spread over the days of the rhythm: the squares of a day's visits, each divided by the hours that the
       day has, add up to the least. Then they are spread over the hours of each day.

    `proven` says that all three are proven; it is False only when the search met its limit of `nodes` branches. The
    order of the input changes nothing. UsageError for no weeks or length, DefinitionError for every pair given twice,
    or left without a time because the calendar is closed on its days or its member has no hour left.

    >>> evenings = Calendar.from_data("evenings", {"hours": {"mon-fri": "19:00-21:00"}}, "Asia/Shanghai")
    >>> rhythm = visit_times([Pair("household/example-1", "member:example-1", ("tue",))], evenings)
    >>> rhythm.times[0].weekday, rhythm.times[0].minute in {19 * 60, 20 * 60}
    ('tue', True)
    """
    require("standing visits", "numpy", "ortools", "scipy")
    if every < 1 or length < MINUTE or length % MINUTE:
        raise UsageError(f"a visit of {length} µs every {every} weeks: whole minutes and weeks, from 1 on, are wanted")
    pairs = sorted(pairs)
    slots = _open_slots(calendar, length)
    _check(pairs, slots, calendar)
    old = {(time.whom, time.member): time.slot for time in before}
    kept = {
        one: slot for one in pairs if (slot := old.get((one.whom, one.member))) and slot[2] in slots.get(slot[1], ())
    }
    program = IntegerProgram()
    takes = {
        (one, (week, day)): program.column() for one in pairs for week in range(every) for day in one.days if slots[day]
    }
    late = _late(program, takes, slots, nodes)
    text = f"no {length // MINUTE} min are left in {every} week{'s' * (every > 1)} of calendar {calendar.name!r}"
    refuse("visits", _faults(late, "no_hour", f"{text}; give the member more days or fewer to visit"))
    proven = _best(program, takes, slots, kept, nodes)
    hours = _hours({one: day for (one, day), col in takes.items() if program.value([col])}, slots, kept)
    times = (VisitTime(one.whom, one.member, *hours[one], one.days) for one in pairs)
    return Rhythm(every, length, tuple(times), proven)


def _open_slots(calendar: Calendar, length: int) -> dict[str, list[int]]:
    """Return by weekday the minutes at which a visit can begin, one visit after another from each opening."""
    step = length // MINUTE
    return {
        day: [minute for opens, closes in hours for minute in range(opens, closes - step + 1, step)]
        for day, hours in zip(WEEKDAYS, calendar.hours, strict=True)
    }


def _check(pairs: Sequence[Pair], slots: Mapping[str, Sequence[int]], calendar: Calendar) -> None:
    """Refuse pairs given twice, and pairs on whose days the calendar has no hour long enough."""
    closed = [one for one in pairs if not any(slots[day] for day in one.days)]
    text = f"calendar {calendar.name!r} has no hour long enough on their days; take another, or shorter visits"
    refuse("visits", [*twice("pairs", map(_path, pairs)), *_faults(closed, "closed", text)])


def _faults(pairs: Iterable[Pair], code: str, text: str) -> list[Fault]:
    return [Fault(_path(one), code, text) for one in pairs]


def _path(one: Pair) -> str:
    return f"{one.member} → {one.whom}"


# ------------------------------------------------------------ the days
def _late(program: IntegerProgram, takes: Takes, slots: Mapping[str, Sequence[int]], nodes: int) -> list[Pair]:
    """Demand a day for each pair and of each member no more visits a day than hours; return the pairs without.

    Pairs to days is a network, so this is solved without a branch.
    """
    lacking: dict[int, Pair] = {}
    for one, own in _groups(takes, lambda one, _: one).items():
        lack = program.column(whole=False)
        lacking[lack] = one
        program.row({**dict.fromkeys(own, 1), lack: 1}, 1, 1)
    for (_, (_, weekday)), own in _groups(takes, lambda one, day: (one.member, day)).items():
        program.choose(own, len(slots[weekday]))
    program.reach(dict.fromkeys(lacking, 1), nodes)
    return [one for lack, one in lacking.items() if program.value([lack])]


def _best(
    program: IntegerProgram,
    takes: Takes,
    slots: Mapping[str, Sequence[int]],
    kept: Mapping[Pair, Slot],
    nodes: int,
) -> bool:
    """Find the days that change least, then part a household's visits, then spread; say whether it is proven."""
    proven = [program.reach(_keeping(program, takes, kept), nodes)]
    at_home = _groups(takes, lambda one, day: (one.whom, day[0])).values()
    parted = ((own, 1) for own in at_home if len(set(own.values())) > 1)
    proven.append(program.reach(_squares(program, parted), nodes))
    by_day = _groups(takes, lambda _, day: day)
    common = lcm(*(len(slots[day]) for _, day in by_day))
    spread = ((own, common // len(slots[day])) for (_, day), own in by_day.items())
    proven.append(program.solve(_squares(program, spread), nodes))
    return all(proven)


def _keeping(program: IntegerProgram, takes: Takes, kept: Mapping[Pair, Slot]) -> Terms:
    """Let pairs keep their time on its day, no two of one member the same, and return minus how many do."""
    keeps: dict[tuple[str, Slot], list[int]] = {}
    for (one, day), col in takes.items():
        if one in kept and kept[one][:2] == day:
            keep = program.column()
            program.row({col: 1, keep: -1}, 0, 1)
            keeps.setdefault((one.member, kept[one]), []).append(keep)
    for same in keeps.values():
        program.choose(same, 1)
    return {keep: -1 for same in keeps.values() for keep in same}


def _groups(takes: Takes, key: Callable[[Pair, Day], K]) -> dict[K, dict[int, Pair]]:
    """Return the columns whose pair and day have the same key, each with its pair."""
    groups: dict[K, dict[int, Pair]] = {}
    for (one, day), col in takes.items():
        groups.setdefault(key(one, day), {})[col] = one
    return groups


def _squares(program: IntegerProgram, groups: Iterable[tuple[Mapping[int, Pair], int]]) -> Terms:
    """Return the sum of squares of the visits in each group, times its weight: the n-th visit adds 2n - 1."""
    squares: Terms = {}
    for own, weight in groups:
        steps = [program.column(whole=False) for _ in set(own.values())]
        program.row({**dict.fromkeys(own, 1), **dict.fromkeys(steps, -1)}, 0, 0)
        squares |= {step: weight * (2 * number + 1) for number, step in enumerate(steps)}
    return squares


# ------------------------------------------------------------ the hours
def _hours(days: Mapping[Pair, Day], slots: Mapping[str, Sequence[int]], kept: Mapping[Pair, Slot]) -> dict[Pair, Slot]:
    """Return for each pair an hour of its day: from pairs, through the members' own hours, to the end."""
    change = 1 + len(days) ** 2  # dearer than any crowding: the n-th visit at one time costs n
    flow, arcs, crowd = Flow(), {}, Counter[Slot]()
    for one, day in days.items():
        flow.supply(one, 1)
        for minute in slots[day[1]]:
            slot = (*day, minute)
            mine = (one.member, slot)
            if mine not in flow.nodes:
                crowd[slot] += 1
                flow.arc(mine, slot)
            arcs[flow.arc(one, mine, cost=change * (kept.get(one, slot) != slot))] = one, slot
    for slot, most in sorted(crowd.items()):
        flow.steps(slot, END, range(1, most + 1))
    flows = flow.solve()
    return dict(taken for arc, taken in arcs.items() if flows[arc])
