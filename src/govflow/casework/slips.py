"""Three slips (三单制): what was asked, who was sent, what was done and what the resident said, as views of one case.

A slip is read off the case's events by what the definition says of them: somebody who comes into the circle of helpers
was sent, a trigger that settles the case is the deed, and what the reporter fires afterwards is their word. No name, no
telephone and no id of a resident is on a slip; the household stands on the dispatch slip alone, for whoever goes there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict, field, frozen

from govflow.calendar import local_time
from govflow.casework.case import Case, id_of
from govflow.casework.desk import Desk
from govflow.lifecycle import CLOCK
from govflow.record import Event


@frozen
class DemandSlip:
    """What was asked for, at what instant, by which channel; `text` None where it was erased."""

    number: str
    asked: int
    category: str | None
    channel: str | None
    unit: str
    text: str | None = field(repr=False)


@frozen
class DispatchSlip:
    """Who was sent, by which post, when, and where to; `due` is when it is promised for, None where nothing runs."""

    number: str
    sent: int
    volunteer: str
    by: str
    household: str | None
    category: str | None
    due: int | None
    text: str | None = field(repr=False)


@frozen
class Receipt:
    """What was done, by whom and when, whether in time (`late` are the deadlines that passed), and the resident's word.

    `word` is the trigger that the resident fired, ``clock`` where silence closed the case, None before either.
    """

    number: str
    done: int
    deed: str
    by: str
    late: tuple[str, ...]
    word: str | None
    said: int | None


@frozen
class Slips:
    """The slips of one case: one demand, one dispatch for each who was sent, one receipt for each time it was done."""

    demand: DemandSlip
    dispatches: tuple[DispatchSlip, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    zone: str = field(default="UTC", kw_only=True, repr=False)

    def to_data(self) -> dict[str, Any]:
        """Return the slips as plain data, instants in µs UTC."""
        return {
            "demand": asdict(self.demand),
            "dispatches": [asdict(slip) for slip in self.dispatches],
            "receipts": [asdict(slip) for slip in self.receipts],
        }

    def to_text(self) -> str:
        """Return the slips as text, local time, one line a fact; what is not known is left out."""
        slips: tuple[Slip, ...] = (self.demand, *self.dispatches, *self.receipts)
        return "\n\n".join(_printed(slip, self.zone) for slip in slips)


Slip = DemandSlip | DispatchSlip | Receipt

TITLES: Mapping[type, str] = {DemandSlip: "demand slip", DispatchSlip: "dispatch slip", Receipt: "receipt"}
_INSTANTS = ("asked", "sent", "due", "done", "said")


def slips_of(desk: Desk, case: str | Case, *, by: str | None = None) -> Slips:
    """Return the three slips of a case that the reader may see.

    >>> import govflow as gf
    >>> desk = gf.Desk(gf.load("beida"))
    >>> call = {"category": "meals", "channel": "telephone", "household": "household/3-2-11-4", "text": "Lunch."}
    >>> case = desk.open("service", by="resident:example-1", **call)
    >>> case = desk.act(case, "dispatch", by="committee/beida#1", volunteer="member:example-7")
    >>> [slip.volunteer for slip in slips_of(desk, case).dispatches]
    ['member:example-7']
    """
    found = desk.case(case, by=by)
    events = desk.history(case, by=by)[: found.version]
    words = desk.texts(case, by=by).get((1, "text"))
    text = None if words is None else words.text
    cycle, facts = desk.community.lifecycles[found.lifecycle], found.facts
    number, start = id_of(found), events[0]
    demand = DemandSlip(number, start.at, found.category, facts.get("channel"), start.unit, text)
    promised = next((one.due for one in desk.due(found, by=by) if one.due is not None), None)
    dispatches = tuple(
        DispatchSlip(number, at, who, by_whom, facts.get("household"), found.category, promised, text)
        for at, who, by_whom in _sent(events)
    )
    receipts = tuple(_receipts(events, cycle.settled_by, facts.get("reporter")))
    return Slips(demand, dispatches, receipts, zone=desk.community.zone)


def _sent(events: Sequence[Event]) -> list[tuple[int, str, str]]:
    """Return who came to help, when, and by whose act."""
    found, known = [], set[str]()
    for event in events:
        if "helpers" in event.changes:
            now = event.changes["helpers"]
            found += [(event.at, who, event.post or event.by) for who in now if who not in known]
            known = set(now)
    return found


def _receipts(events: Sequence[Event], deeds: Sequence[str], reporter: str | None) -> list[Receipt]:
    """Return a receipt for each deed, with the first word on it: the reporter's, or that of silence."""
    found = []
    for at, event in enumerate(events):
        if event.kind not in deeds:
            continue
        number = event.case
        late = tuple(dict.fromkeys(e.deadline for e in events[:at] if e.deadline is not None))
        answers = (e for e in events[at + 1 :] if "state" in e.changes and (e.by == reporter or e.deadline))
        word = next(answers, None)
        said = (None, None) if word is None else (CLOCK if word.deadline else word.kind, word.at)
        found.append(Receipt(number, event.at, event.kind, event.post or event.by, late, *said))
    return found


def _printed(slip: Slip, zone: str) -> str:
    lines = [TITLES[type(slip)]]
    for name, value in asdict(slip).items():
        if name in _INSTANTS and value is not None:
            lines.append(f"{name}: {local_time(value, zone):%Y-%m-%d %H:%M}")
        elif value not in (None, ()):
            lines.append(f"{name}: {', '.join(value) if isinstance(value, tuple) else value}")
    return "\n".join(lines)
