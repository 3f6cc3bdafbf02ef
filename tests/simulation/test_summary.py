"""The figures: rates, levels, times, loads, all counted once more by hand from the table (DESIGN 4.5, rule S7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.community import Community
from govflow.lifecycle import Marks, Metric
from govflow.simulation import Estimate, Group
from govflow.simulation.study import Study
from govflow.testing import strategies as gs
from tests.simulation import recount
from tests.simulation.made import Ran, busy, dense, dense_communities, intricate, ran
from tests.simulation.recount import Count, Told

HOUR = 3_600_000_000
MONTH = {"days": 30, "warmup": 5, "drain": 20}
WINDOWS = [MONTH, {"days": 12, "warmup": 0, "drain": 0}, {"days": 60, "warmup": 1, "drain": 300}]


def study_of(run: Ran, seed: int = 1) -> Study:
    """Return the study of this one replication."""
    return Study(community=run.community, tables=run.tables, seed=seed, replications=(run.replication,))


def assert_rate(found: Estimate, top: int, bottom: int) -> None:
    """Hold a share equal to its count."""
    assert (found.value, found.n) == ((None, 0) if bottom == 0 else (top / bottom, bottom))


def assert_group(found: Group, exact: Count) -> None:
    """Hold all figures of a group equal to the recount."""
    assert (found.opened, found.closed, found.open) == (exact.opened, exact.closed, exact.opened - exact.closed)
    assert list(found.rates) == list(exact.rates)
    for name, (top, bottom) in exact.rates.items():
        assert_rate(found.rates[name], top, bottom)
    for level, estimate in found.levels.items():
        assert_rate(estimate, exact.levels[level], exact.levels.total())
    assert dict(found.transitions) == exact.transitions
    assert dict(found.expiries) == exact.expiries
    assert list(found.times) == list(exact.times)
    for name, times in exact.times.items():
        assert_times(found.times[name], times)


def assert_times(found: gf.simulation.Times, exact: Sequence[int | None]) -> None:
    """Hold mean (to the ms that is kept) and percentiles (to the histogram's half per cent) to the recount."""
    known = [time for time in exact if time is not None]
    assert found.mean.n == len(known)
    if known:
        assert found.mean.value == sum(time // 1000 for time in known) / 3_600_000 / len(known)
    assert found.open_share == ((len(exact) - len(known)) / len(exact) if exact else None)
    for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99)):
        time, estimate = recount.percentile(exact, share) if exact else None, found.percentiles[name]
        assert (estimate is None) == (time is None)
        if estimate is not None and time is not None and time >= 1_000_000:
            assert estimate.value == pytest.approx(time / HOUR, rel=0.0026)


def groups(found: Study, run: Ran, cases: Sequence[Told]) -> Iterator[tuple[Group, Count]]:
    """Yield every group of cases of a summary with its recount."""
    summary = found.summary()
    for name, group in summary.lifecycles.items():
        cycle = run.community.lifecycles[name]
        own = [case for case in cases if case.cycle is cycle]
        yield group, recount.count(run, own, cycle)
        for category, part in summary.categories[name].items():
            yield part, recount.count(run, [case for case in own if case.category == category], cycle)


def assert_loads(found: Study, run: Ran, cases: Sequence[Told]) -> None:
    """Hold the loads of all units and levels to the recount."""
    window, org = run.tables.window, run.community.organization
    loads = (recount.busy(run, cases), recount.waited(run, cases))
    counted = (*loads, recount.taken(cases), recount.waiting_at_end(cases))
    measured = window.start + window.warmup, window.start + window.days
    summary = found.summary()
    parts = [(summary.units[unit], [unit]) for unit in summary.units]
    parts += [(summary.levels[level], list(org.units(level))) for level in summary.levels]
    for load, units in parts:
        busy_us, waited_ms, takes, at_end = ([own[unit] for unit in units] for own in counted)
        capacity = sum(
            org.handlers[at] * run.community.calendars[org.calendar(at)].between(*measured)
            for at in map(org.index, units)
        )
        assert load.utilisation.value == (sum(busy_us) / capacity if capacity else None)
        assert load.waiting.value == sum(waited_ms) / ((window.days - window.warmup) // 1000)
        assert (load.units, load.handlers) == (len(units), sum(org.handlers[org.index(unit)] for unit in units))
        assert (load.taken, load.waiting_at_end.value) == (sum(takes), sum(at_end))
        assert load.utilisation.value is None or 0 <= load.utilisation.value <= 1


def assert_recounts(community: Community, seed: int, **window: float) -> Study:
    """Run a community, count everything by hand, and hold the summary to it."""
    run = ran(community, seed=seed, **window)
    cases = recount.told(run)
    found = study_of(run, seed)
    for group, exact in groups(found, run, cases):
        assert_group(group, exact)
    assert_loads(found, run, cases)
    return found


@pytest.mark.parametrize("name", ["beida", "chengnan", "jiafu"])
@pytest.mark.parametrize("window", WINDOWS)
def test_the_figures_of_a_bundled_community_are_those_of_its_table(name, window):
    """Response, resolution, satisfaction, settlement, times and loads: each as counted by hand from the rows."""
    found = assert_recounts(gf.load(name), 3, **window)
    rates = found.summary().lifecycles["grievance"].rates
    assert {"response", "resolution", "satisfaction"} <= set(rates)


def test_every_fact_can_be_counted():
    """The opening, an expiry and a trigger count alike, by cases and by events, within a deadline or without."""
    cycle = intricate()
    marks = {
        "opened_late": (Marks(("expiry:first",)), Marks(("open",)), None, "events"),
        "hurried": (Marks(("expiry:hurried", "regrade")), Marks(("open", "expiry:hurried")), None, "events"),
        "soon": (Marks(("expiry:hurried", "resolve")), Marks(("open",)), "pressed", "cases"),
        "soon_each": (Marks(("expiry:hurried", "start")), Marks(("start", "expiry:hurried")), "handle", "events"),
        "more_than_all": (Marks(("start", "screen")), Marks(("confirm",)), None, "events"),
    }
    metrics = {
        name: Metric(name, top, bottom, within=within, counts=counts)
        for name, (top, bottom, within, counts) in marks.items()
    }
    community = dense(
        [evolve(cycle, metrics=metrics)],
        hours=("office", "always", "evenings"),
        handlers=(1, 2, 1),
        capacity=2,
        times=("1h", "2h", "30m"),
        weights=(1, 2, 3),
        levels=("host", "branch"),
    )
    rates = assert_recounts(community, 1, days=20, warmup=2, drain=10).summary().lifecycles["matter_0"].rates
    assert all(rate.n > 20 for rate in rates.values())
    assert 0 < rates["soon"].value < 1
    assert rates["more_than_all"].value > 1


@settings(max_examples=60)
@given(gs.communities(), st.integers(0, 3), st.sampled_from([MONTH, {"days": 4, "warmup": 1.5, "drain": 0.5}]))
def test_the_figures_of_a_random_community_are_those_of_its_table(community, seed, window):
    """As above, for metrics of any facts, counted by cases and by events, within any deadline."""
    assert_recounts(busy(community, 8), seed, **window)


@settings(max_examples=30)
@given(dense_communities() | dense_communities(st.just([intricate()])), st.integers(0, 3))
def test_the_figures_of_a_dense_community_are_those_of_its_table(community, seed):
    """As above, where work follows work, deadlines interrupt it, and cases are away when the run ends."""
    assert_recounts(community, seed, days=5, warmup=1, drain=2)
