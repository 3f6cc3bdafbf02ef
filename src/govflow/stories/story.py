"""What a story is when it has been told: chapters, and in each the figures reached beside those reported.

Frozen values. How one is told stands in ``stage`` (time and luck) and ``crew`` (people); the five stories are modules
named after their community.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from govflow.casework import Audit
from govflow.community import Figure

ABOUT = 0.1
"""A figure that a report gives as *about* so many is met within this share of it."""

Words = Mapping[str, str]
"""A sentence by language, ``{"en": …, "zh": …}``."""

_REACHED = {
    "en": ("  {}: {:,.0f} (reported: {}{:,.0f})", {"exact": "", "at_least": "at least ", "about": "about "}),
    "zh": ("  {}：{:,.0f}（报道：{}{:,.0f}）", {"exact": "", "at_least": "至少 ", "about": "约 "}),
}
_END = {
    "en": "All figures met, and the record of {:,} events whole: {}",
    "zh": "各项数字相符，且 {:,} 条记录完整：{}",
}


@frozen
class Reached:
    """A figure as a story reached it, beside the one that the report gives.

    >>> Reached(Figure("visits", 42), 42).met, Reached(Figure("books", 1000, "about"), 890).met
    (True, False)
    """

    figure: Figure
    value: float

    @property
    def met(self) -> bool:
        """Whether it is what the report says: exactly, at least, or within a tenth where it says about."""
        if self.figure.bound == "at_least":
            return self.value >= self.figure.value
        if self.figure.bound == "about":
            return abs(self.value - self.figure.value) <= ABOUT * self.figure.value
        return self.value == self.figure.value


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
        """Whether every figure is met and the record is whole."""
        return self.audit.ok and all(one.met for one in self.reached.values())

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
    form, bounds = _REACHED[lang]
    for one in chapter.figures:
        figure = one.figure
        yield form.format(figure.label[lang], one.value, bounds[figure.bound], figure.value)


def _chapter(chapter: Chapter) -> dict[str, Any]:
    figures = [
        {
            "name": one.figure.name,
            "label": dict(one.figure.label),
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
