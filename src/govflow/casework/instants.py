"""Clocks: what tells a desk the time. A clock is any callable that returns an instant in µs UTC.

`SystemClock` is the only place in govflow that reads the time of the machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from attrs import define, frozen

Clock: TypeAlias = Callable[[], int]
"""What tells the time: a callable without arguments that returns µs UTC."""


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
