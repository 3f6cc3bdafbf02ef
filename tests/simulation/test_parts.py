"""The kernel's small parts, each against the plain way to do the same."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from govflow.calendar import DAY, HOUR, Duration
from govflow.community import Distribution
from govflow.program import compile_program
from govflow.program.columns import NEVER
from govflow.simulation import arrays, parts
from govflow.simulation.layout import (
    BIN_RATIO,
    BINS,
    CLOCK_DUE,
    CLOCK_WIDTH,
    K_DONE,
    K_DUE,
    K_DUE_CLOCK,
    K_ENTERED,
    K_NUMBER,
    K_RUNNING,
    K_SEVERITY,
    U_HEAD,
    U_WAITING,
    U_WIDTH,
)
from govflow.testing import strategies as gs
from tests.simulation.made import counter

SERVICE = Distribution("constant", {"value": Duration.parse("1h")})
SLOTS = 12
WIDTH = 60


def empty_cases() -> np.ndarray:
    """Return case slots, numbered against their order."""
    cases = np.zeros((SLOTS, WIDTH), np.int64)
    cases[:, K_NUMBER] = range(SLOTS, 0, -1)
    return cases


# ------------------------------------------------------------ the heap
@given(st.lists(st.tuples(st.integers(0, SLOTS - 1), st.integers(0, 5) | st.just(NEVER), st.booleans()), max_size=60))
def test_the_heap_gives_time_then_completion_then_case_number(changes):
    """After any changes the first case is the least of all by (time, completion before deadline, number)."""
    cases = empty_cases()
    times, own = np.zeros(SLOTS, np.int64), np.zeros(SLOTS, np.int64)
    position = np.full(SLOTS, -1, np.int64)
    size, coming = 0, {}
    for slot, time, done in changes:
        cases[slot, K_DONE] = time if done else NEVER
        size = parts.schedule(times, own, position, cases, size, slot, time)
        coming[slot] = (time, not done, int(cases[slot, K_NUMBER]))
        if time == NEVER:
            del coming[slot]
        assert size == len(coming)
        if coming:
            assert own[0] == min(coming, key=lambda slot: coming[slot])
            assert times[0] == coming[own[0]][0]
        assert sorted(own[:size].tolist()) == sorted(coming)
        assert all(position[own[at]] == at for at in range(size))


# ------------------------------------------------------------ queues
STEPS = st.lists(st.tuples(st.integers(0, SLOTS - 1), st.integers(1, 4), st.integers(0, 3)), max_size=40)


@given(STEPS)
def test_a_queue_is_in_order_of_severity_entering_and_number(steps):
    """However cases line up and step out, the next is the most urgent, then who entered first, then the number."""
    cases, units = empty_cases(), np.zeros((2, U_WIDTH), np.int64)
    units[:, U_HEAD : U_HEAD + 8] = -1
    waiting: dict[int, tuple[int, int, int]] = {}
    for slot, severity, entered in steps:
        if slot in waiting:
            parts.step_out(units, cases, 1, slot)
            del waiting[slot]
        else:
            cases[slot, [K_SEVERITY, K_ENTERED]] = severity, entered
            parts.line_up(units, cases, 1, slot)
            waiting[slot] = (severity, entered, int(cases[slot, K_NUMBER]))
        expected = min(waiting, key=lambda slot: waiting[slot]) if waiting else -1
        assert parts.first_in_line(units, 1) == expected
        assert units[1, U_WAITING] == len(waiting)
        assert parts.first_in_line(units, 0) == -1


# ------------------------------------------------------------ working time
@settings(max_examples=60)
@given(
    gs.calendars(),
    st.sampled_from(["2026-01-05", "2026-02-13T10:17", "2026-03-28T22:59", "2026-12-30"]),
    st.integers(0, 40),
    st.lists(st.integers(0, 40 * DAY) | st.integers(0, 40 * 48).map(lambda step: step * HOUR // 2), max_size=12),
)
def test_working_time_is_the_calendars(calendar, start, days, marks):
    """In the whole window, buckets and all, the kernel's three questions have the calendar's own answers."""
    window = arrays.Window(start=calendar.instant(start), warmup=0, days=DAY, end=DAY + days * DAY)
    laid = arrays.layout(compile_program(counter(SERVICE, {"a": 1.0}, hours=calendar)), window).fixed
    tables = laid["calendars"], laid["hours"], laid["buckets"]
    intervals = calendar.intervals(window.start, window.start + window.end)
    edges = [edge - window.start for pair in intervals for edge in pair]
    for time in {0, window.end, *(min(mark, window.end) for mark in marks), *edges[:8], *edges[-8:]}:
        if 0 <= time <= window.end:
            at = window.start + time
            work = parts.worked(*tables, 0, time)
            assert work == calendar.between(window.start, at)
            assert parts.is_open(*tables, 0, time) == calendar.working(at)
            if work > 0:
                reached = parts.reached(*tables, 0, work)
                assert reached == calendar.add(window.start, work) - window.start
    total = calendar.between(window.start, window.start + window.end)
    assert parts.reached(*tables, 0, total + 2) > window.end


@given(gs.calendars(), st.integers(0, 30))
def test_every_opening_in_the_window_is_on_the_agenda(calendar, days):
    """A unit hands out at the start if it is open then, and at each opening up to the end, whatever the holidays."""
    window = arrays.Window(start=calendar.instant("2026-02-10T11:00"), warmup=0, days=DAY, end=DAY + days * DAY)
    laid = arrays.layout(compile_program(counter(SERVICE, {"a": 1.0}, hours=calendar)), window).fixed
    intervals = calendar.intervals(window.start, window.start + window.end + 1)
    opens = [max(0, opening - window.start) for opening, _ in intervals]
    assert [time for time, _ in laid["agenda"].tolist() if time <= window.end] == opens


# ------------------------------------------------------------ the rest
@given(st.integers(0, 10**17))
def test_the_histogram_keeps_half_a_per_cent(span):
    """Each time lies in its bin, whose middle is within a quarter per cent of it; the last bin takes the rest."""
    found = parts.bin_of(span)
    assert 0 <= found < BINS
    if found == 0:
        assert span < 1_000_000
    elif found < BINS - 1:
        assert span == pytest.approx(BIN_RATIO ** (found - 0.5) * 1e6, rel=0.0026)
    else:
        assert span > 100 * 365 * DAY


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6).filter(any), st.integers(0, 2**52 - 1))
def test_a_pick_falls_by_weight(weights, bits):
    """What a draw falls on is where the cumulated weights pass it; nothing of no weight is ever picked."""
    u = (bits + 0.5) / 2**52
    chosen, share = parts.fall(0, len(weights), np.array(weights, float), u)
    assert weights[chosen] > 0
    cumulated = np.cumsum([0, *weights]) / sum(weights)
    assert cumulated[chosen] - 1e-12 <= u <= cumulated[chosen + 1] + 1e-12
    assert share == pytest.approx((u - cumulated[chosen]) / (cumulated[chosen + 1] - cumulated[chosen]), abs=1e-9)
    assert 0 <= share < 1


@given(st.lists(st.tuples(st.integers(0, 3) | st.just(NEVER), st.booleans()), min_size=1, max_size=9))
def test_the_next_due_clock_is_the_soonest_then_the_first_declared(clocks):
    """Of those that run, the soonest; of equals the one declared first; none where none runs."""
    me = np.zeros(100, np.int64)
    for at, (due, runs) in enumerate(clocks):
        me[40 + CLOCK_WIDTH * at + CLOCK_DUE] = due
        me[K_RUNNING] |= int(runs) << at
    parts.next_due(me, 40)
    running = [(due, at) for at, (due, runs) in enumerate(clocks) if runs and due < NEVER]
    assert (me[K_DUE], me[K_DUE_CLOCK]) == min(running, default=(NEVER, -1))


@given(st.lists(st.integers(0, 9) | st.integers(0, 400), min_size=1, max_size=30).filter(any))
def test_every_household_has_its_home(households):
    """Counting through the households one by one finds the units that have them, in order."""
    laid = arrays.home_arrays(households)
    found = [laid["home_units"][parts.home_of(laid["homes"], laid["guide"], h)] for h in range(sum(households))]
    assert found == [unit for unit, count in enumerate(households) for _ in range(count)]


@given(st.lists(st.integers(0, 3), min_size=168, max_size=168).filter(any), st.floats(0, 500))
def test_an_arrival_is_where_the_cumulated_rate_reaches_the_load(weights, load):
    """The rate cumulated up to the arrival is the load, to the microsecond; no case comes in an hour without any."""
    hourly = np.array(weights, float) / 7
    weeks = np.concatenate([[0.0], np.cumsum(hourly)])[None, :]
    at = parts.arrival(weeks, 0, load, 0)
    week, rest = divmod(at, 168 * HOUR)
    reached = week * weeks[0, -1] + np.interp(rest / HOUR, np.arange(169), weeks[0])
    assert reached == pytest.approx(load, abs=1e-6)
    edge = at % HOUR == 0 or load < 1e-9
    assert edge or weights[ceil(rest / HOUR) - 1] > 0
