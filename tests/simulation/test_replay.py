"""The kernel's step is the desk's step: every case of a run, folded through ``govflow.program.position``.

The fold gets the rows and nothing else; only the severities that people set are drawn again, as the row does not
bear them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from attrs import define, field
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.program import Position, Program, destination, due, expire, open_position, step
from govflow.program.columns import FINAL, NEVER, NONE, QUEUE, S_KIND, T_SETS_SEVERITY, T_TARGET
from govflow.simulation import engine, layout, luck
from govflow.simulation.events import events_of
from govflow.testing import strategies as gs
from tests.simulation.made import Ran, busy, dense_communities, intricate, ran


@define(eq=False)
class Folded:
    """One case on its way through the fold, with the counts that the key of a draw takes (rule S3)."""

    position: Position
    key: Any
    entry: int = 0
    repeat: int = 0
    entries: Counter = field(factory=Counter)

    def enter(self, level: int) -> None:
        """Count an entry of the state in which the case now stands."""
        seat = (self.position.state, level)
        self.entry, self.repeat = self.entries[seat], 0
        self.entries[seat] += 1


@define(eq=False)
class Fold:
    """A fold of a run's rows in their order; `cases` are those that have been opened, by number."""

    run: Ran
    seed: int
    cases: dict[int, Folded] = field(factory=dict)

    @property
    def program(self) -> Program:
        """The program that the run ran on."""
        return self.run.tables.program

    def open(self, case: int, unit: int, at: int, opening: list[int]) -> None:
        """Open a case as the run did."""
        number, n, home, channel = opening
        stream = self.program.streams[number]
        names = self.program.names
        category, cycle = names.categories[stream.category], names.lifecycles[stream.lifecycle]
        with np.errstate(over="ignore"):
            key = luck.case_key(np.uint64(luck.stream_key(self.seed, 0, cycle, category)), n)
        position = open_position(
            self.program,
            stream.lifecycle,
            unit,
            home,
            category=stream.category,
            channel=channel,
            severity=stream.default_severity,
            at=at,
        )
        self.cases[case] = Folded(position, key)
        self.cases[case].enter(self.program.places.level[unit])

    def severity(self, case: int, stream: int, way: int) -> int | None:
        """Return the severity that a transition sets, drawn for the place that is left."""
        folded, weights = self.cases[case], self.program.streams[stream].severity
        if not (self.program.rules.transitions[way][T_SETS_SEVERITY] and weights):
            return None
        here = folded.position
        names, level = self.program.names, self.program.names.levels[self.program.places.level[here.unit]]
        with np.errstate(over="ignore"):
            place = np.uint64(luck.place_key(*names.states[here.state], level))
            u = luck.uniform(folded.key, place, luck.SEVERITY, folded.entry, folded.repeat)
        return next(s for s in (1, 2, 3, 4) if u * sum(weights) < sum(weights[:s]))

    def follow(self, case: int, at: int, unit: int, way: int, cause: int, stream: int) -> None:
        """Take the step of one row, and hold the row to what the position allows."""
        folded = self.cases[case]
        before = folded.position
        clocks = due(self.program, before)
        if cause != NONE:
            assert clocks[0] == (at, cause), f"case {case}: {clocks} are due, the row says {cause} at {at}"
            taken, after = expire(self.program, before, cause, at=at)
            assert taken == way
        else:
            assert not clocks or clocks[0][0] >= at, f"case {case}: {clocks} were due before {at}"
            assert destination(self.program, before, way) == unit
            after = step(self.program, before, way, at=at, severity=self.severity(case, stream, way))
        assert after.unit == unit
        folded.position = after
        if way != NONE and self.program.rules.transitions[way][T_TARGET] != NONE:
            folded.enter(self.program.places.level[unit])
        elif way != NONE and cause == NONE and self.program.rules.states[before.state][S_KIND] != QUEUE:
            folded.repeat += 1


def fold(run: Ran, seed: int) -> Fold:
    """Fold all rows of a run, holding each to what its position allows."""
    table = events_of(run.tables, run.replication)
    states = table.columns()["state"].tolist()
    found = Fold(run, seed)
    openings = table.openings.tolist()
    for (case, time, unit, code), state in zip(table.rows.tolist(), states, strict=True):
        way, cause = (code & 0xFFFFFFFF) - 1, (code >> 32) - 1
        at = run.tables.window.start + time
        if code == 0:
            found.open(case, unit, at, openings[case])
        else:
            found.follow(case, at, unit, way, cause, openings[case][0])
        assert state in (0, found.cases[case].position.state + 1)
        if (way == NONE) != (code == 0):
            assert state == 0
    return found


def assert_replays(community: gf.Community, seed: int, **window: float) -> None:
    """Run and fold a community; at the end, no clock of an open case was due in the time that was run."""
    run = ran(community, seed=seed, compiled=False, **window)
    last = run.tables.window.start + max((int(rows[:, 1].max()) for rows in run.replication.rows), default=0)
    for case in fold(run, seed).cases.values():
        position = case.position
        clocks = due(run.tables.program, position)
        if run.tables.program.rules.states[position.state][S_KIND] == FINAL:
            assert (clocks, position.stack) == ((), ())
        else:
            assert not clocks or clocks[0][0] >= last


@settings(max_examples=40)
@given(gs.communities(), st.integers(0, 3))
def test_every_case_of_a_random_community_replays_on_the_desks_step(community, seed):
    """Units, states, transitions and expiries agree, and no deadline is missed, early or late."""
    assert_replays(busy(community, 6), seed, days=10, warmup=2, drain=5)


@settings(max_examples=25)
@given(dense_communities() | dense_communities(st.just([intricate()])), st.integers(0, 3))
def test_every_case_of_a_dense_community_replays_on_the_desks_step(community, seed):
    """As above, where times coincide, referrals nest and severities change."""
    assert_replays(community, seed, days=4, drain=4)


@pytest.mark.parametrize("name", ["beida", "chengnan"])
def test_every_case_of_a_bundled_community_replays_on_the_desks_step(name):
    """As above, on communities that are shipped, over 40 days."""
    assert_replays(gf.load(name), 5, days=5, drain=35)


@settings(max_examples=15)
@given(dense_communities() | dense_communities(st.just([intricate()])))
def test_what_the_kernel_holds_of_an_open_case_is_its_position(community):
    """When a run is over, state, unit, severity and stack of every open case are those of its folded position."""
    run = ran(community, days=4, drain=2, compiled=False)
    folded = fold(run, 1).cases
    again = engine.Run.begin(run.tables, seed=1, replication=0, events=False, compiled=False)
    again.advance(run.tables.window.end + 1)
    held = again.arrays["cases"]
    held = held[held[:, layout.K_NUMBER] >= 0]
    for row in held.tolist():
        position = folded[row[layout.K_NUMBER]].position
        assert row[layout.K_STATE] == position.state
        assert row[layout.K_UNIT] == position.unit
        assert row[layout.K_SEVERITY] == position.severity
        assert row[layout.K_DEPTH] == len(position.stack)
        assert tuple(row[layout.K_COUNTERS : layout.K_COUNTERS + len(position.counters)]) == position.counters
        soonest = min((at - run.tables.window.start for at, _ in due(run.tables.program, position)), default=NEVER)
        assert row[layout.K_DUE] == soonest or min(row[layout.K_DUE], soonest) > run.tables.window.end
    assert len(held) == sum(
        run.tables.program.rules.states[case.position.state][S_KIND] != FINAL for case in folded.values()
    )
