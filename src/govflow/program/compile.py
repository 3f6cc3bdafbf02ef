"""From a community to a program: every name becomes an index, every rule a row of integers.

The definition has been checked by the time it comes here (``community.load``), so this room looks names up
and does not ask whether they exist. Behaviour and streams are compiled in ``program.behaviour``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

from govflow.calendar import DAY
from govflow.community import Community
from govflow.lifecycle import DEFAULT, DEPARTMENT, Deadline, FieldLimit, Lifecycle, Metric, Transition, guard
from govflow.program.behaviour import compile_expected, compile_streams
from govflow.program.columns import (
    ASKS_DEPARTMENT,
    CLEAR,
    KINDS,
    MAX_DEPTH,
    MOVES,
    NEVER,
    NONE,
    TIES,
)
from govflow.program.guards import Vocabulary, compile_guard
from govflow.program.model import Names, Places, Program, Rows, Rules

SEVERITIES = (1, 2, 3, 4)

SIMULATED = 1
"""What a counter gains in the simulation where a field of the command says how much."""


def compile_program(community: Community) -> Program:
    """Compile a community into the tables that desk, kernel, prover and kit read.

    >>> import govflow as gf
    >>> compile_program(gf.load("beida")).names.levels
    ('committee', 'branch', 'group', 'host', 'department')
    """
    names = compile_names(community)
    state_index = {key: i for i, key in enumerate(names.states)}
    rules = compile_rules(community, names, state_index)
    return Program(
        community=community,
        names=names,
        rules=rules,
        places=compile_places(community, names),
        expected=compile_expected(community, names),
        streams=compile_streams(community, names),
        state_index=state_index,
    )


def compile_names(community: Community) -> Names:
    """Give every name its index; lifecycles and categories by name, the rest in the order written."""
    cycles = [community.lifecycles[name] for name in sorted(community.lifecycles)]
    return Names(
        lifecycles=tuple(c.name for c in cycles),
        states=tuple((c.name, s) for c in cycles for s in c.states),
        transitions=tuple((c.name, t) for c in cycles for t in c.transitions),
        clocks=tuple((c.name, d, depth) for c in cycles for d in c.deadlines.values() for depth in depths(d)),
        levels=(*(level.name for level in community.plan.levels), DEPARTMENT),
        calendars=tuple(community.calendars),
        categories=tuple(sorted(community.categories)),
        channels=tuple(sorted(community.channels)),
        counters=tuple(tuple(c.counters) for c in cycles),
        metrics=tuple(tuple(c.metrics.values()) for c in cycles),
        spans=tuple(tuple(c.times.values()) for c in cycles),
    )


def depths(deadline: Deadline) -> Sequence[int]:
    """Return the stack depths at which a deadline keeps a clock of its own: a referral's belongs to its push."""
    return range(1, MAX_DEPTH + 1) if deadline.scope == "referral" else (0,)


def compile_rules(community: Community, names: Names, state_index: Mapping[tuple[str, str], int]) -> Rules:
    """Compile all lifecycles into one set of tables."""
    tables = _Tables([], [])
    lifecycles, states, transitions, unfired = [], [], [], []
    for index, name in enumerate(names.lifecycles):
        cycle = community.lifecycles[name]
        words = Vocabulary(tuple(cycle.counters), tuple(cycle.states), texts(names))
        own = [(i, d, depth) for i, (owner, d, depth) in enumerate(names.clocks) if owner == name]
        lifecycles.append(lifecycle_row(cycle, index, names, state_index, own))
        states += [state_row(cycle, index, s, names, own) for s in cycle.states]
        transitions += [transition_row(cycle, index, t, state_index, words, tables) for t in cycle.transitions]
        unfired += [clock_row(cycle, index, local, d, depth, names) for local, (_, d, depth) in enumerate(own)]
    fires, clocks = _with_fires(unfired, names)
    return Rules(
        lifecycles=tuple(lifecycles),
        states=tuple(states),
        transitions=tuple(transitions),
        clocks=clocks,
        starts=tuple(tuple(c.start for c in community.lifecycles[name].counters.values()) for name in names.lifecycles),
        guards=tuple(tables.guards),
        adds=tuple(tables.adds),
        fires=fires,
        limits=tuple(limit for _, d, _ in names.clocks for limit in limits(community, names, d)),
    )


class _Tables:
    """The two tables that rows of transitions point into while they are being made."""

    def __init__(self, guards: list[int], adds: list[int]) -> None:
        self.guards = guards
        self.adds = adds


def texts(names: Names) -> Mapping[str, Sequence[str]]:
    """Return the names that a guard may compare a fact with."""
    return {"level": names.levels, "category": names.categories, "channel": names.channels}


def bits(positions: Iterable[int]) -> int:
    """Return the integer with these bits set."""
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask


Own = Sequence[tuple[int, Deadline, int]]


def lifecycle_row(
    cycle: Lifecycle, index: int, names: Names, state_index: Mapping[tuple[str, str], int], own: Own
) -> tuple[int, ...]:
    """Return a lifecycle's row: where its parts begin, and which clocks begin anew on what (rule L4)."""
    cyclic = [(k, d) for k, (_, d, _) in enumerate(own) if d.scope in ("case", "level")]
    scoped = {scope: bits(k for k, (_, d, _) in enumerate(own) if d.scope == scope) for scope in ("level", "entry")}
    pushed = [bits(k for k, (_, d, at) in enumerate(own) if d.scope == "referral" and at == n) for n in (1, 2)]
    first_state = min(i for (owner, _), i in state_index.items() if owner == cycle.name)
    metrics = names.metrics[index]
    return (
        state_index[cycle.name, cycle.start],
        first_state,
        len(cycle.states),
        own[0][0] if own else 0,
        len(own),
        len(cycle.counters),
        bits(m for m, metric in enumerate(metrics) if metric.counts == "events"),
        bits(k for k, d in cyclic if d.reopen == "first"),
        bits(k for k, d in cyclic if d.reopen == "reset"),
        scoped["level"],
        scoped["entry"],
        pushed[0],
        pushed[1],
        bits(m for m, metric in enumerate(metrics) if "open" in metric.numerator.into),
        bits(m for m, metric in enumerate(metrics) if "open" in metric.denominator.into),
        bits(i for i, span in enumerate(names.spans[index]) if span.take == "first"),
        asked(cycle),
    )


def asked(cycle: Lifecycle) -> int:
    """Return what is costly to tell and some guard asks for: entries of states (bits), whether a department is."""
    guards = [guard.parse(when) for way in cycle.transitions if (when := cycle.condition(way)) is not None]
    facts = {fact for tree in guards for fact in guard.names(tree)}
    entered = bits(local for local, state in enumerate(cycle.states) if f'entries("{state}")' in facts)
    return entered | (ASKS_DEPARTMENT if "has_department" in facts else 0)


def state_row(cycle: Lifecycle, index: int, name: str, names: Names, own: Own) -> tuple[int, ...]:
    """Return a state's row: kind, the transition that takes it, and which clocks run in it at each depth."""
    state = cycle.states[name]
    base = next(i for i, (owner, _) in enumerate(names.transitions) if owner == cycle.name)
    take = [base + i for i, t in enumerate(cycle.transitions) if t.take and name in t.source]
    convened = any(t.move == "convene" and t.target == name for t in cycle.transitions)
    wants = [bits(k for k, (_, d, at) in enumerate(own) if name in d.runs and at in (0, depth)) for depth in (0, 1, 2)]
    local = list(cycle.states).index(name)
    return (index, local, KINDS.index(state.kind), take[0] if take else NONE, int(convened), *wants)


def transition_row(
    cycle: Lifecycle,
    index: int,
    way: Transition,
    state_index: Mapping[tuple[str, str], int],
    words: Vocabulary,
    tables: _Tables,
) -> tuple[int, ...]:
    """Return a transition's row; its guard and its additions go to the shared tables."""
    guard = (NONE, NONE)
    if (condition := cycle.condition(way)) is not None:
        code = compile_guard(condition, words)
        guard = (len(tables.guards), len(tables.guards) + len(code))
        tables.guards += code
    adds = len(tables.adds)
    for counter in way.clears:
        tables.adds += [words.counters.index(counter), CLEAR]
    for counter, amount in way.add.items():
        tables.adds += [words.counters.index(counter), amount if isinstance(amount, int) else SIMULATED]
    cyclic = {c.name for c in cycle.counters.values() if c.cycle}
    local = list(cycle.states)
    return (
        index,
        bits(local.index(s) for s in cycle.sources(way)),
        NONE if way.target is None else state_index[cycle.name, way.target],
        MOVES.index(way.move),
        *guard,
        adds,
        len(tables.adds),
        int("severity" in way.sets),
        int(any(c in cyclic for c in way.add)),
        int("clock" in way.by),
        int(way.by != ("clock",) and not way.take),
        *marks(tuple(cycle.metrics.values()), way.trigger),
        bits(i for i, s in enumerate(cycle.times.values()) if way.trigger in s.until and s.take == "first"),
        bits(i for i, s in enumerate(cycle.times.values()) if way.trigger in s.until and s.take == "last"),
        int(way.trigger in cycle.settled_by),
    )


def marks(metrics: Sequence[Metric], fact: str) -> tuple[int, int, int, int]:
    """Return the sets of metrics whose numerator and denominator `fact` puts a case into and takes it out of."""
    return (
        bits(i for i, m in enumerate(metrics) if fact in m.numerator.into),
        bits(i for i, m in enumerate(metrics) if fact in m.numerator.out),
        bits(i for i, m in enumerate(metrics) if fact in m.denominator.into),
        bits(i for i, m in enumerate(metrics) if fact in m.denominator.out),
    )


def clock_row(
    cycle: Lifecycle, index: int, local: int, deadline: Deadline, depth: int, names: Names
) -> tuple[int, ...]:
    """Return a clock's row; the two columns of what it fires are filled in by `_with_fires`."""
    metrics = names.metrics[index]
    return (
        index,
        local,
        list(cycle.deadlines).index(deadline.name),
        depth,
        int(deadline.clock == "working"),
        int(deadline.while_working == "finish"),
        NONE,
        NONE,
        bits(i for i, m in enumerate(metrics) if m.within == deadline.name),
        *marks(metrics, f"expiry:{deadline.name}"),
    )


def _with_fires(clocks: Sequence[tuple[int, ...]], names: Names) -> tuple[tuple[int, ...], Rows]:
    fires: list[int] = []
    rows = []
    for row, (owner, deadline, _) in zip(clocks, names.clocks, strict=True):
        start = len(fires)
        fires += [
            i
            for i, (lifecycle, way) in enumerate(names.transitions)
            if lifecycle == owner and way.trigger == deadline.fires and "clock" in way.by
        ]
        rows.append((*row[:6], start, len(fires), *row[8:]))
    return tuple(fires), tuple(rows)


def limits(community: Community, names: Names, deadline: Deadline) -> list[int]:
    """Return a deadline's limits in µs by calendar, level and severity; NEVER at a level it does not name."""
    table = []
    for calendar in names.calendars:
        day = community.calendars[calendar].day if deadline.clock == "working" else DAY
        for level in names.levels:
            base = limit_at(deadline, level, day)
            table += [
                base if base == NEVER else max(1, round(base * deadline.severity.get(s, 1.0))) for s in SEVERITIES
            ]
    return table


def limit_at(deadline: Deadline, level: str, day: int) -> int:
    """Return the limit at a level before severity, in µs; of a field's limit the simulated one."""
    if isinstance(deadline.limit, FieldLimit):
        return deadline.limit.simulated.us(day)
    limit = deadline.limit.get(level, deadline.limit.get(DEFAULT))
    return NEVER if limit is None else limit.us(day)


def compile_places(community: Community, names: Names) -> Places:
    """Return the units as parallel arrays, referral ties by unit, conferences by unit."""
    org = community.organization
    count = len(org.ids)
    calendars = {name: i for i, name in enumerate(names.calendars)}
    categories = {name: i for i, name in enumerate(names.categories)}
    table = org.referral_table
    codes = [categories[name] for name in table.names]
    return Places(
        superior=org.superior,
        level=org.level,
        calendar=array("i", (calendars[org.calendar(u)] for u in range(count))),
        handlers=org.handlers,
        households=org.households,
        referral_first=table.first,
        referral_category=array("i", (NONE if code == NONE else codes[code] for code in table.categories)),
        referral_department=table.departments,
        sits=org.sits,
        tied=tied(community, count),
    )


def tied(community: Community, count: int) -> Sequence[int]:
    """Return for each unit the kinds of tie that touch it, as bits in the order of ``columns.TIES``."""
    org = community.organization
    mask = array("i", [0]) * count
    for kind, source, target in org.tie_kinds:
        for unit in (source, target):
            mask[unit] |= 1 << TIES.index(kind)
    return mask
