"""When a case falls due, and why: every clock with its run, its pauses, its extensions and the calendar it goes by.

The numbers are those that the desk itself goes by; the events say how they came about. Reading fires nothing: a due
instant that has passed is told as pending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from govflow.calendar import Calendar, load_holidays
from govflow.casework.draft import Work
from govflow.casework.reader import Reader
from govflow.errors import UnknownName
from govflow.program import Clock, fires, limit_of
from govflow.program.columns import C_WORKING, NEVER, NONE
from govflow.program.standing import clock_of
from govflow.record import Event


@frozen
class Pause:
    """A time for which a clock stood still: from `since`, when the case came to `state`, until it ran on, if it did."""

    since: int
    until: int | None
    state: str
    unit: str


@frozen
class Extended:
    """An extension of a deadline: when, by whom, in which post, and by how much in µs."""

    at: int
    by: str
    post: str | None
    within: int


@frozen
class Due:
    """A clock of a case in its present or last run. Instants and lengths are µs, of working time where it counts that.

    `started` is when the run first ran, None where it never has; `used` of the `limit` and what it was extended by is
    gone at the instant of asking. `due` is None while the clock stands still or is `spent`. `calendar` names the
    working calendar, None for a clock of elapsed time; `holidays` the table of holidays behind it, published up to and
    including `last_year`: a due instant beyond is `provisional`. `pending`: it has passed and has not fired yet.
    `fires` is the trigger that follows at its end, where it runs: as the case stands; None: it is recorded as overdue.
    """

    deadline: str
    run: int
    started: int | None
    used: int
    limit: int | None
    due: int | None
    spent: bool = False
    pending: bool = False
    provisional: bool = False
    fires: str | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extended, ...] = ()
    calendar: str | None = None
    holidays: str | None = None
    last_year: int | None = None
    label: Mapping[str, str] = field(factory=dict, repr=False)

    @property
    def extended(self) -> int:
        """By how much the run was extended, in µs."""
        return sum(one.within for one in self.extensions)


@define(eq=False)
class _Run:
    """What the events tell of the present run of a clock; `unit` is where it last ran."""

    number: int = 0
    started: int | None = None
    running: bool = False
    unit: str | None = None
    pauses: list[Pause] = field(factory=list)
    extensions: list[Extended] = field(factory=list)

    def take(self, clock: Clock, event: Event, facts: Mapping[str, Any]) -> None:
        """Take what an event made of the clock."""
        if clock.since is not None and not self.running:
            self.started = event.at if self.started is None else self.started
            self._go_on(event.at)
        elif clock.since is None and self.running and not clock.spent:
            self.pauses.append(Pause(event.at, None, facts["state"], facts["unit"]))
        self.running = clock.since is not None
        if self.running:
            self.unit = facts["unit"]
        if clock.extended > len(self.extensions):
            self.extensions.append(Extended(event.at, event.by, event.post, event.fields.get("within", 0)))

    def _go_on(self, at: int) -> None:
        if self.pauses and self.pauses[-1].until is None:
            last = self.pauses.pop()
            self.pauses.append(Pause(last.since, at, last.state, last.unit))


def due(reader: Reader, case: str) -> tuple[Due, ...]:
    """Return every clock of a case that has begun, in order of declaration."""
    row = reader.row(case)
    work = reader.office.work(row)
    runs = _runs(work, reader.events(case)[: row.version])
    clocks = work.edition.clocks(work.position.lifecycle)
    return tuple(
        _told(work, index, clock, runs[key], reader.at)
        for index, clock, key in zip(clocks, work.position.clocks, _keys(work), strict=True)
        if clock.run
    )


def _keys(work: Work) -> Sequence[str]:
    return work.edition.program.keys[work.position.lifecycle].clocks


def _runs(work: Work, events: Sequence[Event]) -> dict[str, _Run]:
    """Return what the events tell of each clock, by its key."""
    runs = {key: _Run() for key in _keys(work)}
    facts: dict[str, Any] = {}
    for event in events:
        facts.update(event.changes)
        for key in runs.keys() & event.changes.keys():
            clock = clock_of(event.changes[key])
            if clock.run != runs[key].number:
                runs[key] = _Run(clock.run)
            runs[key].take(clock, event, facts)
    return runs


def _told(work: Work, index: int, clock: Clock, run: _Run, at: int) -> Due:
    program, deadline = work.edition.program, work.edition.deadline(index)
    calendar = program.calendars[program.places.calendar[work.position.unit]]
    working = bool(program.rules.clocks[index][C_WORKING])
    limit = clock.limit
    if limit is None:
        limit = limit_of(program, _place(work, run), work.position.severity, index)
    holidays = load_holidays(calendar.holidays) if working and calendar.holidays else None
    return Due(
        deadline=deadline.name,
        run=clock.run,
        started=run.started,
        used=_used(calendar if working else None, clock, at),
        limit=None if limit == NEVER else limit,
        due=clock.due,
        spent=clock.spent,
        pending=clock.due is not None and clock.due <= at,
        provisional=working and clock.due is not None and calendar.provisional(clock.due),
        fires=deadline.fires if clock.due is None else _fires(work, index),
        pauses=tuple(run.pauses),
        extensions=tuple(run.extensions),
        calendar=calendar.name if working else None,
        holidays=None if holidays is None else holidays.edition,
        last_year=None if holidays is None else holidays.last_year,
        label=deadline.label,
    )


def _fires(work: Work, index: int) -> str | None:
    """Return what would follow if a clock expired where the case stands."""
    transition = fires(work.edition.program, work.position, index)
    return None if transition == NONE else work.edition.way(transition).trigger


def _place(work: Work, run: _Run) -> int:
    """Return the unit whose limit counts: where the case is, or where the clock last ran while it is away."""
    position = work.position
    if run.running or run.unit is None or not position.stack:
        return position.unit
    try:
        return work.edition.roster.organization.index(run.unit)
    except UnknownName:
        return position.unit


def _used(calendar: Calendar | None, clock: Clock, at: int) -> int:
    """Return the time that a clock has used by an instant, not more than up to its due instant."""
    if clock.since is None or clock.due is None:
        return clock.used
    until = max(clock.since, min(at, clock.due))
    return clock.used + (until - clock.since if calendar is None else calendar.between(clock.since, until))
