"""Walking: known distances, what every measure of time on foot owes, and networkx as the judge of streets."""

from __future__ import annotations

from math import ceil, inf, pi

import networkx as nx
import pytest
from hypothesis import given, strategies as st

from govflow.calendar import SECOND
from govflow.errors import DefinitionError, UsageError
from govflow.planning import Point, Streets, Walk, great_circle
from govflow.planning.walking import DETOUR, EARTH_RADIUS, WALKING_SPEED

FAR = 10**9

anywhere = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))
nearby = st.builds(Point, st.floats(119.35, 119.40), st.floats(25.70, 25.75))
few = st.lists(nearby, min_size=1, max_size=6)


@st.composite
def street_graphs(draw):
    """Draw a street graph of a few nodes, perhaps in several parts, with parallel edges and lengths of 0."""
    points = draw(st.lists(nearby, min_size=1, max_size=8))
    graph = nx.MultiDiGraph()
    for i, point in enumerate(points):
        graph.add_node(i, x=point.lon, y=point.lat)
    ends = st.integers(0, len(points) - 1)
    for u, v, length in draw(st.lists(st.tuples(ends, ends, st.integers(0, 900)), max_size=14)):
        graph.add_edge(u, v, length=length)
    return graph


def table(walk, origins, goals, within=FAR):
    """Return {(origin, goal): seconds} of all pairs at most `within` seconds apart."""
    found = walk.pairs(origins, goals, within * SECOND)
    return {(i, j): s for i, j, s in zip(*(part.tolist() for part in found), strict=True)}


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Point(0, 0), Point(0, 90), EARTH_RADIUS * pi / 2),
        (Point(0, 0), Point(180, 0), EARTH_RADIUS * pi),
        (Point(179.5, 0), Point(-179.5, 0), 111_195),
        (Point(10, 90), Point(-140, 90), 0),
        (Point(-86.67, 36.12), Point(-118.40, 33.94), 2_886_448),  # Nashville to Los Angeles, by air
    ],
)
def test_the_great_circle_meets_known_distances(a, b, metres):
    """A quarter of a meridian, half the equator, over the date line, at a pole, and an airway."""
    assert great_circle(a, b) == pytest.approx(metres, abs=1)


@given(anywhere, anywhere)
def test_the_fast_way_agrees_with_the_haversine(a, b):
    """Chords in a tree and the haversine formula, two derivations, give the same seconds."""
    straight = great_circle(a, b) * DETOUR / WALKING_SPEED
    assert abs(table(Walk(), [a], [b])[0, 0] - ceil(straight)) <= 1


@given(nearby, nearby, nearby, street_graphs() | st.none())
def test_walking_time_is_symmetric_and_no_way_round_is_shorter(a, b, c, graph):
    """The way back takes as long; over a third point is never shorter (a second is lent to rounding up)."""
    walk = Walk(streets=None if graph is None else Streets.from_graph(graph))
    points = [a, b, c]
    time = table(walk, points, points)
    assert all(time[j, i] == s for (i, j), s in time.items())
    for i, j, k in [(0, 1, 2), (1, 2, 0), (2, 0, 1)]:
        assert time.get((i, k), inf) <= time.get((i, j), inf) + time.get((j, k), inf) + 1


@given(few, few, street_graphs() | st.none(), st.data())
def test_a_limit_leaves_out_what_takes_longer_and_nothing_else(origins, goals, graph, data):
    """What takes exactly the limit is in, what takes a second more is out, and no other seconds change."""
    walk = Walk(streets=None if graph is None else Streets.from_graph(graph))
    everything = table(walk, origins, goals)
    limit = data.draw(st.sampled_from([0, *everything.values()]))
    for within in (limit, max(0, limit - 1)):
        assert table(walk, origins, goals, within) == {pair: s for pair, s in everything.items() if s <= within}


@given(few, few, street_graphs() | st.none())
def test_the_nearest_is_the_least_of_all_pairs(origins, goals, graph):
    """One search from all origins answers what a search from each would."""
    walk = Walk(streets=None if graph is None else Streets.from_graph(graph))
    every = table(walk, origins, goals)
    least = [min((every.get((i, j), inf) for i in range(len(origins))), default=inf) for j in range(len(goals))]
    assert [inf if s is None else s for s in walk.nearest(origins, goals)] == least


@given(few, few, st.floats(0.3, 3), st.floats(1, 2))
def test_who_walks_faster_is_never_later_and_a_detour_never_helps(origins, goals, speed, detour):
    """Seconds fall with speed and rise with the detour."""
    usual, slow, long = table(Walk(speed), origins, goals), Walk(speed * 0.9), Walk(speed, DETOUR * detour)
    assert all(usual[pair] <= s for pair, s in table(slow, origins, goals).items())
    assert all(usual[pair] <= s for pair, s in table(long, origins, goals).items())


@given(street_graphs(), nearby, nearby)
def test_streets_agree_with_networkx(graph, a, b):
    """Door to nearest node, shortest path both ways, node to door: the same as networkx finds one pair at a time."""
    walk, plain = Walk(streets=Streets.from_graph(graph)), nx.MultiGraph()  # its own way of turning round drops twins
    plain.add_nodes_from(graph)
    plain.add_edges_from((u, v, data) for u, v, data in graph.edges(data=True))
    places = {node: Point(data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    doors = {p: min(great_circle(p, place) for place in places.values()) for p in (a, b)}
    ends = [[n for n in places if great_circle(p, places[n]) < doors[p] + 1e-3] for p in (a, b)]
    lengths = [
        nx.shortest_path_length(plain, u, v, weight="length")
        for u in ends[0]
        for v in ends[1]
        if nx.has_path(plain, u, v)
    ]
    found = walk.nearest([a], [b])[0]
    possible = {ceil((DETOUR * (doors[a] + doors[b]) + length) / WALKING_SPEED) for length in lengths}
    if not lengths:
        assert found is None
    else:  # of several nodes at one place any may be the nearest
        unique = len(ends[0]) == len(ends[1]) == 1
        assert (found is None and not unique) or min(abs(found - s) for s in possible) <= 1


@given(street_graphs(), few, few, st.randoms())
def test_streets_are_the_same_in_whatever_order_they_are_built(graph, origins, goals, random):
    """Nodes and edges shuffled, edges turned round: the same seconds."""
    places = {(data["x"], data["y"]) for _, data in graph.nodes(data=True)}
    if len(places) < len(graph):
        return  # two nodes at one place are told apart by their names alone
    shuffled = nx.MultiGraph()
    shuffled.add_nodes_from(random.sample(list(graph.nodes(data=True)), len(graph)))
    for u, v, data in random.sample(list(graph.edges(data=True)), graph.number_of_edges()):
        shuffled.add_edge(v, u, **data)
    one, other = (Walk(streets=Streets.from_graph(g)) for g in (graph, shuffled))
    assert one.nearest(origins, goals) == other.nearest(origins, goals)
    assert table(one, origins, goals) == table(other, origins, goals)


@given(street_graphs(), few, few, st.data())
def test_another_street_never_makes_a_way_longer(graph, origins, goals, data):
    """An edge more between nodes that are there only helps."""
    before = table(Walk(streets=Streets.from_graph(graph)), origins, goals)
    node = st.integers(0, len(graph) - 1)
    graph.add_edge(data.draw(node), data.draw(node), length=data.draw(st.integers(0, 900)))
    after = table(Walk(streets=Streets.from_graph(graph)), origins, goals)
    assert all(after[pair] <= s for pair, s in before.items())


def test_all_that_is_wrong_with_a_street_graph_is_told_at_once():
    """A node without a place and an edge without a length come in one error; so does a graph without nodes."""
    graph = nx.Graph()
    graph.add_node("corner", x=119.4, y=95)
    graph.add_edge("corner", "market", length=-3)
    with pytest.raises(DefinitionError) as caught:
        Streets.from_graph(graph)
    assert [fault.path for fault in caught.value.faults] == ["nodes.corner", "nodes.market", "edges.corner-market"]
    with pytest.raises(DefinitionError, match="at least one node"):
        Streets.from_graph(nx.Graph())


@pytest.mark.parametrize("lon_lat", [(25.7, 119.4), (181, 0), (float("nan"), 0), (0, inf)])
def test_a_point_off_the_globe_is_refused(lon_lat):
    """Latitude and longitude swapped, too far, or not a number."""
    with pytest.raises(UsageError, match="swapped"):
        Point(*lon_lat)


@pytest.mark.parametrize("wrong", [{"speed": 0}, {"speed": inf}, {"detour": 0.9}, {"detour": float("nan")}])
def test_nobody_walks_at_no_speed_or_through_a_short_cut(wrong):
    """Speed is more than 0, a detour at least 1."""
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Walk(**wrong)


def test_nobody_is_near_nothing():
    """No origins: nothing is reached; no goals: nothing is asked."""
    here = Point(119.38, 25.72)
    assert Walk().nearest([], [here]) == [None]
    assert Walk().nearest([here], []) == []
    assert table(Walk(), [], [here]) == {}
