"""From the desk's lists to a plan and back: items become demands, check-ins and resources offers, a matching acts.

What an item or an offer says of skills, hours and place comes from the closed fields of its lifecycle; what it does not
say, the caller says here. Nothing of who asks goes into a plan (rule C6). Next: ``planning.matching``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from govflow.calendar import MINUTE, WEEKDAYS, local_time, parse_instant
from govflow.casework import Act, Case, Desk
from govflow.casework.claims import signing
from govflow.casework.lists import CLAIM, DISPATCH, demands, over, resources
from govflow.planning.checks import Instant, Positive, Window, checked
from govflow.planning.demands import Demand, Offer, sittings
from govflow.planning.matching import Assignment
from govflow.planning.walking import Point


@checked
def demands_from(
    desk: Desk,
    since: Instant,
    until: Instant,
    *,
    minutes: Positive = 60,
    skills: Mapping[str, Iterable[str]] | None = None,
    points: Mapping[str, Point] | None = None,
    by: str | None = None,
) -> tuple[Demand, ...]:
    """Return the open items that need people, to be served within [since, until) and before their own last day.

    `minutes` is the work of an item that does not say, `skills` by category what it takes, `points` by unit where it
    is.
    """
    skills, points, zone = skills or {}, points or {}, desk.community.zone
    found = []
    for item in demands(desk, by=by):
        last = item.said.get("until")
        end = until if last is None else min(until, parse_instant(last, zone))
        if item.left and since < end:
            takes = item.said.get("skills") or skills.get(item.category or "", ())
            work = item.said.get("minutes") or minutes
            times, point = ((since, end),), points.get(item.unit)
            found.append(Demand(item.case, takes, work * MINUTE, times, point, item.left, item.opened))
    return tuple(found)


@checked
def offers_from(
    desk: Desk,
    since: Instant,
    until: Instant,
    *,
    sitting: Positive | None = None,
    points: Mapping[str, Point] | None = None,
    by: str | None = None,
) -> tuple[Offer, ...]:
    """Return who and what is on the resource list, with the hours in which each is free within [since, until).

    Who has reported in more than once has the hours of the last time only, so that nobody is in two places. Each day's
    hours take one demand; `sitting` cuts them into pieces of so many minutes. `points` by unit say where an offer is
    whose place was told.
    """
    points, zone = points or {}, desk.community.zone
    found: dict[str, Offer] = {}
    offers = [(desk.case(item.case, by=by), item) for item in resources(desk, by=by)]
    for offer, item in sorted(offers, key=lambda one: one[0].facts["opened"]):
        facts, said = offer.facts, item.said
        free = tuple(_free(said, since, until, zone))
        free = free if sitting is None else sittings(free, sitting * MINUTE)
        point, likes = points.get(said.get("place", "")), said.get("interests", ())
        load = facts.get("counter.taken", 0) - facts.get("counter.freed", 0) - len(over(desk, offer))
        owner = facts["reporter"] if offer.lifecycle == "check_in" else offer.id
        found.pop(owner, None)
        if item.left and free:
            found[owner] = Offer(item.case, said.get("skills", ()), free, point, load, item.left, prefers=likes)
    return tuple(found.values())


@checked
def carry_out(desk: Desk, assignments: Iterable[Assignment], *, by: str) -> tuple[Case, ...]:
    """Act on a matching: whoever was found claims the item, or `by` sends them; each with their offer, in one commit.

    The application vouches that they agree. Refused at the first that is not possible any more: those before it stand.
    """
    return tuple(desk.batch(_acts(desk, one, by))[0] for one in assignments)


def _acts(desk: Desk, assignment: Assignment, by: str) -> list[Act]:
    item, offer = desk.case(assignment.demand), desk.case(assignment.offer)
    person, cycle = offer.facts["reporter"], desk.community.lifecycles[item.lifecycle]
    fields: dict[str, Any] = {}
    ways = cycle.ways(CLAIM)
    if ways and "until" in ways[0].needs:
        fields["until"] = f"{local_time(assignment.end, desk.community.zone) + timedelta(days=1):%Y-%m-%d}"
    dispatch = Act(item.id, DISPATCH, by, fields={"volunteer": person})
    return signing(desk, Act(item.id, CLAIM, person, fields=fields) if ways else dispatch, offer)


def _free(said: Mapping[str, Any], since: int, until: int, zone: str) -> Iterator[Window]:
    """Yield the hours of each day within a period, by what an offer says of days and hours."""
    days = said.get("days") or WEEKDAYS
    opens, closes = said.get("from_hour", 0), said.get("until_hour", 24)
    day, last = local_time(since, zone).date(), local_time(until - 1, zone).date()
    while day <= last:
        midnight = parse_instant(f"{day}", zone)
        start, end = max(since, midnight + opens * 60 * MINUTE), min(until, midnight + closes * 60 * MINUTE)
        if WEEKDAYS[day.weekday()] in days and start < end:
            yield start, end
        day += timedelta(days=1)
