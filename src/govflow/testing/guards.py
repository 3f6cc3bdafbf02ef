"""A strategy of guards: conditions over a lifecycle's own words, as the text that a definition holds.

A sketch is drawn, numbers in the shape of a tree, and read with the words there are; so lifecycles can draw their
guards before they know their own states. What the words mean is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from attrs import field, frozen
from hypothesis import strategies as st

from govflow.lifecycle import DEPARTMENT, Lifecycle, guard
from govflow.testing.sketch import PICK, pick

ORDER: tuple[guard.Operator, ...] = ("<", "<=", ">", ">=", "==", "!=")


@frozen
class Words:
    """What guards may speak of; `texts` are the names that each text fact is compared with."""

    counters: Sequence[str] = ()
    states: Sequence[str] = ()
    texts: Mapping[str, Sequence[str]] = field(factory=dict)

    def facts(self) -> list[guard.Name | guard.Entries | guard.Tied]:
        """Return the facts that a condition can be about, those that are yes or no first."""
        numbers = (guard.Name("severity"), *map(guard.Name, self.counters), *map(guard.Entries, self.states))
        known = map(guard.Name, (fact for fact, names in self.texts.items() if names))
        return [guard.Name("has_superior"), guard.Name("has_department"), *numbers, *known, *map(guard.Tied, guard.TIES)]


@frozen
class Sketch:
    """A guard in numbers: one condition (which fact, in which form, compared with what), or parts that are joined."""

    joint: Literal["", "not", "and", "or"] = ""
    parts: Sequence[Sketch] = ()
    fact: int = 0
    form: int = 0
    values: Sequence[int] = (0,)


_LEAF = st.builds(Sketch, fact=PICK, form=PICK, values=st.lists(st.integers(0, 4), min_size=1, max_size=3))


def _joined(parts: st.SearchStrategy[Sketch]) -> st.SearchStrategy[Sketch]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.builds(Sketch, st.just("not"), st.tuples(parts)) | st.builds(
        Sketch, st.sampled_from(["and", "or"]), several
    )


SKETCHES: st.SearchStrategy[Sketch] = st.recursive(_LEAF, _joined, max_leaves=4)


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
    simulation takes children as absent (DESIGN L2), so a desk would not agree with it.

    >>> from hypothesis import find
    >>> find(guards(counters=["reopened"]), lambda text: "reopened" in text)
    'reopened < 0'
    """
    if lifecycle is not None:
        counters, states = tuple(lifecycle.counters), tuple(lifecycle.states)
    words = Words(tuple(counters), tuple(states), texts(levels, categories, channels))
    return SKETCHES.map(lambda sketch: guard.text(read_guard(sketch, words)))


def texts(levels: Sequence[str], categories: Sequence[str], channels: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the names that each text fact may be compared with."""
    return {"level": (*levels, DEPARTMENT), "category": tuple(categories), "channel": tuple(channels)}


def read_guard(sketch: Sketch, words: Words) -> guard.Guard:
    """Return the guard that a sketch stands for in these words."""
    parts = tuple(read_guard(part, words) for part in sketch.parts)
    match sketch.joint:
        case "not":
            return guard.Not(parts[0])
        case "and":
            return guard.And(parts)
        case "or":
            return guard.Or(parts)
    fact = pick(words.facts(), sketch.fact)
    if isinstance(fact, guard.Tied) or guard.kind(fact) == "yes or no":
        assert not isinstance(fact, guard.Entries)
        return fact
    return _number(fact, sketch, words) if guard.kind(fact) == "number" else _text(fact, sketch, words)


def _number(fact: guard.Name | guard.Entries, sketch: Sketch, words: Words) -> guard.Guard:
    constants = tuple(guard.Const(value) for value in sketch.values)
    order = pick(ORDER, sketch.form)
    match sketch.form // len(ORDER) % 5:
        case 3:
            return guard.Compare(constants[0], order, fact)
        case 4:
            return guard.In(fact, constants)
        case 2:
            other = pick(["severity", *words.counters], sketch.values[0])
            return guard.Compare(fact, order, guard.Name(other))
        case _:
            return guard.Compare(fact, order, constants[0])


def _text(fact: guard.Name | guard.Entries, sketch: Sketch, words: Words) -> guard.Guard:
    assert isinstance(fact, guard.Name)
    constants = tuple(guard.Const(pick(words.texts[fact.name], value)) for value in sketch.values)
    if len(constants) > 1:
        return guard.In(fact, constants)
    return guard.Compare(fact, pick(ORDER[-2:], sketch.form), constants[0])
