"""The one value between a definition and its pictures: a `Diagram` of nodes, edges, clusters and notes.

``organization.py`` and ``lifecycle.py`` make diagrams; ``mermaid.py``, ``dot.py`` and ``svg.py`` write them. A
diagram holds whole texts and no coordinates: each writer shortens and places. It knows no community.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

from attrs import evolve, frozen

from govflow.errors import UnknownName

NodeKind = Literal["start", "queue", "work", "wait", "final", "unit", "units", "department", "partner", "team"]
EdgeKind = Literal["start", "move", "clock", "superior", "tie"]

STYLES = ("hot", "warm", "cool", "muted")
"""The classes a mark can give; each writer knows how to show them."""


@frozen
class Mark:
    """What another room wants seen at a node, an edge or a cluster: a class, a colour, a short text."""

    style: str = ""
    colour: str = ""
    text: str = ""


@frozen
class Node:
    """A box. The first of `lines` is its name; `detail` is what a reader who asks is told beside them.

    `units`, `handlers` and `households` are the totals the box stands for (of an organization only).
    """

    id: str
    lines: tuple[str, ...]
    kind: NodeKind
    cluster: str = ""
    detail: tuple[str, ...] = ()
    units: int = 0
    handlers: int = 0
    households: int = 0
    mark: Mark | None = None


@frozen
class Edge:
    """A line from `source` to `target`; `lines` holds one text for every transition or tie drawn as it."""

    id: str
    source: str
    target: str
    lines: tuple[str, ...] = ()
    kind: EdgeKind = "move"
    detail: tuple[str, ...] = ()
    mark: Mark | None = None


@frozen
class Cluster:
    """Nodes that belong together: a level of the hierarchy, or one kind of unit `outside` it."""

    id: str
    lines: tuple[str, ...]
    outside: bool = False
    mark: Mark | None = None


_Part = TypeVar("_Part", Node, Edge, Cluster)


@frozen
class Note:
    """A box of text that stands beside the picture: what would clutter it if it were drawn."""

    id: str
    title: str
    lines: tuple[str, ...]


@frozen
class Diagram:
    """A picture before it is drawn. `shape` is ``flow`` (states and arrows) or ``tree`` (levels, top down)."""

    title: str
    shape: Literal["flow", "tree"]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    notes: tuple[Note, ...] = ()
    lang: str = "en"

    @property
    def foot(self) -> str:
        """The id of the node under which a writer without places hangs the notes: a drawn end, the lowest box."""
        entered = {edge.target for edge in self.edges}
        ends = [node.id for node in self.nodes if node.id in entered and node.kind == "final"]
        inner = [edge.target for edge in self.edges if edge.kind != "tie"]
        return [*(node.id for node in self.nodes), *inner, *ends][-1]

    def marked(self, marks: Mapping[str, str]) -> Diagram:
        """Return this diagram with `marks`: id of a node, edge or cluster → text.

        A text is a badge (``"0.83"``), a class of `STYLES`, a colour (``"#c33"``), or one of these two and a
        badge: ``"hot 0.97"``. A pair of node ids joined by `` -> `` is an edge's id.

        Raises:
            UnknownName: an id that this diagram does not draw; the nearest one is told.
        """
        ids = [*(node.id for node in self.nodes), *(edge.id for edge in self.edges)]
        known = {*ids, *(cluster.id for cluster in self.clusters)}
        for name in marks:
            if name not in known:
                raise UnknownName("node or edge", name, sorted(known))
        read = {name: parse_mark(str(text)) for name, text in marks.items()}
        return evolve(
            self,
            nodes=_with_marks(self.nodes, read),
            edges=_with_marks(self.edges, read),
            clusters=_with_marks(self.clusters, read),
        )


def _with_marks(parts: Iterable[_Part], marks: Mapping[str, Mark]) -> tuple[_Part, ...]:
    return tuple(evolve(part, mark=marks[part.id]) if part.id in marks else part for part in parts)


def parse_mark(text: str) -> Mark:
    """Return what the `text` of a mark means: a leading class or colour of three or six digits, then the badge.

    >>> parse_mark("hot 0.97")
    Mark(style='hot', colour='', text='0.97')
    """
    head, _, rest = text.strip().partition(" ")
    if head in STYLES:
        return Mark(style=head, text=rest.strip())
    if re.fullmatch(r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?", head):
        digits = head[1:].lower() if len(head) == 7 else "".join(2 * digit for digit in head[1:].lower())
        return Mark(colour=f"#{digits}", text=rest.strip())
    return Mark(text=text.strip())


def ink(colour: str) -> str:
    """Return the colour of letters, black or white, that can be read on `colour` (six digits).

    >>> ink("#ffcc00"), ink("#800000")
    ('#000000', '#ffffff')
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#000000" if 299 * red + 587 * green + 114 * blue > 140_000 else "#ffffff"
