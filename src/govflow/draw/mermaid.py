"""Mermaid out of a diagram: text that code hosts and note books draw by themselves.

Every diagram is a ``flowchart``, the one Mermaid kind with labels of several lines, clusters and dashed edges. Ids
are numbered, since those of a definition may be words of Mermaid's own. This page places nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from govflow.draw.boxes import badge
from govflow.draw.diagram import Diagram, Edge, Mark, Node, Note, ink
from govflow.draw.text import clean, shorten

MOST = 90
"""Columns of a line at most; Mermaid widens a box for its longest line."""

_SHAPES = {
    "start": ('(("', '"))'),
    "work": ('("', '")'),
    "wait": ('{{"', '"}}'),
    "final": ('(["', '"])'),
    "units": ('[["', '"]]'),
    "partner": ('("', '")'),
    "team": ('("', '")'),
}

_ARROWS = {"superior": "---", "tie": "-.->", "clock": "-.->"}

_CLASSES = (
    "classDef start fill:#1c2430,stroke:#1c2430",
    "classDef queue fill:#e8f1fc,stroke:#2f6db3,color:#1c2430",
    "classDef work fill:#e5f5e8,stroke:#2e8540,color:#1c2430",
    "classDef wait fill:#fff5db,stroke:#b07d12,color:#1c2430,stroke-dasharray:6 3",
    "classDef final fill:#eceef1,stroke:#4a5666,color:#1c2430,stroke-width:3px",
    "classDef unit fill:#e8f1fc,stroke:#2f6db3,color:#1c2430",
    "classDef units fill:#e8f1fc,stroke:#2f6db3,color:#1c2430",
    "classDef department fill:#fdebe4,stroke:#b5502a,color:#1c2430",
    "classDef partner fill:#f2eafa,stroke:#7a4fa3,color:#1c2430",
    "classDef team fill:#e5f5e8,stroke:#2e8540,color:#1c2430",
    "classDef note fill:#fbfbf4,stroke:#b9b89f,color:#1c2430,text-align:left",
    "classDef hot fill:#ffd9d4,stroke:#c62f20,color:#1c2430",
    "classDef warm fill:#ffe9c7,stroke:#c77a0a,color:#1c2430",
    "classDef cool fill:#d8f0f2,stroke:#14808a,color:#1c2430",
    "classDef muted fill:#f4f4f4,stroke:#b4b4b4,color:#7a7a7a",
)

_STROKES = {"hot": "#c62f20", "warm": "#c77a0a", "cool": "#14808a", "muted": "#c4c4c4"}

# What a quoted label cannot hold as it is: quotes, Mermaid's own entity sign, HTML, directives, escapes, Markdown.
_ENTITIES = {ord(sign): f"#{ord(sign)};" for sign in '"#&<>`\\%*_~{}|[]'}


def to_mermaid(diagram: Diagram) -> str:
    """Return `diagram` as Mermaid text: same diagram, same text.

    >>> from govflow.draw.diagram import Diagram, Node
    >>> print(to_mermaid(Diagram("tiny", "flow", (Node("open", ("open",), "wait"),))).splitlines()[4])
      n0{{"open"}}:::wait
    """
    names = {node.id: f"n{number}" for number, node in enumerate(diagram.nodes)}
    return "\n".join(
        [
            f"---\ntitle: {json.dumps(clean(diagram.title), ensure_ascii=False)}\n---",
            "flowchart TB",
            *(f"  {line}" for line in _lines(diagram, names)),
            *(f"  {line}" for line in _CLASSES if line.split()[1] in _used(diagram)),
            "",
        ]
    )


def _lines(diagram: Diagram, names: dict[str, str]) -> Iterable[str]:
    for number, cluster in enumerate(diagram.clusters):
        title = _text((" · ".join((*cluster.lines, *badge(cluster.mark))),), 2 * MOST)
        yield f'subgraph c{number}["{title}"]'
        yield from (f"  {_node(node, names[node.id])}" for node in diagram.nodes if node.cluster == cluster.id)
        yield "end"
        yield f"style c{number} {_frame(cluster.mark)}"
    clusters = {cluster.id for cluster in diagram.clusters}
    yield from (_node(node, names[node.id]) for node in diagram.nodes if node.cluster not in clusters)
    yield from (_edge(edge, names) for edge in diagram.edges)
    yield from (_note(note, number) for number, note in enumerate(diagram.notes))
    yield from (f"{names[diagram.foot]} ~~~ note{number}" for number in range(len(diagram.notes)))
    for node in diagram.nodes:
        if node.mark and node.mark.colour:
            yield f"style {names[node.id]} fill:{node.mark.colour},color:{ink(node.mark.colour)}"
    for number, edge in enumerate(diagram.edges):
        stroke = _stroke(edge.mark)
        yield from [f"linkStyle {number} stroke:{stroke},stroke-width:3px"] if stroke else []


def _used(diagram: Diagram) -> set[str]:
    marks = {node.mark.style for node in diagram.nodes if node.mark}
    return {*(node.kind for node in diagram.nodes), *marks, *(["note"] if diagram.notes else [])}


def _text(lines: Sequence[str], most: int = MOST) -> str:
    return "<br/>".join(shorten(clean(line), most).translate(_ENTITIES) for line in lines)


def _node(node: Node, name: str) -> str:
    left, right = _SHAPES.get(node.kind, ('["', '"]'))
    style = node.mark.style if node.mark and node.mark.style else node.kind
    return f"{name}{left}{_text((*node.lines, *badge(node.mark))) or ' '}{right}:::{style}"


def _edge(edge: Edge, names: dict[str, str]) -> str:
    lines = (*edge.lines, *badge(edge.mark))
    label = f'|"{_text(lines)}"|' if lines else ""
    return f"{names[edge.source]} {_ARROWS.get(edge.kind, '-->')}{label} {names[edge.target]}"


def _note(note: Note, number: int) -> str:
    return f'note{number}["{_text((note.title, *note.lines))}"]:::note'


def _frame(mark: Mark | None) -> str:
    """Return the look of a cluster: quiet, unless it is marked."""
    if mark and mark.colour:
        return f"fill:{mark.colour},color:{ink(mark.colour)}"
    stroke = _STROKES[mark.style] + ",stroke-width:3px" if mark and mark.style else "#dfe4ea"
    return f"fill:#f6f8fa,color:#1c2430,stroke:{stroke}"


def _stroke(mark: Mark | None) -> str:
    return "" if mark is None else mark.colour or _STROKES.get(mark.style, "")
