"""What a study says: rates, level of settlement, times, utilisation and waiting, each with its interval.

Everything here is computed from the replications' whole numbers; nothing is kept per resident or household,
and no group is one (rule C6). Durations are hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from govflow.program import Estimate, Program, rounded
from govflow.simulation import layout as at
from govflow.simulation.arrays import Tables
from govflow.simulation.backlog import Backlog
from govflow.simulation.intervals import mean, ratio
from govflow.simulation.replication import Replication

Ints = NDArray[np.int64]
MS_AN_HOUR = 3_600_000
PERCENTILES = {"median": 0.5, "p90": 0.9, "p99": 0.99}


@frozen
class Times:
    """A measured time in hours: mean of the cases that have it, percentiles over these and the still open ones.

    A percentile is None where its rank lies among the cases still open: it is not known yet.
    """

    mean: Estimate
    percentiles: Mapping[str, Estimate | None]
    open_share: float | None

    def to_data(self) -> dict[str, Any]:
        """Return the times as plain data."""
        listed = {name: None if e is None else e.to_data() for name, e in self.percentiles.items()}
        return {"mean": self.mean.to_data(), **listed, "open_share": rounded(self.open_share)}


@frozen
class Group:
    """The figures of a group of cases: a lifecycle, or one of its categories."""

    opened: int
    closed: int
    open: int
    rates: Mapping[str, Estimate]
    levels: Mapping[str, Estimate]
    times: Mapping[str, Times]
    transitions: Mapping[str, int]
    expiries: Mapping[str, int]

    def to_data(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return {
            "cases": {"opened": self.opened, "closed": self.closed, "open": self.open},
            "rates": {name: e.to_data() for name, e in self.rates.items()},
            "level_of_settlement": {name: e.to_data() for name, e in self.levels.items()},
            "times": {name: t.to_data() for name, t in self.times.items()},
            "transitions": dict(self.transitions),
            "expiries": dict(self.expiries),
        }


@frozen
class Load:
    """How busy a level or a unit is: handlers' share of working time spent on cases, and mean cases waiting."""

    units: int
    handlers: int
    utilisation: Estimate
    waiting: Estimate
    taken: int
    waiting_at_end: Estimate

    def to_data(self) -> dict[str, Any]:
        """Return the load as plain data."""
        return {
            "units": self.units,
            "handlers": self.handlers,
            "utilisation": self.utilisation.to_data(),
            "waiting": self.waiting.to_data(),
            "taken": self.taken,
            "waiting_at_end": self.waiting_at_end.to_data(),
        }


@frozen(eq=False)
class Summary:
    """The figures of a study: by lifecycle (and category), by level, by unit; of the cases open at the start."""

    heading: Mapping[str, Any]
    lifecycles: Mapping[str, Group]
    categories: Mapping[str, Mapping[str, Group]]
    levels: Mapping[str, Load]
    units: Mapping[str, Load] = field(repr=False)
    backlog: Backlog | None = None

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data, the same bytes for the same seed; it holds no timings."""
        return {
            **self.heading,
            "lifecycles": {
                name: {
                    **figures.to_data(),
                    "categories": {c: g.to_data() for c, g in self.categories[name].items()},
                }
                for name, figures in self.lifecycles.items()
            },
            "levels": {name: own.to_data() for name, own in self.levels.items()},
            "units": {name: own.to_data() for name, own in self.units.items()},
            **({} if self.backlog is None else {"backlog": self.backlog.to_data()}),
        }


def group(tables: Tables, replications: Sequence[Replication], lifecycle: int, streams: Sequence[int]) -> Group:
    """Return the figures of the cases of some streams of one lifecycle."""
    names = tables.program.names
    rows = [r.tally[list(streams)].sum(axis=0) for r in replications]
    unsettled = [r.unsettled[list(streams)].sum(axis=0) for r in replications]
    fired = np.sum([r.fired[list(streams)].sum(axis=0) for r in replications], axis=0)
    opened, closed = (int(sum(row[c] for row in rows)) for c in (at.Y_OPENED, at.Y_CLOSED))
    rates = {
        metric.name: ratio([int(r[c]) for r in rows], [int(r[c + 1]) for r in rows], share=True)
        for metric, c in zip(names.metrics[lifecycle], range(at.Y_METRICS, 10_000, 2), strict=False)
    }
    return Group(
        opened=opened,
        closed=closed,
        open=opened - closed,
        rates=rates,
        levels=settlement(tables, rows),
        times={
            span.name: times(tables, replications, rows, unsettled, streams, index)
            for index, span in enumerate(names.spans[lifecycle])
        },
        transitions=transitions(tables.program, lifecycle, fired),
        expiries=expiries(tables.program, lifecycle, fired),
    )


def settlement(tables: Tables, rows: Sequence[Ints]) -> dict[str, Estimate]:
    """Return the share of settled cases by the level that settled them."""
    first = at.Y_METRICS + 2 * tables.metrics
    levels = tables.program.names.levels
    totals = [int(row[first : first + len(levels)].sum()) for row in rows]
    return {name: ratio([int(r[first + i]) for r in rows], totals, share=True) for i, name in enumerate(levels)}


def times(
    tables: Tables,
    replications: Sequence[Replication],
    rows: Sequence[Ints],
    unsettled: Sequence[Ints],
    streams: Sequence[int],
    index: int,
) -> Times:
    """Return mean and percentiles of one measured time."""
    column = at.Y_METRICS + 2 * tables.metrics + len(tables.program.names.levels) + 2 * index
    counts = [int(row[column]) for row in rows]
    average = ratio([int(row[column + 1]) / MS_AN_HOUR for row in rows], counts)
    bins = [r.bins(streams, index) for r in replications]
    waiting = [int(u[index]) for u in unsettled]
    everyone = sum(counts) + sum(waiting)
    return Times(
        mean=average,
        percentiles={name: percentile(bins, waiting, rank) for name, rank in PERCENTILES.items()},
        open_share=sum(waiting) / everyone if everyone else None,
    )


def percentile(bins: Sequence[Ints], waiting: Sequence[int], rank: float) -> Estimate | None:
    """Return a percentile over all replications with the interval of the replications' own, or None if not known."""
    pooled = quantile(np.sum(bins, axis=0), sum(waiting), rank)
    if pooled is None:
        return None
    own = [quantile(b, w, rank) for b, w in zip(bins, waiting, strict=True)]
    known = [q for q in own if q is not None]
    spread = mean(known) if len(known) == len(own) else Estimate(None, None, None, 0)
    if spread.value is None or spread.low is None or spread.high is None:
        return Estimate(pooled, None, None, len(known))
    return Estimate(pooled, max(0.0, pooled - spread.value + spread.low), pooled + spread.high - spread.value, len(own))


def quantile(bins: Ints, waiting: int, rank: float) -> float | None:
    """Return a quantile in hours from a log histogram, `waiting` cases counting as later than all; or None.

    The geometric middle of its bin stands for every time in it: within 0.25 %.
    """
    total = int(bins.sum()) + waiting
    place = max(1, ceil(rank * total))
    if total == 0 or place > total - waiting:
        return None
    at_bin = int(np.searchsorted(np.cumsum(bins), place))
    return 0.0 if at_bin == 0 else at.BIN_RATIO ** (at_bin - 0.5) / 3600


def transitions(program: Program, lifecycle: int, fired: Ints) -> dict[str, int]:
    """Return how often each trigger was fired, in order of the definition."""
    counts: dict[str, int] = {}
    for index, (owner, way) in enumerate(program.names.transitions):
        if owner == program.names.lifecycles[lifecycle]:
            counts[way.trigger] = counts.get(way.trigger, 0) + int(fired[index])
    return counts


def expiries(program: Program, lifecycle: int, fired: Ints) -> dict[str, int]:
    """Return how often each deadline expired."""
    first = len(program.rules.transitions) + len(program.rules.lifecycles)
    counts: dict[str, int] = {}
    for index, (owner, deadline, _) in enumerate(program.names.clocks):
        if owner == program.names.lifecycles[lifecycle]:
            counts[deadline.name] = counts.get(deadline.name, 0) + int(fired[first + index])
    return counts


def load(tables: Tables, replications: Sequence[Replication], units: Sequence[int]) -> Load:
    """Return how busy some units are together."""
    places, window = tables.program.places, tables.window
    chosen = np.array(units, np.int64)
    own = [r.units[chosen].sum(axis=0, dtype=object) for r in replications]
    capacity = sum(places.handlers[u] * working(tables, places.calendar[u]) for u in units)
    span = (window.days - window.warmup) // 1000
    return Load(
        units=len(units),
        handlers=sum(places.handlers[u] for u in units),
        utilisation=shares([int(r[0]) for r in own], capacity),
        waiting=shares([int(r[1]) for r in own], span),
        taken=int(sum(int(r[2]) for r in own)),
        waiting_at_end=mean([int(r[3]) for r in own], least=0.0),
    )


def shares(tops: Sequence[int], bottom: int) -> Estimate:
    """Return the mean over replications of ``top / bottom``, with nothing to tell where the bottom is zero."""
    return mean([top / bottom for top in tops], least=0.0) if bottom else Estimate(None, None, None, 0)


def working(tables: Tables, calendar: int) -> int:
    """Return the working µs of a calendar in the measured window."""
    window, names = tables.window, tables.program.names
    own = tables.program.community.calendars[names.calendars[calendar]]
    return own.between(window.start + window.warmup, window.start + window.days)
