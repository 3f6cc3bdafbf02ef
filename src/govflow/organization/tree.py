"""The arborescence: units as parallel columns, everything that can be wrong with them, and their one order.

Patterns, rows and columns all turn into a `Draft`; `read_tree` finds its faults (rule O1) and `arrange` puts its
rows top-down, level by level, each level in the order of its superiors. Nothing here knows departments, ties
or queries. Next: ``patterns`` and ``columns`` make drafts, ``assembly`` makes the `Organization`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence

from attrs import define, field, frozen

from govflow.organization.faults import SLUG_RULE, Faults, malformed
from govflow.organization.model import Label, Level

TOP = -1
"""The superior of a unit that has none."""

UNKNOWN = -2
"""The superior of a unit that names one which does not exist."""

_SHOWN = 10


def _row_place(row: int, key: str) -> str:
    return f"row {row}, {key}" if key else f"row {row}"


@define(eq=False)
class Draft:
    """Rows of units, in any order and not yet checked.

    By row: the id, the superior's id (None or empty: none), the depth of the level (``len(levels)``: not known),
    handlers, households; by id: a calendar and a label of its own. `written` maps rows that stand one by one in a plan
    to their position there; `place` names where a row's key was written, by default the row itself, from 0.
    """

    ids: list[str] = field(factory=list)
    superiors: list[str | None] = field(factory=list)
    depths: array[int] = field(factory=lambda: array("b"))
    handlers: array[int] = field(factory=lambda: array("i"))
    households: array[int] = field(factory=lambda: array("i"))
    calendars: dict[str, str] = field(factory=dict)
    labels: dict[str, Label] = field(factory=dict)
    written: dict[int, int] = field(factory=dict)
    place: Callable[[int, str], str] = _row_place


@frozen(eq=False)
class Tree:
    """A draft read: `index` from id to (first) row, and for each row its superior's row, `TOP` or `UNKNOWN`."""

    index: dict[str, int]
    superior: array[int]


def read_tree(draft: Draft, levels: Sequence[Level], faults: Faults) -> Tree:
    """Return who stands under whom, and note every way in which that is no arborescence along the levels."""
    _check_ids(draft, levels, faults)
    index = _index(draft, faults)
    rows = index.get
    superior = array("i", (rows(name, UNKNOWN) if name else TOP for name in draft.superiors))
    tree = Tree(index, superior)
    _check_superiors(draft, tree, levels, faults)
    _check_levels(draft, tree, levels, faults)
    return tree


def arrange(draft: Draft, tree: Tree, levels: Sequence[Level]) -> tuple[array[int], array[int]]:
    """Return the rows of a faultless tree in order, and the position of each row in it.

    Top-down, level by level; in a level by the superior's position, then as written.
    """
    by_level: list[list[int]] = [[] for _ in levels]
    for row, depth in enumerate(draft.depths):
        by_level[depth].append(row)
    order, position = array("i"), array("i", [0]) * len(draft.ids)
    superior = tree.superior
    for rows in by_level:
        rows.sort(key=lambda row: position[superior[row]])
        for place, row in enumerate(rows, start=len(order)):
            position[row] = place
        order.extend(rows)
    return order, position


def _check_ids(draft: Draft, levels: Sequence[Level], faults: Faults) -> None:
    broken = set(malformed(draft.ids))
    for row in sorted(broken):
        text = f"{draft.ids[row]!r} is no unit id: write 'level/slug', such as 'branch/3'; {SLUG_RULE}"
        faults.add(draft.place(row, "id"), "malformed_id", text)
    starts = [f"{level.name}/" for level in levels] + [""]
    depths = draft.depths
    for row, name in enumerate(draft.ids):
        if row not in broken and not name.startswith(starts[depths[row]]):
            level = levels[depths[row]].name
            text = f"{name!r} stands at level {level!r}: an id begins with its level, '{level}/…'"
            faults.add(draft.place(row, "id"), "malformed_id", text)


def _index(draft: Draft, faults: Faults) -> dict[str, int]:
    """Return id → row; the first of several units with one id keeps it, the others are faults.

    What patterns make comes before what is written out, so that the blame falls on the written row.
    """
    index = dict(zip(draft.ids, range(len(draft.ids)), strict=True))
    if len(index) == len(draft.ids):
        return index
    index = {}
    for row in sorted(range(len(draft.ids)), key=lambda row: draft.written.get(row, -1)):
        name = draft.ids[row]
        first = index.setdefault(name, row)
        if first == row:
            continue
        here, there = draft.superiors[row] or None, draft.superiors[first] or None
        if here == there:
            text = f"{name!r} exists already, from {draft.place(first, '')}: an id is used once"
            faults.add(draft.place(row, "id"), "duplicate", text)
        else:
            text = f"{name!r} has two superiors, {there!r} (from {draft.place(first, '')}) and {here!r}: keep one"
            faults.add(draft.place(row, "superior"), "two_superiors", text)
    return index


def _check_superiors(draft: Draft, tree: Tree, levels: Sequence[Level], faults: Faults) -> None:
    """Note superiors that do not exist, units without one below the top level, and a top that is not one."""
    top: int | None = None
    for row, superior in enumerate(tree.superior):
        if superior >= 0 or tree.index[draft.ids[row]] != row:
            continue
        name, place = draft.ids[row], draft.place(row, "superior")
        if superior == UNKNOWN:
            faults.unknown(place, "superior", draft.superiors[row], tree.index)
        elif 0 < draft.depths[row] < len(levels):
            faults.add(place, "orphan", f"{name!r} has no superior: only the top unit has none; name its superior")
        elif draft.depths[row] == 0 and top is not None:
            text = f"{name!r} has no superior, but {draft.ids[top]!r} is the top already: there is one top unit"
            faults.add(place, "two_tops", text)
        elif draft.depths[row] == 0:
            top = row
    if top is None:
        text = f"no unit of level {levels[0].name!r} is without a superior: the top is missing"
        faults.add(f"{faults.root}units", "no_top", text)


def _check_levels(draft: Draft, tree: Tree, levels: Sequence[Level], faults: Faults) -> None:
    """Note units that stand above or beside their superior or skip a level, and rings of superiors."""
    size = len(levels) + 1
    allowed = _allowed(levels)
    depths = draft.depths
    wrong = [
        row
        for row, superior in enumerate(tree.superior)
        if superior >= 0 and not allowed[depths[superior] * size + depths[row]]
    ]
    wrong = [row for row in wrong if tree.index[draft.ids[row]] == row]  # a second row for an id is a fault as it is
    rings = list(_rings(tree.superior)) if wrong else []
    in_ring = {row for ring in rings for row in ring}
    for ring in rings:
        names = [repr(draft.ids[row]) for row in [*ring, ring[0]]]
        shown = names if len(names) <= _SHOWN else [*names[: _SHOWN - 1], "…", names[-1]]
        text = f"the superiors go round in a circle, {' → '.join(shown)}: one of them must answer to a unit above"
        faults.add(draft.place(ring[0], "superior"), "cycle", text)
    for row in wrong:
        if row not in in_ring:
            _note_level(draft, row, tree.superior[row], levels, faults)


def _note_level(draft: Draft, row: int, superior: int, levels: Sequence[Level], faults: Faults) -> None:
    here, above = draft.depths[row], draft.depths[superior]
    fact = f"{draft.ids[row]!r} answers to {draft.ids[superior]!r}"
    if above >= here:
        order = f"{levels[above].name!r} is not above {levels[here].name!r}"
        text = f"{fact}, whose level {order}: a superior stands higher"
        faults.add(draft.place(row, "superior"), "upside_down", text)
        return
    skipped = [level.name for level in levels[above + 1 : here] if not level.may_skip]
    told = " and ".join(repr(name) for name in skipped)
    text = f"{fact} and skips level {told}: put a unit between them or say may_skip = true of the level"
    faults.add(draft.place(row, "superior"), "skipped_level", text)


def _allowed(levels: Sequence[Level]) -> bytearray:
    """Return 1 at ``above * size + below`` where a unit may stand under a superior; unknown levels always may."""
    size = len(levels) + 1
    table = bytearray([1]) * (size * size)
    for above in range(size - 1):
        for below in range(size - 1):
            between = levels[above + 1 : below]
            table[above * size + below] = above < below and all(level.may_skip for level in between)
    return table


def _rings(superior: Sequence[int]) -> Iterator[list[int]]:
    """Yield each ring of superiors once, from its first row on."""
    seen = array("i", [0]) * len(superior)
    for start in range(len(superior)):
        row, walk = start, start + 1
        while row >= 0 and not seen[row]:
            seen[row] = walk
            row = superior[row]
        if row >= 0 and seen[row] == walk:
            ring = [row]
            while (row := superior[row]) != ring[0]:
                ring.append(row)
            first = ring.index(min(ring))
            yield ring[first:] + ring[:first]
