"""The double check-in: reporting in, changing what was said, leaving, and the record of service to one's own branch."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from functools import partial

import pytest

from govflow.calendar import DAY, HOUR, MINUTE
from govflow.casework import claims, lists, send_record, service_record, service_records
from govflow.errors import Refused, UnknownName, UsageError
from govflow.lifecycle import Lifecycle
from tests.casework.items import AREA, SECRETARY, SHOP, allowed, checked_in, hung, jiafu
from tests.casework.scenes import ANNA, START, desk_on, later

MEMBER, OTHER = "member:example-7", "member:example-8"
QUARTER = (START - DAY, START + 80 * DAY)


def test_units_and_members_report_in_and_are_accepted(make_desk):
    """With skills, interests, days and hours out of a closed list; the secretary accepts; a resident cannot."""
    desk = make_desk(jiafu())
    hours = {"days": ["mon", "sun"], "from_hour": 8, "until_hour": 22, "place": "area/1"}
    case = checked_in(desk, MEMBER, skills=["medicine"], interests=["company"], own_branch="partner/unit-9", **hours)
    assert (case.state, case.facts["counter.room"]) == ("active", 3)
    assert checked_in(desk, SHOP, skills=["room"]).facts["reporter"] == SHOP
    assert not allowed(desk.open, "check_in", by=ANNA, skills=["medicine"])
    with pytest.raises(UnknownName, match="medicine"):
        desk.open("check_in", by=OTHER, skills=["medecine"])
    with pytest.raises(UsageError, match="takes no 'mood'"):
        desk.open("check_in", by=OTHER, skills=["medicine"], mood="good")


def test_nothing_but_what_is_offered_can_be_said(make_desk):
    """No free text, no mark, no score: the fields are a closed list of skills, hours, a place and a branch."""
    cycle: Lifecycle = jiafu().lifecycles["check_in"]
    said = {name for way in cycle.transitions for name in (*way.needs, *way.takes)} | {*cycle.needs, *cycle.takes}
    kinds = {name: cycle.known_fields()[name].kind for name in said}
    assert "text" not in kinds.values()
    assert {name for name, kind in kinds.items() if kind == "actor"} == {"own_branch"}
    desk = make_desk(jiafu())
    assert desk.texts(checked_in(desk, MEMBER)) == {}


def test_who_reported_in_changes_what_they_said_and_leaves(make_desk):
    """Only they themselves do; afterwards nothing can be booked."""
    desk = make_desk(jiafu())
    case = checked_in(desk, MEMBER)
    desk.act(case, "update", by=MEMBER, skills=["law"], honours="no")
    assert not allowed(desk.act, case, "update", by=OTHER, skills=["law"])
    assert desk.act(case, "leave", by=MEMBER).open is False
    assert claims.check_in_of(desk, MEMBER) is None
    assert claims.claim(desk, hung(desk), by=MEMBER).facts["helpers"] == [MEMBER]


def test_a_check_in_is_seen_by_its_own_line():
    """The member, and the unit that has it; no other member and no partner."""
    desk = desk_on(None, jiafu())
    case = checked_in(desk, MEMBER)
    seen = [by for by in (MEMBER, SECRETARY, OTHER, SHOP, ANNA) if desk.find(by=by, lifecycle="check_in").cases]
    assert seen == [MEMBER, SECRETARY]
    assert desk.case(case, by=SECRETARY) == desk.case(case)


def shift(desk, who, hours):
    """Open a shift and stand it for so many hours."""
    case = desk.open("duty", by=AREA, unit="area/1", held_on="2026-03-01")
    desk.act(case, "volunteer", by=who)
    desk.act(case, "begin", by=who)
    later(desk, hours * HOUR)
    return desk.act(case, "finish", by=who)


def busy(desk):
    """Two who take things on: delivered, given back, under way; two shifts; a pledge."""
    for who in (MEMBER, OTHER):
        checked_in(desk, who, room=9)
    done, back, open_ = hung(desk), hung(desk), hung(desk, needed=100)
    for item in (done, back, open_):
        claims.claim(desk, item, by=MEMBER)
    later(desk, DAY)
    claims.deliver(desk, done, by=MEMBER)
    claims.give_back(desk, back, by=MEMBER)
    desk.act(open_, "pledge", by=MEMBER, amount="59.10")
    shift(desk, MEMBER, 14)
    shift(desk, OTHER, 3)


def test_the_record_says_what_was_taken_on_and_carried_out(make_desk):
    """Golden: each engagement with its times and its end; hours of duty by the clock of the record."""
    desk = make_desk(jiafu())
    busy(desk)
    record = service_record(desk, MEMBER, *QUARTER)
    assert [(one.lifecycle, one.outcome, one.minutes) for one in record.engagements] == [
        ("claim", "fulfilled", 0),
        ("claim", "ended", 0),
        ("claim", "under way", 0),
        ("duty", "fulfilled", 14 * 60),
    ]
    assert record.engagements[0].until == START + DAY
    assert (len(record.fulfilled), record.minutes, record.pledged) == (2, 840, Decimal("59.10"))
    assert [record.subject for record in service_records(desk, [MEMBER, OTHER], *QUARTER).values()] == [MEMBER, OTHER]


def test_a_record_is_of_its_period(make_desk):
    """What ended before is not in it, what came later neither; what goes on over its end is under way."""
    desk = make_desk(jiafu())
    busy(desk)
    early = service_record(desk, MEMBER, START, START + HOUR)
    assert [one.outcome for one in early.engagements] == ["under way"] * 3
    late = service_record(desk, MEMBER, desk.clock() + MINUTE, desk.clock() + DAY)
    assert [one.outcome for one in late.engagements] == ["under way"]
    assert late.pledged == 0


def test_what_was_not_as_wished_is_not_fulfilled():
    """The household's word takes it back, until it is done again."""
    desk = desk_on(None, jiafu())
    case = desk.open("wish", by=ANNA, unit="area/1", text="想要一副老花镜")
    desk.act(case, "hang", by=AREA)
    for trigger, by, more in (
        ("claim", MEMBER, {"until": "2026-01-20"}),
        ("fulfil", MEMBER, {}),
        ("not_yet", ANNA, {"until": "2026-01-25"}),
    ):
        desk.act(case, trigger, by=by, **more)
    assert [one.outcome for one in service_record(desk, MEMBER, *QUARTER).engagements] == ["under way"]
    desk.act(case, "fulfil", by=MEMBER)
    assert [one.outcome for one in service_record(desk, MEMBER, *QUARTER).engagements] == ["fulfilled"]


def test_a_record_tells_nothing_of_a_restricted_case():
    """That there was a visit, and not which, nor of what kind of matter."""
    desk = desk_on(None, jiafu())
    visit = desk.open("visit", by=AREA, unit="area/1", visit_on="2026-01-09", category="hardship")
    desk.act(visit, "go_along", by=AREA, visitor=MEMBER)
    (one,) = service_record(desk, MEMBER, *QUARTER).engagements
    assert (one.lifecycle, one.case, one.category) == ("visit", None, None)


def test_that_the_record_was_sent_is_an_event_of_the_check_in(make_desk):
    """With its period and its figures; it goes with the subject's own check-in, and the quarter begins anew."""
    desk = make_desk(jiafu())
    busy(desk)
    own, other = claims.check_in_of(desk, MEMBER), claims.check_in_of(desk, OTHER)
    record = service_record(desk, MEMBER, *QUARTER)
    event = send_record(desk, own, record, by=SECRETARY).history[-1]
    assert (event.kind, event.fields) == (
        "send_record",
        {"since": "2026-01-04", "until": "2026-03-26", "services": 2, "minutes": 840},
    )
    with pytest.raises(Refused, match="no check-in of"):
        send_record(desk, other, record, by=SECRETARY)
    later(desk, 93 * DAY)
    desk.advance(jump=True)
    assert desk.case(own).history[-1].kind == "overdue"


def test_nobody_keeps_a_record_of_a_resident():
    """Residents and households are no subjects of a record (C6)."""
    desk = desk_on(None, jiafu())
    for subject in (ANNA, "household/1-1", "token:x"):
        with pytest.raises(UsageError, match="never of a resident"):
            service_record(desk, subject, *QUARTER)


def test_at_the_reported_scale_every_item_is_claimed_within_capacity():
    """134 items, 18 units and 104 members, one or two things at once: all claimed, nobody has too many."""
    desk = desk_on(None, jiafu())
    units = [f"partner/unit-{n}" for n in range(1, 19)]
    members = [f"member:example-{n}" for n in range(1, 105)]
    for who in (*units, *members):
        checked_in(desk, who, room=2 if who in units else 1)
    people = deque([*units, *members])
    for item in [hung(desk) for _ in range(134)]:
        while not allowed(claims.claim, desk, item, by=people[0]):
            people.popleft()
        people.rotate(-1)
    own = desk.find(lifecycle="check_in", limit=1000).cases
    taken = {case.facts["reporter"]: case.facts["counter.taken"] for case in own}
    assert sum(taken.values()) == 134
    assert {taken[who] for who in members} == {1}
    assert {taken[who] for who in units} == {1, 2}
    assert len(lists.demands(desk)) == 134 == sum(len(item.holders) for item in lists.demands(desk))
    assert lists.board(desk) == ()


def test_a_record_goes_to_the_branch_that_was_named_last():
    """The event says where it goes; where nobody was named it says nothing."""
    desk = desk_on(None, jiafu())
    own = checked_in(desk, MEMBER, own_branch="partner/unit-9")
    send = partial(send_record, desk, own, service_record(desk, MEMBER, *QUARTER), by=SECRETARY)
    assert send().history[-1].fields["own_branch"] == "partner/unit-9"
    desk.act(own, "update", by=MEMBER, own_branch="partner/unit-8")
    assert send().history[-1].fields["own_branch"] == "partner/unit-8"
    other = checked_in(desk, OTHER)
    sent = send_record(desk, other, service_record(desk, OTHER, *QUARTER), by=SECRETARY)
    assert "own_branch" not in sent.history[-1].fields
