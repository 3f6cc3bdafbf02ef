"""What a transition changes of a case beside its position: who has it in hand, who sent it, who resolved it.

All of it is read from the definition; it is the same for an act and for a deadline's transition, which nobody fires.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govflow.casework.directory import ANONYMOUS, Actor
from govflow.casework.draft import Work
from govflow.casework.permission import CIRCLES, in_charge, left_out, names_of, right, voice
from govflow.errors import Refused
from govflow.lifecycle import Transition
from govflow.program.columns import DOWN, NONE, S_KIND, T_MOVE, T_SETTLES, T_TARGET, UP, WORK

NOTHING_SAID: Mapping[str, Any] = {}


def effects(
    work: Work,
    transition: int,
    *,
    at: int,
    persons: tuple[str, ...] = (),
    fields: Mapping[str, Any] = NOTHING_SAID,
) -> dict[str, Any]:
    """Return the facts that follow from a transition; `work` stands where it led.

    `persons` are who fired it and for whom, the holder first; nobody, where a clock did: then a circle that somebody
    would leave is left by all. `fields` are what was said.
    """
    program, facts, way = work.edition.program, work.facts, work.edition.way(transition)
    row = program.rules.transitions[transition]
    changed: dict[str, Any] = {}
    if row[T_TARGET] != NONE:
        changed["entered"] = at
        if program.rules.states[work.position.state][S_KIND] != WORK and facts.get("handler"):
            changed["handler"] = None
        if work.once:
            changed |= {key: [] for key in work.once if facts.get(key)}
    if row[T_MOVE] == UP or row[T_MOVE] == DOWN:
        changed["sender"] = facts["unit"]
    if way.leaves is not None and not persons and facts.get(way.leaves):
        changed[way.leaves] = []
    if persons:
        if way.take:
            changed["handler"] = persons[0]
            if "lead" not in facts:
                changed["lead"] = persons[0]
        if row[T_SETTLES]:
            changed |= {"resolved_by": list(persons), "resolved_at": facts["unit"]}
    if "handler" in fields and way.joins is None:
        changed["handler"] = _handler(work, fields["handler"])
    return changed


def _handler(work: Work, name: str) -> str:
    """Return the person to whom a case is assigned; Refused where they do not handle cases where it is."""
    roster, unit, out = work.edition.roster, work.position.unit, left_out(work.facts)
    here, who = in_charge(roster, unit, out), roster.actor(name)
    if who.person in out or not any(s.handles and s.unit in (unit, here) for s in who.standings):
        fact, rule = f"cannot be assigned to {name}", "whoever has it in hand handles cases where it is"
        raise Refused(work.id, fact, rule, who=[one for one in roster.handlers(here) if one not in out])
    return who.person


def circles(work: Work, way: Transition, actor: Actor, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the circles of a case after somebody came in or went: whoever a field names, else who acts.

    Where one way does both, the named one comes in and who acts goes. Refused where that changes nothing: who is in a
    circle already is not counted twice, and who is not in it does not leave it.
    """
    changed: dict[str, Any] = {}
    if way.once and way.target is None:
        key = f"once.{way.trigger}"
        changed[key] = [*work.facts.get(key, ()), voice(work, way, actor)]
    if way.joins is None and way.leaves is None:
        return changed
    known = work.edition.fields[work.position.lifecycle]
    said = (fields[name] for name in (*way.needs, *way.takes) if name in fields and known[name].kind == "actor")
    named = next(said, None)
    if way.joins is not None:
        circle = work.facts.get(way.joins, ())
        comer = actor if named is None else work.edition.roster.actor(named)
        comes = named or actor.person
        if comer.person in left_out(work.facts):
            raise _idle(work, way, f"{comes} has no part in this case")
        if comer.person == work.facts.get("reporter") and _speaks_anyway(work, way.joins):
            raise _idle(work, way, f"{comes} speaks for one of the {way.joins} already, as the reporter")
        if way.leaves is not None and named is not None and not _could_come(work, way.joins, comer):
            raise _idle(work, way, f"{comes} could not have come into the {way.joins} by themselves")
        if comer.person not in {_person(work, name) for name in circle}:
            changed[way.joins] = [*circle, comes]
        elif not _again(way):
            raise _idle(work, way, f"{comes} is one of the {way.joins} already")
    if way.leaves is not None:
        circle = changed.get(way.leaves, work.facts.get(way.leaves, ()))
        names = [named] if named is not None and way.joins is None else [name for name, _ in names_of(work, actor)]
        goes = next((name for name in names if name in circle), None)
        if goes is None:
            raise _idle(work, way, f"{named or actor.id} is none of the {way.leaves}")
        changed[way.leaves] = [name for name in circle if name != goes]
    return changed


def _person(work: Work, name: str) -> str:
    """Return who stands behind a name in a circle: a post's holder, else whoever or whatever the name is."""
    return name if name.startswith(ANONYMOUS) else work.edition.roster.known(name).person


def _could_come(work: Work, circle: str, actor: Actor) -> bool:
    """Say whether somebody has the right to a way into a circle on which whoever acts comes in."""
    edition, known = work.edition, work.edition.fields[work.position.lifecycle]
    ways = [
        way
        for way in edition.lifecycles[work.position.lifecycle].transitions
        if way.joins == circle and way.leaves is None
    ]
    free = [way for way in ways if not any(known[one].kind == "actor" for one in (*way.needs, *way.takes))]
    return not free or any(right(work, way.by, actor) is not None for way in free)


def _speaks_anyway(work: Work, circle: str) -> bool:
    """Say whether the reporter may do whatever somebody in a circle may."""
    word = next((word for word, name in CIRCLES.items() if name == circle), "reporter")
    ways = work.edition.lifecycles[work.position.lifecycle].transitions
    return all("reporter" in way.by for way in ways if word in way.by)


def _again(way: Transition) -> bool:
    """Say whether who is in the circle already can go a way: to say an amount more, or out of another circle."""
    return way.leaves not in (None, way.joins) or any(isinstance(amount, str) for amount in way.add.values())


def _idle(work: Work, way: Transition, rule: str) -> Refused:
    return Refused(work.id, f"cannot {way.trigger!r} at {work.facts['unit']}", rule)
