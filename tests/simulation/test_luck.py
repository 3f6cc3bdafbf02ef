"""Luck: quantiles that are right, draws that are even and independent, names that enter by name (rule S3)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from scipy import special, stats

import govflow as gf
from govflow.calendar import Duration
from govflow.community import Category, Distribution, changed
from govflow.lifecycle import State
from govflow.organization import Level
from govflow.program.behaviour import distribution
from govflow.simulation import luck
from tests.simulation.made import counter, ran, rows_of

MASK = 2**64 - 1
HOUR = 3_600_000_000


@pytest.fixture(autouse=True)
def _integers_wrap():
    """Let unsigned integers wrap, as they do in the compiled kernel."""
    with np.errstate(over="ignore"):
        yield


# ------------------------------------------------------------ quantiles
def test_the_normal_quantile_is_scipys():
    """AS 241 agrees with an independent inverse to 15 digits, from the middle far into both tails."""
    middle = np.linspace(1e-6, 1 - 1e-6, 20_001)
    tails = np.concatenate([np.logspace(-300, -6, 2000), 1 - np.logspace(-15.9, -6, 500)])
    p = np.concatenate([middle, tails])
    own = np.array([luck.normal_quantile(float(x)) for x in p])
    np.testing.assert_allclose(own, special.ndtri(p), rtol=2e-14, atol=1e-15)


def quantiles(time: Distribution, us: Iterable[float]) -> list[int]:
    """Return what `duration` draws for a distribution at each of the draws `us`."""
    knots: list[tuple[float, float]] = []
    rows = np.array([distribution(time, 8 * HOUR, knots)])
    table = np.array(knots or [(0.0, 0.0)])
    return [luck.duration(rows, table, 0, float(u)) for u in us]


def hours(*values: int) -> list[Duration]:
    """Return durations of whole hours."""
    return [Duration.parse(f"{value}h") for value in values]


SIGMA = math.sqrt(math.log(1 + 1.2**2))
JUDGES = {
    "constant": ({"value": hours(3)[0]}, lambda u: u * 0 + 3),
    "exponential": ({"mean": hours(5)[0]}, lambda u: stats.expon.isf(u, scale=5)),
    "uniform": (dict(zip(("low", "high"), hours(1, 4), strict=True)), lambda u: stats.uniform.ppf(u, 1, 3)),
    "triangular": (
        dict(zip(("low", "mode", "high"), hours(1, 2, 9), strict=True)),
        lambda u: stats.triang.ppf(u, 1 / 8, 1, 8),
    ),
    "lognormal": (
        {"mean": hours(2)[0], "cv": 1.2},
        lambda u: stats.lognorm.ppf(u, SIGMA, scale=2 / math.sqrt(1 + 1.2**2)),
    ),
    "weibull": (
        {"mean": hours(6)[0], "shape": 1.7},
        lambda u: stats.weibull_min.isf(u, 1.7, scale=6 / special.gamma(1 + 1 / 1.7)),
    ),
    "quantiles": (
        {"at": (0, 0.25, 0.5, 1), "values": tuple(hours(0, 1, 1, 7))},
        lambda u: np.interp(u, [0, 0.25, 0.5, 1], [0, 1, 1, 7]),
    ),
}
"""Parameters of each kind, and its quantile in hours; where `isf` is used, small draws make long times."""


@pytest.mark.parametrize("kind", JUDGES)
def test_a_duration_is_the_quantile_of_its_distribution(kind):
    """Every kind agrees with the closed form to the µs it is rounded to, and never takes less than one."""
    parameters, judge = JUDGES[kind]
    us = [1e-12, 0.001, *np.linspace(0.01, 0.99, 99), 0.25, 0.5, 0.999, 1 - 1e-12]
    own = quantiles(Distribution(kind, parameters), us)
    assert min(own) >= 1
    assert own == pytest.approx([float(judge(u)) * HOUR for u in us], rel=1e-11, abs=1.0)


@pytest.mark.parametrize("kind", JUDGES)
def test_a_duration_has_the_mean_that_was_written(kind):
    """Integrated over all draws, a time's mean is the one in the definition."""
    parameters, judge = JUDGES[kind]
    u = (np.arange(40_000) + 0.5) / 40_000
    own = np.mean(quantiles(Distribution(kind, parameters), u[::20]))
    assert own == pytest.approx(float(np.mean(judge(u))) * HOUR, rel=0.02)
    if "mean" in parameters:
        assert own == pytest.approx(parameters["mean"].us(0), rel=0.02)


def test_days_of_a_time_are_working_days():
    """``1d`` is as long as the day it is given: eight working hours here."""
    assert quantiles(Distribution("constant", {"value": Duration.parse("1d")}), [0.5]) == [8 * HOUR]


def test_a_draw_out_of_all_proportion_still_ends():
    """A time beyond all calendars is cut at 9·10^17 µs (some 28,000 years), not an overflow."""
    wild = Distribution("weibull", {"mean": Duration.parse("30000d"), "shape": 0.05})
    assert quantiles(wild, [2**-53]) == [900_000_000_000_000_000]


# ------------------------------------------------------------ draws
def unmixed(z: int) -> int:
    """Return the number that `luck.mix` turns into `z`."""
    for shift, factor in ((31, 0x94D049BB133111EB), (27, 0xBF58476D1CE4E5B9)):
        z = unshifted(z, shift) * pow(factor, -1, 2**64) & MASK
    return unshifted(z, 30)


def unshifted(z: int, shift: int) -> int:
    """Return the x for which ``x ^ (x >> shift)`` is `z`."""
    x = z
    for _ in range(64 // shift):
        x = z ^ (x >> shift)
    return x


@given(st.integers(0, MASK))
def test_mixing_is_one_to_one(z):
    """Every number is mixed from one number only, so no two keys fall together."""
    assert int(luck.mix(np.uint64(unmixed(z)))) == z


@pytest.mark.parametrize(("bits", "u"), [(0, 2**-53), (MASK, 1 - 2**-53)])
def test_the_smallest_and_the_largest_draw_lie_inside(bits, u):
    """A draw is never 0 and never 1, so its logarithm and its normal quantile exist."""
    inner = (unmixed(bits) - luck.TIME * 0x9E3779B97F4A7C15) & MASK
    draw = luck.uniform(np.uint64(unmixed(inner)), luck.NOWHERE, luck.TIME, 0, 0)
    assert draw == u
    assert math.isfinite(luck.normal_quantile(draw))


def draws(purpose: int, *, stream: str = "a", place: int = 0, entry: int = 0, repeat: int = 0) -> np.ndarray:
    """Return one draw of each of 20,000 cases."""
    key = np.uint64(luck.stream_key(1, 0, "grievance", stream))
    where = np.uint64(place)
    return np.array([luck.uniform(luck.case_key(key, n), where, purpose, entry, repeat) for n in range(1, 20_001)])


def different_draws() -> list[np.ndarray]:
    """Return draws that differ in one thing each: purpose, stream, place, entry, repeat; and the next case's."""
    place = luck.place_key("grievance", "handling", "host")
    first = draws(luck.TIME)
    return [
        first,
        np.roll(first, 1),
        draws(luck.OUTCOME),
        draws(luck.SEVERITY),
        draws(luck.ARRIVAL),
        draws(luck.TIME, stream="b"),
        draws(luck.TIME, place=place),
        draws(luck.TIME, entry=1),
        draws(luck.TIME, repeat=1),
    ]


def test_draws_are_even_and_independent():
    """Chi-square finds each kind of draw even, and each pair of kinds even over the unit square."""
    found = different_draws()
    for u in found:
        counts, _ = np.histogram(u, 100, (0, 1))
        assert stats.chisquare(counts).pvalue > 1e-4
        assert stats.kstest(u, "uniform").pvalue > 1e-4
    for a, b in combinations(found, 2):
        counts, *_ = np.histogram2d(a, b, 16, [(0, 1), (0, 1)])
        assert stats.chisquare(counts.ravel()).pvalue > 1e-4


@settings(max_examples=50)
@given(st.integers(0, 2**63 - 1), st.integers(0, 10**6))
def test_every_part_of_a_stream_key_counts(seed, replication):
    """Another seed, replication, lifecycle or category is another stream."""
    keys = {
        luck.stream_key(seed, replication, "a", "b"),
        luck.stream_key(seed + 1, replication, "a", "b"),
        luck.stream_key(seed, replication + 1, "a", "b"),
        luck.stream_key(seed, replication, "a", "c"),
        luck.stream_key(seed, replication, "ab", ""),
        luck.stream_key(replication, seed, "b", "a"),
    }
    assert len(keys) == 6


# ------------------------------------------------------------ arrivals
def test_arrivals_come_at_the_rate_and_in_the_hours_that_are_written():
    """Counts by hour of the week fit the profile, gaps of the transformed times are exponential."""
    parking = changed(gf.load("beida"), {"assumptions.arrivals.grievance.parking.per_household_year": 3.0})
    run = ran(parking, days=364)
    program = run.tables.program
    stream = next(s for s in program.streams if program.names.categories[s.category] == "parking")
    own = np.concatenate(run.replication.openings)[:, 0] == program.streams.index(stream)
    rows = np.concatenate(run.replication.rows)
    at = np.sort(rows[rows[:, 3] == 0][own, 1])
    week = np.array(stream.week)
    expected = week / week.sum() * (3.0 * 4608 * 364 / 365)
    counts = np.bincount(at // HOUR % 168, minlength=168)
    assert counts[expected == 0].sum() == 0
    inside = expected > 0
    assert stats.chisquare(counts[inside], expected[inside] * counts.sum() / expected.sum()).pvalue > 1e-4
    assert abs(counts.sum() - expected.sum()) < 4 * math.sqrt(expected.sum())
    cumulated = np.concatenate([[0.0], np.cumsum(expected / 52)])
    load = at // (168 * HOUR) * cumulated[-1] + np.interp(at % (168 * HOUR) / HOUR, np.arange(169), cumulated)
    assert stats.kstest(np.diff(load), "expon").pvalue > 1e-4


# ------------------------------------------------------------ names by name
def arrivals_of(community: gf.Community, **window: float) -> dict[tuple[str, str, int], tuple[int, str, str]]:
    """Return when, where and how each case came, by lifecycle, category and number in its stream."""
    run = ran(community, **window)
    names, ids = run.tables.program.names, community.organization.ids
    rows = np.concatenate(run.replication.rows)
    at = rows[rows[:, 3] == 0][:, 1]
    streams = run.tables.program.streams
    return {
        (names.lifecycles[streams[s].lifecycle], names.categories[streams[s].category], n): (
            time,
            ids[home],
            names.channels[channel],
        )
        for time, (s, n, home, channel) in zip(
            at.tolist(), np.concatenate(run.replication.openings).tolist(), strict=True
        )
    }


def histories_of(community: gf.Community, **window: float) -> dict[tuple[str, int], list[tuple[int, str, str]]]:
    """Return the events of each case by name, by category and number in its stream."""
    run = ran(community, **window)
    names, streams = run.tables.program.names, run.tables.program.streams
    openings = np.concatenate(run.replication.openings).tolist()
    found: dict[tuple[str, int], list[tuple[int, str, str]]] = {}
    for row in rows_of(run):
        stream, n, *_ = openings[row.case]
        case = (names.categories[streams[stream].category], n)
        found.setdefault(case, []).append((row.time, row.unit, row.way.trigger if row.way else str(row.cause)))
    return found


def with_another_category(community: gf.Community) -> gf.Community:
    """Return the community with a category that comes first by name."""
    assumptions = community.assumptions
    arrivals = assumptions.arrivals["grievance"]
    more = {"grievance": {"aaa": arrivals["parking"], **arrivals}}
    return community.with_(
        categories={"aaa": Category("aaa"), **community.categories}, assumptions=evolve(assumptions, arrivals=more)
    )


def with_another_state(community: gf.Community) -> gf.Community:
    """Return the community with a state before all others, into which no case ever comes."""
    cycle = community.lifecycles["grievance"]
    states = {"aaa": State("aaa", "wait"), **cycle.states}
    return community.with_(lifecycles={"grievance": evolve(cycle, states=states)})


def with_another_level(community: gf.Community) -> gf.Community:
    """Return the community with a street above the committee."""
    plan = community.plan
    top = evolve(plan.patterns["committee"], names=(plan.top,))
    levels = (Level("street", "office"), *plan.levels)
    patterns = {**plan.patterns, "committee": top}
    departments = tuple(evolve(unit, serves=()) for unit in plan.outside)
    return community.with_(plan=evolve(plan, top="example", levels=levels, patterns=patterns, outside=departments))


def test_another_category_moves_nobody_else():
    """With a category more, every other case comes at the same instant, from the same home, by the same channel."""
    beida = gf.load("beida")
    before, after = (arrivals_of(c, days=60) for c in (beida, with_another_category(beida)))
    assert {case: how for case, how in after.items() if case[1] != "aaa"} == before
    assert len(after) > len(before)


def test_another_state_moves_nobody():
    """With a state more, every case has the same history to the µs."""
    beida = gf.load("beida")
    assert histories_of(with_another_state(beida), days=20, drain=20) == histories_of(beida, days=20, drain=20)


def test_another_level_above_moves_nobody():
    """With a street above the committee, every case comes at the same instant, from the same home, the same way."""
    beida = gf.load("beida")
    street = with_another_level(beida)
    assert street.organization.size == beida.organization.size + 1
    before, after = (arrivals_of(c, days=20) for c in (beida, street))
    assert [(at, channel) for at, _, channel in before.values()] == [(at, channel) for at, _, channel in after.values()]
    homes = [beida.organization.units("host").index(home) for _, home, _ in before.values()]
    assert homes == [street.organization.units("host").index(home) for _, home, _ in after.values()]


def test_without_queues_a_case_does_not_depend_on_the_others():
    """Where nobody ever waits, each case has the same history with and without another category beside it."""
    exponential = Distribution("exponential", {"mean": Duration.parse("1h")})
    alone = counter(exponential, {"b": 20.0}, handlers=500)
    both = counter(exponential, {"a": 50.0, "b": 20.0}, handlers=500)
    before, after = (
        {
            case: own
            for case, own in histories_of(c, days=30, drain=5).items()
            if case[0] == "b" and own[0][0] < 30 * 24 * HOUR
        }
        for c in (alone, both)
    )
    assert before == after
    assert len(before) > 500
