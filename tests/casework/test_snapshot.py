"""The open cases as plain data, and a simulation that starts from them (S6)."""

from __future__ import annotations

import json
import re

import govflow as gf
from govflow.calendar import DAY, HOUR
from govflow.program import compile_program, from_facts, read_snapshot
from tests.casework.scenes import ANNA, HANDLER, START, beida, closed, grievance, later
from tests.casework.village import DOOR, HOUSEHOLD, LOOSE, OTHER_DOOR, REPORTER, SUBJECT, village


def backlog(desk):
    """Open cases in many states, one of them closed, some overdue; return the open ones."""
    cases = [grievance(desk) for _ in range(5)]
    closed(desk)
    later(desk)
    for case in cases[1:]:
        desk.act(case, "accept", by=HANDLER)
    desk.act(cases[2], "escalate", by=HANDLER, reason="needs_funds")
    desk.act(cases[3], "resolve", by=HANDLER)
    desk.act(cases[4], "refer", by=HANDLER, reason="department_duty")
    later(desk, 12 * DAY)
    return sorted(case.id for case in cases)


def test_a_snapshot_holds_every_open_case_as_it_stands(make_desk):
    """In order of id, each at the position it has; a closed case is left out; what is due is as it is."""
    desk = make_desk()
    cases = backlog(desk)
    data = desk.snapshot()
    assert {key: data[key] for key in ("format", "community", "edition", "at")} == {
        "format": 1,
        "community": "beida",
        "edition": "2020-08",
        "at": desk.clock(),
    }
    assert [entry["case"] for entry in data["cases"]] == cases
    program = compile_program(beida())
    for entry in data["cases"]:
        assert from_facts(program, entry["facts"]) == from_facts(program, desk.case(entry["case"]).facts)


def test_it_is_read_by_a_simulation_as_it_is_and_as_a_file(make_desk):
    """It survives JSON, every case is taken, and the run begins at its instant with these cases open."""
    desk = make_desk()
    cases = backlog(desk)
    data = json.loads(json.dumps(desk.snapshot()))
    snapshot = read_snapshot(compile_program(beida()), data)
    assert [(case.id, case.opened) for case in snapshot.cases] == [(case, START) for case in cases]
    study = gf.simulate(beida(), days=30, replications=2, seed=1, initial=data)
    assert study.backlog().cases == 5
    assert study.backlog().settled(30).value > 0.5, "most of a small backlog is cleared in a month"


def test_nobody_is_in_it(make_desk):
    """Not a person, not a household, not a text: nothing that a restricted case would hide either."""
    desk = make_desk(village())
    case = desk.open("call", by=DOOR, subject=SUBJECT, household=HOUSEHOLD, channel="doorstep", text="独居")
    desk.act(case, "bring", by=DOOR, **{"with": LOOSE})
    desk.open("request", by=REPORTER, household=HOUSEHOLD, channel="doorstep", about=OTHER_DOOR)
    text = json.dumps(desk.snapshot())
    assert len(desk.snapshot()["cases"]) == 2
    assert not re.findall(f"resident:|member:|household|{OTHER_DOOR}|{DOOR}|独居", text)


def test_many_cases_are_read_page_by_page(make_desk):
    """More cases than one page holds come once each, in order."""
    desk = make_desk(village())
    say = {"by": REPORTER, "unit": "door/1-1", "channel": "doorstep"}
    from govflow.casework import Open

    desk.batch(Open("request", **say) for _ in range(1003))
    cases = [entry["case"] for entry in desk.snapshot()["cases"]]
    assert cases == sorted(f"request-{n}" for n in range(1, 1004))


def test_no_event_lies_after_it_whatever_the_clock_says(make_desk):
    """Where the clock was set back, the snapshot is of the last event, so that a simulation can begin there."""
    desk = make_desk()
    case = grievance(desk, ANNA)
    desk.clock.at -= HOUR
    data = desk.snapshot()
    assert data["at"] == case.facts["opened"]
    assert read_snapshot(compile_program(beida()), data).cases[0].id == case.id
