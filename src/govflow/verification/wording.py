"""How findings name things: key paths of states, transitions and deadlines, levels, steps, lists.

Words only; what is found is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from govflow.community.places import join
from govflow.program import Program
from govflow.program.columns import NONE


def several(names: Iterable[str], most: int = 5) -> str:
    """Return names as a person lists them: at most `most`, and how many more there are.

    >>> several(["a", "b", "c"]), several("abcdefg")
    ('a, b and c', 'a, b, c, d, e and 2 more')
    """
    listed = list(names)
    shown, more = listed[:most], len(listed) - most
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return " and ".join([part for part in (", ".join(shown[:-1]), *shown[-1:]) if part])


def quoted(names: Iterable[str]) -> str:
    """Return names in quotes, listed.

    >>> quoted(["host", "group"])
    "'host' and 'group'"
    """
    return several(map(repr, names))


def level_name(program: Program, unit: int) -> str:
    """Return the name of a unit's level."""
    return program.names.levels[program.places.level[unit]]


def level_names(program: Program, units: Iterable[int]) -> tuple[str, ...]:
    """Return the names of the levels at which `units` stand, from the bottom up as a case climbs, each once."""
    levels = sorted({program.places.level[unit] for unit in units})
    hierarchy = [program.names.levels[level] for level in reversed(levels) if level < len(program.names.levels) - 1]
    outside = [program.names.levels[level] for level in levels if level == len(program.names.levels) - 1]
    return (*hierarchy, *outside)


def state_name(program: Program, state: int) -> str:
    """Return the name of a state."""
    return program.names.states[state][1]


def trigger(program: Program, way: int) -> str:
    """Return the trigger of a way."""
    return program.names.transitions[way][1].trigger


def step_name(program: Program, start: int, way: int, cause: int, end: int) -> str:
    """Return a step as a person says it: its trigger, the deadline that fires it, the level if it is another."""
    name = trigger(program, way)
    if cause != NONE:
        name += f" ({program.names.clocks[cause][1].name})"
    level = level_name(program, end)
    return name if level == level_name(program, start) else f"{name} to {level}"


def lifecycle_place(program: Program, lifecycle: int) -> str:
    """Return the key path of a lifecycle."""
    return join("lifecycle", program.names.lifecycles[lifecycle])


def state_place(program: Program, state: int) -> str:
    """Return the key path of a state."""
    owner, name = program.names.states[state]
    return join("lifecycle", owner, "states", name)


def way_place(program: Program, way: int) -> str:
    """Return the key path of a way; of several ways with one trigger it says which, from 0."""
    owner, written = program.names.transitions[way]
    alike = [i for i, (o, w) in enumerate(program.names.transitions) if (o, w.trigger) == (owner, written.trigger)]
    path = join("lifecycle", owner, "transitions", written.trigger)
    return path if len(alike) == 1 else f"{path}[{alike.index(way)}]"


def deadline_place(program: Program, clock: int) -> str:
    """Return the key path of the deadline whose clock this is."""
    owner, deadline, _ = program.names.clocks[clock]
    return join("lifecycle", owner, "deadlines", deadline.name)


def behaviour_place(program: Program, state: int, *keys: str) -> str:
    """Return the key path of what is assumed of a state."""
    owner, name = program.names.states[state]
    return join("assumptions", "behaviour", owner, name, *keys)


def category_names(program: Program, categories: Iterable[int]) -> tuple[str, ...]:
    """Return the names of categories, sorted."""
    return tuple(sorted(program.names.categories[category] for category in set(categories) if category != NONE))
