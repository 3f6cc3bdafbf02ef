"""Who may see a case: one function, and every read goes through it (rule C4).

Whom a case is about, and who has withdrawn from it, never sees it. Else everybody with a part in it does, and everybody
who stands in for such a one; the units on its way: the line from its home to the top, the unit that has it, those that
sent it, and the lines above these; the teams that cover its household or a unit of its home's line; and whoever holds
a role that may act on it anywhere. A `restricted` case is seen from nowhere above and by nobody at large: only by its
own people, the unit that has it (or acts in its place), those that wait for it to come back, its home, the units of its
home's line whose level `sees_restricted`, and the teams that cover any of these. Next: ``sight`` for how much they see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govflow.casework.directory import Actor
from govflow.casework.editions import Edition
from govflow.casework.permission import at_large, in_charge, left_out, without_place

LOOK = "look"
"""The kind of the event that says who has looked at a restricted case."""

PERSONS = ("reporter", "subject", "handler", "lead")
CIRCLES = ("reporters", "parties", "helpers", "resolved_by")


def may_see(edition: Edition, facts: Mapping[str, Any], actor: Actor, at: int) -> bool:
    """Say whether an actor may see a case with these facts at an instant."""
    excluded = {*left_out(facts)}
    if actor.names & excluded:
        return False
    roster = edition.roster
    absent = (roster.known(name) for name in roster.stands_in_for(actor.person, at))
    viewers = [actor, *(one for one in absent if not one.names & excluded)]
    near = {*_people(facts), *_units(edition, facts)}
    ids = roster.organization.ids
    if any(near & {*one.names, *(ids[s.unit] for s in one.standings)} for one in viewers):
        return True
    words = edition.at_large[edition.lifecycle(facts["lifecycle"])].get(facts["state"], ())
    return any(at_large(edition, word, one) is not None for word in words for one in viewers)


def is_restricted(edition: Edition, facts: Mapping[str, Any]) -> bool:
    """Say whether a case is of a lifecycle whose cases only those nearest to it may see."""
    return edition.program.community.lifecycles[facts["lifecycle"]].restricted


def is_hidden(edition: Edition, facts: Mapping[str, Any], actor: Actor, at: int) -> bool:
    """Say whether a case is restricted and not for this actor to see: whatever they try, there is no such case."""
    return is_restricted(edition, facts) and not may_see(edition, facts, actor, at)


def _people(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield who has a part in a case: persons, posts, or whole units that were asked to help."""
    yield from (facts[key] for key in PERSONS if facts.get(key))
    for key in CIRCLES:
        yield from facts.get(key, ())


def _in_charge(edition: Edition, facts: Mapping[str, Any]) -> int:
    """Return the unit whose handlers act on a case where nobody is left at the one that has it."""
    unit = edition.roster.organization.index(facts["unit"])
    return in_charge(edition.roster, unit, without_place(edition, facts))


def _units(edition: Edition, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the units from which a case is seen."""
    organization = edition.roster.organization
    line_of = organization.escalation_path
    away = [unit for unit, _ in facts.get("stack", ())]
    line = line_of(facts["home"])
    if is_restricted(edition, facts):
        home, *above = line
        levels = {level.name for level in organization.plan.levels if level.sees_restricted}
        line = (home, *(unit for unit in above if unit.partition("/")[0] in levels))
        yield from (facts["unit"], *away)
        yield organization.ids[_in_charge(edition, facts)]
    else:
        sender = facts.get("sender")
        for unit in (facts["unit"], *away, *([sender] if sender else ())):
            yield from line_of(unit)
    yield from line
    for covered in (facts.get("household"), *line):
        yield from edition.roster.covering.get(covered, ())
