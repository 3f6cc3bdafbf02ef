"""Layered graphs: break cycles, give ranks, order each layer with few crossings (after Sugiyama, 1981).

Vertices are the numbers 0 to n-1, an edge is a pair of them; every function is pure and its result depends on
nothing but its arguments, so that the same definition is always drawn alike. This page knows no text and no
size; open ``coordinates.py`` for where things come to stand.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import pairwise

Pair = tuple[int, int]


def backward(count: int, edges: Sequence[Pair], start: int) -> set[int]:
    """Return the positions of the edges that close a cycle when one walks depth first from `start`.

    Turned round, they leave a graph without cycles. Loops from a vertex to itself are not among them.

    >>> backward(3, [(0, 1), (1, 2), (2, 0)], start=0)
    {2}
    """
    out: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for position, (u, v) in enumerate(edges):
        if u != v:
            out[u].append((position, v))
    found: set[int] = set()
    colour = [0] * count
    for root in (start, *range(count)):
        if not colour[root]:
            _walk(root, out, colour, found)
    return found


def _walk(root: int, out: Sequence[Sequence[tuple[int, int]]], colour: list[int], found: set[int]) -> None:
    """Visit all that can be reached from `root`: colour 1 while on the path, 2 when done."""
    stack = [(root, iter(out[root]))]
    colour[root] = 1
    while stack:
        vertex, rest = stack[-1]
        for position, target in rest:
            if colour[target] == 1:
                found.add(position)
            elif colour[target] == 0:
                colour[target] = 1
                stack.append((target, iter(out[target])))
                break
        else:
            colour[vertex] = 2
            stack.pop()


def ranks(count: int, edges: Sequence[Pair]) -> list[int]:
    """Return each vertex's rank in a graph without cycles: every edge leads to a greater one.

    Ranks are longest paths from above, then each vertex moves within its freedom to where its edges are
    shortest, until none moves.

    >>> ranks(4, [(0, 1), (1, 2), (0, 3), (3, 2)])
    [0, 1, 2, 1]
    """
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for u, v in edges:
        above[v].append(u)
        below[u].append(v)
    order = _topological(above, below)
    rank = [0] * count
    for vertex in order:
        rank[vertex] = max((rank[u] + 1 for u in above[vertex]), default=0)
    for _ in range(count):
        moved = [vertex for vertex in reversed(order) if _tighten(vertex, rank, above, below)]
        if not moved:
            break
    lowest = min(rank, default=0)
    return [r - lowest for r in rank]


def _topological(above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> list[int]:
    left = [len(found) for found in above]
    ready = [vertex for vertex, number in enumerate(left) if number == 0]
    for vertex in ready:
        for target in below[vertex]:
            left[target] -= 1
            if left[target] == 0:
                ready.append(target)
    return ready


def _tighten(vertex: int, rank: list[int], above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> bool:
    """Move `vertex` as far as shortens its edges; tell whether it moved."""
    old = rank[vertex]
    if len(below[vertex]) > len(above[vertex]):
        rank[vertex] = min(rank[v] for v in below[vertex]) - 1
    elif len(below[vertex]) < len(above[vertex]):
        rank[vertex] = max(rank[u] for u in above[vertex]) + 1
    return rank[vertex] != old


def ordered(layers: Sequence[Sequence[int]], edges: Iterable[Pair], patience: int = 6) -> list[list[int]]:
    """Return `layers`, each in an order that crosses few edges; edges join neighbouring layers.

    Barycenters sweep down and up, neighbours that cross less the other way round change places, and the best
    order that was ever seen is kept (the first of equals), until `patience` sweeps in a row find no better one.
    """
    count = sum(len(layer) for layer in layers)
    up: list[list[int]] = [[] for _ in range(count)]
    down: list[list[int]] = [[] for _ in range(count)]
    for u, v in edges:
        down[u].append(v)
        up[v].append(u)
    now = [list(layer) for layer in layers]
    best, least = [list(layer) for layer in now], _crossings(now, down)
    turn = last = 0
    while least and turn - last < patience:
        _sweep(now, up if turn % 2 == 0 else down, downwards=turn % 2 == 0, ties_first=turn % 4 < 2)
        _transpose(now, up, down)
        crossed = _crossings(now, down)
        turn += 1
        if crossed < least:
            best, least, last = [list(layer) for layer in now], crossed, turn
    return best


def _places(layers: Iterable[Sequence[int]]) -> dict[int, int]:
    return {vertex: place for layer in layers for place, vertex in enumerate(layer)}


def _sweep(layers: list[list[int]], near: Sequence[Sequence[int]], *, downwards: bool, ties_first: bool) -> None:
    """Sort each layer by the mean place of its neighbours in the layer just sorted."""
    numbers = range(1, len(layers)) if downwards else range(len(layers) - 2, -1, -1)
    for number in numbers:
        fixed = _places([layers[number - 1 if downwards else number + 1]])
        here = _places([layers[number]])
        keys = {}
        for vertex in layers[number]:
            seen = [fixed[v] for v in near[vertex]]
            mean = sum(seen) / len(seen) if seen else float(here[vertex])
            keys[vertex] = (mean, here[vertex] if ties_first else -here[vertex])
        layers[number].sort(key=keys.__getitem__)


def _transpose(layers: list[list[int]], up: Sequence[Sequence[int]], down: Sequence[Sequence[int]]) -> None:
    """Let neighbours change places while that lessens the crossings on both of their sides."""
    place = _places(layers)
    fresh = [True] * len(layers)
    while any(fresh):
        for number, layer in enumerate(layers):
            if fresh[number]:
                fresh[number] = _swapped(layer, up, down, place)
                if fresh[number]:
                    fresh[max(number - 1, 0)] = True
                    fresh[min(number + 1, len(layers) - 1)] = True


def _swapped(
    layer: list[int], up: Sequence[Sequence[int]], down: Sequence[Sequence[int]], place: dict[int, int]
) -> bool:
    """Swap the neighbours of one layer that cross less when swapped; tell whether there were any."""
    found = False
    for i in range(len(layer) - 1):
        a, b = layer[i], layer[i + 1]
        if _gain(up[a], up[b], place) + _gain(down[a], down[b], place) > 0:
            layer[i], layer[i + 1] = b, a
            place[a], place[b] = i + 1, i
            found = True
    return found


def _gain(left: Sequence[int], right: Sequence[int], place: dict[int, int]) -> int:
    """Count by how much the edges of two neighbours cross less when the two change places."""
    return sum((place[u] > place[v]) - (place[u] < place[v]) for u in left for v in right)


def _crossings(layers: Sequence[Sequence[int]], down: Sequence[Sequence[int]]) -> int:
    """Count the pairs of edges between neighbouring layers that stand in the wrong order at their lower ends."""
    total = 0
    for layer, under in pairwise(layers):
        place = _places([under])
        seen: list[int] = []
        for vertex in layer:
            ends = [place[v] for v in down[vertex]]
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
