"""The story of Shiwan: no household without a team, no field beyond the closed list, nobody at two doors at once."""

from __future__ import annotations

import itertools

import pytest

import govflow as gf
from govflow.store import MemoryStore
from govflow.stories import tell
from govflow.stories.doorsteps import CALL, Patchwork
from govflow.stories.shiwan import HONGXIANG, HUANHU

GIVEN = {"hongxiang_members", "jiangbin_members", "yijing_members"}
"""What the story is given of the report, and takes no credit for."""


@pytest.fixture(scope="module")
def told():
    """Return the story, and a desk on the record that it left."""
    community, store = gf.load("shiwan"), MemoryStore()
    return tell(community, store=store), gf.Desk(community, store=store, clock=gf.ManualClock(0))


def every(desk, **where):
    """Return all cases with some facts."""
    page, found = desk.find(limit=1000, **where), []
    while True:
        found += page.cases
        if page.after is None:
            return found
        page = desk.find(limit=1000, after=page.after, **where)


def test_every_figure_of_the_report_is_reached(told):
    """The story tells each figure of the definition, meets all that it was not only given, and its record is whole."""
    story, _ = told
    assert set(story.reached) == set(gf.load("shiwan").figures)
    assert [one.figure.name for one in story.reached.values() if one.met is False] == []
    assert {name for name, one in story.reached.items() if one.met is None} == {
        "hongxiang_members",
        "jiangbin_members",
        "yijing_members",
    }
    assert story.audit.ok
    assert story.met


def test_every_household_has_one_team_and_it_is_its_contact_unit():
    """No household is uncovered or has two teams, and patches agree with the definition's contact units."""
    community = gf.load("shiwan")
    work = Patchwork(community, HONGXIANG)
    directory = work.plan()
    patches = [patch for plan in work.plans.values() for patch in plan.patches]
    held = {household: patch.team for patch in patches for household in patch.holds}
    assert len(held) == sum(patch.size for patch in patches) == len(work.floors) == 1000
    assert all(community.organization.contact(household) == team for household, team in held.items())
    assert {len(team) for team in work.teams.values()} == {3}
    assert len({post.member for post in directory.posts}) == 300


def test_every_household_is_called_on_or_is_left_in_peace(told):
    """Each door has one visit that has ended: made, not wished, or given up."""
    _, desk = told
    visits = every(desk, lifecycle="visit")
    assert len({case.facts["household"] for case in visits}) == len(visits) == 1000
    assert {case.state for case in visits} <= {"done", "refused", "not_met"}


def test_a_visit_keeps_the_closed_list_and_nothing_else(told):
    """What the record keeps of a visit is in the lifecycle's own fields, and nobody's words are in it."""
    _, desk = told
    closed = {*gf.load("shiwan").lifecycles["visit"].fields, "case"}  # and the id of what was filed
    for case in every(desk, lifecycle="visit"):
        for event in case.history:
            assert set(event.fields) <= closed
            if event.kind == "register":
                assert not event.texts


def test_no_team_is_at_two_doors_at_once(told):
    """Between two doors of one team lies the time of a call."""
    _, desk = told
    calls: dict[str, list[int]] = {}
    for case in every(desk, lifecycle="visit"):
        for event in case.history:
            if event.kind in ("call", "nobody_home", "not_wished"):
                calls.setdefault(event.by, []).append(event.at)
    assert len(calls) == 100
    for times in calls.values():
        times.sort()
        assert all(later - earlier >= CALL for earlier, later in itertools.pairwise(times))


def test_who_comes_too_late_gives_no_clothes(told):
    """A hundred and twenty want to give, a hundred have a place, and each of them gave."""
    _, desk = told
    (gift,) = [case for case in every(desk, lifecycle="claim") if case.unit == HUANHU]
    assert gift.facts["counter.places"] == gift.facts["counter.claimed"] == gift.facts["counter.delivered"] == 100


def test_only_members_are_evaluated_and_by_three_levels(told):
    """Nobody who is evaluated is a resident; whoever was told the outcome heard the group and the committee."""
    _, desk = told
    evaluated = every(desk, lifecycle="evaluation")
    assert evaluated
    assert all(case.facts["subject"].startswith("member:") for case in evaluated)
    for case in evaluated:
        units = {event.kind: event.unit for event in case.history}
        if "committee_speaks" in units:
            assert units["group_speaks"].startswith("estate/yijing")
            assert units["committee_speaks"] == "community/yijing"


def test_each_pair_stands_and_nobody_stands_by_two_households(told):
    """Members stand by one household each, and each household that asked for two has two."""
    _, desk = told
    helpers = [who for case in every(desk, lifecycle="pairing") for who in case.facts["helpers"]]
    assert len(helpers) == len(set(helpers)) == 68
