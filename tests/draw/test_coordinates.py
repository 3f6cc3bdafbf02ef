"""Coordinates: order kept, distances kept, and the nearest places that allow both."""

from itertools import pairwise

from hypothesis import given, strategies as st

from govflow.draw.coordinates import columns, spread, straightened

numbers = st.integers(-100, 100).map(float)


@given(
    st.lists(st.tuples(numbers, st.integers(1, 5).map(float), st.integers(0, 30).map(float)), min_size=1, max_size=8)
)
def test_spread_places_keep_their_distances_and_lie_nowhere_better(rows):
    """Gaps are kept; pushing any run of touching places together to either side brings none of them nearer."""
    wished, weights, gaps = (list(column) for column in zip(*rows, strict=True))
    found = spread(wished, weights, gaps)
    assert all(b - a >= gap - 1e-6 for (a, b), gap in zip(pairwise(found), gaps, strict=False))

    def cost(places):
        return sum(w * (p - x) ** 2 for p, x, w in zip(places, wished, weights, strict=True))

    for step in (-0.5, 0.5):
        for first in range(len(found)):
            for last in range(first, len(found)):
                moved = [x + step * (first <= n <= last) for n, x in enumerate(found)]
                if all(b - a >= gap - 1e-6 for (a, b), gap in zip(pairwise(moved), gaps, strict=False)):
                    assert cost(moved) >= cost(found) - 1e-6


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.data())
def test_columns_and_straightened_lines_never_overlap(sizes, data):
    """In every layer each vertex keeps its place in the order and its distance to the one before."""
    firsts = [sum(sizes[:n]) for n in range(len(sizes))]
    layers = [list(range(first, first + size)) for first, size in zip(firsts, sizes, strict=True)]
    pulls = [{} for _ in range(sum(sizes))]
    chains = []
    for a, b in pairwise(layers):
        for u in a:
            v = data.draw(st.sampled_from(b))
            pulls[u][v] = pulls[v][u] = 1.0
    if len(layers) > 2:
        chains = [[layer[0] for layer in layers]]
    half = data.draw(st.lists(st.integers(1, 40).map(float), min_size=sum(sizes), max_size=sum(sizes)))
    for upwards in (False, True):
        first = columns(layers, pulls, half, half, 10.0, upwards=upwards)
        for places in (first, straightened(chains, layers, first, half, half, 10.0)):
            for layer in layers:
                for a, b in pairwise(layer):
                    assert places[b] - places[a] >= half[a] + half[b] + 10.0 - 1e-6


def test_a_line_that_can_run_straight_does():
    """Three vertices of one chain with nothing beside them stand on one place."""
    assert (
        len(
            set(
                straightened([[0, 1, 2, 3]], [[0], [1], [2], [3]], [0.0, 9.0, 3.0, 0.0], [20.0] * 4, [20.0] * 4, 5.0)[
                    1:3
                ]
            )
        )
        == 1
    )
