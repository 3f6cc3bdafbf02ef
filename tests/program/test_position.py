"""Where a case stands and where it may go (rules L1 to L3), judged by the rules written once more in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from govflow.program import destination, due, enabled, fires, step
from govflow.program.columns import NONE
from govflow.testing import strategies as gs
from tests.program import naive
from tests.program.everything import everything, histories
from tests.testing import seeking


def names_of(program, position):
    """Return the position in the words of the judge."""
    names, ids = program.names, program.community.organization.ids
    return {
        "state": names.states[position.state][1],
        "unit": ids[position.unit],
        "severity": position.severity,
        "away": [(ids[unit], names.states[state][1]) for unit, state in position.stack],
        "counters": dict(zip(names.counters[position.lifecycle], position.counters, strict=True)),
        "entries": dict(zip(cycle_of(program, position).states, position.entries, strict=True)),
    }


def clocks_of(program, position):
    """Return the clocks in the words of the judge."""
    owner = program.names.lifecycles[position.lifecycle]
    keys = [(deadline.name, depth) for name, deadline, depth in program.names.clocks if name == owner]
    return {
        key: naive.Run(clock.run, clock.used, clock.since, clock.due, clock.spent)
        for key, clock in zip(keys, position.clocks, strict=True)
    }


def cycle_of(program, position):
    """Return the lifecycle of a position."""
    return program.community.lifecycles[program.names.lifecycles[position.lifecycle]]


def opened(history):
    """Open the case of a history before the judge."""
    program, start = history.program, history.start
    names, ids = program.names, program.community.organization.ids
    return naive.opened(
        program.community,
        names.lifecycles[start.lifecycle],
        ids[start.unit],
        ids[start.home],
        names.categories[start.category],
        names.channels[start.channel],
        start.severity,
        history.opened,
    )


def assert_same(program, position, case):
    """Compare a position with what the judge has."""
    theirs = names_of(program, position)
    assert theirs == {name: getattr(case, name) for name in theirs}
    ours = clocks_of(program, position)
    for key, run in case.clocks.items():
        if None not in (run.since, ours[key].since):  # the judge stops every clock at every step, the program few
            naive.count_until(case, key, ours[key], run.since)
    assert ours == case.clocks


def replay(history):
    """Yield (position, judge's case, step to come) from the opening on; the judge takes each step by its own rules."""
    case = opened(history)
    for place, taken in enumerate(history.steps):
        yield history.position(place), case, taken
        if taken.clock == NONE:
            naive.take(case, history.program.names.transitions[taken.transition][1], taken.at, taken.severity)
        else:
            at, key = naive.next_due(case)
            assert taken.at == at
            naive.expire(case, key, at)
    yield history.position(len(history.steps)), case, None


@given(histories())
def test_the_program_steps_as_the_rules_say(history):
    """State, unit, stack, counters, entries and every clock agree with the judge after each step of a history."""
    for position, case, _ in replay(history):
        assert_same(history.program, position, case)


@given(histories(most=8))
def test_exactly_the_open_ways_are_enabled(history):
    """`enabled` gives of each trigger the first way that is open, and `destination` the unit to which it leads."""
    program = history.program
    for position, case, _ in replay(history):
        ids = program.community.organization.ids
        theirs = [
            (program.names.transitions[index][1], ids[destination(program, position, index)])
            for index in enabled(program, position)
        ]
        ways = [naive.open_way(case, trigger) for trigger in case.cycle.triggers()]
        assert theirs == [(way, naive.leads_to(case, way)) for way in ways if way is not None]


@given(histories(most=8))
def test_a_shut_way_leads_nowhere(history):
    """Every single way, not only the first of its trigger, leads where the judge says or nowhere."""
    program = history.program
    lifecycle = program.names.lifecycles[history.start.lifecycle]
    for position, case, _ in replay(history):
        for index, (owner, way) in enumerate(program.names.transitions):
            unit = destination(program, position, index)
            expected = naive.leads_to(case, way) if owner == lifecycle else None
            assert (None if unit == NONE else program.community.organization.ids[unit]) == expected


@given(histories())
def test_what_falls_due_next_is_agreed(history):
    """`due` lists the running clocks, the next first, and of those due together the one declared first."""
    for position, case, _ in replay(history):
        upcoming = due(history.program, position)
        assert list(upcoming) == sorted(upcoming)
        expected = naive.next_due(case)
        if expected is None:
            assert not upcoming
        else:
            at, index = upcoming[0]
            _, deadline, depth = history.program.names.clocks[index]
            assert (at, (deadline.name, depth)) == expected


@given(histories())
def test_moves_go_where_they_say(history):
    """Up is to the superior, down towards home, back to the unit pushed last; the stack is never deeper than two."""
    program = history.program
    superior = program.community.organization.superior
    for place, taken in enumerate(history.steps):
        before, after = history.position(place), taken.position
        assert len(after.stack) <= 2
        if taken.transition == NONE:
            assert (after.unit, after.stack, after.state) == (before.unit, before.stack, before.state)
            continue
        way = program.names.transitions[taken.transition][1]
        final = program.community.lifecycles[program.names.lifecycles[after.lifecycle]].states
        stack = () if final[program.names.states[after.state][1]].kind == "final" else None
        match way.move:
            case "up":
                assert after.unit == superior[before.unit]
                assert before.stack == ()
            case "down":
                assert superior[after.unit] == before.unit
                assert before.stack == ()
            case "back":
                assert after.unit == before.stack[-1][0]
                assert after.stack == (before.stack[:-1] if stack is None else stack)
            case "refer" | "convene":
                assert after.stack == (*before.stack, (before.unit, before.state))
            case _:
                assert after.unit == before.unit
                assert after.stack == (before.stack if stack is None else stack)


@given(histories())
def test_entering_the_end_forgets_every_place_left(history):
    """A final state has no exits, no running clock and an empty stack (rule L1)."""
    program = history.program
    for position, case, _ in replay(history):
        if case.cycle.states[case.state].kind == "final":
            assert position.stack == ()
            assert due(program, position) == ()
            assert enabled(program, position) == ()


@given(gs.almost_legal(everything()))
def test_an_illegal_step_is_shut_and_why_is_true(wrong):
    """What the kit calls illegal is shut, and the reason it gives holds."""
    program, position = wrong.history.program, wrong.position
    *_, (_, case, _) = [moment for _, moment in zip(range(wrong.place + 1), replay(wrong.history), strict=False)]
    if wrong.why == "clock":
        first = program.rules.lifecycles[position.lifecycle][3]
        clock = position.clocks[wrong.clock - first]
        assert clock.due is None or clock.due > wrong.at
        return
    ways = case.cycle.ways(wrong.name)
    assert not [way for way in ways if naive.leads_to(case, way) is not None]
    leaving = [way for way in ways if case.state in case.cycle.sources(way)]
    reasons = {
        "state": not leaving,
        "move": any(naive.where(case, way) is None for way in leaving),
        "guard": any(naive.where(case, way) is not None for way in leaving) or any(map(case.cycle.condition, leaving)),
    }
    assert reasons[wrong.why]


@pytest.mark.parametrize("clock", [0, 3, 4])
@settings(max_examples=30)
@given(gs.histories(everything()))
def test_a_deadline_fires_only_what_the_clock_may_take(clock, history):
    """What an expiry would fire is a way of its trigger with ``clock`` among those who may, or nothing."""
    program = history.program
    for place in range(len(history.steps) + 1):
        fired = fires(program, history.position(place), clock)
        deadline = program.names.clocks[clock][1]
        if fired != NONE:
            way = program.names.transitions[fired][1]
            assert way.trigger == deadline.fires
            assert "clock" in way.by
        elif deadline.fires is None:
            assert fired == NONE


@given(gs.openings(everything()))
def test_stepping_changes_nothing_of_the_position_before(case):
    """A position is a value: the same step taken twice gives the same twice, and leaves it as it was."""
    program, start = everything(), case.start
    before = repr(start)
    for way in enabled(program, start):
        assert step(program, start, way, at=case.opened) == step(program, start, way, at=case.opened)
    assert repr(start) == before


def test_the_end_is_reached_from_two_places_away():
    """Withdrawn out of a referral out of a conference: nothing is left on the stack."""
    history = seeking.any_of(
        gs.histories(everything()), lambda h: len(h.steps) and len(h.position(len(h.steps) - 1).stack) == 2
    )
    withdraw = next(i for i, (_, way) in enumerate(everything().names.transitions) if way.trigger == "withdraw")
    before = history.position(len(history.steps) - 1)
    assert step(everything(), before, withdraw, at=history.at(len(history.steps))).stack == ()
