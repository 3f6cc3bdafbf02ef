"""What is known of an assumed time without drawing it: its mean, its least, how likely it exceeds a limit.

The textbook formulas of the seven kinds of distribution (Johnson, Kotz, Balakrishnan 1994), from the program's
tables; lengths are µs. A place without an assumed time takes for ever.
"""

from __future__ import annotations

from itertools import pairwise
from math import erfc, exp, gamma, inf, log, sqrt

from govflow.program import Program
from govflow.program.behaviour import CONSTANT, EXPONENTIAL, LOGNORMAL, QUANTILES, TRIANGULAR, UNIFORM
from govflow.program.columns import NONE

Knots = tuple[tuple[float, float], ...]


def mean(program: Program, seat: int) -> float:
    """Return the mean time at a place of the assumptions, in µs."""
    known = _time(program, seat)
    if known is None:
        return inf
    (kind, a, b, c), knots = known
    if kind == LOGNORMAL:
        return exp(a + b * b / 2)
    if kind in (CONSTANT, EXPONENTIAL):
        return a
    if kind == UNIFORM:
        return (a + b) / 2
    if kind == TRIANGULAR:
        return (a + b + c) / 3
    if kind == QUANTILES:
        return sum((q - p) * (v + w) / 2 for (p, v), (q, w) in pairwise(knots))
    return a * gamma(1 + 1 / b)


def shortest(program: Program, seat: int) -> float:
    """Return the least time that can be drawn at a place of the assumptions, in µs."""
    known = _time(program, seat)
    if known is None:
        return inf
    (kind, a, *_), knots = known
    if kind == QUANTILES:
        return knots[0][1]
    return a if kind in (CONSTANT, UNIFORM, TRIANGULAR) else 0.0


def exceeds(program: Program, seat: int, within: float) -> float:
    """Return the probability that the time at a place of the assumptions is longer than `within` µs."""
    known = _time(program, seat)
    if known is None:
        return 1.0
    (kind, a, b, c), knots = known
    if within <= 0:
        return 1.0
    if kind == LOGNORMAL:
        return erfc((log(within) - a) / (b * sqrt(2))) / 2
    if kind == CONSTANT:
        return float(a > within)
    if kind == EXPONENTIAL:
        return exp(-within / a)
    if kind == TRIANGULAR:
        return _triangular(a, b, c, within)
    if kind == UNIFORM:
        return _line(((0.0, a), (1.0, b)), within)
    if kind == QUANTILES:
        return _line(knots, within)
    return exp(-((within / a) ** b))


def _time(program: Program, seat: int) -> tuple[tuple[float, ...], Knots] | None:
    row = program.expected.time_row[seat]
    if row == NONE:
        return None
    time = program.expected.times[row]
    return time, program.expected.knots[int(time[1]) : int(time[2])] if time[0] == QUANTILES else ()


def _triangular(low: float, mode: float, high: float, within: float) -> float:
    if within <= low:
        return 1.0
    if within >= high:
        return 0.0
    if within < mode:
        return 1.0 - (within - low) ** 2 / ((high - low) * (mode - low))
    return (high - within) ** 2 / ((high - low) * (high - mode))


def _line(knots: Knots, within: float) -> float:
    """Return the share beyond `within` of a distribution that is straight between (probability, value) knots."""
    for (p, v), (q, w) in pairwise(knots):
        if within < w:
            return 1.0 - (p + (q - p) * max(0.0, within - v) / (w - v))
    return 0.0
