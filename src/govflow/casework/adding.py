"""Adding to a case beside its lifecycle: each function is a method of `Desk`, and gives one command of ``remarks``.

A command with the same `key` twice is carried out once. With `version`, the one that was looked at, another's step in
between is a Conflict. `behalf` names the absent holder for whom `by` acts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govflow.calendar import Duration
from govflow.casework.case import Case, id_of
from govflow.casework.remarks import Attach, Extend, Note, Recuse

if TYPE_CHECKING:
    from govflow.casework.desk import Desk


def note(
    desk: Desk,
    case: str | Case,
    text: str,
    *,
    by: str,
    behalf: str | None = None,
    version: int | None = None,
    key: str | None = None,
) -> Case:
    """Add a note to a case; its text goes to the vault. Whoever may see the case may do so."""
    return desk.batch([Note(id_of(case), text, by, behalf, version)], key=key)[0]


def attach(
    desk: Desk,
    case: str | Case,
    reference: str,
    *,
    by: str,
    sha256: str,
    media: str | None = None,
    behalf: str | None = None,
    version: int | None = None,
    key: str | None = None,
) -> Case:
    """Attach a document to a case: the hash of its content to the record, where it lies to the vault."""
    return desk.batch([Attach(id_of(case), reference, by, sha256, media, behalf, version)], key=key)[0]


def extend(
    desk: Desk,
    case: str | Case,
    deadline: str,
    within: str | Duration,
    *,
    by: str,
    reason: str | None = None,
    behalf: str | None = None,
    version: int | None = None,
    key: str | None = None,
) -> Case:
    """Give a running deadline `within` more time, before it is due; only as the definition allows (rule L4)."""
    return desk.batch([Extend(id_of(case), deadline, within, by, reason, behalf, version)], key=key)[0]


def recuse(desk: Desk, case: str | Case, *, by: str, version: int | None = None, key: str | None = None) -> Case:
    """Withdraw from a case: who does so has no part in it any more, and another of the unit or above decides."""
    return desk.batch([Recuse(id_of(case), by, version)], key=key)[0]
