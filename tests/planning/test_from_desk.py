"""From the desk to a plan and back: what is asked for and offered there is matched, and the matching becomes acts."""

from __future__ import annotations

import govflow as gf
from govflow.calendar import DAY, HOUR, MINUTE, parse_instant
from govflow.planning import Point, carry_out, demands_from, match, offers_from
from tests.casework.items import AREA, SECRETARY, SHOP, checked_in, hung, jiafu
from tests.casework.scenes import ANNA, START, desk_on

MONDAY = parse_instant("2026-01-05", "Asia/Shanghai")
LAW, CARE = "member:example-7", "member:example-8"


def test_an_item_asks_for_what_was_said_of_it():
    """Skills, minutes, places left and its last day; what it does not say, the caller says."""
    desk, here = desk_on(None, jiafu()), Point(118.1, 24.5)
    full = hung(desk, places=2, skills=["law"], minutes=30)
    bare = desk.open("claim", by=AREA, unit="area/1", way="adopt", text="一块花坛", category="medicine")
    assert [one.id for one in demands_from(desk, MONDAY, MONDAY + DAY)] == [full.id]
    desk.act(bare, "hang", by=AREA, until="2026-01-06")
    said = {"minutes": 45, "skills": {"medicine": ["care"]}, "points": {"area/1": here}}
    one, two = demands_from(desk, MONDAY, MONDAY + 30 * DAY, **said)
    assert (one.skills, one.work, one.people, one.times) == ({"law"}, 30 * MINUTE, 2, ((MONDAY, MONDAY + 30 * DAY),))
    assert (two.skills, two.work, two.point, two.times) == ({"care"}, 45 * MINUTE, here, ((MONDAY, MONDAY + DAY),))


def test_an_offer_is_free_at_the_hours_that_were_said():
    """Local hours of the days named, within the period; cut into sittings where that is asked for."""
    desk = desk_on(None, jiafu())
    checked_in(desk, LAW, skills=["law"], days=["mon", "wed"], from_hour=9, until_hour=11, room=2, interests=["law"])
    (one,) = offers_from(desk, MONDAY + 10 * HOUR, MONDAY + 3 * DAY)
    assert one.free == (
        (MONDAY + 10 * HOUR, MONDAY + 11 * HOUR),
        (MONDAY + 2 * DAY + 9 * HOUR, MONDAY + 2 * DAY + 11 * HOUR),
    )
    assert (one.skills, one.prefers, one.load, one.capacity) == ({"law"}, {"law"}, 0, 2)
    (cut,) = offers_from(desk, MONDAY + 10 * HOUR, MONDAY + 3 * DAY, sitting=30)
    assert len(cut.free) == 6


def test_a_matching_becomes_claims_within_capacity():
    """Whoever is found has the item, and one thing more in hand; the next plan knows."""
    desk = desk_on(None, jiafu())
    for who, skill in ((LAW, "law"), (CARE, "care")):
        checked_in(desk, who, skills=[skill], from_hour=8, until_hour=22, room=1)
    law, care, other = (hung(desk, skills=[skill]) for skill in ("law", "care", "law"))
    plan = match(demands_from(desk, START, START + DAY), offers_from(desk, START, START + DAY))
    cases = carry_out(desk, plan.assignments, by=SECRETARY)
    assert {case.id: case.facts["helpers"] for case in cases} == {law.id: [LAW], care.id: [CARE]}
    assert [one.demand for one in plan.unmatched] == [other.id]
    assert [one.id for one in demands_from(desk, START, START + DAY)] == [other.id]
    assert offers_from(desk, START, START + DAY) == ()


def test_a_matching_becomes_a_dispatch():
    """For a call the centre sends whom the plan found; nothing of who called is in the plan."""
    desk = desk_on(None, gf.load("beida"))
    own = desk.open("check_in", by=LAW, skills=["care"], room=1)
    desk.act(own, "accept", by="committee/beida#1")
    call = {"category": "meals", "channel": "telephone", "household": "household/3-2-11-4"}
    desk.open("service", by=ANNA, text="两份午饭", skills=["care"], **call)
    wanted = demands_from(desk, START, START + DAY)
    assert "resident" not in str(wanted)
    plan = match(wanted, offers_from(desk, START, START + DAY))
    (case,) = carry_out(desk, plan.assignments, by="committee/beida#1")
    assert (case.state, case.facts["helpers"]) == ("dispatched", [LAW])
    assert desk.case(own).facts["counter.taken"] == 1


def test_a_wish_is_claimed_until_the_day_after_the_appointment():
    """Where a claim needs a day, the plan gives it."""
    desk = desk_on(None, jiafu())
    checked_in(desk, SHOP, skills=["repairs"], days=["mon"])
    wish = desk.open("wish", by=ANNA, unit="area/1", text="修一盏灯", skills=["repairs"])
    desk.act(wish, "hang", by=AREA)
    plan = match(demands_from(desk, START, START + DAY), offers_from(desk, START, START + DAY))
    (case,) = carry_out(desk, plan.assignments, by=SECRETARY)
    assert case.state == "claimed"
    assert case.history[-1].fields["until"] == "2026-01-06"
