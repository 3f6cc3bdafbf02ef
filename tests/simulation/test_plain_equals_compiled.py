"""Compiled or as plain Python, the kernel is one source: the same bits (rule S1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.community import Community
from govflow.testing import strategies as gs
from tests.simulation.made import assert_same_bits, busy, dense_communities, intricate, ran


def assert_plain_is_compiled(community: Community, seed: int = 1, **window: float) -> None:
    """Run a community both ways and hold the two equal, table and counts."""
    plain = ran(community, seed=seed, compiled=False, **window).replication
    assert_same_bits(plain, ran(community, seed=seed, compiled=True, **window).replication)
    assert plain.steps > 0


@settings(max_examples=40)
@given(gs.communities(), st.integers(0, 3), st.sampled_from([2.0, 20.0]))
def test_plain_and_compiled_agree_on_random_communities(community, seed, a_day):
    """Rows, openings, tallies, histograms, counts of transitions and loads of units are equal, draw for draw."""
    assert_plain_is_compiled(busy(community, a_day), seed, days=10, warmup=3, drain=7)


@settings(max_examples=20)
@given(dense_communities() | dense_communities(st.just([intricate()])))
def test_plain_and_compiled_agree_where_times_coincide(community):
    """As above, where ties, nested referrals and sessions are common."""
    assert_plain_is_compiled(community, days=4, warmup=1, drain=4)


@pytest.mark.parametrize("name", ["beida", "shiwan"])
def test_plain_and_compiled_agree_on_a_bundled_community(name):
    """As above, on communities that are shipped."""
    assert_plain_is_compiled(gf.load(name), days=9, warmup=2, drain=12)


def test_room_is_made_while_the_run_stands(monkeypatch):
    """A run that fills its rows, openings and case slots again and again gives the same bits as one with room."""
    community = busy(gf.load("beida"), 2000)
    roomy = ran(community, days=3, drain=1)
    assert roomy.replication.most_open > 2000
    monkeypatch.setattr("govflow.simulation.engine.CHUNK", 128)
    monkeypatch.setattr("govflow.simulation.arrays.FIRST_SLOTS", 1)
    tight = ran(community, days=3, drain=1)
    assert len(tight.replication.rows) > 100
    assert_same_bits(roomy.replication, tight.replication)
