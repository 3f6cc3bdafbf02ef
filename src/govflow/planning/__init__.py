"""Planning: pure functions of plain data, in modules named after what they plan.

Libraries do every optimization, with one worker and nothing drawn by chance, so that equal input gives an equal plan.
They come with the extra `planning`. No planner weighs, groups or ranks residents or households (rule C6).
"""

from govflow.planning.asks import Ask, Member, Pair
from govflow.planning.booths import Allotment, Booth, BoothClaim, MarketDay, Service, Stand, allot, capacity
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
from govflow.planning.demands import Demand, Offer, sittings
from govflow.planning.doors import Door
from govflow.planning.duty import Breach, DutyRules, Person, Rota, Vacancy, breaches, swap
from govflow.planning.icalendar import to_icalendar
from govflow.planning.matching import Assignment, Matching, MatchingCost, MatchingWeights, match
from govflow.planning.pairing import Pairing, PairingWeights, Unpaired, mentor, pair
from govflow.planning.patches import Patch, Patches, plan_patches
from govflow.planning.places import plan_places
from govflow.planning.reasons import Unmatched
from govflow.planning.rotas import rota
from govflow.planning.shifts import Shift, shifts_from
from govflow.planning.spread import Spread, form_teams, spread
from govflow.planning.streets import Streets
from govflow.planning.timetables import Stop, Timetable, next_session, sessions, take_turns
from govflow.planning.visits import Rhythm, Visit, Visits, VisitTime, visit_times, visits
from govflow.planning.walking import Point, Walk, great_circle

__all__ = [
    "Allotment",
    "Ask",
    "Assignment",
    "Booth",
    "BoothClaim",
    "Breach",
    "Demand",
    "Door",
    "DutyRules",
    "GapRow",
    "Gaps",
    "Home",
    "MarketDay",
    "Matching",
    "MatchingCost",
    "MatchingWeights",
    "Member",
    "Offer",
    "Pair",
    "Pairing",
    "PairingWeights",
    "Patch",
    "Patches",
    "Person",
    "Point",
    "Reached",
    "Resource",
    "Rhythm",
    "Rota",
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
    "allot",
    "breaches",
    "capacity",
    "form_teams",
    "great_circle",
    "match",
    "mentor",
    "next_session",
    "open_at",
    "pair",
    "plan_patches",
    "plan_places",
    "rota",
    "service_gaps",
    "sessions",
    "shifts_from",
    "sittings",
    "spread",
    "standing",
    "swap",
    "take_turns",
    "to_geojson",
    "to_icalendar",
    "visit_times",
    "visits",
    "within_reach",
]
