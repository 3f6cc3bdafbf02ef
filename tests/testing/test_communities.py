"""Drawn communities load without a fault, come back equal from a file, and can be simulated."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings

import govflow as gf
from govflow.calendar import DAY
from govflow.community import dumps, faults, to_data
from govflow.testing import strategies as gs
from govflow.testing.behaviours import KINDS
from tests.testing.seeking import any_of, smallest_of


@given(gs.communities())
def test_a_community_has_no_fault_and_comes_back_equal(community):
    """Out to a table, nothing is malformed in it, and it loads as an equal community."""
    data = to_data(community)
    assert faults(data) == []
    assert gf.load(data) == community


@settings(max_examples=50)
@given(gs.definitions())
def test_a_definition_survives_toml(definition):
    """It loads; written as TOML text and read again it is the same community."""
    community = gf.load(definition)
    assert gf.load(tomllib.loads(dumps(community))) == community


@settings(max_examples=40)
@given(gs.communities())
def test_a_community_can_be_simulated(community):
    """No case is ever stuck, none turns for ever: a month runs to its end."""
    study = gf.simulate(community, days=30, drain=10, replications=1, compiled=False, threads=1)
    assert study.cases >= 0


@given(gs.distributions())
def test_a_distribution_has_a_positive_longest_time(time):
    """Whatever its kind, nothing in it is negative, and not all of it is nothing."""
    lengths = [value.us(DAY) for value in time.parameters.values() if hasattr(value, "us")]
    lengths += [value.us(DAY) for value in time.parameters.get("values", ())]
    assert min(lengths) >= 0
    assert max(lengths) > 0


def behaviours(community):
    """Yield every entry of the behaviour model of a community, the finer ones too."""
    waiting = [entry for states in community.assumptions.behaviour.values() for entry in states.values()]
    while waiting:
        entry = waiting.pop()
        yield entry
        waiting += [*entry.at.values(), *entry.category.values()]


def limit_equals_time(community):
    """Say whether some deadline's limit is exactly as long as some constant time of work or waiting."""
    times = {
        entry.time.parameters["value"]
        for entry in behaviours(community)
        if entry.time is not None and entry.time.kind == "constant"
    }
    deadlines = [deadline for cycle in community.lifecycles.values() for deadline in cycle.deadlines.values()]
    return any(times & set(deadline.limit.values()) for deadline in deadlines if hasattr(deadline.limit, "values"))


WANTED = {
    **{kind: lambda c, kind=kind: any(e.time and e.time.kind == kind for e in behaviours(c)) for kind in KINDS},
    "two lifecycles": lambda c: len(c.assumptions.arrivals) == 2,
    "three calendars": lambda c: len(c.calendars) == 3,
    "finer by level": lambda c: any(e.at and e.time for e in behaviours(c)),
    "finer by category": lambda c: any(e.category for e in behaviours(c)),
    "nothing arrives": lambda c: any(
        a.per_household_year == 0 for r in c.assumptions.arrivals.values() for a in r.values()
    ),
    "drawn severity": lambda c: any(a.severity for r in c.assumptions.arrivals.values() for a in r.values()),
    "profile": lambda c: any(a.week == "busy" for r in c.assumptions.arrivals.values() for a in r.values()),
    "finer intake": lambda c: any(intake.category for intake in c.intake.values()),
    "figure": lambda c: c.figures,
    "label": lambda c: any(not text.isascii() for text in c.label.values()),
    "limit as long as the work": limit_equals_time,
    "silent state": lambda c: any(
        state.kind == "wait" and state.name not in c.assumptions.behaviour[cycle.name]
        for cycle in c.lifecycles.values()
        for state in cycle.states.values()
    ),
}


@pytest.mark.parametrize("name", WANTED)
def test_everything_that_can_be_assumed_comes_up(name):
    """Each thing that a community can say is drawn before long."""
    assert WANTED[name](any_of(gs.communities(), WANTED[name]))


def test_a_community_shrinks_to_one_unit_and_one_queue():
    """The smallest has one level, one category, one channel, work of an hour, and a calendar that never closes."""
    community = smallest_of(gs.communities(), lambda _: True)
    assert community.organization.ids == ("committee/top",)
    assert list(community.lifecycles["grievance"].states) == ["received", "screening", "closed"]
    assert (list(community.categories), list(community.channels)) == (["parking"], ["doorstep"])
    assert len(dumps(community)) < 1000
