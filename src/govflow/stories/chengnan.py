"""Chengnan: five grids, a station with eight services, a mobile station, and what people bring to it.

Reported: 5 grids and 3,300 households; cadres and work team spread evenly, one mentor for one cadre; 8 services; 48
sessions; 129 demands brought to them, all answered; close to 1,000 books from three sources; the dispute.

Assumed, beside what the definition assumes: the half-year from 22 June to 18 December 2020; 5 committee members, 5
cadres, 5 of the work team, 10 volunteers free on Tuesdays or Saturdays, and what leave they take; the timetable (a
park on Tuesdays, the shopping area on Saturdays, two hours with half an hour of talk first); a hearing of a quarter of
an hour; what the three sources of books have to give.

What comes out: the sessions are those that the timetable and the holidays leave and the rota fills, nobody twice at
once. How many people had something to bring is taken from the report (nobody can derive what others want); when they
come, from which household and with what is luck. Whoever is not heard before a session closes waits for the next, so
all are collected only if the stations' hours have room. The same fifteen people handle them, with the grievances of
3,300 households on their desks and without the hours in which they stand at a station; whether all are answered within
every time limit is theirs to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

from attrs import define, field

from govflow.calendar import DAY, HOUR, MINUTE, Calendar
from govflow.casework import Case, Directory
from govflow.community import Community
from govflow.organization import Post
from govflow.planning import Ask, DutyRules, Member, Person, Rota, Shift, Stop, Timetable, mentor, rota, sessions, spread
from govflow.stories.crew import SETTLING, Hand, Homes, Hours, calendar_of, coming, neighbours, posts, serve
from govflow.stories.incidents import Dispute, quarrel
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter, Story

START, END = "2020-06-22", "2020-12-19"
TOP = "committee/chengnan"
GRIDS = tuple(f"grid/{n}" for n in range(1, 6))
KINDS = {"secretary": 5, "cadre": 5, "work_team": 5}
"""Who is spread over the grids (assumed): committee members who lead a grid branch, cadres, the work team."""

SERVICES = ("policy", "party affairs", "legal advice", "jobs", "mediation", "medicine", "repairs", "books")
WEEK = (("mon", "10:00-14:00"), ("mon", "15:30-19:30"), ("tue", "10:00-14:00"), ("wed", "10:00-14:00"),
        ("wed", "15:30-19:30"), ("thu", "10:00-14:00"), ("fri", "10:00-14:00"), ("fri", "15:30-19:30"))  # fmt: skip
"""When the station in the shopping area gives which service, one at a time: assumed."""

STOPS = (Stop("park", {"tue": "16:00-18:00"}), Stop("mall", {"sat": "11:00-13:00"}))
TALK = 30 * MINUTE
HEARING = 15 * MINUTE

BOOKS = {"bought by the community": (7, 60), "given by units": (12, 25), "given by residents": (60, 8)}
"""The three sources: how many can give (lots, member units, residents with books to spare) and how many each, assumed."""


def tell(community: Community, *, seed: int, store: Any) -> Story:
    """Tell the half-year of the station, and what went on beside it."""
    people = _people()
    spreading = spread({one: kind for one, kind in people.items()}, GRIDS)
    places = tuple(Post(grid, member) for grid in GRIDS for member in spreading.members(grid))
    stage = Stage(community, START, seed, Directory(posts=places), store)
    station = Station(stage, _rota(stage, people))
    busy = {person.id: [(shift.start, shift.end) for shift in station.rota.of(person.id)] for person in station.rota.people}
    hands = [Hand(one, unit, Hours(calendar_of(stage, unit), busy.get(one, ()))) for one, unit in spreading.unit_of.items()]
    hands += [Hand(post, TOP, Hours(calendar_of(stage, TOP))) for post in posts(stage, TOP)]
    stage.begin(*(serve(stage, hand, SETTLING) for hand in hands))
    neighbours(stage)
    end = stage.instant(END)
    stage.begin(*(coming(stage, "grievance", one, until=end) for one in community.assumptions.arrivals["grievance"]))
    stage.begin(*station.processes())
    dispute = quarrel(stage, hands[0], "strays")
    shelves = Shelves(stage)
    stage.begin(*shelves.processes())
    stage.run(end + 30 * DAY)
    return stage.story(
        (_grids(stage, spreading.uneven, people), _station(station), _answers(station), _quarrel(stage, dispute), shelves.chapter())
    )


def _people() -> dict[str, tuple[str, ...]]:
    kinds = [kind for kind, number in KINDS.items() for _ in range(number)]
    return {f"member:example-{number:02d}": (kind,) for number, kind in enumerate(kinds, 1)}
