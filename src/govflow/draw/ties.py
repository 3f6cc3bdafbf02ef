"""The ways of the ties in a diagram of levels: dashed lines that cross no box.

A tie leaves a box of the hierarchy at its right side where nothing stands in the way, else at its top into a
track above its row; it runs to the right edge of the strips, along a channel of its own, and into the column of
outside units, its label just before the box. ``tree.py`` places the boxes and asks here how much room to leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from govflow.draw.boxes import badge, label_lines, label_size
from govflow.draw.diagram import Edge
from govflow.draw.placed import PlacedEdge, Point, Rectangle

PORT = 20.0
"""The distance between two ties that enter the same box of the column."""

Track = tuple[int, tuple[str, ...]]

_TRACK, _CHANNEL, _ARROW = 20.0, 10.0, 18.0


@frozen
class Wiring:
    """The ties of a diagram and what is known of their ends before any box has its place.

    `order` gives row, place and whether nothing stands to the right, for each node of the hierarchy; `ports`
    counts the ties that enter each other node; `above` lists for each row the tracks over it, the lowest first, as
    (tie, those of its ends that stand in the row); `breadth` is the room needed between the strips and the column.
    """

    ties: tuple[Edge, ...]
    order: Mapping[str, tuple[int, int, bool]]
    ports: Mapping[str, int]
    above: Mapping[int, tuple[Track, ...]]
    breadth: float


def wiring(ties: Sequence[Edge], order: Mapping[str, tuple[int, int, bool]]) -> Wiring:
    """Return what the ties need: tracks over the rows, ports at the column, room between the two."""
    ports: dict[str, int] = {}
    needed: dict[int, dict[int, list[str]]] = {}
    for n, tie in enumerate(ties):
        inner = [end for end in _ends(tie) if end in order]
        for end in _ends(tie):
            if end not in order:
                ports[end] = ports.get(end, 0) + 1
            elif len(inner) == 2 or not order[end][2]:
                needed.setdefault(order[end][0], {}).setdefault(n, []).append(end)
    above = {row: _stacked(found, order) for row, found in needed.items()}
    widest = max((label_size(_text(tie))[0] for tie in ties), default=0.0)
    breadth = 40.0 + _CHANNEL * len(ties) + widest + _ARROW if ties else 24.0
    return Wiring(tuple(ties), dict(order), ports, above, breadth)


def _stacked(found: Mapping[int, Sequence[str]], order: Mapping[str, tuple[int, int, bool]]) -> tuple[Track, ...]:
    """Return the tracks of a row: what starts further right runs lower, so that it is not crossed on its way."""
    return tuple(
        sorted(((n, tuple(ends)) for n, ends in found.items()), key=lambda t: (-min(order[e][1] for e in t[1]), t))
    )


def tracks(wired: Wiring, row: int) -> int:
    """Return how many tracks a row needs above its boxes."""
    return len(wired.above.get(row, ()))


def place_ties(wired: Wiring, boxes: Mapping[str, Rectangle], right: float) -> tuple[PlacedEdge, ...]:
    """Return the way of every tie; `right` is the right edge of the strips."""
    ways = _ways(wired, boxes)
    channels = _channels(wired, ways)
    placed = []
    for n, tie in enumerate(wired.ties):
        first, last = ways[n, tie.source], ways[n, tie.target]
        points = [*first, *reversed(last)]
        if first[-1][1] != last[-1][1]:
            x = right + 12.0 + _CHANNEL * channels[n]
            points = [*first, (x, first[-1][1]), (x, last[-1][1]), *reversed(last)]
        lines = _text(tie)
        placed.append(PlacedEdge(tie, _path(points), lines, _label(tie, lines, n, ways, wired)))
    return tuple(placed)


def _text(tie: Edge) -> tuple[str, ...]:
    return label_lines((" · ".join((*tie.lines, *badge(tie.mark))),))


def _ways(wired: Wiring, boxes: Mapping[str, Rectangle]) -> dict[tuple[int, str], list[Point]]:
    """Return for each end of each tie the points from its box to where it is free to run sideways."""
    ways: dict[tuple[int, str], list[Point]] = {}
    used: dict[str, int] = {}
    for found in wired.above.values():
        for level, (n, ends) in enumerate(found):
            for end in ends:
                box = boxes[end]
                used[end] = used.get(end, 0) + 1
                x = max(box.right - 10.0 * used[end], box.x + box.width / 2 + 8.0)
                ways[n, end] = [(x, box.y), (x, box.y - 12.0 - _TRACK * level)]
    sideways: dict[str, list[int]] = {}
    for n, tie in enumerate(wired.ties):
        for end in _ends(tie):
            if (n, end) not in ways:
                sideways.setdefault(end, []).append(n)
    for end in sorted(sideways, key=lambda end: end not in wired.order):
        box = boxes[end]
        ties = sorted(sideways[end], key=lambda n: (_height(wired.ties[n], end, boxes), n))
        for place, n in enumerate(ties):
            y = box.y + box.height * (place + 1) / (len(ties) + 1)
            ways[n, end] = [(box.right if end in wired.order else box.x, y)]
    return ways


def _height(tie: Edge, end: str, boxes: Mapping[str, Rectangle]) -> float:
    """Return how high the other end of a tie stands, so that ties keep their order from side to side."""
    box = boxes[tie.target if end == tie.source else tie.source]
    return box.y + box.height / 2


def _channels(wired: Wiring, ways: Mapping[tuple[int, str], Sequence[Point]]) -> dict[int, int]:
    """Return the channel of each tie: those that climb stand further right the lower they start, others left."""

    def key(n: int) -> tuple[bool, float]:
        heights = sorted((end not in wired.order, ways[n, end][-1][1]) for end in _ends(wired.ties[n]))
        left, right = heights[0][1], heights[-1][1]
        return (right >= left, left if right < left else -left)

    order = sorted(range(len(wired.ties)), key=lambda n: (*key(n), n))
    return {n: place for place, n in enumerate(order)}


def _ends(tie: Edge) -> tuple[str, str]:
    return tie.source, tie.target


def _label(
    tie: Edge, lines: Sequence[str], n: int, ways: Mapping[tuple[int, str], Sequence[Point]], wired: Wiring
) -> Rectangle:
    """Return the box of a tie's label: before the box of the column it enters, else on its first track."""
    wide, high = label_size(lines)
    outer = [end for end in (tie.target, tie.source) if end not in wired.order]
    x, y = ways[n, outer[0]][-1] if outer else min(ways[n, end][-1] for end in _ends(tie))
    return Rectangle(x - _ARROW - wide if outer else x + 6.0, y - high / 2, wide, high)


def _path(points: Sequence[Point]) -> str:
    """Return straight lines through points, each level with or straight below the one before."""
    (x, y), *rest = points
    path = f"M{x:.1f} {y:.1f}"
    for px, py in rest:
        path += (f"H{px:.1f}" if py == y else f"V{py:.1f}") if (px, py) != (x, y) else ""
        x, y = px, py
    return path
