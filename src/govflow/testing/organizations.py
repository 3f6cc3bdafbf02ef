"""Strategies of organizations: small ones, with every way of writing units down.

Levels with their patterns, and beside them units, posts, households, departments, partners, teams, ties and
conferences written one by one. Drawn as a sketch (``sketch``), read by `read_plan`. No case, no lifecycle here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from attrs import define, evolve
from hypothesis import strategies as st

from govflow.organization import (
    Conference,
    HouseholdRow,
    Level,
    Organization,
    OrganizationPlan,
    OutsideUnit,
    Pattern,
    Post,
    TieKind,
    TieRow,
    UnitRow,
    build,
)
from govflow.testing.sketch import Sketch, numbers, reading, several

SCHEMES = (
    ("committee",),
    ("committee", "host"),
    ("committee", "branch", "host"),
    ("committee", "branch", "group", "host"),
    ("street", "community", "grid"),
)
"""Levels from the top down, from the simplest scheme on."""

TOP = "top"
DEPARTMENTS = ("department/fire", "department/housing", "department/police")
MEMBERS = ("member:example-1", "member:example-2")
TIES: tuple[TieKind, ...] = ("partners", "assists", "covers", "pairs_with")

RUNG, THING, MOST_THINGS = 9, 8, 8
DRAWN: tuple[st.SearchStrategy[object], ...] = (numbers(RUNG * max(map(len, SCHEMES))), several(THING, MOST_THINGS))
"""What is drawn for a plan of whatever scheme: bytes for all levels, bytes for each thing written one by one."""


def organizations(
    *, levels: Sequence[str] | None = None, categories: Sequence[str] = ("parking", "noise")
) -> st.SearchStrategy[Organization]:
    """Return small organizations, built and without a fault; see `organization_plans`.

    >>> from hypothesis import find
    >>> find(organizations(), lambda org: org.size > 1).ids
    ('committee/top', 'host/1')
    """
    return reading(build, organization_plans(levels=levels, categories=categories))


def organization_plans(
    *,
    levels: Sequence[str] | None = None,
    calendars: Sequence[str] = ("default",),
    categories: Sequence[str] = ("parking", "noise"),
    handlers: int = 0,
    households: int = 0,
) -> st.SearchStrategy[OrganizationPlan]:
    """Return plans of small organizations that `govflow.organization.build` takes without a fault.

    `levels` fixes the scheme, else it is one of `SCHEMES`; units take their calendars from `calendars`,
    departments their categories from `categories`. Every unit of the hierarchy has at least so many `handlers`,
    every unit of the lowest level at least so many `households`.
    """
    scheme = st.sampled_from(SCHEMES if levels is None else [tuple(levels)])
    words = partial(Words, tuple(calendars), tuple(categories), handlers, households)
    return reading(lambda names, rungs, things: read_plan(names, rungs, things, words()), scheme, *DRAWN)


@define(eq=False)
class Words:
    """The names that a plan may use and the numbers that it must reach."""

    calendars: Sequence[str]
    categories: Sequence[str]
    handlers: int
    households: int


def read_plan(names: Sequence[str], rungs: bytes, things: Sequence[bytes], words: Words) -> OrganizationPlan:
    """Return the plan that a sketch stands for, with these levels."""
    plan = OrganizationPlan(TOP, ())
    units: list[list[str]] = []
    for depth, name in enumerate(names):
        sketch = Sketch(rungs[depth * RUNG : (depth + 1) * RUNG])
        level = Level(name, sketch.pick(words.calendars), sketch.yes())
        each = _number(sketch, 1, units[-1]) if depth else 1
        units.append(_made(name, units[-1], each) if depth else [f"{name}/{TOP}"])
        staff = _number(sketch, words.handlers, units[-1])
        pattern = Pattern(name, each=each, handlers=staff)
        if depth == len(names) - 1:
            pattern = _with_households(pattern, sketch, words.households, len(units[-1]))
        plan = evolve(plan, levels=(*plan.levels, level), patterns={**plan.patterns, name: pattern})
    return _with_things(plan, units, [Sketch(thing) for thing in things], words)


def _number(sketch: Sketch, least: int, units: Sequence[str]) -> int | Mapping[str, int]:
    """Return a number for all units, or a table with a default and one unit that has its own."""
    number = least + sketch.number(3 if least == 0 else 2)
    if not sketch.yes():
        return number
    return {"default": number, sketch.pick(units): least + sketch.number(3)}


def _made(level: str, above: Sequence[str], each: int | Mapping[str, int]) -> list[str]:
    """Return the units that a pattern makes under each unit above, as the organization names them."""
    made = []
    for superior in above:
        count = each if isinstance(each, int) else each.get(superior, each["default"])
        slug = superior.partition("/")[2]
        made += [f"{level}/{n}" if slug == TOP else f"{level}/{slug}-{n}" for n in range(1, count + 1)]
    return made


def _with_households(pattern: Pattern, sketch: Sketch, least: int, units: int) -> Pattern:
    if sketch.yes():
        return evolve(pattern, households_total=least * units + sketch.number(20))
    return evolve(pattern, households=least + sketch.number(4))


def _with_things(
    plan: OrganizationPlan, units: Sequence[Sequence[str]], things: Sequence[Sketch], words: Words
) -> OrganizationPlan:
    """Return the plan with what is written one by one; what would stand there twice is left out."""
    sorts = [(thing.pick(tuple(_KINDS)), thing) for thing in things]
    for kind, read in _KINDS.items():
        for sort, thing in sorts:
            if sort == kind:
                plan = read(plan, thing, [list(level) for level in units], words)
    return plan


Units = Sequence[list[str]]


def _ids(plan: OrganizationPlan, units: Units) -> list[str]:
    return [unit for level in units for unit in level] + [row.id for row in plan.units]


def _row(plan: OrganizationPlan, thing: Sketch, units: Units, words: Words) -> OrganizationPlan:
    """Add a unit under any unit of the level above, or over it where that may be skipped."""
    if len(units) == 1 or len(plan.units) == 2:
        return plan
    depth = 1 + thing.number(len(units) - 1)
    above = units[depth - 1] + (units[depth - 2] if depth > 1 and plan.levels[depth - 1].may_skip else [])
    row = UnitRow(
        f"{plan.levels[depth].name}/{('north', 'south')[len(plan.units)]}",
        thing.pick(above),
        handlers=words.handlers + thing.number(3),
        calendar=thing.maybe(words.calendars),
    )
    return evolve(plan, units=(*plan.units, row))


def _household(plan: OrganizationPlan, thing: Sketch, units: Units, _: Words) -> OrganizationPlan:
    row = HouseholdRow(f"household/example-{len(plan.households) + 1}", thing.pick(_ids(plan, units)))
    return evolve(plan, households=(*plan.households, row))


def _post(plan: OrganizationPlan, thing: Sketch, units: Units, _: Words) -> OrganizationPlan:
    post = Post(thing.pick(_ids(plan, units)), thing.pick(MEMBERS), thing.pick(("handler", "secretary")))
    members = MEMBERS if thing.yes() or plan.members else ()
    return plan if post in plan.posts else evolve(plan, posts=(*plan.posts, post), members=members)


def _department(plan: OrganizationPlan, thing: Sketch, units: Units, words: Words) -> OrganizationPlan:
    if len(plan.outside) == len(DEPARTMENTS):
        return plan
    unit = OutsideUnit(
        DEPARTMENTS[len(plan.outside)],
        "department",
        serves=thing.some(_ids(plan, units)),
        categories=thing.some(words.categories, 1),
        handlers=thing.number(2),
        calendar=thing.maybe(words.calendars),
    )
    return evolve(plan, outside=(*plan.outside, unit))


def _partner(plan: OrganizationPlan, thing: Sketch, units: Units, _: Words) -> OrganizationPlan:
    unit = OutsideUnit(f"partner/example-{len(plan.outside)}", "partner", thing.some(_ids(plan, units)))
    return evolve(plan, outside=(*plan.outside, unit))  # departments, partners, teams: the order of a file


def _team(plan: OrganizationPlan, thing: Sketch, units: Units, _: Words) -> OrganizationPlan:
    unit = OutsideUnit(f"team/example-{len(plan.outside)}", "team", thing.some(_ids(plan, units)))
    return evolve(plan, outside=(*plan.outside, unit))


def _tie(plan: OrganizationPlan, thing: Sketch, units: Units, _: Words) -> OrganizationPlan:
    ends = _ids(plan, units) + [unit.id for unit in plan.outside]
    return evolve(plan, ties=(*plan.ties, TieRow(thing.pick(TIES), thing.pick(ends), thing.pick(ends))))


def _referral(plan: OrganizationPlan, thing: Sketch, units: Units, words: Words) -> OrganizationPlan:
    departments = [unit.id for unit in plan.outside if unit.kind == "department"]
    if not departments:
        return plan
    here, there = thing.pick(_ids(plan, units)), thing.pick(departments)
    return evolve(plan, ties=(*plan.ties, TieRow("refers_to", here, there, thing.some(words.categories))))


def _conference(plan: OrganizationPlan, thing: Sketch, _: Units, __: Words) -> OrganizationPlan:
    """Add a joint conference to a level that has none."""
    level = thing.pick(plan.levels).name
    if any(held.level == level for held in plan.conferences):
        return plan
    weekday, time = thing.pick((("mon", "09:00"), ("wed", "15:00"), ("sun", "00:00")))
    conference = Conference(level, weekday, time, every=1 + thing.number(2), capacity=1 + thing.number(3))
    return evolve(plan, conferences=(*plan.conferences, conference))


_KINDS: Mapping[str, Callable[[OrganizationPlan, Sketch, Units, Words], OrganizationPlan]] = {
    "row": _row,
    "department": _department,
    "conference": _conference,
    "household": _household,
    "post": _post,
    "partner": _partner,
    "team": _team,
    "tie": _tie,
    "referral": _referral,
}
"""What can be written one by one, in the order in which it is added: each kind sees those before it."""
