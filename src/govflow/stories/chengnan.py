"""Chengnan: five grids, a station with eight services, a mobile station, and what people bring to it.

Reported: 5 grids and 3,300 households; cadres and work team spread evenly over them, one mentor for one cadre; 8
services; 48 sessions; 129 demands brought to them, all answered; close to 1,000 books from three sources; a dispute.

Assumed, beside what the definition assumes: the half-year from 22 June to 18 December 2020; 5 committee members, 5
cadres, 5 of the work team, 10 volunteers free on Tuesdays or Saturdays, a week of leave each; the timetable (a park on
Tuesdays, the shopping area on Saturdays, two hours, half an hour of talk first); a quarter of an hour to hear somebody.

Assumed as well is how they work: what the station collected is handed to the grid it comes from, and everybody sees to
it before all else; one of five at the committee takes up what is new and does nothing else, another sees first to what
is new; what is due first is done first, and who sees that something takes longer than the limit allows passes it up
before that.

What comes out: sessions are what the timetable and the holidays leave and the rota fills, nobody twice at once. How
many people had something to bring is given, for nobody can derive what others want, and told so, as are the grids, the
households, the shops and companies; when people come, from which household and with what is luck. Whoever is not heard
before a session closes waits for the next, so all are collected only where the sessions have room. The fifteen people
of the grids and the five of the committee answer them, with everything else that 3,300 households bring on the same
desks, and without the hours in which they stand at a station. Whether each is answered before its limits run out is
theirs to do, and with fewer people is not done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field

from govflow.calendar import DAY, MINUTE, Calendar
from govflow.casework import Case, Directory
from govflow.community import Community
from govflow.organization import Post
from govflow.planning import (
    Door,
    DutyRules,
    Person,
    Rota,
    Shift,
    Spread,
    Stop,
    Timetable,
    breaches,
    plan_patches,
    rota,
    sessions,
    spread,
)
from govflow.stories.books import Shelves
from govflow.stories.crew import (
    ACCEPTING,
    SETTLING,
    Hand,
    Homes,
    Hours,
    Plays,
    calendar_of,
    coming,
    neighbours,
    posts,
    serve,
)
from govflow.stories.duties import on_duty
from govflow.stories.mentoring import mentoring
from govflow.stories.quarrel import MEDIATING, quarrel
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter, Story

BEFORE, START, END = "2020-06-21", "2020-06-22", "2020-12-19"
TOP = "committee/chengnan"
KINDS = ("secretary", "cadre", "work_team")
WEEK = 7 * DAY

SERVICES = {
    "policy": {"mon": "10:00-14:00"},
    "party affairs": {"mon": "15:30-19:30"},
    "legal advice": {"tue": "10:00-14:00"},
    "jobs": {"wed": "10:00-14:00"},
    "mediation": {"wed": "15:30-19:30"},
    "medicine": {"thu": "10:00-14:00"},
    "repairs": {"fri": "10:00-14:00"},
    "reading": {"fri": "15:30-19:30"},
}
"""The eight services of the station in the shopping area, and when each is given (which, and when: assumed)."""

STOPS = (Stop("park", {"tue": "16:00-18:00"}), Stop("shopping area", {"sat": "11:00-13:00"}))
VOLUNTEERS = ({"tue": "15:00-20:00"}, {"sat": "09:00-14:00"})
"""When volunteers are free: half of them on Tuesdays, half on Saturdays (assumed)."""

TALK, HEARING = 30 * MINUTE, 15 * MINUTE


def tell(community: Community, *, seed: int = 1, store: Any = None) -> Story:
    """Tell the half-year of the station, and what went on beside it."""
    grids = community.organization.units("grid")
    people = {f"member:example-{n:02d}": (KINDS[n % len(KINDS)],) for n in range(len(KINDS) * len(grids))}
    spreading = spread(people, grids)
    places = tuple(Post(grid, member) for member, grid in spreading.unit_of.items())
    stage = Stage(community, BEFORE, seed, Directory(posts=places), store)
    station = Station(stage, staffed(stage, people))
    station.open(stage.instant(END))
    work(stage, spreading, people, station.rota)
    team, cadres = ([member for member, kind in people.items() if one in kind] for one in ("work_team", "cadre"))
    mentoring(stage, TOP, team, cadres, until=stage.instant(END))
    quarrel(stage, grids[1], category="strays")
    shelves = Shelves(stage, TOP)
    shelves.fill(stage.instant(END))
    stage.run(stage.instant(END) + 30 * DAY)
    chapters = (_grids(stage, spreading), station.chapter(), _answers(station), _dispute(stage), shelves.chapter())
    return stage.story(chapters)


def staffed(stage: Stage, people: Mapping[str, Sequence[str]]) -> Rota:
    """Return the rota of the sessions and of the station's services: one plan, so that nobody is in two places."""
    days = stage.community.calendars["grid"]
    since, until = stage.instant(START), stage.instant(END)
    mobile = Timetable("station/mobile", STOPS)
    mall = Timetable("station/mall", [Stop(service, hours) for service, hours in SERVICES.items()])
    talks = sessions(mobile, days, since, until, needs=3, skills={"cadre": 1, "work_team": 1})
    staff = [
        Person(member, kinds, away=(_leave(since, number),)) for number, (member, kinds) in enumerate(people.items())
    ]
    zone = stage.community.zone
    free = [Calendar.from_data("volunteers", {"hours": hours}, zone) for hours in VOLUNTEERS]
    for number in range(10):
        hours = free[number % len(free)]
        staff.append(Person(f"member:volunteer-{number}", hours=hours, away=(_leave(since, number),)))
    return rota(staff, [*talks, *sessions(mall, days, since, until)], DutyRules(per_week=2, zone=zone))


def _leave(since: int, number: int) -> tuple[int, int]:
    """Return the week of leave of one person: everybody has one, in turn (assumed)."""
    return since + (4 + number) * WEEK, since + (5 + number) * WEEK


def work(stage: Stage, spreading: Spread, people: Mapping[str, Sequence[str]], plan: Rota) -> None:
    """Put everybody to work on what comes in, except on leave and on duty, and let residents come and answer."""
    leave = {person.id: person.away for person in plan.people}
    for member, grid in spreading.unit_of.items():
        away = [*leave[member], *((shift.start, shift.end) for shift in plan.of(member))]
        hand = Hand(member, grid, Hours(calendar_of(stage, grid), away), from_station)
        stage.begin(serve(stage, hand, {**SETTLING, **MEDIATING} if "secretary" in people[member] else SETTLING))
    taking_up: Plays = {("grievance", "received"): take_up}
    for number, post in enumerate(posts(stage, TOP)):
        hand = Hand(post, TOP, Hours(calendar_of(stage, TOP)), to_take_up if number == 1 else from_station)
        stage.begin(serve(stage, hand, taking_up if number == 0 else {**SETTLING, **taking_up}))
    neighbours(stage)
    for category in stage.community.assumptions.arrivals["grievance"]:
        stage.begin(coming(stage, "grievance", category, until=stage.instant(END)))


def from_station(case: Case) -> bool:
    """Say whether a case was collected by the station: everybody sees to these before all others."""
    return bool(case.facts["channel"] == "station")


def to_take_up(case: Case) -> bool:
    """Say whether one of five at the committee sees to a case before all others: what is new, and the station's."""
    return case.state == "received" or from_station(case)


def take_up(stage: Stage, case: Case, hand: Hand) -> Process:
    """Accept what came to the committee, and hand what the station collected to the grid it comes from."""
    yield from ACCEPTING["grievance", "received"](stage, case, hand)
    if from_station(case) and stage.desk.case(case).state == "assigned":
        stage.desk.act(case, "hand_down", by=hand.id, reason="nearer_to_home")


@define(eq=False)
class Station:
    """The station on the mall and on wheels: who stands there when, who waits in line, what was collected."""

    stage: Stage
    rota: Rota
    line: list[int] = field(factory=list, init=False)
    collected: list[str] = field(factory=list, init=False)
    held: list[Shift] = field(factory=list, init=False)

    def open(self, until: int) -> None:
        """Let every shift that is staffed take place, and whoever has something to bring come up to `until`."""
        vacant = {one.shift for one in self.rota.open}
        self.stage.begin(*(self._shift(shift) for shift in self.rota.shifts if shift.id not in vacant))
        brought = self.stage.given("demands_collected")
        span = until - WEEK - self.stage.now  # the last week is for who is still in line
        self.stage.begin(*(self._visitor(number, span) for number in range(brought)))

    def _visitor(self, number: int, span: int) -> Process:
        yield self.stage.now + round(self.stage.luck("something to bring", number) * span)
        self.line.append(number)

    def _shift(self, shift: Shift) -> Process:
        hearing = self._hear(shift) if shift.unit == "station/mobile" else None
        yield from on_duty(self.stage, shift, self.rota.duty[shift.id], TOP, kept=self.held, meanwhile=hearing)

    def _hear(self, shift: Shift) -> Process:
        """Talk first, then hear those in line one after the other, as long as one more can be heard before closing."""
        yield shift.start + TALK
        while self.stage.now + HEARING <= shift.end:
            who = self.line.pop(0) if self.line else None
            yield self.stage.now + HEARING
            if who is not None:
                self._collect(who)

    def _collect(self, who: int) -> None:
        """Write down what somebody brings, as a grievance: what about is drawn by what comes to stations."""
        arrivals = self.stage.community.assumptions.arrivals["grievance"]
        rates = {one: of.per_household_year * of.channels.get("station", 0) for one, of in arrivals.items()}
        case = self.stage.desk.open(
            "grievance",
            by=f"resident:example-station-{who}",
            category=self.stage.choice(rates, "brought", who),
            channel="station",
            household=Homes.of(self.stage).at(self.stage.luck("household", who)),
            text="Brought to the station.",
        )
        self.collected.append(case.id)

    def chapter(self) -> Chapter:
        """Tell of the station: services, sessions, what was collected."""
        talks = [shift for shift in self.held if shift.unit == "station/mobile"]
        services = {shift.place for shift in self.held if shift.unit == "station/mall"}
        people = {one for shift in self.held for one in self.rota.duty[shift.id]}
        doubled = [one for one in breaches(self.rota) if one.rule == "overlap"]
        told = (
            {
                "en": f"{len(self.held)} shifts kept by {len(people)} people, {len(doubled)} of them double-booked.",
                "zh": f"{len(people)} 人轮值 {len(self.held)} 班，重复排班 {len(doubled)} 次。",
            },
            {
                "en": f"{len(self.collected)} demands written down; {len(self.line)} people still in line at the end.",
                "zh": f"登记诉求 {len(self.collected)} 件；最后仍在排队的有 {len(self.line)} 人。",
            },
        )
        figures = (
            self.stage.reached("station_services", len(services), given=len(SERVICES)),
            self.stage.reached("publicity_sessions", len(talks)),
            self.stage.reached("demands_collected"),
        )
        return Chapter("station", {"en": "The service station", "zh": "党群服务站"}, told, figures)


LIMITS = ("respond", "handle", "settle_case")
"""The limits inside which an answer is due: the first word, the work at each level, and the resident's own clock."""


def in_time(stage: Stage, case: str) -> bool:
    """Say whether a case was resolved by somebody, and none of its limits had run out before it was."""
    history = stage.desk.history(case)
    answers = [event.at for event in history if event.kind == "resolve"]
    late = [event.at for event in history if event.deadline in LIMITS]
    return bool(answers) and not any(at <= answers[0] for at in late)


def _answers(station: Station) -> Chapter:
    stage = station.stage
    answered = [case for case in station.collected if in_time(stage, case)]
    every = stage.find("grievance")
    levels = Counter(_resolved_at(stage, case) for case in answered)
    told = (
        {
            "en": f"{len(every):,} grievances lay on the same desks; of the station's, "
            + ", ".join(f"{number} were resolved at the {level}" for level, number in sorted(levels.items()))
            + ".",
            "zh": f"同一批人共办理诉求 {len(every)} 件。",
        },
    )
    figures = (stage.reached("demands_resolved", len(answered), given=stage.given("demands_collected")),)
    return Chapter("answers", {"en": "Resolved and answered in time", "zh": "按时解决答复"}, told, figures)


def _resolved_at(stage: Stage, case: str) -> str:
    return next(event.unit for event in stage.desk.history(case) if event.kind == "resolve").partition("/")[0]


def _grids(stage: Stage, spreading: Spread) -> Chapter:
    organization = stage.community.organization
    grids = organization.units("grid")
    sizes = [len(spreading.members(grid)) for grid in grids]
    shops = plan_patches(premises(stage), list(spreading.unit_of))
    covered = len(shops.team_of)
    pairs = stage.find("pairing", state=("standing", "visit_due"))
    met = sum(event.kind == "visit" for case in pairs for event in stage.desk.history(case))
    told = (
        {
            "en": f"{sum(sizes)} people over {len(grids)} grids, {min(sizes)} to {max(sizes)} each, "
            f"{spreading.uneven} beyond an even share of any kind; {covered} shops and companies have one of them "
            f"to turn to, {sum(shops.sizes) - covered} have two.",
            "zh": f"{sum(sizes)} 人均分到 {len(grids)} 个网格，每格 {min(sizes)} 至 {max(sizes)} 人；"
            f"{covered} 家商户、企业有专人联系。",
        },
        {
            "en": f"{len(pairs)} mentoring pairs of the work team and the cadres have met {met} times.",
            "zh": f"工作队与社区干部结对帮带 {len(pairs)} 对，已见面 {met} 次。",
        },
    )
    figures = (
        stage.reached("grids", given=len(grids)),
        stage.reached("households", given=organization.total_households),
        stage.reached("residents", residents(stage)),
        stage.reached("sole_traders"),
        stage.reached("companies"),
    )
    return Chapter("grids", {"en": "Five grids", "zh": "五个网格"}, told, figures)


def residents(stage: Stage) -> int:
    """Return how many live there: in each household one to four, two or three as a rule (drawn, assumed)."""
    sizes = {"1": 0.15, "2": 0.35, "3": 0.35, "4": 0.15}
    homes = range(stage.community.organization.total_households)
    return sum(int(stage.choice(sizes, "people", home)) for home in homes)


def premises(stage: Stage) -> list[Door]:
    """Return the doors of all shops and companies: how many is given, that they stand street by street is assumed."""
    numbers = {kind: stage.given(kind) for kind in ("sole_traders", "companies")}
    return [Door(f"{kind}/{n}", f"street {n % 9}", n // 9) for kind, number in numbers.items() for n in range(number)]


def _dispute(stage: Stage) -> Chapter:
    case = stage.find("mediation")[0]
    steps = [event for event in stage.desk.history(case) if event.kind in DISPUTE]
    way = ", ".join(f"{event.kind} {stage.date(event.at)}" for event in steps)
    told = ({"en": f"A quarrel about animals: {way}: {case.state}.", "zh": f"邻里犬猫纠纷：{case.state}。"},)
    return Chapter("dispute", {"en": "A quarrel settled in the grid", "zh": "小事不出网格"}, told)


DISPUTE = ("open", "meet", "agree", "kept")
