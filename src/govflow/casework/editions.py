"""Editions: a case runs on the definition under which it opened, for as long as it is not migrated (rule T2).

An `Edition` is a definition compiled for the desk, with what every command asks of it looked up once.
"""

from __future__ import annotations

import datetime as dt
import threading
import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256

from attrs import define, field

from govflow.calendar import Calendar, parse_instant
from govflow.casework.directory import Directory, Roster
from govflow.community import Community, dumps, load
from govflow.errors import UnknownName
from govflow.lifecycle import CLOCK, Deadline, Field, FieldLimit, Lifecycle, Transition
from govflow.program import Program, compile_program
from govflow.program.columns import L_CLOCK, L_CLOCKS
from govflow.store import Store

HERE = ("handler@here",)
"""Who may fire a transition that does not say who: the handlers of the unit that has the case."""


@define(eq=False)
class Edition:
    """One definition as the desk reads it: the program, the roster, and each lifecycle's triggers and fields.

    Its program is another one when newer calendars count: its names and their indices stay as they are.
    """

    key: str
    program: Program
    roster: Roster

    @cached_property
    def lifecycles(self) -> tuple[Lifecycle, ...]:
        """The lifecycles by the program's index."""
        return tuple(self.program.community.lifecycles[name] for name in self.program.names.lifecycles)

    @cached_property
    def ways(self) -> tuple[Mapping[str, tuple[int, ...]], ...]:
        """For each lifecycle its triggers, each with its transitions in the order in which they are tried."""
        found: list[dict[str, tuple[int, ...]]] = [{} for _ in self.lifecycles]
        index = {name: at for at, name in enumerate(self.program.names.lifecycles)}
        for at, (owner, way) in enumerate(self.program.names.transitions):
            mine = found[index[owner]]
            mine[way.trigger] = (*mine.get(way.trigger, ()), at)
        return tuple(found)

    @cached_property
    def who(self) -> tuple[tuple[str, ...], ...]:
        """For each transition who may fire it; empty where only a clock or the main case does."""
        ways = (way for _, way in self.program.names.transitions)
        return tuple(() if way.follows == "main" else _people(way) for way in ways)

    @cached_property
    def at_large(self) -> tuple[Mapping[str, frozenset[str]], ...]:
        """For each lifecycle, by state, in which roles people may act there wherever they hold them; restricted: none.

        Members and partners at large are not among them: to them the board shows an item, without its household.
        """
        found: list[dict[str, frozenset[str]]] = [{} for _ in self.lifecycles]
        for (owner, way), words in zip(self.program.names.transitions, self.who, strict=True):
            cycle, mine = self.program.community.lifecycles[owner], found[self.lifecycle(owner)]
            wide = {word for word in words if word.endswith("@anywhere")}
            for state in cycle.sources(way) if wide and not cycle.restricted else ():
                mine[state] = mine.get(state, frozenset()) | wide
        return tuple(found)

    @cached_property
    def fields(self) -> tuple[Mapping[str, Field], ...]:
        """For each lifecycle the fields that can be said in it."""
        return tuple(cycle.known_fields() for cycle in self.lifecycles)

    @cached_property
    def words(self) -> frozenset[str]:
        """The fields in which, in any lifecycle, people say something in their own words."""
        return frozenset(name for known in self.fields for name, one in known.items() if one.kind in ("text", "reason"))

    @cached_property
    def takes(self) -> tuple[tuple[str, ...], ...]:
        """For each transition the fields that may be said with it beside those it needs."""
        ways = (way for _, way in self.program.names.transitions)
        return tuple((*way.takes, way.links) if way.links else way.takes for way in ways)

    @cached_property
    def counted(self) -> tuple[tuple[tuple[int, str], ...], ...]:
        """For each transition the counters that gain what a field says: (local index, field)."""
        found = []
        for owner, way in self.program.names.transitions:
            counters = self.program.names.counters[self.lifecycle(owner)]
            found.append(tuple((counters.index(c), by) for c, by in way.add.items() if isinstance(by, str)))
        return tuple(found)

    @cached_property
    def ceilings(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each transition the counters that it adds to and that have a ceiling: (local index, the ceiling's)."""
        found = []
        for owner, way in self.program.names.transitions:
            at = self.lifecycle(owner)
            index = self.program.names.counters[at].index
            found.append(tuple((index(c), index(most)) for c, most in self.lifecycles[at].ceilings(way).items()))
        return tuple(found)

    @cached_property
    def sociable(self) -> frozenset[int]:
        """The transitions that do more than move the case: to other cases, to its circles, to the unit above."""
        return frozenset(
            at
            for at, (_, way) in enumerate(self.program.names.transitions)
            if way.links or way.unlinks or way.raises or way.joins or way.leaves or way.once or way.copies
        )

    @cached_property
    def once(self) -> tuple[tuple[str, ...], ...]:
        """For each lifecycle the facts that keep who has fired what each person fires once."""
        return tuple(
            tuple(dict.fromkeys(f"once.{way.trigger}" for way in cycle.transitions if way.once))
            for cycle in self.lifecycles
        )

    @cached_property
    def dated(self) -> tuple[tuple[tuple[int, FieldLimit], ...], ...]:
        """For each lifecycle the clocks whose limit a field says."""
        return tuple(
            tuple((at, limit) for at in self.clocks(cycle) if isinstance(limit := self.deadline(at).limit, FieldLimit))
            for cycle in range(len(self.lifecycles))
        )

    @cached_property
    def members(self) -> frozenset[str]:
        """Everybody whom the definition lists as a member."""
        return frozenset(self.program.community.plan.members)

    @cached_property
    def followers(self) -> tuple[Mapping[str, tuple[int, ...]], ...]:
        """For each lifecycle the transitions that follow its main case, or its children."""
        return tuple(
            {
                what: tuple(at for ways in triggers.values() for at in ways if self.way(at).follows == what)
                for what in ("main", "children")
            }
            for triggers in self.ways
        )

    def way(self, transition: int) -> Transition:
        """Return the transition of an index."""
        return self.program.names.transitions[transition][1]

    def deadline(self, clock: int) -> Deadline:
        """Return the deadline of a clock."""
        return self.program.names.clocks[clock][1]

    def clocks(self, lifecycle: int) -> range:
        """Return the clocks of a lifecycle."""
        row = self.program.rules.lifecycles[lifecycle]
        return range(row[L_CLOCK], row[L_CLOCK] + row[L_CLOCKS])

    def local_midnight(self, date: str, *, days: int = 0) -> int:
        """Return the instant at which a date, ``YYYY-MM-DD``, begins in the community's zone, or so many days later."""
        later = dt.date.fromisoformat(date) + dt.timedelta(days=days)
        return parse_instant(later.isoformat(), self.program.community.zone)

    def lifecycle(self, name: str) -> int:
        """Return the index of a lifecycle; UnknownName where there is none."""
        try:
            return self.program.names.lifecycles.index(name)
        except ValueError:
            raise UnknownName("lifecycle", name, self.program.names.lifecycles) from None


def _people(way: Transition) -> tuple[str, ...]:
    return tuple(by for by in way.by if by != CLOCK) if way.by else HERE


def edition_of(community: Community) -> tuple[str, str]:
    """Return the key of a community's definition and its text: the edition it names, and a hash of what it says."""
    text = dumps(community)
    return f"{community.edition}.{fingerprint(text)}", text


def fingerprint(text: str) -> str:
    """Return by what the key of a definition with this text ends."""
    return sha256(text.encode()).hexdigest()[:12]


@define(eq=False)
class Editions:
    """The editions that a desk has met, compiled when they are first needed. Safe for many threads.

    The working calendars of the edition that was kept last count in every edition: they are the newest (rule T2).
    """

    store: Store
    directory: Directory
    _newest: str | None = field(default=None, init=False)
    _calendars: Mapping[str, Calendar] = field(factory=dict, init=False, repr=False)
    _written: dict[str, Community] = field(factory=dict, init=False, repr=False)
    _known: dict[str, Edition] = field(factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def add(self, community: Community) -> Edition:
        """Return the edition of a community, kept in the store from now on."""
        key, text = edition_of(community)
        self._written[key] = community
        kept = self.store.editions()
        if key not in kept:
            self.store.keep_definition(key, text)
            kept = self.store.editions()
        self.follow(kept)
        return self._compiled(key)

    def ahead(self, community: Community) -> Edition:
        """Return the edition of a community that is not kept yet, to see what would come of it."""
        key, _ = edition_of(community)
        self._written[key] = community
        return self._compiled(key)

    def follow(self, kept: Sequence[str]) -> None:
        """Let the calendars of the last of the editions that are `kept` count in every edition."""
        if not kept or kept[-1] == self._newest or (self._newest is not None and self._newest not in kept):
            return  # there is none, or it is known, or this was read before it came
        newest = kept[-1]
        calendars = self._definition(newest).calendars
        with self._lock:
            self._newest, self._calendars = newest, calendars
            for key, edition in self._known.items():
                edition.program = self._program(key)

    def __getitem__(self, key: str) -> Edition:
        """Return the edition of a key; UnknownName where the store does not keep it."""
        known = self._known.get(key)
        if known is not None:
            return known
        self._definition(key)
        self.follow(self.store.editions())
        return self._compiled(key)

    def _definition(self, key: str) -> Community:
        """Return the definition of an edition as it was written."""
        if key not in self._written:
            text = self.store.definition(key)
            if text is None:
                raise UnknownName("edition", key, self.store.editions())
            self._written[key] = load(tomllib.loads(text))
        return self._written[key]

    def _compiled(self, key: str) -> Edition:
        with self._lock:
            if key not in self._known:
                program = self._program(key)
                self._known[key] = Edition(key, program, Roster(program.community.organization, self.directory))
            return self._known[key]

    def _program(self, key: str) -> Program:
        """Return the program of a definition under the newest calendars."""
        written = self._written[key]
        newest = {name: self._calendars.get(name, calendar) for name, calendar in written.calendars.items()}
        return compile_program(written if newest == written.calendars else written.with_(calendars=newest))
