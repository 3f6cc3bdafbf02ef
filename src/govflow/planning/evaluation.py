"""Evaluation (三级评价): service given, in the words of three levels weighed together; never residents (rule C6).

Pure functions of marks. What is weighed how much is data with a source. Results stand in order of name, and there is no
function that puts them in another: an evaluation is told to whom it is about, a table of ranks to nobody. Marks come
from the desk by ``planning.recognition``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

from attrs import Factory, field, frozen

from govflow.errors import UnknownName, UsageError
from govflow.planning.checks import Name, Natural, checked
from govflow.program import Estimate, wilson
from govflow.program.counting import FEWEST

LEVELS = ("own", "group", "committee")
"""Who speaks, in this order: those who gave the service themselves, their group, the committee."""


def gives_service(who: str) -> bool:
    """Say whether an id is that of a member, a post or a unit; residents and households never are.

    >>> [gives_service(one) for one in ("member:example-1", "partner/school", "branch/3#1", "resident:example-1")]
    [True, True, True, False]
    """
    kind, slash, _ = who.partition("/")
    return who.startswith("member:") or bool(slash and kind and ":" not in kind and kind != "household")


def _giver(_: object, __: object, who: str) -> None:
    if not gives_service(who):
        rule = "residents and households are never evaluated (C6); name a member, a post or a unit"
        raise UsageError(f"to evaluate {who!r}: {rule}")


@checked
@frozen
class Scale:
    """How marks are weighed: what each is worth, best first, how much each level counts, and who says so.

    >>> Scale().weights["committee"]
    1
    """

    marks: Mapping[str, int] = Factory(lambda: {"excellent": 3, "good": 2, "fair": 1})
    weights: Mapping[str, Natural] = Factory(lambda: dict.fromkeys(LEVELS, 1))
    source: str = "assumption"

    def __attrs_post_init__(self) -> None:
        for level in self.weights:
            if level not in LEVELS:
                raise UnknownName("level of evaluation", level, LEVELS)
        if not any(self.weights.values()):
            raise UsageError(f"weights {dict(self.weights)}: no level counts; give one at least a weight above 0")
        if not self.marks or list(self.marks.values()) != sorted({*self.marks.values()}, reverse=True):
            raise UsageError(f"marks {dict(self.marks)}: name at least one, best first, no two worth the same")


@checked
@frozen
class Evaluation:
    """The marks of one who gave service at a `unit`, by level; a level that has not spoken is left out."""

    who: str = field(validator=_giver)
    unit: Name
    marks: Mapping[str, str]


@checked
@frozen
class Weighed:
    """An evaluation weighed: the exact mean of what its marks are worth, and the mark that this comes nearest to.

    Where no level that counts has spoken both are None.
    """

    who: Name
    unit: Name
    value: Fraction | None
    mark: str | None


@checked
def weigh(evaluations: Iterable[Evaluation], scale: Scale | None = None) -> tuple[Weighed, ...]:
    """Return each evaluation weighed, in order of name; nobody's result depends on anybody else's.

    The levels that have spoken share the weight among them in their own proportions, so silence is no bad mark. Half
    way between two marks is the better one. UnknownName for a mark or a level that the scale does not have.

    >>> marks = {"own": "good", "group": "excellent", "committee": "excellent"}
    >>> weigh([Evaluation("member:example-1", "group/1-1", marks)])[0].mark
    'excellent'
    """
    scale = scale or Scale()
    found = []
    for one in sorted(evaluations, key=lambda one: (one.who, one.unit)):
        value = _value(one.marks, scale)
        found.append(Weighed(one.who, one.unit, value, None if value is None else _nearest(value, scale)))
    return tuple(found)


def _value(marks: Mapping[str, str], scale: Scale) -> Fraction | None:
    total = weight = 0
    for level, mark in marks.items():
        if level not in LEVELS:
            raise UnknownName("level of evaluation", level, LEVELS)
        if mark not in scale.marks:
            raise UnknownName("mark", mark, scale.marks)
        total += scale.weights.get(level, 0) * scale.marks[mark]
        weight += scale.weights.get(level, 0)
    return Fraction(total, weight) if weight else None


def _nearest(value: Fraction, scale: Scale) -> str:
    return min(scale.marks, key=lambda mark: (abs(scale.marks[mark] - value), -scale.marks[mark]))


@checked
def mark_rates(weighed: Iterable[Weighed], scale: Scale | None = None) -> dict[str, dict[str, Estimate] | None]:
    """Return for each unit the share of each mark, with n and Wilson's interval; None for a unit of fewer than 5.

    That is five people, however often each was evaluated. Units stand in order of name, and a rate of 1 in 2 is beside
    no rate of 50 in 100.

    >>> some = weigh(Evaluation(f"member:example-{n}", "group/1-1", {"group": "good"}) for n in range(8))
    >>> rates = mark_rates([*some, Weighed("member:example-9", "group/1-2", None, "fair")])
    >>> rates["group/1-1"]["good"].n, rates["group/1-2"]
    (8, None)
    """
    scale = scale or Scale()
    counts: dict[str, Counter[str]] = {}
    people: dict[str, set[str]] = {}
    for one in weighed:
        counts.setdefault(one.unit, Counter()).update([] if one.mark is None else [one.mark])
        people.setdefault(one.unit, set()).update([] if one.mark is None else [one.who])
    return {
        unit: {m: wilson(count[m], count.total()) for m in scale.marks} if len(people[unit]) >= FEWEST else None
        for unit, count in sorted(counts.items())
    }
