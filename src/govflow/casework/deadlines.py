"""Deadlines on the desk: each takes effect at its due instant, whenever it is noticed (rule L5).

What falls due on a case can change the cases linked to it, so they are settled together, in the order of their due
instants. Next: ``links`` for what one case does to another.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from govflow.casework import links
from govflow.casework.draft import Draft, Work
from govflow.errors import Refused
from govflow.lifecycle import CLOCK
from govflow.program import due, expire
from govflow.program.columns import L_CLOCK, NONE

MOST_AT_AN_INSTANT = 1000
"""So many deadlines of a case can fall due at one and the same instant before somebody must be told that it turns."""


def settle(draft: Draft, work: Work, until: int, *, inclusive: bool, most: int | None = None) -> None:
    """Fire what fell due before `until` (or at it) on a case and those linked to it, each at its own instant.

    There is no end to how many, as long as time goes on: it stops early only where the draft holds `most` events and
    the next instant comes. Refused where time stands still.
    """
    if not _is_due(work, until, inclusive) and not links.linked(work):
        return
    instant: int | None = None
    fired: Counter[str] = Counter()
    while waiting := [w for w in links.together(draft, work) if _is_due(w, until, inclusive)]:
        soonest = min(waiting, key=lambda w: (w.due, w.id))
        if soonest.due != instant:
            if most is not None and len(draft.lines) >= most:
                return
            instant = soonest.due
            fired.clear()
        fired[soonest.id] += 1
        if fired[soonest.id] > MOST_AT_AN_INSTANT:
            raise _turns(soonest)
        fire(draft, soonest)


def _turns(work: Work) -> Refused:
    """Return the error of a case on which deadlines fall due without end at one instant."""
    at, clock = due(work.edition.program, work.position)[0]
    fact = f"deadline {work.edition.deadline(clock).name!r} cannot fire in {work.facts['state']!r} at {at}"
    rule = f"{MOST_AT_AN_INSTANT} deadlines fell due at this one instant: its lifecycle turns in a circle"
    return Refused(work.id, fact, rule, "give the deadline a limit, or let it lead to where it does not run")


def _is_due(work: Work, until: int, inclusive: bool) -> bool:
    return work.due is not None and (work.due < until or (inclusive and work.due == until))


def fire(draft: Draft, work: Work) -> None:
    """Let the soonest clock of a case expire at its due instant: its transition fires, or it is recorded as overdue."""
    edition, before = work.edition, work.position
    at, clock = due(edition.program, before)[0]
    transition, after = expire(edition.program, before, clock, at=at)
    body = expiry(work, clock, at)
    if transition == NONE:
        draft.record(work, "overdue", body, work.stand(after))
    else:
        links.go(draft, work, transition, after, body)


def expiry(work: Work, clock: int, at: int) -> dict[str, Any]:
    """Return what the event of an expiry says: the deadline, its run, at which level, in which cycle."""
    edition, position = work.edition, work.position
    names, rules = edition.program.names, edition.program.rules
    run = position.clocks[clock - rules.lifecycles[position.lifecycle][L_CLOCK]].run
    cycles = [i for i, c in enumerate(edition.lifecycles[position.lifecycle].counters.values()) if c.cycle]
    return {
        "at": at,
        "by": CLOCK,
        "unit": work.facts["unit"],
        "deadline": edition.deadline(clock).name,
        "run": run,
        "rung": names.levels[edition.program.places.level[position.unit]],
        "cycle": position.counters[cycles[0]] if cycles else 0,
    }
