"""People on the stage: handlers who work off the queue of their unit in their own hours, residents who come and answer.

Whoever works on one thing works on nothing else, and nobody works outside their `Hours`: the calendar of their level,
less the duty that they have elsewhere. How long things take and how they end is what the community assumes, told by
the `Stage`. What is done with a case is a *play*: a process for one state, written once and played by everybody there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import log
from typing import Any, TypeAlias

from attrs import field, frozen

from govflow.calendar import ALWAYS, DAY, HOUR, LAST, Calendar
from govflow.casework import Case
from govflow.errors import Refused
from govflow.program.behaviour import week_weights
from govflow.program.standing import clock_of
from govflow.stories.stage import Process, Stage

YEAR = 365 * DAY

Span = tuple[int, int]
"""A half-open time, in µs UTC."""


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans))


@frozen
class Hours:
    """When somebody works: while `calendar` is open, but not in the half-open spans `away`.

    >>> Hours(ALWAYS, [(5, 8)]).after(3, 4), Hours(ALWAYS, [(5, 8)]).opening(6)
    (10, 8)
    """

    calendar: Calendar = ALWAYS
    away: tuple[Span, ...] = field(default=(), converter=_in_order)

    def opening(self, at: int) -> int:
        """Return the first instant at or after `at` at which they work."""
        for begin, end in self.away:
            if at < end and begin <= self.calendar.next_opening(at) < end:
                at = end
        return self.calendar.next_opening(at)

    def leaving(self, at: int) -> int:
        """Return `at`, or where they are away then the instant at which they left."""
        for begin, end in reversed(self.away):
            if begin < at <= end:
                at = begin
        return at

    def after(self, at: int, work: int) -> int:
        """Return the earliest instant from `at` on by which they have worked for `work` microseconds."""
        for begin, end in self.away:
            if end <= at:
                continue
            done = self.calendar.between(at, max(at, begin))
            if done >= work:
                break
            work, at = work - done, end
        return self.calendar.add(at, work)


@frozen
class Hand:
    """Somebody who works: the post or member that acts, the unit whose queue it is, and when.

    Cases of which `ahead` is true they see to before all others.
    """

    id: str
    unit: str
    hours: Hours
    ahead: Callable[[Case], bool] = field(default=lambda _: False, repr=False)


Play: TypeAlias = Callable[[Stage, Case, Hand], Process]
"""What is done with a case that was waiting in one state."""

Plays: TypeAlias = Mapping[tuple[str, str], Play]
"""What is done by (lifecycle, state); whoever has these plays takes up cases in these states and no others."""

Ends: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The triggers that end a piece of work, each with what is said with it."""


def serve(stage: Stage, hand: Hand, plays: Plays) -> Process:
    """Work off the queue of a unit, one case after the other: first what is due first."""
    while True:
        begins = hand.hours.opening(stage.now)
        case = first(stage, hand, plays)
        if begins > stage.now:
            yield begins
        elif case is None:
            yield hand.unit
        else:
            yield from plays[case.lifecycle, case.state](stage, case, hand)


def first(stage: Stage, hand: Hand, plays: Plays) -> Case | None:
    """Return the case that somebody takes next, or None: what is due first, then in the order of the queue."""
    states = {state for _, state in plays}
    waiting = stage.find({lifecycle for lifecycle, _ in plays}, unit=hand.unit, state=states, open=True)
    known = [case for case in waiting if (case.lifecycle, case.state) in plays]

    def order(case: Case) -> tuple[object, ...]:
        return (not hand.ahead(case), due(case), case.severity, case.facts["entered"], case.id)

    return min(known, key=order, default=None)


def due(case: Case) -> int:
    """Return when the first of a case's time limits ends; 0 where one has ended, far away where none runs."""
    clocks = [clock_of(fact) for name, fact in case.facts.items() if name.startswith("clock.")]
    if any(clock.spent for clock in clocks):
        return 0
    return min((clock.due for clock in clocks if clock.due is not None), default=LAST)


def doing(take: str, state: str, ends: Ends, *, else_up: str | None = None) -> Play:
    """Return the play: take the case up, work on it as long as assumed, and end it as the assumed weights draw it.

    Who sees that it takes longer than the time limit allows fires `else_up` just before that, where it is open.
    """

    def play(stage: Stage, case: Case, hand: Hand) -> Process:
        case = stage.desk.act(case, take, by=hand.id)
        done, limit = hand.hours.after(stage.now, stage.takes(case, state, day=hand.hours.calendar.day)), due(case)
        if else_up is not None and stage.now < limit < done:
            yield hand.hours.leaving(limit) - 1
            _end(stage, case, state, hand.id, {else_up: ends[else_up]})
        if stage.stands(case):
            yield done
            _end(stage, case, state, hand.id, ends)

    return play


def answering(
    stage: Stage, state: str, who: Callable[[Case], str], ends: Ends, *, hours: Hours
) -> Callable[..., Process]:
    """Return the reaction of somebody for whom a case waits: they answer after the time assumed, in their hours."""

    def react(case: Case) -> Process:
        yield hours.after(stage.now, stage.takes(case, state, day=hours.calendar.day))
        _end(stage, case, state, who(case), ends)

    return react


def _end(stage: Stage, case: Case, state: str, by: str, ends: Ends) -> None:
    """Fire one of the ends that are open to somebody; nothing where the case has gone on without them."""
    left = list(ends) if stage.stands(case) else []
    while left:
        end = stage.ends(case, state, left)
        try:
            stage.desk.act(case, end, by=by, **ends[end])
        except Refused:  # not open here and now: its weight is dropped (rule S2)
            left.remove(end)
        else:
            return


def calendar_of(stage: Stage, unit: str) -> Calendar:
    """Return the calendar by which a unit of the hierarchy works."""
    level = next(level for level in stage.community.plan.levels if level.name == unit.partition("/")[0])
    return stage.community.calendars[level.calendar]


def posts(stage: Stage, unit: str) -> list[str]:
    """Return the posts of a unit of which the definition says only how many there are."""
    organization = stage.community.organization
    return [f"{unit}#{n + 1}" for n in range(organization.handlers[organization.index(unit)])]


# --- grievances: the matter that all communities share ----------------------------------------------------------

ACCEPTING: Plays = {("grievance", "received"): doing("screen", "screening", {"accept": {}})}
"""What a handler does with grievances who only says which are taken up."""

SETTLING: Plays = {
    **ACCEPTING,
    ("grievance", "assigned"): doing(
        "start",
        "handling",
        {"resolve": {}, "escalate": {"reason": "needs_coordination"}, "refer": {"reason": "department_duty"}},
        else_up="escalate",
    ),
}
"""What handlers do with grievances: accept them, then resolve them, pass them up in time, or refer them."""


def neighbours(stage: Stage) -> None:
    """Let residents and departments answer, each after the time that the community assumes of them."""

    def reporter(case: Case) -> str:
        return str(case.facts["reporter"])

    word = answering(stage, "asked", reporter, {"confirm": {}, "dispute": {}}, hours=Hours())
    stage.when("grievance", "asked", word)
    for state, end in (("referred", "sign"), ("signed", "contact"), ("contacted", "report_back")):
        reply = answering(stage, state, lambda case: case.unit, {end: {}}, hours=Hours())
        stage.when("grievance", state, reply)


def coming(stage: Stage, lifecycle: str, category: str, *, until: int, units: Iterable[str] = ()) -> Process:
    """Bring cases of one category as often as the community assumes, by the hour of the week, up to an instant.

    Each comes from a household drawn by luck, of `units` only where they are named (their contact units' households).
    """
    arrivals = stage.community.assumptions.arrivals[lifecycle][category]
    weights = week_weights(stage.community, arrivals.week)
    homes = Homes.of(stage, units)
    gap = YEAR / (arrivals.per_household_year * homes.total * max(weights))
    monday = stage.instant("2018-01-01")
    number = 0
    while True:
        number += 1
        name = (lifecycle, category, number)
        yield stage.now + round(-log(stage.luck("gap", *name)) * gap)
        if stage.now >= until:
            return
        if stage.luck("thin", *name) * max(weights) < weights[(stage.now - monday) // HOUR % len(weights)]:
            stage.desk.open(
                lifecycle,
                category=category,
                channel=stage.choice(arrivals.channels, "channel", *name),
                household=homes.at(stage.luck("home", *name)),
                by=f"resident:example-{category}-{number}",
            )


@frozen
class Homes:
    """The households of some contact units, countable and addressable by a draw."""

    units: tuple[str, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, stage: Stage, units: Iterable[str] = ()) -> Homes:
        """Return the households whose contact units these are; without units those of the whole community."""
        organization = stage.community.organization
        names = tuple(units) or organization.ids[: organization.size]
        counts = {name: organization.households[organization.index(name)] for name in names}
        return cls(tuple(name for name, n in counts.items() if n), tuple(n for n in counts.values() if n))

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts)

    def at(self, luck: float) -> str:
        """Return the household at a share of the way through all of them."""
        index = int(luck * self.total)
        for unit, count in zip(self.units, self.counts, strict=True):
            if index < count:
                return f"household/{unit.partition('/')[2]}-{index + 1}"
            index -= count
        return self.at(0.0)
