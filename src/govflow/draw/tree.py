"""Places for a diagram of levels: the hierarchy from the top down, the units outside it in a column beside.

Each level is a strip with its name at the left, and a superior's line to its subordinates runs on a height of its
own. This page places boxes and strips; ``ties.py`` finds the ways of the ties, ``svg.py`` paints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import frozen

from govflow.draw.boxes import badge, fitted, place_notes
from govflow.draw.coordinates import columns
from govflow.draw.diagram import Cluster, Diagram, Edge, Node
from govflow.draw.layers import ordered
from govflow.draw.placed import LEADING, MARGIN, NAME, SMALL, Placed, PlacedBand, PlacedEdge, PlacedNode, Rectangle
from govflow.draw.text import shorten, width, wrap
from govflow.draw.ties import PORT, Wiring, place_ties, tracks, wiring

_GAP, _HEAD, _TRACK, _BUS, _PAD = 26.0, 58.0, 20.0, 8.0, 14.0
_BAND_COLUMNS = 32


@frozen
class Rows:
    """The hierarchy in rows: node ids from left to right, and every long edge's stand-ins, by number.

    Vertex i is the i-th node while i is less than the number of nodes; the rest stand in for edges that pass a row.
    """

    layers: tuple[tuple[int, ...], ...]
    chains: tuple[tuple[int, ...], ...]
    count: int


def place_tree(diagram: Diagram) -> Placed:
    """Return `diagram` with a place for everything: strips, boxes, lines, the column beside, notes."""
    levels = [cluster for cluster in diagram.clusters if not cluster.outside]
    inner = [node for node in diagram.nodes if node.cluster in {level.id for level in levels}]
    superior = [edge for edge in diagram.edges if edge.kind == "superior"]
    rows = _rows(levels, inner, superior)
    ties = wiring([edge for edge in diagram.edges if edge.kind == "tie"], _order(rows, inner))
    side = max((_band_width(level) for level in levels), default=0.0) + MARGIN + 2 * _PAD
    xs = _columns(rows, inner, side)
    tops, boxes = _boxes(rows, levels, inner, xs, _heights(rows, xs), ties)
    right = max((box.right for box in boxes.values()), default=side) + _PAD
    bands = tuple(_band(level, tops[n], right) for n, level in enumerate(levels))
    lines = tuple(_lines(rows, superior, xs, boxes, inner))
    frames, beside = _column(diagram, ties, right + ties.breadth, _HEAD)
    edges = (*lines, *place_ties(ties, {**boxes, **beside}, right))
    placed = tuple(_node(node, {**boxes, **beside}[node.id]) for node in diagram.nodes)
    wide = max([right, *(frame.box.right for frame in frames), *(b.right for b in beside.values()), 600.0]) + MARGIN
    low = max([_HEAD, *(band.box.bottom for band in (*bands, *frames))])
    notes = place_notes(diagram.notes, wide, low + 24.0)
    low = max([low, *(note.box.bottom for note in notes)])
    wide = max([wide, *(note.box.right + MARGIN for note in notes)])
    return Placed(wide, low + MARGIN, placed, edges, (*bands, *frames), notes)


def _rows(levels: Sequence[Cluster], inner: Sequence[Node], superior: Sequence[Edge]) -> Rows:
    depth = {level.id: n for n, level in enumerate(levels)}
    number = {node.id: n for n, node in enumerate(inner)}
    layers: list[list[int]] = [[] for _ in levels]
    for node in inner:
        layers[depth[node.cluster]].append(number[node.id])
    chains, count = [], len(inner)
    for edge in superior:
        upper, lower = number[edge.source], number[edge.target]
        between = range(depth[inner[upper].cluster] + 1, depth[inner[lower].cluster])
        passing = list(range(count, count + len(between)))
        for layer, vertex in zip(between, passing, strict=True):
            layers[layer].append(vertex)
        count += len(passing)
        chains.append((upper, *passing, lower))
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    return Rows(tuple(tuple(layer) for layer in ordered(layers, pairs)), tuple(chains), count)


def _order(rows: Rows, inner: Sequence[Node]) -> dict[str, tuple[int, int, bool]]:
    """Return for each node its row, its place in it, and whether nothing stands to its right."""
    found = {}
    for row, layer in enumerate(rows.layers):
        nodes = [vertex for vertex in layer if vertex < len(inner)]
        found.update({inner[v].id: (row, place, v == nodes[-1]) for place, v in enumerate(nodes)})
    return found


def _columns(rows: Rows, inner: Sequence[Node], left: float) -> list[float]:
    """Return the horizontal middle of every vertex, the leftmost box at `left`."""
    half = [fitted(node).width / 2 + 3.0 for node in inner] + [4.0] * (rows.count - len(inner))
    pulls: list[dict[int, float]] = [{} for _ in range(rows.count)]
    for chain in rows.chains:
        for u, v in pairwise(chain):
            pulls[u][v] = pulls[v][u] = 1.0
    xs = columns(rows.layers, pulls, half, half, _GAP, upwards=True)
    shift = left - min((xs[v] - half[v] for v in range(len(inner))), default=0.0)
    return [x + shift for x in xs]


def _heights(rows: Rows, xs: Sequence[float]) -> list[dict[int, int]]:
    """Return for each row on which height the line below each vertex runs, so that no two are taken for one.

    Superiors with the very same subordinates share a line.
    """
    below: dict[int, set[int]] = {}
    for chain in rows.chains:
        for u, v in pairwise(chain):
            below.setdefault(u, set()).add(v)
    found = []
    for layer in rows.layers:
        spans: dict[frozenset[int], list[float]] = {}
        for u in layer:
            if u in below:
                spans.setdefault(frozenset(below[u]), [xs[v] for v in below[u]]).append(xs[u])
        heights = _apart([(min(span), max(span)) for span in spans.values()])
        shared = dict(zip(spans, heights, strict=True))
        found.append({u: shared[frozenset(below[u])] for u in layer if u in below})
    return found


def _apart(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return the least height for each span at which it meets no other."""
    heights = [0] * len(spans)
    ends: list[float] = []
    for key in sorted(range(len(spans)), key=lambda key: (spans[key], key)):
        low, high = spans[key]
        height = next((h for h, end in enumerate(ends) if end + 6.0 < low), len(ends))
        ends[height : height + 1] = [high]
        heights[key] = height
    return heights


def _boxes(
    rows: Rows,
    levels: Sequence[Cluster],
    inner: Sequence[Node],
    xs: Sequence[float],
    heights: Sequence[Mapping[int, int]],
    ties: Wiring,
) -> tuple[list[tuple[float, float]], dict[str, Rectangle]]:
    """Return the upper and lower side of every strip, and the box of every node in it."""
    sizes = [fitted(node) for node in inner]
    boxes: dict[str, Rectangle] = {}
    strips, y = [], _HEAD
    for row, (layer, level) in enumerate(zip(rows.layers, levels, strict=True)):
        above = _PAD + tracks(ties, row) * _TRACK
        nodes = [vertex for vertex in layer if vertex < len(inner)]
        high = max([*(sizes[v].height for v in nodes), len(_band_lines(level)) * LEADING - above + _PAD])
        for v in nodes:
            size = sizes[v]
            boxes[inner[v].id] = Rectangle(xs[v] - size.width / 2, y + above, size.width, size.height)
        below = _PAD + _BUS * (max(heights[row].values(), default=0) + 1)
        strips.append((y, y + above + high + below))
        y = strips[-1][1] + 10.0
    return strips, boxes


def _lines(
    rows: Rows, superior: Sequence[Edge], xs: Sequence[float], boxes: Mapping[str, Rectangle], inner: Sequence[Node]
) -> list[PlacedEdge]:
    """Return the lines from superiors to subordinates: down, along, down."""
    heights = _heights(rows, xs)
    floors = [max([0.0, *(boxes[inner[v].id].bottom for v in layer if v < len(inner))]) for layer in rows.layers]
    row = {vertex: n for n, layer in enumerate(rows.layers) for vertex in layer}
    placed = []
    for edge, chain in zip(superior, rows.chains, strict=True):
        path = f"M{xs[chain[0]]:.1f} {boxes[edge.source].bottom:.1f}"
        for u, v in pairwise(chain):
            path += f"V{floors[row[u]] + _BUS * (heights[row[u]][u] + 1):.1f}H{xs[v]:.1f}"
        placed.append(PlacedEdge(edge, f"{path}V{boxes[edge.target].y:.1f}"))
    return placed


def _band_lines(cluster: Cluster) -> tuple[str, ...]:
    head, *rest = cluster.lines
    return (*wrap(head, _BAND_COLUMNS, 2), *(part for line in (*rest, *badge(cluster.mark)) for part in _two(line)))


def _two(line: str) -> tuple[str, ...]:
    return wrap(line, _BAND_COLUMNS, 2)


def _band_width(cluster: Cluster) -> float:
    return max(width(line, NAME if n < 2 else SMALL) * 1.08 for n, line in enumerate(_band_lines(cluster)))


def _band(cluster: Cluster, strip: tuple[float, float], right: float) -> PlacedBand:
    box = Rectangle(MARGIN, strip[0], right - MARGIN, strip[1] - strip[0])
    return PlacedBand(cluster, box, _band_lines(cluster), len(wrap(cluster.lines[0], _BAND_COLUMNS, 2)))


def _column(diagram: Diagram, ties: Wiring, x: float, y: float) -> tuple[tuple[PlacedBand, ...], dict[str, Rectangle]]:
    """Return the frames of the kinds of outside units, one below the other, and the boxes in them."""
    outer = [cluster for cluster in diagram.clusters if cluster.outside]
    nodes = {cluster.id: [n for n in diagram.nodes if n.cluster == cluster.id] for cluster in outer}
    wide = max([fitted(node).width for found in nodes.values() for node in found], default=0.0)
    frames, boxes = [], {}
    texts = {cluster.id: _heading(cluster, nodes[cluster.id]) for cluster in outer}
    wide = max([wide, *(width(line, NAME) * 1.08 for lines in texts.values() for line in lines)])
    for cluster in outer:
        top, y = y, y + (32.0 if texts[cluster.id] else 10.0)
        for node in nodes[cluster.id]:
            high = max(fitted(node).height, (ties.ports.get(node.id, 0) + 1) * PORT)
            boxes[node.id] = Rectangle(x + 10.0, y, wide, high)
            y += high + 10.0
        frames.append(PlacedBand(cluster, Rectangle(x, top, wide + 20.0, y - top), texts[cluster.id], 1))
        y += 12.0
    return tuple(frames), boxes


def _heading(cluster: Cluster, nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return what stands over a frame; nothing where its only box says the same."""
    if len(nodes) == 1 and nodes[0].units > 1 and not cluster.mark:
        return ()
    return (shorten(" · ".join((*cluster.lines, *badge(cluster.mark))), 2 * _BAND_COLUMNS),)


def _node(node: Node, box: Rectangle) -> PlacedNode:
    size = fitted(node)
    return PlacedNode(node, box, size.lines, size.names)
