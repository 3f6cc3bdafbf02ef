"""Whether the parts of a definition fit together: names, intake, arrivals, staffing, the shape of a week.

Each check takes a draft and yields faults with their places; none raises, none changes anything. What is sound
inside a lifecycle, an organization or a calendar is decided in their own rooms; behaviour is in
``community.behaviour``. Whether a sound definition is also wise is the matter of ``verification``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from attrs import evolve

from govflow.community.behaviour import behaviour_faults
from govflow.community.model import Arrivals, Community
from govflow.community.places import join, under
from govflow.community.sections import NO_PLAN, Draft
from govflow.community.sound import Names, unknown, weights
from govflow.community.structure import KEYS
from govflow.errors import DefinitionError, Fault
from govflow.lifecycle import check
from govflow.organization import Organization, OutsideUnit, TieRow

BUSIEST = 10_000
"""More cases per household and year than this (one every hour) are taken for a slip of the pen."""

RESERVED_CHANNEL = "category"
"""The key of an intake table that stands for the finer table, so that no channel can have this name."""


def draft_faults(draft: Draft) -> list[Fault]:
    """Return what does not fit together in a draft, in no particular order."""
    checks: tuple[Callable[[Draft], Iterable[Fault]], ...] = (
        _organization,
        _lifecycles,
        _calendars,
        _categories,
        _channels,
        _intake,
        _arrivals,
        _openings,
        _weeks,
        _staffing,
        _behaviour,
    )
    return [fault for check_one in checks for fault in check_one(draft)]


def _organization(draft: Draft) -> list[Fault]:
    if draft.community.plan == NO_PLAN:
        return []
    try:
        _ = draft.community.organization
    except DefinitionError as error:
        return [evolve(fault, path=_as_written(fault.path)) for fault in error.faults]
    return []


def _as_written(path: str) -> str:
    """Return the place of a fault by the keys of the file: a tie runs `from` one end `to` the other."""
    for attribute, key in KEYS[TieRow].items():
        path = re.sub(rf"^(organization\.ties\[\d+\])\.{attribute}$", rf"\1.{key}", path)
    return path


def _lifecycles(draft: Draft) -> Iterator[Fault]:
    levels, categories, channels = (draft.names[section] for section in ("levels", "categories", "channels"))
    for name, lifecycle in draft.community.lifecycles.items():
        path = join("lifecycle", name)
        yield from check(lifecycle, levels, categories, channels, path, lifecycles=draft.names["lifecycle"])


def _calendars(draft: Draft) -> Iterator[Fault]:
    plan, known = draft.community.plan, draft.names["calendars"]
    for level in plan.levels:
        yield from unknown(level.calendar, "calendar", known, join("levels", level.name, "calendar"))
    for at, unit in enumerate(plan.units):
        if unit.calendar is not None:
            yield from unknown(unit.calendar, "calendar", known, join("organization", "units", at, "calendar"))
    for outside in plan.outside:
        if outside.calendar is not None:
            yield from unknown(outside.calendar, "calendar", known, under(_outside(outside), "calendar"))


def _outside(unit: OutsideUnit) -> str:
    return join("organization", f"{unit.kind}s", unit.id.partition("/")[2])


def _categories(draft: Draft) -> Iterator[Fault]:
    known = draft.names["categories"]
    for name, category in draft.community.categories.items():
        if not 1 <= category.severity <= 4:
            text = f"must be 1 (urgent), 2, 3 or 4, not {category.severity}"
            yield Fault(join("categories", name, "severity"), "out_of_range", text)
    for outside in draft.community.plan.outside:
        for at, name in enumerate(outside.categories):
            yield from unknown(name, "category", known, under(_outside(outside), "categories", at))
    for row, tie in enumerate(draft.community.plan.ties):
        for at, name in enumerate(tie.categories):
            yield from unknown(name, "category", known, join("organization", "ties", row, "categories", at))


def _channels(draft: Draft) -> Iterator[Fault]:
    if RESERVED_CHANNEL in (draft.names["channels"] or ()):
        text = "cannot be the name of a channel: in an intake table it means the categories"
        yield Fault(join("channels", RESERVED_CHANNEL), "reserved_name", text)


def _intake(draft: Draft) -> Iterator[Fault]:
    names = draft.names
    for name, intake in draft.community.intake.items():
        path = join("intake", name)
        yield from unknown(name, "lifecycle", names["lifecycle"], path)
        yield from _levels_by_channel(intake.channel, names, path)
        for category, levels in intake.category.items():
            here = under(path, "category", category)
            yield from unknown(category, "category", names["categories"], here)
            yield from _levels_by_channel(levels, names, here)


def _levels_by_channel(table: Mapping[str, str], names: Names, path: str) -> Iterator[Fault]:
    for channel, level in table.items():
        yield from unknown(channel, "channel", names["channels"], under(path, channel))
        yield from unknown(level, "level", names["levels"], under(path, channel))


def _arrivals(draft: Draft) -> Iterator[Fault]:
    names = draft.names
    for name, rates in draft.community.assumptions.arrivals.items():
        path = join("assumptions", "arrivals", name)
        yield from unknown(name, "lifecycle", names["lifecycle"], path)
        for category, arrivals in rates.items():
            here = under(path, category)
            yield from unknown(category, "category", names["categories"], here)
            yield from _one_stream(arrivals, names, here)


def _one_stream(arrivals: Arrivals, names: Names, path: str) -> Iterator[Fault]:
    rate = arrivals.per_household_year
    if rate < 0:
        yield Fault(under(path, "per_household_year"), "negative", f"must not be negative, is {rate:g}")
    if rate > BUSIEST:
        text = f"is {rate:g} cases per household and year; {BUSIEST:,} is the most"
        yield Fault(under(path, "per_household_year"), "absurd_size", text)
    for channel in arrivals.channels:
        yield from unknown(channel, "channel", names["channels"], under(path, "channels", channel))
    yield from weights(arrivals.channels, under(path, "channels"))
    if arrivals.week != "always":
        yield from unknown(arrivals.week, "week", names["weeks"], under(path, "week"))
    if arrivals.severity:
        yield from weights(arrivals.severity, under(path, "severity"))


def _openings(draft: Draft) -> Iterator[Fault]:
    """Yield a fault for each channel through which cases come in, but of which no intake says where they open."""
    community, unmapped = draft.community, dict[tuple[str, str], list[str]]()
    for lifecycle, category, channel in _streams(community):
        if channel in community.channels and _level(community, lifecycle, category, channel) is None:
            unmapped.setdefault((lifecycle, channel), []).append(category)
    for (lifecycle, channel), categories in unmapped.items():
        more = f" and {len(categories) - 1} more" if len(categories) > 1 else ""
        text = f"is missing: cases ({categories[0]}{more}) come in this way, name the level at which they open"
        yield Fault(join("intake", lifecycle, channel), "missing_key", text)


def _used(arrivals: Arrivals) -> list[str]:
    return [name for name, weight in arrivals.channels.items() if weight > 0] if arrivals.per_household_year > 0 else []


def _level(community: Community, lifecycle: str, category: str, channel: str) -> str | None:
    with suppress(KeyError):
        return community.intake[lifecycle].level(channel, category)
    return None


def _weeks(draft: Draft) -> Iterator[Fault]:
    for name, days in draft.community.assumptions.weeks.items():
        path = join("assumptions", "weeks", name)
        if name == "always":
            yield Fault(path, "reserved_name", "is always there and flat; choose another name")
        if all(days.values()) and not any(map(any, days.values())):
            yield Fault(path, "empty", "must have a weight above zero in some hour of the week")


def _staffing(draft: Draft) -> Iterator[Fault]:
    """Yield a fault for each intake level at which cases open at units that have nobody to take them."""
    community = draft.community
    if community.plan == NO_PLAN:
        return
    with suppress(DefinitionError):
        org = community.organization
        empty = _empty_units(org)
        told: set[str] = set()
        for lifecycle, category, channel in _streams(community) if empty else ():
            level = _level(community, lifecycle, category, channel)
            if level in org.level_names[:-1] and level not in told and _queues(community, lifecycle):
                depth = org.level_names.index(level)
                units = [unit for unit, above, below in empty if above <= depth < below]
                told.add(level)
                if units:
                    opening = f"{lifecycle} cases ({category} by {channel}) open"
                    yield _unstaffed(community, level, [org.ids[unit] for unit in units], opening)


def _empty_units(org: Organization) -> list[tuple[int, int, int]]:
    """Return the units without handlers at which cases of some household can open: (unit, first depth, end of depths).

    A case opens at the nearest unit, at or above the home, that stands at the intake's level or above it. So it
    opens at a unit for every level from the unit's own down to the one above the deepest subordinate with homes
    under it, and for every level if the unit is a home itself.
    """
    end = len(org.level_names)
    if org.size == 0 or min(org.handlers[: org.size]) > 0:
        return []
    below = [end if homes > 0 else 0 for homes in org.households[: org.size]]
    for unit in range(org.size - 1, 0, -1):
        if below[unit] > 0:
            below[org.superior[unit]] = max(below[org.superior[unit]], org.level[unit])
    return [(unit, org.level[unit], below[unit]) for unit in range(org.size) if org.handlers[unit] == 0]


def _unstaffed(community: Community, level: str, units: list[str], opening: str) -> Fault:
    more = f" and {len(units) - 1:,} more units" if len(units) > 1 else ""
    text = f"{units[0]!r}{more} without a handler, but {opening} there; give it one, or open them at another level"
    return Fault(_handlers_place(community, level, units[0]), "unstaffed_arrivals", text)


def _streams(community: Community) -> Iterator[tuple[str, str, str]]:
    for lifecycle, rates in community.assumptions.arrivals.items():
        for category, arrivals in rates.items():
            for channel in _used(arrivals):
                yield lifecycle, category, channel


def _queues(community: Community, lifecycle: str) -> bool:
    cycle = community.lifecycles.get(lifecycle)
    return cycle is not None and cycle.start in cycle.states and cycle.states[cycle.start].kind == "queue"


def _handlers_place(community: Community, level: str, unit: str) -> str:
    for at, row in enumerate(community.plan.units):
        if row.id == unit:
            return join("organization", "units", at, "handlers")
    pattern = community.plan.patterns.get(level)
    table = pattern.handlers if pattern is not None else 1
    path = join("organization", "patterns", level, "handlers")
    return under(path, unit) if isinstance(table, Mapping) and unit in table else path


def _behaviour(draft: Draft) -> Iterator[Fault]:
    yield from behaviour_faults(draft.community, draft.names)
