"""What one case does to another: merged cases follow their main case, a parent waits for its children.

A case knows what it is linked to by its own facts: ``main`` and ``duplicates``, ``parent`` and ``raised``. What happens
to a linked case is an event of that case, in the same commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from govflow.casework.draft import Draft, Work
from govflow.casework.effects import NOTHING_SAID, effects
from govflow.errors import Refused
from govflow.lifecycle import CLOCK
from govflow.program import Position, arrive, destination
from govflow.program.columns import NONE

LINKS = ("main", "parent")
"""The facts that name one other case."""

LISTS = ("duplicates", "raised")
"""The facts that list other cases."""


def linked(work: Work) -> bool:
    """Say whether a case is linked to any other."""
    facts = work.facts
    return "main" in facts or "parent" in facts or "duplicates" in facts or "raised" in facts


def together(draft: Draft, work: Work) -> list[Work]:
    """Return a case and all cases linked to it, directly or through others."""
    found = {work.id: work}
    waiting = [work]
    while waiting:
        facts = waiting.pop().facts
        near = [facts.get(key) for key in LINKS] + [case for key in LISTS for case in facts.get(key, ())]
        for case in near:
            if case and case not in found:
                found[case] = draft.case(case)
                waiting.append(found[case])
    return list(found.values())


def merge(draft: Draft, work: Work, main: str, at: int, by: str) -> dict[str, Any]:
    """Link a case to its main case, and return what changes of its own; refused where that would go in a circle."""
    fact = f"cannot follow {main}"
    target = seen = draft.case(main)
    if not target.open:
        raise Refused(work.id, fact, "that case is closed", "decide this one by itself")
    if target.facts["lifecycle"] != work.facts["lifecycle"]:
        rule = f"that case is a {target.facts['lifecycle']}, and this one a {work.facts['lifecycle']}"
        raise Refused(work.id, fact, rule, "name a case of the same kind")
    while seen.id != work.id and seen.facts.get("main"):
        seen = draft.case(seen.facts["main"])
    if seen.id == work.id:
        raise Refused(work.id, fact, "a case follows neither itself nor one that follows it", "name another case")
    _tell(draft, target, "linked", work.id, {"duplicates": [*target.facts.get("duplicates", ()), work.id]}, at, by)
    return {"main": main}


def part(draft: Draft, work: Work, at: int, by: str) -> dict[str, Any]:
    """Let a case go its own way again, and return what changes of its own."""
    main = work.facts.get("main")
    if main is None:
        return {}
    target = draft.case(main)
    rest = [case for case in target.facts.get("duplicates", ()) if case != work.id]
    _tell(draft, target, "parted", work.id, {"duplicates": rest}, at, by)
    return {"main": None}


def _tell(draft: Draft, work: Work, kind: str, case: str, changed: dict[str, Any], at: int, by: str) -> None:
    """Record on a linked case what `case` did to it: not before what has happened there already."""
    at = max(at, work.facts["touched"])
    draft.record(work, kind, {"at": at, "by": by, "unit": work.facts["unit"], "fields": {"case": case}}, changed)


def go(
    draft: Draft,
    work: Work,
    transition: int,
    position: Position,
    body: Mapping[str, Any],
    *,
    persons: tuple[str, ...] = (),
    fields: Mapping[str, Any] = NOTHING_SAID,
    beside: Mapping[str, Any] = NOTHING_SAID,
) -> None:
    """Bring a case to where a transition leads, and record it; the cases linked to it hear of its end.

    `persons` fired it, nobody where a clock did; `fields` were said; `beside` are facts that change besides.
    """
    changed = work.stand(position)
    changed |= effects(work, transition, at=body["at"], persons=persons, fields=fields)
    changed |= beside
    draft.record(work, work.edition.way(transition).trigger, body, changed)
    closed(draft, work, body["at"])


def closed(draft: Draft, work: Work, at: int) -> None:
    """Tell the cases linked to one that has just closed: those that follow it do so, its parent has a child less."""
    if work.open or not linked(work):
        return
    for case in work.facts.get("duplicates", ()):
        follow(draft, draft.case(case), "main", at, end=work.facts["state"])
    parent = work.facts.get("parent")
    if parent:
        above = draft.case(parent)
        position = replace(above.position, children=above.position.children - 1)
        _tell(draft, above, "child_closed", work.id, above.stand(position), at, CLOCK)
        if position.children == 0:
            follow(draft, above, "children", at)


def follow(draft: Draft, work: Work, what: str, at: int, *, end: str | None = None) -> None:
    """Fire the first transition by which a case follows its main case, or its children, that is open to it.

    Where the main case ended in the state `end`, a way to another final state is not open: with a case that is solved
    others are, and with one that is withdrawn no other is.
    """
    edition, before, at = work.edition, work.position, max(at, work.facts["touched"])
    states = edition.lifecycles[before.lifecycle].states
    for transition in edition.followers[before.lifecycle][what]:
        way, unit = edition.way(transition), destination(edition.program, before, transition)
        elsewhere = end is not None and way.target not in (None, end) and states[way.target or ""].kind == "final"
        if unit != NONE and work.open and not elsewhere:
            body = {"at": at, "by": CLOCK, "unit": work.facts["unit"], "fields": {"follows": what}}
            beside = part(draft, work, at, CLOCK) if way.unlinks else NOTHING_SAID
            go(draft, work, transition, arrive(edition.program, before, transition, unit, at=at), body, beside=beside)
            return
