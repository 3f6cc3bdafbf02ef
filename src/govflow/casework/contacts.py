"""Contacts: names, telephone numbers, flats. They lie beside the record, never in it, and go when they are erased."""

from __future__ import annotations

from collections.abc import Mapping

from govflow.casework.office import Office
from govflow.casework.reader import Reader
from govflow.errors import Refused, UnknownName, UsageError
from govflow.record import plain
from govflow.store import Query

KINDS = ("name", "telephone", "email", "flat")
"""What is kept of a person beside the cases, and nothing else (rule C6)."""

PAGE = 200
"""So many open cases of a person are looked at."""


def remember(office: Office, person: str, details: Mapping[str, str | None]) -> None:
    """Keep contacts of a person beside those there are; None takes one away."""
    for kind, text in details.items():
        if kind not in KINDS:
            raise UnknownName("kind of contact", kind, KINDS)
        if text is not None and not isinstance(text, str):
            raise UsageError(f"{kind!r} is {text!r}: must be a text")
        plain(f"{kind!r}", text or "")
    name = office.edition.roster.actor(person).person
    known = {**(office.store.contact(name) or {}), **details}
    kept = {kind: text for kind, text in known.items() if text is not None}
    office.store.keep_contact(name, kept or None)


def recall(reader: Reader, person: str) -> Mapping[str, str]:
    """Return the contacts of a person; refused to whoever has no open case of theirs to see."""
    office = reader.office
    name = office.edition.roster.actor(person).person
    own = reader.by is None or office.edition.roster.actor(reader.by).person == name
    theirs = office.store.select(Query(where={"reporter": name}, open=True, limit=PAGE)) if not own else ()
    if not own and not reader.shown([row for row in theirs if reader.finds(row, {"reporter": (name,)})]):
        rule = "only they themselves may, and whoever may see an open case that they reported"
        raise Refused(person, f"{reader.by} cannot read their contacts", rule)
    return office.store.contact(name) or {}
