"""The behaviour model and the streams of cases, compiled (rules S2, S3).

The most specific entry wins, looked up here once for every (state, level, category), so that the kernel only
indexes. Weights stay as written: what is not enabled is dropped, and the rest rescaled, at the draw.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import gamma, log, sqrt
from typing import Any

from govflow.calendar import DAY, WEEKDAYS, Duration
from govflow.community import Arrivals, Community, Distribution, carries_weight, most_specific
from govflow.lifecycle import DEPARTMENT, Lifecycle
from govflow.program.columns import NONE
from govflow.program.model import Expected, Names, Stream

CONSTANT, EXPONENTIAL, UNIFORM, TRIANGULAR, LOGNORMAL, WEIBULL, QUANTILES = range(7)
HOURS_A_WEEK = 168


class _Rows:
    """Rows given out once for equal keys; `rows` are in order of first use."""

    def __init__(self) -> None:
        self.index: dict[Any, int] = {}
        self.rows: list[Any] = []

    def add(self, key: Any, row: Any) -> int:
        """Return the index of the row of a key: of this one, where the key is new."""
        if key not in self.index:
            self.index[key] = len(self.rows)
            self.rows.append(row)
        return self.index[key]


def compile_expected(community: Community, names: Names) -> Expected:
    """Compile times and outcomes for every (state, level, category)."""
    outcomes, times = _Rows(), _Rows()
    categories = names.categories or ("",)
    size = len(names.states) * len(names.levels) * len(categories)
    outcome_row, time_row = array("i", [NONE]) * size, array("i", [NONE]) * size
    at = 0
    for state, (owner, name) in enumerate(names.states):
        behaviour = community.assumptions.behaviour.get(owner, {}).get(name)
        for level in names.levels:
            day = day_of(community, owner, name, level)
            for category in categories:
                if behaviour is not None:
                    entries = list(most_specific(behaviour, level, category))
                    weights = next((e.outcomes for e in entries if e.outcomes is not None), None)
                    time = next((e.time for e in entries if e.time is not None), None)
                    if weights is not None:
                        outcome_row[at] = outcomes.add((state, tuple(sorted(weights.items()))), (state, weights))
                    if time is not None:
                        time_row[at] = times.add((repr(time), day), (time, day))
                at += 1
    return _expected(community, names, outcome_row, time_row, outcomes, times)


def day_of(community: Community, owner: str, state: str, level: str) -> int:
    """Return how long ``1d`` is in a state's time: the level's working day for work, else 24 hours."""
    if community.lifecycles[owner].states[state].kind != "work" or level == DEPARTMENT:
        return DAY
    calendar = next(row.calendar for row in community.plan.levels if row.name == level)
    return community.calendars[calendar].day


def _expected(
    community: Community,
    names: Names,
    outcome_row: Sequence[int],
    time_row: Sequence[int],
    outcomes: _Rows,
    times: _Rows,
) -> Expected:
    first, weights, way_first, ways = [0], [], [0], []
    for state, row in outcomes.rows:
        owner, name = names.states[state]
        for trigger in sorted(row):
            weights.append(float(row[trigger]))
            ways += ways_out(community.lifecycles[owner], names, name, trigger)
            way_first.append(len(ways))
        first.append(len(weights))
    knots: list[tuple[float, float]] = []
    compiled = tuple(distribution(time, day, knots) for time, day in times.rows)
    return Expected(
        outcome_row=outcome_row,
        time_row=time_row,
        outcome_first=tuple(first),
        weights=tuple(weights),
        way_first=tuple(way_first),
        ways=tuple(ways),
        times=compiled,
        knots=tuple(knots),
    )


def ways_out(cycle: Lifecycle, names: Names, state: str, trigger: str) -> list[int]:
    """Return the transitions by which a person can fire `trigger` from `state`, in the order they are tried."""
    working = cycle.states[state].kind == "work"
    return [
        i
        for i, (owner, way) in enumerate(names.transitions)
        if owner == cycle.name
        and way.trigger == trigger
        and state in cycle.sources(way)
        and carries_weight(way, working)
    ]


def distribution(time: Distribution, day: int, knots: list[tuple[float, float]]) -> tuple[float, ...]:
    """Return a distribution as (kind, a, b, c) in µs; a table of quantiles is appended to `knots`.

    Lognormal from mean m and cv c: sigma² = ln(1 + c²), mu = ln m - sigma²/2. Weibull's scale is
    m / Gamma(1 + 1/shape). Both are the textbook moment formulas (Johnson, Kotz, Balakrishnan 1994, ch. 14, 21).
    """
    p = time.parameters

    def us(key: str) -> float:
        value: Duration = p[key]
        return float(value.us(day))

    match time.kind:
        case "constant":
            return (CONSTANT, us("value"), 0.0, 0.0)
        case "exponential":
            return (EXPONENTIAL, us("mean"), 0.0, 0.0)
        case "uniform":
            return (UNIFORM, us("low"), us("high"), 0.0)
        case "triangular":
            return (TRIANGULAR, us("low"), us("mode"), us("high"))
        case "lognormal":
            variance = log(1.0 + float(p["cv"]) ** 2)
            return (LOGNORMAL, log(us("mean")) - variance / 2.0, sqrt(variance), 0.0)
        case "weibull":
            shape = float(p["shape"])
            return (WEIBULL, us("mean") / gamma(1.0 + 1.0 / shape), shape, 0.0)
        case _:
            start = len(knots)
            knots += [(float(q), float(v.us(day))) for q, v in zip(p["at"], p["values"], strict=True)]
            return (QUANTILES, float(start), float(len(knots)), 0.0)


def compile_streams(community: Community, names: Names) -> tuple[Stream, ...]:
    """Return one stream for each (lifecycle, category) with a positive rate, by name of lifecycle and category."""
    households = sum(community.organization.households)
    streams = []
    for lifecycle in sorted(community.assumptions.arrivals):
        rates = community.assumptions.arrivals[lifecycle]
        streams += [
            _stream(community, names, lifecycle, category, rates[category], households)
            for category in sorted(rates)
            if rates[category].per_household_year > 0
        ]
    return tuple(streams)


def _stream(
    community: Community, names: Names, lifecycle: str, category: str, arrivals: Arrivals, households: int
) -> Stream:
    intake = community.intake[lifecycle]
    return Stream(
        lifecycle=names.lifecycles.index(lifecycle),
        category=names.categories.index(category),
        rate=arrivals.per_household_year * households,
        week=week_weights(community, arrivals.week),
        channels=tuple(
            (names.channels.index(c), float(weight), names.levels.index(intake.level(c, category)))
            for c, weight in sorted(arrivals.channels.items())
            if weight > 0
        ),
        severity=tuple(float(arrivals.severity.get(s, 0.0)) for s in (1, 2, 3, 4)) if arrivals.severity else (),
        default_severity=community.categories[category].severity,
    )


def week_weights(community: Community, profile: str) -> tuple[float, ...]:
    """Return 168 hourly weights from Monday 00:00 with mean 1; ``always`` is flat."""
    if profile == "always":
        return (1.0,) * HOURS_A_WEEK
    days = community.assumptions.weeks[profile]
    raw = [float(w) for day in WEEKDAYS for w in days.get(day, (0.0,) * 24)]
    mean = sum(raw) / HOURS_A_WEEK
    return tuple(w / mean for w in raw)
