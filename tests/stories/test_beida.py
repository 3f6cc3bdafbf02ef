"""The story of Beida: what bounds each figure, and that it is not reached where the bound is another."""

from __future__ import annotations

import pytest

import govflow as gf
from govflow.community import changed
from govflow.store import MemoryStore
from govflow.stories import tell
from govflow.stories.beida import TAKERS

VISIT = {"visit_on", "visitor", "people", "housing", "moved_in", "contact", "call_again"}


@pytest.fixture(scope="module")
def told():
    """Return the story, and a desk on the record that it left."""
    community, store = gf.load("beida"), MemoryStore()
    return tell(community, store=store), gf.Desk(community, store=store, clock=gf.ManualClock(0))


def everything(desk, lifecycle):
    """Return all cases of a lifecycle."""
    return desk.find(lifecycle=lifecycle, limit=1000).cases


def test_every_figure_of_the_report_is_reached(told):
    """The story compares each figure of the definition with its bound, meets it, and leaves a whole record."""
    story, _ = told
    assert set(story.reached) == set(gf.load("beida").figures)
    assert [one.figure.name for one in story.reached.values() if not one.met] == []
    assert story.audit.ok


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_the_figures_do_not_hang_on_one_luck(seed):
    """Other residents with other luck: the bounds are the same, and so are the figures."""
    assert tell("beida", seed=seed).met


def test_nobody_has_two_wishes_at_a_time_and_more_is_wished_for_than_fulfilled(told):
    """Each check-in keeps to its room; wishes that nobody came round to are still open."""
    _, desk = told
    check_ins = everything(desk, "check_in")
    assert len(check_ins) == len(TAKERS)
    assert all(case.facts["counter.taken"] <= case.facts["counter.room"] for case in check_ins)
    assert any(case.open for case in everything(desk, "wish"))


def test_a_visit_keeps_nothing_beyond_its_closed_schema(told):
    """Whatever was said of a household in a visit is one of the seven fields of the lifecycle."""
    _, desk = told
    said = {name for case in everything(desk, "visit") for event in case.history for name in event.fields}
    assert said
    assert said <= VISIT


def test_the_lane_is_decided_on_only_when_everybody_has_accepted(told):
    """The first plan is objected to, the second accepted by three, and only then is there a decision."""
    _, desk = told
    (lane,) = desk.find(lifecycle="project", category="lane_renovation").cases
    kinds = [event.kind for event in lane.history]
    assert kinds.index("object") < kinds.index("decide")
    second = len(kinds) - kinds[::-1].index("lay_plan")
    assert kinds[second : kinds.index("decide")] == ["accept"] * 3


def test_without_saturdays_no_wish_is_handed_out():
    """The estates' calendar carries the days of wishes: closed on Saturdays, nothing is fulfilled."""
    closed = changed(gf.load("beida"), {"calendars.estate.hours": {"mon-fri": "14:30-17:30"}})
    story = tell(closed)
    assert story.reached["wishes"].value == 0
    assert not story.met
