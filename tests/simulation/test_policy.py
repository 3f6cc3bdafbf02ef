"""The same residents meet the same luck: under any rule, in any executor, in any order (rules S3, S7, S8)."""

from __future__ import annotations

import json
import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.community import changed
from tests.simulation.made import assert_same_bits, busy, dense_communities, ran

RULES: dict[str, dict[str, Any]] = {
    "shorter limits": {"lifecycle.grievance.deadlines.handle.limit.host": "30m"},
    "a limit that interrupts": {"lifecycle.grievance.deadlines.handle.while_working": "interrupt"},
    "another behaviour": {
        "assumptions.behaviour.grievance.handling.at.host.outcomes": {"resolve": 0.2, "escalate": 0.8}
    },
    "slower work": {"assumptions.behaviour.grievance.screening.time": "4h"},
    "more handlers": {"organization.patterns.committee.handlers": 40},
    "other hours": {"calendars.office.hours": {"mon-sun": "00:00-24:00"}},
    "another conference": {"organization.conferences": [{"level": "branch", "weekday": "mon", "time": "09:00"}]},
}
SAMPLE = {"days": 20, "warmup": 5, "drain": 20, "replications": 4, "seed": 3, "events": True}


def openings(community: gf.Community, **window: float) -> list[list[int]]:
    """Return the instant, stream, number, home and channel of every case."""
    run = ran(community, **window)
    rows = np.concatenate(run.replication.rows)
    opened = rows[rows[:, 3] == 0]
    return np.column_stack([opened[:, 1], np.concatenate(run.replication.openings)]).tolist()


@pytest.mark.parametrize("rule", RULES)
def test_the_same_residents_come_under_another_rule(rule):
    """Whatever rule changes, every case comes at the same instant, from the same home unit, by the same channel."""
    beida = gf.load("beida")
    before = openings(beida, days=10, drain=5)
    after = openings(changed(beida, RULES[rule]), days=10, drain=5)
    common = min(len(before), len(after))
    assert before[:common] == after[:common]
    assert common > 300


@settings(max_examples=15)
@given(dense_communities(), dense_communities())
def test_no_lifecycle_changes_who_comes(one, other):
    """Two communities with the same names and rates and nothing else alike have the same residents."""
    own = [lifecycle for lifecycle in one.lifecycles if lifecycle in other.lifecycles]
    before, after = openings(one, days=2), openings(other, days=2)
    both = [[(at, n, home) for at, s, n, home, _ in found if s < 2 * len(own)] for found in (before, after)]
    common = min(map(len, both))
    assert both[0][:common] == both[1][:common]
    assert common > 0


def study(**more: Any) -> gf.Study:
    """Return a small study of a busy community."""
    return gf.simulate(busy(gf.load("beida"), 100), **(SAMPLE | more))


def bytes_of(found: gf.Study) -> bytes:
    """Return a study's summary as the bytes that are written."""
    return json.dumps(found.summary().to_data(), ensure_ascii=False).encode()


def assert_same_study(first: gf.Study, second: gf.Study) -> None:
    """Hold two studies equal: every replication bit for bit, and the summary byte for byte."""
    assert [r.index for r in first.replications] == [r.index for r in second.replications]
    for a, b in zip(first.replications, second.replications, strict=True):
        assert_same_bits(a, b)
    assert bytes_of(first) == bytes_of(second)


@pytest.mark.parametrize("threads", [2, 4])
def test_threads_do_not_matter(threads):
    """On one thread and on several, a study has the same bits."""
    assert_same_study(study(threads=1), study(threads=threads))


def test_processes_do_not_matter():
    """In fresh processes, which share nothing but the definition, a study has the same bits."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        found = study(executor=pool)
    assert_same_study(study(threads=1), found)


class Backwards(Executor):
    """An executor that runs its tasks last first, when the first result is asked for."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Note a task; the fourth starts them all."""
        future: Future[Any] = Future()
        self.tasks.append((future, fn, args, kwargs))
        if len(self.tasks) == SAMPLE["replications"]:
            for later, call, given_args, given_kwargs in reversed(self.tasks):
                later.set_result(call(*given_args, **given_kwargs))
        return future


def test_the_order_of_replications_does_not_matter():
    """Run last first, or on an executor of one's own, a study has the same bits."""
    with ThreadPoolExecutor(3) as pool:
        threaded = study(executor=pool)
    assert_same_study(study(threads=1), threaded)
    assert_same_study(threaded, study(executor=Backwards()))


def test_a_replication_alone_is_the_same_as_among_many():
    """The third of four replications can be run by itself; more replications leave the first ones as they are."""
    four = study()
    one = ran(four.community, days=20, warmup=5, drain=20, seed=3, replication=2).replication
    assert_same_bits(one, four.replications[2])
    two = study(replications=2)
    for few, many in zip(two.replications, four.replications, strict=False):
        assert_same_bits(few, many)


@settings(max_examples=10)
@given(st.integers(0, 2**63 - 1), st.integers(0, 99))
def test_seeds_and_replications_differ(seed, replication):
    """Another seed and another replication are another luck."""
    community = busy(gf.load("beida"), 20)
    first = openings(community, days=2, seed=seed, replication=replication)
    assert first != openings(community, days=2, seed=seed ^ 1, replication=replication)
    assert first != openings(community, days=2, seed=seed, replication=replication + 1)


def test_interleaved_runs_do_not_disturb_each_other():
    """Two runs advanced in turns, day by day, are what they are alone: there is no luck outside the arguments."""
    from govflow.simulation import engine
    from govflow.simulation.replication import read_out

    alone = [ran(gf.load("beida"), days=10, drain=3, seed=seed) for seed in (1, 2)]
    tables = alone[0].tables
    runs = [engine.Run.begin(tables, seed=seed, replication=0, events=True) for seed in (1, 2)]
    for day in range(15):
        for run in runs:
            run.advance(day * 86_400_000_000)
    for own, run in zip(alone, runs, strict=True):
        assert run.finished
        assert_same_bits(own.replication, read_out(run, 0))
