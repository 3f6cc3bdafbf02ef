"""A market day on a desk (市集): from the plan of its booths to the figures of the day.

The market is a case; its booths are claimed on it, first come first served, and never more than there are. Every demand
that people bring becomes a case of its own, and whether it was settled on the spot is read off that case. Served people
are numbers that a booth enters: nobody who comes by is written down. Who stands where is ``planning.markets``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import astuple, field, frozen

from govflow.calendar import local_time
from govflow.casework import Case, Desk
from govflow.errors import Refused
from govflow.planning.checks import Natural, checked
from govflow.planning.markets import BoothClaim, MarketDay
from govflow.record import Event

MARKET = "market"
"""The lifecycle of a market day, and the channel by which its demands come in."""


@checked
@frozen
class BoothFigures:
    """What one booth did on the day: the person-times it `served`, and what was brought to it and `settled` there."""

    served: Natural = 0
    demands: Natural = 0
    settled: Natural = 0
    suggestions: Natural = 0


@checked
@frozen
class MarketFigures:
    """The figures of a market day, in all and by booth: the unit or member that claimed it, in order of claiming.

    What the unit that holds the market did itself stands under the unit. `served` are person-times; so many `demands`
    were collected, `settled` of them on the spot; `suggestions` are no demands.
    """

    booths: Mapping[str, BoothFigures] = field(repr=False)
    claimed: Natural
    served: Natural
    demands: Natural
    settled: Natural
    suggestions: Natural


@checked
def plan_market(desk: Desk, day: MarketDay, *, unit: str, by: str, text: str | None = None) -> Case:
    """Plan a market of a unit on a day, with as many places as it has booths, and ask for claims; return the case.

    On that day it opens by itself at the hour that the definition gives it (nine, if none), and closes as the day ends,
    where nobody does so before. What the desk refuses is refused: a day that has begun, somebody without the right.
    """
    date = local_time(day.start, desk.community.zone).date().isoformat()
    case = desk.open(MARKET, unit=unit, by=by, places=len(day.booths), text=text)
    return desk.act(case, "invite", by=by, held_on=date)


@checked
def booth_claims(desk: Desk, market: str | Case, day: MarketDay, kinds: Mapping[str, str]) -> tuple[BoothClaim, ...]:
    """Return the claims that stand on a market, in order, for ``allot``; `kinds` says who serves in what kind."""
    case = desk.case(market)
    standing = case.facts.get("helpers", ())
    claims = {event.changes["helpers"][-1]: event for event in desk.history(case) if event.kind == "claim_booth"}
    return tuple(
        BoothClaim(f"{case.id}/{claims[who].version:04}", who, kinds.get(who, ""), claims[who].at, days=[day.id])
        for who in standing
    )


@checked
def hand_in(
    desk: Desk,
    market: str | Case,
    text: str,
    *,
    by: str,
    category: str | None = None,
    household: str | None = None,
    reporter: str | None = None,
    channel: str = MARKET,
    suggestion: bool = False,
    key: str | None = None,
) -> Case:
    """Hand in what somebody brings to the market, and return the case that is made of it.

    It comes in where the intake says by `channel`: that of the market, or of somebody who takes demands there, such as
    the secretary's hour. Its home is the contact unit of `household`, else the unit that holds the market. Its reporter
    is `reporter`, else whoever hands it in. Refused with a `key` that was used before.
    """
    child = {"category": category, "channel": channel, "reporter": reporter or by, "text": text}
    if household is not None:
        child |= {"household": household, "unit": None}
    trigger = "collect" if suggestion else "hand_in"
    before = desk.case(market)
    after = desk.act(market, trigger, by=by, key=key, text=text, child=child)
    raised = [case for case in after.facts.get("raised", ()) if case not in before.facts.get("raised", ())]
    if not raised:
        raise Refused(after.id, "nothing was handed in", f"the key {key!r} was used before")
    return desk.case(raised[-1])


@checked
def settle(desk: Desk, market: str | Case, demand: str | Case, *, by: str) -> Case:
    """Note that a demand handed in at a market was settled there, and return the market.

    Refused for a case that was not handed in there, or that whoever brought it has not confirmed as solved; one that
    was noted already is left as it is.
    """
    one, place = desk.case(demand), desk.case(market)
    if one.facts.get("parent") != place.id:
        raise Refused(one.id, f"was not handed in at {place.id}", "a market settles what was brought to it")
    if not any(event.kind == "confirm" for event in desk.history(one)):
        raise Refused(one.id, "is not settled", "who brought it has not said so", "let them confirm it first")
    noted = (event.fields["demand"] for event in desk.history(place) if event.kind == "settle")
    return place if one.id in noted else desk.act(place, "settle", by=by, demand=one.id)


@checked
def market_figures(desk: Desk, market: str | Case, *, by: str | None = None) -> MarketFigures:
    """Return the figures of a market day so far, from its events."""
    case = desk.case(market, by=by)
    booths = dict.fromkeys(case.facts.get("helpers", ()), BoothFigures())
    for booth, event in _work(case, desk.history(case, by=by)):
        one = booths.get(booth, BoothFigures())
        booths[booth] = BoothFigures(
            one.served + event.fields.get("served", 0),
            one.demands + (event.kind == "hand_in"),
            one.settled + (event.kind == "settle"),
            one.suggestions + (event.kind == "collect"),
        )
    total = (sum(part) for part in zip(*map(astuple, (BoothFigures(), *booths.values())), strict=True))
    return MarketFigures(booths, len(case.facts.get("helpers", ())), *total)


def _work(case: Case, events: tuple[Event, ...]) -> Iterator[tuple[str, Event]]:
    """Yield what was done at booths, each event with the booth; what nobody's booth did is the unit's own."""
    booths = case.facts.get("helpers", ())
    for event in events:
        if event.kind in ("serve", "settle", "hand_in", "collect"):
            post = event.post or ""
            names = (event.behalf or event.by, post, post.partition("#")[0])
            yield next((name for name in names if name in booths), event.unit), event
