"""SVG out of a diagram: one file that needs nothing else, for light and dark pages.

Every group carries ``data-id`` (a node, edge, cluster or note of the diagram) and a ``<title>`` with the whole
text, which browsers show on pointing. Labels are shortened, titles are not. This page paints; ``flow.py`` and
``tree.py`` find the places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from govflow.draw.diagram import Diagram, Mark, ink
from govflow.draw.flow import place_flow
from govflow.draw.placed import (
    LEADING,
    NAME,
    SMALL,
    Placed,
    PlacedBand,
    PlacedEdge,
    PlacedKey,
    PlacedNode,
    PlacedNote,
    Rectangle,
)
from govflow.draw.text import clean
from govflow.draw.tree import place_tree

_FONTS = (
    '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", '
    '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif'
)

_LIGHT = {
    ".page": "fill:#ffffff",
    "text": "fill:#1c2430",
    ".line": "stroke:#56647a",
    ".clock .line": "stroke:#a8610c",
    ".tie .line": "stroke:#7a4fa3",
    ".head": "fill:#56647a",
    ".head-clock": "fill:#a8610c",
    ".head-tie": "fill:#7a4fa3",
    ".label text": "fill:#26303d",
    ".clock .label text": "fill:#8a4d05",
    ".tie .label text": "fill:#5f3a85",
    ".more": "fill:#4a5666",
    ".queue .box": "fill:#e8f1fc;stroke:#2f6db3",
    ".work .box": "fill:#e5f5e8;stroke:#2e8540",
    ".wait .box": "fill:#fff5db;stroke:#b07d12",
    ".final .box": "fill:#eceef1;stroke:#4a5666",
    ".start .box": "fill:#1c2430;stroke:#1c2430",
    ".unit .box, .units .box": "fill:#e8f1fc;stroke:#2f6db3",
    ".department .box": "fill:#fdebe4;stroke:#b5502a",
    ".partner .box": "fill:#f2eafa;stroke:#7a4fa3",
    ".team .box": "fill:#e5f5e8;stroke:#2e8540",
    ".note .box": "fill:#fbfbf4;stroke:#b9b89f",
    ".band .box": "fill:#f6f8fa;stroke:#dfe4ea",
    ".hot .box": "fill:#ffd9d4;stroke:#c62f20",
    ".warm .box": "fill:#ffe9c7;stroke:#c77a0a",
    ".cool .box": "fill:#d8f0f2;stroke:#14808a",
    ".muted .box": "fill:#f4f4f4;stroke:#b4b4b4",
    ".hot .line": "stroke:#c62f20",
    ".warm .line": "stroke:#c77a0a",
    ".cool .line": "stroke:#14808a",
    ".muted .line": "stroke:#c4c4c4",
    ".muted text": "fill:#7a7a7a",
}

_DARK = {
    ".page": "fill:#161b22",
    "text": "fill:#e6ebf1",
    ".line": "stroke:#93a1b5",
    ".clock .line": "stroke:#e0a04a",
    ".tie .line": "stroke:#c09be6",
    ".head": "fill:#93a1b5",
    ".head-clock": "fill:#e0a04a",
    ".head-tie": "fill:#c09be6",
    ".label text": "fill:#d5dde7",
    ".clock .label text": "fill:#efb869",
    ".tie .label text": "fill:#d3b7ef",
    ".more": "fill:#b3bfcd",
    ".queue .box": "fill:#16304d;stroke:#6aa6e8",
    ".work .box": "fill:#15361f;stroke:#62c179",
    ".wait .box": "fill:#3d3010;stroke:#dcae47",
    ".final .box": "fill:#2a3038;stroke:#aeb9c7",
    ".start .box": "fill:#e6ebf1;stroke:#e6ebf1",
    ".unit .box, .units .box": "fill:#16304d;stroke:#6aa6e8",
    ".department .box": "fill:#46241a;stroke:#ee8b66",
    ".partner .box": "fill:#33234a;stroke:#c09be6",
    ".team .box": "fill:#15361f;stroke:#62c179",
    ".note .box": "fill:#22241c;stroke:#6c6b55",
    ".band .box": "fill:#1c222b;stroke:#30363f",
    ".hot .box": "fill:#571f19;stroke:#ff8375",
    ".warm .box": "fill:#513507;stroke:#f3b04f",
    ".cool .box": "fill:#0d3d42;stroke:#57c8d2",
    ".muted .box": "fill:#20242a;stroke:#5a5f66",
    ".hot .line": "stroke:#ff8375",
    ".warm .line": "stroke:#f3b04f",
    ".cool .line": "stroke:#57c8d2",
    ".muted .line": "stroke:#50565e",
    ".muted text": "fill:#8d949c",
}

_SHAPES = {
    "text": f"font-family:{_FONTS};font-size:{SMALL:.0f}px",
    ".name": f"font-size:{NAME:.0f}px;font-weight:600",
    ".heading": "font-size:18px;font-weight:600",
    ".badge, .title": "font-weight:600",
    ".box": "stroke-width:1.4",
    ".line": "fill:none;stroke-width:1.4",
    ".wait .box": "stroke-dasharray:6 3",
    ".final .box": "stroke-width:3",
    ".band .box, .note .box": "stroke-width:1",
    ".clock .line": "stroke-dasharray:5 4",
    ".tie .line": "stroke-dasharray:6 4",
    ".hot .line, .warm .line, .cool .line": "stroke-width:2.6",
}


def to_svg(diagram: Diagram) -> str:
    """Return `diagram` as an SVG document of its own: same diagram, same text.

    >>> from govflow.draw.diagram import Diagram, Node
    >>> to_svg(Diagram("tiny", "flow", (Node("open", ("open",), "wait"),))).startswith("<svg")
    True
    """
    placed = place_flow(diagram) if diagram.shape == "flow" else place_tree(diagram)
    size = (
        f'width="{placed.width:.0f}" height="{placed.height:.0f}" viewBox="0 0 {placed.width:.0f} {placed.height:.0f}"'
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="govflow" {size} role="img" lang="{diagram.lang}">',
        f"<title>{_text(diagram.title)}</title>",
        f"<style>{_style()}</style>",
        f"<defs>{''.join(_arrowhead(kind) for kind in ('', '-clock', '-tie'))}</defs>",
        '<rect class="page" width="100%" height="100%"/>',
        *_parts(placed),
        f'<text class="heading" x="24" y="38">{_text(diagram.title)}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _parts(placed: Placed) -> Iterable[str]:
    """Paint from the back to the front: bands, lines, boxes, and the labels last."""
    yield from (_band(band) for band in placed.bands)
    yield from (_edge(edge) for edge in placed.edges)
    yield from (_node(node) for node in placed.nodes)
    yield from (_note(note) for note in placed.notes)
    yield from (_key(key) for key in placed.keys)


def _style() -> str:
    dark = "".join(_rule(*pair) for pair in _DARK.items())
    return (
        "".join(_rule(*pair) for pair in (*_SHAPES.items(), *_LIGHT.items()))
        + f"@media (prefers-color-scheme:dark){{{dark}}}"
    )


def _rule(selector: str, rule: str) -> str:
    """Return one rule that holds inside our own picture only, also where several stand on one page."""
    return ",".join(f".govflow {part.strip()}" for part in selector.split(",")) + f"{{{rule}}}"


def _arrowhead(kind: str) -> str:
    return (
        f'<marker id="govflow-arrow{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="head{kind}" d="M0 1L10 5L0 9z"/></marker>'
    )


def _text(text: str) -> str:
    return escape(clean(text))


def _title(lines: Iterable[str]) -> str:
    return "<title>" + "\n".join(_text(line) for line in lines) + "</title>"


def _classes(kind: str, mark: Mark | None) -> str:
    return f"{kind} {mark.style}" if mark and mark.style else kind


def _fill(mark: Mark | None) -> str:
    return f' style="fill:{mark.colour}"' if mark and mark.colour else ""


def _ink(mark: Mark | None) -> str:
    """Return black or white letters for a colour of one's own, which does not change with the page."""
    return f' style="fill:{ink(mark.colour)}"' if mark and mark.colour else ""


def _lines(
    lines: Sequence[str], x: float, y: float, css: Sequence[str], anchor: str = "middle", style: str = ""
) -> str:
    """Return lines of text one below the other, the first one's baseline at `y`."""
    start = f'<text text-anchor="{anchor}" x="{x:.1f}"{style}'
    return "".join(
        f'{start} y="{y + LEADING * row:.1f}" class="{name}">{_text(line)}</text>'
        for row, (line, name) in enumerate(zip(lines, css, strict=True))
    )


def _node(placed: PlacedNode) -> str:
    node, box = placed.node, placed.box
    badges = 1 if node.mark and node.mark.text else 0
    css = ["name"] * placed.names + ["more"] * (len(placed.lines) - placed.names - badges) + ["badge"] * badges
    y = box.y + (box.height - len(placed.lines) * LEADING) / 2 + LEADING - 4.0
    text = _lines(placed.lines, box.x + box.width / 2, y, css, style=_ink(node.mark))
    title = _title((*node.lines, *node.detail)) if node.lines or node.detail else ""
    return (
        f'<g class="node {_classes(node.kind, node.mark)}" data-id={quoteattr(clean(node.id))}>{title}'
        f"{_outline(node.kind, box, _fill(node.mark))}{text}</g>"
    )


def _outline(kind: str, box: Rectangle, style: str = "") -> str:
    """Return the shape of a kind: queues have square corners, works round ones, final states are round ended."""
    if kind == "start":
        middle = f'cx="{box.x + box.width / 2:.1f}" cy="{box.y + box.height / 2:.1f}"'
        return f'<circle class="box" {middle} r="{box.width / 2:.1f}"{style}/>'
    radius = {"work": 9.0, "wait": 3.0, "final": box.height / 2, "units": 3.0, "unit": 3.0}.get(kind, 3.0)
    back = _rectangle(Rectangle(box.x + 4, box.y + 4, box.width, box.height), radius, style) if kind == "units" else ""
    return back + _rectangle(box, 0.0 if kind == "queue" else min(radius, 20.0), style)


def _rectangle(box: Rectangle, radius: float, style: str = "") -> str:
    size = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect class="box" {size} rx="{radius:.0f}"{style}/>'


def _edge(placed: PlacedEdge) -> str:
    edge = placed.edge
    kind = "clock" if edge.kind == "clock" else "tie" if edge.kind == "tie" else "move"
    head = "" if edge.kind == "superior" else f' marker-end="url(#govflow-arrow{"" if kind == "move" else "-" + kind})"'
    told = _title(edge.detail or edge.lines) if edge.detail or edge.lines else ""
    stroke = f' style="stroke:{edge.mark.colour}"' if edge.mark and edge.mark.colour else ""
    return (
        f'<g class="edge {_classes(kind, edge.mark)}" data-id={quoteattr(clean(edge.id))}>{told}'
        f'<path class="line" d="{placed.path}"{head}{stroke}/>{_label(placed)}</g>'
    )


def _label(placed: PlacedEdge) -> str:
    """Return the label on a patch of the page's own colour, so that its line does not run through the letters."""
    box = placed.label
    if box is None:
        return ""
    patch = f'<rect class="page" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"/>'
    css = [""] * len(placed.lines)
    return f'<g class="label">{patch}{_lines(placed.lines, box.x + box.width / 2, box.y + LEADING - 1.0, css)}</g>'


def _band(placed: PlacedBand) -> str:
    cluster, box = placed.cluster, placed.box
    badges = 1 if cluster.mark and cluster.mark.text and len(placed.lines) > placed.names else 0
    css = ["name"] * placed.names + ["more"] * (len(placed.lines) - placed.names - badges) + ["badge"] * badges
    css = css[: len(placed.lines)]
    return (
        f'<g class="band {_classes("cluster", cluster.mark)}" data-id={quoteattr(clean(cluster.id))}>'
        f"{_title(cluster.lines)}{_rectangle(box, 6.0, _fill(cluster.mark))}"
        f"{_lines(placed.lines, box.x + 12.0, box.y + 20.0, css, 'start', _ink(cluster.mark))}</g>"
    )


def _note(placed: PlacedNote) -> str:
    note, box = placed.note, placed.box
    lines = (note.title, *placed.lines)
    text = _lines(lines, box.x + 12.0, box.y + 20.0, ["title", *[""] * len(placed.lines)], "start")
    return (
        f'<g class="note" data-id={quoteattr(clean(note.id))}>{_title((note.title, *note.lines))}'
        f"{_rectangle(box, 2.0)}{text}</g>"
    )


def _key(placed: PlacedKey) -> str:
    box = placed.box
    text = _lines((placed.text,), box.right + 6.0, box.bottom - 3.0, ["more"], "start")
    return f'<g class="key {placed.kind}">{_outline(placed.kind, box)}{text}</g>'
