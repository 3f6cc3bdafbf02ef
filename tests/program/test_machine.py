"""The machine of ``transitions`` and the program walk alike: same states, same counters, same refusals.

The machine knows states, guards and counters; units are the application's business. So it is told the facts of the
case, and where it takes a way that has nowhere to go (no superior, no department, the case is away), the application
would have asked the program first: those are the only triggers that the machine takes and the program refuses.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from transitions import MachineError

from govflow.lifecycle import guard, machine
from govflow.program import destination, enabled, facts
from govflow.program.columns import F_COUNTERS, NONE
from govflow.testing import strategies as gs
from tests.program.everything import everything, histories


def facts_by_name(program, position):
    """Return the facts of a case as the machine's guards want them, without the lifecycle's counters."""
    names, row = program.names, facts(program, position)
    cycle = program.community.lifecycles[names.lifecycles[position.lifecycle]]
    return {
        "level": names.levels[row[0]],
        "severity": row[1],
        "category": names.categories[row[2]],
        "channel": names.channels[row[3]],
        "has_superior": bool(row[4]),
        "has_department": bool(row[5]),
        "children_open": row[6],
        **{f'tied("{kind}")': bool(tie) for kind, tie in zip(guard.TIES, row[7:F_COUNTERS], strict=True)},
        **{f'entries("{s}")': n for s, n in zip(cycle.states, position.entries, strict=True)},
    }


def model_of(program, position):
    """Return an application's own model that stands where a position does."""
    cycle = program.community.lifecycles[program.names.lifecycles[position.lifecycle]]
    return SimpleNamespace(
        state=program.names.states[position.state][1],
        counters=dict(zip(cycle.counters, position.counters, strict=True)),
        facts=facts_by_name(program, position),
    )


def fired(built, trigger, model):
    """Fire a trigger of an unbound machine; False where no guard holds or the state has no such way."""
    try:
        return built.events[trigger].trigger(model)
    except MachineError:
        return False


def ways_of(program, position, trigger):
    """Return the transitions of a trigger of the case's lifecycle."""
    owner = program.names.lifecycles[position.lifecycle]
    return [i for i, (name, way) in enumerate(program.names.transitions) if (name, way.trigger) == (owner, trigger)]


def first_by_state_and_guard(program, position, trigger):
    """Return the way that only state and guards would choose, None where they choose none."""
    names = program.names
    state = names.states[position.state][1]
    cycle = program.community.lifecycles[names.lifecycles[position.lifecycle]]
    known = {**facts_by_name(program, position), **dict(zip(cycle.counters, position.counters, strict=True))}
    for index in ways_of(program, position, trigger):
        way = names.transitions[index][1]
        if state in cycle.sources(way) and (
            (when := cycle.condition(way)) is None or guard.evaluate(guard.parse(when), known)
        ):
            return index
    return None


@given(histories())
def test_every_legal_step_leads_the_machine_to_the_same_state(history):
    """Followed step by step, the machine stands where the case does and has counted the same."""
    program = history.program
    built = machine(program.community.lifecycles[program.names.lifecycles[history.start.lifecycle]])
    model = model_of(program, history.start)
    for place, taken in enumerate(history.steps):
        before, after = history.position(place), taken.position
        assert vars(model_of(program, before)) == {**vars(model), "facts": facts_by_name(program, before)}
        if taken.transition != NONE:
            trigger = program.names.transitions[taken.transition][1].trigger
            model.facts = facts_by_name(program, before)
            if first_by_state_and_guard(program, before, trigger) == taken.transition:
                assert fired(built, trigger, model)
            else:  # an earlier way has nowhere to go: an application that asks the program goes on from there
                model = model_of(program, after)
    assert model.state == program.names.states[history.position(len(history.steps)).state][1]


@given(histories(most=6))
def test_machine_and_program_refuse_the_same_triggers(history):
    """What the machine refuses is shut in the program; what only the program refuses has nowhere to go."""
    program = history.program
    cycle = program.community.lifecycles[program.names.lifecycles[history.start.lifecycle]]
    built = machine(cycle)
    for place in range(len(history.steps) + 1):
        position = history.position(place)
        open_now = {program.names.transitions[way][1].trigger: way for way in enabled(program, position)}
        for trigger in cycle.triggers():
            model = model_of(program, position)
            taken = fired(built, trigger, model)
            chosen = first_by_state_and_guard(program, position, trigger)
            assert taken == (chosen is not None)
            if not taken:
                assert trigger not in open_now
                assert model.state == program.names.states[position.state][1]
            elif destination(program, position, chosen) != NONE:
                assert open_now[trigger] == chosen
                target = cycle.transitions[chosen - ways_from(program, cycle)].target
                assert model.state == (target or program.names.states[position.state][1])
            else:
                assert program.names.transitions[chosen][1].move != "stay"


def ways_from(program, cycle):
    """Return the index of the first transition of a lifecycle."""
    return next(i for i, (owner, _) in enumerate(program.names.transitions) if owner == cycle.name)


@given(gs.almost_legal(everything()))
def test_an_illegal_trigger_is_refused_by_both(wrong):
    """What no state or guard allows is refused by machine and program alike, and the model stays as it was."""
    program, position = wrong.history.program, wrong.position
    if wrong.why not in ("state", "guard"):
        return
    assert all(destination(program, position, way) == NONE for way in ways_of(program, position, wrong.name))
    if first_by_state_and_guard(program, position, wrong.name) is None:
        built = machine(program.community.lifecycles[program.names.lifecycles[position.lifecycle]])
        model = model_of(program, position)
        before = (model.state, dict(model.counters))
        assert not fired(built, wrong.name, model)
        assert (model.state, model.counters) == before


def test_a_refusal_by_state_and_a_refusal_by_guard_are_told_apart():
    """The machine raises where the state has no such way and returns False where a guard does not hold."""
    cycle = everything().community.lifecycles["grievance"]
    built = machine(cycle)
    model = SimpleNamespace(state="received", counters={}, facts={})
    with pytest.raises(MachineError):
        built.events["confirm"].trigger(model)
    model = SimpleNamespace(state="convened", counters={"rounds": 3}, facts={})
    assert built.events["another_round"].trigger(model) is False
