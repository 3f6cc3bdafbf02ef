"""Flows of least cost: a network written down arc by arc, by the names of its nodes, solved by OR-tools.

Capacities and costs are whole numbers and the simplex of networks is exact on them. A choice whose cost grows with
how often it is taken is an arc for each time (`steps`). What a node means is told by whoever writes the network.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from attrs import define, field

from govflow.errors import UsageError

END = "end"
"""The node where everything arrives."""


@define(eq=False)
class Flow:
    """A network with one unit of supply for each call of `supply`; arcs are numbered as they are written."""

    nodes: dict[Hashable, int] = field(factory=lambda: {END: 0})
    arcs: list[tuple[int, int, int, int]] = field(factory=list)
    supplies: dict[int, int] = field(factory=dict)

    def supply(self, node: Hashable, units: int) -> None:
        """Let `units` start at a node."""
        self.supplies[self._at(node)] = units

    def arc(self, tail: Hashable, head: Hashable, *, cost: int = 0, capacity: int = 1) -> int:
        """Write an arc and return its number."""
        self.arcs.append((self._at(tail), self._at(head), capacity, cost))
        return len(self.arcs) - 1

    def steps(self, tail: Hashable, head: Hashable, costs: Iterable[int]) -> None:
        """Write an arc for the first unit, the second, and so on; costs must not fall, or the dearer came first."""
        for cost in costs:
            self.arc(tail, head, cost=cost)

    def solve(self) -> list[int]:
        """Return the flow on each arc; every supply reaches the end, and the network must let it."""
        import numpy as np
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

        if not self.arcs:
            return []
        solver = SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(*np.array(self.arcs, np.int64).T.copy())
        supplies = np.zeros(len(self.nodes), np.int64)
        supplies[list(self.supplies)] = list(self.supplies.values())
        supplies[0] -= supplies.sum()
        solver.set_nodes_supplies(np.arange(len(supplies)), supplies)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise UsageError(f"weights: too large to add up exactly ({status.name}); give smaller ones")
        flows: list[int] = solver.flows(arcs).tolist()
        return flows

    def _at(self, node: Hashable) -> int:
        return self.nodes.setdefault(node, len(self.nodes))
