"""Halting a case's clocks and letting them go on loses no time and gains none (rule L4)."""

from __future__ import annotations

from hypothesis import given, strategies as st

from govflow.calendar import DAY
from govflow.program import due, from_facts, halt, reschedule, resume, to_facts
from tests.program.everything import histories


@st.composite
def moments(draw):
    """Draw a program, a position that a case comes to, and an instant before anything more falls due."""
    history = draw(histories())
    place = draw(st.integers(0, len(history.steps)))
    position, since = history.position(place), history.at(place)
    soonest = due(history.program, position)
    until = min(since + 40 * DAY, soonest[0][0]) if soonest else since + 40 * DAY
    return history.program, position, draw(st.integers(since, until))


@given(moments())
def test_a_case_that_halts_and_goes_on_at_once_is_due_as_before(moment):
    """Every due instant is the one it was; what stood still, stands still; what was spent, is spent."""
    program, position, at = moment
    again = resume(program, halt(program, position, at), at)
    assert due(program, again) == due(program, position)
    for was, now in zip(position.clocks, again.clocks, strict=True):
        assert (now.run, now.spent, now.limit, now.extra) == (was.run, was.spent, was.limit, was.extra)
        assert (now.since is None) == (was.since is None)


@given(moments())
def test_a_halted_case_has_no_due_instant(moment):
    """Nothing runs, nothing is due, the time used is told by names and comes back as it was."""
    program, position, at = moment
    halted = halt(program, position, at)
    assert due(program, halted) == ()
    assert from_facts(program, to_facts(program, halted)) == halted
    assert halt(program, halted, at) == halted


@given(moments())
def test_the_same_calendar_moves_no_due_instant(moment):
    """Counting again by what was counted with before gives the very same position."""
    program, position, at = moment
    assert reschedule(program, position, at) is position
