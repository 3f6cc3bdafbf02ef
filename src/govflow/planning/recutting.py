"""Patches of a graph by re-cutting: two neighbours become one, and a tree through both is cut at its best edge.

A tree falls into two connected parts wherever it is cut, so patches stay connected by construction. A new cut is kept
where it is no worse, so the whole never gets worse. (DeFord, Duchin and Solomon 2021, *Recombination: A Family of
Markov Chains for Redistricting*, Harvard Data Science Review 3.1.) Trees grow by a fixed seed. Places are numbers here;
what they are, and what is the best of all, is told in ``planning.places``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from random import Random

from attrs import frozen

ROUNDS = 1_000
"""Cuts that are tried for each place: some 25 µs each for a grid of sixty places and six teams."""

Cost = Callable[[int, int], int]
"""What a patch costs by its size and by what is kept in it."""


@frozen(eq=False)
class Ground:
    """The places: which are `near` each, their `sizes`, who `had` each (-1: nobody), what keeping it is `worth`."""

    near: Sequence[Sequence[int]]
    sizes: Sequence[int]
    had: Sequence[int]
    worth: Sequence[int]

    def size(self, part: Iterable[int]) -> int:
        """Return the size of a patch."""
        return sum(self.sizes[place] for place in part)

    def kept(self, part: Iterable[int], team: int) -> int:
        """Return what is kept where a team has a patch."""
        return sum(self.worth[place] for place in part if self.had[place] == team)


def parted(ground: Ground, parts: Iterable[set[int]], count: int) -> list[set[int]]:
    """Return `count` connected patches, made by cutting the largest in two as often as need be.

    >>> line = Ground([[1], [0, 2], [1, 3], [2]], [1, 1, 1, 1], [-1] * 4, [0] * 4)
    >>> sorted(map(sorted, parted(line, [{0, 1, 2, 3}], 2)))
    [[0, 1], [2, 3]]
    """
    random, parts = Random(0), list(parts)  # noqa: S311 - nothing is to be hidden
    while len(parts) < count:
        able = (part for part in parts if len(part) > 1)
        largest = max(able, key=lambda part: (ground.size(part), len(part), -min(part)))
        parts.remove(largest)
        parts += _cut(ground, largest, (len(parts), len(parts) + 1), _square, random)[1]
    return parts


def recut(ground: Ground, parts: Iterable[set[int]], cost: Cost, goal: int) -> list[set[int]]:
    """Return patches that together cost as little as is found, each team's in its place; at `goal` it stops."""
    random, parts = Random(0), list(parts)  # noqa: S311 - nothing is to be hidden
    edges = [(place, other) for place, near in enumerate(ground.near) for other in near if place < other]
    team_of = {place: team for team, part in enumerate(parts) for place in part}
    costs = [cost(ground.size(part), ground.kept(part, team)) for team, part in enumerate(parts)]
    for _ in range(ROUNDS * len(ground.near) if edges else 0):
        if sum(costs) <= goal:
            break
        one, other = (team_of[place] for place in edges[random.randrange(len(edges))])
        if one == other:
            continue
        least, halves = _cut(ground, parts[one] | parts[other], (one, other), cost, random)
        if least > costs[one] + costs[other]:
            continue
        for team, part in zip((one, other), halves, strict=True):
            parts[team] = part
            team_of |= dict.fromkeys(part, team)
            costs[team] = cost(ground.size(part), ground.kept(part, team))
    return parts


def _square(size: int, _: int) -> int:
    return size * size


def _cut(
    ground: Ground, inside: set[int], teams: tuple[int, int], cost: Cost, random: Random
) -> tuple[int, tuple[set[int], set[int]]]:
    """Return the least cost of cutting a tree through some places in two, and the part of each of the two teams."""
    order, above = _tree(ground, inside, random)
    sums = {p: [ground.sizes[p], *(ground.worth[p] * (ground.had[p] == team) for team in teams)] for p in order}
    for place in reversed(order[1:]):
        upper = sums[above[place]]
        for at, part in enumerate(sums[place]):
            upper[at] += part
    options = (option for place in order[1:] for option in _both_ways(place, sums[place], sums[order[0]], cost))
    least, top, turned = min(options)
    below: set[int] = set()
    for place in order:
        if place == top or above[place] in below:
            below.add(place)
    return least, (inside - below, below) if turned else (below, inside - below)


def _both_ways(place: int, below: list[int], whole: list[int], cost: Cost) -> Iterator[tuple[int, int, bool]]:
    """Yield what it costs to cut above a place, where the first team has what is below, and where the second has."""
    size, first, second = below
    yield cost(size, first) + cost(whole[0] - size, whole[2] - second), place, False
    yield cost(size, second) + cost(whole[0] - size, whole[1] - first), place, True


def _tree(ground: Ground, inside: set[int], random: Random) -> tuple[list[int], dict[int, int]]:
    """Return a tree through some places, in an order in which each comes after the one `above` it.

    It crosses between what two teams had where it must: then a cut can leave both as they were.
    """
    order: list[int] = []
    above: dict[int, int] = {}
    edges = [(0.0, min(inside), -1)]
    while edges:
        _, place, upper = heappop(edges)
        if place in above:
            continue
        order.append(place)
        above[place] = upper
        for other in ground.near[place]:
            if other in inside and other not in above:
                heappush(edges, (random.random() + (ground.had[place] != ground.had[other]), other, place))
    return order, above
