"""The service circle: a map that is current, gaps of the service, tables that tell of nobody, and GeoJSON."""

from __future__ import annotations

import json

import networkx as nx
import pytest
from hypothesis import given, strategies as st

from govflow.calendar import MINUTE, Calendar
from govflow.errors import DefinitionError, UnknownName, UsageError
from govflow.planning import (
    GapRow,
    Home,
    Point,
    Resource,
    Streets,
    Walk,
    open_at,
    service_gaps,
    standing,
    to_geojson,
    within_reach,
)

OFFICE = Calendar.from_data("office", {"hours": {"mon-fri": "09:00-17:00"}}, "Asia/Shanghai")
MARKET = Point(119.380, 25.720)

points = st.builds(Point, st.floats(119.37, 119.39), st.floats(25.71, 25.73))
kinds = st.sampled_from(["culture", "medical", "shop"])
resources = st.lists(st.tuples(kinds, points), max_size=8).map(
    lambda rows: [Resource(f"r-{n}", kind, point) for n, (kind, point) in enumerate(rows)]
)
homes = st.lists(st.tuples(points, st.sampled_from(["group/1", "group/2"])), max_size=20).map(
    lambda rows: [Home(f"h-{n}", point, unit) for n, (point, unit) in enumerate(rows)]
)


def east(metres):
    """Return a point so many metres east of the market."""
    return Point(MARKET.lon + metres / (111_195 * 0.9009), MARKET.lat)


def test_the_map_is_current_at_every_instant():
    """A resource is on the map from its first instant to before its last, and open by its own calendar."""
    monday, sunday = OFFICE.instant("2026-03-02T10:00"), OFFICE.instant("2026-03-08T10:00")
    clinic = Resource("clinic", "medical", MARKET, calendar="office", since=monday)
    park = Resource("park", "culture", MARKET, until=sunday)
    found = [
        [[r.id for r in on(at)] for at in (monday - 1, monday, sunday)]
        for on in (lambda at: standing([park, clinic], at), lambda at: open_at([park, clinic], at, {"office": OFFICE}))
    ]
    assert found == [[["park"], ["clinic", "park"], ["clinic"]], [["park"], ["clinic", "park"], []]]


def test_a_calendar_nobody_wrote_down_is_told_with_the_nearest_spelling():
    """Opening hours are a name among the community's calendars."""
    with pytest.raises(UnknownName, match="did you mean 'office'"):
        open_at([Resource("clinic", "medical", MARKET, calendar="ofice")], 0, {"office": OFFICE})


def test_a_quarter_of_an_hour_is_963_metres_walked():
    """15 minutes at 1.07 m/s, with a detour of 1.3: 740 m straight are within, 742 m are not."""
    clinics = [Resource("near", "medical", east(740)), Resource("far", "medical", east(742))]
    assert [reached.resource.id for reached in within_reach(MARKET, clinics)] == ["near"]
    assert [reached.resource.id for reached in within_reach(MARKET, clinics, within=16 * MINUTE)] == ["near", "far"]


def test_a_river_is_no_way():
    """By distance the far bank is near; along the streets it takes the bridge, and is out of reach."""
    graph = nx.Graph()
    for name, metres in (("this bank", 0), ("far bank", 200), ("bridge", 100)):
        graph.add_node(name, x=east(metres).lon, y=MARKET.lat + (0.02 if name == "bridge" else 0))
    graph.add_edge("this bank", "bridge", length=2200)
    graph.add_edge("bridge", "far bank", length=2200)
    home, shop = Home("h-1", MARKET, "group/1"), Resource("shop", "shop", east(200))
    assert service_gaps([home], [shop]).lacking == {"shop": ()}
    by_street = Walk(streets=Streets.from_graph(graph))
    assert service_gaps([home], [shop], walk=by_street).lacking == {"shop": ("h-1",)}
    assert service_gaps([home], [shop], walk=by_street, within=70 * MINUTE).lacking == {"shop": ()}


@given(homes, resources)
def test_a_gap_is_what_within_reach_does_not_find(places, things):
    """Both directions agree: a household lacks a kind exactly where nothing of that kind is within its reach."""
    gaps = service_gaps(places, things, kinds=["culture", "medical", "shop"])
    for kind, lacking in gaps.lacking.items():
        without = [h.household for h in places if kind not in {r.resource.kind for r in within_reach(h.point, things)}]
        assert list(lacking) == sorted(without)


@given(homes, resources, points, kinds, st.integers(5, 20), st.integers(0, 10))
def test_another_resource_or_more_minutes_never_open_a_gap(places, things, point, kind, minutes, more):
    """Gaps only close when a resource comes or the walk may take longer."""
    every = ["culture", "medical", "shop"]
    before = service_gaps(places, things, kinds=every, within=minutes * MINUTE).lacking
    richer = service_gaps(places, [*things, Resource("new", kind, point)], kinds=every, within=minutes * MINUTE).lacking
    longer = service_gaps(places, things, kinds=every, within=(minutes + more) * MINUTE).lacking
    for after in (richer, longer):
        assert all(set(after[k]) <= set(before[k]) for k in every)


@given(homes, resources, st.randoms())
def test_the_order_of_the_input_changes_nothing(places, things, random):
    """Shuffled homes and resources give the same gaps, the same map and the same reach."""
    mixed = random.sample(places, len(places)), random.sample(things, len(things))
    assert service_gaps(places, things) == service_gaps(*mixed)
    assert to_geojson(things, homes=places) == to_geojson(mixed[1], homes=mixed[0])
    assert within_reach(MARKET, things) == within_reach(MARKET, mixed[1])


@given(homes, resources)
def test_a_published_row_tells_of_five_households_or_of_none(places, things):
    """No count from 1 to 4 stands in a row, nor follows from one as what is left over; what is told is right."""
    gaps = service_gaps(places, things, kinds=["shop"])
    for row in gaps.rows:
        mine = {h.household for h in places if h.unit == row.unit}
        for told in (row.households, row.lacking):
            assert told is None or told not in range(1, 5)
        if row.lacking is not None:
            assert row.households - row.lacking not in range(1, 5)
            assert (row.households, row.lacking) == (len(mine), len(mine & set(gaps.lacking["shop"])))


@pytest.mark.parametrize(
    ("households", "lacking", "told"),
    [(4, 4, (None, None)), (9, 4, (9, None)), (9, 5, (9, None)), (9, 9, (9, 9)), (9, 0, (9, 0)), (10, 5, (10, 5))],
)
def test_small_counts_are_suppressed_on_both_sides(households, lacking, told):
    """Four that lack it are not told, nor four that have it; all and none are."""
    places = [Home(f"h-{n}", MARKET if n < households - lacking else east(3000), "group/1") for n in range(households)]
    gaps = service_gaps(places, [Resource("shop", "shop", MARKET)])
    assert gaps.rows == (GapRow("shop", "group/1", *told),)
    assert len(gaps.lacking["shop"]) == lacking


def test_geojson_has_longitude_first_and_no_home_that_was_not_asked_for():
    """RFC 7946: a FeatureCollection of points (lon, lat), with an id; times as ISO text; it is JSON."""
    clinic = Resource("clinic", "medical", MARKET, name="卫生站", calendar="office", since=OFFICE.instant("2026-03-02"))
    drawn = json.loads(json.dumps(to_geojson([clinic])))
    assert drawn == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "clinic",
                "geometry": {"type": "Point", "coordinates": [119.38, 25.72]},
                "properties": {
                    "kind": "medical",
                    "name": "卫生站",
                    "calendar": "office",
                    "since": "2026-03-01T16:00:00+00:00",
                },
            }
        ],
    }
    with_home = to_geojson([clinic], homes=[Home("h-1", MARKET, "group/1")])
    assert with_home["features"][1]["properties"] == {"kind": "household", "unit": "group/1"}


def test_what_is_given_twice_is_refused():
    """A household or a resource has one place on the map."""
    home, shop = Home("h-1", MARKET, "group/1"), Resource("shop", "shop", MARKET)
    with pytest.raises(DefinitionError, match="'h-1' is given 2 times"):
        service_gaps([home, home], [shop])
    with pytest.raises(DefinitionError, match="'shop' is given 2 times"):
        within_reach(MARKET, [shop, shop])
    with pytest.raises(UsageError, match="within"):
        within_reach(MARKET, [shop], within=-1)
