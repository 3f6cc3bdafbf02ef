"""Shiwan (石湾镇街道): one street, 39 villages and communities, and one Saturday on which several thousand took part.

Reported: at Hongxiang nearly 300 members in teams of three, each with a patch down to floors and households (floors 24
to 27 of one building, 10 households), who call on the households, and what they hear goes to the estate branch; at
Yijing 600 members grouped by the building they live in, three lists, evaluation by three levels; at Jiangbin 610
members, 68 of them paired with households in difficulty, 7 of which were visited that day with goods and money; at
Huanhu 100 members who gave clothes; several thousand members across the street.

Nobody can derive who reports in or asks for company, so this is given, and told so: how many reported in, that 49
households ask for 68 members together (how they divide is assumed), that there were goods for seven of them that
Saturday, and that a hundred were to give clothes.
Assumed, beside what the definition assumes: three flats on a floor; a round of ten doors in three hours, and how often
nobody is at home or wishes to be called on; skills and free days of members; sixty members in every other community;
and that of those who signed for the day's activity one in seven does not come.

Comes out: the teams and their patches; whom they meet and what becomes of what they hear; who is paired, and who is
visited that Saturday with goods, by the fortnightly rhythm of standing visits; how many took part; and what three
levels say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from attrs import define, field

from govflow.calendar import DAY, HOUR
from govflow.casework import Act, Case, Open
from govflow.casework.lists import demands, resources
from govflow.community import Community
from govflow.errors import Refused
from govflow.planning import Ask, Member, Pairing, Visit, pair, visit_dates, visit_times
from govflow.planning.evaluation import LEVELS, mark_rates, weigh
from govflow.planning.recognition import evaluations, open_evaluations, services
from govflow.planning.standing_visits import open_pairings
from govflow.stories.board import EVALUATING, LOOKING
from govflow.stories.crew import SETTLING, Hand, Hours, Plays, calendar_of, neighbours, posts, serve
from govflow.stories.doorsteps import Patchwork, call_on_all, coordinating
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter, Story

HONGXIANG, YIJING, JIANGBIN, HUANHU = (f"community/{name}" for name in ("hongxiang", "yijing", "jiangbin", "huanhu"))
STREET = "street/shiwan"
DAY_TOLD = "2026-06-06"
PARCEL = "Goods and money, and an hour's talk."
END = "2026-07-18"
ELSEWHERE = 60
"""Members who sign for the day's activity in each of the other communities (assumed)."""

COMES = 6 / 7
SINGLE = 2
"""Single residents' needs in each building of Yijing, beside one common activity (assumed)."""

WANT_TO_GIVE = 120
"""Members of Huanhu who want to give clothes (assumed); a hundred are asked for."""

EXAMPLE = 7
"""The example is the eighth patch of the first tower, counted from the ground (assumed)."""

SKILLS = ("care", "company", "counselling", "medicine")
DAYS = (("mon", "wed", "sat"), ("tue", "thu", "sat"), ("wed", "fri"), ("mon", "thu", "sat"))
ASKS = 49
"""Households that ask for company (assumed); some ask for two members, so that all ask for as many as is given."""


@define(eq=False)
class Saturday:
    """What is prepared for the day, and what is counted on the way."""

    stage: Stage
    patches: Patchwork
    day: int
    reported: dict[str, list[str]] = field(factory=dict)
    lists: dict[str, int] = field(factory=dict)
    pairing: Pairing = field(factory=lambda: Pairing(()))
    parcels: int = 0


def tell(community: Community, *, seed: int = 1, store: Any = None) -> Story:
    """Tell of the street's Saturday: what led up to it, and what became of it."""
    patches = Patchwork(community, HONGXIANG)
    directory = patches.plan()
    stage = Stage(community, "2026-05-11T08:00", seed=seed, directory=directory, store=store)
    told = Saturday(stage, patches, stage.instant(f"{DAY_TOLD}T09:00"))
    work(told)
    report_in(told)
    stage.run(stage.instant("2026-05-25"))
    stage.begin(*(activity(told, *one) for one in activities(told)))
    stage.begin(call_on_all(stage, patches, told.day))
    stand_by(told)
    stage.run(stage.instant(DAY_TOLD))
    told.lists["resources"] = sum(item.unit.startswith("estate/yijing") for item in resources(stage.desk))
    told.lists["needs"] = sum(item.unit.partition("/")[2].startswith("yijing") for item in demands(stage.desk))
    stage.run(stage.instant(DAY_TOLD) + DAY)
    evaluate(told)
    stage.run(stage.instant(END))
    return stage.story([street(told), hongxiang(told), yijing(told), jiangbin(told), huanhu(told)])


def work(told: Saturday) -> None:
    """Put teams, estate branches and communities to work on what comes to them, each in their own hours."""
    stage, organization = told.stage, told.stage.community.organization
    neighbours(stage)
    _serve(stage, STREET, SETTLING)
    for community in (HONGXIANG, YIJING, JIANGBIN):
        plays = {**SETTLING, **LOOKING, **EVALUATING}
        _serve(stage, community, plays)
        for estate in organization.subordinates(community):
            _serve(stage, estate, {**plays, **(coordinating(told.patches) if community == HONGXIANG else {})})
    for unit, members in told.patches.teams.items():
        hours = Hours(calendar_of(stage, unit))
        stage.begin(*(serve(stage, Hand(member, unit, hours), SETTLING) for member in members))


def _serve(stage: Stage, unit: str, plays: Plays) -> None:
    hours = Hours(calendar_of(stage, unit))
    stage.begin(*(serve(stage, Hand(post, unit, hours), plays) for post in posts(stage, unit)))


# --- reporting in -------------------------------------------------------------------------------------------------


def report_in(told: Saturday) -> None:
    """Let members report in with the estate branch of the building that they live in, as many as reported."""
    stage = told.stage
    told.reported[HONGXIANG] = [member for team in told.patches.teams.values() for member in team]
    for community, figure in ((YIJING, "yijing_members"), (JIANGBIN, "jiangbin_members")):
        name = community.partition("/")[2]
        told.reported[community] = [f"member:example-{name}-{n + 1}" for n in range(stage.given(figure))]
    for community in (YIJING, JIANGBIN):
        by_day: dict[int, list[Open]] = {}
        for number, member in enumerate(told.reported[community]):
            said = {"skills": [SKILLS[number % len(SKILLS)]], "days": DAYS[number // len(SKILLS) % len(DAYS)]}
            day = int(stage.luck("reports in", member) * 10)
            by_day.setdefault(day, []).append(Open("check_in", member, unit=lives_in(told, member), fields=said))
        stage.begin(*(_report(stage, stage.now + day * DAY, opens) for day, opens in sorted(by_day.items())))


def _report(stage: Stage, at: int, opens: Iterable[Open]) -> Process:
    yield at
    stage.desk.batch(opens)


def lives_in(told: Saturday, member: str) -> str:
    """Return the estate in whose buildings a member lives: in turn (assumed)."""
    name, _, number = member.removeprefix("member:example-").rpartition("-")
    estates = told.stage.community.organization.subordinates(f"community/{name}")
    return str(estates[int(number) % len(estates)])


# --- what is done together on the day -----------------------------------------------------------------------------


def activities(told: Saturday) -> list[tuple[str, str, list[str], int]]:
    """Return what is done together on the day: where, in which way, who wants to, and how many places there are."""
    organization = told.stage.community.organization
    givers = [f"member:example-huanhu-{n + 1}" for n in range(WANT_TO_GIVE)]
    found = [(HUANHU, "donate", givers, told.stage.given("huanhu_donors"))]
    buildings: dict[str, list[str]] = {}
    for community in (YIJING, JIANGBIN):
        for member in told.reported[community]:
            buildings.setdefault(lives_in(told, member), []).append(member)
    found += [(estate, "take_on", members, len(members)) for estate, members in sorted(buildings.items())]
    for estate in organization.subordinates(YIJING) * SINGLE:
        found.append((estate, "take_on", buildings[estate], 1))
    for community in organization.units("community"):
        if community not in (HONGXIANG, YIJING, JIANGBIN, HUANHU):
            name = community.partition("/")[2]
            members = [f"member:example-{name}-{n + 1}" for n in range(ELSEWHERE)]
            found.append((community, "take_on", members, len(members)))
    return found


def activity(told: Saturday, unit: str, way: str, members: list[str], places: int) -> Process:
    """Hang out what is to be done, let members sign for it as long as there are places, and do it on the day."""
    stage, by = told.stage, f"{unit}#1"
    case = stage.desk.open("claim", by=by, unit=unit, way=way, places=places, shown="yes", text="Saturday's work.")
    if unit.startswith("community/"):  # estate branches look at it in the order of their queue
        stage.desk.act(case, "hang", by=by, until="2026-06-30")
    while stage.desk.case(case).state != "on_board":
        yield case.id
    yield stage.now + 2 * DAY
    signed = sign(stage, case.id, sorted(members, key=lambda member: stage.luck("signs", case.id, member)))
    yield told.day + HOUR
    came = [member for member in signed if way == "donate" or stage.luck("comes", case.id, member) < COMES]
    stage.desk.batch(Act(case.id, "deliver", member) for member in came)
    away = [member for member in signed if member not in came]
    stage.desk.batch(Act(case.id, "lapse", by, fields={"claimant": member}) for member in away)
    if came:
        stage.desk.act(case, "finish", by=by)


def sign(stage: Stage, case: str, members: Iterable[str]) -> list[str]:
    """Let members sign for an item one after the other, until the desk has no place for one more."""
    signed = []
    for member in members:
        try:
            stage.desk.act(case, "claim", by=member)
        except Refused:  # who comes too late is told so
            break
        signed.append(member)
    return signed


# --- standing by households in difficulty -------------------------------------------------------------------------


def stand_by(told: Saturday) -> None:
    """Pair members of Jiangbin with the households that ask for company, and visit them every other week."""
    stage = told.stage
    members = [
        Member(member, skills={SKILLS[n % len(SKILLS)]}, days=frozenset(DAYS[n // len(SKILLS) % len(DAYS)]))
        for n, member in enumerate(told.reported[JIANGBIN])
    ]
    teams = [unit for unit in stage.community.organization.units("team") if unit.startswith("team/jiangbin-")]
    step, for_two = len(teams) // ASKS, stage.given("jiangbin_paired") - ASKS
    homes = [f"household/{teams[n * step].partition('/')[2]}-4" for n in range(ASKS)]
    asks = [
        Ask(home, skills={SKILLS[n % len(SKILLS)]}, members=2 if n < for_two else 1) for n, home in enumerate(homes)
    ]
    told.pairing, told.parcels = pair(members, asks), stage.given("jiangbin_visited")
    calendar = calendar_of(stage, teams[0])
    rhythm = visit_times(told.pairing.pairs, calendar)
    dates = visit_dates(rhythm, calendar, stage.now + 7 * DAY, stage.instant(END) + 90 * DAY).visits
    for case in open_pairings(stage.desk, told.pairing, by=lambda unit: f"{unit}#1"):
        mine = [visit for visit in dates if visit.whom == case.facts["household"]]
        stage.begin(_stand(told, case, mine))


def _stand(told: Saturday, case: Case, visits: list[Visit]) -> Process:
    """Let the household agree within five days, and its members visit it at their times, on the day with a parcel."""
    stage = told.stage
    yield stage.now + round(stage.luck("agrees", case.id) * 5 * DAY)
    stage.desk.act(case, "agree", by=f"{case.unit}#1", next_visit=stage.date(visits[0].at))
    end = stage.instant(END)
    for visit, following in pairwise(visits):
        if visit.at >= end:
            return
        yield visit.at
        brings = told.parcels > 0 and stage.date(visit.at) == DAY_TOLD
        told.parcels -= brings
        text = PARCEL if brings else "An hour's talk."
        due = max(following.at, stage.now + DAY)
        stage.desk.act(case, "visit", by=visit.member, next_visit=stage.date(due), text=text)


# --- evaluation ---------------------------------------------------------------------------------------------------


def evaluate(told: Saturday) -> None:
    """Let three levels speak about the service that each member of Yijing gave."""
    stage = told.stage
    given = services(stage.desk, since=told.day - 14 * DAY, until=stage.now, kinds=("claim",))
    told.lists["services"] = sum(counts.total() for who, counts in given.items() if "-yijing-" in who)
    who = {member: lives_in(told, member) for member in given if "-yijing-" in member}
    for case in open_evaluations(stage.desk, who, by=f"{YIJING}#1"):
        stage.begin(_speak(stage, case.id, str(case.facts["subject"])))


def _speak(stage: Stage, case: str, who: str) -> Process:
    """Give one's own word within two weeks and more; who is late is not waited for."""
    yield stage.now + round(stage.luck("own word", who) * 16 * DAY)
    if stage.desk.case(case).state == "own_word":
        stage.desk.act(case, "speak", by=who, own_mark="excellent" if stage.luck("own mark", who) < 0.2 else "good")


# --- what came of it ----------------------------------------------------------------------------------------------


def took_part(told: Saturday) -> set[str]:
    """Return the members who did something on the day: at a door, in an activity, with a household they stand by."""
    stage, found = told.stage, set[str]()
    begins = stage.instant(DAY_TOLD)
    for event in stage.desk.feed():
        if begins <= event.at < begins + DAY:
            found.add(event.by)
            if event.kind == "call":
                found.update(stage.desk.case(event.case).facts["helpers"])
    return {who for who in found if who.startswith("member:")}


def street(told: Saturday) -> Chapter:
    """Tell of the whole street on that day."""
    stage, there = told.stage, took_part(told)
    words = {
        "en": f"{len(there)} members took part on {DAY_TOLD}.",
        "zh": f"{DAY_TOLD}全街道{len(there)}名党员参与。",
    }
    line = stage.community.organization.escalation_path
    active = {case.facts["home"] for case in (*stage.find("claim"), *stage.find("visit"))}
    communities = {next(unit for unit in line(home) if unit.startswith("community/")) for home in active}
    reached = (
        stage.reached(
            "villages_and_communities",
            len(communities),
            given=len(stage.community.organization.units("community")),
        ),
        stage.reached("members_that_day", len(there)),
    )
    return Chapter("street", {"en": "One Saturday, one street", "zh": "全街道行动"}, (words,), reached)


def hongxiang(told: Saturday) -> Chapter:
    """Tell of the teams of three, their patches, and the calls they made."""
    stage, work = told.stage, told.patches
    sizes = [len(team) for team in work.teams.values()]
    visits = Counter(case.state for case in stage.find("visit"))
    filed = stage.find("grievance", channel="app")
    settled = [case for case in filed if case.facts.get("resolved_at")]
    helped = stage.find("grievance", category="pension", channel="doorstep")
    each_has_one, organization = not work.uncovered, stage.community.organization
    three = organization.handlers[organization.index(next(iter(work.teams)))]
    example = next(iter(work.plans.values())).patches[EXAMPLE]
    low, high = _floors(work, example.holds)
    told_of = (
        {
            "en": f"{len(sizes)} teams, {len(work.floors)} households, {work.uncovered} without a team or with two; "
            f"{visits['done']} called on, {visits['refused']} did not wish it, {visits['not_met']} not met.",
            "zh": f"{len(sizes)}个小组包干{len(work.floors)}户，遗漏或重复{work.uncovered}户；"
            f"入户{visits['done']}户，谢绝{visits['refused']}户，未遇{visits['not_met']}户。",
        },
        {
            "en": f"{len(filed)} matters went to the estate branches, {len(settled)} are settled; "
            f"{len(helped)} were helped with verification by the team itself.",
            "zh": f"提交小区党支部{len(filed)}件，已解决{len(settled)}件；小组协助认证{len(helped)}件。",
        },
    )
    reached = (
        stage.reached("hongxiang_members", given=sum(sizes)),
        stage.reached("hongxiang_team", max(sizes) if each_has_one and min(sizes) == max(sizes) else 0, given=three),
        stage.reached("example_lowest_floor", low),
        stage.reached("example_highest_floor", high),
        stage.reached("example_households", example.size),
    )
    return Chapter("hongxiang", {"en": "Hongxiang: down to the door", "zh": "鸿翔：包干到户"}, told_of, reached)


def _floors(work: Patchwork, households: Iterable[str]) -> tuple[int, int]:
    floors = [work.floors[one] for one in households]
    return min(floors), max(floors)


def yijing(told: Saturday) -> Chapter:
    """Tell of those grouped by building, the three lists, and the three levels."""
    stage = told.stage
    members = [case for case in stage.find("check_in", state="active") if case.unit.startswith("estate/yijing")]
    spoken = evaluations(stage.desk)
    levels = {level for one in spoken for level in one.marks}
    whole = [one for one in spoken if "committee" in one.marks]
    rates = [rate for rate in mark_rates(weigh(whole)).values() if rate is not None]
    lists = told.lists
    words = {
        "en": f"{len(members)} reported in and were taken up. On the lists: {lists['resources']} members' resources, "
        f"{lists['needs']} needs, {lists['services']} services; {len(whole)} of {len(spoken)} evaluated by the "
        f"committee, {len(rates)} buildings with a rate.",
        "zh": f"报到{len(members)}名。三单：资源{lists['resources']}、需求{lists['needs']}、服务{lists['services']}；"
        f"完成三级评价{len(whole)}/{len(spoken)}。",
    }
    reached = (
        stage.reached("yijing_members"),
        stage.reached("yijing_lists", sum(number > 0 for number in lists.values()), given=len(lists)),
        stage.reached("yijing_evaluation_levels", len(levels & set(LEVELS)), given=len(LEVELS)),
    )
    return Chapter("yijing", {"en": "Yijing: by building", "zh": "怡景：按楼编组"}, (words,), reached)


def jiangbin(told: Saturday) -> Chapter:
    """Tell who stands by whom, and who was visited that day."""
    stage = told.stage
    members = [case for case in stage.find("check_in", state="active") if case.unit.startswith("estate/jiangbin")]
    standing = stage.find("pairing", state=("standing", "visit_due"))
    paired = {who for case in standing for who in case.facts["helpers"]}
    made = [event for case in standing for event in case.history if event.kind == "visit"]
    words_of = {case.id: stage.desk.texts(case) for case in standing}
    that_day = {event.case for event in made if words_of[event.case][event.version, "text"].text == PARCEL}
    words = {
        "en": f"{len(members)} reported in; {len(standing)} households in difficulty, {len(paired)} members, "
        f"{len(made)} visits since.",
        "zh": f"报到{len(members)}名；结对困难户{len(standing)}户，党员{len(paired)}名，累计走访{len(made)}次。",
    }
    reached = (
        stage.reached("jiangbin_members"),
        stage.reached("jiangbin_paired", len(paired)),
        stage.reached("jiangbin_visited", len(that_day)),
    )
    return Chapter("jiangbin", {"en": "Jiangbin: side by side", "zh": "江滨：结对帮扶"}, (words,), reached)


def huanhu(told: Saturday) -> Chapter:
    """Tell who gave clothes."""
    stage = told.stage
    gifts = [case for case in stage.find("claim") if case.unit == HUANHU]
    given = sum(case.facts.get("counter.delivered", 0) for case in gifts)
    words = {
        "en": f"{WANT_TO_GIVE} wanted to give clothes; {given} had a place, gave, and it was sorted and handed on.",
        "zh": f"{WANT_TO_GIVE}名党员报名捐衣，{given}名完成捐赠，分拣后转交。",
    }
    return Chapter(
        "huanhu", {"en": "Huanhu: clothes", "zh": "环湖：捐衣"}, (words,), (stage.reached("huanhu_donors", given),)
    )
