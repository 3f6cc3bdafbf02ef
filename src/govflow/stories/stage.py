"""The stage on which a story is told: a desk whose clock stands until somebody moves it, people as processes, and luck.

A process is a generator that says what it waits for: ``yield`` an instant (µs UTC) to go on then, or the name of a
case or a unit to go on as soon as something happens there. In between it acts on the desk. So a figure is what people
with limited hours got done, and no loop counts up to it. Deadlines that nobody comes before fire by themselves, every
hour. Luck is a pure function of the seed and of names: who else takes part moves nobody's.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Generator, Iterable, Mapping
from hashlib import blake2b
from heapq import heappop, heappush
from itertools import accumulate
from typing import Any, TypeAlias

from attrs import define, field

from govflow.calendar import DAY, HOUR, parse_instant
from govflow.casework import Case, CountingIds, Desk, Directory, ManualClock
from govflow.casework.pages import each
from govflow.community import Community, Distribution, Figure, most_specific
from govflow.errors import UnknownName
from govflow.lifecycle import DEPARTMENT
from govflow.program.behaviour import distribution
from govflow.record import Event
from govflow.stories.story import Chapter, Reached, Story

Process: TypeAlias = Generator[int | str, None, None]
"""What somebody does: it yields an instant, or the id of a case or unit, and goes on then."""


@define(eq=False)
class Stage:
    """A desk in memory (or in an empty `store`) at the local instant `start`, with what people do on it.

    >>> import govflow as gf
    >>> stage = Stage(gf.load("beida"), "2026-01-05T10:00")
    >>> def neighbour(stage):
    ...     yield stage.now + HOUR
    ...     facts = {"category": "noise", "channel": "doorstep", "unit": "host/1-1-1"}
    ...     stage.desk.open("grievance", by="resident:example-1", **facts)
    >>> stage.begin(neighbour(stage))
    >>> stage.run(stage.now + DAY)
    >>> len(stage.find("grievance"))
    1
    """

    community: Community
    start: str
    seed: int = 1
    directory: Directory = field(factory=Directory, repr=False)
    store: Any = field(default=None, repr=False)
    desk: Desk = field(init=False, repr=False)
    _clock: ManualClock = field(init=False, repr=False)
    _agenda: list[tuple[int, int, Process]] = field(factory=list, init=False, repr=False)
    _waiting: dict[str, list[Process]] = field(factory=dict, init=False, repr=False)
    _reactions: dict[tuple[str, str], list[Callable[[Case], Process]]] = field(factory=dict, init=False, repr=False)
    _number: int = field(default=0, init=False)
    _heard: int = field(default=0, init=False)
    _given: dict[str, float] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._clock = ManualClock(self.instant(self.start))
        self.desk = Desk(
            self.community, store=self.store, clock=self._clock, ids=CountingIds(), directory=self.directory
        )

    # --- time ---------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The instant at which the clock stands."""
        return self._clock.at

    def instant(self, text: str) -> int:
        """Return the instant of a local date, or date and time."""
        return parse_instant(text, self.community.zone)

    def date(self, at: int) -> str:
        """Return the local date of an instant, as a field takes it."""
        return self.local(at)[:10]

    def local(self, at: int) -> str:
        """Return the local date and time of an instant."""
        return next(iter(self.community.calendars.values())).local(at).strftime("%Y-%m-%dT%H:%M")

    # --- processes ----------------------------------------------------------------------------------------------

    def begin(self, *processes: Process) -> None:
        """Let processes begin now, in the order given."""
        for process in processes:
            self._later(self.now, process)

    def when(self, lifecycle: str, state: str, reaction: Callable[[Case], Process]) -> None:
        """Begin a process for every case that enters a state from now on."""
        self._reactions.setdefault((lifecycle, state), []).append(reaction)

    def run(self, until: int) -> None:
        """Let the time pass up to `until`, and everybody do what they do."""
        while True:
            at = self._agenda[0][0] if self._agenda else until
            self._clock.at = max(self.now, min(at, until, self.now + HOUR))
            self.desk.advance(jump=True)
            self._hear()
            while self._agenda and self._agenda[0][0] <= self.now:
                self._resume(heappop(self._agenda)[2])
                self._hear()
            if self.now >= until:
                return

    def _resume(self, process: Process) -> None:
        try:
            wanted = next(process)
        except StopIteration:
            return
        if isinstance(wanted, str):
            self._waiting.setdefault(wanted, []).append(process)
        else:
            self._later(wanted, process)

    def _later(self, at: int, process: Process) -> None:
        self._number += 1
        heappush(self._agenda, (at, self._number, process))

    def _hear(self) -> None:
        """Read on in the feed: wake who waits for what has happened, begin what answers to it."""
        for event in self.desk.feed(after=self._heard):
            self._heard = event.position or self._heard
            changes = event.changes
            for place in dict.fromkeys((event.case, event.unit, str(changes.get("unit", "")))):
                self.begin(*self._waiting.pop(place, ()))
            if "entered" in changes:
                self._react(event)

    def _react(self, event: Event) -> None:
        case = self.desk.case(event.case)
        if case.facts["entered"] == event.changes["entered"]:  # else it has gone on since
            self.begin(*(reaction(case) for reaction in self._reactions.get((case.lifecycle, case.state), ())))

    # --- cases --------------------------------------------------------------------------------------------------

    def find(self, lifecycle: str | Iterable[str] | None = None, **where: Any) -> list[Case]:
        """Return all cases with these facts, in order of id."""
        if lifecycle is not None:
            where["lifecycle"] = lifecycle
        return list(each(self.desk, **where))

    def stands(self, case: Case) -> bool:
        """Say whether a case still is where it was when it was looked at, and has not moved in between."""
        now = self.desk.case(case)
        return all(now.facts[fact] == case.facts[fact] for fact in ("state", "unit", "entered"))

    # --- luck ---------------------------------------------------------------------------------------------------

    def luck(self, *names: object) -> float:
        """Return the draw between 0 and 1 that belongs to some names, the same whenever it is asked for."""
        digest = blake2b("\x1f".join(map(str, (self.seed, *names))).encode(), digest_size=8).digest()
        return ((int.from_bytes(digest, "little") >> 12) + 0.5) / 2**52

    def takes(self, case: Case, state: str, *, day: int = DAY) -> int:
        """Return how long a case stays in a state, in µs, as the community's assumptions of behaviour draw it."""
        behaviour = self.community.assumptions.behaviour[case.lifecycle][state]
        entries = most_specific(behaviour, self._level(case), case.category or "")
        time = next(entry.time for entry in entries if entry.time is not None)
        return drawn(time, self.luck("time", case.id, state, case.version), day=day)

    def ends(self, case: Case, state: str, among: Iterable[str]) -> str:
        """Return how a state ends: one of the triggers `among`, by the weights that are assumed, else evenly."""
        behaviour = self.community.assumptions.behaviour[case.lifecycle][state]
        entries = most_specific(behaviour, self._level(case), case.category or "")
        weights = next(entry.outcomes for entry in entries if entry.outcomes is not None)
        own = {name: weights.get(name, 0.0) for name in among}
        own = own if any(own.values()) else dict.fromkeys(own, 1.0)
        return self.choice(own, "end", case.id, case.version)

    def choice(self, weights: Mapping[str, float], *names: object) -> str:
        """Return one of some names, each with a weight, by the draw that belongs to `names`."""
        bounds = list(accumulate(weights.values()))
        return list(weights)[bisect(bounds, self.luck(*names) * bounds[-1])]

    def _level(self, case: Case) -> str:
        level = case.unit.partition("/")[0]
        return level if level in self.community.organization.level_names else DEPARTMENT

    # --- figures ------------------------------------------------------------------------------------------------

    def given(self, name: str) -> int:
        """Return a figure of the report as an input of the story, which is told as given from now on.

        There is no other way to a figure: so nothing that a story begins with is taken for what came of it.
        """
        self._given[name] = self._figure(name).value
        return int(self._given[name])

    def reached(self, name: str, value: float | None = None, *, given: float | None = None) -> Reached:
        """Return a figure of the report with the value that the story reached.

        Where it took the figure as its input, or says what was `given`, that is told beside; without a value alone.
        """
        return Reached(self._figure(name), value, self._given.get(name) if given is None else given)

    def _figure(self, name: str) -> Figure:
        known = self.community.figures
        if name not in known:
            raise UnknownName("figure", name, known)
        return known[name]

    def story(self, chapters: Iterable[Chapter]) -> Story:
        """Tell the chapters one after the other, look through the whole record, and return the story."""
        told = tuple(chapters)
        return Story(self.community.name, self.community.label, self.seed, told, self.desk.verify_audit())


def drawn(time: Distribution, luck: float, *, day: int = DAY) -> int:
    """Return the quantile `luck` of a distribution in µs; its days are `day` long.

    >>> from govflow.calendar import Duration
    >>> drawn(Distribution("constant", {"value": Duration.parse("2h")}), 0.5) // HOUR
    2
    """
    import numpy as np

    from govflow.simulation.luck import duration

    knots: list[tuple[float, float]] = []
    row = distribution(time, day, knots)
    return duration(np.array([row]), np.array(knots or [(0.0, 0.0)]), 0, luck)
