"""Organization diagrams: few boxes, nothing lost, and what is said of a box is true of its units."""

import pytest
from hypothesis import given, strategies as st

from govflow.draw import organization_diagram
from govflow.draw.organization import MOST, collapsed
from govflow.organization import Level, OrganizationPlan, OutsideUnit, Pattern, TieRow, UnitRow
from tests.draw.made import LEVELS, community, tiny_plan
from tests.organization.made import plans


@given(plans())
def test_every_unit_stands_in_one_box_and_the_totals_add_up(plan):
    """Units, handlers and households of the boxes of a level are those of the level; the same for all outside."""
    place = community(plan)
    organization, drawn = place.organization, organization_diagram(place)
    groups, group_of = collapsed(organization)
    assert sorted(unit for group in groups for unit in group.units) == list(range(organization.size))
    assert all(unit in groups[group].units for unit, group in enumerate(group_of))
    for depth, level in enumerate(organization.level_names[:-1]):
        nodes = [node for node in drawn.nodes if node.cluster == level]
        members = [unit for unit in range(organization.size) if organization.level[unit] == depth]
        assert sum(node.units for node in nodes) == len(members)
        assert sum(node.handlers for node in nodes) == sum(organization.handlers[unit] for unit in members)
        assert sum(node.households for node in nodes) == sum(organization.households[unit] for unit in members)
    assert sum(node.units for node in drawn.nodes) == len(organization.ids)
    assert sum(node.handlers for node in drawn.nodes) == organization.total_handlers


@given(plans())
def test_a_level_of_few_units_shows_each_and_a_box_is_joined_to_the_boxes_of_its_superiors(plan):
    """Lines stand for superiors, all of them and no others; no two boxes or lines share an id."""
    place = community(plan)
    organization, drawn = place.organization, organization_diagram(place)
    groups, group_of = collapsed(organization)
    for depth, count in enumerate(list(organization.count_by_level().values())[:-1]):
        if count <= MOST:
            assert sum(group.depth == depth for group in groups) == count
    lines = {(edge.source, edge.target) for edge in drawn.edges if edge.kind == "superior"}
    assert lines == {
        (groups[group_of[organization.superior[unit]]].id, groups[group_of[unit]].id)
        for unit in range(1, organization.size)
    }
    assert len({node.id for node in drawn.nodes}) == len(drawn.nodes)
    assert len({edge.id for edge in drawn.edges}) == len(drawn.edges)


@given(plans())
def test_every_tie_is_drawn_at_the_boxes_of_its_ends_or_listed(plan):
    """The ties behind an edge and those in the note are all ties that there are."""
    place = community(plan)
    drawn = organization_diagram(place)
    ends = {edge.id: len(edge.detail) for edge in drawn.edges if edge.kind == "tie"}
    loose = sum(len(note.lines) for note in drawn.notes)
    assert sum(ends.values()) + loose == len(place.organization.tie_rows)
    known = {node.id for node in drawn.nodes}
    assert all({edge.source, edge.target} <= known for edge in drawn.edges)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=4), st.integers(1, 4), st.integers(0, 9))
def test_an_even_organization_needs_a_handful_of_boxes_whatever_its_size(each, handlers, households):
    """Patterns without exceptions give at most `MOST` boxes a level, and one where there are more units than that."""
    levels = tuple(Level(f"l{n}") for n in range(len(each) + 1))
    patterns = {f"l{n + 1}": Pattern(f"l{n + 1}", count, handlers=handlers) for n, count in enumerate(each)}
    last = f"l{len(each)}"
    patterns[last] = Pattern(last, each[-1], handlers=handlers, households=households)
    place = community(OrganizationPlan("top", levels, patterns))
    groups, _ = collapsed(place.organization)
    for depth, count in enumerate(list(place.organization.count_by_level().values())[:-1]):
        assert sum(group.depth == depth for group in groups) == (count if count <= MOST else 1)


def test_a_hundred_thousand_units_are_six_boxes():
    """The size of a city: one box a level, with numbers that say how the whole is made."""
    names = ("city", "district", "street", "community", "grid", "host")
    patterns = {n: Pattern(n, 10, handlers=2, households=3 if n == "host" else 0) for n in names[1:]}
    drawn = organization_diagram(community(OrganizationPlan("x", tuple(Level(n) for n in names), patterns)))
    assert len(drawn.nodes) == 6
    assert drawn.nodes[-1].lines == (
        "100,000 × host",
        "10 under each grid",
        "2 handlers each, 200,000 in all",
        "3 households each, 300,000 in all",
    )
    assert sum(node.households for node in drawn.nodes) == 300_000


def test_units_that_differ_stand_apart_with_what_is_below_them():
    """One branch with more hosts than the rest: its hosts are a box of their own, the others share one."""
    each = {"default": 3, "branch/2": 5}
    patterns = {"branch": Pattern("branch", 4), "host": Pattern("host", each, households=10)}
    drawn = organization_diagram(community(OrganizationPlan("x", LEVELS, patterns)))
    boxes = {node.id: node.lines for node in drawn.nodes if node.cluster == "host"}
    assert boxes == {
        "host/1-1 ×9": (
            "9 × 党员中心户",
            "3 under each branch",
            "1 handler each, 9 in all",
            "10 households each, 90 in all",
        ),
        "host/2-1 ×5": ("5 × 党员中心户", "1 handler each, 5 in all", "10 households each, 50 in all"),
    }
    above = {(edge.source, edge.target) for edge in drawn.edges if edge.target.startswith("host")}
    assert above == {*((f"branch/{n}", "host/1-1 ×9") for n in (1, 3, 4)), ("branch/2", "host/2-1 ×5")}


def test_units_all_different_share_a_box_that_says_from_what_to_what():
    """More kinds than boxes: the kinds of one superior are put together and their span is told."""
    rows = tuple(UnitRow(f"branch/{n}", "committee/top", n, 10 * n) for n in range(1, 11))
    drawn = organization_diagram(community(OrganizationPlan("top", LEVELS[:2], units=rows)))
    assert drawn.nodes[1].lines == (
        "10 × branch",
        "1–10 handlers each, 55 in all",
        "10–100 households each, 550 in all",
    )


def test_the_tiny_organization_in_two_languages():
    """The golden example: names, numbers, the conference, and outside units that share a box."""
    place = community(tiny_plan(), label={"en": "Tiny", "zh": "小社区"})
    english, chinese = organization_diagram(place), organization_diagram(place, "zh")
    assert (english.title, chinese.title) == ("Tiny: organization", "小社区：组织体系")
    assert [node.lines for node in english.nodes] == [
        ("committee top", "1 handler", "◆ joint conference"),
        ("north", "3 handlers"),
        ("branch 2", "3 handlers"),
        ("12 × 党员中心户", "6 under each branch", "1 handler each, 12 in all", "10 households each, 120 in all"),
        ("2 departments", "供水", "fire brigade (fire)"),
        ("a",),
    ]
    assert chinese.nodes[1].lines == ("北区", "办理人员 3 名")
    assert [cluster.lines for cluster in english.clusters] == [
        (
            "committee",
            "1 unit",
            "1 handler",
            "◆ joint conference",
            "every 2 weeks, Friday 15:00",
            "5 matters a session",
        ),
        ("branch", "2 units", "6 handlers"),
        ("党员中心户", "12 units", "12 handlers", "120 households"),
        ("departments", "2 units"),
        ("work teams", "1 unit"),
    ]
    ties = {edge.id: edge.lines for edge in english.edges if edge.kind == "tie"}
    assert ties == {
        "committee/top refers_to department/water ×2": ("refers to",),
        "team/a assists branch/2": ("assists",),
        "team/a pairs_with host/1-1 ×12": ("pairs with",),
    }


@pytest.mark.parametrize("many", [3, 40])
def test_ties_that_join_no_two_boxes_are_listed_or_counted(many):
    """Two hosts of one box: a few ties are named, many are counted."""
    ties = tuple(TieRow("pairs_with", "host/1-1", f"household/1-2-{n + 1}") for n in range(many))
    plan = OrganizationPlan(
        "x", LEVELS, {"branch": Pattern("branch", 1), "host": Pattern("host", 9, households=40)}, ties=ties
    )
    (note,) = organization_diagram(community(plan)).notes
    assert len(note.lines) == (3 if many == 3 else 1)
    assert note.lines[0] == ("host/1-1 pairs with household/1-2-1" if many == 3 else "pairs with ×40")


def test_a_long_list_of_partners_is_cut_and_says_how_many_more():
    """Ten names, then the number of the rest; all of them are told on asking."""
    outside = tuple(OutsideUnit(f"partner/p{n}", "partner") for n in range(18))
    drawn = organization_diagram(community(OrganizationPlan("top", LEVELS[:1], outside=outside)))
    (box,) = (node for node in drawn.nodes if node.kind == "partner")
    assert (box.units, box.lines[0], box.lines[-1], len(box.lines)) == (18, "18 partner units", "and 8 more", 12)
    assert "p17" in box.detail[0]
