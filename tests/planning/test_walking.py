"""Walking: known distances, what every measure of time on foot owes, and networkx as the judge of streets."""

from __future__ import annotations

from itertools import product
from math import ceil, inf, pi

import attrs
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
def test_the_way_back_takes_as_long_and_no_way_round_is_shorter(a, b, c, graph):
    """Over a third point is never shorter, where no streets say who may walk straight (a second is lent to rounding).

    With streets nobody is nearer than somebody at the same spot.
    """
    walk = Walk(streets=None if graph is None else Streets.from_graph(graph))
    points = [a, b, c]
    time = table(walk, points, points)
    assert all(time[j, i] == s for (i, j), s in time.items())
    assert all(time[i, i] == 0 for i in range(3))
    for i, j, k in [(0, 1, 2), (1, 2, 0), (2, 0, 1)] if graph is None else ():
        assert time.get((i, k), inf) <= time.get((i, j), inf) + time.get((j, k), inf) + 1


def test_neighbours_in_a_long_street_walk_straight_to_each_other():
    """Home and clinic in the middle of a street of 3 km, at one spot, 10 m apart, and 2 km apart along it."""
    graph = nx.Graph()
    graph.add_node("west", x=119.37, y=25.72)
    graph.add_node("east", x=119.40, y=25.72)
    graph.add_edge("west", "east", length=3010)
    walk, home = Walk(streets=Streets.from_graph(graph)), Point(119.385, 25.72)
    spots = [home, Point(119.3851, 25.72), Point(119.375, 25.72), Point(119.395, 25.72)]
    found = table(walk, spots, spots)
    assert found == table(Walk(), spots, spots)
    assert found[0, 0] == 0
    assert found[0, 1] < 15


@given(street_graphs(), few, few)
def test_walking_straight_only_ever_helps(graph, origins, goals):
    """No way is longer than to the node, along the streets and back from one, nor shorter than both that and straight.

    Streets between the same places that are as long as straight ways make a way that is never under the great circle.
    """
    places = {node: Point(data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    for u, v, data in graph.edges(data=True):
        data["length"] = great_circle(places[u], places[v])
    streets = Streets.from_graph(graph)
    walk = Walk(streets=streets)
    found = table(walk, origins, goals)
    apart = attrs.evolve(streets)
    object.__setattr__(apart, "beside", streets.beside * 0)
    by_nodes = table(attrs.evolve(walk, streets=apart), origins, goals)
    straight = table(Walk(), origins, goals)
    for pair in straight:
        assert found.get(pair, inf) <= by_nodes.get(pair, inf)
        assert found.get(pair, inf) >= min(by_nodes.get(pair, inf), straight[pair])
        metres = great_circle(origins[pair[0]], goals[pair[1]])
        assert found.get(pair, inf) + 1 >= metres / WALKING_SPEED


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
    """To the nearest node, the shortest path, from a node, or straight: the same as networkx finds pair by pair."""
    walk, plain = Walk(streets=Streets.from_graph(graph)), nx.MultiGraph()  # its own way of turning round drops twins
    plain.add_nodes_from(graph)
    plain.add_edges_from((u, v, data) for u, v, data in graph.edges(data=True))
    places = {node: Point(data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    doors = {p: min(great_circle(p, place) for place in places.values()) for p in (a, b)}
    ends = [[n for n in places if great_circle(p, places[n]) < doors[p] + 1e-3] for p in (a, b)]
    possible = []  # of several nodes at one place any may be the nearest
    for u, v in product(*ends):
        straight = DETOUR * great_circle(a, b) if u == v or plain.has_edge(u, v) else inf
        along = nx.shortest_path_length(plain, u, v, weight="length") if nx.has_path(plain, u, v) else inf
        possible.append(min(straight, DETOUR * (doors[a] + doors[b]) + along) / WALKING_SPEED)
    found = walk.nearest([a], [b])[0]
    if found is None:
        assert inf in possible
    else:
        assert min(abs(found - ceil(s)) for s in possible if s < inf) <= 1


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
    with pytest.raises(UsageError, match=r"swapped|a finite number"):
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
