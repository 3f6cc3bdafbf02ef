"""Beida: wishes, visits, co-building, a contested lane, a week of parked cars, and one call for everything.

Reported: four levels, the six parties of the joint deliberation and the five commons; since 2019, 44 wishes claimed and
fulfilled, 42 visits, 7 projects signed with member units, 8 publicity events and 3 clean-ups; three slips; a circle of
a quarter of an hour; a lane whose shops refused the signs; a ground cleared of cars within a week.

Assumed, beside what the definition assumes: 2 January 2019 to 12 August 2020; eleven members who reported in for
wishes, one wish at a time, and a day every twenty weeks on which wishes are handed out; seven members who call on a
household each, once a quarter for six quarters; seven member units with one thing to give each; publicity every ten
weeks and a clean-up every half-year; and what ``alliance``, ``centre`` and ``parking`` say.

What comes out: more is wished for than eleven people come round to, so that there are 44 follows from one wish at a
time on four days; 42 visits are what the rhythm gives, put off by holidays and made again where nobody was at home;
7 projects are the needs for which somebody had the means; 8 and 3 are what the timetable holds and the rota staffs; the
cars are gone when the owners have been talked to, by two members an evening.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any

from attrs import evolve

from govflow.calendar import DAY, HOUR
from govflow.casework import Case, claims
from govflow.community import Community
from govflow.planning import (
    Ask,
    Assignment,
    DutyRules,
    Member,
    Person,
    Shift,
    Stop,
    Timetable,
    Visit,
    pair,
    rota,
    sessions,
    visit_dates,
    visit_times,
)
from govflow.stories import alliance, centre
from govflow.stories.board import sign
from govflow.stories.crew import Hand, Homes, Hours, answering, calendar_of, doing, posts, serve
from govflow.stories.duties import on_duty
from govflow.stories.parking import OWNERS, ParkingWeek
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter, Story

START, END = "2019-01-02", "2020-08-12"
TOP = "committee/beida"
WISHES_A_WEEK = 1.2
TAKERS = tuple(f"member:example-{n:02d}" for n in range(1, 12))
WISH_DAYS = Stop("square", {"sat": "09:00-11:00"}, every=20, turn=10)
PUBLICITY = Stop("square", {"sat": "09:00-11:00"}, every=10)
CLEAN_UP = Stop("lanes", {"sun": "09:00-11:00"}, every=26)
OUTDOORS = 15
WITHIN = 28 * DAY
"""Who takes a wish on does it within so long (assumed)."""

PAIRS, EVERY, ROUNDS = 7, 13, 6
"""Members and the household that each calls on, once in so many weeks (a quarter), and so many times (assumed)."""

NOBODY_HOME = 0.12
"""How often nobody is at home (assumed)."""


def tell(community: Community, *, seed: int = 1, store: Any = None) -> Story:
    """Tell what the report tells of nineteen months."""
    stage = Stage(community, START, seed, store=store)
    end = stage.instant(END)
    report_in(stage)
    wishing(stage, end)
    visiting(stage)
    events = outdoors(stage, end)
    alliance.offer(stage)
    agreed = alliance.matched(stage)
    conference = alliance.Conference(stage)
    stage.begin(*(alliance.sign(conference, one.offer, 3 + n) for n, one in enumerate(agreed.assignments)))
    stage.begin(later(alliance.lane(conference), stage.instant("2019-09-02T09:00")))
    week = ParkingWeek(stage, "branch/5", stage.instant("2020-05-11T09:00"))
    stage.begin(*week.processes(), later(centre.calls(stage, end - 30 * DAY), stage.instant("2020-02-03T08:00")))
    centre.words(stage)
    staff = [Hand(post, TOP, Hours(calendar_of(stage, TOP))) for post in posts(stage, TOP)]
    stage.begin(*(serve(stage, hand, centre.dispatching()) for hand in staff[:1]))
    stage.run(end)
    chapters = (
        _levels(stage),
        _wishes(stage),
        _visits(stage),
        _projects(stage, len(agreed.unmatched)),
        _outdoors(stage, events),
        _lane(conference),
        _parking(stage, week),
        centre.chapter(stage),
    )
    return stage.story((*chapters, _commons(stage)))


def later(process: Process, at: int) -> Process:
    """Let a process begin at an instant."""
    yield at
    yield from process


# --- wishes -----------------------------------------------------------------------------------------------------


def report_in(stage: Stage) -> None:
    """Let eleven members report in for wishes, each with room for one at a time."""
    for member in TAKERS:
        said: Any = {"days": ["sat", "sun"], "from_hour": 9, "until_hour": 18, "room": 1, "honours": "yes"}
        case = stage.desk.open("check_in", by=member, skills=["care", "company"], **said)
        stage.desk.act(case, "accept", by=f"{TOP}#1")


def wishing(stage: Stage, end: int) -> None:
    """Let households wish, hosts hang their wishes on the board, and members take them on when the day comes."""
    hang = doing("take_up", "looking", {"hang": {}})
    for host in stage.community.organization.units("host"):
        hand = Hand(f"{host}#1", host, Hours(calendar_of(stage, host)))
        stage.begin(serve(stage, hand, {("wish", "received"): hang}))
    stage.begin(_wish(stage, end))
    confirm = answering(stage, "fulfilled", lambda case: str(case.facts["reporter"]), {"confirm": {}}, hours=Hours())
    stage.when("wish", "fulfilled", confirm)
    days = sessions(Timetable("station/wishes", [WISH_DAYS]), calendar_of(stage, "branch/1"), stage.now, end)
    stage.begin(*(_wish_day(stage, day) for day in days))


def _wish(stage: Stage, end: int) -> Process:
    homes, number = Homes.of(stage), 0
    while stage.now < end:
        number += 1
        yield stage.now + round(-log(stage.luck("wish", number)) * 7 * DAY / WISHES_A_WEEK)
        household = homes.at(stage.luck("whose wish", number))
        stage.desk.open("wish", by=f"resident:example-wish-{number}", household=household, text="A wish.", shown="yes")


def _wish_day(stage: Stage, day: Shift) -> Process:
    """Match what hangs on the board with whoever has room and a free hour in the weeks after."""
    yield day.start
    signed = sign(stage, stage.find("wish", state="on_board"), by=f"{TOP}#1", within=WITHIN)
    stage.begin(*(_fulfil(stage, one, member) for one, member in signed))


def _fulfil(stage: Stage, one: Assignment, member: str) -> Process:
    """Fulfil a wish in the hour that was found for it."""
    yield one.end
    claims.deliver(stage.desk, one.demand, by=member, trigger="fulfil", text="Done together.")


def _wishes(stage: Stage) -> Chapter:
    done = [case for case in stage.find("wish", state="closed") if case.facts["helpers"]]
    every = stage.find("wish")
    told = {
        "en": f"{len(every)} wishes in nineteen months, {len(done)} fulfilled by {len(TAKERS)} members.",
        "zh": f"十九个月收集微心愿 {len(every)} 个，{len(TAKERS)} 名党员实现 {len(done)} 个。",
    }
    return Chapter("wishes", {"en": "Wishes", "zh": "微心愿"}, (told,), (stage.reached("wishes", len(done)),))


# --- visits -----------------------------------------------------------------------------------------------------


def visiting(stage: Stage) -> None:
    """Let members call on a household each, in the rhythm that they have found."""
    days = calendar_of(stage, "branch/1")
    members = [Member(f"member:example-visitor-{n}") for n in range(PAIRS)]
    found = pair(members, [Ask(f"household/{n + 1}-2-3-4") for n in range(PAIRS)])
    since = stage.now + 14 * DAY
    dates = visit_dates(visit_times(found.pairs, days, every=EVERY), days, since, since + ROUNDS * EVERY * 7 * DAY)
    stage.begin(*(_visit(stage, visit) for visit in dates.visits))


def _visit(stage: Stage, visit: Visit) -> Process:
    """Call on a household, again after two days where nobody is home; keep what the closed schema has room for."""
    yield visit.at - 3 * DAY
    host = f"{stage.community.organization.contact(visit.whom)}#1"
    case = stage.desk.open("visit", by=host, household=visit.whom, visit_on=stage.date(visit.at))
    stage.desk.act(case, "go_along", by=host, visitor=visit.member)
    yield visit.at
    while (
        stage.luck("at home", case.id, stage.now) < NOBODY_HOME
        and stage.desk.case(case).facts.get("entries.planned", 1) < 4
    ):
        stage.desk.act(case, "nobody_home", by=visit.member, visit_on=stage.date(stage.now + 2 * DAY))
        yield stage.now + 2 * DAY
    stage.desk.act(case, "call", by=visit.member)
    yield stage.now + HOUR
    people = 1 + int(3 * stage.luck("how many", visit.whom))
    stage.desk.act(case, "register", by=visit.member, people=people, housing="owned", call_again="yes")
    stage.desk.act(case, "finish", by=visit.member)


def _visits(stage: Stage) -> Chapter:
    done = stage.find("visit", state="done")
    again = sum(event.kind == "nobody_home" for case in done for event in case.history)
    told = {
        "en": f"{PAIRS} members called on a household each, {len(done)} times in all; {again} times nobody was home.",
        "zh": f"{PAIRS} 名党员各走访一户，共 {len(done)} 次，其中 {again} 次改期。",
    }
    return Chapter("visits", {"en": "Visits", "zh": "走访慰问"}, (told,), (stage.reached("visits", len(done)),))


# --- outdoors ---------------------------------------------------------------------------------------------------


def outdoors(stage: Stage, end: int) -> list[Shift]:
    """Plan the publicity events and clean-ups, staff them by one rota, and return the list of those that are kept."""
    days = evolve(calendar_of(stage, "host/1-1-1"), holidays="cn")
    since, unit = stage.now, "station/square"
    shifts = (
        *sessions(Timetable(f"{unit}/publicity", [PUBLICITY]), days, since, end, needs=4),
        *sessions(Timetable(f"{unit}/clean-up", [CLEAN_UP]), days, since, end, needs=6),
    )
    people = [Person(f"member:example-{number:02d}") for number in range(1, OUTDOORS + 1)]
    plan = rota(people, shifts, DutyRules(per_week=1, zone=stage.community.zone))
    vacant = {one.shift for one in plan.open}
    held: list[Shift] = []
    staffed = [shift for shift in plan.shifts if shift.id not in vacant]
    stage.begin(*(on_duty(stage, shift, plan.duty[shift.id], TOP, kept=held) for shift in staffed))
    return held


def _outdoors(stage: Stage, held: Sequence[Shift]) -> Chapter:
    publicity = [shift for shift in held if shift.place == PUBLICITY.place]
    told = {
        "en": f"{len(held)} days outdoors, staffed by {OUTDOORS} members in turn.",
        "zh": f"{OUTDOORS} 名党员轮流参加户外活动 {len(held)} 次。",
    }
    figures = (
        stage.reached("publicity_events", len(publicity)),
        stage.reached("clean_up_events", len(held) - len(publicity)),
    )
    return Chapter("outdoors", {"en": "Publicity and clean-ups", "zh": "联合宣传与环境整治"}, (told,), figures)


# --- what was built, and what was cleared -----------------------------------------------------------------------


def _decided(stage: Stage) -> list[Case]:
    cases = stage.find("project")
    return [case for case in cases if any(event.kind == "decide" for event in case.history)]


def _projects(stage: Stage, unmet: int) -> Chapter:
    signed = [case for case in _decided(stage) if case.category is None]
    closed = [case for case in signed if not case.open]
    told = {
        "en": f"{len(signed)} projects signed, {len(closed)} of them carried through; {unmet} needs found nobody.",
        "zh": f"签约共建项目 {len(signed)} 个，已完成 {len(closed)} 个；{unmet} 项需求暂无资源。",
    }
    figures = (stage.reached("co_building_projects", len(signed)),)
    return Chapter("projects", {"en": "Co-building", "zh": "共建项目"}, (told,), figures)


def _lane(conference: alliance.Conference) -> Chapter:
    stage = conference.stage
    matter = stage.find("grievance", category="lane_renovation")[0]
    case = stage.find("project", category="lane_renovation")[0]
    days = {event.kind: stage.date(event.at) for event in (*matter.history, *case.history)}
    voices = len(matter.facts["parties"])
    told = {
        "en": f"No agreement in two sessions of {voices} parties; the shops objected on {days['object']}; the second "
        f"plan was accepted by all and decided on {days['decide']}; {case.state} on {days['close']}.",
        "zh": f"{voices} 方两次会议未能一致；{days['object']} 商户反对，{days['decide']} 各方接受新方案，"
        f"{days['close']} 建成。",
    }
    table = stage.community.organization.conference_units[0][1]
    reached = stage.reached("conference_parties", len(conference.came), given=len(table.parties))
    return Chapter("lane", {"en": "The contested lane", "zh": "街巷改造协商"}, (told,), (reached,))


def _parking(stage: Stage, week: ParkingWeek) -> Chapter:
    case = stage.find("grievance", category="parking")[0]
    told = {
        "en": f"{OWNERS} owners talked to by members on duty; the matter is {case.state}.",
        "zh": f"值班党员劝导 {OWNERS} 名车主。",
    }
    figures = (stage.reached("cleared_days", week.days),)
    return Chapter("parking", {"en": "The drying ground", "zh": "晾晒场清理"}, (told,), figures)


def _levels(stage: Stage) -> Chapter:
    reached = (stage.reached("levels", given=len(stage.community.plan.levels)),)
    organization = stage.community.organization
    told = {
        "en": f"{organization.size} units, {organization.total_households:,} households.",
        "zh": f"{organization.size} 个组织单元，{organization.total_households:,} 户。",
    }
    return Chapter("levels", {"en": "Four levels", "zh": "四级组织"}, (told,), reached)


def _commons(stage: Stage) -> Chapter:
    """Count the commons under which something was done: each by what it left on the desk."""
    done = {
        "construction discussed together": [case for case in _decided(stage) if case.category is not None],
        "party building together": stage.find("check_in", state="active"),
        "civility together": stage.find("duty", state="done"),
        "services together": stage.find("service", state="closed"),
        "a better place together": stage.find("project", state="closed"),
    }
    told = {"en": "; ".join(f"{name}: {len(cases)}" for name, cases in done.items()) + ".", "zh": "五共均有成果。"}
    figures = (stage.reached("commons", sum(bool(cases) for cases in done.values()), given=len(done)),)
    return Chapter("commons", {"en": "The five commons", "zh": "五共"}, (told,), figures)
