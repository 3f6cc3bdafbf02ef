"""Strategies of organizations: small ones, with every way of writing units down.

Levels with their patterns, and beside them units, posts, households, departments, partners, teams, ties and
conferences written one by one. Drawn as a sketch (see ``sketch``), read by `read_plan`. No case, no lifecycle here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from attrs import frozen
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
from govflow.testing.sketch import PICK, SOME, pick, picks

SCHEMES = (
    ("committee",),
    ("committee", "host"),
    ("committee", "branch", "host"),
    ("committee", "branch", "group", "host"),
    ("street", "community", "grid"),
)
"""Levels from the top down, from the simplest scheme on."""

TOP = "top"
DEPARTMENTS = ("city_management", "fire", "housing")
MEMBERS = ("member:example-1", "member:example-2")
TIES: tuple[TieKind, ...] = ("partners", "assists", "covers", "pairs_with")

Own = tuple[int, int] | None
"""One unit (picked) that has a number of its own."""


@frozen
class Rung:
    """What is drawn for one level."""

    calendar: int
    may_skip: bool
    each: int
    each_own: Own
    handlers: int
    handlers_own: Own
    households: int
    total: int | None


@frozen
class Around:
    """What is drawn beside the patterns, each thing as a few numbers."""

    rows: Sequence[tuple[int, int, int, int | None]]
    departments: Sequence[tuple[Sequence[int], Sequence[int], int, int | None]]
    others: Sequence[tuple[bool, Sequence[int]]]
    posts: Sequence[tuple[int, int, bool]]
    members: bool
    households: Sequence[int]
    ties: Sequence[tuple[int, int, int]]
    referrals: Sequence[tuple[int, int, Sequence[int]]]
    conferences: Sequence[tuple[int, int, int, int]]


def _few(*parts: st.SearchStrategy[object], most: int = 2) -> st.SearchStrategy[list[tuple[object, ...]]]:
    return st.lists(st.tuples(*parts), max_size=most)


_OWN = st.none() | st.tuples(PICK, st.integers(0, 2))
RUNG = st.builds(
    Rung,
    calendar=PICK,
    may_skip=st.booleans(),
    each=st.integers(1, 2),
    each_own=_OWN,
    handlers=st.integers(0, 2),
    handlers_own=_OWN,
    households=st.integers(0, 3),
    total=st.none() | st.integers(0, 20),
)
AROUND = st.builds(
    Around,
    rows=_few(PICK, PICK, st.integers(0, 2), st.none() | PICK),
    departments=_few(SOME, SOME, st.integers(0, 1), st.none() | PICK, most=3),
    others=_few(st.booleans(), SOME),
    posts=_few(PICK, PICK, st.booleans()),
    members=st.booleans(),
    households=st.lists(PICK, max_size=2),
    ties=_few(PICK, PICK, PICK),
    referrals=_few(PICK, PICK, SOME),
    conferences=_few(PICK, PICK, st.integers(1, 2), st.integers(1, 3)),
)


def organizations(
    *, levels: Sequence[str] | None = None, categories: Sequence[str] = ("parking", "noise")
) -> st.SearchStrategy[Organization]:
    """Return small organizations, built and without a fault; see `organization_plans`.

    >>> from hypothesis import find
    >>> find(organizations(), lambda org: org.size > 1).ids
    ('committee/top', 'host/1')
    """
    return organization_plans(levels=levels, categories=categories).map(build)


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
    read = partial(
        read_plan, calendars=tuple(calendars), categories=tuple(categories), handlers=handlers, households=households
    )
    schemes = SCHEMES if levels is None else (tuple(levels),)
    return st.one_of([st.builds(read, st.just(names), st.tuples(*[RUNG] * len(names)), AROUND) for names in schemes])


def read_plan(
    names: Sequence[str],
    rungs: Sequence[Rung],
    around: Around,
    *,
    calendars: Sequence[str],
    categories: Sequence[str],
    handlers: int,
    households: int,
) -> OrganizationPlan:
    """Return the plan that the numbers of `rungs` and `around` stand for."""
    levels = tuple(
        Level(name, pick(calendars, rung.calendar), rung.may_skip) for name, rung in zip(names, rungs, strict=True)
    )
    patterns, by_level = {}, [[f"{names[0]}/{TOP}"]]
    for depth, (name, rung) in enumerate(zip(names, rungs, strict=True)):
        each = _number(rung.each, rung.each_own, by_level[-1], 1) if depth else 1
        by_level += [_made(name, by_level[-1], each)] if depth else []
        homes = _households(rung, households, len(by_level[-1])) if depth == len(names) - 1 else {}
        staff = _number(rung.handlers + handlers, rung.handlers_own, by_level[-1], handlers)
        patterns[name] = Pattern(name, each=each, handlers=staff, **homes)
    rows = _rows(around, levels, by_level, calendars, handlers)
    ids = [unit for units in by_level for unit in units] + [row.id for row in rows]
    outside = _outside(around, ids, calendars, categories)
    posts = tuple(dict.fromkeys(_post(ids, *post) for post in around.posts))
    return OrganizationPlan(
        TOP,
        levels,
        patterns,
        rows,
        outside,
        members=MEMBERS if around.members else (),
        posts=posts,
        households=tuple(
            HouseholdRow(f"household/example-{at + 1}", pick(ids, unit)) for at, unit in enumerate(around.households)
        ),
        ties=_ties(around, ids, outside, categories),
        conferences=_conferences(around, names),
    )


def _number(number: int, own: Own, units: Sequence[str], least: int) -> int | Mapping[str, int]:
    if own is None:
        return number
    return {"default": number, pick(units, own[0]): own[1] + least}


def _made(level: str, above: Sequence[str], each: int | Mapping[str, int]) -> list[str]:
    """Return the units that a pattern makes under each unit above, as the organization names them."""
    made = []
    for superior in above:
        count = each if isinstance(each, int) else each.get(superior, each["default"])
        slug = superior.partition("/")[2]
        made += [f"{level}/{n}" if slug == TOP else f"{level}/{slug}-{n}" for n in range(1, count + 1)]
    return made


def _households(rung: Rung, least: int, units: int) -> Mapping[str, int]:
    if rung.total is not None:
        return {"households_total": rung.total + least * units}
    return {"households": rung.households + least}


def _rows(
    around: Around,
    levels: Sequence[Level],
    by_level: Sequence[Sequence[str]],
    calendars: Sequence[str],
    handlers: int,
) -> tuple[UnitRow, ...]:
    """Return units written one by one, under any unit of the level above, or over it where it may be skipped."""
    rows = []
    for slug, (level, superior, number, calendar) in zip(("north", "south"), around.rows, strict=False):
        if len(levels) > 1:
            depth = 1 + level % (len(levels) - 1)
            above = [*by_level[depth - 1], *(by_level[depth - 2] if depth > 1 and levels[depth - 1].may_skip else ())]
            own = None if calendar is None else pick(calendars, calendar)
            name = f"{levels[depth].name}/{slug}"
            rows.append(UnitRow(name, pick(above, superior), number + handlers, calendar=own))
    return tuple(rows)


def _post(ids: Sequence[str], unit: int, member: int, handles: bool) -> Post:
    return Post(pick(ids, unit), pick(MEMBERS, member), "handler" if handles else "secretary")


def _outside(
    around: Around, ids: Sequence[str], calendars: Sequence[str], categories: Sequence[str]
) -> tuple[OutsideUnit, ...]:
    departments = [
        OutsideUnit(
            f"department/{slug}",
            "department",
            serves=picks(ids, serves),
            categories=picks(categories, about),
            handlers=staff,
            calendar=None if calendar is None else pick(calendars, calendar),
        )
        for slug, (serves, about, staff, calendar) in zip(DEPARTMENTS, around.departments, strict=False)
    ]
    others = [
        OutsideUnit(f"team/example-{at}", "team", picks(ids, serves))
        if is_team
        else OutsideUnit(f"partner/example-{at}", "partner", picks(ids, serves))
        for at, (is_team, serves) in enumerate(around.others)
    ]
    return (*departments, *others)


def _ties(
    around: Around, ids: Sequence[str], outside: Sequence[OutsideUnit], categories: Sequence[str]
) -> tuple[TieRow, ...]:
    ends = [*ids, *(unit.id for unit in outside)]
    across = [TieRow(pick(TIES, kind), pick(ends, here), pick(ends, there)) for kind, here, there in around.ties]
    departments = [unit.id for unit in outside if unit.kind == "department"]
    referrals = [
        TieRow("refers_to", pick(ids, here), pick(departments, there), picks(categories, about))
        for here, there, about in (around.referrals if departments else ())
    ]
    return (*across, *referrals)


def _conferences(around: Around, names: Sequence[str]) -> tuple[Conference, ...]:
    """Return joint conferences, of each level at most one."""
    held = {
        pick(names, level): Conference(
            pick(names, level), pick(("mon", "wed", "sun"), when), pick(("09:00", "15:00", "00:00"), when), every, capacity
        )
        for level, when, every, capacity in around.conferences
    }
    return tuple(held.values())
