"""Who is who, as an application tells it: posts mean who holds them, and what nobody knows is told at once."""

from __future__ import annotations

import pytest

from govflow.calendar import DAY
from govflow.casework import Directory, StandIn
from govflow.community import changed
from govflow.errors import Refused, UnknownName, UsageError
from govflow.organization import Post
from tests.casework.scenes import BERT, HANDLER, HOST, OFFICER, PARKING, beida, desk_on, grievance, later

HOLDER, OTHER, SUBSTITUTE = "member:example-5", "member:example-6", "member:example-7"
HELD = (Post(HOST, HOLDER), Post(HOST, OTHER))


@pytest.mark.parametrize("absent", [HANDLER, HOLDER])
@pytest.mark.parametrize("behalf", [HANDLER, HOLDER])
def test_whoever_stands_in_for_a_post_stands_in_for_who_holds_it(absent, behalf):
    """It makes no difference whether the directory or the command names the post or the person."""
    away = Directory(posts=HELD, stand_ins=(StandIn(absent, SUBSTITUTE),))
    desk = desk_on(directory=away)
    case = desk.act(grievance(desk), "accept", by=SUBSTITUTE, behalf=behalf)
    event = desk.history(case)[-1]
    assert (event.by, event.post) == (SUBSTITUTE, HANDLER)
    assert desk.act(case, "start", by=SUBSTITUTE, behalf=behalf).facts["handler"] == HOLDER
    with pytest.raises(Refused, match="cannot act for"):
        desk.act(case, "resolve", by=SUBSTITUTE, behalf=OTHER)


def test_a_post_can_stand_in():
    """Whoever holds the substitute's post may act for the absent, and see what they see."""
    away = Directory(posts=HELD, stand_ins=(StandIn("branch/1#1", f"{HOST}#2"),))
    desk = desk_on(directory=away)
    case = grievance(desk, unit="branch/1")
    assert desk.act(case, "accept", by=OTHER, behalf="branch/1#1").state == "assigned"
    assert desk.case(case, by=f"{HOST}#2").state == "assigned"


def test_who_stands_in_for_a_post_does_not_judge_its_work():
    """Who resolved a case is a person: whoever stands in for their post cannot say that it is solved."""
    away = Directory(posts=HELD, stand_ins=(StandIn(HANDLER, BERT),))
    desk = desk_on(directory=away)
    case = grievance(desk, by=BERT)
    desk.act(case, "accept", by=HOLDER)
    desk.act(case, "resolve", by=HOLDER)
    with pytest.raises(Refused):
        desk.act(case, "confirm", by=BERT)


@pytest.mark.parametrize(
    ("directory", "error", "told"),
    [
        (Directory(posts=(Post("hots/1-1-1", HOLDER),)), UnknownName, "did you mean 'host/1-1-1'"),
        (
            Directory(posts=(Post(HOST, HOLDER, "hanlder"),)),
            UnknownName,
            "role of a post 'hanlder'; did you mean 'handler'",
        ),
        (Directory(posts=(Post(HOST, "member:\0"),)), UsageError, "NUL"),
        (Directory(households={"household/1-1-1-1": "hots/1-1-1"}), UnknownName, "did you mean 'host/1-1-1'"),
        (Directory(stand_ins=(StandIn("brnch/1#1", OFFICER),)), UnknownName, "did you mean 'branch/1'"),
        (Directory(stand_ins=(StandIn(OFFICER, "branch/1#99"),)), UnknownName, "unknown post 'branch/1#99'"),
        (Directory(stand_ins=(StandIn("department/polic", OFFICER),)), UnknownName, "did you mean 'department/police'"),
    ],
)
def test_what_no_definition_knows_is_refused_when_the_desk_is_made(directory, error, told):
    """A misspelled name in a directory would give nobody a right and be noticed by nobody: it is told at once."""
    with pytest.raises(error, match=told):
        desk_on(directory=directory)


def test_a_directory_may_name_what_running_cases_still_know(make_desk):
    """A unit that the newest definition has no more has its posts as long as an edition in the store knows it."""
    old = make_desk()
    gone = Directory(posts=(Post("host/1-1-12", HOLDER),))
    smaller = changed(beida(), {"organization.patterns.host.each": 11})
    case = grievance(old, unit="host/1-1-12")
    desk = desk_on(old.store, smaller, clock=old.clock, directory=gone)
    assert desk.act(case, "accept", by=HOLDER).state == "assigned"
    assert desk.act(grievance(desk), "accept", by=HANDLER).state == "assigned"
    with pytest.raises(UnknownName):
        desk_on(None, smaller, directory=gone)


def test_a_directory_may_name_what_older_cases_do_not_know(make_desk):
    """Posts at a unit that is new keep nobody from a case that runs on an older definition."""
    old = make_desk()
    case = grievance(old)
    larger = changed(beida(), {"organization.patterns.host.each": 13})
    both = Directory(posts=(Post("host/1-1-13", HOLDER),), stand_ins=(StandIn("host/1-1-13#1", SUBSTITUTE),))
    desk = desk_on(old.store, larger, clock=old.clock, directory=both)
    desk.act(case, "accept", by=HANDLER)
    later(desk, 20 * DAY)
    assert desk.advance() > 0
    assert desk.case(case, by=HANDLER).edition == case.edition
    new = desk.open("grievance", by=BERT, **{**PARKING, "unit": "host/1-1-13"})
    assert desk.act(new, "accept", by=SUBSTITUTE, behalf="host/1-1-13#1").state == "assigned"
