"""Mentoring (结对帮带): one of the work team stands by one cadre, and they meet in a rhythm of their own.

Who stands by whom is found by ``planning.pairing``, when they meet by ``planning.visits``; a pair is a case, to which
the cadre agrees. Assumed: they meet every four weeks, in the hours of the grids.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from govflow.calendar import DAY
from govflow.planning import Ask, Member, Visit, mentor, visit_dates, visit_times
from govflow.stories.crew import calendar_of
from govflow.stories.stage import Process, Stage

EVERY = 4
"""They meet once in so many weeks (assumed)."""


def mentoring(stage: Stage, unit: str, mentors: Iterable[str], learners: Iterable[str], *, until: int) -> None:
    """Pair mentors with learners one to one, and let each pair meet in its rhythm up to an instant."""
    pairs = mentor([Member(one) for one in mentors], [Ask(one) for one in learners]).pairs
    calendar = calendar_of(stage, "grid/1")
    dates = visit_dates(visit_times(pairs, calendar, every=EVERY), calendar, stage.now + 7 * DAY, until).visits
    for pair in pairs:
        stage.begin(_stand_by(stage, unit, pair.member, [visit for visit in dates if visit.whom == pair.whom]))


def _stand_by(stage: Stage, unit: str, who: str, visits: list[Visit]) -> Process:
    """Propose a pair; the learner agrees, and the mentor comes at each of its times."""
    desk, clerk, learner = stage.desk, f"{unit}#1", visits[0].whom
    case = desk.open("pairing", by=clerk, unit=unit, reporter=learner, text="Mentoring: one to one.")
    desk.act(case, "name", by=clerk, companion=who)
    yield stage.now + DAY
    desk.act(case, "agree", by=learner, next_visit=stage.date(visits[0].at))
    for visit, following in pairwise(visits):
        yield visit.at
        desk.act(case, "visit", by=who, next_visit=stage.date(following.at))
