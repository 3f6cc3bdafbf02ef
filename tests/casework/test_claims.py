"""Signing for items: never beyond the need, never beyond what somebody said they carry, and exact to the fen."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.calendar import DAY
from govflow.casework import claims, funds, lists
from govflow.casework.money import Money
from govflow.errors import Refused
from govflow.planning import carry_out, demands_from, match, offers_from
from tests.casework.items import AREA, SECRETARY, SHOP, allowed, checked_in, hung, jiafu
from tests.casework.scenes import ANNA, desk_on, later

TOP = "committee/beida#1"
MEMBERS = [f"member:example-{n}" for n in range(1, 13)]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def source(request, tmp_path):
    """An empty store of each kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").fresh()
    return f"sqlite:///{tmp_path}/desk.db" if request.param == "sqlite" else None


def claim_one(url, item, who):
    """Claim an item from a desk of one's own; say whether that went well."""
    return allowed(claims.claim, desk_on(url, jiafu()), item, by=who)


def test_however_many_threads_claim_no_place_is_taken_twice(source):
    """Twelve claim four places of one item at once, through one desk: four have it, and each is told."""
    desk = desk_on(source, jiafu())
    item = hung(desk, places=4)
    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(lambda who: allowed(claims.claim, desk, item, by=who), MEMBERS))
    case = desk.case(item)
    assert won.count(True) == 4 == len(set(case.facts["helpers"])) == case.facts["counter.claimed"]
    assert {who for who, got in zip(MEMBERS, won, strict=True) if got} == set(case.facts["helpers"])
    desk.store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_however_many_processes_claim_no_place_is_taken_twice(kind, request, tmp_path):
    """Three processes with desks of their own, on one database."""
    url = f"sqlite:///{tmp_path}/desk.db" if kind == "sqlite" else request.getfixturevalue("postgres").fresh()
    desk = desk_on(url, jiafu())
    item = hung(desk, places=4).id
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        won = pool.starmap(claim_one, [(url, item, who) for who in MEMBERS], chunksize=1)
    assert won.count(True) == 4 == desk.case(item).facts["counter.claimed"]
    desk.store.close()


def test_nobody_carries_more_than_they_said(source):
    """A member who takes two things on and signs for six at once has two; the other four items hang as before."""
    desk = desk_on(source, jiafu())
    who = MEMBERS[0]
    own = checked_in(desk, who, room=2)
    items = [hung(desk) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lambda item: allowed(claims.claim, desk, item, by=who), items))
    assert won.count(True) == 2 == desk.case(own).facts["counter.taken"]
    assert [desk.case(item).facts.get("counter.claimed", 0) for item in items] == [int(one) for one in won]
    mine = items[won.index(True)]
    claims.deliver(desk, mine, by=who, text="办好了")
    assert allowed(claims.claim, desk, items[won.index(False)], by=who)
    desk.store.close()


def test_a_claim_is_given_back_handed_over_and_taken_back():
    """Each frees one who has it, and books the other; a place given back can be claimed once more."""
    desk, (one, two, three) = desk_on(None, jiafu()), MEMBERS[:3]
    for who in (one, two):
        checked_in(desk, who, room=1)
    item = hung(desk)
    claims.claim(desk, item, by=one)
    assert not allowed(claims.claim, desk, item, by=two)
    claims.hand_over(desk, item, by=one, to=two)
    assert allowed(claims.claim, desk, hung(desk), by=one)
    assert not allowed(claims.claim, desk, hung(desk), by=two)
    claims.give_back(desk, item, by=two)
    case = claims.claim(desk, item, by=three)
    case = claims.lapse(desk, case, by=AREA, claimant=three)
    case = claims.claim(desk, case, by=two)
    assert case.facts["helpers"] == [two]
    with pytest.raises(Refused, match="one of the helpers already"):
        claims.hand_over(desk, case, by=two, to=two)


def test_an_item_ends_when_all_that_was_claimed_is_delivered():
    """Who has delivered can neither deliver again nor give back nor hand over; what is missing keeps it open."""
    desk, (one, two) = desk_on(None, jiafu()), MEMBERS[:2]
    item = hung(desk, places=2, needed="10")
    for who in (one, two):
        claims.claim(desk, item, by=who)
    desk.act(item, "pledge", by=SHOP, amount="10")
    claims.deliver(desk, item, by=one)
    assert not any(allowed(act, desk, item, by=one) for act in (claims.deliver, claims.give_back))
    assert not allowed(claims.hand_over, desk, item, by=one, to=MEMBERS[2])
    assert not allowed(desk.act, item, "finish", by=AREA)
    claims.deliver(desk, item, by=two)
    assert not allowed(desk.act, item, "finish", by=AREA)
    desk.act(item, "receive", by=AREA, amount="10")
    case = desk.act(item, "finish", by=AREA)
    assert (case.facts["parties"], case.facts["counter.delivered"]) == ([SHOP, one, two], 2)


def test_an_item_expires_on_its_day_and_what_was_claimed_can_still_be_delivered():
    """Its last day passes: nobody claims any more, who has claimed delivers late or gives back, or it hangs again."""
    desk = desk_on(None, jiafu())
    item = hung(desk, places=2)
    claims.claim(desk, item, by=MEMBERS[0])
    later(desk, 60 * DAY)
    desk.advance(jump=True)
    assert desk.case(item).state == "expired"
    assert not allowed(claims.claim, desk, item, by=MEMBERS[1])
    claims.deliver(desk, item, by=MEMBERS[0])
    assert desk.act(item, "finish", by=AREA).state == "finished"


def test_a_batch_that_fails_leaves_the_item_as_it_was():
    """Who carries as much as they said signs for nothing: item and check-in are as before, to the event."""
    desk = desk_on(None, jiafu())
    own = checked_in(desk, MEMBERS[0], room=1)
    claims.claim(desk, hung(desk), by=MEMBERS[0])
    item = hung(desk)
    before = (desk.case(item), desk.case(own))
    with pytest.raises(Refused, match="book"):
        claims.claim(desk, item, by=MEMBERS[0])
    assert (desk.case(item), desk.case(own)) == before


def test_a_claim_with_the_same_key_is_one_claim():
    """A command that is sent twice changes nothing the second time."""
    desk = desk_on(None, jiafu())
    checked_in(desk, MEMBERS[0], room=5)
    item = hung(desk, places=2)
    first = claims.claim(desk, item, by=MEMBERS[0], key="form-1")
    assert claims.claim(desk, item, by=MEMBERS[0], key="form-1") == first


# ------------------------------------------------------------ money
AMOUNTS = st.lists(st.decimals("0.01", "70", places=2), min_size=1, max_size=12)


@given(AMOUNTS, st.decimals("1", "100", places=2))
@settings(deadline=None, max_examples=30)
def test_no_more_is_pledged_than_is_needed_and_every_fen_is_counted(amounts, needed):
    """A pledge beyond what is left is refused whole; what is taken adds up exactly, whatever was refused before."""
    desk = desk_on(None, jiafu())
    item = hung(desk, needed=needed, way="donate")
    taken = [one for one in amounts if allowed(desk.act, item, "pledge", by=SHOP, amount=one)]
    left = Decimal(0)
    for one in amounts:
        left += one if left + one <= needed else 0
    assert sum(taken) == left
    assert funds(desk, "claim").total == Money(needed, left, Decimal(0))


def test_a_pledge_that_is_too_large_says_what_is_left():
    """The refusal names the amount that can still be given, in yuan."""
    desk = desk_on(None, jiafu())
    item = hung(desk, needed="59100.50", way="donate")
    desk.act(item, "pledge", by=SHOP, amount="59000.25")
    with pytest.raises(Refused, match=r"100\.25 yuan can be added"):
        desk.act(item, "pledge", by="resident:example-1", amount="100.26")
    desk.act(item, "pledge", by="resident:example-1", amount="100.25")
    with pytest.raises(Refused, match="not open"):
        desk.act(item, "pledge", by=SHOP, amount="0.01")


def test_many_who_give_at_once_give_exactly_what_is_needed(source):
    """Twelve pledge 10 yuan each where 55 are needed: five are taken, and the last five yuan are open."""
    desk = desk_on(source, jiafu())
    item = hung(desk, needed=55, way="donate")
    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(lambda who: allowed(desk.act, item, "pledge", by=who, amount=10), MEMBERS))
    assert won.count(True) == 5
    assert funds(desk, "claim").items[item.id].open == 5
    desk.store.close()


def test_what_was_pledged_is_received_or_released_and_what_is_released_is_needed_again():
    """Never more than was pledged comes in; a donor who cannot give makes room for another."""
    desk = desk_on(None, jiafu())
    item = hung(desk, needed=100, way="donate")
    desk.act(item, "pledge", by=SHOP, amount=100)
    desk.act(item, "receive", by=AREA, amount=60, donor=SHOP)
    assert not allowed(desk.act, item, "receive", by=AREA, amount=41)
    desk.act(item, "release", by=AREA, amount=40, donor=SHOP)
    assert funds(desk, "claim").total == Money(Decimal(100), Decimal(60), Decimal(60))
    desk.act(item, "pledge", by=MEMBERS[0], amount=25)
    desk.act(item, "pledge", by=SHOP, amount=15)
    assert funds(desk, "claim").total.open == 0


def test_thirty_six_hard_projects_are_paid_for_to_the_fen():
    """3.94 million yuan in 36 parts that are not whole: pledged and received, and the sums are exact."""
    desk, parts = desk_on(None, jiafu()), [Decimal("109444.44")] * 35 + [Decimal("109444.60")]
    for number, part in enumerate(parts):
        case = desk.open("project", by=SECRETARY, needed=part, text="老旧小区改造")
        for party in (SHOP, "partner/unit-2"):
            desk.act(case, "invite", by=SECRETARY, party=party)
        desk.act(case, "form_group", by=SECRETARY)
        desk.act(case, "lay_plan", by=SECRETARY, plan="换管道")
        for party in (SHOP, "partner/unit-2"):
            desk.act(case, "accept", by=party)
        desk.act(case, "decide", by=SECRETARY)
        desk.act(case, "pledge", by=f"partner/unit-{number % 18 + 1}", amount=part - 1)
        desk.act(case, "pledge", by=f"partner/unit-{number % 18 + 1}", amount=1)
        desk.act(case, "receive", by=SECRETARY, amount=part)
    total = funds(desk, "project").total
    assert total == Money(Decimal(3_940_000), Decimal(3_940_000), Decimal(3_940_000))


# ------------------------------------------------------------ what ends otherwise
def claimed_wish(desk, who):
    """Hang a wish on the board and let somebody take it on until a day."""
    wish = desk.open("wish", by=ANNA, unit="area/1", text="想要一副老花镜")
    desk.act(wish, "hang", by=AREA)
    return claims.claim(desk, wish, by=who, until="2026-01-10")


def lapsed(desk, who):
    """The day that was named passes, and the clock takes the wish back."""
    claimed_wish(desk, who)
    later(desk, 20 * DAY)
    desk.advance(jump=True)


def withdrawn(desk, who):
    """Whoever wished no longer does."""
    desk.act(claimed_wish(desk, who), "withdraw", by=ANNA)


def taken_down(desk, who):
    """The unit takes the item down."""
    item = claims.claim(desk, hung(desk, places=2), by=who)
    desk.act(item, "take_down", by=AREA, reason="not_needed", text="谢谢")


def given_back(desk, who):
    """The member gives it back on the desk itself."""
    desk.act(claims.claim(desk, hung(desk), by=who), "give_back", by=who)


def delivered(desk, who):
    """The member delivers it on the desk itself, while somebody else is still at it."""
    item = claims.claim(desk, hung(desk, places=2), by=MEMBERS[1])
    claims.claim(desk, item, by=who)
    desk.act(item, "deliver", by=who)


@pytest.mark.parametrize("ending", [lapsed, withdrawn, taken_down, given_back, delivered])
def test_however_a_thing_ends_there_is_room_again(ending):
    """A member who takes one thing on at once takes the next when the first is over, and no more than one then."""
    desk, who = desk_on(None, jiafu()), MEMBERS[0]
    own = checked_in(desk, who, room=1)
    ending(desk, who)
    assert lists.item(desk, own).left == 1
    first, second = (hung(desk) for _ in range(2))
    assert [one.capacity for one in offers_from(desk, desk.clock(), desk.clock() + DAY)] == [1]
    assert allowed(claims.claim, desk, first, by=who)
    assert not allowed(claims.claim, desk, second, by=who)
    assert lists.item(desk, own).left == 0
    case = desk.case(own)
    assert case.facts["counter.taken"] - case.facts["counter.freed"] == 1
    assert case.facts["counter.room"] - case.facts["counter.taken"] == 0


def test_who_is_not_wanted_at_a_call_any_more_has_room_for_another():
    """A volunteer who turns a call down, or is called back, is sent to the next one."""
    desk, who = desk_on(None, gf.load("beida")), "member:example-7"
    own = desk.open("check_in", by=who, skills=["care"], room=1)
    desk.act(own, "accept", by=TOP)
    call = {"category": "meals", "channel": "telephone", "household": "household/3-2-11-4", "skills": ["care"]}
    for trigger, by, said in (
        ("turn_down", who, {}),
        ("recall", TOP, {"volunteer": who}),
        ("cancel", ANNA, {}),
        ("serve_at_home", who, {}),
    ):
        case = desk.open("service", by=ANNA, text="两份午饭", **call)
        wanted = [one for one in demands_from(desk, desk.clock(), desk.clock() + DAY) if one.id == case.id]
        plan = match(wanted, offers_from(desk, desk.clock(), desk.clock() + DAY))
        assert [case.facts["helpers"] for case in carry_out(desk, plan.assignments, by=TOP)] == [[who]]
        desk.act(case, trigger, by=by, **said)
        if trigger == "serve_at_home":
            desk.act(case, "right", by=ANNA)
    assert lists.item(desk, own).left == 1


def test_what_is_booked_by_hand_is_freed_by_hand():
    """A room booked for what somebody else does is in use for as long as whoever offers it says."""
    desk = desk_on(None, jiafu())
    room = desk.open("resource", by=SHOP, unit="area/1", skills=["room"], text="一间活动室")
    desk.act(room, "list", by=AREA)
    wish = claimed_wish(desk, MEMBERS[0])
    room = desk.act(room, "book", by=SHOP, item=wish.id)
    desk.act(wish, "withdraw", by=ANNA)
    assert (lists.over(desk, desk.case(room)), lists.item(desk, room).left) == ((), 0)
    assert lists.item(desk, desk.act(room, "free", by=SHOP, item=wish.id)).left == 1
