"""Matching: demands to volunteers and resources, by skill, time, distance, load, preference and what was agreed.

Hard rules are hard: all skills, a free window in which the work fits, near enough, within capacity, nobody twice at
once. Among what they allow, as many are served as can be, the earliest asked first; then the cost is least. Pure
functions of plain data; open ``planning.demands`` for the data, ``planning.choice`` for how it is solved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from govflow.calendar import MINUTE
from govflow.planning.candidates import Appointment, Candidates, candidates
from govflow.planning.checks import Instant, Name, Natural, checked
from govflow.planning.choice import chosen, served
from govflow.planning.demands import Demand, Offer
from govflow.planning.extra import require
from govflow.planning.inputs import refuse, twice
from govflow.planning.reasons import Unmatched, reasons
from govflow.planning.walking import Walk
from govflow.planning.weights import Weights


@checked
@frozen(order=True)
class Assignment:
    """An appointment: who takes which demand, from when until when; `seconds` is the way there on foot."""

    demand: Name
    offer: Name
    start: Instant
    end: Instant
    seconds: Natural = 0


@checked
@frozen
class MatchingCost:
    """The cost of a matching in its four parts, in seconds of walking."""

    walk: Natural
    load: Natural
    preference: Natural
    change: Natural

    @property
    def total(self) -> int:
        """The sum that is least."""
        return self.walk + self.load + self.preference + self.change


@checked
@frozen
class Matching:
    """Who does what, in order of demand and offer; who goes without and why, in order of arrival; and the cost."""

    assignments: tuple[Assignment, ...]
    unmatched: tuple[Unmatched, ...]
    cost: MatchingCost


@checked
def match(
    demands: Iterable[Demand],
    offers: Iterable[Offer],
    *,
    before: Iterable[Assignment] = (),
    within: Natural = 30 * MINUTE,
    weights: Weights | None = None,
    walk: Walk | None = None,
) -> Matching:
    """Return the best matching: most people served, the earliest demands first, then the least cost.

    Where not all can be served, those who asked earlier are, at one instant by id; nothing else puts demands in
    an order, so another offer or a later demand never throws an earlier one out. `before` are the appointments
    already made: k of them change only where that serves someone more or saves at least k times the weight `change`.
    Nobody walks longer than `within` (microseconds). Of matchings with equal cost the solver takes one, the same
    whatever the order of the input. DefinitionError for an id given twice, UsageError for weights beyond 64 bits.

    >>> day = (0, 8 * 3_600_000_000)
    >>> mend = Demand("demand-1", {"electrician"}, work=3_600_000_000, times=[day])
    >>> match([mend], [Offer("member:example-7", {"electrician"}, free=[day])]).assignments[0].offer
    'member:example-7'
    """
    require("matching", "numpy", "ortools", "scipy")
    import numpy as np

    asked = sorted(demands, key=lambda demand: (demand.arrived, demand.id))
    offered = sorted(offers, key=lambda offer: offer.id)
    refuse("matching", [*twice("demands", [one.id for one in asked]), *twice("offers", [one.id for one in offered])])
    agreed = {(a.demand, a.offer, a.start) for a in before}
    weights, walk = weights or Weights(), walk or Walk()
    found = candidates(asked, offered, agreed, walk, within)
    parts = _costs(asked, offered, found, agreed, weights)
    people = served(asked, offered, found)
    taken = np.array(chosen(asked, offered, found, people, parts.sum(axis=0).tolist(), weights.load), bool)
    missing = [demand.people - got for demand, got in zip(asked, people, strict=True)]
    return Matching(
        _assignments(asked, offered, found, taken),
        reasons(asked, offered, found, missing, taken.tolist()),
        _cost(offered, found.offer[taken], parts[:, taken].tolist(), weights),
    )


def _costs(
    demands: Sequence[Demand],
    offers: Sequence[Offer],
    found: Candidates,
    agreed: set[Appointment],
    weights: Weights,
) -> Any:
    """Return the cost of each candidate in rows: walk, preference, change."""
    import numpy as np

    settled = {demand for demand, _, _ in agreed}
    costs = np.zeros((3, len(found.demand)), np.int64)
    costs[0] = found.seconds * weights.walk
    columns = (part.tolist() for part in (found.demand, found.offer, found.start))
    for n, (i, j, start) in enumerate(zip(*columns, strict=True)):
        demand, offer = demands[i], offers[j]
        if offer.prefers and offer.prefers.isdisjoint(demand.skills):
            costs[1, n] = weights.preference
        if demand.id in settled and (demand.id, offer.id, start) not in agreed:
            costs[2, n] = weights.change
    return costs


def _assignments(
    demands: Sequence[Demand], offers: Sequence[Offer], found: Candidates, taken: Any
) -> tuple[Assignment, ...]:
    columns = (part[taken].tolist() for part in (found.demand, found.offer, found.start, found.seconds))
    return tuple(
        sorted(
            Assignment(demands[i].id, offers[j].id, start, start + demands[i].work, seconds)
            for i, j, start, seconds in zip(*columns, strict=True)
        )
    )


def _cost(offers: Sequence[Offer], busy: Any, parts: list[list[int]], weights: Weights) -> MatchingCost:
    taken = Counter(busy.tolist())
    load = weights.load * sum(sum(range(offers[j].load, offers[j].load + n)) for j, n in taken.items())
    walk, preference, change = (sum(part) for part in parts)
    return MatchingCost(walk, load, preference, change)
