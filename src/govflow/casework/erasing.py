"""Erasing: texts and contacts go, the events that speak of them stay, and say that it was done (rule C4).

A text is erased in the same commit as the event that records it, together with its salt: what is left is a hash of
which nobody can tell what it was made of. Next: ``retention`` for what is erased because its time is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

from attrs import frozen

from govflow.casework.acting import acting
from govflow.casework.directory import ANONYMOUS
from govflow.casework.draft import Draft
from govflow.casework.identifiers import named
from govflow.casework.office import Office
from govflow.errors import UnknownName, UsageError
from govflow.store import Query, Store

REASONS = ("request", "mistake", "order", "retention")
"""Why something is erased: somebody asked for it, it should not have been kept, an authority said so, time is over."""

AT_ONCE = 200
"""So many cases are erased in one commit."""


@frozen
class Erasure:
    """What was erased: how many texts of each case, and the persons whose contacts went."""

    texts: Mapping[str, int]
    contacts: tuple[str, ...] = ()


def erase(office: Office, *, case: str | None, person: str | None, by: str, reason: str) -> Erasure:
    """Erase the texts of a case, of a person, or of a person in a case, and the contacts that go with them."""
    if case is None and person is None:
        raise UsageError("erase needs 'case', 'person' or both: say whose texts are to go")
    if reason not in REASONS:
        raise UnknownName("reason for erasing", reason, REASONS)
    named("'by'", by)
    work = None if case is None else office.fresh(case)
    if case is not None and work is None:
        raise UnknownName("case", case)
    owner = person
    if person is not None and not person.startswith(ANONYMOUS):
        owner = office.edition.roster.actor(person).person
    cases = [case] if case is not None else list(dict.fromkeys(text.case for text in office.store.vault(owner)))
    texts = erase_texts(office, cases, owner, by, reason)
    if case is None and owner is not None:
        return Erasure(texts, drop_contacts(office.store, [owner], needed=False))
    reporter = None if work is None else work.facts.get("reporter")
    return Erasure(texts, drop_contacts(office.store, [owner or reporter]))


def erase_texts(office: Office, cases: Sequence[str], owner: str | None, by: str, reason: str) -> dict[str, int]:
    """Erase texts of cases, many in a commit, and return how many of each."""
    erased: dict[str, int] = {}
    for some in batches(cases, AT_ONCE):
        count, _ = office.run(partial(_erase, store=office.store, cases=some, owner=owner, by=by, reason=reason))
        erased |= count or {}
    return erased


def batches(things: Sequence[str], size: int) -> Iterator[list[str]]:
    """Yield things so many at a time."""
    left = iter(things)
    while some := list(islice(left, size)):
        yield some


def _erase(draft: Draft, store: Store, cases: Sequence[str], owner: str | None, by: str, reason: str) -> dict[str, int]:
    counted = {}
    for case in cases:
        texts = [text for text in store.secrets(case) if owner in (None, text.owner)]
        if texts:
            work = draft.case(case)
            one = acting(draft, work, by)
            draft.forget += [(text.case, text.version, text.name) for text in texts]
            body = one.body(work) | {"reason": reason, "fields": {"texts": len(texts)}}
            draft.record(work, "erase", body, {})
            counted[case] = len(texts)
    return counted


def drop_contacts(store: Store, persons: Iterable[str | None], *, needed: bool = True) -> tuple[str, ...]:
    """Erase contacts and return whose; with `needed`, not those of who has an open case, or a text that is kept."""
    gone = []
    for person in dict.fromkeys(persons):
        if person is not None and store.contact(person) is not None and not (needed and _needed(store, person)):
            store.keep_contact(person, None)
            gone.append(person)
    return tuple(gone)


def _needed(store: Store, person: str) -> bool:
    """Say whether somebody's contacts are needed: for a case that is open, or beside a text that is kept."""
    return store.count(Query(where={"reporter": person}, open=True)) > 0 or any(True for _ in store.vault(person))
