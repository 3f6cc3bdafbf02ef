"""The record of service: what a member or unit took on and carried out in a period, for their own branch (双报到).

It is folded from the events: who comes into a case's circle of helpers has taken something on; it is fulfilled when the
case is settled while they are there, or when they go over to its parties. Facts only: no mark, no sum over people, no
comparison. Of a restricted case nothing is told but that it was one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from attrs import asdict, define, evolve, field, frozen

from govflow.calendar import MINUTE, local_time
from govflow.casework.case import Case
from govflow.casework.desk import Desk
from govflow.casework.instants import INSTANT, is_instant
from govflow.errors import Refused, UsageError
from govflow.record import Event

BEGIN, FINISH, PLEDGE, RELEASE = "begin", "finish", "pledge", "release"
"""The triggers between which somebody is on duty, and those by which money is pledged, and a pledge given up."""


@frozen
class Engagement:
    """Something that somebody took on: from when to when (None: still), and how it ended.

    `case` and `category` are None where the case is restricted. `minutes` were spent on duty.
    """

    lifecycle: str
    since: int
    until: int | None = None
    outcome: Literal["under way", "fulfilled", "ended"] = "under way"
    minutes: int = 0
    case: str | None = None
    category: str | None = None


@frozen
class ServiceRecord:
    """What `subject` did in the period from `since` to before `until`; instants in µs UTC, money in yuan.

    `pledged` is less by what was given up again in the name of the one who gave.
    """

    subject: str
    since: int
    until: int
    engagements: tuple[Engagement, ...] = ()
    pledged: Decimal = Decimal(0)

    @property
    def fulfilled(self) -> tuple[Engagement, ...]:
        """What was carried out in the period."""
        ended = (one for one in self.engagements if one.until is not None and one.until < self.until)
        return tuple(one for one in ended if one.outcome == "fulfilled")

    @property
    def minutes(self) -> int:
        """The minutes on duty, of what was carried out in the period."""
        return sum(one.minutes for one in self.fulfilled)

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "subject": self.subject,
            "since": self.since,
            "until": self.until,
            "minutes": self.minutes,
            "pledged": f"{self.pledged:.2f}",
            "engagements": [asdict(one) for one in self.engagements],
        }


def service_record(desk: Desk, subject: str, since: int, until: int, *, by: str | None = None) -> ServiceRecord:
    """Return the record of one member or unit; as `service_records`."""
    return service_records(desk, [subject], since, until, by=by)[subject]


def service_records(
    desk: Desk, subjects: Iterable[str], since: int, until: int, *, by: str | None = None
) -> Mapping[str, ServiceRecord]:
    """Return the records of members and units, in one reading of the events that the reader may see.

    UsageError for a resident or a household: nobody keeps a record of them.

    >>> import govflow as gf
    >>> desk = gf.Desk(gf.load("chengnan"), clock=gf.ManualClock(1_767_600_000_000_000))
    >>> shift = desk.open("duty", by="grid/1#1", unit="grid/1", held_on="2026-01-12")
    >>> shift = desk.act(shift, "volunteer", by="member:example-7")
    >>> [one.lifecycle for one in service_record(desk, "member:example-7", 0, 4 * 10**15).engagements]
    ['duty']
    """
    wanted = dict.fromkeys(subjects)
    for subject in wanted:
        if subject.startswith(("resident:", "household/", "anonymous:", "token:")):
            raise UsageError(f"{subject!r}: a record of service is of a member or a unit, never of a resident (C6)")
    for name, value in (("since", since), ("until", until)):
        if not is_instant(value):
            raise UsageError(f"{name!r} is {value!r:.80}: must be {INSTANT}")
    if not since < until:
        raise UsageError(f"'since' is {since} and 'until' {until}: a period ends after it begins")
    records = {subject: ServiceRecord(subject, since, until) for subject in wanted}
    for one in _followed(desk, until, by):
        for subject, engagement in one.told():
            if subject in records and (engagement.until is None or engagement.until >= since):
                had = records[subject]
                records[subject] = evolve(had, engagements=(*had.engagements, engagement))
        for subject, at, yuan in one.pledges:
            if subject in records and since <= at:
                records[subject] = evolve(records[subject], pledged=records[subject].pledged + yuan)
    return {subject: _in_order(record) for subject, record in records.items()}


def engagements(desk: Desk, *, until: int | None = None, by: str | None = None) -> Iterator[tuple[str, Engagement]]:
    """Yield everything that anybody took on before `until` (µs UTC), with who did, as far as the reader may see it."""
    for one in _followed(desk, until, by):
        yield from one.told()


def _followed(desk: Desk, until: int | None, by: str | None) -> Iterable[_Following]:
    """Return the cases that were opened before an instant, each followed through its events up to it."""
    following: dict[str, _Following] = {}
    for event in desk.feed(by=by):
        if until is not None and event.at >= until:
            continue
        if event.kind == "open":
            following[event.case] = _Following(desk, event)
        if event.case in following:
            following[event.case].take(event)
    return following.values()


def send_record(desk: Desk, check_in: str | Case, record: ServiceRecord, *, by: str) -> Case:
    """Say in a check-in that a record went to the subject's own branch; sending it is the application's business.

    The event names the branch, where the subject has said which is theirs.
    """
    case = desk.case(check_in)
    if case.facts.get("reporter") != record.subject:
        raise Refused(case.id, f"is no check-in of {record.subject}", "a record goes with its own check-in", "")
    zone = desk.community.zone
    said: dict[str, Any] = {
        "since": f"{local_time(record.since, zone):%Y-%m-%d}",
        "until": f"{local_time(record.until, zone):%Y-%m-%d}",
        "services": len(record.fulfilled),
        "minutes": record.minutes,
    }
    branches = [event.fields["own_branch"] for event in desk.history(case) if "own_branch" in event.fields]
    return desk.act(case, "send_record", by=by, own_branch=branches[-1] if branches else None, **said)


def _in_order(record: ServiceRecord) -> ServiceRecord:
    return evolve(record, engagements=tuple(sorted(record.engagements, key=lambda e: (e.since, e.case or ""))))


@define(eq=False)
class _Following:
    """One case followed through its events: who is helping since when, and what is over."""

    desk: Desk
    opening: Event
    helping: dict[str, int] = field(factory=dict, init=False)
    present: set[str] = field(factory=set, init=False)
    parties: set[str] = field(factory=set, init=False)
    began: int | None = field(default=None, init=False)
    over: list[tuple[str, Engagement]] = field(factory=list, init=False)
    pledges: list[tuple[str, int, Decimal]] = field(factory=list, init=False)

    def take(self, event: Event) -> None:
        """Take an event in."""
        minutes = 0
        if event.kind == BEGIN:
            self.began = event.at
        elif event.kind == FINISH and self.began is not None:
            minutes, self.began = (event.at - self.began) // MINUTE, None
        elif event.kind == PLEDGE:
            self.pledges.append((event.behalf or event.by, event.at, Decimal(event.fields["amount"])))
        elif event.kind == RELEASE and "donor" in event.fields:
            self.pledges.append((event.fields["donor"], event.at, -Decimal(event.fields["amount"])))
        cycle = self.desk.community.lifecycles.get(self.opening.changes["lifecycle"])
        if cycle is not None and event.kind in cycle.settled_by:
            self._end(list(self.helping), event.at, "fulfilled", minutes)
        elif cycle is not None and any(
            c.cycle and f"counter.{c.name}" in event.changes for c in cycle.counters.values()
        ):
            self._resume()
        parties = set(event.changes.get("parties", self.parties))
        if "helpers" in event.changes:
            self._change(set(event.changes["helpers"]), parties - self.parties, event.at)
        self.parties = parties
        state = None if cycle is None else cycle.states.get(event.changes.get("state", ""))
        if state is not None and state.kind == "final":
            self._end(list(self.helping), event.at, "ended")

    def _change(self, helpers: set[str], delivered: set[str], at: int) -> None:
        gone = [who for who in self.helping if who not in helpers]
        self._end([who for who in gone if who in delivered], at, "fulfilled")
        self._end([who for who in gone if who not in delivered], at, "ended")
        self.helping |= dict.fromkeys(sorted(helpers - self.present), at)
        self.present = helpers

    def _resume(self) -> None:
        """Take back what was fulfilled by those still here: it was not as wished, and they are at it again."""
        again = [(who, one) for who, one in self.over if who in self.present and one.outcome == "fulfilled"]
        self.helping |= {who: one.since for who, one in again}
        self.over = [one for one in self.over if one not in again]

    def told(self) -> Iterator[tuple[str, Engagement]]:
        """Yield who took something on, and what."""
        yield from self.over
        yield from ((who, self._engagement(since)) for who, since in self.helping.items())

    def _end(self, who: Iterable[str], at: int, outcome: Literal["fulfilled", "ended"], minutes: int = 0) -> None:
        for one in who:
            engagement = self._engagement(self.helping.pop(one))
            self.over.append((one, evolve(engagement, until=at, outcome=outcome, minutes=minutes)))

    def _engagement(self, since: int) -> Engagement:
        facts, lifecycle = self.opening.changes, self.opening.changes["lifecycle"]
        cycle = self.desk.community.lifecycles.get(lifecycle)
        if cycle is None or cycle.restricted:
            return Engagement(lifecycle, since)
        return Engagement(lifecycle, since, case=self.opening.case, category=facts.get("category"))
