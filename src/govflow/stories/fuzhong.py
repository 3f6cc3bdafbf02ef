"""Fuzhong (福中社区): roads, buildings and households covered, a trio to a grid, and the Saturday service market.

Reported: grid worker, building head and branch secretary work a grid together; a market every Saturday since February,
with booths that units claim and departments present; on the day told of, more than ten booths, 5,000 served, 60
demands collected and 40 of them settled on the spot, 600 reached by talks for enterprises; the street's secretary takes
demands there; suggestions are collected word for word.

Assumed, beside what the definition assumes: roads and buildings of a grid, who claims which booth and how soon, how
long serving takes (`SERVICES`), that some 2,700 people come to a booth or several and enterprises send 240 more to the
talks, that the day told of brought two fifths more demands than an average Saturday (`CROWD`), and who sits at the
tables where they are taken, to one o'clock at the latest: the community's six handlers, eight cadres, and the
departments that hold a booth. All these figures stand in ``service_market``.

Comes out: the patches; which claims find a place; who is served before noon, and who gives up waiting; which demands,
each of them a case, the tables answer in three hours so that whoever brought them confirms it, and what becomes of
those left to the grids.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from govflow.calendar import DAY, HOUR, MINUTE
from govflow.casework import Case
from govflow.community import Community
from govflow.planning import Patches, capacity, plan_places
from govflow.planning.market_day import market_figures
from govflow.stories.crew import SETTLING, Hand, Homes, Hours, calendar_of, coming, neighbours, posts, serve
from govflow.stories.service_market import COMMUNITY, DAY_TOLD, SERVICES, STAY, WEEK, Season, hold, saturdays
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter, Story

if TYPE_CHECKING:
    import networkx as nx

STREET = "street/lianhua"


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
        (
            stage.reached(
                "trio", max(trio) if len(trio) == 1 else 0, given=max(len(posts(stage, one)) for one in acted)
            ),
        ),
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
            f"{figures.settled} settled there and confirmed; {len(hour)} told to the secretary, {len(on_the_spot)} "
            "settled that day.",
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
    brought = stage.find("grievance", channel="market")
    handed_in = [case for case in brought if any(event.kind == "hand_down" for event in case.history)]
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
