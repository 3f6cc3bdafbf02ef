"""Strategies of assumed behaviour: how long a state takes, of every kind of distribution, and how it ends.

Weights are drawn as small numbers and read as shares of those outcomes that are possible; one that no guard can
close always has a share, so that a simulated case is never stuck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from govflow.calendar import DAY, Duration
from govflow.community import Behaviour, Distribution, outcomes_of
from govflow.lifecycle import DEPARTMENT, Lifecycle
from govflow.testing.sketch import Sketch, numbers, reading, several

HOURS = tuple(map(Duration.parse, ("1h", "30m", "2h", "4h", "8h", "24h")))
"""No days among them: how long a day is depends on the calendar, and then also which of two times is longer."""

RATIOS = (1.0, 0.5, 2.0, 0.75, 1.3)
KINDS = ("constant", "uniform", "exponential", "triangular", "lognormal", "weibull", "quantiles")

DRAWN = several(24, 4)
"""What is drawn for the behaviour of a lifecycle: sketches that its states take in turns."""


@frozen
class Words:
    """The names that finer entries of the behaviour model are keyed by."""

    levels: Sequence[str]
    categories: Sequence[str]


def distributions() -> st.SearchStrategy[Distribution]:
    """Return distributions of every kind, of durations up to a day.

    >>> from hypothesis import find
    >>> find(distributions(), lambda time: time.kind == "uniform").parameters["high"].text
    '1h'
    """
    return reading(lambda drawn: _distribution(Sketch(drawn)), numbers(6))


def _distribution(sketch: Sketch) -> Distribution:
    kind = sketch.pick(KINDS)
    parameters: dict[str, Any] = {}
    match kind:
        case "constant":
            parameters["value"] = sketch.pick(HOURS)
        case "uniform":
            parameters |= zip(("low", "high"), _ascending(sketch, 2, zero=True), strict=True)
        case "triangular":
            parameters |= zip(("low", "mode", "high"), _ascending(sketch, 3, zero=True), strict=True)
        case "quantiles":
            values = _ascending(sketch, 2 + sketch.number(3))
            parameters |= {"at": tuple(at / (len(values) - 1) for at in range(len(values))), "values": values}
        case _:
            parameters["mean"] = sketch.pick(HOURS)
    if kind in ("lognormal", "weibull"):
        parameters["cv" if kind == "lognormal" else "shape"] = sketch.pick(RATIOS)
    return Distribution(kind, parameters)


def _ascending(sketch: Sketch, count: int, *, zero: bool = False) -> tuple[Duration, ...]:
    """Return lengths in order, the first perhaps nothing at all."""
    lengths = [sketch.pick(HOURS) for _ in range(count)]
    if zero and sketch.yes():
        lengths[0] = Duration()
    return tuple(sorted(lengths, key=lambda length: length.us(DAY)))


def shares(weights: Sequence[int]) -> list[float]:
    """Return shares that add up to 1, in proportion to the weights; equal ones where all weights are nothing.

    >>> shares([1, 3, 0]), shares([0, 0])
    ([0.25, 0.75, 0.0], [0.5, 0.5])
    """
    known = weights if any(weights) else [1] * len(weights)
    return [weight / sum(known) for weight in known]


def sure(cycle: Lifecycle, state: str) -> str:
    """Return an outcome of a state that leads on whatever the guards say and wherever the case is.

    The lifecycles that the kit draws have one in each of their work and wait states.
    """
    return next(
        way.trigger
        for trigger in outcomes_of(cycle, state)
        for way in cycle.ways(trigger)
        if way.when is None and way.target is not None and way.move in ("stay", "back") and state in cycle.sources(way)
    )


def read_behaviour(
    cycle: Lifecycle, drawn: Sequence[bytes], levels: Sequence[str], categories: Sequence[str]
) -> Iterator[tuple[str, Behaviour]]:
    """Yield the behaviour of each work and wait state; a wait that a deadline ends may have none."""
    ended = {state for deadline in cycle.deadlines.values() if deadline.fires for state in deadline.runs}
    words = Words(levels, categories)
    states = [state for state in cycle.states.values() if state.kind in ("work", "wait")]
    for at, state in enumerate(states):
        sketch = Sketch(drawn[at % len(drawn)] if drawn else b"")
        timed = not any(way.move == "convene" and way.target == state.name for way in cycle.transitions)
        if not (sketch.yes() and timed and state.kind == "wait" and state.name in ended):
            yield state.name, _behaviour(cycle, state.name, sketch, words, timed)


def _behaviour(cycle: Lifecycle, state: str, sketch: Sketch, words: Words, timed: bool) -> Behaviour:
    """Return the behaviour of one state, perhaps with finer entries; a joint conference has outcomes only."""
    time, outcomes = _distribution(sketch) if timed else None, _outcomes(cycle, state, sketch)
    finer = sketch.number(4)
    if finer == 0:
        return Behaviour(time, outcomes)
    level, category = sketch.pick((*words.levels, DEPARTMENT)), sketch.pick(words.categories)
    own = Behaviour(
        _distribution(sketch) if timed and sketch.yes() else None,
        _outcomes(cycle, state, sketch) if sketch.yes() else None,
    )
    if finer == 1:
        return Behaviour(time, outcomes, at={level: own})
    return Behaviour(time, outcomes, category={category: Behaviour(at={level: own}) if finer == 2 else own})


def _outcomes(cycle: Lifecycle, state: str, sketch: Sketch) -> Mapping[str, float]:
    """Return shares of the possible outcomes; the sure one never has none."""
    first = sure(cycle, state)
    possible = [first, *(trigger for trigger in outcomes_of(cycle, state) if trigger != first)]
    alike = sketch.yes()
    weights = [1 if alike else sketch.number(4) for _ in possible]
    return dict(zip(possible, shares([1 + weights[0], *weights[1:]]), strict=True))
