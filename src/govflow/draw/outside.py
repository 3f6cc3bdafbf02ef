"""What stands beside the hierarchy: departments, partner units, work teams, and the ties across it.

Outside units of one kind with the same ties share a box that lists them. Ties of households and members are drawn
at the box of the contact unit, or of the unit where the member has a post. ``organization.py`` draws the
hierarchy itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from attrs import frozen

from govflow.community import Community
from govflow.draw.diagram import Cluster, Edge, Node, NodeKind, Note
from govflow.draw.words import counted, listed, name, word
from govflow.errors import UnknownName
from govflow.organization import OUTSIDE_LEVEL, Organization, OutsideUnit, TieRow

KINDS: tuple[NodeKind, ...] = ("department", "partner", "team")
_PANELS = 6
_LISTED = 10

Ends = tuple[str, str, str]


@frozen
class _Panel:
    """Outside units that share a box."""

    id: str
    kind: NodeKind
    units: tuple[OutsideUnit, ...]


Drawn = tuple[tuple[Node, ...], tuple[Edge, ...], tuple[Cluster, ...], tuple[Note, ...]]


def outside_diagram(community: Community, box_of: Sequence[str], lang: str) -> Drawn:
    """Return the nodes, ties, clusters and notes beside a hierarchy whose unit at position i is in ``box_of[i]``."""
    organization = community.organization
    inside = dict(zip(organization.ids, box_of, strict=False))
    ends = _Ends(organization, inside, frozenset(organization.units(OUTSIDE_LEVEL)), _posts(organization))
    panels = [panel for kind in KINDS for panel in _panels(kind, organization, ends)]
    boxes = {**inside, **{unit.id: panel.id for panel in panels for unit in panel.units}}
    bundles, loose = _bundles(organization, ends, boxes)
    nodes = tuple(_node(panel, community, lang) for panel in panels)
    sizes = {node.id: node.units for node in nodes}
    edges = tuple(_edge(key, rows, sizes, community, lang) for key, rows in bundles.items())
    clusters = tuple(_cluster(kind, nodes, lang) for kind in KINDS if any(node.kind == kind for node in nodes))
    notes = (Note("(within)", word("within", lang), tuple(_loose(loose, lang))),) if loose else ()
    return nodes, edges, clusters, notes


@frozen
class _Ends:
    """What the end of a tie means: a unit stands for itself, a household and a member for a unit."""

    organization: Organization
    inside: Mapping[str, str]
    outside: frozenset[str]
    posts: Mapping[str, str]

    def unit(self, end: str) -> str | None:
        """Return the unit at which an end is drawn, None where nothing says."""
        if end in self.inside or end in self.outside:
            return end
        if end in self.posts:
            return self.posts[end]
        try:
            return self.organization.contact(end)
        except UnknownName:
            return None


def _posts(organization: Organization) -> dict[str, str]:
    """Return for each member the unit of their first post."""
    return {post.member: post.unit for post in reversed(organization.plan.posts)}


def _panels(kind: NodeKind, organization: Organization, ends: _Ends) -> Iterable[_Panel]:
    """Put outside units with the same ties together; all of a kind where that leaves too many boxes."""
    units = [unit for unit in organization.plan.outside if unit.kind == kind]
    tied: dict[str, set[Hashable]] = {unit.id: set() for unit in units}
    for row in organization.tie_rows:
        for end, other, leads in ((row.source, row.target, True), (row.target, row.source, False)):
            if end in tied:
                at = ends.unit(other)
                tied[end].add((row.kind, ends.inside.get(at or "", at), leads))
    found: dict[Hashable, list[OutsideUnit]] = {}
    for unit in units:
        found.setdefault(frozenset(tied[unit.id]), []).append(unit)
    shared = list(found.values()) if len(found) <= _PANELS else [units]
    for members in shared:
        first = members[0].id
        yield _Panel(first if len(members) == 1 else f"{first} ×{len(members)}", kind, tuple(members))


def _bundles(
    organization: Organization, ends: _Ends, boxes: Mapping[str, str]
) -> tuple[dict[Ends, list[TieRow]], list[TieRow]]:
    """Return the ties by kind and the two boxes they join, and those that join no two boxes."""
    bundles: dict[Ends, list[TieRow]] = {}
    loose: list[TieRow] = []
    for row in organization.tie_rows:
        source, target = boxes.get(ends.unit(row.source) or ""), boxes.get(ends.unit(row.target) or "")
        if source is None or target is None or source == target:
            loose.append(row)
        else:
            bundles.setdefault((row.kind, source, target), []).append(row)
    return bundles, loose


def _node(panel: _Panel, community: Community, lang: str) -> Node:
    organization = community.organization
    handlers = sum(organization.handlers[organization.index(unit.id)] for unit in panel.units)
    staff = (counted("handlers", f"{handlers:,}", lang),) if handlers else ()
    called = [_called(unit, community, lang) for unit in panel.units]
    if len(called) == 1:
        unit = panel.units[0]
        lines = (_name(unit, lang), *_categories(unit.categories, community, lang), *staff)
    else:
        more = len(called) - _LISTED
        shown = called if more <= 0 else [*called[:_LISTED], word("more", lang, n=more)]
        lines = (word("panel", lang, n=len(called), kind=word(panel.kind, lang)), *shown, *staff)
    return Node(panel.id, lines, panel.kind, panel.kind, (listed(called, lang),), units=len(called), handlers=handlers)


def _name(unit: OutsideUnit, lang: str) -> str:
    return name(unit.label, lang, unit.id.partition("/")[2].replace("_", " "))


def _called(unit: OutsideUnit, community: Community, lang: str) -> str:
    categories = listed(_categories(unit.categories, community, lang), lang)
    return f"{_name(unit, lang)} ({categories})" if categories else _name(unit, lang)


def _categories(names: Sequence[str], community: Community, lang: str) -> tuple[str, ...]:
    found = (community.categories.get(category) for category in names)
    return tuple(
        name(known.label if known else {}, lang, category.replace("_", " "))
        for category, known in zip(names, found, strict=True)
    )


def _edge(key: Ends, rows: Sequence[TieRow], sizes: Mapping[str, int], community: Community, lang: str) -> Edge:
    """Return one edge for all ties of a kind between two boxes, with their number where the boxes do not tell it."""
    kind, source, target = key
    usual = max(sizes.get(source, 1), sizes.get(target, 1))
    label = word(kind, lang) + (f" ×{len(rows)}" if len(rows) != usual else "")
    detail = []
    for row in rows[:40]:
        categories = listed(_categories(row.categories, community, lang), lang)
        detail.append(f"{row.source} {word(kind, lang)} {row.target}" + (f" ({categories})" if categories else ""))
    return Edge(f"{source} {kind} {target}", source, target, (label,), "tie", tuple(detail))


def _cluster(kind: NodeKind, nodes: Sequence[Node], lang: str) -> Cluster:
    count = sum(node.units for node in nodes if node.kind == kind)
    return Cluster(kind, (word(kind, lang), counted("units", f"{count:,}", lang)), outside=True)


def _loose(rows: Sequence[TieRow], lang: str) -> Iterable[str]:
    """List the ties that join no two boxes; where they are many, how many there are of each kind."""
    if len(rows) <= _LISTED:
        yield from (f"{row.source} {word(row.kind, lang)} {row.target}" for row in rows)
        return
    for kind in dict.fromkeys(row.kind for row in rows):
        yield f"{word(kind, lang)} ×{sum(row.kind == kind for row in rows)}"
