"""Where everybody stands at the first instant: units with their handlers, and the cases that are open already.

Without a snapshot no case is. With one, its cases get the first numbers and slots of every replication, in the
kernel's own columns; from there on the kernel does not tell them from others. Only how long their work and waits
take belongs to a replication and is drawn in `completions`. Next: ``arrays``, which lays out all the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import evolve, field, frozen
from msgspec.structs import replace
from numpy.typing import NDArray

from govflow.community import missing_behaviour
from govflow.errors import DefinitionError, UsageError
from govflow.program import OpenCase, Position, Program, Stream
from govflow.program.columns import (
    C_WORKING,
    L_CLOCK,
    L_COUNTERS,
    L_STATES,
    NEVER,
    NONE,
    QUEUE,
    S_CONFERENCE,
    S_KIND,
    S_LIFECYCLE,
    S_LOCAL,
    S_TAKE,
    S_WANT,
    T_LIFECYCLE,
    T_SOURCES,
    T_TARGET,
    WORK,
)
from govflow.simulation import layout as at
from govflow.simulation.luck import TIME, duration, uniform
from govflow.simulation.parts import line_up, next_due, reached

Ints = NDArray[np.int64]
AHEAD = 1 << 60
"""So much earlier than it did has a case entered its queue that is put back at its front."""


@frozen(eq=False)
class Initial:
    """The initial cases by number: their ids, states at the first instant, and rows in the kernel's columns.

    `spreads` are the rows of times that their work or wait is drawn from, NONE where nothing is drawn.
    """

    ids: tuple[str, ...]
    cases: Ints = field(repr=False)
    entries: NDArray[np.int32] = field(repr=False)
    spreads: Ints = field(repr=False)
    units: Ints = field(repr=False)
    """The running state of all units, and below them of the joint conferences, these cases in their queues."""

    @property
    def openings(self) -> Ints:
        """The rows of the table of openings: stream, no number in it, home, channel."""
        stream, home, channel = self.cases[:, [at.K_STREAM, at.K_HOME, at.K_CHANNEL]].T
        return np.column_stack((stream, np.zeros_like(stream), home, channel))

    @property
    def rows(self) -> Ints:
        """The first rows of the event table: at the first instant each of them stands at its unit."""
        number, unit = self.cases[:, [at.K_NUMBER, at.K_UNIT]].T
        return np.column_stack((number, np.zeros_like(number), unit, np.zeros_like(number)))


def case_columns(program: Program) -> tuple[int, int, int]:
    """Return where in a case's row its spans begin, where its clocks, and how wide the row is."""
    spans_at = at.K_COUNTERS + max(row[L_COUNTERS] for row in program.rules.lifecycles)
    clocks_at = spans_at + max((len(spans) for spans in program.names.spans), default=0)
    return spans_at, clocks_at, clocks_at + at.CLOCK_WIDTH * max(len(program.rules.clocks), 1)


def with_streams(program: Program, cases: Sequence[OpenCase]) -> Program:
    """Return the program with a stream, from which nothing comes, for each kind of case that only a snapshot has.

    UsageError for a case without category, DefinitionError where something is not assumed that a case may need.
    """
    community, names = program.community, program.names
    without = [case.id for case in cases if case.position.category == NONE]
    if without:
        more = f" (and {len(without) - 1} more)" if len(without) > 1 else ""
        raise UsageError(
            f"case {without[0]!r} of the snapshot: has no category, so nothing is assumed of it; leave it out{more}"
        )
    kinds = sorted({(case.position.lifecycle, case.position.category) for case in cases})
    levels = tuple(level.name for level in community.plan.levels)
    faults = [
        fault
        for lifecycle in sorted({kind[0] for kind in kinds})
        for fault in missing_behaviour(
            community,
            community.lifecycles[names.lifecycles[lifecycle]],
            [names.categories[category] for owner, category in kinds if owner == lifecycle],
            levels,
        )
    ]
    if faults:
        raise DefinitionError(f"{community.name}, for the cases of the snapshot", faults)
    known = {(stream.lifecycle, stream.category) for stream in program.streams}
    silent = [_silent(program, *kind) for kind in kinds if kind not in known]
    return evolve(program, streams=(*program.streams, *silent))


def _silent(program: Program, lifecycle: int, category: int) -> Stream:
    community, names = program.community, program.names
    name = names.categories[category]
    arrivals = community.assumptions.arrivals.get(names.lifecycles[lifecycle], {}).get(name)
    weights = arrivals.severity if arrivals is not None and arrivals.severity else {}
    return Stream(
        lifecycle=lifecycle,
        category=category,
        rate=0.0,
        week=(1.0,) * 168,
        channels=(),
        severity=tuple(float(weights.get(s, 0.0)) for s in (1, 2, 3, 4)) if weights else (),
        default_severity=community.categories[name].severity,
    )


def stand(program: Program, fixed: Mapping[str, Any], cases: Sequence[OpenCase], start: int) -> Initial:
    """Return how everybody stands at the instant `start`, with these cases open; `fixed` are the run's tables."""
    standing = in_hand(program, cases)
    states = max(row[L_STATES] for row in program.rules.lifecycles)
    levels = len(program.names.levels)
    rows = np.zeros((len(standing), case_columns(program)[-1]), np.int64)
    entries = np.zeros((len(standing), states * levels), np.int32)
    streams = {(stream.lifecycle, stream.category): i for i, stream in enumerate(program.streams)}
    for number, case in enumerate(standing):
        position = case.position
        row = _row(program, case, start)
        row |= {at.K_NUMBER: number, at.K_STREAM: streams[position.lifecycle, position.category]}
        rows[number, list(row)] = list(row.values())
        _wind_up(program, fixed, case, rows[number], start)
        entries[number, program.places.level[position.unit] :: levels][: len(position.entries)] = position.entries
    return Initial(
        ids=tuple(case.id for case in standing),
        cases=rows,
        entries=entries,
        spreads=np.array([_spread(program, fixed, case.position) for case in standing], np.int64),
        units=_units(program, fixed, rows),
    )


def in_hand(program: Program, cases: Sequence[OpenCase]) -> list[OpenCase]:
    """Return the cases, and those put back into their queue that are said to be in work beyond the unit's handlers.

    A handler keeps the first in the order of a queue. The others count as not yet taken, and stand before all of
    their severity that wait.
    """
    found = list(cases)
    free = list(program.places.handlers)
    working = [n for n, case in enumerate(cases) if program.rules.states[case.position.state][S_KIND] == WORK]
    for number in sorted(working, key=lambda n: (cases[n].position.severity, cases[n].entered, n)):
        unit = cases[number].position.unit
        if free[unit] > 0:
            free[unit] -= 1
        else:
            found[number] = _put_back(program, cases[number])
    return found


def _put_back(program: Program, case: OpenCase) -> OpenCase:
    position = case.position
    queue = queue_before(program, position.state)
    if queue == NONE:
        lifecycle, state = program.names.states[position.state]
        raise UsageError(
            f"case {case.id!r} of the snapshot: is in {state!r} without a handler, and no queue of {lifecycle!r} leads "
            "there; give the unit more handlers"
        )
    local = program.rules.states[position.state][S_LOCAL]
    entries = list(position.entries)
    entries[local] = max(0, entries[local] - 1)
    return evolve(case, position=replace(position, state=queue, entries=tuple(entries)), entered=case.entered - AHEAD)


def queue_before(program: Program, work: int) -> int:
    """Return the queue from which a work state is taken, or the work before it; of several the first, else NONE."""
    rules = program.rules
    befores = [work]
    for state in befores:
        for queue, row in enumerate(rules.states):
            if row[S_KIND] == QUEUE and rules.transitions[row[S_TAKE]][T_TARGET] == state:
                return queue
        befores += [
            other
            for other, row in enumerate(rules.states)
            if row[S_KIND] == WORK and other not in befores and _leads(program, other, state)
        ]
    return NONE


def _leads(program: Program, source: int, target: int) -> bool:
    row = program.rules.states[source]
    return any(
        way[T_LIFECYCLE] == row[S_LIFECYCLE] and way[T_TARGET] == target and way[T_SOURCES] >> row[S_LOCAL] & 1
        for way in program.rules.transitions
    )


def _row(program: Program, case: OpenCase, start: int) -> dict[int, int]:
    """Return what a case's row holds beside its number, stream and clocks."""
    position = case.position
    row = {
        at.K_STATE: position.state,
        at.K_UNIT: position.unit,
        at.K_HOME: position.home,
        at.K_SEVERITY: position.severity,
        at.K_CHANNEL: position.channel,
        at.K_DEPTH: len(position.stack),
        at.K_ENTERED: case.entered - start,
        at.K_OPENED: case.opened - start,
        at.K_ENTRY: max(0, position.entries[program.rules.states[position.state][S_LOCAL]] - 1),
        at.K_SETTLED: -1,
    }
    row |= {at.K_STACK + i: value for i, value in enumerate(part for place in position.stack for part in place)}
    row |= {at.K_COUNTERS + i: count for i, count in enumerate(position.counters)}
    spans_at, clocks_at, _ = case_columns(program)
    return row | dict.fromkeys(range(spans_at, clocks_at), -1)


def _wind_up(program: Program, fixed: Mapping[str, Any], case: OpenCase, me: Ints, start: int) -> None:
    """Let the clocks of a case go on with what they used, under the limits of this program.

    A run's extension, and its own limit where a field of the case said it, count as so much less or more used.
    """
    position, places = case.position, program.places
    calendar, level = places.calendar[position.unit], places.level[position.unit]
    first = program.rules.lifecycles[position.lifecycle][L_CLOCK]
    wanted = program.rules.states[position.state][S_WANT + len(position.stack)]
    clocks_at = case_columns(program)[1]
    for k, clock in enumerate(position.clocks):
        working = program.rules.clocks[first + k][C_WORKING]
        limit = program.limit(first + k, calendar, level, position.severity)
        used = clock.used - clock.extra
        if clock.since is not None:
            own = program.calendars[calendar]
            used += own.between(clock.since, start) if working else start - clock.since
        if clock.limit is not None and limit != NEVER:
            used += limit - clock.limit
        column = clocks_at + at.CLOCK_WIDTH * k
        me[at.K_SPENT] |= clock.spent << k
        runs = wanted >> k & 1 and not clock.spent and limit != NEVER
        me[column + at.CLOCK_USED] = -used if runs else used
        if runs:
            left = max(0, limit - used)
            me[at.K_RUNNING] |= 1 << k
            me[column + at.CLOCK_DUE] = _after(fixed, calendar, left) if working and left else left
    next_due(me, clocks_at)


def _after(fixed: Mapping[str, Any], calendar: int, work: int) -> int:
    """Return the earliest instant with so much working time since the start."""
    return reached(fixed["calendars"], fixed["hours"], fixed["buckets"], calendar, work)


def _spread(program: Program, fixed: Mapping[str, Any], position: Position) -> int:
    """Return the row of times from which a case's work or wait is drawn; NONE in queues and before conferences."""
    standing = program.rules.states[position.state]
    if standing[S_KIND] == QUEUE or standing[S_CONFERENCE]:
        return NONE
    place = program.place(position.state, program.places.level[position.unit], position.category)
    return int(fixed["time_row"][place])


def _units(program: Program, fixed: Mapping[str, Any], cases: Ints) -> Ints:
    """Return the running state of the units, and below them of the conferences: who queues there, who is free."""
    sits, handlers = fixed["sits"], np.array(program.places.handlers, np.int64)
    units = np.zeros((len(handlers) + int(fixed["sitting_first"][-2]), at.U_WIDTH), np.int64)
    units[: len(handlers), at.U_FREE] = handlers
    units[:, at.U_HEAD : at.U_HEAD + 8] = -1
    for number in np.lexsort((cases[:, at.K_NUMBER], cases[:, at.K_ENTERED])):
        unit = cases[number, at.K_UNIT]
        standing = program.rules.states[cases[number, at.K_STATE]]
        if standing[S_KIND] == QUEUE:
            line_up(units, cases, unit, number)
        elif standing[S_CONFERENCE] and sits[unit] != NONE:
            line_up(units, cases, len(handlers) + sits[unit], number)
        elif standing[S_KIND] == WORK:
            units[unit, at.U_FREE] -= 1
    return units


def completions(program: Program, fixed: Mapping[str, Any], initial: Initial, keys: NDArray[np.uint64]) -> Ints:
    """Return when the work or wait of each initial case is over, drawn anew from the start with the case's own key."""
    done = np.full(len(keys), NEVER, np.int64)
    levels = len(program.names.levels)
    for slot in np.flatnonzero(initial.spreads != NONE):
        me = initial.cases[slot]
        state, unit = me[at.K_STATE], me[at.K_UNIT]
        place = fixed["place_keys"][state * levels + program.places.level[unit]]
        u = uniform(keys[slot], place, TIME, me[at.K_ENTRY], 0)
        span = duration(fixed["times"], fixed["knots"], initial.spreads[slot], u)
        works = program.rules.states[state][S_KIND] == WORK
        done[slot] = _after(fixed, program.places.calendar[unit], span) if works else span
    return done
