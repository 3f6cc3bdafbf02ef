"""One of many desks: what a process does that works on the same cases as others. It is imported anew in each."""

from __future__ import annotations

from random import Random
from typing import Any

from attrs import frozen

import govflow as gf
from govflow.calendar import DAY, parse_instant
from govflow.casework import Case, Desk, ManualClock
from govflow.errors import Refused
from govflow.store import Commit, SqlStore

START = parse_instant("2026-01-05T10:00", "Asia/Shanghai")
ROUNDS = (0, DAY, 9 * DAY, 45 * DAY)
REPORTER, UNIT = "resident:example-1", "grid/1"
OPENING = {"by": REPORTER, "category": "parking", "channel": "doorstep", "unit": UNIT}
DEEDS = ("accept", "resolve", "escalate", "dispute", "confirm")


class Watched(SqlStore):
    """A store that keeps in mind what it has written for certain."""

    written: list[tuple[str, int]]

    def write(self, commit: Commit) -> None:
        """Write a commit, and keep its events in mind once that is done."""
        super().write(commit)
        self.written += [(line.case, line.version) for line in commit.lines]


@frozen
class Done:
    """What one desk did: the events that its store took, and how often it urged each case."""

    written: list[tuple[str, int]]
    urged: dict[str, int]
    advanced: int


def open_all(url: str, number: int) -> list[str]:
    """Open so many cases, in one commit, and return their ids."""
    desk = Desk(gf.load("chengnan"), store=url, clock=ManualClock(START))
    cases = [desk.open("grievance", **OPENING).id for _ in range(number)]
    desk.store.close()
    return cases


def work(url: str, cases: list[str], seed: int) -> Done:
    """Act on all cases, several times, in an order of one's own, and advance now and then."""
    store = Watched(url)
    store.written = []
    desk = Desk(gf.load("chengnan"), store=store, clock=ManualClock(START))
    random, urged, advanced = Random(seed), dict.fromkeys(cases, 0), 0
    for at in ROUNDS:
        desk.clock.at = START + at
        for case in random.sample(cases, 25):
            try:
                urged[desk.act(case, "urge", by=REPORTER).id] += 1
                deed(desk, desk.case(case), random.choice(DEEDS))
            except Refused:
                pass
            if random.random() < 0.05:
                advanced += desk.advance(jump=True)
        advanced += desk.advance(jump=True)
    store.close()
    return Done(store.written, urged, advanced)


def deed(desk: Desk, case: Case, trigger: str) -> None:
    """Do something to a case, as whoever would be asked first; it may be refused."""
    said: dict[str, Any] = {"reason": "needs_funds"} if trigger == "escalate" else {}
    by = REPORTER if trigger in {"dispute", "confirm"} else f"{case.unit}#1"
    desk.act(case, trigger, by=by, **said)
