"""From a plan, or from columns, to an `Organization`: read, check everything, put in order, attach what is tied.

Both ways end in `_assemble`, which raises one DefinitionError with every fault (rule O1) before anything is
made. Open ``tree`` for what an arborescence may not be, ``patterns`` for how a few lines become many units.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from govflow.organization.columns import read_columns
from govflow.organization.faults import SLUG_RULE, Faults, is_slug, path_of
from govflow.organization.hierarchy import Organization
from govflow.organization.model import (
    Conference,
    HouseholdRow,
    Label,
    Level,
    OrganizationPlan,
    OutsideUnit,
    Post,
    TieRow,
)
from govflow.organization.patterns import expand
from govflow.organization.relations import check_relations, listed_handlers, tie_rows
from govflow.organization.tree import Draft, Tree, arrange, read_tree

OUTSIDE_LEVEL = "department"
"""The level name under which tables speak of everything outside the hierarchy."""

RESERVED = {
    OUTSIDE_LEVEL: "it names the units outside the hierarchy",
    "household": "a household is never a unit",
    "default": "in a table by level it answers for every level not named",
}
"""Names that no level may have, and why."""

_MOST_LEVELS = 100


def build(plan: OrganizationPlan) -> Organization:
    """Return the organization that a plan describes; raise one DefinitionError with every fault in it.

    Patterns put units under every unit of the level above, written units under the superior they name; both
    may be mixed. Listed handling posts override a unit's number of handlers.

    >>> from govflow.organization import Level, OrganizationPlan, UnitRow
    >>> levels = Level("committee"), Level("branch")
    >>> build(OrganizationPlan("beida", levels, units=(UnitRow("branch/north", "committee/beida"),))).ids
    ('committee/beida', 'branch/north')
    """
    faults = Faults()
    _check_scheme(plan.levels, faults)
    return _assemble(plan, expand(plan, faults), faults)


def from_columns(
    ids: Iterable[str],
    superiors: Iterable[str | None],
    levels: Iterable[str],
    *,
    level_names: Iterable[str | Level],
    handlers: Iterable[int] | None = None,
    households: Iterable[int] | None = None,
    labels: Mapping[str, Label] | None = None,
    outside: Iterable[OutsideUnit] = (),
    members: Iterable[str] = (),
    posts: Iterable[Post] = (),
    household_rows: Iterable[HouseholdRow] = (),
    ties: Iterable[TieRow] = (),
    conferences: Iterable[Conference] = (),
) -> Organization:
    """Return the organization of a million units given as columns of equal length, one entry for each unit.

    `superiors` holds ids, None or ``""`` for the top; `level_names` runs from the top down, a `Level` where
    it needs more than a name. Without `handlers` a unit has one, without `households` none. Faults name their
    row, from 0, and come in one DefinitionError; columns that cannot be read at all raise UsageError.

    >>> ids, superiors = ["branch/1", "committee/x", "branch/2"], ["committee/x", None, "committee/x"]
    >>> levels = ["branch", "committee", "branch"]
    >>> from_columns(ids, superiors, levels, level_names=["committee", "branch"]).ids
    ('committee/x', 'branch/1', 'branch/2')
    """
    faults = Faults(root="")
    scheme = tuple(level if isinstance(level, Level) else Level(level) for level in level_names)
    _check_scheme(scheme, faults)
    draft = read_columns(ids, superiors, levels, handlers=handlers, households=households, scheme=scheme, faults=faults)
    draft.labels = dict(labels or {})
    plan = OrganizationPlan(
        top=_top_slug(draft),
        levels=scheme,
        outside=tuple(outside),
        members=tuple(members),
        posts=tuple(posts),
        households=tuple(household_rows),
        ties=tuple(ties),
        conferences=tuple(conferences),
    )
    return _assemble(plan, draft, faults)


def _top_slug(draft: Draft) -> str:
    tops = (name for name, superior in zip(draft.ids, draft.superiors, strict=True) if not superior)
    return next(tops, "").partition("/")[2]


def _check_scheme(levels: Sequence[Level], faults: Faults) -> None:
    """Note what is wrong with the levels themselves; raise at once where nothing else can be judged."""
    if not levels or len(levels) > _MOST_LEVELS:
        text = f"there are {len(levels)} levels: name 1 to {_MOST_LEVELS}, from the top down"
        faults.add("levels", "bad_value", text)
        faults.raise_any()
    for name, count in Counter(level.name for level in levels).items():
        path = path_of("levels", str(name))
        if not is_slug(name):
            faults.add(path, "malformed_id", f"{name!r} cannot begin an id: {SLUG_RULE}, nor has a level's name")
        if count > 1:
            faults.add(path, "duplicate", f"level {name!r} is named {count} times: name it once")
        if name in RESERVED:
            faults.add(path, "reserved_name", f"{name!r} is no name for a level, {RESERVED[name]}: choose another")


def _assemble(plan: OrganizationPlan, draft: Draft, faults: Faults) -> Organization:
    """Check the units and everything tied to them, raise what was found, then make the organization."""
    tree = read_tree(draft, plan.levels, faults)
    for name in draft.labels:
        if name not in tree.index:
            faults.unknown(path_of(f"{faults.root}labels", name), "unit", name, tree.index)
    check_relations(plan, draft, tree, faults)
    faults.raise_any()
    return _make(plan, draft, tree)


def _make(plan: OrganizationPlan, draft: Draft, tree: Tree) -> Organization:
    """Put a faultless draft in order, the outside units after it, and count posts and written households in."""
    order, position = arrange(draft, tree, plan.levels)
    outside = sorted(plan.outside, key=lambda unit: unit.id)
    ids = (*(draft.ids[row] for row in order), *(unit.id for unit in outside))
    index = dict(zip(ids, range(len(ids)), strict=True))
    none = array("i", [-1])
    superior = none + array("i", (position[tree.superior[row]] for row in order[1:])) + none * len(outside)
    depths = Counter(draft.depths)
    level = array("b", (draft.depths[row] for row in order)) + array("b", [len(plan.levels)]) * len(outside)
    handlers = array("i", (draft.handlers[row] for row in order)) + array("i", (unit.handlers for unit in outside))
    for unit, count in listed_handlers(plan).items():
        handlers[index[unit]] = count
    made = array("i", (draft.households[row] for row in order)) + array("i", [0]) * len(outside)
    households = made[:] if plan.households else made
    for row in plan.households:
        households[index[row.contact]] += 1
    calendars = {**draft.calendars, **{unit.id: unit.calendar for unit in outside if unit.calendar is not None}}
    labels = {**draft.labels, **{unit.id: unit.label for unit in outside if unit.label}}
    return Organization(
        size=len(order),
        level_names=(*(level.name for level in plan.levels), OUTSIDE_LEVEL),
        plan=plan,
        ids=ids,
        superior=superior,
        level=level,
        handlers=handlers,
        households=households,
        tie_rows=tie_rows(plan, ids[0]),
        index=index,
        made=made,
        contacts={row.id: index[row.contact] for row in plan.households},
        calendars={index[name]: calendar for name, calendar in calendars.items()},
        labels={index[name]: label for name, label in labels.items()},
        starts=(0, *accumulate(depths[depth] for depth in range(len(plan.levels))), len(ids)),
    )
