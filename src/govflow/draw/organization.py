"""An organization as a diagram: its levels from the top down, what is tied to it beside them.

However many units there are, a level shows a handful of boxes: units one by one where they are few, else one box
for all like units under the same superior, with their number and totals. Nothing is left out of the totals. This
page knows no state and no case; open ``tree.py`` for how such a diagram is placed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from attrs import frozen

from govflow.community import Community
from govflow.draw.diagram import Cluster, Diagram, Edge, Node
from govflow.draw.outside import outside_diagram
from govflow.draw.text import clean, columns
from govflow.draw.words import counted, known_language, name, word
from govflow.organization import Conference, Organization

MOST = 8
"""How many boxes a level shows at most, wherever its superiors allow it."""

_MASK = (1 << 61) - 1


@frozen
class Group:
    """Units of one level that are drawn as one box: their positions, and the groups of their superiors."""

    id: str
    depth: int
    units: Sequence[int]
    above: tuple[int, ...]


def organization_diagram(community: Community, lang: str = "en") -> Diagram:
    """Return the organization of `community` as a diagram, labelled in `lang`.

    Every unit stands in exactly one box, so that the `units`, `handlers` and `households` of the boxes add up to
    those of the organization. Ties between the same two boxes are one edge for each kind.

    Raises:
        UnknownName: a language that nothing is written in.
    """
    known_language(lang)
    organization = community.organization
    groups, group_of = collapsed(organization)
    nodes = tuple(_node(group, groups, organization, lang) for group in groups)
    edges = tuple(
        Edge(f"{groups[above].id} -> {group.id}", groups[above].id, group.id, kind="superior")
        for group in groups
        for above in group.above
    )
    outside, ties, clusters, notes = outside_diagram(community, [groups[g].id for g in group_of], lang)
    title = word("organization", lang, name=name(community.label, lang, community.name))
    levels = tuple(_cluster(depth, organization, lang) for depth in range(len(organization.plan.levels)))
    return Diagram(title, "tree", (*nodes, *outside), (*edges, *ties), (*levels, *clusters), notes, lang)


def collapsed(organization: Organization) -> tuple[list[Group], list[int]]:
    """Return the groups of units that are drawn as one box, and for every unit the number of its group.

    A level of at most `MOST` units keeps them apart. Else units under the same superior, or under superiors that
    are alike, are put together when all below them is alike; where that leaves more than `MOST` boxes, when they
    are alike themselves; else all that stand under one box.
    """
    count = list(organization.count_by_level().values())[:-1]
    shapes = _shapes(organization)
    groups: list[Group] = []
    group_of = [0] * organization.size
    family: list[int] = []
    first = 0
    for depth, number in enumerate(count):
        members = range(first, first + number)
        first += number
        families: dict[Hashable, int] = {}
        for units in _alike(members, organization, [family[g] for g in group_of[: members.start]], shapes):
            superiors = sorted({group_of[organization.superior[unit]] for unit in units if unit})
            kind = tuple(family[g] for g in superiors), frozenset(shapes[unit] for unit in units)
            family.append(families.setdefault(kind, len(groups)))
            for unit in units:
                group_of[unit] = len(groups)
            groups.append(Group(_id(units, organization), depth, units, tuple(superiors)))
    return groups, group_of


def _id(units: Sequence[int], organization: Organization) -> str:
    first = organization.ids[units[0]]
    return first if len(units) == 1 else f"{first} ×{len(units)}"


def _alike(
    members: Sequence[int], organization: Organization, family_of: Sequence[int], shapes: Sequence[int]
) -> list[list[int]]:
    """Return the units of one level in the finest groups of which there are few enough.

    ``family_of[u]`` is the same for superiors that are drawn apart and are alike, with all below them.
    """
    if len(members) <= MOST:
        return [[unit] for unit in members]
    superior, handlers, households = organization.superior, organization.handlers, organization.households
    ladder: tuple[Callable[[int], Hashable], ...] = (
        lambda unit: (family_of[superior[unit]], shapes[unit]),
        lambda unit: (family_of[superior[unit]], handlers[unit], households[unit]),
        lambda unit: family_of[superior[unit]],
    )
    found: dict[Hashable, list[int]] = {}
    for key in ladder:
        found = {}
        for unit in members:
            found.setdefault(key(unit), []).append(unit)
        if len(found) <= MOST:
            break
    return list(found.values())


def _shapes(organization: Organization) -> list[int]:
    """Return a number for every unit, equal where the units and all below them are alike in number and size."""
    below = [0] * organization.size
    shapes = [0] * organization.size
    seen: dict[tuple[int, int, int, int], int] = {}
    for unit in range(organization.size - 1, -1, -1):
        facts = organization.level[unit], organization.handlers[unit], organization.households[unit], below[unit]
        shapes[unit] = seen.setdefault(facts, len(seen))
        superior = organization.superior[unit]
        if superior >= 0:
            below[superior] = (below[superior] + _mixed(shapes[unit])) & _MASK
    return shapes


def _mixed(number: int) -> int:
    """Return well spread bits, so that a sum of them tells multisets of shapes apart (splitmix64's finish)."""
    number = (number + 1) * 0x9E3779B97F4A7C15 & _MASK
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    return number ^ (number >> 27)


def _node(group: Group, groups: Sequence[Group], organization: Organization, lang: str) -> Node:
    level = organization.level_names[group.depth]
    handlers = [organization.handlers[unit] for unit in group.units]
    households = [organization.households[unit] for unit in group.units]
    if len(group.units) == 1:
        title, kind = _called(group.units[0], organization, lang), "unit"
        numbers = [counted("handlers", _number(handlers[0]), lang)]
        numbers += [counted("households", _number(households[0]), lang)] if households[0] else []
    else:
        title, kind = f"{_number(len(group.units))} × {_level(group.depth, organization, lang)}", "units"
        numbers = [*_under(group, groups, organization, lang), _each("handlers", handlers, lang)]
        numbers += [_each("households", households, lang)] if any(households) else []
    held = any(conference.level == level for conference in organization.plan.conferences)
    lines = (title, *numbers, *([f"◆ {word('conference', lang)}"] if held else []))
    return Node(
        id=group.id,
        lines=lines,
        kind="unit" if kind == "unit" else "units",
        cluster=level,
        detail=tuple(_members(group, organization)),
        units=len(group.units),
        handlers=sum(handlers),
        households=sum(households),
    )


def _called(unit: int, organization: Organization, lang: str) -> str:
    """Return a unit's label, or its id where the label only repeats the level, and at length."""
    told, own = organization.label(organization.ids[unit], lang), organization.ids[unit]
    level, slug = _level(organization.level[unit], organization, lang), own.partition("/")[2]
    return own if clean(told) == f"{level} {slug}" and columns(told) > 16 else clean(told)


def _each(what: str, numbers: Sequence[int], lang: str) -> str:
    each = counted(f"{what}.each", _span(numbers), lang)
    return word("total", lang, each=each, n=_number(sum(numbers)))


def _span(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return _number(low) if low == high else f"{_number(low)}–{_number(high)}"


def _number(number: int) -> str:
    return f"{number:,}"


def _under(group: Group, groups: Sequence[Group], organization: Organization, lang: str) -> Iterable[str]:
    """Say how many of a group stand under each superior, where the superiors are one box themselves."""
    superior = [unit for above in group.above for unit in groups[above].units]
    if len(superior) < 2:
        return
    counts = dict.fromkeys(superior, 0)
    for unit in group.units:
        counts[organization.superior[unit]] += 1
    superiors = _level(groups[group.above[0]].depth, organization, lang)
    yield word("under.each", lang, n=_span(list(counts.values())), superior=superiors)


def _members(group: Group, organization: Organization) -> Iterable[str]:
    """Name the units of a box, the first of them only where they are many."""
    ids = [organization.ids[unit] for unit in group.units[: 2 * MOST]]
    yield ", ".join(ids) + (", …" if len(group.units) > len(ids) else "")


def _level(depth: int, organization: Organization, lang: str) -> str:
    level = organization.plan.levels[depth]
    return name(level.label, lang, level.name)


def _cluster(depth: int, organization: Organization, lang: str) -> Cluster:
    """Return a level with its totals and its joint conference."""
    level = organization.plan.levels[depth].name
    members = [unit for unit in range(organization.size) if organization.level[unit] == depth]
    handlers = sum(organization.handlers[unit] for unit in members)
    households = sum(organization.households[unit] for unit in members)
    lines = [_level(depth, organization, lang), counted("units", _number(len(members)), lang)]
    lines += [counted("handlers", _number(handlers), lang)]
    lines += [counted("households", _number(households), lang)] if households else []
    lines += [line for c in organization.plan.conferences if c.level == level for line in _conference(c, lang)]
    return Cluster(level, tuple(lines))


def _conference(conference: Conference, lang: str) -> Iterable[str]:
    every = "every.1" if conference.every == 1 else "every.n"
    yield f"◆ {word('conference', lang)}"
    yield word(every, lang, n=conference.every, day=word(conference.weekday, lang), time=conference.time)
    yield counted("capacity", conference.capacity, lang)
