"""Drawn histories are legal in every step, almost legal ones illegal in exactly one; both tell their story."""

from __future__ import annotations

import pytest
from hypothesis import given

import govflow as gf
from govflow.program import Program, compile_program, destination, due, expire, step
from govflow.program.columns import NONE
from govflow.testing import strategies as gs
from tests.testing.seeking import any_of, smallest_of

BEIDA = compile_program(gf.load("beida"))


@given(gs.openings())
def test_an_opening_follows_the_intake(case):
    """A case opens at home's ancestor or itself at the level that channel and category are mapped to."""
    program, start = case.program, case.start
    names, organization = program.names, program.community.organization
    intake = program.community.intake[names.lifecycles[start.lifecycle]]
    level = intake.level(names.channels[start.channel], names.categories[start.category])
    assert organization.ids[start.unit] == organization.at_level(organization.ids[start.home], level)
    assert case.steps == ()


@given(gs.histories() | gs.histories(BEIDA))
def test_every_step_of_a_history_is_legal(history):
    """Each act is enabled where the case stands, each expiry is the next one due; time never runs back."""
    program, now = history.program, history.opened
    for place, taken in enumerate(history.steps):
        position, waiting = history.position(place), due(history.program, history.position(place))
        assert taken.at >= now == history.at(place)
        now = taken.at
        if taken.clock == NONE:
            assert not waiting or taken.at <= waiting[0][0]
            assert destination(program, position, taken.transition) != NONE
            after = step(program, position, taken.transition, at=now, severity=taken.severity)
            assert after == taken.position
            assert program.names.transitions[taken.transition][1].trigger == taken.name
            assert program.names.transitions[taken.transition][1].by != ("clock",)
        else:
            assert waiting[0] == (taken.at, taken.clock)
            assert expire(program, position, taken.clock, at=now) == (taken.transition, taken.position)
            assert taken.name == f"expiry:{program.names.clocks[taken.clock][1].name}"


@given(gs.almost_legal() | gs.almost_legal(BEIDA))
def test_exactly_one_step_is_illegal_and_the_rest_goes_on_without_it(wrong):
    """At its place every way of the trigger is shut, or the clock is not due; the history around it is legal."""
    program, position = wrong.history.program, wrong.position
    assert wrong.at == wrong.history.at(wrong.place)
    if wrong.why == "clock":
        assert (wrong.at, wrong.clock) not in due(program, position)
        return
    owner = program.names.lifecycles[position.lifecycle]
    ways = [i for i, (name, way) in enumerate(program.names.transitions) if (name, way.trigger) == (owner, wrong.name)]
    assert wrong.transition in ways
    assert all(destination(program, position, way) == NONE for way in ways)


WANTED = {
    "up": lambda h: any(step.name == "escalate" and step.clock == NONE for step in h.steps),
    "expiry that fires": lambda h: any(NONE not in (step.clock, step.transition) for step in h.steps),
    "expiry that is overdue": lambda h: any(step.clock != NONE and step.transition == NONE for step in h.steps),
    "away": lambda h: any(step.position.stack for step in h.steps),
    "reopened": lambda h: any(step.name == "dispute" for step in h.steps),
    "act as something falls due": lambda h: any(
        taken.clock == NONE
        and due(h.program, h.position(place))[:1]
        and due(h.program, h.position(place))[0][0] == taken.at
        for place, taken in enumerate(h.steps)
    ),
    "two expiries at one instant": lambda h: any(
        NONE not in (a.clock, b.clock) and a.at == b.at for a, b in zip(h.steps, h.steps[1:], strict=False)
    ),
    "severity changed": lambda h: any(step.severity is not None for step in h.steps),
    "to the end": lambda h: bool(h.steps) and h.steps[-1].name == "confirm",
}


@pytest.mark.parametrize("name", WANTED)
def test_everything_that_can_happen_comes_up(name):
    """Each kind of step is drawn before long, in drawn communities as in a bundled one."""
    assert WANTED[name](any_of(gs.histories() | gs.histories(BEIDA), WANTED[name]))


@pytest.mark.parametrize("why", ["state", "move", "guard", "clock"])
def test_every_reason_for_a_refusal_comes_up(why):
    """Illegal by state, by move, by guard and by clock."""
    assert any_of(gs.almost_legal(), lambda wrong: wrong.why == why)


def test_a_history_shrinks_to_the_steps_that_matter():
    """The shortest way to an escalation, at the first instant, with nothing beside it."""
    history = smallest_of(gs.histories(BEIDA), lambda h: any(step.name == "escalate" for step in h.steps))
    assert [step.name for step in history.steps] == ["screen", "accept", "escalate"]
    assert {step.at for step in history.steps} == {history.opened}


def test_a_history_tells_its_story():
    """One line for the opening and one for each step, with wall clock, state and unit."""
    history = smallest_of(gs.histories(BEIDA), lambda h: any(step.name == "accept" for step in h.steps))
    lines = history.story().splitlines()
    assert lines[0].startswith("check_in, ")
    assert lines[1].endswith("opened: reported at committee/beida")
    assert lines[-1] == "2026-01-05 00:00:00 accept: active at committee/beida"


@given(gs.histories())
def test_a_history_can_be_read_by_names(history):
    """State, unit and trigger of every step are those behind the indices, and together they are the way of the case."""
    cycle = history.program.community.lifecycles[history.program.names.lifecycles[history.start.lifecycle]]
    for place in range(len(history.steps)):
        trigger = history.trigger(place)
        if trigger is None:
            assert (history.state(place), history.unit(place)) == (history.state(place + 1), history.unit(place + 1))
        else:
            leads = {way.target or history.state(place) for way in cycle.ways(trigger)}
            assert history.state(place + 1) in leads


def test_an_illegal_step_stands_in_the_story():
    """The line of the refused step stands where it is tried."""
    wrong = smallest_of(gs.almost_legal(BEIDA), lambda wrong: wrong.why == "move")
    told = [line for line in wrong.story().splitlines() if "must be refused (move)" in line]
    assert told == [wrong.story().splitlines()[wrong.place + 2]]


def test_a_program_or_a_community_may_be_given():
    """Both are taken; a program is not compiled again."""
    for given_one in (BEIDA, BEIDA.community):
        history = any_of(gs.openings(given_one), lambda _: True)
        assert isinstance(history.program, Program)
        assert history.program.community is BEIDA.community
