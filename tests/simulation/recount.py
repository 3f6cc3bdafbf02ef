"""The figures of a study counted once more, by hand, from the event table (DESIGN 4.5).

Everything is taken from the rows by name and from the definition as it is written; nothing that the kernel counted
is read. `recount` gives for one replication what a summary must say of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from attrs import define, field, frozen

from govflow.lifecycle import Lifecycle, Metric, Span
from tests.simulation.made import Ran, rows_of
from tests.simulation.twin import Row

Fact = tuple[int, str]
"""When, and what: a trigger, ``open``, or ``expiry:DEADLINE``."""


@define(eq=False)
class Told:
    """What the table tells of one case: its facts in order, where it was, and whether it is over."""

    cycle: Lifecycle
    category: str
    opened: int
    facts: list[Fact] = field(factory=list)
    stays: list[tuple[str, str, int, int | None]] = field(factory=list)
    """(unit, state, from, to), a new one with every state entered; None where it still lasts."""
    settled: str | None = None
    closed: bool = False


def told(run: Ran) -> list[Told]:
    """Return what the table tells of each case, by number."""
    program = run.tables.program
    cycles = [run.community.lifecycles[name] for name in program.names.lifecycles]
    openings = [row for chunk in run.replication.openings for row in chunk.tolist()]
    cases = []
    for stream, *_ in openings:
        own = program.streams[stream]
        cases.append(Told(cycles[own.lifecycle], program.names.categories[own.category], opened=-1))
    for row in rows_of(run):
        _tell(cases[row.case], row)
    return cases


def _tell(case: Told, row: Row) -> None:
    if row.way is None and row.cause is None:
        case.opened = row.time
        case.facts.append((row.time, "open"))
        case.stays.append((row.unit, case.cycle.start, row.time, None))
    if row.cause is not None:
        case.facts.append((row.time, f"expiry:{row.cause[0]}"))
    if row.way is None:
        return
    case.facts.append((row.time, row.way.trigger))
    unit, state, since, _ = case.stays[-1]
    if row.way.trigger in case.cycle.settled_by:
        case.settled = unit
    if row.way.target is not None:
        case.stays[-1] = (unit, state, since, row.time)
        if case.cycle.states[row.way.target].kind == "final":
            case.closed = True
        else:
            case.stays.append((row.unit, row.way.target, row.time, None))


@frozen
class Count:
    """The figures of a group of cases, as plain numbers."""

    opened: int
    closed: int
    rates: dict[str, tuple[int, int]]
    levels: Counter[str]
    times: dict[str, list[int | None]]
    transitions: Counter[str]
    expiries: Counter[str]


def count(run: Ran, cases: Iterable[Told], cycle: Lifecycle) -> Count:
    """Return the figures of those of the cases that were opened in the measured window."""
    window = run.tables.window
    own = [case for case in cases if window.warmup <= case.opened < window.days]
    org = run.community.organization
    level = {unit: org.level_names[org.level[at]] for at, unit in enumerate(org.ids)}
    facts = Counter(fact for case in own for _, fact in case.facts)
    return Count(
        opened=len(own),
        closed=sum(case.closed for case in own),
        rates={metric.name: _rate(metric, own) for metric in cycle.metrics.values()},
        levels=Counter(level[case.settled] for case in own if case.closed and case.settled is not None),
        times={span.name: list(_times(span, own)) for span in cycle.times.values()},
        transitions=Counter({trigger: facts[trigger] for trigger in cycle.triggers()}),
        expiries=Counter({name: facts[f"expiry:{name}"] for name in cycle.deadlines}),
    )


def _rate(metric: Metric, cases: Sequence[Told]) -> tuple[int, int]:
    """Return numerator and denominator of a metric over some cases."""
    top = bottom = 0
    for case in cases:
        inside = {"numerator": False, "denominator": False}
        expired = False
        for _, fact in case.facts:
            expired = expired or fact == f"expiry:{metric.within}"
            for part, marks in (("numerator", metric.numerator), ("denominator", metric.denominator)):
                if fact in marks.out:
                    inside[part] = False
                if fact in marks.into and not (part == "numerator" and metric.within and expired):
                    inside[part] = True
                    if metric.counts == "events":
                        top, bottom = top + (part == "numerator"), bottom + (part == "denominator")
        if metric.counts == "cases" and inside["denominator"]:
            top, bottom = top + inside["numerator"], bottom + 1
    return top, bottom


def _times(span: Span, cases: Sequence[Told]) -> Iterator[int | None]:
    """Yield the times that are final, and None for each case that may still have another."""
    for case in cases:
        own = [time - case.opened for time, fact in case.facts if fact in span.until and fact != "open"]
        if own and (span.take == "first" or case.closed):
            yield own[0] if span.take == "first" else own[-1]
        elif not case.closed:
            yield None


def percentile(times: Sequence[int | None], share: float) -> int | None:
    """Return the time of the case of that rank, those still open being later than all; None where it is not known."""
    known = sorted(time for time in times if time is not None)
    rank = max(1, ceil(share * len(times)))
    return known[rank - 1] if rank <= len(known) else None


def busy(run: Ran, cases: Iterable[Told]) -> Counter[str]:
    """Return by unit the working µs in the measured window between the taking of a case and the end of its work."""
    window, org = run.tables.window, run.community.organization
    found: Counter[str] = Counter()
    for case in cases:
        for unit, state, since, to in case.stays:
            if case.cycle.states[state].kind == "work":
                start, stop = max(since, window.warmup), min(window.days if to is None else to, window.days)
                calendar = run.community.calendars[org.calendar(org.index(unit))]
                if start < stop:
                    found[unit] += calendar.between(window.start + start, window.start + stop)
    return found


def waited(run: Ran, cases: Iterable[Told]) -> Counter[str]:
    """Return by unit the ms in the measured window for which cases stood in its queue."""
    window = run.tables.window
    found: Counter[str] = Counter()
    for case in cases:
        for unit, state, since, to in case.stays:
            if case.cycle.states[state].kind == "queue":
                start, stop = max(since, window.warmup), min(window.days if to is None else to, window.days)
                found[unit] += max(0, stop - start) // 1000
    return found


def taken(cases: Iterable[Told]) -> Counter[str]:
    """Return by unit how many times work began on a case that no handler had in hand."""
    found: Counter[str] = Counter()
    for case in cases:
        states = [case.cycle.states[state].kind for _, state, _, _ in case.stays]
        for before, kind, (unit, *_) in zip(states, states[1:], case.stays[1:], strict=False):
            found[unit] += kind == "work" != before
    return found


def waiting_at_end(cases: Iterable[Told]) -> Counter[str]:
    """Return by unit how many cases stand in its queue when the run is over."""
    last = [(case, *case.stays[-1]) for case in cases]
    return Counter(unit for case, unit, state, _, to in last if to is None and case.cycle.states[state].kind == "queue")
