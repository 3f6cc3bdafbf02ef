"""The one-stop centre: one call, somebody is sent, three slips; and what lies within a quarter of an hour.

Assumed: how often people call and about what, twelve volunteers who take one call at a time, where the eight estates
and their resources lie. Which slips there are is read off the desk, and how long the way is off the map.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from govflow.calendar import DAY, HOUR, MINUTE
from govflow.casework import Case
from govflow.casework.slips import slips_of
from govflow.planning import Demand, Home, Offer, Point, Resource, match, service_gaps
from govflow.stories.crew import Hand, Homes, Hours, Plays, answering
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter

CALLS_A_WEEK = 9
VOLUNTEERS = 12
AWAY = 2 * HOUR
"""A volunteer who is sent is back after so long."""

SLIPS = 3
KINDS = ("culture", "medicine", "convenience", "shops")
CIRCLES = (5, 10, 15, 20)


def calls(stage: Stage, until: int) -> Process:
    """Let households call the centre, about any category of the definition, in a steady stream of random calls."""
    homes, number = Homes.of(stage), 0
    while True:
        number += 1
        yield stage.now + round(-log(stage.luck("call", number)) * 7 * DAY / CALLS_A_WEEK)
        if stage.now >= until:
            return
        categories = dict.fromkeys(stage.community.categories, 1.0)
        stage.desk.open(
            "service",
            by=f"resident:example-call-{number}",
            category=stage.choice(categories, "what for", number),
            channel="telephone",
            household=homes.at(stage.luck("whose call", number)),
            text="Please come.",
        )


def dispatching() -> Plays:
    """Return the play of the centre's staff: send the volunteer who is free first and has least to do."""
    free: dict[str, int] = {f"member:volunteer-{number:02d}": 0 for number in range(VOLUNTEERS)}
    done = dict.fromkeys(free, 0)

    def send(stage: Stage, case: Case, hand: Hand) -> Process:
        case = stage.desk.act(case, "take_up", by=hand.id)
        yield hand.hours.after(stage.now, 10 * MINUTE)
        times = [(max(at, stage.now), max(at, stage.now) + AWAY) for at in free.values()]
        offers = [Offer(who, {"home"}, [time], load=done[who]) for who, time in zip(free, times, strict=True)]
        soonest = (stage.now, stage.now + DAY)
        who = match([Demand(case.id, {"home"}, work=HOUR, times=[soonest])], offers).assignments[0]
        free[who.offer], done[who.offer] = who.start + AWAY, done[who.offer] + 1
        case = stage.desk.act(case, "dispatch", by=hand.id, volunteer=who.offer)
        stage.begin(_serve(stage, case, who.offer, who.start + HOUR))

    return {("service", "called"): send}


def _serve(stage: Stage, case: Case, volunteer: str, done: int) -> Process:
    """Be at the door and serve."""
    yield done
    stage.desk.act(case, "serve_at_home", by=volunteer, minutes=40)


def words(stage: Stage) -> None:
    """Let whoever called say whether it was right, and whoever served come again where it was not."""

    def reporter(case: Case) -> str:
        return str(case.facts["reporter"])

    def again(case: Case) -> Process:
        if case.facts.get("counter.wrong"):
            yield from _serve(stage, case, case.facts["helpers"][0], stage.now + DAY)

    ends: Mapping[str, Mapping[str, str]] = {"right": {}, "not_right": {"text": "Not yet."}}
    stage.when("service", "served", answering(stage, "served", reporter, ends, hours=Hours()))
    stage.when("service", "dispatched", again)


def chapter(stage: Stage) -> Chapter:
    """Tell of the calls, the slips of each, and the circle."""
    closed = [case for case in stage.find("service", state="closed") if _at_home(stage, case)]
    papers = [slips_of(stage.desk, case) for case in closed]
    whole = [paper for paper in papers if paper.dispatches and paper.receipts]
    kinds = {type(slip) for one in whole for slip in (one.demand, *one.dispatches, *one.receipts)}
    late = sum(any(receipt.late for receipt in paper.receipts) for paper in papers)
    told = {
        "en": f"{len(closed)} calls served at home, {late} of them later than promised; {len(whole)} with every slip.",
        "zh": f"上门服务 {len(closed)} 次，逾期 {late} 次，三单齐全 {len(whole)} 次。",
    }
    figures = (
        stage.reached("classes_of_need", len({case.category for case in closed})),
        stage.reached("slips", len(kinds) if len(whole) == len(closed) else 0, given=SLIPS),
        stage.reached("service_circle_minutes", circle(stage)),
    )
    return Chapter("centre", {"en": "The one-stop centre", "zh": "一站式党群服务中心"}, (told,), figures)


def _at_home(stage: Stage, case: Case) -> bool:
    return any(event.kind == "serve_at_home" for event in stage.desk.history(case))


def circle(stage: Stage) -> int:
    """Return within how many minutes on foot every estate reaches every kind of resource, in steps of five; 0: none."""
    estates = stage.community.organization.units("branch")
    homes = [Home(f"household/{number + 1}-1-1-1", _place(number), estate) for number, estate in enumerate(estates)]
    map_ = [Resource(f"{kind}/{n}", kind, _place(n + 0.5)) for kind in KINDS for n in range(0, len(estates), 3)]
    for minutes in CIRCLES:
        gaps = service_gaps(homes, map_, kinds=KINDS, within=minutes * MINUTE)
        if not any(gaps.lacking.values()):
            return minutes
    return 0


def _place(number: float) -> Point:
    """Return where an estate lies: one behind the other along a street, some 400 metres apart (assumed)."""
    return Point(119.38 + 0.004 * number, 25.72)
