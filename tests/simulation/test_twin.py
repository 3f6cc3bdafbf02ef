"""The kernel against a plain SimPy model of the rules, event by event (rule S9)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.community import Community, changed
from govflow.testing import strategies as gs
from tests.simulation.made import busy, dense_communities, intricate, ran, rows_of
from tests.simulation.twin import Row, run_twin

WINDOWS = st.sampled_from([(3, 0, 2), (10, 2, 5), (21, 7, 30), (0.25, 0, 0)])


def assert_twins(community: Community, days: float, warmup: float, drain: float, seed: int) -> list[Row]:
    """Run kernel and twin; where they part, show the first event at which they do."""
    run = ran(community, days=days, warmup=warmup, drain=drain, seed=seed, compiled=False)
    kernel = rows_of(run)
    twin = run_twin(community, run.tables.window, seed=seed)
    parted = next((at for at, (a, b) in enumerate(zip(kernel, twin.rows, strict=False)) if a != b), None)
    if parted is not None:
        assert kernel[parted] == twin.rows[parted], f"event {parted}, after {kernel[max(0, parted - 3) : parted]}"
    assert len(kernel) == len(twin.rows)
    assert run.replication.most_open == twin.most_open
    assert [unit.taken for unit in twin.units] == run.replication.units[:, 2].tolist()
    return kernel


@settings(max_examples=60)
@given(gs.communities(), st.sampled_from([2.0, 8.0, 20.0]), WINDOWS, st.integers(0, 3))
def test_the_kernel_and_a_plain_simpy_model_agree_on_random_communities(community, a_day, window, seed):
    """Same order, instants, transitions, causes and units, whatever the calendars, distributions and deadlines."""
    assert_twins(busy(community, a_day), *window, seed)


@settings(max_examples=30)
@given(dense_communities(), st.integers(0, 3))
def test_the_kernel_and_the_twin_agree_where_everything_coincides(community, seed):
    """Same events also where all times lie on one grid, cases are referred on and conferences sit."""
    assert_twins(community, 6, 1, 5, seed)


@settings(max_examples=12)
@given(dense_communities(st.just([intricate()])), st.integers(0, 3))
def test_the_kernel_and_the_twin_agree_on_an_intricate_lifecycle(community, seed):
    """Same events where the clock changes severities, referrals nest, and clocks of every kind run side by side."""
    assert_twins(community, 6, 1, 5, seed)


@pytest.mark.parametrize(("name", "days", "warmup", "drain"), [("beida", 8, 1, 12), ("chengnan", 6, 0, 10)])
def test_the_kernel_and_the_twin_agree_on_a_bundled_community(name, days, warmup, drain):
    """Same events on the communities that are shipped, guards, conferences and holidays included."""
    kernel = assert_twins(gf.load(name), days, warmup, drain, seed=7)
    assert len(kernel) > 1000


def test_the_kernel_and_the_twin_agree_over_a_holiday_and_a_change_of_the_clock():
    """Same events over the spring holiday with its make-up workdays, and where a Sunday has 23 hours."""
    beida = busy(gf.load("beida"), 20)
    assert_twins(beida.with_(start="2026-02-13T10:00"), 12, 1, 3, seed=2)
    berlin = changed(beida, {"zone": "Europe/Berlin", "start": "2026-03-27"})
    assert_twins(berlin, 5, 0, 3, seed=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", gf.communities())
def test_the_kernel_and_the_twin_agree_for_months(name):
    """Same events in every community that is shipped, over a quarter of a year with all its holidays."""
    assert len(assert_twins(gf.load(name), 60, 5, 30, seed=1)) > 3000


@pytest.mark.slow
@settings(max_examples=400)
@given(dense_communities() | dense_communities(st.just([intricate()])), st.integers(0, 3))
def test_the_kernel_and_the_twin_agree_on_hundreds_of_dense_communities(community, seed):
    """Same events in half a million rows, two in five of them at one instant with another case's."""
    assert_twins(community, 8, 1, 6, seed)
