"""How long it takes on foot: points on the globe, a walker, with a street graph or without.

`Walk` answers two questions for many points at once, who is near whom (`pairs`) and how far the nearest is
(`nearest`); both are in whole seconds, rounded up. Nothing here knows what stands at a point or who lives there.
The street graph as arrays is in ``planning.streets``; ``planning.circle`` and ``planning.matching`` walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from govflow.calendar import SECOND
from govflow.errors import UsageError
from govflow.planning.checks import checked
from govflow.planning.streets import Footing, Streets, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_RADIUS = 6_371_008.8
"""Metres: the mean radius R1 of the WGS84 ellipsoid (Moritz 2000, *Geodetic Reference System 1980*)."""

WALKING_SPEED = 1.07
"""Metres a second, an assumption: 3.5 ft/s, the pace for which pedestrian signals are timed in the United States.

Source: FHWA, *Manual on Uniform Traffic Control Devices* 2009, section 4E.06. A quarter of an hour is 963 m then. Of
those over 65 crossing a street, 85 in 100 walked faster than 3.02 ft/s, 0.92 m/s (Gates, Noyce, Bill and Van Ee,
*Transportation Research Record* 1982, 2006).
"""

DETOUR = 1.3
"""Metres walked for each metre of straight distance, where no streets are given: an assumption.

On a rectangular grid of streets the mean over all directions is 4/π = 1.27, rounded up here. How walking networks
differ is measured by Boeing (2019, *The Morphology and Circuity of Walkable and Drivable Street Networks*).
"""

_SLACK = 1e-6  # seconds: what floating point may add to a whole number of seconds without making it one more


def _in_range(_: Point, attribute: Any, value: float) -> None:
    limit = 180 if attribute.name == "lon" else 90
    if not -limit <= value <= limit:
        raise UsageError(
            f"{attribute.name} {value}: a point is (lon, lat) in degrees of WGS84, and {attribute.name} lies "
            f"between -{limit} and {limit}; are the two swapped?"
        )


@checked
@frozen
class Point:
    """A point of WGS84 in degrees, longitude first as in GeoJSON; UsageError outside the globe.

    >>> Point(119.38, 25.72).lat
    25.72
    """

    lon: float = field(validator=_in_range)
    lat: float = field(validator=_in_range)


@checked
def great_circle(a: Point, b: Point) -> float:
    """Return the metres between two points along the sphere, by the haversine formula (Sinnott 1984).

    Against the ellipsoid it errs by at most 0.6 %.

    >>> round(great_circle(Point(0, 0), Point(1, 0)))
    111195
    """
    south, north = radians(a.lat), radians(b.lat)
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(half)))


def _positive(_: Walk, attribute: Any, value: float) -> None:
    least = 1.0 if attribute.name == "detour" else 0.0
    if not (value >= least and value > 0):
        raise UsageError(f"{attribute.name} {value}: must be a finite number, more than 0, and a detour at least 1")


@checked
@frozen
class Walk:
    """How people walk: `speed` in m/s, along `streets` where given, else straight times `detour`.

    With streets a way leads straight (times `detour`) to the nearest node, along the streets, and from the node
    nearest the goal straight to it. Where these are the same node, or two that a street joins, it leads straight from
    door to door if that is shorter: nobody walks to the corner and back to see a neighbour.

    >>> Walk().seconds([963.0])
    [900]
    """

    speed: float = field(default=WALKING_SPEED, validator=_positive)
    detour: float = field(default=DETOUR, validator=_positive)
    streets: Streets | None = None

    def seconds(self, metres: Any) -> list[int]:
        """Return whole seconds, rounded up, for finite metres."""
        seconds: list[int] = self._seconds(metres).tolist()
        return seconds

    def pairs(
        self, origins: Sequence[Point], goals: Sequence[Point], within: int
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return every pair at most `within` microseconds apart: arrays of origin, goal, seconds, in order."""
        import numpy as np

        metres = within / SECOND * self.speed
        if not origins or not goals:
            rows, columns, far = (np.zeros(0, int), np.zeros(0, int), np.zeros(0))
        elif self.streets is None:
            rows, columns, far = self._straight_pairs(origins, goals, metres)
        else:
            a, b = self._footing(origins), self._footing(goals)
            rows, columns, far = self.streets.pairs(a, b, metres + self.speed, self._straight)
        seconds = self._seconds(far)
        near = seconds * SECOND <= within
        rows, columns, seconds = rows[near], columns[near], seconds[near]
        order = np.lexsort((columns, rows))
        return rows[order], columns[order], seconds[order]

    def nearest(self, origins: Sequence[Point], goals: Sequence[Point]) -> list[int | None]:
        """Return for each goal the seconds from the nearest origin, or None where no origin leads there.

        With streets this is one search that starts from all origins at once.
        """
        import numpy as np

        if not origins or not goals:
            return [None] * len(goals)
        if self.streets is None:
            from scipy.spatial import cKDTree

            chords, _ = cKDTree(unit_vectors(origins)).query(unit_vectors(goals))
            metres = self._straight(chords)
        else:
            metres = self.streets.nearest(self._footing(origins), self._footing(goals), self._straight)
        reached = np.isfinite(metres)
        seconds = self._seconds(np.where(reached, metres, 0.0)).tolist()
        return [second if there else None for second, there in zip(seconds, reached.tolist(), strict=True)]

    def _seconds(self, metres: Any) -> NDArray[Any]:
        import numpy as np

        rounded: NDArray[Any] = np.ceil(np.asarray(metres, float) / self.speed - _SLACK).astype(np.int64)
        return rounded

    def _straight_pairs(self, origins: Sequence[Point], goals: Sequence[Point], metres: float) -> Any:
        import numpy as np
        from scipy.spatial import cKDTree

        angle = min((metres + self.speed) / self.detour / EARTH_RADIUS, np.pi)
        trees = cKDTree(unit_vectors(origins)), cKDTree(unit_vectors(goals))
        found = trees[0].sparse_distance_matrix(trees[1], 2 * sin(angle / 2) + 1e-12, output_type="ndarray")
        return found["i"], found["j"], self._straight(found["v"])

    def _footing(self, points: Sequence[Point]) -> Footing:
        """Return for each point its nearest node and the metres walked to it."""
        if self.streets is None:  # pragma: no cover - asked for with streets only
            raise UsageError("streets: none are given")
        vectors = unit_vectors(points)
        chords, nodes = self.streets.tree.query(vectors)
        return nodes, self._straight(chords), vectors

    def _straight(self, chords: Any) -> Any:
        """Return the metres walked without streets, for chords of the unit sphere."""
        import numpy as np

        return 2 * EARTH_RADIUS * np.arcsin(np.minimum(1.0, np.asarray(chords) / 2)) * self.detour
