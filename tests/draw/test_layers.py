"""Layered graphs: cycles broken, ranks given, layers ordered."""

from itertools import pairwise

import networkx as nx
from hypothesis import given, strategies as st

from govflow.draw.layers import _crossings, backward, ordered, ranks

graphs = st.integers(1, 9).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=25))
)


@given(graphs)
def test_a_graph_without_its_backward_edges_has_no_cycle(graph):
    """And no edge is taken out that closes none: a graph without cycles stays whole."""
    count, edges = graph
    edges = [(u, v) for u, v in edges if u != v]
    turned = backward(count, edges, 0)
    rest = nx.DiGraph([edge for position, edge in enumerate(edges) if position not in turned])
    assert nx.is_directed_acyclic_graph(rest)
    assert not turned or not nx.is_directed_acyclic_graph(nx.DiGraph(edges))


@given(graphs)
def test_every_edge_leads_to_a_greater_rank(graph):
    """Ranks start at 0, and each is a rank lower than its edges' ends allow."""
    count, edges = graph
    down = [(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]]
    rank = ranks(count, down)
    assert min(rank) == 0
    assert all(rank[u] < rank[v] for u, v in down)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.data())
def test_ordering_keeps_every_layer_and_never_adds_a_crossing(sizes, data):
    """Each layer holds the same vertices as before, and no more edges cross than at the start."""
    firsts = [sum(sizes[:n]) for n in range(len(sizes))]
    layers = [list(range(first, first + size)) for first, size in zip(firsts, sizes, strict=True)]
    pairs = [st.tuples(st.sampled_from(a), st.sampled_from(b)) for a, b in pairwise(layers)]
    edges = data.draw(st.lists(st.one_of(pairs), max_size=15))
    down = [[v for u, v in edges if u == vertex] for vertex in range(sum(sizes))]
    found = ordered(layers, edges)
    assert [sorted(layer) for layer in found] == layers
    assert _crossings(found, down) <= _crossings(layers, down)


def test_two_edges_that_cross_are_untangled():
    """The golden example: one swap is enough."""
    assert ordered([[0, 1], [2, 3]], [(0, 3), (1, 2)]) in ([[0, 1], [3, 2]], [[1, 0], [2, 3]])
