"""The data of a lifecycle answers three plain questions about its transitions."""

from __future__ import annotations

from hypothesis import given

from govflow.lifecycle import Transition
from tests.lifecycle.example import grievance
from tests.lifecycle.made import lifecycles


@given(lifecycles())
def test_ways_and_triggers_are_the_transitions_sorted_by_trigger(cycle):
    """Every transition is a way of exactly one trigger, and ways keep their order."""
    ways = [way for trigger in cycle.triggers() for way in cycle.ways(trigger)]
    assert sorted(map(id, ways)) == sorted(map(id, cycle.transitions))
    for trigger in cycle.triggers():
        assert list(cycle.ways(trigger)) == [way for way in cycle.transitions if way.trigger == trigger]


def test_everywhere_is_every_state_that_is_not_final():
    """``*`` in the sources is spelled out, in order of the states."""
    cycle = grievance()
    everywhere = cycle.sources(Transition("urge", ("*",)))
    assert everywhere == tuple(cycle.states)[:-2]
    assert cycle.sources(Transition("confirm", ("asked",))) == ("asked",)
