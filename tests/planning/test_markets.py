"""Market booths: first come first served, nobody refused who could be placed, and what a day can serve."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

import govflow
from govflow.calendar import MINUTE
from govflow.errors import DefinitionError, UnknownName
from govflow.planning.markets import Booth, BoothClaim, MarketDay, Service, allot, capacity

KINDS = ("law", "aid")


@st.composite
def small_markets(draw):
    """Draw up to two market days of up to three booths, and up to five claims."""
    days = []
    for number in range(draw(st.integers(1, 2))):
        booths = [Booth(f"b{booth}", draw(st.sets(st.sampled_from(KINDS)))) for booth in range(draw(st.integers(1, 3)))]
        most = {"law": draw(st.integers(0, 2))} if draw(st.booleans()) else {}
        days.append(MarketDay(f"d{number}", number, number + 1, booths, most))
    names = [day.id for day in days]
    claims = [
        BoothClaim(
            f"c{number}",
            f"unit/{number}",
            draw(st.sampled_from(KINDS)),
            draw(st.integers(0, 2)),
            draw(st.permutations(names))[: draw(st.integers(1, len(names)))],
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    return days, claims


def feasible(days, claims, places) -> bool:
    """Say whether claims may stand at (day, booth) places."""
    known = {day.id: day for day in days}
    if len(set(places)) < len(places):
        return False
    for claim, (day, booth) in zip(claims, places, strict=True):
        same = sum(other.kind == claim.kind and at == day for other, (at, _) in zip(claims, places, strict=True))
        suits = next(one for one in known[day].booths if one.id == booth).suits(claim.kind)
        if not suits or day not in claim.days or same > known[day].most.get(claim.kind, same):
            return False
    return True


def brute_force(days, claims) -> tuple[list[str], int]:
    """Return whom first come first served places, and the least sum of ranks of their days."""
    everywhere = [(day.id, booth.id) for day in days for booth in day.booths]
    granted: list[BoothClaim] = []
    for claim in sorted(claims, key=lambda claim: (claim.at, claim.id)):
        tried = [*granted, claim]
        if any(feasible(days, tried, places) for places in product(everywhere, repeat=len(tried))):
            granted = tried
    ranks = [
        sum(claim.days.index(day) for claim, (day, _) in zip(granted, places, strict=True))
        for places in product(everywhere, repeat=len(granted))
        if feasible(days, granted, places)
    ]
    return [claim.id for claim in granted], min(ranks)


@settings(max_examples=40)
@given(small_markets(), st.randoms(use_true_random=False))
def test_no_allotment_is_better_by_brute_force(market, random):
    """Whom first come first served places is placed, on the best days together, whatever the order of input."""
    days, claims = market
    plan = allot(days, claims)
    granted = [claim for claim in claims if claim.id in plan.places]
    assert feasible(days, granted, [(plan.places[claim.id].day, plan.places[claim.id].booth) for claim in granted])
    ranks = sum(claim.days.index(plan.places[claim.id].day) for claim in granted)
    assert (list(plan.places), ranks) == brute_force(days, claims)
    assert set(plan.refused) == {claim.id for claim in claims} - set(plan.places)
    random.shuffle(claims)
    random.shuffle(days)
    assert allot(days, claims) == plan


def test_a_refused_claim_is_told_why():
    """Each of its days says what it lacks."""
    days = [MarketDay("d1", 0, 1, [Booth("a", {"law"})], {"law": 1}), MarketDay("d2", 1, 2, [Booth("a")])]
    claims = [
        BoothClaim("1", "unit/1", "law", 1, ["d1"]),
        BoothClaim("2", "unit/2", "aid", 2, ["d2"]),
        BoothClaim("3", "unit/3", "law", 3, ["d1", "d2"]),
        BoothClaim("4", "unit/4", "aid", 4, ["d1"]),
    ]
    assert allot(days, claims).refused == {
        "3": "d1: has its 1 of 'law'; d2: every booth that suits 'law' went to earlier claims",
        "4": "d1: no booth suits 'aid'",
    }
    with pytest.raises(DefinitionError, match="unknown market day 'd3'") as caught:
        allot([*days, days[0]], [BoothClaim("5", "unit/5", "aid", 1, ["d3"]), BoothClaim("6", "unit/5", "aid", 1, [])])
    assert len(caught.value.faults) == 3


def test_fuzhongs_market_can_serve_what_was_reported():
    """Twelve booths from 09:00 to 12:00 can serve 5,000 person-times, 600 of them with talks, as assumed below."""
    fuzhong = govflow.load("fuzhong")
    office, figures = fuzhong.calendars["office"], fuzhong.figures
    services = {  # assumed: minutes a person, counters, people at once
        "legal_advice": Service(8 * MINUTE, counters=4),
        "enterprise_talk": Service(30 * MINUTE, together=100),
        "volunteer_sign_up": Service(1 * MINUTE, counters=3),
        "first_aid": Service(15 * MINUTE, counters=2, together=20),
        "calligraphy": Service(2 * MINUTE, counters=6),
        "opinions": Service(20 * MINUTE, counters=2, together=8),
        "leaflets": Service(1 * MINUTE, counters=4),
    }
    kinds = [*services, *["leaflets"] * 2, "volunteer_sign_up", "calligraphy", "first_aid"]
    start, end = office.instant("2026-05-16T09:00"), office.instant("2026-05-16T12:00")
    day = MarketDay("2026-05-16", start, end, [Booth(f"booth/{number:02d}") for number in range(1, 13)])
    plan = allot([day], [BoothClaim(f"{at:02d}", f"unit/{at}", kind, at, [day.id]) for at, kind in enumerate(kinds)])
    served = capacity(day, plan, services)
    assert not plan.refused
    assert len(served) >= figures["market_booths"].value
    assert sum(served.values()) >= figures["market_served"].value
    talks = sum(served[place.booth] for place in plan.places.values() if place.kind == "enterprise_talk")
    assert talks >= figures["enterprise_talks"].value
    with pytest.raises(UnknownName, match="leaflets"):
        capacity(day, plan, {kind: service for kind, service in services.items() if kind != "leaflets"})
