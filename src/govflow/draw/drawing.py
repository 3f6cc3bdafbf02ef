"""`draw`: from a community to text, in one call.

The three writers and the two makers of diagrams meet here; each stands on a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from govflow.community import Community
from govflow.draw.diagram import Diagram
from govflow.draw.dot import to_dot
from govflow.draw.lifecycle import lifecycle_diagram
from govflow.draw.mermaid import to_mermaid
from govflow.draw.organization import organization_diagram
from govflow.draw.svg import to_svg
from govflow.draw.words import known_language, word
from govflow.errors import UnknownName
from govflow.organization import OUTSIDE_LEVEL

ORGANIZATION = "organization"
"""What `draw` draws when no lifecycle is named."""

_WRITERS: Mapping[str, Callable[[Diagram], str]] = {"mermaid": to_mermaid, "dot": to_dot, "svg": to_svg}

FORMATS = tuple(_WRITERS)
"""The formats that can be written."""


def draw(
    community: Community,
    what: str = ORGANIZATION,
    *,
    format: Literal["mermaid", "dot", "svg"] = "mermaid",  # noqa: A002  the word that users type
    lang: str = "en",
    marks: Mapping[str, str] | None = None,
) -> str:
    """Return the organization of `community`, or one of its lifecycles, as a picture in text.

    `marks` show what another room has found: id of a node, an edge or a cluster → a badge (``"0.83"``), a class
    (``"hot"``, ``"warm"``, ``"cool"``, ``"muted"``), a colour (``"#c33"``), or a class or colour and a badge. Ids
    are those of states and units; ``"asked -> closed"`` for an arrow, a level's name for the whole level. The same
    arguments give the same text.

    Raises:
        UnknownName: a lifecycle, format, language or mark that is not known; the nearest is told.

    >>> import govflow as gf
    >>> draw(gf.load("beida"), "grievance").splitlines()[3]
    'flowchart TB'
    >>> draw(gf.load("beida"), marks={"branch": "hot 0.97"}, format="svg").startswith("<svg")
    True
    """
    if format not in _WRITERS:
        raise UnknownName("format", format, FORMATS)
    return _WRITERS[format](diagram(community, what, known_language(lang)).marked(marks or {}))


def diagram(community: Community, what: str = ORGANIZATION, lang: str = "en") -> Diagram:
    """Return what `draw` would draw, before it is written: nodes, edges, clusters, notes.

    Raises:
        UnknownName: neither ``organization`` nor a lifecycle of the community.

    >>> import govflow as gf
    >>> diagram(gf.load("beida"), "grievance").nodes[0].kind
    'start'
    """
    if what == ORGANIZATION:
        return organization_diagram(community, lang)
    if what not in community.lifecycles:
        raise UnknownName("drawing", what, (ORGANIZATION, *community.lifecycles))
    levels = {level.name: level.label for level in community.plan.levels}
    outside = {OUTSIDE_LEVEL: {lang: word("department", lang)}}
    return lifecycle_diagram(community.lifecycles[what], lang, levels={**levels, **outside})
