"""Strategies of what happens to a case: openings, legal histories, histories with one illegal step.

A history is driven through ``program.position``, the one step that desk, kernel and prover share, so that whatever
implements a community can be asked to follow it and compared at every step. People act at most at one instant with
what falls due; everything that falls due before they act has happened by then (rule L5). Drawn as a sketch: how
long to wait and which of the open ways to take, counting round through those there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from govflow.calendar import DAY, HOUR, local_time, parse_instant
from govflow.community import Community
from govflow.errors import UsageError
from govflow.program import Position, Program, compile_program, destination, due, expire, facts, open_position, step
from govflow.program.columns import (
    FINAL,
    L_CLOCK,
    NONE,
    S_KIND,
    S_LOCAL,
    STAY,
    T_GUARD,
    T_GUARD_END,
    T_MOVE,
    T_PERSON,
    T_SETS_SEVERITY,
    T_SOURCES,
    T_TARGET,
)
from govflow.program.rules import holds, may_move
from govflow.testing.communities import communities
from govflow.testing.sketch import Sketch, numbers, reading, several

Why = Literal["state", "move", "guard", "clock"]
"""Why a step is illegal: nothing of that name leaves the state; there is nowhere to go, or the case is away; a guard
does not hold; the deadline is not due."""

WAITS = (0, HOUR // 2, HOUR, 4 * HOUR, 8 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY)
"""How long people wait before they act: on the same grid as the deadlines that the kit draws."""

MOST_EXPIRIES = 50
"""How much may fall due before people act: a deadline may start itself anew for ever."""


@frozen
class Step:
    """One thing that happened: at which instant, what (a trigger, or ``expiry:DEADLINE``), and where it left the case.

    `transition` is what was taken, NONE for an expiry that only counts as overdue; `clock` is what expired, NONE
    where a person acted; `severity` is what the person set. `position` is the case's afterwards.
    """

    at: int
    name: str
    transition: int
    clock: int = NONE
    severity: int | None = None
    position: Position = field(kw_only=True, repr=False)


@frozen
class History:
    """A case from its opening at `opened` on: where it began and each step, in order of time."""

    program: Program = field(repr=False)
    opened: int
    start: Position
    steps: tuple[Step, ...] = ()

    def position(self, place: int) -> Position:
        """Return where the case stands before the step at `place`; after the last one at ``len(steps)``."""
        return self.steps[place - 1].position if place else self.start

    def at(self, place: int) -> int:
        """Return the instant of the step before `place`, of the opening for the first."""
        return self.steps[place - 1].at if place else self.opened

    def state(self, place: int) -> str:
        """Return the name of the state before the step at `place`; after the last one at ``len(steps)``."""
        return self.program.names.states[self.position(place).state][1]

    def unit(self, place: int) -> str:
        """Return the id of the unit at which the case is before the step at `place`."""
        return self.program.community.organization.ids[self.position(place).unit]

    def trigger(self, place: int) -> str | None:
        """Return the trigger that the step at `place` takes, also if a deadline fires it; None if nothing is taken."""
        transition = self.steps[place].transition
        return None if transition == NONE else self.program.names.transitions[transition][1].trigger

    def story(self) -> str:
        """Return the history in words, one line for the opening and one for each step.

        >>> import govflow as gf
        >>> from hypothesis import find
        >>> print(find(histories(gf.load("beida")), lambda history: history.steps).story())
        check_in, fire by doorstep, severity 1, home committee/beida
        2026-01-05 00:00:00 opened: reported at committee/beida
        2026-01-05 00:00:00 take_up: looking at committee/beida
        """
        names, start = self.program.names, self.start
        about = f"{names.categories[start.category]} by {names.channels[start.channel]}, severity {start.severity}"
        home = self.program.community.organization.ids[start.home]
        told = [(self.opened, "opened", start), *((step.at, step.name, step.position) for step in self.steps)]
        lines = [_line(self.program, *one) for one in told]
        return "\n".join([f"{names.lifecycles[start.lifecycle]}, {about}, home {home}", *lines])

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Show a failing example as its story; Hypothesis and IPython ask for this."""
        _show(printer, self.story())


@frozen
class AlmostLegal:
    """A legal history, and one step that must be refused before its step number `place`, at the instant `at`.

    `name` is a trigger, every way of which is shut, or ``expiry:DEADLINE`` for the `clock` that is not due then;
    `transition` is one of the trigger's ways, else NONE. `why` says what is wrong with the one that comes nearest.
    """

    history: History
    place: int
    at: int
    name: str
    why: Why
    transition: int = NONE
    clock: int = NONE

    @property
    def position(self) -> Position:
        """Where the case stands when the illegal step is tried, and must stand after that."""
        return self.history.position(self.place)

    def story(self) -> str:
        """Return the history in words, with the illegal step where it is tried."""
        lines = self.history.story().splitlines()
        community = self.history.program.community
        wrong = f"{_clock(self.at, community.zone)} {self.name}: must be refused ({self.why})"
        return "\n".join([*lines[: self.place + 2], wrong, *lines[self.place + 2 :]])

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Show a failing example as its story."""
        _show(printer, self.story())


def _show(printer: Any, story: str) -> None:
    for at, line in enumerate(story.splitlines()):
        if at:
            printer.break_()
        printer.text(line)


def _line(program: Program, at: int, name: str, position: Position) -> str:
    state, unit = program.names.states[position.state][1], program.community.organization.ids[position.unit]
    away = f", {len(position.stack)} away" if position.stack else ""
    return f"{_clock(at, program.community.zone)} {name}: {state} at {unit}{away}"


def _clock(at: int, zone: str) -> str:
    return local_time(at, zone).isoformat(" ")[:19]


def openings(community: Community | Program | None = None) -> st.SearchStrategy[History]:
    """Return cases just opened: any lifecycle, home, category, channel and severity, as the intake says.

    Without a community they are cases of any of `communities`.

    >>> import govflow as gf
    >>> from hypothesis import find
    >>> find(openings(gf.load("beida")), lambda case: True).steps
    ()
    """
    return reading(lambda drawn, program: _opened(program, Sketch(drawn)), numbers(12), _programs(community))


def histories(community: Community | Program | None = None, *, most: int = 16) -> st.SearchStrategy[History]:
    """Return legal histories of cases of a community, of at most `most` acts of people and what fell due between.

    They end where the list of acts ends, or in a final state. Some acts come at the very instant at which
    something falls due, and then before it. Without a community they are histories in any of `communities`.

    >>> import govflow as gf
    >>> from hypothesis import find
    >>> history = find(histories(gf.load("beida")), lambda h: any(step.name == "escalate" for step in h.steps))
    >>> [step.name for step in history.steps]
    ['screen', 'accept', 'escalate']
    """

    def read(acts: Sequence[bytes], drawn: bytes, program: Program) -> History:
        history = _opened(program, Sketch(drawn))
        for act in map(Sketch, acts):
            if program.rules.states[history.position(len(history.steps)).state][S_KIND] == FINAL:
                break
            history = _acted(history, act)
        return history

    # what comes first is drawn with the most variety
    return reading(read, several(5, most) | several(5, most, most // 2), numbers(12), _programs(community))


def almost_legal(community: Community | Program | None = None, *, most: int = 8) -> st.SearchStrategy[AlmostLegal]:
    """Return histories with exactly one illegal step, at a known place and for a known reason; the rest is legal.

    Without the illegal step the history is as `histories` draws it, so an implementation that refuses it and is
    otherwise undisturbed can go on. UsageError for a community in which nothing is ever illegal.

    >>> import govflow as gf
    >>> from hypothesis import find
    >>> find(almost_legal(gf.load("beida")), lambda wrong: wrong.why == "move").name
    'escalate'
    """

    def read(drawn: bytes, history: History) -> AlmostLegal:
        sketch = Sketch(drawn)
        wrong = [one for place in range(len(history.steps) + 1) for one in _illegal(history, place)]
        if wrong:
            why = sketch.pick([why for why in get_args(Why) if any(one.why == why for one in wrong)])
            return sketch.pick([one for one in wrong if one.why == why])
        raise UsageError(f"{history.program.community.name}: every trigger is open everywhere; nothing can be illegal")

    return reading(read, numbers(3), histories(community, most=most))


def _programs(community: Community | Program | None) -> st.SearchStrategy[Program]:
    if community is None:
        return reading(compile_program, communities())
    return st.just(community if isinstance(community, Program) else compile_program(community))


def _opened(program: Program, sketch: Sketch) -> History:
    """Return a case that opens where the intake of its channel and category says, on a grid of half hours."""
    community, names = program.community, program.names
    organization = community.organization
    lifecycle = sketch.number(len(names.lifecycles))
    home = sketch.number(organization.size)
    category, channel = sketch.number(len(names.categories)), sketch.number(len(names.channels))
    severity = sketch.maybe((1, 2, 3, 4)) or community.categories[names.categories[category]].severity
    opened = parse_instant(community.start, community.zone) + HOUR // 2 * sketch.number(48 * 30)
    start = open_position(
        program,
        lifecycle,
        _opens_at(program, lifecycle, home, category, channel),
        home,
        category=category,
        channel=channel,
        severity=severity,
        at=opened,
    )
    return History(program, opened, start)


def _opens_at(program: Program, lifecycle: int, home: int, category: int, channel: int) -> int:
    """Return the unit at which the intake opens a case; the home itself where the intake does not say."""
    names, organization = program.names, program.community.organization
    intake = program.community.intake.get(names.lifecycles[lifecycle])
    try:
        level = intake.level(names.channels[channel], names.categories[category]) if intake else None
    except KeyError:
        level = None
    return home if level is None else organization.index(organization.at_level(organization.ids[home], level))


def _acted(history: History, act: Sketch) -> History:
    """Return the history after people have waited and one has acted, or after the next thing that falls due."""
    program, place = history.program, len(history.steps)
    how = act.number(len(WAITS) + 2)
    clocks = due(program, history.position(place))
    now = history.at(place) + WAITS[how % len(WAITS)]
    if how >= len(WAITS) and clocks:
        now = clocks[0][0]
        if how == len(WAITS):
            return _expired(history, until=now + 1)
    history = _expired(history, until=now)
    return history if _overdue(history, now) else _by_people(history, act, now)


def _by_people(history: History, act: Sketch, now: int) -> History:
    """Return the history after one of the open ways has been taken, if there is one."""
    program, position = history.program, history.position(len(history.steps))
    ways = open_ways(program, position)
    if not ways:
        return history
    transition = act.pick([way for way in ways for _ in range(weight(program, way))])
    severity = act.maybe((1, 2, 3, 4)) if program.rules.transitions[transition][T_SETS_SEVERITY] else None
    after = step(program, position, transition, at=now, severity=severity)
    name = program.names.transitions[transition][1].trigger
    return evolve(history, steps=(*history.steps, Step(now, name, transition, severity=severity, position=after)))


def _overdue(history: History, now: int) -> bool:
    clocks = due(history.program, history.position(len(history.steps)))
    return bool(clocks) and clocks[0][0] < now


def _expired(history: History, *, until: int) -> History:
    """Return the history after everything that falls due before `until` has taken effect, in order."""
    program = history.program
    for _ in range(MOST_EXPIRIES):
        position = history.position(len(history.steps))
        clocks = due(program, position)
        if not clocks or clocks[0][0] >= until:
            break
        at, clock = clocks[0]
        transition, after = expire(program, position, clock, at=at)
        name = f"expiry:{program.names.clocks[clock][1].name}"
        history = evolve(history, steps=(*history.steps, Step(at, name, transition, clock, position=after)))
    return history


def open_ways(program: Program, position: Position) -> tuple[int, ...]:
    """Return the transitions that people can take, of each trigger the first, in order of declaration.

    Those that only the clock may take are not among them; those that take a case out of its queue are.
    """
    first: dict[str, int] = {}
    for index, (_, way) in enumerate(program.names.transitions):
        by_person = way.take or program.rules.transitions[index][T_PERSON]
        if by_person and destination(program, position, index) != NONE:
            first.setdefault(way.trigger, index)
    return tuple(first.values())


def weight(program: Program, transition: int) -> int:
    """Return how often a way is taken beside others: moves most, then what goes on, rarely what only counts or ends."""
    row = program.rules.transitions[transition]
    if row[T_TARGET] == NONE:
        return 3
    if program.rules.states[row[T_TARGET]][S_KIND] == FINAL:
        return 1
    return 10 if row[T_MOVE] == STAY else 20


def _illegal(history: History, place: int) -> Iterator[AlmostLegal]:
    """Yield every step that must be refused at a place: triggers that are shut, deadlines that are not due."""
    program, position, at = history.program, history.position(place), history.at(place)
    lifecycle = program.names.lifecycles[position.lifecycle]
    ways: dict[str, list[int]] = {}
    for index, (owner, way) in enumerate(program.names.transitions):
        if owner == lifecycle:
            ways.setdefault(way.trigger, []).append(index)
    for trigger, indices in ways.items():
        if all(destination(program, position, index) == NONE for index in indices):
            why, index = max((_why(program, position, index), index) for index in indices)
            yield AlmostLegal(history, place, at, trigger, ("state", "move", "guard", "move")[why], transition=index)
    first = program.rules.lifecycles[position.lifecycle][L_CLOCK]
    for local, clock in enumerate(position.clocks):
        if clock.due is None or clock.due > at:
            name = f"expiry:{program.names.clocks[first + local][1].name}"
            yield AlmostLegal(history, place, at, name, "clock", clock=first + local)


def _why(program: Program, position: Position, transition: int) -> int:
    """Return how far a shut way lets one come: 0 its state, 1 its move while away, 2 its guard, 3 somewhere to go."""
    row = program.rules.transitions[transition]
    if not row[T_SOURCES] >> program.rules.states[position.state][S_LOCAL] & 1:
        return 0
    if not may_move(row[T_MOVE], len(position.stack)):
        return 1
    if row[T_GUARD] == NONE:
        return 3
    scratch = [0] * (row[T_GUARD_END] + 1)
    return 3 if holds(program.rules.guards, row[T_GUARD], row[T_GUARD_END], facts(program, position), scratch) else 2
