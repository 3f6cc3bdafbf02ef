"""The desk: open cases, act on them, keep the clocks, keep the record. A thin face; every word has its own module.

A desk reads its definition only through `program`. It is safe for many threads; any number of desks, in any number of
processes, can work on one store. Next: ``acting`` and ``opening`` for what a command does, ``office`` for how it is
carried through, ``record`` for what is left of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from attrs import evolve, field, frozen

from govflow.calendar import DAY
from govflow.casework import adding, advancing, keeping, reading
from govflow.casework.acting import Act, act
from govflow.casework.arguments import checked, fit, fit_directory, forms, kind
from govflow.casework.case import Case, id_of
from govflow.casework.directory import Directory
from govflow.casework.draft import Draft, Work
from govflow.casework.editions import Editions
from govflow.casework.identifiers import Ids, RandomIds
from govflow.casework.instants import Clock, Instant, SystemClock, sure
from govflow.casework.office import Office
from govflow.casework.opening import Open
from govflow.casework.remarks import Attach, Extend, Note, Recuse, Remark, remark
from govflow.casework.vetting import vet
from govflow.community import Community
from govflow.store import Store, open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

P = ParamSpec("P")
T = TypeVar("T")

COMMANDS = forms(Open, Act, Note, Attach, Extend, Recuse)
"""What a batch can hold."""

DESK = {"community": "Community", "clock": "Clock", "ids": "Ids", "directory": "Directory", "max_jump": "int"}
"""What a desk is made of, by the kinds of arguments."""

MAX_JUMP = 31 * DAY
"""How far a desk advances at once without being told that the jump is meant, in µs."""


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

    _definition: Community = field(alias="community", repr=False)
    store: Store = field(default=None, kw_only=True, converter=open_store)
    clock: Clock = field(factory=SystemClock, kw_only=True)
    ids: Ids = field(factory=RandomIds, kw_only=True)
    directory: Directory = field(factory=Directory, kw_only=True, repr=False)
    max_jump: int = field(default=MAX_JUMP, kw_only=True, repr=False)
    office: Office = field(kw_only=True, repr=False)

    @office.default
    def _opened(self) -> Office:
        for name, annotation in DESK.items():
            kind(annotation).check(name, self._definition if name == "community" else getattr(self, name))
        fit_directory(self.directory)
        editions = Editions(self.store, self.directory)
        vet(self.directory, self._definitions(editions))
        return Office(self.store, editions, editions.add(self._definition), sure(self.clock), self.ids)

    def _definitions(self, editions: Editions) -> Iterator[Community]:
        yield self._definition
        yield from (editions[key].program.community for key in reversed(self.store.editions()))

    @property
    def community(self) -> Community:
        """The definition on which cases open: the one given, or the last to which this desk has migrated."""
        return self.office.edition.program.community

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
        return self._carry_out([command], key)[0]

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
        return self._carry_out([command], key)[0]

    @checked
    def batch(self, commands: Iterable[Open | Act | Remark], *, key: str | None = None) -> list[Case]:
        """Carry out many commands in one commit, all or none, each on what those before it left; return their cases."""
        return self._carry_out(list(commands), key)

    def _carry_out(self, commands: Sequence[Open | Act | Remark], key: str | None) -> list[Case]:
        for command in commands:
            fit(command, COMMANDS)
        done, draft = self.office.run(partial(self._decide, commands), key=key, commands=commands)
        tokens = [None] * len(draft.about) if done is None else done
        return [self._case(draft.works[case], token) for case, token in zip(draft.about, tokens, strict=True)]

    def _decide(self, commands: Sequence[Open | Act | Remark], draft: Draft) -> list[str | None]:
        """Decide commands one after the other, and return the tokens of the cases that they open."""
        tokens: list[str | None] = []
        for command in commands:
            token = None
            if isinstance(command, Open):
                work, token = self.office.opened(draft, command)
            else:
                if command.version is not None:
                    self.office.expect(draft.case(command.case), command.version, command.by)
                work = act(draft, command, self.office.opened) if isinstance(command, Act) else remark(draft, command)
            draft.about.append(work.id)
            tokens.append(token)
        return tokens

    note = adding.note
    attach = adding.attach
    extend = adding.extend
    recuse = adding.recuse

    @checked
    def advance(self, *, to: Instant | None = None, jump: bool = False) -> int:
        """Fire every deadline due at or before `to` (now), each at its own instant, and return how many events came.

        How often this is called changes no history. A jump of more than `max_jump` since the last time, or the first
        time beyond the clock, is refused unless `jump` says that it is meant.
        """
        return advancing.advance(self.office, to, max_jump=self.max_jump, jump=jump)

    case = reading.case
    history = reading.history
    inbox = reading.inbox
    find = reading.find
    texts = reading.texts
    explain = reading.explain
    due = reading.due
    as_of = reading.as_of
    snapshot = reading.snapshot
    statistics = reading.statistics
    feed = reading.feed
    subscribe = reading.subscribe

    verify_audit = keeping.verify_audit
    rebuild = keeping.rebuild
    erase = keeping.erase
    retain = keeping.retain
    remember = keeping.remember
    recall = keeping.recall
    migrate = keeping.migrate
    reschedule = keeping.reschedule

    @checked
    def joined(self, connection: Connection) -> Desk:
        """Return this desk inside the open transaction of the application's `connection`.

        What it writes is committed or rolled back with the application's own rows, and seen by nobody before. It is
        good for one thread and for as long as the transaction. UsageError where the store is no database.
        """
        office = self.office.joined(connection)
        return evolve(self, store=office.store, office=office)

    async def wait(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call any method of the desk from asyncio without blocking its loop: ``await desk.wait(desk.act, …)``.

        The call runs in a thread, and so does all reading: what `feed` yields has been read when it is returned. It is
        carried to its end also when whoever waits for it is cancelled.
        """
        kind("Callable[P, T]").check("method", method)
        return await asyncio.to_thread(_whole, partial(method, *args, **kwargs))

    def _case(self, work: Work, token: str | None = None) -> Case:
        return Case(work.id, work.version, work.facts, work.open, work.edition.key, token, self)


def _whole(call: Callable[[], T]) -> T:
    """Call a method, and read to its end what it returns to be read."""
    found = call()
    return cast("T", iter(tuple(found))) if isinstance(found, Iterator) else found
