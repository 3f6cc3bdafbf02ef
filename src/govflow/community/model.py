"""The bundle: one community, whole, as plain data, with what the simulation assumes of it.

``community.format`` reads it from TOML, ``community.writing`` writes it back; ``program`` compiles it. A reported
figure and an invented one are told apart by a field, never by a comment.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from attrs import evolve, field, frozen

from govflow.calendar import Calendar
from govflow.lifecycle import Lifecycle
from govflow.organization import Organization, OrganizationPlan, build

Label = Mapping[str, str]

Bound = Literal["exact", "at_least", "at_most", "about", "nearly"]
"""How to read a figure that a report gives: ``nearly`` is close to it and not above it."""


@frozen
class Category:
    """What a case is about; `severity` 1 (urgent) to 4 is its default until a person decides otherwise."""

    name: str
    severity: int = 3
    label: Label = field(factory=dict)
    source: str = "assumption"


@frozen
class Intake:
    """At which level a case opens: by channel, and more precisely by (category, channel)."""

    channel: Mapping[str, str]
    category: Mapping[str, Mapping[str, str]] = field(factory=dict)

    def level(self, channel: str, category: str) -> str:
        """Return the level at which a case of this category through this channel opens; KeyError if unmapped."""
        return self.category.get(category, {}).get(channel) or self.channel[channel]


@frozen
class Figure:
    """A figure that a report gives: its `value`, how to read it, and where it stands."""

    name: str
    value: float
    bound: Bound = "exact"
    source: str = ""
    label: Label = field(factory=dict)


@frozen
class Distribution:
    """A distribution of a duration. `kind` names it, `parameters` are in the kind's own terms.

    ``constant(value)``, ``exponential(mean)``, ``uniform(low, high)``, ``triangular(low, mode, high)``,
    ``lognormal(mean, cv)``, ``weibull(mean, shape)``, ``quantiles(at=[0, …, 1], values=[…])``: durations are
    `Duration`, the rest plain numbers.
    """

    kind: str
    parameters: Mapping[str, Any]


@frozen
class Behaviour:
    """What is assumed to happen in one state: how long it takes and how it ends (rule S2).

    `time` and `outcomes` (weights by trigger, adding up to 1) are looked up separately; the most specific
    wins: ``category.C.at.L``, ``category.C``, ``at.L``, plain. None means: look further out.
    """

    time: Distribution | None = None
    outcomes: Mapping[str, float] | None = None
    at: Mapping[str, Behaviour] = field(factory=dict)
    category: Mapping[str, Behaviour] = field(factory=dict)
    source: str = "assumption"


@frozen
class Arrivals:
    """How often households bring a category: cases per household and year, by which channels, in which hours.

    `severity` weights 1–4 are drawn when a transition sets the severity; none: the category's default.
    `week` names a week profile of the assumptions, ``always`` is flat.
    """

    per_household_year: float
    channels: Mapping[str, float]
    week: str = "always"
    severity: Mapping[int, float] = field(factory=dict)
    source: str = "assumption"


@frozen
class Assumptions:
    """All that is assumed and not reported: arrivals and behaviour by lifecycle, and the shape of a week.

    `weeks` maps a profile's name to weekday → 24 hourly weights (only the ratios matter).
    """

    arrivals: Mapping[str, Mapping[str, Arrivals]] = field(factory=dict)
    behaviour: Mapping[str, Mapping[str, Behaviour]] = field(factory=dict)
    weeks: Mapping[str, Mapping[str, tuple[float, ...]]] = field(factory=dict)
    source: str = "assumption"


@frozen
class Community:
    """One whole written-down definition: organization, lifecycles, calendars, rules and assumptions."""

    name: str
    plan: OrganizationPlan = field(repr=False)
    calendars: Mapping[str, Calendar] = field(repr=False)
    categories: Mapping[str, Category] = field(repr=False)
    channels: Mapping[str, Label] = field(repr=False)
    lifecycles: Mapping[str, Lifecycle] = field(repr=False)
    intake: Mapping[str, Intake] = field(factory=dict, repr=False)
    assumptions: Assumptions = field(factory=Assumptions, repr=False)
    figures: Mapping[str, Figure] = field(factory=dict, repr=False)
    zone: str = "Asia/Shanghai"
    start: str = "2026-01-05"
    edition: str = "1"
    source: str = ""
    label: Label = field(factory=dict, repr=False)
    format: int = 1

    @cached_property
    def organization(self) -> Organization:
        """The hierarchy of units that the plan describes, built once, with its queries."""
        return build(self.plan)

    def with_(self, **changes: Any) -> Community:
        """Return this community with other fields; see `govflow.community.changed` for single keys."""
        return evolve(self, **changes)
