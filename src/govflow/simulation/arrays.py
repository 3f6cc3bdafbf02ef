"""Everything a run needs, laid out as arrays: the program's tables, the calendars of the window, the luck's keys.

`layout` makes what all replications share, once; `start` adds what belongs to one replication. The fields bear
the names of the kernel's parameters. Instants are µs from the start of the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from math import log
from typing import Any, Literal

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from govflow.calendar import HOUR, Calendar, local_time
from govflow.community import conference_calendar, conference_sessions
from govflow.errors import UsageError
from govflow.program import OpenCase, Program
from govflow.program.behaviour import HOURS_A_WEEK
from govflow.program.columns import (
    C_WIDTH,
    F_COUNTERS,
    L_COUNTERS,
    L_START,
    L_STATES,
    NEVER,
    NONE,
    S_WIDTH,
    T_ADD,
    T_ADD_END,
    T_GUARD,
    T_GUARD_END,
    T_TARGET,
    T_WIDTH,
)
from govflow.simulation import layout as at
from govflow.simulation.initial import Initial, case_columns, completions, stand, with_streams
from govflow.simulation.luck import ARRIVAL, NOWHERE, case_key, initial_key, place_key, stream_key, uniform
from govflow.simulation.parts import arrival

Ints = NDArray[np.int64]
HOURS_A_YEAR = 365 * 24
FIRST_SLOTS = 1024


@frozen
class Window:
    """The time a run covers: its first instant (µs UTC), then µs from there; measured is [warmup, days)."""

    start: int
    warmup: int
    days: int
    end: int


@frozen(eq=False)
class Tables:
    """What every replication of a study reads and none changes."""

    program: Program
    window: Window
    fixed: dict[str, Any] = field(repr=False)
    """Arrays by the kernel's parameter name."""
    initial: Initial = field(repr=False)

    @property
    def metrics(self) -> int:
        """The largest number of metrics a lifecycle has."""
        return max((len(m) for m in self.program.names.metrics), default=0)

    @property
    def spans(self) -> int:
        """The largest number of measured times a lifecycle has."""
        return max((len(s) for s in self.program.names.spans), default=0)


def layout(program: Program, window: Window, initial: Sequence[OpenCase] = ()) -> Tables:
    """Lay a program out for a window of time, with the cases that are open at its start.

    UsageError where nothing can arrive and nothing is open.
    """
    program = with_streams(program, initial)
    if not program.streams:
        raise UsageError(
            f"{program.community.name}: nothing arrives, so there is nothing to simulate; "
            "give some category a positive rate under assumptions.arrivals"
        )
    if not initial and not sum(program.places.households):
        raise UsageError(f"{program.community.name}: no household to bring a case; give some level households")
    rules, places, expected = program.rules, program.places, program.expected
    adds, opening = [*rules.adds], []
    for row, starts in zip(rules.lifecycles, rules.starts, strict=True):
        opening.append(opened_row(row, starts, adds))
    fixed: dict[str, Any] = {
        "lifecycles": ints(rules.lifecycles),
        "states": ints(rules.states, S_WIDTH),
        "transitions": ints([*rules.transitions, *opening], T_WIDTH),
        "clocks": ints(rules.clocks, C_WIDTH),
        "guards": flat(rules.guards),
        "adds": flat(adds),
        "fires": flat(rules.fires),
        "limits": flat(rules.limits),
        "superior": column(places.superior),
        "level": column(places.level),
        "unit_calendar": column(places.calendar),
        "referral_first": column(places.referral_first),
        "referral_category": column(places.referral_category),
        "referral_department": column(places.referral_department),
        "tied": column(places.tied),
        "outcome_row": column(expected.outcome_row),
        "time_row": column(expected.time_row),
        "outcome_first": flat(expected.outcome_first),
        "weights": np.array([*expected.weights, 0.0], np.float64),
        "way_first": flat(expected.way_first),
        "ways": flat(expected.ways),
        "times": np.array(expected.times or [(0.0,) * 4], np.float64).reshape(-1, 4),
        "knots": np.array(expected.knots or [(0.0, 0.0)], np.float64).reshape(-1, 2),
        "place_keys": np.array(
            [place_key(c, s, level) for c, s in program.names.states for level in program.names.levels], np.uint64
        ),
    }
    fixed |= home_arrays(places.households) | calendar_arrays(program, window) | stream_arrays(program)
    beginning = stand(program, fixed, initial, window.start)
    return Tables(program=program, window=window, fixed=fixed, initial=beginning)


def ints(rows: Iterable[Sequence[int]], width: int | None = None) -> Ints:
    """Return rows as a two-dimensional array, of `width` columns even without rows."""
    listed = [list(row) for row in rows]
    return np.array(listed, np.int64).reshape(len(listed), -1 if listed else width or 1)


def flat(values: Iterable[int]) -> Ints:
    """Return values as an array that is never empty (a spare NONE stands at the end)."""
    return np.array([*values, NONE], np.int64)


def column(values: Sequence[int]) -> NDArray[np.int32]:
    """Return a column of small integers."""
    return np.array(values, np.int32)


def opened_row(lifecycle: Sequence[int], starts: Sequence[int], adds: list[int]) -> list[int]:
    """Return the row of the opening: like a transition into the start state, without guard, marks or move.

    What its counters begin at is put at the end of `adds`, for an opening to add to nothing.
    """
    row = [0] * T_WIDTH
    row[T_TARGET] = lifecycle[L_START]
    row[T_GUARD] = row[T_GUARD_END] = NONE
    row[T_ADD] = len(adds)
    adds += [number for counter, first in enumerate(starts) if first for number in (counter, first)]
    row[T_ADD_END] = len(adds)
    return row


def home_arrays(households: Sequence[int]) -> dict[str, Any]:
    """Return the units that have households and the number of the first household of each."""
    counts = np.array(households, np.int64)
    units = np.flatnonzero(counts > 0)
    first = np.concatenate([[0], np.cumsum(counts[units])[:-1]])
    starts = np.arange(0, counts.sum() + 1, 1 << at.GUIDE_BITS)
    guide = np.searchsorted(first, starts, side="right") - 1
    return {"homes": first.astype(np.int64), "home_units": units.astype(np.int32), "guide": guide.astype(np.int32)}


def stream_arrays(program: Program) -> dict[str, Any]:
    """Return what the streams are made of; rates are cumulated by hour over a week."""
    rows, weeks = [], []
    channels: list[tuple[int, int]] = []
    channel_weights: list[float] = []
    severity: list[float] = []
    for stream in program.streams:
        first = len(channels)
        channels += [(channel, level) for channel, _, level in stream.channels]
        channel_weights += [weight for _, weight, _ in stream.channels]
        severity += list(stream.severity) if stream.severity else [0.0] * 4
        hourly = np.array(stream.week) * (stream.rate / HOURS_A_YEAR)
        weeks.append(np.concatenate([[0.0], np.cumsum(hourly)]))
        rows.append(
            (
                stream.lifecycle,
                stream.category,
                stream.default_severity,
                first,
                len(channels),
                int(bool(stream.severity)),
                1,
            )
        )
    return {
        "stream_rows": ints(rows, at.R_WIDTH),
        "weeks": np.array(weeks, np.float64),
        "channels": ints(channels, 2),
        "channel_weights": np.array(channel_weights, np.float64),
        "severity_weights": np.array(severity, np.float64),
    }


def calendar_arrays(program: Program, window: Window) -> dict[str, Any]:
    """Return working hours of the window with their buckets, who works on which calendar, openings and sessions."""
    hours: list[tuple[int, int, int]] = []
    buckets: list[int] = []
    rows, agenda = [], []
    for index, name in enumerate(program.names.calendars):
        own = working_hours(program.community.calendars[name], window)
        always = own == [(0, window.end + 1)]
        first = len(hours)
        before = 0
        for opens, closes in own:
            hours.append((opens, closes, before))
            before += closes - opens
        starts = [len(buckets)]
        buckets += bucketed([opens for opens, _ in own], window.end, first, "right")
        starts.append(len(buckets))
        buckets += bucketed([row[at.H_BEFORE] for row in hours[first:]], before, first, "left")
        rows.append((int(always), first, len(hours), *starts))
        agenda += [(opens, index) for opens, _ in own]
    sessions, sitting = session_arrays(program, window)
    order = sorted([*agenda, *sessions], key=lambda e: (e[0], e[1] < 0, abs(e[1])))
    first_on, roster = rosters(program)
    return {
        "calendars": ints(rows, at.A_WIDTH),
        "hours": ints(hours, 3),
        "buckets": flat(buckets),
        "agenda": ints([*order, (NEVER, 0)]),
        "roster_first": first_on,
        "roster": roster,
        **sitting,
    }


def working_hours(calendar: Calendar, window: Window) -> list[tuple[int, int]]:
    """Return a calendar's working intervals in the window, from its start; never none."""
    found = calendar.intervals(window.start, window.start + window.end + 1)
    own = [(max(0, a - window.start), min(b - window.start, window.end + 1)) for a, b in found]
    return [(a, b) for a, b in own if a < b] or [(window.end + 1, window.end + 2)]


def bucketed(firsts: Sequence[int], end: int, offset: int, side: Literal["left", "right"]) -> list[int]:
    """Return for each bucket of 2^33 µs the row of the last interval that begins before it does (or with it: right)."""
    edges = np.arange((end >> at.BUCKET_BITS) + 2, dtype=np.int64) << at.BUCKET_BITS
    rows = np.searchsorted(np.array(firsts, np.int64), edges, side=side) - 1
    return [int(row) + offset for row in np.maximum(rows, 0)]


def rosters(program: Program) -> tuple[Ints, Ints]:
    """Return by calendar the units with handlers, in order."""
    calendar, handlers = np.array(program.places.calendar), np.array(program.places.handlers)
    lists = [np.flatnonzero((calendar == c) & (handlers > 0)) for c in range(len(program.names.calendars))]
    return flat(np.cumsum([0, *map(len, lists)]).tolist()), flat(np.concatenate(lists).tolist())


def session_arrays(program: Program, window: Window) -> tuple[list[tuple[int, int]], dict[str, Any]]:
    """Return the sessions of the joint conferences as agenda entries, and who sits in which."""
    meetings = program.community.plan.conferences
    sits = np.full(len(program.places.sits), NONE, np.int32)
    units: list[int] = []
    first = [0]
    agenda: list[tuple[int, int]] = []
    for index, meeting in enumerate(meetings):
        members = [u for u, held in enumerate(program.places.sits) if held == index]
        for unit in members:
            sits[unit] = len(units)
            units.append(unit)
        first.append(len(units))
        calendar = conference_calendar(program.community, meeting)
        until = window.start + window.end + 1
        times = conference_sessions(meeting, calendar, start=window.start, until=until)
        agenda += [(time - window.start, -index - 1) for time in times]
    capacity = [meeting.capacity for meeting in meetings]
    return agenda, {
        "sits": sits,
        "sitting_first": flat(first),
        "sitting_capacity": flat(capacity),
    }


def start(tables: Tables, *, seed: int, replication: int, chunk: int) -> dict[str, Any]:
    """Return the arrays of one replication by the kernel's parameter names; `chunk` rows of events, 0 for none."""
    program, fixed = tables.program, dict(tables.fixed)
    names = program.names
    streams = fixed.pop("stream_rows").copy()
    keys = np.array(
        [
            stream_key(seed, replication, names.lifecycles[s.lifecycle], names.categories[s.category])
            for s in program.streams
        ],
        np.uint64,
    )
    offset = week_offset(program, tables.window)
    load = first_load(fixed["weeks"], keys, offset)
    counters = max(row[L_COUNTERS] for row in program.rules.lifecycles)
    initial = tables.initial
    states = max(row[L_STATES] for row in program.rules.lifecycles)
    widest = max((len(own) for own in outcome_counts(program)), default=0)
    codes = len(fixed["transitions"]) + len(program.rules.clocks)
    own = {
        "now": fresh_numbers(tables, offset, chunk),
        "streams": streams,
        "next_arrival": first_arrivals(fixed["weeks"], load, offset),
        "stream_keys": keys,
        "stream_load": load,
        "sitting": np.zeros(seats(tables), np.int64),
        "units": initial.units.copy(),
        "facts": np.zeros(F_COUNTERS + counters + states, np.int64),
        "scratch": np.zeros(len(program.rules.guards) // 2 + 2, np.int64),
        "usable": np.zeros(widest + 1, np.float64),
        "usable_way": np.zeros(widest + 1, np.int64),
        "usable_unit": np.zeros(widest + 1, np.int64),
        "ops": np.zeros((8, 5), np.int64),
        "rows": np.empty((chunk + at.ROW_MARGIN if chunk else 0, 4), np.int64),
        "openings": np.empty((chunk, 4), np.int64),
        "fired": np.zeros((len(streams), codes), np.int64),
        "tally": np.zeros((len(streams), tally_width(tables)), np.int64),
        "histogram": np.zeros((len(streams), max(1, tables.spans), at.BINS), np.int64),
    }
    own |= initial_slots(tables, seed, replication, own["now"])
    more_slots(own, FIRST_SLOTS)
    return fixed | own


def initial_slots(tables: Tables, seed: int, replication: int, now: Ints) -> dict[str, Any]:
    """Return the slots of the initial cases, and the heap of what comes next to them."""
    program, initial = tables.program, tables.initial
    keys = np.array([initial_key(seed, replication, case) for case in initial.ids], np.uint64)
    cases = initial.cases.copy()
    with np.errstate(over="ignore"):
        done = cases[:, at.K_DONE] = completions(program, tables.fixed, initial, keys)
    soon = np.minimum(done, cases[:, at.K_DUE])
    order = np.lexsort((cases[:, at.K_NUMBER], done != soon, soon))
    size = now[at.N_HEAP] = np.count_nonzero(soon < NEVER)
    position = np.full(len(cases), -1, np.int64)
    position[order[:size]] = np.arange(size)
    return {
        "cases": cases,
        "keys": keys,
        "entries": initial.entries.copy(),
        "heap_time": soon[order],
        "heap_case": order.astype(np.int64),
        "position": position,
        "ended": np.full(len(cases), NEVER, np.int64),
    }


def more_slots(arrays: dict[str, Any], count: int) -> None:
    """Add `count` free case slots to the arrays of a run."""
    old = len(arrays["cases"])
    for name in ("cases", "keys", "entries", "heap_time", "heap_case", "position"):
        before = arrays[name]
        after = np.zeros((old + count, *before.shape[1:]), before.dtype)
        after[:old] = before
        arrays[name] = after
    arrays["cases"][old:, at.K_NUMBER] = arrays["position"][old:] = -1
    arrays["cases"][old:, at.K_NEXT] = [*range(old + 1, old + count), arrays["now"][at.N_FREE]]
    arrays["now"][at.N_FREE] = old


def outcome_counts(program: Program) -> list[range]:
    """Return the range of outcomes of each row of outcomes."""
    first = program.expected.outcome_first
    return [range(a, b) for a, b in pairwise(first)]


def seats(tables: Tables) -> int:
    """Return how many matters can lie before all joint conferences at one session."""
    meetings = tables.program.community.plan.conferences
    first = tables.fixed["sitting_first"]
    return 1 + max((int(first[i + 1] - first[i]) * m.capacity for i, m in enumerate(meetings)), default=0)


def tally_width(tables: Tables) -> int:
    """Return the width of the tally: opened, closed, metric pairs, levels, span pairs."""
    return at.Y_METRICS + 2 * tables.metrics + len(tables.program.names.levels) + 2 * tables.spans


def fresh_numbers(tables: Tables, offset: int, chunk: int) -> Ints:
    """Return the run's own numbers at its start; it goes on for the initial cases as for the cohort."""
    names, window = tables.program.names, tables.window
    now = np.zeros(at.N_WIDTH, np.int64)
    now[at.N_AGENDA_UNIT] = now[at.N_FREE] = -1
    now[at.N_WARMUP], now[at.N_DAYS], now[at.N_END] = window.warmup, window.days, window.end
    now[at.N_TABLE] = int(chunk > 0)
    now[at.N_HOUSEHOLDS] = sum(tables.program.places.households)
    now[at.N_LEVELS], now[at.N_CATEGORIES] = len(names.levels), max(1, len(names.categories))
    now[at.N_CALENDARS], now[at.N_METRICS] = len(names.calendars), tables.metrics
    now[at.N_SPAN], now[at.N_CLOCK], _ = case_columns(tables.program)
    now[[at.N_NUMBER, at.N_OPEN, at.N_MOST_OPEN, at.N_COHORT]] = len(tables.initial.ids)
    now[at.N_OFFSET] = offset
    return now


def week_offset(program: Program, window: Window) -> int:
    """Return µs from Monday 00:00 local time to the start; weeks are counted in elapsed time from there."""
    local = local_time(window.start, program.community.zone)
    midnight = timedelta(days=local.weekday(), hours=local.hour, minutes=local.minute, seconds=local.second)
    return (midnight.days * 86_400 + midnight.seconds) * 1_000_000 + local.microsecond


def first_load(weeks: NDArray[np.float64], keys: NDArray[np.uint64], offset: int) -> NDArray[np.float64]:
    """Return each stream's cumulated rate at which its first case comes (rule S3)."""
    hour, part = divmod(offset, HOUR)
    with np.errstate(over="ignore"):
        draws = [-log(uniform(case_key(k, 1), NOWHERE, ARRIVAL, 0, 0)) for k in keys]
    low, high = weeks[:, hour % HOURS_A_WEEK], weeks[:, hour % HOURS_A_WEEK + 1]
    return np.asarray(low + (high - low) * (part / HOUR) + np.array(draws), np.float64)


def first_arrivals(weeks: NDArray[np.float64], load: NDArray[np.float64], offset: int) -> Ints:
    """Return the instant of the first case of each stream."""
    return np.array([arrival(weeks, stream, float(own), offset) for stream, own in enumerate(load)], np.int64)
