"""Signing for an item (揭榜, 认领): in one commit with the check-in of whoever signs, so that nobody carries too much.

An item has so many places, and who reported in said how many things they take on at once. Both are ceilings of the
definition; here they are only put into one batch, all or nothing. Who has no check-in signs without one. What ends on
any other way, by the clock or by somebody else's word, is freed before the next thing is booked.
"""

from __future__ import annotations

from typing import Any

from govflow.casework.acting import Act
from govflow.casework.case import Case, id_of
from govflow.casework.desk import Desk
from govflow.casework.lists import BOOK, CLAIM, FREE, over

CHECK_IN = "check_in"
"""The lifecycle in which units and members report in."""


def claim(desk: Desk, item: str | Case, *, by: str, key: str | None = None, **fields: Any) -> Case:
    """Sign for an item; Refused where no place is left, or where `by` has taken on as much as they said.

    With a `key` that was used before nothing is done, and the item is returned.

    >>> import govflow as gf
    >>> desk = gf.Desk(gf.load("jiafu"), clock=gf.ManualClock(1_767_600_000_000_000))
    >>> item = desk.open("claim", by="committee/jiafu#1", way="look_after", places=1, text="The flower bed.")
    >>> item = desk.act(item, "hang", by="committee/jiafu#1", until="2026-02-01")
    >>> claim(desk, item, by="member:example-7").facts["helpers"]
    ['member:example-7']
    """
    return desk.batch(signing(desk, Act(id_of(item), CLAIM, by, fields=fields), check_in_of(desk, by)), key=key)[0]


def give_back(desk: Desk, item: str | Case, *, by: str) -> Case:
    """Give a claim back: the place is open again, and `by` has one thing less in hand."""
    return desk.batch([Act(id_of(item), "give_back", by), *_freeing(desk, item, by, by)])[0]


def deliver(desk: Desk, item: str | Case, *, by: str, trigger: str = "deliver", **fields: Any) -> Case:
    """Deliver what was claimed; `trigger` is ``fulfil`` for a wish, ``serve_at_home`` for a service."""
    return desk.batch([Act(id_of(item), trigger, by, fields=fields), *_freeing(desk, item, by, by)])[0]


def hand_over(desk: Desk, item: str | Case, *, by: str, to: str) -> Case:
    """Hand a claim over. The application vouches that both agree: the successor's word is in their own check-in."""
    act = Act(id_of(item), "hand_over", by, fields={"successor": to})
    return desk.batch([*signing(desk, act, check_in_of(desk, to)), *_freeing(desk, item, by, by)])[0]


def lapse(desk: Desk, item: str | Case, *, by: str, claimant: str, freed_by: str | None = None) -> Case:
    """Take back a claim that was not delivered; `freed_by` (`by`) handles the check-in of the claimant."""
    act = Act(id_of(item), "lapse", by, fields={"claimant": claimant})
    return desk.batch([act, *_freeing(desk, item, claimant, freed_by or by)])[0]


def check_in_of(desk: Desk, person: str) -> Case | None:
    """Return the open check-in of a member or unit, the first by id; None where there is none."""
    if CHECK_IN not in desk.community.lifecycles:
        return None
    return next(iter(desk.find(lifecycle=CHECK_IN, reporter=person, open=True, limit=1).cases), None)


def signing(desk: Desk, act: Act, offer: Case | None) -> list[Act]:
    """Return an act that takes an item on, with what books the item on the check-in or resource that it is taken on by.

    What is booked there and over is freed before, so that nobody is refused for what they no longer have in hand.
    """
    if offer is None:
        return [act]
    who = offer.facts["reporter"]
    for case in over(desk, offer):
        offer = desk.act(offer, FREE, by=who, version=offer.version, item=case)
    return [act, Act(offer.id, BOOK, who, fields={"item": act.case})]


def _freeing(desk: Desk, item: str | Case, person: str, by: str) -> list[Act]:
    """Return what frees a person who had booked this item; nothing where they had not."""
    own = check_in_of(desk, person)
    if own is None:
        return []
    words = [event.kind for event in own.history if event.fields.get("item") == id_of(item)]
    held = words.count(BOOK) > words.count(FREE)
    return [Act(own.id, FREE, by, fields={"item": id_of(item)})] if held else []
