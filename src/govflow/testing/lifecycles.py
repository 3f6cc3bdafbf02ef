"""A strategy of lifecycles: well made by construction, out of building blocks that may each be there or not.

A row of stages, each a queue and the work behind it, leads to the end; beside it there may be asking and reopening,
moves up and down, referrals, joint conferences, shelving, claims, guards, counters, fields and deadlines of every
scope. States and ways come from ``blocks``, deadlines and counts from ``clocks``, all out of one sketch (``sketch``).
Whatever the guards say, every state of work or waiting has a way out that is always open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from govflow.calendar import Duration
from govflow.lifecycle import Lifecycle
from govflow.testing import blocks, clocks
from govflow.testing.guards import SIZE, Words, read_guard, texts
from govflow.testing.sketch import reading, several

DRAWN: tuple[st.SearchStrategy[object], ...] = (st.integers(1, 3), blocks.DRAWN, several(SIZE, 3), *clocks.DRAWN)
"""What is drawn for a lifecycle: the number of stages, blocks, guards, and what ``clocks`` needs."""


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
    return reading(lambda *drawn: read_lifecycle(name, tuple(levels), known, *drawn), *DRAWN)


def read_lifecycle(
    name: str,
    levels: Sequence[str],
    known: Mapping[str, Sequence[str]],
    stages: int,
    drawn: Sequence[bytes],
    guards: Sequence[bytes],
    *rest: Any,
) -> Lifecycle:
    """Return the lifecycle that a sketch stands for; `known` are the names that its guards may use."""
    shape = blocks.read_shape(stages, drawn)
    states, counters = blocks.states(shape), blocks.counters(shape)
    words = Words(tuple(counters), tuple(states), known)
    written = [read_guard(one, words) for one in guards or (b"",)]
    bare = Lifecycle(
        name,
        next(iter(states)),
        states,
        blocks.ways(shape, lambda number: written[(number - 1) % len(written)] if number else None),
        counters=counters,
        reasons={"other": {"en": "other", "zh": "其他"}},
        fields=blocks.fields(shape),
        takes=("places",) if "claim" in shape.extras else (),
        retention=Duration(days=365) if "withdraw" in shape.extras else None,
    )
    return clocks.with_clocks(bare, levels, *rest)
