"""The organization built: units as arrays in one order, and every question that can be asked of them.

Queries read arrays and never walk further than the hierarchy is deep (rule O2); the graphs of networkx are made
when they are first asked for. An `Organization` never changes. It knows no case, no lifecycle and no calendar
beyond its name. Next: ``assembly`` makes one, ``graphs`` shows it to networkx.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from govflow.errors import UnknownName, UsageError, nearest
from govflow.organization import walks
from govflow.organization.faults import nearby
from govflow.organization.graphs import hierarchy_graph, tie_graph
from govflow.organization.households import PREFIX, made_contact, made_id
from govflow.organization.model import Conference, Label, OrganizationPlan, TieKind, TieRow
from govflow.organization.referrals import ReferralTable, referral_table

if TYPE_CHECKING:
    from networkx import DiGraph, MultiDiGraph


@frozen(eq=False)
class Organization:
    """Who answers to whom: the units of a hierarchy, top-down, and those outside it.

    Units have positions: those of the hierarchy level by level, each level in the order of its superiors, then
    the units outside in order of id. By position: `ids`, `superior` (position, -1 for the top and outside),
    `level` (position in `level_names`, whose last is ``department`` for everything outside), `handlers`,
    `households` (whose contact the unit is). `size` counts the units of the hierarchy. The arrays are to be read,
    never written. After `from_columns`, `plan` holds everything but the units.

    >>> from govflow.organization import Level, OrganizationPlan, Pattern, build
    >>> levels = Level("committee"), Level("branch"), Level("group")
    >>> patterns = {"branch": Pattern("branch", 3), "group": Pattern("group", 2, households=10)}
    >>> org = build(OrganizationPlan("beida", levels, patterns))
    >>> org.escalation_path("household/3-2-7")
    ('group/3-2', 'branch/3', 'committee/beida')
    >>> org
    Organization(size=10, level_names=('committee', 'branch', 'group', 'department'))
    """

    size: int
    level_names: tuple[str, ...]
    plan: OrganizationPlan = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)
    superior: array[int] = field(repr=False)
    level: array[int] = field(repr=False)
    handlers: array[int] = field(repr=False)
    households: array[int] = field(repr=False)
    tie_rows: tuple[TieRow, ...] = field(repr=False)
    _index: Mapping[str, int] = field(repr=False)
    _made: array[int] = field(repr=False)
    _contacts: Mapping[str, int] = field(repr=False)
    _calendars: Mapping[int, str] = field(repr=False)
    _labels: Mapping[int, Label] = field(repr=False)
    _starts: tuple[int, ...] = field(repr=False)

    def index(self, unit: str) -> int:
        """Return the position of a unit; raise UnknownName, which tells the nearest, where there is none."""
        found = self._index.get(unit)
        if found is None:
            raise UnknownName("unit", unit, nearby(str(unit), self._index))
        return found

    def superior_of(self, unit: str) -> str | None:
        """Return the superior of a unit, None for the top and outside the hierarchy."""
        above = self.superior[self.index(unit)]
        return self.ids[above] if above >= 0 else None

    def subordinates(self, unit: str) -> tuple[str, ...]:
        """Return the units directly under a unit, in order."""
        at = self.index(unit)
        found: list[str] = []
        for first, end in zip(self._starts[1:-2], self._starts[2:-1], strict=True):
            low = bisect_left(self.superior, at, first, end)
            found += self.ids[low : bisect_right(self.superior, at, low, end)]
        return tuple(found)

    def escalation_path(self, unit: str) -> tuple[str, ...]:
        """Return the units from a unit, or from a household's contact unit, up to the top."""
        at = self._index.get(unit)
        return tuple(self.ids[up] for up in self._upwards(self._contact(unit) if at is None else at))

    def contact(self, household: str) -> str:
        """Return the one contact unit of a household; raise UnknownName where there is no such household."""
        return self.ids[self._contact(household)]

    def household_ids(self, unit: str) -> tuple[str, ...]:
        """Return the households whose contact a unit is: those made by number, then the written ones."""
        at = self.index(unit)
        made = tuple(made_id(unit, number) for number in range(1, self._made[at] + 1))
        return made + tuple(household for household, contact in self._contacts.items() if contact == at)

    def units(self, level: str | None = None) -> tuple[str, ...]:
        """Return the units of a level, ``department`` for those outside the hierarchy; without a level, all."""
        if level is None:
            return self.ids
        depth = self._depth(level)
        return self.ids[self._starts[depth] : self._starts[depth + 1]]

    def at_level(self, unit: str, level: str) -> str:
        """Return a unit's ancestor or itself at a level of the hierarchy, where that was skipped the next above.

        A unit that stands at the level or above it is its own answer (rule L3).
        """
        depth = self._depth(level)
        if depth == len(self.level_names) - 1:
            raise UsageError(
                f"{level!r} is no level of the hierarchy; ask for one of {', '.join(self.level_names[:-1])}"
            )
        at = self.index(unit)
        return self.ids[walks.climb(self.superior, self.level, at, depth)]

    def step_down(self, unit: str, home: str) -> str | None:
        """Return the unit one step from a unit down towards `home`, None where `home` is not below it."""
        return self._named(walks.step_down(self.superior, self.index(unit), self.index(home)))

    def referral(self, unit: str, category: str) -> str | None:
        """Return the department to which a unit refers a category: nearest at or above, then first by id."""
        table, at = self.referral_table, self.index(unit)
        code = table.code(category)
        return self._named(walks.referral(self.superior, table.first, table.categories, table.departments, at, code))

    def conference(self, unit: str) -> str | None:
        """Return the nearest unit, at or above a unit, that holds a joint conference; None where none does."""
        return self._named(walks.conference(self.superior, self.sits, self.index(unit)))

    def calendar(self, unit: int) -> str:
        """Return the name of the calendar of the unit at a position: its own, else its level's.

        Units outside the hierarchy keep the top level's calendar unless they have their own.
        """
        depth = self.level[unit] if unit < self.size else 0
        return self._calendars.get(unit) or self.plan.levels[depth].calendar

    def label(self, unit: str, lang: str = "en") -> str:
        """Return what a unit is called in a language: its own label, else its level's and its slug."""
        at = self.index(unit)
        own = _text(self._labels.get(at, {}), lang)
        kind, _, slug = unit.partition("/")
        outside = at >= self.size
        return own or f"{kind if outside else _text(self.plan.levels[self.level[at]].label, lang) or kind} {slug}"

    def count_by_level(self) -> dict[str, int]:
        """Return the number of units of each level, top first, ``department`` for those outside last."""
        return {name: self._starts[at + 1] - self._starts[at] for at, name in enumerate(self.level_names)}

    @property
    def total_households(self) -> int:
        """The number of households."""
        return sum(self.households)

    @property
    def total_handlers(self) -> int:
        """The number of handlers, those of units outside the hierarchy among them."""
        return sum(self.handlers)

    @cached_property
    def referrals(self) -> list[tuple[int, str | None, int]]:
        """The ``refers_to`` ties as (unit, category or None for every category, department), in order."""
        rows = [
            (self._index[row.source], category, self._index[row.target])
            for row in self.tie_rows
            if row.kind == "refers_to"
            for category in row.categories or (None,)
        ]
        return sorted(rows, key=lambda row: (row[0], row[1] is not None, row[1] or "", row[2]))

    @cached_property
    def conference_units(self) -> list[tuple[int, Conference]]:
        """The units that hold a joint conference, by position, each with it."""
        return [(at, self.plan.conferences[held]) for at, held in enumerate(self.sits) if held != walks.NONE]

    @cached_property
    def tie_kinds(self) -> list[tuple[TieKind, int, int]]:
        """The ties between two units as (kind, position, position); those of households and members left out."""
        at = self._index
        return [
            (row.kind, at[row.source], at[row.target]) for row in self.tie_rows if {row.source, row.target} <= at.keys()
        ]

    @cached_property
    def graph(self) -> DiGraph[str]:
        """The hierarchy as a frozen ``networkx.DiGraph``, superior → subordinate."""
        return hierarchy_graph(self)

    @cached_property
    def ties(self) -> MultiDiGraph[str]:
        """The ties across the hierarchy as a frozen ``networkx.MultiDiGraph``; the key of an edge is its kind."""
        return tie_graph(self)

    @cached_property
    def referral_table(self) -> ReferralTable:
        """The ``refers_to`` ties as columns, by unit and then by department."""
        return referral_table(self.referrals, len(self.ids))

    @cached_property
    def sits(self) -> Sequence[int]:
        """For every unit the position in the plan of the joint conference that it holds, or -1."""
        sits = array("i", [walks.NONE]) * len(self.ids)
        for position, held in enumerate(self.plan.conferences):
            depth = self._depth(held.level)
            for at in range(self._starts[depth], self._starts[depth + 1]):
                sits[at] = position
        return sits

    def _named(self, at: int) -> str | None:
        return None if at == walks.NONE else self.ids[at]

    def _upwards(self, at: int) -> Iterator[int]:
        while at >= 0:
            yield at
            at = self.superior[at]

    def _depth(self, level: str) -> int:
        if level not in self.level_names:
            raise UnknownName("level", level, self.level_names)
        return self.level_names.index(level)

    def _contact(self, household: str) -> int:
        at = self._contacts.get(household)
        if at is None:
            at = made_contact(household, self.level_names[:-1], self._index, self._made)
        if at is not None:
            return at
        if household.startswith(PREFIX):
            raise UnknownName("household", household, self._households_near(household))
        known = {**self._index, **self._contacts} if self._contacts else self._index
        raise UnknownName("unit or household", household, nearby(household, known))

    def _households_near(self, household: str) -> Sequence[str]:
        """Return written households, and the first and the last of each unit whose slug is near the one given."""
        slug = household.removeprefix(PREFIX).rpartition("-")[0]
        found = list(nearby(household, self._contacts))
        for level in self.level_names[:-1]:
            unit = nearest(f"{level}/{slug}", nearby(f"{level}/{slug}", self._index))
            if unit is not None and (count := self._made[self._index[unit]]):
                found += [made_id(unit, 1), made_id(unit, count)]
        return found


def _text(label: Label, lang: str) -> str | None:
    """Return a label in a language, else in English, else in any."""
    return label.get(lang) or label.get("en") or next(iter(label.values()), None)
