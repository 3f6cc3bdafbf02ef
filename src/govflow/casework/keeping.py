"""Keeping a desk's record: each function is a method of `Desk`. Audit, erasing, retention, contacts, other editions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from govflow.casework import audit, contacts, erasing, migrating, projection, rescheduling, retention
from govflow.casework.arguments import checked
from govflow.casework.audit import Audit, Head
from govflow.casework.case import Case, id_of
from govflow.casework.erasing import Erasure
from govflow.casework.instants import Instant
from govflow.casework.migrating import Migration, States, Units
from govflow.casework.reader import reader_of
from govflow.community import Community

if TYPE_CHECKING:
    from govflow.casework.desk import Desk


@checked
def verify_audit(desk: Desk, *, head: Head | None = None) -> Audit:
    """Check the whole record and name the first bad event; the `head` of an earlier audit shows a tail cut off."""
    return audit.verify_audit(desk.store, desk.office.editions, head)


def rebuild(desk: Desk) -> int:
    """Fold every event into the rows again, in place of those there are, and return how many cases there are."""
    return projection.rebuild(desk.store, desk.office.editions)


@checked
def erase(desk: Desk, *, case: str | Case | None = None, person: str | None = None, by: str, reason: str) -> Erasure:
    """Erase the texts of a case or a person, and contacts; each case records that, and the chain still holds."""
    named = None if case is None else id_of(case)
    return erasing.erase(desk.office, case=named, person=person, by=by, reason=reason)


@checked
def retain(desk: Desk, *, to: Instant | None = None) -> Erasure:
    """Erase the texts of cases that were closed a retention period or longer before `to` (now)."""
    return retention.retain(desk.office, to)


@checked
def remember(desk: Desk, person: str, **details: str | None) -> None:
    """Keep a person's name, telephone, email or flat apart from the record; None takes one away."""
    contacts.remember(desk.office, person, details)


@checked
def recall(desk: Desk, person: str, *, by: str | None = None) -> Mapping[str, str]:
    """Return what is kept of a person, to whoever may see an open case of theirs."""
    return contacts.recall(reader_of(desk.office, by, desk), person)


@checked
def migrate(desk: Desk, community: Community, *, units: Units | None = None, states: States | None = None) -> Migration:
    """Plan how running cases go over to another definition; nothing is done until the plan's ``apply(by=…)``."""
    return migrating.plan(desk.office, community, units, states)


def reschedule(desk: Desk) -> int:
    """Count running clocks again by the newest calendars; a due instant that moves is an event (rule T2)."""
    desk.office.editions.follow(desk.store.editions())
    return rescheduling.reschedule(desk.office)
