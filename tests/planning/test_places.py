"""Patches on a graph: connected, as even as can be, and calm when teams change."""

from __future__ import annotations

from itertools import product

import networkx as nx
import pytest
from hypothesis import given, settings, strategies as st

from govflow.errors import UsageError
from govflow.planning import plan_places
from govflow.planning.patches import slackened


@st.composite
def grids(draw, most=6):
    """Draw a small graph of places in at most two parts, and its sizes."""
    count = draw(st.integers(2, most))
    graph = nx.Graph()
    graph.add_nodes_from((f"p{n}", {"households": draw(st.integers(0, 5))}) for n in range(count))
    graph.add_edges_from((f"p{draw(st.integers(0, n - 1))}", f"p{n}") for n in range(1, count))
    extra = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=4))
    graph.add_edges_from((f"p{a}", f"p{b}") for a, b in extra)
    return graph


def every_plan(graph, teams):
    """Yield every way to give each place a team so that every team has a connected patch: teams and sizes."""
    places = sorted(graph)
    for choice in product(teams, repeat=len(places)):
        parts = [[p for p, team in zip(places, choice, strict=True) if team == one] for one in teams]
        if all(part and nx.is_connected(graph.subgraph(part)) for part in parts):
            loads = [sum(graph.nodes[p]["households"] for p in part) for part in parts]
            yield dict(zip(places, choice, strict=True)), (max(loads), -min(loads))


@settings(max_examples=40)
@given(grids(), st.integers(1, 3))
def test_places_are_cut_as_evenly_as_trying_everything(graph, count):
    """Every place has one team, every patch is connected, and no other plan is more even."""
    teams = ["a", "b", "c"][: min(count, len(graph))]
    plan = plan_places(graph, teams)
    assert plan.proven
    assert set(plan.team_of) == set(graph)
    assert all(nx.is_connected(graph.subgraph(patch.holds)) for patch in plan.patches)
    assert (max(plan.sizes), -min(plan.sizes)) == min(even for _, even in every_plan(graph, teams))
    mixed = nx.Graph()
    mixed.add_nodes_from(reversed(list(graph.nodes(data=True))))
    mixed.add_edges_from((b, a) for a, b in reversed(list(graph.edges)))
    assert plan_places(mixed, teams[::-1]) == plan


@settings(max_examples=40)
@given(grids(), st.data())
def test_no_plan_within_the_bounds_moves_less(graph, data):
    """Of all plans that are even enough none moves fewer households, nor, of those, fewer places."""
    teams = ["a", "b", "c"][: data.draw(st.integers(1, min(3, len(graph))))]
    before = {place: data.draw(st.sampled_from(["a", "b", "gone"])) for place in sorted(graph)}
    plan = plan_places(graph, teams, before=before)
    plans = list(every_plan(graph, teams))
    high, low = min(even for _, even in plans)
    low, high = slackened(-low, high, 0.1) if set(before.values()) & set(teams) else (-low, high)

    def moves(team_of):
        moved = [place for place in graph if team_of[place] != before[place]]
        return sum(graph.nodes[place]["households"] for place in moved), len(moved)

    assert all(low <= size <= high for size in plan.sizes)
    if set(before.values()) & set(teams):
        assert moves(plan.team_of) == min(moves(p) for p, (most, least) in plans if most <= high and -least >= low)


def test_roads_and_buildings_of_a_grid_are_shared_by_its_trio():
    """Three people share a grid of 24 places; when one hands over to another, only that patch changes hands."""
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(6, 4))
    graph = nx.relabel_nodes(graph, {n: f"road/{n}" if n % 4 == 0 else f"building/{n}" for n in graph})
    nx.set_node_attributes(graph, {p: 0 if p.startswith("road/") else 20 for p in graph}, "households")
    trio = ["member:example-1", "member:example-2", "member:example-3"]
    plan = plan_places(graph, trio)
    assert plan.sizes == (120, 120, 120)
    after = plan_places(graph, [*trio[:2], "member:example-4"], before=plan.team_of)
    assert set(after.moved) == {place for place, team in plan.team_of.items() if team == trio[2]}


@settings(max_examples=25)
@given(grids(most=9), st.integers(1, 4), st.data())
def test_without_any_effort_there_is_a_plan_all_the_same(graph, count, data):
    """Every place has one team and every patch is connected; `proven` is not said of what is not the best."""
    teams = ["a", "b", "c", "d"][: min(count, len(graph))]
    before = {place: data.draw(st.sampled_from(["a", "b", "gone"])) for place in sorted(graph)}
    for given_before in ({}, before):
        plan = plan_places(graph, teams, before=given_before, effort=0)
        best = plan_places(graph, teams, before=given_before)
        assert sorted(plan.team_of) == sorted(graph)
        assert all(nx.is_connected(graph.subgraph(patch.holds)) for patch in plan.patches)
        assert not plan.proven or (max(plan.sizes), -min(plan.sizes)) == (max(best.sizes), -min(best.sizes))


def test_a_grid_of_64_places_is_cut_evenly_among_six_teams():
    """Sizes differ by one at most, which is proven; where a team leaves, who stays keeps nearly all it had."""
    graph = nx.relabel_nodes(nx.grid_2d_graph(8, 8), str)
    nx.set_node_attributes(graph, {place: 5 + 7 * at % 36 for at, place in enumerate(sorted(graph))}, "households")
    teams = [f"team/{n}" for n in range(1, 7)]
    plan = plan_places(graph, teams)
    assert plan.proven
    assert max(plan.sizes) - min(plan.sizes) <= 1
    after = plan_places(graph, teams[1:], before=plan.team_of, effort=0)
    assert all(nx.is_connected(graph.subgraph(patch.holds)) for patch in [*plan.patches, *after.patches])
    moved = sum(graph.nodes[place]["households"] for place in after.moved)
    assert moved <= plan.sizes[0] * 1.75  # what it had itself, and half of one patch more at most


def test_what_cannot_be_is_told_by_name():
    """More parts than teams, more teams than places, and sizes that are none, are refused."""
    graph = nx.Graph([("b1", "b2"), ("b3", "b4")])
    with pytest.raises(UsageError, match="2 parts that are not joined, around 'b1', 'b3'"):
        plan_places(graph, ["a"])
    with pytest.raises(UsageError, match="'e' would be the first without"):
        plan_places(graph, ["a", "b", "c", "d", "e"])
    graph.nodes["b2"]["households"] = -1
    with pytest.raises(UsageError, match="place 'b2' has -1 households"):
        plan_places(graph, ["a", "b"])
