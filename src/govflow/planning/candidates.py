"""Who could do what: for each demand the offers and windows that break no rule, as sparse arrays.

The hard rules are skill, time and distance, and they are tested here and nowhere else. Demands that ask for the same
skills are looked at together, so that only pairs with the skill are ever measured. ``planning.choice`` chooses
among the candidates; ``planning.reasons`` tells what kept a demand from having any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from govflow.planning.demands import Demand, Offer, start_in
from govflow.planning.walking import Walk

Appointment = tuple[str, str, int]
"""What was agreed: demand, offer, start."""


@frozen(eq=False)
class Candidates:
    """Parallel arrays, one entry for each window that could take a demand: indices, start, seconds on foot.

    The start is the one agreed before where that still fits, else the first: a window is taken whole, so no other
    start in it is ever better.
    """

    demand: Any
    offer: Any
    window: Any
    start: Any
    seconds: Any


def candidates(
    demands: Sequence[Demand], offers: Sequence[Offer], agreed: Iterable[Appointment], walk: Walk, within: int
) -> Candidates:
    """Return all that the rules allow, at most `within` microseconds on foot; in order of demand, offer, window."""
    import numpy as np

    starts: dict[tuple[str, str], list[int]] = {}
    for demand, offer, start in sorted(agreed):
        starts.setdefault((demand, offer), []).append(start)
    found = [
        (i, j, k, at, seconds)
        for i, j, seconds in _near(demands, offers, walk, within)
        for k, window in enumerate(offers[j].free)
        if (at := start_in(window, demands[i], starts.get((demands[i].id, offers[j].id), ()))) is not None
    ]
    columns = np.array(sorted(found), np.int64).reshape(-1, 5).T
    return Candidates(*columns)


def skilled(demand: Demand, offers: Sequence[Offer]) -> list[int]:
    """Return the offers that have all the skills a demand asks for."""
    return [j for j, offer in enumerate(offers) if demand.skills <= offer.skills]


def _near(
    demands: Sequence[Demand], offers: Sequence[Offer], walk: Walk, within: int
) -> Iterator[tuple[int, int, int]]:
    """Yield (demand, offer, seconds) with skill and near enough, once each."""
    alike: dict[frozenset[str], list[int]] = {}
    for i, demand in enumerate(demands):
        alike.setdefault(demand.skills, []).append(i)
    for group in alike.values():
        able = skilled(demands[group[0]], offers)
        here, there = [i for i in group if demands[i].point], [j for j in able if offers[j].point]
        origins, goals = [demands[i].point for i in here], [offers[j].point for j in there]
        rows, columns, seconds = walk.pairs([p for p in origins if p], [p for p in goals if p], within)
        for row, column, second in zip(rows.tolist(), columns.tolist(), seconds.tolist(), strict=True):
            yield here[row], there[column], second
        anywhere = set(able) - set(there)
        for i in group:
            for j in anywhere if demands[i].point else able:
                yield i, j, 0
