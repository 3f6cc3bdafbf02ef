"""The Saturday market of Fuzhong on the stage (党员服务市集, 书记有约): booths claimed, people served, demands taken.

Units claim booths as long as there are places; on the day told of people come and are served (``booths``), and what
they bring is a case from the table on: answered there, or left to the grid; or it is told to the street's secretary.
Next: ``fuzhong``, which tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import cycle
from math import log
from typing import Any

from attrs import define, field, frozen

from govflow.calendar import DAY, HOUR, MINUTE
from govflow.casework import Case
from govflow.errors import Refused
from govflow.planning import Allotment, Booth, MarketDay, Service, Stop, Timetable, allot, capacity, sessions
from govflow.planning.market_day import booth_claims, hand_in, plan_market, settle
from govflow.stories.booths import instants, served, visits
from govflow.stories.crew import Homes, calendar_of, posts
from govflow.stories.stage import Process, Stage

COMMUNITY = "community/fuzhong"
DAY_TOLD = "2026-05-16"
WEEK = "market_saturday"
"""The week profile of what is brought to the market."""

PLACES, MORE_PLACES = 10, 16
"""Booths on an ordinary Saturday, and on the day told of (assumed; reported: more than ten)."""

VISITORS = 2700
"""Who comes to the market that day, on average (assumed)."""

INVITED = 240
"""Who comes from enterprises for a talk alone, on average (assumed)."""

CROWD = 1.4
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

AT_A_TABLE = 2
"""People of such a department who take demands, beside those at the counters of its booth (assumed)."""

ENDS = ("resolve", "refer", "escalate", "hand_down", "convene", "shelve", "regrade")
ANSWERS = {False: ("resolve",), True: ("resolve", "refer")}
"""What can end the work on a demand; and which ends are answers at the market, without and with departments there."""

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
    clerks = cycle(posts(stage, COMMUNITY))
    for categories, people in tables(season.plan, posts(stage, COMMUNITY)):
        waiting = [one for one in brought if one.channel == "market" and one.category in categories]
        for who in people:
            clerk = who if who.startswith(f"{COMMUNITY}#") else next(clerks)
            stage.begin(take_demands(stage, case, day, waiting, who, clerk))
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
            yield {category}, [unit] * AT_A_TABLE
    own = [*own, *[cadres for cadres in ("team/cadres",) if cadres in standing] * CADRES]
    yield rest, [*own, *sorted(u for u in standing if u.startswith("department/") and u not in TABLES.values())]


def take_demands(stage: Stage, market: Case, day: MarketDay, waiting: list[Brought], by: str, clerk: str) -> Process:
    """Take one demand after the other, of whoever came before noon: write each down, and answer it where that can be.

    `clerk` is the handler of the community at the table, where the table's own people help.
    """
    there = any(unit.startswith("department/") for unit in stage.desk.case(market).facts["helpers"])
    while waiting:
        if (came := waiting[0].at) > stage.now:
            yield came
            continue
        one = waiting.pop(0)
        place: dict[str, Any] = {"category": one.category, "household": one.household, "reporter": one.who}
        case = hand_in(stage.desk, market, f"Brought to the market: {one.category}.", by=by, **place)
        stage.desk.act(case, "screen", by=clerk)
        yield stage.now + stage.takes(stage.desk.case(case), "screening")
        case = stage.desk.act(case, "accept", by=clerk)
        takes = SERVICES[one.category].time if by in TABLES.values() else stage.takes(case, "handling")
        if stage.now + takes <= day.end + STAY and stage.ends(case, "handling", ENDS) in ANSWERS[there]:
            yield from answer(stage, market, case, by, clerk, takes)


def answer(stage: Stage, market: Case, case: Case, by: str, clerk: str, takes: int) -> Process:
    """Answer a demand at the table, and note it as settled there where whoever brought it says that it is."""
    desk = stage.desk
    desk.act(case, "start", by=clerk)
    if by != clerk:
        desk.act(case, "ask_help", by=clerk, helper=by)
    yield stage.now + takes
    if by != clerk:
        desk.act(case, "help_given", by=by, text="Asked and answered.")
    case = desk.act(case, "resolve", by=clerk)
    if stage.ends(case, "asked", ("confirm", "dispute")) == "confirm":
        desk.act(case, "confirm", by=str(case.facts["reporter"]))
        settle(desk, market, case, by=by)


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
