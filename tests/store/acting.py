"""A process that works at a desk until it is killed: what the test of killed desks starts.

``python acting.py URL GROUPS SEED``: a child of it goes through so many groups of `STEPS` commands, each with a key of
its own. At a random moment it is killed, and the acknowledged commands stand on a line of the output; whoever reads it
sends a line, and another child goes on where that one was, beginning again with the group. At the end comes ``done``.
Children are forked, which costs less than as many processes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import partial
from random import Random
from typing import IO

import govflow as gf
from govflow.casework import Case, Desk, ManualClock
from govflow.community import Community
from tests.casework.crowd import OPENING, REPORTER, START

STEPS = 6
TO_A_KILL = 100
"""A child is killed within so many commands."""


def group(desk: Desk, number: int, told: IO[str]) -> None:
    """Open two cases, merge the one into the other and settle both, with a line for each command that has returned."""
    key = iter([f"{number}-{step}" for step in range(STEPS)])

    def tell(case: Case) -> Case:
        print(json.dumps([case.id, case.version]), file=told, flush=True)
        return case

    act = partial(desk.act, by="grid/1#1")
    main = tell(desk.open("grievance", **OPENING, text=f"matter {number}", key=next(key)))
    tell(act(main, "accept", text="we look at it", key=next(key)))
    tell(act(main, "resolve", key=next(key)))
    again = tell(desk.open("grievance", **OPENING, text=f"matter {number} again", key=next(key)))
    tell(act(again, "merge", main=main.id, key=next(key)))
    tell(act(main, "confirm", by=REPORTER, key=next(key)))


def child(url: str, community: Community, first: int, groups: int, told: IO[str]) -> None:
    """Go through the groups, from one on, and tell what is done."""
    desk = Desk(community, store=url, clock=ManualClock(START))
    for number in range(first, groups):
        group(desk, number, told)
    desk.store.close()


def killed(url: str, community: Community, first: int, groups: int, random: Random) -> tuple[list[list[object]], bool]:
    """Let a child work and kill it at a random moment; return what it has acknowledged, and whether that was all."""
    reading, writing = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as told:
            child(url, community, first, groups, told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        enough, lines = random.randint(1, TO_A_KILL), list[str]()
        for line in told:
            lines.append(line)
            if len(lines) >= enough:
                break
        for _ in range(random.randrange(60_000)):
            pass
        os.kill(number, signal.SIGKILL)
        lines += told
    _, status = os.waitpid(number, 0)
    return [json.loads(line) for line in lines if line.endswith("\n")], os.waitstatus_to_exitcode(status) == 0


def main(url: str, groups: int, seed: int) -> None:
    """Kill children until one gets to the end."""
    random, community, first, ended = Random(seed), gf.load("chengnan"), 0, False
    while not ended:
        told, ended = killed(url, community, first, groups, random)
        first = min(groups, first + len(told) // STEPS)
        print(json.dumps(told), flush=True)  # noqa: T201
        sys.stdin.readline()
    print("done", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
