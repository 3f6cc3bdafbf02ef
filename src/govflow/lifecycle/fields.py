"""What can be malformed in what people say: declared fields, what an opening and a command need, who joins (C6).

Generators of faults, called by ``check``. A field that nobody declared is not taken, so every name is looked up in
`Lifecycle.known_fields`. What a value must look like is the matter of the desk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import get_args

from govflow.errors import Fault
from govflow.lifecycle.faults import (
    MOST,
    PEOPLE,
    Draft,
    at_most,
    identifier,
    positive,
    post,
    table,
    twice,
    under,
    unknown,
    whole,
)
from govflow.lifecycle.model import CLOCK, Circle, Counter, FieldKind, Lifecycle, Transition

AMOUNTS = ("number", "money")
"""The kinds of field that a counter can count by."""

CHOICES = ("choice", "choices")
"""The kinds of field that have options."""

MOST_ADDED = 1_000_000

PLACING = ("category", "channel", "household", "unit", "severity", "reporter", "subject", "about")
"""What an opening says of a case beside its fields."""

AT_OPENING = frozenset(("self", "lifecycle", "by", *PLACING, "key"))
"""The words of `Desk.open`: a field of such a name cannot be said at an opening."""

IN_ACT = frozenset(("self", "case", "trigger", "by", "behalf", "to", "severity", "version", "key", "child"))
"""The words of `Desk.act`: a field of such a name cannot be said with a trigger."""


def field_faults(draft: Draft) -> Iterator[Fault]:
    """Yield what is malformed in the declared fields, in what an opening says, and in the time texts are kept."""
    yield from _declared(draft)
    cycle = draft.lifecycle
    yield from said(draft, draft.path, cycle.needs, cycle.takes)
    yield from who(draft.at("opened_by"), cycle.opened_by, PEOPLE)
    yield from who(draft.at("subject"), cycle.subject, PEOPLE)
    if cycle.retention is not None:
        yield from positive(draft.at("retention"), cycle.retention)


def _declared(draft: Draft) -> Iterator[Fault]:
    path, fields = draft.at("fields"), draft.lifecycle.fields
    yield from table(path, "field", fields, _unsayable(draft.lifecycle))
    yield from at_most(path, "fields", len(fields), MOST)
    for name, one in fields.items():
        here = under(path, str(name))
        yield from unknown(under(here, "kind"), "kind of field", one.kind, get_args(FieldKind))
        if one.kind in CHOICES and not one.options:
            yield Fault(under(here, "options"), "empty", "a choice must name at least one option to choose")
        if one.kind not in CHOICES and one.options:
            text = f"only a choice has options, and this is a {one.kind}; leave them out or write kind = 'choice'"
            yield Fault(under(here, "options"), "wrong_field", text)
        for option in one.options:
            yield from identifier(under(here, "options"), "option", option)
        yield from twice(under(here, "options"), one.options)


def _unsayable(cycle: Lifecycle) -> set[str]:
    """Return the names of fields that a command takes for a word of its own, wherever they would be said."""
    with_ways = {name for way in cycle.transitions for name in (*way.needs, *way.takes, way.links) if name}
    return {*cycle.needs, *cycle.takes} & AT_OPENING | with_ways & IN_ACT


def said(draft: Draft, path: str, needs: tuple[str, ...], takes: tuple[str, ...]) -> Iterator[Fault]:
    """Yield faults for the fields that an opening or a transition needs or takes."""
    for key, names in (("needs", needs), ("takes", takes)):
        for name in dict.fromkeys(names):
            yield from of_kind(draft, under(path, key), name)
        yield from twice(under(path, key), names)
    for name in dict.fromkeys(takes):
        if name in needs:
            yield Fault(under(path, "takes"), "duplicate", f"{name!r} must be given already; leave it out here")


def of_kind(draft: Draft, path: str, name: str, kinds: Collection[str] = ()) -> Iterator[Fault]:
    """Yield a fault where `name` is no field that this lifecycle knows, or is of none of the `kinds`, if any."""
    known = draft.lifecycle.known_fields()
    if name not in known:
        for fault in unknown(path, "field", name, known):
            yield Fault(path, fault.code, f"{fault.text}; declare it under 'fields'")
    elif kinds and known[name].kind not in kinds:
        text = f"{name!r} is a {known[name].kind}, and here stands a field of kind {' or '.join(kinds)}"
        yield Fault(path, "wrong_field", text)
    elif known[name].kind == "reason" and not draft.lifecycle.reasons:
        yield Fault(path, "wrong_field", f"{name!r} is one of the reasons, and there are none; list them in 'reasons'")


def who(path: str, names: tuple[str, ...], bare: Iterable[str]) -> Iterator[Fault]:
    """Yield faults for the posts and circles of people in a list of who may do something."""
    for by in names:
        yield from post(path, by, tuple(bare))
    yield from twice(path, names)


def counting_faults(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    """Yield faults for what a transition adds to counters, and which it clears."""
    for counter, amount in way.add.items():
        here = under(path, "add", str(counter))
        yield from unknown(here, "counter", counter, draft.lifecycle.counters)
        if not isinstance(amount, str):
            most = 1 if counter in draft.lifecycle.ceilings(way) else MOST_ADDED
            yield from whole(here, amount, 1, most)
            continue
        yield from of_kind(draft, here, amount, AMOUNTS)
        if amount in draft.lifecycle.known_fields() and amount not in way.needs:
            yield Fault(here, "wrong_field", f"{amount!r} says how much, so it must be given; name it in 'needs'")
    for counter in dict.fromkeys(way.clears):
        yield from unknown(under(path, "clears"), "counter", counter, draft.lifecycle.counters)
    yield from twice(under(path, "clears"), way.clears)
    for name, bounded in draft.lifecycle.counters.items():
        if bounded.at_most in way.clears:
            text = f"{bounded.at_most!r} is what {name!r} never exceeds, and cannot be set back"
            yield Fault(under(path, "clears"), "wrong_field", text)


def given_faults(draft: Draft, path: str, counters: Mapping[str, Counter]) -> Iterator[Fault]:
    """Yield faults for where counters begin: a number, or a field of the opening."""
    cycle = draft.lifecycle
    for name, counter in counters.items():
        here = under(path, str(name))
        yield from whole(under(here, "start"), counter.start, 0, MOST_ADDED)
        if counter.at_most is not None:
            yield from ceiling_faults(draft, here, counter)
        if not counter.given:
            continue
        yield from of_kind(draft, under(here, "given"), name, AMOUNTS)
        if name in cycle.fields and name not in (*cycle.needs, *cycle.takes):
            text = f"{name!r} is said at the opening; name it in the lifecycle's own 'needs' or 'takes'"
            yield Fault(under(here, "given"), "wrong_field", text)


def ceiling_faults(draft: Draft, path: str, counter: Counter) -> Iterator[Fault]:
    """Yield faults for a ceiling: another counter, above one that begins at 0."""
    others = [name for name in draft.lifecycle.counters if name != counter.name]
    yield from unknown(under(path, "at_most"), "other counter", str(counter.at_most), others)
    if counter.given or counter.start:
        text = "a counter with a ceiling begins at 0, so that it begins below it; leave 'given' and 'start' out"
        yield Fault(under(path, "at_most"), "wrong_field", text)


def circle_faults(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    """Yield faults for people who join or leave, and for what only a person can do."""
    known = draft.lifecycle.known_fields()
    for key, circle in (("joins", way.joins), ("leaves", way.leaves)):
        if circle is not None:
            yield from unknown(under(path, key), "circle", circle, get_args(Circle))
    unasked = way.by == (CLOCK,) or way.take
    named = [name for name in dict.fromkeys((*way.needs, *way.takes)) if name in known and known[name].kind == "actor"]
    if way.joins is not None and unasked:
        yield Fault(under(path, "joins"), "wrong_by", "nobody acts here, so nobody comes in; let a person do it")
    for key in (key for key in ("joins", "leaves") if getattr(way, key) is not None):
        if len(named) > 1:
            text = f"{', '.join(map(repr, named))} all name somebody; leave one, so that it is plain who is meant"
            yield Fault(under(path, key), "wrong_field", text)
    if way.once and unasked:
        yield Fault(under(path, "once"), "wrong_by", "nobody acts here; 'once' is for what each person may do once")


def tie_faults(draft: Draft, path: str, way: Transition) -> Iterator[Fault]:
    """Yield faults for links to other cases, cases that are raised, and cases that are followed."""
    if way.links is not None:
        yield from of_kind(draft, under(path, "links"), way.links, ("case",))
    if way.links is not None and way.unlinks:
        yield Fault(under(path, "unlinks"), "wrong_field", "links and unlinks at once; leave one of them out")
    if way.raises is not None:
        yield from identifier(under(path, "raises"), "case to raise", way.raises)
        yield from unknown(under(path, "raises"), "lifecycle", way.raises, draft.lifecycles)
    if way.follows is not None:
        yield from unknown(under(path, "follows"), "case to follow", way.follows, ("main", "children"))
        if CLOCK not in way.by:
            text = "what follows another case happens by itself; add 'clock' to the 'by' of this transition"
            yield Fault(under(path, "follows"), "wrong_clock", text)
