"""From the patterns and rows of a plan to rows of units: how many, called what, with how many handlers and homes.

`expand` grows the hierarchy from the top down, level by level, in final order, so that a slug continues its
superior's and what is spread evenly over a level reaches the earlier units first. A plan that asks for more
units or households than can be is refused before one is made. Whether the result holds together is the matter
of ``tree``. Next: ``assembly``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from attrs import define, field, frozen

from govflow.organization.faults import MAX_PEOPLE, MAX_UNITS, SLUG_RULE, Faults, is_id, is_slug, level_of, path_of
from govflow.organization.model import OrganizationPlan, Pattern, UnitRow
from govflow.organization.tree import Draft

_DEFAULT = "default"


class _Entry(NamedTuple):
    """One unit of a level: `row` is its position in ``plan.units``, None where a pattern made it."""

    id: str
    superior: str | None
    row: int | None


@frozen
class _Table:
    """A number by unit id, checked; `default` None means that every unit must be named."""

    path: str
    default: int | None
    by_id: Mapping[str, int] = field(factory=dict)

    def get(self, unit: str) -> int:
        """Return the number of one unit."""
        return self.by_id.get(unit, self.default or 0)

    def at_most(self, count: int) -> int:
        """Return the sum over `count` units, those named among them."""
        return (self.default or 0) * max(0, count - len(self.by_id)) + sum(self.by_id.values())

    def check_keys(self, made: Collection[str], faults: Faults) -> None:
        """Note keys that are none of the units `made`, and units for which there is no number."""
        if not self.by_id and self.default is not None:
            return
        known = dict.fromkeys(made)
        for key in self.by_id:
            if key not in known:
                faults.unknown(path_of(self.path, key), "unit", key, known)
        missing = [unit for unit in made if unit not in self.by_id] if self.default is None else []
        if missing:
            text = f"{len(missing):,} units have no number, {missing[0]!r} first: name them or add {_DEFAULT} = NUMBER"
            faults.add(self.path, "no_default", text)


@frozen
class _Counts:
    """The numbers of one pattern, checked; `path` is where it stands."""

    path: str
    pattern: Pattern
    each: _Table
    handlers: _Table
    households: _Table
    total: int


@define(eq=False)
class _Growth:
    """The hierarchy while it grows.

    `rows` are the positions of the plan's written units by depth, `numbers` their handlers and households;
    `rank` is the order of ids so far.
    """

    plan: OrganizationPlan
    faults: Faults
    counts: Mapping[str, _Counts]
    rows: Sequence[Sequence[int]]
    numbers: Sequence[tuple[int, int]]
    draft: Draft = field(factory=Draft)
    rank: dict[str, int] = field(factory=dict)

    def place(self, row: int, key: str) -> str:
        """Name where a row of the draft was written."""
        if row in self.draft.written:
            path = f"{self.faults.root}units[{self.draft.written[row]}]"
            return f"{path}.{key}" if key else path
        if self.draft.depths[row] == 0 and key != "households":
            return f"{self.faults.root}top"
        level = self.plan.levels[self.draft.depths[row]].name
        return path_of(f"{self.faults.root}patterns", level, *(["households"] if key == "households" else []))


def expand(plan: OrganizationPlan, faults: Faults) -> Draft:
    """Return the units that the plan's patterns and rows make, top-down; raise at once what is absurdly large."""
    depths = {level.name: depth for depth, level in enumerate(plan.levels)}
    rows = _rows(plan, depths, faults)
    counts = {name: _read(name, pattern, plan, faults) for name, pattern in plan.patterns.items()}
    for name in counts:
        if name not in depths:
            faults.unknown(path_of(f"{faults.root}patterns", name), "level", name, depths)
    growth = _Growth(plan, faults, counts, rows, _numbers(plan, faults))
    growth.draft.place = growth.place
    _refuse_absurd(growth)
    above: list[str] = []
    for depth in range(len(plan.levels) + 1):
        above = _grow(growth, depth, above)
    return growth.draft


def _rows(plan: OrganizationPlan, depths: Mapping[str, int], faults: Faults) -> list[list[int]]:
    """Return the positions of the written units by depth, those of unknown level last."""
    rows: list[list[int]] = [[] for _ in range(len(plan.levels) + 1)]
    for row, unit in enumerate(plan.units):
        depth = level_of(unit.id, depths)
        rows[depth].append(row)
        if depth == len(plan.levels) and is_id(unit.id):
            faults.unknown(f"{faults.root}units[{row}].id", "level", unit.id.partition("/")[0], depths)
    return rows


def _numbers(plan: OrganizationPlan, faults: Faults) -> list[tuple[int, int]]:
    """Return handlers and households of the written units."""
    return [
        (
            faults.number(f"{faults.root}units[{row}].handlers", unit.handlers, MAX_PEOPLE),
            faults.number(f"{faults.root}units[{row}].households", unit.households, MAX_PEOPLE),
        )
        for row, unit in enumerate(plan.units)
    ]


def _read(name: str, pattern: Pattern, plan: OrganizationPlan, faults: Faults) -> _Counts:
    """Return a pattern's numbers; what is wrong with it is noted and read as nothing."""
    path = path_of(f"{faults.root}patterns", name)
    each = _table(f"{path}.each", pattern.each, MAX_UNITS, faults)
    if pattern.level != name:
        faults.add(path, "contradiction", f"stands under {name!r} and says level {pattern.level!r}: let them agree")
    if name == plan.levels[0].name:
        if pattern.each != 1:
            faults.add(f"{path}.each", "two_tops", f"there is one top unit, not {pattern.each!r}: leave `each` out")
        if pattern.names:
            text = f"the top unit is called {plan.top!r} by `top`: leave `names` out"
            faults.add(f"{path}.names", "too_many_names", text)
    else:
        _check_names(f"{path}.names", pattern, max([each.default or 0, *each.by_id.values()]), faults)
    total = 0
    if pattern.households_total is not None:
        total = faults.number(f"{path}.households_total", pattern.households_total, MAX_PEOPLE)
        if pattern.households != 0:
            text = "give either `households` of each unit or `households_total` of the level, not both"
            faults.add(f"{path}.households_total", "contradiction", text)
    handlers = _table(f"{path}.handlers", pattern.handlers, MAX_PEOPLE, faults)
    households = _table(f"{path}.households", pattern.households, MAX_PEOPLE, faults)
    return _Counts(path, pattern, each, handlers, households, total)


def _table(path: str, value: object, most: int, faults: Faults) -> _Table:
    if not isinstance(value, Mapping):
        return _Table(path, faults.number(path, value, most))
    by_id = {str(key): faults.number(path_of(path, str(key)), number, most) for key, number in value.items()}
    return _Table(path, by_id.pop(_DEFAULT, None), by_id)


def _check_names(path: str, pattern: Pattern, most: int, faults: Faults) -> None:
    for at, name in enumerate(pattern.names):
        if not is_slug(name):
            faults.add(f"{path}[{at}]", "malformed_id", f"{name!r} cannot be part of an id: {SLUG_RULE}")
    if len(pattern.names) > most:
        text = f"{len(pattern.names)} names for at most {most} units under one superior: drop names or raise `each`"
        faults.add(path, "too_many_names", text)


def _refuse_absurd(growth: _Growth) -> None:
    """Raise at once if patterns and rows come to more units, handlers or households than can be built."""
    above, units = 1, 0
    handlers = sum(number for number, _ in growth.numbers)
    households = sum(number for _, number in growth.numbers)
    for depth, level in enumerate(growth.plan.levels):
        counts, made = growth.counts.get(level.name), 0 if depth else 1
        if counts is not None:
            made = counts.each.at_most(above) if depth else 1
            handlers += counts.handlers.at_most(made)
            households += counts.households.at_most(made) + counts.total
        above = made + len(growth.rows[depth])
        units += above
    growth.faults.totals(units, handlers, households)


def _grow(growth: _Growth, depth: int, above: Sequence[str]) -> list[str]:
    """Add the units of one level to the draft and return their ids in order; `above` are those of the level over it."""
    plan, draft = growth.plan, growth.draft
    entries = [*_top(growth)] if depth == 0 else _made(growth, depth, above)
    entries += [_Entry(plan.units[row].id, plan.units[row].superior, row) for row in growth.rows[depth]]
    if plan.units:
        last = len(growth.rank)
        entries.sort(key=lambda entry: growth.rank.get(entry.superior or "", last))
        growth.rank.update({entry.id: last + at for at, entry in enumerate(entries)})
    for at, entry in enumerate(entries, start=len(draft.ids)):
        if entry.row is not None:
            draft.written[at] = entry.row
            _note_own(draft, plan.units[entry.row])
    ids = [entry.id for entry in entries]
    draft.ids += ids
    draft.superiors += [entry.superior for entry in entries]
    draft.depths.extend([depth] * len(ids))
    _count(growth, depth, entries)
    return list(dict.fromkeys(ids))  # of an id used twice, which is a fault, once


def _note_own(draft: Draft, unit: UnitRow) -> None:
    if unit.calendar is not None:
        draft.calendars[unit.id] = unit.calendar
    if unit.label:
        draft.labels[unit.id] = unit.label


def _top(growth: _Growth) -> list[_Entry]:
    """Return the top unit, unless a row writes it out and no pattern does."""
    level = growth.plan.levels[0].name
    name = f"{level}/{growth.plan.top}"
    counts = growth.counts.get(level)
    if counts is None and any(growth.plan.units[row].id == name for row in growth.rows[0]):
        return []
    if counts is not None:
        _label(growth, counts, [(name, growth.plan.top)])
    return [_Entry(name, None, None)]


def _made(growth: _Growth, depth: int, above: Sequence[str]) -> list[_Entry]:
    """Return the units that a level's pattern puts under each unit of the level `above`, in order."""
    plan, levels = growth.plan, growth.plan.levels
    counts = growth.counts.get(levels[depth].name) if depth < len(levels) else None
    if counts is None:
        return []
    over = levels[depth - 1].name
    if not above and over not in plan.patterns and not growth.rows[-1]:
        text = f"there are no units of level {over!r} to stand under: give that level a pattern or write units out"
        growth.faults.add(path_of(f"{growth.faults.root}patterns", levels[depth].name), "empty_level", text)
    counts.each.check_keys(above, growth.faults)
    growth.faults.totals(len(growth.draft.ids) + sum(map(counts.each.get, above)), 0, 0)
    top, names = f"{levels[0].name}/{plan.top}", counts.pattern.names
    entries, called = [], []
    for superior in above:
        stem = "" if superior == top else superior.partition("/")[2] + "-"
        for number in range(counts.each.get(superior)):
            slug = names[number] if number < len(names) else str(number + 1)
            entries.append(_Entry(f"{levels[depth].name}/{stem}{slug}", superior, None))
            called.append(slug)
    _label(growth, counts, [(entry.id, slug) for entry, slug in zip(entries, called, strict=True)])
    return entries


def _label(growth: _Growth, counts: _Counts, units: Sequence[tuple[str, str]]) -> None:
    """Give the units of a pattern, as (id, slug), the labels written for the id or else for the slug."""
    labels = counts.pattern.labels
    if not labels:
        return
    known = {name for unit in units for name in unit}
    for key in labels:
        if key not in known:
            growth.faults.unknown(path_of(f"{counts.path}.labels", key), "unit", key, known)
    for unit, slug in units:
        if unit in labels or slug in labels:
            growth.draft.labels[unit] = labels[unit if unit in labels else slug]


def _count(growth: _Growth, depth: int, entries: Sequence[_Entry]) -> None:
    """Give the units just added to the draft their handlers and households."""
    levels = growth.plan.levels
    counts = growth.counts.get(levels[depth].name) if depth < len(levels) else None
    if counts is not None:
        made = [entry.id for entry in entries if entry.row is None]
        counts.handlers.check_keys(made, growth.faults)
        counts.households.check_keys(made, growth.faults)
    for entry in entries:
        if entry.row is not None:
            handlers, households = growth.numbers[entry.row]
        elif counts is not None:
            handlers, households = counts.handlers.get(entry.id), counts.households.get(entry.id)
        else:
            handlers, households = 1, 0
        growth.draft.handlers.append(handlers)
        growth.draft.households.append(households)
    if counts is not None and counts.total:
        _spread(growth, counts, len(growth.draft.ids) - len(entries))


def _spread(growth: _Growth, counts: _Counts, first: int) -> None:
    """Spread the households of a level evenly over its units, which begin at row `first`; earlier ones get the rest.

    Written units that name households of their own keep those and take no others.
    """
    households = growth.draft.households
    takers = [row for row in range(first, len(households)) if households[row] == 0]
    if not takers:
        text = f"there is no unit to take {counts.total:,} households: let the pattern make units"
        growth.faults.add(f"{counts.path}.households_total", "empty_level", text)
        return
    share, rest = divmod(counts.total, len(takers))
    for at, row in enumerate(takers):
        households[row] = share + (at < rest)
