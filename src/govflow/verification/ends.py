"""Whether every case comes to an end: dead ends, traps, and cases that the simulation never finishes.

A *dead end* is a place from which nothing leads on, a *trap* one from which much leads on, but never to an end;
both are asked of what people could do. A reporter's right to give up from anywhere is no way through, so it
saves no trap. Of the simulation the same is asked with the course that the assumptions give: there a dead end
stops the run, and what never ends is only a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from govflow.lifecycle import ANYWHERE
from govflow.program import Position, Program, destination
from govflow.program.columns import (
    F_COUNTERS,
    F_SEVERITY,
    FINAL,
    NONE,
    QUEUE,
    S_CONFERENCE,
    S_KIND,
    T_ADD,
    T_ADD_END,
    T_SETS_SEVERITY,
    T_TARGET,
)
from govflow.verification.conditions import asked, caps
from govflow.verification.exploration import Map
from govflow.verification.findings import Finding, finding
from govflow.verification.offers import decides, outcomes
from govflow.verification.reach import Stand, ways_of, why_closed
from govflow.verification.survey import Course, Survey
from govflow.verification.wording import (
    behaviour_place,
    category_names,
    level_name,
    level_names,
    quoted,
    several,
    state_name,
    state_place,
    trigger,
)

MOST_COUNTED = 4_000
"""A dead end that only counting can prove or refute is looked for among so many places."""


@frozen(eq=False)
class _Question:
    """What is asked of one course of a lifecycle: which ways lead through, and from where something must lead on."""

    survey: Survey
    course: Course
    lifecycle: int
    through: Callable[[int], bool]
    must: Callable[[Map, Position], Sequence[int] | None]


def end_findings(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for each state in which cases can get stuck or caught, or never end in the simulation."""
    for lifecycle in range(len(survey.program.names.lifecycles)):
        on_desk = _desk_question(survey, lifecycle)
        stuck = _stuck(on_desk)
        caught = _caught(on_desk, stuck)
        for state, stands in stuck.items():
            yield _dead_end(survey.program, state, stands)
        for state, stands in caught.items():
            yield _trap(survey.program, state, stands)
        simulated = _simulated_question(survey, lifecycle)
        stopped = _stuck(simulated)
        endless = _caught(simulated, stopped)
        for state, stands in stopped.items():
            if state not in stuck:
                yield _stops(survey.program, state, stands)
        for state, stands in endless.items():
            if state not in stuck and state not in caught:
                yield _endless(survey.program, state, stands)


# --- the two questions --------------------------------------------------------------------------------------


def _desk_question(survey: Survey, lifecycle: int) -> _Question:
    program = survey.program
    ways = ways_of(program, lifecycle)
    given_up = {way for way in ways if _gives_up(program, way)}
    ends = {way for way in ways if _kind(program, program.rules.transitions[way][T_TARGET]) == FINAL}
    if ends <= given_up:
        given_up = set()
    idle = {way for way in ways if _changes_nothing(program, lifecycle, way)}

    def must(one: Map, position: Position) -> Sequence[int]:
        offered = (way for offer in one.explorer.on_offer(position) for way in offer.ways)
        return tuple(dict.fromkeys(way for way in offered if way not in given_up and way not in idle))

    return _Question(survey, "desk", lifecycle, lambda way: way not in given_up, must)


def _simulated_question(survey: Survey, lifecycle: int) -> _Question:
    program = survey.program

    def must(one: Map, position: Position) -> Sequence[int] | None:
        row = program.rules.states[position.state]
        sessionless = row[S_CONFERENCE] and program.places.sits[position.unit] == NONE
        if row[S_KIND] == QUEUE or not (sessionless or decides(program, position)):
            return None
        ways = [way for offer in outcomes(program, position) for way in offer.ways]
        return tuple(way for way in ways if destination(one.explorer.free, position, way) != NONE)

    return _Question(survey, "simulation", lifecycle, lambda _: True, must)


def _gives_up(program: Program, way: int) -> bool:
    """Say whether a way is the reporter's or subject's right to give up from anywhere."""
    written = program.names.transitions[way][1]
    return ANYWHERE in written.source and bool(written.by) and set(written.by) <= {"reporter", "subject", "party"}


def _changes_nothing(program: Program, lifecycle: int, way: int) -> bool:
    """Say whether a way neither moves a case nor changes a fact that some guard of its lifecycle reads."""
    row = program.rules.transitions[way]
    read = asked(program, ways_of(program, lifecycle))
    added = (F_COUNTERS + program.rules.adds[at] for at in range(row[T_ADD], row[T_ADD_END], 2))
    return (
        row[T_TARGET] == NONE
        and not any(fact in read for fact in added)
        and not (row[T_SETS_SEVERITY] and F_SEVERITY in read)
    )


def _kind(program: Program, state: int) -> int:
    return NONE if state == NONE else program.rules.states[state][S_KIND]


# --- where nothing leads on, where nothing leads to an end ---------------------------------------------------


_Found = dict[int, list[Stand]]
_Place = tuple[int, int, tuple[tuple[int, int], ...]]


def _stuck(question: _Question) -> _Found:
    """Return the dead ends by state, each on a map that shows the way there."""
    found: _Found = {}
    for one in question.survey.maps(question.course, question.lifecycle):
        doubtful: dict[Sequence[int], set[_Place]] = {}
        for position in _unfinished(one):
            ways = question.must(one, position)
            if ways is None:
                continue
            if not ways:
                found.setdefault(position.state, []).append((one, position))
            elif one.explorer.conditions.can_fail(position, ways):
                doubtful.setdefault(ways, set()).add(_place(position))
        for ways, places in doubtful.items():
            for stand in _proved(question, one, ways, places):
                found.setdefault(stand[1].state, []).append(stand)
    return found


def _place(position: Position) -> _Place:
    return position.state, position.unit, position.stack


def _proved(question: _Question, one: Map, ways: Sequence[int], places: set[_Place]) -> Iterator[Stand]:
    """Yield those of `places` where all `ways` really fail, once what their guards count is counted."""
    counts = caps(question.survey.program, question.lifecycle, ways)
    counted = question.survey.again(question.course, one, counts, most=MOST_COUNTED) if counts else one
    for position in _unfinished(counted):
        if _place(position) in places and counted.explorer.conditions.can_fail(position, ways):
            places.remove(_place(position))
            yield counted, position


def _caught(question: _Question, dead_ends: _Found) -> _Found:
    """Return by state the places by which cases enter where no way through leads to an end; dead ends aside."""
    found: _Found = {}
    dead = {_place(position) for stands in dead_ends.values() for _, position in stands}
    for one in question.survey.maps(question.course, question.lifecycle):
        ends = [position for position in one.came if _kind(one.program, position.state) == FINAL]
        lost = {position for position in one.came if position in one.steps} - one.leading_to(ends, question.through)
        lost -= one.leading_to((position for position in lost if _place(position) in dead), question.through)
        for position in one.came:
            came = one.came[position]
            if position in lost and (came is None or came[0] not in lost):
                found.setdefault(position.state, []).append((one, position))
    return found


def _unfinished(one: Map) -> Iterator[Position]:
    return (position for position in one.came if _kind(one.program, position.state) != FINAL)


# --- words --------------------------------------------------------------------------------------------------


def _dead_end(program: Program, state: int, stands: Sequence[Stand]) -> Finding:
    where, reasons = _where(program, state, stands), _reasons(program, state, stands)
    text = f"a case in {where} has nothing that leads on: {reasons}; add a transition that is open there"
    return finding("dead_end", state_place(program, state), text, _way(stands))


def _trap(program: Program, state: int, stands: Sequence[Stand]) -> Finding:
    one, position = _nearest(stands)
    round_ = dict.fromkeys(state_name(program, there.state) for there in _on_from(one, position))
    text = (
        f"a case in {_where(program, state, stands)} never comes to an end: from there it only comes to "
        f"{quoted(round_)}; add a transition from one of them to a final state, or back to where others end"
    )
    return finding("trap", state_place(program, state), text, _way(stands))


def _stops(program: Program, state: int, stands: Sequence[Stand]) -> Finding:
    where = _where(program, state, stands)
    _, position = _nearest(stands)
    if program.rules.states[state][S_CONFERENCE] and program.places.sits[position.unit] == NONE:
        text = f"a case in {where} waits for a joint conference where none is held; enter the state by 'convene' only"
        return finding("dead_end", state_place(program, state), text, _way(stands))
    written = [trigger(program, offer.ways[0]) for offer in outcomes(program, position) if offer.ways]
    closed = "is closed" if len(written) == 1 else "are all closed"
    fact = f"{quoted(written)} {closed}" if written else "no outcome is assumed"
    text = f"a simulated case in {where} cannot go on: {fact} there; add an outcome that is open"
    return finding("dead_end", behaviour_place(program, state, "outcomes"), text, _way(stands))


def _endless(program: Program, state: int, stands: Sequence[Stand]) -> Finding:
    where = _where(program, state, stands)
    if any(one.steps[position] for one, position in stands):
        text = f"a simulated case in {where} never comes to an end, although people could bring it to one"
        text += "; give some outcome that leads to an end a weight"
    else:
        text = f"a simulated case in {where} stays for ever: no time, no outcome and no deadline ends its stay"
        text += "; assume a time and outcomes, or add a deadline that fires"
    return finding("endless", behaviour_place(program, state), text, _way(stands))


def _reasons(program: Program, state: int, stands: Sequence[Stand]) -> str:
    """Say why each transition from a dead end is closed there."""
    ways = [way for way in ways_of(program, stands[0][1].lifecycle) if not _gives_up(program, way)]
    ways = [way for way in ways if state_name(program, state) in _left(program, way)]
    moving = [way for way in ways if program.rules.transitions[way][T_TARGET] != NONE]
    if not moving:
        return "no transition leaves the state"
    return several(f"{trigger(program, way)!r} is not open ({why_closed(stands, way)})" for way in moving)


def _left(program: Program, way: int) -> tuple[str, ...]:
    owner, written = program.names.transitions[way]
    return program.community.lifecycles[owner].sources(written)


def _where(program: Program, state: int, stands: Sequence[Stand]) -> str:
    """Name a state with the levels, the places it is away from and, if not all, the categories."""
    levels = level_names(program, (position.unit for _, position in stands))
    text = f"{state_name(program, state)!r} at {quoted(levels)}"
    categories = {category for one, _ in stands for category in one.opening.categories}
    if len(categories) < len(program.names.categories):
        text += f" ({several(category_names(program, categories))})"
    away = dict.fromkeys(
        f"{state_name(program, there)!r} at {level_name(program, unit)!r}"
        for _, position in stands
        for unit, there in position.stack
    )
    if away:
        text += f", away from {several(away)},"
    return text


def _nearest(stands: Sequence[Stand]) -> Stand:
    return min(stands, key=lambda stand: (len(stand[0].path(stand[1])), stand[0].path(stand[1])))


def _way(stands: Sequence[Stand]) -> tuple[str, ...]:
    one, position = _nearest(stands)
    return one.path(position)


def _on_from(one: Map, position: Position) -> Iterable[Position]:
    """Return a position and everything that can be reached from it but by giving up, the nearest first."""
    line = [position]
    for here in line:
        steps = (step for step in one.steps.get(here, ()) if not _gives_up(one.program, step.way))
        line += [to for to in dict.fromkeys(step.to for step in steps) if to not in line]
    return line
