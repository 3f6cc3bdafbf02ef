"""The story of Fuzhong: its figures come of booths, hours and people, and of nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

import govflow as gf
from govflow.calendar import HOUR, MINUTE
from govflow.community import changed
from govflow.planning import MarketDay, Service
from govflow.store import MemoryStore
from govflow.stories import fuzhong, tell
from govflow.stories.booths import PATIENCE, instants, served
from govflow.stories.service_market import SUGGESTIONS, WEEK
from govflow.stories.stage import Stage

MIDNIGHT = gf.load("fuzhong").calendars["street"].instant("2026-05-17")


@pytest.fixture(scope="module")
def told():
    """Return the story, and a desk on the record that it left."""
    community, store = gf.load("fuzhong"), MemoryStore()
    return tell(community, store=store), gf.Desk(community, store=store, clock=gf.ManualClock(0))


def test_every_figure_of_the_report_is_reached(told):
    """The story tells each figure of the definition, meets all that it was not only given, and its record is whole."""
    story, _ = told
    assert set(story.reached) == set(gf.load("fuzhong").figures)
    assert [one.figure.name for one in story.reached.values() if one.met is False] == []
    assert {name for name, one in story.reached.items() if one.met is None} == set()
    assert story.audit.ok
    assert story.met


def test_what_was_not_settled_at_the_market_went_to_the_grids(told):
    """Every demand of the booths is a case: confirmed there on the day, or handed down; suggestions are no demands."""
    _, desk = told
    markets = desk.find(lifecycle="market", limit=1000).cases
    (market,) = [case for case in markets if case.facts.get("counter.collected")]
    demands = desk.find(lifecycle="grievance", channel="market", limit=1000).cases
    noted = {event.fields["demand"] for event in market.history if event.kind == "settle"}
    assert market.facts["counter.collected"] == len(demands)
    assert market.facts["counter.suggested"] == len(desk.find(lifecycle="suggestion").cases)
    assert {case.facts["home"].partition("/")[0] for case in demands} == {"grid"}
    for case in demands:
        done = [event for event in case.history if event.kind == "confirm" and event.at < MIDNIGHT]
        assert bool(done) == (case.id in noted)
        assert done or any(event.kind in ("hand_down", "dispute") for event in case.history)


def test_the_market_opens_at_its_hour(told):
    """At nine, not as the day begins; nobody is served and nothing is taken before."""
    _, desk = told
    local = desk.community.calendars["street"].local
    for market in desk.find(lifecycle="market", limit=1000).cases:
        at = {event.kind: local(event.at).strftime("%H:%M") for event in market.history}
        assert (at["come_round"], at["hold"]) == ("00:00", "09:00")


def test_the_secretarys_hour_opens_above_the_community(told):
    """What is told to the street's secretary opens at the street."""
    _, desk = told
    hour = desk.find(channel="secretary_hour", limit=1000).cases
    assert hour
    assert {case.history[0].unit for case in hour} == {"street/lianhua"}


def test_suggestions_are_kept_word_for_word(told):
    """What stands in the vault is what somebody said, to the letter."""
    _, desk = told
    suggestions = desk.find(lifecycle="suggestion").cases
    assert suggestions
    assert {desk.texts(case)[1, "text"].text for case in suggestions} <= set(SUGGESTIONS)


def test_the_same_seed_tells_the_same_story(told):
    """Everything follows from the definition and the seed."""
    story, _ = told
    assert tell("fuzhong").to_data() == story.to_data()


def test_two_people_are_no_trio():
    """Where a grid has two handlers, its roads and buildings are shared by two: the reported figure is missed."""
    pairs = Stage(changed(gf.load("fuzhong"), {"organization.patterns.grid.handlers": 2}), "2026-05-16T09:00")
    plan = fuzhong.cover(pairs, fuzhong.grids(pairs)[0])
    assert len(plan.patches) == 2
    assert sum(plan.sizes) == 600


lines = st.lists(st.integers(0, 3 * HOUR), max_size=60).map(sorted)
services = st.builds(
    Service, st.integers(1, 40).map(MINUTE.__mul__), counters=st.integers(1, 3), together=st.integers(1, 5)
)


@given(lines, services)
def test_nobody_is_served_beyond_what_the_counters_can(line, service):
    """No line gets more served than counters, people at once and opening hours allow, nor anybody after closing."""
    day = MarketDay("day", 0, 3 * HOUR, ())
    done = served(line, service, day)
    assert len(done) <= service.counters * service.together * (3 * HOUR // service.time)
    assert len(done) <= len(line)
    assert all(service.time <= at <= day.end for at in done)
    for at in set(done):
        assert done.count(at) <= service.counters * service.together


@given(lines, services)
def test_who_is_served_has_waited_no_longer_than_patience(line, service):
    """Everybody is served within patience and service of coming: whoever is served at all can be matched in order."""
    done = served(line, service, MarketDay("day", 0, 3 * HOUR, ()))
    longest = max(PATIENCE, service.time) + service.time
    assert all(any(at - longest <= came <= at - service.time for came in line) for at in done)


def test_people_come_while_the_market_is_open_and_by_its_hours():
    """On average as many as asked for come, none while it is closed, and most in the hour with the greatest weight."""
    stage = Stage(gf.load("fuzhong"), "2026-05-16T00:00")
    day = MarketDay("day", stage.now + 9 * HOUR, stage.now + 12 * HOUR, ())
    came = instants(stage, day, 2400, "somebody", week=WEEK)
    by_hour = [sum(day.start + n * HOUR <= at < day.start + (n + 1) * HOUR for at in came) for n in range(3)]
    assert sum(by_hour) == len(came) == pytest.approx(2400, rel=0.1)
    assert by_hour[1] > by_hour[0] > by_hour[2]
