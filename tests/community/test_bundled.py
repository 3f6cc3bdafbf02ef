"""The five bundled communities: they load, they hold what their reports say, and they say what they assume."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import pytest

import govflow
from govflow.lifecycle import ANYWHERE

NAMES = ("beida", "chengnan", "fuzhong", "jiafu", "shiwan")
FRAGMENTS = tuple(sorted(path.name.removesuffix(".toml") for path in files("govflow").joinpath("fragments").iterdir()))

FIGURES = {
    "beida": {
        "levels": (4, "exact"),
        "conference_parties": (6, "exact"),
        "commons": (5, "exact"),
        "co_building_projects": (7, "exact"),
        "publicity_events": (8, "exact"),
        "clean_up_events": (3, "exact"),
        "visits": (42, "exact"),
        "wishes": (44, "exact"),
        "classes_of_need": (10, "at_least"),
        "slips": (3, "exact"),
        "service_circle_minutes": (15, "exact"),
        "cleared_days": (7, "at_most"),
    },
    "chengnan": {
        "grids": (5, "exact"),
        "households": (3300, "at_least"),
        "residents": (8000, "at_least"),
        "sole_traders": (258, "exact"),
        "companies": (81, "exact"),
        "station_services": (8, "exact"),
        "publicity_sessions": (48, "exact"),
        "demands_collected": (129, "exact"),
        "demands_resolved": (129, "exact"),
        "books": (1000, "nearly"),
        "book_sources": (3, "exact"),
    },
    "fuzhong": {
        "trio": (3, "exact"),
        "market_booths": (10, "at_least"),
        "market_served": (5000, "at_least"),
        "demands_collected": (60, "at_least"),
        "demands_answered": (40, "at_least"),
        "enterprise_talks": (600, "at_least"),
    },
    "jiafu": {
        "community_secretaries": (3, "exact"),
        "field_workers": (4, "exact"),
        "area_secretaries": (5, "exact"),
        "ways_to_claim": (4, "exact"),
        "claiming_units": (18, "exact"),
        "claiming_members": (104, "exact"),
        "items_claimed": (134, "exact"),
        "organizations_honoured": (16, "exact"),
        "volunteers_honoured": (23, "exact"),
        "yuan_donated": (59_100, "exact"),
        "yuan_raised": (3_940_000, "exact"),
        "hard_projects_solved": (36, "exact"),
        "years_without_water_and_power": (40, "exact"),
        "doctor_from_hour": (8, "exact"),
        "doctor_until_hour": (22, "exact"),
    },
    "shiwan": {
        "villages_and_communities": (39, "exact"),
        "members_that_day": (3000, "at_least"),
        "hongxiang_members": (300, "nearly"),
        "hongxiang_team": (3, "exact"),
        "example_lowest_floor": (24, "exact"),
        "example_highest_floor": (27, "exact"),
        "example_households": (10, "exact"),
        "yijing_members": (600, "at_least"),
        "yijing_lists": (3, "exact"),
        "yijing_evaluation_levels": (3, "exact"),
        "jiangbin_members": (610, "exact"),
        "jiangbin_paired": (68, "exact"),
        "jiangbin_visited": (7, "exact"),
        "huanhu_donors": (100, "exact"),
    },
}
"""What the reports say: value and how to read it, by community and figure."""

SIZES = {
    "beida": {"committee": 1, "branch": 8, "group": 32, "host": 384},
    "chengnan": {"committee": 1, "grid": 5},
    "fuzhong": {"street": 1, "community": 1, "grid": 8},
    "jiafu": {"committee": 1, "area": 5},
    "shiwan": {"street": 1, "community": 39, "estate": 195, "team": 1944},
}
"""Units by level, from the top down."""

every_community = pytest.mark.parametrize("name", NAMES)


def written(folder: str, name: str) -> dict[str, Any]:
    """Return a bundled file as the table that it is, nothing laid under it."""
    return tomllib.loads(files("govflow").joinpath(folder, f"{name}.toml").read_text(encoding="utf-8"))


def tables(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a table and every table inside it, each with its key path."""
    yield path, table
    for key, inner in table.items():
        if isinstance(inner, Mapping):
            yield from tables(inner, f"{path}.{key}".lstrip("."))


def test_the_bundled_communities_are_these_five():
    """What ships is what the reports are about, no more and no less."""
    assert tuple(govflow.communities()) == NAMES


@every_community
def test_a_bundled_community_loads_without_a_fault(name):
    """Each file, laid over the shared lifecycle, is a whole and sound definition."""
    community = govflow.load(name)
    assert (community.name, community.zone) == (name, "Asia/Shanghai")
    assert "grievance" in community.lifecycles


@every_community
def test_the_reported_figures_stand_in_the_file(name):
    """Every figure of the report is there as data, with its bound, a source and a label; no other is."""
    figures = govflow.load(name).figures
    assert {key: (figure.value, figure.bound) for key, figure in figures.items()} == FIGURES[name]
    assert all(figure.source.startswith("report of ") for figure in figures.values())
    assert all(figure.label.get("en") and figure.label.get("zh") for figure in figures.values())


@every_community
def test_every_way_up_ends_at_the_one_top(name):
    """From any unit one comes to the top, through each level in between, and nowhere else."""
    community = govflow.load(name)
    organization = community.organization
    levels = [level.name for level in community.plan.levels]
    for level in levels:
        for unit in organization.units(level):
            path = organization.escalation_path(unit)
            assert path[0] == unit
            assert [step.partition("/")[0] for step in path] == levels[levels.index(level) :: -1]
            assert path[-1] == f"{levels[0]}/{community.plan.top}"


@every_community
def test_the_organization_has_its_size(name):
    """The patterns make as many units as the report says or the file assumes."""
    counts = govflow.load(name).organization.count_by_level()
    assert {level: count for level, count in counts.items() if level != "department"} == SIZES[name]


def test_beida_has_the_path_that_the_documentation_shows():
    """The default scheme: host household, building group, estate branch, committee."""
    path = govflow.load("beida").organization.escalation_path("household/3-2-11-7")
    assert path == ("host/3-2-11", "group/3-2", "branch/3", "committee/beida")


def test_figures_that_shape_an_organization_shape_it():
    """Where a report counts units, households or handlers, the organization has that many."""
    chengnan, fuzhong = govflow.load("chengnan"), govflow.load("fuzhong")
    jiafu, shiwan = govflow.load("jiafu"), govflow.load("shiwan")
    assert len(chengnan.organization.units("grid")) == chengnan.figures["grids"].value
    assert chengnan.organization.total_households == chengnan.figures["households"].value
    assert fuzhong.plan.patterns["grid"].handlers == fuzhong.figures["trio"].value
    secretaries, field_workers = jiafu.figures["community_secretaries"], jiafu.figures["field_workers"]
    assert jiafu.plan.patterns["committee"].handlers == secretaries.value + field_workers.value
    assert len(jiafu.organization.units("area")) == jiafu.figures["area_secretaries"].value
    assert sum(unit.kind == "partner" for unit in jiafu.plan.outside) == jiafu.figures["claiming_units"].value
    assert len(shiwan.organization.units("community")) == shiwan.figures["villages_and_communities"].value


def test_shiwan_has_the_reported_teams_of_three():
    """At Hongxiang a hundred teams of three, ten households each; Yijing and Jiangbin hold all who reported in."""
    shiwan = govflow.load("shiwan")
    organization = shiwan.organization
    members = {"hongxiang": 0, "yijing": 0, "jiangbin": 0, "huanhu": 0}
    for unit in organization.units("team"):
        at = organization.index(unit)
        assert (organization.handlers[at], organization.households[at]) == (3, 10)
        community = unit.removeprefix("team/").partition("-")[0]
        if community in members:
            members[community] += organization.handlers[at]
    assert members["hongxiang"] == shiwan.figures["hongxiang_members"].value
    assert members["yijing"] >= shiwan.figures["yijing_members"].value
    assert 0 <= members["jiangbin"] - shiwan.figures["jiangbin_members"].value < 10


def test_the_secretary_takes_demands_above_the_community():
    """At Fuzhong the secretary's hour opens a case at the street, the market at the community."""
    intake = govflow.load("fuzhong").intake["grievance"]
    assert intake.level("secretary_hour", "opinion") == "street"
    assert intake.level("market", "opinion") == "community"


def test_the_assumed_market_brings_the_reported_demands():
    """At Fuzhong the rates of the three matters of the market make about the sixty demands of one Saturday."""
    fuzhong = govflow.load("fuzhong")
    rates = fuzhong.assumptions.arrivals["grievance"]
    market = sum(rate.per_household_year for rate in rates.values() if rate.week == "market_saturday")
    a_day = market * fuzhong.organization.total_households / 52
    assert a_day == pytest.approx(fuzhong.figures["demands_collected"].value, rel=0.05)


@every_community
def test_a_call_about_fire_does_not_open_at_the_bottom(name):
    """The most urgent category begins, by telephone, no lower than other calls and above the last level."""
    community = govflow.load(name)
    levels = [level.name for level in community.plan.levels]
    intake = community.intake["grievance"]
    usual = levels.index(intake.channel["telephone"])
    assert community.categories["fire"].severity == 1
    assert levels.index(intake.level("telephone", "fire")) <= min(usual, len(levels) - 2)


@every_community
def test_every_channel_has_an_intake(name):
    """By whatever door a community says that cases come in, it says at which level they open."""
    community = govflow.load(name)
    assert set(community.intake["grievance"].channel) == set(community.channels)


@pytest.mark.parametrize(
    ("folder", "name"), [*(("communities", name) for name in NAMES), *(("fragments", name) for name in FRAGMENTS)]
)
def test_no_assumption_goes_without_its_source(folder, name):
    """Each rate, each behaviour, each pattern, each limit and each outside unit says where it comes from."""
    table = written(folder, name)
    assumptions, organization = table.get("assumptions", {}), table.get("organization", {})
    named = [table.get("lifecycle", {}).get(name, {}).get("deadlines", {}) if folder == "fragments" else {}]
    named += [assumptions.get("arrivals", {}).get("grievance", {}), table.get("figures", {})]
    named += [organization.get(part, {}) for part in ("patterns", "departments", "partners", "teams")]
    needing = [(key, inner) for group in named for key, inner in group.items()]
    needing += [("conference", row) for row in organization.get("conferences", [])]
    behaviour = tables(assumptions.get("behaviour", {}))
    needing += [(path, inner) for path, inner in behaviour if {"time", "outcomes"} & set(inner)]
    assert needing
    assert assumptions["source"] == "assumption"
    assert [path for path, inner in needing if not inner.get("source")] == []


@every_community
def test_everything_that_is_shown_has_its_two_languages(name):
    """Levels, categories, channels, outside units and every part of the lifecycle have English and Chinese labels."""
    community = govflow.load(name)
    shown = {"community": community.label}
    shown |= {f"level {level.name}": level.label for level in community.plan.levels}
    shown |= {unit.id: unit.label for unit in community.plan.outside}
    shown |= {f"category {key}": category.label for key, category in community.categories.items()}
    shown |= {f"channel {key}": label for key, label in community.channels.items()}
    for kind, cycle in community.lifecycles.items():
        shown |= {kind: cycle.label, **{f"{kind} reason {key}": label for key, label in cycle.reasons.items()}}
        shown |= {f"{kind} transition {at} {way.trigger}": way.label for at, way in enumerate(cycle.transitions)}
        for part in ("states", "deadlines", "counters", "fields", "metrics", "times"):
            shown |= {f"{kind} {part} {key}": value.label for key, value in getattr(cycle, part).items()}
    assert [what for what, label in shown.items() if not (label.get("en") and label.get("zh"))] == []


@every_community
def test_the_words_of_a_language_are_not_used_twice_for_two_things(name):
    """Two states, two triggers, two categories, two channels never read the same, in either language."""
    community = govflow.load(name)
    groups = [[state.label for state in cycle.states.values()] for cycle in community.lifecycles.values()]
    groups += [[way.label for way in cycle.transitions] for cycle in community.lifecycles.values()]
    groups += [[category.label for category in community.categories.values()], list(community.channels.values())]
    for group in groups:
        for language in ("en", "zh"):
            words = [label[language] for label in group]
            assert len(set(words)) == len(words)


def test_the_lifecycle_names_no_level():
    """The shared lifecycle fits every scheme: limits by `default` or `department`, no level in guard or behaviour."""
    table = written("fragments", "grievance")
    deadlines = table["lifecycle"]["grievance"]["deadlines"].values()
    limits = {key for deadline in deadlines for key in deadline["limit"]}
    assert limits <= {"default", "department", "field", "at_most", "simulated"}
    assert not [path for path, inner in tables(table["assumptions"]) if "at" in inner]
    assert not [way for way in govflow.load("beida").lifecycles["grievance"].transitions if "level" in (way.when or "")]


def test_a_resident_may_urge_and_withdraw_wherever_a_case_stands():
    """No state that is not final takes these two words from the resident."""
    cycle = govflow.load("beida").lifecycles["grievance"]
    for trigger in ("urge", "withdraw"):
        ways = cycle.ways(trigger)
        assert [(way.source, way.by) for way in ways] == [((ANYWHERE,), ("reporter",))]


def test_nothing_leaves_a_final_state_and_every_appealable_one_is_closed_by_a_clock():
    """What a resident can still change waits, and a deadline of its entry ends the waiting."""
    cycle = govflow.load("beida").lifecycles["grievance"]
    finals = {state.name for state in cycle.states.values() if state.kind == "final"}
    assert finals == {"closed", "withdrawn"}
    assert not [way for way in cycle.transitions if finals & set(way.source)]
    (following,) = cycle.ways("close_merged")
    assert (following.source, following.follows) == (("merged",), "main")
    for state in ("asked", "rejected", "upheld", "shelved"):
        clocks = [deadline for deadline in cycle.deadlines.values() if state in deadline.runs and deadline.fires]
        assert [deadline.scope for deadline in clocks] == ["entry"]
        (fired,) = cycle.ways(str(clocks[0].fires))
        assert state in fired.source
        assert "clock" in fired.by


def test_what_was_resolved_is_judged_by_the_resident_only():
    """From `asked` a case goes on by the reporter's word or by silence; whoever resolved it has no say (rule L6)."""
    cycle = govflow.load("beida").lifecycles["grievance"]
    onward = [way for way in cycle.transitions if "asked" in cycle.sources(way) and way.target is not None]
    assert {way.trigger: way.by for way in onward} == {
        "confirm": ("reporter",),
        "dispute": ("reporter",),
        "appeal_answer": ("reporter",),
        "silent_close": ("clock",),
        "withdraw": ("reporter",),
    }


def test_the_three_rates_read_as_the_design_says():
    """Silence, merging, withdrawal and what is out of scope leave the resolution rate; asking is counted each time."""
    metrics = govflow.load("beida").lifecycles["grievance"].metrics
    assert list(metrics) == ["response", "resolution", "satisfaction", "silence"]
    assert metrics["response"].within == "respond"
    assert metrics["response"].denominator.into == ("open",)
    left = {"merge", "withdraw", "reject_out_of_scope", "silent_close"}
    assert left <= set(metrics["resolution"].denominator.out)
    assert left <= set(metrics["resolution"].numerator.out)
    assert "expiry:settle_case" in metrics["resolution"].denominator.into
    assert metrics["satisfaction"].counts == "events"
    assert metrics["satisfaction"].numerator.into == ("confirm",)
