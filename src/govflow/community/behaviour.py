"""The behaviour model as written down (rule S2): which entry speaks for a place, and what is wrong or missing.

A missing entry is a fault only where the simulation would look for it: in a lifecycle that has arrivals, in a
state that a case can reach. Nothing is drawn here; ``program`` compiles the same entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from govflow.calendar import DAY
from govflow.community.distribution import distribution_faults
from govflow.community.model import Behaviour, Community
from govflow.community.places import join, under
from govflow.community.sound import Names, unknown, weights
from govflow.errors import Fault
from govflow.lifecycle import DEPARTMENT, Lifecycle, Transition


def most_specific(behaviour: Behaviour, level: str, category: str) -> Iterator[Behaviour]:
    """Yield the entries that speak for (level, category), the most specific first (rule S2).

    >>> plain = Behaviour(at={"host": Behaviour(outcomes={"resolve": 1.0})})
    >>> [entry.outcomes for entry in most_specific(plain, "host", "parking")]
    [{'resolve': 1.0}, None]
    """
    narrowed = behaviour.category.get(category)
    if narrowed is not None:
        if level in narrowed.at:
            yield narrowed.at[level]
        yield narrowed
    if level in behaviour.at:
        yield behaviour.at[level]
    yield behaviour


def outcomes_of(cycle: Lifecycle, state: str) -> tuple[str, ...]:
    """Return the triggers that can carry a weight in a work or wait state, in order of mention."""
    working = cycle.states[state].kind == "work"
    ways = (way for way in cycle.transitions if state in cycle.sources(way) and carries_weight(way, working))
    return tuple(dict.fromkeys(way.trigger for way in ways))


def carries_weight(way: Transition, working: bool) -> bool:
    """Say whether a person's decision can fire a way: not the clock, not the dispatcher's `take`.

    The reporter's words count in wait states only (rule S2).
    """
    silent = {"clock", "reporter"} if working else {"clock"}
    return not way.take and not (way.by and set(way.by) <= silent)


def behaviour_faults(community: Community, names: Names) -> Iterator[Fault]:
    """Yield what is wrong with the entries that are written, then which entries are missing."""
    for name, entries in community.assumptions.behaviour.items():
        path = join("assumptions", "behaviour", name)
        yield from unknown(name, "lifecycle", names["lifecycle"], path)
        for state, entry in entries.items():
            cycle = community.lifecycles.get(name)
            place = _Place(cycle, state, names, sorted({c.day for c in community.calendars.values()}))
            yield from _entry_faults(entry, place, under(path, state))
    for name, rates in community.assumptions.arrivals.items():
        categories = [category for category, arrivals in rates.items() if arrivals.per_household_year > 0]
        if categories and name in community.lifecycles and names["levels"]:
            yield from missing_behaviour(community, community.lifecycles[name], categories, names["levels"])


@frozen
class _Place:
    """Where an entry is written: which state of which lifecycle (None: it could not be read), among which names."""

    cycle: Lifecycle | None
    state: str
    names: Names
    working_days: Sequence[int]

    def days(self) -> Sequence[int]:
        """Return how long ``1d`` can be in a time here: a working day of some calendar for work, else 24 hours."""
        state = self.cycle.states.get(self.state) if self.cycle is not None else None
        return self.working_days if state is not None and state.kind == "work" else (DAY,)


def _entry_faults(entry: Behaviour, place: _Place, path: str) -> Iterator[Fault]:
    cycle, state = place.cycle, place.state
    if cycle is not None:
        if state not in cycle.states:
            yield from unknown(state, "state", cycle.states, path)
            return
        kind = cycle.states[state].kind
        if kind in ("queue", "final"):
            yield Fault(path, "stray_behaviour", f"is never looked at: {state!r} is a {kind} state; leave it out")
    yield from _one_entry(entry, place, path)
    yield from _by_level(entry.at, place, under(path, "at"))
    for category, narrowed in entry.category.items():
        here = under(path, "category", category)
        yield from unknown(category, "category", place.names["categories"], here)
        yield from _one_entry(narrowed, place, here)
        yield from _by_level(narrowed.at, place, under(here, "at"))
        if narrowed.category:
            yield Fault(under(here, "category"), "nesting", "is never looked at: a category's entry holds no other")


def _by_level(entries: Mapping[str, Behaviour], place: _Place, path: str) -> Iterator[Fault]:
    for level, entry in entries.items():
        here = under(path, level)
        if level != DEPARTMENT:
            yield from unknown(level, "level", place.names["levels"], here)
        yield from _one_entry(entry, place, here)
        for key in ("at", "category"):
            if getattr(entry, key):
                text = f"is never looked at: write category.C.at.{level}, not {key!r} inside a level's entry"
                yield Fault(under(here, key), "nesting", text)


def _one_entry(entry: Behaviour, place: _Place, path: str) -> Iterator[Fault]:
    if entry.time is not None:
        yield from distribution_faults(entry.time, under(path, "time"), place.days())
    if entry.outcomes is None:
        return
    here = under(path, "outcomes")
    yield from weights(entry.outcomes, here)
    if place.cycle is not None and place.cycle.states[place.state].kind in ("work", "wait"):
        yield from _outcome_names(entry.outcomes, place.cycle, place.state, here)


def _outcome_names(outcomes: Mapping[str, float], cycle: Lifecycle, state: str, path: str) -> Iterator[Fault]:
    possible = outcomes_of(cycle, state)
    for trigger in outcomes:
        here = under(path, trigger)
        if trigger not in cycle.triggers():
            yield from unknown(trigger, "trigger", possible, here)
        elif trigger not in possible:
            text = f"cannot be an outcome of {state!r}; possible here: {', '.join(possible) or 'none'}"
            yield Fault(here, "wrong_outcome", text)


def missing_behaviour(
    community: Community, cycle: Lifecycle, categories: Sequence[str], levels: tuple[str, ...]
) -> Iterator[Fault]:
    """Yield a fault for each time and each table of outcomes that a case could need and not find."""
    entries = community.assumptions.behaviour.get(cycle.name, {})
    reachable = _reachable(cycle)
    for state in cycle.states:
        needed = _needed(cycle, state) if state in reachable else ()
        entry = entries.get(state, Behaviour())
        path = join("assumptions", "behaviour", cycle.name, state)
        for key, other in needed:
            lacking = [level for level in levels if _lacks(entry, level, categories, key, other)]
            places = [under(path, key)] if lacking == list(levels) else [under(path, "at", at, key) for at in lacking]
            for place in places:
                yield Fault(place, "missing_behaviour", f"is missing: the simulation needs the {key} of {state!r} here")


def _needed(cycle: Lifecycle, state: str) -> tuple[tuple[str, str | None], ...]:
    """Return which of time and outcomes a state needs, each with the other one if it needs it only beside that.

    Work needs both. A wait that people end needs both, unless a deadline ends it too: then both or neither. A
    joint conference decides in its sessions: it needs outcomes only.
    """
    kind = cycle.states[state].kind
    if kind not in ("work", "wait") or not outcomes_of(cycle, state):
        return ()
    if kind == "wait":
        if any(way.move == "convene" and way.target == state for way in cycle.transitions):
            return (("outcomes", None),)
        if any(state in deadline.runs and deadline.fires for deadline in cycle.deadlines.values()):
            return (("time", "outcomes"), ("outcomes", "time"))
    return (("time", None), ("outcomes", None))


def _lacks(entry: Behaviour, level: str, categories: Sequence[str], key: str, other: str | None) -> bool:
    for category in categories:
        found = list(most_specific(entry, level, category))
        has = {name: any(getattr(e, name) is not None for e in found) for name in ("time", "outcomes")}
        if not has[key] and (other is None or has[other]):
            return True
    return False


def _reachable(cycle: Lifecycle) -> set[str]:
    """Return the states that some chain of transitions reaches from the start, whatever the guards say."""
    reached, fresh = {cycle.start}, [cycle.start]
    while fresh:
        here = fresh.pop()
        for way in cycle.transitions:
            if way.target is not None and way.target not in reached and here in cycle.sources(way):
                reached.add(way.target)
                fresh.append(way.target)
    return reached
