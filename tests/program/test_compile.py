"""Compiled tables say what the definition says: guards, limits, behaviour, places, counts, each looked up plainly."""

from __future__ import annotations

from math import exp, gamma, isclose

from hypothesis import given, settings, strategies as st

from govflow.calendar import DAY
from govflow.lifecycle import DEPARTMENT, FieldLimit, guard
from govflow.organization.walks import conference, referral, step_down
from govflow.program import compile_program
from govflow.program.behaviour import (
    CONSTANT,
    EXPONENTIAL,
    LOGNORMAL,
    QUANTILES,
    TRIANGULAR,
    UNIFORM,
    WEIBULL,
)
from govflow.program.columns import (
    C_BLOCKS,
    C_NUMERATOR_IN,
    F_COUNTERS,
    NEVER,
    NONE,
    S_TAKE,
    T_CLOCK,
    T_DENOMINATOR_IN,
    T_DENOMINATOR_OUT,
    T_NUMERATOR_IN,
    T_NUMERATOR_OUT,
    T_SETTLES,
)
from govflow.program.guards import Vocabulary, compile_guard
from govflow.program.rules import holds
from govflow.testing import strategies as gs
from tests.program import naive

LEVELS, CATEGORIES, CHANNELS = ("committee", "host", DEPARTMENT), ("noise", "parking"), ("doorstep", "telephone")
COUNTERS, STATES = ("reopened", "rounds"), ("received", "asked", "closed")


@st.composite
def facts(draw):
    """Draw the facts of a case as a guard's evaluator wants them, and as the program keeps them."""
    small = st.integers(0, 4)
    level, category, channel = (draw(st.sampled_from(names)) for names in (LEVELS, CATEGORIES, CHANNELS))
    severity, children = draw(small), draw(small)
    above, department = draw(st.booleans()), draw(st.booleans())
    ties = [draw(st.booleans()) for _ in guard.TIES]
    counts = [draw(small) for _ in (*COUNTERS, *STATES)]
    named = {"level": level, "category": category, "channel": channel, "severity": severity, "children_open": children}
    named |= {"has_superior": above, "has_department": department}
    named |= {f'tied("{kind}")': tie for kind, tie in zip(guard.TIES, ties, strict=True)}
    named |= dict(zip((*COUNTERS, *(f'entries("{state}")' for state in STATES)), counts, strict=True))
    row = [LEVELS.index(level), severity, CATEGORIES.index(category), CHANNELS.index(channel)]
    row += [int(above), int(department), children, *map(int, ties)]
    assert len(row) == F_COUNTERS
    return named, [*row, *counts]


GUARDS = gs.guards(levels=LEVELS[:2], categories=CATEGORIES, channels=CHANNELS, counters=COUNTERS, states=STATES)


@settings(max_examples=500)
@given(GUARDS, facts())
def test_a_compiled_guard_holds_where_the_guard_does(text, case):
    """`holds` on integers is `guard.evaluate` on facts by name."""
    named, row = case
    words = Vocabulary(COUNTERS, STATES, {"level": LEVELS, "category": CATEGORIES, "channel": CHANNELS})
    code = compile_guard(text, words)
    scratch = [0] * (len(code) + 1)
    assert holds((9, *code, 9), 1, len(code) + 1, row, scratch) is guard.evaluate(guard.parse(text), named)


@given(gs.communities())
def test_the_table_of_limits_is_the_definition_looked_up(community):
    """For every clock, calendar, level and severity: level, else default, in that calendar's days, times the factor."""
    program = compile_program(community)
    for index, (_, deadline, _) in enumerate(program.names.clocks):
        for c, calendar in enumerate(program.names.calendars):
            day = community.calendars[calendar].day if deadline.clock == "working" else DAY
            for at, level in enumerate(program.names.levels):
                for severity in (1, 2, 3, 4):
                    limit = deadline.limit
                    length = (
                        limit.simulated if isinstance(limit, FieldLimit) else limit.get(level, limit.get("default"))
                    )
                    factor = deadline.severity.get(severity, 1.0)
                    expected = NEVER if length is None else max(1, round(length.us(day) * factor))
                    assert program.limit(index, c, at, severity) == expected


def looked_up(community, lifecycle, state, level, category, key):
    """Return time or outcomes by rule S2: category and level, category, level, plain; each looked up for itself."""
    plain = community.assumptions.behaviour.get(lifecycle, {}).get(state)
    if plain is None:
        return None
    own = plain.category.get(category)
    candidates = [own and own.at.get(level), own, plain.at.get(level), plain]
    found = [getattr(entry, key) for entry in candidates if entry is not None]
    return next((value for value in found if value is not None), None)


@given(gs.communities())
def test_the_most_specific_behaviour_is_compiled(community):
    """Every place has the outcomes and the time that a plain look-up finds, or none where that finds none."""
    program = compile_program(community)
    expected = program.expected
    for state, (owner, name) in enumerate(program.names.states):
        for at, level in enumerate(program.names.levels):
            for c, category in enumerate(program.names.categories):
                place = program.place(state, at, c)
                weights = looked_up(community, owner, name, level, category, "outcomes")
                row = expected.outcome_row[place]
                assert outcomes_of(program, state, row) == (weights if weights is None else dict(weights))
                time = looked_up(community, owner, name, level, category, "time")
                row = expected.time_row[place]
                assert (row == NONE) == (time is None)
                if time is not None:
                    assert_says(expected.times[row], expected.knots, time, naive_day(community, owner, name, level))


def outcomes_of(program, state, row):
    """Return the weights of a row by trigger; each outcome's ways leave the state and can be taken by a person."""
    if row == NONE:
        return None
    expected, weights = program.expected, {}
    owner, name = program.names.states[state]
    for outcome in range(expected.outcome_first[row], expected.outcome_first[row + 1]):
        ways = [
            program.names.transitions[way]
            for way in expected.ways[expected.way_first[outcome] : expected.way_first[outcome + 1]]
        ]
        assert len({way.trigger for _, way in ways}) == 1
        for lifecycle, way in ways:
            assert lifecycle == owner
            assert way.by != ("clock",)
            assert name in program.community.lifecycles[owner].sources(way)
        weights[ways[0][1].trigger] = expected.weights[outcome]
    return weights


def naive_day(community, lifecycle, state, level):
    """Return how long a day is in a state at a level: the level's working day in work, else 24 hours."""
    if community.lifecycles[lifecycle].states[state].kind != "work" or level == DEPARTMENT:
        return DAY
    return next(community.calendars[row.calendar].day for row in community.plan.levels if row.name == level)


def assert_says(row, knots, time, day):
    """Compare a compiled distribution with what the definition says, in its own terms."""
    kind, a, b, c = row
    given_us = {key: value.us(day) for key, value in time.parameters.items() if hasattr(value, "us")}
    match time.kind:
        case "constant":
            assert (kind, a) == (CONSTANT, given_us["value"])
        case "exponential":
            assert (kind, a) == (EXPONENTIAL, given_us["mean"])
        case "uniform":
            assert (kind, a, b) == (UNIFORM, given_us["low"], given_us["high"])
        case "triangular":
            assert (kind, a, b, c) == (TRIANGULAR, given_us["low"], given_us["mode"], given_us["high"])
        case "lognormal":
            assert kind == LOGNORMAL
            assert isclose(exp(a + b * b / 2), given_us["mean"])
            assert isclose((exp(b * b) - 1) ** 0.5, time.parameters["cv"])
        case "weibull":
            assert (kind, b) == (WEIBULL, time.parameters["shape"])
            assert isclose(a * gamma(1 + 1 / b), given_us["mean"])
        case "quantiles":
            points = list(zip(time.parameters["at"], [v.us(day) for v in time.parameters["values"]], strict=True))
            assert (kind, list(knots[int(a) : int(b)])) == (QUANTILES, points)


@given(gs.communities())
def test_places_are_the_organization(community):
    """Walks over the arrays find the units that the organization's own queries find."""
    program, org = compile_program(community), community.organization
    places = program.places
    names = program.names.categories
    assert list(places.superior) == list(org.superior)
    for unit, name in enumerate(org.ids):
        assert program.names.calendars[places.calendar[unit]] == org.calendar(unit)
        held = conference(places.superior, places.sits, unit)
        assert (None if held == NONE else org.ids[held]) == org.conference(name)
        for c, category in enumerate(names):
            there = referral(
                places.superior,
                places.referral_first,
                places.referral_category,
                places.referral_department,
                unit,
                c,
            )
            assert (None if there == NONE else org.ids[there]) == org.referral(name, category)
        for home in range(org.size):
            down = step_down(places.superior, unit, home)
            assert (None if down == NONE else org.ids[down]) == org.step_down(name, org.ids[home])


@given(gs.communities())
def test_flags_are_the_metrics_looked_up(community):
    """What a transition or an expiry puts into a metric's parts, or takes out, is what the metric lists."""
    program = compile_program(community)
    columns = {
        T_NUMERATOR_IN: ("numerator", "into"),
        T_NUMERATOR_OUT: ("numerator", "out"),
        T_DENOMINATOR_IN: ("denominator", "into"),
        T_DENOMINATOR_OUT: ("denominator", "out"),
    }
    rows = [(owner, way.trigger, row) for (owner, way), row in rows_of(program)]
    shift = C_NUMERATOR_IN - T_NUMERATOR_IN
    for owner, fact, row in rows:
        for column, (part, way) in columns.items():
            assert row[column] == flags(community, owner, fact, part, way)
        assert row[T_SETTLES] == int(fact in community.lifecycles[owner].settled_by)
    for (owner, deadline, _), row in zip(program.names.clocks, program.rules.clocks, strict=True):
        metrics = community.lifecycles[owner].metrics.values()
        for column, (part, way) in columns.items():
            assert row[column + shift] == flags(community, owner, f"expiry:{deadline.name}", part, way)
        assert row[C_BLOCKS] == sum(1 << i for i, metric in enumerate(metrics) if metric.within == deadline.name)


def rows_of(program):
    """Return the transitions with their rows."""
    return zip(program.names.transitions, program.rules.transitions, strict=True)


def flags(community, lifecycle, fact, part, way):
    """Return which metrics, as bits, name a fact in one of their parts."""
    metrics = community.lifecycles[lifecycle].metrics.values()
    return sum(1 << i for i, metric in enumerate(metrics) if fact in getattr(getattr(metric, part), way))


@given(gs.communities())
def test_every_queue_knows_what_takes_from_it_and_every_clock_what_it_fires(community):
    """The take of a queue leads from it into work; a clock lists the ways of its trigger that the clock may take."""
    program = compile_program(community)
    ways = program.names.transitions
    for (owner, state), row in zip(program.names.states, program.rules.states, strict=True):
        if community.lifecycles[owner].states[state].kind == "queue":
            assert ways[row[S_TAKE]][0] == owner
            assert ways[row[S_TAKE]][1].take
            assert state in ways[row[S_TAKE]][1].source
        else:
            assert row[S_TAKE] == NONE
    for (owner, deadline, _), row in zip(program.names.clocks, program.rules.clocks, strict=True):
        fired = [ways[way] for way in program.rules.fires[row[6] : row[7]]]
        cycle = community.lifecycles[owner]
        may = [way for way in cycle.ways(deadline.fires) if "clock" in way.by] if deadline.fires else []
        assert fired == [(owner, way) for way in may]
    for (_, way), row in rows_of(program):
        assert row[T_CLOCK] == int("clock" in way.by)


@given(gs.communities())
def test_a_stream_is_a_category_with_a_rate(community):
    """One stream for each category with a positive rate, by lifecycle and category; its week has mean one."""
    program = compile_program(community)
    arrivals = community.assumptions.arrivals
    expected = [(name, c) for name in sorted(arrivals) for c in sorted(arrivals[name])]
    expected = [(name, c) for name, c in expected if arrivals[name][c].per_household_year > 0]
    names = program.names
    assert [(names.lifecycles[s.lifecycle], names.categories[s.category]) for s in program.streams] == expected
    for stream, (name, category) in zip(program.streams, expected, strict=True):
        written = arrivals[name][category]
        assert isclose(stream.rate, written.per_household_year * community.organization.total_households)
        assert isclose(sum(stream.week), 168)
        assert {names.channels[c]: weight for c, weight, _ in stream.channels} == {
            channel: weight for channel, weight in written.channels.items() if weight > 0
        }
        for channel, _, level in stream.channels:
            assert names.levels[level] == community.intake[name].level(names.channels[channel], category)


def test_the_judge_of_limits_agrees_with_the_table():
    """The limit that the naive rules look up for a case is the one in the table."""
    from tests.program.everything import everything

    program = everything()
    case = naive.opened(program.community, "grievance", "branch/1", "host/1-1", "noise", "doorstep", 1, 0)
    for index, (_, deadline, _) in enumerate(program.names.clocks):
        calendar = program.names.calendars.index("evenings")
        level = program.names.levels.index("branch")
        table = program.limit(index, calendar, level, 1)
        assert naive.limit(case, deadline) == (None if table == NEVER else table)
