"""A market as its visitors find it: who comes when, where they stand in line, and who is served before closing time.

A pure account of waiting, for one day: visitors come at random by the hour, each goes to some booths one after the
other, and waits there for a counter as long as their patience lasts. Nobody is anybody: people are instants. The
bound that no luck exceeds is ``planning.capacity``. Next: ``fuzhong``, whose booths enter what is served here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from heapq import heapify, heapreplace
from math import log

from govflow.calendar import HOUR, MINUTE
from govflow.planning import MarketDay, Service
from govflow.program.behaviour import week_weights
from govflow.stories.stage import Stage

PATIENCE = 15 * MINUTE
"""So long somebody waits in a line (assumed); for what begins at fixed times, until it begins once more."""

BETWEEN = 20 * MINUTE
"""From one booth to the next (assumed)."""

BOOTHS = {1: 0.20, 2: 0.35, 3: 0.30, 4: 0.15}
"""To how many booths a visitor goes (assumed): 2.4 on average."""


def instants(stage: Stage, day: MarketDay, number: float, *names: object, week: str) -> list[int]:
    """Return the instants at which things happen on a day, `number` of them on average, by the hours of a week profile.

    >>> import govflow as gf
    >>> stage = Stage(gf.load("fuzhong"), "2026-05-16T00:00")
    >>> day = MarketDay("sat", stage.now + 9 * HOUR, stage.now + 12 * HOUR, [])
    >>> all(day.start <= at < day.end for at in instants(stage, day, 100, "visitor", week="market_saturday"))
    True
    """
    weights = week_weights(stage.community, week)
    monday = stage.instant("2018-01-01")
    hours = [weights[(at - monday) // HOUR % len(weights)] for at in range(day.start, day.end, HOUR)]
    found: list[int] = []
    at, rate = float(day.start), number * max(hours) / sum(hours) / HOUR
    while True:
        name = (*names, len(found), at)
        at -= log(stage.luck("gap", *name)) / rate
        if at >= day.end:
            return found
        if stage.luck("thin", *name) * max(hours) < hours[int(at - day.start) // HOUR]:
            found.append(int(at))


def visits(stage: Stage, day: MarketDay, visitors: Sequence[int], appeal: Mapping[str, float]) -> dict[str, list[int]]:
    """Return for each booth when somebody comes to its line: visitors go to booths by their `appeal`, to each once."""
    lines: dict[str, list[int]] = {booth: [] for booth in appeal}
    for visitor, arrived in enumerate(visitors):
        left = dict(appeal)
        for stop in range(int(stage.choice({str(n): p for n, p in BOOTHS.items()}, "booths", visitor))):
            if left and (at := arrived + stop * BETWEEN) < day.end:
                booth = stage.choice(left, "booth", visitor, stop)
                del left[booth]
                lines[booth].append(at)
    return {booth: sorted(line) for booth, line in lines.items()}


def served(line: Sequence[int], service: Service, day: MarketDay) -> list[int]:
    """Return the instants at which each of those in line has been served, before the day ends.

    A counter that is free takes who waits, so many together; what several hear together begins at fixed times.

    >>> day = MarketDay("sat", 0, 30 * MINUTE, [])
    >>> [at // MINUTE for at in served([0, 0, 0, 0], Service(10 * MINUTE), day)]
    [10, 20]
    >>> [at // MINUTE for at in served([0, 1, 2], Service(10 * MINUTE, together=2), day)]
    [10, 20, 20]
    """
    counters = [day.start] * service.counters
    heapify(counters)
    patience = max(PATIENCE, service.time) if service.together > 1 else PATIENCE
    done: list[int] = []
    waiting = 0
    while waiting < len(line):
        begins = max(counters[0], line[waiting])
        if service.together > 1:
            begins = day.start - (day.start - begins) // service.time * service.time
        if begins + service.time > day.end:
            break
        if line[waiting] + patience < begins:
            waiting += 1
            continue
        group = min(service.together, bisect_right(line, begins) - waiting)
        done += [begins + service.time] * group
        waiting += group
        heapreplace(counters, begins + service.time)
    return sorted(done)
