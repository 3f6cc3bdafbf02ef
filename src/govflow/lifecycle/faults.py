"""What every check of a lifecycle needs: the definition with the names around it, key paths, and plain questions.

Each question is a generator of faults: nothing found, nothing yielded. The codes in use: ``absurd_size``,
``bad_guard``, ``bad_name``, ``duplicate``, ``empty``, ``mismatch``, ``no_final``, ``no_take``, ``out_of_range``,
``reserved_name``, ``two_cycles``, ``unfired``, ``unknown_name``, ``wrong_by``, ``wrong_clock``, ``wrong_entry``,
``wrong_field``, ``wrong_move``, ``wrong_scope``, ``wrong_start``, ``wrong_take``. Which question is asked where is
decided in ``check`` (states, names), ``ways`` and ``fields`` (transitions, what is said), ``clocks`` (deadlines) and
``measures`` (metrics, times).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from govflow.calendar import Duration
from govflow.errors import Fault, hint, nearest
from govflow.lifecycle.model import ANYWHERE, DEFAULT, DEPARTMENT, Lifecycle, Transition

MOST = 60
"""As many states, clocks, metrics and times a lifecycle can have: each set of them is one integer in a table."""

MOST_WAYS = 1000
"""As many transitions a lifecycle can have: more than this nobody has read."""

PEOPLE = ("reporter", "subject", "party", "helper", "member", "partner", "anyone", "department")
PLACES = ("here", "above", "sender", "home", "anywhere")

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,99}")
_PLAIN_KEY = re.compile(r"\w[\w-]*")


@frozen(eq=False)
class Draft:
    """A lifecycle being checked, its key `path`, and the names it may use; None where they are not known yet."""

    lifecycle: Lifecycle
    path: str
    levels: Collection[str] | None = None
    categories: Collection[str] | None = None
    channels: Collection[str] | None = None
    lifecycles: Collection[str] | None = None

    def at(self, *keys: str) -> str:
        """Return the key path of something inside the lifecycle."""
        return under(self.path, *keys)

    def ways(self) -> Iterator[tuple[str, Transition]]:
        """Yield each transition after its key path; where a trigger has several ways they are counted from 0."""
        several = Counter(way.trigger for way in self.lifecycle.transitions)
        seen: Counter[str] = Counter()
        for way in self.lifecycle.transitions:
            path = self.at("transitions", way.trigger)
            yield f"{path}[{seen[way.trigger]}]" if several[way.trigger] > 1 else path, way
            seen[way.trigger] += 1

    def kind(self, state: str | None) -> str | None:
        """Return the kind of a state, None where there is no such state."""
        known = self.lifecycle.states.get(state) if state is not None else None
        return known.kind if known is not None else None

    def sources(self, way: Transition) -> tuple[str, ...]:
        """Return the known states that a transition can leave from, each once, ``*`` spelled out."""
        return tuple(s for s in dict.fromkeys(self.lifecycle.sources(way)) if s in self.lifecycle.states)

    def level_names(self) -> tuple[str, ...] | None:
        """Return the levels a table may be keyed by, without ``default``."""
        return None if self.levels is None else (*self.levels, DEPARTMENT)

    def limit_keys(self) -> tuple[str, ...] | None:
        """Return the keys a table of limits may have."""
        levels = self.level_names()
        return None if levels is None else (*levels, DEFAULT)


def under(path: str, *keys: str) -> str:
    """Return a dotted key path; a key that is no plain word is quoted.

    >>> under("lifecycle.grievance", "states", "to be seen")
    'lifecycle.grievance.states."to be seen"'
    """
    return ".".join([path, *(key if _PLAIN_KEY.fullmatch(key) else f'"{key}"' for key in keys)])


def unknown(path: str, what: str, name: str, names: Iterable[str] | None) -> Iterator[Fault]:
    """Yield a fault if `name` is none of `names`, with the nearest spelling; nothing where `names` is None."""
    if names is not None and name not in (known := tuple(names)):
        yield Fault(path, "unknown_name", f"unknown {what} {name!r}{hint(name, known)}")


def states(path: str, names: Iterable[str], draft: Draft, *, allow: str = "") -> Iterator[Fault]:
    """Yield faults for `names` that are no states or are named twice; `allow` is one more name that may stand."""
    names = tuple(names)
    for name in dict.fromkeys(names):
        if name == ANYWHERE != allow:
            yield Fault(path, "unknown_name", f"{ANYWHERE!r} cannot stand here; name the states one by one")
        elif name != allow:
            yield from unknown(path, "state", name, draft.lifecycle.states)
    yield from twice(path, names)


def twice(path: str, names: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each name that stands more than once in a list."""
    for name, count in Counter(names).items():
        if count > 1:
            yield Fault(path, "duplicate", f"{name!r} stands here {count} times; once is enough")


def identifier(path: str, what: str, name: object, reserved: Collection[str] = ()) -> Iterator[Fault]:
    """Yield a fault if `name` cannot be a name of the project's own or is a word with another meaning."""
    if not isinstance(name, str) or not _IDENTIFIER.fullmatch(name):
        rule = "a small letter, then at most 99 small letters, digits or '_'"
        yield Fault(path, "bad_name", f"{name!r} cannot be the name of a {what}: {rule}")
    elif name in reserved:
        yield Fault(path, "reserved_name", f"{name!r} has a meaning of its own and cannot be a {what}; choose another")


def table(path: str, what: str, rows: Mapping[str, Any], reserved: Collection[str] = ()) -> Iterator[Fault]:
    """Yield faults for the keys of a table of named things, and for things whose own name is not their key."""
    for key, row in rows.items():
        here = under(path, str(key))
        yield from identifier(here, what, key, reserved)
        if row.name != key:
            yield Fault(here, "mismatch", f"the {what} under the key {key!r} is named {row.name!r}; make them equal")


def at_most(path: str, what: str, count: int, most: int) -> Iterator[Fault]:
    """Yield a fault where there are more than `most` of something."""
    if count > most:
        yield Fault(path, "absurd_size", f"{count:,} {what}: a lifecycle has at most {most:,}")


def whole(path: str, value: object, least: int, most: int) -> Iterator[Fault]:
    """Yield a fault where `value` is not a whole number from `least` to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        yield Fault(path, "out_of_range", f"must be a whole number from {least:,} to {most:,}, not {value!r}")


def positive(path: str, length: Duration) -> Iterator[Fault]:
    """Yield a fault where a length of time is zero: a limit of zero would let a case turn without time passing."""
    if not length.days and not length.rest:
        yield Fault(path, "out_of_range", f"is {length}: a limit is longer than nothing; write one such as '4h'")


def post(path: str, by: str, bare: Collection[str] = ()) -> Iterator[Fault]:
    """Yield a fault where `by` is neither ``ROLE@PLACE`` nor one of the `bare` words."""
    role, sign, place = by.partition("@")
    if not sign:
        if by not in bare:
            rule = "write ROLE@here or ROLE@above" + (f", or one of {', '.join(bare)}" if bare else "")
            near = nearest(by, bare)
            yield Fault(path, "wrong_by", f"{by!r} says nobody: {rule}" + (f"; did you mean {near!r}?" if near else ""))
        return
    for _ in identifier(path, "role", role):
        yield Fault(path, "wrong_by", f"{by!r}: {role!r} cannot be the name of a role; write it like 'handler@here'")
    for _ in unknown(path, "place", place, PLACES):
        yield Fault(path, "wrong_by", f"{by!r}: unknown place {place!r}{hint(place, PLACES)}")
