"""Who stands by whom: members with what they bring, asks with what is asked for, and the pairs made of them.

Frozen values. A household says what it asks for and nothing about itself: an `Ask` has no field for how much it
matters, and none may be added (rule C6). ``planning.pairing`` brings the two together.
"""

from __future__ import annotations

from typing import Annotated

from attrs import field, frozen

from govflow.calendar import WEEKDAYS
from govflow.planning.checks import Name, Natural, Weekday, Whole, checked
from govflow.planning.inputs import names
from govflow.planning.walking import Point


@checked
@frozen
class Member:
    """A member who visits (or mentors): what they can do and speak, their days, and how many they take on.

    No `days`: any day; no `point`: from anywhere.
    """

    id: Name
    skills: frozenset[str] = field(default=frozenset(), converter=names)
    languages: frozenset[str] = field(default=frozenset(), converter=names)
    days: frozenset[Weekday] = field(default=frozenset(), converter=names)
    point: Point | None = None
    capacity: Natural = 1


@checked
@frozen
class Ask:
    """What `whom`, a household or a learner, asks for: `members` members who each have all `skills`.

    They speak one of `languages` and can come on one of `days` (none named: all will do). `prefers` are skills or
    languages that are welcome and no condition.
    """

    whom: Name
    skills: frozenset[str] = field(default=frozenset(), converter=names)
    languages: frozenset[str] = field(default=frozenset(), converter=names)
    days: frozenset[Weekday] = field(default=frozenset(), converter=names)
    point: Point | None = None
    members: Annotated[int, Whole(1, 1_000)] = 1
    prefers: frozenset[str] = field(default=frozenset(), converter=names)


@checked
@frozen(order=True)
class Pair:
    """A member and whom they stand by, with the weekdays that suit both, Monday first, and the way in seconds."""

    whom: Name
    member: Name
    days: tuple[Weekday, ...] = WEEKDAYS
    seconds: Natural = 0
