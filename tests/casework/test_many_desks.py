"""Many desks on one store, many threads at one desk, many waiting at once: nothing is lost and nothing done twice."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

import govflow as gf
from govflow.calendar import DAY, HOUR
from govflow.casework import CountingIds, Desk, ManualClock, Open
from govflow.errors import Conflict, Refused
from govflow.store import open_store
from govflow.testing.sides import judge
from tests.casework import crowd

PROCESSES, CASES, THREADS = 8, 100, 8
MEDIA = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def processes():
    """Eight processes, each with a Python of its own."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        yield pool


def address(medium, request, tmp_path):
    """Return the address of an empty database."""
    return f"sqlite:///{tmp_path}/desk.db" if medium == "sqlite" else request.getfixturevalue("postgres").fresh()


def hold(desk: Desk) -> list:
    """Hold the whole record to its events, and return them: each deadline has fired once a run, the audit is clean."""
    assert desk.verify_audit().ok
    rows = {row.case: row for row in desk.store.rows()}
    for case, lines in desk.store.cases():
        judge(desk.office.edition, rows[case], lines)
    events = list(desk.feed())
    runs = Counter((event.case, event.deadline, event.run) for event in events if event.deadline is not None)
    assert not [run for run, times in runs.items() if times > 1]
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    return events


@pytest.mark.parametrize("medium", MEDIA)
def test_eight_processes_on_the_same_cases_lose_nothing_and_do_nothing_twice(medium, request, tmp_path, processes):
    """Every event that a desk wrote is there once and no other; every urge is counted; each run of a deadline fires once."""
    url = address(medium, request, tmp_path)
    cases = crowd.open_all(url, CASES)
    done = list(processes.map(crowd.work, [url] * PROCESSES, [cases] * PROCESSES, range(PROCESSES)))
    desk = Desk(gf.load("chengnan"), store=url, clock=ManualClock(crowd.START))
    events = hold(desk)
    opened = [(case, 1) for case in cases]
    assert sorted((event.case, event.version) for event in events) == sorted([*opened, *(w for d in done for w in d.written)])
    urged = {case: desk.case(case).facts.get("counter.urged", 0) for case in cases}
    assert urged == {case: sum(one.urged[case] for one in done) for case in cases}
    late = [event for event in events if event.by == "clock"]
    assert sum(one.advanced for one in done) > len(cases)
    assert len(late) >= sum(one.advanced for one in done)
    desk.store.close()
