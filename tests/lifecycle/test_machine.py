"""The machine of ``transitions`` walks as the table says, and does nothing silently that an application would miss."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import pytest
from attrs import define, evolve, field
from hypothesis import given, strategies as st
from transitions import MachineError

from govflow.errors import DefinitionError, UnknownName, UsageError
from govflow.lifecycle import Counter, Field, Lifecycle, State, Transition, machine
from govflow.lifecycle.guard import parse
from tests.lifecycle.example import grievance, with_way
from tests.lifecycle.made import EVERYWHERE, ask_python, facts, lifecycles

some_facts = facts(EVERYWHERE, (), texts=("host", "branch"))


@define(eq=False)
class Case:
    """An application's own model: where it is, what it has counted, what it knows."""

    state: str
    counters: dict[str, int] = field(factory=dict)
    known: dict[str, object] = field(factory=dict)

    def facts(self):
        """Tell the facts for guards."""
        return self.known


def walk_the_table(cycle: Lifecycle, case: Case, trigger: str) -> bool | None:
    """Judge from outside: take the first way that is open; None where no way leaves this state at all."""
    final = cycle.states[case.state].kind == "final"
    here = [way for way in cycle.ways(trigger) if case.state in way.source or (way.source == ("*",) and not final)]
    if not here:
        return None
    known = {**dict.fromkeys(cycle.counters, 0), **case.counters, **case.known}
    for way in here:
        if (when := cycle.condition(way)) is None or ask_python(parse(when), known):
            case.state = way.target or case.state
            for name, amount in way.add.items():
                case.counters[name] = case.counters.get(name, 0) + amount
            return True
    return False


def fire(fire_one, *arguments, **keywords) -> bool | None:
    """Fire a trigger; None where the machine refuses the state."""
    try:
        return fire_one(*arguments, **keywords)
    except MachineError:
        return None


@given(lifecycles(), st.data())
def test_the_machine_walks_as_the_table_says(cycle, data):
    """Any lifecycle, any history, unbound and bound: the same answers, states and counters as a walk by hand."""
    free, built = Case(cycle.start), cycle.machine()
    tied = SimpleNamespace(counters={})
    cycle.machine(tied)
    judge = Case(cycle.start)
    for _ in range(data.draw(st.integers(0, 8))):
        trigger = data.draw(st.sampled_from(cycle.triggers()))
        known = data.draw(some_facts)
        free.known = judge.known = known
        expected = walk_the_table(cycle, judge, trigger)
        assert fire(built.events[trigger].trigger, free) is expected
        assert fire(getattr(tied, trigger), facts=known) is expected
        assert (free.state, free.counters) == (tied.state, tied.counters) == (judge.state, judge.counters)


@given(lifecycles())
def test_the_machine_has_the_states_and_triggers_and_no_others(cycle):
    """No automatic transitions, no helper states; ends are marked final; ``*`` is spelled out."""
    built = machine(cycle)
    assert list(built.states) == list(cycle.states)
    assert {name for name, state in built.states.items() if state.final} == {
        name for name, state in cycle.states.items() if state.kind == "final"
    }
    assert list(built.events) == list(cycle.triggers())
    assert built.initial == cycle.start
    assert built.models == []
    for trigger, event in built.events.items():
        for source, made in event.transitions.items():
            ways = [way for way in cycle.ways(trigger) if source in cycle.sources(way)]
            assert [one.way for one in made] == ways
            assert [one.dest for one in made] == [way.target for way in ways]


def test_a_case_can_be_fired_unbound():
    """Golden: one machine serves any object with a state; nothing is set on it but what happened."""
    built = grievance().machine()
    case = SimpleNamespace(state="asked", counters={})
    assert built.events["dispute"].trigger(case, facts={"has_superior": True})
    assert vars(case) == {"state": "assigned", "counters": {"reopened": 1}}


def test_ways_are_tried_in_order_and_the_move_can_be_read():
    """The third dispute goes up: the second way is the first whose guard holds, and callbacks see which one it was."""
    built = grievance().machine(facts={"has_superior": True})
    case = SimpleNamespace(state="asked", counters={"reopened": 2})
    moves = []
    built.after_state_change = [lambda event: moves.append(event.transition.way.move)]
    assert built.events["dispute"].trigger(case)
    assert moves == ["up"]


@pytest.mark.parametrize("nearest", ["call", "model", "machine", "counters", "nothing"])
def test_nearer_facts_win_over_farther_ones(nearest):
    """Of the call, of the model, of the machine, of the counters, then 0: the first that is told counts."""
    places = ["call", "model", "machine", "counters"]
    told = (
        {place: {"urged": 1 if place == nearest else 7} for place in places[places.index(nearest) :]}
        if nearest in places
        else {}
    )
    cycle = with_way(grievance(), "confirm", when="urged == 1" if told else "urged == 0")
    case = Case("asked", told.get("counters", {}), told.get("model", {}))
    built = cycle.machine(facts=lambda one: told.get("machine", {}) if one is case else {})
    assert built.events["confirm"].trigger(case, **({"facts": told["call"]} if "call" in told else {}))


def test_may_trigger_asks_the_guard_and_changes_nothing():
    """What ``transitions`` offers beside firing works on a bound model."""
    case = SimpleNamespace(counters={})
    grievance().machine(case, facts={"has_superior": True})
    case.state = "asked"
    assert case.may_dispute()
    assert not case.may_accept()
    assert (case.state, case.counters) == ("asked", {})
    assert case.is_asked()


def test_every_model_of_a_list_is_bound():
    """One that is new starts at the start, one that is somewhere stays there."""
    cases = [SimpleNamespace(), SimpleNamespace(state="asked")]
    assert grievance().machine(cases).models == cases
    assert [case.state for case in cases] == ["received", "asked"]


def test_a_model_that_python_takes_for_false_is_bound():
    """``transitions`` by itself would pass it over."""

    class Empty(SimpleNamespace):
        def __bool__(self):
            return False

    case = Empty()
    assert grievance().machine(case).models == [case]


def test_a_model_in_an_unknown_state_is_refused():
    """The nearest state is told."""
    with pytest.raises(UnknownName, match="unknown state 'aksed'; did you mean 'asked'"):
        grievance().machine(SimpleNamespace(state="aksed"))


def test_a_name_that_the_model_has_already_is_refused():
    """``transitions`` would leave the model's own method in place and say nothing."""
    with pytest.raises(UsageError, match="'accept', 'is_asked' would hide"):
        grievance().machine(SimpleNamespace(accept=print, is_asked=print))


def test_two_names_that_would_hide_one_another_are_refused():
    """A trigger called like the question for a state."""
    ways = (Transition("is_asked", ("asked",), "closed"),)
    cycle = Lifecycle("tiny", "asked", {"asked": State("asked", "wait"), "closed": State("closed", "final")}, ways)
    assert cycle.machine().events["is_asked"].trigger(SimpleNamespace(state="asked"))
    with pytest.raises(UsageError, match="'is_asked' would hide"):
        cycle.machine(SimpleNamespace())


def test_a_malformed_lifecycle_makes_no_machine():
    """``transitions`` checks nothing at build: a dangling target would be found by the first case to get there."""
    with pytest.raises(DefinitionError, match="did you mean 'asked'"):
        machine(with_way(grievance(), "resolve", target="aksed"))


def test_a_missing_fact_or_counter_stops_the_case_before_it_has_moved():
    """Nothing rolls back in ``transitions``, so nothing may have happened."""
    built = grievance().machine()
    case = SimpleNamespace(state="asked", counters={"reopened": 2})
    with pytest.raises(UnknownName, match="unknown fact 'has_superior'"):
        built.events["dispute"].trigger(case)
    assert (case.state, case.counters) == ("asked", {"reopened": 2})
    without = SimpleNamespace(state="asked")
    with pytest.raises(UsageError, match="the model has no dict 'counters'"):
        built.events["urge"].trigger(without)
    assert without.state == "asked"


def test_an_amount_that_does_not_fit_under_its_ceiling_is_not_taken():
    """A counter never exceeds the one named as its ceiling: what fits is added, what does not changes nothing."""
    cycle = evolve(
        grievance(),
        fields={"amount": Field("amount", "money")},
        counters={
            "reopened": Counter("reopened", cycle=True),
            "needed": Counter("needed", start=100),
            "urged": Counter("urged", at_most="needed"),
        },
    )
    cycle = with_way(cycle, "urge", needs=("amount",), add={"urged": "amount"})
    assert cycle.condition(cycle.ways("urge")[0]) == "urged < needed"
    case, event = SimpleNamespace(state="asked", counters={}), cycle.machine().events["urge"]
    taken = [event.trigger(case, fields={"amount": amount}) for amount in (60, 41, 40, 1)]
    assert (taken, case.counters["urged"]) == ([True, False, True, False], 100)


def test_an_internal_transition_enters_nothing():
    """An urge is counted and runs no callback of entering."""
    built = grievance().machine()
    entered = []
    built.states["handling"].on_enter.append(entered.append)
    case = SimpleNamespace(state="handling", counters={})
    assert built.events["urge"].trigger(case)
    assert (case.state, case.counters, entered) == ("handling", {"urged": 1}, [])


def test_nothing_leads_out_of_the_end():
    """``*`` is every state that is not final."""
    with pytest.raises(MachineError):
        grievance().machine().events["withdraw"].trigger(SimpleNamespace(state="closed"), facts={"category": "parking"})


def test_a_machine_can_be_pickled():
    """It crosses processes with its guards."""
    built = pickle.loads(pickle.dumps(grievance().machine()))  # noqa: S301
    case = SimpleNamespace(state="asked", counters={})
    assert built.events["dispute"].trigger(case, facts={"has_superior": False})
