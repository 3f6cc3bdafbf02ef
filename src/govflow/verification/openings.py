"""Which cases are opened where: a few representative ones that stand for all.

`desk_openings` are the cases that people could bring (every category, every channel of the intake);
`stream_openings` those that the assumptions let arrive. Cases that no rule tells apart are one opening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from attrs import evolve, field, frozen
from msgspec.structs import replace

from govflow.program import Position, Program, Stream, open_position
from govflow.program.columns import (
    F_CATEGORY,
    F_CHANNEL,
    F_SEVERITY,
    L_STATE,
    L_STATES,
    NONE,
    T_LIFECYCLE,
    T_SETS_SEVERITY,
)
from govflow.verification.conditions import asked
from govflow.verification.homes import Homes, Kind, ancestor

SEVERITIES = (1, 2, 3, 4)


@frozen
class Opening:
    """Cases of one lifecycle that no rule tells apart.

    `home`, `category` and `channel` are representatives; `categories` are all it speaks for, `classes` the
    classes of homes (``Homes.of``). `levels` are those at which these cases open, NONE: at the home itself.
    """

    lifecycle: int
    home: int
    category: int
    channel: int
    severities: tuple[int, ...]
    levels: tuple[int, ...]
    categories: tuple[int, ...]
    classes: tuple[int, ...]
    kind: Kind = field(repr=False)

    def positions(self, program: Program) -> tuple[Position, ...]:
        """Return where these cases stand when they have just been opened, each place once; no clock runs."""
        starts = dict.fromkeys(self.start(program, level) for level in self.levels)
        return tuple(self._position(program, unit) for unit in starts)

    def start(self, program: Program, level: int) -> int:
        """Return the unit at which a case of this home opens that the intake maps to `level`."""
        return self.home if level == NONE else ancestor(program, self.home, level)

    def _position(self, program: Program, unit: int) -> Position:
        category, channel, severity = self.category, self.channel, self.severities[0]
        opened = open_position(
            program, self.lifecycle, unit, self.home, category=category, channel=channel, severity=severity, at=0
        )
        return replace(opened, clocks=())


_Key = Callable[[Opening], tuple[Any, ...]]
_More = Callable[[Program, Opening], tuple[Any, ...]]


def desk_openings(homes: Homes, lifecycle: int) -> tuple[Opening, ...]:
    """Return the cases that people can bring on a lifecycle; without an intake, cases opened at any unit."""
    program = homes.program
    names = program.names
    intake = program.community.intake.get(names.lifecycles[lifecycle])
    found: list[Opening] = []
    for category in range(len(names.categories)) or (NONE,):
        severities = SEVERITIES if sets_severity(program, lifecycle) else (_default(program, category),)
        if intake is None:
            found += _openings(homes, lifecycle, category, [(NONE, NONE)], severities, homes.units)
            continue
        channels = []
        for channel, name in enumerate(names.channels):
            with suppress(KeyError):
                level = intake.level(name, names.categories[category] if category != NONE else "")
                channels.append((channel, names.levels.index(level)))
        found += _openings(homes, lifecycle, category, channels, severities, homes.homes)
    return _merged(found, _told_apart(program, lifecycle))


def stream_openings(homes: Homes, stream: Stream) -> tuple[Opening, ...]:
    """Return the cases that a stream brings, one opening for each kind of home that is different to them."""
    program = homes.program
    drawn = [s for s, weight in zip(SEVERITIES, stream.severity, strict=False) if weight > 0]
    sets = drawn if sets_severity(program, stream.lifecycle) else []
    severities = tuple(sorted({stream.default_severity, *sets}))
    channels = [(channel, level) for channel, _, level in stream.channels]
    found = _openings(homes, stream.lifecycle, stream.category, channels, severities, homes.homes)
    return _merged(found, _told_apart(program, stream.lifecycle))


def same_behaviour(program: Program, openings: Iterable[Opening]) -> tuple[Opening, ...]:
    """Merge openings whose categories are assumed to behave alike in every state and at every level."""
    by_lifecycle: dict[int, list[Opening]] = {}
    for one in openings:
        by_lifecycle.setdefault(one.lifecycle, []).append(one)
    return tuple(
        one
        for lifecycle, group in sorted(by_lifecycle.items())
        for one in _merged(group, _told_apart(program, lifecycle, _assumed))
    )


def sets_severity(program: Program, lifecycle: int) -> bool:
    """Say whether some transition of a lifecycle sets the severity of a case."""
    return any(row[T_LIFECYCLE] == lifecycle and row[T_SETS_SEVERITY] for row in program.rules.transitions)


def _openings(
    homes: Homes,
    lifecycle: int,
    category: int,
    channels: Sequence[tuple[int, int]],
    severities: tuple[int, ...],
    first: Mapping[int, int],
) -> Iterator[Opening]:
    """Yield an opening for each kind of home and each (channel, level)."""
    for kind, home, classes in homes.alike(category, first):
        for channel, level in channels:
            yield Opening(
                lifecycle=lifecycle,
                home=home,
                category=category,
                channel=channel,
                severities=severities,
                levels=(level,),
                categories=(category,),
                classes=classes,
                kind=kind,
            )


def _told_apart(program: Program, lifecycle: int, more: _More | None = None) -> _Key:
    """Return what tells openings apart: the kind of home, what the lifecycle's guards ask about them, and `more`."""
    ways = [way for way, row in enumerate(program.rules.transitions) if row[T_LIFECYCLE] == lifecycle]
    facts = asked(program, ways)

    def key(one: Opening) -> tuple[Any, ...]:
        return (
            one.kind,
            one.category if F_CATEGORY in facts else NONE,
            one.channel if F_CHANNEL in facts else NONE,
            one.severities if F_SEVERITY in facts else (),
            more(program, one) if more is not None else (),
        )

    return key


def _assumed(program: Program, one: Opening) -> tuple[tuple[int, int], ...]:
    row = program.rules.lifecycles[one.lifecycle]
    states = range(row[L_STATE], row[L_STATE] + row[L_STATES])
    places = [program.place(s, level, one.category) for s in states for level in range(len(program.names.levels))]
    return tuple((program.expected.outcome_row[at], program.expected.time_row[at]) for at in places)


def _merged(openings: Iterable[Opening], key: _Key) -> tuple[Opening, ...]:
    merged: dict[tuple[Any, ...], Opening] = {}
    for one in openings:
        other = merged.setdefault(key(one), one)
        merged[key(one)] = evolve(
            other,
            severities=tuple(sorted({*other.severities, *one.severities})),
            levels=tuple(dict.fromkeys((*other.levels, *one.levels))),
            categories=tuple(dict.fromkeys((*other.categories, *one.categories))),
            classes=tuple(sorted({*other.classes, *one.classes})),
        )
    return tuple(merged.values())


def _default(program: Program, category: int) -> int:
    """Return the severity with which a case of a category opens; 3 where there are no categories."""
    return 3 if category == NONE else program.community.categories[program.names.categories[category]].severity
