"""Jiafu (嘉福社区): double check-in, notebooks, a board that is claimed from, hard projects, duty in turn, and honours.

Reported: 3 community secretaries, 4 field workers and 5 area secretaries keep notebooks; 18 units and 104 members
claimed 134 items in four ways; 59,100 yuan were donated; 3.94 million raised from partners and 36 hard projects solved;
partner units hold duty in turn; a member is on duty as estate doctor from eight to ten at night; 16 organizations and
23 volunteers were honoured.

Nobody can derive what others ask for or wish, so this is given, and told so: who keeps notebooks; that 104 members
report in besides the 18 partners; 134 items on the list, 36 hard matters, and that they cost together what was donated
and raised (how it divides is drawn); that 16 units and 23 members say that they may be honoured; the hours of the
doctor; and the forty years. Assumed, beside what the definition assumes: three skills of eight for each member; a
member takes one thing on, a unit two; every fourth member has Saturdays free for duty; what each would give; what a
partner can give in a quarter (`BUDGET`); an honour for whoever kept three turns of duty (`HONOUR`). The report's estate
without water and power is another place here and lacks something else.

Comes out: who claims what, within everybody's own room and no item beyond its need; that all have something; how the
money comes together, to the yuan; when projects can be paid for and built, and that this is done by December; who was
on duty how often, as the rota and the people who did not come leave it; and so, who of those who may be is honoured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import define, field

from govflow.calendar import DAY, HOUR, Calendar
from govflow.casework import Case
from govflow.casework.money import funds
from govflow.community import Community
from govflow.planning import DutyRules, Person, Rota, Shift, rota, shifts_from
from govflow.planning.recognition import HonourRule, deserving, honours, offer_honours, open_evaluations, services
from govflow.stories.board import (
    DONATE,
    EVALUATING,
    LOOKING,
    Giver,
    Wanted,
    ask_for,
    beyond_need,
    claimed,
    for_hands,
    fulfil,
    give,
    report_in,
    shares,
    sign,
    tell_branches,
)
from govflow.stories.crew import SETTLING, Hand, Hours, Plays, calendar_of, coming, neighbours, posts, serve
from govflow.stories.duties import on_duty
from govflow.stories.hard import HardMatters
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter, Story

TOP = "committee/jiafu"
SKILLS = ("care", "company", "culture", "digital", "events", "law", "repairs", "teaching")
WAYS = ("take_on", "take_on", "take_on", "look_after", "adopt")
DONATIONS = 12
"""Items that want money and nobody's hands (assumed)."""

BUDGET = 120_000
"""What a partner can give for hard projects in a quarter, in yuan (assumed)."""

DUTY_FROM, DUTY_UNTIL = "2026-03-02", "2026-10-01"
END = "2026-12-03"
STAYS_AWAY = 0.02
"""How often somebody does not come to a turn of duty (assumed)."""

HONOUR = HonourRule("turns of duty kept", ("duty",), least=3)

PLAYS: Plays = {**SETTLING, **LOOKING, **EVALUATING}


@define(eq=False)
class Year:
    """What is planned in the year: who gives what, the rotas, the hard matters; and what is counted on the way."""

    stage: Stage
    areas: tuple[str, ...]
    partners: tuple[str, ...]
    hard: HardMatters
    rotas: list[Rota] = field(factory=list)
    doctor: list[Case] = field(factory=list)
    problems: Counter[str] = field(factory=Counter)
    told: int = 0

    def area(self, number: int) -> str:
        """Return an area in turn."""
        return self.areas[number % len(self.areas)]


def tell(community: Community, *, seed: int = 1, store: Any = None) -> Story:
    """Tell the year of Jiafu, from the reporting-in to the honours."""
    stage = Stage(community, "2026-01-05T08:00", seed=seed, store=store)
    partners = tuple(unit for unit in community.organization.ids if unit.startswith("partner/"))
    year = Year(stage, tuple(community.organization.units("area")), partners, HardMatters(stage, TOP, partners, BUDGET))
    work(year)
    january(year)
    stage.run(stage.instant("2026-02-02"))
    year.problems.update(str(case.category) for case in stage.find("grievance", channel="notebook", open=True))
    people = list(givers(year))
    wanted = list(items(year))
    stage.begin(*(ask_for(stage, number, one) for number, one in enumerate(wanted, start=1)))
    stage.run(stage.instant("2026-02-27T18:00"))
    signed = sign(stage, for_hands(stage), by=f"{TOP}#1")
    stage.begin(*(fulfil(stage, stage.desk.case(one.demand), who) for one, who in signed))
    stage.begin(*(give(stage, one, 60 * DAY) for one in people))
    turns(year, people)
    for quarter in ("2026-04-01", "2026-07-01", "2026-10-01"):
        stage.run(stage.instant(quarter))
        year.told += tell_branches(stage, stage.now - 90 * DAY)
    evaluate(year, people)
    stage.run(stage.instant(END))
    return stage.story([notebooks(year), board(year), projects(year), duty(year), honoured(year)])


# --- the people, and what they do ---------------------------------------------------------------------------------


def givers(year: Year) -> Iterator[Giver]:
    """Yield the units and members that report in, with what they say of themselves.

    Every fourth member has Saturdays free. How many say that they may be honoured is given; all of them do duty.
    """
    stage = year.stage
    members = [f"member:example-{n}" for n in range(1, stage.given("claiming_members") + 1)]
    free = drawn([who for n, who in enumerate(members, 1) if not doctors("member", n)], len(members) // 4, stage)
    honoured = {
        *drawn(year.partners, stage.given("organizations_honoured"), stage),
        *free[: stage.given("volunteers_honoured")],
    }
    for kind, ids in (("unit", year.partners), ("member", members)):
        for number, who in enumerate(ids, start=1):
            shuffled = sorted(SKILLS, key=lambda skill: stage.luck("can", who, skill))
            skills = (*shuffled[: 5 if kind == "unit" else 3], *(("medicine",) if doctors(kind, number) else ()))
            days = ("tue", "thu", "sat") if kind == "unit" or who in free else ("mon", "wed", "fri")
            gift = round((1500 + 5000 * stage.luck("would give", who)) / (1 if kind == "unit" else 12))
            unit = year.area(number)
            room = 2 if kind == "unit" else 1
            yield Giver(who, unit, skills, days, room, "yes" if who in honoured else "no", gift)


def drawn(among: Sequence[str], number: int, stage: Stage) -> list[str]:
    """Return so many of some names, as luck has it."""
    return sorted(among, key=lambda who: stage.luck("drawn", who))[:number]


def doctors(kind: str, number: int) -> bool:
    """Say whether somebody is a doctor: two of the members are (assumed)."""
    return kind == "member" and number in (52, 104)


def items(year: Year) -> Iterator[Wanted]:
    """Yield what stands on the demand list: as many items as reported, the first of them a doctor for the estate."""
    stage = year.stage
    number = stage.given("items_claimed")
    money = shares(stage.given("yuan_donated"), [0.5 + stage.luck("money", n) for n in range(DONATIONS)], 100)
    yield Wanted("look_after", year.area(0), ("medicine",))
    for n, yuan in enumerate(money):
        yield Wanted(DONATE, year.area(n), (), yuan=yuan)
    for n in range(number - DONATIONS - 1):
        skill = SKILLS[int(stage.luck("takes", n) * len(SKILLS))]
        yield Wanted(WAYS[n % len(WAYS)], year.area(n), (skill,), places=2 if n % 12 == 0 else 1)


def work(year: Year) -> None:
    """Put the secretaries and field workers to work, each in their own hours."""
    stage = year.stage
    neighbours(stage)
    at_the_top = {**PLAYS, **year.hard.plays}
    in_an_area = {**PLAYS, ("grievance", "assigned"): year.hard.pass_up()}
    for unit in (TOP, *year.areas):
        plays, hours = at_the_top if unit == TOP else in_an_area, Hours(calendar_of(stage, unit))
        stage.begin(*(serve(stage, Hand(post, unit, hours), plays) for post in posts(stage, unit)))
    year.hard.begin()


def january(year: Year) -> None:
    """Let units and members report in, and the notebooks fill: what people bring, and the hard matters."""
    stage = year.stage
    stage.begin(*(report_in(stage, one) for one in givers(year)))
    for category in stage.community.assumptions.arrivals["grievance"]:
        stage.begin(coming(stage, "grievance", category, until=stage.instant("2026-01-31")))
    number = stage.given("hard_projects_solved")
    weights = [4.0, *(0.3 + stage.luck("costs", n) for n in range(1, number))]
    years = stage.given("years_without_water_and_power")
    for n, yuan in enumerate(shares(stage.given("yuan_raised"), weights, 1000)):
        flood = f"No drain in our lane for {years} years; it floods with every rain."
        text = f"Hard matter {n + 1}." if n else flood
        stage.begin(year.hard.bring(n, yuan, {"category": "old_buildings", "unit": year.area(n)}, text))


# --- duty in turn -------------------------------------------------------------------------------------------------


def turns(year: Year, people: Sequence[Giver]) -> None:
    """Plan who is on duty when, and let them come: partners in turn, members on Saturdays, the doctor every day."""
    stage = year.stage
    since, until = stage.instant(DUTY_FROM), stage.instant(DUTY_UNTIL)
    doctor = next(who for who in claimed(stage.find("claim"))[doctors_item(stage).id])
    saturday = [one.id for one in people if "sat" in one.days and one.id.startswith("member:") and one.id != doctor]
    for unit, ids, hours, needs in (
        ("station/partners", year.partners, {"tue": "19:00-21:00", "thu": "19:00-21:00", "sat": "09:00-12:00"}, 1),
        ("station/members", saturday, {"sat": "09:00-12:00"}, 5),
    ):
        calendar = Calendar.from_data(unit, {"hours": hours, "holidays": "cn"}, stage.community.zone)
        shifts = shifts_from(calendar, since, until, unit=unit, needs=needs)
        plan = rota([Person(who) for who in ids], shifts, DutyRules(per_week=1, zone=stage.community.zone))
        year.rotas.append(plan)
        stage.begin(*(on_duty(stage, shift, [who], TOP) for shift in shifts for who in came(stage, plan, shift)))
    begins = stage.given("doctor_from_hour")
    always = Calendar.from_data("doctor", {"hours": {"mon-sun": f"{begins:02}:00-22:00"}}, stage.community.zone)
    days = shifts_from(always, since, stage.instant(END), unit="station/doctor")
    plan = rota([Person(doctor, hours=always)], days, DutyRules(rest=10 * HOUR))
    stage.begin(*(attend(year, shift, who) for shift in days for who in plan.duty[shift.id]))


def doctors_item(stage: Stage) -> Case:
    """Return the item that asks for a doctor."""
    return next(case for case in stage.find("claim") if case.history[0].fields.get("skills") == ["medicine"])


def came(stage: Stage, plan: Rota, shift: Shift) -> list[str]:
    """Return who of those planned for a shift comes to it."""
    return [who for who in plan.duty[shift.id] if stage.luck("comes", shift.id, who) >= STAYS_AWAY]


def attend(year: Year, shift: Shift, who: str) -> Process:
    """Be on duty as the doctor all day; the clock ends the longest shift there is."""
    stage = year.stage
    yield shift.start - DAY
    case = stage.desk.open("duty", by=f"{TOP}#1", unit=TOP, held_on=stage.date(shift.start))
    stage.desk.act(case, "place", by=f"{TOP}#1", on_duty=who)
    yield shift.start
    year.doctor.append(stage.desk.act(case, "begin", by=who))


# --- evaluation and honours ---------------------------------------------------------------------------------------


def evaluate(year: Year, people: Sequence[Giver]) -> None:
    """Evaluate the service of whoever kept their turns, and offer an honour to those who wish for honours."""
    stage = year.stage
    reasons = deserving(services(stage.desk, until=stage.now), [HONOUR])
    group = {one.id: one.unit for one in people}
    for case in open_evaluations(stage.desk, {who: group[who] for who in reasons}, by=f"{TOP}#1"):
        stage.begin(speak(stage, case.id, str(case.facts["subject"])))
    wish = {one.id for one in people if one.honours == "yes"}
    stage.run(stage.instant("2026-11-16"))
    for case in offer_honours(stage.desk, {who: why for who, why in reasons.items() if who in wish}, by=f"{TOP}#1"):
        stage.begin(reply(stage, case.id, "accept_honour"))


def speak(stage: Stage, case: str, who: str) -> Process:
    """Give one's own word, and later agree with what the others said; within ten days each (assumed)."""
    yield stage.now + round(stage.luck("own word", who) * 10 * DAY)
    stage.desk.act(case, "speak", by=who, own_mark="good")
    while stage.desk.case(case).state != "told":
        yield case
    yield from reply(stage, case, "agree")


def reply(stage: Stage, case: str, trigger: str) -> Process:
    """Answer what one is told or offered, within ten days (assumed)."""
    who = str(stage.desk.case(case).facts["subject"])
    yield stage.now + round(stage.luck(trigger, who) * 10 * DAY)
    stage.desk.act(case, trigger, by=who)


# --- what came of it ----------------------------------------------------------------------------------------------


def notebooks(year: Year) -> Chapter:
    """Tell of the notebooks, and of the problem list drawn from them."""
    stage = year.stage
    keepers = {*posts(stage, TOP), *(f"{area}#1" for area in year.areas)}
    at_work = {event.by for event in stage.desk.feed() if event.by in keepers}
    number = stage.given("community_secretaries")
    secretaries = at_work & set(posts(stage, TOP)[:number])
    written = stage.find("grievance", channel="notebook")
    pages = {(case.facts["home"], stage.date(case.facts["opened"])) for case in written}
    most = ", ".join(f"{name} {n}" for name, n in sorted(year.problems.items()))
    told = (
        {
            "en": f"{len(written)} matters on {len(pages)} days' pages; on the problem list of 2 February: {most}.",
            "zh": f"民情笔记{len(written)}件、{len(pages)}页；二月二日问题清单{sum(year.problems.values())}件。",
        },
    )
    reached = (
        stage.reached("community_secretaries", len(secretaries)),
        stage.reached(
            "field_workers",
            len({one for one in at_work if one.startswith(TOP)} - secretaries),
            given=len(posts(stage, TOP)[number:]),
        ),
        stage.reached(
            "area_secretaries", len({one for one in at_work if one.startswith("area/")}), given=len(year.areas)
        ),
    )
    return Chapter("notebooks", {"en": "Notebooks of people's matters", "zh": "民情笔记"}, told, reached)


def board(year: Year) -> Chapter:
    """Tell who claimed what from the board, and what was given."""
    stage = year.stage
    listed = stage.find("claim")
    signed = claimed(listed)
    who = set().union(*signed.values())
    places = sum(case.facts["counter.places"] for case in for_hands(stage))
    hands = sum(len(case.facts.get("helpers", ())) + case.facts.get("counter.delivered", 0) for case in listed)
    money = funds(stage.desk, "claim").total
    told = (
        {
            "en": f"{len(stage.find('check_in'))} reported in; {hands} of {places} places were taken; "
            f"{len(beyond_need(listed))} items beyond their need; {year.told} records went to their own branches.",
            "zh": f"双报到{len(stage.find('check_in'))}；认领名额{hands}/{places}，"
            f"超额认领{len(beyond_need(listed))}项；向所在党组织反馈服务记录{year.told}份。",
        },
    )
    ways = {case.history[0].fields["way"] for case in listed if case.id in signed}
    reached = (
        stage.reached("ways_to_claim", len(ways), given=len({*WAYS, DONATE})),
        stage.reached(
            "claiming_units", len({one for one in who if one.startswith("partner/")}), given=len(year.partners)
        ),
        stage.reached("claiming_members", len({one for one in who if one.startswith("member:")})),
        stage.reached("items_claimed", len(signed)),
        stage.reached("yuan_donated", float(money.received)),
    )
    return Chapter("board", {"en": "Double check-in, and four ways to claim", "zh": "双报到与四种认领"}, told, reached)


def projects(year: Year) -> Chapter:
    """Tell of the hard projects and their money."""
    stage = year.stage
    every = stage.find("project")
    solved = [case for case in every if case.state == "closed"]
    rounds = sum(case.facts.get("counter.rounds", 0) for case in every)
    last = max((case.facts["entered"] for case in solved), default=stage.now)
    money = funds(stage.desk, "project").total
    answered = [one for one in year.hard.costs if stage.desk.case(one).facts.get("resolved_at")]
    told = (
        {
            "en": f"{len(every)} projects, {rounds} plans laid before their groups; the last was closed on "
            f"{stage.date(last)}, and {len(answered)} matters were taken up again and answered.",
            "zh": f"共建项目{len(every)}个，协商方案{rounds}轮，最后一个于{stage.date(last)}办结；"
            f"回复原诉求{len(answered)}件。",
        },
    )
    reached = (
        stage.reached("yuan_raised", float(money.received)),
        stage.reached("hard_projects_solved", len(solved)),
        stage.reached("years_without_water_and_power"),
    )
    return Chapter("projects", {"en": "Hard cases", "zh": "难题项目"}, told, reached)


def duty(year: Year) -> Chapter:
    """Tell who was on duty."""
    stage = year.stage
    calendar = calendar_of(stage, TOP)
    ended = set()
    for case in year.doctor:
        spans = {event.kind: calendar.local(event.at).hour for event in stage.desk.history(case.id)}
        ended.add(spans.get("finish"))
    turns_each = [[total for total, _ in plan.counts().values()] for plan in year.rotas]
    counts = ", ".join(f"{min(each)} to {max(each)} turns for each of {len(each)}" for each in turns_each)
    told = (
        {
            "en": f"Partners and members took duty in turn: {counts}. The doctor was there on {len(year.doctor)} days.",
            "zh": f"共建单位与党员轮值：{'；'.join(f'{len(e)}方各{min(e)}至{max(e)}次' for e in turns_each)}。"
            f"小区医生值守{len(year.doctor)}天。",
        },
    )
    reached = (
        stage.reached("doctor_from_hour"),
        stage.reached("doctor_until_hour", ended.pop() or -1 if len(ended) == 1 else -1),
    )
    return Chapter("duty", {"en": "Duty in turn, and the estate doctor", "zh": "轮值与小区医生"}, told, reached)


def honoured(year: Year) -> Chapter:
    """Tell who was honoured."""
    stage = year.stage
    held = honours(stage.desk)
    units = [one for one in held if one.who.startswith("partner/")]
    spoken, words = len(stage.find("evaluation")), held[0].text if held else ""
    told = (
        {
            "en": f"{spoken} evaluated by three levels; an honour says what for: “{words}”.",
            "zh": f"三级评价{spoken}，授予荣誉{len(held)}。",
        },
    )
    reached = (
        stage.reached("organizations_honoured", len(units)),
        stage.reached("volunteers_honoured", len(held) - len(units)),
    )
    return Chapter("honours", {"en": "Honours", "zh": "表彰"}, told, reached)
