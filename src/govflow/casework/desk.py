"""The desk: open cases, act on them, keep the clocks, keep the record. A thin face; every word has its own module.

A desk reads its definition only through `program`. It is safe for many threads; any number of desks, in any number of
processes, can work on one store. Next: ``acting`` and ``opening`` for what a command does, ``office`` for how it is
carried through, ``record`` for what is left of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ParamSpec, TypeVar

from attrs import field, frozen

from govflow.calendar import DAY, Duration
from govflow.casework import advancing, remarks
from govflow.casework.acting import Act, act
from govflow.casework.case import Case
from govflow.casework.directory import Directory
from govflow.casework.draft import Draft, Work
from govflow.casework.editions import Editions
from govflow.casework.identifiers import Ids, RandomIds
from govflow.casework.instants import Clock, SystemClock
from govflow.casework.office import Office
from govflow.casework.opening import Open
from govflow.community import Community
from govflow.errors import UnknownName
from govflow.record import Event, event_of
from govflow.store import Store, open_store

P = ParamSpec("P")
T = TypeVar("T")

MAX_JUMP = 31 * DAY
"""How far a desk advances at once without being told that the jump is meant, in µs."""


def id_of(case: str | Case) -> str:
    """Return the id of a case that is given by itself or by its id."""
    return case if isinstance(case, str) else case.id


@frozen(eq=False)
class Desk:
    """A community's running service: commands in, events out.

    `store` is None for memory, a database URL, the application's own SQLAlchemy engine, or a `Store`. `clock` tells the
    time (µs UTC), `ids` makes the ids of cases, `directory` says who holds which post beyond the definition. Every
    command is decided whole: it is written, or refused with one error and nothing is changed.

    >>> import govflow as gf
    >>> desk = Desk(gf.load("beida"))
    >>> parking = {"category": "parking", "channel": "doorstep", "unit": "host/1-1-1"}
    >>> case = desk.open("grievance", by="resident:example-1", **parking)
    >>> desk.act(case, "accept", by="host/1-1-1#1").state
    'assigned'
    """

    community: Community
    store: Store = field(default=None, kw_only=True, converter=open_store)
    clock: Clock = field(factory=SystemClock, kw_only=True)
    ids: Ids = field(factory=RandomIds, kw_only=True)
    directory: Directory = field(factory=Directory, kw_only=True, repr=False)
    max_jump: int = field(default=MAX_JUMP, kw_only=True, repr=False)
    _office: Office = field(init=False, repr=False)

    @_office.default
    def _opened(self) -> Office:
        editions = Editions(self.store, self.directory)
        return Office(self.store, editions, editions.add(self.community), self.clock, self.ids)

    def open(
        self,
        lifecycle: str,
        *,
        by: str | None = None,
        category: str | None = None,
        channel: str | None = None,
        household: str | None = None,
        unit: str | None = None,
        severity: int | None = None,
        reporter: str | None = None,
        subject: str | None = None,
        about: str | None = None,
        key: str | None = None,
        **fields: Any,
    ) -> Case:
        """Open a case and return it.

        Its home is the contact unit of `household`, or `unit`; it comes in where the intake says by `channel` and
        `category`. `by` opens it, and speaks for it unless a `reporter` is named; without `by` nobody is, and the case
        returned has a token: ``by="token:…"`` speaks for it later. `subject` is whom it concerns, `about` whom it
        complains of. A command with the same `key` twice is carried out once. `fields` are what the lifecycle needs
        and takes; texts among them go to the vault.
        """
        people = {"reporter": reporter, "subject": subject, "about": about}
        command = Open(lifecycle, by, category, channel, household, unit, severity, **people, fields=fields)
        return self._opened_case(command, key)

    def _opened_case(self, command: Open, key: str | None) -> Case:
        done, draft = self._office.run(partial(self._office.opened, command=command), key=key, command=command)
        if done is None:
            return self._case(next(iter(draft.works.values())))
        return self._case(*done)

    def act(
        self,
        case: str | Case,
        trigger: str,
        *,
        by: str,
        behalf: str | None = None,
        to: str | None = None,
        severity: int | None = None,
        version: int | None = None,
        key: str | None = None,
        child: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Case:
        """Fire a trigger of a case and return the case as it is then; Refused says why not, what is open, who could.

        What fell due before is fired first. An outcome fired straight from a queue takes the case as well. `behalf`
        names the absent holder for whom `by` acts, `to` the subordinate to hand down to. With `version`, the one that
        was looked at, another's step in between is a Conflict; without it the command is decided on what is there.
        `child` says what the opening of a case says that this one raises.
        """
        command = Act(id_of(case), trigger, by, behalf, to, severity, version, fields, child or {})
        work, draft = self._office.run(partial(self._act, command=command), key=key, command=command)
        return self._case(work or draft.works[command.case])

    def _act(self, draft: Draft, command: Act) -> Work:
        if command.version is not None:
            self._office.expect(draft.case(command.case), command.version)
        return act(draft, command, self._office.raised)

    def batch(self, commands: Iterable[Open | Act], *, key: str | None = None) -> list[Case]:
        """Carry out many commands in one commit, all or none, each on what those before it left; return their cases."""
        commands = list(commands)

        def decide(draft: Draft) -> list[tuple[Work, str | None]]:
            return [
                self._office.opened(draft, one) if isinstance(one, Open) else (self._act(draft, one), None)
                for one in commands
            ]

        done, draft = self._office.run(decide, key=key, command=commands)
        return [self._case(*one) for one in done or [(work, None) for work in draft.works.values()]]

    def note(self, case: str | Case, text: str, *, by: str, behalf: str | None = None) -> Case:
        """Add a note to a case; its text goes to the vault. Whoever may see the case may do so."""
        return self._remark(partial(remarks.note, case=id_of(case), text=text, by=by, behalf=behalf))

    def attach(self, case: str | Case, reference: str, *, by: str, sha256: str, media: str | None = None) -> Case:
        """Attach a document to a case: the hash of its content to the record, where it lies to the vault."""
        return self._remark(
            partial(remarks.attach, case=id_of(case), reference=reference, by=by, sha256=sha256, media=media)
        )

    def extend(
        self, case: str | Case, deadline: str, within: str | Duration, *, by: str, reason: str | None = None
    ) -> Case:
        """Give a running deadline `within` more time, before it is due; only as the definition allows (rule L4)."""
        return self._remark(
            partial(remarks.extend, case=id_of(case), deadline=deadline, within=within, by=by, reason=reason)
        )

    def recuse(self, case: str | Case, *, by: str) -> Case:
        """Withdraw from a case: who does so has no part in it any more, and another of the unit or above decides."""
        return self._remark(partial(remarks.recuse, case=id_of(case), by=by))

    def _remark(self, decide: Callable[[Draft], Work]) -> Case:
        work, _ = self._office.run(decide)
        assert work is not None  # noqa: S101  # only a key gives None
        return self._case(work)

    def advance(self, *, to: int | None = None, jump: bool = False) -> int:
        """Fire every deadline due at or before `to` (now), each at its own instant, and return how many events came.

        How often this is called changes no history. A jump of more than `max_jump` since the last time, or beyond the
        clock, is refused unless `jump` says that it is meant.
        """
        return advancing.advance(self._office, to, max_jump=self.max_jump, jump=jump)

    def case(self, case: str | Case) -> Case:
        """Return a case as it is stored now; what is due and not yet fired is not fired by looking."""
        found = self._office.fresh(id_of(case))
        if found is None:
            raise UnknownName("case", id_of(case))
        return self._case(found)

    def history(self, case: str | Case) -> tuple[Event, ...]:
        """Return all events of a case, the first first."""
        lines = self.store.lines(id_of(case))
        if not lines:
            raise UnknownName("case", id_of(case))
        return tuple(event_of(line) for line in lines)

    async def wait(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call any method of the desk from asyncio without blocking its loop: ``await desk.wait(desk.act, …)``.

        The call runs in a thread. It is carried to its end also when whoever waits for it is cancelled.
        """
        return await asyncio.to_thread(method, *args, **kwargs)

    def _case(self, work: Work, token: str | None = None) -> Case:
        return Case(work.id, work.version, work.facts, work.open, work.edition.key, token, self)
