"""The three lists: each is what the cases are now, as far as the reader may see them."""

from __future__ import annotations

import inspect
from decimal import Decimal

import pytest

from govflow.casework import Item, claims, lists
from govflow.errors import UnknownName
from tests.casework.items import AREA, SECRETARY, SHOP, UNTIL, checked_in, hung, jiafu
from tests.casework.scenes import ANNA, BERT, PARKING, desk_on, later

MEMBER = "member:example-7"


def told(items):
    """Return the ids of some items."""
    return [one.case for one in items]


def test_a_list_goes_with_its_cases(make_desk):
    """An item is on the list from the asking to its end, with the places that are left at each moment."""
    desk = make_desk(jiafu())
    asked = desk.open("claim", by=AREA, unit="area/1", way="adopt", places=2, text="一块花坛")
    assert [(one.state, one.left) for one in lists.demands(desk)] == [("received", 0)]
    item = desk.act(asked, "hang", by=AREA, until=UNTIL)
    assert [(one.state, one.left) for one in lists.demands(desk)] == [("on_board", 2)]
    claims.claim(desk, item, by=MEMBER)
    (one,) = lists.demands(desk)
    assert (one.left, one.holders) == (1, (MEMBER,))
    claims.deliver(desk, item, by=MEMBER)
    assert lists.item(desk, item).left == 1
    desk.act(item, "finish", by=AREA)
    desk.act(item, "confirm", by=SECRETARY)
    assert lists.demands(desk) == ()


def test_what_was_said_of_an_item_stands_beside_it(make_desk):
    """In choices, numbers, dates and places, the last word of each; no person's id and nobody's words are among it."""
    desk = make_desk(jiafu())
    item = hung(desk, needed="100", way="donate", skills=["teaching", "digital"], minutes=90, shown="yes")
    desk.act(item, "pledge", by=SHOP, amount="40")
    desk.act(item, "receive", by=AREA, amount="40", donor=SHOP)
    (one,) = lists.demands(desk)
    assert one.said == {
        "way": "donate",
        "places": 1,
        "skills": ["digital", "teaching"],
        "minutes": 90,
        "shown": "yes",
        "until": UNTIL,
    }
    assert (one.money.open, one.money.received) == (Decimal(60), Decimal(40))


def test_offers_stand_on_the_resource_list_until_they_are_taken_back(make_desk):
    """Whoever reported in and whatever is offered, with how many more each can take on."""
    desk = make_desk(jiafu())
    own = checked_in(desk, MEMBER, room=2, days=["sat"])
    room = desk.open("resource", by=SHOP, skills=["room"], text="会议室", place="area/2", room=1)
    assert [(one.case, one.left) for one in lists.resources(desk)] == [(own.id, 2), (room.id, 0)]
    desk.act(room, "list", by=SECRETARY)
    assert lists.item(desk, room).said == {"skills": ["room"], "place": "area/2", "room": 1}
    desk.act(room, "book", by=SHOP)
    assert [(one.case, one.left) for one in lists.resources(desk)] == [(own.id, 2), (room.id, 0)]
    desk.act(room, "withdraw", by=SHOP)
    assert told(lists.resources(desk)) == [own.id]


def test_a_list_shows_what_its_reader_may_see_and_no_more(make_desk):
    """Everybody's list is that part of the whole list which they find as cases."""
    desk = make_desk(jiafu())
    hung(desk)
    desk.open("claim", by=AREA, unit="area/2", way="adopt", text="一块花坛")
    checked_in(desk, MEMBER)
    for by in (None, MEMBER, SHOP, AREA, "area/2#1", SECRETARY, BERT, "member:example-8"):
        seen = {case.id for case in desk.find(by=by).cases}
        for read in (lists.demands, lists.resources, lists.projects):
            assert told(read(desk, by=by)) == [one for one in told(read(desk)) if one in seen]


def test_a_case_that_stands_on_no_list_is_no_item():
    """A grievance is nobody's to claim."""
    desk = desk_on()
    case = desk.open("grievance", by=ANNA, **PARKING)
    with pytest.raises(UnknownName, match="grievance"):
        lists.item(desk, case)


def test_lists_go_by_the_time_of_asking():
    """Nothing else puts items in an order, and no field of an item says who asks."""
    desk = desk_on(None, jiafu())
    first = hung(desk, unit="area/1")
    later(desk)
    second = hung(desk, severity=1)
    assert told(lists.demands(desk)) == [first.id, second.id]
    assert not {"reporter", "household", "subject"} & set(inspect.signature(Item).parameters)
