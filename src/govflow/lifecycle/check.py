"""Whether a lifecycle is well made: `check` returns every fault in it, each with its key path (rule L9).

*Malformed* things only: unknown names, dangling targets, bad numbers, states that break the rules of their kind.
What loads but is unwise (unreachable, a trap, a final state with exits, nobody to fire a transition) is the
matter of ``verification``; what needs the organization or the assumptions is asked in ``community``. Open
`faults` for the plain questions, then ``ways``, ``clocks`` and ``measures`` for the three big tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from govflow.errors import Fault
from govflow.lifecycle.clocks import clock_faults
from govflow.lifecycle.faults import MOST, Draft, at_most, identifier, table, under, unknown
from govflow.lifecycle.fields import field_faults, given_faults
from govflow.lifecycle.measures import measure_faults
from govflow.lifecycle.model import Lifecycle, StateKind
from govflow.lifecycle.tree import CALLS, FACTS, JOINTS
from govflow.lifecycle.ways import way_faults


def check(
    lifecycle: Lifecycle,
    levels: Collection[str] | None = None,
    categories: Collection[str] | None = None,
    channels: Collection[str] | None = None,
    path: str | None = None,
    *,
    lifecycles: Collection[str] | None = None,
) -> list[Fault]:
    """Return everything malformed in `lifecycle`, in the order of its tables; an empty list where it is well made.

    `levels` (from the top down), `categories` and `channels` are the names that limits and guards may use,
    `lifecycles` those whose cases may be raised; where one is None such names are not looked at. `path` is the key
    path of the lifecycle, ``lifecycle.NAME`` if None.

    >>> from govflow.lifecycle import State, Transition
    >>> ways = (Transition("close", ("asked",), "closd", by=("reporter",)),)
    >>> wish = Lifecycle("wish", "asked", {"asked": State("asked", "wait"), "closed": State("closed", "final")}, ways)
    >>> print(*check(wish))
    lifecycle.wish.transitions.close.to: unknown state 'closd'; did you mean 'closed'?
    """
    draft = Draft(lifecycle, path or under("lifecycle", lifecycle.name), levels, categories, channels, lifecycles)
    parts = (
        _names,
        _states,
        _start,
        _queues,
        way_faults,
        clock_faults,
        _counters,
        _reasons,
        field_faults,
        measure_faults,
    )
    return [fault for part in parts for fault in part(draft)]


def _names(draft: Draft) -> Iterator[Fault]:
    yield from identifier(draft.path, "lifecycle", draft.lifecycle.name)


def _states(draft: Draft) -> Iterator[Fault]:
    path, states = draft.at("states"), draft.lifecycle.states
    yield from table(path, "state", states)
    yield from at_most(path, "states", len(states), MOST)
    for state in states.values():
        yield from unknown(under(path, state.name, "kind"), "kind of state", state.kind, get_args(StateKind))
    if not any(state.kind == "final" for state in states.values()):
        yield Fault(path, "no_final", "no state is final, so no case would ever end; give one state kind = 'final'")


def _start(draft: Draft) -> Iterator[Fault]:
    path, start = draft.at("start"), draft.lifecycle.start
    yield from unknown(path, "state", start, draft.lifecycle.states)
    if draft.kind(start) in ("work", "final"):
        text = f"{start!r} is a {draft.kind(start)} state; a case starts in a queue or wait state"
        yield Fault(path, "wrong_start", text)


def _queues(draft: Draft) -> Iterator[Fault]:
    takes = [way for way in draft.lifecycle.transitions if way.take]
    for name, state in draft.lifecycle.states.items():
        if state.kind != "queue":
            continue
        path = draft.at("states", name)
        taking = [way.trigger for way in takes if name in draft.sources(way)]
        if not taking:
            text = (
                f"no transition takes cases out of this queue; add one: from = '{name}', to = a work state, take = true"
            )
            yield Fault(path, "no_take", text)
        elif len(taking) > 1:
            text = f"{len(taking)} transitions take cases out of this queue ({', '.join(taking)}); leave one"
            yield Fault(path, "wrong_take", text)


def _counters(draft: Draft) -> Iterator[Fault]:
    path, counters = draft.at("counters"), draft.lifecycle.counters
    yield from table(path, "counter", counters, (*FACTS, *CALLS, *JOINTS))
    yield from at_most(path, "counters", len(counters), MOST)
    cycles = [name for name, counter in counters.items() if counter.cycle]
    if len(cycles) > 1:
        yield Fault(path, "two_cycles", f"{', '.join(cycles)} are all marked 'cycle'; one counter counts reopenings")
    yield from given_faults(draft, path, counters)


def _reasons(draft: Draft) -> Iterator[Fault]:
    for name in draft.lifecycle.reasons:
        yield from identifier(draft.at("reasons", str(name)), "reason", name)
