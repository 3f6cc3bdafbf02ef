"""The difference between two studies, replication by replication: same residents, same luck, another rule.

Pairing takes the luck out of the difference, so that far fewer replications show it (common random numbers;
Law, *Simulation Modeling and Analysis*, 5th ed., section 11.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from govflow.errors import UsageError
from govflow.program import Estimate
from govflow.simulation.intervals import mean
from govflow.simulation.summary import Summary


@frozen
class Comparison:
    """Differences (second minus first) by name, each a mean over the pairs with its 95 % interval.

    Names are dotted, as ``grievance.rates.resolution`` or ``levels.host.utilisation``; a figure that some
    replication of either study lacks is left out.
    """

    differences: Mapping[str, Estimate]

    def to_data(self) -> dict[str, Any]:
        """Return the differences as plain data."""
        return {name: e.to_data() for name, e in self.differences.items()}


def compare(first: Sequence[Summary], second: Sequence[Summary]) -> Comparison:
    """Return second minus first, pair by pair; UsageError where the pairs are not of the same seed and window."""
    for key in ("seed", "days", "warmup", "start"):
        if first[0].heading[key] != second[0].heading[key]:
            raise UsageError(
                f"{key} differs ({first[0].heading[key]} and {second[0].heading[key]}): "
                "only studies of the same residents and luck compare"
            )
    pairs = [(known(a), known(b)) for a, b in zip(first, second, strict=True)]
    names = [name for name in pairs[0][0] if all(name in a and name in b for a, b in pairs)]
    if not names:
        raise UsageError("the two studies share no figure: compare studies of one community under two rules")
    return Comparison({name: mean([b[name] - a[name] for a, b in pairs]) for name in names})


def known(summary: Summary) -> dict[str, float]:
    """Return the figures of a summary that have a value, by dotted name."""
    return {name: number for name, number in figures(summary) if number is not None}


def figures(summary: Summary) -> Iterator[tuple[str, float | None]]:
    """Yield every figure of a summary that can be compared, by dotted name."""
    for name, group in summary.lifecycles.items():
        for part, estimates in (("rates", group.rates), ("level_of_settlement", group.levels)):
            for key, estimate in estimates.items():
                yield f"{name}.{part}.{key}", value(estimate)
        for key, times in group.times.items():
            for which, known in {"mean": times.mean, **times.percentiles}.items():
                yield f"{name}.times.{key}.{which}", value(known)
    for name, load in summary.levels.items():
        yield f"levels.{name}.utilisation", value(load.utilisation)
        yield f"levels.{name}.waiting", value(load.waiting)
    if summary.backlog is not None:
        yield "backlog.open", value(summary.backlog.open)
        for share, day in summary.backlog.days.items():
            yield f"backlog.days.{100 * share:g}", value(day)


def value(estimate: Estimate | None) -> float | None:
    """Return the value of an estimate, if there is one."""
    return None if estimate is None else estimate.value
