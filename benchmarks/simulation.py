"""How many cases a second: an idiomatic SimPy model of beida and govflow, side by side in one run.

The SimPy model is written as a SimPy user would write it: one process a case, a `PriorityResource` a unit,
`random` for luck, timeouts for work, and for a deadline that only records a delay a process that is interrupted
when the deadline is met. Rates, times, shares, limits and hours are read from the same definition, the case goes
through the same states, and both keep an event table. The rounds alternate; what counts is the median of the
ratios. With ``--lean`` the SimPy model leaves the recording deadlines out (a weaker model, the hardest peer).

    python benchmarks/simulation.py [--rounds 7] [--peer-days 90] [--days 3650] [--lean]
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import time
from bisect import bisect_right
from collections.abc import Generator
from math import log, sqrt
from typing import Any

import simpy

import govflow as gf
from govflow.community import most_specific
from govflow.program import compile_program
from govflow.simulation import arrays, study

HOUR = 3_600_000_000
DAY = 24 * HOUR


class Hours:
    """Working hours of a calendar over the run, in hours from the start."""

    def __init__(self, calendar: gf.Calendar, start: int, end: int) -> None:
        spans = calendar.intervals(start, start + end)
        self.opens = [(a - start) / HOUR for a, _ in spans]
        self.closes = [(b - start) / HOUR for _, b in spans]
        self.day = calendar.day / HOUR
        total, self.before = 0.0, []
        for a, b in zip(self.opens, self.closes, strict=True):
            self.before.append(total)
            total += b - a

    def opening(self, now: float) -> float:
        """Return when work is next open, `now` while it is."""
        at = bisect_right(self.opens, now) - 1
        return now if at >= 0 and now < self.closes[at] else self.opens[min(at + 1, len(self.opens) - 1)]

    def worked(self, now: float) -> float:
        """Return the hours worked from the start to `now`."""
        at = bisect_right(self.opens, now) - 1
        return 0.0 if at < 0 else self.before[at] + min(now, self.closes[at]) - self.opens[at]

    def after(self, now: float, work: float) -> float:
        """Return when `work` hours have been worked from `now` on."""
        work += self.worked(now)
        at = max(0, bisect_right(self.before, work) - 1)
        return self.opens[at] + work - self.before[at]


class Town:
    """The community as a SimPy model keeps it: resources by unit, tables by name, a log."""

    def __init__(self, community: gf.Community, days: float, seed: int, lean: bool) -> None:
        self.lean = lean
        org = community.organization
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.cycle = community.lifecycles["grievance"]
        self.community = community
        self.superior = {u: org.superior_of(u) for u in org.ids}
        self.level = {u: u.split("/")[0] for u in org.ids}
        self.contacts = [u for u in org.ids for _ in range(org.households[org.index(u)])]
        start = gf.Calendar.instant(community.calendars["office"], community.start)
        hours = {n: Hours(c, start, round(days + 400) * DAY) for n, c in community.calendars.items()}
        self.hours = {u: hours[org.calendar(i)] for i, u in enumerate(org.ids)}
        self.units = {
            u: simpy.PriorityResource(self.env, org.handlers[i]) for i, u in enumerate(org.ids) if org.handlers[i]
        }
        self.log: list[tuple[int, float, str, str]] = []
        self.cases = 0
        self.waiting: list[Any] = []
        self.tables: dict[Any, Any] = {}
        self.days = days

    def draw(self, state: str, level: str, category: str) -> float:
        """Draw a time in hours."""
        mu, sigma = self.look(("time", state, level, category))
        return self.random.lognormvariate(mu, sigma) if sigma >= 0 else self.random.expovariate(1 / mu)

    def outcome(self, state: str, level: str, category: str, closed: tuple[str, ...] = ()) -> str:
        """Draw what happens, until it is something that may."""
        names, weights = self.look(("outcomes", state, level, category))
        while True:
            chosen = self.random.choices(names, weights)[0]
            if chosen not in closed:
                return chosen

    def look(self, key: tuple[str, str, str, str]) -> Any:
        """Return the entry that speaks for a place, looked up once."""
        if key not in self.tables:
            what, state, level, category = key
            behaviour = self.community.assumptions.behaviour["grievance"][state]
            found = [getattr(e, what) for e in most_specific(behaviour, level, category)]
            first = next(x for x in found if x is not None)
            self.tables[key] = parameters(first) if what == "time" else (list(first), list(first.values()))
        return self.tables[key]

    def limit(self, name: str, unit: str, severity: int) -> float:
        """Return a deadline's limit in hours."""
        key = (name, unit, severity)
        if key not in self.tables:
            deadline = self.cycle.deadlines[name]
            limit = deadline.limit.get(self.level[unit], deadline.limit.get("default"))
            day = self.hours[unit].day if deadline.clock == "working" else 24.0
            self.tables[key] = limit.us(round(day * HOUR)) / HOUR * deadline.severity.get(severity, 1.0)
        return self.tables[key]

    def at(self, unit: str, level: str) -> str:
        """Return a unit's ancestor or itself at a level."""
        while self.level[unit] != level:
            unit = self.superior[unit]
        return unit


class Clock:
    """A deadline that records a delay: a process that waits for it and is interrupted when the clock stands still."""

    def __init__(self, town: Town, name: str, note: Any) -> None:
        self.town, self.name, self.note = town, name, note
        self.used, self.since, self.spent = 0.0, 0.0, town.lean
        self.waiting: simpy.Process | None = None

    def start(self, unit: str, severity: int) -> None:
        """Let the clock run at a unit."""
        if self.spent or self.waiting is not None:
            return
        self.hours = self.town.hours[unit] if self.town.cycle.deadlines[self.name].clock == "working" else None
        now = self.town.env.now
        left = max(0.0, self.town.limit(self.name, unit, severity) - self.used)
        self.since = self.hours.worked(now) if self.hours else now
        self.waiting = self.town.env.process(self.wait(self.hours.after(now, left) - now if self.hours else left))

    def stop(self) -> None:
        """Let the clock stand still."""
        if self.waiting is None:
            return
        if self.waiting.is_alive:
            self.waiting.interrupt()
        now = self.town.env.now
        self.used += (self.hours.worked(now) if self.hours else now) - self.since
        self.waiting = None

    def wait(self, delay: float) -> Generator[Any, Any, None]:
        """Record the delay when the time is up, unless interrupted."""
        try:
            yield self.town.env.timeout(max(0.0, delay))
            self.spent = True
            self.note("overdue")
        except simpy.Interrupt:
            pass


def parameters(time: Any) -> tuple[float, float]:
    """Return mu and sigma of a lognormal time, or the mean of an exponential one and -1."""
    mean = time.parameters["mean"].us(DAY) / HOUR
    if time.kind == "exponential":
        return mean, -1.0
    variance = log(1 + time.parameters["cv"] ** 2)
    return log(mean) - variance / 2, sqrt(variance)


def source(town: Town, category: str, arrivals: Any) -> Generator[Any, Any, None]:
    """Bring the cases of a category: a Poisson process, thinned by the hour of the week."""
    rate = arrivals.per_household_year * len(town.contacts) / 8760
    week = town.community.assumptions.weeks.get(arrivals.week)
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    flat = [w for d in days for w in (week[d] if week else (1.0,) * 24)]
    most = max(flat) / (sum(flat) / 168)
    scale = [w / max(flat) for w in flat]
    while True:
        yield town.env.timeout(town.random.expovariate(rate * most))
        if town.env.now > town.days * 24:
            return
        if town.random.random() < scale[int(town.env.now) % 168]:
            town.env.process(grievance(town, category, arrivals))


def grievance(town: Town, category: str, arrivals: Any) -> Generator[Any, Any, None]:
    """One grievance from its opening to its end."""
    env, rng = town.env, town.random
    number = town.cases
    town.cases += 1
    home = rng.choice(town.contacts)
    channel = rng.choices(list(arrivals.channels), list(arrivals.channels.values()))[0]
    unit = town.at(home, town.community.intake["grievance"].level(channel, category))
    severity = town.community.categories[category].severity
    state, reopened, handed, referrals, convened = "received", 0, 0, 0, 0
    used, overdue = 0.0, False

    def note(what: str) -> None:
        town.log.append((number, env.now, what, unit))

    note("open")
    respond, settle = Clock(town, "respond", note), Clock(town, "settle_case", note)
    respond.start(unit, severity)
    settle.start(unit, severity)
    while True:
        level = town.level[unit]
        hours = town.hours[unit]
        if state == "received":
            with town.units[unit].request(severity) as turn:
                yield turn
                if (start := hours.opening(env.now)) > env.now:
                    yield env.timeout(start - env.now)
                note("screen")
                yield env.timeout(hours.after(env.now, town.draw("screening", level, category)) - env.now)
                outcome = town.outcome("screening", level, category)
            note(outcome)
            respond.stop()
            settle.stop()
            if outcome == "accept":
                if arrivals.severity:
                    severity = rng.choices(list(arrivals.severity), list(arrivals.severity.values()))[0]
                state, used, overdue = "assigned", 0.0, False
                settle.start(unit, severity)
            elif outcome == "merge":
                state = "merged"
            else:
                state = "rejected"
        elif state == "assigned":
            since = hours.worked(env.now)
            left = town.limit("handle", unit, severity) - used
            with town.units[unit].request(severity) as turn:
                if not overdue and left > 0:
                    due = hours.after(env.now, left)
                    got = yield turn | env.timeout(due - env.now)
                    if turn not in got:
                        overdue = True
                        note("overdue")
                        if town.superior[unit]:
                            unit, used, overdue = town.superior[unit], 0.0, False
                            note("escalate")
                            continue
                        yield turn
                else:
                    yield turn
                if (start := hours.opening(env.now)) > env.now:
                    yield env.timeout(start - env.now)
                note("start")
                yield env.timeout(hours.after(env.now, town.draw("handling", level, category)) - env.now)
                used += hours.worked(env.now) - since
                closed = []
                if not town.superior[unit]:
                    closed.append("escalate")
                if unit == home or handed >= 2:
                    closed.append("hand_down")
                if referrals >= 3:
                    closed.append("refer")
                if convened >= 2:
                    closed.append("convene")
                outcome = town.outcome("handling", level, category, tuple(closed))
                while outcome == "regrade":
                    note(outcome)
                    yield env.timeout(hours.after(env.now, town.draw("handling", level, category)) - env.now)
                    outcome = town.outcome("handling", level, category, tuple(closed))
            if outcome == "escalate":
                unit, used, overdue = town.superior[unit], 0.0, False
            elif outcome == "hand_down":
                lower = home
                while town.superior[lower] != unit:
                    lower = town.superior[lower]
                unit, used, overdue, handed = lower, 0.0, False, handed + 1
            state = {"resolve": "asked", "refer": "referred", "convene": "convened", "shelve": "shelved"}.get(
                outcome, "assigned"
            )
            note(outcome)
            if state == "asked":
                settle.stop()
        elif state == "referred":
            referrals += 1
            sign, contact = Clock(town, "sign", note), Clock(town, "contact", note)
            sign.start("department/city_management", severity)
            contact.start("department/city_management", severity)
            gone = env.timeout(town.hours["department/city_management"].after(env.now, 5 * hours.day) - env.now)
            outcome = ""
            for stage in ("referred", "signed", "contacted"):
                while outcome not in ("report_back", "decline", "withdraw"):
                    answer = env.timeout(town.draw(stage, "department", category))
                    got = yield answer | gone
                    outcome = town.outcome(stage, "department", category) if answer in got else "no_answer"
                    note(outcome)
                    if outcome in ("sign", "contact", "no_answer"):
                        break
                sign.stop()
                if stage == "signed":
                    contact.stop()
                if outcome in ("no_answer", "withdraw", "report_back", "decline"):
                    break
            sign.stop()
            contact.stop()
            if outcome == "withdraw":
                settle.stop()
                return
            state = "assigned"
        elif state == "convened":
            convened += 1
            while True:
                answer = env.event()
                town.waiting.append(answer)
                yield answer
                outcome = town.outcome("convened", "committee", category)
                note(outcome)
                if outcome != "another_round":
                    break
            state = "assigned" if outcome == "agree" else "shelved"
        elif state == "asked":
            answer = town.draw("asked", level, category)
            if answer > 7 * 24:
                yield env.timeout(7 * 24)
                note("silent_close")
                return
            yield env.timeout(answer)
            outcome = town.outcome("asked", level, category)
            note(outcome)
            if outcome != "dispute":
                return
            if reopened >= 1 and town.superior[unit]:
                unit = town.superior[unit]
            reopened, used, overdue, state = reopened + 1, 0.0, False, "assigned"
            settle.start(unit, severity)
        elif state == "shelved":
            review = env.timeout(30 * 24)
            outcome = "urge"
            while outcome == "urge":
                answer = env.timeout(town.draw("shelved", level, category))
                got = yield answer | review
                outcome = town.outcome("shelved", level, category) if answer in got else "revive"
                note(outcome)
            if outcome == "withdraw":
                settle.stop()
                return
            state = "assigned"
        elif state == "rejected":
            answer = town.draw("rejected", level, category)
            if answer > 15 * 24:
                yield env.timeout(15 * 24)
                note("close_rejected")
                return
            yield env.timeout(answer)
            outcome = town.outcome("rejected", level, category)
            note(outcome)
            if outcome != "appeal":
                return
            unit = town.superior[unit] or unit
            state = "received"
            settle.start(unit, severity)
        else:
            answer = town.draw("merged", level, category)
            if answer > 30 * 24:
                yield env.timeout(30 * 24)
                note("close_merged")
                return
            yield env.timeout(answer)
            outcome = town.outcome("merged", level, category)
            note(outcome)
            if outcome == "withdraw":
                return
            if outcome == "split":
                state = "assigned"
                settle.start(unit, severity)


def conference(town: Town, meeting: Any) -> Generator[Any, Any, None]:
    """Hold a session every so many weeks and take the first matters."""
    while True:
        yield town.env.timeout(meeting.every * 168)
        for answer in town.waiting[: meeting.capacity]:
            answer.succeed()
        del town.waiting[: meeting.capacity]


def peer(community: gf.Community, days: float, seed: int, lean: bool) -> tuple[float, int, int]:
    """Run the SimPy model; return seconds, cases and rows."""
    town = Town(community, days, seed, lean)
    for category, arrivals in community.assumptions.arrivals["grievance"].items():
        town.env.process(source(town, category, arrivals))
    for meeting in community.plan.conferences:
        town.env.process(conference(town, meeting))
    begin = time.perf_counter()
    town.env.run(until=(days + 90) * 24)
    return time.perf_counter() - begin, town.cases, len(town.log)


def ours(tables: arrays.Tables, seed: int) -> tuple[float, int, int]:
    """Run one replication with the event table on; return seconds, cases and rows."""
    begin = time.perf_counter()
    found = study.replicate(tables, seed, 0, events=True)
    return time.perf_counter() - begin, found.cases, sum(map(len, found.rows))


def main() -> None:
    """Print both speeds and their ratio, round by round and as medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peer-days", type=float, default=90)
    parser.add_argument("--days", type=float, default=3650)
    parser.add_argument("--lean", action="store_true", help="leave the recording deadlines out of the SimPy model")
    options = parser.parse_args()
    beida = gf.load("beida")
    window = study.make_window(beida, days=options.days, warmup=0, drain=90, start=None)
    tables = arrays.layout(compile_program(beida), window)
    ours(tables, 0)
    print(f"beida, one thread, event table on; {platform.machine()}, Python {platform.python_version()}")
    speeds = []
    for seed in range(1, options.rounds + 1):
        a_time, a_cases, a_rows = peer(beida, options.peer_days, seed, options.lean)
        b_time, b_cases, b_rows = ours(tables, seed)
        speeds.append((a_cases / a_time, b_cases / b_time))
        print(
            f"round {seed}: SimPy {a_cases:,} cases, {a_rows / a_cases:.2f} rows a case, {speeds[-1][0]:,.0f} cases/s; "
            f"govflow {b_cases:,} cases, {b_rows / b_cases:.2f} rows a case, {speeds[-1][1]:,.0f} cases/s; "
            f"ratio {speeds[-1][1] / speeds[-1][0]:.1f}"
        )
    print(
        f"median: SimPy {statistics.median(s for s, _ in speeds):,.0f} cases/s, "
        f"govflow {statistics.median(g for _, g in speeds):,.0f} cases/s, "
        f"ratio {statistics.median(g / s for s, g in speeds):.1f}"
    )


if __name__ == "__main__":
    main()
