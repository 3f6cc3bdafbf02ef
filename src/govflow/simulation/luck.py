"""Luck that belongs to the case: every draw is a pure function of what it is drawn for (rule S3).

A draw hashes (seed, replication, stream, n, purpose, state, level, entry) with no state of its own, names
entering by name. `stream_key` and `place_key` fold the names once in Python; `uniform` finishes in integers
and is compiled into the kernel. The mixer is SplitMix64's finalizer (Steele, Lea, Flood 2014); the normal
quantile is algorithm AS 241 PPND16 (Wichura 1988), good to about 1e-16.
"""

from __future__ import annotations

import math
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from govflow.program.behaviour import CONSTANT, EXPONENTIAL, LOGNORMAL, QUANTILES, TRIANGULAR, UNIFORM

TIME = 1
OUTCOME = 2
SEVERITY = 3
ARRIVAL = 4
HOUSEHOLD = 5
CHANNEL = 6

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
NOWHERE = np.uint64(0)
"""The place of a draw that belongs to no state: arrival, household, channel."""


def key(*parts: object) -> int:
    """Return 64 bits of the names and numbers given, order and boundaries kept.

    >>> key("grievance", "handling") == key("grievance", "handling") != key("grievancehandling")
    True
    """
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def stream_key(seed: int, replication: int, lifecycle: str, category: str) -> int:
    """Return the key of one stream of cases in one replication."""
    return key("stream", seed, replication, lifecycle, category)


def initial_key(seed: int, replication: int, case: str) -> int:
    """Return the key of a case that was open when the run began, by its own id."""
    return key("initial", seed, replication, case)


def place_key(lifecycle: str, state: str, level: str) -> int:
    """Return the key of a state at a level, the same in every community that uses the names."""
    return key("place", lifecycle, state, level)


def mix(z: np.uint64) -> np.uint64:
    """Return the 64 bits of `z` well stirred (one-to-one)."""
    z = (z ^ (z >> _S30)) * _MIX_A
    z = (z ^ (z >> _S27)) * _MIX_B
    return z ^ (z >> _S31)


def case_key(stream: np.uint64, n: int) -> np.uint64:
    """Return the key of the n-th case of a stream."""
    return mix(stream + np.uint64(n) * _GOLDEN)


def uniform(case: np.uint64, place: np.uint64, purpose: int, entry: int, repeat: int) -> float:
    """Return the draw for this purpose: an odd multiple of 2^-53, so in the open interval (0, 1), and symmetric in it.

    `entry` counts the entries of the state at the level, `repeat` the internal outcomes since.
    """
    salt = np.uint64(purpose) + (np.uint64(entry) << np.uint64(8)) + (np.uint64(repeat) << np.uint64(40))
    z = mix(mix(case ^ place) + salt * _GOLDEN)
    return (float(z >> _S12) + 0.5) * 2.220446049250313e-16


def normal_quantile(p: float) -> float:
    """Return the standard normal quantile of `p` in (0, 1): AS 241, PPND16."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                  + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
                + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
        low = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                  + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
                + 42.313330701600911252) * r + 1.0)  # fmt: skip
        return q * top / low
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                  + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
                + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
        low = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                  + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                  + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
                + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
        low = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                  + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return -top / low if q < 0.0 else top / low


def duration(times: NDArray[np.float64], knots: NDArray[np.float64], row: int, u: float) -> int:
    """Return the quantile `u` of time distribution `row` as whole µs, at least 1; `times` is (kind, a, b, c)."""
    kind = int(times[row, 0])
    a = times[row, 1]
    b = times[row, 2]
    if kind == LOGNORMAL:
        x = math.exp(a + b * normal_quantile(u))
    elif kind == CONSTANT:
        x = a
    elif kind == EXPONENTIAL:
        x = -a * math.log(u)
    elif kind == UNIFORM:
        x = a + (b - a) * u
    elif kind == TRIANGULAR:
        x = triangular(a, b, times[row, 3], u)
    elif kind == QUANTILES:
        x = table(knots, int(a), int(b), u)
    else:
        x = a * math.pow(-math.log(u), 1.0 / b)
    return max(1, math.floor(min(x, 9.0e17) + 0.5))


def triangular(low: float, mode: float, high: float, u: float) -> float:
    """Return the quantile `u` of a triangular distribution."""
    span = high - low
    if u * span < mode - low:
        return low + math.sqrt(u * span * (mode - low))
    return high - math.sqrt((1.0 - u) * span * (high - mode))


def table(knots: NDArray[np.float64], start: int, end: int, u: float) -> float:
    """Return the quantile `u` by straight lines between the (probability, value) rows ``knots[start:end]``."""
    at = start + 1
    while at < end - 1 and knots[at, 0] < u:
        at += 1
    p, v = float(knots[at - 1, 0]), float(knots[at - 1, 1])
    return v + (float(knots[at, 1]) - v) * (u - p) / (float(knots[at, 0]) - p)
