"""What is matched: demands, and the offers of volunteers and resources, each with skills, point and times.

Frozen values and the one rule of time between them. A demand has no field that says who asks or how much they
matter, and none may be added (rule C6). ``planning.matching`` brings the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from govflow.errors import UsageError
from govflow.planning.inputs import names, whole
from govflow.planning.walking import Point

Window = tuple[int, int]
"""A time from one instant to another, half-open, in microseconds UTC."""


def _windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    return tuple(sorted((opens, closes) for opens, closes in windows))


def _disjoint(thing: Demand | Offer, attribute: Any, windows: tuple[Window, ...]) -> None:
    """Refuse empty windows, and overlapping ones: nobody is in two places at once."""
    ends = [instant for window in windows for instant in window]
    if any(opens >= closes for opens, closes in windows) or ends != sorted(ends):
        raise UsageError(f"{thing.id!r}: {attribute.name} must be windows (from, until) that do not overlap")


@frozen
class Demand:
    """Work that is asked for: `people` who each have all `skills`, for `work` microseconds within one of `times`.

    No `times`: at any time; no `point`: from anywhere. `arrived` is the instant at which it was asked for.
    """

    id: str
    skills: frozenset[str] = field(converter=names)
    work: int = field(validator=whole(1))
    times: tuple[Window, ...] = field(default=(), converter=_windows, validator=_disjoint)
    point: Point | None = None
    people: int = field(default=1, validator=whole(1))
    arrived: int = 0


@frozen
class Offer:
    """A volunteer or a resource: what it can do, when it is `free`, and how much it carries already.

    Each window of `free` takes one demand, or `at_once` demands for things there are several of (chairs, places at a
    table); `sittings` cuts a long window into several. `load` demands are carried before this plan, `capacity` more
    are taken at most (None: what the windows take). `prefers` are the skills they would rather use; none: all alike.
    """

    id: str
    skills: frozenset[str] = field(converter=names)
    free: tuple[Window, ...] = field(converter=_windows, validator=_disjoint)
    point: Point | None = None
    load: int = field(default=0, validator=whole(0, 1_000_000))
    capacity: int | None = field(default=None, validator=whole(0))
    at_once: int = field(default=1, validator=whole(1))
    prefers: frozenset[str] = field(default=(), converter=names)

    @property
    def room(self) -> int:
        """How many demands the offer takes at most in one plan."""
        windows = len(self.free) * self.at_once
        return windows if self.capacity is None else min(self.capacity, windows)


def sittings(windows: Iterable[Window], length: int) -> tuple[Window, ...]:
    """Return the windows cut from their beginnings into pieces of `length`; a shorter rest is left out.

    >>> sittings([(0, 10), (20, 27)], 4)
    ((0, 4), (4, 8), (20, 24))
    """
    if length < 1:
        raise UsageError(f"length {length}: a sitting takes at least a microsecond")
    return tuple(
        (start, start + length)
        for opens, closes in _windows(windows)
        for start in range(opens, closes - length + 1, length)
    )


def start_in(window: Window, demand: Demand) -> int | None:
    """Return the first instant in `window` from which the demand's work fits into its times, or None.

    >>> start_in((0, 10), Demand("d-1", {"reading"}, work=3, times=[(8, 12), (3, 7)]))
    3
    """
    for opens, closes in demand.times or (window,):
        start = max(opens, window[0])
        if start + demand.work <= min(closes, window[1]):
            return start
    return None
