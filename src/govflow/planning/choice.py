"""The choice among candidates as two flows of least cost: the first says who is served, the second by whom.

From a demand a unit of flow, a person, runs through an offer and one of its windows to the end: an arc says what may
be done, its capacity how often, its cost how much that is worth avoiding. What the costs mean is told in
``planning.matching``; how a flow is solved in ``planning.flows``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from govflow.planning.candidates import Candidates
from govflow.planning.demands import Demand, Offer
from govflow.planning.flows import END, Flow


def served(demands: Sequence[Demand], offers: Sequence[Offer], found: Candidates) -> list[int]:
    """Return how many people each demand gets: as many in all as can be, and where not all can, the first ones first.

    Demands are in order of arrival. Sets of people that can be served together are a matroid (a gammoid, Perfect
    1968), so weights that fall with the order find what the greedy way finds, and it is the most as well.
    """
    flow, _ = _network(demands, offers, found, [0] * len(found.demand), load=0)
    without = []
    for i, demand in enumerate(demands):
        flow.supply(("demand", i), demand.people)
        without.append(flow.arc(("demand", i), END, cost=len(demands) - i, capacity=demand.people))
    flows = flow.solve()
    return [demand.people - flows[arc] for demand, arc in zip(demands, without, strict=True)]


def chosen(
    demands: Sequence[Demand],
    offers: Sequence[Offer],
    found: Candidates,
    people: Sequence[int],
    costs: Iterable[int],
    load: int,
) -> list[bool]:
    """Return which candidates are taken: each demand gets its `people`, at the least cost of candidates and load.

    The unit that an offer takes on top of n costs n times `load`: the sum grows with the square, so it is even.
    """
    flow, takes = _network(demands, offers, found, costs, load=load)
    for i, units in enumerate(people):
        flow.supply(("demand", i), units)
    flows = flow.solve()
    return [flows[arc] > 0 for arc in takes]


def _network(
    demands: Sequence[Demand], offers: Sequence[Offer], found: Candidates, costs: Iterable[int], *, load: int
) -> tuple[Flow, list[int]]:
    """Return the network, and the arc of each candidate.

    A demand for several people reaches each offer through a node of their pair, with capacity 1, so that nobody is
    counted as two; a window takes `at_once`, an offer its room.
    """
    flow, takes, wanted = Flow(), [], Counter[int](found.offer.tolist())
    for i, j, k, cost in zip(found.demand.tolist(), found.offer.tolist(), found.window.tolist(), costs, strict=True):
        start: Hashable = ("demand", i)
        window = ("window", j, k)
        if demands[i].people > 1:
            start = ("pair", i, j)
            if start not in flow.nodes:
                flow.arc(("demand", i), start)
        if window not in flow.nodes:
            flow.arc(window, ("offer", j), capacity=min(offers[j].at_once, len(demands)))
        takes.append(flow.arc(start, window, cost=cost))
    for j, most in wanted.items():
        carried = offers[j].load
        flow.steps(("offer", j), END, (load * n for n in range(carried, carried + min(offers[j].room, most))))
    return flow, takes
