"""A lifecycle as plain data: states, transitions, deadlines, metrics.

Frozen values only; nothing here reads a clock, knows a unit or fires anything. Guards are text, parsed by
``lifecycle.guard``; ``lifecycle.check`` finds what is malformed; ``program`` compiles the whole into tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from govflow.calendar import Duration

if TYPE_CHECKING:
    from transitions import Machine

    from govflow.lifecycle.machine import FactsOf

Label = Mapping[str, str]
"""A text by language, ``{"en": …, "zh": …}``."""

StateKind = Literal["queue", "work", "wait", "final"]
Move = Literal["stay", "up", "down", "refer", "convene", "back"]
Scope = Literal["case", "level", "entry", "referral"]

ANYWHERE = "*"
"""The source that means every non-final state."""

DEFAULT = "default"
"""The key of a table by level that answers for every level not named."""

DEPARTMENT = "department"
"""The reserved level name under which limits, behaviour and guards speak of departments."""


@frozen
class State:
    """A place in which a case can be (rule L1); `kind` says who or what it waits for."""

    name: str
    kind: StateKind
    label: Label = field(factory=dict)


@frozen
class Transition:
    """One way in which a trigger can take a case on (rule L2). Several may share a trigger, tried in order.

    `source` holds state names or ``"*"``; `target` None means internal: everything stays. `by` holds
    ``ROLE@PLACE`` or a bare ``reporter``, ``subject``, ``department``, ``clock``. `when` is a guard expression.
    """

    trigger: str
    source: tuple[str, ...]
    target: str | None = None
    by: tuple[str, ...] = ()
    move: Move = "stay"
    take: bool = False
    needs: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    add: Mapping[str, int] = field(factory=dict)
    links: str | None = None
    raises: str | None = None
    when: str | None = None
    label: Label = field(factory=dict)


@frozen
class Counter:
    """An integer that transitions add to; the one with `cycle` counts reopenings, the deadline's cycles."""

    name: str
    cycle: bool = False
    label: Label = field(factory=dict)


@frozen
class FieldLimit:
    """A limit taken from a field of the case, at most `at_most`; the simulation uses `simulated`."""

    field: str
    at_most: Duration
    simulated: Duration


@frozen
class Extension:
    """Who may extend a deadline before it expires, how often, and by how much at most."""

    by: str
    times: int
    at_most: Duration


@frozen
class Deadline:
    """A limit that runs in the states it names and stands still in all others (rule L4).

    `limit` maps level names (or ``default``) to durations; `severity` maps 1–4 to factors on the limit.
    `reopen` says what a reopening does to scopes ``case`` and ``level``.
    """

    name: str
    scope: Scope
    runs: tuple[str, ...]
    limit: Mapping[str, Duration] | FieldLimit
    clock: Literal["working", "elapsed"] = "working"
    severity: Mapping[int, float] = field(factory=dict)
    fires: str | None = None
    while_working: Literal["interrupt", "finish"] = "interrupt"
    reopen: Literal["first", "reset", "resume"] = "reset"
    extend: Extension | None = None
    source: str = "assumption"
    label: Label = field(factory=dict)


@frozen
class Marks:
    """Which facts put a case into a set and which take it out again.

    A fact is a trigger, ``open`` (the opening itself) or ``expiry:NAME`` (a deadline's expiry).
    """

    into: tuple[str, ...] = ()
    out: tuple[str, ...] = ()


@frozen
class Metric:
    """A rate as data (rule M1): cases (or askings) in the numerator over those in the denominator.

    With `within`, a fact enters the numerator only while that deadline has not expired on the case.
    `counts` is ``cases`` (each case is in or out at the end) or ``events`` (each entering fact counts).
    """

    name: str
    numerator: Marks
    denominator: Marks
    within: str | None = None
    counts: Literal["cases", "events"] = "cases"
    interval: Literal["wilson"] = "wilson"
    edition: str = "1"
    label: Label = field(factory=dict)


@frozen
class Span:
    """A measured time: from the opening to the first or the last of some triggers, elapsed."""

    name: str
    until: tuple[str, ...]
    take: Literal["first", "last"] = "first"
    label: Label = field(factory=dict)


@frozen
class Lifecycle:
    """One kind of matter: its states, what may happen to it, by when, and how it is counted.

    `settled_by` are the triggers whose level is the *level of settlement* (the last of them on a case).
    """

    name: str
    start: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    deadlines: Mapping[str, Deadline] = field(factory=dict)
    counters: Mapping[str, Counter] = field(factory=dict)
    reasons: Mapping[str, Label] = field(factory=dict)
    metrics: Mapping[str, Metric] = field(factory=dict)
    times: Mapping[str, Span] = field(factory=dict)
    settled_by: tuple[str, ...] = ()
    edition: str = "1"
    label: Label = field(factory=dict)

    def triggers(self) -> tuple[str, ...]:
        """Return the triggers in order of first mention."""
        return tuple(dict.fromkeys(t.trigger for t in self.transitions))

    def ways(self, trigger: str) -> tuple[Transition, ...]:
        """Return the transitions of one trigger, in the order in which they are tried."""
        return tuple(t for t in self.transitions if t.trigger == trigger)

    def sources(self, transition: Transition) -> tuple[str, ...]:
        """Return the names of the states a transition can leave from, ``*`` spelled out."""
        if ANYWHERE in transition.source:
            return tuple(s.name for s in self.states.values() if s.kind != "final")
        return transition.source

    def machine(self, model: object | None = None, facts: FactsOf | None = None) -> Machine:
        """Return a real ``transitions`` machine of this lifecycle; see `govflow.lifecycle.machine`."""
        from govflow.lifecycle.machine import machine

        return machine(self, model, facts)
