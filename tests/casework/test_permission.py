"""Who may do what, exhaustively: every way of saying who, at every place a case can be, for everybody there is.

What must hold is said once more here, from the words of the design and without the desk's own functions: `may` is a
small second judge. The desk is tried with everybody; whoever may not changes nothing and is told who could.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import count

import pytest
from attrs import frozen

import govflow as gf
from govflow.casework import Desk, Directory, ManualClock, StandIn
from govflow.casework.acting import may_fire
from govflow.errors import Refused, UnknownName

ROLES = ("handler", "secretary", "clerk")
PLACES = ("here", "above", "sender", "home", "anywhere")
PARTS = ("reporter", "subject", "party", "helper", "member", "partner", "anyone", "department")
WORDS = (*(f"{role}@{place}" for role in ROLES for place in PLACES), *PARTS)

DEFINITION = """
format = 1
name = "quarter"
levels.office = { calendar = "always", handling_roles = ["handler", "secretary"] }
levels.block = { calendar = "always", handling_roles = ["handler", "secretary"] }
levels.door = { calendar = "always" }
calendars.always = { hours = { mon-sun = "00:00-24:00" } }
categories.noise = {}
categories.calm = {}
channels.doorstep = {}
intake.matter = { doorstep = "door" }

[organization]
top = "q"
patterns.office = { handlers = 2 }
patterns.block = { each = 2, handlers = 2 }
patterns.door = { each = 2, handlers = 2, households = 2 }
departments.police = { categories = ["noise"], handlers = 2 }
partners.shop = {}
posts = [
  { unit = "block/1", member = "member:example-1", role = "secretary" },
  { unit = "block/1", member = "member:example-2", role = "clerk" },
  { unit = "block/1", member = "member:example-3" },
  { unit = "office/q", member = "member:example-4", role = "secretary" },
  { unit = "office/q", member = "member:example-5", role = "clerk" },
  { unit = "department/police", member = "member:example-6" },
]

[[organization.conferences]]
level = "office"
weekday = "fri"
time = "15:00"

[lifecycle.matter]
start = "received"
counters.again = { cycle = true }
settled_by = "resolve"
fields.who = { kind = "actor" }

[lifecycle.matter.states]
received = { kind = "queue" }
working = { kind = "work" }
away = { kind = "wait" }
asked = { kind = "wait" }
closed = { kind = "final" }

[lifecycle.matter.transitions]
take = { from = "received", to = "working", take = true }
up = { from = "working", to = "received", move = "up", by = "handler@here" }
down = { from = "working", to = "received", move = "down", by = "handler@here" }
refer = { from = "working", to = "away", move = "refer", by = "handler@here" }
convene = { from = "working", to = "away", move = "convene", by = "handler@here" }
back = { from = "away", to = "received", move = "back", by = ["department", "handler@here"] }
resolve = { from = "working", to = "asked", by = "handler@here" }
confirm = { from = "asked", to = "closed", by = "reporter" }
dispute = { from = "asked", to = "received", by = "reporter", add = { again = 1 } }
invite = { from = "*", by = "handler@here", needs = "who", joins = "parties" }
call_in = { from = "*", by = "handler@here", needs = "who", joins = "helpers" }
co_sign = { from = "*", by = "anyone", joins = "reporters" }
lapse = { from = "asked", to = "closed", by = "clock" }

[lifecycle.matter.deadlines.silence]
scope = "entry"
runs = "asked"
limit = { default = "7d" }
fires = "lapse"
"""

NUMBERED = {"door/1-1": 2, "door/1-2": 2, "door/2-1": 2, "door/2-2": 2, "block/2": 2}
LISTED = {
    "member:example-1": ("block/1", "secretary"),
    "member:example-2": ("block/1", "clerk"),
    "member:example-3": ("block/1", "handler"),
    "member:example-4": ("office/q", "secretary"),
    "member:example-5": ("office/q", "clerk"),
    "member:example-6": ("department/police", "handler"),
}
"""Who holds which post; the secretaries and the handlers handle, the clerks do not."""

POSTS = {f"{unit}#{n + 1}": (unit, "handler") for unit, handlers in NUMBERED.items() for n in range(handlers)}
OUTSIDE = {unit: (unit, "handler") for unit in ("department/police", "partner/shop")}
HELD = {**POSTS, **LISTED, **OUTSIDE}
REPORTER, SUBJECT, CO_SIGNER, STRANGER = (f"resident:example-{n}" for n in (1, 2, 3, 4))
PARTY, HELPER = "resident:example-5", "member:example-9"
FAR = {"door/1-2#2", "door/2-1#2", "door/2-2#1", "door/2-2#2", "block/2#2"}
EVERYBODY = (*(who for who in HELD if who not in FAR), REPORTER, SUBJECT, CO_SIGNER, STRANGER, PARTY, HELPER)
ABOVE = {"door/1-1": ["block/1", "office/q"], "block/1": ["office/q"], "office/q": []}


@cache
def quarter() -> gf.Community:
    """The community, with one trigger that moves nothing for each way of saying who may."""
    data = tomllib.loads(DEFINITION)
    ways = data["lifecycle"]["matter"]["transitions"]
    ways |= {f"try_{n}": {"from": "*", "by": word} for n, word in enumerate(WORDS)}
    return gf.load(data)


# ------------------------------------------------------------ the second judge
@frozen
class Seen:
    """A case as the second judge sees it: where it is and came from, who has a part in it, and who has none."""

    unit: str
    home: str
    stack: tuple[str, ...]
    sender: str | None
    out: frozenset[str]
    resolved: tuple[str | None, frozenset[str]] = (None, frozenset())


def may(word: str, who: str, seen: Seen) -> bool:
    """Say whether somebody may do what `word` may: read off the design, rule by rule."""
    if who in seen.out:
        return False
    unit, role = HELD.get(who, ("", ""))
    handles = role in ("handler", "secretary")
    wanted, _, place = word.partition("@")
    if place:
        fits = role == wanted or (wanted == "handler" and handles)
        return fits and (place == "anywhere" or unit in where(place, seen))
    parts = {
        "reporter": who in {REPORTER, CO_SIGNER},  # every trigger tried moves nothing: all who signed may speak
        "subject": who == SUBJECT,
        "party": who == PARTY,
        "helper": who == HELPER,
        "member": who.startswith("member:") or who in HELD,
        "partner": unit.startswith(("partner/", "department/", "team/")),
        "anyone": True,
        "department": unit == seen.unit and unit.startswith("department/"),
    }
    at, by = seen.resolved
    return parts[word] and not (word == "reporter" and (who in by or (handles and unit == at)))


def where(place: str, seen: Seen) -> list[str]:
    """Return the units that a place means."""
    base = seen.stack[-1] if seen.stack else seen.unit
    left = [u for u in (seen.unit, *ABOVE.get(seen.unit, [])) if set(handlers(u)) - seen.out]
    return {
        "here": [seen.unit, *left[:1]] if seen.out else [seen.unit],
        "above": [*([base] if seen.stack else []), *ABOVE[base]],
        "sender": [base] if seen.stack else [seen.sender] if seen.sender else [],
        "home": [seen.home],
    }[place]


def handlers(unit: str) -> list[str]:
    """Return who handles cases at a unit."""
    return [who for who, (at, role) in HELD.items() if at == unit and role in ("handler", "secretary")]


# ------------------------------------------------------------ cases in every place
UP, DOWN, REFER, CONVENE = "take up", "take down", "take refer", "take convene"
ROADS = {
    "at the door": "",
    "in hand at the door": "take",
    "one level up": UP,
    "at the top": f"{UP} {UP}",
    "down again": f"{UP} {DOWN}",
    "at a department": REFER,
    "at a department, from one level up": f"{UP} {REFER}",
    "back from a department": f"{REFER} back",
    "before the conference": CONVENE,
    "resolved at the door": "take resolve",
    "resolved one level up": f"{UP} take resolve",
    "reopened": "take resolve dispute",
}
OUT = {
    "nobody is out": ((), None),
    "one handler has withdrawn": (("door/1-1#1",), None),
    "the whole door has withdrawn": (("door/1-1#1", "door/1-1#2"), None),
    "door and block have withdrawn": (("door/1-1#1", "door/1-1#2", "member:example-1", "member:example-3"), None),
    "it is about a handler of the door": ((), "door/1-1#1"),
    "it is about the secretary of the block": ((), "member:example-1"),
    "it is about the secretary, and the block's handler has withdrawn": (("member:example-3",), "member:example-1"),
}


def desk_of(directory=None) -> Desk:
    """Return a desk in memory, its clock standing."""
    numbers = count(1)
    clock = ManualClock(1_767_600_000_000_000)
    return Desk(quarter(), clock=clock, ids=lambda _: f"case-{next(numbers)}", directory=directory or Directory())


def travelled(desk: Desk, road: str, about: str | None = None):
    """Return a case that was opened for a household of the first door and taken along a road, with all its circles."""
    said = {"category": "noise", "channel": "doorstep", "household": "household/1-1-1"}
    case = desk.open("matter", by=REPORTER, subject=SUBJECT, about=about, **said)
    case = desk.act(case, "co_sign", by=CO_SIGNER)
    for trigger, who in (("invite", PARTY), ("call_in", HELPER)):
        case = desk.act(case, trigger, by=somebody(desk, case, trigger), who=who)
    for trigger in road.split():
        if trigger == "up" and case.unit == "office/q":
            break  # a complaint began a level higher
        case = desk.act(case, trigger, by=somebody(desk, case, trigger))
    return case


def somebody(desk: Desk, case, trigger: str) -> str:
    """Return somebody who may fire a trigger, the handlers of the place first."""
    work = desk.office.fresh(case.id)
    edition = work.edition
    way = edition.ways[work.position.lifecycle][trigger]
    return next(who for who in EVERYBODY if may_fire(work, way, edition.roster.actor(who)))


def seen(case, out: tuple[str, ...], about: str | None) -> Seen:
    """Return a case as the second judge sees it."""
    facts = case.facts
    stack = tuple(unit for unit, _ in facts.get("stack", ()))
    resolved = (facts.get("resolved_at"), frozenset(facts.get("resolved_by", ())))
    return Seen(case.unit, facts["home"], stack, facts.get("sender"), frozenset({*out, about} - {None}), resolved)


EVERYWHERE = ("nobody is out", "the whole door has withdrawn", "it is about a handler of the door")
SOMEWHERE = ("in hand at the door", "one level up")
SCENES = [(road, out) for road in ROADS for out in OUT if out in EVERYWHERE or road in SOMEWHERE]


@pytest.mark.parametrize(("road", "out"), SCENES)
def test_nobody_acts_without_the_right_and_everybody_with_it(road, out):
    """Every word at every place for everybody: who may does; who may not changes nothing, and is told who can.

    Who may not even see the case is told by which right one could, and neither who has it nor where the case stands.
    """
    desk, (recused, about) = desk_of(), OUT[out]
    case = travelled(desk, ROADS[road], about)
    for who in recused:
        case = desk.recuse(case, by=who)
    place = seen(case, recused, about)
    for number, word in enumerate(WORDS):
        able = [who for who in EVERYBODY if may(word, who, place)]
        for who in EVERYBODY:
            before = desk.store.head()
            if who in able:
                event = desk.act(case, f"try_{number}", by=who).history[-1]
                assert (event.kind, event.by) == (f"try_{number}", who)
                continue
            with pytest.raises(Refused) as refused:
                desk.act(case, f"try_{number}", by=who)
            assert desk.store.head() == before
            told = named(refused.value.who)
            if not sees(desk, case, who):
                assert not told
                words = str(refused.value).replace(who, "")
                assert case.unit not in words
                assert case.state not in words
                continue
            assert told <= set(able), f"{word}: it says that {told} could; {able} can"
            assert told or "@" not in word or place_of(word) == "anywhere" or not able


def sees(desk: Desk, case, who: str) -> bool:
    """Say whether somebody may read a case."""
    try:
        desk.case(case.id, by=who)
    except UnknownName:
        return False
    return True


def place_of(word: str) -> str:
    """Return the place of a word."""
    return word.partition("@")[2]


def named(who: tuple[str, ...]) -> set[str]:
    """Return the names that a refusal gives; a part in the case is said by its word alone."""
    shown = {name for told in who for name in re.findall(r"\((.*)\)", told)}
    return {name for names in shown for name in names.split(", ")} - {"nobody", "…"}


def test_the_bundled_lifecycles_say_nothing_that_is_not_tried_here():
    """Every word by which a bundled community says who may act or open is among those tried above, or is the clock."""
    words = {
        word
        for name in gf.communities()
        for cycle in gf.load(name).lifecycles.values()
        for word in (*cycle.opened_by, *(word for way in cycle.transitions for word in way.by))
    }
    known = {f"{role}@{place}" for role in {w.partition("@")[0] for w in words if "@" in w} for place in PLACES}
    assert words <= {*WORDS, *known, "clock"}


# ------------------------------------------------------------ only a deadline
def test_what_only_a_deadline_does_nobody_does():
    """A trigger that only the clock may fire is refused to everybody."""
    desk = desk_of()
    case = travelled(desk, ROADS["resolved at the door"])
    for who in EVERYBODY:
        with pytest.raises(Refused, match="only a deadline does"):
            desk.act(case, "lapse", by=who)


# ------------------------------------------------------------ standing in
HOLDER, SUBSTITUTE = "member:example-1", "member:example-8"
AWAY = Directory(stand_ins=(StandIn(HOLDER, SUBSTITUTE, since=1_767_500_000_000_000, until=1_767_700_000_000_000),))


def test_who_stands_in_is_named_beside_the_holder():
    """The event names who acted, for whom, and in which post; what is resolved so counts as the work of both."""
    desk = desk_of(AWAY)
    case = travelled(desk, f"{UP} take")
    event = desk.act(case, "try_0", by=SUBSTITUTE, behalf=HOLDER).history[-1]
    assert (event.by, event.behalf, event.post) == (SUBSTITUTE, HOLDER, "block/1#1")
    case = desk.act(case, "resolve", by=SUBSTITUTE, behalf=HOLDER)
    assert set(case.facts["resolved_by"]) == {SUBSTITUTE, HOLDER}


def test_nobody_stands_in_unasked_out_of_time_or_for_more_than_the_holder_may():
    """Not without the directory's word, not after its time, not by themselves, not where the holder has no right."""
    desk = desk_of(AWAY)
    case = travelled(desk, f"{UP} take")
    for by, behalf in ((STRANGER, HOLDER), (SUBSTITUTE, "member:example-3"), (SUBSTITUTE, None)):
        with pytest.raises(Refused):
            desk.act(case, "try_0", by=by, behalf=behalf)
    with pytest.raises(Refused):
        desk.act(case, "try_3", by=SUBSTITUTE, behalf=HOLDER)  # handler@home
    desk.clock.at = 1_767_700_000_000_000
    with pytest.raises(Refused, match="does not say"):
        desk.act(case, "try_0", by=SUBSTITUTE, behalf=HOLDER)


def test_who_has_withdrawn_stands_in_for_nobody():
    """Whoever has no part in a case, by their own word or because it is about them, acts in nobody's name."""
    for about in (None, SUBSTITUTE):
        desk = desk_of(AWAY)
        case = travelled(desk, f"{UP} take", about)
        if about is None:
            desk.act(case, "call_in", by=HOLDER, who=SUBSTITUTE)
            case = desk.recuse(case, by=SUBSTITUTE)
        with pytest.raises(Refused):
            desk.act(case, "try_0", by=SUBSTITUTE, behalf=HOLDER)


# ------------------------------------------------------------ nobody judges their own work (rule L6)
def test_a_complaint_goes_around_whom_it_is_about():
    """It comes in where that person handles nothing, whether they are named by themselves or by their post."""
    for about in ("member:example-1", "block/1#1"):
        desk = desk_of()
        facts = {"category": "noise", "channel": "doorstep", "unit": "block/1", "about": about}
        case = desk.open("matter", by=REPORTER, **facts)
        assert case.unit == "office/q"
        case = desk.act(desk.act(case, "take", by="member:example-4"), "down", by="member:example-4", to="block/1")
        for name in ("member:example-1", "block/1#1"):
            with pytest.raises(Refused):
                desk.act(case, "try_0", by=name)
        assert desk.act(case, "take", by="member:example-3").facts["handler"] == "member:example-3"


def test_who_resolved_a_case_does_not_say_that_it_is_solved():
    """Neither whoever resolved it, nor one of their unit, nor who stands in for them, nor in the reporter's name."""
    ours = ("block/2#1", "block/2#2", "member:example-7")
    away = Directory(stand_ins=(StandIn(ours[0], ours[2]), *(StandIn(REPORTER, one) for one in ours)))
    for reporter in (*ours, REPORTER):
        desk = desk_of(away)
        case = desk.open("matter", by=reporter, category="calm", channel="doorstep", unit="door/2-1")
        case = desk.act(desk.act(case, "take", by="door/2-1#1"), "up", by="door/2-1#1")
        case = desk.act(desk.act(case, "take", by=ours[0]), "resolve", by=ours[0])
        for one in ours:
            with pytest.raises(Refused):
                desk.act(case, "confirm", by=one, behalf=None if reporter != REPORTER else REPORTER)
    assert desk.act(case, "confirm", by=REPORTER).state == "closed"
