"""Everything tied to the hierarchy: outside units, posts, ties, joint conferences; their faults and what follows.

`check_relations` collects the faults (rule O1); `tie_rows` adds the ties that outside units imply to the written
ones; `listed_handlers` counts posts. Nothing here knows the order of units or answers a query: see ``hierarchy``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from attrs import frozen

from govflow.calendar import WEEKDAYS
from govflow.errors import hint
from govflow.organization.faults import MAX_PEOPLE, SLUG_RULE, Faults, is_id, level_of, path_of
from govflow.organization.households import check_made, check_written, made_contact
from govflow.organization.model import Conference, OrganizationPlan, OutsideUnit, Post, TieKind, TieRow
from govflow.organization.tree import Draft, Tree

KINDS: tuple[str, ...] = get_args(TieKind)
"""The kinds of tie, in the order of the model."""

OUTSIDE = ("department", "partner", "team")
"""The kinds of unit outside the hierarchy, each the first part of its units' ids."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@frozen(eq=False)
class _Names:
    """Who is known: units of the hierarchy and outside it, households, members (when they are listed)."""

    plan: OrganizationPlan
    draft: Draft
    tree: Tree
    outside: Mapping[str, OutsideUnit]
    households: frozenset[str]
    members: frozenset[str]

    def is_unit(self, name: str) -> bool:
        """Return whether `name` is a unit, inside or outside the hierarchy."""
        return name in self.tree.index or name in self.outside

    def is_household(self, name: str) -> bool:
        """Return whether `name` is a household, written or made by number."""
        levels = [level.name for level in self.plan.levels]
        made = made_contact(name, levels, self.tree.index, self.draft.households)
        return made is not None or name in self.households

    def note_unknown(self, path: str, name: str, faults: Faults) -> None:
        """Note a name that is no unit, with the nearest of those it could have meant."""
        if str(name).partition("/")[0] in OUTSIDE:
            faults.unknown(path, "unit", name, self.outside)
        elif "/" not in str(name) and self.members:
            faults.unknown(path, "member", name, self.members)
        else:
            faults.unknown(path, "unit", name, self.tree.index)


def check_relations(plan: OrganizationPlan, draft: Draft, tree: Tree, faults: Faults) -> None:
    """Note every fault of what is tied to the hierarchy."""
    check_made(draft, faults)
    check_written(plan.households, draft, tree, plan.levels, faults)
    outside: dict[str, OutsideUnit] = {}
    for unit in plan.outside:
        _check_outside(unit, outside, tree, faults)
    households = frozenset(row.id for row in plan.households)
    names = _Names(plan, draft, tree, outside, households, frozenset(plan.members))
    _check_members(plan.members, faults)
    _check_posts(names, faults)
    for at, row in enumerate(plan.ties):
        _check_tie(f"{faults.root}ties[{at}]", row, names, faults)
    _check_conferences(names, faults)


def outside_path(unit: OutsideUnit, faults: Faults) -> str:
    """Name the table in which a unit outside the hierarchy is written."""
    return path_of(f"{faults.root}{unit.kind}s", unit.id.partition("/")[2] or unit.id)


def _check_outside(unit: OutsideUnit, outside: dict[str, OutsideUnit], tree: Tree, faults: Faults) -> None:
    path = outside_path(unit, faults)
    if unit.kind not in OUTSIDE:
        faults.add(path, "unknown_name", f"unknown kind {unit.kind!r} of unit{hint(unit.kind, OUTSIDE)}")
    elif not is_id(unit.id) or not unit.id.startswith(f"{unit.kind}/"):
        text = f"{unit.id!r} is no id of a {unit.kind}: write '{unit.kind}/slug'; {SLUG_RULE}"
        faults.add(path, "malformed_id", text)
    if unit.id in outside or unit.id in tree.index:
        faults.add(path, "duplicate", f"{unit.id!r} exists already: an id is used once")
    outside.setdefault(unit.id, unit)
    faults.number(f"{path}.handlers", unit.handlers, MAX_PEOPLE)
    for at, served in enumerate(unit.serves):
        if served not in tree.index:
            faults.unknown(f"{path}.serves[{at}]", "unit", served, tree.index)


def _check_members(members: Iterable[str], faults: Faults) -> None:
    for member, count in Counter(members).items():
        if count > 1:
            faults.add(f"{faults.root}members", "duplicate", f"{member!r} is listed {count} times: list a member once")


def _check_posts(names: _Names, faults: Faults) -> None:
    seen: dict[Post, int] = {}
    for at, post in enumerate(names.plan.posts):
        path = f"{faults.root}posts[{at}]"
        if not names.is_unit(post.unit):
            names.note_unknown(f"{path}.unit", post.unit, faults)
        if names.members and post.member not in names.members:
            faults.unknown(f"{path}.member", "member", post.member, names.members)
        first = seen.setdefault(post, at)
        if first != at:
            text = f"{post.member!r} is {post.role!r} of {post.unit!r} already, by posts[{first}]: write a post once"
            faults.add(path, "duplicate", text)


def _check_tie(path: str, row: TieRow, names: _Names, faults: Faults) -> None:
    """Note an unknown kind or end; ends of ``refers_to`` and ``partners`` are units, of the others also people."""
    if row.kind not in KINDS:
        faults.add(f"{path}.kind", "unknown_name", f"unknown kind of tie {row.kind!r}{hint(row.kind, KINDS)}")
    people = row.kind not in {"refers_to", "partners"}
    for key, end in (("source", row.source), ("target", row.target)):
        opaque = "/" not in end and (end in names.members or not names.members)
        if not names.is_unit(end) and not (people and (opaque or names.is_household(end))):
            names.note_unknown(f"{path}.{key}", end, faults)
    if row.kind == "refers_to":
        _check_referral(path, row, names, faults)


def _check_referral(path: str, row: TieRow, names: _Names, faults: Faults) -> None:
    if row.source in names.outside:
        text = f"{row.source!r} stands outside the hierarchy: a unit of the hierarchy refers cases to a department"
        faults.add(f"{path}.source", "wrong_tie", text)
    outside = names.outside.get(row.target)
    if row.target in names.tree.index or (outside is not None and outside.kind != "department"):
        text = f"{row.target!r} is no department: cases are referred to departments"
        faults.add(f"{path}.target", "wrong_tie", text)


def _check_conferences(names: _Names, faults: Faults) -> None:
    levels = [level.name for level in names.plan.levels]
    seen: dict[str, int] = {}
    for at, conference in enumerate(names.plan.conferences):
        path = f"{faults.root}conferences[{at}]"
        if conference.level not in levels:
            faults.unknown(f"{path}.level", "level", conference.level, levels)
        elif seen.setdefault(conference.level, at) != at:
            text = f"level {conference.level!r} has a joint conference already: give each level one"
            faults.add(f"{path}.level", "duplicate", text)
        _check_session(path, conference, faults)
        _check_table(path, conference, names, faults)


def _check_table(path: str, conference: Conference, names: _Names, faults: Faults) -> None:
    """Note who sits at the table and is no unit, or sits there twice, and a quorum beyond all who do."""
    for at, (unit, count) in enumerate(Counter(conference.parties).items()):
        if not names.is_unit(unit):
            names.note_unknown(f"{path}.parties[{at}]", unit, faults)
        if count > 1:
            faults.add(f"{path}.parties", "duplicate", f"{unit!r} is named {count} times: a party has one seat")
    if faults.number(f"{path}.quorum", conference.quorum, MAX_PEOPLE) > len(conference.parties):
        text = f"{conference.quorum} must be there and {len(conference.parties)} are named as parties: name them all"
        faults.add(f"{path}.quorum", "bad_value", text)


def _check_session(path: str, conference: Conference, faults: Faults) -> None:
    if conference.weekday not in WEEKDAYS:
        text = f"unknown weekday {conference.weekday!r}{hint(str(conference.weekday), WEEKDAYS)}"
        faults.add(f"{path}.weekday", "unknown_name", text)
    if not _TIME.fullmatch(str(conference.time)):
        faults.add(f"{path}.time", "bad_value", f"{conference.time!r} is no time of day: write it like '15:00'")
    faults.number(f"{path}.every", conference.every, MAX_PEOPLE, least=1)
    faults.number(f"{path}.capacity", conference.capacity, MAX_PEOPLE, least=1)


def listed_handlers(plan: OrganizationPlan) -> dict[str, int]:
    """Return for each unit with listed handling posts how many it has; they override the unit's number."""
    depths = {level.name: depth for depth, level in enumerate(plan.levels)}
    roles = [frozenset(level.handling_roles) for level in plan.levels] + [frozenset({"handler"})]
    return dict(Counter(post.unit for post in plan.posts if post.role in roles[level_of(post.unit, depths)]))


def tie_rows(plan: OrganizationPlan, top: str) -> tuple[TieRow, ...]:
    """Return all ties, those that outside units imply first, one for each kind and pair of ends.

    A department is referred to by the units it serves, a partner is tied to them, a team assists them; where
    none is named, by, to and at the `top`. Several ties of one kind and pair name all their categories, and
    every category as soon as one of them names none.
    """
    merged: dict[tuple[TieKind, str, str], tuple[str, ...]] = {}
    for row in [*_implied(plan.outside, top), *plan.ties]:
        key = (row.kind, row.source, row.target)
        before = merged.get(key)
        both = before is None or (before and row.categories)
        merged[key] = tuple(dict.fromkeys([*(before or ()), *row.categories])) if both else ()
    return tuple(TieRow(*key, categories) for key, categories in merged.items())


def _implied(outside: Sequence[OutsideUnit], top: str) -> list[TieRow]:
    rows = []
    for unit in sorted(outside, key=lambda unit: unit.id):
        for served in unit.serves or (top,):
            if unit.kind == "department":
                rows.append(TieRow("refers_to", served, unit.id, unit.categories))
            elif unit.kind == "partner":
                rows.append(TieRow("partners", served, unit.id))
            else:
                rows.append(TieRow("assists", unit.id, served))
    return rows
