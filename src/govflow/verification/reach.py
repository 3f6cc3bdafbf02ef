"""What no case ever comes to: states that nothing reaches, transitions that are never enabled, exits of the end.

Reads the maps of what people could do; each finding says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govflow.program import Position, Program, destination
from govflow.program.columns import (
    BACK,
    C_FIRES,
    C_FIRES_END,
    CONVENE,
    DOWN,
    FINAL,
    L_STATE,
    L_STATES,
    NONE,
    REFER,
    S_KIND,
    S_LOCAL,
    T_LIFECYCLE,
    T_MOVE,
    T_SOURCES,
    T_TARGET,
    UP,
)
from govflow.program.rules import may_move
from govflow.verification.exploration import Map
from govflow.verification.findings import Finding, finding
from govflow.verification.offers import running, spares, ties
from govflow.verification.survey import Survey
from govflow.verification.wording import (
    category_names,
    level_names,
    lifecycle_place,
    quoted,
    several,
    state_name,
    state_place,
    trigger,
    way_place,
)

Stand = tuple[Map, Position]
"""A position on a map."""


def reach_findings(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for each state, transition and exit that no case comes to, lifecycle by lifecycle."""
    for lifecycle in range(len(survey.program.names.lifecycles)):
        yield from _exits(survey.program, lifecycle)
        maps = survey.maps("desk", lifecycle)
        if not maps:
            text = "no case is ever opened: its intake takes no channel; write intake.NAME.CHANNEL = LEVEL"
            yield finding("unreachable", lifecycle_place(survey.program, lifecycle), text)
        elif all(one.complete for one in maps):
            yield from _unreached(survey.program, lifecycle, maps)
        else:
            text = "has so many places that not all were explored; what is missing below may still be there"
            yield finding("given_up", lifecycle_place(survey.program, lifecycle), text)


def _exits(program: Program, lifecycle: int) -> Iterator[Finding]:
    for way in ways_of(program, lifecycle):
        final = [name for name in program.names.transitions[way][1].source if _kind(program, lifecycle, name) == FINAL]
        if final:
            text = (
                f"leaves {quoted(final)}, but a case that has come to a final state is over and nothing fires there; "
                "leave the source out, or make the state a wait state that a deadline closes"
            )
            yield finding("final_exits", way_place(program, way), text)


def _kind(program: Program, lifecycle: int, state: str) -> int:
    at = program.state_index.get((program.names.lifecycles[lifecycle], state))
    return FINAL - 1 if at is None else program.rules.states[at][S_KIND]


def _unreached(program: Program, lifecycle: int, maps: Sequence[Map]) -> Iterator[Finding]:
    reached = {position.state for one in maps for position in one.came}
    fired = {step.way for one in maps for steps in one.steps.values() for step in steps}
    row = program.rules.lifecycles[lifecycle]
    for state in range(row[L_STATE], row[L_STATE] + row[L_STATES]):
        if state not in reached:
            text = f"no case ever comes to {state_name(program, state)!r}: {_why_unreached(maps, state, reached)}"
            yield finding("unreachable", state_place(program, state), text)
    for way in ways_of(program, lifecycle):
        sources = _sources(program, way)
        if way not in fired and any(s in reached and program.rules.states[s][S_KIND] != FINAL for s in sources):
            text = f"{trigger(program, way)!r} is never enabled: {why_closed(stands_of(maps, way), way)}"
            yield finding("never_enabled", way_place(program, way), text)


def _why_unreached(maps: Sequence[Map], state: int, reached: set[int]) -> str:
    program = maps[0].program
    into = [way for way, row in enumerate(program.rules.transitions) if row[T_TARGET] == state]
    into = [way for way in into if _sources(program, way) != [state]]
    if not into:
        return "no transition leads there; give one its name in 'to', or leave the state out"
    near = [way for way in into if any(source in reached for source in _sources(program, way))]
    if not near:
        before = dict.fromkeys(state_name(program, s) for way in into for s in _sources(program, way) if s != state)
        return f"one comes there only from {quoted(before)}, where no case comes either"
    reasons = (f"{trigger(program, way)!r} ({why_closed(stands_of(maps, way), way)})" for way in near)
    return f"nothing that leads there is ever enabled, not {several(reasons)}"


def stands_of(maps: Sequence[Map], way: int) -> list[Stand]:
    """Return every place on the maps that is a source of a way."""
    sources = {s for s in _sources(maps[0].program, way) if maps[0].program.rules.states[s][S_KIND] != FINAL}
    return [(one, position) for one in maps for position in one.came if position.state in sources]


def why_closed(stands: Sequence[Stand], way: int) -> str:
    """Say why a way is enabled at none of `stands`, by the first question that rules out the last of them."""
    program = stands[0][0].program
    move = program.rules.transitions[way][T_MOVE]
    written = program.names.transitions[way][1]
    by_itself = written.by == ("clock",) or written.follows == "main"
    if by_itself and written.follows not in ties(program, stands[0][1].lifecycle):
        stands = [(one, position) for one, position in stands if _rings(one, position, way)]
        if not stands and written.follows is not None:
            does = "links a case to another" if written.follows == "main" else "raises another case"
            return f"it follows {written.follows!r}, and no transition {does}"
        if not stands:
            return "only the clock fires it, and where a case can be no deadline that does has a limit"
    near = [(one, position) for one, position in stands if may_move(move, len(position.stack))]
    if not near:
        return _why_stacked(move)
    landing = [(one, at) for one, at in near if destination(one.explorer.free, at, way) != NONE]
    if not landing:
        return _why_unmoved(near, move)
    if not any(one.explorer.conditions.can_hold(position, way) for one, position in landing):
        return f"its condition ({written.when}) does not hold where a case can be"
    return "an earlier transition of the same trigger goes before it wherever it is open"


def _rings(one: Map, position: Position, way: int) -> bool:
    """Say whether a deadline that fires a way can run at a position."""
    program = one.program
    clocks = running(program, position, one.explorer.conditions.severities)
    rows = (program.rules.clocks[clock] for clock in clocks if not spares(program, position, clock))
    return any(way in program.rules.fires[row[C_FIRES] : row[C_FIRES_END]] for row in rows)


def _why_stacked(move: int) -> str:
    if move == BACK:
        return "it goes back, but a case is never away there"
    if move in (REFER, CONVENE):
        return "a case is already away at two places there, and a third is not possible"
    return "a case is always away there, and then it can only stay, be referred or convened, or go back"


def _why_unmoved(stands: Sequence[Stand], move: int) -> str:
    program = stands[0][0].program
    at = quoted(level_names(program, (position.unit for _, position in stands)))
    if move == UP:
        return f"it goes up, but a case is there only at {at}, where there is no superior"
    if move == DOWN:
        return f"it goes down, but a case is there only at {at}, below which its home never lies"
    if move == REFER:
        categories = category_names(program, (c for one, _ in stands for c in one.opening.categories))
        named = f"for {quoted(categories)} " if categories else ""
        return f"no department serves {at}, or a unit above, {named}(organization.departments.NAME.categories)"
    return f"no joint conference is held at or above {at} (organization.conferences)"


def ways_of(program: Program, lifecycle: int) -> list[int]:
    """Return the ways of a lifecycle."""
    return [way for way, row in enumerate(program.rules.transitions) if row[T_LIFECYCLE] == lifecycle]


def _sources(program: Program, way: int) -> list[int]:
    row = program.rules.transitions[way]
    first = program.rules.lifecycles[row[T_LIFECYCLE]][L_STATE]
    count = program.rules.lifecycles[row[T_LIFECYCLE]][L_STATES]
    states = range(first, first + count)
    return [state for state in states if row[T_SOURCES] >> program.rules.states[state][S_LOCAL] & 1]
