"""The organization as networkx shows it: two frozen graphs, made when first asked for.

Nothing else in this room imports networkx; the arrays of ``hierarchy`` answer every query of the library itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from networkx import DiGraph, MultiDiGraph

    from govflow.organization.hierarchy import Organization


def hierarchy_graph(org: Organization) -> DiGraph[str]:
    """Return superior → subordinate over the hierarchy; nodes have `level`, `handlers`, `households`, `label`."""
    import networkx as nx

    graph = nx.DiGraph()
    for at, unit in enumerate(org.ids[: org.size]):
        facts = {"handlers": org.handlers[at], "households": org.households[at], "label": org.label(unit)}
        graph.add_node(unit, level=org.level_names[org.level[at]], **facts)
    graph.add_edges_from((org.ids[org.superior[at]], org.ids[at]) for at in range(1, org.size))
    return nx.freeze(graph)


def tie_graph(org: Organization) -> MultiDiGraph[str]:
    """Return the ties over all units and whoever else is tied; an edge has its kind as key and `categories`."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    graph.add_nodes_from(org.ids)
    for row in org.tie_rows:
        graph.add_edge(row.source, row.target, key=row.kind, categories=row.categories)
    return nx.freeze(graph)
