"""DOT out of a diagram, for those who have Graphviz and want its layouts and formats.

Nodes keep the ids of the definition, quoted; the whole text of what is shortened stands in tooltips. This page
places nothing and needs no Graphviz.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from govflow.draw.boxes import badge
from govflow.draw.diagram import Cluster, Diagram, Edge, Mark, Node, Note, ink
from govflow.draw.text import clean, shorten

MOST = 60
"""Columns of a line of a label at most."""

_FONT = "Helvetica,Arial,Noto Sans CJK SC,sans-serif"

_NODES: Mapping[str, Mapping[str, str]] = {
    "start": {"shape": "point", "width": "0.2", "label": ""},
    "queue": {"shape": "box", "style": "filled", "fillcolor": "#e8f1fc", "color": "#2f6db3"},
    "work": {"shape": "box", "style": "rounded,filled", "fillcolor": "#e5f5e8", "color": "#2e8540"},
    "wait": {"shape": "box", "style": "dashed,filled", "fillcolor": "#fff5db", "color": "#b07d12"},
    "final": {"shape": "box", "style": "rounded,filled", "fillcolor": "#eceef1", "color": "#4a5666", "penwidth": "2.5"},
    "unit": {"shape": "box", "style": "filled", "fillcolor": "#e8f1fc", "color": "#2f6db3"},
    "units": {"shape": "box3d", "style": "filled", "fillcolor": "#e8f1fc", "color": "#2f6db3"},
    "department": {"shape": "box", "style": "filled", "fillcolor": "#fdebe4", "color": "#b5502a"},
    "partner": {"shape": "box", "style": "filled", "fillcolor": "#f2eafa", "color": "#7a4fa3"},
    "team": {"shape": "box", "style": "filled", "fillcolor": "#e5f5e8", "color": "#2e8540"},
}

_EDGES: Mapping[str, Mapping[str, str]] = {
    "superior": {"arrowhead": "none"},
    "tie": {"style": "dashed", "color": "#7a4fa3", "fontcolor": "#5f3a85", "constraint": "false"},
    "clock": {"style": "dashed", "color": "#a8610c", "fontcolor": "#8a4d05"},
}

_MARKS: Mapping[str, tuple[str, str]] = {
    "hot": ("#ffd9d4", "#c62f20"),
    "warm": ("#ffe9c7", "#c77a0a"),
    "cool": ("#d8f0f2", "#14808a"),
    "muted": ("#f4f4f4", "#b4b4b4"),
}


def to_dot(diagram: Diagram) -> str:
    """Return `diagram` as DOT text: same diagram, same text.

    >>> from govflow.draw.diagram import Diagram, Node
    >>> print(to_dot(Diagram("tiny", "flow", (Node("open", ("open",), "queue"),))).splitlines()[0])
    digraph "tiny" {
    """
    title = _quoted(diagram.title)
    graph = {"label": _label((diagram.title,)), "labelloc": "t", "rankdir": "TB", "fontname": _FONT}
    head = [
        f"digraph {title} {{",
        f"  graph [{_attributes(graph)}];",
        f"  node [{_attributes({'fontname': _FONT, 'fontsize': '11'})}];",
        f"  edge [{_attributes({'fontname': _FONT, 'fontsize': '10', 'color': '#56647a'})}];",
    ]
    return "\n".join([*head, *(f"  {line}" for line in _lines(diagram)), "}", ""])


def _lines(diagram: Diagram) -> Iterable[str]:
    for number, cluster in enumerate(diagram.clusters):
        yield f"subgraph cluster_{number} {{"
        yield f"  graph [{_attributes(_cluster(cluster))}];"
        yield from (f"  {_node(node)}" for node in diagram.nodes if node.cluster == cluster.id)
        yield "}"
    clusters = {cluster.id for cluster in diagram.clusters}
    yield from (_node(node) for node in diagram.nodes if node.cluster not in clusters)
    yield from (_edge(edge) for edge in diagram.edges)
    yield from (_note(note) for note in diagram.notes)
    yield from (f"{_quoted(diagram.foot)} -> {_quoted(note.id)} [style=invis];" for note in diagram.notes)


def _quoted(text: str) -> str:
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _label(lines: Sequence[str], end: str = "\\n", most: int = MOST) -> str:
    """Return lines as the inside of a quoted label; Graphviz reads backslashes and HTML entities in it."""
    shown = (shorten(clean(line), most) for line in lines)
    safe = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in shown)
    return end.join(safe) + (end if end != "\\n" else "")


def _attributes(found: Mapping[str, str]) -> str:
    return ", ".join(f'{key}="{value}"' for key, value in found.items())


def _marked(mark: Mark | None, fill: str, line: str) -> dict[str, str]:
    if mark is None or not (mark.colour or mark.style):
        return {}
    filled, lined = (mark.colour, mark.colour) if mark.colour else _MARKS[mark.style]
    letters = {"fontcolor": ink(mark.colour)} if mark.colour and fill else {}
    return {**({fill: filled} if fill else {}), **({line: lined} if line else {}), **letters}


def _node(node: Node) -> str:
    found = {
        "label": _label((*node.lines, *badge(node.mark))),
        "tooltip": _label((*node.lines, *node.detail), most=999),
    }
    look = {**found, **_NODES[node.kind], **_marked(node.mark, "fillcolor", "" if node.kind == "start" else "color")}
    return f"{_quoted(node.id)} [{_attributes(look)}];"


def _edge(edge: Edge) -> str:
    found = {"id": _label((edge.id,), most=999)}
    found |= {"label": _label((*edge.lines, *badge(edge.mark)))} if edge.lines or badge(edge.mark) else {}
    found |= {"tooltip": _label(edge.detail, most=999)} if edge.detail else {}
    look = {**found, **_EDGES.get(edge.kind, {}), **_marked(edge.mark, "", "color")}
    if edge.mark and edge.mark.style:
        look["penwidth"] = "2.6"
    return f"{_quoted(edge.source)} -> {_quoted(edge.target)} [{_attributes(look)}];"


def _note(note: Note) -> str:
    look = {"shape": "note", "label": _label((note.title, *note.lines), end="\\l", most=100)}
    return (
        f"{_quoted(note.id)} [{_attributes({**look, 'style': 'filled', 'fillcolor': '#fbfbf4', 'color': '#b9b89f'})}];"
    )


def _cluster(cluster: Cluster) -> dict[str, str]:
    label = _label((" · ".join((*cluster.lines, *badge(cluster.mark))),), most=2 * MOST)
    look = {"label": label, "labeljust": "l", "fontsize": "12", "color": "#dfe4ea"}
    return {**look, "style": "rounded,filled", "fillcolor": "#f6f8fa", **_marked(cluster.mark, "fillcolor", "color")}
