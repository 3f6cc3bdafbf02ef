"""Queries: every answer that arrays give is the one that walking a graph gives."""

import networkx as nx
import pytest
from hypothesis import given, strategies as st

from govflow.errors import UnknownName, UsageError
from govflow.organization import Conference, HouseholdRow, Level, OutsideUnit, TieRow, build, from_columns
from tests.organization.made import CATEGORIES, FOUR, beida, plans


def upwards(org, unit):
    """Return a unit and its ancestors by the graph, nearest first; outside the hierarchy only the unit."""
    return nx.shortest_path(org.graph, org.ids[0], unit)[::-1] if unit in org.graph else [unit]


@given(plans())
def test_the_escalation_path_is_the_shortest_path_from_the_top_reversed(plan):
    """From every unit and from every household, along the graph of networkx."""
    org = build(plan)
    for unit in org.ids:
        assert list(org.escalation_path(unit)) == upwards(org, unit)
        for household in org.household_ids(unit):
            assert list(org.escalation_path(household)) == upwards(org, unit)


@given(plans())
def test_superiors_and_subordinates_are_the_neighbours_in_the_graph(plan):
    """One step up and one step down, the latter in the order of units."""
    org = build(plan)
    for unit in org.ids:
        inside = unit in org.graph
        assert (
            org.superior_of(unit) == next(iter(org.graph.pred[unit]), None) if inside else org.superior_of(unit) is None
        )
        below = sorted(org.graph.succ[unit], key=org.index) if inside else []
        assert list(org.subordinates(unit)) == below


@given(plans(), st.data())
def test_a_unit_at_a_level_is_its_nearest_ancestor_not_below_it(plan, data):
    """The ancestor or self at the level, the next above where the level was skipped, self where already above."""
    org = build(plan)
    level = data.draw(st.sampled_from(org.level_names[:-1]))
    depth = org.level_names.index(level)
    for unit in org.ids[: org.size]:
        expected = next(up for up in upwards(org, unit) if org.level[org.index(up)] <= depth)
        assert org.at_level(unit, level) == expected


@given(plans(), st.data())
def test_a_step_down_is_the_next_unit_on_the_way_home(plan, data):
    """The child on the path to home, None for home itself and for what is not above it."""
    org = build(plan)
    home = data.draw(st.sampled_from(org.ids))
    path = upwards(org, home)
    for unit in org.ids:
        expected = path[path.index(unit) - 1] if unit in path[1:] else None
        assert org.step_down(unit, home) == expected


@given(plans())
def test_a_referral_goes_to_the_nearest_department_at_or_above_then_by_id(plan):
    """As a plain search through the ties' graph finds it, for every unit and category."""
    org = build(plan)
    for unit in org.ids:
        for category in CATEGORIES:
            found = [
                min(fitting)
                for up in upwards(org, unit)
                if (
                    fitting := [
                        to
                        for _, to, kind, named in org.ties.out_edges(up, keys=True, data="categories")
                        if kind == "refers_to" and (not named or category in named)
                    ]
                )
            ]
            assert org.referral(unit, category) == (found[0] if found else None)


@given(plans())
def test_a_case_is_convened_at_the_nearest_unit_at_or_above_with_a_joint_conference(plan):
    """The units with a conference are all those of its level, by position and by name."""
    org = build(plan)
    held = {conference.level: conference for conference in plan.conferences}
    holding = [unit for unit in org.ids[: org.size] if unit.partition("/")[0] in held]
    assert org.conference_units == [(org.index(unit), held[unit.partition("/")[0]]) for unit in holding]
    for unit in org.ids:
        assert org.conference(unit) == next((up for up in upwards(org, unit) if up in holding), None)


@given(plans())
def test_referrals_by_position_say_what_the_ties_say(plan):
    """Sorted by unit, every category before named ones, then by department."""
    org = build(plan)
    expected = {
        (org.index(row.source), category, org.index(row.target))
        for row in org.tie_rows
        if row.kind == "refers_to"
        for category in row.categories or (None,)
    }
    assert set(org.referrals) == expected
    assert len(org.referrals) == len(expected)
    assert org.referrals == sorted(org.referrals, key=lambda row: (row[0], row[1] or "", row[2]))


@given(plans())
def test_every_household_has_the_contact_unit_that_names_it(plan):
    """Households and contact units agree both ways, and no household has two."""
    org = build(plan)
    contacts = {household: unit for unit in org.ids for household in org.household_ids(unit)}
    assert len(contacts) == org.total_households
    assert {household: org.contact(household) for household in contacts} == contacts


def test_a_written_household_has_the_contact_unit_it_names():
    """Written households count beside those made by number, whatever their id."""
    org = build(beida(households=(HouseholdRow("h-1104", "host/1-1-1"), HouseholdRow("household/zh", "branch/1"))))
    assert org.contact("h-1104") == "host/1-1-1"
    assert org.escalation_path("household/zh") == ("branch/1", "committee/beida")
    assert org.household_ids("host/1-1-1")[-2:] == ("household/1-1-1-10", "h-1104")
    assert org.households[org.index("host/1-1-1")] == 11
    assert org.total_households == 1002


@pytest.mark.parametrize(
    "household",
    [
        "household/3-2-4-0", "household/3-2-4-11", "household/3-2-4-01", "household/3-2-4-x", "household/3-2-4-",
        "household/-1", "household/", "household/3-2-4-٣", "household/3-2-4-" + "9" * 5000, "household/9-9-1", "",
    ],
)  # fmt: skip
def test_a_household_that_nobody_made_is_unknown(household):
    """Only the numbers from 1 to a unit's own count, written without leading zeros, are households."""
    with pytest.raises(UnknownName):
        build(beida()).contact(household)


def test_unknown_names_tell_the_nearest():
    """A mistyped unit, household or level is told what it may have been."""
    org = build(beida())
    for ask, wrong, right in [
        (org.index, "hots/3-2-4", "host/3-2-4"),
        (org.superior_of, "branch-3", "branch/3"),
        (org.escalation_path, "grup/3-2", "group/3-2"),
        (org.contact, "household/3-2-4-20", "household/3-2-4-10"),
        (org.contact, "household/3-2-44-1", "household/3-2-4-1"),
        (org.units, "brunch", "branch"),
    ]:
        with pytest.raises(UnknownName) as caught:
            ask(wrong)
        assert caught.value.nearest == right
    with pytest.raises(UnknownName, match="unknown level 'galaxy'"):
        org.at_level("branch/3", "galaxy")


def test_the_nearest_of_very_many_units_is_found_at_once():
    """Among thousands of units a name one edit away is told, without comparing with each; a stranger is not."""
    count = 20_000
    ids = ["committee/x", *(f"branch/{n}" for n in range(count))]
    org = from_columns(
        ids, [None] + ["committee/x"] * count, ["committee"] + ["branch"] * count, level_names=["committee", "branch"]
    )
    for wrong in ("brnach/19999", "branch/199999", "branc/19999", "branch19999", "branch/1999x"):
        with pytest.raises(UnknownName) as caught:
            org.escalation_path(wrong)
        assert len(caught.value.known) < 100
        assert "did you mean 'branch/1999" in str(caught.value)
    with pytest.raises(UnknownName) as caught:
        org.index("utterly/else")
    assert str(caught.value) == "unknown unit 'utterly/else'"


def test_outside_the_hierarchy_there_is_nothing_above():
    """A department has no superior, no path beyond itself, no referral and no conference."""
    org = build(
        beida(outside=(OutsideUnit("department/a", "department"),), conferences=(Conference("branch", "fri", "15:00"),))
    )
    assert org.escalation_path("department/a") == ("department/a",)
    assert org.superior_of("department/a") is None
    assert org.subordinates("department/a") == ()
    assert org.referral("department/a", "noise") is None
    assert org.conference("department/a") is None
    assert org.at_level("department/a", "committee") == "department/a"
    assert org.units("department") == ("department/a",)
    with pytest.raises(UsageError, match="'department' is no level of the hierarchy"):
        org.at_level("branch/1", "department")


def test_a_nearer_department_comes_before_one_whose_id_is_first():
    """Distance decides before id; a tie for another category is passed over."""
    org = build(
        beida(
            outside=(
                OutsideUnit("department/a", "department"),
                OutsideUnit("department/z", "department", ("branch/1",)),
            ),
            ties=(TieRow("refers_to", "group/1-1", "department/a", ("fire",)),),
        )
    )
    assert org.referral("host/1-1-1", "fire") == "department/a"
    assert org.referral("host/1-1-1", "noise") == "department/z"
    assert org.referral("host/2-1-1", "noise") == "department/a"


def test_calendars_come_from_the_unit_its_level_or_the_top():
    """A unit keeps its own calendar, else its level's; outside the hierarchy the top level's."""
    levels = (Level("committee", "office"), Level("branch", "evenings"))
    outside = (OutsideUnit("department/a", "department"), OutsideUnit("team/b", "team", calendar="nights"))
    org = build(beida(levels=levels, patterns={"branch": beida().patterns["branch"]}, outside=outside))
    named = {unit: org.calendar(org.index(unit)) for unit in ("committee/beida", "branch/1", "department/a", "team/b")}
    assert named == {
        "committee/beida": "office", "branch/1": "evenings", "department/a": "office", "team/b": "nights",
    }  # fmt: skip


def test_labels_fall_back_from_the_unit_to_its_level_to_its_id():
    """Own label in the language, in English, in any; else the level's with the slug; else the id's two parts."""
    levels = (Level("committee", label={"en": "party committee", "zh": "社区大党委"}), *FOUR[1:])
    org = build(beida(levels=levels, outside=(OutsideUnit("department/a", "department", label={"zh": "城管"}),)))
    assert org.label("committee/beida") == "party committee beida"
    assert org.label("committee/beida", "zh") == "社区大党委 beida"
    assert org.label("branch/3", "zh") == "branch 3"
    assert org.label("department/a", "en") == "城管"
