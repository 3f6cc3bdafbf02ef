"""Why a transition is not enabled where a case stands, by the same small functions that ``position`` asks.

For people: a step itself only asks whether. Nothing here knows who acts.
"""

from __future__ import annotations

from enum import Enum

from govflow.lifecycle import guard
from govflow.program.columns import F_COUNTERS, F_TIES, NONE, S_LOCAL, T_GUARD, T_MOVE, T_SOURCES, TIES
from govflow.program.guards import FACTS
from govflow.program.model import Program
from govflow.program.position import Position, allows, destination, facts
from govflow.program.rules import may_move


class Obstacle(Enum):
    """What stands in the way of a transition, the farthest from being enabled first."""

    STATE = "the case is in another state"
    MOVE = "the case is away, or is not away"
    GUARD = "its condition does not hold"
    PLACE = "there is nowhere to go"


def obstacle(program: Program, position: Position, transition: int) -> Obstacle | None:
    """Return the first thing that stands in the way of a transition of the case's lifecycle; None if it is enabled."""
    row = program.rules.transitions[transition]
    if not row[T_SOURCES] >> program.rules.states[position.state][S_LOCAL] & 1:
        return Obstacle.STATE
    if not may_move(row[T_MOVE], len(position.stack)):
        return Obstacle.MOVE
    if row[T_GUARD] != NONE and not allows(program, position, row):
        return Obstacle.GUARD
    return Obstacle.PLACE if destination(program, position, transition) == NONE else None


def guard_facts(program: Program, position: Position, when: str) -> dict[str, int | str | bool | None]:
    """Return what a guard asks about a case, by the names that the guard uses."""
    known = facts(program, position)
    return {name: _value(program, position, known, name) for name in guard.names(guard.parse(when))}


def _value(program: Program, position: Position, known: list[int], name: str) -> int | str | bool | None:
    names, keys = program.names, program.keys[position.lifecycle]
    texts = {"level": names.levels, "category": names.categories, "channel": names.channels}
    if name in texts:
        index = known[FACTS[name]]
        return None if index == NONE else texts[name][index]
    if name in FACTS:
        return bool(known[FACTS[name]]) if name.startswith("has_") else known[FACTS[name]]
    if name.startswith("tied("):
        return bool(known[F_TIES + [f'tied("{kind}")' for kind in TIES].index(name)])
    if name.startswith("entries("):
        own = [f'entries("{key.removeprefix("entries.")}")' for key in keys.entries]
        return position.entries[own.index(name)]
    return known[F_COUNTERS + names.counters[position.lifecycle].index(name)]
