"""The starting point of ``govflow new``: complete, sound, and explained line by line."""

from __future__ import annotations

import tomllib

import pytest

from govflow.community import faults, load, template
from govflow.errors import UsageError


@pytest.mark.parametrize("name", ["riverside", "x", "北苑", "block-7"])
def test_the_template_loads_without_a_fault(name):
    """Whatever the community is called, its starting point is a sound definition of that name."""
    data = tomllib.loads(template(name))
    assert faults(data) == []
    assert load(data).name == name


def test_the_template_shows_every_part_of_a_definition():
    """It has its own levels, one lifecycle with deadlines and rates, calendars, arrivals, behaviour and a figure."""
    community = load(tomllib.loads(template("riverside")))
    (lifecycle,) = community.lifecycles.values()
    assert [level.name for level in community.plan.levels] == ["office", "block", "contact"]
    assert len(lifecycle.states) == 6
    assert {deadline.scope for deadline in lifecycle.deadlines.values()} == {"case", "level", "referral", "entry"}
    assert lifecycle.metrics
    assert lifecycle.times
    assert len(community.calendars) == 2
    assert community.assumptions.arrivals["request"]
    assert community.figures
    assert community.organization.total_households == 300


def test_every_section_is_explained():
    """A remark stands above each group of sections and beside most keys that are not words of everyday speech."""
    text = template("riverside")
    assert sum(line.startswith("# --- ") for line in text.splitlines()) >= 8
    remarks = sum("#" in line for line in text.splitlines())
    assert remarks * 4 >= len(text.splitlines())


@pytest.mark.parametrize("name", ["", "a b", "a/b", 'a"b', "a\nb"])
def test_a_name_that_cannot_be_one_is_refused(name):
    """A name goes into ids, so it has no spaces, slashes or quotes."""
    with pytest.raises(UsageError, match="cannot be a community's name"):
        template(name)
