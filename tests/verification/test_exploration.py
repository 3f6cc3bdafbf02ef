"""What verification claims of every case, against cases followed one by one through the program."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from random import Random

from hypothesis import HealthCheck, assume, event, given, settings, strategies as st
from msgspec.structs import replace

from govflow.community import faults, load
from govflow.errors import SimulationError
from govflow.program import Position, Program, compile_program, enabled, open_position, step
from govflow.program.columns import FINAL, NONE, QUEUE, S_KIND, S_LOCAL, T_SOURCES, T_TARGET
from govflow.simulation import simulate
from govflow.verification import Report, verify
from tests.verification.drawn import PLACED, definitions, simulated

RARE = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def openings(program: Program) -> Iterator[Position]:
    """Yield every case that can be opened: of each home or unit, category and channel."""
    community, org = program.community, program.community.organization
    intake = community.intake.get("matter")
    homes = [unit for unit in range(org.size) if program.places.households[unit]] or list(range(org.size))
    for home in homes if intake else range(org.size):
        for category, name in enumerate(program.names.categories):
            for channel, by in enumerate(program.names.channels):
                unit = org.index(org.at_level(org.ids[home], intake.level(by, name))) if intake else home
                severity = community.categories[name].severity
                opened = open_position(
                    program, 0, unit, home, category=category, channel=channel, severity=severity, at=0
                )
                yield replace(opened, clocks=())


def leading(program: Program, position: Position) -> list[int]:
    """Return what is enabled at a position and leads on: not giving up, not what changes nothing."""
    if kind(program, position.state) == FINAL:
        return []
    given_up = giving_up(program)
    return [
        way
        for way in enabled(program, position)
        if program.names.transitions[way][1].trigger not in given_up
        and (program.rules.transitions[way][T_TARGET] != NONE or "rounds" in program.names.transitions[way][1].add)
    ]


def giving_up(program: Program) -> set[str]:
    """Return the triggers that are no way through: the reporter's `withdraw`, where something else ends cases."""
    ends = {way.trigger for _, way in program.names.transitions if way.target == "closed"}
    return {"withdraw"} if ends > {"withdraw"} else set()


def state(program: Program, position: Position) -> str:
    """Return the name of a position's state."""
    return program.names.states[position.state][1]


def told(report: Report, code: str) -> set[str]:
    """Return the names at the end of the places where something of a code was found."""
    return {finding.place.rpartition(".")[2] for finding in report if finding.code == code}


def compiled(data: dict) -> Program:
    """Compile a drawn definition; one that is malformed after all is drawn anew."""
    assume(not faults(data))
    return compile_program(load(data))


@RARE
@given(definitions(), st.randoms(use_true_random=False))
def test_no_walk_gets_stuck_where_no_dead_end_was_found(data: dict, luck: Random):
    """Random cases on random steps either go on, or are in a state that a finding calls a dead end.

    The path of a finding begins with an opening, and each step after it is one of the lifecycle's triggers.
    """
    program = compiled(data)
    report = verify(data)
    dead = told(report, "dead_end")
    triggers = {way.trigger for _, way in program.names.transitions}
    for finding in report:
        assert all(name.startswith("open at ") for name in finding.path[:1])
        assert {name.split(" ")[0] for name in finding.path[1:]} <= triggers
    starts = list(openings(program))
    for _ in range(10):
        here = luck.choice(starts)
        for _ in range(25):
            ways = leading(program, here)
            if program.rules.states[here.state][S_KIND] == FINAL:
                break
            assert ways or state(program, here) in dead
            if not ways:
                break
            here = step(program, here, luck.choice(ways), at=0)


@RARE
@given(definitions(guards=PLACED))
def test_what_is_found_is_what_every_case_shows(data: dict):
    """With conditions that only ask where a case is, findings are exact: one by one, cases show the same."""
    program = compiled(data)
    report = verify(data)
    on = followed(program)
    reached = {state(program, here) for here in on}
    assert told(report, "unreachable") == {name for _, name in program.names.states} - reached
    assert told(report, "dead_end") == {state(program, here) for here in on if stuck(program, here)}
    assert bool(told(report, "dead_end") | told(report, "trap")) == bool(set(on) - ending(program, on))
    assert told(report, "never_enabled") == never(program, on)
    assert bool(told(report, "unstaffed")) == any(unstaffed(program, here) for here in on)


def followed(program: Program) -> dict[Position, list[tuple[int, Position]]]:
    """Follow every case everywhere; counts are forgotten, since no condition asks for them."""
    line = deque(map(forgetful, openings(program)))
    on: dict[Position, list[tuple[int, Position]]] = {}
    while line:
        here = line.popleft()
        if here not in on:
            final = program.rules.states[here.state][S_KIND] == FINAL
            ways = () if final else enabled(program, here)
            on[here] = [(way, forgetful(step(program, here, way, at=0))) for way in ways]
            line += [there for _, there in on[here]]
    return on


def forgetful(position: Position) -> Position:
    """Return a position that forgets how often the case was where."""
    return replace(position, counters=(0,) * len(position.counters), entries=(0,) * len(position.entries))


def stuck(program: Program, here: Position) -> bool:
    """Say whether nothing leads on that moves the case; counts change nothing here."""
    moving = [way for way in leading(program, here) if program.rules.transitions[way][T_TARGET] != NONE]
    return program.rules.states[here.state][S_KIND] != FINAL and not moving


def ending(program: Program, on: dict[Position, list[tuple[int, Position]]]) -> set[Position]:
    """Return the places from which a case can come to an end."""
    given_up = giving_up(program)
    found = {here for here in on if kind(program, here.state) == FINAL}
    while True:
        more = {
            here
            for here, steps in on.items()
            if here not in found
            and any(there in found and program.names.transitions[w][1].trigger not in given_up for w, there in steps)
        }
        if not more:
            return found
        found |= more


def kind(program: Program, at: int) -> int:
    """Return the kind of a state."""
    return program.rules.states[at][S_KIND]


def never(program: Program, on: dict[Position, list[tuple[int, Position]]]) -> set[str]:
    """Return the ways that fire nowhere although some case comes to a source, as the findings name them."""
    fired = {way for steps in on.values() for way, _ in steps}
    local = {program.rules.states[here.state][S_LOCAL] for here in on if kind(program, here.state) != FINAL}
    found = set()
    for way, row in enumerate(program.rules.transitions):
        if way not in fired and any(row[T_SOURCES] >> at & 1 for at in local):
            trigger = program.names.transitions[way][1].trigger
            alike = [i for i, (_, other) in enumerate(program.names.transitions) if other.trigger == trigger]
            found.add(trigger if len(alike) == 1 else f"{trigger}[{alike.index(way)}]")
    return found


def unstaffed(program: Program, here: Position) -> bool:
    """Say whether a case waits where there is no handler."""
    return kind(program, here.state) == QUEUE and program.places.handlers[here.unit] == 0


@settings(RARE, max_examples=30)
@given(simulated(), st.integers(0, 100))
def test_the_simulation_stops_only_where_a_dead_end_was_found(data: dict, seed: int):
    """A run that cannot go on was foretold, with the state; without a dead end among the findings it goes through."""
    compiled(data)
    dead = {finding.place.split(".")[3] for finding in verify(data) if finding.code == "dead_end"}
    stopped = stopped_in(data, seed)
    event(f"the run {'stops' if stopped else 'goes through'}, {len(dead)} dead ends foretold")
    assert stopped is None or stopped in dead


def stopped_in(data: dict, seed: int) -> str | None:
    """Return the state in which a simulation of a month cannot go on, None where it does."""
    try:
        simulate(load(data), days=30, drain=0, replications=1, seed=seed, compiled=False)
    except SimulationError as error:
        return str(error).split("'")[1]
    return None
