"""Intervals: Wilson's for counts, Student's over replications; each against its own definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from govflow.program.intervals import Z_95, Estimate, rounded, wilson
from govflow.simulation.intervals import mean, ratio, student

COUNTS = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_wilsons_ends_solve_the_score_equation(count):
    """At both ends the share lies exactly z standard errors away, the error being that of the end itself."""
    found = wilson(*count)
    share = count[0] / count[1]
    assert found.value == share
    assert 0 <= found.low <= share <= found.high <= 1
    for end in (found.low, found.high):
        assert abs(share - end) == pytest.approx(Z_95 * math.sqrt(end * (1 - end) / count[1]), rel=1e-6, abs=1e-9)


def test_few_counts_are_worth_little():
    """One in two and fifty in a hundred are the same rate and not the same knowledge; nothing of nothing is nothing."""
    few, many = wilson(1, 2), wilson(50, 100)
    assert few.value == many.value == 0.5
    assert few.high - few.low > 4 * (many.high - many.low)
    assert wilson(0, 0) == Estimate(None, None, None, 0)
    assert wilson(0, 10).low == 0.0 < wilson(0, 10).high


def test_z_and_t_are_the_97_5_per_cent_quantiles():
    """Both constants are those of the normal and of Student's distribution."""
    assert pytest.approx(stats.norm.ppf(0.975), rel=1e-15) == Z_95
    for degrees in (1, 2, 9, 1000):
        assert student(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=1e-10)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_the_mean_has_students_interval(values):
    """Mean and ends are those of the one-sample t interval."""
    found = mean(values)
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values))
    assert found.value == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)
    assert found.high - found.low == pytest.approx(2 * half, rel=1e-6, abs=1e-6)
    assert found.n == len(values)


def test_a_ratio_of_totals_is_no_mean_of_ratios():
    """The point is total over total; where all bottoms are equal the interval is that of the mean of the ratios."""
    assert ratio([1, 0], [1, 99]).value == 0.01
    tops, equal = [3.0, 5.0, 4.0], [10, 10, 10]
    found, plain = ratio(tops, equal), mean([top / 10 for top in tops])
    assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert found.n == 30


def test_a_share_keeps_within_its_bounds():
    """A share of one replication has Wilson's interval, of several one within 0 and 1; a mean of one has none."""
    assert ratio([3], [4], share=True) == wilson(3, 4)
    assert ratio([3], [4]) == Estimate(0.75, None, None, 4)
    wide = ratio([0, 9, 10], [10, 10, 10], share=True)
    assert (wide.low, wide.high) == (0.0, 1.0)
    assert ratio([0, 0], [0, 0], share=True) == Estimate(None, None, None, 0)
    assert mean([]) == Estimate(None, None, None, 0)


def test_more_events_above_than_below_are_no_share():
    """A metric of events whose numerator counts more than its denominator has its value, and no false bounds."""
    assert ratio([30], [2], share=True) == Estimate(15.0, None, None, 2)
    several = ratio([30, 20], [2, 2], share=True)
    assert several.low < several.value == 12.5 < several.high


def test_ratios_cover_at_the_nominal_rate():
    """Of 2,000 t intervals of a ratio of dependent sums, about 95 % hold the true ratio."""
    draw = np.random.default_rng(1)
    bottoms = draw.poisson(400, (2000, 10))
    tops = draw.binomial(bottoms, 0.3)
    held = [e.low <= 0.3 <= e.high for e in map(ratio, tops.tolist(), bottoms.tolist())]
    assert 0.93 < np.mean(held) < 0.965


def test_numbers_print_alike_everywhere():
    """Plain data holds twelve significant digits, and nothing where there is nothing to tell."""
    assert rounded(1 / 3) == 0.333333333333
    assert rounded(None) is None
    assert Estimate(2 / 3, None, None, 3).to_data() == {"value": 0.666666666667, "low": None, "high": None, "n": 3}


def test_replications_that_all_agree_are_no_certainty():
    """A share of all or none of a few cases keeps an interval at least as wide as Wilson's."""
    for top in (0, 5):
        found, near = ratio([top / 5] * 5, [1] * 5, share=True), wilson(top, 5)
        assert found.low <= near.low
        assert found.high >= near.high
        assert found.low < found.high


def test_what_is_never_negative_has_no_interval_below_zero():
    """The interval of a ratio of two replications far apart ends at zero."""
    assert ratio([0.0, 10.0], [1, 1]).low == 0.0
    assert mean([0.0, 10.0], least=0.0).low == 0.0
    assert mean([0.0, 10.0]).low < 0.0
