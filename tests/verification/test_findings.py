"""Every unsound thing, put into a small sound definition, is found: its code, its place, the way there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from govflow.community import faults, load, names
from govflow.errors import InputError, UnknownName
from govflow.verification import Finding, Report, verify
from tests.verification.made import REMOVED, small

STATES = "lifecycle.grievance.states"
WAYS = "lifecycle.grievance.transitions"
DEADLINES = "lifecycle.grievance.deadlines"
ASSUMED = "assumptions.behaviour.grievance"


def found(**changes: Any) -> list[tuple[str, str]]:
    """Return (code, place) of what is found in the changed definition."""
    return [(finding.code, finding.place) for finding in verify(small(**changes))]


def only(**changes: Any) -> Finding:
    """Return the one finding in the changed definition."""
    report = verify(small(**changes))
    assert len(report) == 1, "\n".join(map(str, report))
    return report.findings[0]


def test_the_small_definition_is_sound():
    """Nothing is found in it, so whatever a test finds is what it put in."""
    assert found() == []


@pytest.mark.parametrize("name", names())
def test_the_bundled_communities_are_sound(name):
    """They have no error and no warning; the notes say which ties between cases the simulation does not have."""
    report = verify(name)
    assert report.ok
    assert not report.warnings
    assert {note.code for note in report.notes} == {"absent"}
    assert f"{WAYS}.merge" in {note.place for note in report.notes}


# --- states and transitions ---------------------------------------------------------------------------------


def test_a_state_without_a_way_in_is_unreachable():
    """The state that nothing leads to is found with the states behind it, and nothing is said of their transitions."""
    ways = {
        "x": {"from": "nowhere", "to": "after", "by": "handler@here"},
        "y": {"from": "after", "to": "closed", "by": "handler@here"},
    }
    report = verify(
        small(lifecycle={"states": {"nowhere": {"kind": "wait"}, "after": {"kind": "wait"}}, "transitions": ways})
    )
    assert [(f.severity, f.code, f.place) for f in report] == [
        ("warning", "unreachable", f"{STATES}.after"),
        ("warning", "unreachable", f"{STATES}.nowhere"),
    ]
    assert "only from 'nowhere', where no case comes either" in report.findings[0].text
    assert "no transition leads there" in report.findings[1].text


def test_what_needs_a_department_or_a_conference_is_never_enabled_without_one():
    """The transitions, the states behind them and the deadline that runs there are found, each with the reason."""
    report = verify(small(organization={"departments": REMOVED, "conferences": REMOVED}))
    assert [(f.code, f.place) for f in report] == [
        ("idle_deadline", f"{DEADLINES}.settle"),
        ("unreachable", f"{STATES}.convened"),
        ("unreachable", f"{STATES}.referred"),
        ("never_enabled", f"{WAYS}.convene"),
        ("never_enabled", f"{WAYS}.refer"),
    ]
    assert "no joint conference is held at or above 'block' and 'office'" in report.findings[3].text
    assert (
        "no department serves 'block' and 'office', or a unit above, for 'light' and 'noise'" in report.findings[4].text
    )


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ({"from": "asked", "to": "received", "move": "back", "by": "reporter"}, "a case is never away there"),
        ({"from": "referred", "to": "received", "move": "up", "by": "department"}, "a case is always away there"),
        ({"from": "asked", "to": "closed", "when": "level == 'department'"}, "its condition (level == 'department')"),
        ({"from": "asked", "to": "closed", "when": "rounds > 0 and rounds < 1"}, "its condition"),
        ({"from": "asked", "to": "closed", "when": "entries('asked') == 0"}, "its condition"),
    ],
)
def test_a_transition_that_nothing_enables_is_found_with_its_reason(way, reason):
    """The reason is the first question that rules out every place: the stack, the move, the condition."""
    finding = only(lifecycle={"transitions": {"odd": {"by": "handler@here", **way}}})
    assert (finding.code, finding.place) == ("never_enabled", f"{WAYS}.odd")
    assert reason in finding.text


def test_a_transition_behind_one_that_is_always_open_is_never_enabled():
    """Of one trigger's ways the first enabled one fires, so the second needs a condition that the first lacks."""
    ways = [
        {"from": "asked", "to": "closed", "by": "reporter", "when": "reopened < 2"},
        {"from": "asked", "to": "received", "by": "reporter", "when": "reopened < 1"},
    ]
    finding = only(lifecycle={"transitions": {"confirm": ways}})
    assert (finding.code, finding.place) == ("never_enabled", f"{WAYS}.confirm[1]")
    assert "an earlier transition of the same trigger goes before it" in finding.text


def test_a_final_state_with_exits_is_an_error():
    """What is over is over: a transition that names a final state as its source is found."""
    finding = only(
        lifecycle={"transitions": {"reopen": {"from": ["closed", "asked"], "to": "received", "by": "reporter"}}}
    )
    assert (finding.severity, finding.code, finding.place) == ("error", "final_exits", f"{WAYS}.reopen")


# --- ends ---------------------------------------------------------------------------------------------------


def test_a_place_that_nothing_leads_on_from_is_a_dead_end():
    """A department that cannot report back: the resident's giving up is no way on."""
    finding = only(
        lifecycle={
            "transitions": {"report_back": REMOVED, "no_answer": REMOVED},
            "deadlines": {"settle": {"fires": REMOVED}},
        },
        behaviour={"referred": {"outcomes": {"withdraw": 1.0}}},
    )
    assert (finding.severity, finding.code, finding.place) == ("error", "dead_end", f"{STATES}.referred")
    assert "'referred' at 'department' (light), away from 'handling' at 'block'" in finding.text
    assert finding.path == ("open at block", "start", "refer to department")


def test_a_dead_end_on_the_stack_only_is_found():
    """While a case is away it cannot go up, so a state that leads only up is a dead end there and only there."""
    states = {"judged": {"kind": "wait"}}
    ways = {
        "judge": {"from": ["referred", "received"], "to": "judged", "by": "handler@here"},
        "send_up": {"from": "judged", "to": "received", "move": "up", "by": "handler@here", "when": "has_superior"},
        "close": {"from": "judged", "to": "closed", "by": "handler@here", "when": 'level == "office"'},
    }
    finding = only(
        lifecycle={"states": states, "transitions": ways},
        behaviour={"judged": {"time": "1d", "outcomes": {"send_up": 0.5, "close": 0.5}}},
    )
    assert (finding.code, finding.place) == ("dead_end", f"{STATES}.judged")
    assert finding.path == ("open at block", "start", "refer to department", "judge")


def test_a_dead_end_that_only_counting_shows_is_found_with_as_many_steps():
    """After two rounds both outcomes of the conference are closed: the path goes round twice."""
    finding = only(lifecycle={"transitions": {"agree": {"when": "rounds < 2"}}})
    assert (finding.code, finding.place) == ("dead_end", f"{STATES}.convened")
    assert finding.path == ("open at block", "start", "convene to office", "another_round", "another_round")


@pytest.mark.parametrize(
    ("follows", "tie", "lacking"),
    [
        ("children", {"raises": "grievance"}, "raises another case"),
        ("main", {"links": "main"}, "links a case to another"),
    ],
)
def test_a_wait_for_another_case_is_no_dead_end(follows, tie, lacking):
    """A case goes on when those it follows have closed; it waits for ever only where it can have none to follow."""
    states = {"parked": {"kind": "wait"}}
    ways = {
        "park": {"from": "handling", "to": "parked", "by": "handler@here", **tie},
        "back": {"from": "parked", "to": "received", "by": "clock", "follows": follows},
    }
    behaviour = {"parked": {"time": "1d", "outcomes": {"give_up": 1.0}}}
    ways["give_up"] = {"from": "*", "to": "closed", "by": "reporter"}
    assert {code for code, _ in found(lifecycle={"states": states, "transitions": ways}, behaviour=behaviour)} == {
        "absent"
    }
    alone = {**ways, "park": {"from": "handling", "to": "parked", "by": "handler@here"}}
    report = verify(small(lifecycle={"states": states, "transitions": alone}, behaviour=behaviour))
    assert [(one.code, one.place) for one in report] == [
        ("dead_end", f"{STATES}.parked"),
        ("never_enabled", f"{WAYS}.back"),
    ]
    assert f"no transition {lacking}" in report.findings[0].text


def test_conditions_that_leave_no_gap_are_no_dead_end():
    """What one condition excludes the other allows, so some way is always open."""
    ways = {"agree": {"when": "rounds >= 1"}, "another_round": {"when": "rounds < 1"}}
    assert found(lifecycle={"transitions": ways}) == []


def test_a_wait_that_an_uncounted_note_can_open_is_no_dead_end():
    """A transition that moves nothing but adds to a counter that a condition reads leads on."""
    ways = {
        "confirm": {"when": "reopened > 5 or rounds > 1"},
        "dispute": REMOVED,
        "silent_close": {"when": "rounds > 1"},
        "consent": {"from": "asked", "by": "subject", "add": {"rounds": 1}},
    }
    behaviour = {"asked": {"outcomes": {"confirm": 0.5, "consent": 0.5}}}
    assert found(lifecycle={"transitions": ways}, behaviour=behaviour) == []


def test_a_circle_without_a_way_out_is_a_trap():
    """The state by which cases enter is found once, with the levels, the circle and the shortest way there."""
    finding = only(
        lifecycle={
            "states": {"lost": {"kind": "wait"}, "limbo": {"kind": "wait"}},
            "transitions": {
                "lose": {"from": "handling", "to": "lost", "by": "handler@here"},
                "drift": {"from": "lost", "to": "limbo", "by": "handler@here"},
                "drift_back": {"from": "limbo", "to": "lost", "by": "handler@here"},
            },
        },
        behaviour={
            "lost": {"time": "1d", "outcomes": {"drift": 1.0}},
            "limbo": {"time": "1d", "outcomes": {"drift_back": 1.0}},
        },
    )
    assert (finding.severity, finding.code, finding.place) == ("error", "trap", f"{STATES}.lost")
    assert "it only comes to 'lost' and 'limbo'" in finding.text
    assert "at 'block' and 'office'" in finding.text
    assert finding.path == ("open at block", "start", "lose")


def test_giving_up_counts_where_it_is_the_only_end():
    """A lifecycle that ends by nothing but the reporter's word from anywhere is no trap."""
    changes = {
        "confirm": {"to": "received"},
        "silent_close": {"to": "received"},
    }
    assert ("trap", f"{STATES}.received") not in found(lifecycle={"transitions": changes})


@pytest.mark.parametrize(
    ("outcome", "level", "path"),
    [
        ("escalate", "office", ("open at office", "start")),
        ("hand_down", "block", ("open at block", "start")),
    ],
)
def test_a_simulated_case_without_an_open_outcome_is_a_dead_end(outcome, level, path):
    """People could go on, but the outcomes assumed are all closed: the simulation would stop there."""
    report = verify(small(behaviour={"handling": {"outcomes": {outcome: 1.0}}}))
    dead = [finding for finding in report if finding.code == "dead_end"]
    assert [(f.place, f.path) for f in dead] == [(f"{ASSUMED}.handling.outcomes", path)]
    assert f"'handling' at '{level}'" in dead[0].text
    assert f"'{outcome}' is closed there" in dead[0].text


def test_a_joint_conference_that_nobody_holds_is_a_dead_end():
    """A state of the conference entered without convening waits for a session that never comes."""
    ways = {
        "defer": {"from": "asked", "to": "convened", "by": "reporter"},
        "drop": {"from": "convened", "to": "closed", "by": "handler@here"},
    }
    finding = only(
        lifecycle={"transitions": ways},
        behaviour={
            "asked": {"outcomes": {"confirm": 0.9, "defer": 0.1}},
            "convened": {"outcomes": {"agree": 0.5, "drop": 0.5}},
        },
    )
    assert (finding.code, finding.place) == ("dead_end", f"{STATES}.convened")
    assert "waits for a joint conference where none is held" in finding.text
    assert finding.path == ("open at block", "start", "resolve", "defer")


def test_a_simulation_that_never_ends_a_case_is_a_warning():
    """People can close it, but no outcome that is assumed does."""
    finding = only(
        lifecycle={"deadlines": {"silence": REMOVED}, "transitions": {"silent_close": REMOVED}},
        behaviour={"asked": {"outcomes": {"dispute": 1.0}}},
    )
    assert (finding.severity, finding.code, finding.place) == ("warning", "endless", f"{ASSUMED}.received")


def test_a_wait_that_only_a_deadline_ends_needs_a_limit_at_every_level():
    """At the level without a limit a case stays for ever."""
    states = {"parked": {"kind": "wait"}}
    ways = {
        "park": {"from": "handling", "to": "parked", "by": "handler@here"},
        "unpark": {"from": "parked", "to": "received", "by": "clock"},
        "withdraw": REMOVED,
    }
    deadlines = {"review": {"scope": "entry", "runs": ["parked"], "limit": {"block": "5d"}, "fires": "unpark"}}
    finding = only(
        lifecycle={"states": states, "transitions": ways, "deadlines": deadlines},
        behaviour={"handling": {"outcomes": {"resolve": 0.5, "park": 0.5}}},
    )
    assert (finding.code, finding.place) == ("dead_end", f"{STATES}.parked")
    assert "'parked' at 'office'" in finding.text
    assert "no deadline that does has a limit" in finding.text


# --- deadlines ----------------------------------------------------------------------------------------------


def test_a_deadline_without_a_limit_where_cases_are_never_runs():
    """It has a limit at a level to which no case in its states comes."""
    finding = only(lifecycle={"deadlines": {"handle": {"limit": {"department": "1h"}}}})
    assert (finding.severity, finding.code, finding.place) == ("warning", "idle_deadline", f"{DEADLINES}.handle")
    assert "no limit at 'block' and 'office'" in finding.text


def test_a_deadline_that_never_fires_what_it_names_is_a_note():
    """It runs in work only, and lets work finish: what it names is never fired."""
    finding = only(lifecycle={"deadlines": {"handle": {"runs": ["handling"]}}})
    assert (finding.severity, finding.code, finding.place) == ("note", "silent_deadline", f"{DEADLINES}.handle")


def test_a_deadline_that_can_fire_only_at_the_top_to_go_up_is_a_note():
    """Where it runs there is no superior, so it is overdue and nothing else."""
    finding = only(lifecycle={"deadlines": {"handle": {"limit": {"office": "1d"}}}})
    assert (finding.code, finding.place) == ("silent_deadline", f"{DEADLINES}.handle")
    assert "there is no superior" in finding.text


def interrupting(limit: str) -> dict[str, Any]:
    """Return a lifecycle whose deadline interrupts work, to go up where there is a superior and round elsewhere."""
    ways = [
        {"from": "handling", "to": "received", "move": "up", "by": "clock", "when": "has_superior"},
        {"from": "handling", "to": "received", "by": "clock", "when": "not has_superior"},
    ]
    hurry = {"scope": "entry", "runs": ["handling"], "limit": {"default": limit}, "fires": "give_up"}
    return {"transitions": {"give_up": ways}, "deadlines": {"hurry": hurry}}


def test_an_interrupt_shorter_than_the_work_turns_in_a_circle_at_the_top():
    """Below, it goes up and comes to rest; at the top each round loses the work and begins it anew."""
    finding = only(lifecycle=interrupting("90m"))
    assert (finding.severity, finding.code, finding.place) == ("warning", "interrupt_loop", f"{DEADLINES}.hurry")
    assert "from 'handling' at 'office'" in finding.text
    assert "more often than not" in finding.text
    certain = only(lifecycle=interrupting("90m"), behaviour={"handling": {"time": "2h"}})
    assert "the work is never done" in certain.text


def test_an_interrupt_longer_than_the_work_is_sound():
    """With a limit above the mean, work is interrupted now and then, and done in the end."""
    assert found(lifecycle=interrupting("4h")) == []


def test_a_deadline_whose_run_is_spent_does_not_turn():
    """In scope `case` it fires once, so the same deadline is no circle."""
    lifecycle = interrupting("90m")
    lifecycle["deadlines"]["hurry"]["scope"] = "case"
    assert found(lifecycle=lifecycle) == []


def test_a_circle_in_next_to_no_time_is_an_error():
    """A tenth of a second that leads from a queue into the same queue fires for ever."""
    tick = {"scope": "entry", "runs": ["received"], "limit": {"default": "1s"}, "severity": {"2": 0.1}, "fires": "tock"}
    way = {"from": "received", "to": "received", "by": "clock"}
    finding = only(lifecycle={"deadlines": {"tick": tick}, "transitions": {"tock": way}})
    assert (finding.severity, finding.code, finding.place) == ("error", "zero_time", f"{DEADLINES}.tick")


# --- staffing -----------------------------------------------------------------------------------------------


def test_a_queue_without_handlers_is_unstaffed():
    """Nothing opens at the office, but cases go up to it and nobody takes them."""
    finding = only(organization={"patterns": {"office": {"handlers": 0}}}, intake={"grievance": {"telephone": "block"}})
    assert (finding.severity, finding.code, finding.place) == ("error", "unstaffed", f"{STATES}.received")
    assert "'office/small'" in finding.text
    assert finding.path == ("open at block", "escalate to office")


def test_unstaffed_units_are_named_five_at_most():
    """Of eight units without handlers five are named, and how many more there are."""
    changes = {"patterns": {"block": {"each": 8, "handlers": 0}}}
    finding = only(organization=changes, intake={"grievance": {"doorstep": "office"}})
    assert "'block/5' and 3 more" in finding.text
    assert finding.path == ("open at office", "start", "hand_down to block")


def test_a_queue_at_a_department_without_handlers_is_unstaffed():
    """A case can be referred into a queue: then the department needs handlers."""
    lifecycle = {
        "states": {"referred": {"kind": "queue"}, "inspecting": {"kind": "work"}},
        "transitions": {
            "inspect": {"from": "referred", "to": "inspecting", "take": True},
            "report_back": {"from": "inspecting"},
        },
    }
    behaviour = {"referred": REMOVED, "inspecting": {"time": "1h", "outcomes": {"report_back": 1.0}}}
    finding = only(lifecycle=lifecycle, behaviour=behaviour)
    assert (finding.code, finding.place) == ("unstaffed", f"{STATES}.referred")
    assert "'department/works'" in finding.text
    staffed = {"departments": {"works": {"handlers": 1}}}
    assert found(lifecycle=lifecycle, behaviour=behaviour, organization=staffed) == []


def test_more_work_than_hours_is_an_overload():
    """The finding names the units with the share of their hours; below nine tenths nothing is said."""
    arrivals = {"grievance": {"light": {"per_household_year": 450.0}}}
    report = verify(small(assumptions={"arrivals": arrivals}))
    assert [(f.severity, f.code, f.place) for f in report] == [
        ("warning", "overload", "organization.patterns.block.handlers"),
        ("warning", "overload", "organization.patterns.office.handlers"),
    ]
    assert "1 of 1 units" in report.findings[1].text
    assert "%" in report.findings[1].text


def test_no_household_is_a_note():
    """Without households nobody brings a case: the definition loads, and there is nothing to simulate."""
    finding = only(organization={"patterns": {"block": {"households": 0}}})
    assert (finding.severity, finding.code, finding.place) == ("note", "no_households", "organization")


# --- what the simulation leaves out -------------------------------------------------------------------------


def test_links_raised_cases_and_children_are_notes():
    """The desk does these, the simulation does not, and each note says where that matters."""
    ways = {
        "resolve": {"when": "children_open == 0"},
        "confirm": {"links": "main"},
        "escalate": {"raises": "grievance"},
    }
    assert found(lifecycle={"transitions": ways}) == [
        ("absent", f"{WAYS}.confirm"),
        ("absent", f"{WAYS}.escalate"),
        ("absent", f"{WAYS}.resolve"),
    ]


def test_children_that_are_open_are_no_dead_end():
    """A condition on children comes true when they close, without any transition of the case itself."""
    ways = {"agree": {"when": "children_open == 0"}, "another_round": REMOVED}
    behaviour = {"convened": {"outcomes": {"agree": 1.0}}}
    assert found(lifecycle={"transitions": ways}, behaviour=behaviour) == [("absent", f"{WAYS}.agree")]


# --- the report ---------------------------------------------------------------------------------------------


def test_a_malformed_table_comes_out_under_the_codes_of_its_faults():
    """Nothing raises: the report holds what `community.faults` lists, as errors, and says that it is malformed."""
    data = small(lifecycle={"start": "recieved", "deadlines": {"handle": {"limit": {"block": "0s"}}}})
    report = verify(data)
    assert report.malformed
    assert not report.ok
    assert {(f.code, f.place, f.text) for f in report.errors} == {(f.code, f.path, f.text) for f in faults(data)}
    assert len(report.errors) == len(report) > 1


def test_a_community_a_name_a_path_and_a_table_give_the_same_report(tmp_path):
    """The source is whatever `load` takes, or what it returns."""
    data = small(lifecycle={"transitions": {"agree": {"when": "rounds < 2"}}})
    assert verify(load(data)) == verify(data)
    path = tmp_path / "broken.toml"
    path.write_text("name =", encoding="utf-8")
    assert [finding.code for finding in verify(path)] == ["toml"]
    assert verify("beida") == verify(load("beida"))


def test_what_cannot_be_read_at_all_raises(tmp_path):
    """An unknown name tells the nearest, a missing file says so: neither is a finding."""
    with pytest.raises(UnknownName, match="did you mean 'beida'"):
        verify("beidda")
    with pytest.raises(InputError):
        verify(tmp_path / "missing.toml")


def test_a_report_is_ordered_and_plain():
    """Errors come first, then warnings, then notes, each by place; the data is JSON and tells the same."""
    report = verify(
        small(
            lifecycle={
                "states": {"nowhere": {"kind": "wait"}},
                "transitions": {
                    "agree": {"when": "rounds < 2"},
                    "away": {"from": "nowhere", "to": "closed", "by": "handler@here"},
                    "confirm": {"links": "main"},
                },
            }
        )
    )
    assert [finding.severity for finding in report] == ["error", "warning", "note"]
    assert [*report] == [*report.errors, *report.warnings, *report.notes]
    data = json.loads(json.dumps(report.to_data()))
    assert (data["community"], data["ok"], data["errors"], data["warnings"], data["notes"]) == ("small", False, 1, 1, 1)
    assert data["findings"][0]["path"] == list(report.errors[0].path)
    assert str(report.errors[0]).endswith("start > convene to office > another_round > another_round")


def test_an_empty_report_is_ok():
    """Nothing found is nothing wrong."""
    assert Report("x").ok
    assert list(Report("x")) == []
