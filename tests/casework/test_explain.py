"""What can happen next, who may do it, and why not the rest: told as the desk would decide it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from govflow.casework import Act, Directory, StandIn
from govflow.casework.acting import act
from govflow.casework.draft import Draft
from govflow.casework.visibility import may_see
from govflow.errors import Refused, UnknownName
from tests.casework.scenes import desk_on, later
from tests.casework.village import (
    ABOUT,
    ACTORS,
    BLOCK,
    DOOR,
    LOOSE,
    NEXT_DOOR,
    OFFICE,
    POLICE,
    REPORTER,
    SECRETARY,
    STRANGER,
    SUBSTITUTE,
    village,
)

SAID = {"handler": NEXT_DOOR, "with": LOOSE}
"""What the lifecycles of the village ask for."""


def request(desk, **more):
    """Open a request."""
    return desk.open("request", **{"by": REPORTER, "unit": "door/1-1", "channel": "doorstep", **more})


def opened(desk, lifecycle):
    """Open a case of a lifecycle, complained of nobody, concerning nobody."""
    return desk.open(lifecycle, by=REPORTER, unit="door/1-1", category="noise", channel="doorstep")


def fire(desk, case, choice, by):
    """Fire a trigger with what it needs."""
    return desk.act(case, choice.trigger, by=by, **{name: SAID[name] for name in choice.needs})


def tried(desk, case, choice, by):
    """Decide a command without writing it, and return how it is refused, None where it is not."""
    fields = {name: SAID[name] for name in choice.needs}
    draft = Draft(desk.office.fresh, desk.clock())
    try:
        act(draft, Act(case.id, choice.trigger, by, fields=fields), desk.office.opened)
    except Refused as error:
        return error
    return None


@settings(max_examples=100)
@given(data=st.data())
def test_what_is_told_is_what_the_desk_decides(data):
    """On a random way through a lifecycle, of each actor and trigger: told as theirs exactly if it is accepted."""
    desk = desk_on(community=village())
    case = opened(desk, data.draw(st.sampled_from(["request", "wish", "call"])))
    for _ in range(data.draw(st.integers(0, 5))):
        actor = data.draw(st.sampled_from(ACTORS))
        work = desk.office.fresh(case.id)
        if may_see(work.edition, work.facts, work.edition.roster.actor(actor), desk.clock()):
            told = desk.explain(case, by=actor)
            mine = [choice for choice in told.choices if choice.mine and tried(desk, case, choice, actor) is None]
            if mine:
                later(desk)
                case = fire(desk, case, data.draw(st.sampled_from(mine)), actor)
    work = desk.office.fresh(case.id)
    for actor in ACTORS:
        if not may_see(work.edition, work.facts, work.edition.roster.actor(actor), desk.clock()):
            continue
        explained = desk.explain(case, by=actor)
        for choice in explained.choices:
            refused = tried(desk, case, choice, actor)
            if choice.needs and refused is not None and refused.rule.endswith("is one of the helpers already"):
                continue  # whom they would name is not known yet
            assert choice.mine == (refused is None), (actor, choice, refused)
            assert bool(choice.why) == (refused is not None)
            if refused is not None and refused.allowed:
                assert refused.allowed == explained.allowed


def test_without_an_actor_it_is_told_who_could(make_desk):
    """Nobody in particular asks: what is open at all, with whom it is open to, what it needs and where it leads."""
    desk = make_desk(village())
    told = desk.explain(desk.act(request(desk), "start", by=DOOR))
    choices = {choice.trigger: choice for choice in told.choices}
    assert (told.state, told.unit, told.version) == ("handling", "door/1-1", 2)
    assert {choice.mine for choice in told.choices} == {None}
    assert told.allowed == ("answer", "escalate", "convene", "ask_help", "regrade")
    assert choices["ask_help"].needs == ("handler",)
    assert (choices["answer"].to, choices["answer"].who) == ("asked", ("handler@here (door/1-1#1)",))
    assert choices["ask_help"].to is None


REASONS = {
    "start": "request-1: cannot 'start' from 'handling' at door/1-1: it is open in received",
    "hand_down": "request-1: cannot 'hand_down' from 'handling' at door/1-1: "
    "the way home does not lead down from door/1-1",
    "refer": "request-1: cannot 'refer' from 'handling' at door/1-1: no department takes such a case from door/1-1",
    "close": "request-1: nobody fires 'close': the deadline 'silence' does",
}


@pytest.mark.parametrize("trigger", REASONS)
def test_why_not_is_told_as_subject_fact_and_rule(make_desk, trigger):
    """Another state, nowhere to go, only a deadline: each in words."""
    desk = make_desk(village())
    told = desk.explain(desk.act(request(desk), "start", by=DOOR))
    assert told.why_not(trigger) == REASONS[trigger]


def test_a_condition_is_told_with_what_it_asks_about(make_desk):
    """A guard that does not hold is shown as it is written, and how the case stands to it."""
    desk = make_desk(village())
    case = request(desk)
    for _ in range(2):
        desk.act(case, "answer", by=DOOR)
        desk.act(case, "dispute", by=REPORTER)
    desk.act(case, "answer", by=DOOR)
    why = desk.explain(case).why_not("dispute")
    assert why.endswith("the definition asks for: again < 2; here again is 2")


def test_away_and_closed_are_told(make_desk):
    """A case that is away comes back first; a closed one stays closed."""
    desk = make_desk(village())
    case = desk.act(desk.act(request(desk, category="noise"), "start", by=DOOR), "refer", by=DOOR)
    assert desk.explain(case, by=POLICE).allowed == ("report_back",)
    desk.act(case, "report_back", by=POLICE)
    assert "the case is not away" not in desk.explain(case).why_not("report_back")
    desk.act(case, "answer", by=DOOR)
    desk.act(case, "confirm", by=REPORTER)
    told = desk.explain(case)
    assert told.allowed == ()
    assert told.why_not("start").endswith("the case is closed")


def test_of_the_right_it_is_told_whose_it_is(make_desk):
    """Who may not is told who could; a stand-in, for whom to say that they act."""
    away = Directory(stand_ins=(StandIn(SECRETARY, SUBSTITUTE),))
    desk = make_desk(village(), directory=away)
    case = desk.act(request(desk), "escalate", by=DOOR)
    why = desk.explain(case, by=DOOR).why_not("start")
    assert why == (
        "request-1: door/1-1#1 cannot 'start' at block/1: only handler@here may; "
        "who could: handler@here (member:example-1)"
    )
    told = desk.explain(case, by=SUBSTITUTE)
    assert told.why_not("start").endswith("say behalf='member:example-1': they stand in")
    assert desk.act(case, "start", by=SUBSTITUTE, behalf=SECRETARY).state == "handling"


def test_nobody_explains_the_work_they_judge_as_their_own(make_desk):
    """Who resolved a case does not speak for its reporter; who withdrew has no choice left."""
    desk = make_desk(village())
    case = desk.act(request(desk, by=DOOR), "answer", by=DOOR)
    assert "confirm" not in desk.explain(case, by=DOOR).allowed
    other = request(desk, about=ABOUT)
    assert desk.explain(other, by=OFFICE).allowed == ()
    assert desk.explain(other, by=BLOCK).allowed == ()


def test_deadlines_that_have_passed_are_told_as_pending(make_desk):
    """Whatever is decided next is decided after them."""
    desk = make_desk(village())
    case = request(desk)
    assert desk.explain(case).pending == ()
    later(desk, 3 * 86_400_000_000)
    assert desk.explain(case).pending == ("answer_by",)
    assert desk.case(case).version == 1, "telling fires nothing"


def test_a_stranger_is_told_of_no_case(make_desk):
    """Who may not see a case is not told why they may not act on it either."""
    desk = make_desk(village())
    with pytest.raises(LookupError, match="unknown case"):
        desk.explain(request(desk), by=STRANGER)


def test_where_nobody_is_left_that_is_told(make_desk):
    """At the top all have withdrawn: what is open is open to nobody, and the explanation says so, and what to do."""
    desk = make_desk()
    case = desk.open("grievance", by="resident:example-1", category="parking", channel="walk_in")
    assert desk.explain(case).why_not("accept") == ""
    for number in range(1, 9):
        desk.recuse(case, by=f"committee/beida#{number}")
    told = desk.explain(case)
    assert "nobody is left to 'accept' at committee/beida" in told.why_not("accept")
    assert "give somebody else such a post" in told.why_not("accept")
    assert told.why_not("urge") == ""


def test_of_what_is_no_trigger_the_nearest_is_told(make_desk):
    """A slip of the pen is an unknown name, as everywhere."""
    desk = make_desk(village())
    told = desk.explain(request(desk))
    with pytest.raises(UnknownName, match="did you mean 'answer'"):
        told.why_not("anwser")
