"""Places for a diagram of states and arrows, from top to bottom.

Between any two ranks of states lies a layer for labels, and a label is a vertex of its own there: so no label
lies on a box or on another label, however many arrows there are. Arrows run straight down through the layers
and bend only between them. This page writes no SVG; open ``svg.py`` for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from attrs import Factory, define, field, frozen

from govflow.draw.boxes import Fitted, badge, fitted, label_lines, label_size, place_keys, place_notes
from govflow.draw.coordinates import columns, spread, straightened
from govflow.draw.diagram import Diagram, Edge
from govflow.draw.layers import Pair, backward, ordered, ranks
from govflow.draw.placed import MARGIN, Placed, PlacedEdge, PlacedNode, Rectangle

_GAP = 22.0
_HEAD = 66.0
_LOOP = 34.0


@frozen
class _Wire:
    """An edge as the layout sees it: its vertices from the upper end to the lower, and which carries the label."""

    edge: Edge
    chain: tuple[int, ...]
    label: int | None
    turned: bool


@define(eq=False)
class _Net:
    """The growing layered graph: for each vertex its layer and how far it reaches left, right and in height."""

    layer: list[int] = Factory(list)
    left: list[float] = Factory(list)
    right: list[float] = Factory(list)
    height: list[float] = Factory(list)
    wires: list[_Wire] = field(factory=list)

    def add(self, layer: int, left: float, right: float, height: float) -> int:
        """Add a vertex and return its number."""
        self.layer.append(layer)
        self.left.append(left)
        self.right.append(right)
        self.height.append(height)
        return len(self.layer) - 1


def place_flow(diagram: Diagram) -> Placed:
    """Return `diagram` with a place for everything: boxes, arrows, labels, notes."""
    sizes = [fitted(node) for node in diagram.nodes]
    net = _net(diagram, sizes)
    layers = _layers(net)
    xs = columns(layers, _pulls(net, len(sizes)), net.left, net.right, _GAP)
    xs = straightened([wire.chain for wire in net.wires], layers, xs, net.left, net.right, _GAP)
    head = _HEAD + 22.0
    shift = MARGIN - min((xs[v] - net.left[v] for layer in layers for v in layer), default=0.0)
    xs = [x + shift for x in xs]
    tops, bottoms = _rows(layers, net, xs, head)
    boxes = [_box(v, size, xs, tops, bottoms, net) for v, size in enumerate(sizes)]
    nodes = tuple(PlacedNode(n, b, s.lines, s.names) for n, b, s in zip(diagram.nodes, boxes, sizes, strict=True))
    edges = (*_routes(net, boxes, xs, tops, bottoms), *_loops(diagram, boxes))
    right = max((xs[v] + net.right[v] for layer in layers for v in layer), default=0.0)
    keys = place_keys(diagram, _HEAD - 18.0)
    wide = max(right, 700.0) + MARGIN
    notes = place_notes(diagram.notes, wide, (bottoms[-1] if bottoms else head) + 30.0)
    height = max((note.box.bottom for note in notes), default=bottoms[-1] if bottoms else head)
    wide = max([wide, *(note.box.right + MARGIN for note in notes)])
    return Placed(wide, height + MARGIN, nodes, edges, notes=notes, keys=keys)


def _net(diagram: Diagram, sizes: Sequence[Fitted]) -> _Net:
    """Return the layered graph: states on even layers, a chain of vertices for every edge between them."""
    number = {node.id: position for position, node in enumerate(diagram.nodes)}
    edges = [edge for edge in diagram.edges if edge.source != edge.target]
    pairs = [(number[edge.source], number[edge.target]) for edge in edges]
    turned = backward(len(sizes), pairs, 0)
    down: list[Pair] = [(v, u) if p in turned else (u, v) for p, (u, v) in enumerate(pairs)]
    rank = _sunk(ranks(len(sizes), down), down)
    net = _Net()
    loops = {edge.source: label_size(label_lines(edge.lines)) for edge in diagram.edges if edge.source == edge.target}
    for node, size, r in zip(diagram.nodes, sizes, rank, strict=True):
        wide, high = loops.get(node.id, (0.0, 0.0))
        reach = size.width / 2 + (_LOOP + wide if node.id in loops else 0.0)
        net.add(2 * r, size.width / 2, reach, max(size.height, high))
    crowd: dict[int, float] = defaultdict(float)
    for p in sorted(range(len(down)), key=lambda p: (rank[down[p][1]] - rank[down[p][0]], p)):
        _thread(net, edges[p], down[p], p in turned, crowd)
    return net


def _sunk(rank: Sequence[int], edges: Sequence[Pair]) -> list[int]:
    """Return the ranks with every vertex that no edge reaches or leaves on the last one."""
    tied = {vertex for edge in edges for vertex in edge}
    return [r if vertex in tied else max(rank) for vertex, r in enumerate(rank)]


def _thread(net: _Net, edge: Edge, ends: Pair, turned: bool, crowd: dict[int, float]) -> None:
    """Add the chain of one edge; its label goes to the layer that is least crowded with labels yet."""
    first, last = net.layer[ends[0]], net.layer[ends[1]]
    wide, high = label_size(label_lines((*edge.lines, *badge(edge.mark))))
    place = min(range(first + 1, last, 2), key=lambda layer: (crowd[layer], layer)) if wide else None
    chain, label = [ends[0]], None
    for layer in range(first + 1, last):
        if layer == place:
            label = net.add(layer, wide / 2, wide / 2, high)
            crowd[layer] += wide + _GAP
        chain.append(label if layer == place and label is not None else net.add(layer, 2.0, 2.0, 0.0))
    net.wires.append(_Wire(edge, (*chain, ends[1]), label, turned))


def _layers(net: _Net) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(max(net.layer, default=-1) + 1)]
    for vertex, layer in enumerate(net.layer):
        rows[layer].append(vertex)
    return ordered(rows, [pair for wire in net.wires for pair in pairwise(wire.chain)])


def _pulls(net: _Net, states: int) -> list[dict[int, float]]:
    """Return how strongly neighbours draw together: long arrows most, so that they run straight."""
    pulls: list[dict[int, float]] = [{} for _ in net.layer]
    for wire in net.wires:
        for u, v in pairwise(wire.chain):
            weight = 8.0 if u >= states and v >= states else (1.0 if wire.turned else 2.0)
            pulls[u][v] = pulls[u].get(v, 0.0) + weight
            pulls[v][u] = pulls[v].get(u, 0.0) + weight
    return pulls


def _rows(
    layers: Sequence[Sequence[int]], net: _Net, xs: Sequence[float], top: float
) -> tuple[list[float], list[float]]:
    """Return the upper and lower side of every layer; where arrows go far sideways the gap is wider."""
    far: dict[int, float] = defaultdict(float)
    for wire in net.wires:
        for u, v in pairwise(wire.chain):
            far[net.layer[u]] = max(far[net.layer[u]], abs(xs[u] - xs[v]))
    tops, bottoms, y = [], [], top
    for number, layer in enumerate(layers):
        tops.append(y)
        bottoms.append(y + max(net.height[v] for v in layer))
        y = bottoms[-1] + 16.0 + min(far[number] * 0.10, 36.0)
    return tops, bottoms


def _box(
    vertex: int, size: Fitted, xs: Sequence[float], tops: Sequence[float], bottoms: Sequence[float], net: _Net
) -> Rectangle:
    layer = net.layer[vertex]
    y = (tops[layer] + bottoms[layer] - size.height) / 2
    return Rectangle(xs[vertex] - size.width / 2, y, size.width, size.height)


def _routes(
    net: _Net, boxes: Sequence[Rectangle], xs: Sequence[float], tops: Sequence[float], bottoms: Sequence[float]
) -> tuple[PlacedEdge, ...]:
    upper = _ports(net, boxes, xs, upper=True)
    lower = _ports(net, boxes, xs, upper=False)
    placed = []
    for position, wire in enumerate(net.wires):
        head, tail = wire.chain[0], wire.chain[-1]
        stations = [(lower[position], boxes[head].bottom, bottoms[net.layer[head]])]
        stations += [(xs[v], tops[net.layer[v]], bottoms[net.layer[v]]) for v in wire.chain[1:-1]]
        stations.append((upper[position], tops[net.layer[tail]], boxes[tail].y))
        lines = label_lines((*wire.edge.lines, *badge(wire.edge.mark)))
        label = None if wire.label is None else _label(wire.label, net, xs, tops, bottoms)
        placed.append(PlacedEdge(wire.edge, _path(stations, wire.turned), lines, label))
    return tuple(placed)


def _label(vertex: int, net: _Net, xs: Sequence[float], tops: Sequence[float], bottoms: Sequence[float]) -> Rectangle:
    layer = net.layer[vertex]
    y = (tops[layer] + bottoms[layer] - net.height[vertex]) / 2
    return Rectangle(xs[vertex] - net.left[vertex], y, 2 * net.left[vertex], net.height[vertex])


def _ports(net: _Net, boxes: Sequence[Rectangle], xs: Sequence[float], *, upper: bool) -> dict[int, float]:
    """Return for each wire where it meets the upper (or lower) side of its box, spread so that all are seen."""
    ends: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for position, wire in enumerate(net.wires):
        vertex, near = (wire.chain[-1], wire.chain[-2]) if upper else (wire.chain[0], wire.chain[1])
        ends[vertex].append((xs[near], position))
    found = {}
    for vertex, arrivals in ends.items():
        arrivals.sort()
        box = boxes[vertex]
        inset = min(16.0, box.width / 2)
        low, high = box.x + inset, box.right - inset
        step = min(16.0, max(high - low, 0.0) / max(len(arrivals) - 1, 1))
        wished = [min(max(x, low), high) for x, _ in arrivals]
        places = spread(wished, [1.0] * len(wished), [step] * len(wished))
        slide = max(low - places[0], 0.0) + min(high - places[-1], 0.0)
        found.update({position: x + slide for x, (_, position) in zip(places, arrivals, strict=True)})
    return found


def _path(stations: Sequence[tuple[float, float, float]], turned: bool) -> str:
    """Return the path through the stations (place, entered at, left at), from the last upwards when `turned`."""
    if turned:
        stations = [(x, leave, enter) for x, enter, leave in reversed(stations)]
    x, top, left = stations[0]
    path = f"M{x:.1f} {top:.1f}{_down(top, left)}"
    for x1, enter, leave in stations[1:]:
        middle = (left + enter) / 2
        path += f"C{x:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {enter:.1f}{_down(enter, leave)}"
        x, left = x1, leave
    return path


def _down(start: float, end: float) -> str:
    """Return a vertical line, nothing where it has no length: an arrowhead would not know where to point."""
    return f"V{end:.1f}" if f"{start:.1f}" != f"{end:.1f}" else ""


def _loops(diagram: Diagram, boxes: Sequence[Rectangle]) -> tuple[PlacedEdge, ...]:
    """Return the edges from a state to itself, at its right side."""
    number = {node.id: position for position, node in enumerate(diagram.nodes)}
    placed = []
    for edge in diagram.edges:
        if edge.source == edge.target:
            box = boxes[number[edge.source]]
            middle, reach = (box.y + box.bottom) / 2, box.right + _LOOP
            path = f"M{box.right:.1f} {middle - 9:.1f}C{reach:.1f} {middle - 22:.1f} {reach:.1f} {middle + 22:.1f}"
            lines = label_lines((*edge.lines, *badge(edge.mark)))
            wide, high = label_size(lines)
            label = Rectangle(box.right + 0.75 * _LOOP + 3.0, middle - high / 2, wide, high) if wide else None
            placed.append(PlacedEdge(edge, f"{path} {box.right:.1f} {middle + 9:.1f}", lines, label))
    return tuple(placed)
