"""Opening a case: where it comes in, for whom, and with what first clocks.

The intake of the definition says at which level a case opens by channel and category; the household's contact unit, or
the unit given, is its home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from govflow.casework.directory import TOKEN, Actor
from govflow.casework.draft import Draft, Work, new_work
from govflow.casework.editions import Edition
from govflow.casework.limits import field_limits
from govflow.casework.permission import right, who_could
from govflow.casework.saying import keep, listen
from govflow.errors import Refused, UnknownName, UsageError
from govflow.organization.walks import climb
from govflow.program import open_position, to_facts
from govflow.program.columns import NONE
from govflow.record import plain


def without_words(fields: Mapping[str, Any]) -> str:
    """Return which fields were said, without any text: no erasing reaches a log or a key (rule C4)."""
    shown = (name if isinstance(value, str) else f"{name}={value!r}" for name, value in sorted(fields.items()))
    return f"<{', '.join(shown)}>"


@frozen
class Open:
    """A command: open a case. Either `household` or `unit` says whose matter it is; see `Desk.open` for the rest."""

    lifecycle: str
    by: str | None = None
    category: str | None = None
    channel: str | None = None
    household: str | None = None
    unit: str | None = None
    severity: int | None = None
    reporter: str | None = None
    subject: str | None = None
    about: str | None = None
    fields: Mapping[str, Any] = field(factory=dict, repr=without_words)


def open_case(
    draft: Draft, edition: Edition, command: Open, *, case: str, tokens: Callable[[], str], parent: str | None = None
) -> tuple[Work, str | None]:
    """Open a case with the id `case`, or refuse; return it, and the token where nobody gave a name.

    `parent` is the case that raises it.
    """
    plain("the id of the case", case)
    token = tokens() if command.by is None else None
    at = draft.now if parent is None else max(draft.now, draft.case(parent).facts["touched"])
    lifecycle = edition.lifecycle(command.lifecycle)
    cycle = edition.lifecycles[lifecycle]
    category, channel = _names(edition, command)
    home = _home(edition, command)
    actor = edition.roster.actor(f"{TOKEN}{token}" if command.by is None else command.by)
    said = listen(edition, lifecycle, f"opening a {cycle.name}", command.fields, needs=cycle.needs, takes=cycle.takes)
    unit = _beside(edition, _intake(edition, command, home), command.about)
    position = open_position(
        edition.program,
        lifecycle,
        unit,
        home,
        category=category,
        channel=channel,
        severity=_severity(edition, command),
        at=at,
        limits=field_limits(edition, lifecycle, unit, said.fields, at),
        counters={
            index: said.amounts[name]
            for index, name in enumerate(cycle.counters)
            if cycle.counters[name].given and name in said.amounts
        },
    )
    work = new_work(case, edition, position)
    draft.works[case] = work
    body = {"at": at, "by": actor.id, "unit": edition.roster.organization.ids[unit]}
    facts = to_facts(edition.program, position) | _people(
        edition, command if parent else _vetted(edition, command), actor
    )
    facts |= {"opened": at, "entered": at, "edition": edition.key}
    if parent is not None:
        facts["parent"] = parent
    work.facts.update(facts)
    _permit(work, cycle.opened_by, actor, command)
    _concern(work, cycle.subject, command)
    if said.fields:
        body["fields"] = dict(said.fields)
    if said.texts:
        body["texts"] = keep(draft, work, actor.person, said.texts)
    draft.record(work, "open", body, facts)
    return work, token


def _permit(work: Work, words: tuple[str, ...], actor: Actor, command: Open) -> None:
    if not words:
        return
    mine = right(work, words, actor)
    if mine is None:
        raise Refused(
            command.lifecycle,
            f"{actor.id} cannot open one at {work.facts['unit']}",
            f"only {' or '.join(words)} may",
            who=who_could(work, words),
        )


def _concern(work: Work, words: tuple[str, ...], command: Open) -> None:
    """Refuse a case about somebody whom such a case may not concern: service is evaluated, no resident is (C6)."""
    if words and command.subject is None:
        raise UsageError(f"opening a {command.lifecycle} needs 'subject': say whom it concerns")
    if words and right(work, words, work.edition.roster.actor(command.subject or "")) is None:
        rule = f"it concerns only {' or '.join(words)}"
        raise Refused(command.lifecycle, f"cannot concern {command.subject}", rule, who=who_could(work, words))


def _vetted(edition: Edition, command: Open) -> Open:
    """Return an opening with the person behind its reporter; an error where there is no such post, or nobody named."""
    if command.subject is not None:
        edition.roster.actor(command.subject)
    return (
        command if command.reporter is None else evolve(command, reporter=edition.roster.actor(command.reporter).person)
    )


def _people(edition: Edition, command: Open, actor: Actor) -> dict[str, Any]:
    """Return who has a part in the case from the start; whom it is about by themselves, also if their post is named."""
    named = {
        "household": command.household,
        "reporter": actor.person if command.reporter is None else command.reporter,
        "subject": command.subject,
        "about": None if command.about is None else _complained_of(edition, command.about).person,
    }
    return {key: plain(f"{key!r}", value) for key, value in named.items() if value is not None}


def _complained_of(edition: Edition, about: str) -> Actor:
    """Return whom a complaint is about; UsageError where that is a unit of the hierarchy, for none can step back."""
    if edition.roster.is_unit(about):
        posts = ", ".join(edition.roster.handlers(edition.roster.organization.index(about))[:4]) or "nobody"
        raise UsageError(f"'about' is {about}: it names a person or a post, not a unit; who handles there: {posts}")
    return edition.roster.actor(about)


def _names(edition: Edition, command: Open) -> tuple[int, int]:
    """Return the category's and the channel's index, NONE where none is given."""
    names = edition.program.names
    found = []
    for kind, name, known in (
        ("category", command.category, names.categories),
        ("channel", command.channel, names.channels),
    ):
        if name is not None and name not in known:
            raise UnknownName(kind, name, known)
        found.append(NONE if name is None else known.index(name))
    return found[0], found[1]


def _home(edition: Edition, command: Open) -> int:
    organization = edition.roster.organization
    if command.unit is not None:
        return organization.index(command.unit)
    if command.household is None:
        return organization.index(f"{organization.level_names[0]}/{organization.plan.top}")
    return organization.index(edition.roster.contact(command.household))


def _intake(edition: Edition, command: Open, home: int) -> int:
    """Return the unit at which the case comes in: home's ancestor or itself at the level that the intake maps."""
    organization = edition.roster.organization
    intake = edition.program.community.intake.get(command.lifecycle)
    if intake is None or home >= organization.size:
        return home
    if command.channel is None:
        raise UsageError(
            f"opening a {command.lifecycle} needs 'channel': it says where a case comes in; "
            f"known: {', '.join(sorted(intake.channel))}"
        )
    try:
        level = intake.level(command.channel, command.category or "")
    except KeyError:
        raise UnknownName(f"channel of the intake of {command.lifecycle}", command.channel, intake.channel) from None
    return climb(organization.superior, organization.level, home, organization.level_names.index(level))


def _beside(edition: Edition, unit: int, about: str | None) -> int:
    """Return the unit, or the nearest above it where the person whom a complaint is about handles nothing (L6)."""
    if about is None:
        return unit
    roster = edition.roster
    theirs = {standing.unit for standing in roster.actor(about).standings if standing.handles}
    for here in (unit, *roster.above(unit)):
        if here not in theirs:
            return here
    return unit


def _severity(edition: Edition, command: Open) -> int:
    """Return how urgent a case is at its opening: as given, else as its category says."""
    if command.severity is not None:
        return severity_of(command.severity)
    categories = edition.program.community.categories
    return categories[command.category].severity if command.category is not None else 3


def severity_of(severity: int) -> int:
    """Return a severity that is one; UsageError where it is none."""
    if type(severity) is not int or not 1 <= severity <= 4:
        raise UsageError(f"severity is {severity!r}: must be 1 (urgent), 2, 3 or 4")
    return severity
