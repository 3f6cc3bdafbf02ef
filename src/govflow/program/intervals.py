"""A number with its 95 % interval, and Wilson's interval of a share: what desk and simulation tell rates by.

Pure arithmetic. Next: ``counting`` for what a rate counts, ``simulation.intervals`` for replications.
"""

from __future__ import annotations

from math import sqrt

from attrs import frozen

Z_95 = 1.959963984540054


@frozen
class Estimate:
    """A number with its 95 % interval and the count `n` it rests on; None where there is nothing to tell."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def to_data(self) -> dict[str, float | int | None]:
        """Return the estimate as plain data, rounded to twelve digits."""
        return {
            "value": rounded(self.value),
            "low": rounded(self.low),
            "high": rounded(self.high),
            "n": self.n,
        }


def rounded(value: float | None) -> float | None:
    """Return `value` to twelve significant digits, so that it prints alike everywhere."""
    return None if value is None else float(f"{value:.12g}")


def wilson(count: int, n: int) -> Estimate:
    """Return the share ``count / n`` with Wilson's score interval (Wilson 1927).

    >>> wilson(1, 2).low < 0.1 and wilson(50, 100).low > 0.4
    True
    """
    if n == 0:
        return Estimate(None, None, None, 0)
    share = count / n
    spread = Z_95 * Z_95 / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    return Estimate(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)), n)


def rate(top: int, bottom: int) -> Estimate:
    """Return ``top / bottom`` of two counts, with Wilson's interval; more in the top than in the bottom is no share.

    >>> rate(3, 2)
    Estimate(value=1.5, low=None, high=None, n=2)
    """
    return wilson(top, bottom) if top <= bottom or bottom == 0 else Estimate(top / bottom, None, None, bottom)
