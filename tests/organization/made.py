"""What the tests of this room draw from: valid plans of every shape, and small ways to read faults."""

import pytest
from attrs import evolve
from hypothesis import strategies as st

from govflow.errors import DefinitionError
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

NAMES = ("street", "committee", "branch", "group", "host")
FOUR = tuple(Level(name) for name in NAMES[1:])
CATEGORIES = ("fire", "noise", "parking")
OUTSIDE = st.tuples(st.sampled_from(["department", "department", "partner", "team"]), st.sampled_from("abc"))


def faults_of(make, *args, **options):
    """Return every fault that making an organization raises, as (path, code) → text."""
    with pytest.raises(DefinitionError) as caught:
        make(*args, **options)
    assert caught.value.subject == "organization"
    found = {(fault.path, fault.code): fault.text for fault in caught.value.faults}
    assert len(found) == len(caught.value.faults)
    return found


def beida(**changes):
    """Return a plan of four levels: 5 branches, 25 groups, 100 hosts with ten households each."""
    patterns = {
        "committee": Pattern("committee", handlers=5),
        "branch": Pattern("branch", 5, handlers=3),
        "group": Pattern("group", 5),
        "host": Pattern("host", 4, households=10),
    }
    return evolve(OrganizationPlan("beida", FOUR, patterns), **changes)


def pattern_of(draw, level):
    """Draw one level's pattern: numbers, tables and names."""
    each = draw(st.sampled_from([2, 3, 1, 2, 0]))
    names = draw(st.lists(st.sampled_from(["north", "south", "east"]), unique=True, max_size=each))
    handlers = draw(st.integers(0, 4) | st.fixed_dictionaries({"default": st.integers(0, 4)}))
    total = draw(st.none() | st.integers(0, 40)) if each else None
    households = 0 if total is not None else draw(st.integers(0, 3))
    return Pattern(level, each, tuple(names), handlers, households, total if level == "host" else None)


def may_stand(levels, above, below):
    """Return whether a unit of depth `below` may answer to one of depth `above`."""
    return above < below and all(level.may_skip for level in levels[above + 1 : below])


@st.composite
def schemes(draw, least=1):
    """Levels from the top down, some of which may be skipped."""
    names = NAMES[: draw(st.sampled_from(range(least, len(NAMES) + 1)))]
    return tuple(Level(name, calendar=f"{name} hours", may_skip=draw(st.booleans())) for name in names)


@st.composite
def hierarchies(draw, least=1):
    """Valid plans of patterns and written units, mixed; nothing outside, no households written out."""
    levels = draw(schemes(least))
    depth = draw(st.sampled_from([len(levels), len(levels) - 1, len(levels) - 2])) if len(levels) > 2 else len(levels)
    patterns = {level.name: pattern_of(draw, level.name) for level in levels[1:depth]}
    plan = OrganizationPlan("beida", levels, patterns)
    try:
        units = {unit: NAMES.index(unit.partition("/")[0]) for unit in build(plan).ids}
    except DefinitionError:  # households in all, but no unit to take them
        patterns = {name: evolve(pattern, households_total=None) for name, pattern in patterns.items()}
        plan = evolve(plan, patterns=patterns)
        units = {unit: NAMES.index(unit.partition("/")[0]) for unit in build(plan).ids}
    rows = []
    for number in range(draw(st.sampled_from(range(7)))):
        superior = draw(st.sampled_from(sorted(units)))
        below = [at for at in range(len(levels)) if may_stand(levels, units[superior], at)]
        if not below:
            continue
        at = draw(st.sampled_from(below))
        unit = f"{levels[at].name}/r{number}"
        units[unit] = at
        rows.append(UnitRow(unit, superior, draw(st.integers(0, 3)), draw(st.integers(0, 3))))
    return evolve(plan, units=tuple(draw(st.permutations(rows))))


@st.composite
def plans(draw, least=1):
    """Valid plans with everything that can be tied to a hierarchy."""
    plan = draw(hierarchies(least))
    units = build(plan).ids
    some = st.sampled_from(units)
    named = st.lists(st.sampled_from(CATEGORIES), unique=True, max_size=2).map(tuple)
    outside = [
        OutsideUnit(f"{kind}/{slug}", kind, tuple(draw(st.lists(some, max_size=2, unique=True))), draw(named))
        for kind, slug in draw(st.lists(OUTSIDE, unique=True, max_size=5))
    ]
    departments = [unit.id for unit in outside if unit.kind == "department"]
    pairs = st.lists(st.tuples(some, st.sampled_from(departments)), max_size=4) if departments else st.just([])
    ties = [TieRow("refers_to", unit, department, draw(named)) for unit, department in draw(pairs)]
    ties += [TieRow("covers", unit, other) for unit, other in draw(st.lists(st.tuples(some, some), max_size=3))]
    meeting = draw(st.lists(st.sampled_from(plan.levels), unique_by=lambda level: level.name, max_size=2))
    return evolve(
        plan,
        outside=tuple(outside),
        ties=tuple(ties),
        conferences=tuple(Conference(level.name, "fri", "15:00") for level in meeting),
        households=tuple(HouseholdRow(f"h-{at}", unit) for at, unit in enumerate(draw(st.lists(some, max_size=4)))),
        members=("member:example-1", "member:example-2"),
        posts=tuple(Post(unit, "member:example-1") for unit in draw(st.lists(some, max_size=3, unique=True))),
    )
