"""Ids of cases: what makes them is an argument of the desk. An id source is any callable from lifecycle to text."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeAlias

from attrs import define, field, frozen

from govflow.casework.instants import Clock, SystemClock, sure
from govflow.errors import UsageError
from govflow.record import plain

Ids: TypeAlias = Callable[[str], str]
"""What makes ids: a callable that is given a lifecycle's name and returns an id that no other case has."""


def named(subject: str, text: str) -> str:
    """Return an id that somebody gives, as it is; UsageError where it is empty or no text that every store keeps.

    >>> named("'key'", "form-4711")
    'form-4711'
    """
    if not plain(subject, text).strip():
        raise UsageError(f"{subject} is {text!r}: must not be empty; leave it out where there is none")
    return text


_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


@frozen
class RandomIds:
    """Ids that many desks can make at once without asking each other: milliseconds, then 40 random bits.

    They sort by the time at which they were made, to the millisecond, by a `clock` of their own.
    """

    clock: Clock = field(factory=SystemClock)

    def __call__(self, lifecycle: str) -> str:
        """Return an id such as ``grievance-1jv0d5y3s4k2m9q7``."""
        number = sure(self.clock)() // 1000 << 40 | secrets.randbits(40)
        digits = ""
        for _ in range(17):
            digits = _DIGITS[number & 31] + digits
            number >>= 5
        return f"{lifecycle}-{digits}"


@define(eq=False)
class CountingIds:
    """Ids by counting, ``grievance-1``, ``grievance-2``, …: for a single desk that begins anew, and for tests.

    >>> ids = CountingIds()
    >>> ids("wish"), ids("visit"), ids("wish")
    ('wish-1', 'visit-1', 'wish-2')
    """

    _last: dict[str, int] = field(factory=dict, init=False)

    def __call__(self, lifecycle: str) -> str:
        """Return the next id of a lifecycle."""
        self._last[lifecycle] = number = self._last.get(lifecycle, 0) + 1
        return f"{lifecycle}-{number}"
