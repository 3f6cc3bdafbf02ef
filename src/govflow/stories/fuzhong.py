"""Fuzhong (福中社区): roads, buildings and households covered, a trio to a grid, and the Saturday service market.

Reported: grid worker, building head and branch secretary work a grid together; a market every Saturday since February,
with booths that units claim and departments present; on the day told of, more than ten booths, 5,000 served, 60
demands collected and 40 of them settled on the spot, 600 reached by talks for enterprises; the street's secretary takes
demands there; suggestions are collected word for word.

Assumed, beside what the definition assumes: roads and buildings of a grid, who claims which booth and how soon, how
long serving takes (`SERVICES`), that some 2,700 people come to a booth or several, that the day told of was attended
better than an average Saturday (`CROWD`), and who sits at the tables where demands are taken: the community's six
handlers, and the departments that hold a booth.

Comes out: the patches; which claims find a place; who is served before noon, and who gives up waiting; which demands
the tables answer in three hours, and what becomes of those handed in to the grids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from govflow.calendar import DAY, HOUR, MINUTE
from govflow.casework import Case
from govflow.community import Community, most_specific
from govflow.errors import Refused
from govflow.planning import (
    Allotment,
    Booth,
    MarketDay,
    Patches,
    Service,
    Stop,
    Timetable,
    allot,
    capacity,
    plan_places,
    sessions,
)
from govflow.planning.market_day import booth_claims, hand_in, market_figures, plan_market
from govflow.stories.booths import instants, served, visits
from govflow.stories.crew import SETTLING, Hand, Homes, Hours, calendar_of, coming, neighbours, posts, serve
from govflow.stories.stage import Process, Stage, drawn
from govflow.stories.story import Chapter, Story

if TYPE_CHECKING:
    import networkx as nx

COMMUNITY = "community/fuzhong"
STREET = "street/lianhua"
DAY_TOLD = "2026-05-16"
WEEK = "market_saturday"
"""The week profile of what is brought to the market."""

PLACES, MORE_PLACES = 10, 16
"""Booths on an ordinary Saturday, and on the day told of (assumed; reported: more than ten)."""

VISITORS = 2700
"""Who comes to the market that day, on average (assumed)."""

INVITED = 240
"""Who comes from enterprises for a talk alone, on average (assumed)."""

CROWD = 1.2
"""How many more demands the day told of brings than an average Saturday (assumed)."""

OPINIONS = "opinions"
KINDS = {
    "team/cadres": OPINIONS,
    "team/volunteers": "sign_up",
    "department/justice": "legal_advice",
    "department/enterprise_service": "enterprise",
    "department/police": "against_fraud",
    "department/fire": "fire_drill",
    "department/housing": "repairs",
    "department/city_management": "waste_sorting",
    "partner/arts": "calligraphy",
    "partner/bank": "leaflets",
    "partner/chamber": "talk",
    "partner/clinic": "health_check",
    "partner/college": "haircuts",
    "partner/rescue": "first_aid",
    "partner/school": "reading",
    "partner/telecom": "telephones",
}
"""Who claims a booth for what."""

SERVICES = {
    OPINIONS: Service(20 * MINUTE, counters=2, together=8),
    "sign_up": Service(1 * MINUTE, counters=3),
    "legal_advice": Service(8 * MINUTE, counters=4),
    "enterprise": Service(8 * MINUTE, counters=4),
    "against_fraud": Service(1 * MINUTE, counters=4),
    "fire_drill": Service(10 * MINUTE, counters=2, together=20),
    "repairs": Service(10 * MINUTE, counters=6),
    "waste_sorting": Service(1 * MINUTE, counters=4),
    "calligraphy": Service(2 * MINUTE, counters=6),
    "leaflets": Service(1 * MINUTE, counters=5),
    "talk": Service(30 * MINUTE, together=130),
    "health_check": Service(2 * MINUTE, counters=6),
    "haircuts": Service(12 * MINUTE, counters=6),
    "first_aid": Service(15 * MINUTE, counters=2, together=20),
    "reading": Service(15 * MINUTE, counters=2, together=15),
    "telephones": Service(3 * MINUTE, counters=5),
}
"""What serving takes, by kind (assumed): minutes, counters, people at once."""

STAY = HOUR
"""So long the tables stay after noon for those who came before (assumed)."""

CADRES = 8
"""Seconded cadres who take demands at the round of opinions (assumed)."""

TABLES = {"legal_advice": "department/justice", "enterprise": "department/enterprise_service"}
"""Who takes the demands of a category; all others are taken at the round of opinions."""

SUGGESTIONS = (
    "Please put two more benches under the trees by the south gate.",
    "The reading room should stay open until nine on Fridays.",
    "Could the market have a table for mending umbrellas and shoes?",
    "Let the small square be kept free for dancing after supper, and quiet after nine.",
    "A handrail on the steps behind the clinic would help all who walk with a stick.",
)
"""What people suggest, word for word (assumed)."""


@frozen
class Brought:
    """A demand that somebody brings to the market: when, about what, by which channel, from which household."""

    at: int
    category: str
    channel: str
    household: str
    who: str


@define(eq=False)
class Season:
    """The markets of a season: each day's case, and who stands where on the day told of."""

    days: tuple[MarketDay, ...]
    cases: dict[str, Case] = field(factory=dict)
    plan: Allotment = field(factory=lambda: Allotment({}, {}))

    @property
    def told(self) -> MarketDay:
        """The day that the report tells of."""
        return next(day for day in self.days if day.id == DAY_TOLD)


def tell(community: Community, *, seed: int = 1, store: Any = None) -> Story:
    """Tell the story of Fuzhong: two weeks in the grids, and the market day between them."""
    stage = Stage(community, "2026-02-02T09:00", seed=seed, store=store)
    patches = {grid: cover(stage, grid) for grid in grids(stage)}
    season = Season(saturdays(stage))
    stage.begin(*(hold(stage, season, day) for day in season.days))
    stage.run(stage.instant("2026-05-11"))
    open_grids(stage, until=stage.instant("2026-05-23"))
    stage.run(stage.instant("2026-06-06"))
    return stage.story([covering(stage, patches), market(stage, season), follow_up(stage)])


def grids(stage: Stage) -> tuple[str, ...]:
    """Return the grids of the community."""
    return tuple(stage.community.organization.subordinates(COMMUNITY))


# --- cover the road, enter the building, link the household -------------------------------------------------------


def cover(stage: Stage, grid: str) -> Patches:
    """Share the roads and buildings of a grid out to its trio: connected patches, as even as can be."""
    return plan_places(streets(stage, grid), posts(stage, grid))


def streets(stage: Stage, grid: str) -> nx.Graph:
    """Return a grid's four roads and the twelve buildings between them, with all its households (assumed)."""
    import networkx as nx

    organization = stage.community.organization
    left = organization.households[organization.index(grid)]
    graph = nx.path_graph([f"road/{n}" for n in range(1, 5)])
    nx.set_node_attributes(graph, 0, "households")
    for number in range(12):
        building, row = f"building/{number + 1}", number // 4
        size = left if number == 11 else min(left, round(left / (12 - number) * (0.8 + 0.4 * stage.luck(grid, number))))
        left -= size
        graph.add_node(building, households=size)
        graph.add_edges_from([(building, f"road/{row + 1}"), (building, f"road/{row + 2}")])
    buildings = [f"building/{n}" for n in range(1, 13)]
    graph.add_edges_from((one, other) for n, (one, other) in enumerate(pairwise(buildings)) if n % 4 != 3)
    return graph


def open_grids(stage: Stage, *, until: int) -> None:
    """Let residents come to the grids, and the trios, the community and the street work off their queues."""
    neighbours(stage)
    for category, arrivals in stage.community.assumptions.arrivals["grievance"].items():
        if arrivals.week != WEEK:
            stage.begin(coming(stage, "grievance", category, until=until))
    handed_in = {**SETTLING, ("grievance", "assigned"): to_the_grid}
    for unit in (STREET, COMMUNITY, *grids(stage)):
        hours = Hours(calendar_of(stage, unit), () if unit == STREET else at_the_market(stage, unit))
        plays = handed_in if unit == COMMUNITY else SETTLING
        stage.begin(*(serve(stage, Hand(post, unit, hours), plays) for post in posts(stage, unit)))


def at_the_market(stage: Stage, unit: str) -> tuple[tuple[int, int], ...]:
    """Return when a unit's people are at the market and not at their own desks."""
    begins = stage.instant(f"{DAY_TOLD}T09:00")
    return ((begins, begins + 3 * HOUR + STAY),) if unit == COMMUNITY else ()


def to_the_grid(stage: Stage, case: Case, hand: Hand) -> Process:
    """Hand what came in at the market down to the grid it is from; handle anything else as usual."""
    if case.facts.get("channel") == "market" and not case.facts.get("counter.handed_down"):
        yield hand.hours.after(stage.now, 5 * MINUTE)
        if stage.stands(case):
            stage.desk.act(case, "hand_down", by=hand.id, reason="nearer_to_home")
    else:
        yield from SETTLING["grievance", "assigned"](stage, case, hand)


# --- the market ---------------------------------------------------------------------------------------------------


def saturdays(stage: Stage) -> tuple[MarketDay, ...]:
    """Return the market days from February on: Saturdays from nine to noon, none in the holidays."""
    stops: Any = [Stop("square", {"sat": "09:00-12:00"})]
    station = Timetable(COMMUNITY, stops)
    held = sessions(station, calendar_of(stage, COMMUNITY), stage.now, stage.instant(DAY_TOLD) + DAY)
    days = []
    for session in held:
        day = stage.date(session.start)
        places = MORE_PLACES if day == DAY_TOLD else PLACES
        talk: Any = {"talk"}
        booths: Any = [Booth("stage", talk), *(Booth(f"booth/{n:02}") for n in range(2, places + 1))]
        days.append(MarketDay(day, session.start, session.end, booths))
    return tuple(days)


def hold(stage: Stage, season: Season, day: MarketDay) -> Process:
    """Plan a market three weeks ahead, let units claim its booths, and hold it; the clock opens and closes it."""
    yield max(stage.now, day.start - 21 * DAY)
    case = plan_market(stage.desk, day, unit=COMMUNITY, by=f"{COMMUNITY}#1", text="Service market on the square.")
    season.cases[day.id] = case
    stage.begin(*(claim(stage, case, day, unit) for unit in KINDS))
    yield day.start
    if day.id == DAY_TOLD:
        season.plan = allot([day], booth_claims(stage.desk, case, day, KINDS))
        receive(stage, season, day, case)


def claim(stage: Stage, case: Case, day: MarketDay, unit: str) -> Process:
    """Claim a booth some days after the invitation (assumed: three on average); who comes too late has none."""
    yield stage.now + round(-log(stage.luck("claim", day.id, unit)) * 3 * DAY)
    if stage.desk.case(case).state == "invited":
        try:
            stage.desk.act(case, "claim_booth", by=unit, service=KINDS[unit])
        except Refused:  # every booth went to earlier claims
            return


def receive(stage: Stage, season: Season, day: MarketDay, case: Case) -> None:
    """Let the booths serve, the tables take demands, and the street's secretary hear whoever comes."""
    visitors = instants(stage, day, VISITORS, "visitor", week=WEEK)
    most = capacity(day, season.plan, SERVICES)
    lines = visits(stage, day, visitors, most)
    guests = instants(stage, day, INVITED, "guest", week=WEEK)
    for stand in season.plan.places.values():
        line = sorted([*lines[stand.booth], *(guests if stand.kind == "talk" else ())])
        counted = served(line, SERVICES[stand.kind], day)
        stage.begin(count(stage, case, day, stand.unit, counted))
    brought = demands(stage, day)
    stage.begin(*(ask_the_secretary(stage, one) for one in brought if one.channel == "secretary_hour"))
    for categories, people in tables(season.plan, posts(stage, COMMUNITY)):
        waiting = [one for one in brought if one.channel == "market" and one.category in categories]
        stage.begin(*(take_demands(stage, case, day, waiting, who) for who in people))
    stage.begin(*(suggest(stage, case, at, n) for n, at in enumerate(visitors) if stage.luck("suggests", n) < 1 / 300))


def count(stage: Stage, case: Case, day: MarketDay, unit: str, done: Sequence[int]) -> Process:
    """Enter every half hour how many a booth has served."""
    for begins in range(day.start, day.end, 30 * MINUTE):
        yield begins + 30 * MINUTE
        number = sum(begins < at <= begins + 30 * MINUTE for at in done)
        if number:
            stage.desk.act(case, "serve", by=unit, served=number)


def demands(stage: Stage, day: MarketDay) -> list[Brought]:
    """Return what is brought to the market on a day, at the rates that the definition assumes of a Saturday."""
    homes, found = Homes.of(stage), []
    for category, rates in stage.community.assumptions.arrivals["grievance"].items():
        if rates.week != WEEK:
            continue
        number = CROWD * rates.per_household_year * homes.total * 7 / 365
        for n, at in enumerate(instants(stage, day, number, "demand", category, week=WEEK)):
            channel = stage.choice(dict(rates.channels), "channel", category, n)
            household = homes.at(stage.luck("home", category, n))
            found.append(Brought(at, category, channel, household, f"resident:example-{category}-{n + 1}"))
    return sorted(found, key=lambda one: (one.at, one.who))


def tables(plan: Allotment, own: Sequence[str]) -> Iterable[tuple[set[str], list[str]]]:
    """Yield which categories are taken by whom: a department's at its booth, the rest at the round of opinions."""
    standing = {stand.unit for stand in plan.places.values()}
    rest = {"opinion", *TABLES}
    for category, unit in TABLES.items():
        if unit in standing:
            rest.discard(category)
            yield {category}, [unit] * SERVICES[category].counters
    own = [*own, *[cadres for cadres in ("team/cadres",) if cadres in standing] * CADRES]
    yield rest, [*own, *sorted(u for u in standing if u.startswith("department/") and u not in TABLES.values())]


def take_demands(stage: Stage, case: Case, day: MarketDay, waiting: list[Brought], by: str) -> Process:
    """Take one demand after the other, of whoever came before noon: settle it there, or hand it in."""
    while waiting:
        if (came := waiting[0].at) > stage.now:
            yield came
            continue
        one = waiting.pop(0)
        written = stage.now + spent(stage, "screening", one)
        settled = written + (SERVICES[one.category].time if by in TABLES.values() else spent(stage, "handling", one))
        if settled <= day.end + STAY and answered(stage, one):
            yield settled
            stage.desk.act(case, "settle", by=by, text=f"Asked and answered: {one.category}.")
        else:
            yield written
            place: dict[str, Any] = {"category": one.category, "household": one.household, "reporter": one.who}
            hand_in(stage.desk, case, f"For the grid: {one.category}.", by=by, **place)


def _behaviour(stage: Stage, state: str, one: Brought) -> Iterable[Any]:
    return most_specific(stage.community.assumptions.behaviour["grievance"][state], "community", one.category)


def spent(stage: Stage, state: str, one: Brought) -> int:
    """Return how long a demand takes in one state at the community, as assumed, in µs."""
    time = next(entry.time for entry in _behaviour(stage, state, one) if entry.time is not None)
    return drawn(time, stage.luck(state, one.who))


def answered(stage: Stage, one: Brought) -> bool:
    """Say whether a demand can be answered there, as often as assumed: where departments are present, by them too."""
    outcomes = next(entry.outcomes for entry in _behaviour(stage, "handling", one) if entry.outcomes is not None)
    return stage.choice(dict(outcomes), "end", one.who) in {"resolve", "refer"}


def ask_the_secretary(stage: Stage, one: Brought) -> Process:
    """Bring a demand to the street's own secretary: it opens above the community."""
    yield one.at
    facts: dict[str, Any] = {"category": one.category, "channel": one.channel, "household": one.household}
    stage.desk.open("grievance", by=one.who, text=f"Told to the secretary: {one.category}.", **facts)


def suggest(stage: Stage, case: Case, at: int, number: int) -> Process:
    """Leave a suggestion at the round of opinions; it is written down as it is said."""
    yield at
    text = SUGGESTIONS[int(stage.luck("words", number) * len(SUGGESTIONS))]
    who = f"resident:example-visitor-{number}"
    hand_in(stage.desk, case, text, by=f"{COMMUNITY}#1", reporter=who, suggestion=True)


# --- what came of it ----------------------------------------------------------------------------------------------


def covering(stage: Stage, patches: dict[str, Patches]) -> Chapter:
    """Tell how roads, buildings and households are covered, and who works a grid."""
    sizes = [size for plan in patches.values() for size in plan.sizes]
    acted = {grid: set[str]() for grid in patches}
    for event in stage.desk.feed():
        if event.unit in acted and event.by.startswith("grid/"):
            acted[event.unit].add(event.by)
    households = sum(sizes)
    told = {
        "en": f"{len(patches)} grids, {len(sizes)} patches of {min(sizes)} to {max(sizes)} households: "
        f"{households} of {Homes.of(stage).total} have one, and none has two.",
        "zh": f"{len(patches)}个网格，{len(sizes)}片包干区，每片{min(sizes)}至{max(sizes)}户，"
        f"共{households}户，无遗漏、无重复。",
    }
    trio = {len(who) for who in acted.values()} | {len(plan.patches) for plan in patches.values()}
    return Chapter(
        "covering",
        {"en": "Cover the road, enter the building, link the household", "zh": "包路、进楼、联户"},
        (told,),
        (stage.reached("trio", max(trio) if len(trio) == 1 else 0),),
    )


def market(stage: Stage, season: Season) -> Chapter:
    """Tell of the markets, and of the day that the report tells of."""
    case = season.cases[DAY_TOLD]
    figures = market_figures(stage.desk, case)
    late = DAY + stage.instant(DAY_TOLD)
    hour = stage.find("grievance", channel="secretary_hour")
    on_the_spot = [one for one in hour if any(e.kind == "resolve" and e.at < late for e in one.history)]
    talks = sum(figures.booths[s.unit].served for s in season.plan.places.values() if s.kind == "talk")
    most = sum(capacity(season.told, season.plan, SERVICES).values())
    told = (
        {
            "en": f"{len(season.days)} Saturdays since February; {figures.claimed} booths claimed for {DAY_TOLD}.",
            "zh": f"二月以来共{len(season.days)}个周六开市；{DAY_TOLD}认领摊位{figures.claimed}个。",
        },
        {
            "en": f"{figures.served} served person-times of at most {most}; {figures.demands} demands at the booths, "
            f"{figures.settled} settled there; {len(hour)} told to the secretary, {len(on_the_spot)} settled that day.",
            "zh": f"服务{figures.served}人次（最多{most}）；"
            f"摊位收集诉求{figures.demands}件，现场办结{figures.settled}件；书记有约{len(hour)}件，当日办结{len(on_the_spot)}件。",
        },
    )
    reached = (
        stage.reached("market_booths", sum(booth.served > 0 for booth in figures.booths.values())),
        stage.reached("market_served", figures.served),
        stage.reached("demands_collected", figures.demands + len(hour)),
        stage.reached("demands_answered", figures.settled + len(on_the_spot)),
        stage.reached("enterprise_talks", talks),
    )
    return Chapter("market", {"en": "The Saturday market", "zh": "党员服务市集"}, told, reached)


def follow_up(stage: Stage) -> Chapter:
    """Tell what became of what was handed in, of the grids' own matters, and of the suggestions."""
    handed_in = stage.find("grievance", channel="market")
    closed = [case for case in handed_in if not case.open or case.state == "asked"]
    settled = [case for case in stage.find("grievance") if case.facts.get("resolved_at")]
    in_grid = [case for case in settled if case.facts["resolved_at"].startswith("grid/")]
    words = [stage.desk.texts(case)[1, "text"].text for case in stage.find("suggestion")]
    told = (
        {
            "en": f"{len(handed_in)} demands went from the market to the grids: {len(closed)} are answered.",
            "zh": f"市集转办网格{len(handed_in)}件，已答复{len(closed)}件。",
        },
        {
            "en": f"{len(settled)} matters settled in these weeks, {len(in_grid)} of them in the grid.",
            "zh": f"两周内办结{len(settled)}件，其中网格内办结{len(in_grid)}件。",
        },
        {
            "en": f"{len(words)} suggestions kept word for word; the first: “{words[0] if words else ''}”",
            "zh": f"原文留存建议{len(words)}条。",
        },
    )
    return Chapter("follow_up", {"en": "What became of it", "zh": "诉求办理"}, told)
