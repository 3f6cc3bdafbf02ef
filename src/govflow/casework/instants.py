"""Instants and clocks. An instant is a whole number of *microseconds* UTC; a clock is any callable that returns one.

Seconds are no instants, and nothing can tell: 1 767 607 200 of them were an evening of January 1970. Convert where
the time comes in, ``int(time.time() * 1_000_000)``, or let a calendar do it. `SystemClock` is the only place in govflow
that reads the time of the machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import define, frozen

from govflow.calendar import FIRST, LAST
from govflow.errors import UsageError

Instant: TypeAlias = int
"""A point in time, in µs since 1970-01-01 UTC."""

Clock: TypeAlias = Callable[[], Instant]
"""What tells the time: a callable without arguments that returns µs UTC."""

INSTANT = "an instant: a whole number of µs UTC, from the year 1900 to 2499, such as int(time.time() * 1_000_000)"
"""What an instant must be, in words: what calendars answer for."""


def is_instant(value: Any) -> bool:
    """Say whether a value is an instant; a float is none, for it is not exact.

    >>> is_instant(1_767_607_200_000_000), is_instant(1.5), is_instant(True)
    (True, False, False)
    """
    return type(value) is int and FIRST <= value < LAST


def sure(clock: Clock) -> Clock:
    """Return a clock that raises UsageError where `clock` reads what is no instant."""

    def read() -> Instant:
        at = clock()
        if type(at) is int and FIRST <= at < LAST:
            return at
        raise UsageError(f"the desk's clock reads {at!r:.80}: must be {INSTANT}")

    return read


@frozen
class SystemClock:
    """The machine's own clock."""

    def __call__(self) -> int:
        """Return the present instant."""
        return time.time_ns() // 1000


@define(eq=False)
class ManualClock:
    """A clock that stands at `at` until it is set: for tests, and for writing down what has happened before.

    >>> clock = ManualClock(0)
    >>> clock.at = 60_000_000
    >>> clock()
    60000000
    """

    at: int

    def __call__(self) -> int:
        """Return the instant at which the clock stands."""
        return self.at
