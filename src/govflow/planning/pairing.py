"""Pairing (结对): members with households in difficulty, one to one or several to one; mentors with learners.

Who asks is alike (rule C6): nothing here puts them in an order but that of their ids, and those who stay unpaired are
told with the reason. What is asked for stands in ``planning.asks``, when a pair meets in ``planning.rhythms``; single
tasks are matched in ``planning.matching``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Literal

from attrs import evolve, frozen

from govflow.calendar import MINUTE, WEEKDAYS
from govflow.planning.asks import Ask, Member, Pair
from govflow.planning.checks import Name, Natural, checked
from govflow.planning.extra import require
from govflow.planning.flows import END, Flow
from govflow.planning.inputs import refuse, twice
from govflow.planning.walking import Walk
from govflow.planning.weights import Weights

Rule = Literal["self", "skills", "languages", "days", "distance", "capacity"]


_TEXTS: Mapping[Rule, str] = {
    "self": "who is somebody else",
    "skills": "with the skills asked for",
    "languages": "with the skills who speak a language asked for",
    "days": "with skills and language who can come on a day asked for",
    "distance": "with skills, language and a day in common who live near enough",
    "capacity": "who could, and they have all they take on",
}


@checked
@frozen
class Unpaired:
    """One who lacks `missing` members; after the rule `reason` only `able` were left (``capacity``: they are full)."""

    whom: Name
    missing: Natural
    reason: Rule
    able: Natural

    @property
    def text(self) -> str:
        """The reason as a sentence.

        >>> Unpaired("household/example-1", missing=1, reason="days", able=0).text
        "'household/example-1' lacks 1: there are 0 with skills and language who can come on a day asked for"
        """
        return f"{self.whom!r} lacks {self.missing}: there are {self.able} {_TEXTS[self.reason]}"


@checked
@frozen
class Pairing:
    """The pairs, those who lack somebody and why, and the pairs before that end; each in order of id."""

    pairs: tuple[Pair, ...]
    unpaired: tuple[Unpaired, ...] = ()
    ended: tuple[Pair, ...] = ()


@checked
def pair(
    members: Iterable[Member],
    asks: Iterable[Ask],
    *,
    before: Iterable[Pair] = (),
    within: Natural = 30 * MINUTE,
    weights: Weights | None = None,
    walk: Walk | None = None,
) -> Pairing:
    """Pair members with those who ask: as many pairs as can be, nobody a second before all who can have a first.

    Nor a third before all who can a second, and so on. Of such pairings the one that costs least by `weights` is
    taken: an existing pair that still fits ends only where that pairs one more, gives to one who has fewer, or saves
    more than `change`. Skills, language and day must fit, nobody walks longer than `within` (microseconds), nobody
    takes on more than their capacity. Whoever asks is alike: who stays unpaired where there are too few members
    follows from ways and fit alone. The order of the input changes nothing. DefinitionError for an id given twice.

    >>> nurse = Member("member:example-1", skills={"care"}, days={"tue", "sat"})
    >>> found = pair([nurse], [Ask("household/example-1", skills={"care"}, days={"sat"}), Ask("household/example-2")])
    >>> len(found.pairs), [lacking.reason for lacking in found.unpaired]
    (1, ['capacity'])
    """
    require("pairing", "numpy", "ortools", "scipy")
    able = sorted(members, key=lambda member: member.id)
    asking = sorted(asks, key=lambda ask: ask.whom)
    refuse("pairing", [*twice("members", [one.id for one in able]), *twice("asks", [one.whom for one in asking])])
    old = {(one.whom, one.member): one for one in before}
    rules = [[_broken(ask, member) for member in able] for ask in asking]
    near = _near(able, asking, walk or Walk(), within)
    could = {key: way for key, way in sorted(near.items()) if rules[key[0]][key[1]] is None}
    taken = _chosen(able, asking, could, old, weights or Weights())
    pairs = tuple(Pair(asking[i].whom, able[j].id, _days(asking[i], able[j]), could[i, j]) for i, j in taken)
    ended = old.keys() - {(one.whom, one.member) for one in pairs}
    got, left = Counter(i for i, _ in taken), Counter(i for i, _ in could)
    unpaired = tuple(
        _reason(ask, rules[i], left[i], ask.members - got[i]) for i, ask in enumerate(asking) if got[i] < ask.members
    )
    return Pairing(pairs, unpaired, tuple(old[key] for key in sorted(ended)))


@checked
def mentor(
    mentors: Iterable[Member],
    learners: Iterable[Ask],
    *,
    before: Iterable[Pair] = (),
    within: Natural = 30 * MINUTE,
    weights: Weights | None = None,
    walk: Walk | None = None,
) -> Pairing:
    """Pair mentors with learners one to one (结对帮带): `pair`, where everyone has at most one.

    >>> found = mentor([Member("member:example-1", capacity=5)], [Ask("member:example-2"), Ask("member:example-3")])
    >>> len(found.pairs), len(found.unpaired)
    (1, 1)
    """
    singles = [evolve(one, capacity=min(one.capacity, 1)) for one in mentors]
    asking = [evolve(one, members=1) for one in learners]
    return pair(singles, asking, before=before, within=within, weights=weights, walk=walk)


def _broken(ask: Ask, member: Member) -> Rule | None:
    """Return the first rule by which a member cannot be paired with one who asks, distance aside."""
    if ask.whom == member.id:
        return "self"
    if not ask.skills <= member.skills:
        return "skills"
    if ask.languages and not ask.languages & member.languages:
        return "languages"
    return "days" if ask.days and member.days and ask.days.isdisjoint(member.days) else None


def _days(ask: Ask, member: Member) -> tuple[str, ...]:
    """Return the weekdays that suit both."""
    return tuple(day for day in WEEKDAYS if all(not one.days or day in one.days for one in (ask, member)))


def _near(members: Sequence[Member], asks: Sequence[Ask], walk: Walk, within: int) -> dict[tuple[int, int], int]:
    """Return the seconds of way for each (ask, member) near enough; without a point there is no way."""
    here = [(i, ask.point) for i, ask in enumerate(asks) if ask.point]
    there = [(j, member.point) for j, member in enumerate(members) if member.point]
    known = {i for i, _ in here}, {j for j, _ in there}
    rows, columns, seconds = walk.pairs([point for _, point in here], [point for _, point in there], within)
    anywhere = {
        (i, j): 0 for i in range(len(asks)) for j in range(len(members)) if not (i in known[0] and j in known[1])
    }
    measured = zip(rows.tolist(), columns.tolist(), seconds.tolist(), strict=True)
    return anywhere | {(here[row][0], there[column][0]): second for row, column, second in measured}


def _chosen(
    members: Sequence[Member],
    asks: Sequence[Ask],
    could: Mapping[tuple[int, int], int],
    old: Container[tuple[str, str]],
    weights: Weights,
) -> list[tuple[int, int]]:
    """Return the pairs (ask, member) of the best flow: from those who ask, through members, to the end."""
    costs = {
        (i, j): weights.walk * seconds
        + weights.preference * len(asks[i].prefers - members[j].skills - members[j].languages)
        + weights.change * ((asks[i].whom, members[j].id) not in old)
        for (i, j), seconds in could.items()
    }
    rooms = {j: min(members[j].capacity, wanted) for j, wanted in Counter(j for _, j in could).items()}
    most = max(costs.values(), default=0) + weights.load * max(rooms.values(), default=0)
    lack = 1 + most * sum(ask.members for ask in asks)  # dearer than any pairs
    dearest = max((ask.members for ask in asks), default=0)  # nobody at all costs everyone the same, a second less
    flow = Flow()
    arcs = {flow.arc(("ask", i), ("member", j), cost=cost): (i, j) for (i, j), cost in costs.items()}
    for j, room in sorted(rooms.items()):
        flow.steps(("member", j), END, (weights.load * carried for carried in range(room)))
    for i, ask in enumerate(asks):
        flow.supply(("ask", i), ask.members)
        flow.steps(("ask", i), END, (lack * rank for rank in range(dearest - ask.members + 1, dearest + 1)))
    flows = flow.solve()
    return sorted(key for arc, key in arcs.items() if flows[arc])


def _reason(ask: Ask, rules: Sequence[Rule | None], near: int, missing: int) -> Unpaired:
    """Return the first rule that leaves fewer members than are asked for, else that those left are full."""
    able = len(rules)
    before_the_way: tuple[Rule, ...] = ("self", "skills", "languages", "days")
    for rule in before_the_way:
        able -= rules.count(rule)
        if able < ask.members:
            return Unpaired(ask.whom, missing, rule, able)
    return Unpaired(ask.whom, missing, "distance" if near < ask.members else "capacity", near)
