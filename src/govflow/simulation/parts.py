"""The kernel's small parts: the heap of what comes next, queues, working time, arrivals, a closed case's account.

Leaf functions of integers and a few arrays, compiled together with ``simulation.kernel`` and run as plain
Python in tests. None of them knows what a rule is.
"""

# What an array of integers gives is an integer, which numpy's types do not say.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math
from typing import Any, TypeAlias

from numpy.typing import NDArray

from govflow.calendar import HOUR
from govflow.program.behaviour import HOURS_A_WEEK
from govflow.program.columns import (
    ASKS_DEPARTMENT,
    F_CATEGORY,
    F_CHANNEL,
    F_CHILDREN_OPEN,
    F_COUNTERS,
    F_HAS_DEPARTMENT,
    F_HAS_SUPERIOR,
    F_LEVEL,
    F_SEVERITY,
    F_TIES,
    NEVER,
    NONE,
    TIES,
)
from govflow.simulation.layout import *

Table: TypeAlias = NDArray[Any]
KINDS_OF_TIE = len(TIES)
FAR = 1e6
"""Weeks from the start (19,000 years) beyond which a case does not arrive."""
ALMOST_ONE = 1.0 - 2.0**-53


# --- the heap: one entry an open case that has something coming ---------------------------------------------


def before(cases: Table, a_time: int, a: int, b_time: int, b: int) -> bool:
    """Return whether case `a` at `a_time` comes before case `b` at `b_time`: time, completion first, case number."""
    if a_time != b_time:
        return a_time < b_time
    a_deadline = cases[a, K_DONE] != a_time
    b_deadline = cases[b, K_DONE] != b_time
    if a_deadline != b_deadline:
        return b_deadline
    return cases[a, K_NUMBER] < cases[b, K_NUMBER]


def rise(heap_time: Table, heap_case: Table, position: Table, cases: Table, at: int, time: int, slot: int) -> None:
    """Put (time, slot) at `at` or nearer the root of the 4-ary heap, where it belongs."""
    while at > 0:
        up = (at - 1) >> 2
        other = heap_case[up]
        if not before(cases, time, slot, heap_time[up], other):
            break
        heap_time[at] = heap_time[up]
        heap_case[at] = other
        position[other] = at
        at = up
    heap_time[at] = time
    heap_case[at] = slot
    position[slot] = at


def sink(
    heap_time: Table, heap_case: Table, position: Table, cases: Table, size: int, at: int, time: int, slot: int
) -> None:
    """Put (time, slot) at `at` or nearer the leaves, where it belongs."""
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if before(cases, heap_time[other], heap_case[other], heap_time[least], heap_case[least]):
                least = other
        if not before(cases, heap_time[least], heap_case[least], time, slot):
            break
        heap_time[at] = heap_time[least]
        heap_case[at] = heap_case[least]
        position[heap_case[at]] = at
        at = least
    heap_time[at] = time
    heap_case[at] = slot
    position[slot] = at


def schedule(heap_time: Table, heap_case: Table, position: Table, cases: Table, size: int, slot: int, time: int) -> int:
    """Give case `slot` the next instant `time` (NEVER takes it out) and return the heap's size after."""
    at = position[slot]
    if time == NEVER:
        if at < 0:
            return size
        size -= 1
        position[slot] = -1
        if at < size:
            last_time = heap_time[size]
            last = heap_case[size]
            if at > 0 and before(cases, last_time, last, heap_time[(at - 1) >> 2], heap_case[(at - 1) >> 2]):
                rise(heap_time, heap_case, position, cases, at, last_time, last)
            else:
                sink(heap_time, heap_case, position, cases, size, at, last_time, last)
        return size
    if at < 0:
        rise(heap_time, heap_case, position, cases, size, time, slot)
        return size + 1
    if at > 0 and before(cases, time, slot, heap_time[(at - 1) >> 2], heap_case[(at - 1) >> 2]):
        rise(heap_time, heap_case, position, cases, at, time, slot)
    else:
        sink(heap_time, heap_case, position, cases, size, at, time, slot)
    return size


# --- queues: per unit and severity, ordered by (entered, number), doubly linked -----------------------------


def line_up(units: Table, cases: Table, row: int, slot: int) -> None:
    """Put a case into the queue of `row`, behind those of its severity that entered earlier or came earlier."""
    column = cases[slot, K_SEVERITY] - 1
    ahead = units[row, U_TAIL + column]
    behind = -1
    entered = cases[slot, K_ENTERED]
    number = cases[slot, K_NUMBER]
    while ahead >= 0 and (
        cases[ahead, K_ENTERED] > entered or (cases[ahead, K_ENTERED] == entered and cases[ahead, K_NUMBER] > number)
    ):
        behind = ahead
        ahead = cases[ahead, K_PREVIOUS]
    cases[slot, K_PREVIOUS] = ahead
    cases[slot, K_NEXT] = behind
    if ahead >= 0:
        cases[ahead, K_NEXT] = slot
    else:
        units[row, U_HEAD + column] = slot
    if behind >= 0:
        cases[behind, K_PREVIOUS] = slot
    else:
        units[row, U_TAIL + column] = slot
    units[row, U_WAITING] += 1


def step_out(units: Table, cases: Table, row: int, slot: int) -> None:
    """Take a case out of the queue of `row`."""
    column = cases[slot, K_SEVERITY] - 1
    ahead = cases[slot, K_PREVIOUS]
    behind = cases[slot, K_NEXT]
    if ahead >= 0:
        cases[ahead, K_NEXT] = behind
    else:
        units[row, U_HEAD + column] = behind
    if behind >= 0:
        cases[behind, K_PREVIOUS] = ahead
    else:
        units[row, U_TAIL + column] = ahead
    units[row, U_WAITING] -= 1


def first_in_line(units: Table, row: int) -> int:
    """Return the next case of the queue of `row`, the most urgent first, or -1."""
    if units[row, U_WAITING] == 0:
        return -1
    for column in range(U_HEAD, U_HEAD + 4):
        if units[row, column] >= 0:
            return units[row, column]
    return -1


def push(ops: Table, todo: int, what: int, case: int, way: int, unit: int, cause: int) -> int:
    """Put something to do at this instant on the stack and return its height after."""
    ops[todo, 0] = what
    ops[todo, 1] = case
    ops[todo, 2] = way
    ops[todo, 3] = unit
    ops[todo, 4] = cause
    return todo + 1


# --- working time -------------------------------------------------------------------------------------------


def worked(calendars: Table, hours: Table, buckets: Table, calendar: int, time: int) -> int:
    """Return the working µs of a calendar from the start of the run to `time`."""
    if calendars[calendar, A_ALWAYS] != 0:
        return time
    at = buckets[calendars[calendar, A_BY_TIME] + (time >> BUCKET_BITS)]
    end = calendars[calendar, A_END]
    while at + 1 < end and hours[at + 1, H_OPEN] <= time:
        at += 1
    if hours[at, H_OPEN] > time:
        return 0
    before: int = hours[at, H_BEFORE]
    return before + min(time, hours[at, H_CLOSE]) - hours[at, H_OPEN]


def reached(calendars: Table, hours: Table, buckets: Table, calendar: int, work: int) -> int:
    """Return the earliest instant at which `work` µs have been worked since the start, or NEVER within the run."""
    if calendars[calendar, A_ALWAYS] != 0:
        return work
    end = calendars[calendar, A_END]
    if work > hours[end - 1, H_BEFORE] + hours[end - 1, H_CLOSE] - hours[end - 1, H_OPEN]:
        return NEVER
    at = buckets[calendars[calendar, A_BY_WORK] + (work >> BUCKET_BITS)]
    while at + 1 < end and hours[at + 1, H_BEFORE] < work:
        at += 1
    opens: int = hours[at, H_OPEN]
    return opens + work - hours[at, H_BEFORE]


def is_open(calendars: Table, hours: Table, buckets: Table, calendar: int, time: int) -> bool:
    """Return whether `time` is working time; a closing no longer is."""
    if calendars[calendar, A_ALWAYS] != 0:
        return True
    at = buckets[calendars[calendar, A_BY_TIME] + (time >> BUCKET_BITS)]
    end = calendars[calendar, A_END]
    while at + 1 < end and hours[at + 1, H_OPEN] <= time:
        at += 1
    opens: int = hours[at, H_OPEN]
    return opens <= time < hours[at, H_CLOSE]


# --- arrivals -----------------------------------------------------------------------------------------------


def arrival(weeks: Table, stream: int, load: float, offset: int) -> int:
    """Return the instant at which a stream's cumulated rate reaches `load`; row `stream` is cumulated by hour."""
    week = weeks[stream, HOURS_A_WEEK]
    if load > FAR * week:
        return NEVER
    full = math.floor(load / week)
    rest = load - full * week
    low = 0
    high = HOURS_A_WEEK - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if weeks[stream, middle] <= rest:
            low = middle
        else:
            high = middle - 1
    rate = weeks[stream, low + 1] - weeks[stream, low]
    part = min(1.0, (rest - weeks[stream, low]) / rate) if rate > 0.0 else 1.0
    return int(full) * HOURS_A_WEEK * HOUR + low * HOUR + math.floor(part * HOUR + 0.5) - offset


def first_stream(next_arrival: Table) -> int:
    """Return the stream whose next case comes first; of equals the first in order (by lifecycle, category)."""
    first = 0
    for stream in range(1, next_arrival.shape[0]):
        if next_arrival[stream] < next_arrival[first]:
            first = stream
    return first


def home_of(homes: Table, guide: Table, household: int) -> int:
    """Return which unit with households has this one; `homes` holds the number of each unit's first.

    `guide` says where to begin to look, for each ``2 ** GUIDE_BITS`` households.
    """
    at = guide[household >> GUIDE_BITS]
    while at + 1 < homes.shape[0] and homes[at + 1] <= household:
        at += 1
    return at


def bin_of(span: int) -> int:
    """Return the histogram bin of a time in µs."""
    if span < 1_000_000:
        return 0
    return min(BINS - 1, 1 + math.floor(math.log(span / 1e6) / math.log(BIN_RATIO)))


def fall(first: int, last: int, weights: Table, u: float) -> tuple[int, float]:
    """Return the index in ``first:last`` that the draw `u` falls on, by weight, and where in its share, in (0, 1)."""
    total = 0.0
    for at in range(first, last):
        total += weights[at]
    mark = u * total
    chosen = first
    share = 0.5
    for at in range(first, last):
        if weights[at] > 0.0:
            chosen = at
            share = min(mark / weights[at], ALMOST_ONE)
            mark -= weights[at]
            if mark < 0.0:
                break
    return chosen, share


def pick(first: int, last: int, weights: Table, u: float) -> int:
    """Return the index in ``first:last`` that the draw `u` falls on, by weight."""
    chosen, _ = fall(first, last, weights, u)
    return chosen


def next_due(me: Table, clocks_at: int) -> None:
    """Set the soonest due instant of a case's running clocks; of equals the one declared first."""
    soonest = NEVER
    soonest_clock = NONE
    rest = me[K_RUNNING]
    clock = 0
    while rest:
        if rest & 1:
            due = me[clocks_at + CLOCK_WIDTH * clock + CLOCK_DUE]
            if due < soonest:
                soonest = due
                soonest_clock = clock
        rest >>= 1
        clock += 1
    me[K_DUE] = soonest
    me[K_DUE_CLOCK] = soonest_clock


def mark(me: Table, tally: Table, each: int, into: int, out: int, asked: int, closed: int) -> None:
    """Take a measured case out of the metrics that a fact takes it out of, then put it into those it enters.

    `into` and `out` are of the numerators, `asked` and `closed` of the denominators; `each` are the metrics that
    count every entering fact at once.
    """
    into &= ~me[K_BLOCKED]
    me[K_NUMERATOR] = (me[K_NUMERATOR] & ~out) | into
    me[K_DENOMINATOR] = (me[K_DENOMINATOR] & ~closed) | asked
    entered = (into | asked) & each
    metric = 0
    while entered >> metric:
        if entered >> metric & 1:
            tally[me[K_STREAM], Y_METRICS + 2 * metric] += into >> metric & 1
            tally[me[K_STREAM], Y_METRICS + 2 * metric + 1] += asked >> metric & 1
        metric += 1


def account(
    me: Table,
    tally: Table,
    histogram: Table,
    n_metrics: int,
    spans_at: int,
    n_spans: int,
    level_at: int,
    each: int,
    spans: int,
) -> None:
    """Add a measured case to its stream's tally: metrics counted by case, level of settlement, times.

    `each` are the metrics counted by event elsewhere, `spans` the times that are final by now.
    """
    stream = me[K_STREAM]
    for metric in range(n_metrics):
        if me[K_DENOMINATOR] & ~each & (1 << metric):
            tally[stream, Y_METRICS + 2 * metric] += me[K_NUMERATOR] >> metric & 1
            tally[stream, Y_METRICS + 2 * metric + 1] += 1
    if spans == -1 and me[K_SETTLED] >= 0:
        tally[stream, level_at + me[K_SETTLED]] += 1
    span_tally = tally.shape[1] - 2 * n_spans
    for span in range(n_spans):
        length = me[spans_at + span]
        if length >= 0 and spans >> span & 1:
            tally[stream, span_tally + 2 * span] += 1
            tally[stream, span_tally + 2 * span + 1] += length // 1000
            histogram[stream, span, bin_of(length)] += 1


def book_work(
    units: Table,
    me: Table,
    calendars: Table,
    hours: Table,
    buckets: Table,
    calendar: int,
    warmup: int,
    days: int,
    time: int,
) -> None:
    """Add a handler's work on a case, up to `time` and within the measured window, to its unit."""
    start = max(me[K_TAKEN], warmup)
    stop = min(time, days)
    if stop > start:
        done = worked(calendars, hours, buckets, calendar, stop) - worked(calendars, hours, buckets, calendar, start)
        units[me[K_UNIT], U_BUSY] += done


def book_wait(units: Table, me: Table, warmup: int, days: int, time: int) -> None:
    """Add a case's wait in its queue, up to `time` and within the measured window, to its unit, in ms."""
    start = max(me[K_ENTERED], warmup)
    stop = min(time, days)
    if stop > start:
        units[me[K_UNIT], U_WAITED] += (stop - start) // 1000


def describe(
    facts: Table,
    me: Table,
    entries: Table,
    level: int,
    superior: int,
    category: int,
    department: int,
    tied: int,
    counters: int,
    asked: int,
    n_levels: int,
) -> None:
    """Write the facts of a case for its guards; links and children count as absent.

    Entries are added up for the local states that some guard asks for (the bits of `asked`).
    """
    facts[F_LEVEL] = level
    facts[F_SEVERITY] = me[K_SEVERITY]
    facts[F_CATEGORY] = category
    facts[F_CHANNEL] = me[K_CHANNEL]
    facts[F_HAS_SUPERIOR] = 1 if superior != NONE else 0
    facts[F_HAS_DEPARTMENT] = 1 if department != NONE else 0
    facts[F_CHILDREN_OPEN] = 0
    for tie in range(KINDS_OF_TIE):
        facts[F_TIES + tie] = tied >> tie & 1
    for counter in range(counters):
        facts[F_COUNTERS + counter] = me[K_COUNTERS + counter]
    local = 0
    asked &= ~ASKS_DEPARTMENT
    while asked >> local != 0:
        if asked >> local & 1:
            entered = 0
            for seat in range(local * n_levels, (local + 1) * n_levels):
                entered += entries[seat]
            facts[F_COUNTERS + counters + local] = entered
        local += 1
