"""The sections of a definition, read one by one into a draft of the community.

A draft holds what could be read; names that are written but could not be read are still known, so that nothing
else is told that they are missing. Whether the parts fit together is decided in ``community.checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from attrs import evolve, field, fields, frozen

from govflow.calendar import WEEKDAYS, Calendar, local_time, parse_instant
from govflow.community import places, values
from govflow.community.faultfinding import Reader
from govflow.community.model import Arrivals, Assumptions, Behaviour, Category, Community, Figure, Intake, Label
from govflow.community.sound import Names
from govflow.community.structure import KIND
from govflow.errors import Fault, UnknownName, UsageError, hint
from govflow.lifecycle import Lifecycle
from govflow.organization import (
    Conference,
    HouseholdRow,
    Level,
    OrganizationPlan,
    OutsideUnit,
    Pattern,
    Post,
    TieRow,
    UnitRow,
)

OUTSIDE: Mapping[str, Literal["department", "partner", "team"]] = {
    "departments": "department",
    "partners": "partner",
    "teams": "team",
}
"""The sections of outside units, and the kind that each holds."""

NO_PLAN = OrganizationPlan(top="", levels=())
"""Stands in a draft for an organization that could not be read."""


@frozen
class Definition:
    """The head of a definition: all keys that are not sections."""

    format: int
    name: str
    edition: str = "1"
    zone: str = "Asia/Shanghai"
    start: str = "2026-01-05"
    source: str = ""
    label: Label = field(factory=dict)


@frozen
class _Organization:
    """What ``[organization]`` holds besides outside units."""

    top: str
    patterns: Mapping[str, Pattern] = field(factory=dict)
    units: tuple[UnitRow, ...] = ()
    members: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()
    households: tuple[HouseholdRow, ...] = ()
    ties: tuple[TieRow, ...] = ()
    conferences: tuple[Conference, ...] = ()


SECTIONS = (
    "levels",
    "organization",
    "calendars",
    "categories",
    "channels",
    "intake",
    "lifecycle",
    "assumptions",
    "figures",
)
NEEDED = ("levels", "organization", "calendars", "categories", "channels", "lifecycle")
HEAD = ("format", "name", "edition", "zone", "start", "source", "label")


@frozen(eq=False)
class Draft:
    """What could be read of a definition: a `community`, and the `names` written in each of its sections.

    `faults` are those of reading alone, `lost` the path and name of things that had to be left out. The
    organization is `NO_PLAN` where it cannot be built.
    """

    community: Community
    names: Names
    faults: tuple[Fault, ...]
    lost: tuple[tuple[str, str], ...]


def read(data: Mapping[str, Any]) -> Draft:
    """Read a merged definition, section by section; nothing is raised, everything is noted."""
    reader = Reader()
    head = _head(reader, data)
    sections = {name: reader.table(data.get(name, {}), name) for name in SECTIONS}
    lifecycles = reader.each(Lifecycle, sections["lifecycle"], "lifecycle")
    community = Community(
        **{name: getattr(head, name) for name in HEAD},
        plan=_plan(reader, sections["levels"], sections["organization"]),
        calendars=_calendars(reader, sections["calendars"], head.zone),
        categories=reader.each(Category, sections["categories"], "categories"),
        channels=_channels(reader, sections["channels"]),
        lifecycles=lifecycles,
        intake=_singly(reader, Intake, sections["intake"], "intake"),
        assumptions=_assumptions(reader, sections["assumptions"]),
        figures=reader.each(Figure, sections["figures"], "figures"),
    )
    names: dict[str, tuple[str, ...] | None] = {name: tuple(table) or None for name, table in sections.items()}
    weeks = sections["assumptions"].get("weeks", {})
    names["weeks"] = tuple(weeks) if isinstance(weeks, Mapping) else None
    return Draft(community, names, tuple(reader.faults), tuple(reader.lost))


def _head(reader: Reader, data: Mapping[str, Any]) -> Definition:
    for name in NEEDED:
        if name not in data:
            reader.faults.append(Fault(name, "missing_key", "is missing: every definition needs this section"))
        elif data[name] == {}:
            reader.faults.append(Fault(name, "empty", "is empty: every definition needs something here"))
    known = (*HEAD, "use", *SECTIONS)
    for key in data:
        if key not in known:
            text = f"is not a key of a definition{hint(str(key), known)}"
            reader.faults.append(Fault(places.join(str(key)), "unknown_key", text))
    head = reader.one(Definition, {key: data[key] for key in HEAD if key in data}, "") or Definition(1, "unnamed")
    if head.format != 1:
        reader.faults.append(Fault("format", "bad_value", f"must be 1, the only format there is, not {head.format}"))
    if not head.name.strip() or not head.name.isprintable():
        reader.faults.append(Fault("name", "bad_name", "must be a word or two that can be printed"))
    return _in_time(reader, head)


def _in_time(reader: Reader, head: Definition) -> Definition:
    """Note an unknown zone and a start that is no date; return the head with a zone that is known."""
    try:
        local_time(0, head.zone)
    except UnknownName as error:
        reader.faults.append(Fault("zone", "unknown_name", str(error)))
        head = evolve(head, zone="UTC")
    try:
        parse_instant(head.start, head.zone)
    except UsageError as error:
        reader.faults.append(Fault("start", "bad_value", str(error)))
    return head


def _plan(reader: Reader, levels: Mapping[str, Any], organization: Mapping[str, Any]) -> OrganizationPlan:
    before = len(reader.faults)
    rungs = reader.each(Level, levels, "levels")
    outside: list[OutsideUnit] = []
    for section, kind in OUTSIDE.items():
        inner = reader.table(organization.get(section, {}), places.join("organization", section))
        units = reader.each(OutsideUnit, inner, places.join("organization", section), **{KIND: kind})
        outside += [evolve(unit, id=f"{kind}/{name}") for name, unit in units.items()]
    rest = {key: value for key, value in organization.items() if key not in OUTSIDE}
    plan = reader.one(_Organization, rest, "organization") if organization else None
    serious = [fault for fault in reader.faults[before:] if fault.code != "unknown_key"]
    if plan is None or not rungs or serious:
        return NO_PLAN
    parts = {a.name: getattr(plan, a.name) for a in fields(_Organization)}
    return OrganizationPlan(levels=tuple(rungs.values()), outside=tuple(outside), **parts)


def _calendars(reader: Reader, section: Mapping[str, Any], zone: str) -> dict[str, Calendar]:
    """Read the calendars; their own room says what is wrong inside them."""
    made: dict[str, Calendar] = {}
    for name, data in section.items():
        here = places.join("calendars", name)
        calendar = reader.guard(partial(Calendar.from_data, name, data, zone), here)
        if calendar is not None:
            made[name] = calendar
    return made


def _channels(reader: Reader, section: Mapping[str, Any]) -> dict[str, Label]:
    return _singly(reader, Mapping[str, str], section, "channels")


def _singly(reader: Reader, kind: Any, section: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Read a table of things that do not hold their own names."""
    read = {}
    for name, value in section.items():
        here = places.under(path, name)
        if not places.is_name(name):
            reader.faults.append(Fault(here, "bad_name", f"{name!r} cannot be a name: use letters, digits, '_', '-'"))
        elif (one := reader.one(kind, value, here)) is not None:
            read[name] = one
    return read


def _assumptions(reader: Reader, section: Mapping[str, Any]) -> Assumptions:
    known = ("arrivals", "behaviour", "weeks", "source")
    for key in section:
        if key not in known:
            text = f"is not a key of the assumptions{hint(key, known)}"
            reader.faults.append(Fault(places.join("assumptions", key), "unknown_key", text))
    source = reader.guard(lambda: values.text(section.get("source", "assumption")), "assumptions.source")
    weeks = reader.table(section.get("weeks", {}), "assumptions.weeks")
    return Assumptions(
        arrivals=_two_deep(reader, Arrivals, section, "arrivals"),
        behaviour=_two_deep(reader, Behaviour, section, "behaviour"),
        weeks={name: _week(reader, week, places.join("assumptions", "weeks", name)) for name, week in weeks.items()},
        source=source or "",
    )


def _two_deep(reader: Reader, kind: Any, section: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    path = places.join("assumptions", key)
    outer = reader.table(section.get(key, {}), path)
    tables = {name: reader.table(inner, places.under(path, name)) for name, inner in outer.items()}
    return {name: _singly(reader, kind, inner, places.under(path, name)) for name, inner in tables.items()}


def _week(reader: Reader, value: Any, path: str) -> dict[str, tuple[float, ...]]:
    """Read hourly weights by weekday or range of weekdays, ``"mon-fri" = [24 numbers]``."""
    week: dict[str, tuple[float, ...]] = {}
    for key, weights in reader.table(value, path).items():
        here = places.under(path, key)
        hours = reader.guard(partial(values.hours, weights), here)
        for day in reader.guard(partial(weekdays, key), here) or ():
            if day in week:
                reader.faults.append(Fault(here, "duplicate", f"{day} has its weights already; name each day once"))
            week[day] = hours or ()
    return week


def weekdays(key: str) -> tuple[str, ...]:
    """Return the weekdays that a key such as ``mon-fri`` or ``sat`` names.

    >>> weekdays("fri-sun")
    ('fri', 'sat', 'sun')
    """
    first, dash, last = key.partition("-")
    for name in (first, last) if dash else (first,):
        if name not in WEEKDAYS:
            raise values.refuse("unknown_key", f"unknown weekday {name!r}{hint(name, WEEKDAYS)}")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
    if end < start:
        raise values.refuse("backward", f"runs backward; a week begins on mon: write '{first}-sun' and 'mon-{last}'")
    return WEEKDAYS[start : end + 1]
