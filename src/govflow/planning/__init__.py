"""Planning: who does what, where and when, as pure functions of plain data, in modules named after what they plan.

Libraries do the optimization (``recutting`` helps them to a start), on one thread and with fixed seeds, so that equal
input gives an equal plan in whatever order it is given. They come with the extra `planning`. Searches are limited by
work, counted and not timed, and say whether their answer is `proven` the best. No planner weighs, groups or ranks
residents or households (rule C6).

A map of the room; the first file of a line is the one to open, those behind it are what it stands on:

- ``matching``  demands to volunteers and resources: ``demands``, ``candidates``, ``choice``, ``reasons``, ``weights``
- ``pairing``   members and whom they stand by, mentors: ``asks``, ``weights``; when: ``rhythms``, ``visits``
- ``teams``     members over units, teams of three
- ``patches``   households to teams along a walk: ``doors``, ``cutting``; ``places`` (``recutting``) on a graph
- ``rotas``     people on duty: ``duty`` (the rules), ``shifts``, ``timetables`` (mobile stations), ``icalendar``
- ``markets``   booths of a market day
- ``circle``    what is within reach on foot: ``walking``, ``streets``
- on a desk:    ``conference``, ``market_day``, ``recognition`` with ``evaluation``, ``standing_visits``

What they share: ``checks`` (what is given is what signatures say), ``inputs``, ``weeks``, ``flows`` and ``integers``
(how a question is put to a library), ``extra`` (which libraries must be there).
"""

from govflow.planning.asks import Ask, Member, Pair
from govflow.planning.circle import (
    GapRow,
    Gaps,
    Home,
    Reached,
    Resource,
    open_at,
    service_gaps,
    standing,
    to_geojson,
    within_reach,
)
from govflow.planning.conference import Agenda, Decision, Round, agenda, attending, hold, rounds
from govflow.planning.demands import Demand, Offer, sittings
from govflow.planning.doors import Door
from govflow.planning.duty import Breach, DutyRules, Person, Rota, Vacancy, breaches, swap
from govflow.planning.evaluation import Evaluation, Scale, Weighed, mark_rates, weigh
from govflow.planning.from_desk import carry_out, demands_from, offers_from
from govflow.planning.icalendar import to_icalendar
from govflow.planning.market_day import (
    BoothFigures,
    MarketFigures,
    booth_claims,
    hand_in,
    market_figures,
    plan_market,
    settle,
)
from govflow.planning.markets import Allotment, Booth, BoothClaim, MarketDay, Service, Stand, allot, capacity
from govflow.planning.matching import Assignment, Matching, MatchingCost, match
from govflow.planning.pairing import Pairing, Unpaired, mentor, pair
from govflow.planning.patches import Patch, Patches, plan_patches
from govflow.planning.places import plan_places
from govflow.planning.reasons import Unmatched
from govflow.planning.recognition import (
    Honour,
    HonourRule,
    deserving,
    evaluations,
    honours,
    offer_honours,
    open_evaluations,
    services,
)
from govflow.planning.rhythms import Rhythm, VisitTime, visit_times
from govflow.planning.rotas import rota
from govflow.planning.shifts import Shift, shifts_from
from govflow.planning.standing_visits import open_pairings, open_visits, visits_to_patches
from govflow.planning.streets import Streets
from govflow.planning.teams import Spread, form_teams, spread
from govflow.planning.timetables import Stop, Timetable, next_session, sessions, take_turns
from govflow.planning.visits import Visit, Visits, visit_dates
from govflow.planning.walking import Point, Walk, great_circle
from govflow.planning.weights import Weights

__all__ = [
    "Agenda",
    "Allotment",
    "Ask",
    "Assignment",
    "Booth",
    "BoothClaim",
    "BoothFigures",
    "Breach",
    "Decision",
    "Demand",
    "Door",
    "DutyRules",
    "Evaluation",
    "GapRow",
    "Gaps",
    "Home",
    "Honour",
    "HonourRule",
    "MarketDay",
    "MarketFigures",
    "Matching",
    "MatchingCost",
    "Member",
    "Offer",
    "Pair",
    "Pairing",
    "Patch",
    "Patches",
    "Person",
    "Point",
    "Reached",
    "Resource",
    "Rhythm",
    "Rota",
    "Round",
    "Scale",
    "Service",
    "Shift",
    "Spread",
    "Stand",
    "Stop",
    "Streets",
    "Timetable",
    "Unmatched",
    "Unpaired",
    "Vacancy",
    "Visit",
    "VisitTime",
    "Visits",
    "Walk",
    "Weighed",
    "Weights",
    "agenda",
    "allot",
    "attending",
    "booth_claims",
    "breaches",
    "capacity",
    "carry_out",
    "demands_from",
    "deserving",
    "evaluations",
    "form_teams",
    "great_circle",
    "hand_in",
    "hold",
    "honours",
    "mark_rates",
    "market_figures",
    "match",
    "mentor",
    "next_session",
    "offer_honours",
    "offers_from",
    "open_at",
    "open_evaluations",
    "open_pairings",
    "open_visits",
    "pair",
    "plan_market",
    "plan_patches",
    "plan_places",
    "rota",
    "rounds",
    "service_gaps",
    "services",
    "sessions",
    "settle",
    "shifts_from",
    "sittings",
    "spread",
    "standing",
    "swap",
    "take_turns",
    "to_geojson",
    "to_icalendar",
    "visit_dates",
    "visit_times",
    "visits_to_patches",
    "weigh",
    "within_reach",
]
