"""One grievance in Beida, by hand: instants, units and clocks as a person with the definition in hand would find them.

2026-01-05 is a Monday. The host's and the group's calendar is 19:00 to 21:00 on weekdays and 9:00 to 11:00 at
weekends, the committee's 8:30 to 12:00 and 14:30 to 17:30; a severity of 3 leaves every limit as it is.
"""

from __future__ import annotations

import pytest
from attrs import define

from govflow.calendar import DAY, parse_instant
from govflow.program import Position, destination, due, enabled, expire, open_position, step
from govflow.program.columns import NONE
from tests.program.everything import beida


@define
class Case:
    """A case of the bundled grievance, moved by names and wall clocks."""

    position: Position

    def at(self, unit, state, away=0):
        """Say whether the case is at a unit, in a state, so many places away."""
        here = beida().community.organization.ids[self.position.unit], beida().names.states[self.position.state][1]
        return (*here, len(self.position.stack)) == (unit, state, away)

    def take(self, when, *triggers, severity=None):
        """Take triggers one after another at an instant of Shanghai."""
        for trigger in triggers:
            ways = [i for i, (_, way) in enumerate(beida().names.transitions) if way.trigger == trigger]
            way = next(way for way in ways if destination(beida(), self.position, way) != NONE)
            self.position = step(beida(), self.position, way, at=instant(when), severity=severity)
        return self

    def due(self, name):
        """Return when a deadline falls due, None where it stands still."""
        found = [at for at, index in due(beida(), self.position) if beida().names.clocks[index][1].name == name]
        return found[0] if found else None

    def expire(self, name):
        """Let the next deadline expire, which must be this one; return the trigger it fired or None."""
        at, index = due(beida(), self.position)[0]
        assert beida().names.clocks[index][1].name == name
        transition, self.position = expire(beida(), self.position, index, at=at)
        return None if transition == NONE else beida().names.transitions[transition][1].trigger

    def open_triggers(self):
        """Return the triggers that are open."""
        return {beida().names.transitions[way][1].trigger for way in enabled(beida(), self.position)}


def instant(text):
    """Return an instant of January 2026 in Shanghai, ``05 19:30``."""
    return parse_instant(f"2026-01-{text.replace(' ', 'T')}", "Asia/Shanghai")


def opened(when, unit="host/1-1-1", home="host/1-1-1", category="parking", severity=3):
    """Open a grievance."""
    names, index = beida().names, beida().community.organization.index
    position = open_position(
        beida(),
        names.lifecycles.index("grievance"),
        index(unit),
        index(home),
        category=names.categories.index(category),
        channel=names.channels.index("doorstep"),
        severity=severity,
        at=instant(when),
    )
    return Case(position)


def test_the_first_answer_is_due_after_four_evening_hours():
    """Opened on Monday morning at a host: two hours on Monday, two on Tuesday."""
    case = opened("05 09:00")
    assert case.at("host/1-1-1", "received")
    assert case.due("respond") == instant("06 21:00")
    assert case.due("settle_case") == instant("05 09:00") + 30 * 86_400_000_000
    assert case.due("handle") is None


def test_a_case_nobody_handles_climbs_to_the_top_level_by_level():
    """Six evening hours at the host, eight at the group, four days of three hours at the branch, five at the top."""
    case = opened("05 09:00").take("05 20:00", "screen", "accept")
    assert case.due("respond") is None
    assert case.due("handle") == instant("08 20:00")
    assert case.expire("handle") == "escalate"
    assert case.at("group/1-1", "assigned")
    assert case.due("handle") == instant("12 20:00")
    assert case.expire("handle") == "escalate"
    assert case.at("branch/1", "assigned")
    assert case.due("handle") == instant("16 17:30")
    assert case.expire("handle") == "escalate"
    assert case.at("committee/beida", "assigned")
    assert case.due("handle") == instant("23 17:30")
    assert case.expire("handle") is None
    assert case.at("committee/beida", "assigned")


def test_a_handler_at_work_is_not_interrupted():
    """The host has begun: at the deadline the case is overdue and stays in the handler's hands."""
    case = opened("05 09:00").take("05 20:00", "screen", "accept").take("08 19:30", "start")
    assert case.expire("handle") is None
    assert case.at("host/1-1-1", "handling")
    assert case.due("handle") is None


def test_a_referral_stops_the_level_and_starts_the_department():
    """Half an evening used at the host; away at city management, whose three clocks run; back, the rest goes on."""
    case = opened("05 19:00").take("05 19:00", "screen", "accept", "start").take("05 20:00", "refer")
    assert case.at("department/city_management", "referred", away=1)
    assert case.due("handle") is None
    assert case.due("sign") == instant("06 17:30")
    assert case.due("contact") == instant("07 17:30")
    assert case.due("settle") == instant("12 17:30")
    case.take("06 10:00", "sign")
    assert case.due("sign") is None
    assert case.due("contact") == instant("07 17:30")
    case.take("07 10:00", "report_back")
    assert case.at("host/1-1-1", "assigned")
    assert case.due("settle") is None
    assert case.due("handle") == instant("09 20:00")


def test_away_a_case_can_only_stay_and_come_back():
    """At the department nothing goes up or down."""
    case = opened("05 19:00").take("05 19:00", "screen", "accept", "start", "refer")
    anywhere = {"note", "help_given", "join_petition", "leave_petition", "urge", "withdraw"}
    assert case.open_triggers() == anywhere | {"sign", "report_back", "decline", "no_answer"}


def test_a_department_that_declines_needs_the_senders_consent():
    """It stays at the department until the sender consents, insists (twice at most), or says nothing for a day."""
    case = opened("05 19:00").take("05 19:00", "screen", "accept", "start", "refer").take("06 10:00", "decline")
    assert case.at("department/city_management", "declined", away=1)
    assert case.due("objection") == instant("07 10:00")
    assert case.due("settle") is None
    case.take("06 11:00", "insist", "decline", "insist", "decline")
    assert "insist" not in case.open_triggers()
    assert case.expire("objection") == "consent_by_silence"
    assert case.at("host/1-1-1", "assigned")


def test_a_case_handed_down_comes_up_again_with_consent_only():
    """The host says it is not its matter; the group above insists, then consents."""
    case = opened("05 19:00").take("05 19:00", "screen", "accept", "escalate")
    assert "send_back" not in case.open_triggers()
    case.take("05 19:30", "hand_down", "send_back", "insist")
    assert case.at("host/1-1-1", "assigned")
    case.take("05 20:00", "send_back", "consent")
    assert case.at("group/1-1", "assigned")


def test_an_appeal_climbs_two_rungs_of_thirty_days_each():
    """Rejected at the host, looked at again by the group, then by the branch; after that it is over."""
    case = opened("05 19:00").take("05 19:00", "screen", "reject")
    assert case.due("appeal_window") == instant("05 19:00") + 30 * DAY
    case.take("06 19:00", "appeal")
    assert case.at("group/1-1", "review")
    assert case.due("decide_appeal") == instant("06 19:00") + 30 * DAY
    case.take("06 20:00", "examine", "uphold")
    assert case.due("appeal_window") == instant("06 20:00") + 30 * DAY
    case.take("07 20:00", "appeal_again")
    assert case.at("branch/1", "recheck")
    assert case.due("decide_second_appeal") == instant("07 20:00") + 30 * DAY
    case.take("08 10:00", "examine_again", "uphold_for_good")
    assert case.at("branch/1", "closed")


def test_an_answer_can_be_appealed_like_a_rejection():
    """What is overturned is handled by whoever overturned it."""
    case = opened("05 19:00").take("05 19:00", "screen", "accept", "start", "resolve", "appeal_answer", "examine")
    assert case.at("group/1-1", "reviewing")
    assert case.take("05 20:00", "overturn").at("group/1-1", "assigned")


def test_the_second_dispute_goes_one_level_up():
    """The first dispute goes back to the unit that resolved it, the second to its superior."""
    case = opened("05 19:00").take("05 19:00", "screen", "accept", "start", "resolve", "dispute")
    assert case.at("host/1-1-1", "assigned")
    case.take("05 19:00", "start", "resolve", "dispute")
    assert case.at("group/1-1", "assigned")


def test_silence_closes_after_seven_days_on_the_wall():
    """Asked on Monday evening; nothing said; closed a week later at the same hour."""
    case = opened("05 19:00").take("05 19:00", "screen", "accept", "start").take("05 20:30", "resolve")
    assert case.due("silence") == instant("12 20:30")
    assert case.expire("silence") == "silent_close"
    assert case.at("host/1-1-1", "closed")
    assert case.open_triggers() == set()


@pytest.mark.parametrize(("severity", "when"), [(1, "05 20:00"), (2, "05 21:00"), (3, "06 21:00"), (4, "06 21:00")])
def test_an_urgent_case_has_a_quarter_of_the_time(severity, when):
    """Four evening hours to answer: one for severity 1, two for severity 2."""
    assert opened("05 09:00", severity=severity).due("respond") == instant(when)


def test_a_case_about_lanes_comes_before_the_conference_of_the_committee():
    """From the branch the nearest joint conference is the committee's; an agreement brings the case back."""
    case = opened("05 15:00", unit="branch/1", category="lane_renovation")
    case.take("05 15:00", "screen", "accept", "start", "convene")
    assert case.at("committee/beida", "convened", away=1)
    assert "escalate" not in case.open_triggers()
    assert case.take("05 15:00", "agree").at("branch/1", "assigned")
