"""What is wrong with deadlines: those that never run, those that fire nothing, those that turn cases in a circle.

A deadline whose transition leads back to where it began a new run goes round for ever: at once if its limit is next
to nothing, else as long as the work takes longer than the limit (an interrupt loses the work, rule S5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from govflow.calendar import SECOND
from govflow.program import Position, Program
from govflow.program.columns import (
    C_LOCAL,
    NONE,
    QUEUE,
    S_KIND,
    S_WANT,
    T_MOVE,
    T_REOPENS,
    T_TARGET,
    WORK,
)
from govflow.program.rules import fresh_clocks
from govflow.verification.conditions import asked, counted
from govflow.verification.exploration import Map, Step
from govflow.verification.findings import Finding, finding
from govflow.verification.offers import limit, running, seat, spares
from govflow.verification.reach import Stand, why_closed
from govflow.verification.survey import Survey
from govflow.verification.times import mean, shortest
from govflow.verification.wording import deadline_place, level_names, quoted, state_name

Quick = Callable[[Map, Position, int], bool]
"""Whether a clock expires at a position before anything else happens there."""


def deadline_findings(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for each deadline that never runs, never fires what it should, or turns cases in a circle."""
    for lifecycle in range(len(survey.program.names.lifecycles)):
        maps = survey.maps("desk", lifecycle)
        clocks = _clocks_by_deadline(survey.program, lifecycle)
        if maps and all(one.complete for one in maps):
            for own in clocks.values():
                yield from _idle(maps, own)
        simulated = survey.maps("simulation", lifecycle)
        for own in clocks.values():
            yield from _circles(simulated, own)


def _clocks_by_deadline(program: Program, lifecycle: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for clock, (owner, deadline, _) in enumerate(program.names.clocks):
        if owner == program.names.lifecycles[lifecycle]:
            found.setdefault(deadline.name, []).append(clock)
    return found


# --- deadlines that do nothing ------------------------------------------------------------------------------


def _idle(maps: Sequence[Map], clocks: Sequence[int]) -> Iterator[Finding]:
    program = maps[0].program
    deadline = program.names.clocks[clocks[0]][1]
    stands = [(one, position) for one in maps for position in one.came if _can_run(one, position, clocks)]
    place = deadline_place(program, clocks[0])
    if not stands:
        text = f"{deadline.name!r} never runs: {_why_idle(maps, clocks)}"
        yield finding("idle_deadline", place, text)
    elif deadline.fires is not None and not any(_fires(one, position, clocks) for one, position in stands):
        text = f"{deadline.name!r} never fires {deadline.fires!r}, it is only recorded as overdue: "
        yield finding("silent_deadline", place, text + _why_silent(stands, clocks))


def _can_run(one: Map, position: Position, clocks: Sequence[int]) -> bool:
    return any(clock in clocks for clock in running(one.program, position, one.explorer.conditions.severities))


def _fires(one: Map, position: Position, clocks: Sequence[int]) -> bool:
    return any(step.cause in clocks for step in one.steps.get(position, ()))


def _why_idle(maps: Sequence[Map], clocks: Sequence[int]) -> str:
    program = maps[0].program
    deadline = program.names.clocks[clocks[0]][1]
    places = [p for one in maps for p in one.came if state_name(program, p.state) in deadline.runs]
    if not places:
        return f"no case ever comes to {quoted(deadline.runs)}, where it would run"
    locals_ = [program.rules.clocks[clock][C_LOCAL] for clock in clocks]
    wanted = [
        p for p in places if any(program.rules.states[p.state][S_WANT + len(p.stack)] >> at & 1 for at in locals_)
    ]
    if not wanted:
        return f"its scope is {deadline.scope!r}, and a case in {quoted(deadline.runs)} is never away from a unit"
    levels = level_names(program, (p.unit for p in wanted))
    return f"it has no limit at {quoted(levels)}, where cases are in {quoted(deadline.runs)}; add one, or a default"


def _why_silent(stands: Sequence[Stand], clocks: Sequence[int]) -> str:
    program = stands[0][0].program
    if all(spares(program, position, clocks[0]) for _, position in stands):
        return 'it runs only in work, which it lets finish; write while_working = "interrupt", or run it in a queue'
    fired = program.names.clocks[clocks[0]][1].fires
    ways = [way for way, (_, written) in enumerate(program.names.transitions) if written.trigger == fired]
    owner = program.names.clocks[clocks[0]][0]
    ways = [way for way in ways if program.names.transitions[way][0] == owner]
    for way in ways:
        sources = program.community.lifecycles[owner].sources(program.names.transitions[way][1])
        there = [(one, p) for one, p in stands if state_name(program, p.state) in sources]
        if there:
            return f"where it runs, {why_closed(there, way)}"
    return f"where it runs, no transition {fired!r} leaves the state"


# --- deadlines that turn in a circle ------------------------------------------------------------------------


def _circles(maps: Sequence[Map], clocks: Sequence[int]) -> Iterator[Finding]:
    instant = [stand for one in maps for stand in _turning(one, clocks, _at_once)]
    if instant:
        yield _circle("zero_time", instant, clocks, "next to no time passes; give it a longer limit")
        return
    looping = [stand for one in maps for stand in _turning(one, clocks, _before_work_ends)]
    if looping:
        never = all(_limits(one, p, clocks) <= shortest(one.program, seat(one.program, p)) for one, p in looping)
        fact = "the work is never done" if never else "the work takes longer than the limit more often than not"
        remedy = 'write while_working = "finish", or give it a longer limit'
        yield _circle("interrupt_loop", looping, clocks, f"{fact}, and what was done is lost each time; {remedy}")


def _circle(code: str, stands: Sequence[Stand], clocks: Sequence[int], fact: str) -> Finding:
    one, position = stands[0]
    program = one.program
    deadline = program.names.clocks[clocks[0]][1]
    levels = quoted(level_names(program, (p.unit for _, p in stands)))
    states = quoted(dict.fromkeys(state_name(program, p.state) for _, p in stands))
    text = f"{deadline.name!r} fires {deadline.fires!r} from {states} at {levels}, and cases come straight back: {fact}"
    return finding(code, deadline_place(program, clocks[0]), text, one.path(position))


def _turning(one: Map, clocks: Sequence[int], quick: Quick) -> Iterator[Stand]:
    """Yield each place that one of `clocks` drives a case away from and quick steps bring it back to, run anew."""
    for position, steps in one.steps.items():
        for step in steps:
            if step.cause in clocks and quick(one, position, step.cause) and _unbounded(one, step):
                round_ = _back(one, step.to, position, quick)
                if round_ is not None and _anew(one, [step, *round_], step.cause):
                    yield one, position
                    break


def _back(one: Map, start: Position, goal: Position, quick: Quick) -> list[Step] | None:
    """Return quick steps from `start` to `goal`, the fewest; None where there are none."""
    came: dict[Position, list[Step]] = {start: []}
    line = [start]
    for here in line:
        if here == goal:
            return came[here]
        for step in one.steps.get(here, ()):
            taken = step.cause == NONE and one.program.rules.states[here.state][S_KIND] == QUEUE
            if step.to not in came and _unbounded(one, step) and (taken or _hurried(one, here, step, quick)):
                came[step.to] = [*came[here], step]
                line.append(step.to)
    return None


def _hurried(one: Map, here: Position, step: Step, quick: Quick) -> bool:
    return step.cause != NONE and quick(one, here, step.cause)


def _unbounded(one: Map, step: Step) -> bool:
    """Say whether a step asks for no count, so that nothing ends its repetition."""
    counts = counted(one.program, one.opening.lifecycle)
    return not any(fact in counts for fact in asked(one.program, [step.way]))


def _anew(one: Map, steps: Sequence[Step], clock: int) -> bool:
    """Say whether a clock begins a new run somewhere on the way."""
    program = one.program
    lifecycle = program.rules.lifecycles[one.opening.lifecycle]
    for step in steps:
        row = program.rules.transitions[step.way]
        depth = len(step.to.stack)
        wanted = program.rules.states[step.to.state][S_WANT + depth]
        enters = int(row[T_TARGET] != NONE)
        fresh = fresh_clocks(lifecycle, row[T_MOVE], row[T_REOPENS], enters, wanted, depth)
        if fresh >> program.rules.clocks[clock][C_LOCAL] & 1:
            return True
    return False


def _at_once(one: Map, position: Position, clock: int) -> bool:
    return _limits(one, position, [clock]) < SECOND


def _before_work_ends(one: Map, position: Position, clock: int) -> bool:
    if one.program.rules.states[position.state][S_KIND] != WORK:
        return False
    return _limits(one, position, [clock]) <= mean(one.program, seat(one.program, position))


def _limits(one: Map, position: Position, clocks: Sequence[int]) -> int:
    """Return the shortest limit that one of `clocks` has at a position for some severity."""
    severities = one.explorer.conditions.severities
    return min(limit(one.program, position, clock, severity) for clock in clocks for severity in severities)
