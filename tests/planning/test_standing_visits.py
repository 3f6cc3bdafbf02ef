"""Plans of pairs and visits laid on a desk: once each, however often; no household of a patch left out."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.calendar import DAY
from govflow.casework import ManualClock
from govflow.errors import Refused, UnknownName
from govflow.planning import Pair, Pairing, Patch, Patches, Visit, open_pairings, open_visits, visits_to_patches


@cache
def shiwan():
    """Shiwan street."""
    return gf.load("shiwan")


def desk():
    """A desk on a Monday morning."""
    return gf.Desk(shiwan(), clock=ManualClock(shiwan().calendars["office"].instant("2026-06-01T10:00")))


def households(count):
    """Some households of different teams."""
    organization = shiwan().organization
    return [organization.household_ids(unit)[0] for unit in organization.units("team")[:count]]


def handler(unit):
    """The first handler of a unit."""
    return f"{unit}#1"


PLANS = st.sets(st.tuples(st.integers(0, 3), st.integers(1, 4)), max_size=8)


@settings(max_examples=20, deadline=None)
@given(PLANS, PLANS)
def test_the_desk_stands_as_the_last_plan_says_and_the_household_may_end_it(first, second):
    """One pairing for each household with exactly its members; laid on twice nothing changes the second time."""
    here, homes = desk(), households(4)
    pairs = [{Pair(homes[i], f"member:example-{n}") for i, n in plan} for plan in (first, second)]
    open_pairings(here, Pairing(tuple(sorted(pairs[0]))), by=handler)
    plan = Pairing(tuple(sorted(pairs[1])), ended=tuple(sorted(pairs[0] - pairs[1])))
    cases = open_pairings(here, plan, by=handler)
    assert open_pairings(here, plan, by=handler) == cases
    for case in cases:
        wanted = {pair.member for pair in plan.pairs if pair.whom == case.facts["household"]}
        assert set(case.facts["helpers"]) == wanted
    assert len(cases) == len({pair.whom for pair in plan.pairs})


def test_a_plan_only_proposes():
    """A pairing stands when the household agrees; the day of the next visit comes round by the clock."""
    here = desk()
    (case,) = open_pairings(here, Pairing((Pair(households(1)[0], "member:example-7"),)), by=handler)
    assert case.state == "proposed"
    case = here.act(case, "agree", by=handler(case.unit), next_visit="2026-06-15")
    here.clock.at += 15 * DAY
    here.advance()
    assert here.case(case).state == "visit_due"
    case = here.act(case, "visit", by="member:example-7", next_visit="2026-06-29")
    assert case.facts["counter.visits"] == 1


def test_a_visit_is_one_case_for_all_who_go_along():
    """Three of a team on one day are one visit; another day is another; laid on again nothing is opened."""
    here, home = desk(), households(1)[0]
    day = shiwan().calendars["office"].instant("2026-06-06T09:00")
    plan = [Visit(day, home, f"member:example-{n}") for n in (1, 2, 3)] + [Visit(day + DAY, home, "member:example-1")]
    first, second = open_visits(here, plan, by=handler)
    assert [len(case.facts["helpers"]) for case in (first, second)] == [3, 1]
    assert open_visits(here, plan, by=handler) == []
    here.clock.at = day
    here.advance()
    assert here.case(first).state == "due"
    assert here.act(first, "call", by="member:example-2").state == "made"


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(1, 4))
def test_no_household_of_any_patch_is_left_out(sizes, days):
    """Every household is visited by its whole team, at one instant."""
    patches = Patches(tuple(
        Patch(f"team/{n}", tuple(f"household/{n}-{h}" for h in range(size)), size) for n, size in enumerate(sizes)
    ))  # fmt: skip
    teams = {patch.team: [f"member:example-{patch.team[5:]}-{m}" for m in range(3)] for patch in patches.patches}
    found = list(visits_to_patches(patches, teams, range(days)))
    for household, team in patches.team_of.items():
        mine = [visit for visit in found if visit.whom == household]
        assert ({visit.member for visit in mine}, len({visit.at for visit in mine})) == (set(teams[team]), 1)
    with pytest.raises(UnknownName):
        list(visits_to_patches(patches, {}, [0]))


def test_who_may_not_open_a_visit_opens_none():
    """The desk decides who may, the plan does not."""
    here = desk()
    day = here.clock() + 3 * DAY
    with pytest.raises(Refused):
        open_visits(here, [Visit(day, households(1)[0], "member:example-7")], by="nobody")
    assert here.find().cases == ()
