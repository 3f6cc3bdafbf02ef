"""The desk: open cases, act on them, keep the clocks, keep the record. A thin face; every word has its own module.

A desk reads its definition only through `program`. It is safe for many threads; any number of desks, in any number of
processes, can work on one store. Next: ``acting`` and ``opening`` for what a command does, ``office`` for how it is
carried through, ``record`` for what is left of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, Unpack

from attrs import evolve, field, frozen

from govflow.calendar import DAY, Duration
from govflow.casework import (
    advancing,
    audit,
    contacts,
    due,
    erasing,
    explaining,
    feed as feeding,
    finding,
    migrating,
    remarks,
    rescheduling,
    retention,
    snapshot,
    statistics,
    texts,
)
from govflow.casework.acting import Act, act
from govflow.casework.audit import Audit, Head
from govflow.casework.case import Case
from govflow.casework.directory import Directory
from govflow.casework.draft import Draft, Work
from govflow.casework.due import Due
from govflow.casework.editions import Editions
from govflow.casework.erasing import Erasure
from govflow.casework.explaining import Explanation
from govflow.casework.feed import Subscription
from govflow.casework.finding import Page, Where
from govflow.casework.identifiers import Ids, RandomIds
from govflow.casework.instants import Clock, SystemClock
from govflow.casework.migrating import Migration, States, Units
from govflow.casework.office import Office
from govflow.casework.opening import Open
from govflow.casework.past import AsOf
from govflow.casework.projection import rebuild
from govflow.casework.reader import Reader, reader_of
from govflow.casework.statistics import Statistics
from govflow.casework.texts import Text
from govflow.community import Community
from govflow.record import Event
from govflow.store import Store, open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

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

    _definition: Community = field(alias="community", repr=False)
    store: Store = field(default=None, kw_only=True, converter=open_store)
    clock: Clock = field(factory=SystemClock, kw_only=True)
    ids: Ids = field(factory=RandomIds, kw_only=True)
    directory: Directory = field(factory=Directory, kw_only=True, repr=False)
    max_jump: int = field(default=MAX_JUMP, kw_only=True, repr=False)
    _office: Office = field(kw_only=True, repr=False)

    @_office.default
    def _opened(self) -> Office:
        editions = Editions(self.store, self.directory)
        return Office(self.store, editions, editions.add(self._definition), self.clock, self.ids)

    @property
    def community(self) -> Community:
        """The definition on which cases open: the one given, or the last to which this desk has migrated."""
        return self._office.edition.program.community

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
        return self._case(work or draft.case(command.case))

    def _act(self, draft: Draft, command: Act) -> Work:
        if command.version is not None:
            self._office.expect(draft.case(command.case), command.version, command.by)
        return act(draft, command, self._office.raised)

    def batch(self, commands: Iterable[Open | Act], *, key: str | None = None) -> list[Case]:
        """Carry out many commands in one commit, all or none, each on what those before it left; return their cases.

        With a key that was used before nothing is done, and only the first case of that batch is returned.
        """
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

    def case(self, case: str | Case, *, by: str | None = None) -> Case:
        """Return a case as it is stored now; what is due and not yet fired is not fired by looking."""
        reader = self._reader(by)
        return reader.case(reader.row(id_of(case)))

    def history(self, case: str | Case, *, by: str | None = None) -> tuple[Event, ...]:
        """Return all events of a case, the first first."""
        return self._reader(by).events(id_of(case))

    def inbox(self, unit: str, *, by: str | None = None, limit: int = 50, after: str | None = None) -> Page:
        """Return the open cases at a unit, most urgent first, then by time of entering, then by id: page by page."""
        return finding.inbox(self._reader(by), unit, limit=limit, after=after)

    def find(self, *, by: str | None = None, limit: int = 50, after: str | None = None, **where: Unpack[Where]) -> Page:
        """Return the cases with these facts in order of id, page by page; a column takes a name, or any of several."""
        return finding.find(self._reader(by), where, limit=limit, after=after)

    def texts(self, case: str | Case, *, by: str | None = None) -> dict[tuple[int, str], Text]:
        """Return what was said in a case in words, by the event's version and the field's name, or told as erased."""
        return texts.texts(self._reader(by), id_of(case))

    def explain(self, case: str | Case, *, by: str | None = None) -> Explanation:
        """Return who may do what next with a case, and why not the rest; with `by` what this actor may do."""
        return explaining.explain(self._reader(by), id_of(case))

    def due(self, case: str | Case, *, by: str | None = None) -> tuple[Due, ...]:
        """Return every clock of a case that has begun, with all that its due instant follows from."""
        return due.due(self._reader(by), id_of(case))

    def as_of(self, at: int, *, known_by: int | None = None, by: str | None = None) -> AsOf:
        """Return the cases as they stood at an instant, as far as was recorded by the instant `known_by`."""
        return AsOf(at, known_by, reader=self._reader(by))

    def snapshot(self) -> dict[str, Any]:
        """Return the open cases as plain data, without people, from which ``simulate(initial=…)`` starts."""
        return snapshot.snapshot(self._office)

    def statistics(
        self,
        lifecycle: str,
        *,
        since: int | None = None,
        until: int | None = None,
        per: str | Iterable[str] = (),
        publish: bool = False,
        by: str | None = None,
    ) -> Statistics:
        """Return rates, levels of settlement and times of the cases opened in a period, `per` group.

        With `publish`, groups and figures of fewer than 5 cases are left out.
        """
        period = {"since": since, "until": until}
        return statistics.statistics(self._reader(by), lifecycle, per=per, publish=publish, **period)

    def _reader(self, by: str | None) -> Reader:
        return reader_of(self._office, by, self)

    def feed(self, *, after: int = 0, by: str | None = None, limit: int | None = None) -> Iterator[Event]:
        """Yield the events after a position of the log, each once and in order; `by`: of the cases they may see now."""
        return feeding.feed(self._reader(by), after=after, limit=limit)

    def subscribe(self, callback: Callable[[Event], object], *, name: str, by: str | None = None) -> Subscription:
        """Return the reader of a name, which goes on where it stopped whenever its ``deliver()`` is called."""
        return feeding.subscribe(self._office, callback, name=name, by=by)

    def verify_audit(self, *, head: Head | None = None) -> Audit:
        """Check the whole record and name the first bad event; the `head` of an earlier audit shows a tail cut off."""
        return audit.verify_audit(self.store, self._office.editions, head)

    def rebuild(self) -> int:
        """Fold every event into the rows again, in place of those there are, and return how many cases there are."""
        return rebuild(self.store, self._office.editions)

    def erase(self, *, case: str | Case | None = None, person: str | None = None, by: str, reason: str) -> Erasure:
        """Erase the texts of a case or a person, and contacts; each case records that, and the chain still holds."""
        named = None if case is None else id_of(case)
        return erasing.erase(self._office, case=named, person=person, by=by, reason=reason)

    def retain(self, *, to: int | None = None) -> Erasure:
        """Erase the texts of cases that were closed a retention period or longer before `to` (now)."""
        return retention.retain(self._office, to)

    def remember(self, person: str, **details: str | None) -> None:
        """Keep a person's name, telephone, email or flat apart from the record; None takes one away."""
        contacts.remember(self._office, person, details)

    def recall(self, person: str, *, by: str | None = None) -> Mapping[str, str]:
        """Return what is kept of a person, to whoever may see an open case of theirs."""
        return contacts.recall(self._reader(by), person)

    def migrate(self, community: Community, *, units: Units | None = None, states: States | None = None) -> Migration:
        """Plan how running cases go over to another definition; nothing is done until the plan's ``apply(by=…)``."""
        return migrating.plan(self._office, community, units, states)

    def reschedule(self) -> int:
        """Count running clocks again by the newest calendars; a due instant that moves is an event (rule T2)."""
        return rescheduling.reschedule(self._office)

    def joined(self, connection: Connection) -> Desk:
        """Return this desk inside the open transaction of the application's `connection`.

        What it writes is committed or rolled back with the application's own rows, and seen by nobody before. It is
        good for one thread and for as long as the transaction. UsageError where the store is no database.
        """
        office = self._office.joined(connection)
        return evolve(self, store=office.store, office=office)

    async def wait(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call any method of the desk from asyncio without blocking its loop: ``await desk.wait(desk.act, …)``.

        The call runs in a thread. It is carried to its end also when whoever waits for it is cancelled.
        """
        return await asyncio.to_thread(method, *args, **kwargs)

    def _case(self, work: Work, token: str | None = None) -> Case:
        return Case(work.id, work.version, work.facts, work.open, work.edition.key, token, self)
