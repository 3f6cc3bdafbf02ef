"""Advancing: every deadline that fell due fires, each at its own instant, whoever notices it (rule L5)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from govflow.casework.deadlines import settle
from govflow.casework.draft import Draft
from govflow.casework.office import Office
from govflow.casework.pieces import AT_ONCE, Aside, first_of, in_pieces
from govflow.errors import Refused, StoreError

MOST_EVENTS = 2000
"""A commit that holds so many events is written before time goes on."""

ADVANCED = "advanced"
"""The mark under which the store keeps up to when a desk has advanced."""


def advance(office: Office, to: int | None, *, max_jump: int, jump: bool) -> int:
    """Fire what is due at or before `to`, and return how many events that made.

    A case on which that cannot be done keeps no other from it: its error is raised when everything else has fired.
    """
    now = office.clock()
    until = now if to is None else to
    last = office.store.mark(ADVANCED)
    since = now if last is None else last
    if until - since > max_jump and not jump:
        days = (until - since) / 86_400_000_000
        rule = f"at most {max_jump / 86_400_000_000:g} days at once, for a wrong clock fires what is not due"
        raise Refused("the desk", f"cannot advance by {days:.1f} days", rule, "if it is meant, say jump=True")
    office.editions.follow(office.store.editions())
    office.store.seal()
    aside: Aside = {}
    fired = _fire(office, until, aside)
    if last is None or until > last:
        office.store.keep_mark(ADVANCED, until)
    office.store.seal()
    if aside:
        raise first_of(aside, "everything else that was due has fired")
    return fired


def _fire(office: Office, until: int, aside: Aside) -> int:
    fired, idle = 0, list[str]()
    while cases := [case for case in office.store.due(until, AT_ONCE + len(aside)) if case not in aside]:
        if cases == idle:
            told = "is kept as due, and its events say otherwise: ask verify_audit, then rebuild"
            aside |= {case: StoreError(f"{case} {told}") for case in cases}
            continue
        made = in_pieces(office, partial(_settle, until=until), cases, aside)
        fired += made
        idle = [] if made else cases  # where another desk was quicker, others are due next
    return fired


def _settle(draft: Draft, cases: Sequence[str], until: int) -> int:
    for case in cases:
        if len(draft.lines) >= MOST_EVENTS:
            break
        settle(draft, draft.case(case), until, inclusive=True, most=MOST_EVENTS)
    return len(draft.lines)
