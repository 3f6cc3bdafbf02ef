"""Migrating: running cases go over to another definition, each to a place that it names there, or none of them does.

A case stays on the definition under which it opened until this is done. Units that merge, split or close with cases on
them go the same way. The plan is the migration itself, carried out on copies that nobody writes. It is written in
commits of many cases each, and a desk broken off in between goes on with a new plan for those that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, TypeAlias

from attrs import field, frozen

from govflow.casework.acting import acting
from govflow.casework.arguments import checked
from govflow.casework.draft import Draft, Work, soonest
from govflow.casework.editions import Edition
from govflow.casework.erasing import batches
from govflow.casework.identifiers import named
from govflow.casework.office import Office
from govflow.casework.pieces import AT_ONCE, Aside, in_pieces
from govflow.casework.projection import open_cases
from govflow.community import Community
from govflow.errors import Fault, GovflowError, Refused, UnknownName
from govflow.lifecycle import Lifecycle
from govflow.program import Position, from_facts, halt, resume, to_facts
from govflow.program.columns import MAX_DEPTH, S_KIND, WORK

Units: TypeAlias = Mapping[str, str] | Callable[[Mapping[str, Any], str], str]
"""Where units went: from the old id to the new one, or a function of a case's facts and the old id, for a split."""

States: TypeAlias = Mapping[str, Mapping[str, str]]
"""Which states are called what, by lifecycle: from the old name to the new one."""

PLACES = ("sender", "resolved_at")
"""The facts that name units through which a case has come."""

AWAY: Mapping[str, int] = {"refer": 1, "convene": 1, "back": -1}
"""By how many places a move takes a case further away from where it will go back to."""

COUNTED = ("entries.", "counter.")
CLOCKED = "clock."


@frozen
class Move:
    """A case that goes over: where it stands, and where it will, each as (state, unit)."""

    case: str
    edition: str
    before: tuple[str, str]
    after: tuple[str, str]


@frozen
class Migration:
    """A plan: the cases that go over to the edition `to`, and what keeps others from it. Nothing has been done yet."""

    to: str
    moves: tuple[Move, ...]
    faults: tuple[Fault, ...]
    _again: Callable[[], Migration] = field(repr=False, eq=False, alias="again")
    _carry_out: Callable[[Sequence[str], str, Aside], int] = field(repr=False, eq=False, alias="carry_out")

    @checked
    def apply(self, *, by: str) -> int:
        """Carry the cases over, as they are by now, and return how many; new cases open on the definition from now on.

        Each case gets one event ``migrate``. Refused, with nothing done, where a case would have no legal place.
        Another desk can bring a case to such a place while this goes on: all others are carried over, and then it is
        Refused, for those that were left.
        """
        named("'by'", by)
        now = self._again()
        if now.faults:
            rule = f"{len(now.faults)} cases would have no legal place there: {_told(now.faults)}"
            raise Refused("the migration", f"cannot go over to {self.to}", rule, "say in 'units' and 'states' where to")
        aside: Aside = {}
        carried = self._carry_out([move.case for move in now.moves], by, aside)
        if aside:
            fact = f"{len(aside)} of {len(now.moves)} cases could not go over to {self.to}, the others have"
            rule = f"they moved meanwhile: {_told([f'{case}: {problem}' for case, problem in aside.items()])}"
            raise Refused("the migration", fact, rule, "plan again, and say in 'units' and 'states' where to")
        return carried


def _told(several: Sequence[object]) -> str:
    return "; ".join(map(str, several[:5])) + ("; …" if len(several) > 5 else "")


@frozen(eq=False)
class Carrier:
    """What carries cases over to an edition."""

    edition: Edition
    units: Units
    states: States

    @cached_property
    def _standings(self) -> Mapping[str, set[tuple[str, int]]]:
        """For each lifecycle the ways in which its cases can stand."""
        return {name: standings(cycle) for name, cycle in self.edition.program.community.lifecycles.items()}

    def carry(self, draft: Draft, case: str, by: str) -> Move | None:
        """Carry a case over, in a draft, after what fell due before; an error where it would have no legal place.

        None where the case is closed, or that has closed it.
        """
        work = draft.case(case)
        one = acting(draft, work, by)
        if not work.open:
            return None
        old, before = work.edition, (work.facts["state"], work.facts["unit"])
        halted = to_facts(old.program, halt(old.program, work.position, one.at))
        named = self._named(work, halted)
        position = resume(self.edition.program, from_facts(self.edition.program, named), one.at)
        self._check(case, named)
        changed = self._changed(work, position)
        work.edition, work.position, work.due = self.edition, position, soonest(position)
        body = one.body(work) | {"fields": {"from": old.key, "to": self.edition.key}}
        draft.record(work, "migrate", body, changed)
        return Move(case, old.key, before, (work.facts["state"], work.facts["unit"]))

    def _named(self, work: Work, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts of a position under the names of the other edition."""
        states = self.states.get(facts["lifecycle"], {})
        named = {key: value for key, value in facts.items() if not key.startswith("entries.")}
        named |= self._new_counters(facts["lifecycle"], work.edition)
        for key, count in facts.items():
            if key.startswith("entries."):
                state = key.removeprefix("entries.")
                now = f"entries.{states.get(state, state)}"
                named[now] = named.get(now, 0) + count
        named["state"] = states.get(facts["state"], facts["state"])
        named |= {key: self._unit(work, facts[key]) for key in ("unit", "home")}
        named["stack"] = [(self._unit(work, unit), states.get(state, state)) for unit, state in facts.get("stack", ())]
        return named

    def _unit(self, work: Work, unit: str) -> str:
        return self.units(work.facts, unit) if callable(self.units) else self.units.get(unit, unit)

    def _left(self, work: Work, unit: str) -> str | None:
        """Return what a unit that a case has left is called now, None where it is no more."""
        with suppress(UnknownName):
            now = self._unit(work, unit)
            self.edition.program.community.organization.index(now)
            return now
        return None

    def _new_counters(self, lifecycle: str, old: Edition) -> dict[str, int]:
        """Return what the counters begin at that there were not before."""
        cycle = self.edition.program.community.lifecycles.get(lifecycle)
        counters = {} if cycle is None else cycle.counters
        known = old.program.community.lifecycles[lifecycle].counters
        return {f"counter.{name}": counter.start for name, counter in counters.items() if name not in known}

    def _check(self, case: str, facts: Mapping[str, Any]) -> None:
        """Refuse a place to which the definition brings no case."""
        state, away = facts["state"], len(facts["stack"])
        if (state, away) not in self._standings[facts["lifecycle"]]:
            told = f"cannot go over to {state!r} at {facts['unit']}, {away} times away from where it will go back to"
            raise Refused(case, told, "no case of that definition comes to stand like this")
        if self.edition.program.community.lifecycles[facts["lifecycle"]].states[state].kind == "final":
            raise Refused(case, f"cannot go over to {state!r}", "it is open, and only what happens to a case ends it")

    def _changed(self, work: Work, position: Position) -> dict[str, Any]:
        """Return the facts that are different once a case stands there."""
        program, facts = self.edition.program, work.facts
        after = to_facts(program, position) | {"edition": self.edition.key}
        for key in facts.keys() - after.keys():
            if key.startswith(COUNTED) and facts[key]:
                after[key] = 0
            elif key.startswith(CLOCKED):
                after[key] = [0, 0]
        if program.rules.states[position.state][S_KIND] != WORK and facts.get("handler"):
            after["handler"] = None
        after |= {key: self._left(work, facts[key]) for key in PLACES if facts.get(key)}
        return {key: value for key, value in after.items() if facts.get(key) != value}


def standings(cycle: Lifecycle) -> set[tuple[str, int]]:
    """Return in which states a case of a lifecycle can be, each with from how many places away at once."""
    found = {(cycle.start, 0)}
    waiting = list(found)
    while waiting:
        state, away = waiting.pop()
        for way in cycle.transitions:
            if state not in cycle.sources(way) or (away and way.move in ("up", "down")):
                continue
            then = away + AWAY.get(way.move, 0)
            target = way.target or state
            here = (target, 0 if cycle.states[target].kind == "final" else then)
            if 0 <= then <= MAX_DEPTH and here not in found:
                found.add(here)
                waiting.append(here)
    return found


def plan(office: Office, community: Community, units: Units | None, states: States | None) -> Migration:
    """Return what would come of carrying every running case over to a definition."""
    edition = office.editions.ahead(community)
    carrier = Carrier(edition, units or {}, states or {})
    moves: list[Move] = []
    faults: list[Fault] = []
    for rows in open_cases(office.store, AT_ONCE):
        for row in rows:
            if row.edition == edition.key:
                continue
            try:
                move = carrier.carry(Draft(office.fresh, office.clock()), row.case, "plan")
                moves += [] if move is None else [move]
            except GovflowError as problem:
                code = f"unknown_{problem.kind}" if isinstance(problem, UnknownName) else "no_such_place"
                faults.append(Fault(row.case, code, str(problem)))
    again = partial(plan, office, community, units, states)
    return Migration(edition.key, tuple(moves), tuple(faults), again, partial(_carry_out, office, community, carrier))


def _carry_out(
    office: Office, community: Community, carrier: Carrier, cases: Sequence[str], by: str, aside: Aside
) -> int:
    office.adopt(community)
    carry = partial(_carry, carrier=carrier, by=by)
    return sum(in_pieces(office, carry, some, aside) for some in batches(cases, AT_ONCE))


def _carry(draft: Draft, cases: Sequence[str], carrier: Carrier, by: str) -> int:
    running = (case for case in cases if draft.case(case).edition.key != carrier.edition.key)
    return sum(carrier.carry(draft, case, by) is not None for case in running)
