"""Markets (市集): booths, who stands where on which market day, and how many person-times a day can serve.

Booths are claimed (揭榜, 认领) by units, first come first served. What is served is counted in person-times of
people who come by; nothing here knows who they are. When a market opens is a calendar's matter; people for the
booths come from ``planning.rotas``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from govflow.errors import Fault, UnknownName, UsageError, hint
from govflow.planning.checks import Instant, Name, Natural, Positive, checked
from govflow.planning.extra import require
from govflow.planning.flows import END, Flow
from govflow.planning.inputs import refuse, twice


def _in_order(days: Iterable[str]) -> tuple[str, ...]:
    return tuple(days)


def _booths(booths: Iterable[Booth]) -> tuple[Booth, ...]:
    return tuple(booths)


@checked
@frozen
class Booth:
    """A place at the market; it suits the `kinds` of service named, any when none is."""

    id: Name
    kinds: frozenset[str] = field(default=frozenset(), converter=frozenset)

    def suits(self, kind: str) -> bool:
        """Say whether a kind of service can be given here."""
        return not self.kinds or kind in self.kinds


@checked
@frozen
class MarketDay:
    """A market day from `start` to `end`, in microseconds, with its booths and at `most` so many of a kind."""

    id: Name
    start: Instant
    end: Instant
    booths: tuple[Booth, ...] = field(converter=_booths)
    most: Mapping[str, Natural] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise UsageError(f"market day {self.id!r}: its end must come after its start")


@checked
@frozen
class BoothClaim:
    """A unit's claim, made at the instant `at`, to one booth for a `kind` of service, on one of `days`.

    The days, by id, are in the order in which the unit would like them.
    """

    id: Name
    unit: Name
    kind: str
    at: Instant
    days: tuple[str, ...] = field(converter=_in_order)


@checked
@frozen
class Service:
    """What serving takes: `time` in microseconds for each group of `together` people at each of `counters`.

    Advice at three tables is three counters of one person; a talk is one counter with a hall full of people.
    """

    time: Positive
    counters: Positive = 1
    together: Positive = 1


@checked
@frozen
class Stand:
    """Where a claim ended: the `unit` gives a `kind` of service at a `booth` on a market `day`."""

    day: Name
    booth: Name
    unit: Name
    kind: str


@checked
@frozen
class Allotment:
    """Who stands where: claim id → its place, and the claims refused, each with why."""

    places: Mapping[str, Stand]
    refused: Mapping[str, str]


@checked
def allot(days: Iterable[MarketDay], claims: Iterable[BoothClaim]) -> Allotment:
    """Return who gets which booth on which day, in order of claiming.

    Claims are heard by (`at`, id). One is refused only when no booth suits it without refusing an earlier one,
    or when its days have enough of its kind; earlier claims may be given another booth or another of their days
    for its sake. Among all such plans the days are together as high on the claims' lists as can be. Exact, by a
    minimum-cost flow. DefinitionError tells every fault, a day that is not there among them; MissingExtra that
    OR-tools is not installed.

    >>> market = MarketDay("sat", 0, 1, [Booth("a"), Booth("b", {"law"})])
    >>> claims = [BoothClaim("1", "unit/x", "law", 1, ["sat"]), BoothClaim("2", "unit/y", "aid", 2, ["sat"])]
    >>> plan = allot([market], claims)
    >>> [(claim, place.booth) for claim, place in plan.places.items()], plan.refused
    ([('1', 'b'), ('2', 'a')], {})
    """
    require("an allotment of booths", "numpy", "ortools")
    days = sorted(days, key=lambda day: (day.start, day.id))
    order = sorted(claims, key=lambda claim: (claim.at, claim.id))
    _check(days, order)
    known = {day.id: day for day in days}
    granted: list[BoothClaim] = []
    places: dict[str, Stand] = {}
    refused: dict[str, str] = {}
    for claim in order:
        found = _placed(known, [*granted, claim])
        if found is None:
            refused[claim.id] = "; ".join(_reason(known[day], claim.kind, places.values()) for day in claim.days)
        else:
            granted.append(claim)
            places = found
    return Allotment(places, refused)


@checked
def capacity(day: MarketDay, plan: Allotment, services: Mapping[str, Service]) -> dict[str, int]:
    """Return how many person-times each allotted booth of a day can serve at most, from opening to close.

    Counters times people served together times the whole services that fit into the hours: nobody waits for the
    next person, so it is a bound and no forecast. UnknownName for a kind without a service.

    >>> day = MarketDay("sat", 0, 3 * 3_600_000_000, [Booth("a")])
    >>> plan = Allotment({"1": Stand("sat", "a", "unit/x", "law")}, {})
    >>> capacity(day, plan, {"law": Service(time=10 * 60_000_000, counters=2)})
    {'a': 36}
    """
    result = {}
    for place in plan.places.values():
        if place.day != day.id:
            continue
        if place.kind not in services:
            raise UnknownName("kind of service", place.kind, sorted(services))
        service = services[place.kind]
        result[place.booth] = service.counters * service.together * ((day.end - day.start) // service.time)
    return {booth.id: result[booth.id] for booth in day.booths if booth.id in result}


def _placed(days: Mapping[str, MarketDay], claims: Sequence[BoothClaim]) -> dict[str, Stand] | None:
    """Return a place for every claim, on days as high on their lists as can be, or None where the last has none.

    One unit of flow for each claim runs to one of its days with its kind, so many at most, and on to a booth there;
    the last claim may also run past all of them, which is dearer than anything else.
    """
    flow, chosen, used = Flow(), {}, {}
    for claim in claims:
        flow.supply(("claim", claim.id), 1)
        for rank, day in enumerate(claim.days):
            chosen[flow.arc(("claim", claim.id), ("wanted", day, claim.kind), cost=rank)] = (claim, day)
    for day, kind in sorted({(day, claim.kind) for claim in claims for day in claim.days}):
        flow.arc(("wanted", day, kind), ("kind", day, kind), capacity=days[day].most.get(kind, len(claims)))
        for booth in days[day].booths:
            if booth.suits(kind):
                used[flow.arc(("kind", day, kind), ("booth", day, booth.id))] = (day, kind, booth.id)
    for day, booth_id in sorted({(day, booth) for day, _, booth in used.values()}):
        flow.arc(("booth", day, booth_id), END)
    past = flow.arc(("claim", claims[-1].id), END, cost=sum(len(claim.days) for claim in claims))
    flows = flow.solve()
    if flows[past]:
        return None
    free: dict[tuple[str, str], list[str]] = {}
    for arc, (day, kind, booth_id) in used.items():
        free.setdefault((day, kind), []).extend([booth_id] * flows[arc])
    standing = {claim.id: day for arc, (claim, day) in chosen.items() if flows[arc]}
    return {
        claim.id: Stand(day := standing[claim.id], free[day, claim.kind].pop(0), claim.unit, claim.kind)
        for claim in claims
    }


def _reason(day: MarketDay, kind: str, places: Iterable[Stand]) -> str:
    """Return why a day has no booth for one more claim of a kind."""
    if not any(booth.suits(kind) for booth in day.booths):
        return f"{day.id}: no booth suits {kind!r}"
    if Counter((place.day, place.kind) for place in places)[day.id, kind] >= day.most.get(kind, len(day.booths) + 1):
        return f"{day.id}: has its {day.most[kind]} of {kind!r}"
    return f"{day.id}: every booth that suits {kind!r} went to earlier claims"


def _check(days: Sequence[MarketDay], claims: Sequence[BoothClaim]) -> None:
    """Refuse malformed days and claims: DefinitionError with every fault."""
    known = [day.id for day in days]
    faults = [*twice("days", known), *twice("claims", [claim.id for claim in claims])]
    for day in days:
        faults += twice(f"days.{day.id}.booths", [booth.id for booth in day.booths])
    for claim in claims:
        path = f"claims.{claim.id}.days"
        if not claim.days:
            faults.append(Fault(path, "empty", "name at least one market day"))
        for name in set(claim.days) - set(known):
            faults.append(Fault(path, "unknown_name", f"unknown market day {name!r}{hint(name, known)}"))
    refuse("market", sorted(faults, key=str))
