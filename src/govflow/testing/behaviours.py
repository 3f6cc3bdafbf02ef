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
from govflow.testing.sketch import PICK, pick

HOURS = tuple(map(Duration.parse, ("1h", "30m", "2h", "4h", "8h", "24h")))
"""No days among them: how long a day is depends on the calendar, and then also which of two times is longer."""


@frozen
class Assumed:
    """What is drawn for a state: a time, weights of its outcomes, and one finer entry (rule S2) or none.

    `silent` leaves the whole state out where a deadline ends it.
    """

    time: Distribution
    weights: Sequence[int]
    finer: tuple[int, int, bool, bool, Distribution, Sequence[int]] | None
    silent: bool


def distributions() -> st.SearchStrategy[Distribution]:
    """Return distributions of every kind, of durations from half an hour to a day.

    >>> from hypothesis import find
    >>> find(distributions(), lambda time: time.kind == "uniform").parameters["high"].text
    '1h'
    """
    length = st.sampled_from(HOURS)
    low = st.just(Duration()) | length
    sound = st.floats(0.5, 2.0, width=16)
    return st.one_of(
        _kind("constant", value=length),
        _kind("exponential", mean=length),
        st.tuples(low, length).map(lambda pair: _ordered("uniform", ("low", "high"), pair)),
        st.tuples(low, length, length).map(lambda three: _ordered("triangular", ("low", "mode", "high"), three)),
        _kind("lognormal", mean=length, cv=sound),
        _kind("weibull", mean=length, shape=sound),
        st.lists(length, min_size=2, max_size=4).map(_quantiles),
    )


def _kind(kind: str, **parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[Distribution]:
    return st.builds(Distribution, st.just(kind), st.fixed_dictionaries(parameters))


def _ordered(kind: str, names: Sequence[str], lengths: Sequence[Duration]) -> Distribution:
    return Distribution(kind, dict(zip(names, sorted(lengths, key=_us), strict=True)))


def _quantiles(lengths: Sequence[Duration]) -> Distribution:
    at = tuple(step / (len(lengths) - 1) for step in range(len(lengths)))
    return Distribution("quantiles", {"at": at, "values": tuple(sorted(lengths, key=_us))})


def _us(length: Duration) -> int:
    return length.us(DAY)


_WEIGHTS = st.lists(st.integers(0, 4), max_size=4)

ASSUMED: st.SearchStrategy[Assumed] = st.builds(
    Assumed,
    time=distributions(),
    weights=_WEIGHTS,
    finer=st.none() | st.tuples(PICK, PICK, st.booleans(), st.booleans(), distributions(), _WEIGHTS),
    silent=st.booleans(),
)

PLAIN = Assumed(Distribution("constant", {"value": HOURS[0]}), (), None, silent=False)
"""Everything takes an hour, and all outcomes are as likely."""


def shares(weights: Sequence[int], count: int) -> list[float]:
    """Return `count` shares that add up to 1, in proportion to the weights; what has none weighs 0, all nothing: equal.

    >>> shares([1, 3], 3), shares([], 2)
    ([0.25, 0.75, 0.0], [0.5, 0.5])
    """
    known = [*weights[:count], *[0] * (count - len(weights))]
    if not any(known):
        known = [1] * count
    return [weight / sum(known) for weight in known]


def sure(cycle: Lifecycle, state: str) -> str:
    """Return an outcome of a state that leads on whatever the guards say and however the case has moved before.

    The lifecycles that the kit draws have one in each of their work and wait states.
    """
    return next(
        way.trigger
        for trigger in outcomes_of(cycle, state)
        for way in cycle.ways(trigger)
        if way.when is None and way.target is not None and way.move in ("stay", "back") and state in cycle.sources(way)
    )


def read_behaviour(
    sketches: Sequence[Assumed], cycle: Lifecycle, levels: Sequence[str], categories: Sequence[str]
) -> Iterator[tuple[str, Behaviour]]:
    """Yield the behaviour of each work and wait state, the sketches taken in turns."""
    ended = {state for deadline in cycle.deadlines.values() if deadline.fires for state in deadline.runs}
    for at, state in enumerate(cycle.states.values()):
        if state.kind not in ("work", "wait"):
            continue
        sketch = pick(sketches, at) if sketches else PLAIN
        if not (sketch.silent and state.kind == "wait" and state.name in ended and not _is_conference(cycle, state.name)):
            yield state.name, _behaviour(sketch, cycle, state.name, levels, categories)


def _is_conference(cycle: Lifecycle, state: str) -> bool:
    return any(way.move == "convene" and way.target == state for way in cycle.transitions)


def _behaviour(
    sketch: Assumed, cycle: Lifecycle, state: str, levels: Sequence[str], categories: Sequence[str]
) -> Behaviour:
    timed = not _is_conference(cycle, state)
    time = sketch.time if timed else None
    outcomes = _outcomes(sketch.weights, cycle, state)
    if sketch.finer is None:
        return Behaviour(time, outcomes)
    level, category, by_level, by_category, own_time, own_weights = sketch.finer
    own = Behaviour(own_time if timed else None, _outcomes(own_weights, cycle, state) if len(own_weights) % 2 else None)
    at = {pick((*levels, DEPARTMENT), level): own}
    if by_category:
        narrowed = Behaviour(at=at) if by_level else own
        return Behaviour(time, outcomes, category={pick(categories, category): narrowed})
    return Behaviour(time, outcomes, at=at)


def _outcomes(weights: Sequence[int], cycle: Lifecycle, state: str) -> Mapping[str, float]:
    """Return shares of the possible outcomes; the sure one weighs one more than was drawn."""
    first = sure(cycle, state)
    possible = [first, *(trigger for trigger in outcomes_of(cycle, state) if trigger != first)]
    known = [1 + (weights[0] if weights else 0), *(weights[1:] or [1] * (len(possible) - 1))]
    return dict(zip(possible, shares(known, len(possible)), strict=True))
