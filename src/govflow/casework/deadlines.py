"""Deadlines on the desk: each takes effect at its due instant, whenever it is noticed (rule L5).

What falls due on a case can change the cases linked to it, so they are settled together, in the order of their due
instants. Next: ``links`` for what one case does to another.
"""

from __future__ import annotations

from typing import Any

from govflow.casework import links
from govflow.casework.draft import Draft, Work
from govflow.errors import SimulationError
from govflow.lifecycle import CLOCK
from govflow.program import due, expire
from govflow.program.columns import L_CLOCK, NONE

MOST_AT_ONCE = 10_000
"""As many deadlines can fall due on one case and its linked cases before somebody must be told that it turns."""


def settle(draft: Draft, work: Work, until: int, *, inclusive: bool) -> None:
    """Fire what fell due before `until` (or at it) on a case and those linked to it, each at its own instant."""
    if not _is_due(work, until, inclusive) and not links.linked(work):
        return
    for _ in range(MOST_AT_ONCE):
        waiting = [w for w in links.together(draft, work) if _is_due(w, until, inclusive)]
        if not waiting:
            return
        fire(draft, min(waiting, key=lambda w: (w.due, w.id)))
    raise SimulationError(f"{work.id}: {MOST_AT_ONCE} deadlines fell due and no end: its lifecycle turns in a circle")


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
