"""Plans become organizations: an arborescence in one order, with the numbers that were written."""

import pickle
from collections import Counter

import networkx as nx
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from govflow.organization import (
    Level,
    OrganizationPlan,
    OutsideUnit,
    Pattern,
    Post,
    TieRow,
    UnitRow,
    build,
    from_columns,
)
from tests.organization.made import FOUR, beida, hierarchies, plans


@given(plans())
def test_every_valid_plan_builds_into_an_arborescence(plan):
    """The graph is an arborescence over the units of the hierarchy, frozen, with what is known of each unit."""
    org = build(plan)
    assert nx.is_arborescence(org.graph)
    assert nx.is_frozen(org.graph)
    assert list(org.graph) == list(org.ids[: org.size])
    for unit, facts in org.graph.nodes.items():
        at = org.index(unit)
        assert facts["level"] == unit.partition("/")[0] == org.level_names[org.level[at]]
        assert (facts["handlers"], facts["households"]) == (org.handlers[at], org.households[at])
        assert facts["label"] == org.label(unit)


@given(plans())
def test_units_stand_level_by_level_in_the_order_of_their_superiors_and_outside_units_last(plan):
    """(level, superior) never decreases along the hierarchy; outside it, ids increase and nobody is superior."""
    org = build(plan)
    inside = range(org.size)
    keys = [(org.level[at], org.superior[at]) for at in inside]
    assert keys == sorted(keys)
    assert all(org.superior[at] < at for at in inside)
    assert list(org.ids[org.size :]) == sorted(unit.id for unit in plan.outside)
    assert set(org.superior[org.size :]) <= {-1}
    assert [org.index(unit) for unit in org.ids] == list(range(len(org.ids)))
    assert len(org.superior) == len(org.level) == len(org.handlers) == len(org.households) == len(org.ids)


@given(hierarchies(), st.randoms(use_true_random=False))
def test_columns_give_the_organization_that_the_plan_gives(plan, luck):
    """Columns in the order of units give the same arrays; shuffled, the same superiors and numbers by id."""
    org = build(plan)
    rows = [
        (unit, org.superior_of(unit), unit.partition("/")[0], org.handlers[at], org.households[at])
        for at, unit in enumerate(org.ids)
    ]

    def made(rows):
        ids, superiors, levels, handlers, households = zip(*rows, strict=True)
        return from_columns(ids, superiors, levels, level_names=plan.levels, handlers=handlers, households=households)

    same = made(rows)
    assert (same.ids, same.superior, same.level, same.handlers, same.households) == (
        org.ids, org.superior, org.level, org.handlers, org.households,
    )  # fmt: skip
    luck.shuffle(rows)
    other = made(rows)
    assert sorted(other.ids) == sorted(org.ids)
    for unit, superior, _, handlers, households in rows:
        at = other.index(unit)
        assert (other.superior_of(unit), other.handlers[at], other.households[at]) == (superior, handlers, households)


@settings(max_examples=30)
@given(plans())
def test_an_organization_survives_pickling(plan):
    """An organization goes to another process and back with its arrays and its queries, graph or no graph."""
    org = build(plan)
    assert org.graph.number_of_nodes() == org.size
    again = pickle.loads(pickle.dumps(org))  # noqa: S301 (our own bytes)
    assert (again.ids, again.superior, again.tie_rows) == (org.ids, org.superior, org.tie_rows)
    assert again.escalation_path(org.ids[0]) == org.escalation_path(org.ids[0])
    assert nx.utils.graphs_equal(again.graph, org.graph)


@given(plans())
def test_counts_add_up(plan):
    """Counts by level add up to all units, and totals to what patterns, rows and households say."""
    org = build(plan)
    counts = org.count_by_level()
    assert tuple(counts) == org.level_names
    assert counts == {name: len(org.units(name)) for name in org.level_names}
    assert sum(counts.values()) == len(org.units()) == len(org.ids)
    assert org.total_households == sum(len(org.household_ids(unit)) for unit in org.ids)
    assert org.total_handlers == sum(org.handlers)


def test_patterns_make_units_whose_slugs_continue_their_superiors():
    """Slugs go on from the superior's, except from the top's; a million lines of TOML are not needed."""
    org = build(beida())
    assert org.count_by_level() == {"committee": 1, "branch": 5, "group": 25, "host": 100, "department": 0}
    assert org.escalation_path("host/3-2-4") == ("host/3-2-4", "group/3-2", "branch/3", "committee/beida")
    assert org.ids[:8] == ("committee/beida", *(f"branch/{n}" for n in range(1, 6)), "group/1-1", "group/1-2")
    assert org.handlers[0] == 5
    assert org.handlers[org.index("branch/2")] == 3
    assert org.total_households == 1000
    assert repr(org) == "Organization(size=131, level_names=('committee', 'branch', 'group', 'host', 'department'))"


def test_tables_names_and_labels_tell_single_units_apart():
    """`each` goes by the superior's id, the other tables by the unit's own, labels by id or by name."""
    patterns = {
        "branch": Pattern("branch", 3, ("north",), labels={"north": {"zh": "北"}, "branch/2": {"en": "second"}}),
        "group": Pattern(
            "group",
            {"default": 1, "branch/north": 2},
            handlers={"default": 1, "group/2-1": 4},
            households={"default": 5, "group/north-2": 7},
        ),
    }
    org = build(OrganizationPlan("beida", FOUR[:3], patterns))
    assert org.units("branch") == ("branch/north", "branch/2", "branch/3")
    assert org.units("group") == ("group/north-1", "group/north-2", "group/2-1", "group/3-1")
    assert list(org.handlers[4:]) == [1, 1, 4, 1]
    assert list(org.households[4:]) == [5, 7, 5, 5]
    assert org.label("branch/north", "zh") == org.label("branch/north") == "北"
    assert org.label("branch/2", "zh") == "second"


def test_rows_stand_among_patterns_and_get_units_of_their_own():
    """A written unit stands after the pattern's, in the order of its superior, and patterns go on beneath it."""
    rows = (
        UnitRow("group/annex", "branch/1", handlers=2),
        UnitRow("branch/x", "committee/beida", calendar="nights", label={"en": "the X"}),
        UnitRow("group/lone", "branch/x", households=3),
    )
    patterns = {"branch": Pattern("branch", 2), "group": Pattern("group", 1), "host": Pattern("host", 1)}
    org = build(OrganizationPlan("beida", FOUR, patterns, units=rows))
    assert org.units("branch") == ("branch/1", "branch/2", "branch/x")
    assert org.units("group") == ("group/1-1", "group/annex", "group/2-1", "group/x-1", "group/lone")
    assert org.units("host") == ("host/1-1-1", "host/annex-1", "host/2-1-1", "host/x-1-1", "host/lone-1")
    assert org.calendar(org.index("branch/x")) == "nights"
    assert org.calendar(org.index("branch/1")) == "default"
    assert org.label("branch/x") == "the X"
    assert org.contact("household/lone-3") == "group/lone"


def test_a_level_that_may_be_skipped_can_be():
    """A unit may stand under one two levels up when the level between says so, and is ordered with its level."""
    levels = (FOUR[0], Level("branch", may_skip=True), FOUR[2])
    rows = (UnitRow("group/b", "branch/1"), UnitRow("branch/1", "committee/x"), UnitRow("group/a", "committee/x"))
    org = build(OrganizationPlan("x", levels, units=rows))
    assert org.ids == ("committee/x", "branch/1", "group/a", "group/b")
    assert org.at_level("group/a", "branch") == "committee/x"
    assert org.at_level("group/b", "branch") == "branch/1"
    assert org.subordinates("committee/x") == ("branch/1", "group/a")


def test_the_top_unit_can_be_written_out():
    """A row with the top's id describes the top unit when no pattern does."""
    row = UnitRow("committee/beida", None, handlers=7, label={"en": "the committee"})
    org = build(OrganizationPlan("beida", FOUR, units=(row,)))
    assert (org.ids, org.handlers[0], org.label("committee/beida")) == (("committee/beida",), 7, "the committee")


@given(st.integers(0, 500), st.integers(1, 7), st.lists(st.integers(0, 5), max_size=3))
def test_households_in_all_are_spread_evenly_and_earlier_units_get_the_rest(total, each, own):
    """No two units of the level differ by more than one; written units keep what they name."""
    rows = tuple(UnitRow(f"branch/r{at}", "committee/x", households=count) for at, count in enumerate(own))
    patterns = {"branch": Pattern("branch", each, households_total=total)}
    org = build(OrganizationPlan("x", FOUR[:2], patterns, units=rows))
    named = {row.id: row.households for row in rows if row.households}
    takers = [org.households[org.index(unit)] for unit in org.units("branch") if unit not in named]
    assert sum(takers) == total
    assert takers == sorted(takers, reverse=True)
    assert max(takers) - min(takers) <= 1
    assert all(org.households[org.index(unit)] == count for unit, count in named.items())


def test_listed_handling_posts_override_the_number():
    """Posts with a handling role of the level count as handlers; other posts do not touch the number."""
    levels = (FOUR[0], Level("branch", handling_roles=("secretary", "handler")))
    posts = (
        Post("branch/1", "member:example-1"),
        Post("branch/1", "member:example-2", "secretary"),
        Post("branch/1", "member:example-3", "chair"),
        Post("branch/2", "member:example-3", "chair"),
        Post("department/d", "member:example-4"),
    )
    plan = OrganizationPlan(
        "x", levels, {"branch": Pattern("branch", 2, handlers=9)}, posts=posts,
        outside=(OutsideUnit("department/d", "department", handlers=3),),
    )  # fmt: skip
    assert list(build(plan).handlers) == [1, 2, 9, 1]


def test_outside_units_are_tied_to_those_they_serve_else_to_the_top():
    """Departments are referred to, partners tied, teams assist; written ties of the same pair are merged."""
    plan = beida(
        outside=(
            OutsideUnit("team/t", "team", ("branch/2",)),
            OutsideUnit("partner/p", "partner"),
            OutsideUnit("department/b", "department", ("branch/1",), ("fire",)),
            OutsideUnit("department/a", "department"),
        ),
        ties=(
            TieRow("refers_to", "branch/1", "department/b", ("noise", "fire")),
            TieRow("pairs_with", "member:example-1", "member:example-2"),
            TieRow("covers", "team/t", "household/1-1-1-1"),
        ),
    )
    org = build(plan)
    assert org.ids[-4:] == ("department/a", "department/b", "partner/p", "team/t")
    assert sorted(org.ties.edges(keys=True, data="categories")) == [
        ("branch/1", "department/b", "refers_to", ("fire", "noise")),
        ("committee/beida", "department/a", "refers_to", ()),
        ("committee/beida", "partner/p", "partners", ()),
        ("member:example-1", "member:example-2", "pairs_with", ()),
        ("team/t", "branch/2", "assists", ()),
        ("team/t", "household/1-1-1-1", "covers", ()),
    ]
    assert nx.is_frozen(org.ties)
    kinds = [(kind, org.ids[source], org.ids[target]) for kind, source, target in org.tie_kinds]
    assert Counter(kind for kind, _, _ in kinds) == {"refers_to": 2, "partners": 1, "assists": 1}


def test_one_tie_without_categories_makes_the_merged_tie_name_them_all():
    """Naming no category means every one, and a second tie that names some takes nothing away."""
    department = OutsideUnit("department/a", "department", ("branch/1",))
    plan = beida(outside=(department,), ties=(TieRow("refers_to", "branch/1", "department/a", ("noise",)),))
    assert build(plan).referral("branch/1", "fire") == "department/a"


@pytest.mark.parametrize("levels", [1, 2, 100])
def test_any_number_of_levels_up_to_a_hundred_builds(levels):
    """The scheme is data: one level, or a hundred."""
    scheme = tuple(Level(f"level{at}") for at in range(levels))
    patterns = {level.name: Pattern(level.name) for level in scheme}
    org = build(OrganizationPlan("x", scheme, patterns))
    assert len(org.escalation_path(org.ids[-1])) == levels


def test_building_twice_gives_the_same_arrays():
    """Nothing depends on the order of sets or on chance."""
    plan = beida(outside=(OutsideUnit("department/a", "department"),))
    one, two = build(plan), build(evolve(plan))
    assert (one.ids, one.superior, one.referrals) == (two.ids, two.superior, two.referrals)
