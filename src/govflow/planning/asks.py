"""Who stands by whom: members with what they bring, asks with what is asked for, and the pairs made of them.

Frozen values. A household says what it asks for and nothing about itself: an `Ask` has no field for how much it
matters, and none may be added (rule C6). ``planning.pairing`` brings the two together.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from govflow.calendar import WEEKDAYS
from govflow.errors import UnknownName
from govflow.planning.inputs import names, whole
from govflow.planning.walking import Point


def _weekdays(_: Any, __: Any, days: frozenset[str]) -> None:
    if unknown := sorted(days - set(WEEKDAYS)):
        raise UnknownName("weekday", unknown[0], WEEKDAYS)


@frozen
class Member:
    """A member who visits (or mentors): what they can do and speak, their days, and how many they take on.

    No `days`: any day; no `point`: from anywhere.
    """

    id: str
    skills: frozenset[str] = field(default=frozenset(), converter=names)
    languages: frozenset[str] = field(default=frozenset(), converter=names)
    days: frozenset[str] = field(default=frozenset(), converter=names, validator=_weekdays)
    point: Point | None = None
    capacity: int = field(default=1, validator=whole(0))


@frozen
class Ask:
    """What `whom`, a household or a learner, asks for: `members` members who each have all `skills`.

    They speak one of `languages` and can come on one of `days` (none named: all will do). `prefers` are skills or
    languages that are welcome and no condition.
    """

    whom: str
    skills: frozenset[str] = field(default=frozenset(), converter=names)
    languages: frozenset[str] = field(default=frozenset(), converter=names)
    days: frozenset[str] = field(default=frozenset(), converter=names, validator=_weekdays)
    point: Point | None = None
    members: int = field(default=1, validator=whole(1))
    prefers: frozenset[str] = field(default=frozenset(), converter=names)


@frozen(order=True)
class Pair:
    """A member and whom they stand by, with the weekdays that suit both, Monday first, and the way in seconds."""

    whom: str
    member: str
    days: tuple[str, ...] = WEEKDAYS
    seconds: int = 0
