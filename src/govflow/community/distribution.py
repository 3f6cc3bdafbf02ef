"""Distributions of durations: which kinds there are, what they are told, and what makes them unsound.

Nothing is drawn here: ``program`` compiles a distribution, the simulation draws from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from govflow.calendar import DAY, HOUR, Duration
from govflow.community.model import Distribution
from govflow.community.places import under
from govflow.errors import Fault

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "constant": {"value": Duration},
    "exponential": {"mean": Duration},
    "uniform": {"low": Duration, "high": Duration},
    "triangular": {"low": Duration, "mode": Duration, "high": Duration},
    "lognormal": {"mean": Duration, "cv": float},
    "weibull": {"mean": Duration, "shape": float},
    "quantiles": {"at": tuple[float, ...], "values": tuple[Duration, ...]},
}
"""The kinds, and for each what its parameters are. `cv` is the standard deviation over the mean."""

BOUNDS: Mapping[str, tuple[float, float]] = {"cv": (0.001, 100.0), "shape": (0.05, 100.0)}
"""Beyond these a lognormal or Weibull leaves what a float can say, or is a constant in disguise."""

MOST_QUANTILES = 1000


def distribution_faults(time: Distribution, path: str, days: Iterable[int] = (DAY,)) -> Iterator[Fault]:
    """Yield what is unsound about a distribution that has the right parameters; `path` is its place.

    Durations are compared with every length of a day (µs) that ``1d`` can have there.
    """
    yield from next(filter(None, (list(_faults(time, path, day)) for day in days)), [])


def _faults(time: Distribution, path: str, day: int) -> Iterator[Fault]:
    here = under(path, time.kind)
    given = {key: value.us(day) for key, value in time.parameters.items() if isinstance(value, Duration)}
    for key in ("value", "mean", "high"):
        if key in given and given[key] <= 0:
            yield Fault(under(here, key), "not_positive", "must be more than zero")
    for key, (least, most) in BOUNDS.items():
        if key in time.parameters and not least <= time.parameters[key] <= most:
            text = f"must lie between {least:g} and {most:g}, not {time.parameters[key]:g}"
            yield Fault(under(here, key), "out_of_range", text)
    for low, high in pairwise(key for key in ("low", "mode", "high") if key in given):
        if given[low] > given[high]:
            yield Fault(under(here, high), "not_increasing", f"must not be less than {low!r}{_short(day)}")
    if time.kind == "quantiles":
        yield from _quantile_faults(time.parameters, here, day)


def _quantile_faults(parameters: Mapping[str, Any], here: str, day: int) -> Iterator[Fault]:
    at, values = parameters["at"], [value.us(day) for value in parameters["values"]]
    if not 2 <= len(at) == len(values) <= MOST_QUANTILES:
        text = f"must be as many as 'at', two to {MOST_QUANTILES}: there are {len(values)} for {len(at)}"
        yield Fault(under(here, "values"), "length", text)
    if at and (at[0] != 0 or at[-1] != 1):
        yield Fault(under(here, "at"), "out_of_range", f"must run from 0 to 1, not from {at[0]:g} to {at[-1]:g}")
    if any(after <= before for before, after in pairwise(at)):
        yield Fault(under(here, "at"), "not_increasing", "must increase from each to the next")
    if any(after < before for before, after in pairwise(values)):
        yield Fault(under(here, "values"), "not_increasing", f"must not decrease from one to the next{_short(day)}")
    if values and values[-1] <= 0:
        yield Fault(under(here, "values"), "not_positive", "must end with more than zero")


def _short(day: int) -> str:
    return "" if day == DAY else f" (a working day here can be {day / HOUR:g} h long)"
