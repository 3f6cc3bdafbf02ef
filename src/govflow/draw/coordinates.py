"""Where the vertices of ordered layers come to stand: horizontal places, solved layer by layer.

Each layer in turn takes the places nearest to its neighbours that keep the order and the distances: a least
squares problem whose exact answer is isotonic regression (Barlow and others, 1972, pool adjacent violators).
This page knows numbers only; open ``flow.py`` and ``tree.py`` for what is placed with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise


def spread(wished: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Return the places nearest to `wished` of which each is at least its gap behind the one before.

    ``gaps[i]`` lies between place i and place i + 1. Nearest means the least weighted sum of squares.

    >>> spread([0.0, 0.0], [1.0, 1.0], [10.0])
    [-5.0, 5.0]
    """
    offsets = [0.0]
    for gap in gaps[: max(len(wished) - 1, 0)]:
        offsets.append(offsets[-1] + gap)
    blocks: list[tuple[float, float, int]] = []
    for wish, weight, offset in zip(wished, weights, offsets, strict=False):
        mean, mass, size = wish - offset, weight, 1
        while blocks and blocks[-1][0] >= mean:
            before, heft, more = blocks.pop()
            mean = (mean * mass + before * heft) / (mass + heft)
            mass, size = mass + heft, size + more
        blocks.append((mean, mass, size))
    flat = [mean for mean, _, size in blocks for _ in range(size)]
    return [base + offset for base, offset in zip(flat, offsets, strict=False)]


def columns(
    layers: Sequence[Sequence[int]],
    pulls: Sequence[Mapping[int, float]],
    left: Sequence[float],
    right: Sequence[float],
    gap: float,
    *,
    upwards: bool = False,
    rounds: int = 40,
) -> list[float]:
    """Return a horizontal place for every vertex: layers keep their order, and nothing overlaps.

    ``pulls[v]`` says how strongly v is drawn to each of its neighbours; `left` and `right` are how far a vertex
    reaches to either side of its place. With `upwards`, each layer at last moves over the one below, as superiors
    stand over their subordinates.
    """
    place = _packed(layers, left, right, gap)
    number = {vertex: n for n, layer in enumerate(layers) for vertex in layer}
    gaps = [[right[a] + gap + left[b] for a, b in pairwise(layer)] for layer in layers]
    every = [list(felt.items()) for felt in pulls]
    below = [[(v, w) for v, w in felt if number[v] > number[u]] for u, felt in enumerate(every)]
    above = [[(v, w) for v, w in felt if number[v] < number[u]] for u, felt in enumerate(every)]
    down, up = range(len(layers)), range(len(layers) - 1, -1, -1)
    for turn in range(rounds):
        felt = every if turn >= rounds * 3 // 4 else (below if turn % 2 else above)
        moved = [_settle(layers[n], gaps[n], place, felt) for n in (up if turn % 2 else down)]
        if max(moved, default=0.0) < 0.05:
            break
    for n in up if upwards else ():
        _settle(layers[n], gaps[n], place, below)
    return place


def _packed(layers: Sequence[Sequence[int]], left: Sequence[float], right: Sequence[float], gap: float) -> list[float]:
    """Return places side by side, the middle of every layer at 0."""
    place = [0.0] * len(left)
    for layer in layers:
        x = -sum(left[v] + right[v] + gap for v in layer) / 2
        for vertex in layer:
            place[vertex] = x + left[vertex]
            x += left[vertex] + right[vertex] + gap
    return place


def _settle(
    layer: Sequence[int],
    gaps: Sequence[float],
    place: list[float],
    pulls: Sequence[Sequence[tuple[int, float]]],
) -> float:
    """Move one layer to where `pulls` draw it; return the longest way that a vertex went."""
    wished, weights = [], []
    for vertex in layer:
        pull = mass = 0.0
        for v, weight in pulls[vertex]:
            pull += place[v] * weight
            mass += weight
        wished.append(pull / mass if mass else place[vertex])
        weights.append(mass or 0.01)
    moved = 0.0
    for vertex, x in zip(layer, spread(wished, weights, gaps), strict=True):
        moved = max(moved, abs(place[vertex] - x))
        place[vertex] = x
    return moved


def straightened(
    chains: Sequence[Sequence[int]],
    layers: Sequence[Sequence[int]],
    place: Sequence[float],
    left: Sequence[float],
    right: Sequence[float],
    gap: float,
) -> list[float]:
    """Return places at which the inner vertices of each chain bend as seldom as their neighbours allow.

    Vertices in a row that can share one place do; nothing changes its order or comes nearer than `gap`. The two
    ends of a chain stay, but a line may meet them anywhere on their breadth.
    """
    now = list(place)
    beside: dict[int, tuple[int | None, int | None]] = {}
    for layer in layers:
        for before, vertex, after in zip((None, *layer[:-1]), layer, (*layer[1:], None), strict=True):
            beside[vertex] = (before, after)

    def room(vertex: int) -> tuple[float, float]:
        before, after = beside[vertex]
        low = -1e9 if before is None else now[before] + right[before] + gap + left[vertex]
        return low, 1e9 if after is None else now[after] - left[after] - gap - right[vertex]

    def breadth(vertex: int) -> tuple[float, float]:
        half = max(left[vertex] - 16.0, 0.0)
        return now[vertex] - half, now[vertex] + half

    for _ in range(3):
        for chain in chains:
            rooms = [breadth(chain[0]), *(room(vertex) for vertex in chain[1:-1]), breadth(chain[-1])]
            for vertex, x in list(zip(chain, _runs(rooms, [now[v] for v in chain]), strict=True))[1:-1]:
                now[vertex] = x
    return now


def _runs(rooms: Sequence[tuple[float, float]], wished: Sequence[float]) -> list[float]:
    """Return a place in every room, the same for as long a run of rooms as has one in common."""
    found: list[float] = []
    while len(found) < len(rooms):
        first = end = len(found)
        low, high = rooms[first]
        while end + 1 < len(rooms) and max(low, rooms[end + 1][0]) <= min(high, rooms[end + 1][1]):
            end += 1
            low, high = max(low, rooms[end][0]), min(high, rooms[end][1])
        mean = sum(wished[first : end + 1]) / (end + 1 - first)
        found += [min(max(mean, low), high)] * (end + 1 - first)
    return found
