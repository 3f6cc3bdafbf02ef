"""A strategy of lifecycles: well made by construction, out of building blocks that may each be there or not.

A row of stages, each a queue and the work behind it, leads to the end; beside it there may be asking and reopening,
moves up and down, referrals, joint conferences, shelving, guards, counters and deadlines of every scope. Drawn as a
sketch (``sketch``, ``blocks``) and built here: states and ways in ``blocks``, deadlines and counts in ``clocks``.
Whatever the guards say, every state of work or waiting has a way out that is always open.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hypothesis import strategies as st

from govflow.lifecycle import Counter, Lifecycle, guard
from govflow.testing import blocks, clocks
from govflow.testing.guards import Sketch, Words, read_guard, texts
from govflow.testing.sketch import pick


def lifecycles(
    *,
    name: str = "grievance",
    levels: Sequence[str] = ("committee", "host"),
    categories: Sequence[str] = ("parking", "noise"),
    channels: Sequence[str] = ("doorstep", "telephone"),
) -> st.SearchStrategy[Lifecycle]:
    """Return lifecycles in which `govflow.lifecycle.check` finds no fault; the names are what guards and limits use.

    The simplest has one queue, its work and an end. Every work and wait state has an exit that no guard closes.

    >>> from hypothesis import find
    >>> cycle = find(lifecycles(), lambda cycle: any(way.move == "refer" for way in cycle.transitions))
    >>> list(cycle.states)
    ['received', 'screening', 'referred', 'closed']
    """
    known = texts(levels, categories, channels)
    read = partial(read_lifecycle, name=name, levels=tuple(levels), known=known)
    return st.builds(read, blocks.SHAPES, clocks.SKETCHES)


def read_lifecycle(
    shape: blocks.Shape,
    counted: clocks.Counted,
    *,
    name: str,
    levels: Sequence[str],
    known: dict[str, Sequence[str]],
) -> Lifecycle:
    """Return the lifecycle that a sketch stands for, with these names of levels, categories and channels."""
    states, counters = blocks.states(shape), blocks.counters(shape)
    words = Words(tuple(counters), tuple(states), known)

    def when(number: int) -> str | None:
        sketches = shape.guards or [Sketch()]
        return guard.text(read_guard(pick(sketches, number - 1), words)) if number else None

    bare = Lifecycle(
        name,
        next(iter(states)),
        states,
        blocks.ways(shape, when),
        counters={key: Counter(key, cycle=cycle) for key, cycle in counters.items()},
        reasons={"other": {"en": "other", "zh": "其他"}} if shape.withdraw else {},
    )
    return clocks.with_clocks(bare, counted, levels)
