"""The desk as it stood: every earlier moment can be read back, and what was known of it then."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from govflow.calendar import DAY, HOUR
from govflow.errors import UnknownName
from tests.casework.scenes import START, desk_on, later
from tests.casework.village import CARE, DOOR, HOUSEHOLD, REPORTER, STRANGER, village


def request(desk, **more):
    """Open a request."""
    return desk.open("request", **{"by": REPORTER, "unit": "door/1-1", "channel": "doorstep", **more})


@settings(max_examples=60)
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 90)), max_size=12))
def test_every_earlier_moment_is_as_it_was_seen_then(steps):
    """What was read at a moment with nothing pending is what is read as of that moment ever after."""
    desk = desk_on(community=village())
    cases, seen = [], []
    for what, hours in steps:
        later(desk, hours * HOUR + 1)
        desk.advance()
        if what == 0 or not cases:
            cases.append(request(desk))
        else:
            case = desk.case(cases[what % len(cases)])
            by = REPORTER if case.state == "asked" else f"{case.unit}#1"
            allowed = [name for name in desk.explain(case, by=by).allowed if name in ("answer", "escalate", "dispute")]
            if allowed:
                desk.act(case, allowed[0], by=by)
        seen.append((desk.clock(), [desk.case(case) for case in sorted(case.id for case in cases)]))
    for at, then in seen:
        for past in (desk.as_of(at), desk.as_of(at, known_by=at)):
            assert past.find() == tuple(then)
            assert [past.case(case.id) for case in then] == then
            assert sum(past.states().values()) == len(then)


def test_a_deadline_noticed_late_took_effect_in_time_but_was_not_known(make_desk):
    """As of an instant a late deadline has fired; as far as was known by then it has not."""
    desk = make_desk(village())
    case = request(desk)
    later(desk, 5 * DAY)
    desk.advance()
    between = START + 4 * DAY
    assert desk.as_of(between).case(case).unit == "block/1"
    assert desk.as_of(between, known_by=between).case(case).unit == "door/1-1"
    assert desk.as_of(between, known_by=desk.clock()).states() == {("request", "received"): 1}
    assert [event.kind for event in desk.as_of(between).history(case)] == ["open", "escalate"]


def test_before_it_was_opened_there_is_no_case(make_desk):
    """A case that was not there yet is unknown, and in no list."""
    desk = make_desk(village())
    before = desk.clock()
    later(desk)
    case = request(desk)
    past = desk.as_of(before)
    assert (past.find(), past.states(), past.history(case)) == ((), {}, ())
    with pytest.raises(UnknownName, match="unknown case 'request-1'"):
        past.case(case)


def test_the_past_is_searched_by_the_facts_of_then(make_desk):
    """A case that is closed now was open then, in another state at another unit."""
    desk = make_desk(village())
    case = request(desk)
    then = later(desk)
    desk.act(desk.act(case, "answer", by=DOOR), "confirm", by=REPORTER)
    past = desk.as_of(then - 1)
    assert [one.state for one in past.find(open=True, state="received", unit=["door/1-1", "block/1"])] == ["received"]
    assert past.find(open=False) == ()
    assert past.states(open=True) == {("request", "received"): 1}
    assert desk.as_of(desk.clock()).find(open=False)[0].state == "closed"


def test_the_clock_that_went_back_breaks_no_fold(make_desk):
    """Where the clock was set back, what is known by an instant is what had been written before anything later."""
    desk = make_desk(village())
    case = request(desk)
    later(desk, DAY)
    desk.act(case, "start", by=DOOR)
    desk.clock.at -= DAY // 2
    desk.act(case, "answer", by=DOOR)
    assert desk.as_of(START + 2 * DAY, known_by=START + 3 * DAY // 4).case(case).state == "received"
    assert desk.as_of(START + 2 * DAY).case(case).state == "asked"


def test_a_look_behind_a_deadline_hides_it_from_no_past(make_desk):
    """A look comes before a deadline that is noticed after it, and the deadline still took effect at its instant."""
    desk = make_desk(village())
    case = desk.open("call", by=DOOR, household=HOUSEHOLD, channel="doorstep")
    due = desk.due(case)[0].due
    desk.clock.at = due + HOUR
    desk.case(case, by=CARE)
    desk.advance()
    kinds = [event.kind for event in desk.as_of(due + 1).history(case)]
    assert kinds == ["open", "overdue"]


def test_who_may_not_see_a_case_sees_none_of_its_past(make_desk):
    """The past of a case is as hidden as the case."""
    desk = make_desk(village())
    case = request(desk)
    past = desk.as_of(desk.clock(), by=STRANGER)
    assert (past.find(), past.states()) == ((), {})
    with pytest.raises(UnknownName):
        past.case(case)
