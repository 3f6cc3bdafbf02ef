"""What is done to a case beside its lifecycle: notes, attachments, extensions, withdrawing from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from govflow.calendar import DAY, Duration
from govflow.casework.acting import Acting, admitted
from govflow.casework.draft import Draft, Work
from govflow.casework.permission import right, who_could
from govflow.casework.saying import keep
from govflow.casework.visibility import may_see
from govflow.errors import Refused, UnknownName, UsageError
from govflow.program import extend as extended
from govflow.program.columns import C_WORKING
from govflow.record import plain

_SHA256 = re.compile(r"[0-9a-f]{64}")


@frozen
class Note:
    """A command: add a note to a case. `behalf` and `version` are those of an `Act`, here as below."""

    case: str
    text: str = field(repr=False)
    by: str
    behalf: str | None = None
    version: int | None = None


@frozen
class Attach:
    """A command: attach a document to a case, by where it lies and the hash of its content."""

    case: str
    reference: str = field(repr=False)
    by: str
    sha256: str
    media: str | None = None
    behalf: str | None = None
    version: int | None = None


@frozen
class Extend:
    """A command: give a running deadline of a case `within` more time."""

    case: str
    deadline: str
    within: str | Duration
    by: str
    reason: str | None = field(default=None, repr=False)
    behalf: str | None = None
    version: int | None = None


@frozen
class Recuse:
    """A command: withdraw from a case. Nobody does so for somebody else."""

    case: str
    by: str
    behalf: None = field(default=None, init=False, repr=False)
    version: int | None = None


Remark: TypeAlias = Note | Attach | Extend | Recuse

WORDS: Mapping[type, str] = {Note: "add a note", Attach: "attach a document", Recuse: "withdraw from it"}
"""What is done by whoever may see a case, in words."""


def remark(draft: Draft, command: Remark) -> Work:
    """Do to a case what a command says, or refuse."""
    work = draft.case(command.case)
    one = admitted(draft, work, command.by, command.behalf)
    if isinstance(command, Extend):
        _extend(draft, work, one, command)
    elif not may_see(work.edition, work.facts, one.actor, one.at):
        fact = f"{command.by} cannot {WORDS[type(command)]}"
        raise Refused(command.case, fact, "who may not see a case adds nothing to it")
    elif isinstance(command, Note):
        _note(draft, work, one, command)
    elif isinstance(command, Attach):
        _attach(draft, work, one, command)
    else:
        _recuse(draft, work, one)
    return work


def _note(draft: Draft, work: Work, one: Acting, command: Note) -> None:
    """Record a note, its text in the vault."""
    body = one.body(work)
    body["texts"] = keep(draft, work, one.actor.person, {"text": plain("the note", command.text)})
    draft.record(work, "note", body, {})


def _attach(draft: Draft, work: Work, one: Acting, command: Attach) -> None:
    """Record that a document belongs to a case: its hash, and in the vault where it lies."""
    if not _SHA256.fullmatch(command.sha256):
        rule = "must be 64 hexadecimal digits in lower case, those of the document's content"
        raise UsageError(f"'sha256' is {command.sha256[:80]!r}: {rule}")
    fields: dict[str, Any] = {"sha256": command.sha256}
    if command.media is not None:
        fields["media"] = plain("'media'", command.media)
    body = one.body(work) | {"fields": fields}
    body["texts"] = keep(draft, work, one.actor.person, {"reference": plain("the reference", command.reference)})
    draft.record(work, "attach", body, {})


def _recuse(draft: Draft, work: Work, one: Acting) -> None:
    """Record that somebody has no part in a case any more."""
    person = one.actor.person
    if person in work.facts.get("recused", ()):
        return
    changed: dict[str, Any] = {"recused": [*work.facts.get("recused", ()), person]}
    if work.facts.get("handler") == person:
        changed["handler"] = None
    draft.record(work, "recuse", one.body(work), changed)


def _extend(draft: Draft, work: Work, one: Acting, command: Extend) -> None:
    """Record that a running deadline was given more time; refused but by the post named, in time, and often enough."""
    case, deadline, within = work.id, command.deadline, command.within
    edition, lifecycle = work.edition, work.position.lifecycle
    cycle = edition.lifecycles[lifecycle]
    if deadline not in cycle.deadlines:
        raise UnknownName("deadline", deadline, cycle.deadlines)
    what, rule = f"cannot extend {deadline!r}", cycle.deadlines[deadline].extend
    if rule is None:
        raise Refused(case, what, "the definition lets nobody extend it")
    mine = right(work, (rule.by,), one.holder)
    if mine is None:
        who = who_could(work, (rule.by,)) if may_see(edition, work.facts, one.holder, one.at) else ()
        raise Refused(case, f"{command.by} {what}", f"only {rule.by} may", who=who)
    clocks = edition.clocks(lifecycle)
    running = [at for at in clocks if edition.deadline(at).name == deadline and _runs(work, at - clocks.start)]
    if not running:
        raise Refused(case, what, "it does not run now, and a deadline is extended before it is due")
    clock = running[0]
    if work.position.clocks[clock - clocks.start].extended >= rule.times:
        raise Refused(case, what, f"it was extended {rule.times} times already, as often as the definition allows")
    length = _length(work, clock, within)
    if not 0 < length <= _length(work, clock, rule.at_most):
        raise UsageError(f"'within' is {within}: {deadline!r} is extended by at most {rule.at_most}, and by something")
    body = one.body(work, mine) | {"fields": {"deadline": deadline, "within": length}}
    if command.reason is not None:
        body["texts"] = keep(draft, work, one.actor.person, {"reason_text": plain("the reason", command.reason)})
    changed = work.stand(extended(edition.program, work.position, clock, within=length, at=one.at))
    draft.record(work, "extend", body, changed)


def _runs(work: Work, local: int) -> bool:
    return work.position.clocks[local].due is not None


def _length(work: Work, clock: int, within: str | Duration) -> int:
    """Return a duration in µs, its days those of the calendar that the clock goes by."""
    program = work.edition.program
    duration = Duration.parse(within) if isinstance(within, str) else within
    calendar = program.calendars[program.places.calendar[work.position.unit]]
    return duration.us(calendar.day if program.rules.clocks[clock][C_WORKING] else DAY)
