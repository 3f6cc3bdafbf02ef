"""The forecast of work: closed forms where there are any, and the times it is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from govflow.community import load
from govflow.program import Program, compile_program
from govflow.program.behaviour import EXPONENTIAL, WEIBULL
from govflow.simulation.luck import duration
from govflow.verification.forecast import utilisation
from govflow.verification.survey import survey
from govflow.verification.times import exceeds, mean, shortest
from tests.verification.made import small

HOURS_A_YEAR = 365 * 10
BLOCK, OFFICE = 1, 0


def used(**changes: Any) -> dict[str, float]:
    """Return the forecast share of hours by unit."""
    program = compile_program(load(small(**changes)))
    return {program.community.organization.ids[unit]: share for unit, share in utilisation(survey(program)).items()}


def settled_at_once(**outcomes: float) -> dict[str, Any]:
    """Return a behaviour of an hour's work; one in ten residents disputes."""
    return {
        "handling": {"time": {"lognormal": {"mean": "1h", "cv": 2.0}}, "outcomes": outcomes},
        "asked": {"outcomes": {"confirm": 0.9, "dispute": 0.1}, "time": "1h"},
    }


def test_the_work_of_one_level_is_a_geometric_series():
    """20 households of 10 cases a year, one quarter through the office; each case comes back with chance 1/10."""
    share = used(behaviour=settled_at_once(resolve=1.0))
    cases = 20 * 10.0
    assert share["block/1"] == pytest.approx(0.75 * cases / 0.9 / HOURS_A_YEAR)
    assert share["office/small"] == pytest.approx(3 * 0.25 * cases / 0.9 / 2 / HOURS_A_YEAR)


def test_an_outcome_that_is_closed_leaves_its_weight_to_the_others():
    """From the block a third goes up; at the office, where nothing goes up, all is resolved."""
    share = used(behaviour=settled_at_once(resolve=2 / 3, escalate=1 / 3))
    cases = 20 * 10.0
    at_block = 0.75 * cases / (1 - 2 / 3 * 0.1)
    assert share["block/1"] == pytest.approx(at_block / HOURS_A_YEAR)
    at_office = (3 * 0.25 * cases + 3 * at_block / 3) / 0.9
    assert share["office/small"] == pytest.approx(at_office / 2 / HOURS_A_YEAR)


def test_a_wait_that_a_deadline_ends_first_goes_the_deadlines_way():
    """Whoever has not answered in a day is silent: with an exponential day, a share of 1/e does not dispute."""
    behaviour = settled_at_once(resolve=1.0) | {
        "asked": {"time": {"exponential": {"mean": "1d"}}, "outcomes": {"confirm": 0.5, "dispute": 0.5}}
    }
    share = used(behaviour=behaviour, lifecycle={"deadlines": {"silence": {"limit": {"default": "1d"}}}})
    disputed = 0.5 * (1 - np.exp(-1))
    assert share["block/1"] == pytest.approx(0.75 * 200 / (1 - disputed) / HOURS_A_YEAR)


def test_a_thousand_blocks_are_explored_like_three():
    """The number of explorations does not grow with the number of units, and like units have like work."""
    few, many = (
        survey(compile_program(load(small(organization={"patterns": {"block": {"each": each}}})))) for each in (3, 1000)
    )
    assert [len(maps) for maps in few.desk] == [len(maps) for maps in many.desk]
    shares = utilisation(many)
    assert len({round(share, 12) for unit, share in shares.items() if many.program.places.level[unit] == BLOCK}) == 1


TIMES = [
    {"constant": {"value": "3h"}},
    {"exponential": {"mean": "3h"}},
    {"uniform": {"low": "1h", "high": "3h"}},
    {"triangular": {"low": "1h", "mode": "2h", "high": "6h"}},
    {"lognormal": {"mean": "3h", "cv": 0.8}},
    {"weibull": {"mean": "3h", "shape": 1.7}},
    {"quantiles": {"at": [0, 0.5, 0.9, 1], "values": ["30m", "1h", "4h", "10h"]}},
]


@pytest.mark.parametrize("time", TIMES, ids=lambda time: next(iter(time)))
def test_times_are_told_as_the_simulation_draws_them(time):
    """Mean, least and chance to exceed agree with the quantiles from which the simulation draws."""
    program = compile_program(load(small(behaviour={"handling": {"time": time}})))
    seat = program.place(program.state_index["grievance", "handling"], BLOCK, 0)
    row = program.expected.time_row[seat]
    points = (np.arange(20_000) + 0.5) / 20_000
    drawn = [draw(program, row, u) for u in points]
    assert mean(program, seat) == pytest.approx(np.mean(drawn), rel=0.01)
    assert shortest(program, seat) <= drawn[0] * (1 + 1e-9)
    if len(set(drawn)) > 1:
        for u in (0.05, 0.3, 0.6, 0.95):
            assert exceeds(program, seat, draw(program, row, u)) == pytest.approx(1 - u, abs=1e-6)
    assert exceeds(program, seat, 0) == 1
    assert exceeds(program, seat, 10**16) == pytest.approx(0)


def draw(program: Program, row: int, u: float) -> int:
    """Return the quantile `u` of a time, as the simulation draws it (exponentials and Weibulls run backwards)."""
    backwards = program.expected.times[row][0] in (EXPONENTIAL, WEIBULL)
    knots = np.array(program.expected.knots or [(0.0, 0.0)])
    return duration(np.array(program.expected.times), knots, row, 1 - u if backwards else u)


def test_what_has_no_time_lasts_for_ever():
    """The joint conference decides in its sessions: no time of its own is assumed."""
    program = compile_program(load(small()))
    seat = program.place(program.state_index["grievance", "convened"], OFFICE, 0)
    assert mean(program, seat) == shortest(program, seat) == float("inf")
    assert exceeds(program, seat, 1) == 1
