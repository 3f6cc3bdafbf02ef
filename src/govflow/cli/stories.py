"""The command that tells what a community's report tells, on a desk: story.

Each figure reached stands beside the one reported, and beside what of it the story was given. The status is 1 where one
is not met or the record is not whole.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from govflow.cli.figures import count, plain_number
from govflow.cli.page import Answer, Table
from govflow.cli.words import label, word
from govflow.community import load
from govflow.stories import Chapter, Story, tell


def story(given: Namespace) -> Answer:
    """Tell the story of a community from its definition and a seed."""
    told = tell(load(given.community), seed=given.seed)
    status = 0 if told.met else 1
    if given.json:
        return Answer(told.to_data(), status)
    return Answer((*_parts(told, given.lang), *_end(told, given.lang)), status)


def _parts(told: Story, lang: str) -> Iterator[str | Table]:
    yield label(told.label, lang, told.community)
    for chapter in told.chapters:
        yield ""
        yield label(chapter.label, lang, chapter.name)
        yield from (label(words, lang, "") for words in chapter.told)
        if chapter.figures:
            yield _figures(chapter, lang)


def _figures(chapter: Chapter, lang: str) -> Table:
    rows = tuple(
        (
            label(one.figure.label, lang, one.figure.name),
            "" if one.given is None else plain_number(one.given),
            "" if one.value is None else plain_number(one.value),
            word(one.figure.bound, lang, n=plain_number(one.figure.value)),
            "" if one.met is None else word("met" if one.met else "not_met", lang),
        )
        for one in chapter.figures
    )
    head = (*(word(key, lang) for key in ("figure", "given", "reached", "said")), "")
    return Table(head, "lrrrl", rows)


def _end(told: Story, lang: str) -> Iterator[str]:
    outcomes = [one.met for one in told.reached.values() if one.met is not None]
    yield ""
    yield word("figures_met", lang, met=sum(outcomes), all=len(outcomes), given=len(told.reached) - len(outcomes))
    record = "record_whole" if told.audit.ok else "record_broken"
    yield word(record, lang, events=count(told.audit.events), cases=count(told.audit.cases))
