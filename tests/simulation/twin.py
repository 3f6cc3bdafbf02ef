"""The judge from outside (rule S9): the rules of DESIGN 4.2–4.4 once more, as a plain SimPy model with the same luck.

It reads the community as it is written, by name, and asks calendars and organization for everything; of the
simulation it uses the draws of ``luck`` and nothing else, so that whatever the kernel does wrong it does otherwise.
SimPy keeps the time: every appointment bears its class and case number as SimPy's own priority, and one that was
called off is let pass.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, count
from math import floor, log
from typing import Any, NamedTuple

import numpy as np
import simpy
from attrs import define, field

from govflow.calendar import DAY, HOUR, WEEKDAYS, Calendar, local_time, parse_instant
from govflow.community import Arrivals, Behaviour, Community, Distribution, most_specific
from govflow.lifecycle import DEFAULT, DEPARTMENT, Deadline, FieldLimit, Lifecycle, State, Transition, guard
from govflow.program.behaviour import distribution
from govflow.simulation import luck

COMPLETION, DEADLINE, OPENING, ARRIVAL = range(4)
"""The classes of rule S4: at one instant the smaller comes first."""

TIES = ("partners", "refers_to", "assists", "covers", "pairs_with")


class Row(NamedTuple):
    """One event: case, µs from the start, unit after it, the way taken (None: none), the deadline that caused it."""

    case: int
    time: int
    unit: str
    way: Transition | None
    cause: tuple[str, int] | None


@define(eq=False)
class Unit:
    """A unit: its handlers that are free, the cases that queue here, the matters before its joint conference."""

    id: str
    at: int
    level: str
    calendar: Calendar
    free: int
    queue: list[Case] = field(factory=list)
    matters: list[Case] = field(factory=list)
    taken: int = 0


@define(eq=False)
class Clock:
    """One clock of a case; `since` is None while it stands still. A referral's belongs to the push of its `depth`."""

    deadline: Deadline
    depth: int
    order: int
    used: int = 0
    since: int | None = None
    spent: bool = False
    appointment: object = None


@define(eq=False)
class Case:
    """One case, by name throughout."""

    number: int
    key: Any
    cycle: Lifecycle
    category: str
    arrivals: Arrivals
    channel: str
    home: str
    unit: Unit
    state: State
    severity: int
    clocks: list[Clock]
    measured: bool
    stack: list[Unit] = field(factory=list)
    counters: dict[str, int] = field(factory=dict)
    entries: dict[tuple[str, str], int] = field(factory=dict)
    entry: int = 0
    repeat: int = 0
    entered: int = 0
    appointment: object = None

    def turn(self) -> tuple[int, int, int]:
        """Return the place in a queue: severity, time of entering, case number."""
        return (self.severity, self.entered, self.number)


@define(eq=False)
class Stream:
    """One stream: its rate cumulated hour by hour over a week from Monday 00:00, and the load of its next case."""

    order: int
    cycle: Lifecycle
    category: str
    arrivals: Arrivals
    key: Any
    cumulated: Sequence[float]
    load: float
    n: int = 0

    def next_instant(self, offset: int) -> int:
        """Add the next unit exponential to the load; return where the cumulated rate reaches it, from the start."""
        self.n += 1
        self.load += -log(luck.uniform(luck.case_key(self.key, self.n), luck.NOWHERE, luck.ARRIVAL, 0, 0))
        weeks = floor(self.load / self.cumulated[168])
        rest = self.load - weeks * self.cumulated[168]
        hour = max(0, bisect_right(self.cumulated, rest, 0, 168) - 1)
        rate = self.cumulated[hour + 1] - self.cumulated[hour]
        part = min(1.0, (rest - self.cumulated[hour]) / rate) if rate > 0 else 1.0
        return (weeks * 168 + hour) * HOUR + floor(part * HOUR + 0.5) - offset


class Twin:
    """A run of one replication; `run` returns its rows, `units` say afterwards who took how many cases."""

    def __init__(
        self,
        community: Community,
        *,
        start: int,
        warmup: int,
        days: int,
        end: int,
        seed: int,
        replication: int = 0,
        initial: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        org = community.organization
        self.community, self.org = community, org
        self.start, self.warmup, self.days, self.end = start, warmup, days, end
        self.units = [
            Unit(name, at, org.level_names[org.level[at]], community.calendars[org.calendar(at)], org.handlers[at])
            for at, name in enumerate(org.ids)
        ]
        self.unit = {unit.id: unit for unit in self.units}
        self.tied = {kind: {u for k, *ends in org.tie_kinds if k == kind for u in ends} for kind in TIES}
        self.homes = list(accumulate(org.households))
        self.streams = self._streams(seed, replication)
        self.env = simpy.Environment()
        self.rows: list[Row] = []
        self.numbers = count()
        self.cohort = 0
        self.most_open = self.open = 0
        self.guards: dict[str, guard.Guard] = {}
        self.initial = sorted(initial, key=lambda case: (case["facts"]["opened"], case["case"]))
        self.luck = (seed, replication)

    # ---- time: SimPy's own queue, ordered by (time, class and number)
    @property
    def now(self) -> int:
        """The instant, µs from the start."""
        return int(self.env.now)

    @property
    def instant(self) -> int:
        """The instant, µs UTC."""
        return self.start + self.now

    def _appoint(self, at: int, order: tuple[int, ...], act: Callable[[], None]) -> None:
        event = self.env.event()
        event._ok, event._value = True, None
        event.callbacks = [lambda _: act()]
        self.env.schedule(event, priority=order, delay=at - self.now)

    def run(self) -> list[Row]:
        """Run until the end, or until all measured cases are closed and no more can come."""
        with np.errstate(over="ignore"):
            for stream in self.streams:
                self._expect(stream)
            self._open_and_sit()
            self._begin_with([self._stand(case["case"], case["facts"]) for case in self.initial])
            while self.env.peek() <= self.end and (self.env.peek() < self.days or self.cohort):
                self.env.step()
        return self.rows

    # ---- arrivals
    def _streams(self, seed: int, replication: int) -> list[Stream]:
        rates = self.community.assumptions.arrivals
        found = [(name, category) for name in sorted(rates) for category in sorted(rates[name])]
        coming = [(name, category) for name, category in found if rates[name][category].per_household_year > 0]
        return [
            self._stream(order, name, category, np.uint64(luck.stream_key(seed, replication, name, category)))
            for order, (name, category) in enumerate(coming)
        ]

    def _stream(self, order: int, name: str, category: str, key: Any) -> Stream:
        assumptions = self.community.assumptions
        arrivals = assumptions.arrivals[name][category]
        raw = [1.0] * 168
        if arrivals.week != "always":
            days = assumptions.weeks[arrivals.week]
            raw = [float(weight) for day in WEEKDAYS for weight in days.get(day, (0.0,) * 24)]
        mean = sum(raw) / 168
        rate = arrivals.per_household_year * sum(self.org.households) / (365 * 24)
        cumulated = list(accumulate((weight / mean * rate for weight in raw), initial=0.0))
        hour, part = divmod(self._offset, HOUR)
        load = cumulated[hour] + (cumulated[hour + 1] - cumulated[hour]) * (part / HOUR)
        return Stream(order, self.community.lifecycles[name], category, arrivals, key, cumulated, load)

    @property
    def _offset(self) -> int:
        local = local_time(self.start, self.community.zone)
        since = timedelta(days=local.weekday(), hours=local.hour, minutes=local.minute, seconds=local.second)
        return since // timedelta(microseconds=1) + local.microsecond

    def _expect(self, stream: Stream) -> None:
        at = stream.next_instant(self._offset)
        self._appoint(at, (ARRIVAL, stream.order), lambda: self._arrive(stream))

    def _arrive(self, stream: Stream) -> None:
        key = luck.case_key(stream.key, stream.n)
        household = floor(luck.uniform(key, luck.NOWHERE, luck.HOUSEHOLD, 0, 0) * self.homes[-1])
        home = self.org.ids[bisect_right(self.homes, household)]
        channels = [(name, weight) for name, weight in sorted(stream.arrivals.channels.items()) if weight > 0]
        channel = picked(channels, luck.uniform(key, luck.NOWHERE, luck.CHANNEL, 0, 0))
        cycle = stream.cycle
        level = self.community.intake[cycle.name].level(channel, stream.category)
        case = Case(
            number=next(self.numbers),
            key=key,
            cycle=cycle,
            category=stream.category,
            arrivals=stream.arrivals,
            channel=channel,
            home=home,
            unit=self.unit[self.org.at_level(home, level)],
            state=cycle.states[cycle.start],
            severity=self.community.categories[stream.category].severity,
            clocks=list(clocks_of(cycle)),
            measured=self.warmup <= self.now < self.days,
            counters={name: counter.start for name, counter in cycle.counters.items()},
        )
        self.cohort += case.measured
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.rows.append(Row(case.number, self.now, case.unit.id, None, None))
        self._expect(stream)
        self._set_clocks(case, entered=cycle.start)
        self._settle_in(case, case.state, case.unit, takes=False)

    # ---- cases that are open at the start
    def _stand(self, name: str, facts: Mapping[str, Any]) -> Case:
        """Return a case as its facts tell it; it counts as entered, its clocks with what they have used by now."""
        cycle = self.community.lifecycles[facts["lifecycle"]]
        arrivals = self.community.assumptions.arrivals.get(cycle.name, {}).get(facts["category"], Arrivals(0.0, {}))
        unit = self.unit[facts["unit"]]
        entries = {state: facts[f"entries.{state}"] for state in cycle.states if f"entries.{state}" in facts}
        return Case(
            number=next(self.numbers),
            key=np.uint64(luck.initial_key(*self.luck, name)),
            cycle=cycle,
            category=facts["category"],
            arrivals=arrivals,
            channel=facts["channel"],
            home=facts["home"],
            unit=unit,
            state=cycle.states[facts["state"]],
            severity=facts["severity"],
            clocks=[self._resumed(clock, unit, facts) for clock in clocks_of(cycle)],
            measured=True,
            stack=[self.unit[above] for above, _ in facts.get("stack", ())],
            counters={counter: facts.get(f"counter.{counter}", 0) for counter in cycle.counters},
            entries={(state, unit.level): times for state, times in entries.items()},
            entry=max(0, entries.get(facts["state"], 0) - 1),
            entered=facts["entered"] - self.start,
        )

    def _resumed(self, clock: Clock, unit: Unit, facts: Mapping[str, Any]) -> Clock:
        name, deadline = clock.deadline.name, clock.deadline
        fact = facts.get(f"clock.{name}" if clock.depth < 2 else f"clock.{name}.{clock.depth}", [0, 0])
        _, used, since, _, spent, own, extra, _ = [*fact, *[None] * (8 - len(fact))]
        if since is not None:
            used += unit.calendar.between(since, self.start) if deadline.clock == "working" else self.start - since
        day = unit.calendar.day if deadline.clock == "working" else DAY
        limit = limit_of(deadline, unit.level, day, facts["severity"])
        credit = (extra or 0) + (0 if own is None or limit is None else own - limit)
        clock.used, clock.spent = used - credit, bool(spent)
        return clock

    def _begin_with(self, cases: Sequence[Case]) -> None:
        """Bring the cases to their places: no more in work than there are handlers, the others back in the queue."""
        self.cohort += len(cases)
        self.open = self.most_open = len(cases)
        for case in sorted(cases, key=Case.turn):
            if case.state.kind == "work" and case.unit.free:
                case.unit.free -= 1
            elif case.state.kind == "work":
                case.entries[case.state.name, case.unit.level] = case.entry
                case.state = self._queue_before(case.cycle, case.state)
                case.entry = max(0, case.entries.get((case.state.name, case.unit.level), 0) - 1)
                case.entered -= 1 << 60
        for case in cases:
            self.rows.append(Row(case.number, 0, case.unit.id, None, None))
            if case.state.kind == "queue":
                case.unit.queue.append(case)
            elif self._is_conference(case):
                case.unit.matters.append(case)
            else:
                self._begin(case)
            self._set_clocks(case, entered=None)

    @staticmethod
    def _queue_before(cycle: Lifecycle, work: State) -> State:
        before = [work.name]
        for name in before:
            ways = [way for way in cycle.transitions if way.target == name]
            queues = {source for way in ways if way.take for source in way.source}
            if queues:
                return next(state for state in cycle.states.values() if state.name in queues)
            before += [
                state.name
                for state in cycle.states.values()
                if state.kind == "work" and any(state.name in cycle.sources(way) for way in ways)
            ]
        raise AssertionError(f"no queue leads to {work.name}")

    # ---- openings and sessions
    def _open_and_sit(self) -> None:
        for order, calendar in enumerate(self.community.calendars.values()):
            for opens, _ in calendar.intervals(self.start, self.start + self.end + 1):
                at = max(0, opens - self.start)
                self._appoint(at, (OPENING, 0, order), lambda c=calendar: self._hand_out(c))
        for order, meeting in enumerate(self.org.plan.conferences):
            sitting = [self.unit[name] for name in self.org.units(meeting.level)]
            for at in self._sessions(meeting.weekday, meeting.time, meeting.every, sitting[0].calendar):
                self._appoint(at, (OPENING, 1, order), lambda s=sitting, m=meeting: self._sit(s, m.capacity))

    def _sessions(self, weekday: str, time: str, every: int, calendar: Calendar) -> Iterator[int]:
        """Yield the instants of a conference's sessions: weeks count from the Monday 0001-01-01."""
        zone = self.community.zone
        day = local_time(self.start, zone).date()
        while True:
            at = parse_instant(f"{day}T{time}", zone) - self.start
            if at > self.end:
                return
            weeks = (day - date(1, 1, 1)).days // 7
            midnight = parse_instant(f"{day}", zone)
            tomorrow = parse_instant(f"{day + timedelta(days=1)}", zone)
            held = WEEKDAYS[day.weekday()] == weekday and weeks % every == 0
            if held and at >= 0 and calendar.between(midnight, tomorrow) > 0:
                yield at
            day += timedelta(days=1)

    def _hand_out(self, calendar: Calendar) -> None:
        for unit in self.units:
            while unit.calendar is calendar and unit.free and unit.queue:
                self._take_next(unit)

    def _sit(self, sitting: Sequence[Unit], capacity: int) -> None:
        for case in [case for unit in sitting for case in sorted(unit.matters, key=Case.turn)[:capacity]]:
            self._decide(case)

    def _take_next(self, unit: Unit) -> None:
        case = min(unit.queue, key=Case.turn)
        take = next(way for way in case.cycle.transitions if way.take and case.state.name in way.source)
        unit.taken += 1
        self._fire(case, take, unit, None)

    def _works(self, unit: Unit) -> bool:
        return unit.calendar.working(self.instant)

    # ---- what may happen, and what does
    def _decide(self, case: Case) -> None:
        """Take the outcome the draw falls on; where it is not enabled, what is left of the draw falls on the others."""
        weights = next(e.outcomes for e in self._entries(case) if e.outcomes is not None)
        found = []
        for trigger, weight in sorted(weights.items()):
            ways = [way for way in case.cycle.ways(trigger) if is_decision(way, case.state)]
            way, unit = self._first_enabled(case, ways)
            if way is not None and weight > 0:
                found.append((trigger, (way, unit), weight))
        if not found:
            raise AssertionError(f"case {case.number} is stuck in {case.state.name}")
        open_ways = {trigger: chosen for trigger, chosen, _ in found}
        first, rest = fallen(sorted(weights.items()), self._draw(case, luck.OUTCOME) if len(weights) > 1 else 0.5)
        if first in open_ways:
            way, unit = open_ways[first]
        else:
            way, unit = picked([(chosen, weight) for _, chosen, weight in found], rest)
        self._fire(case, way, unit, None)

    def _expire(self, case: Case, clock: Clock) -> None:
        """Let a deadline expire: it fires what it may, or is overdue and changes nothing else."""
        clock.spent, clock.since = True, None
        finishes = case.state.kind == "work" and clock.deadline.while_working == "finish"
        ways = [way for way in case.cycle.ways(clock.deadline.fires or "") if "clock" in way.by]
        way, unit = (None, None) if finishes else self._first_enabled(case, ways)
        cause = (clock.deadline.name, clock.depth)
        if way is None:
            self.rows.append(Row(case.number, self.now, case.unit.id, None, cause))
        else:
            self._fire(case, way, unit, cause)

    def _first_enabled(self, case: Case, ways: Sequence[Transition]) -> Any:
        for way in ways:
            unit = self._destination(case, way)
            if unit is not None:
                return way, self.unit[unit]
        return None, None

    def _destination(self, case: Case, way: Transition) -> str | None:
        """Return the unit to which a way would lead, None where it is not enabled (rule L3)."""
        if case.state.name not in case.cycle.sources(way):
            return None
        if case.stack and (way.move in ("up", "down") or (way.move in ("refer", "convene") and len(case.stack) == 2)):
            return None
        when = case.cycle.condition(way)
        if when is not None and not self._holds(when, case):
            return None
        here = case.unit.id
        match way.move:
            case "up":
                return self.org.superior_of(here)
            case "down":
                return self.org.step_down(here, case.home)
            case "refer":
                return self.org.referral(here, case.category)
            case "convene":
                return self.org.conference(here)
            case "back":
                return case.stack[-1].id if case.stack else None
            case _:
                return here

    def _holds(self, when: str, case: Case) -> bool:
        facts: dict[str, int | str | bool] = {
            "level": case.unit.level,
            "severity": case.severity,
            "category": case.category,
            "channel": case.channel,
            "has_superior": self.org.superior_of(case.unit.id) is not None,
            "has_department": self.org.referral(case.unit.id, case.category) is not None,
            "children_open": 0,
            **case.counters,
        }
        for name in case.cycle.states:
            facts[f'entries("{name}")'] = sum(n for (state, _), n in case.entries.items() if state == name)
        for kind in TIES:
            facts[f'tied("{kind}")'] = case.unit.at in self.tied[kind]
        tree = self.guards.setdefault(when, guard.parse(when))
        return guard.evaluate(tree, facts)

    def _fire(self, case: Case, way: Transition, unit: Unit, cause: tuple[str, int] | None) -> None:
        """Take a way: the row, the place left and who takes its handler next, then the new place (rule S4)."""
        self.rows.append(Row(case.number, self.now, unit.id, way, cause))
        state = case.state if way.target is None else case.cycle.states[way.target]
        stays_in_hand = case.state.kind == "work" and state.kind == "work"
        again = case.state is state and way.move == "stay"
        if way.target is not None:
            self._leave(case, stays_in_hand)
        self._change(case, way, by_person=cause is None)
        if way.move in ("refer", "convene"):
            case.stack.append(case.unit)
        elif way.move == "back":
            case.stack.pop()
        case_unit, case.unit = case.unit, unit
        case.state = state
        self._set_clocks(case, way=way, entered=way.target, left=case_unit)
        if way.target is not None:
            entered = case.entered if again and self._is_conference(case) else None
            self._settle_in(case, state, unit, takes=not stays_in_hand, entered=entered)
        elif cause is None and state.kind != "queue":
            case.repeat += 1
            self._begin(case)

    def _leave(self, case: Case, stays_in_hand: bool) -> None:
        case.appointment = None
        if case.state.kind == "queue":
            case.unit.queue.remove(case)
        elif self._is_conference(case):
            case.unit.matters.remove(case)
        elif case.state.kind == "work" and not stays_in_hand:
            case.unit.free += 1
            if case.unit.queue and self._works(case.unit):
                self._take_next(case.unit)

    def _change(self, case: Case, way: Transition, *, by_person: bool) -> None:
        """Apply a way's effects: on counters, and on the severity, which only a person sets.

        What a field of the command says counts as 1.
        """
        case.counters |= dict.fromkeys(way.clears, 0)
        for counter, amount in way.add.items():
            case.counters[counter] += 1 if isinstance(amount, str) else amount
        weights = case.arrivals.severity
        if "severity" in way.sets and weights and by_person:
            shares = [(severity, weights.get(severity, 0.0)) for severity in (1, 2, 3, 4)]
            case.severity = picked(shares, self._draw(case, luck.SEVERITY))

    def _settle_in(self, case: Case, state: State, unit: Unit, *, takes: bool, entered: int | None = None) -> None:
        """Bring a case into its new place."""
        if state.kind == "final":
            self.open -= 1
            self.cohort -= case.measured
            return
        seat = (state.name, unit.level)
        case.entry = case.entries.get(seat, 0)
        case.entries[seat] = case.entry + 1
        case.repeat = 0
        case.entered = self.now if entered is None else entered
        if state.kind == "queue":
            unit.queue.append(case)
            if unit.free and self._works(unit):
                self._take_next(unit)
        elif self._is_conference(case):
            unit.matters.append(case)
        else:
            unit.free -= takes and state.kind == "work"
            self._begin(case)

    def _is_conference(self, case: Case) -> bool:
        return any(way.move == "convene" and way.target == case.state.name for way in case.cycle.transitions)

    def _begin(self, case: Case) -> None:
        """Draw how long work or waiting takes and make the appointment; a conference decides in its sessions."""
        time = next((e.time for e in self._entries(case) if e.time is not None), None)
        if time is None or self._is_conference(case):
            case.appointment = None
            return
        works = case.state.kind == "work"
        inside = case.unit.level != DEPARTMENT
        level = next((row for row in self.org.plan.levels if row.name == case.unit.level), None)
        day = self.community.calendars[level.calendar].day if works and inside and level else DAY
        length = drawn(time, day, self._draw(case, luck.TIME))
        done = case.unit.calendar.add(self.instant, length) - self.start if works else self.now + length
        appointment = case.appointment = object()
        self._appoint(
            done, (COMPLETION, case.number), lambda: self._decide(case) if case.appointment is appointment else None
        )

    def _entries(self, case: Case) -> Iterator[Behaviour]:
        behaviour = self.community.assumptions.behaviour.get(case.cycle.name, {}).get(case.state.name)
        return iter(()) if behaviour is None else most_specific(behaviour, case.unit.level, case.category)

    def _draw(self, case: Case, purpose: int) -> float:
        place = np.uint64(luck.place_key(case.cycle.name, case.state.name, case.unit.level))
        return luck.uniform(case.key, place, purpose, case.entry, case.repeat)

    # ---- clocks (rule L4)
    def _set_clocks(
        self, case: Case, *, way: Transition | None = None, entered: str | None, left: Unit | None = None
    ) -> None:
        reopens = way is not None and any(case.cycle.counters[c].cycle for c in way.add)
        move = "stay" if way is None else way.move
        for clock in case.clocks:
            deadline, scope = clock.deadline, clock.deadline.scope
            cyclic = scope in ("case", "level")
            if clock.since is not None:
                clock.used += self._passed(clock, left or case.unit)
            anew = (
                (cyclic and reopens and deadline.reopen == "reset")
                or (scope == "level" and move in ("up", "down"))
                or (scope == "entry" and entered in deadline.runs)
                or (scope == "referral" and move in ("refer", "convene") and clock.depth == len(case.stack))
            )
            if anew:
                clock.used, clock.spent = 0, False
            if cyclic and reopens and deadline.reopen == "first":
                clock.spent = True
            clock.since = clock.appointment = None
            here = clock.depth in (0, len(case.stack)) and case.state.name in deadline.runs
            if here and not clock.spent:
                self._wind_up(case, clock)

    def _passed(self, clock: Clock, unit: Unit) -> int:
        since = clock.since or 0
        if clock.deadline.clock == "working":
            return unit.calendar.between(self.start + since, self.instant)
        return self.now - since

    def _wind_up(self, case: Case, clock: Clock) -> None:
        working = clock.deadline.clock == "working"
        limit = limit_of(clock.deadline, case.unit.level, case.unit.calendar.day if working else DAY, case.severity)
        if limit is None:
            return
        clock.since = self.now
        left = max(0, limit - clock.used)
        due = case.unit.calendar.add(self.instant, left) - self.start if working else self.now + left
        appointment = clock.appointment = object()
        self._appoint(
            due,
            (DEADLINE, case.number, clock.order),
            lambda: self._expire(case, clock) if clock.appointment is appointment else None,
        )


def clocks_of(cycle: Lifecycle) -> Iterator[Clock]:
    """Yield the clocks of a new case, in order of declaration: a referral's deadline has one for each push."""
    order = count()
    for deadline in cycle.deadlines.values():
        for depth in (1, 2) if deadline.scope == "referral" else (0,):
            yield Clock(deadline, depth, next(order))


def is_decision(way: Transition, state: State) -> bool:
    """Return whether somebody may decide on a way: not the clock, not the dispatcher, the reporter only in a wait."""
    people = set(way.by) - {"clock"} - ({"reporter"} if state.kind == "work" else set())
    return not way.take and (bool(people) or not way.by)


def limit_of(deadline: Deadline, level: str, day: int, severity: int) -> int | None:
    """Return a deadline's limit in µs, None where it does not run at the level."""
    if isinstance(deadline.limit, FieldLimit):
        limit = deadline.limit.simulated
    else:
        found = deadline.limit.get(level, deadline.limit.get(DEFAULT))
        if found is None:
            return None
        limit = found
    return max(1, round(limit.us(day) * deadline.severity.get(severity, 1.0)))


def drawn(time: Distribution, day: int, u: float) -> int:
    """Return the quantile `u` of a distribution as whole µs."""
    knots: list[tuple[float, float]] = []
    row = np.array([distribution(time, day, knots)])
    return luck.duration(row, np.array(knots or [(0.0, 0.0)]), 0, u)


def fallen(weighted: Sequence[tuple[str, float]], u: float) -> tuple[str, float]:
    """Return the trigger on which the draw `u` falls, and where in its share it fell."""
    mark = u * sum(weight for _, weight in weighted)
    found = (weighted[0][0], 0.5)
    for trigger, weight in weighted:
        if weight > 0:
            found = (trigger, min(mark / weight, 1.0 - 2.0**-53))
            mark -= weight
            if mark < 0:
                break
    return found


def picked(weighted: Sequence[tuple[Any, float]], u: float) -> Any:
    """Return the value on which the draw `u` falls, by weight."""
    mark = u * sum(weight for _, weight in weighted)
    chosen = weighted[0][0]
    for value, weight in weighted:
        if weight > 0:
            chosen = value
            mark -= weight
            if mark < 0:
                break
    return chosen


def run_twin(
    community: Community,
    window: Any,
    *,
    seed: int,
    replication: int = 0,
    initial: Sequence[Mapping[str, Any]] = (),
) -> Twin:
    """Run the twin over the window of a study and return it, its rows filled."""
    twin = Twin(
        community,
        start=window.start,
        warmup=window.warmup,
        days=window.days,
        end=window.end,
        seed=seed,
        replication=replication,
        initial=initial,
    )
    twin.run()
    return twin
