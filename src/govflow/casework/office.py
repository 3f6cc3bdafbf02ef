"""The office behind a desk: store, editions, clock and ids, and how a command is carried through.

A command is decided on a copy and written whole. Where another desk was quicker it is decided anew on what is there
now; where it was decided on what this desk remembered, a refusal is looked at again before it is told (rule C3).
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from attrs import define, evolve, field

from govflow.casework.arguments import fit, forms
from govflow.casework.draft import Draft, Work, soonest
from govflow.casework.editions import Edition, Editions
from govflow.casework.identifiers import Ids, named
from govflow.casework.instants import Clock
from govflow.casework.opening import Open, open_case
from govflow.casework.visibility import LOOK, is_restricted, may_see
from govflow.community import Community
from govflow.errors import Conflict, GovflowError, UsageError
from govflow.program import from_facts
from govflow.record import decode
from govflow.store import Key, Row, SqlStore, Stale, Store, Taken

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

OPENINGS = forms(Open)
"""What is asked of the opening of a case that another raises."""

MOST_TRIES = 50
"""So often a command is decided anew because another desk was quicker, before it is given up."""

MOST_REMEMBERED = 10_000
"""So many cases a desk remembers between commands."""


def new_token() -> str:
    """Return a token of 128 random bits."""
    return secrets.token_urlsafe(16)


@define(eq=False)
class Office:
    """What every command of a desk needs. Safe for many threads."""

    store: Store
    editions: Editions
    edition: Edition
    clock: Clock
    ids: Ids
    tokens: Callable[[], str] = new_token
    remembers: bool = True
    _cases: dict[str, Work] = field(factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def work(self, row: Row) -> Work:
        """Return a case that the store gave, ready to be worked on."""
        edition = self.editions[row.edition]
        facts = dict(row.facts)
        position = from_facts(edition.program, facts)
        due = soonest(position)
        return Work(row.case, edition, facts, position, row.version, row.head, row.version, due, row.open)

    def fresh(self, case: str) -> Work | None:
        """Return a case as the store has it now."""
        row = self.store.row(case)
        return None if row is None else self.work(row)

    def remembered(self, case: str) -> Work | None:
        """Return a copy of a case that this desk remembers, else as the store has it."""
        known = self._cases.get(case) if self.remembers else None
        return self.fresh(case) if known is None else known.copy()

    def joined(self, connection: Connection) -> Office:
        """Return this office inside an open transaction: it remembers nothing, for what it writes may be undone."""
        if not isinstance(self.store, SqlStore):
            raise UsageError("the desk's store is no database: only a desk on SQLAlchemy can join its transactions")
        return evolve(self, store=self.store.joined(connection), remembers=False)

    def adopt(self, community: Community) -> None:
        """Take a definition into force: cases open on it from now on, and its calendars count for all if it is new."""
        self.edition = self.editions.add(community)

    def run(
        self,
        decide: Callable[[Draft], T],
        *,
        key: str | None = None,
        commands: Sequence[object] = (),
        fresh: bool = False,
        tries: int = MOST_TRIES,
    ) -> tuple[T | None, Draft]:
        """Carry a command through: decide, write, remember. With a `key` that was used before, None and no change.

        What `decide` returns is given back with the draft; the draft of a repeated command holds its cases, in order.
        `fresh`: on cases as the store has them now, not as this desk remembers them. Conflict where others were quicker
        as often as it was tried.
        """
        fingerprint = "" if key is None else sha256(self._said(commands).encode()).hexdigest()
        for _ in range(tries):
            draft = Draft(self.fresh if fresh else self.remembered, self.clock())
            if key is not None and (used := self.store.key(named("'key'", key))) is not None:
                return None, _repeated(Draft(self.fresh, draft.now), used, fingerprint)
            try:
                result = decide(draft)
            except GovflowError:
                if self._forget_stale(draft):
                    continue
                raise
            if not draft.lines:
                return result, draft
            if key is not None:
                draft.keys.append(Key(key, fingerprint, tuple(draft.about)))
            try:
                self.store.write(draft.commit())
            except Stale as stale:
                self._drop(stale.case)
                continue
            except Taken:
                continue
            self._remember(draft)
            return result, draft
        raise Conflict(", ".join(draft.works), 0, 0, [f"{tries} times"])

    def _said(self, commands: Sequence[object]) -> str:
        """Return all that commands say but its words, which somebody could guess from their hash (rule C4)."""
        told = []
        for one in commands:
            given = {**getattr(one, "fields", {}), **{f"child.{k}": v for k, v in getattr(one, "child", {}).items()}}
            named = ((str(name), repr(value)) for name, value in given.items())
            told.append(
                (one, sorted(pair for pair in named if pair[0].removeprefix("child.") not in self.edition.words))
            )
        return repr(told)

    def _forget_stale(self, draft: Draft) -> bool:
        """Forget the cases of a draft that have changed in the store; say whether there were any."""
        stale = False
        for case, work in draft.works.items():
            if case in self._cases:
                row = self.store.row(case)
                if row is None or row.version != work.base:
                    self._drop(case)
                    stale = True
        return stale

    def _drop(self, case: str) -> None:
        with self._lock:
            self._cases.pop(case, None)

    def _remember(self, draft: Draft) -> None:
        if not self.remembers:
            return
        with self._lock:
            for case, work in draft.works.items():
                known = self._cases.pop(case, None)
                if known is None or known.version <= work.version:
                    work.base = work.version
                    self._cases[case] = work
                else:
                    self._cases[case] = known
            while len(self._cases) > MOST_REMEMBERED:
                del self._cases[next(iter(self._cases))]

    def opened(self, draft: Draft, command: Open, parent: str | None = None) -> tuple[Work, str | None]:
        """Open a case on the edition that is in force, of its own or raised by the case `parent`."""
        if parent is not None:
            fit(command, OPENINGS)
        case = self.ids(command.lifecycle)
        return open_case(draft, self.edition, command, case=case, tokens=self.tokens, parent=parent)

    def expect(self, work: Work, version: int, by: str) -> None:
        """Raise Conflict where a case is not at the version that was looked at; that others have looked too is none.

        Whoever must not know of a case is not told either that it has changed, nor a stranger to it by what.
        """
        if work.base == version:
            return
        sees = may_see(work.edition, work.facts, work.edition.roster.actor(by), self.clock())
        if sees or not is_restricted(work.edition, work.facts):
            since = [decode(line.body)["kind"] for line in self.store.lines(work.id, after=version)]
            if version > work.base or set(since) != {LOOK}:
                raise Conflict(work.id, version, work.base, since if sees else ())


def _repeated(draft: Draft, used: Key, command: str) -> Draft:
    """Take the cases of a command that was given before into a draft that writes nothing."""
    if used.command != command:
        text = f"key {used.key!r} was used for another command, on {', '.join(used.cases)}"
        raise UsageError(f"{text}: a key stands for one command; give each its own")
    draft.about += [draft.case(case).id for case in used.cases]
    return draft
