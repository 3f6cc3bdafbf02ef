"""The rules of a step written once more, as the design page says them: names for indices, sentences for bit masks.

Slow, and true to the letter of rules L1 to L4: the judge of ``govflow.program``. It reads the definition itself, asks
the organization only who is whose superior, and evaluates guards on facts by name; of the program it knows nothing.
"""

from __future__ import annotations

from attrs import define, field

from govflow.calendar import DAY
from govflow.community import Community
from govflow.lifecycle import Deadline, FieldLimit, Lifecycle, Transition, guard
from govflow.lifecycle.guard import TIES


@define
class Run:
    """A clock: the number of its run, how long that has lasted (µs), since when it is on, whether the run is over."""

    number: int = 0
    used: int = 0
    since: int | None = None
    due: int | None = None
    over: bool = False


@define(eq=False)
class Case:
    """A case by names. Clocks are keyed by deadline and, for those of a referral, by how many places it is away."""

    community: Community
    cycle: Lifecycle
    state: str
    unit: str
    home: str
    category: str
    channel: str
    severity: int
    away: list[tuple[str, str]] = field(factory=list)
    counters: dict[str, int] = field(factory=dict)
    entries: dict[str, int] = field(factory=dict)
    clocks: dict[tuple[str, int], Run] = field(factory=dict)

    @property
    def org(self):
        """The organization."""
        return self.community.organization

    @property
    def level(self):
        """The level of the unit at which the case is; everything outside the hierarchy is a department."""
        return self.org.level_names[self.org.level[self.org.index(self.unit)]]

    @property
    def calendar(self):
        """The working calendar of the unit at which the case is."""
        return self.community.calendars[self.org.calendar(self.org.index(self.unit))]


def opened(community, lifecycle, unit, home, category, channel, severity, at):
    """Open a case: every clock that runs in its first state starts its first run."""
    cycle = community.lifecycles[lifecycle]
    case = Case(community, cycle, cycle.start, unit, home, category, channel, severity)
    case.counters = {name: counter.start for name, counter in cycle.counters.items()}
    case.entries = {state: int(state == cycle.start) for state in cycle.states}
    for deadline in cycle.deadlines.values():
        for depth in (1, 2) if deadline.scope == "referral" else (0,):
            case.clocks[deadline.name, depth] = Run()
    _start_clocks(case, at)
    return case


def facts(case):
    """Return the facts that guards may ask for; links and children count as absent."""
    tied = {row.kind for row in case.org.tie_rows if case.unit in (row.source, row.target)}
    touching = {kind for kind in tied if any(_joins(case, row, kind) for row in case.org.tie_rows)}
    return {
        "level": case.level,
        "severity": case.severity,
        "category": case.category,
        "channel": case.channel,
        "has_superior": case.org.superior_of(case.unit) is not None,
        "has_department": department(case) is not None,
        "children_open": 0,
        **case.counters,
        **{f'entries("{state}")': count for state, count in case.entries.items()},
        **{f'tied("{kind}")': kind in touching for kind in TIES},
    }


def _joins(case, row, kind):
    """Say whether a tie of this kind joins the case's unit with another unit, or itself."""
    units = set(case.org.ids)
    return row.kind == kind and case.unit in (row.source, row.target) and {row.source, row.target} <= units


def leads_to(case, way):
    """Return the unit to which a way would take the case, None where it is shut."""
    if case.state not in way.source and not (way.source == ("*",) and case.cycle.states[case.state].kind != "final"):
        return None
    when = case.cycle.condition(way)
    if when is not None and not guard.evaluate(guard.parse(when), facts(case)):
        return None
    return where(case, way)


def where(case, way):
    """Return the unit to which the move of a way would take the case, None where it cannot move so."""
    if case.away and way.move in ("up", "down"):
        return None
    match way.move:
        case "stay":
            return case.unit
        case "up":
            return case.org.superior_of(case.unit)
        case "down":
            return next((unit for unit in path(case, case.home) if case.org.superior_of(unit) == case.unit), None)
        case "back":
            return case.away[-1][0] if case.away else None
        case "refer" if len(case.away) < 2:
            return department(case)
        case "convene" if len(case.away) < 2:
            return next((unit for unit in path(case, case.unit) if holds_conference(case, unit)), None)
    return None


def path(case, unit):
    """Return the units from one up to the top."""
    while unit is not None:
        yield unit
        unit = case.org.superior_of(unit)


def department(case):
    """Return the department that takes the case's category: by the nearest tie at or above, then the first by id."""
    for unit in path(case, case.unit):
        ties = [row for row in case.org.tie_rows if row.kind == "refers_to" and row.source == unit]
        fitting = [row.target for row in ties if not row.categories or case.category in row.categories]
        if fitting:
            return min(fitting)
    return None


def holds_conference(case, unit):
    """Say whether units of a unit's level hold a joint conference."""
    return unit.partition("/")[0] in {held.level for held in case.community.plan.conferences}


def open_way(case, trigger):
    """Return the first way of a trigger that is open, None where all are shut."""
    return next((way for way in case.cycle.ways(trigger) if leads_to(case, way) is not None), None)


def take(case: Case, way: Transition, at: int, severity: int | None = None) -> None:
    """Take a way that is open."""
    unit = leads_to(case, way)
    ran = {key for key, run in case.clocks.items() if run.since is not None or run.used or run.over}
    _stop_clocks(case, at)
    if way.move in ("refer", "convene"):
        case.away.append((case.unit, case.state))
    elif way.move == "back":
        case.away.pop()
    case.unit = unit
    case.severity = severity or case.severity
    case.counters.update(dict.fromkeys(way.clears, 0))
    for counter, amount in way.add.items():
        case.counters[counter] += amount if isinstance(amount, int) else 1
    if way.target is not None:
        case.state = way.target
        case.entries[way.target] += 1
    if case.cycle.states[case.state].kind == "final":
        case.away.clear()
    reopened = any(case.cycle.counters[counter].cycle for counter in way.add)
    for (name, depth), run in case.clocks.items():
        deadline = case.cycle.deadlines[name]
        if (name, depth) in ran and _begins_anew(case, deadline, depth, way, reopened):
            case.clocks[name, depth] = Run(number=run.number + 1)
        if reopened and deadline.scope in ("case", "level") and deadline.reopen == "first":
            case.clocks[name, depth].over = True
    _start_clocks(case, at)


def _begins_anew(case, deadline, depth, way, reopened):
    match deadline.scope:
        case "case":
            return reopened and deadline.reopen == "reset"
        case "level":
            return way.move in ("up", "down") or (reopened and deadline.reopen == "reset")
        case "entry":
            return way.target is not None and way.target in deadline.runs
        case "referral":
            return way.move in ("refer", "convene") and depth == len(case.away)


def runs_here(case, name, depth):
    """Say whether a deadline runs in the state in which the case is; a referral's only while that push is the last."""
    return case.state in case.cycle.deadlines[name].runs and depth in (0, len(case.away))


def limit(case, deadline: Deadline) -> int | None:
    """Return how long a deadline gives the case where it is, in µs; None where it gives no limit."""
    day = case.calendar.day if deadline.clock == "working" else DAY
    if isinstance(deadline.limit, FieldLimit):
        length = deadline.limit.simulated
    else:
        length = deadline.limit.get(case.level) or deadline.limit.get("default")
    return None if length is None else max(1, round(length.us(day) * deadline.severity.get(case.severity, 1.0)))


def count_until(case, key, run, at):
    """Count the time that a running clock has used until `at`, from where it counts on."""
    working = case.cycle.deadlines[key[0]].clock == "working"
    run.used += case.calendar.between(run.since, at) if working else at - run.since
    run.since = at


def _stop_clocks(case, at):
    for key, run in case.clocks.items():
        if run.since is not None:
            count_until(case, key, run, at)
            run.since = run.due = None


def _start_clocks(case, at):
    for (name, depth), run in case.clocks.items():
        deadline = case.cycle.deadlines[name]
        given = limit(case, deadline)
        if runs_here(case, name, depth) and not run.over and given is not None:
            run.number = max(1, run.number)
            left = max(0, given - run.used)
            run.since = at
            run.due = case.calendar.add(at, left) if deadline.clock == "working" else at + left


def next_due(case):
    """Return (instant, deadline, depth) of the clock that falls due next, of several the first declared; or None."""
    waiting = [(run.due, key) for key, run in case.clocks.items() if run.due is not None]
    if not waiting:
        return None
    soonest = min(due for due, _ in waiting)
    return soonest, next(key for due, key in waiting if due == soonest)


def expire(case, key, at):
    """Let a clock expire: the run is over, and what the deadline fires happens if it may; return the way or None."""
    deadline, run = case.cycle.deadlines[key[0]], case.clocks[key]
    count_until(case, key, run, at)
    run.since = run.due = None
    run.over = True
    if deadline.while_working == "finish" and case.cycle.states[case.state].kind == "work":
        return None
    ways = case.cycle.ways(deadline.fires) if deadline.fires else ()
    way = next((way for way in ways if "clock" in way.by and leads_to(case, way) is not None), None)
    if way is not None:
        take(case, way, at)
    return way
