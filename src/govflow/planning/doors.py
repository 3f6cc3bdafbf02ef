"""Doors: where households live, and the one walk past all of them that patches are cut from.

The walk goes through the buildings in order, entrance by entrance, and like a serpentine: up one staircase, down the
next. Neighbours on a floor, floors next to each other and buildings next to each other follow one another on it.
Nothing here knows a team; ``planning.patches`` cuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal, get_args

from attrs import frozen

from govflow.errors import UnknownName, UsageError
from govflow.planning.checks import Name, checked
from govflow.planning.inputs import natural, refuse, twice

Whole = Literal["household", "floor", "entrance", "building"]
"""What is never divided between two teams."""


@checked
@frozen
class Door:
    """The door of a household: its building, its floor (a basement is below 0), and its entrance (单元) if told."""

    household: Name
    building: Name
    floor: int = 1
    entrance: str = ""


def walk(doors: Iterable[Door], *, order: Sequence[str] = ()) -> tuple[Door, ...]:
    """Return the doors in the order of the walk, which does not depend on the order they are given in.

    `order` lists the buildings as one walks from each to its neighbour; without it they follow their names. Within
    a building entrances follow their names, the first is walked upwards, the next downwards, and doors on a floor
    follow their households' ids. DefinitionError for a household with two doors and for a building listed twice,
    UnknownName for one that `order` leaves out.

    >>> [d.household for d in walk([Door("c", "2", 1), Door("b", "1", 9), Door("a", "1", 8)])]
    ['a', 'b', 'c']
    """
    doors = sorted(doors, key=lambda door: door.household)
    refuse("walk", [*twice("household", [d.household for d in doors]), *twice("building", order)])
    places = {building: place for place, building in enumerate(order)}
    if order and (missing := sorted({door.building for door in doors} - set(places))):
        raise UnknownName("building in the order of the walk", missing[0], places)
    households = {door.household: natural(door.household) for door in doors}
    flights = sorted({(door.building, door.entrance) for door in doors}, key=lambda f: _flight_key(places, *f))
    upward = {flight: at % 2 == 0 for at, flight in enumerate(flights)}
    rank = {flight: at for at, flight in enumerate(flights)}

    def key(door: Door) -> tuple[int, int, object]:
        flight = (door.building, door.entrance)
        return rank[flight], door.floor if upward[flight] else -door.floor, households[door.household]

    return tuple(sorted(doors, key=key))


def cuts(walked: Sequence[Door], whole: Whole) -> list[int]:
    """Return after how many doors of the walk a patch may end; the last of them is after all doors.

    >>> cuts([Door("a", "1", 8), Door("b", "1", 8), Door("c", "1", 9)], "floor")
    [2, 3]
    """
    if whole not in get_args(Whole):
        raise UsageError(f"whole is {whole!r}: what is never divided is one of {', '.join(get_args(Whole))}")
    depth = {"building": 1, "entrance": 2, "floor": 3, "household": 4}[whole]
    ends, end = [], 0
    for _, group in groupby(walked, key=lambda d: (d.building, d.entrance, d.floor, d.household)[:depth]):
        end += sum(1 for _ in group)
        ends.append(end)
    return ends


def _flight_key(places: dict[str, int], building: str, entrance: str) -> tuple[int, object, str, object, str]:
    """Return where a staircase stands on the walk; a name itself settles what numbers leave open, 7 and 07."""
    return places.get(building, 0), natural(building), building, natural(entrance), entrance
