"""The organization as written down: levels, patterns, departments, ties. Pure data.

``organization.build`` makes an `Organization` (arrays and queries) out of an `OrganizationPlan`; a plan stays
small however many units its patterns make (rule O3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

Label = Mapping[str, str]

TieKind = Literal["partners", "refers_to", "assists", "covers", "pairs_with"]


@frozen
class Level:
    """One level of the hierarchy, listed from the top down. `calendar` names the working calendar of its units.

    Of a restricted case the units above its home see nothing but where their level `sees_restricted`: the branch's.
    """

    name: str
    calendar: str = "default"
    may_skip: bool = False
    handling_roles: tuple[str, ...] = ("handler",)
    sees_restricted: bool = False
    label: Label = field(factory=dict)


@frozen
class Conference:
    """A joint conference: which level's units hold it, when, and how many matters one session takes (rule S5).

    `every` is a number of weeks, `weekday` ``mon``…``sun``, `time` ``HH:MM`` in the community's zone. `parties` are the
    units that sit at the table, as far as they are named; `quorum` of them must be there for anything to be decided.
    """

    level: str
    weekday: str
    time: str
    every: int = 1
    capacity: int = 5
    parties: tuple[str, ...] = ()
    quorum: int = 0
    source: str = "assumption"


@frozen
class Pattern:
    """How many units of a level stand under each unit of the level above.

    Each of `each`, `handlers` and `households` is a number, or a table from unit id to number with a
    ``default``: `each` is keyed by the superior's id, the others by the unit's own. `names` are the slugs of
    the first units under each superior, the rest are numbered; a slug continues its superior's:
    ``host/3-2-11``. `households_total` spreads that many households evenly over the level instead.
    """

    level: str
    each: int | Mapping[str, int] = 1
    names: tuple[str, ...] = ()
    handlers: int | Mapping[str, int] = 1
    households: int | Mapping[str, int] = 0
    households_total: int | None = None
    source: str = "assumption"
    labels: Mapping[str, Label] = field(factory=dict)


@frozen
class UnitRow:
    """A unit written out one by one: id ``level/slug``, its superior's id, handlers, households of its own."""

    id: str
    superior: str | None = None
    handlers: int = 1
    households: int = 0
    calendar: str | None = None
    label: Label = field(factory=dict)


@frozen
class OutsideUnit:
    """A department, partner unit or work team: it stands outside the hierarchy and is tied to it.

    A department `serves` units (``refers_to`` ties from them, for `categories`; the top unit when empty).
    """

    id: str
    kind: Literal["department", "partner", "team"]
    serves: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    handlers: int = 0
    calendar: str | None = None
    label: Label = field(factory=dict)
    source: str = "assumption"


@frozen
class Post:
    """A member's place in a unit and the role it carries."""

    unit: str
    member: str
    role: str = "handler"


@frozen
class TieRow:
    """A typed edge across the hierarchy; `categories` narrows a ``refers_to`` tie."""

    kind: TieKind
    source: str
    target: str
    categories: tuple[str, ...] = ()


@frozen
class HouseholdRow:
    """A household written out one by one, with its one contact unit."""

    id: str
    contact: str


@frozen
class OrganizationPlan:
    """Everything written about who answers to whom. `levels` run from the top down; the top has one unit.

    `top` is the slug of the top unit. Patterns and rows may be mixed: rows add to what patterns make.
    """

    top: str
    levels: tuple[Level, ...]
    patterns: Mapping[str, Pattern] = field(factory=dict)
    units: tuple[UnitRow, ...] = ()
    outside: tuple[OutsideUnit, ...] = ()
    members: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()
    households: tuple[HouseholdRow, ...] = ()
    ties: tuple[TieRow, ...] = ()
    conferences: tuple[Conference, ...] = ()
