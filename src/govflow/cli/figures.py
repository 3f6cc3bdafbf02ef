"""Numbers as people read them: shares, times, counts and their intervals, in either language.

A number that is not known is a dash, never a zero. Hours come in, the unit that fits goes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govflow.cli.words import word

if TYPE_CHECKING:
    from govflow.simulation import Estimate

UNKNOWN = "–"


def count(number: float) -> str:
    """Return a whole number with its thousands set apart.

    >>> count(12345)
    '12,345'
    """
    return f"{number:,.0f}"


def plain_number(number: float | None) -> str:
    """Return a number with as many digits as help.

    >>> plain_number(0.1234), plain_number(12.0), plain_number(44.0)
    ('0.12', '12', '44')
    """
    if number is None:
        return UNKNOWN
    return count(number) if number == int(number) else f"{number:,.2f}" if abs(number) < 10 else f"{number:,.1f}"


def share(estimate: Estimate) -> str:
    """Return a share in percent."""
    return UNKNOWN if estimate.value is None else f"{100 * estimate.value:.1f} %"


def share_interval(estimate: Estimate) -> str:
    """Return the interval of a share in percent, within 0 and 100."""
    if estimate.low is None or estimate.high is None:
        return UNKNOWN
    return f"{100 * max(0.0, estimate.low):.1f}–{100 * min(1.0, estimate.high):.1f} %"


def amount(estimate: Estimate) -> str:
    """Return a mean number."""
    return UNKNOWN if estimate.value is None else f"{estimate.value:,.2f}"


def amount_interval(estimate: Estimate) -> str:
    """Return the interval of a mean number that is never negative."""
    if estimate.low is None or estimate.high is None:
        return UNKNOWN
    return f"{max(0.0, estimate.low):,.2f}–{estimate.high:,.2f}"


def time(estimate: Estimate | None, lang: str) -> str:
    """Return a time in the unit that fits it."""
    if estimate is None or estimate.value is None:
        return UNKNOWN
    size, unit = _unit(estimate.value)
    return f"{estimate.value / size:,.{_digits(unit)}f} {word(unit, lang)}"


def time_interval(estimate: Estimate, lang: str) -> str:
    """Return the interval of a time in the unit that fits its value."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return UNKNOWN
    size, unit = _unit(estimate.value)
    low, high = max(0.0, estimate.low) / size, estimate.high / size
    return f"{low:,.{_digits(unit)}f}–{high:,.{_digits(unit)}f} {word(unit, lang)}"


def _unit(hours: float) -> tuple[float, str]:
    """Return the hours in the unit in which a time of so many hours is told, and the unit's name."""
    if hours < 2:
        return 1 / 60, "minutes"
    return (1.0, "hours") if hours < 48 else (24.0, "days")


def _digits(unit: str) -> int:
    return 0 if unit == "minutes" else 1
