"""The judge of a history: a case's events are taken again, one by one, through the step that kernel and prover share.

It trusts an event only for what people said in it: who, when, which trigger, which fields. Where that leads is worked
out anew by `program`, and must be what the event says. It knows no store and no desk. Next: ``testing.desk``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define, field
from msgspec.structs import replace

from govflow.casework.editions import Edition
from govflow.casework.limits import field_limits
from govflow.program import Position, arrive, destination, due, expire, extend, from_facts, open_position
from govflow.program.columns import DOWN, NONE, T_MOVE, T_SETS_SEVERITY, T_TARGET, UP
from govflow.record import Event

BESIDE = frozenset({"note", "attach", "recuse", "linked", "parted"})
"""The kinds of events that leave a case where it stands."""

ASIDE = frozenset({"touched", "recused", "handler", "duplicates"})
"""The facts that such an event changes; one that changes more is the lifecycle's own trigger of that name."""


@define(eq=False)
class Refolding:
    """A history that is taken again event by event: what is known of the case, and where it stands, after `version`.

    Versions count from 1 and no instant runs back; no event passes over a deadline that was due before it; a deadline
    fires at its due instant, once a run; a trigger was open there; and what each event changes is where the step leads.
    """

    edition: Edition
    facts: dict[str, Any] = field(factory=dict)
    version: int = 0
    position: Position | None = None
    _last: int | None = None
    _fired: set[tuple[str, int | None]] = field(factory=set)

    def take(self, event: Event) -> None:
        """Go on by one event; AssertionError where it is not as it must be."""
        self.version += 1
        where = f"{event.case}, event {self.version} ({event.kind} at {event.at})"
        assert event.version == self.version, f"{where}: it says that it is number {event.version}"
        assert self._last is None or event.at >= self._last, f"{where}: the event before it was at {self._last}"
        self._once(event, where)
        before, transition = self.position, NONE
        if before is None:
            self.position = _opened(self.edition, event)
        else:
            transition, self.position = _after(self.edition, before, event, where)
        self.facts |= event.changes
        if any(key.startswith("entries.") for key in event.changes):
            entered = self.facts["entered"]
            assert entered == event.at, f"{where}: it enters a state, and is told to have at {entered}"
        if before is not None:
            _effects(self.edition, transition, before, event, self.facts, where)
        told = from_facts(self.edition.program, self.facts)
        assert told == self.position, f"{where}: the step leads to {self.position}; told is {told}"
        self._last = event.at

    def _once(self, event: Event, where: str) -> None:
        if event.deadline is not None:
            run = (event.deadline, event.run)
            assert run not in self._fired, f"{where}: run {event.run} of {event.deadline!r} has fired before"
            self._fired.add(run)


def _opened(edition: Edition, event: Event) -> Position:
    """Return where a case stands that was opened so."""
    told = from_facts(edition.program, event.changes)
    cycle = edition.lifecycles[told.lifecycle]
    said = _amounts(edition, told.lifecycle, event.fields)
    given = {k: said[name] for k, name in enumerate(cycle.counters) if cycle.counters[name].given and name in said}
    return open_position(
        edition.program,
        told.lifecycle,
        told.unit,
        told.home,
        category=told.category,
        channel=told.channel,
        severity=told.severity,
        at=event.at,
        limits=field_limits(edition, told.lifecycle, told.unit, event.fields, event.at),
        counters=given,
    )


def _after(edition: Edition, position: Position, event: Event, where: str) -> tuple[int, Position]:
    """Return the transition that one more event took, NONE for none, and where the case stands after it."""
    program = edition.program
    here = program.community.organization.ids[position.unit]
    assert event.unit == here, f"{where}: it says {event.unit}, and the case was at {here}"
    clocks = due(program, position)
    if event.deadline is not None:
        assert clocks, f"{where}: no deadline runs"
        at, clock = clocks[0]
        name = edition.deadline(clock).name
        assert (at, name) == (event.at, event.deadline), f"{where}: the next that is due is {name!r} at {at}"
        transition, after = expire(program, position, clock, at=at)
        kind = "overdue" if transition == NONE else edition.way(transition).trigger
        assert event.kind == kind, f"{where}: {name!r} makes it {kind!r}"
        return transition, after
    assert not clocks or clocks[0][0] >= event.at, f"{where}: {edition.deadline(clocks[0][1]).name!r} was due before it"
    if event.kind in BESIDE and event.changes.keys() <= ASIDE:
        return NONE, position
    if event.kind == "extend":
        clocks_here = zip(edition.clocks(position.lifecycle), program.keys[position.lifecycle].clocks, strict=True)
        clock = next(clock for clock, key in clocks_here if key in event.changes)
        return NONE, extend(program, position, clock, within=event.fields["within"], at=event.at)
    if event.kind == "child_closed":
        return NONE, replace(position, children=position.children - 1)
    assert event.kind in edition.ways[position.lifecycle], f"{where}: its lifecycle has no such trigger"
    return _stepped(edition, position, event, where)


def _effects(
    edition: Edition, transition: int, before: Position, event: Event, facts: Mapping[str, Any], where: str
) -> None:
    """Hold an event to what a transition changes beside the position: when its state was entered, who has it now."""
    program, state = edition.program, facts["state"]
    row = None if transition == NONE else program.rules.transitions[transition]
    entered = row is not None and row[T_TARGET] != NONE
    assert event.changes.get("entered") == (event.at if entered else None), f"{where}: it entered {state!r} when?"
    sender = program.community.organization.ids[before.unit] if row is not None and row[T_MOVE] in (UP, DOWN) else None
    assert event.changes.get("sender") == sender, f"{where}: {sender} sent it"
    in_hand = program.community.lifecycles[facts["lifecycle"]].states[state].kind == "work" or "handler" in event.fields
    assert in_hand or not entered or not facts.get("handler"), f"{where}: {facts.get('handler')} has it in hand still"


def _stepped(edition: Edition, position: Position, event: Event, where: str) -> tuple[int, Position]:
    """Return the first way of a trigger that is open, and where it leads."""
    program = edition.program
    follows = event.fields.get("follows") if event.by == "clock" else None
    ways = edition.ways[position.lifecycle][event.kind]
    if follows is not None:
        ways = tuple(way for way in edition.followers[position.lifecycle][follows] if way in ways)
    told = event.changes.get("unit")
    arrived = position.unit if told is None else program.community.organization.index(told)
    open_to = [(way, destination(program, position, way, to=_to(edition, way, arrived))) for way in ways]
    transition, unit = next(((way, unit) for way, unit in open_to if unit != NONE), (NONE, NONE))
    assert transition != NONE, f"{where}: it is not open there"
    severity = event.changes.get("severity") if program.rules.transitions[transition][T_SETS_SEVERITY] else None
    said = event.fields if follows is None else {}
    amounts = _amounts(edition, position.lifecycle, said)
    after = arrive(
        program,
        position,
        transition,
        unit,
        at=event.at,
        severity=severity,
        limits=field_limits(edition, position.lifecycle, unit, said, event.at),
        amounts={counter: amounts[name] for counter, name in edition.counted[transition]},
    )
    return transition, replace(after, children=after.children + ("raised" in event.changes))


def _to(edition: Edition, way: int, arrived: int) -> int:
    return arrived if edition.program.rules.transitions[way][T_MOVE] == DOWN else NONE


def _amounts(edition: Edition, lifecycle: int, said: Any) -> dict[str, int]:
    """Return what was said in numbers, money in fen."""
    known = edition.fields[lifecycle]
    amounts = {name: value for name, value in said.items() if name in known and known[name].kind == "number"}
    money = {n: int(Decimal(v) * 100) for n, v in said.items() if n in known and known[n].kind == "money"}
    return amounts | money
