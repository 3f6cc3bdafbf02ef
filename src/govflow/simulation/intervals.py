"""95 % intervals over replications: Student's t for means and for ratios of totals.

Pure arithmetic on numbers; which numbers is the business of ``simulation.summary``. Wilson's interval, for a share of
one count, stands in ``program.intervals``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt

from govflow.program import Estimate, wilson

FEW = 10
"""With fewer cases than this on one side, replications tell too little: a share's interval spans Wilson's too."""


def student(degrees: int) -> float:
    """Return the 97.5 % quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))


def ratio(tops: Sequence[float], bottoms: Sequence[float], *, share: bool = False) -> Estimate:
    """Return the ratio of totals (none negative) over independent replications with its t interval.

    The variance is that of a ratio estimator, ``sum((top - r·bottom)²) / (k (k-1)) / mean(bottom)²``
    (Law, *Simulation Modeling and Analysis*, 5th ed., section 9.5). With one replication a share has Wilson's
    interval and a mean none; with `share` the interval stays within 0 and 1. More in the top than in the bottom,
    as a metric of events can have, is no share.
    """
    top, bottom, k = sum(tops), sum(bottoms), len(bottoms)
    if bottom == 0:
        return Estimate(None, None, None, 0)
    share = share and top <= bottom
    if k == 1:
        return wilson(int(top), int(bottom)) if share else Estimate(top / bottom, None, None, int(bottom))
    value = top / bottom
    squares = sum((a - value * b) ** 2 for a, b in zip(tops, bottoms, strict=True))
    half = student(k - 1) * sqrt(squares / (k * (k - 1))) / (bottom / k)
    low, high = value - half, value + half
    if share and min(top, bottom - top) < FEW:
        near = wilson(int(top), int(bottom))
        low, high = min(low, near.low or 0.0), max(high, 1.0 if near.high is None else near.high)
    return Estimate(value, max(0.0, low), min(1.0, high) if share else high, int(bottom))


def mean(values: Sequence[float], *, least: float = -inf) -> Estimate:
    """Return the mean of one number per replication with its t interval, not below `least`; none from a single one."""
    k = len(values)
    if k == 0:
        return Estimate(None, None, None, 0)
    value = sum(values) / k
    if k == 1:
        return Estimate(value, None, None, 1)
    half = student(k - 1) * sqrt(sum((v - value) ** 2 for v in values) / (k - 1) / k)
    return Estimate(value, max(least, value - half), value + half, k)
