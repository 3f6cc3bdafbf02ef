"""How the kit draws: numbers first, names afterwards.

Every strategy here is made once and draws a *sketch*, plain numbers and yes-or-no in a fixed shape; a function
then reads the sketch as a definition, a number counting round through whatever there is to choose from. So drawing
is quick, nothing is ever filtered out, and what Hypothesis shrinks is the sketch: each number towards the first
choice, each list towards nothing, whatever the others stand for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

PICK = st.integers(0, 59)
"""Chooses by counting round: 60 divides evenly by as many as six things."""

SOME = st.lists(PICK, max_size=2)
"""Chooses none, one or two."""


def pick(choices: Sequence[T], number: int) -> T:
    """Return one of the choices, counting round.

    >>> pick("abc", 4)
    'b'
    """
    return choices[number % len(choices)]


def picks(choices: Sequence[T], numbers: Iterable[int]) -> tuple[T, ...]:
    """Return several of the choices, each once; none where there is nothing to choose from.

    >>> picks("abc", [4, 0, 1])
    ('b', 'a')
    """
    return tuple(dict.fromkeys(pick(choices, number) for number in numbers)) if choices else ()
