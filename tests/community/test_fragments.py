"""The bundled lifecycles: each stands in any scheme, reaches all of its states, and keeps the promises of its head."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from types import SimpleNamespace

import pytest

import govflow as gf
from govflow.lifecycle import check, machine

FRAGMENTS = {
    path.name.removesuffix(".toml"): tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(files("govflow").joinpath("fragments").iterdir(), key=lambda path: path.name)
}
SCHEMES = {4: ("committee", "branch", "group", "host"), 3: ("street", "community", "grid")}

every_fragment = pytest.mark.parametrize("name", FRAGMENTS)
every_scheme = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=map(str, SCHEMES))


def scheme_of(levels, name, rate=0.5):
    """Return a small definition with these levels, which takes one fragment and gives it arrivals."""
    patterns = {level: {"each": 2, "handlers": 1} for level in levels[1:]}
    patterns[levels[-1]]["households"] = 40
    return {
        "format": 1,
        "name": "made",
        "use": [name],
        "levels": {level: {"calendar": "office"} for level in levels},
        "organization": {
            "top": "top",
            "patterns": {levels[0]: {"handlers": 2}, **patterns},
            "departments": {"works": {}},
            "conferences": [{"level": levels[0], "weekday": "thu", "time": "15:00"}],
        },
        "calendars": {"office": {"hours": {"mon-fri": "08:30-12:00 14:00-17:30"}}},
        "categories": {"parking": {}},
        "channels": {"doorstep": {}, "telephone": {}},
        "intake": {name: {"doorstep": levels[-1], "telephone": levels[0]}},
        "assumptions": {
            "arrivals": {
                name: {"parking": {"per_household_year": rate, "channels": {"doorstep": 0.9, "telephone": 0.1}}}
            }
        },
    }


@every_scheme
@every_fragment
def test_a_fragment_stands_in_any_scheme(name, scheme):
    """With four levels and with three: it loads, nothing is wrong with it, every state is reached, work is bearable."""
    report = gf.verify(gf.load(scheme_of(scheme, name)))
    assert [finding for finding in report.findings if finding.code != "absent"] == []


@every_fragment
def test_a_fragment_can_be_simulated(name):
    """Given arrivals, cases come and most of them end; what stands for years may stay open."""
    community = gf.load(scheme_of(SCHEMES[3], name, rate=2.0))
    study = gf.simulate(community, days=200, drain=1000, replications=1, seed=3)
    group = study.summary().lifecycles[name]
    assert group.opened > 100
    assert group.open == 0 or name in ("pairing", "check_in")
    assert group.closed > 0.7 * group.opened


@every_fragment
def test_a_fragment_makes_a_machine(name):
    """An application that keeps its own model can take the lifecycle alone."""
    cycle = gf.load(scheme_of(SCHEMES[4], name)).lifecycles[name]
    assert check(cycle) == []
    built = machine(cycle, SimpleNamespace(state=None, counters={}), facts=lambda _: {})
    assert set(built.states) == set(cycle.states)


@every_fragment
def test_a_fragment_names_no_level(name):
    """Limits are by `default` or by `department`, no guard and no behaviour speaks of a level."""
    for cycle in FRAGMENTS[name]["lifecycle"].values():
        limits = {key for deadline in cycle.get("deadlines", {}).values() for key in deadline["limit"]}
        assert limits <= {"default", "department", "field", "at_most", "simulated", "through"}
        ways = [way for one in cycle["transitions"].values() for way in (one if isinstance(one, list) else [one])]
        assert not [way for way in ways if "level" in way.get("when", "")]
    assert not [state for states in FRAGMENTS[name]["assumptions"]["behaviour"].values() for state in states.values()
                if "at" in state]  # fmt: skip


def test_a_visit_can_keep_nothing_that_must_not_be_kept():
    """Its fields are a closed list: no free remark, nothing of rule C6's list, and a refusal asks for no reason."""
    visit = gf.load(scheme_of(SCHEMES[4], "visit")).lifecycles["visit"]
    assert set(visit.fields) == {"visit_on", "visitor", "people", "housing", "moved_in", "contact", "call_again"}
    assert visit.restricted
    assert visit.retention is not None
    (refusal,) = visit.ways("not_wished")
    assert refusal.needs == refusal.takes == ()
    texts = {way.trigger for way in visit.transitions if "text" in (*way.needs, *way.takes)}
    assert texts == {"file_grievance", "file_wish"}


def test_what_a_visit_finds_becomes_a_case():
    """Grievance and wish come with the visit, whoever takes it."""
    community = gf.load(scheme_of(SCHEMES[4], "visit"))
    raised = {way.raises for way in community.lifecycles["visit"].transitions if way.raises}
    assert raised == {"grievance", "wish"} <= set(community.lifecycles)


def test_a_hard_grievance_becomes_a_project_and_comes_back():
    """With the project comes the transition that makes one, and the grievance follows it to its close."""
    grievance = gf.load(scheme_of(SCHEMES[4], "project")).lifecycles["grievance"]
    (make,), (revive,) = grievance.ways("make_project"), grievance.ways("revive")
    assert (make.source, make.raises) == (("shelved",), "project")
    assert (revive.source, revive.follows) == (("shelved",), "children")
    assert gf.load(scheme_of(SCHEMES[4], "grievance")).lifecycles["grievance"].ways("make_project") == ()


@pytest.mark.parametrize(("name", "trigger"), [("claim", "claim"), ("market", "claim_booth")])
def test_nothing_is_claimed_beyond_its_places(name, trigger):
    """One guard over two counters of one case; a place that is given back opens one more claim."""
    cycle = gf.load(scheme_of(SCHEMES[4], name)).lifecycles[name]
    case = SimpleNamespace(state="on_board" if name == "claim" else "invited", counters={"places": 3})
    events = machine(cycle).events
    assert [events[trigger].trigger(case) for _ in range(5)] == [True, True, True, False, False]
    assert events["give_back"].trigger(case)
    assert [events[trigger].trigger(case) for _ in range(2)] == [True, False]


def test_a_wish_has_one_place():
    """Claiming takes it off the board; given back or not fulfilled in time, it hangs there again."""
    cycle = gf.load(scheme_of(SCHEMES[4], "wish")).lifecycles["wish"]
    case = SimpleNamespace(state="on_board", counters={})
    events = machine(cycle).events
    assert events["claim"].trigger(case)
    assert case.state == "claimed"
    assert [way.trigger for way in cycle.transitions if way.target == "claimed"] == ["claim", "not_yet"]
    assert {way.trigger for way in cycle.transitions if way.target == "on_board"} == {"hang", "give_back", "lapse"}


def test_money_is_counted_as_it_is_said():
    """What is pledged and what is received are two sums; a pledge is open as long as something is missing."""
    cycle = gf.load(scheme_of(SCHEMES[4], "claim")).lifecycles["claim"]
    case = SimpleNamespace(state="on_board", counters={"needed": 10_000})
    events = machine(cycle).events
    assert events["pledge"].trigger(case, fields={"amount": 6_000})
    assert events["pledge"].trigger(case, fields={"amount": 4_000})
    assert not events["pledge"].trigger(case, fields={"amount": 1})
    assert events["receive"].trigger(case, fields={"amount": 6_000})
    assert (case.counters["pledged"], case.counters["received"]) == (10_000, 6_000)


@pytest.mark.parametrize(
    ("name", "state", "word", "new_words", "closes"),
    [
        ("mediation", "meeting", "consent", "propose", "agree"),
        ("project", "negotiating", "accept", "lay_plan", "decide"),
    ],
)
def test_nothing_is_agreed_before_every_party_has_consented_to_the_same_words(name, state, word, new_words, closes):
    """New words ask everybody anew."""
    cycle = gf.load(scheme_of(SCHEMES[4], name)).lifecycles[name]
    case = SimpleNamespace(state=state, counters={"parties": 2})
    events = machine(cycle).events
    assert all(way.once for way in cycle.ways(word))
    events[word].trigger(case)
    assert not events[closes].trigger(case)
    events[new_words].trigger(case)
    events[word].trigger(case)
    assert not events[closes].trigger(case)
    events[word].trigger(case)
    assert events[closes].trigger(case)


def test_an_honour_is_given_to_nobody_who_has_not_accepted_it():
    """Silence declines it, and who has it can lay it down."""
    cycle = gf.load(scheme_of(SCHEMES[4], "evaluation")).lifecycles["evaluation"]
    into = [way for way in cycle.transitions if way.target == "honoured"]
    assert [(way.trigger, way.by) for way in into] == [("accept_honour", ("subject",))]
    assert "subject" in cycle.ways("lay_down")[0].by
    assert cycle.deadlines["opt_in"].fires == "decline_honour"
    assert not any({"reporter", "anyone"} & set(way.by) for way in cycle.transitions)


def test_a_project_closes_after_its_parts():
    """A part is a project of its own; the whole closes when none is open."""
    cycle = gf.load(scheme_of(SCHEMES[4], "project")).lifecycles["project"]
    (close,), (divide,) = cycle.ways("close"), cycle.ways("divide")
    assert (close.when, close.follows, divide.raises) == ("children_open == 0", "children", "project")
