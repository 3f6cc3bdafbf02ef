"""A year of duties for fifty people, at the scale that planning promises: a model that tests and measurements share."""

from __future__ import annotations

import random
from itertools import count

from attrs import evolve

from govflow.calendar import ALWAYS, DAY, HOUR, Calendar
from govflow.planning.duty import DutyRules, Person
from govflow.planning.shifts import Shift, shifts_from

ZONE = "Asia/Shanghai"


def calendar(week: dict[str, str], holidays: str | None = None) -> Calendar:
    """Return a calendar of these hours."""
    return Calendar.from_data("duty", {"hours": week} | ({"holidays": holidays} if holidays else {}), ZONE)


def year(seed: int, people: int = 50) -> tuple[list[Person], list[Shift], DutyRules]:
    """Return people with skills, hours and leave, the four quarters of 2026, and the rules; some 1,700 duties."""
    luck = random.Random(seed)
    station = calendar({"mon-sat": "09:00-13:00 14:00-18:00"}, "cn")
    start, end = station.instant("2026-01-05"), station.instant("2027-01-04")
    number = count()
    shifts = [
        evolve(shift, skills={"law": 1}) if next(number) % 4 == 1 else shift
        for shift in shifts_from(station, start, end, unit="station/mall", needs=2)
    ]
    shifts += shifts_from(calendar({"mon-sun": "18:00-22:00"}), start, end, unit="station/evening", holidays="cn")
    mobile = calendar({"wed": "10:00-12:00", "sat": "10:00-12:00"}, "cn")
    shifts += shifts_from(mobile, start, end, unit="station/mobile", needs=2, skills={"nurse": 1})
    hours = [
        ALWAYS,
        calendar({"mon-fri": "08:00-18:00"}, "cn"),
        calendar({"mon-fri": "18:00-24:00", "sat-sun": "00:00-24:00"}),
    ]
    chosen = []
    for one in range(people):
        leave = [(start + luck.randrange(364) * DAY, luck.choice([5, 10, 14]) * DAY) for _ in range(2)]
        skills = {skill for skill, each in (("law", 5), ("nurse", 6)) if one % each == 0}
        away = tuple((begin, begin + length) for begin, length in leave)
        chosen.append(Person(f"member:example-{one}", skills, hours[luck.choice([0, 0, 0, 1, 2])], away))
    return chosen, shifts, DutyRules(rest=11 * HOUR, per_week=2)
