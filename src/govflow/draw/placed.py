"""A diagram that has been given places: boxes, routes, text boxes, and the size of the whole.

``flow.py`` and ``tree.py`` make it, ``svg.py`` paints it. Coordinates are pixels from the upper left corner.
"""

from __future__ import annotations

from attrs import frozen

from govflow.draw.diagram import Cluster, Edge, Node, NodeKind, Note

Point = tuple[float, float]

NAME = 13.0
"""Letter size of the first line of a box."""

SMALL = 11.0
"""Letter size of every other text."""

LEADING = 15.0
"""Height of a line of text."""

MARGIN = 24.0
"""Empty space round the whole picture."""


@frozen
class Rectangle:
    """A box on the page; `x` and `y` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The horizontal place of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The vertical place of the lower side."""
        return self.y + self.height

    def overlaps(self, other: Rectangle) -> bool:
        """Tell whether two boxes share more than a border."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@frozen
class PlacedNode:
    """A node with its box and its lines as they fit into it; the first `names` lines are its name."""

    node: Node
    box: Rectangle
    lines: tuple[str, ...]
    names: int


@frozen
class PlacedEdge:
    """An edge with the path it takes (SVG path data) and the box of its label."""

    edge: Edge
    path: str
    lines: tuple[str, ...] = ()
    label: Rectangle | None = None


@frozen
class PlacedBand:
    """A cluster as a strip or a frame, its text in the upper left corner; the first `names` lines are its name."""

    cluster: Cluster
    box: Rectangle
    lines: tuple[str, ...]
    names: int


@frozen
class PlacedNote:
    """A note with its box and wrapped lines."""

    note: Note
    box: Rectangle
    lines: tuple[str, ...]


@frozen
class PlacedKey:
    """A sample of a kind of node with the text that explains it."""

    kind: NodeKind
    text: str
    box: Rectangle


@frozen
class Placed:
    """The whole picture with its places."""

    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]
    bands: tuple[PlacedBand, ...] = ()
    notes: tuple[PlacedNote, ...] = ()
    keys: tuple[PlacedKey, ...] = ()
