"""Joint conferences and working groups on a desk: date and order, quorum, minutes, rounds, one voice for each party."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.calendar import DAY, HOUR
from govflow.casework import CountingIds, Directory, ManualClock
from govflow.community import changed, conference_calendar, conference_sessions
from govflow.errors import Conflict, DefinitionError, Refused, UnknownName, UsageError
from govflow.organization import Post
from govflow.planning import Decision, agenda, hold, rounds

CHAIR, SHOPS, WORTHIES = "committee/beida#1", "partner/shops", "partner/returned_worthies"
PRESENT = (CHAIR, SHOPS, WORTHIES, "partner/owners")


@cache
def beida():
    """Beida community."""
    return gf.load("beida")


def desk(**more):
    """A desk on a Monday morning."""
    return gf.Desk(beida(), clock=ManualClock(beida().calendars["office"].instant("2026-01-05T10:00")),
                   ids=CountingIds(), **more)  # fmt: skip


def convened(desk, severity=None):
    """Bring a matter before the joint conference."""
    opening = {"category": "lane_renovation", "channel": "walk_in", "unit": "committee/beida"}
    case = desk.open("grievance", by="resident:example-1", severity=severity, **opening)
    desk.act(case, "accept", by=CHAIR)
    return desk.act(case, "convene", by=CHAIR, reason="needs_coordination")


def project(desk, *parties):
    """A project whose working group is complete."""
    case = desk.open("project", by=CHAIR, unit="committee/beida", text="Signs")
    for party in parties:
        desk.act(case, "invite", by=CHAIR, party=party)
    return desk.act(case, "form_group", by=CHAIR)


@settings(max_examples=25, deadline=None)
@given(waits=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=12), ahead=st.integers(0, 40))
def test_an_agenda_takes_the_first_of_the_queue_at_a_session_of_the_timetable(waits, ahead):
    """Order is severity, then time of entering, then id; what has no room waits; the date is the simulation's."""
    here = desk()
    cases = []
    for severity, hours in waits:
        here.clock.at += hours * HOUR
        cases.append(convened(here, severity))
    at = here.clock.at + ahead * DAY
    found = agenda(here, "host/3-2-11", at)
    order = sorted(cases, key=lambda case: (case.severity, case.facts["entered"], case.id))
    assert [case.id for case in found.cases] == [case.id for case in order[:8]]
    assert found.waiting == max(0, len(cases) - 8)
    days = conference_calendar(beida(), found.meeting)
    assert found.at == conference_sessions(found.meeting, days, start=at, until=at + 90 * DAY)[0]


def test_a_session_below_its_quorum_decides_nothing():
    """The definition says how many parties must be there; who is absent is named."""
    here = desk()
    case = convened(here)
    here.clock.at = agenda(here, case.unit, here.clock.at).at
    with pytest.raises(Refused, match=r"3 of 6 parties are there.*4 must be.*ask partner/property"):
        hold(here, agenda(here, case.unit, here.clock.at), [Decision(case.id, "agree")], present=PRESENT[:3], by=CHAIR)
    assert here.case(case).state == "convened"


def test_two_of_one_unit_are_one_party():
    """Three handlers of the committee are one of the parties, and no quorum by themselves."""
    here = desk()
    case = convened(here)
    here.clock.at = agenda(here, case.unit, here.clock.at).at
    three = [f"committee/beida#{n}" for n in (1, 2, 3)]
    with pytest.raises(Refused, match="2 of 6"):
        hold(here, agenda(here, case.unit, here.clock.at), [], present=[*three, SHOPS], by=CHAIR)


def test_what_a_session_decides_is_one_commit_and_its_minutes():
    """Who came to the table, what they said, what was decided: events of the case, or none of them."""
    here = desk()
    case, other = convened(here), convened(here)
    here.clock.at = agenda(here, case.unit, here.clock.at).at
    session = agenda(here, case.unit, here.clock.at)
    good = Decision(case.id, "agree", {SHOPS: "for"}, {SHOPS: "Well then."}, {"text": "minutes"})
    bad = Decision(other.id, "fail_to_agree")  # without a day to look at it again
    before = [here.history(one) for one in (case, other)]
    with pytest.raises(UsageError, match="review_on"):
        hold(here, session, [good, bad], present=PRESENT, by=CHAIR)
    assert [here.history(one) for one in (case, other)] == before
    (agreed,) = hold(here, session, [good], present=PRESENT, by=CHAIR)
    kinds = [event.kind for event in here.history(agreed)][-6:]
    assert kinds == ["invite"] * 4 + ["take_position", "agree"]
    assert [text.text for text in here.texts(agreed).values()] == ["Well then.", "minutes"]
    assert here.verify_audit().ok


@pytest.mark.parametrize(
    ("decisions", "error"),
    [
        ([Decision("grievance-9", "agree")], UsageError),
        ([Decision("grievance-1", "agree"), Decision("grievance-1", "agree")], UsageError),
        ([Decision("grievance-1", "agree", {"partner/property": "for"})], UnknownName),
        ([Decision("grievance-1", "agree", {SHOPS: "perhaps"})], UnknownName),
    ],
)
def test_a_session_takes_what_is_on_its_agenda_from_who_is_there(decisions, error):
    """A case off the agenda, one decided twice, an absent party's word, and a word that is none: nothing happens."""
    here = desk()
    case = convened(here)
    here.clock.at = agenda(here, case.unit, here.clock.at).at
    with pytest.raises(error):
        hold(here, agenda(here, case.unit, here.clock.at), decisions, present=PRESENT, by=CHAIR)
    assert here.case(case).version == case.version


def test_no_session_is_held_before_it_begins():
    """Whoever has the agenda early waits for the day."""
    here = desk()
    case = convened(here)
    with pytest.raises(Refused, match="has not begun"):
        hold(here, agenda(here, case.unit, here.clock.at), [], present=PRESENT, by=CHAIR)


def test_no_session_is_held_after_its_day_unless_it_is_entered_late():
    """On the day it is held it may be entered until midnight; later it has to be said."""
    here = desk()
    case = convened(here)
    here.clock.at = agenda(here, case.unit, here.clock.at).at
    session, decisions = agenda(here, case.unit, here.clock.at), [Decision(case.id, "agree")]
    here.clock.at += 3 * DAY
    with pytest.raises(Refused, match="its day, 2026-01-09, is over"):
        hold(here, session, decisions, present=PRESENT, by=CHAIR)
    assert hold(here, session, decisions, present=PRESENT, by=CHAIR, late=True)[0].state == "assigned"


def test_nobody_leads_a_session_from_elsewhere():
    """Four parties are there and whoever decides is not: nothing is decided."""
    here = desk()
    case = convened(here)
    here.clock.at = agenda(here, case.unit, here.clock.at).at
    others = ["committee/beida#2", SHOPS, WORTHIES, "partner/owners"]
    with pytest.raises(Refused, match=f"{CHAIR} is not there: who leads a session is present"):
        hold(here, agenda(here, case.unit, here.clock.at), [Decision(case.id, "agree")], present=others, by=CHAIR)
    assert here.case(case).state == "convened"


def test_a_session_is_held_once():
    """Given again it changes nothing, otherwise it is refused; read anew, what was put off waits for a later one."""
    here = desk()
    case, other = convened(here), convened(here)
    here.clock.at = agenda(here, case.unit, here.clock.at).at
    session = agenda(here, case.unit, here.clock.at)
    put_off = [Decision(case.id, "another_round", {SHOPS: "against"})]
    told = [hold(here, session, put_off, present=PRESENT, by=CHAIR)[0].version for _ in range(2)]
    assert told[0] == told[1] == here.case(case).version
    with pytest.raises(UsageError, match="conference of committee/beida on 2026-01-09 at 15:00"):
        hold(here, session, [Decision(case.id, "agree")], present=PRESENT, by=CHAIR)
    with pytest.raises(Conflict, match="another_round since"):
        hold(here, session, put_off, present=PRESENT, by=CHAIR, key="a second part")
    assert [one.id for one in agenda(here, case.unit, here.clock.at).cases] == [other.id]
    assert case.id in [one.id for one in agenda(here, case.unit, here.clock.at + 1).cases]


def test_another_round_asks_everybody_anew_and_nobody_to_the_table_twice():
    """Positions are kept round by round; who sits at the table stays there."""
    here = desk()
    case = convened(here)
    for position in ("against", "for"):
        here.clock.at = agenda(here, case.unit, here.clock.at + 1).at
        session = agenda(here, case.unit, here.clock.at)
        hold(here, session, [Decision(case.id, "another_round", {SHOPS: position})], present=PRESENT, by=CHAIR)
    told = rounds(here, case)
    assert [dict(one.said) for one in told] == [{SHOPS: "against"}, {SHOPS: "for"}, {}]
    assert WORTHIES in told[0].missing
    assert len(here.case(case).facts["parties"]) == 4


def test_a_party_that_is_a_unit_consents_once_whoever_of_it_speaks():
    """Two delegates of the shops are one consent: the worthies are still asked."""
    delegates = Directory(posts=(Post(SHOPS, "member:example-7"), Post(SHOPS, "member:example-8")))
    here = desk(directory=delegates)
    case = project(here, SHOPS, WORTHIES)
    here.act(case, "lay_plan", by=CHAIR, plan="One frame.")
    here.act(case, "accept", by="member:example-7")
    assert "accept" not in here.explain(case, by="member:example-8").allowed
    with pytest.raises(Refused, match="each does so once"):
        here.act(case, "accept", by="member:example-8")
    with pytest.raises(Refused):
        here.act(case, "decide", by=CHAIR)
    here.act(case, "accept", by=WORTHIES)
    assert rounds(here, case)[-1].consents == (SHOPS, WORTHIES)
    assert here.act(case, "decide", by=CHAIR).state == "decided"


def test_nobody_consents_before_there_are_words():
    """To agree is to agree to something."""
    here = desk()
    case = project(here, SHOPS, WORTHIES)
    with pytest.raises(Refused):
        here.act(case, "accept", by=SHOPS)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["plan", SHOPS, WORTHIES, "partner/owners"]), max_size=12))
def test_only_what_every_party_has_accepted_since_the_last_plan_is_decided(words):
    """Whatever they say in whatever order: `decide` is open exactly when all have consented to the present plan."""
    here = desk()
    parties = {SHOPS, WORTHIES, "partner/owners"}
    case = project(here, *sorted(parties))
    plans, accepted = 0, set()
    for word in words:
        if word == "plan":
            here.act(case, "lay_plan", by=CHAIR, plan="A plan.")
            plans, accepted = plans + 1, set()
        elif plans and word not in accepted:
            here.act(case, "accept", by=word)
            accepted.add(word)
        else:
            with pytest.raises(Refused):
                here.act(case, "accept", by=word)
        assert ("decide" in here.explain(case).allowed) == (accepted == parties)
        assert set(rounds(here, case)[-1].missing) == parties - accepted


def test_who_sits_at_the_table_is_checked_when_the_definition_is_read():
    """A party that is no unit, one named twice, a quorum beyond all: each is told."""
    meeting = {"level": "committee", "weekday": "fri", "time": "15:00", "quorum": 4}
    parties = ["partner/shops", "partner/shops", "partner/shosp"]
    with pytest.raises(DefinitionError) as told:
        changed(beida(), {"organization.conferences": [{**meeting, "parties": parties}]})
    text = str(told.value)
    assert all(word in text for word in ("named 2 times", "did you mean", "4 must be there and 3 are named"))


def test_where_nobody_holds_a_conference_there_is_no_agenda():
    """A level above which none sits says so."""
    here = gf.Desk(changed(beida(), {"organization.conferences": []}))
    with pytest.raises(Refused, match="no unit at or above"):
        agenda(here, "branch/3", 0)
