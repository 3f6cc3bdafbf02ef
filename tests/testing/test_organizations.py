"""Drawn organizations are built without a fault, hold everything an organization can hold, and shrink to one unit."""

from __future__ import annotations

import pytest
from hypothesis import given

from govflow.organization import build
from govflow.testing import strategies as gs
from tests.testing.seeking import any_of, smallest_of


@given(gs.organization_plans())
def test_a_plan_is_built_without_a_fault(plan):
    """`build` takes it, with all its levels."""
    organization = build(plan)
    assert organization.level_names[:-1] == tuple(level.name for level in plan.levels)
    assert all(organization.count_by_level()[level.name] >= 1 for level in plan.levels)


@given(gs.organization_plans(levels=("street", "grid"), calendars=("office",), handlers=1, households=2))
def test_what_is_asked_for_is_kept(plan):
    """The levels, the calendars, and at least so many handlers and households."""
    organization = build(plan)
    assert organization.level_names == ("street", "grid", "department")
    assert {organization.calendar(unit) for unit in range(organization.size)} == {"office"}
    assert min(organization.handlers[: organization.size]) >= 1
    made = [unit for unit in organization.units("grid") if unit not in {row.id for row in plan.units}]
    assert all(organization.households[organization.index(unit)] >= 1 for unit in made)
    assert organization.total_households >= 2


WANTED = {
    "four levels": lambda plan: len(plan.levels) == 4,
    "own numbers": lambda plan: any(isinstance(pattern.each, dict) for pattern in plan.patterns.values()),
    "spread households": lambda plan: any(p.households_total for p in plan.patterns.values()),
    "rows": lambda plan: len(plan.units) == 2,
    "skipped level": lambda plan: any(
        plan.levels[i].may_skip and row.id.startswith(plan.levels[i + 1].name + "/")
        and row.superior.startswith(plan.levels[i - 1].name + "/")
        for row in plan.units
        for i in range(1, len(plan.levels) - 1)
    ),
    "conference": lambda plan: len(plan.conferences) == 2,
    "departments": lambda plan: sum(unit.kind == "department" for unit in plan.outside) == 3,
    "partner": lambda plan: any(unit.kind == "partner" for unit in plan.outside),
    "team": lambda plan: any(unit.kind == "team" for unit in plan.outside),
    "written household": lambda plan: plan.households,
    "handling post": lambda plan: any(post.role == "handler" for post in plan.posts),
    "other post": lambda plan: any(post.role != "handler" for post in plan.posts),
    "tie": lambda plan: any(tie.kind == "covers" for tie in plan.ties),
    "referral": lambda plan: any(tie.kind == "refers_to" and tie.categories for tie in plan.ties),
    "nobody": lambda plan: 0 in build(plan).handlers,
}  # fmt: skip


@pytest.mark.parametrize("name", WANTED)
def test_everything_that_can_be_written_comes_up(name):
    """Each thing that an organization can hold is drawn before long."""
    assert WANTED[name](any_of(gs.organization_plans(), WANTED[name]))


def test_an_organization_shrinks_to_what_matters():
    """The smallest is one unit; the smallest with a department has that and nothing else."""
    assert smallest_of(gs.organizations(), lambda _: True).ids == ("committee/top",)
    plan = smallest_of(gs.organization_plans(), lambda plan: plan.outside)
    assert build(plan).ids == ("committee/top", "department/fire")
    assert plan.units + plan.posts + plan.households + plan.ties + plan.conferences == ()
