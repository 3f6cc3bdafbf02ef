"""A study's figures and a case's story as pages: which tables, in which order, with which labels.

Labels come from the definition, fixed words from ``words``, figures from the summary; nothing is computed here.
A unit is listed only if it took enough cases to say something of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from govflow.cli import figures
from govflow.cli.page import Page, Table
from govflow.cli.words import label, word
from govflow.community import Community
from govflow.organization import OUTSIDE_LEVEL

if TYPE_CHECKING:
    from govflow.simulation import Backlog, Estimate, Group, Load, Story, Summary

BUSIEST = 5
ENOUGH = 100
"""Cases a unit must have taken, in all replications, to be listed among the busiest."""


def summary_page(
    community: Community,
    summary: Summary,
    lang: str,
    *,
    source: str,
    asked: int,
    changes: Sequence[tuple[str, str]] = (),
) -> Page:
    """Return the figures of a study as a page.

    `source` is what the community was called, `asked` how many replications were wanted: fewer are there when
    the run was interrupted.
    """
    return (
        *_heading(community, summary, lang, asked),
        *(word("changed", lang, key=key, value=value) for key, value in changes),
        *(part for name, group in summary.lifecycles.items() for part in _lifecycle(community, name, group, lang)),
        *_backlog(summary.backlog, lang),
        _loads(community, summary.levels, lang),
        *_busiest(community, summary.units, lang),
        *_notes(summary, lang),
        *([word("reported", lang, name=source)] if community.figures else []),
    )


def _heading(community: Community, summary: Summary, lang: str, asked: int) -> Iterator[str]:
    run = summary.heading
    own = label(community.label, lang, community.name)
    days = {key: f"{run[key]:g}" for key in ("days", "warmup", "drain")}
    yield word("heading", lang, label=own, name=community.name, edition=community.edition)
    yield word("window.warmup" if run["warmup"] else "window", lang, start=str(run["start"])[:10], **days)
    yield word("run", lang, replications=run["replications"], seed=run["seed"], cases=figures.count(run["cases"]))
    if run["replications"] < asked:
        yield word("interrupted", lang, done=run["replications"], asked=asked)


def _lifecycle(community: Community, name: str, group: Group, lang: str) -> Iterator[str | Table]:
    lifecycle = community.lifecycles[name]
    counts = {key: figures.count(getattr(group, key)) for key in ("opened", "closed", "open")}
    yield ""
    yield word("cases", lang, label=label(lifecycle.label, lang, name), **counts)
    if group.rates:
        labels = {key: one.label for key, one in lifecycle.metrics.items()}
        yield _shares("rate", "value", group.rates, labels, lang)
    levels = {key: one for key, one in group.levels.items() if one.n and (one.value or key != OUTSIDE_LEVEL)}
    if levels:
        yield _shares("settlement", "share", levels, _level_labels(community, lang), lang)
    if group.times:
        yield _times(community, name, group, lang)


def _shares(
    title: str,
    value: str,
    estimates: Mapping[str, Estimate],
    labels: Mapping[str, Mapping[str, str]],
    lang: str,
) -> Table:
    rows = tuple(
        (label(labels.get(key, {}), lang, key), figures.share(one), figures.share_interval(one), figures.count(one.n))
        for key, one in estimates.items()
    )
    return Table(tuple(word(key, lang) for key in (title, value, "interval", "n")), "lrrr", rows)


def _level_labels(community: Community, lang: str) -> dict[str, Mapping[str, str]]:
    labels: dict[str, Mapping[str, str]] = {level.name: level.label for level in community.plan.levels}
    return {**labels, OUTSIDE_LEVEL: {lang: word("outside", lang)}}


def _times(community: Community, name: str, group: Group, lang: str) -> Table:
    labels = {key: one.label for key, one in community.lifecycles[name].times.items()}
    rows = tuple(
        (
            label(labels.get(key, {}), lang, key),
            figures.time(one.mean, lang),
            figures.time_interval(one.mean, lang),
            *(figures.time(one.percentiles.get(rank), lang) for rank in ("median", "p90", "p99")),
            figures.count(one.mean.n),
            figures.UNKNOWN if one.open_share is None else f"{100 * one.open_share:.1f} %",
        )
        for key, one in group.times.items()
    )
    head = ("time", "mean", "interval", "median", "p90", "p99", "n", "open")
    return Table(tuple(word(key, lang) for key in head), "lrrrrrrr", rows)


def _backlog(backlog: Backlog | None, lang: str) -> Iterator[str | Table]:
    if backlog is None:
        return
    yield ""
    yield word("backlog", lang, n=figures.count(backlog.cases), open=figures.amount(backlog.open))
    shares = tuple((str(day), figures.share(one), figures.share_interval(one)) for day, one in backlog.shares.items())
    if shares:
        yield Table(tuple(word(key, lang) for key in ("by_day", "settled", "interval")), "rrr", shares)
    days = tuple(
        (f"{100 * share:g} %", figures.amount(day), figures.amount_interval(day)) for share, day in backlog.days.items()
    )
    yield Table(tuple(word(key, lang) for key in ("settled", "by_day", "interval")), "rrr", days)


def _loads(community: Community, loads: Mapping[str, Load], lang: str) -> Table:
    labels = _level_labels(community, lang)
    rows = tuple(
        (
            label(labels.get(key, {}), lang, key),
            figures.count(one.units),
            figures.count(one.handlers),
            figures.share(one.utilisation),
            figures.share_interval(one.utilisation),
            figures.amount(one.waiting),
            figures.amount_interval(one.waiting),
            figures.amount(one.waiting_at_end),
        )
        for key, one in loads.items()
        if one.handlers
    )
    head = ("load", "units", "handlers", "utilisation", "interval", "waiting", "interval", "waiting_at_end")
    return Table(tuple(word(key, lang) for key in head), "lrrrrrrr", rows)


def _busiest(community: Community, units: Mapping[str, Load], lang: str) -> Iterator[str | Table]:
    enough = {key: one for key, one in units.items() if one.taken >= ENOUGH and one.utilisation.value is not None}
    if not enough:
        yield word("too_few" if units else "too_many", lang, n=ENOUGH)
        return
    first = sorted(enough.items(), key=lambda item: (-(item[1].utilisation.value or 0.0), item[0]))[:BUSIEST]
    rows = tuple(
        (
            key,
            community.organization.label(key, lang),
            figures.share(one.utilisation),
            figures.share_interval(one.utilisation),
            figures.amount(one.waiting),
            figures.count(one.taken),
        )
        for key, one in first
    )
    head = ("busiest", "name", "utilisation", "interval", "waiting", "taken")
    yield Table(tuple(word(key, lang) for key in head), "llrrrr", rows)


def _notes(summary: Summary, lang: str) -> Iterator[str]:
    run = summary.heading
    yield word("intervals.many" if run["replications"] > 1 else "intervals.one", lang, n=run["replications"])
    times = [times for group in summary.lifecycles.values() for times in group.times.values()]
    if any(one is None for own in times for one in own.percentiles.values()):
        yield word("unknown", lang)
    if run["provisional"]:
        yield word("provisional", lang)
    yield word("assumed", lang)


def story_page(community: Community, story: Story, lang: str, *, replication: int) -> Page:
    """Return the story of a case as a page, everything by its label."""
    lifecycle = community.lifecycles[story.lifecycle]
    events = {way.trigger: label(way.label, lang, way.trigger) for way in reversed(lifecycle.transitions)}
    events |= {"open": word("opened", lang), "overdue": word("overdue", lang), "initial": word("initial", lang)}
    deadlines = {name: label(one.label, lang, name) for name, one in lifecycle.deadlines.items()}
    states = {name: label(one.label, lang, name) for name, one in lifecycle.states.items()}
    rows = tuple(
        (
            line.at.replace("T", " "),
            events.get(line.event, line.event),
            deadlines.get(line.deadline, line.deadline),
            states.get(line.state, line.state),
            line.unit,
        )
        for line in story.lines
    )
    category, channel = community.categories[story.category].label, community.channels.get(story.channel, {})
    head = word(
        "story",
        lang,
        case=story.case,
        replication=replication,
        lifecycle=label(lifecycle.label, lang, story.lifecycle),
        category=label(category, lang, story.category),
        channel=label(channel, lang, story.channel),
    )
    table = Table(tuple(word(key, lang) for key in ("at", "event", "deadline", "state", "unit")), "lllll", rows)
    return (head, table)
