"""What was done, in figures: the cases opened in a period, counted by the same compiled flags as a simulation's.

Groups are made by a closed list of keys, and a person or a household is none of them (rule C6). A table for the public
leaves out every group that is so small that it might be about somebody. Next: ``program.counting`` for how a case
counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from attrs import define, evolve, field, frozen

from govflow.calendar import local_time
from govflow.casework.arguments import kind
from govflow.casework.editions import Edition
from govflow.casework.reader import Reader
from govflow.errors import UsageError, hint
from govflow.program import Account, Counting, Estimate, counting, rate, rounded
from govflow.program.counting import EXPIRY, FEWEST
from govflow.record import Event, event_of
from govflow.store import Row

HOUR = 3_600_000_000
RANKS = {"median": 0.5, "p90": 0.9, "p99": 0.99}

PERSONS = ("household", "resident", "reporter", "subject", "person", "handler", "member", "lead", "about", "post", "by")
"""What is never a group, and told why."""

NOT_PUBLISHED = Estimate(None, None, None, 0)


@frozen
class Times:
    """A measured time in hours: of the `n` cases that have it by now the mean, over these and the `open` ones ranks.

    A percentile is None where its rank lies among the cases still open: it is not known yet.
    """

    n: int
    open: int
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    p99: float | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the times as plain data."""
        told = {name: rounded(getattr(self, name)) for name in ("mean", *RANKS)}
        return {"n": self.n, "open": self.open, **told}


@frozen
class Group:
    """The figures of a group of cases; of one that is too small to publish only the key, and None in place of numbers.

    `rates` and `levels` (the share of settled cases by the level that settled them) carry their Wilson intervals.
    """

    key: Mapping[str, Any]
    opened: int | None
    closed: int | None = None
    open: int | None = None
    rates: Mapping[str, Estimate] = field(factory=dict)
    levels: Mapping[str, Estimate] = field(factory=dict)
    times: Mapping[str, Times] = field(factory=dict)
    transitions: Mapping[str, int | None] = field(factory=dict)
    expiries: Mapping[str, int | None] = field(factory=dict)

    @property
    def suppressed(self) -> bool:
        """Whether the group is too small to be published."""
        return self.opened is None

    def to_data(self) -> dict[str, Any]:
        """Return the figures as plain data, as a simulation's summary names them."""
        return {
            "key": dict(self.key),
            "cases": {"opened": self.opened, "closed": self.closed, "open": self.open},
            "rates": {name: estimate.to_data() for name, estimate in self.rates.items()},
            "level_of_settlement": {name: estimate.to_data() for name, estimate in self.levels.items()},
            "times": {name: times.to_data() for name, times in self.times.items()},
            "transitions": dict(self.transitions),
            "expiries": dict(self.expiries),
        }


@frozen
class Statistics:
    """The figures of the cases of a lifecycle opened from `since` to before `until` (µs UTC; None: no bound).

    They are of the instant `at`; of `pending` cases a deadline has passed and not fired yet: advance the desk first.
    """

    lifecycle: str
    at: int
    since: int | None
    until: int | None
    per: tuple[str, ...]
    pending: int
    groups: tuple[Group, ...]

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        heading = {name: getattr(self, name) for name in ("lifecycle", "at", "since", "until", "pending")}
        return {**heading, "per": list(self.per), "groups": [group.to_data() for group in self.groups]}

    def published(self) -> Statistics:
        """Return what may be published: every group under 5 left out, and every figure that rests on fewer than 5.

        So that what is left out cannot be taken from a sum, at least two groups are left out, and 5 cases together.
        """
        least = sorted(range(len(self.groups)), key=lambda at: self.groups[at].opened or 0)
        hidden: list[int] = []
        for at in least:
            together = sum(self.groups[one].opened or 0 for one in hidden)
            enough = not hidden or (len(hidden) > 1 and together >= FEWEST)
            if (self.groups[at].opened or 0) >= FEWEST and enough:
                break
            hidden.append(at)
        return evolve(
            self,
            pending=0,
            groups=tuple(
                Group(group.key, None) if at in hidden else _published(group) for at, group in enumerate(self.groups)
            ),
        )


def _published(group: Group) -> Group:
    """Return a group that is large enough, without the figures in it that rest on fewer than 5."""
    parts = (group.closed or 0, group.open or 0)
    whole = all(_enough(part) for part in parts)
    return evolve(
        group,
        closed=group.closed if whole else None,
        open=group.open if whole else None,
        rates={name: one if _enough(one.n) else NOT_PUBLISHED for name, one in group.rates.items()},
        levels={name: one if _enough(one.n) else NOT_PUBLISHED for name, one in group.levels.items()},
        times={
            name: one if one.n >= FEWEST and _enough(one.open) else Times(0, 0) for name, one in group.times.items()
        },
        transitions={name: n if _enough(n or 0) else None for name, n in group.transitions.items()},
        expiries={name: n if _enough(n or 0) else None for name, n in group.expiries.items()},
    )


def _enough(n: int) -> bool:
    return n == 0 or n >= FEWEST


# ------------------------------------------------------------ groups
def _local(part: Callable[[Any], str]) -> Callable[[Edition, Row, Event], Any]:
    return lambda edition, row, _: part(local_time(row.facts["opened"], edition.program.community.zone))


KEYS: Mapping[str, Callable[[Edition, Row, Event], Any]] = {
    "unit": lambda _, __, opening: opening.changes["unit"],
    "level": lambda edition, _, opening: level_of(edition, opening.changes["unit"]),
    "handling": lambda _, row, __: row.facts["unit"],
    "category": lambda _, row, __: row.facts.get("category"),
    "channel": lambda _, row, __: row.facts.get("channel"),
    "severity": lambda _, row, __: row.facts["severity"],
    "edition": lambda _, row, __: row.edition,
    "year": _local(lambda day: f"{day:%Y}"),
    "quarter": _local(lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}"),
    "month": _local(lambda day: f"{day:%Y-%m}"),
    "week": _local(lambda day: f"{day:%G-W%V}"),
    "day": _local(lambda day: f"{day:%Y-%m-%d}"),
}
"""By what cases are grouped: the unit they came in at and its level, the unit that has or last had them (`handling`),
what they are about, when they were opened. A level's name is a key too: the unit of that level above a case's home."""


def level_of(edition: Edition, unit: str) -> str:
    """Return the level of a unit by its id, also of one that is not there any more."""
    level, levels = unit.partition("/")[0], edition.roster.organization.level_names
    return level if level in levels else levels[-1]


def _keys(reader: Reader, per: Iterable[str]) -> dict[str, Callable[[Edition, Row, Event], Any]]:
    """Return how to tell a case's group, key by key; UsageError for what is no key."""
    levels = reader.office.edition.roster.organization.level_names[:-1]
    found = {}
    for key in per:
        kind("str").check("per", key)
        if key in KEYS:
            found[key] = KEYS[key]
        elif key in levels:
            found[key] = _above_home(key)
        elif key in PERSONS:
            raise UsageError(
                f"statistics per {key!r}: residents are never scored, and a person or a household is no group (C6); "
                f"use {', '.join((*KEYS, *levels))}"
            )
        else:
            raise UsageError(f"statistics per {key!r}: unknown key{hint(key, (*KEYS, *levels))}")
    return found


def _above_home(level: str) -> Callable[[Edition, Row, Event], Any]:
    def key(edition: Edition, row: Row, _: Event) -> str | None:
        organization = edition.roster.organization
        known = level in organization.level_names[:-1]
        return organization.at_level(row.facts["home"], level) if known else None

    return key


# ------------------------------------------------------------ counting
@define(eq=False)
class _Tally:
    """What is added up of the cases of one group."""

    key: Mapping[str, Any]
    opened: int = 0
    closed: int = 0
    rates: dict[str, list[int]] = field(factory=dict)
    settled: Counter[str] = field(factory=Counter)
    lengths: dict[str, list[int | None]] = field(factory=dict)
    facts: Counter[str] = field(factory=Counter)

    def add(self, how: Counting, row: Row, account: Account, facts: Iterable[str]) -> None:
        """Add a case."""
        self.opened += 1
        self.closed += not row.open
        for metric, (top, bottom) in zip(how.metrics, account.rates(), strict=True):
            count = self.rates.setdefault(metric, [0, 0])
            count[0], count[1] = count[0] + top, count[1] + bottom
        if account.settled is not None and not row.open:
            self.settled[account.settled] += 1
        for name, length in zip(how.times, account.lengths(closed=not row.open), strict=True):
            if length is not None or row.open:
                self.lengths.setdefault(name, []).append(length)
        self.facts.update(facts)

    def group(self, edition: Edition, how: Counting) -> Group:
        """Return the figures."""
        named = [*dict.fromkeys((*edition.roster.organization.level_names, *self.settled))]
        triggers = [fact for fact in how.flags if not fact.startswith(EXPIRY)][1:]
        deadlines = [fact for fact in how.flags if fact.startswith(EXPIRY)]
        rates = {name: self.rates.get(name, [0, 0]) for name in (*how.metrics, *self.rates)}
        return Group(
            key=self.key,
            opened=self.opened,
            closed=self.closed,
            open=self.opened - self.closed,
            rates={name: rate(*count) for name, count in rates.items()},
            levels={name: rate(self.settled[name], self.settled.total()) for name in named},
            times={name: times(self.lengths.get(name, [])) for name in (*how.times, *self.lengths)},
            transitions={trigger: self.facts[trigger] for trigger in triggers},
            expiries={fact.removeprefix(EXPIRY): self.facts[fact] for fact in deadlines},
        )


def times(lengths: Sequence[int | None]) -> Times:
    """Return mean and percentiles of lengths in µs; None is a case that is still open, and later than all."""
    known = sorted(length for length in lengths if length is not None)
    ranks = {name: max(1, ceil(share * len(lengths))) for name, share in RANKS.items()} if lengths else {}
    found = {name: known[rank - 1] / HOUR for name, rank in ranks.items() if rank <= len(known)}
    average = sum(known) / len(known) / HOUR if known else None
    return Times(len(known), len(lengths) - len(known), average, **found)


def statistics(
    reader: Reader,
    lifecycle: str,
    *,
    since: int | None,
    until: int | None,
    per: Iterable[str],
    publish: bool,
) -> Statistics:
    """Return the figures of the cases that this reader may see, group by group in order of their keys."""
    per = (per,) if isinstance(per, str) else tuple(per)
    keys, edition = _keys(reader, per), reader.office.edition
    how = _Counted(lifecycle)
    newest = how.of(edition)
    tallies: dict[tuple[Any, ...], _Tally] = {} if keys else {(): _Tally({})}
    pending = 0
    for row, events in _cohort(reader, lifecycle, since, until):
        own = reader.office.editions[row.edition]
        account, facts = told(own, how.of(own), row, events)
        key = {name: value(own, row, events[0]) for name, value in keys.items()}
        tally = tallies.setdefault(tuple(key.values()), _Tally(key))
        tally.add(how.of(own), row, account, facts)
        pending += row.due is not None and row.due <= reader.at
    groups = tuple(tallies[key].group(edition, newest) for key in sorted(tallies, key=_in_order))
    found = Statistics(lifecycle, reader.at, since, until, per, pending, groups)
    return found.published() if publish else found


@frozen(eq=False)
class _Counted:
    """How the cases of a lifecycle count, by edition."""

    lifecycle: str
    _known: dict[str, Counting] = field(factory=dict, init=False)

    def of(self, edition: Edition) -> Counting:
        """Return how they count in an edition."""
        if edition.key not in self._known:
            self._known[edition.key] = counting(edition.program, edition.lifecycle(self.lifecycle))
        return self._known[edition.key]


def _cohort(
    reader: Reader, lifecycle: str, since: int | None, until: int | None
) -> Iterator[tuple[Row, tuple[Event, ...]]]:
    """Yield the cases of a lifecycle that were opened in the period, each with its events."""
    for row, lines in reader.whole():
        opened = row.facts["opened"]
        inside = (since is None or since <= opened) and (until is None or opened < until)
        if row.facts["lifecycle"] == lifecycle and inside:
            yield row, tuple(map(event_of, lines[: row.version]))


def told(edition: Edition, how: Counting, row: Row, events: Iterable[Event]) -> tuple[Account, list[str]]:
    """Return the account of a case and its facts, in order: an expiry, then what it fired."""
    account, facts = Account(how, row.facts["opened"]), []
    for event in events:
        expired = [] if event.deadline is None else [EXPIRY + event.deadline]
        for fact in (*expired, event.kind):
            account.take(fact, event.at, level_of(edition, event.unit))
            facts.append(fact)
    return account, facts


def _in_order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((part is not None, part) for part in key)
