"""Why a demand stays without: the first rule at which too few offers are left, and who fills the rest.

The rules are asked in one order: skill, time, distance, capacity. The text is made from the fields, so that a desk
can say the same in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from attrs import field, frozen

from govflow.planning.candidates import Candidates, skilled
from govflow.planning.checks import Name, Natural, checked
from govflow.planning.demands import Demand, Offer, start_in

Reason = Literal["skill", "time", "distance", "capacity"]

_TEXTS: Mapping[Reason, str] = {
    "skill": "who have the skills",
    "time": "with the skills who are free then",
    "distance": "with the skills who are free then and near enough",
    "capacity": "who could, and they are taken",
}


@checked
@frozen
class Unmatched:
    """A demand that lacks `missing` people; `able` offers were left after the rule `reason`, too few.

    With ``capacity`` enough were left and they are full: `offers` are those who could, `by` the demands they serve.
    """

    demand: Name
    missing: Natural
    reason: Reason
    able: Natural
    offers: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The reason as a sentence.

        >>> Unmatched("d-1", missing=1, reason="time", able=0).text
        "'d-1' lacks 1: there are 0 with the skills who are free then"
        """
        taken = f" by {', '.join(self.by)}" if self.by else ""
        return f"{self.demand!r} lacks {self.missing}: there are {self.able} {_TEXTS[self.reason]}{taken}"


def reasons(
    demands: Sequence[Demand], offers: Sequence[Offer], found: Candidates, missing: Sequence[int], taken: Sequence[bool]
) -> tuple[Unmatched, ...]:
    """Return for each demand that lacks people why, in the demands' own order."""
    could: dict[int, list[int]] = {i: [] for i, lack in enumerate(missing) if lack}
    serves: dict[int, list[str]] = {}
    for i, j, mine in zip(found.demand.tolist(), found.offer.tolist(), taken, strict=True):
        if mine:
            serves.setdefault(j, []).append(demands[i].id)
        if i in could:
            could[i].append(j)
    rules = _Rules(offers)
    return tuple(_reason(demands[i], rules, sorted(set(could[i])), serves, missing[i]) for i in could)


@frozen(eq=False)
class _Rules:
    """How many offers the rules of skill and time leave, looked up once for demands that ask for the same."""

    offers: Sequence[Offer]
    cache: dict[object, list[int]] = field(factory=dict)

    def having(self, demand: Demand) -> list[int]:
        """Return which offers have the skills that a demand asks for."""
        key = demand.skills
        if key not in self.cache:
            self.cache[key] = skilled(demand, self.offers)
        return self.cache[key]

    def free_then(self, demand: Demand) -> list[int]:
        """Return which of those are free at one of its times."""
        key = (demand.skills, demand.times, demand.work)
        if key not in self.cache:
            self.cache[key] = [
                j
                for j in self.having(demand)
                if any(start_in(window, demand) is not None for window in self.offers[j].free)
            ]
        return self.cache[key]


def _reason(
    demand: Demand, rules: _Rules, could: Sequence[int], serves: Mapping[int, list[str]], missing: int
) -> Unmatched:
    """Return that those who could are full, or the first rule that leaves fewer offers than people wanted."""
    if len(could) >= demand.people:
        by = sorted({other for j in could for other in serves.get(j, ()) if other != demand.id})
        full = tuple(rules.offers[j].id for j in could)
        return Unmatched(demand.id, missing, "capacity", len(could), full, tuple(by))
    if len(rules.having(demand)) < demand.people:
        return Unmatched(demand.id, missing, "skill", len(rules.having(demand)))
    if len(rules.free_then(demand)) < demand.people:
        return Unmatched(demand.id, missing, "time", len(rules.free_then(demand)))
    return Unmatched(demand.id, missing, "distance", len(could))
