"""The audit: is the record what was written, whole, and in order? It reads everything once and changes nothing.

Three streams in order of the cases (events, rows, texts) are held against each other, then the log against its chain of
hashes. Whatever is found is looked at again if somebody wrote meanwhile. Next: ``record.chain`` for the hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from attrs import define, frozen

from govflow.casework.editions import Editions, fingerprint
from govflow.casework.projection import projected
from govflow.errors import StoreError, UsageError
from govflow.record import Line, Secret, commitment, decode, genesis, link, seal
from govflow.record.chain import START_OF_LOG
from govflow.store import Row, Store

PAGE = 1000
"""So many events of the log are read at once."""

LOOKS = 10
"""So often a case is looked at again while others write to it."""

COLUMN = "column."
"""So begin the facts by which a store tells what its columns say otherwise than the facts of the row."""

Head = tuple[int, str]
"""Where the log ends: the position of the last event, and the log's hash there in hexadecimal."""


@frozen
class Bad:
    """Something that is not as it was written: of which event, in which field, and why that cannot be.

    `version` is the event's place in its case, `position` its place in the log; `case` is empty where it is the log or
    a definition that is wrong. `field` is a field of the event (``hash``, ``version``, ``position``, ``log``), or
    ``row.NAME``, ``text.NAME``, ``definition``, ``head``, ``record``.
    """

    case: str
    version: int
    field: str
    why: str
    position: int | None = None

    def __str__(self) -> str:
        event = f"event {self.version} of {self.case}" if self.case else "the record"
        where = "" if self.position is None else f" (position {self.position})"
        return f"{event}{where}: {self.field}: {self.why}"


@frozen
class Audit:
    """What an audit found: so many cases and events, `unsealed` among them, so many texts erased.

    `first_bad` is the first thing wrong in order of the log, None where all is well; `head` is where the log ends:
    kept outside the store, it shows the next audit that no tail was cut off and no history put in another's place.
    """

    ok: bool
    cases: int
    events: int
    unsealed: int
    erased: int
    head: Head
    first_bad: Bad | None = None


@define(eq=False)
class _Tally:
    """What an audit has seen so far."""

    cases: int = 0
    events: int = 0
    unsealed: int = 0
    erased: int = 0
    end: tuple[int, bytes] = (0, START_OF_LOG)
    first: Bad | None = None
    problem: Exception | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Go on where the record cannot be read to its end, and keep why."""
        try:
            yield
        except Exception as problem:  # noqa: BLE001  # whatever a library beneath says of what it cannot read
            self.problem = self.problem or problem.with_traceback(None)  # which holds connections

    def add(self, bad: Bad | None) -> None:
        """Keep what is wrong first, in order of the log; what has no place there comes last."""
        if bad is not None and (self.first is None or _order(bad) < _order(self.first)):
            self.first = bad


def _order(bad: Bad) -> tuple[Any, ...]:
    return bad.position is None, bad.position or 0, bad.case, bad.version


@frozen(eq=False)
class _Record:
    """All that a store keeps of a case."""

    case: str
    lines: Sequence[Line]
    row: Row | None
    secrets: Sequence[Secret]

    def bad(self, version: int, field: str, why: str) -> Bad:
        """Return what is wrong with an event, or with what is kept of the case beside it."""
        position = self.lines[version - 1].position if 0 < version <= len(self.lines) else None
        return Bad(self.case, version, field, why, position if isinstance(position, int) else None)


def verify_audit(store: Store, editions: Editions, head: Head | None = None) -> Audit:
    """Hold a whole record against itself, and against a head that was saved before."""
    saved = None if head is None else _saved(head)
    tally = _Tally()
    with tally.reading():
        store.seal()
    with tally.reading():
        for record in _records(store):
            _count(tally, *_looked_at(store, editions, record))
    with tally.reading():
        _log(store, saved, tally)
    with tally.reading():
        tally.add(_definitions(store))
    if tally.first is None and tally.problem is not None:
        tally.add(_unreadable(store, tally.problem))
    found = (tally.cases, tally.events, tally.unsealed, tally.erased)
    return Audit(tally.first is None, *found, (tally.end[0], tally.end[1].hex()), tally.first)


def _saved(head: Head) -> tuple[int, bytes]:
    try:
        position, log = head
        if isinstance(position, int) and position >= 0:
            return position, bytes.fromhex(log)
    except (TypeError, ValueError):
        pass
    raise UsageError(f"'head' is {head!r}: must be the head of an earlier audit, (position, hash)")


# ------------------------------------------------------------ the cases
def _records(store: Store) -> Iterator[_Record]:
    """Yield all that is kept of each case, in order of the cases' ids; the events are read before the rest."""
    streams: tuple[Iterable[tuple[str, int, Any]], ...] = (
        ((case, 0, lines) for case, lines in store.cases()),
        ((row.case, 1, row) for row in store.rows()),
        ((secret.case, 2, secret) for secret in store.vault()),
    )
    for case, things in groupby(merge(*streams, key=_place), key=itemgetter(0)):
        parts: tuple[list[Any], ...] = ([], [], [])
        for _, kind, thing in things:
            parts[kind].append(thing)
        lines, rows, secrets = parts
        yield _Record(case, lines[0] if lines else [], rows[0] if rows else None, secrets)


def _place(thing: tuple[Any, int, Any]) -> tuple[Any, ...]:
    """Return where a thing comes in the streams: by its case, what is no id behind all that are."""
    case, kind, _ = thing
    return not isinstance(case, str), case, kind


def _looked_at(store: Store, editions: Editions, record: _Record) -> tuple[_Record, Bad | None]:
    """Return what is wrong with a case; where somebody has written to it meanwhile, with the case as it is now."""
    bad, case = _case(editions, record), record.case
    for _ in range(LOOKS):
        if bad is None or not store.lines(case, after=len(record.lines)):
            break
        record = _Record(case, store.lines(case), store.row(case), store.secrets(case))
        bad = _case(editions, record)
    return record, bad


def _count(tally: _Tally, record: _Record, bad: Bad | None) -> None:
    tally.cases += 1
    tally.events += len(record.lines)
    tally.unsealed += sum(line.position is None for line in record.lines)
    tally.add(bad)
    if bad is None:
        tally.erased += len(_said(record)) - len(record.secrets)


def _case(editions: Editions, record: _Record) -> Bad | None:
    if not isinstance(record.case, str):
        return Bad("", 0, "record", f"{record.case!r} stands for the id of a case, and is no text")
    if not record.lines:
        return record.bad(record.row.version if record.row else 0, "record", "none of its events is there")
    try:
        return _chain(record) or _row(editions, record) or _texts(record)
    except Exception as problem:  # noqa: BLE001  # as above
        return record.bad(len(record.lines), "record", f"its events tell no case: {problem}")


def _chain(record: _Record) -> Bad | None:
    """Return the first event that does not follow from the one before it in its case."""
    previous, place = genesis(record.case), 0
    for version, line in enumerate(record.lines, 1):
        if line.case != record.case or line.version != version:
            return record.bad(version, "version", f"event {version} of {record.case} should stand here")
        if link(previous, line.body, line.changes) != line.hash:
            return record.bad(version, "hash", "its texts, its hash or the event before it were changed")
        if line.position is not None:
            if line.position <= place:
                return record.bad(version, "position", "it stands before the event before it")
            place = line.position
        previous = line.hash
    return None


def _row(editions: Editions, record: _Record) -> Bad | None:
    """Return what the row of a case says otherwise than its events."""
    told = projected(editions, record.case, record.lines)
    row = record.row
    if row is None:
        return record.bad(told.version, "row", "the case stands in no list")
    for name in ("version", "head", "edition", "due", "open"):
        if getattr(row, name) != getattr(told, name):
            return record.bad(told.version, f"row.{name}", _otherwise(getattr(row, name), getattr(told, name)))
    for name in {**told.facts, **row.facts}:
        fact = name.removeprefix(COLUMN)
        kept, right = row.facts.get(name), told.open if fact == "open" else told.facts.get(fact)
        if kept != right or name not in row.facts or name not in told.facts:
            return record.bad(told.version, f"row.{name}", _otherwise(kept, right))
    return None


def _otherwise(kept: Any, right: Any) -> str:
    return f"it says {kept!r}, the events say {right!r}"


def _said(record: _Record) -> dict[tuple[int, str], str]:
    """Return the commitments of the texts of a case, by version and name."""
    spoken = ((line.version, decode(line.body)["texts"]) for line in record.lines if '"texts":{' in line.body)
    return {(version, name): text for version, texts in spoken for name, text in texts.items()}


def _texts(record: _Record) -> Bad | None:
    """Return a text that is not the one that was said, or is gone though no later event erased it."""
    said = _said(record)
    erased = max((line.version for line in record.lines if line.body.startswith('{"kind":"erase"')), default=0)
    for secret in record.secrets:
        if said.pop((secret.version, secret.name), None) != commitment(secret.salt, secret.owner, secret.text):
            why = "it is not the text that was said, or its owner is not who said it"
            return record.bad(secret.version, f"text.{secret.name}", why)
    for version, name in said:
        if version > erased:
            return record.bad(version, f"text.{name}", "the text is gone, and no event erased it")
    return None


# ------------------------------------------------------------ the log
def _log(store: Store, saved: tuple[int, bytes] | None, tally: _Tally) -> None:
    """Follow the log to its end, or to the first event that does not follow."""
    at, log = 0, START_OF_LOG
    while lines := store.log(at, PAGE):
        for line in lines:
            if line.position != at + 1:
                tally.add(Bad(line.case, line.version, "position", f"position {at + 1} is missing before it", at + 1))
                return
            if line.log != seal(log, line.hash):
                tally.add(Bad(line.case, line.version, "log", "the log does not go on like this here", at + 1))
                return
            at, log = tally.end = line.position, line.log
            if saved is not None and at == saved[0] and log != saved[1]:
                tally.add(Bad(line.case, line.version, "head", "the saved head had another history before it", at))
    if saved is not None and at < saved[0]:
        why = f"the log ends at {at}, the saved head stood at {saved[0]}: what came after was cut off"
        tally.add(Bad("", 0, "head", why))


# ------------------------------------------------------------ the rest
def _definitions(store: Store) -> Bad | None:
    """Return a definition that is not the one its key was made of."""
    for key in store.editions():
        if not str(key).endswith(f".{fingerprint(store.definition(key) or '')}"):
            return Bad("", 0, "definition", f"the definition of {key} was changed")
    return None


def _unreadable(store: Store, problem: Exception) -> Bad:
    """Return the case at which a store stumbles over what it keeps; raise what it raised where it is not that."""
    for case in _known(store):
        try:
            bad = _chain(_Record(case, store.lines(case), None, ()))
            if bad is not None:
                return bad
            store.row(case)
            store.secrets(case)
        except Exception as again:  # noqa: BLE001  # as above
            return Bad(str(case), 0, "record", f"it cannot be read: {again}")
    if isinstance(problem, StoreError):
        raise problem
    return Bad("", 0, "record", f"it cannot be read: {problem}")


def _known(store: Store) -> Iterator[str]:
    """Yield the cases that are kept, as far as a store comes in each of its streams."""
    streams: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: (case for case, _ in store.cases()),
        lambda: (row.case for row in store.rows()),
        lambda: (secret.case for secret in store.vault()),
    )
    for stream in streams:
        with suppress(Exception):
            yield from stream()
