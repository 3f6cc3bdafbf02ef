"""Matching: feasible, as good as trying everything, fair to whoever asked first, and calm when one thing changes."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import ceil

import networkx as nx
import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from govflow.calendar import MINUTE, SECOND
from govflow.errors import DefinitionError, MissingExtra, UsageError
from govflow.planning import (
    Assignment,
    Demand,
    Offer,
    Point,
    Streets,
    Walk,
    Weights,
    extra,
    great_circle,
    match,
    sittings,
)

NEAR = 12 * MINUTE
SKILLS = ["first_aid", "reading", "repair"]

somewhere = st.none() | st.builds(Point, st.sampled_from([119.380, 119.384, 119.392]), st.just(25.72))
skills = st.sets(st.sampled_from(SKILLS), max_size=2)
windows = st.sets(st.sampled_from([(0, 4), (4, 8), (8, 12), (14, 20)]), max_size=3)
weights = st.builds(Weights, *[st.integers(0, 3).map(lambda n, unit=u: n * unit) for u in (1, 200, 100, 300)])


@st.composite
def demand_lists(draw, most=4, people=2):
    """Draw a few demands."""
    rows = draw(
        st.lists(
            st.tuples(skills, st.integers(1, 6), windows, somewhere, st.integers(1, people), st.integers(0, 2)),
            max_size=most,
        )
    )
    return [Demand(f"d-{n}", s, work, times, p, k, at) for n, (s, work, times, p, k, at) in enumerate(rows)]


@st.composite
def offer_lists(draw, most=3):
    """Draw a few offers."""
    capacity = st.none() | st.integers(0, 2)
    rows = draw(
        st.lists(
            st.tuples(
                st.sets(st.sampled_from(SKILLS)),
                windows,
                somewhere,
                st.integers(0, 3),
                capacity,
                st.integers(1, 2),
                skills,
            ),
            max_size=most,
        )
    )
    return [Offer(f"o-{n}", *row) for n, row in enumerate(rows)]


# ------------------------------------------------------------ the judge: trying everything
def way(demand, offer):
    """Return the seconds on foot, by the haversine formula."""
    if demand.point is None or offer.point is None:
        return 0
    return ceil(great_circle(demand.point, offer.point) * 1.3 / 1.07 - 1e-6)


def first_start(demand, window):
    """Return the first instant at which the work could begin, trying each in turn."""
    for start in range(*window):
        fits = any(opens <= start and start + demand.work <= closes for opens, closes in demand.times or [window])
        if fits and start + demand.work <= window[1]:
            return start
    return None


def appointments(demand, offers, before=()):
    """Return all (offer, window, start) that break no rule for one demand: the first start, and an agreed one."""
    return [
        (offer, window, start)
        for offer in offers
        if demand.skills <= offer.skills and way(demand, offer) <= NEAR // SECOND
        for window in offer.free
        if (first := first_start(demand, window)) is not None
        for start in {first, *(at for d, o, at in before if (d, o) == (demand.id, offer.id))}
        if start == first_start(demand, (max(start, window[0]), window[1]))
    ]


def every_plan(demands, offers, before=()):
    """Yield every plan there is: for each demand a tuple of appointments, rules of capacity kept."""
    if not demands:
        yield ()
        return
    found = appointments(demands[0], offers, before)
    mine = [c for n in range(demands[0].people + 1) for c in combinations(found, n)]
    for rest in every_plan(demands[1:], offers, before):
        for choice in mine:
            plan = (choice, *rest)
            taken = [a for part in plan for a in part]
            per_window = Counter((offer.id, window) for offer, window, _ in taken)
            per_offer = Counter(offer.id for offer, _, _ in taken)
            if (
                len({offer.id for offer, _, _ in choice}) == len(choice)
                and all(per_window[o.id, w] <= o.at_once for o in offers for w in o.free)
                and all(per_offer[o.id] <= (per_offer[o.id] if o.capacity is None else o.capacity) for o in offers)
            ):
                yield plan


def price(demands, offers, plan, weights, before=()):
    """Return the cost of a plan, added up from its meaning."""
    total, agreed = 0, {demand for demand, _, _ in before}
    for demand, choice in zip(demands, plan, strict=True):
        for offer, _, start in choice:
            total += way(demand, offer) * weights.walk
            total += weights.preference * bool(offer.prefers and not offer.prefers & demand.skills)
            total += weights.change * (demand.id in agreed and (demand.id, offer.id, start) not in before)
    for offer in offers:
        more = sum(other.id == offer.id for choice in plan for other, _, _ in choice)
        total += weights.load * sum(range(offer.load, offer.load + more))
    return total


def got(matching, demands):
    """Return how many people each demand has, in order of arrival."""
    count = Counter(a.demand for a in matching.assignments)
    return [count[d.id] for d in by_arrival(demands)]


def by_arrival(demands):
    """Return the demands, the earliest first, at one instant by id."""
    return sorted(demands, key=lambda d: (d.arrived, d.id))


def keys(matching):
    """Return the appointments of a matching as plain keys."""
    return {(a.demand, a.offer, a.start) for a in matching.assignments}


@given(demand_lists(most=3), offer_lists(), weights, st.data())
def test_no_plan_is_better(demands, offers, weights, data):
    """Of all plans, none serves more, none serves earlier ones better, and of those alike none costs less.

    What was agreed before began anywhere in a window, at an hour at which the work need not fit any more.
    """
    asked = by_arrival(demands)
    kept = data.draw(st.sampled_from(list(every_plan(asked, offers))))
    before = {
        (d.id, o.id, data.draw(st.integers(opens, closes - 1)))
        for d, choice in zip(asked, kept, strict=True)
        for o, (opens, closes), _ in choice
    }
    plans = list(every_plan(asked, offers, before))
    work = {d.id: d.work for d in demands}
    previous = [Assignment(d, o, start, start + work[d]) for d, o, start in before]
    found = match(demands, offers, before=previous, within=NEAR, weights=weights)
    counts = [[len(choice) for choice in plan] for plan in plans]
    assert got(found, demands) == max(counts)
    assert len(found.assignments) == max(sum(count) for count in counts)
    best = min(price(asked, offers, p, weights, before) for p, c in zip(plans, counts, strict=True) if c == max(counts))
    assert found.cost.total == best


@given(demand_lists(most=12), offer_lists(most=8))
def test_every_rule_is_kept(demands, offers):
    """Skill, time, distance, capacity, and nobody in two places at once or two people for one demand."""
    found = match(demands, offers, within=NEAR)
    asked, given_ = {d.id: d for d in demands}, {o.id: o for o in offers}
    for a in found.assignments:
        demand, offer = asked[a.demand], given_[a.offer]
        assert demand.skills <= offer.skills
        assert a.end - a.start == demand.work
        assert any(opens <= a.start and a.end <= closes for opens, closes in offer.free)
        assert not demand.times or any(opens <= a.start and a.end <= closes for opens, closes in demand.times)
        assert a.seconds == way(demand, offer) <= NEAR // SECOND
    assert len({(a.demand, a.offer) for a in found.assignments}) == len(found.assignments)
    for offer in offers:
        mine = [a for a in found.assignments if a.offer == offer.id]
        assert offer.capacity is None or len(mine) <= offer.capacity
        assert all(sum(b.start <= a.start < b.end for b in mine) <= offer.at_once for a in mine)
    lacking = {u.demand: u.missing for u in found.unmatched}
    for demand, count in zip(by_arrival(demands), got(found, demands), strict=True):
        assert lacking.get(demand.id, 0) == demand.people - count


@given(demand_lists(most=8), offer_lists(most=5), st.randoms())
def test_the_order_of_the_input_changes_nothing(demands, offers, random):
    """Shuffled demands and offers give the same matching, to the last appointment."""
    mixed = random.sample(demands, len(demands)), random.sample(offers, len(offers))
    assert match(demands, offers, within=NEAR) == match(*mixed, within=NEAR)


# ------------------------------------------------------------ one thing changes
@given(demand_lists(most=8), offer_lists(most=5))
def test_a_matching_that_is_asked_again_stays(demands, offers):
    """With nothing changed, no appointment changes."""
    first = match(demands, offers, within=NEAR)
    assert keys(match(demands, offers, before=first.assignments, within=NEAR)) == keys(first)


def test_an_agreed_hour_is_kept_wherever_in_the_window_it_lies():
    """Who agreed on five o'clock is not asked to come at the first hour that is free instead."""
    demand, offers = Demand("d-1", (), 2, [(0, 10)]), [Offer("o-1", (), [(0, 10)]), Offer("o-2", (), [(0, 10)])]
    agreed = Assignment("d-1", "o-2", 5, 7)
    found = match([demand], offers, before=[agreed])
    assert (found.assignments, found.cost.change) == ((agreed,), 0)
    assert match([evolve(demand, work=6)], offers, before=[agreed]).assignments[0].start == 0


@given(demand_lists(most=8), offer_lists(most=5), offer_lists(most=1))
def test_another_offer_never_throws_a_demand_out(demands, offers, more):
    """Everyone has at least as many people as before."""
    before = match(demands, offers, within=NEAR)
    after = match(demands, [*offers, *(evolve(o, id="new") for o in more)], within=NEAR)
    assert all(a >= b for a, b in zip(got(after, demands), got(before, demands), strict=True))


@given(demand_lists(most=8), offer_lists(most=5), demand_lists(most=1))
def test_a_later_demand_never_throws_an_earlier_one_out(demands, offers, more):
    """Those who asked before have just as many people as without it."""
    before = match(demands, offers, within=NEAR)
    after = match([*demands, *(evolve(d, id="new", arrived=9) for d in more)], offers, within=NEAR)
    assert got(after, demands)[: len(demands)] == got(before, demands)


@given(demand_lists(most=8, people=1), offer_lists(most=5), st.data())
def test_one_demand_more_displaces_at_most_one(demands, offers, data):
    """Whoever comes, whenever they asked: at most one other demand loses its place, and none gains one."""
    new = data.draw(demand_lists(most=1, people=1).filter(len))[0]
    before = match(demands, offers, within=NEAR)
    after = match([*demands, evolve(new, id="new")], offers, within=NEAR)
    lost = [b - a for a, b in zip(got(after, demands), got(before, demands), strict=True)]
    assert set(lost) <= {0, 1}
    assert sum(lost) <= 1


@given(demand_lists(most=8), offer_lists(most=5), st.data())
def test_appointments_change_only_where_it_pays(demands, offers, data):
    """When a demand is withdrawn and all are served, k changes save at least k times the weight `change`."""
    first = match(demands, offers, within=NEAR)
    if first.unmatched or not demands:
        return
    gone = data.draw(st.sampled_from(demands)).id
    rest = [d for d in demands if d.id != gone]
    kept = tuple(a for a in first.assignments if a.demand != gone)
    after = match(rest, offers, before=kept, within=NEAR)
    fresh = match(rest, offers, within=NEAR)
    changed = len(keys(after) - keys(evolve(first, assignments=kept)))
    by_id = {o.id: o for o in offers}
    plan = [[(by_id[a.offer], None, a.start) for a in kept if a.demand == d.id] for d in rest]
    keeping = price(rest, offers, plan, Weights())
    assert after.cost.change == 1800 * changed
    assert keeping - (after.cost.total - after.cost.change) >= 1800 * changed
    assert fresh.cost.total <= after.cost.total <= keeping


# ------------------------------------------------------------ reasons
DAY = [(0, 10)]


def why(demands, offers):
    """Return the one unmatched demand's reason."""
    (unmatched,) = match(demands, offers, within=NEAR).unmatched
    return unmatched


@pytest.mark.parametrize(
    ("demand", "reason", "able"),
    [
        (Demand("d-9", {"repair"}, 1), "skill", 0),
        (Demand("d-9", {"reading"}, 1, times=[(50, 60)]), "time", 0),
        (Demand("d-9", {"reading"}, 11), "time", 0),
        (Demand("d-9", {"reading"}, 1, point=Point(119.48, 25.72)), "distance", 0),
        (Demand("d-9", {"reading"}, 1, people=3), "skill", 2),
        (Demand("d-9", {"reading"}, 1, times=DAY, people=2, point=Point(119.38, 25.72)), "distance", 1),
    ],
)
def test_each_rule_gives_its_own_reason(demand, reason, able):
    """The first rule that leaves too few is the reason, with how many it left."""
    offers = [
        Offer("o-1", {"reading"}, DAY, Point(119.38, 25.72)),
        Offer("o-2", {"reading"}, DAY, Point(119.58, 25.72)),
    ]
    unmatched = why([demand], offers)
    assert (unmatched.reason, unmatched.able) == (reason, able)
    assert unmatched.text.startswith("'d-9' lacks")


def test_used_up_says_by_whom():
    """Who asked first is served; the other is told who could have, and what they do instead."""
    offers = [Offer("o-1", {"reading"}, DAY)]
    asked = [Demand("d-1", {"reading"}, 1, arrived=5), Demand("d-2", {"reading"}, 1, arrived=4)]
    unmatched = why(asked, offers)
    assert unmatched.text == "'d-1' lacks 1: there are 1 who could, and they are taken by d-2"
    assert (unmatched.offers, unmatched.by) == (("o-1",), ("d-2",))


@given(demand_lists(most=8), offer_lists(most=5))
def test_whoever_is_named_as_taken_is_full(demands, offers):
    """With the reason `capacity` no offer that could has a free place in a window that fits."""
    found = match(demands, offers, within=NEAR)
    asked = {d.id: d for d in demands}
    for unmatched in (u for u in found.unmatched if u.reason == "capacity"):
        demand = asked[unmatched.demand]
        assert {a[0].id for a in appointments(demand, offers)} == set(unmatched.offers)
        for offer, window, _ in appointments(demand, offers):
            mine = [a for a in found.assignments if a.offer == offer.id]
            here = [a for a in mine if window[0] <= a.start < window[1]]
            helps_already = any(a.demand == demand.id for a in mine)
            assert helps_already or len(mine) == offer.room or len(here) == offer.at_once


# ------------------------------------------------------------ examples and refusals
def test_load_is_spread_and_a_preference_counts():
    """Of two alike the one who carries less is asked, and of two who carry the same the one who likes it."""
    demand = Demand("d-1", {"reading"}, 1)
    tired, fresh = Offer("o-1", {"reading"}, DAY, load=3), Offer("o-2", {"reading"}, DAY)
    assert match([demand], [tired, fresh]).assignments[0].offer == "o-2"
    keen = Offer("o-3", {"reading"}, DAY, prefers={"reading"})
    assert match([demand], [evolve(fresh, prefers={"repair"}), keen]).assignments[0].offer == "o-3"


def test_a_thing_there_are_several_of_serves_several_at_once():
    """Three wheelchairs, one window, four demands: three are served, the earliest."""
    chairs = Offer("wheelchairs", (), DAY, at_once=3)
    found = match([Demand(f"d-{n}", (), 10, arrived=n) for n in range(4)], [chairs])
    assert [a.demand for a in found.assignments] == ["d-0", "d-1", "d-2"]


def test_sittings_cut_a_long_window_into_several():
    """A morning cut into hours takes three demands where whole it takes one."""
    demands = [Demand(f"d-{n}", (), 1) for n in range(3)]
    assert len(match(demands, [Offer("o-1", (), [(0, 3)])]).assignments) == 1
    assert len(match(demands, [Offer("o-1", (), sittings([(0, 3)], 1))]).assignments) == 3


def test_the_way_leads_along_the_streets_where_they_are_given():
    """Across the river is 200 m and no way: over the bridge it is too far."""
    graph = nx.Graph()
    for name, lon, lat in (("here", 119.380, 25.72), ("bridge", 119.381, 25.74), ("there", 119.382, 25.72)):
        graph.add_node(name, x=lon, y=lat)
    graph.add_edge("here", "bridge", length=2200)
    graph.add_edge("bridge", "there", length=2200)
    demand, offer = Demand("d-1", (), 1, point=Point(119.380, 25.72)), Offer("o-1", (), DAY, Point(119.382, 25.72))
    along = Walk(streets=Streets.from_graph(graph))
    assert match([demand], [offer]).assignments[0].seconds == way(demand, offer)
    assert match([demand], [offer], walk=along).unmatched[0].reason == "distance"
    assert match([demand], [offer], walk=along, within=70 * MINUTE).assignments[0].seconds == ceil(4400 / 1.07)


def test_without_the_packages_the_extra_is_named(monkeypatch):
    """Whoever plans without the extra is told which one to install."""
    monkeypatch.setattr(extra, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match="'planning'"):
        match([], [])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Demand("d-1", "reading", 1), "is one text"),
        (lambda: Demand("d-1", (), 0), "work is 0"),
        (lambda: Demand("d-1", (), 1, people=0), "people is 0"),
        (lambda: Demand("d-1", (), 1, times=[(5, 5)]), r"its end after its beginning"),
        (lambda: Offer("o-1", (), [(0, 5), (4, 8)]), "do not overlap"),
        (lambda: Offer("o-1", (), DAY, load=-1), "load is -1"),
        (lambda: Weights(walk=-1), "walk is -1"),
        (lambda: Weights(load=0.5), "load is 0.5"),
        (lambda: sittings(DAY, 0), "length is 0"),
        (lambda: match([Demand("d-1", (), 1)] * 2, []), "'d-1' is given 2 times"),
        (lambda: match([], [Offer("o-1", (), DAY)] * 2), "'o-1' is given 2 times"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, says):
    """Each slip is told in words."""
    with pytest.raises((DefinitionError, UsageError), match=says):
        make()


def test_nothing_asked_and_nothing_offered():
    """Empty lists match emptily, and demands without offers lack the skill."""
    assert match([], []).assignments == ()
    assert match([], [Offer("o-1", (), DAY)]).cost.total == 0
    assert why([Demand("d-1", (), 1)], []).reason == "skill"
