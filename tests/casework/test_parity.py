"""The desk and the kernel tell the same of the same cases: a run's events, replayed by people at a desk.

Each case of a run is opened at a desk of its own and taken through it: what a person does in the run is done by
somebody with the right to it, what a deadline does is left to ``advance``. Then every event is held to its row.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from attrs import define, evolve
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.casework import CountingIds, Desk, ManualClock
from govflow.casework.acting import may_fire
from govflow.casework.deadlines import fire
from govflow.casework.links import follow
from govflow.lifecycle import Field, FieldLimit, Transition
from govflow.program import Program
from govflow.program.columns import NONE, T_REOPENS
from govflow.simulation.events import events_of
from govflow.store import MemoryStore
from govflow.testing import strategies as gs
from govflow.testing.commands import Scene
from tests.simulation.made import Ran, busy, dense_communities, intricate, ran
from tests.simulation.test_replay import Fold


class Happened(NamedTuple):
    """A row of a run: when, at which unit afterwards, by which way, because of which clock, with what severity set."""

    at: int
    unit: int
    way: int
    clock: int
    severity: int | None


def happened(run: Ran, seed: int) -> list[list[Happened]]:
    """Return the rows of each case of a run; the first is its opening."""
    table = events_of(run.tables, run.replication)
    openings, fold = table.openings.tolist(), Fold(run, seed)
    rows: list[list[Happened]] = [[] for _ in openings]
    for case, time, unit, code in table.rows.tolist():
        at, way, clock = run.tables.window.start + time, (code & 0xFFFFFFFF) - 1, (code >> 32) - 1
        if code == 0:
            fold.open(case, unit, at, openings[case])
            rows[case].append(Happened(at, unit, NONE, NONE, None))
            continue
        severity = fold.severity(case, openings[case][0], way) if way != NONE and clock == NONE else None
        fold.follow(case, at, unit, way, clock, openings[case][0])
        rows[case].append(Happened(at, unit, way, clock, severity))
    return rows


def without_dates(community: gf.Community) -> gf.Community:
    """Return the community with the lengths that the simulation takes in the place of the dates that people name."""
    cycles = {}
    for name, cycle in community.lifecycles.items():
        dated = {key: d for key, d in cycle.deadlines.items() if isinstance(d.limit, FieldLimit)}
        plain = {key: evolve(d, limit={"default": d.limit.simulated}) for key, d in dated.items()}
        cycles[name] = evolve(cycle, deadlines={**cycle.deadlines, **plain})
    return community.with_(lifecycles=cycles)


def open_to_all(community: gf.Community) -> gf.Community:
    """Return the community with everybody allowed to do everything, and no circles, of which the kernel knows none."""
    return community.with_(
        lifecycles={
            name: evolve(cycle, opened_by=(), transitions=tuple(map(_by_anyone, cycle.transitions)))
            for name, cycle in community.lifecycles.items()
        }
    )


def _by_anyone(way: Transition) -> Transition:
    by = way.by if way.by == ("clock",) else (*(by for by in way.by if by == "clock"), "anyone")
    return evolve(way, by=by, joins=None, leaves=None, once=False)


# ------------------------------------------------------------ at the desk
@define(eq=False)
class Replay:
    """The desk at which a run's cases are replayed, each on a store of its own."""

    desk: Desk
    program: Program

    @classmethod
    def of(cls, community: gf.Community) -> Replay:
        """Return the replay of a community's runs."""
        desk = Desk(community, clock=ManualClock(0), ids=CountingIds())
        return cls(desk, desk.office.edition.program)

    def history(self, opening: list[int], rows: list[Happened]) -> tuple[Any, ...]:
        """Take a case through its rows, and return the desk's events of it."""
        store = MemoryStore()
        desk = self.desk = evolve(self.desk, store=store, office=evolve(self.desk.office, store=store))
        names, ids = self.program.names, self.program.community.organization.ids
        stream = self.program.streams[opening[0]]
        cycle = self.program.community.lifecycles[names.lifecycles[stream.lifecycle]]
        desk.clock.at = rows[0].at
        said = {name: _value(cycle.known_fields()[name]) for name in cycle.needs}
        placed = {"category": names.categories[stream.category], "channel": names.channels[opening[3]]}
        case = desk.open(cycle.name, by="resident:example-1", unit=ids[opening[2]], **placed, **said).id
        groups = [list(same) for _, same in groupby(rows[1:], key=lambda row: (row.at, row.clock != NONE))]
        for group in groups:
            desk.clock.at = group[0].at
            if group[0].clock == NONE:
                for row in group:
                    self._act(case, row, said)
            elif sum(same[0].at == group[0].at for same in groups) > 1:  # people act between two deadlines
                for _ in group:
                    desk.office.run(lambda draft: fire(draft, draft.case(case)), fresh=True)
            else:
                desk.advance(jump=True)
        return desk.history(case)

    def _act(self, case: str, row: Happened, said: dict[str, Any]) -> None:
        """Let somebody with the right to it take a way; one that follows the main case is taken as if that closed."""
        desk, way = self.desk, self.program.names.transitions[row.way][1]
        work = desk.office.fresh(case)
        if way.follows == "main":
            end = {"at": row.at, "end": way.target}
            desk.office.run(lambda draft: follow(draft, draft.case(case), "main", **end), fresh=True)
            return
        scene = Scene(desk.office.edition, row.at, {}, {})
        people = [*scene.near(work), f"resident:example-{work.version + 10}"]
        by = [name for name in people if may_fire(work, (row.way,), scene.actor(name))][-1]
        needed = (*way.needs, *(name for name in (way.links, *way.add.values()) if isinstance(name, str)))
        known = scene.edition.fields[work.position.lifecycle]
        fields = {name: _value(known[name]) for name in needed}
        if way.links:  # the kernel knows no main case: here is one
            facts = work.facts
            placed = {"unit": facts["home"], "category": facts["category"], "channel": facts["channel"]}
            fields[way.links] = desk.open(facts["lifecycle"], by="resident:example-2", **placed, **said).id
        desk.act(case, way.trigger, by=by, severity=row.severity, **fields)


VALUES = {"reason": "other", "date": "2030-01-01", "actor": "resident:example-3", "number": 1, "money": "0.01"}


def _value(field: Field) -> Any:
    """Return what is said in a field; of numbers and money what the simulation takes."""
    first = field.options[:1]
    return {"choice": first and first[0], "choices": list(first)}.get(field.kind) or VALUES.get(field.kind, "…")


def assert_the_same(
    community: gf.Community, seed: int, *, anyone: bool = True, compiled: bool = False, **window: float
) -> Counter:
    """Run a community, replay every case, hold the histories to the rows; return how often what happened."""
    community = without_dates(community)
    run = ran(community, seed=seed, compiled=compiled, **window)
    rows = happened(run, seed)
    openings = events_of(run.tables, run.replication).openings.tolist()
    replay, seen = Replay.of(open_to_all(community) if anyone else community), Counter()
    program = replay.program
    ids, transitions = community.organization.ids, program.names.transitions
    for number, own in enumerate(rows):
        told, unit = [], ""
        for event in replay.history(openings[number], own):
            unit = event.changes.get("unit", unit)
            told.append((event.at, event.kind, event.deadline, unit))
        names = ["open", *(transitions[row.way][1].trigger if row.way != NONE else "overdue" for row in own[1:])]
        clocks = [None if row.clock == NONE else program.names.clocks[row.clock][1].name for row in own]
        assert told == [(r.at, name, clock, ids[r.unit]) for r, name, clock in zip(own, names, clocks, strict=True)]
        seen.update(transitions[row.way][1].move for row in own if row.way != NONE)
        seen["reopens"] += sum(program.rules.transitions[row.way][T_REOPENS] for row in own if row.way != NONE)
        seen["deadlines"] += sum(row.clock != NONE for row in own)
    return seen


MOVES = ("up", "down", "refer", "back", "convene", "reopens", "deadlines")


@pytest.mark.parametrize("name", gf.communities())
def test_the_cases_of_a_bundled_community_happen_alike_at_the_desk_and_in_the_kernel(name):
    """Every event of some sixty cases to their ends: when, what, because of which deadline, and at which unit then."""
    seen = assert_the_same(busy(gf.load(name), 20), 1, anyone=False, compiled=True, days=3, drain=60)
    assert name not in {"beida", "chengnan"} or all(seen[what] for what in MOVES), seen


@settings(max_examples=15)
@given(dense_communities() | dense_communities(st.just([intricate()])), st.integers(0, 3))
def test_the_cases_of_a_dense_community_happen_alike(community, seed):
    """As above, where times coincide, referrals nest and severities change."""
    assert_the_same(community, seed, days=2, drain=2)


@settings(max_examples=15)
@given(gs.communities(), st.integers(0, 3))
def test_the_cases_of_a_random_community_happen_alike(community, seed):
    """As above, for any lifecycle that can be written."""
    assert_the_same(busy(community, 4), seed, days=6, drain=3)
