"""The 15-minute service circle: what is within reach on foot, and where a service is missing.

A map is resources, each with a kind, a point, a working calendar and the time it stands, so it is current at any
instant asked about. Homes come in only to say where the *service* has gaps: no home is weighed or put in an order
that means anything, tables count them by unit and hide counts under 5 (rule C6). Walking is in ``planning.walking``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from govflow.calendar import MINUTE, SECOND, Calendar, local_time
from govflow.errors import UnknownName, UsageError
from govflow.planning.checks import Instant, Name, Natural, checked
from govflow.planning.extra import require
from govflow.planning.inputs import refuse, twice
from govflow.planning.walking import Point, Walk
from govflow.program.counting import FEWEST


@checked
@frozen
class Resource:
    """Something people go to: a clinic, a shop, a book house; `kind` is what service tables speak of.

    It stands from `since` to `until` (instants, half-open; None: always did, for good). `calendar` names its opening
    hours, None: it never closes.
    """

    id: Name
    kind: Name
    point: Point
    name: str = ""
    calendar: str | None = None
    since: Instant | None = None
    until: Instant | None = None

    def __attrs_post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            text = f"resource {self.id!r} stands from {self.since} to {self.until}"
            raise UsageError(f"{text}: its end must come after its beginning")

    def stands_at(self, at: Instant) -> bool:
        """Say whether the resource is there at the instant `at`, open or closed."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@checked
@frozen
class Home:
    """Where a household lives and the unit in whose row of a table it is counted."""

    household: Name
    point: Point = field(repr=False)
    unit: Name


@checked
@frozen
class Reached:
    """A resource and the seconds on foot to it."""

    resource: Resource
    seconds: Natural


@checked
@frozen
class GapRow:
    """A line of a table that may be published: of `households` in `unit`, `lacking` have no such `kind` in reach.

    None where the count itself, or what it leaves over, is from 1 to 4 households.
    """

    kind: Name
    unit: Name
    households: Natural | None
    lacking: Natural | None


@checked
@frozen
class Gaps:
    """Where a service is missing: the rows by kind and unit are for everyone, `lacking` is for whoever plans."""

    within: Natural
    rows: tuple[GapRow, ...]
    lacking: Mapping[str, tuple[str, ...]] = field(repr=False)
    """By kind, the ids of the households without one in reach: in order of id, which says nothing of them."""


@checked
def standing(resources: Iterable[Resource], at: Instant) -> tuple[Resource, ...]:
    """Return the map as it is at the instant `at`: the resources that stand then, in order of id."""
    return tuple(sorted((r for r in resources if r.stands_at(at)), key=_id))


@checked
def open_at(resources: Iterable[Resource], at: Instant, calendars: Mapping[str, Calendar]) -> tuple[Resource, ...]:
    """Return the resources that stand and are open at the instant `at`, in order of id.

    UnknownName for a calendar that is not among `calendars`; ``community.calendars`` will do.

    >>> clinic = Resource("clinic", "medical", Point(119.38, 25.72), until=100)
    >>> [len(open_at([clinic], at, {})) for at in (0, 100)]
    [1, 0]
    """
    return tuple(r for r in standing(resources, at) if r.calendar is None or _named(calendars, r.calendar).working(at))


@checked
def within_reach(
    point: Point, resources: Iterable[Resource], *, within: Natural = 15 * MINUTE, walk: Walk | None = None
) -> tuple[Reached, ...]:
    """Return what can be reached on foot from `point` `within` so many microseconds, the nearest first, then by id.

    >>> clinic = Resource("clinic", "medical", Point(119.38, 25.72))
    >>> [reached.seconds for reached in within_reach(Point(119.385, 25.72), [clinic])]
    [609]
    """
    require("the service circle", "numpy", "scipy")
    ordered = _unique(resources)
    _, goals, seconds = (walk or Walk()).pairs([point], [r.point for r in ordered], within)
    reached = [Reached(ordered[goal], second) for goal, second in zip(goals.tolist(), seconds.tolist(), strict=True)]
    return tuple(sorted(reached, key=lambda r: (r.seconds, r.resource.id)))


@checked
def service_gaps(
    homes: Iterable[Home],
    resources: Iterable[Resource],
    *,
    kinds: Iterable[str] | None = None,
    within: Natural = 15 * MINUTE,
    walk: Walk | None = None,
) -> Gaps:
    """Return where each kind of resource is out of reach: for the units in rows, for whoever plans by household.

    `kinds` are those that should be there, by default those that are; one search a kind answers for all homes.
    DefinitionError for a household or a resource given twice.

    >>> homes = [Home(f"h-{n}", Point(119.38, 25.72), "group/1") for n in range(6)]
    >>> service_gaps(homes, [], kinds=["shop"]).rows
    (GapRow(kind='shop', unit='group/1', households=6, lacking=6),)
    """
    require("the service circle", "numpy", "scipy")
    ordered, placed = _unique(resources), _unique_homes(homes)
    walker, rows, lacking = walk or Walk(), [], {}
    for kind in sorted(set(kinds) if kinds is not None else {r.kind for r in ordered}):
        near = walker.nearest([r.point for r in ordered if r.kind == kind], [home.point for home in placed])
        without = [home for home, s in zip(placed, near, strict=True) if s is None or s * SECOND > within]
        lacking[kind] = tuple(home.household for home in without)
        rows += _rows(kind, placed, without)
    return Gaps(within, tuple(rows), lacking)


@checked
def to_geojson(resources: Iterable[Resource], *, homes: Iterable[Home] = ()) -> dict[str, Any]:
    """Return the map as a GeoJSON FeatureCollection (RFC 7946): longitude first, seven decimals, in order of id.

    Homes are on it only if they are given. `since` and `until` are ISO times in UTC; what is not said is left out.

    >>> to_geojson([Resource("clinic", "medical", Point(119.38, 25.72))])["features"][0]["geometry"]
    {'type': 'Point', 'coordinates': [119.38, 25.72]}
    """
    features = [_feature(r.id, r.point, _properties(r)) for r in _unique(resources)]
    features += [_feature(h.household, h.point, {"kind": "household", "unit": h.unit}) for h in _unique_homes(homes)]
    return {"type": "FeatureCollection", "features": features}


def _feature(key: str, point: Point, properties: dict[str, str]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [round(point.lon, 7), round(point.lat, 7)]}
    return {"type": "Feature", "id": key, "geometry": place, "properties": properties}


def _properties(resource: Resource) -> dict[str, str]:
    said = {"kind": resource.kind, "name": resource.name, "calendar": resource.calendar}
    times = {"since": resource.since, "until": resource.until}
    said |= {key: None if at is None else local_time(at, "UTC").isoformat() for key, at in times.items()}
    return {key: value for key, value in said.items() if value}


def _rows(kind: str, homes: Sequence[Home], without: Sequence[Home]) -> list[GapRow]:
    all_, lacking = Counter(home.unit for home in homes), Counter(home.unit for home in without)
    return [GapRow(kind, unit, *_published(all_[unit], lacking[unit])) for unit in sorted(all_)]


def _published(households: int, lacking: int) -> tuple[int | None, int | None]:
    """Return both counts, or None for what would tell of fewer than five households."""
    if households < FEWEST:
        return None, None
    small = any(0 < part < FEWEST for part in (lacking, households - lacking))
    return households, None if small else lacking


def _named(calendars: Mapping[str, Calendar], name: str) -> Calendar:
    if name not in calendars:
        raise UnknownName("calendar", name, calendars)
    return calendars[name]


def _id(resource: Resource) -> str:
    return resource.id


def _unique(resources: Iterable[Resource]) -> list[Resource]:
    ordered = sorted(resources, key=_id)
    refuse("map", twice("resources", [resource.id for resource in ordered]))
    return ordered


def _unique_homes(homes: Iterable[Home]) -> list[Home]:
    ordered = sorted(homes, key=lambda home: home.household)
    refuse("map", twice("households", [home.household for home in ordered]))
    return ordered
