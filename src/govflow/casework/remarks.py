"""What is done to a case beside its lifecycle: notes, attachments, extensions, withdrawing from it."""

from __future__ import annotations

import re
from typing import Any

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


def _seen(draft: Draft, case: str, by: str, what: str, behalf: str | None = None) -> tuple[Work, Acting]:
    """Return a case and who acts on it; refused where they may not see it."""
    work = draft.case(case)
    one = admitted(draft, work, by, behalf)
    if not may_see(work.edition, work.facts, one.actor, one.at):
        raise Refused(case, f"{by} cannot {what}", "who may not see a case adds nothing to it")
    return work, one


def note(draft: Draft, case: str, text: str, by: str, behalf: str | None) -> Work:
    """Record a note, its text in the vault."""
    work, one = _seen(draft, case, by, "add a note", behalf)
    body = one.body(work)
    body["texts"] = keep(draft, work, one.actor.person, {"text": plain("the note", text)})
    draft.record(work, "note", body, {})
    return work


def attach(draft: Draft, case: str, reference: str, by: str, sha256: str, media: str | None) -> Work:
    """Record that a document belongs to a case: its hash, and in the vault where it lies."""
    if not _SHA256.fullmatch(sha256):
        raise UsageError(f"'sha256' is {sha256[:80]!r}: must be 64 hexadecimal digits, those of the document's content")
    work, one = _seen(draft, case, by, "attach a document")
    fields: dict[str, Any] = {"sha256": sha256}
    if media is not None:
        fields["media"] = plain("'media'", media)
    body = one.body(work) | {"fields": fields}
    body["texts"] = keep(draft, work, one.actor.person, {"reference": plain("the reference", reference)})
    draft.record(work, "attach", body, {})
    return work


def recuse(draft: Draft, case: str, by: str) -> Work:
    """Record that somebody has no part in a case any more."""
    work, one = _seen(draft, case, by, "withdraw from it")
    person = one.actor.person
    if person in work.facts.get("recused", ()):
        return work
    changed: dict[str, Any] = {"recused": [*work.facts.get("recused", ()), person]}
    if work.facts.get("handler") == person:
        changed["handler"] = None
    draft.record(work, "recuse", one.body(work), changed)
    return work


def extend(draft: Draft, case: str, deadline: str, within: str | Duration, by: str, reason: str | None) -> Work:
    """Record that a running deadline was given more time; refused but by the post named, in time, and often enough."""
    work = draft.case(case)
    one = admitted(draft, work, by)
    edition, lifecycle = work.edition, work.position.lifecycle
    cycle = edition.lifecycles[lifecycle]
    if deadline not in cycle.deadlines:
        raise UnknownName("deadline", deadline, cycle.deadlines)
    what, rule = f"cannot extend {deadline!r}", cycle.deadlines[deadline].extend
    if rule is None:
        raise Refused(case, what, "the definition lets nobody extend it")
    mine = right(work, (rule.by,), one.holder)
    if mine is None:
        raise Refused(case, f"{by} {what}", f"only {rule.by} may", who=who_could(work, (rule.by,)))
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
    if reason is not None:
        body["texts"] = keep(draft, work, one.actor.person, {"reason_text": plain("the reason", reason)})
    changed = work.stand(extended(edition.program, work.position, clock, within=length, at=one.at))
    draft.record(work, "extend", body, changed)
    return work


def _runs(work: Work, local: int) -> bool:
    return work.position.clocks[local].due is not None


def _length(work: Work, clock: int, within: str | Duration) -> int:
    """Return a duration in µs, its days those of the calendar that the clock goes by."""
    program = work.edition.program
    duration = Duration.parse(within) if isinstance(within, str) else within
    calendar = program.calendars[program.places.calendar[work.position.unit]]
    return duration.us(calendar.day if program.rules.clocks[clock][C_WORKING] else DAY)
