"""A market day on a desk: as many booths as places, demands counted once, every figure from its events."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.calendar import HOUR
from govflow.casework import ManualClock
from govflow.errors import Refused
from govflow.planning import Booth, MarketDay, allot, booth_claims, hand_in, market_figures, plan_market, settle

SECRETARY = "community/fuzhong#1"
HOUSEHOLD = "household/fuzhong-1-1"
RESIDENT = "resident:example-1"


@cache
def fuzhong():
    """Fuzhong community."""
    return gf.load("fuzhong")


def planned(booths=2):
    """A desk with a market that asks for claims, and its day."""
    street = fuzhong().calendars["street"]
    desk = gf.Desk(fuzhong(), clock=ManualClock(street.instant("2026-03-02T10:00")))
    saturday = street.instant("2026-03-07T09:00")
    day = MarketDay("market-1", saturday, saturday + 3 * HOUR, [Booth(f"booth-{n}") for n in range(booths)])
    return desk, day, plan_market(desk, day, unit="community/fuzhong", by=SECRETARY)


def opened(booths=2):
    """The same market on its day, every booth claimed."""
    desk, day, market = planned(booths)
    for number in range(booths):
        desk.act(market, "claim_booth", by=f"member:example-{number}", service="advice")
    desk.clock.at = day.start
    desk.advance()
    return desk, market


def test_a_market_opens_at_its_hour_and_closes_as_its_day_ends():
    """Whoever forgets to open it or to close it: the clock does both; before its hour nobody is served."""
    desk, day, market = planned()
    desk.clock.at = day.start - 10 * HOUR
    desk.advance()
    assert desk.case(market).state == "invited"
    desk.clock.at = day.start - 1
    desk.advance()
    assert desk.case(market).state == "today"
    with pytest.raises(Refused):
        desk.act(market, "serve", by=SECRETARY, served=1)
    desk.clock.at = day.start
    desk.advance()
    assert desk.case(market).state == "open"
    desk.clock.at = day.end + 12 * HOUR
    desk.advance()
    assert desk.case(market).state == "closed"


@settings(max_examples=20, deadline=None)
@given(places=st.integers(1, 5), wanting=st.lists(st.integers(0, 8), max_size=12))
def test_booths_are_claimed_once_each_and_never_beyond_their_number(places, wanting):
    """The first come have them; whoever has one or comes late is refused, and claims reach the allotment in order."""
    desk, day, market = planned(places)
    got = []
    for number in wanting:
        who = f"member:example-{number}"
        if who in got or len(got) == places:
            with pytest.raises(Refused):
                desk.act(market, "claim_booth", by=who, service="advice")
        else:
            desk.act(market, "claim_booth", by=who, service="advice")
            got.append(who)
    claims = booth_claims(desk, market, day, {})
    assert [claim.unit for claim in sorted(claims, key=lambda claim: (claim.at, claim.id))] == got
    plan = allot([day], claims)
    assert sorted(stand.unit for stand in plan.places.values()) == sorted(got)


def test_what_is_handed_in_comes_in_where_the_intake_says():
    """The community has what comes at the market, the street what comes at the secretary's hour."""
    desk, market = opened()
    told = {"by": "member:example-0", "category": "parking", "reporter": "resident:example-1"}
    at_market = hand_in(desk, market, "A lamp is out.", household=HOUSEHOLD, **told)
    assert (at_market.unit, at_market.facts["home"]) == ("community/fuzhong", "grid/fuzhong-1")
    assert (at_market.facts["channel"], at_market.facts["reporter"]) == ("market", "resident:example-1")
    direct = hand_in(desk, market, "The crossing.", channel="secretary_hour", household=HOUSEHOLD, **told)
    assert direct.unit == "street/lianhua"
    direct = desk.act(direct, "accept", by="street/lianhua#1")
    down = desk.act(direct, "hand_down", by="street/lianhua#1", to="community/fuzhong", reason="nearer_to_home")
    assert down.unit == "community/fuzhong"
    idea = hand_in(desk, market, "More benches.", by=SECRETARY, suggestion=True)
    assert (idea.lifecycle, idea.facts["parent"]) == ("suggestion", market.id)


def test_the_same_demand_sent_twice_is_handed_in_once():
    """A key stands for one command."""
    desk, market = opened()
    hand_in(desk, market, "A lamp.", by=SECRETARY, category="parking", key="slip-1")
    with pytest.raises(Refused, match="was used before"):
        hand_in(desk, market, "A lamp.", by=SECRETARY, category="parking", key="slip-1")
    assert market_figures(desk, market).demands == 1


def answered(desk, demand):
    """The same demand, taken up and resolved by the secretary, and confirmed by whoever brought it."""
    for trigger in ("accept", "start", "resolve"):
        demand = desk.act(demand, trigger, by=SECRETARY)
    return desk.act(demand, "confirm", by=demand.facts["reporter"])


def test_only_what_was_handed_in_there_and_confirmed_is_settled_on_the_spot():
    """A demand is a case like any other; the market notes it as settled once, when its reporter has said so."""
    desk, market = opened()
    told = {"category": "parking", "reporter": RESIDENT}
    other, fresh = (hand_in(desk, one, "A lamp.", by=SECRETARY, **told) for one in (market, market))
    elsewhere = desk.open("grievance", category="parking", channel="walk_in", unit="community/fuzhong", by=RESIDENT)
    for demand in (fresh, elsewhere):
        with pytest.raises(Refused):
            settle(desk, market, demand, by=SECRETARY)
    done = answered(desk, other)
    for _ in range(2):
        assert settle(desk, market, done, by=SECRETARY).facts["counter.settled"] == 1
    figures = market_figures(desk, market)
    assert (figures.demands, figures.settled, figures.suggestions) == (2, 1, 0)


def test_a_suggestion_is_no_demand():
    """What is collected word for word is counted apart."""
    desk, market = opened()
    hand_in(desk, market, "More benches.", by=SECRETARY, suggestion=True)
    figures, facts = market_figures(desk, market), desk.case(market).facts
    assert (figures.demands, figures.suggestions) == (0, 1)
    assert (facts.get("counter.collected", 0), facts["counter.suggested"]) == (0, 1)


KINDS = ["serve", "settle", "hand_in", "suggest"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 50)), max_size=15))
def test_the_days_figures_add_up_to_the_counters_of_the_market(work):
    """By booth and in all, from the events alone; what the unit did itself stands under the unit."""
    desk, market = opened(2)
    actors = ("member:example-0", "member:example-1", SECRETARY)
    for trigger, who, number in work:
        if trigger == "serve":
            desk.act(market, "serve", by=actors[who], served=number)
        else:
            told = {"by": actors[who], "reporter": RESIDENT, "suggestion": trigger == "suggest"}
            case = hand_in(desk, market, "A lamp.", category=None if trigger == "suggest" else "parking", **told)
            if trigger == "settle":
                settle(desk, market, answered(desk, case), by=actors[who])
    figures, facts = market_figures(desk, market), desk.case(market).facts
    assert figures.served == facts.get("counter.served", 0)
    assert figures.demands == facts.get("counter.collected", 0)
    assert figures.settled == facts.get("counter.settled", 0) <= figures.demands
    assert figures.suggestions == facts.get("counter.suggested", 0)
    assert set(figures.booths) <= {*actors[:2], "community/fuzhong"}
    assert figures.served == sum(one.served for one in figures.booths.values())
