"""Matching: demands to volunteers and resources, by skill, time, distance, load, preference and what was agreed.

Hard rules are hard: all skills, a free window in which the work fits, near enough, within capacity, nobody twice at
once. Among what they allow, as many are served as can be, the earliest asked first; then the cost is least. Pure
functions of plain data; open ``planning.demands`` for the data, ``planning.network`` for how it is solved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import field, frozen

from govflow.errors import UsageError
from govflow.planning.candidates import Candidates, candidates
from govflow.planning.demands import Demand, Offer
from govflow.planning.extra import require
from govflow.planning.network import chosen, served
from govflow.planning.reasons import Unmatched, reasons
from govflow.planning.walking import Walk


def _whole(_: MatchingWeights, attribute: Any, value: int) -> None:
    if not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise UsageError(f"weight {attribute.name} is {value!r}: must be a whole number from 0 to 1,000,000")


@frozen
class MatchingWeights:
    """What each inconvenience costs, in seconds of walking: one way is 1 a second, times `walk`.

    `load`: a demand more for someone who carries n costs n times this. `preference`: one for which none of the
    preferred skills is wanted. `change`: an appointment other than the one a demand had.
    """

    walk: int = field(default=1, validator=_whole)
    load: int = field(default=300, validator=_whole)
    preference: int = field(default=600, validator=_whole)
    change: int = field(default=1800, validator=_whole)


@frozen(order=True)
class Assignment:
    """An appointment: who takes which demand, from when until when; `seconds` is the way there on foot."""

    demand: str
    offer: str
    start: int
    end: int
    seconds: int = 0


@frozen
class MatchingCost:
    """The cost of a matching in its four parts, in seconds of walking."""

    walk: int
    load: int
    preference: int
    change: int

    @property
    def total(self) -> int:
        """The sum that is least."""
        return self.walk + self.load + self.preference + self.change


@frozen
class Matching:
    """Who does what, in order of demand and offer; who goes without and why, in order of arrival; and the cost."""

    assignments: tuple[Assignment, ...]
    unmatched: tuple[Unmatched, ...]
    cost: MatchingCost


def match(
    demands: Iterable[Demand],
    offers: Iterable[Offer],
    *,
    previous: Iterable[Assignment] = (),
    minutes: int = 30,
    weights: MatchingWeights | None = None,
    walk: Walk | None = None,
) -> Matching:
    """Return the best matching: most people served, the earliest demands first, then the least cost.

    Where not all can be served, those who asked earlier are, at one instant by id; nothing else puts demands in
    an order, so another offer or a later demand never throws an earlier one out. `previous` are the appointments
    already made: k of them change only where that serves someone more or saves at least k times the weight `change`.
    Nobody walks over `minutes`. Of matchings with equal cost the solver takes one, the same whatever the order of
    the input. UsageError for an id given twice and for weights beyond 64 bits.

    >>> day = (0, 8 * 3_600_000_000)
    >>> mend = Demand("demand-1", {"electrician"}, work=3_600_000_000, times=[day])
    >>> match([mend], [Offer("member:example-7", {"electrician"}, free=[day])]).assignments[0].offer
    'member:example-7'
    """
    require("matching")
    import numpy as np

    asked = _unique(demands, "demand", key=lambda demand: (demand.arrived, demand.id))
    offered = _unique(offers, "offer", key=lambda offer: offer.id)
    before = {(a.demand, a.offer, a.start) for a in previous}
    weights, walk = weights or MatchingWeights(), walk or Walk()
    found = candidates(asked, offered, walk, minutes * 60)
    parts = _costs(asked, offered, found, before, weights)
    people = served(asked, offered, found)
    taken = np.array(chosen(asked, offered, found, people, parts.sum(axis=0).tolist(), weights.load), bool)
    missing = [demand.people - got for demand, got in zip(asked, people, strict=True)]
    return Matching(
        _assignments(asked, offered, found, taken),
        reasons(asked, offered, found, missing, taken.tolist()),
        _cost(offered, found.offer[taken], parts[:, taken].tolist(), weights),
    )


def _unique(things: Iterable[Any], what: str, *, key: Any) -> list[Any]:
    ordered = sorted(things, key=key)
    seen: set[str] = set()
    for thing in ordered:
        if thing.id in seen:
            raise UsageError(f"{what} {thing.id!r}: given twice; each has one id")
        seen.add(thing.id)
    return ordered


def _costs(
    demands: Sequence[Demand],
    offers: Sequence[Offer],
    found: Candidates,
    before: set[tuple[str, str, int]],
    weights: MatchingWeights,
) -> Any:
    """Return the cost of each candidate in rows: walk, preference, change."""
    import numpy as np

    agreed = {demand for demand, _, _ in before}
    costs = np.zeros((3, len(found.demand)), np.int64)
    costs[0] = found.seconds * weights.walk
    columns = (part.tolist() for part in (found.demand, found.offer, found.start))
    for n, (i, j, start) in enumerate(zip(*columns, strict=True)):
        demand, offer = demands[i], offers[j]
        if offer.prefers and offer.prefers.isdisjoint(demand.skills):
            costs[1, n] = weights.preference
        if demand.id in agreed and (demand.id, offer.id, start) not in before:
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


def _cost(offers: Sequence[Offer], busy: Any, parts: list[list[int]], weights: MatchingWeights) -> MatchingCost:
    taken = Counter(busy.tolist())
    load = weights.load * sum(sum(range(offers[j].load, offers[j].load + n)) for j, n in taken.items())
    walk, preference, change = (sum(part) for part in parts)
    return MatchingCost(walk, load, preference, change)
