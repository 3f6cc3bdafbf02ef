"""A strategy of guards: conditions over a lifecycle's own words, as the text that a definition holds.

A sketch is drawn and read with the words there are; so lifecycles can draw their guards before they know their own
states. What the words mean is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen
from hypothesis import strategies as st

from govflow.lifecycle import DEPARTMENT, Lifecycle, guard
from govflow.testing.sketch import Sketch, numbers, reading

ORDER: tuple[guard.Operator, ...] = ("<", "<=", ">", ">=", "==", "!=")
SIZE = 24
DEEPEST = 2


@frozen
class Words:
    """What guards may speak of; `texts` are the names that each text fact is compared with."""

    counters: Sequence[str] = ()
    states: Sequence[str] = ()
    texts: Mapping[str, Sequence[str]] = field(factory=dict)

    def facts(self) -> list[guard.Name | guard.Entries | guard.Tied]:
        """Return the facts that a condition can be about, the plainest first."""
        plain = ("has_superior", "has_department", "severity", *self.counters)
        known = (fact for fact, names in self.texts.items() if names)
        named = map(guard.Name, (*plain, *known))
        return [*named, *map(guard.Entries, self.states), *map(guard.Tied, guard.TIES)]


def guards(
    lifecycle: Lifecycle | None = None,
    *,
    levels: Sequence[str] = ("committee", "host"),
    categories: Sequence[str] = ("parking", "noise"),
    channels: Sequence[str] = ("doorstep", "telephone"),
    counters: Sequence[str] = (),
    states: Sequence[str] = (),
) -> st.SearchStrategy[str]:
    """Return guards as text, over the facts that every case has and these names.

    `counters` and `states` are those of `lifecycle` where one is given. ``children_open`` is left out: the
    simulation takes children as absent (rule L2), so a desk would not agree with it.

    >>> from hypothesis import find
    >>> find(guards(counters=["reopened"]), lambda text: "reopened" in text)
    'reopened < 0'
    """
    if lifecycle is not None:
        counters, states = tuple(lifecycle.counters), tuple(lifecycle.states)
    words = Words(tuple(counters), tuple(states), texts(levels, categories, channels))
    return reading(lambda drawn: read_guard(drawn, words), numbers(SIZE))


def texts(levels: Sequence[str], categories: Sequence[str], channels: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the names that each text fact may be compared with."""
    return {"level": (*levels, DEPARTMENT), "category": tuple(categories), "channel": tuple(channels)}


def read_guard(drawn: bytes, words: Words) -> str:
    """Return the guard that a sketch stands for in these words."""
    return guard.text(_tree(Sketch(drawn), words, 0))


def _tree(sketch: Sketch, words: Words, depth: int) -> guard.Guard:
    joint = sketch.number(7) if depth < DEEPEST else 0
    if joint < 4:
        return _condition(sketch, words)
    if joint == 4:
        return guard.Not(_tree(sketch, words, depth + 1))
    parts = tuple(_tree(sketch, words, depth + 1) for _ in range(2 + sketch.number(2)))
    return guard.And(parts) if joint == 5 else guard.Or(parts)


def _condition(sketch: Sketch, words: Words) -> guard.Guard:
    fact = sketch.pick(words.facts())
    if isinstance(fact, guard.Tied):
        return fact
    if isinstance(fact, guard.Entries) or guard.kind(fact) == "number":
        return _number(fact, sketch, words)
    return _text(fact, sketch, words) if guard.kind(fact) == "text" else fact


def _number(fact: guard.Name | guard.Entries, sketch: Sketch, words: Words) -> guard.Guard:
    form, order = sketch.number(5), sketch.pick(ORDER)
    if form == 4:
        return guard.In(fact, tuple(guard.Const(sketch.number(5)) for _ in range(1 + sketch.number(3))))
    if form == 3:
        return guard.Compare(fact, order, guard.Name(sketch.pick(["severity", *words.counters])))
    constant = guard.Const(sketch.number(5))
    return guard.Compare(constant, order, fact) if form == 2 else guard.Compare(fact, order, constant)


def _text(fact: guard.Name, sketch: Sketch, words: Words) -> guard.Guard:
    names = words.texts[fact.name]
    if sketch.number(3) == 2:
        return guard.In(fact, tuple(guard.Const(name) for name in sketch.some(names, 3, 1)))
    return guard.Compare(fact, sketch.pick(ORDER[-2:]), guard.Const(sketch.pick(names)))
