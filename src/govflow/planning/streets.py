"""A street graph as arrays, and the two searches on it: from each of many origins, and from all at once.

It takes graphs as OSMnx makes them: nodes with ``x`` (longitude) and ``y`` (latitude), edges with ``length`` in
metres. A street is walked both ways whatever the graph says, for one-way streets are for wheels, and of parallel
edges the shortest counts. Distances are metres; seconds are the business of ``planning.walking``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Protocol

from attrs import frozen

from govflow.errors import DefinitionError, Fault
from govflow.planning.inputs import known_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

Footing = tuple[Any, Any, Any]
"""For some points: the index of the node nearest each, the metres from the point to it, and the unit vectors."""

Straight = Callable[[Any], Any]
"""What tells the metres of a walk without streets by the chord between its ends."""

_CELLS = 4_000_000  # distances held at once in a search from many origins: 32 MB


class Located(Protocol):
    """Something with a place in degrees."""

    @property
    def lon(self) -> float:
        """Degrees east."""

    @property
    def lat(self) -> float:
        """Degrees north."""


def unit_vectors(points: Sequence[Located]) -> NDArray[Any]:
    """Return the points as rows (x, y, z) on the unit sphere: straight chords between them order like arcs."""
    import numpy as np

    lon, lat = np.radians([[p.lon for p in points], [p.lat for p in points]])
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


@frozen
class _Node:
    lon: float
    lat: float


@frozen(eq=False)
class Streets:
    """A street graph: node i is at row i of `places` (unit vectors), `lengths` is a sparse matrix of metres.

    Nodes are in order of longitude, latitude and name, so that equal graphs give equal arrays in whatever order
    they were built.
    """

    places: Any
    lengths: Any

    @classmethod
    def from_graph(cls, graph: Any) -> Streets:
        """Return the streets of a networkx graph; DefinitionError with every node and edge that cannot be used.

        UsageError for what is no graph.

        >>> import networkx as nx
        >>> graph = nx.path_graph(2)
        >>> nx.set_node_attributes(graph, {0: {"x": 119.38, "y": 25.72}, 1: {"x": 119.39, "y": 25.72}})
        >>> nx.set_edge_attributes(graph, 1004.0, "length")
        >>> Streets.from_graph(graph).lengths.nnz
        2
        """
        faults = _faults(known_graph(graph, "streets"))
        if faults:
            raise DefinitionError("street graph", faults)
        where = {name: _Node(data["x"], data["y"]) for name, data in graph.nodes(data=True)}
        names = sorted(where, key=lambda name: (where[name].lon, where[name].lat, str(name)))
        index = {name: i for i, name in enumerate(names)}
        edges = [(index[u], index[v], float(data["length"])) for u, v, data in graph.edges(data=True)]
        both = [*edges, *((v, u, length) for u, v, length in edges)]
        return cls(unit_vectors([where[name] for name in names]), _matrix(len(names), both))

    @cached_property
    def tree(self) -> Any:
        """The nodes as a tree that finds the nearest."""
        from scipy.spatial import cKDTree

        return cKDTree(self.places)

    @cached_property
    def beside(self) -> Any:
        """By two nodes whether people at them may walk straight: they are one, or joined by a street."""
        from scipy.sparse import eye_array

        joined = self.lengths.astype(bool).tocsr()
        joined.data[:] = True
        return (joined + eye_array(self.lengths.shape[0], dtype=bool)).tocsr()

    def nearest(self, origins: Footing, goals: Footing, straight: Straight) -> NDArray[Any]:
        """Return for each goal the metres from the nearest origin, infinite where none leads there.

        One node more is tied to the node of every origin by the way to it; a single search begins there.
        """
        import numpy as np
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import dijkstra

        ways = sorted(zip(origins[0].tolist(), origins[1].tolist(), strict=True), reverse=True)
        shortest = dict(ways)  # of several ways to one node the last, the shortest, stays
        start, streets = self.lengths.shape[0], self.lengths.tocoo()
        rows = np.concatenate((streets.row, np.full(len(shortest), start)))
        columns = np.concatenate((streets.col, list(shortest)))
        metres = np.concatenate((streets.data, list(shortest.values())))
        matrix = coo_array((metres, (rows, columns)), shape=(start + 1, start + 1)).tocsr()
        found: NDArray[Any] = dijkstra(matrix, indices=start)[goals[0]] + goals[1]
        for _, _, columns, far in self._straight(origins, goals, straight):
            np.minimum.at(found, columns, far)
        return found

    def pairs(
        self, origins: Footing, goals: Footing, metres: float, straight: Straight
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return all pairs at most `metres` apart, as arrays of origin, goal, metres."""
        import numpy as np
        from scipy.sparse.csgraph import dijkstra

        found = []
        for span, rows, columns, short in self._straight(origins, goals, straight):
            starts, back = np.unique(origins[0][span], return_inverse=True)
            between = dijkstra(self.lengths, indices=starts, limit=metres)[:, goals[0]]
            far = between[back] + origins[1][span, None] + goals[1][None, :]
            far[rows, columns] = np.minimum(far[rows, columns], short)
            near = np.nonzero(far <= metres)
            found.append((near[0] + span.start, near[1], far[near]))
        rows, columns, far = (np.concatenate(part) for part in zip(*found, strict=True))
        return rows, columns, far

    def _straight(
        self, origins: Footing, goals: Footing, straight: Straight
    ) -> Iterator[tuple[slice, NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """Yield, for some origins at a time, those who may walk straight: origin in the span, goal, metres."""
        import numpy as np

        step = max(1, _CELLS // (self.lengths.shape[0] + len(goals[0])))
        for first in range(0, len(origins[0]), step):
            span = slice(first, first + step)
            rows, columns = self.beside[origins[0][span]][:, goals[0]].nonzero()
            chords = np.linalg.norm(origins[2][span][rows] - goals[2][columns], axis=1)
            yield span, rows, columns, straight(chords)


def _matrix(size: int, edges: list[tuple[int, int, float]]) -> Any:
    """Return a sparse matrix of the shortest of parallel edges; an edge of length 0 stays an edge."""
    import numpy as np
    from scipy.sparse import coo_array

    shortest: dict[tuple[int, int], float] = {}
    for u, v, length in edges:
        shortest[u, v] = min(length, shortest.get((u, v), inf))
    ends = np.array(sorted(shortest), int).reshape(-1, 2)
    lengths = np.array([shortest[pair] for pair in sorted(shortest)], float)
    return coo_array((lengths, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()


def _faults(graph: Any) -> list[Fault]:
    faults = [] if len(graph) else [Fault("nodes", "empty", "a street graph needs at least one node")]
    for name, data in graph.nodes(data=True):
        if not (_number(data.get("x"), -180, 180) and _number(data.get("y"), -90, 90)):
            faults.append(Fault(f"nodes.{name}", "bad_value", "needs x (longitude) and y (latitude) in degrees"))
    for u, v, data in graph.edges(data=True):
        if not _number(data.get("length"), 0, inf):
            faults.append(Fault(f"edges.{u}-{v}", "bad_value", "needs length, in metres, 0 or more"))
    return faults


def _number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and isfinite(value) and low <= value <= high
