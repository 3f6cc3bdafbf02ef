"""Everything malformed is found, each fault at its key path, several at once; what is well made has none."""

from __future__ import annotations

from inspect import Parameter, signature

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from govflow.casework import Desk
from govflow.lifecycle import Field, Lifecycle, State, Transition, check
from govflow.lifecycle.fields import AT_OPENING, IN_ACT
from tests.lifecycle.broken import ENTANGLED, SLIPS
from tests.lifecycle.example import CATEGORIES, CHANNELS, LEVELS, grievance, with_one, with_way
from tests.lifecycle.made import lifecycles

slips = st.lists(st.sampled_from(sorted(set(SLIPS) - ENTANGLED)), min_size=2, max_size=6)


def faults(cycle: Lifecycle) -> list[tuple[str, str]]:
    """Check among the example's names: pairs of path (inside the lifecycle) and code."""
    found = check(cycle, LEVELS, CATEGORIES, CHANNELS)
    assert all(fault.path.startswith("lifecycle.grievance.") and fault.text for fault in found)
    return [(fault.path.removeprefix("lifecycle.grievance."), fault.code) for fault in found]


def test_the_example_is_well_made():
    """Nothing is found where nothing is wrong, with and without the names around the lifecycle."""
    assert check(grievance(), LEVELS, CATEGORIES, CHANNELS) == []
    assert check(grievance()) == []


@given(lifecycles())
def test_a_well_made_lifecycle_has_no_faults(cycle):
    """The rules leave room for whatever `made.lifecycles` can build by them."""
    assert check(cycle, ("branch", "host")) == []


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_found_at_its_path_and_makes_no_other_fault(name):
    """What is broken is told under its own key path and code, once, and drags nothing along without a reason."""
    slip = SLIPS[name]
    found = faults(slip.change(grievance()))
    assert (slip.path, slip.code) in found if name in ENTANGLED else found == [(slip.path, slip.code)]


@given(slips)
def test_several_slips_are_all_found_at_once(names):
    """However many rows are broken, the one answer holds the fault of each, and no more."""
    by_row = {SLIPS[name].place: SLIPS[name] for name in names}
    cycle = grievance()
    for slip in by_row.values():
        cycle = slip.change(cycle)
    assert set(faults(cycle)) == {(slip.path, slip.code) for slip in by_row.values()}


@given(lifecycles(), st.data())
def test_a_dangling_end_is_found_in_any_lifecycle(cycle, data):
    """Misspell one target: that is the one unknown name, and the right spelling is told."""
    nth = data.draw(st.integers(0, len(cycle.transitions) - 1))
    way = cycle.transitions[nth]
    wrong = f"{way.target or cycle.start}x"
    ways = (*cycle.transitions[:nth], evolve(way, target=wrong), *cycle.transitions[nth + 1 :])
    (fault,) = (f for f in check(evolve(cycle, transitions=ways)) if f.code == "unknown_name")
    assert fault.path.endswith(".to")
    assert f"unknown state {wrong!r}; did you mean '{wrong[:-1]}'?" in fault.text


def test_many_faults_come_together_in_the_order_of_the_tables():
    """Golden: the whole answer to a definition with a slip in every table."""
    cycle = grievance()
    for name in ("an unknown fact", "no limit", "start unknown", "a time until nothing", "to an unknown state"):
        cycle = SLIPS[name].change(cycle)
    assert [path for path, _ in faults(cycle)] == [
        "start",
        "transitions.dispute[1].to",
        "deadlines.silence.limit",
        "metrics.response.numerator.into",
        "times.settlement.until",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("to an unknown state", "unknown state 'assignd'; did you mean 'assigned'?"),
        ("start in work", "'screening' is a work state; a case starts in a queue or wait state"),
        ("a queue nobody takes from", "add one: from = 'pile', to = a work state, take = true"),
        ("an unknown counter in a guard", "column 1: unknown fact or counter 'reopend'; did you mean 'reopened'?"),
        ("an unknown category in a guard", "column 2: unknown category 'dogs'; known: 'parking', 'noise'"),
        ("by a role at an unknown place", "'handler@hear': unknown place 'hear'; did you mean 'here'?"),
        ("by nobody known", "anyone, department, clock; did you mean 'reporter'?"),
        ("fires what no clock may", "add 'clock' to the 'by' of that transition"),
        ("a limit of zero", "is 0s: a limit is longer than nothing"),
        ("a limit from an unknown field", "did you mean 'review_on'?; a transition must need it"),
        ("an unknown fact", "a trigger, 'open' or 'expiry:DEADLINE'; did you mean 'accept'?"),
        ("work entered from a wait", "'handling' is work and 'asked' is not"),
    ],
)
def test_a_fault_says_fact_rule_and_remedy(name, said):
    """Golden: some texts, as a person reads them."""
    (fault,) = check(SLIPS[name].change(grievance()), LEVELS, CATEGORIES, CHANNELS)
    assert said in fault.text


def test_a_lifecycle_that_never_ends_is_malformed():
    """There must be a final state."""
    cycle = with_one(grievance(), "states", "closed", kind="wait")
    assert faults(cycle) == []
    assert faults(with_one(cycle, "states", "withdrawn", kind="wait")) == [("states", "no_final")]


def test_an_empty_lifecycle_is_told_what_it_lacks():
    """Nothing at all is no traceback either."""
    found = check(Lifecycle("wish", "asked", {}, ()))
    assert [(fault.path, fault.code) for fault in found] == [
        ("lifecycle.wish.states", "no_final"),
        ("lifecycle.wish.start", "unknown_name"),
    ]


def test_a_reason_needs_a_list_of_reasons():
    """Whoever must give one finds some to choose from."""
    (first, *_) = check(evolve(grievance(), reasons={}))
    assert (first.path, first.code) == ("lifecycle.grievance.transitions.reject.needs", "wrong_field")


def test_a_declared_field_stands_above_the_implied_one():
    """What every lifecycle knows can be declared anew, and then counts as declared."""
    cycle = evolve(grievance(), fields={"reason": Field("reason", "text")}, reasons={})
    assert check(cycle) == []
    assert cycle.known_fields()["reason"].kind == "text"


def test_a_case_that_is_raised_is_of_a_lifecycle_that_there_is():
    """Where the names of the lifecycles are told."""
    cycle = with_way(grievance(), "resolve", raises="projct")
    assert check(cycle) == []
    (fault,) = check(cycle, lifecycles=("grievance", "project"))
    assert "unknown lifecycle 'projct'; did you mean 'project'?" in fault.text


def test_what_follows_another_case_needs_no_deadline():
    """The clock's own transition is fired by the case that it follows."""
    follow = Transition("follow", ("asked",), "closed", ("clock",), follows="main")
    assert faults(evolve(grievance(), transitions=(*grievance().transitions, follow))) == []


def test_the_path_is_the_one_given():
    """A caller that keeps lifecycles elsewhere gets its own paths."""
    found = check(evolve(grievance(), name="Grievance"), path="here")
    assert [(fault.path, fault.code) for fault in found] == [("here", "bad_name")]


def test_names_that_are_not_given_are_not_looked_at():
    """Without levels, categories or channels nothing is said about them."""
    cycle = with_way(grievance(), "refer", when="level == gorup or category == dogs or channel == fax")
    assert check(cycle) == []
    assert len(check(cycle, LEVELS, CATEGORIES, CHANNELS)) == 3


def test_a_department_is_a_level_for_limits_and_guards():
    """The reserved level name is known wherever levels are."""
    assert faults(with_way(grievance(), "sign", when='level == "department"')) == []


def test_a_referral_runs_wherever_a_case_is_away():
    """States that follow a referral by `stay`, a second push, or a `back` out of the second one, count as away."""
    further = (
        Transition("refer_on", ("convened",), "referred", ("handler@here",), "refer"),
        Transition("report_half", ("signed",), "shelved", ("department",), "back", needs=("review_on",)),
    )
    runs = ("referred", "signed", "convened", "shelved")
    cycle = with_one(grievance(), "deadlines", "settle", runs=runs)
    assert faults(cycle) == [("deadlines.settle.runs", "wrong_scope")]
    assert faults(evolve(cycle, transitions=cycle.transitions + further)) == []


def test_a_limit_by_a_day_is_said_on_every_way_in():
    """Where nobody says the day there is no limit; a way between its states says it only where each entry counts."""
    silent = Transition("put_off", ("handling",), "shelved", ("handler@here",))
    again = Transition("put_off", ("shelved",), "shelved", ("handler@here",))
    for way, scope, found in ((silent, "entry", 1), (silent, "case", 1), (again, "entry", 1), (again, "case", 0)):
        cycle = with_one(grievance(), "deadlines", "review", scope=scope)
        told = faults(evolve(cycle, transitions=(*cycle.transitions, way)))
        assert told == [("deadlines.review.limit", "wrong_field")] * found


@pytest.mark.parametrize(("said", "reserved"), [("opening", AT_OPENING), ("way", IN_ACT)])
def test_a_field_that_nobody_could_say_is_refused(said, reserved):
    """Where a command has a word of its own a field of that name is no name; where it has none, one can be said."""
    for name in AT_OPENING | IN_ACT:
        cycle = evolve(grievance(), fields=grievance().fields | {name: Field(name)})
        cycle = evolve(cycle, takes=(name,)) if said == "opening" else with_way(cycle, "urge", takes=(name,))
        assert faults(cycle) == [(f"fields.{name}", "reserved_name")] * (name in reserved)


def test_what_a_command_takes_for_its_own_word_is_what_a_desk_says():
    """The reserved names are the parameters of `Desk.open` and of `Desk.act`, each of them."""
    for command, reserved in ((Desk.open, AT_OPENING), (Desk.act, IN_ACT)):
        own = [one.name for one in signature(command).parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        assert set(own) == reserved


def test_a_joint_conference_is_a_wait_and_a_referral_may_be_a_queue():
    """The session decides what was convened, so nobody takes it; a department may take its cases one by one."""
    ways = (Transition("take_up", ("inbox",), "checking", take=True), *grievance().transitions)
    cycle = evolve(grievance(), transitions=ways, states=grievance().states | {"inbox": State("inbox", "queue")})
    assert faults(with_way(cycle, "refer", target="inbox")) == [("deadlines.settle.runs", "wrong_scope")] * 2
    assert faults(with_way(cycle, "convene", target="inbox")) == [("transitions.convene.move", "wrong_move")]


def test_what_is_unwise_is_left_to_verification():
    """Exits of an end, states nobody reaches, guards that never hold and transitions nobody may fire do load."""
    cycle = with_way(grievance(), "confirm", source=("asked", "closed"), by=(), when="severity > 4")
    limbo = {"limbo": State("limbo", "wait")}
    assert faults(evolve(cycle, states=cycle.states | limbo)) == []
