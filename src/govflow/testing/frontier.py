"""Where something is in a lifecycle that has not happened yet, and how far it is from each state.

It knows names only, no case. Next: ``testing.commands``, which draws rather what leads there.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from govflow.lifecycle import Lifecycle


def distances(cycle: Lifecycle, seen: Collection[tuple[str, str]]) -> dict[str, int]:
    """Return how many transitions each state is from one where something can happen that was not `seen`.

    What can happen is a trigger or ``expiry:DEADLINE``, after the lifecycle's name. A state from which nothing new is
    reached is not among them.

    >>> import govflow as gf
    >>> wish = gf.load("beida").lifecycles["wish"]
    >>> seen = {("wish", name) for name in (*wish.triggers(), *(f"expiry:{name}" for name in wish.deadlines))}
    >>> distances(wish, seen)
    {}
    """
    going = [way for way in cycle.transitions if way.target is None or cycle.states[way.target].kind != "final"]
    ways = [(source, way) for way in going for source in cycle.sources(way)]
    running = [(state, f"expiry:{name}") for name, deadline in cycle.deadlines.items() for state in deadline.runs]
    happening = [*((source, way.trigger) for source, way in ways), *running]
    found = {state: 0 for state, what in happening if (cycle.name, what) not in seen}
    for far in count(1):
        near = {source for source, way in ways if source not in found and found.get(way.target or source) == far - 1}
        if not near:
            return found
        found |= dict.fromkeys(near, far)
    raise AssertionError
