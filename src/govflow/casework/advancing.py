"""Advancing: every deadline that fell due fires, each at its own instant, whoever notices it (rule L5)."""

from __future__ import annotations

from functools import partial

from govflow.casework.deadlines import settle
from govflow.casework.draft import Draft
from govflow.casework.office import MOST_TRIES, Office
from govflow.errors import Conflict, Refused, StoreError

AT_ONCE = 200
"""So many cases are settled in one commit."""

FEW = 2
"""So often it is tried to settle many cases together where others are at work on them; then fewer are."""

ADVANCED = "advanced"
"""The mark under which the store keeps up to when a desk has advanced."""


def advance(office: Office, to: int | None, *, max_jump: int, jump: bool) -> int:
    """Fire what is due at or before `to`, and return how many events that made."""
    now = office.clock()
    until = now if to is None else to
    last = office.store.mark(ADVANCED)
    since = now if last is None else last
    if until - since > max_jump and not jump:
        days = (until - since) / 86_400_000_000
        rule = f"at most {max_jump / 86_400_000_000:g} days at once, for a wrong clock fires what is not due"
        raise Refused("the desk", f"cannot advance by {days:.1f} days", rule, "if it is meant, say jump=True")
    office.store.seal()
    fired, size, idle = 0, AT_ONCE, list[str]()
    while cases := office.store.due(until, size):
        if cases == idle:
            raise StoreError(f"{cases[0]} is kept as due, and its events say otherwise: ask verify_audit, then rebuild")
        try:
            tries = FEW if size > 1 else MOST_TRIES
            _, draft = office.run(partial(_settle, cases=cases, until=until), fresh=True, tries=tries)
        except Conflict:
            if size == 1:
                raise
            size = max(1, size // 4)
            continue
        fired += len(draft.lines)
        idle = [] if draft.lines else cases  # where another desk was quicker, others are due next
    if last is None or until > last:
        office.store.keep_mark(ADVANCED, until)
    office.store.seal()
    return fired


def _settle(draft: Draft, cases: list[str], until: int) -> None:
    for case in cases:
        settle(draft, draft.case(case), until, inclusive=True)
