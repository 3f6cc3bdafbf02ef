"""Boxes of text: how large a node, a label or a note is, and the row of notes under a picture.

This page knows sizes but no graph; ``flow.py`` and ``tree.py`` decide where the boxes of nodes stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from govflow.draw.diagram import Diagram, Mark, Node, Note
from govflow.draw.placed import LEADING, MARGIN, NAME, SMALL, PlacedKey, PlacedNote, Rectangle
from govflow.draw.text import shorten, width, wrap
from govflow.draw.words import word

NAME_COLUMNS, LINE_COLUMNS, LABEL_COLUMNS, NOTE_COLUMNS = 28, 46, 44, 88
_BOLD = 1.08
_NOTE_GAP = 18.0


@frozen
class Fitted:
    """A node's lines as they fit, the first `names` of them its name, and the box they need."""

    lines: tuple[str, ...]
    names: int
    width: float
    height: float


def fitted(node: Node) -> Fitted:
    """Return the lines and the size of a node's box: its name on at most two lines, then one line each."""
    if node.kind == "start":
        return Fitted((), 0, 16.0, 16.0)
    head, *rest = node.lines
    names = wrap(head, NAME_COLUMNS, 2)
    lines = (*names, *(shorten(line, LINE_COLUMNS) for line in (*rest, *badge(node.mark))))
    widest = max(
        *(width(line, NAME) * _BOLD for line in names), *(width(line, SMALL) for line in lines[len(names) :]), 64.0
    )
    return Fitted(lines, len(names), widest + 28.0, len(lines) * LEADING + 16.0)


def badge(mark: Mark | None) -> tuple[str, ...]:
    """Return the line that a mark adds, if it carries a text."""
    return (mark.text,) if mark and mark.text else ()


def label_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Return an edge's lines as they are shown, each on one line."""
    return tuple(shorten(line, LABEL_COLUMNS) for line in lines)


def label_size(lines: Sequence[str]) -> tuple[float, float]:
    """Return width and height of the box of a label; no lines need no box."""
    if not lines:
        return 0.0, 0.0
    return max(width(line, SMALL) for line in lines) + 8.0, len(lines) * LEADING + 4.0


def place_notes(notes: Sequence[Note], most: float, top: float) -> tuple[PlacedNote, ...]:
    """Return the notes in rows below `top`, no row wider than `most` unless one note alone is."""
    placed: list[PlacedNote] = []
    x, y, row = MARGIN, top, 0.0
    for note in notes:
        lines = tuple(part for line in note.lines for part in _hanging(line))
        widest = max((width(line, SMALL) for line in (*lines, note.title)), default=0.0) * _BOLD
        size = (widest + 24.0, (len(lines) + 1) * LEADING + 20.0)
        if x > MARGIN and x + size[0] > most - MARGIN:
            x, y, row = MARGIN, y + row + _NOTE_GAP, 0.0
        placed.append(PlacedNote(note, Rectangle(x, y, *size), lines))
        x, row = x + size[0] + _NOTE_GAP, max(row, size[1])
    return tuple(placed)


def _hanging(line: str) -> tuple[str, ...]:
    """Wrap a note's line; what follows the first is indented."""
    first, *rest = wrap(line, NOTE_COLUMNS, 4)
    return (first, *("\u2003" + more for more in rest))


def place_keys(diagram: Diagram, y: float) -> tuple[PlacedKey, ...]:
    """Return a row of samples, one for each kind of state in the diagram, with their explanations."""
    kinds = [kind for kind in ("queue", "work", "wait", "final") if any(n.kind == kind for n in diagram.nodes)]
    placed: list[PlacedKey] = []
    x = MARGIN
    for kind in kinds:
        text = word(kind, diagram.lang)
        placed.append(PlacedKey(kind, text, Rectangle(x, y, 24.0, 14.0)))  # type: ignore[arg-type]
        x += 24.0 + 6.0 + width(text, SMALL) + 22.0
    return tuple(placed)
