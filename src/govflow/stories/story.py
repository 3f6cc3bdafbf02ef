"""What a story is when it has been told: chapters, and in each the figures reached beside those reported.

A figure that the story was given (how many people bring something, how many items are asked for) is told as given, and
nobody takes credit for it; what came of it is told as *so many of those given*.

Frozen values. How one is told stands in ``stage`` (time and luck) and ``crew`` (people); the five stories are modules
named after their community.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import frozen

from govflow.casework import Audit
from govflow.community import Bound, Figure

CLOSE = 0.1
"""*About* so many is met within this share of the reported, *nearly* so many within it from below."""

BOUNDS: Mapping[Bound, Callable[[float, float], bool]] = MappingProxyType(
    {
        "exact": lambda value, reported: value == reported,
        "at_least": lambda value, reported: value >= reported,
        "at_most": lambda value, reported: value <= reported,
        "about": lambda value, reported: abs(value - reported) <= CLOSE * reported,
        "nearly": lambda value, reported: 0 <= reported - value <= CLOSE * reported,
    }
)
"""When a value is what a report says, by the figure's bound."""

Words = Mapping[str, str]
"""A sentence by language, ``{"en": …, "zh": …}``."""

_SAID: Mapping[str, Mapping[Bound, str]] = {
    "en": {"exact": "", "at_least": "at least ", "at_most": "at most ", "about": "about ", "nearly": "nearly "},
    "zh": {"exact": "", "at_least": "至少 ", "at_most": "至多 ", "about": "约 ", "nearly": "近 "},
}
_ROWS = {
    "en": ("{value}", "{value} of the {given} given", "{given}, given", "  {label}: {row} (reported: {reported})"),
    "zh": ("{value}", "所给 {given} 中的 {value}", "{given}（所给）", "  {label}：{row}（报道：{reported}）"),
}
"""A figure that was reached, one reached out of what was given, one that was only given; and the line of each."""

_END = {
    "en": "All figures met that were not only given, and the record of {:,} events whole: {}",
    "zh": "给定之外的各项数字相符，且 {:,} 条记录完整：{}",
}


@frozen
class Reached:
    """A figure as a story reached it, beside the one that the report gives.

    `given` is what the story, or the definition, was given of it: where there is no `value` besides, the figure is an
    input and nothing that was reached; else the value came out of so many and can be no more.

    >>> Reached(Figure("visits", 42), 42).met, Reached(Figure("books", 1000, "nearly"), 1010).met
    (True, False)
    >>> Reached(Figure("demands", 129), given=129).met is None
    True
    """

    figure: Figure
    value: float | None = None
    given: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the value is what the report says, as its bound reads it; None where it was only given."""
        return None if self.value is None else BOUNDS[self.figure.bound](self.value, self.figure.value)


@frozen
class Chapter:
    """One part of a story: what it is called, what happened, and the figures that came of it."""

    name: str
    label: Words
    told: tuple[Words, ...] = ()
    figures: tuple[Reached, ...] = ()


@frozen
class Story:
    """A whole story: its chapters in order, and what the audit says of the desk's record at the end."""

    community: str
    label: Words
    seed: int
    chapters: tuple[Chapter, ...]
    audit: Audit

    @property
    def reached(self) -> Mapping[str, Reached]:
        """Every figure of the story by name."""
        return {one.figure.name: one for chapter in self.chapters for one in chapter.figures}

    @property
    def met(self) -> bool:
        """Whether every figure that was not only given is met, and the record is whole."""
        return self.audit.ok and all(one.met is not False for one in self.reached.values())

    def to_text(self, lang: str = "en") -> str:
        """Return the story to be read, in ``en`` or ``zh``: its chapters, and each figure beside the one reported."""
        lines = [line for chapter in self.chapters for line in _lines(chapter, lang)]
        return "\n".join((*lines, _END[lang].format(self.audit.events, self.met)))

    def to_data(self) -> dict[str, Any]:
        """Return the story as plain data."""
        return {
            "community": self.community,
            "label": dict(self.label),
            "seed": self.seed,
            "chapters": [_chapter(chapter) for chapter in self.chapters],
            "cases": self.audit.cases,
            "events": self.audit.events,
            "record_whole": self.audit.ok,
            "met": self.met,
        }


def _lines(chapter: Chapter, lang: str) -> Iterator[str]:
    yield chapter.label[lang]
    yield from (f"  {words[lang]}" for words in chapter.told)
    for one in chapter.figures:
        yield _row(one, lang)


def _row(one: Reached, lang: str) -> str:
    alone, out_of, given, line = _ROWS[lang]
    form = given if one.value is None else alone if one.given is None else out_of
    row = form.format(value=_number(one.value), given=_number(one.given))
    reported = f"{_SAID[lang][one.figure.bound]}{_number(one.figure.value)}"
    return line.format(label=one.figure.label[lang], row=row, reported=reported)


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _chapter(chapter: Chapter) -> dict[str, Any]:
    figures = [
        {
            "name": one.figure.name,
            "label": dict(one.figure.label),
            "given": one.given,
            "reached": one.value,
            "reported": one.figure.value,
            "bound": one.figure.bound,
            "met": one.met,
        }
        for one in chapter.figures
    ]
    return {
        "name": chapter.name,
        "label": dict(chapter.label),
        "told": [dict(words) for words in chapter.told],
        "figures": figures,
    }
