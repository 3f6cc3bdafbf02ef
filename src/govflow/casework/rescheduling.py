"""Rescheduling: when a year's holidays are published, due instants that were counted without them move (rule T2).

The definition of a case stays the one under which it opened; the calendars are the newest. A due instant that moves is
an event of its case.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from govflow.casework.deadlines import settle
from govflow.casework.draft import Draft
from govflow.casework.office import Office
from govflow.casework.projection import open_cases
from govflow.lifecycle import CLOCK
from govflow.program import reschedule as rescheduled

AT_ONCE = 200
"""So many cases are looked at in one commit."""


def reschedule(office: Office) -> int:
    """Count every running clock again by the newest calendars, and return how many cases have a due instant moved."""
    moved = 0
    for rows in open_cases(office.store, AT_ONCE):
        cases = [row.case for row in rows if row.due is not None]
        count, _ = office.run(partial(_reschedule, cases=cases), fresh=True)
        moved += count or 0
    return moved


def _reschedule(draft: Draft, cases: Sequence[str]) -> int:
    moved = 0
    for case in cases:
        work = draft.case(case)
        settle(draft, work, draft.now, inclusive=False)
        at = max(draft.now, work.facts["touched"])
        edition, before = work.edition, work.position
        after = rescheduled(edition.program, before, at)
        if after is before:
            continue
        clocks = edition.clocks(before.lifecycle)
        pairs = zip(clocks, before.clocks, after.clocks, strict=True)
        names = [edition.deadline(clock).name for clock, was, now in pairs if was.due != now.due]
        body = {"at": at, "by": CLOCK, "unit": work.facts["unit"], "fields": {"deadlines": names}}
        draft.record(work, "reschedule", body, work.stand(after))
        moved += 1
    return moved
