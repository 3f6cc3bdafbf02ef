"""How the kit draws: bytes first, names afterwards.

What Hypothesis draws is a *sketch*, a few short strings of bytes; a function then reads it as a definition, each
number counting round through whatever there is to choose from, and 0 for ever after the end. So drawing is quick,
nothing is ever filtered out, and what shrinks is the sketch: every number towards the first choice, every list of
things towards nothing, whatever else there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from attrs import define
from hypothesis import strategies as st

T = TypeVar("T")


@define(eq=False)
class Sketch:
    """Numbers to be read one after another; past the end every further one is 0, the simplest choice.

    >>> sketch = Sketch(bytes([7, 1, 5]))
    >>> sketch.number(6), sketch.yes(), sketch.pick("abc"), sketch.pick("abc")
    (1, True, 'c', 'a')
    """

    numbers: bytes
    at: int = 0

    def number(self, below: int) -> int:
        """Return the next whole number from 0 to one under `below`; one byte, or two from 257 on."""
        size = 1 if below <= 256 else 2
        value = int.from_bytes(self.numbers[self.at : self.at + size], "little")
        self.at += size
        return value % below

    def yes(self) -> bool:
        """Return whether the next number says yes."""
        return self.number(2) == 1

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.number(len(choices))]

    def maybe(self, choices: Sequence[T]) -> T | None:
        """Return one of the choices or None; None also where there are none."""
        return self.pick(choices) if self.yes() and choices else None

    def some(self, choices: Sequence[T], most: int = 2, least: int = 0) -> tuple[T, ...]:
        """Return at most `most` of the choices, each once, at least `least`; none where there are none."""
        count = least + self.number(most - least + 1)
        return tuple(dict.fromkeys(self.pick(choices) for _ in range(count))) if choices else ()


def numbers(size: int) -> st.SearchStrategy[bytes]:
    """Return the bytes of one sketch."""
    return st.binary(min_size=size, max_size=size)


def several(size: int, most: int, least: int = 0) -> st.SearchStrategy[list[bytes]]:
    """Return the bytes of several sketches, each of which may be dropped by itself."""
    return st.lists(numbers(size), min_size=least, max_size=most)


@st.composite
def reading(draw: st.DrawFn, read: Callable[..., T], *parts: st.SearchStrategy[object]) -> T:
    """Return what `read` makes of the parts; a failing example shows that, and not the bytes."""
    return read(*[draw(part) for part in parts])
