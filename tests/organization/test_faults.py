"""Bad definitions: each single fault is found at its place, several are found at once, none is made up."""

import pytest
from attrs import evolve
from hypothesis import assume, given, settings, strategies as st

from govflow.organization import (
    Conference,
    HouseholdRow,
    Level,
    OrganizationPlan,
    OutsideUnit,
    Pattern,
    Post,
    TieRow,
    UnitRow,
    build,
)
from tests.organization.made import FOUR, beida, faults_of, plans

TOP = "street/beida"
BRANCH = "organization.patterns.branch"
STREET = (Level("street"), Level("branch"))


# ------------------------------------------------------------ ways to spoil a valid plan
# each takes a plan and the organization of the plan as it was; it returns the plan with one more fault, and the fault
def unit(key, code, make):
    """Write one more unit, `make(plan)`, with a fault at `key`."""

    def spoil(plan, _org):
        place = f"organization.units[{len(plan.units)}].{key}"
        return evolve(plan, units=(*plan.units, make(plan))), (place, code)

    return spoil


def row(field, key, code, make):
    """Write one more post, tie, household or conference, with a fault at `key`."""

    def spoil(plan, _org):
        rows = getattr(plan, field)
        return evolve(plan, **{field: (*rows, make)}), (f"organization.{field}[{len(rows)}].{key}", code)

    return spoil


def ring(plan, _org):
    """Write three units that answer to each other in a circle."""
    level, first = plan.levels[-1].name, len(plan.units)
    rows = [UnitRow(f"{level}/ring{at}", f"{level}/ring{(at + 1) % 3}") for at in range(3)]
    return evolve(plan, units=(*plan.units, *rows)), (f"organization.units[{first}].superior", "cycle")


def skip(plan, org):
    """Let a unit skip a level that may not be skipped."""
    assume(not plan.levels[1].may_skip)
    make = unit("superior", "skipped_level", lambda plan: UnitRow(f"{plan.levels[2].name}/skipping", TOP))
    return make(plan, org)


def twin(plan, org):
    """Write a unit once more, under the same superior."""
    assume(org.size > 1)
    return unit("id", "duplicate", lambda _: UnitRow(org.ids[1], org.superior_of(org.ids[1])))(plan, org)


def second_superior(plan, org):
    """Write a unit once more, under another superior."""
    assume(org.size > 2)
    return unit("superior", "two_superiors", lambda _: UnitRow(org.ids[1], org.ids[2]))(plan, org)


def second_contact(plan, org):
    """Write a household twice, with two contact units."""
    assume(org.size > 1)
    rows = (HouseholdRow("h-twice", org.ids[0]), HouseholdRow("h-twice", org.ids[1]))
    place = f"organization.households[{len(plan.households) + 1}].contact"
    return evolve(plan, households=(*plan.households, *rows)), (place, "two_contacts")


def table(plan, _org):
    """Name a unit that does not exist in a table of a pattern."""
    level = plan.levels[1].name
    pattern = evolve(plan.patterns.get(level, Pattern(level)), handlers={"default": 1, "nowhere/x": 2})
    place = f'organization.patterns.{level}.handlers."nowhere/x"'
    return evolve(plan, patterns={**plan.patterns, level: pattern}), (place, "unknown_name")


def pattern(plan, _org):
    """Write a pattern for a level that does not exist."""
    patterns = {**plan.patterns, "galaxy": Pattern("galaxy")}
    return evolve(plan, patterns=patterns), ("organization.patterns.galaxy", "unknown_name")


SPOILERS = {
    "unknown superior": unit(
        "superior", "unknown_name", lambda plan: UnitRow(f"{plan.levels[-1].name}/b1", "nowhere/x")
    ),
    "orphan": unit("superior", "orphan", lambda plan: UnitRow(f"{plan.levels[-1].name}/b2")),
    "two tops": unit("superior", "two_tops", lambda _: UnitRow("street/second")),
    "upside down": unit("superior", "upside_down", lambda _: UnitRow("street/low", TOP)),
    "ring": ring,
    "skipped level": skip,
    "same unit twice": twin,
    "two superiors": second_superior,
    "malformed id": unit("id", "malformed_id", lambda _: UnitRow("no slash", TOP)),
    "unknown level": unit("id", "unknown_name", lambda _: UnitRow("galaxy/1", TOP)),
    "negative handlers": unit("handlers", "bad_value", lambda _: UnitRow("committee/b3", TOP, handlers=-1)),
    "half a household": unit("households", "bad_value", lambda _: UnitRow("committee/b4", TOP, households=1.5)),
    "post at nowhere": row("posts", "unit", "unknown_name", Post("nowhere/x", "member:example-1")),
    "post of nobody": row("posts", "member", "unknown_name", Post(TOP, "member:other")),
    "tie from nowhere": row("ties", "source", "unknown_name", TieRow("covers", "nowhere/x", TOP)),
    "tie to no department": row("ties", "target", "wrong_tie", TieRow("refers_to", TOP, TOP)),
    "tie of no kind": row("ties", "kind", "unknown_name", TieRow("loves", TOP, TOP)),
    "household at nowhere": row("households", "contact", "unknown_name", HouseholdRow("h-lost", "nowhere/x")),
    "household with two contacts": second_contact,
    "conference of no level": row("conferences", "level", "unknown_name", Conference("galaxy", "fri", "15:00")),
    "table of nowhere": table,
    "pattern of no level": pattern,
}


@pytest.mark.parametrize("name", SPOILERS)
@settings(max_examples=10)
@given(data=st.data())
def test_a_single_fault_is_found_and_nothing_else(name, data):
    """Whatever the plan around it, one fault gives one line, at the place where it was made."""
    plan = data.draw(plans(least=3))
    spoiled, expected = SPOILERS[name](plan, build(plan))
    assert list(faults_of(build, spoiled)) == [expected]


@given(plans(least=3), st.lists(st.sampled_from(sorted(SPOILERS)), unique=True, min_size=2, max_size=8))
def test_several_faults_are_all_found_in_one_error(plan, names):
    """Faults neither hide each other nor make others: exactly those put in come in one DefinitionError."""
    spoiled, org, expected = plan, build(plan), set()
    for name in names:
        spoiled, one = SPOILERS[name](spoiled, org)
        expected.add(one)
    assert set(faults_of(build, spoiled)) == expected


# ------------------------------------------------------------ the texts, and what only an example shows
def test_a_text_says_subject_fact_rule_and_remedy():
    """Each line can be acted on without the manual: who, what is wrong, what holds, the nearest spelling."""
    plan = beida(
        units=(
            UnitRow("group/x", "brunch/3"),
            UnitRow("branch/1", "committee/beida"),
            UnitRow("group/3-2", "branch/4"),
            UnitRow("host/a", "branch/1"),
            UnitRow("branch/b", "group/1-1"),
            UnitRow("group/r1", "group/r2"),
            UnitRow("group/r2", "group/r1"),
        ),
    )
    place = "organization.units[{}].{}".format
    assert faults_of(build, plan) == {
        (place(0, "superior"), "unknown_name"): "unknown superior 'brunch/3'; did you mean 'branch/3'?",
        (
            place(1, "id"),
            "duplicate",
        ): "'branch/1' exists already, from organization.patterns.branch: an id is used once",
        (place(2, "superior"), "two_superiors"): (
            "'group/3-2' has two superiors, 'branch/3' (from organization.patterns.group) and 'branch/4': keep one"
        ),
        (place(3, "superior"), "skipped_level"): (
            "'host/a' answers to 'branch/1' and skips level 'group': "
            "put a unit between them or say may_skip = true of the level"
        ),
        (place(4, "superior"), "upside_down"): (
            "'branch/b' answers to 'group/1-1', whose level 'group' is not above 'branch': a superior stands higher"
        ),
        (place(5, "superior"), "cycle"): (
            "the superiors go round in a circle, 'group/r1' → 'group/r2' → 'group/r1': "
            "one of them must answer to a unit above"
        ),
    }


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((), ("levels", "bad_value")),
        (tuple(Level(f"l{at}") for at in range(101)), ("levels", "bad_value")),
        ((Level("committee"), Level("committee")), ("levels.committee", "duplicate")),
        ((Level("a b"),), ('levels."a b"', "malformed_id")),
        ((Level("committee"), Level("department")), ("levels.department", "reserved_name")),
        ((Level("committee"), Level("household")), ("levels.household", "reserved_name")),
        ((Level("committee"), Level("default")), ("levels.default", "reserved_name")),
    ],
)
def test_a_scheme_of_levels_must_hold_together(levels, expected):
    """At least one level, none twice, no name that means something else."""
    assert expected in faults_of(build, OrganizationPlan("x", levels))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (Pattern("branch", -1), (f"{BRANCH}.each", "bad_value")),
        (Pattern("branch", True), (f"{BRANCH}.each", "bad_value")),
        (Pattern("branch", float("nan")), (f"{BRANCH}.each", "bad_value")),
        (Pattern("branch", "3"), (f"{BRANCH}.each", "bad_value")),
        (Pattern("branch", {"default": 1, TOP: -2}), (f'{BRANCH}.each."{TOP}"', "bad_value")),
        (Pattern("branch", {"branch/1": 1, "default": 1}), (f'{BRANCH}.each."branch/1"', "unknown_name")),
        (Pattern("branch", {}), (f"{BRANCH}.each", "no_default")),
        (Pattern("branch", 2, handlers={"branch/1": 1}), (f"{BRANCH}.handlers", "no_default")),
        (Pattern("branch", 1, ("a", "b")), (f"{BRANCH}.names", "too_many_names")),
        (Pattern("branch", 2, ("a b",)), (f"{BRANCH}.names[0]", "malformed_id")),
        (Pattern("branch", 2, ("a", "a")), (BRANCH, "duplicate")),
        (Pattern("branch", 2, ("2",)), (BRANCH, "duplicate")),
        (Pattern("branch", 1, households=1, households_total=1), (
            f"{BRANCH}.households_total", "contradiction")),
        (Pattern("branch", 0, households_total=1), (f"{BRANCH}.households_total", "empty_level")),
        (Pattern("branch", 1, households_total=-1), (f"{BRANCH}.households_total", "bad_value")),
        (Pattern("branch", 1, labels={"branch/2": {}}), (f'{BRANCH}.labels."branch/2"', "unknown_name")),
        (Pattern("group", 1), (BRANCH, "contradiction")),
    ],
)  # fmt: skip
def test_a_pattern_must_make_sense(pattern, expected):
    """Numbers that are numbers, tables that name their units, names that fit."""
    assert expected in faults_of(build, OrganizationPlan("beida", STREET, {"branch": pattern}))


@pytest.mark.parametrize(
    ("pattern", "key", "code"),
    [(Pattern("street", 2), "each", "two_tops"), (Pattern("street", names=("x",)), "names", "too_many_names")],
)
def test_the_top_level_has_one_unit_with_the_name_it_has(pattern, key, code):
    """A pattern of the top level says handlers and households, not how many tops there are nor what they are called."""
    found = faults_of(build, OrganizationPlan("beida", STREET, {"street": pattern}))
    assert list(found) == [(f"organization.patterns.street.{key}", code)]


def test_a_pattern_with_nothing_to_stand_under_is_a_fault():
    """A level between that neither patterns nor rows fill would silently lose everything below it."""
    plan = beida(patterns={"branch": Pattern("branch", 2), "host": Pattern("host", 2)})
    assert list(faults_of(build, plan)) == [("organization.patterns.host", "empty_level")]


@pytest.mark.parametrize("top", ["", "two words", "a/b", "a#1"])
def test_the_top_units_slug_must_be_one(top):
    """The slug of the top unit follows the rule of all slugs."""
    assert ("organization.top", "malformed_id") in faults_of(build, OrganizationPlan(top, FOUR))


@pytest.mark.parametrize(
    "patterns",
    [
        {"branch": Pattern("branch", 10_000_001)},
        {"branch": Pattern("branch", 10**30)},
        {"branch": Pattern("branch", 1000), "group": Pattern("group", 1000), "host": Pattern("host", 1000)},
        {"branch": Pattern("branch", {"default": 10_000_000, "nowhere/x": 1})},
        {"branch": Pattern("branch", 1000, households=1_000_001)},
        {"branch": Pattern("branch", 1000, handlers=1_000_001)},
        {"branch": Pattern("branch", households_total=10**9 + 1)},
        {"branch": Pattern("branch", households={"default": 0, "branch/1": 10**10})},
    ],
)
def test_absurd_sizes_are_refused_before_anything_is_built(patterns):
    """Ten million units and a billion people are the end; the refusal takes no time and no memory."""
    found = faults_of(build, beida(patterns=patterns))
    assert "absurd_size" in {code for _, code in found}
    assert any("at most 10,000,000" in text or "at most 1,000,000,000" in text for text in found.values())


@pytest.mark.parametrize(
    ("unit", "path", "code"),
    [
        (OutsideUnit("partner/a", "department"), "departments.a", "malformed_id"),
        (OutsideUnit("department/a b", "department"), 'departments."a b"', "malformed_id"),
        (OutsideUnit("army/a", "army"), "armys.a", "unknown_name"),
        (OutsideUnit("department/a", "department", ("branch/9",)), "departments.a.serves[0]", "unknown_name"),
        (OutsideUnit("team/a", "team", handlers=-1), "teams.a.handlers", "bad_value"),
    ],
)
def test_units_outside_are_checked_like_those_inside(unit, path, code):
    """Their ids begin with their kind, they serve known units, their numbers are numbers."""
    assert (f"organization.{path}", code) in faults_of(build, beida(outside=(unit,)))


@pytest.mark.parametrize(
    ("field", "rows", "path", "code"),
    [
        ("members", ("member:example-1",) * 2, "members", "duplicate"),
        ("posts", (Post("branch/1", "member:example-1"),) * 2, "posts[1]", "duplicate"),
        ("outside", (OutsideUnit("team/a", "team"),) * 2, "teams.a", "duplicate"),
        ("conferences", (Conference("branch", "friday", "15:00"),), "conferences[0].weekday", "unknown_name"),
        ("conferences", (Conference("branch", "fri", "25:00"),), "conferences[0].time", "bad_value"),
        ("conferences", (Conference("branch", "fri", "15:00", 0),), "conferences[0].every", "bad_value"),
        ("conferences", (Conference("branch", "fri", "15:00", capacity=0),), "conferences[0].capacity", "bad_value"),
        ("conferences", (Conference("branch", "fri", "15:00"),) * 2, "conferences[1].level", "duplicate"),
        ("households", (HouseholdRow("household/1-1-1-1", "branch/1"),), "households[0].contact", "two_contacts"),
        ("households", (HouseholdRow("household/1-1-1-1", "host/1-1-1"),), "households[0].id", "duplicate"),
        ("households", (HouseholdRow("h-1", "branch/1"),) * 2, "households[1].id", "duplicate"),
        ("households", (HouseholdRow("flat/7", "branch/1"),), "households[0].id", "malformed_id"),
        ("households", (HouseholdRow("h 7", "branch/1"),), "households[0].id", "malformed_id"),
        ("ties", (TieRow("refers_to", "branch/1", "department/none"),), "ties[0].target", "unknown_name"),
        ("ties", (TieRow("covers", "branch/1", "household/1-1-1-11"),), "ties[0].target", "unknown_name"),
        ("ties", (TieRow("partners", "branch/1", "member:example-1"),), "ties[0].target", "unknown_name"),
    ],
)  # fmt: skip
def test_whatever_is_tied_to_the_units_is_checked_too(field, rows, path, code):
    """Members, posts, conferences, households and ties: each fault alone, at its place."""
    assert list(faults_of(build, beida(**{field: rows}))) == [(f"organization.{path}", code)]


def test_only_departments_are_referred_to_and_only_from_inside():
    """A partner takes no referrals, and a department sends none."""
    outside = (OutsideUnit("department/a", "department"), OutsideUnit("partner/p", "partner"))
    ties = (TieRow("refers_to", "branch/1", "partner/p"), TieRow("refers_to", "department/a", "department/a"))
    assert list(faults_of(build, beida(outside=outside, ties=ties))) == [
        ("organization.ties[0].target", "wrong_tie"),
        ("organization.ties[1].source", "wrong_tie"),
    ]


def test_members_of_ties_and_posts_are_opaque_until_they_are_listed():
    """Without a list any member id will do; with one, a misspelt member is told the nearest."""
    ties = (TieRow("pairs_with", "member:example-1", "member:example-2"),)
    posts = (Post("branch/1", "member:example-3"),)
    assert build(beida(ties=ties, posts=posts)).tie_rows == ties
    found = faults_of(build, beida(ties=ties, posts=posts, members=("member:example-1", "member:example-10")))
    assert list(found) == [
        ("organization.posts[0].member", "unknown_name"), ("organization.ties[0].target", "unknown_name"),
    ]  # fmt: skip
    assert all("did you mean 'member:example-1" in text for text in found.values())


def test_two_units_of_one_slug_cannot_both_make_households():
    """Households are numbered by slug: a committee and a branch of the same slug would share theirs."""
    patterns = {
        "committee": Pattern("committee", households=2),
        "branch": Pattern("branch", 2, ("beida",), households=2),
    }
    found = faults_of(build, beida(patterns=patterns))
    assert list(found) == [("organization.patterns.branch.households", "two_contacts")]


def test_what_stands_under_a_bad_unit_is_not_called_bad_itself():
    """One mistake, one line: the groups under a branch without superior are not reported with it."""
    rows = (UnitRow("branch/lost", "nowhere/x"), UnitRow("group/a", "branch/lost"), UnitRow("host/b", "group/a"))
    assert list(faults_of(build, beida(units=rows))) == [("organization.units[0].superior", "unknown_name")]


def test_a_top_unit_with_a_superior_leaves_no_top():
    """A written top unit that answers to somebody is no top."""
    found = faults_of(build, OrganizationPlan("x", FOUR, units=(UnitRow("committee/x", "branch/1"),)))
    assert set(found) == {("organization.units[0].superior", "unknown_name"), ("organization.units", "no_top")}


@pytest.mark.parametrize("superior", ["branch/1", "branch/5"])
def test_the_written_row_is_blamed_not_the_pattern(superior):
    """Where a row takes the id of a unit that a pattern makes, the row is the place to mend."""
    found = faults_of(build, beida(units=(UnitRow("group/3-2", superior),)))
    assert list(found) == [("organization.units[0].superior", "two_superiors")]


def test_a_long_ring_is_shown_short():
    """A circle of hundreds of units is told by its first ones."""
    rows = tuple(UnitRow(f"group/r{at}", f"group/r{(at + 1) % 300}") for at in range(300))
    (text,) = faults_of(build, beida(units=rows)).values()
    assert "'group/r0' → 'group/r1'" in text
    assert "…" in text
    assert len(text) < 300
