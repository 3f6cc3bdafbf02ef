"""How far a case can come: every place that some chain of transitions leads to, and the shortest way there.

A place is a position of the program itself with what was counted blurred: counters and entries only as far as the
caps of the conditions keep them. So an exploration ends, and what it does not reach, no case reaches. What is on
offer to a case is told by ``offers``: on the desk, or in the simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve, field, frozen
from msgspec.structs import replace

from govflow.program import Position, Program, destination, step
from govflow.program.columns import F_COUNTERS, FINAL, NONE, S_KIND, T_GUARD
from govflow.verification.conditions import Conditions
from govflow.verification.offers import Offer, Offers
from govflow.verification.openings import Opening
from govflow.verification.wording import level_name, step_name

MOST_PLACES = 20_000
"""An exploration with more places than this is given up, and says so."""


@frozen
class Step:
    """One transition that can be taken: the way, the clock that fires it (or NONE), where it leads."""

    way: int
    cause: int
    to: Position


@frozen(eq=False)
class Explorer:
    """The rules of one exploration: `free` is the program without its guards, which `conditions` answer for."""

    program: Program = field(repr=False)
    free: Program = field(repr=False)
    conditions: Conditions
    offers: Offers

    def steps(self, position: Position) -> Iterator[Step]:
        """Yield the transitions that can be enabled at a position."""
        for offer in self.on_offer(position):
            for at, way in enumerate(offer.ways):
                if self.conditions.can_hold(position, way, unless=offer.ways[:at]):
                    yield Step(way, offer.cause, self.blurred(step(self.free, position, way, at=0)))

    def on_offer(self, position: Position) -> Iterator[Offer]:
        """Yield what is on offer at a position: the ways whose move is open there, whatever their guards say."""
        if self.program.rules.states[position.state][S_KIND] == FINAL:
            return
        for offer in self.offers(self.program, position, self.conditions.severities):
            ways = tuple(way for way in offer.ways if destination(self.free, position, way) != NONE)
            if ways:
                yield evolve(offer, ways=ways)

    def blurred(self, position: Position) -> Position:
        """Return a position with its counts only as far as they are known."""
        caps, counters = self.conditions.caps, len(position.counters)
        counts = (*position.counters, *position.entries)
        kept = [min(count, caps.get(fact, 0)) for fact, count in enumerate(counts, F_COUNTERS)]
        return replace(position, counters=tuple(kept[:counters]), entries=tuple(kept[counters:]))


@frozen(eq=False)
class Map:
    """Everywhere that the cases of an opening can come: `came` in order of distance, `steps` on from each place.

    `came` tells from where and by which step a place was first reached, None where cases open. `complete` is
    False where the exploration was given up.
    """

    explorer: Explorer
    opening: Opening
    came: Mapping[Position, tuple[Position, Step] | None]
    steps: Mapping[Position, tuple[Step, ...]]
    complete: bool

    @property
    def program(self) -> Program:
        """The program explored."""
        return self.explorer.program

    def path(self, position: Position) -> tuple[str, ...]:
        """Return the names of the steps of a shortest way from an opening to a position."""
        names = []
        came = self.came[position]
        while came is not None:
            before, taken = came
            names.append(step_name(self.program, before.unit, taken.way, taken.cause, taken.to.unit))
            position, came = before, self.came[before]
        names.append(f"open at {level_name(self.program, position.unit)}")
        return tuple(reversed(names))

    def leading_to(self, places: Iterable[Position], ways: Callable[[int], bool]) -> set[Position]:
        """Return everywhere from where some of `places` can be reached by transitions that pass `ways`."""
        before: dict[Position, list[Position]] = {}
        for here, steps in self.steps.items():
            for taken in steps:
                if ways(taken.way):
                    before.setdefault(taken.to, []).append(here)
        found = set(places)
        fresh = list(found)
        while fresh:
            for earlier in before.get(fresh.pop(), ()):
                if earlier not in found:
                    found.add(earlier)
                    fresh.append(earlier)
        return found


def explorer(program: Program, conditions: Conditions, offers: Offers) -> Explorer:
    """Return an explorer of a program; guards are set aside, and asked of the conditions."""
    rows = tuple((*row[:T_GUARD], NONE, NONE, *row[T_GUARD + 2 :]) for row in program.rules.transitions)
    return Explorer(program, evolve(program, rules=evolve(program.rules, transitions=rows)), conditions, offers)


def explore(explorer: Explorer, opening: Opening, *, most: int = MOST_PLACES) -> Map:
    """Explore from where the cases of an opening open, the nearest places first."""
    starts = [explorer.blurred(start) for start in opening.positions(explorer.program)]
    came: dict[Position, tuple[Position, Step] | None] = dict.fromkeys(starts)
    steps: dict[Position, tuple[Step, ...]] = {}
    line = list(came)
    for here in line:
        steps[here] = tuple(explorer.steps(here))
        for taken in steps[here]:
            if taken.to not in came:
                came[taken.to] = (here, taken)
                line.append(taken.to)
        if len(came) > most:
            return Map(explorer, opening, came, steps, complete=False)
    return Map(explorer, opening, came, steps, complete=True)
