"""Drawn lifecycles and guards are well made, hold every kind of rule, and shrink to one queue and its work."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from govflow.lifecycle import FieldLimit, check, guard
from govflow.testing import strategies as gs
from govflow.testing.behaviours import sure
from tests.testing.seeking import any_of, smallest_of

LEVELS, CATEGORIES, CHANNELS = ("street", "grid"), ("parking",), ("app",)
NAMES = {"levels": LEVELS, "categories": CATEGORIES, "channels": CHANNELS}


@given(gs.lifecycles(name="wish", **NAMES))
def test_a_lifecycle_is_well_made(cycle):
    """`check` finds no fault in it, with the names that it may use."""
    assert cycle.name == "wish"
    assert check(cycle, LEVELS, CATEGORIES, CHANNELS) == []


@given(gs.lifecycles())
def test_every_work_and_wait_state_has_an_exit_that_nothing_shuts(cycle):
    """There is an outcome without guard that stays or comes back, and a queue has its take."""
    for state in cycle.states.values():
        if state.kind in ("work", "wait"):
            assert sure(cycle, state.name)
        elif state.kind == "queue":
            assert any(way.take and state.name in way.source for way in cycle.transitions)


@given(gs.guards(counters=("reopened",), states=("asked",), **NAMES))
def test_a_guard_parses_and_speaks_only_of_known_words(text):
    """Its text is the canonical one, and the facts it asks for are those it was given."""
    tree = guard.parse(text)
    assert guard.text(tree) == text
    known = {"reopened", 'entries("asked")', *(f'tied("{kind}")' for kind in guard.TIES), *guard.FACTS}
    assert set(guard.names(tree)) <= known - {"children_open"}


@given(gs.lifecycles().flatmap(lambda cycle: st.tuples(st.just(cycle), gs.guards(cycle))))
def test_guards_of_a_lifecycle_use_its_own_words(drawn):
    """What is drawn for a lifecycle can stand in it."""
    cycle, text = drawn
    guarded = evolve(cycle.transitions[1], when=text)
    assert check(evolve(cycle, transitions=(cycle.transitions[0], guarded, *cycle.transitions[2:]))) == []


def moves(*names):
    """Return a condition: the lifecycle has ways with all these moves."""
    return lambda cycle: {way.move for way in cycle.transitions} >= set(names)


def any_deadline(condition):
    """Return a condition: some deadline is so."""
    return lambda cycle: any(condition(deadline) for deadline in cycle.deadlines.values())


def several_ways(cycle):
    """Say whether a trigger has several ways, the first with a guard."""
    return any(len(ways) > 1 and ways[0].when for ways in map(cycle.ways, cycle.triggers()))


WANTED = {
    "every move": moves("stay", "up", "down", "refer", "convene", "back"),
    "several ways": several_ways,
    "joined guard": lambda cycle: any(way.when and " and " in way.when for way in cycle.transitions),
    "cycle counter": lambda cycle: any(counter.cycle for counter in cycle.counters.values()),
    "sets severity": lambda cycle: any(way.sets and way.target is None for way in cycle.transitions),
    "anywhere": lambda cycle: any("*" in way.source for way in cycle.transitions),
    "department works": lambda cycle: "attended" in cycle.states,
    "three stages": lambda cycle: "reviewing" in cycle.states,
    "clock only": lambda cycle: any(way.by == ("clock",) and way.move == "up" for way in cycle.transitions),
    "scope case": any_deadline(lambda d: d.scope == "case" and d.reopen == "resume"),
    "scope level": any_deadline(lambda d: d.scope == "level" and d.fires),
    "scope entry": any_deadline(lambda d: d.scope == "entry" and d.fires is None),
    "scope referral": any_deadline(lambda d: d.scope == "referral"),
    "field limit": any_deadline(lambda d: isinstance(d.limit, FieldLimit)),
    "partial limit": any_deadline(lambda d: not isinstance(d.limit, FieldLimit) and "default" not in d.limit),
    "finish": any_deadline(lambda d: d.while_working == "finish" and d.fires),
    "extension": any_deadline(lambda d: d.extend is not None),
    "factors": any_deadline(lambda d: 1 in d.severity),
    "first": any_deadline(lambda d: d.reopen == "first" and d.scope == "case"),
    "equal limits": lambda cycle: len({str(d.limit) for d in cycle.deadlines.values()}) < len(cycle.deadlines),
    "metric": lambda cycle: any(m.within and m.counts == "events" for m in cycle.metrics.values()),
    "expiry counted": lambda cycle: any("expiry:" in str(m.denominator) for m in cycle.metrics.values()),
    "time": lambda cycle: any(span.take == "last" for span in cycle.times.values()),
    "claim": lambda cycle: any(way.joins and way.takes for way in cycle.transitions),
    "amount said": lambda cycle: any("amount" in way.add.values() for way in cycle.transitions),
    "cleared": lambda cycle: any(way.clears for way in cycle.transitions),
    "given": lambda cycle: any(counter.given and counter.start for counter in cycle.counters.values()),
    "retention": lambda cycle: cycle.retention is not None,
    "settled by": lambda cycle: len(cycle.settled_by) == 2,
}


@pytest.mark.parametrize("name", WANTED)
def test_every_kind_of_rule_comes_up(name):
    """Each thing that a lifecycle can say is drawn before long."""
    assert WANTED[name](any_of(gs.lifecycles(), WANTED[name]))


def test_a_lifecycle_shrinks_to_what_matters():
    """The smallest is a queue, its work and an end; the smallest with a conference has that besides."""
    smallest = smallest_of(gs.lifecycles(), lambda _: True)
    assert list(smallest.states) == ["received", "screening", "closed"]
    assert [*smallest.deadlines, *smallest.counters, *smallest.metrics, *smallest.times] == []
    convening = smallest_of(gs.lifecycles(), moves("convene"))
    assert list(convening.states) == ["received", "screening", "convened", "closed"]
    assert convening.triggers() == ("screen", "accept", "convene", "agree")


def test_a_guard_shrinks_to_one_condition():
    """The smallest guard that asks for a counter compares it with nothing."""
    assert smallest_of(gs.guards(counters=("reopened",)), lambda text: "reopened" in text) == "reopened < 0"
