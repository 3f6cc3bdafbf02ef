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
from govflow.testing.refolding import Refolding
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
        judge(Refolding(desk.office.edition), rows[case], lines)
    events = list(desk.feed())
    runs = Counter((event.case, event.deadline, event.run) for event in events if event.deadline is not None)
    assert not [run for run, times in runs.items() if times > 1]
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    return events


@pytest.mark.parametrize("medium", MEDIA)
def test_eight_processes_on_the_same_cases_lose_nothing_and_do_nothing_twice(medium, request, tmp_path, processes):
    """Every event that a desk wrote is there once and no other, every urge is counted, no deadline fires twice."""
    url = address(medium, request, tmp_path)
    cases = crowd.open_all(url, CASES)
    done = list(processes.map(crowd.work, [url] * PROCESSES, [cases] * PROCESSES, range(PROCESSES)))
    desk = Desk(gf.load("chengnan"), store=url, clock=ManualClock(crowd.START))
    events = hold(desk)
    opened = [(case, 1) for case in cases]
    written = [*opened, *(one for each in done for one in each.written)]
    assert sorted((event.case, event.version) for event in events) == sorted(written)
    urged = {case: desk.case(case).facts.get("counter.urged", 0) for case in cases}
    assert urged == {case: sum(one.urged[case] for one in done) for case in cases}
    assert 0 < sum(one.advanced for one in done) <= sum(event.by == "clock" for event in events)
    desk.store.close()


# ------------------------------------------------------------ one command from two desks
class Together(crowd.Watched):
    """A store that looks for a key only when the other one does too: both then find that it has not been used."""

    meeting: threading.Barrier

    def key(self, key):
        """Look for a key, the first time together with the other."""
        found = super().key(key)
        if self.meeting is not None:
            meeting, self.meeting = self.meeting, None
            meeting.wait(timeout=60)
        return found


@pytest.mark.parametrize("medium", MEDIA)
def test_one_command_sent_to_two_desks_at_once_is_carried_out_once(medium, request, tmp_path):
    """Whoever comes second is given the same cases, no event is there twice, and the key stands for nothing else."""
    url = address(medium, request, tmp_path)
    first = crowd.open_all(url, 1)[0]
    desks = [Desk(gf.load("chengnan"), store=Together(url), clock=ManualClock(crowd.START)) for _ in range(2)]
    commands = {
        "act": lambda desk: [desk.act(first, "urge", by=crowd.REPORTER, key="act")],
        "open": lambda desk: [desk.open("grievance", **crowd.OPENING, key="open")],
        "batch": lambda desk: desk.batch([Open("grievance", **crowd.OPENING) for _ in range(3)], key="batch"),
    }
    for name, command in commands.items():
        before, meeting = len(list(desks[0].feed())), threading.Barrier(2)
        for desk in desks:
            desk.store.written, desk.store.meeting = [], meeting
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(command, desks)
        assert [case.id for case in one] == [case.id for case in other], name
        assert sorted(len(desk.store.written) for desk in desks) == [0, len(one)]
        assert len(list(desks[0].feed())) == before + len(one)
        with pytest.raises(ValueError, match="was used for another command"):
            desks[0].act(first, "urge", by=crowd.REPORTER, severity=1, key=name)
    hold(desks[1])
    for desk in desks:
        desk.store.close()


def test_a_key_that_met_a_refusal_is_still_free():
    """What is refused leaves no trace, also not of its key; the same key then stands for what is done."""
    desk = Desk(gf.load("chengnan"), clock=ManualClock(crowd.START))
    case = desk.open("grievance", **crowd.OPENING)
    with pytest.raises(Refused):
        desk.act(case, "confirm", by=crowd.REPORTER, key="once")
    assert desk.act(case, "urge", by=crowd.REPORTER, key="once").version == 2
    assert desk.act(case, "urge", by=crowd.REPORTER, key="once").version == 2


# ------------------------------------------------------------ one desk, many threads
@pytest.mark.parametrize("medium", ["memory", "sqlite"])
def test_many_threads_at_one_desk_lose_nothing(medium, tmp_path):
    """A desk is safe for many threads: every act of every thread is there, and what the desk remembers is right."""
    store = open_store(None if medium == "memory" else f"sqlite:///{tmp_path}/desk.db")
    desk = Desk(gf.load("chengnan"), store=store, clock=ManualClock(crowd.START), ids=CountingIds())
    cases = [desk.open("grievance", **crowd.OPENING).id for _ in range(5)]

    def work(number):
        for at in range(20):
            desk.act(cases[(number + at) % len(cases)], "urge", by=crowd.REPORTER)
            desk.open("grievance", **crowd.OPENING) if at == number else desk.note(cases[0], "x", by=crowd.REPORTER)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    events = Counter(event.kind for event in hold(desk))
    assert events == {"open": len(cases) + THREADS, "urge": 20 * THREADS, "note": 19 * THREADS}
    assert sum(desk.case(case).facts["counter.urged"] for case in cases) == 20 * THREADS
    store.close()


# ------------------------------------------------------------ asyncio
class Gated(type(open_store())):
    """A store in memory that writes only when the gate is open."""

    gate: threading.Event
    written: threading.Event

    def write(self, commit):
        """Wait for the gate, write, and say so."""
        assert self.gate.wait(timeout=60), "nobody opened the gate: the loop stood still"
        super().write(commit)
        self.written.set()


@pytest.fixture
def gated():
    """A desk whose store waits, and a case on it."""
    store = Gated()
    store.gate, store.written = threading.Event(), threading.Event()
    store.gate.set()
    desk = Desk(gf.load("chengnan"), store=store, clock=ManualClock(crowd.START))
    case = desk.open("grievance", **crowd.OPENING)
    store.gate.clear()
    store.written.clear()
    return desk, case


def test_a_loop_goes_on_while_a_desk_works(gated):
    """Many acts are waited for at once; the loop turns on meanwhile, for it is the loop that lets them go on."""
    desk, case = gated

    async def tick(acts):
        for _ in range(1000):
            await asyncio.sleep(0)
        assert not any(act.done() for act in acts)
        desk.store.gate.set()

    async def main():
        acts = [asyncio.create_task(desk.wait(desk.act, case, "urge", by=crowd.REPORTER)) for _ in range(20)]
        await tick(acts)
        return await asyncio.gather(*acts)

    assert sorted(case.version for case in asyncio.run(main())) == list(range(2, 22))
    assert desk.case(case).facts["counter.urged"] == 20


def test_an_act_whose_waiter_is_gone_is_carried_to_its_end(gated):
    """Cancelling whoever waits does not break off the commit."""
    desk, case = gated

    async def main():
        act = asyncio.create_task(desk.wait(desk.act, case, "urge", by=crowd.REPORTER))
        await asyncio.sleep(0)
        act.cancel()
        with pytest.raises(asyncio.CancelledError):
            await act
        desk.store.gate.set()

    asyncio.run(main())
    assert desk.store.written.wait(timeout=60)
    assert desk.case(case).version == 2


# ------------------------------------------------------------ a clock that jumps
def test_a_clock_that_jumps_ahead_fires_nothing_unless_it_is_meant():
    """Over more than the desk's longest jump it is refused whole; with jump=True every deadline fires, at its time."""
    desk = Desk(gf.load("chengnan"), clock=ManualClock(crowd.START))
    case = desk.open("grievance", **crowd.OPENING)
    assert desk.advance() == 0
    desk.clock.at += 32 * DAY
    with pytest.raises(Refused, match="at most 31 days at once"):
        desk.advance()
    assert desk.case(case).version == 1
    assert desk.advance(jump=True) > 0
    assert all(event.at < event.recorded == desk.clock.at for event in case.history[1:])
    hold(desk)


def test_a_clock_that_jumps_back_takes_nothing_back():
    """An act then takes the instant of the case's last event and says so; nothing fires twice; then time goes on."""
    desk = Desk(gf.load("chengnan"), clock=ManualClock(crowd.START))
    case = desk.open("grievance", **crowd.OPENING)
    desk.clock.at += 5 * DAY
    fired = desk.advance()
    last = case.history[-1].at
    desk.clock.at = crowd.START - HOUR
    assert fired > 0 == desk.advance(to=crowd.START)
    event = desk.act(case, "urge", by=crowd.REPORTER).history[-1]
    assert (event.at, event.recorded, event.skew) == (last, desk.clock.at, True)
    desk.clock.at = last + HOUR
    event = desk.act(case, "urge", by=crowd.REPORTER).history[-1]
    assert (event.at, event.recorded, event.skew) == (desk.clock.at, desk.clock.at, False)
    hold(desk)


def test_who_looked_at_an_older_version_is_told_what_changed():
    """With a version, the second of two people meets a Conflict that names what happened in between (rule C3)."""
    desks = [Desk(gf.load("chengnan"), store=store, clock=ManualClock(crowd.START)) for store in [open_store()] * 2]
    case = desks[0].open("grievance", **crowd.OPENING)
    desks[1].act(case.id, "accept", by="grid/1#1", version=1)
    with pytest.raises(Conflict) as conflict:
        desks[0].act(case.id, "urge", by=crowd.REPORTER, version=1)
    assert conflict.value.changed == ("screen", "accept")
    assert desks[0].act(case.id, "urge", by=crowd.REPORTER, version=conflict.value.version).version == 4


def test_what_a_desk_remembers_of_a_linked_case_is_looked_at_before_it_counts():
    """A case closes with its main case although the desk that acts on it remembers that one as it was before."""
    store, clock = open_store(), ManualClock(crowd.START)
    here, there = (Desk(gf.load("chengnan"), store=store, clock=clock) for _ in range(2))
    main, same = (here.open("grievance", **crowd.OPENING).id for _ in range(2))
    for trigger, said in (("accept", {}), ("shelve", {"reason": "needs_funds", "review_on": "2026-01-30"})):
        here.act(main, trigger, by="grid/1#1", **said)
    here.act(same, "merge", by="grid/1#1", main=main)
    for trigger in ("revive", "resolve"):
        there.act(main, trigger, by="grid/1#1")
    silence = there.case(main).history[-1].at + 7 * DAY
    clock.at = silence + HOUR
    with pytest.raises(Refused):
        here.act(same, "urge", by=crowd.REPORTER)
    here.advance()
    assert [(case.state, case.history[-1].at) for case in map(here.case, (main, same))] == [("closed", silence)] * 2
    hold(here)
