"""The three lists and the board: what is asked for, what is offered, what is built together (三单, 公示栏).

Nothing is kept here: each list is read off the cases that there are now, through what the reader may see. Which
lifecycles stand on which list follows from what can be done in them. Nobody is ranked: lists go by the time of asking.
Next: ``claims`` for signing for an item, ``money`` for what it costs, ``slips`` for one service on paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from govflow.casework.case import Case
from govflow.casework.desk import Desk
from govflow.casework.money import Money, money_of
from govflow.casework.pages import each
from govflow.errors import UnknownName
from govflow.lifecycle import Lifecycle
from govflow.record import Event

CLAIM, PLEDGE, DISPATCH, BOOK, FREE, BUILD = "claim", "pledge", "dispatch", "book", "free", "build"
"""What is done with what stands on a list: an item is claimed, somebody is sent, a resource booked, a project built."""

TELLING = ("choice", "choices", "number", "date", "unit")
"""The kinds of field that an item shows: none of them names a person or is anybody's words."""


@frozen
class Item:
    """A case as a list shows it.

    `left` is how many can still claim or book it where it stands, `holders` who has it in hand, `said` what was said of
    it in choices, numbers, dates and places, the last word of each; `opened` is the instant at which it was asked for.
    """

    case: str
    lifecycle: str
    state: str
    unit: str
    category: str | None
    opened: int
    left: int
    holders: tuple[str, ...] = field(repr=False)
    money: Money
    said: Mapping[str, Any] = field(repr=False)


@frozen
class Notice:
    """An open item as it hangs on the board, for everybody: no person's and no household's id is on it.

    `area` is the unit below the top in which it is asked for, `text` the words where whoever asked has said that they
    may be shown, and while they have not been erased.
    """

    case: str
    lifecycle: str
    category: str | None
    area: str
    opened: int
    left: int
    money: Money
    said: Mapping[str, Any]
    text: str | None = None


def demands(desk: Desk, *, by: str | None = None) -> tuple[Item, ...]:
    """Return the demand list: the open items that can be claimed, now or later, or for which somebody is sent."""
    return _items(desk, (CLAIM, DISPATCH), by)


def resources(desk: Desk, *, by: str | None = None) -> tuple[Item, ...]:
    """Return the resource list: what units and members offer, themselves or a thing, as long as it stands."""
    return _items(desk, (BOOK,), by)


def projects(desk: Desk, *, by: str | None = None) -> tuple[Item, ...]:
    """Return the project list: what is proposed, negotiated and built together and not closed yet.

    >>> import govflow as gf
    >>> desk = gf.Desk(gf.load("jiafu"))
    >>> _ = desk.open("project", by="partner/unit-1", needed="100000", text="Lay new pipes.")
    >>> [(item.lifecycle, item.money.open) for item in projects(desk)]
    [('project', Decimal('100000'))]
    """
    return _items(desk, (BUILD,), by)


def board(desk: Desk, *, unit: str | None = None, by: str | None = None) -> tuple[Notice, ...]:
    """Return what hangs on the board (公示栏), of all units or of `unit` and those below it: what can still be claimed.

    An item that lacks nothing but money hangs there until all of it is pledged. Nothing of a restricted lifecycle ever
    does.
    """
    organization = desk.community.organization
    if unit is not None:
        organization.index(unit)
    found = []
    for case, cycle in _open(desk, (CLAIM,), by):
        line = organization.escalation_path(case.facts["home"])
        left = room(cycle, CLAIM, case)
        wanted = left or room(cycle, PLEDGE, case)
        if not wanted or cycle.restricted or unit not in (None, *line):
            continue
        events = desk.history(case, by=by)[: case.version]
        said = _telling(cycle, events)
        text = _words(desk, case, by) if said.pop("shown", "no") == "yes" else None
        area, money = line[-2:][0], money_of(case.facts)
        said = {name: value for name, value in said.items() if cycle.known_fields()[name].kind != "unit"}
        found.append(Notice(case.id, cycle.name, case.category, area, case.facts["opened"], left, money, said, text))
    return tuple(sorted(found, key=lambda one: (one.opened, one.case)))


def room(cycle: Lifecycle, trigger: str, case: Case) -> int:
    """Return how many more can fire a trigger that holds a place of a case, where it stands: 0 where it is not open.

    A case that waits in a queue counts as taken: a desk takes it with the act.
    """
    count = case.facts.get
    taken = {way.target for way in cycle.transitions if way.take and case.state in way.source}
    for way in cycle.ways(trigger):
        if {case.state, *taken} & {*cycle.sources(way)}:
            ceilings = cycle.ceilings(way).items()
            return min((count(f"counter.{most}", 0) - count(f"counter.{c}", 0) for c, most in ceilings), default=1)
    return 0


def over(desk: Desk, offer: Case) -> tuple[str, ...]:
    """Return what is booked on a check-in or resource and no longer in hand: it is free for as many more.

    What somebody came to help with is in hand until it closes, or until they have gone out of its circle of helpers:
    because they delivered it or gave it back, because the clock or the unit took it back, because they were not wanted.
    What was booked for anything else is in hand until somebody frees it.
    """
    cycle, who = desk.community.lifecycles.get(offer.lifecycle), offer.facts["reporter"]
    if cycle is None or FREE not in cycle.triggers():
        return ()
    held = Counter[str]()
    for event in desk.history(offer)[: offer.version]:
        if event.kind in (BOOK, FREE) and "item" in event.fields:
            held[event.fields["item"]] += 1 if event.kind == BOOK else -1
    return tuple(case for case, times in held.items() if times > 0 and not _in_hand(desk, case, who))


def _in_hand(desk: Desk, case: str, who: str) -> bool:
    """Say whether an item is still to be done by somebody; one with which they never came to help does not tell."""
    try:
        item = desk.case(case)
    except UnknownName:  # an item that the application keeps elsewhere
        return True
    came = any(who in event.changes.get("helpers", ()) for event in desk.history(item))
    return not came or (item.open and who in item.facts["helpers"])


def doing(desk: Desk, triggers: Iterable[str]) -> tuple[str, ...]:
    """Return the lifecycles in which some of these triggers can be fired."""
    wanted = set(triggers)
    return tuple(name for name, cycle in desk.community.lifecycles.items() if wanted & set(cycle.triggers()))


def item(desk: Desk, case: str | Case, *, by: str | None = None) -> Item:
    """Return one case as a list shows it; UnknownName where it stands on none."""
    found = desk.case(case, by=by)
    cycle = desk.community.lifecycles.get(found.lifecycle)
    if cycle is None or not {CLAIM, DISPATCH, BOOK, BUILD} & set(cycle.triggers()):
        raise UnknownName("lifecycle on a list", found.lifecycle, doing(desk, (CLAIM, DISPATCH, BOOK, BUILD)))
    return _item(desk, found, cycle, by)


def _items(desk: Desk, triggers: tuple[str, ...], by: str | None) -> tuple[Item, ...]:
    found = [_item(desk, case, cycle, by) for case, cycle in _open(desk, triggers, by)]
    return tuple(sorted(found, key=lambda one: (one.opened, one.case)))


def _open(desk: Desk, triggers: tuple[str, ...], by: str | None) -> Iterator[tuple[Case, Lifecycle]]:
    cycles = desk.community.lifecycles
    if names := doing(desk, triggers):
        yield from ((case, cycles[case.lifecycle]) for case in each(desk, by=by, lifecycle=names, open=True))


def _item(desk: Desk, case: Case, cycle: Lifecycle, by: str | None) -> Item:
    facts, events = case.facts, desk.history(case, by=by)[: case.version]
    left = next((room(cycle, trigger, case) for trigger in (CLAIM, BOOK, DISPATCH) if cycle.ways(trigger)), 0)
    left += len(over(desk, case)) if BOOK in cycle.triggers() else 0
    return Item(
        case.id,
        cycle.name,
        case.state,
        case.unit,
        case.category,
        facts["opened"],
        left,
        tuple(facts.get("helpers", ())),
        money_of(facts),
        _telling(cycle, events),
    )


def _telling(cycle: Lifecycle, events: Iterable[Event]) -> dict[str, Any]:
    """Return the last word on each field that tells no person."""
    known = cycle.known_fields()
    said = ((name, value) for event in events for name, value in event.fields.items())
    return {name: value for name, value in said if name in known and known[name].kind in TELLING}


def _words(desk: Desk, case: Case, by: str | None) -> str | None:
    """Return the words of the opening, None where they were erased."""
    text = desk.texts(case, by=by).get((1, "text"))
    return None if text is None else text.text
