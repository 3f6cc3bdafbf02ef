"""Every public value and function of planning refuses what its signature does not allow: types, NaN, signs, nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from inspect import signature
from math import inf, nan
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import networkx as nx
import pytest

import govflow as gf
from govflow import planning as room
from govflow.calendar import HOUR, Calendar
from govflow.casework import CountingIds, ManualClock
from govflow.errors import Refused, UnknownName, UsageError
from govflow.planning.checks import Instants, Texts, Weekdays, Whole, Windows, checked

OPEN = Calendar.from_data("open", {"hours": {"mon-fri": "09:00-17:00"}}, "Asia/Shanghai")
MONDAY = OPEN.instant("2026-01-05")
SPAN = {"calendar": OPEN, "since": MONDAY, "until": MONDAY + 240 * HOUR}
HERE = room.Point(119.38, 25.72)
SHIFT = room.Shift("s-1", 0, HOUR)
VISIT = room.Visit(5, "household/a", "member:a")
LINE = nx.path_graph(["b1", "b2", "b3"])


@cache
def desk():
    """A desk on which nothing has happened."""
    beida = gf.load("beida")
    return gf.Desk(beida, clock=ManualClock(beida.calendars["office"].instant("2026-01-05T10:00")), ids=CountingIds())


def meeting():
    """The joint conference of the desk's community."""
    return desk().community.plan.conferences[0]


def market_case():
    """A market on the desk of another community."""
    return gf.Desk(gf.load("fuzhong")), "market-1"


def planned():
    """A rota of one person and one shift."""
    return room.rota([room.Person("member:a")], [SHIFT])


RIGHT: dict[str, Any] = {
    "Agenda": lambda: {"unit": "committee/beida", "at": 0, "meeting": meeting(), "cases": (), "waiting": 0},
    "Allotment": lambda: {"places": {"1": room.Stand("d", "b", "unit/a", "law")}, "refused": {"2": "full"}},
    "Ask": lambda: {"whom": "h", "skills": ["law"], "languages": [], "days": ["mon"], "point": HERE, "members": 1,
                    "prefers": ["care"]},
    "Assignment": lambda: {"demand": "d", "offer": "o", "start": 0, "end": 1, "seconds": 0},
    "Booth": lambda: {"id": "b", "kinds": ["law"]},
    "BoothClaim": lambda: {"id": "1", "unit": "unit/a", "kind": "law", "at": 0, "days": ["d"]},
    "BoothFigures": lambda: {"served": 0, "demands": 0, "settled": 0, "suggestions": 0},
    "Breach": lambda: {"rule": "week", "shift": "s-1", "person": "member:a", "text": "why"},
    "Decision": lambda: {"case": "c-1", "trigger": "agree", "positions": {"partner/shops": "for"}, "words": {"a": "b"},
                         "fields": {}},
    "Demand": lambda: {"id": "d", "skills": ["law"], "work": 1, "times": [(0, 9)], "point": HERE, "people": 1,
                       "arrived": 0},
    "Door": lambda: {"household": "h", "building": "7", "floor": 1, "entrance": ""},
    "DutyRules": lambda: {"rest": 0, "per_week": 2, "zone": "Asia/Shanghai"},
    "Evaluation": lambda: {"who": "member:a", "unit": "group/1", "marks": {"own": "good"}},
    "GapRow": lambda: {"kind": "shop", "unit": "group/1", "households": 9, "lacking": None},
    "Gaps": lambda: {"within": 0, "rows": (), "lacking": {"shop": ("h",)}},
    "Home": lambda: {"household": "h", "point": HERE, "unit": "group/1"},
    "Honour": lambda: {"who": "member:a", "since": 0, "case": "c-1", "text": "for what"},
    "HonourRule": lambda: {"text": "items", "kinds": ("claim",), "least": 1, "source": "assumption"},
    "MarketDay": lambda: {"id": "d", "start": 0, "end": 1, "booths": [room.Booth("b")], "most": {"law": 1}},
    "MarketFigures": lambda: {"booths": {"unit/a": room.BoothFigures()}, "claimed": 0, "served": 0, "demands": 0,
                              "settled": 0, "suggestions": 0},
    "Matching": lambda: {"assignments": (), "unmatched": (), "cost": room.MatchingCost(0, 0, 0, 0)},
    "MatchingCost": lambda: {"walk": 0, "load": 0, "preference": 0, "change": 0},
    "Member": lambda: {"id": "m", "skills": ["law"], "languages": [], "days": ["mon"], "point": HERE, "capacity": 1},
    "Offer": lambda: {"id": "o", "skills": ["law"], "free": [(0, 9)], "point": HERE, "load": 0, "capacity": 1,
                      "at_once": 1, "prefers": ["law"]},
    "Pair": lambda: {"whom": "h", "member": "m", "days": ("mon",), "seconds": 0},
    "Pairing": lambda: {"pairs": (), "unpaired": (), "ended": ()},
    "Patch": lambda: {"team": "team/1", "holds": ("h",), "size": 1},
    "Patches": lambda: {"patches": (), "moved": (), "proven": True},
    "Person": lambda: {"id": "m", "skills": ["law"], "hours": OPEN, "away": ((0, 1),), "carried": 0, "carried_off": 0},
    "Point": lambda: {"lon": 119.38, "lat": 25.72},
    "Reached": lambda: {"resource": room.Resource("r", "shop", HERE), "seconds": 0},
    "Resource": lambda: {"id": "r", "kind": "shop", "point": HERE, "name": "", "calendar": "open", "since": 0,
                         "until": 1},
    "Rhythm": lambda: {"every": 1, "length": HOUR, "times": (), "proven": True},
    "Rota": lambda: {"people": (), "shifts": (), "rules": room.DutyRules(), "duty": {"s-1": ("m",)}, "open": (),
                     "moved": 0, "proven": True},
    "Round": lambda: {"at": 0, "version": 1, "said": {"a": "for"}, "consents": ("b",), "missing": ("c",)},
    "Scale": lambda: {"marks": {"good": 2, "fair": 1}, "weights": {"own": 1}, "source": "assumption"},
    "Service": lambda: {"time": 1, "counters": 1, "together": 1},
    "Shift": lambda: {"id": "s", "start": 0, "end": 1, "unit": "", "place": "", "needs": 1, "skills": {"law": 1},
                      "off": False},
    "Spread": lambda: {"unit_of": {"m": "grid/1"}, "moved": ("m",), "uneven": 0, "proven": True},
    "Stand": lambda: {"day": "d", "booth": "b", "unit": "unit/a", "kind": "law"},
    "Stop": lambda: {"place": "park", "hours": {"wed": "10:00-12:00"}, "every": 1, "turn": 0},
    "Streets": dict,
    "Timetable": lambda: {"unit": "station", "stops": [room.Stop("park", {"wed": "10:00-12:00"})], "travel": 0},
    "Unmatched": lambda: {"demand": "d", "missing": 1, "reason": "skill", "able": 0, "offers": ("o",), "by": ("d",)},
    "Unpaired": lambda: {"whom": "h", "missing": 1, "reason": "skills", "able": 0},
    "Vacancy": lambda: {"shift": "s-1", "places": 1, "skill": "law", "why": {"away": ("m",)}},
    "Visit": lambda: {"at": 0, "whom": "h", "member": "m", "put_off": False},
    "VisitTime": lambda: {"whom": "h", "member": "m", "week": 0, "weekday": "mon", "minute": 0, "days": ("mon",)},
    "Visits": lambda: {"visits": (), "missed": ()},
    "Walk": lambda: {"speed": 1.0, "detour": 1.3, "streets": None},
    "Weighed": lambda: {"who": "member:a", "unit": "group/1", "value": None, "mark": None},
    "Weights": lambda: {"walk": 1, "load": 1, "preference": 1, "change": 1},
    "agenda": lambda: {"desk": desk(), "unit": "committee/beida", "at": MONDAY, "by": "committee/beida#1"},
    "allot": lambda: {"days": [], "claims": []},
    "attending": lambda: {"desk": desk(), "meeting": meeting(), "present": ["partner/shops"]},
    "breaches": lambda: {"rota": planned()},
    "capacity": lambda: {"day": room.MarketDay("d", 0, 1, []), "plan": room.Allotment({}, {}), "services": {}},
    "carry_out": lambda: {"desk": desk(), "assignments": [], "by": "committee/beida#1"},
    "demands_from": lambda: {"desk": desk(), "since": MONDAY, "until": MONDAY + HOUR, "minutes": 60,
                             "skills": {"parking": ["law"]}, "points": {"a": HERE}, "by": "committee/beida#1"},
    "deserving": lambda: {"given": {"member:a": Counter(claim=1)}, "rules": [room.HonourRule("items", ("claim",))]},
    "evaluations": lambda: {"desk": desk(), "since": MONDAY, "until": MONDAY + HOUR, "by": "committee/beida#1"},
    "form_teams": lambda: {"members": {"m": ["law"]}, "size": 3, "prefix": "team/", "before": {"m": "team/1"},
                           "nodes": 10},
    "great_circle": lambda: {"a": HERE, "b": HERE},
    "hold": lambda: {"desk": desk(), "session": room.agenda(desk(), "committee/beida", MONDAY), "decisions": [],
                     "present": ["committee/beida#1"], "by": "committee/beida#1", "key": "k", "late": False},
    "honours": lambda: {"desk": desk(), "by": "committee/beida#1"},
    "mark_rates": lambda: {"weighed": [], "scale": room.Scale()},
    "match": lambda: {"demands": [], "offers": [], "before": [], "within": 1, "weights": room.Weights(),
                      "walk": room.Walk()},
    "mentor": lambda: {"mentors": [], "learners": [], "before": [], "within": 1, "weights": room.Weights(),
                       "walk": room.Walk()},
    "next_session": lambda: {"shifts": [SHIFT], "place": "", "at": 0},
    "offer_honours": lambda: {"desk": desk(), "reasons": {"member:a": ["much"]}, "by": "committee/beida#1"},
    "offers_from": lambda: {"desk": desk(), "since": MONDAY, "until": MONDAY + HOUR, "sitting": 60,
                            "points": {"a": HERE}, "by": "committee/beida#1"},
    "open_at": lambda: {"resources": [], "at": MONDAY, "calendars": {"open": OPEN}},
    "open_evaluations": lambda: {"desk": desk(), "who": {}, "by": "committee/beida#1", "key": "k"},
    "open_pairings": lambda: {"desk": desk(), "plan": room.Pairing(()), "by": "committee/beida#1"},
    "open_visits": lambda: {"desk": desk(), "planned": [], "by": "committee/beida#1"},
    "pair": lambda: {"members": [], "asks": [], "before": [], "within": 1, "weights": room.Weights(),
                     "walk": room.Walk()},
    "plan_patches": lambda: {"doors": [room.Door("h", "7")], "teams": ["team/1"], "order": ["7"], "whole": "floor",
                             "before": {"h": "team/1"}, "slack": 0.1},
    "plan_places": lambda: {"graph": LINE, "teams": ["team/1"], "size": "households", "before": {"b1": "team/1"},
                            "slack": 0.1, "effort": 1.0},
    "rota": lambda: {"people": [], "shifts": [], "rules": room.DutyRules(), "before": {"s-1": ("m",)}, "at": 0,
                     "nodes": 10},
    "service_gaps": lambda: {"homes": [], "resources": [], "kinds": ["shop"], "within": 1, "walk": room.Walk()},
    "services": lambda: {"desk": desk(), "since": MONDAY, "until": MONDAY + HOUR, "kinds": ["claim"],
                         "by": "committee/beida#1"},
    "sessions": lambda: {"timetable": room.Timetable("s", []), **SPAN, "needs": 1, "skills": {"law": 1}},
    "shifts_from": lambda: {**SPAN, "unit": "station", "length": HOUR, "needs": 1, "skills": {"law": 1},
                            "holidays": "cn"},
    "sittings": lambda: {"windows": [(0, 9)], "length": 3},
    "spread": lambda: {"members": {"m": ["law"]}, "units": ["grid/1"], "before": {"m": "grid/1"}, "nodes": 10},
    "standing": lambda: {"resources": [], "at": MONDAY},
    "swap": lambda: {"rota": room.rota([room.Person("a"), room.Person("b")], [SHIFT], before={"s-1": ("a",)}),
                     "first": ("a", "s-1"), "second": ("b", None)},
    "take_turns": lambda: {"places": ["grid/1"], "shifts": [SHIFT]},
    "to_geojson": lambda: {"resources": [], "homes": []},
    "to_icalendar": lambda: {"shifts": [SHIFT], "at": 0, "zone": "Asia/Shanghai", "duty": {"s-1": ("m",)},
                             "person": "m", "names": {"m": "who"}, "sequence": 0},
    "visit_dates": lambda: {"rhythm": room.Rhythm(1, HOUR, ()), **SPAN, "before": []},
    "visit_times": lambda: {"pairs": [], "calendar": OPEN, "every": 1, "length": HOUR, "before": [], "nodes": 10},
    "visits_to_patches": lambda: {"patches": room.Patches(()), "teams": {"team/1": ["m"]}, "instants": [0]},
    "weigh": lambda: {"evaluations": [], "scale": room.Scale()},
    "within_reach": lambda: {"point": HERE, "resources": [], "within": 1, "walk": room.Walk()},
}  # fmt: skip
"""What every public value and function can be given, all arguments by name."""

ON_A_MARKET = {"booth_claims", "hand_in", "market_figures", "plan_market", "rounds", "settle"}
"""These ask the desk for a case first: what they are given is checked before that all the same."""

NUMBERS = (nan, inf, -inf, 1.5, "1", True, None, 10**30)


ANNOTATED = {
    Instants: NUMBERS,
    Texts: ("", 5, nan, None),
    Weekdays: ("", "sunday", 5, nan, None),
    Windows: (5, (1, 1), (2, 1), (nan, 1), (1,), (0, inf)),
}


def wrong(hint: Any) -> Iterable[Any]:
    """Return values that are none of what an annotation says."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        rule = args[1]
        if isinstance(rule, Whole):
            return [*NUMBERS, rule.least - 1]
        return ANNOTATED[type(rule)]
    if hint in (Any, object):
        return []
    if origin is Literal:
        return ["no such word", 5, nan, None]
    if hint is int:
        return [value for value in NUMBERS if value != 10**30]
    if hint is float:
        return [nan, inf, "1", True, None]
    if origin in (Union, UnionType):
        arms = [arm for arm in args if arm is not NoneType]
        return [one for one in wrong(arms[0]) if one is not None] if len(arms) == 1 else [5, nan, [5]]
    if origin is not None and issubclass(origin, Mapping) and len(args) == 2:
        return [5, nan, None, *({"one": one} for one in wrong(args[1])), *([{5: 5}] if args[0] is str else [])]
    if origin is not None and origin is not tuple and issubclass(origin, Iterable) and not issubclass(origin, Mapping):
        return [5, nan, None, "law", *([one] for one in wrong(args[0]))]
    if origin is tuple and args[-1] is ...:
        return [5, nan, None, "law", *((one,) for one in wrong(args[0]))]
    return [5.5, nan, None, [nan]]


def public():
    """Return the names of all values and functions."""
    return [name for name in room.__all__ if not name[0].isupper() or isinstance(getattr(room, name), type)]


@pytest.mark.parametrize("name", sorted(set(public()) - ON_A_MARKET))
def test_what_a_signature_does_not_allow_is_refused(name):
    """Of every argument: other types, NaN, infinities, wrong signs, what is empty. UsageError or UnknownName."""
    thing, right = getattr(room, name), RIGHT[name]()
    hints = get_type_hints(thing, include_extras=True)
    if name != "Streets":
        assert set(right) == set(signature(thing).parameters)
        with suppress(Refused, UnknownName):  # what the desk says of it is another matter
            thing(**right)
    for argument in right:
        for value in wrong(hints[argument]):
            with pytest.raises((UsageError, UnknownName)) as told:
                thing(**{**right, argument: value})
            assert len(str(told.value)) < 400


@pytest.mark.parametrize("name", sorted(ON_A_MARKET))
def test_what_asks_a_desk_for_a_case_is_checked_before(name):
    """No desk, an id that is no text, NaN: told before anything is asked of the desk."""
    thing = getattr(room, name)
    hints = get_type_hints(thing, include_extras=True)
    names = [*signature(thing).parameters]
    some = {"desk": desk(), "unit": "committee/beida", "by": "committee/beida#1", "text": "words",
            "day": room.MarketDay("d", 0, 1, []), "kinds": {}, "market": "market-1", "demand": "market-2",
            "case": "c-1"}  # fmt: skip
    given = {one: some[one] for one in names if one in some}
    for argument in names:
        for value in wrong(hints[argument]):
            with pytest.raises((UsageError, UnknownName)):
                thing(**{**given, argument: value})


def test_no_graph_and_places_without_names_are_told():
    """Streets take whatever names nodes; a place of a plan is named by a text, and a way leads both ways."""
    for graph in (5, None, "x", {"a": ["b"]}):
        with pytest.raises(UsageError, match="a graph of networkx is wanted"):
            room.Streets.from_graph(graph)
        with pytest.raises(UsageError, match="a graph of networkx is wanted"):
            room.plan_places(graph, ["team/1"])
    for names in ([1, 2], [(0, 1), (0, 2)], [1, "b"]):
        with pytest.raises(UsageError, match="relabel_nodes"):
            room.plan_places(nx.path_graph(names), ["team/1"])
    for kind in (nx.DiGraph, nx.MultiDiGraph, nx.MultiGraph):
        same = room.plan_places(nx.path_graph(["b1", "b2", "b3"], create_using=kind), ["team/1", "team/2"])
        assert same == room.plan_places(LINE, ["team/1", "team/2"])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: room.shifts_from(**SPAN, unit="x", length=7), r"shifts of 'x' .* of 7 µs each: .*4 \* HOUR"),
        (lambda: room.shifts_from(OPEN, 0, MONDAY * 6, unit="x", length=HOUR), "more than 100,000"),
        (lambda: room.sittings([(0, MONDAY)], 7), r"sittings of 7 µs: .*30 \* MINUTE"),
        (lambda: room.Shift("s", 5, 5), "its end must come after its start"),
        (lambda: room.Shift("s", 0, 1, skills={"law": 2}), "too many"),
        (lambda: room.MarketDay("d", 0, -5, []), "its end must come after its start"),
        (lambda: room.Resource("r", "shop", HERE, since=5, until=5), "its end must come after its beginning"),
        (lambda: room.to_icalendar([SHIFT], at=0, duty={"s-1": ("member:a",)}, person="member:b"), "'member:a'"),
        (lambda: room.DutyRules(zone="Mars/X"), "time zone"),
        (lambda: room.shifts_from(OPEN, MONDAY, MONDAY, unit="x"), "the span must be positive"),
        (lambda: [*room.visits_to_patches(room.Patches(()), {}, [])], "at least one"),
        (lambda: room.plan_places(LINE, ["team/1"], effort=-1), "0 or more"),
    ],
)
def test_what_cannot_be_together_is_told(call, says):
    """Microseconds taken for hours, spans that run backward, who is nobody here: told, with what to do."""
    with pytest.raises((UsageError, UnknownName), match=says):
        call()


def test_an_iterator_is_as_good_as_a_list_and_a_value_cannot_be_changed_from_outside():
    """Several things come as a tuple, names with values as a dictionary of their own."""

    @checked
    def twice(given: Iterable[int], table: Mapping[str, int]) -> tuple[Any, Any]:
        return (*given, *given), table

    table = {"a": 1}
    assert twice(iter([1, 2]), table) == ((1, 2, 1, 2), {"a": 1})
    assert twice([], table)[1] is not table
