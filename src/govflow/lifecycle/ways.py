"""What can be malformed in transitions: where from and where to, who, moves, takes, effects, guards (L1–L3).

Generators of faults, called by ``check``. Whether a transition is ever open is the matter of ``verification``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from govflow.errors import DefinitionError, Fault, hint
from govflow.lifecycle import guard
from govflow.lifecycle.faults import (
    MOST_WAYS,
    PEOPLE,
    Draft,
    at_most,
    identifier,
    states,
    twice,
    under,
    unknown,
)
from govflow.lifecycle.fields import circle_faults, counting_faults, said, tie_faults, who
from govflow.lifecycle.model import ANYWHERE, CLOCK, Move, Transition

OPEN = "open"
"""The fact of the opening itself, in metrics; no trigger can have this name."""

KINDS_OF_ITS_OWN = (
    *(OPEN, "overdue", "extend", "attach", "recuse", "look", "erase", "migrate", "reschedule"),
    *("linked", "parted", "child_closed"),
)
"""The kinds of event that a desk records beside triggers."""

RESERVED_TRIGGERS = (*KINDS_OF_ITS_OWN, "state", "trigger", "may_trigger", "facts", "counters")
"""What no trigger can be called: a kind of event of the desk's own, or what a model on a ``machine`` has already."""

SETTABLE = ("severity",)
"""The fields of a case that a transition can set."""

_PUSHES: Mapping[str, tuple[str, ...]] = {"refer": ("wait", "queue"), "convene": ("wait",)}


def way_faults(draft: Draft) -> Iterator[Fault]:
    """Yield what is malformed in the transitions of a lifecycle, way by way."""
    path = draft.at("transitions")
    yield from at_most(path, "transitions", len(draft.lifecycle.transitions), MOST_WAYS)
    for trigger in draft.lifecycle.triggers():
        yield from identifier(under(path, str(trigger)), "trigger", trigger, RESERVED_TRIGGERS)
    for here, way in draft.ways():
        for part in (_ends, _move, _take, _entry, _who, _fields, counting_faults, circle_faults, tie_faults, _guard):
            yield from part(draft, here, way)


def _ends(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    here = under(path, "from")
    if not way.source:
        yield Fault(here, "empty", f"must name at least one state, or {ANYWHERE!r} for every state that is not final")
    if ANYWHERE in way.source and len(set(way.source)) > 1:
        yield Fault(here, "duplicate", f"{ANYWHERE!r} is every state that is not final already; let it stand alone")
    yield from states(here, way.source, draft, allow=ANYWHERE)
    if way.target is not None:
        yield from states(under(path, "to"), [way.target], draft)


def _move(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    here = under(path, "move")
    yield from unknown(here, "move", way.move, get_args(Move))
    if way.target is None and way.move != "stay":
        yield Fault(here, "wrong_move", f"a transition that moves ({way.move}) enters a state; say which one with 'to'")
    kinds = _PUSHES.get(way.move)
    if kinds and draft.kind(way.target) not in (None, *kinds):
        text = f"{way.move!r} enters a {' or '.join(kinds)} state; {way.target!r} is a {draft.kind(way.target)} state"
        yield Fault(here, "wrong_move", text)


def _take(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    if not way.take:
        return
    wrong = [
        (under(path, "from"), f"{source!r} is a {draft.kind(source)} state, and only queues are taken from")
        for source in draft.sources(way)
        if draft.kind(source) != "queue"
    ]
    if way.target is None:
        wrong.append((path, "a transition that takes leads into a work state; say which one with 'to'"))
    elif draft.kind(way.target) not in (None, "work"):
        text = f"{way.target!r} is a {draft.kind(way.target)} state; a transition that takes leads into a work state"
        wrong.append((under(path, "to"), text))
    if way.move != "stay":
        wrong.append((under(path, "move"), "a case is taken where it waits; leave the move out"))
    given = {"by": way.by, "when": way.when, "needs": way.needs, "takes": way.takes, "sets": way.sets}
    for key in (key for key, value in given.items() if value):
        text = f"the next free handler takes the case, unasked: a transition that takes has no {key!r}"
        wrong.append((under(path, key), text))
    yield from (Fault(here, "wrong_take", text) for here, text in wrong)


def _entry(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    """Rule L1: a work state is entered by a take, or by `stay` from work with the same handler."""
    if way.take or draft.kind(way.target) != "work" or way.move in _PUSHES:
        return
    outside = [source for source in draft.sources(way) if draft.kind(source) != "work"]
    rule = "a work state is entered by the transition that takes from a queue, or from other work at the same unit"
    if outside:
        names, verb = ", ".join(map(repr, outside)), "is" if len(outside) == 1 else "are"
        yield Fault(under(path, "to"), "wrong_entry", f"{way.target!r} is work and {names} {verb} not: {rule}")
    if way.move != "stay":
        yield Fault(under(path, "move"), "wrong_entry", f"{way.target!r} is work and the move is {way.move!r}: {rule}")


def _who(_: Draft, path: str, way: Transition) -> Iterator[Fault]:
    yield from who(under(path, "by"), way.by, (*PEOPLE, CLOCK))


def _fields(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    if not way.take:
        yield from said(draft, path, way.needs, way.takes)
    for name in way.sets:
        yield from unknown(under(path, "sets"), "field to set", name, SETTABLE)
    yield from twice(under(path, "sets"), way.sets)


def _guard(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    if way.when is None:
        return
    here = under(path, "when")
    try:
        tree = guard.parse(way.when)
    except DefinitionError as error:
        yield from (Fault(here, fault.code, fault.text) for fault in error.faults)
        return
    for what, name, known in dict.fromkeys(_spoken_of(draft, tree)):
        if name not in known:
            yield Fault(here, "unknown_name", f"{_column(way.when, name)}unknown {what} {name!r}{hint(name, known)}")


def _spoken_of(draft: Draft, tree: guard.Guard) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (kind, name, known names) for the names in a guard."""
    for node in guard.walk(tree):
        match node:
            case guard.Name(name):
                yield "fact or counter", name, (*guard.FACTS, *draft.lifecycle.counters)
            case guard.Entries(state):
                yield "state", state, tuple(draft.lifecycle.states)
            case guard.Compare(left, _, right):
                yield from _texts(draft, (left, right))
            case guard.In(left, options):
                yield from _texts(draft, (left, *options))


def _texts(draft: Draft, values: tuple[guard.Value, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield likewise the texts that a level, category or channel is compared with, where those are known."""
    texts = [value.value for value in values if isinstance(value, guard.Const) and isinstance(value.value, str)]
    names = {"level": draft.level_names(), "category": draft.categories, "channel": draft.channels}
    for value in values:
        known = names.get(value.name) if isinstance(value, guard.Name) else None
        if isinstance(value, guard.Name) and known is not None:
            yield from ((value.name, text, tuple(known)) for text in texts)


def _column(text: str, name: str) -> str:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return f"column {found.start() + 1}: " if found else ""
