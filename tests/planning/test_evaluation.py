"""Evaluation of service given: weights as data, nobody ranked, no resident, nothing told of few; honours by consent."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.calendar import DAY
from govflow.casework import Directory, ManualClock, StandIn, service_records
from govflow.errors import Refused, UnknownName, UsageError
from govflow.organization import Post
from govflow.planning import (
    Evaluation,
    HonourRule,
    Scale,
    Weighed,
    deserving,
    evaluations,
    honours,
    mark_rates,
    offer_honours,
    open_evaluations,
    services,
    weigh,
)

MARKS, LEVELS = ("excellent", "good", "fair"), ("own", "group", "committee")
COMMITTEE = "committee/jiafu#1"
WHO = st.integers(1, 20).map(lambda n: f"member:example-{n}")
GIVEN = st.dictionaries(st.sampled_from(LEVELS), st.sampled_from(MARKS))
SOME = st.lists(st.builds(Evaluation, WHO, st.sampled_from(["area/1", "area/2"]), GIVEN), max_size=12)


@given(SOME, st.fixed_dictionaries({level: st.integers(0, 3) for level in LEVELS}).filter(lambda w: any(w.values())))
def test_results_stand_by_name_and_each_depends_on_its_own_marks_alone(some, weights):
    """Nobody is ranked: the order is that of names, and alone or among others one gets the same."""
    scale = Scale(weights=weights)
    found = weigh(some, scale)
    assert [(one.who, one.unit) for one in found] == sorted((one.who, one.unit) for one in some)
    assert all(result in weigh([one], scale) for one, result in
               zip(sorted(some, key=lambda one: (one.who, one.unit)), found, strict=True))  # fmt: skip
    assert weigh(reversed(some), scale) == found or len({(o.who, o.unit) for o in some}) < len(some)


@given(GIVEN, st.sampled_from(LEVELS))
def test_a_better_mark_is_never_worse_and_silence_is_no_bad_mark(marks, level):
    """Raising one mark does not lower the result; leaving out a level that said what all said changes nothing."""
    before = weigh([Evaluation("member:example-1", "area/1", marks)])[0].value
    after = weigh([Evaluation("member:example-1", "area/1", {**marks, level: "excellent"})])[0].value
    assert before is None or (level in marks and after >= before) or level not in marks
    alike = dict.fromkeys(LEVELS, "good")
    assert (
        weigh([Evaluation("member:example-1", "area/1", {k: v for k, v in alike.items() if k != level})])[0].mark
        == "good"
    )


@pytest.mark.parametrize("who", ["resident:example-1", "household/1-1-1-1", "example", "household/x"])
def test_no_resident_and_no_household_is_evaluated(who):
    """Rule C6 holds for the pure function as for the lifecycle."""
    with pytest.raises(UsageError, match="never evaluated"):
        Evaluation(who, "area/1", {})


def test_weights_and_marks_are_checked():
    """A level that is none, a weight below 0, marks out of order: each is told."""
    with pytest.raises(UnknownName, match="did you mean 'group'"):
        Scale(weights={"grup": 1})
    with pytest.raises(UsageError):
        Scale(weights={"own": -1})
    with pytest.raises(UsageError):
        Scale(marks={"fair": 1, "good": 2})
    with pytest.raises(UnknownName):
        weigh([Evaluation("member:example-1", "area/1", {"own": "superb"})])


@given(st.dictionaries(st.sampled_from(["area/1", "area/2", "area/3"]), st.lists(st.sampled_from(MARKS), max_size=12)))
def test_of_fewer_than_five_no_figure_is_told(by_unit):
    """A unit's shares add up to all of it and lie in their intervals, or there are none."""
    some = [
        Weighed(f"member:example-{n}", unit, None, mark)
        for unit, marks in by_unit.items()
        for n, mark in enumerate(marks)
    ]
    rates = mark_rates(some)
    assert list(rates) == sorted(unit for unit, marks in by_unit.items() if marks)
    for unit, shares in rates.items():
        assert (shares is None) == (len(by_unit[unit]) < 5)
        if shares is not None:
            assert sum(one.value for one in shares.values()) == pytest.approx(1)
            assert all(one.low <= one.value <= one.high and one.n == len(by_unit[unit]) for one in shares.values())


@settings(max_examples=50)
@given(st.dictionaries(WHO, st.builds(Counter, st.dictionaries(st.sampled_from(["claim", "duty"]), st.integers(0, 9)))))
def test_whoever_reaches_what_a_rule_names_may_be_honoured_and_nobody_else(given_service):
    """A threshold is the same for all: no number of honours, no order, no comparison."""
    found = deserving(given_service, [HonourRule("done", ("claim", "duty"), least=5)])
    assert set(found) == {who for who, counts in given_service.items() if counts.total() >= 5}
    assert list(found) == sorted(found)


# ------------------------------------------------------------ on a desk
@cache
def jiafu():
    """Jiafu community."""
    return gf.load("jiafu")


def evaluated(*who):
    """A desk on which the service of some has been evaluated, and their cases."""
    desk = gf.Desk(jiafu(), clock=ManualClock(jiafu().calendars["office"].instant("2026-01-05T10:00")))
    cases = open_evaluations(desk, dict.fromkeys(who, "area/1"), by=COMMITTEE)
    for case in cases:
        desk.act(case, "speak", by=case.facts["subject"], own_mark="fair")
        desk.act(case, "group_speaks", by="area/1#1", group_mark="good")
        desk.act(case, "committee_speaks", by=COMMITTEE, committee_mark="good")
        desk.act(case, "agree", by=case.facts["subject"])
    return desk, cases


def test_the_words_of_three_levels_are_read_from_the_desk():
    """Each level speaks once, at its own unit; who withdraws is not evaluated."""
    desk, _ = evaluated("member:example-7")
    assert evaluations(desk) == [
        Evaluation("member:example-7", "area/1", {"own": "fair", "group": "good", "committee": "good"})
    ]
    other = open_evaluations(desk, {"member:example-8": "area/1"}, by=COMMITTEE)[0]
    desk.act(other, "withdraw", by="member:example-8")
    assert len(evaluations(desk)) == 1
    assert evaluations(desk, since=desk.clock() + 1) == []


def test_an_honour_is_held_by_who_accepted_it_until_they_lay_it_down():
    """Offered is not given, silence declines, and what for is told with it."""
    desk, _ = evaluated("member:example-7", "member:example-8", "member:example-9")
    reasons = {f"member:example-{n}": [f"{n} items", "a shift"] for n in (7, 8)}
    first, second = offer_honours(desk, reasons, by=COMMITTEE)
    assert honours(desk) == ()
    desk.act(first, "accept_honour", by="member:example-7")
    with pytest.raises(Refused):
        desk.act(second, "accept_honour", by=COMMITTEE)
    assert [(one.who, one.text) for one in honours(desk)] == [("member:example-7", "7 items; a shift")]
    desk.clock.at += 20 * DAY
    desk.advance()
    assert (desk.case(second).state, desk.history(second)[-1].by) == ("closed", "clock")
    desk.erase(case=first, by="member:example-7", reason="request")
    assert [one.text for one in honours(desk)] == [""]
    desk.act(first, "lay_down", by="member:example-7")
    assert honours(desk) == ()


def test_service_is_counted_by_who_gave_it_and_never_by_whom_it_was_for():
    """Claims delivered and shifts finished count for members and units; what residents do is not counted at all."""
    desk, _ = evaluated()
    item = desk.open("claim", by=COMMITTEE, way="take_on", text="Guitar lessons.", places=2)
    desk.act(item, "hang", by=COMMITTEE, until="2026-01-31")
    for who in ("member:example-7", "department/power"):
        desk.act(item, "claim", by=who)
        desk.act(item, "deliver", by=who)
    grievance = desk.open("grievance", by="resident:example-1", category="parking", channel="walk_in", unit="area/1")
    desk.act(grievance, "urge", by="resident:example-1")
    assert services(desk) == {"department/power": {"claim": 1}, "member:example-7": {"claim": 1}}
    assert services(desk, kinds=["grievance"]) == {}
    assert services(desk, until=desk.clock()) == {}


# ------------------------------------------------------------ nobody judges their own service (L6)
def estate_of_one():
    """A desk in Shiwan, an estate branch with one handler, and the evaluation of that handler's own service."""
    shiwan = gf.load("shiwan")
    desk = gf.Desk(shiwan, clock=ManualClock(shiwan.calendars["office"].instant("2026-06-01T10:00")))
    case = desk.open("evaluation", by=ESTATE, unit="estate/yijing-1", subject=ESTATE)
    return desk, desk.act(case, "speak", by=ESTATE, own_mark="excellent")


ESTATE, ABOVE = "estate/yijing-1#1", "community/yijing#1"


def test_whose_service_it_is_speaks_for_themselves_and_for_nobody_else():
    """A branch's one handler gives their own mark; for the group the unit above speaks, which then sees the case."""
    desk, case = estate_of_one()
    for trigger, said in (("group_takes", {}), ("group_speaks", {"group_mark": "excellent"}), ("note", {"text": "!"})):
        with pytest.raises(Refused):
            desk.act(case, trigger, by=ESTATE, **said)
        assert not any(one.mine for one in desk.explain(case, by=ESTATE).choices if one.trigger == trigger)
    assert desk.case(case, by=ESTATE).state == "with_group"
    assert desk.case(case, by=ABOVE).state == "with_group"
    case = desk.act(case, "group_speaks", by=ABOVE, group_mark="good")
    case = desk.act(case, "committee_speaks", by=ABOVE, committee_mark="good")
    case = desk.act(case, "object", by=ESTATE, text="It was more.")
    assert (case.state, case.facts["counter.objections"]) == ("with_committee", 1)


def test_whose_service_it_is_speaks_by_no_post_of_theirs_and_stands_in_for_nobody():
    """A secretary listed by name keeps out of it under whichever name, also for a colleague who is away."""
    post = Post("area/1", "member:example-1", "handler"), Post("area/1", "member:example-2", "handler")
    away = Directory(posts=post, stand_ins=(StandIn("member:example-2", "member:example-1"),))
    calendar = jiafu().calendars["office"]
    desk = gf.Desk(jiafu(), clock=ManualClock(calendar.instant("2026-01-05T10:00")), directory=away)
    case = desk.open("evaluation", by=COMMITTEE, unit="area/1", subject="area/1#1")
    case = desk.act(case, "speak", by="member:example-1", own_mark="excellent")
    for who in ({"by": "member:example-1"}, {"by": "area/1#1"}, {"by": "area/1#1", "behalf": "member:example-2"}):
        with pytest.raises(Refused):
            desk.act(case, "group_speaks", group_mark="excellent", **who)
    assert desk.act(case, "group_speaks", by="member:example-2", group_mark="good").state == "with_committee"


def test_who_said_in_their_check_in_that_they_want_no_honours_is_offered_none():
    """Their last word counts: who changes it is offered one the next time."""
    desk, _ = evaluated("member:example-7", "member:example-8")
    own = desk.open("check_in", by="member:example-7", unit="area/1", skills=["care"], honours="no")
    reasons = {f"member:example-{n}": ["a shift"] for n in (7, 8)}
    assert [case.facts["subject"] for case in offer_honours(desk, reasons, by=COMMITTEE)] == ["member:example-8"]
    desk.act(own, "update", by="member:example-7", honours="yes")
    assert [case.facts["subject"] for case in offer_honours(desk, reasons, by=COMMITTEE)] == ["member:example-7"]


# ------------------------------------------------------------ one rule for service given
def test_all_who_went_along_have_given_service_and_who_gave_it_back_has_not():
    """A team of three at one door are three; a booth given back is none; the record of service says the same."""
    fuzhong = gf.load("fuzhong")
    desk = gf.Desk(fuzhong, clock=ManualClock(fuzhong.calendars["office"].instant("2026-06-01T10:00")))
    market = desk.open("market", unit="community/fuzhong", by="community/fuzhong#1", places=5, text="Market.")
    desk.act(market, "invite", by="community/fuzhong#1", held_on="2026-06-02")
    for who in ("partner/arts", "partner/bank"):
        desk.act(market, "claim_booth", by=who, service="calligraphy")
    desk.act(market, "give_back", by="partner/arts")
    for trigger in ("hold", "close"):
        desk.act(market, trigger, by="community/fuzhong#1")
    visit = desk.open("visit", by="grid/fuzhong-1#1", unit="grid/fuzhong-1", visit_on="2026-06-02")
    team = [f"member:example-{n}" for n in (1, 2, 3)]
    for member in team:
        desk.act(visit, "go_along", by="grid/fuzhong-1#1", visitor=member)
    for trigger in ("call", "finish"):
        desk.act(visit, trigger, by=team[0])
    found = services(desk)
    assert found == {**{member: {"visit": 1} for member in team}, "partner/bank": {"market": 1}}
    records = service_records(desk, [*team, "partner/arts", "partner/bank"], 0, 2 * desk.clock())
    assert {who: len(one.fulfilled) for who, one in records.items() if one.fulfilled} == {
        who: counts.total() for who, counts in found.items()
    }
