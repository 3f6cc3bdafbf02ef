"""Who may do what: by post, level, tie and by the case itself. One function decides, and it says who could.

A definition's ``by`` names a role at a place (``handler@here``) or somebody's part in the case (``reporter``). The
places are counted from the unit that has the case. Whoever the case is about, or has withdrawn from it, has no place in
it, and whom an evaluation concerns speaks in it as its subject alone; where nobody is left at the unit, the nearest
superior with somebody left takes their place (rule L6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from govflow.casework.directory import HANDLER, Actor, Roster
from govflow.casework.draft import Work
from govflow.casework.editions import Edition
from govflow.lifecycle import Transition

MEMBER = "member:"
"""How the ids of members begin who hold no post."""

SUBJECT = "subject"
"""Whom a case concerns."""

CIRCLES = {"party": "parties", "helper": "helpers"}
"""The circles of a case by what somebody in them is called."""

NO_POST = ""
"""The right of somebody who has a part in the case by themselves and not by a post."""


def right(
    work: Work, words: tuple[str, ...], actor: Actor, *, internal: bool = False, substitute: Actor | None = None
) -> str | None:
    """Return the post by which an actor may act on a case by one of a definition's words; None where by none of them.

    The post is `NO_POST` for somebody's own part in the case. `internal` says that nothing of the case moves: then each
    of several reporters may speak, and not only the first. `substitute` is who acts in the actor's place.
    """
    excluded = _excluded(work)
    for one in (actor, substitute) if excluded else ():
        if one is not None and one.person in excluded:
            words = (SUBJECT,) if SUBJECT in words and one.person not in left_out(work.facts) else ()
    for word in words:
        role, _, place = word.partition("@")
        if not place:
            found = _part(work, word, actor, internal=internal, substitute=substitute)
        elif place == "here" and not excluded:
            found = _held(actor, role, (work.position.unit,))
        elif place == "anywhere":
            found = at_large(work.edition, word, actor)
        else:
            units = places(work, place)
            found = _held(actor, role, (work.position.unit, *units) if place == "here" else units)
        if found is not None:
            return found
    return None


def left_out(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the persons who have no part in a case: whom it is about, and who has withdrawn from it."""
    if "about" not in facts and "recused" not in facts:
        return ()
    about = facts.get("about")
    recused = facts.get("recused", ())
    return (about, *recused) if about else tuple(recused)


def without_place(edition: Edition, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the persons who act in a case by no post: who has no part in it, and whom an evaluation concerns."""
    subject = facts.get("subject")
    if subject is None or not edition.program.community.lifecycles[facts["lifecycle"]].subject:
        return left_out(facts)
    return (*left_out(facts), edition.roster.known(subject).person)


def _excluded(work: Work) -> tuple[str, ...]:
    """Return the persons who act in a case by no post; its opening is not yet an act in it."""
    return without_place(work.edition, work.facts) if work.version else left_out(work.facts)


def _held(actor: Actor, role: str, units: Sequence[int] | None) -> str | None:
    """Return the post by which an actor holds a role at one of these units, or at any."""
    for standing in actor.standings:
        if (units is None or standing.unit in units) and (
            standing.role == role or (standing.handles and role == HANDLER)
        ):
            return standing.post
    return None


def places(work: Work, place: str) -> list[int]:
    """Return the units that a place means for a case where it stands, the nearest first."""
    position, roster = work.position, work.edition.roster
    if place == "here":
        return [in_charge(roster, position.unit, _excluded(work))]
    if place == "home":
        return [position.home]
    if place == "sender":
        if position.stack:
            return [position.stack[-1][0]]
        sender = work.facts.get("sender")
        return [] if sender is None else [roster.organization.index(sender)]
    if place == "above":
        base = position.stack[-1][0] if position.stack else position.unit
        own = [] if base == position.unit else [base]
        return [*own, *roster.above(base)]
    return []


def in_charge(roster: Roster, unit: int, excluded: Collection[str]) -> int:
    """Return the unit whose handlers have a case: its own, or the nearest above that has anybody who may act."""
    if not excluded:
        return unit
    for here in (unit, *roster.above(unit)):
        if any(roster.actor(handler).person not in excluded for handler in roster.handlers(here)):
            return here
    return unit


def _part(work: Work, word: str, actor: Actor, *, internal: bool, substitute: Actor | None) -> str | None:
    """Return the post, or `NO_POST`, of the right that somebody has by their part in the case."""
    facts = work.facts
    if word == "reporter":
        mine = actor.person == facts.get("reporter") or (internal and actor.person in facts.get("reporters", ()))
        speakers = (actor,) if substitute is None else (actor, substitute)
        return NO_POST if mine and not any(_judges_own_work(work, one) for one in speakers) else None
    if word == SUBJECT:
        return NO_POST if facts.get("subject") in actor.names else None
    if word == "department":
        unit, organization = work.position.unit, work.edition.roster.organization
        held = next((s for s in actor.standings if s.unit == unit), None) if unit >= organization.size else None
        return held.post if held is not None else None
    if word in CIRCLES:
        circle = facts.get(CIRCLES[word], ())
        return next((post for name, post in names_of(work, actor) if name in circle), None)
    return at_large(work.edition, word, actor)


def at_large(edition: Edition, word: str, actor: Actor) -> str | None:
    """Return the post, or `NO_POST`, of the right that somebody has to whatever case: anywhere, as a member, …."""
    role, _, place = word.partition("@")
    if place == "anywhere":
        return _held(actor, role, None)
    if word == "partner":
        outside = edition.roster.organization.size
        return next((s.post for s in actor.standings if s.unit >= outside), None)
    if word == "member":
        known = actor.standings or actor.person.startswith(MEMBER)
        return NO_POST if known or actor.person in edition.members else None
    return NO_POST if word == "anyone" else None


def names_of(work: Work, actor: Actor) -> Iterator[tuple[str, str]]:
    """Yield the names under which an actor can be in a circle: their own, their posts', their units'."""
    yield actor.person, NO_POST
    for standing in actor.standings:
        yield standing.post, standing.post
        yield work.edition.roster.organization.ids[standing.unit], standing.post


def voice(work: Work, way: Transition, actor: Actor) -> str | None:
    """Return in whose name somebody fires what each does once; None where all have whom they speak for.

    A unit that is a party or a helper has one voice, whoever of its people speaks; else each person has their own.
    """
    circle = [name for word, key in CIRCLES.items() if word in way.by for name in work.facts.get(key, ())]
    names = [name for name, _ in names_of(work, actor) if name in circle] or [actor.person]
    done = work.facts.get(f"once.{way.trigger}", ())
    return next((name for name in names if name not in done), None)


def _judges_own_work(work: Work, actor: Actor) -> bool:
    """Say whether who resolved a case, who stands in for them, or one of their unit would speak for its reporter."""
    facts, stand_ins = work.facts, work.edition.roster.stand_ins
    unit, persons = facts.get("resolved_at"), facts.get("resolved_by", ())
    if actor.person in persons or any(s.substitute == actor.person and s.absent in persons for s in stand_ins):
        return True
    if unit is None or not actor.standings:
        return False
    at = work.edition.roster.organization.index(unit)
    return any(standing.unit == at and standing.handles for standing in actor.standings)


def who_could(work: Work, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return in words who could act: a part in the case, or a role at a place with the first few who hold it."""
    told = []
    for word in words:
        role, _, place = word.partition("@")
        if not place or place == "anywhere":
            told.append(word)
            continue
        names = [name for unit in places(work, place) for name in _holders(work, unit, role)]
        shown = f"{', '.join(names[:4])}{', …' if len(names) > 4 else ''}"
        told.append(f"{word} ({shown or 'nobody'})")
    return tuple(told)


def _holders(work: Work, unit: int, role: str) -> Iterator[str]:
    """Yield who holds a role at a unit and may act on the case."""
    roster, excluded = work.edition.roster, _excluded(work)
    named = [post.member for post, _ in roster.listed.get(unit, ()) if post.role == role]
    for name in dict.fromkeys((*named, *(roster.handlers(unit) if role == HANDLER else ()))):
        if roster.actor(name).person not in excluded:
            yield name
