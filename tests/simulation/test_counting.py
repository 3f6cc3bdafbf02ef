"""Desk and kernel count alike: what `program.counting` makes of a run's events is what the kernel added up."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.program import Account, counting, rate
from govflow.testing import strategies as gs
from tests.simulation import recount
from tests.simulation.made import busy, dense_communities, intricate, ran
from tests.simulation.test_summary import study_of

WINDOW = {"days": 12, "warmup": 1, "drain": 2}


def check(community, seed=1):
    """Hold the rates, levels and times of a study to the accounts of its cases."""
    run = ran(community, seed=seed, **WINDOW)
    program, window = run.tables.program, run.tables.window
    org = community.organization
    summary = study_of(run, seed).summary()
    cases = [case for case in recount.told(run) if window.warmup <= case.opened < window.days]
    for name, found in summary.lifecycles.items():
        how = counting(program, program.names.lifecycles.index(name))
        own = [case for case in cases if case.cycle.name == name]
        accounts = [Account(how, case.opened) for case in own]
        for case, account in zip(own, accounts, strict=True):
            level = "" if case.settled is None else org.level_names[org.level[org.index(case.settled)]]
            for at, fact in case.facts:
                account.take(fact, at, level)
        sums = [list(map(sum, zip(*pairs, strict=True))) for pairs in zip(*(a.rates() for a in accounts), strict=True)]
        for metric, pair in zip(how.metrics, sums or [[0, 0]] * len(how.metrics), strict=True):
            assert found.rates[metric] == rate(*pair), metric
        settled = Counter(a.settled for case, a in zip(own, accounts, strict=True) if case.closed and a.settled)
        assert {level: one.value for level, one in found.levels.items()} == {
            level: settled[level] / settled.total() if settled else None for level in found.levels
        }
        lengths = [a.lengths(closed=case.closed) for case, a in zip(own, accounts, strict=True)]
        for span, column in zip(how.times, zip(*lengths, strict=True), strict=False):
            known = [length for length in column if length is not None]
            assert found.times[span].mean.n == len(known), span
            if known:
                assert found.times[span].mean.value == sum(k // 1000 for k in known) / 3_600_000 / len(known)


@pytest.mark.parametrize("name", ["beida", "chengnan"])
def test_a_bundled_community_is_counted_alike(name):
    """Response, resolution, satisfaction, level of settlement, times."""
    check(gf.load(name), 3)


@settings(max_examples=40)
@given(gs.communities(), st.integers(0, 3))
def test_a_random_community_is_counted_alike(community, seed):
    """Metrics of any facts, by cases and by events, within any deadline."""
    check(busy(community, 8), seed)


@settings(max_examples=20)
@given(dense_communities() | dense_communities(st.just([intricate()])), st.integers(0, 3))
def test_a_dense_community_is_counted_alike(community, seed):
    """Where deadlines interrupt work and cases are away when the run ends."""
    check(community, seed)
