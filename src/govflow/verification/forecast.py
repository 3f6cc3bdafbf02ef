"""How much work the assumptions bring to every unit, against the hours of its handlers: no sampling, no queues.

The visits of a case to each place are those of an absorbing Markov chain (Kemeny, Snell 1960, ch. 3): outcomes by
weight, those not enabled left out and the rest rescaled, as in rule S2; a wait may be ended by a deadline first.
Two things are simplified, and make this a forecast: guards see a case in its first round (counters at their start), and
a deadline never overtakes a queue or work. The simulation does neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve
from msgspec.structs import replace

from govflow.calendar import DAY
from govflow.community.places import join
from govflow.lifecycle import DEPARTMENT
from govflow.program import Position, Program, Stream, destination, step
from govflow.program.columns import (
    C_WORKING,
    FINAL,
    L_STATE,
    NEVER,
    NONE,
    QUEUE,
    S_CONFERENCE,
    S_KIND,
    S_TAKE,
    WAIT,
    WORK,
)
from govflow.verification.findings import Finding, finding
from govflow.verification.offers import by_the_clock, limit, outcomes, seat
from govflow.verification.openings import Opening
from govflow.verification.staffing import Spot, spot
from govflow.verification.survey import Survey
from govflow.verification.times import exceeds, mean
from govflow.verification.wording import several

YEAR = 365 * DAY
FULL = 1.0
NEARLY_FULL = 0.9
LEFT_OVER = 1e-7
"""When so little of a case is still on its way, the rest is left out."""
MOST_ROUNDS = 3_000

_REMEDY = "add handlers or hours, or mend what is assumed of arrivals, times and outcomes"

Chances = Mapping[Position, float]


def forecast_findings(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for each level with units whose handlers have less, or hardly more, hours than their work."""
    program = survey.program
    used = utilisation(survey)
    for level, name in enumerate(program.names.levels):
        units = [unit for unit in used if program.places.level[unit] == level]
        over = [unit for unit in units if used[unit] > FULL]
        nearly = [unit for unit in units if NEARLY_FULL < used[unit] <= FULL]
        outside = name == DEPARTMENT
        place = join("organization", "departments") if outside else join("organization", "patterns", name, "handlers")
        if over:
            yield finding("overload", place, f"{_named(program, over, used)}; their queues grow without end: {_REMEDY}")
        if nearly:
            yield finding("nearly_full", place, f"{_named(program, nearly, used)}; their queues are long: {_REMEDY}")


def _named(program: Program, units: list[int], used: Mapping[int, float]) -> str:
    ids = program.community.organization.ids
    level = program.places.level[units[0]]
    every = sum(1 for here in program.places.level if here == level)
    fullest = sorted(units, key=lambda unit: (-used[unit], unit))
    named = several(f"{ids[unit]!r} ({used[unit]:,.0%})" for unit in fullest)
    return f"{len(units):,} of {every:,} units have work for so much of their handlers' hours: {named}"


def utilisation(survey: Survey) -> dict[int, float]:
    """Return for every unit with handlers the share of their hours in a year that the assumed work takes."""
    work = _work(survey)
    hours = {calendar: _hours(survey.program, calendar) for calendar in set(survey.program.places.calendar)}
    places = survey.program.places
    return {
        unit: asked / (places.handlers[unit] * hours[places.calendar[unit]])
        for unit, asked in sorted(work.items())
        if places.handlers[unit] > 0
    }


def _hours(program: Program, calendar: int) -> int:
    """Return the working time of a calendar in the year from the community's start, in µs."""
    hours = program.community.calendars[program.names.calendars[calendar]]
    start = hours.instant(program.community.start)
    return hours.between(start, start + YEAR)


def _work(survey: Survey) -> dict[int, float]:
    """Return the working time that cases ask of each unit in a year, in µs."""
    program = survey.program
    by_class: dict[int, dict[Spot, float]] = {}
    for stream, openings in zip(program.streams, survey.streams, strict=True):
        for opening in openings:
            for where, asked in _asked(program, opening, _opened(program, stream, opening)).items():
                for here in opening.classes:
                    spots = by_class.setdefault(here, {})
                    spots[where] = spots.get(where, 0.0) + asked
    work: dict[int, float] = {}
    for home in survey.homes.members(by_class):
        for where, asked in by_class[survey.homes.of[home]].items():
            unit = where.unit(program, home)
            work[unit] = work.get(unit, 0.0) + asked * program.places.households[home]
    return work


def _opened(program: Program, stream: Stream, opening: Opening) -> Chances:
    """Return how many cases one household opens in a year, by where they open."""
    each = stream.rate / max(1, sum(program.places.households))
    opened: dict[Position, float] = {}
    for _, weight, level in stream.channels:
        start = _first_round(program, evolve(opening, levels=(level,)).positions(program)[0])
        opened[start] = opened.get(start, 0.0) + weight * each
    return opened


def _asked(program: Program, opening: Opening, opened: Chances) -> dict[Spot, float]:
    """Return the working time that the cases `opened` ask of each spot."""
    asked: dict[Spot, float] = {}
    for position, visits in _visits(program, opening, opened).items():
        if program.rules.states[position.state][S_KIND] == WORK:
            where = spot(program, position)
            asked[where] = asked.get(where, 0.0) + visits * mean(program, seat(program, position))
    return asked


def _visits(program: Program, opening: Opening, opened: Chances) -> dict[Position, float]:
    """Return how often each place is visited: cases pushed on until hardly anything is left on its way.

    Where they do not come to an end, nothing is told: what never ends is a finding of its own.
    """
    line, on = _chain(program, opening, opened)
    visits = [0.0] * len(line)
    moving = dict(enumerate(opened.values()))
    enough = LEFT_OVER * sum(moving.values())
    for _ in range(MOST_ROUNDS):
        arriving: dict[int, float] = {}
        for at, chance in moving.items():
            visits[at] += chance
            for there, share in on[at]:
                arriving[there] = arriving.get(there, 0.0) + chance * share
        moving = arriving
        if sum(moving.values()) <= enough:
            return dict(zip(line, visits, strict=True))
    return {}


def _chain(program: Program, opening: Opening, opened: Chances) -> tuple[list[Position], list[list[tuple[int, float]]]]:
    """Return every place that cases come to, those where they open first, and from each (place, share) onwards."""
    places = {position: at for at, position in enumerate(opened)}
    line = list(places)
    on = []
    for here in line:
        shares = _next(program, opening, here)
        for there in shares:
            if there not in places:
                places[there] = len(line)
                line.append(there)
        on.append([(places[there], share) for there, share in shares.items()])
    return line, on


def _next(program: Program, opening: Opening, here: Position) -> dict[Position, float]:
    """Return where a case goes from a place, with the share of each; nothing where it ends or stays."""
    row = program.rules.states[here.state]
    if row[S_KIND] == FINAL:
        return {}
    if row[S_KIND] == QUEUE:
        return {_stepped(program, here, row[S_TAKE]): 1.0}
    enabled = [(_first_enabled(program, here, offer.ways), offer.weight) for offer in outcomes(program, here)]
    open_ = [(way, weight) for way, weight in enabled if way != NONE and weight > 0]
    overtaken, way = _overtaken(program, opening, here) if row[S_KIND] == WAIT else (0.0, NONE)
    total = sum(weight for _, weight in open_)
    shares = [(way_, (1.0 - overtaken) * weight / total) for way_, weight in open_] + [(way, overtaken)]
    found: dict[Position, float] = {}
    for taken, share in shares:
        if taken != NONE and share > 0:
            there = _stepped(program, here, taken)
            found[there] = found.get(there, 0.0) + share
    return found


def _overtaken(program: Program, opening: Opening, here: Position) -> tuple[float, int]:
    """Return how likely a deadline ends a wait before its time is over, and the way that it fires."""
    first, fired = float(NEVER), NONE
    for offer in by_the_clock(program, here, opening.severities):
        way = _first_enabled(program, here, offer.ways)
        within = _elapsed(program, here, offer.cause, limit(program, here, offer.cause, here.severity))
        if way != NONE and within < first:
            first, fired = within, way
    if fired == NONE or program.rules.states[here.state][S_CONFERENCE]:
        return 0.0, NONE
    return exceeds(program, seat(program, here), first), fired


def _elapsed(program: Program, here: Position, clock: int, within: int) -> float:
    """Return about how long a limit takes by the clock on the wall: working time stretched to whole weeks."""
    if within == NEVER or not program.rules.clocks[clock][C_WORKING]:
        return float(within)
    calendar = program.places.calendar[here.unit]
    return within * YEAR / _hours(program, calendar)


def _first_enabled(program: Program, here: Position, ways: tuple[int, ...]) -> int:
    return next((way for way in ways if destination(program, here, way) != NONE), NONE)


def _stepped(program: Program, here: Position, way: int) -> Position:
    return _first_round(program, step(program, here, way, at=0))


def _first_round(program: Program, position: Position) -> Position:
    """Return a position as that of a case which is there for the first time, and was nowhere twice."""
    first = program.rules.lifecycles[position.lifecycle][L_STATE]
    entries = tuple(int(state == position.state) for state in range(first, first + len(position.entries)))
    return replace(position, counters=program.rules.starts[position.lifecycle], entries=entries)
