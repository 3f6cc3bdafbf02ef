"""The board: open items for everybody to read, without anybody's id, and words only where they may be shown."""

from __future__ import annotations

import json

import pytest
from attrs import asdict

from govflow.casework import claims, lists
from govflow.errors import UnknownName
from tests.casework.items import AREA, SHOP, UNTIL, allowed, hung, jiafu
from tests.casework.scenes import ANNA, desk_on, later

WORDS = "想要一副老花镜，住在三号楼"
HOST, HANDLER, HOUSEHOLD = "host/3-2-11", "host/3-2-11#1", "household/3-2-11-4"


def wish(desk, **more):
    """Return a wish of a household that hangs on the board."""
    case = desk.open("wish", by=ANNA, household=HOUSEHOLD, text=WORDS, **more)
    return desk.act(case, "hang", by=HANDLER)


def written(desk, **more):
    """Return all that the board says."""
    return json.dumps([asdict(notice) for notice in lists.board(desk, **more)], default=str, ensure_ascii=False)


def test_nobody_is_named_on_the_board(make_desk):
    """No person, no household, no member's home, no text that was not agreed to: only the area below the top."""
    desk = make_desk()
    wish(desk, minutes=30, skills=["care"])
    (notice,) = lists.board(desk)
    assert (notice.area, notice.left, notice.text) == ("branch/3", 1, None)
    assert notice.said == {"minutes": 30, "skills": ["care"]}
    assert not [word for word in (ANNA, HOUSEHOLD, HOST, WORDS, "resident", "household") if word in written(desk)]


def test_words_are_shown_while_whoever_asked_agrees(make_desk):
    """Consent is a word of the reporter's; it can be given and taken back, and nobody else gives it."""
    desk = make_desk()
    case = wish(desk, shown="yes")
    assert lists.board(desk)[0].text == WORDS
    desk.act(case, "show", by=ANNA, shown="no")
    assert lists.board(desk)[0].text is None
    desk.act(case, "show", by=ANNA, shown="yes")
    assert lists.board(desk)[0].text == WORDS
    assert not allowed(desk.act, case, "show", by=HANDLER, shown="no")


def test_erased_words_are_gone_from_the_board(make_desk):
    """What the vault no longer has hangs nowhere."""
    desk = make_desk()
    case = wish(desk, shown="yes")
    desk.erase(case=case, by=ANNA, reason="request")
    assert lists.board(desk)[0].text is None


def test_what_is_taken_hangs_no_more_and_what_is_given_back_hangs_again(make_desk):
    """The board is the open items of this moment."""
    desk = make_desk()
    case = wish(desk)
    claims.claim(desk, case, by="member:example-7", until="2026-01-20")
    assert lists.board(desk) == ()
    claims.give_back(desk, case, by="member:example-7")
    assert [notice.case for notice in lists.board(desk)] == [case.id]


def test_an_item_that_lacks_only_money_hangs_until_it_is_pledged(make_desk):
    """A donation that nobody needs to sign for is on the board while something is open, and what is open is said."""
    desk = make_desk(jiafu())
    item = hung(desk, places=0, needed="50", way="donate")
    assert [(one.left, one.money.open) for one in lists.board(desk)] == [(0, 50)]
    desk.act(item, "pledge", by=SHOP, amount="50")
    assert lists.board(desk) == ()


def test_a_unit_has_a_board_of_its_own():
    """Only what is asked for in it and below it; an unknown unit is told."""
    desk = desk_on(None, jiafu())
    one, two = hung(desk), desk.open("claim", by=AREA, unit="area/2", way="adopt", text="一块花坛")
    two = desk.act(two, "hang", by="area/2#1", until=UNTIL)
    assert [n.case for n in lists.board(desk, unit="area/2")] == [two.id]
    assert {n.case for n in lists.board(desk, unit="committee/jiafu")} == {one.id, two.id}
    with pytest.raises(UnknownName):
        lists.board(desk, unit="area/99")


def test_the_board_goes_by_the_time_of_asking():
    """Who asked first hangs first."""
    desk = desk_on()
    first = wish(desk)
    later(desk)
    second = wish(desk, severity=1)
    assert [notice.case for notice in lists.board(desk)] == [first.id, second.id]
