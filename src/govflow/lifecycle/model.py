"""A lifecycle as plain data: states, transitions, deadlines, metrics.

Frozen values only; nothing here reads a clock, knows a unit or fires anything. Guards are text, parsed by
``lifecycle.guard``; ``lifecycle.check`` finds what is malformed; ``program`` compiles the whole into tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
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
FieldKind = Literal["text", "reason", "choice", "choices", "date", "number", "money", "actor", "unit", "case"]
Circle = Literal["reporters", "parties", "helpers"]

ANYWHERE = "*"
"""The source that means every non-final state."""

DEFAULT = "default"
"""The key of a table by level that answers for every level not named."""

CLOCK = "clock"
"""Who fires a transition that nobody fires: a deadline, a main case that has closed, the last child of a parent."""

DEPARTMENT = "department"
"""The reserved level name under which limits, behaviour and guards speak of departments."""


@frozen
class State:
    """A place in which a case can be (rule L1); `kind` says who or what it waits for."""

    name: str
    kind: StateKind
    label: Label = field(factory=dict)


@frozen
class Field:
    """Something that whoever acts or opens a case may have to say; what is not declared is not taken (rule C6).

    `kind` ``text`` is free text and is kept apart from the record, erasable; ``reason`` is a code of the lifecycle's
    reasons, ``choice`` one of `options`, ``choices`` any of them; ``date`` is ``YYYY-MM-DD``, ``number`` a whole
    number, ``money`` yuan with at most two decimals, counted in fen; ``actor``, ``unit`` and ``case`` are ids.
    """

    name: str
    kind: FieldKind = "text"
    options: tuple[str, ...] = ()
    label: Label = field(factory=dict)


IMPLIED: Mapping[str, Field] = MappingProxyType(
    {
        "reason": Field("reason", "reason", label={"en": "reason", "zh": "理由"}),
        "text": Field("text", "text", label={"en": "text", "zh": "说明"}),
        "review_on": Field("review_on", "date", label={"en": "look at it again on", "zh": "复查日期"}),
        "handler": Field("handler", "actor", label={"en": "handler", "zh": "办理人员"}),
        "main": Field("main", "case", label={"en": "main case", "zh": "主案"}),
    }
)
"""The fields that every lifecycle knows without declaring them; a declared one of the same name counts instead."""


@frozen
class Transition:
    """One way in which a trigger can take a case on (rule L2). Several may share a trigger, tried in order.

    `source` holds state names or ``"*"``; `target` None means internal: everything stays. `by` holds
    ``ROLE@PLACE`` or a bare ``reporter``, ``subject``, ``party``, ``helper``, ``member``, ``partner``, ``anyone``,
    ``department``, ``clock``; places are ``here``, ``above``, ``sender`` (the unit that sent the case), ``home``,
    ``anywhere``. `when` is a guard expression.

    `needs` must be given, `takes` may be. `add` counts up by a number, or by what a ``number`` or ``money`` field
    says; `clears` sets counters back to 0 before that. `once`: each person once while the case stays in the state.
    `links` names the field with the case this one now follows (``main``); `unlinks` lets it go again; a transition
    that `follows` ``main`` fires when the case it is linked to closes, one that follows ``children`` when the last
    of the cases raised by it has closed. One that follows ``main`` is nobody's to fire: whom its `by` names beside the
    clock do so in a simulation, where no case is linked.

    `joins` and `leaves` take someone into a circle of the case or out of it: whom the way's field of kind ``actor``
    names, else whoever acts; where one way does both, the named one comes in and whoever acts goes; where the clock
    fires it, all of the circle go. `copies`: the unit above is told.
    """

    trigger: str
    source: tuple[str, ...]
    target: str | None = None
    by: tuple[str, ...] = ()
    move: Move = "stay"
    take: bool = False
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    add: Mapping[str, int | str] = field(factory=dict)
    clears: tuple[str, ...] = ()
    once: bool = False
    links: str | None = None
    unlinks: bool = False
    follows: Literal["main", "children"] | None = None
    raises: str | None = None
    joins: Circle | None = None
    leaves: Circle | None = None
    copies: bool = False
    when: str | None = None
    label: Label = field(factory=dict)


@frozen
class Counter:
    """An integer that transitions add to; the one with `cycle` counts reopenings, the deadline's cycles.

    It begins at `start`. One that is `given` begins at the ``number`` or ``money`` field of its name, said at the
    opening (a need, a capacity); `start` is then what the simulation takes. One that has `at_most` never exceeds the
    counter named there: what adds to it is open while one more fits, and an amount that does not fit is refused whole.
    """

    name: str
    cycle: bool = False
    given: bool = False
    start: int = 0
    at_most: str | None = None
    label: Label = field(factory=dict)


@frozen
class FieldLimit:
    """A limit taken from a date of the case, at most `at_most` away; the simulation uses `simulated`.

    It ends as that day begins; with `through` the whole of that day still counts.
    """

    field: str
    at_most: Duration
    simulated: Duration
    through: bool = False


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

    `settled_by` are the triggers whose level is the *level of settlement* (the last of them on a case). `opened_by`
    says who may open a case, as a transition's `by`; empty: anyone. `subject` says in the same words whom a case may
    concern, and then it must concern somebody; empty: anyone, or nobody. What may be said at the opening is `takes`,
    what must be is `needs`. A `restricted` case is seen by its circles, the unit that has it, its home and the levels
    above that say so alone. Texts of a closed case are kept for `retention`, None: until somebody erases them.
    """

    name: str
    start: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    deadlines: Mapping[str, Deadline] = field(factory=dict)
    counters: Mapping[str, Counter] = field(factory=dict)
    reasons: Mapping[str, Label] = field(factory=dict)
    fields: Mapping[str, Field] = field(factory=dict)
    opened_by: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    restricted: bool = False
    retention: Duration | None = None
    metrics: Mapping[str, Metric] = field(factory=dict)
    times: Mapping[str, Span] = field(factory=dict)
    settled_by: tuple[str, ...] = ()
    edition: str = "1"
    label: Label = field(factory=dict)

    def triggers(self) -> tuple[str, ...]:
        """Return the triggers in order of first mention."""
        return tuple(dict.fromkeys(t.trigger for t in self.transitions))

    def known_fields(self) -> Mapping[str, Field]:
        """Return what can be said at all: the declared fields, and those of `IMPLIED` that none replaces."""
        return {**IMPLIED, **self.fields}

    def ways(self, trigger: str) -> tuple[Transition, ...]:
        """Return the transitions of one trigger, in the order in which they are tried."""
        return tuple(t for t in self.transitions if t.trigger == trigger)

    def sources(self, transition: Transition) -> tuple[str, ...]:
        """Return the names of the states a transition can leave from, ``*`` spelled out."""
        if ANYWHERE in transition.source:
            return tuple(s.name for s in self.states.values() if s.kind != "final")
        return transition.source

    def ceilings(self, transition: Transition) -> Mapping[str, str]:
        """Return the counters that a transition adds to and that have a ceiling, each with the counter that it is."""
        bounds = ((name, self.counters[name].at_most) for name in transition.add if name in self.counters)
        return {name: bound for name, bound in bounds if bound is not None}

    def condition(self, transition: Transition) -> str | None:
        """Return the whole guard of a transition: its own, and that under each ceiling one more fits."""
        own = [] if transition.when is None else [transition.when]
        fits = [f"{name} < {bound}" for name, bound in self.ceilings(transition).items()]
        return " and ".join(fits + [f"({when})" if fits else when for when in own]) or None

    def machine(self, model: object | None = None, facts: FactsOf | None = None) -> Machine:
        """Return a real ``transitions`` machine of this lifecycle; see `govflow.lifecycle.machine`."""
        from govflow.lifecycle.machine import machine

        return machine(self, model, facts)
