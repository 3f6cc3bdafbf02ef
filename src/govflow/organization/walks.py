"""Walks along the hierarchy, on arrays of positions: to a level, a step down, to a department, to a conference.

These are the only copies of rule L3's ways. `Organization` answers by name with them, the program's step by
position, and the simulation compiles them into its kernel: so they use nothing but indexing and integers.
"""

from __future__ import annotations

from typing import Protocol

NONE = -1
"""No such unit; as a tie's category: every one."""


class Numbers(Protocol):
    """Integers by position: a tuple, an array of the standard library, a row of a numpy array."""

    def __getitem__(self, at: int, /) -> int: ...


def climb(superior: Numbers, level: Numbers, unit: int, depth: int) -> int:
    """Return the unit or its nearest ancestor at a level, or above it where that level was skipped."""
    here = unit
    while level[here] > depth and superior[here] != NONE:
        here = superior[here]
    return here


def step_down(superior: Numbers, unit: int, home: int) -> int:
    """Return the subordinate of `unit` that lies on the way to `home`, or NONE where `home` is not below it."""
    here = home
    while here != NONE and superior[here] != unit:
        here = superior[here]
    return here


def referral(
    superior: Numbers, first: Numbers, categories: Numbers, departments: Numbers, unit: int, category: int
) -> int:
    """Return the department that takes `category` from `unit`: nearest tie at or above, then by id; or NONE.

    The ties of unit u are ``first[u]:first[u + 1]``, in order of department; category NONE means every one.
    """
    here = unit
    while here != NONE:
        for tie in range(first[here], first[here + 1]):
            if categories[tie] == category or categories[tie] == NONE:
                return departments[tie]
        here = superior[here]
    return NONE


def conference(superior: Numbers, sits: Numbers, unit: int) -> int:
    """Return the nearest unit at or above `unit` that holds a joint conference (``sits[u] >= 0``), or NONE."""
    here = unit
    while here != NONE and sits[here] < 0:
        here = superior[here]
    return here
