"""Queues that have a closed form: what the study says lies around it as often as its intervals promise (rule S9).

One counter, never closed, fed by a Poisson stream. Every model is run in eighty independent studies; of their eighty
95 % intervals at least 69 must hold the closed form, which is missed by chance once in a thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp, factorial, sqrt

import numpy as np
import pytest
from scipy import stats

import govflow as gf
from govflow.calendar import DAY, HOUR, Duration
from govflow.community import Community, Distribution
from govflow.simulation import Estimate
from tests.simulation.made import counter, ran

STUDIES = 80
ENOUGH = int(stats.binom.ppf(0.001, STUDIES, 0.95))


def studies(community: Community) -> Iterable[gf.Study]:
    """Yield independent studies of a counter, each of ten replications that start long before they are measured."""
    for seed in range(STUDIES):
        yield gf.simulate(community, days=60, warmup=10, drain=30, replications=10, seed=seed, threads=2)


def assert_covered(found: Iterable[Estimate], exact: float) -> None:
    """Hold that enough intervals contain the closed form, and that their middles lie around it."""
    listed = list(found)
    held = sum(e.low <= exact <= e.high for e in listed)
    assert held >= ENOUGH, f"{held} of {len(listed)} intervals hold {exact}"
    middle = [e.value for e in listed]
    spread = np.std(middle, ddof=1) / sqrt(len(middle))
    assert abs(np.mean(middle) - exact) < 4 * spread


def time(kind: str, minutes: int, **more: float) -> Distribution:
    """Return a distribution by its mean, or its constant, in minutes."""
    key = "value" if kind == "constant" else "mean"
    return Distribution(kind, {key: Duration.parse(f"{minutes}m"), **more})


def erlang_c(servers: int, load: float) -> float:
    """Return the probability of waiting with `servers` and an offered load (Erlang 1917)."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def waiting_mmc(servers: int, rate: float, mean: float) -> float:
    """Return the mean wait in M/M/c."""
    return erlang_c(servers, rate * mean) / (servers / mean - rate)


def waiting_mg1(rate: float, mean: float, cv: float) -> float:
    """Return the mean wait in M/G/1 (Pollaczek 1930, Khinchine 1932)."""
    return rate * mean**2 * (1 + cv**2) / 2 / (1 - rate * mean)


MODELS: dict[str, tuple[Distribution, int, float, Callable[[float], float]]] = {
    "M/M/1": (time("exponential", 30), 1, 30.0, lambda rate: waiting_mg1(rate, 0.5, 1.0)),
    "M/M/3": (time("exponential", 60), 3, 54.0, lambda rate: waiting_mmc(3, rate, 1.0)),
    "M/D/1": (time("constant", 30), 1, 36.0, lambda rate: waiting_mg1(rate, 0.5, 0.0)),
    "M/G/1, lognormal": (time("lognormal", 20, cv=1.5), 1, 36.0, lambda rate: waiting_mg1(rate, 1 / 3, 1.5)),
    "M/G/1, Weibull": (
        time("weibull", 20, shape=2.0),
        1,
        48.0,
        lambda rate: waiting_mg1(rate, 1 / 3, sqrt(stats.weibull_min(2).var()) / stats.weibull_min(2).mean()),
    ),
}
"""By name: the service, how many serve, cases a day, and the mean wait in hours for a rate an hour."""


@pytest.mark.parametrize("model", MODELS)
def test_waits_queues_and_loads_are_those_of_the_closed_form(model):
    """Mean wait, mean number waiting (Little) and utilisation lie in their intervals at the nominal rate."""
    service, servers, a_day, wait = MODELS[model]
    rate = a_day / 24
    mean = next(iter(service.parameters.values())).us(DAY) / HOUR
    found = [study.summary() for study in studies(counter(service, {"a": a_day}, handlers=servers))]
    assert all(one.lifecycles["matter"].open == 0 for one in found)
    assert_covered((one.lifecycles["matter"].times["wait"].mean for one in found), wait(rate))
    assert_covered((one.lifecycles["matter"].times["stay"].mean for one in found), wait(rate) + mean)
    assert_covered((one.units["office/top"].waiting for one in found), wait(rate) * rate)
    assert_covered((one.units["office/top"].utilisation for one in found), rate * mean / servers)


def test_the_urgent_wait_as_long_as_cobham_says():
    """With two severities at one counter, each waits its own time: served by rank, never broken off (Cobham 1954)."""
    rates, mean = {"urgent": 20 / 24, "plain": 16 / 24}, 0.5
    community = counter(time("exponential", 30), {"urgent": 20.0, "plain": 16.0}, severity={"urgent": 1, "plain": 4})
    residual = sum(rates.values()) * 2 * mean**2 / 2
    ahead = rates["urgent"] * mean
    exact = {"urgent": residual / (1 - ahead), "plain": residual / (1 - ahead) / (1 - sum(rates.values()) * mean)}
    found = [study.summary() for study in studies(community)]
    for name, wait in exact.items():
        assert_covered((one.categories["matter"][name].times["wait"].mean for one in found), wait)


def test_percentiles_of_an_exponential_stay():
    """In M/M/1 the stay is exponential: median and 90th percentile lie within the histogram's step of their form."""
    rate, mean = 30 / 24, 0.5
    scale = mean / (1 - rate * mean)
    community = counter(time("exponential", 30), {"a": 30.0})
    stays = gf.simulate(community, days=1000, warmup=10, drain=30, replications=20, seed=1).summary()
    found = stays.lifecycles["matter"].times["stay"].percentiles
    for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99)):
        exact = -scale * np.log(1 - share)
        assert 0.997 * found[name].low < exact < 1.003 * found[name].high
    assert exp(-found["p90"].value / scale) == pytest.approx(0.1, rel=0.02)


def test_littles_law_holds_exactly_in_the_table():
    """The number at the counter, integrated over the run, is the sum of all stays; so it is with those who wait."""
    run = ran(counter(time("lognormal", 25, cv=1.0), {"a": 40.0}), days=30, drain=60)
    rows = np.concatenate(run.replication.rows)
    measured = run.replication.tally[0, 0]
    rows = rows[rows[:, 0] < measured]
    assert len(rows) == 3 * measured
    way = (rows[:, 3] & 0xFFFFFFFF) - 1
    spans = [span.name for span in run.tables.program.names.spans[0]]
    sums = run.replication.tally[0, -2 * len(spans) :].reshape(-1, 2)
    for name, leaves in (("wait", 0), ("stay", 1)):
        moves = np.where(way == -1, 1, np.where(way == leaves, -1, 0))
        integral = int((np.cumsum(moves)[:-1] * np.diff(rows[:, 1])).sum())
        count, milliseconds = sums[spans.index(name)].tolist()
        assert count == measured
        assert 0 <= integral - 1000 * milliseconds < 1000 * count
