"""The kernel's small parts: the heap of what comes next, queues, working time, arrivals, a closed case's account.

Leaf functions of integers and a few arrays, compiled together with ``simulation.kernel`` and run as plain
Python in tests. None of them knows what a rule is.
"""

from __future__ import annotations

import math

from govflow.program.columns import NEVER, NONE
from govflow.simulation.layout import *

HOUR = 3_600_000_000
HOURS_A_WEEK = 168


# --- the heap: one entry an open case that has something coming -------------------------------------------------


def before(cases, a_time, a, b_time, b):
    """Return whether case `a` at `a_time` comes before case `b` at `b_time`: time, completion first, case number."""
    if a_time != b_time:
        return a_time < b_time
    a_deadline = cases[a, K_DONE] != a_time
    b_deadline = cases[b, K_DONE] != b_time
    if a_deadline != b_deadline:
        return b_deadline
    return cases[a, K_NUMBER] < cases[b, K_NUMBER]


def rise(heap, cases, at, time, slot):
    """Put (time, slot) at `at` or nearer the root of the 4-ary heap, where it belongs."""
    while at > 0:
        up = (at - 1) >> 2
        other = heap[up, 1]
        if not before(cases, time, slot, heap[up, 0], other):
            break
        heap[at, 0] = heap[up, 0]
        heap[at, 1] = other
        cases[other, K_HEAP] = at
        at = up
    heap[at, 0] = time
    heap[at, 1] = slot
    cases[slot, K_HEAP] = at


def sink(heap, cases, size, at, time, slot):
    """Put (time, slot) at `at` or nearer the leaves, where it belongs."""
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if before(cases, heap[other, 0], heap[other, 1], heap[least, 0], heap[least, 1]):
                least = other
        if not before(cases, heap[least, 0], heap[least, 1], time, slot):
            break
        heap[at, 0] = heap[least, 0]
        heap[at, 1] = heap[least, 1]
        cases[heap[at, 1], K_HEAP] = at
        at = least
    heap[at, 0] = time
    heap[at, 1] = slot
    cases[slot, K_HEAP] = at


def schedule(heap, cases, size, slot, time):
    """Give case `slot` the next instant `time` (NEVER takes it out) and return the heap's size after."""
    at = cases[slot, K_HEAP]
    if time == NEVER:
        if at < 0:
            return size
        size -= 1
        cases[slot, K_HEAP] = -1
        if at < size:
            last_time = heap[size, 0]
            last = heap[size, 1]
            if at > 0 and before(cases, last_time, last, heap[(at - 1) >> 2, 0], heap[(at - 1) >> 2, 1]):
                rise(heap, cases, at, last_time, last)
            else:
                sink(heap, cases, size, at, last_time, last)
        return size
    if at < 0:
        rise(heap, cases, size, time, slot)
        return size + 1
    if at > 0 and before(cases, time, slot, heap[(at - 1) >> 2, 0], heap[(at - 1) >> 2, 1]):
        rise(heap, cases, at, time, slot)
    else:
        sink(heap, cases, size, at, time, slot)
    return size


# --- queues: per unit and severity, ordered by (entered, number), doubly linked --------------------------------------


def line_up(units, cases, row, slot):
    """Put a case into the queue of `row`: after every case of its severity that entered before, or then has a smaller number."""
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


def step_out(units, cases, row, slot):
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


def first_in_line(units, row):
    """Return the next case of the queue of `row`, the most urgent first, or -1."""
    if units[row, U_WAITING] == 0:
        return -1
    for column in range(U_HEAD, U_HEAD + 4):
        if units[row, column] >= 0:
            return units[row, column]
    return -1


# --- working time -------------------------------------------------------------------------------------------------------


def worked(calendars, hours, buckets, calendar, time):
    """Return the working µs of a calendar from the start of the run to `time`."""
    if calendars[calendar, A_ALWAYS] != 0:
        return time
    at = buckets[calendars[calendar, A_BY_TIME] + (time >> BUCKET_BITS)]
    end = calendars[calendar, A_END]
    while at + 1 < end and hours[at + 1, H_OPEN] <= time:
        at += 1
    if hours[at, H_OPEN] > time:
        return 0
    return hours[at, H_BEFORE] + min(time, hours[at, H_CLOSE]) - hours[at, H_OPEN]


def reached(calendars, hours, buckets, calendar, work):
    """Return the earliest instant at which `work` µs have been worked since the start, or NEVER within the run."""
    if calendars[calendar, A_ALWAYS] != 0:
        return work
    end = calendars[calendar, A_END]
    if work > hours[end - 1, H_BEFORE] + hours[end - 1, H_CLOSE] - hours[end - 1, H_OPEN]:
        return NEVER
    at = buckets[calendars[calendar, A_BY_WORK] + (work >> BUCKET_BITS)]
    while at + 1 < end and hours[at + 1, H_BEFORE] < work:
        at += 1
    return hours[at, H_OPEN] + work - hours[at, H_BEFORE]


def is_open(calendars, hours, buckets, calendar, time):
    """Return whether `time` is working time; a closing no longer is."""
    if calendars[calendar, A_ALWAYS] != 0:
        return True
    at = buckets[calendars[calendar, A_BY_TIME] + (time >> BUCKET_BITS)]
    end = calendars[calendar, A_END]
    while at + 1 < end and hours[at + 1, H_OPEN] <= time:
        at += 1
    return hours[at, H_OPEN] <= time < hours[at, H_CLOSE]


# --- arrivals -------------------------------------------------------------------------------------------------------------


def arrival(weeks, stream, load, offset):
    """Return the instant at which a stream's cumulated rate reaches `load`; row `stream` is cumulated by hour."""
    week = weeks[stream, HOURS_A_WEEK]
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
    return int(full) * HOURS_A_WEEK * HOUR + low * HOUR + int(math.floor(part * HOUR + 0.5)) - offset


def first_stream(streams):
    """Return the stream whose next case comes first; of equals the first in order (by lifecycle, category)."""
    first = 0
    for stream in range(1, streams.shape[0]):
        if streams[stream, R_NEXT] < streams[first, R_NEXT]:
            first = stream
    return first


def bin_of(span):
    """Return the histogram bin of a time in µs."""
    if span < 1_000_000:
        return 0
    return min(BINS - 1, 1 + int(math.floor(math.log(span / 1e6) / math.log(BIN_RATIO))))


def pick(first, last, weights, u):
    """Return the index in ``first:last`` that the draw `u` falls on, by weight."""
    total = 0.0
    for at in range(first, last):
        total += weights[at]
    mark = u * total
    chosen = first
    for at in range(first, last):
        if weights[at] > 0.0:
            chosen = at
            mark -= weights[at]
            if mark < 0.0:
                break
    return chosen


def next_due(cases, case, clocks_at):
    """Set the soonest due instant of a case's running clocks; of equals the one declared first."""
    soonest = NEVER
    soonest_clock = NONE
    rest = cases[case, K_RUNNING]
    clock = 0
    while rest:
        if rest & 1:
            due = cases[case, clocks_at + CLOCK_WIDTH * clock + CLOCK_DUE]
            if due < soonest:
                soonest = due
                soonest_clock = clock
        rest >>= 1
        clock += 1
    cases[case, K_DUE] = soonest
    cases[case, K_DUE_CLOCK] = soonest_clock


def account(cases, tally, histogram, case, n_metrics, spans_at, n_spans, level_at, each, spans):
    """Add a measured case to its stream's tally: metrics counted by case, level of settlement, times.

    `each` are the metrics counted by event elsewhere, `spans` the times that are final by now.
    """
    stream = cases[case, K_STREAM]
    for metric in range(n_metrics):
        if cases[case, K_DENOMINATOR] & ~each & (1 << metric):
            tally[stream, Y_METRICS + 2 * metric] += cases[case, K_NUMERATOR] >> metric & 1
            tally[stream, Y_METRICS + 2 * metric + 1] += 1
    if spans == -1 and cases[case, K_SETTLED] >= 0:
        tally[stream, level_at + cases[case, K_SETTLED]] += 1
    span_tally = tally.shape[1] - 2 * n_spans
    for span in range(n_spans):
        length = cases[case, spans_at + span]
        if length >= 0 and spans >> span & 1:
            tally[stream, span_tally + 2 * span] += 1
            tally[stream, span_tally + 2 * span + 1] += length // 1000
            histogram[stream, span, bin_of(length)] += 1
