"""The board of a community (双报到, 公示栏, 认领): who reports in, what hangs out, who signs, delivers and pays.

Who takes what is found by ``planning.matching`` from what was said at reporting in, and carried out on the desk, which
lets nobody take on more than they said and no item more people or money than it needs. Next: ``jiafu``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import frozen

from govflow.calendar import DAY
from govflow.casework import Case
from govflow.casework.claims import deliver
from govflow.casework.money import money_of
from govflow.casework.service import send_record, service_records
from govflow.planning import Assignment, Weights, match
from govflow.planning.from_desk import carry_out, demands_from, offers_from
from govflow.stories.crew import Plays, doing
from govflow.stories.stage import Process, Stage

DONATE = "donate"
LASTING = ("look_after", "adopt")
"""The ways of claiming that last: such an item is delivered when the year ends."""

HANGS_UNTIL = "2026-12-31"

LOOKING: Plays = {
    ("check_in", "reported"): doing("take_up", "looking", {"accept": {}}),
    ("claim", "received"): doing("take_up", "looking", {"hang": {"until": HANGS_UNTIL}}),
}
"""What handlers do with who reports in, and with what is asked for."""

EVALUATING: Plays = {
    ("evaluation", "with_group"): doing("group_takes", "group_weighs", {"group_speaks": {"group_mark": "good"}}),
    ("evaluation", "with_committee"): doing(
        "committee_takes", "committee_weighs", {"committee_speaks": {"committee_mark": "good"}}
    ),
}
"""What the group and the committee say of the service that somebody gave."""


@frozen
class Giver:
    """Who reports in: what they say of themselves, and up to how many yuan they would give."""

    id: str
    unit: str
    skills: tuple[str, ...]
    days: tuple[str, ...]
    room: int
    honours: str
    gift: int


@frozen
class Wanted:
    """An item of the demand list: in which way it is claimed, where, what it takes, how many, or how much money."""

    way: str
    unit: str
    skills: tuple[str, ...]
    places: int = 1
    yuan: int = 0


def report_in(stage: Stage, one: Giver) -> Process:
    """Report in, some day of the first week."""
    yield stage.now + round(stage.luck("reports in", one.id) * 7 * DAY)
    said: dict[str, Any] = {"skills": one.skills, "days": one.days, "room": one.room, "honours": one.honours}
    stage.desk.open("check_in", by=one.id, unit=one.unit, from_hour=18, until_hour=21, **said)


def ask_for(stage: Stage, number: int, one: Wanted) -> Process:
    """Put an item on the demand list, as whoever keeps the notebook writes it down, some day of the first week."""
    yield stage.now + round(stage.luck("asked for", number) * 7 * DAY)
    said: dict[str, Any] = {"needed": one.yuan} if one.way == DONATE else {"places": one.places, "skills": one.skills}
    stage.desk.open(
        "claim", by=f"{one.unit}#1", unit=one.unit, way=one.way, shown="yes", text=f"Item {number}.", **said
    )


def sign(stage: Stage, items: Iterable[Case], *, by: str, within: int = 14 * DAY) -> list[tuple[Assignment, str]]:
    """Match who reported in with some items that hang out, sign for them on the desk, and return who does what when.

    As many as can be are served, who has nothing yet before who has something: nothing else counts.
    """
    hanging = {case.id for case in items}
    wanted = [one for one in demands_from(stage.desk, stage.now, stage.now + within) if one.id in hanging]
    offers = offers_from(stage.desk, stage.now, stage.now + within)
    found = match(wanted, offers, weights=Weights(load=10_000, preference=0)).assignments
    carry_out(stage.desk, found, by=by)
    return [(one, str(stage.desk.case(one.offer).facts["reporter"])) for one in found]


def for_hands(stage: Stage) -> list[Case]:
    """Return the items of the board that want somebody's hands, and not money."""
    return [case for case in stage.find("claim") if _way(case) != DONATE]


def _way(case: Case) -> str:
    return str(case.history[0].fields["way"])


def fulfil(stage: Stage, case: Case, who: str) -> Process:
    """Deliver what was signed for: within a quarter, or when the year ends where it lasts."""
    within = 90 * DAY
    yield stage.now + round(stage.luck("delivers", case.id, who) * within) + 2 * within * (_way(case) in LASTING)
    done = deliver(stage.desk, case, by=who, text="Done.")
    if done.facts["counter.ended"] == done.facts["counter.claimed"] == done.facts["counter.places"]:
        stage.desk.act(case, "finish", by=f"{case.unit}#1")


def give(stage: Stage, one: Giver, within: int) -> Process:
    """Give as much as one would to the first item whose money is not together yet, and pay it in some days later."""
    yield stage.now + round(stage.luck("gives", one.id) * within)
    asking = (case for case in stage.find("claim", state="on_board") if money_of(case.facts).open > 0)
    case = next(asking, None)
    if case is None:
        return
    amount = min(Decimal(one.gift), money_of(case.facts).open)
    stage.desk.act(case, "pledge", by=one.id, amount=amount)
    yield stage.now + round((3 + 12 * stage.luck("pays", one.id)) * DAY)
    now = stage.desk.act(case, "receive", by=f"{case.unit}#1", amount=amount, donor=one.id)
    if money_of(now.facts).open == money_of(now.facts).due == 0:
        stage.desk.act(case, "finish", by=f"{case.unit}#1")


def tell_branches(stage: Stage, since: int) -> int:
    """Send everybody's record of service to their own branch, and return how many went out."""
    active = stage.find("check_in", state="active")
    records = service_records(stage.desk, [str(case.facts["reporter"]) for case in active], since, stage.now)
    for case in active:
        send_record(stage.desk, case, records[str(case.facts["reporter"])], by=f"{case.unit}#1")
    return len(active)


def shares(total: int, weights: Sequence[float], unit: int = 1) -> list[int]:
    """Return a sum divided in proportion to weights, in whole `unit`, and exactly: the first take what is left over.

    >>> shares(59_100, [1, 2, 4], 100)
    [8500, 16900, 33700]
    """
    parts = [int(total * weight / sum(weights)) // unit * unit for weight in weights]
    left = total - sum(parts)
    return [part + unit * (n < left // unit) + (left % unit) * (n == 0) for n, part in enumerate(parts)]


def claimed(items: Iterable[Case]) -> Mapping[str, set[str]]:
    """Return who signed for each item that anybody signed or pledged for."""
    signed: dict[str, set[str]] = {}
    for case in items:
        who = {str(e.by) for e in case.history if e.kind in ("claim", "pledge")}
        if who:
            signed[case.id] = who
    return signed


def beyond_need(items: Iterable[Case]) -> list[str]:
    """Return the items that more people signed for, or more money was pledged for, than they need."""
    facts: Any = ((case, case.facts.get) for case in items)
    return [
        case.id
        for case, get in facts
        if get("counter.claimed", 0) > get("counter.places", 1) or get("counter.pledged", 0) > get("counter.needed", 0)
    ]
