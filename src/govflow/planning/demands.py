"""What is matched: demands, and the offers of volunteers and resources, each with skills, point and times.

Frozen values and the one rule of time between them. A demand has no field that says who asks or how much they
matter, and none may be added (rule C6). ``planning.matching`` brings the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from attrs import field, frozen

from govflow.errors import UsageError
from govflow.planning.checks import Instant, Name, Natural, Positive, Whole, Window, checked
from govflow.planning.inputs import names
from govflow.planning.walking import Point

MOST = 100_000
"""More sittings are never made at once."""


def _windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    return tuple(sorted((opens, closes) for opens, closes in windows))


def _disjoint(thing: Demand | Offer, attribute: Any, windows: tuple[Window, ...]) -> None:
    """Refuse overlapping windows: nobody is in two places at once."""
    ends = [instant for window in windows for instant in window]
    if ends != sorted(ends):
        raise UsageError(f"{thing.id!r}: {attribute.name} must be windows (from, until) that do not overlap")


@checked
@frozen
class Demand:
    """Work that is asked for: `people` who each have all `skills`, for `work` microseconds within one of `times`.

    No `times`: at any time; no `point`: from anywhere. `arrived` is the instant at which it was asked for.
    """

    id: Name
    skills: frozenset[str] = field(converter=names)
    work: Positive
    times: tuple[Window, ...] = field(default=(), converter=_windows, validator=_disjoint)
    point: Point | None = None
    people: Positive = 1
    arrived: Instant = 0


@checked
@frozen
class Offer:
    """A volunteer or a resource: what it can do, when it is `free`, and how much it carries already.

    Each window of `free` takes one demand, or `at_once` demands for things there are several of (chairs, places at a
    table); `sittings` cuts a long window into several. No time for the way is kept between two windows: leave it out of
    `free`. `load` demands are carried before this plan, `capacity` more are taken at most (None: what the windows
    take). `prefers` are the skills they would rather use; none: all alike.
    """

    id: Name
    skills: frozenset[str] = field(converter=names)
    free: tuple[Window, ...] = field(converter=_windows, validator=_disjoint)
    point: Point | None = None
    load: Annotated[int, Whole(0, 1_000_000)] = 0
    capacity: Natural | None = None
    at_once: Positive = 1
    prefers: frozenset[str] = field(default=(), converter=names)

    @property
    def room(self) -> int:
        """How many demands the offer takes at most in one plan."""
        windows = len(self.free) * self.at_once
        return windows if self.capacity is None else min(self.capacity, windows)


@checked
def sittings(windows: Iterable[Window], length: Positive) -> tuple[Window, ...]:
    """Return the windows cut from their beginnings into pieces of `length`; a shorter rest is left out.

    >>> sittings([(0, 10), (20, 27)], 4)
    ((0, 4), (4, 8), (20, 24))
    """
    windows = _windows(windows)
    if (count := sum(max(0, closes - opens) // length for opens, closes in windows)) > MOST:
        text = f"sittings of {length} µs: {count:,} are made, at most {MOST:,} can be"
        raise UsageError(f"{text}; times are microseconds, 30 * MINUTE")
    return tuple(
        (start, start + length) for opens, closes in windows for start in range(opens, closes - length + 1, length)
    )


def start_in(window: Window, demand: Demand, agreed: Iterable[int] = ()) -> int | None:
    """Return an instant in `window` from which the demand's work fits into its times: one `agreed`, else the first.

    >>> demand = Demand("d-1", {"reading"}, work=3, times=[(8, 12), (3, 7)])
    >>> start_in((0, 10), demand), start_in((0, 10), demand, agreed=[4]), start_in((0, 10), demand, agreed=[9])
    (3, 4, 3)
    """
    spans = demand.times or (window,)
    for start in agreed:
        if any(max(opens, window[0]) <= start <= min(closes, window[1]) - demand.work for opens, closes in spans):
            return start
    for opens, closes in spans:
        start = max(opens, window[0])
        if start + demand.work <= min(closes, window[1]):
            return start
    return None
