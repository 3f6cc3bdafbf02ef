"""Strategies of whole communities: definitions that load without a fault and that the simulation can run.

Organization, calendars, lifecycles, intake, arrivals and behaviour fit together because they are read off one
sketch (see ``sketch``), each part with the names of the parts before it. What is assumed in each state stands in
``behaviours``. Next: ``histories`` for the cases of a community.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from hypothesis import strategies as st

from govflow.calendar import WEEKDAYS, Calendar
from govflow.calendar.hours import Week
from govflow.community import Arrivals, Assumptions, Bound, Category, Community, Figure, Intake, to_data
from govflow.lifecycle import Lifecycle
from govflow.testing import behaviours, guards, lifecycles, organizations
from govflow.testing.calendars import ZONES, weeks
from govflow.testing.sketch import Sketch, numbers, reading, several

CALENDARS = ("default", "office", "evenings")
CATEGORIES = ("parking", "noise", "漏水")
CHANNELS = ("doorstep", "telephone")
LIFECYCLES = ("grievance", "mediation")
STARTS = ("2026-01-05", "2026-03-27T08:30", "2025-12-31")
RATES = (6.0, 1.0, 24.0, 0.0)
BOUNDS: tuple[Bound, ...] = get_args(Bound)

HEAD, STREAM = 40, 12


def labels() -> st.SearchStrategy[Mapping[str, str]]:
    """Return labels by language, with any text that a file can hold."""
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
    return st.dictionaries(st.sampled_from(["en", "zh"]), text, max_size=2)


def communities(*, name: str = "made") -> st.SearchStrategy[Community]:
    """Return small communities that `govflow.load` takes without a fault and `govflow.simulate` can run.

    Calendars may never close or open one hour a week, every kind of distribution, move and scope occurs, and some
    state of every lifecycle may have no behaviour where a deadline ends it. Every unit of the hierarchy has a
    handler, every community a household.

    >>> from hypothesis import Phase, find, settings
    >>> simplest = find(communities(), lambda _: True, settings=settings(phases=[Phase.generate]))
    >>> simplest.organization.ids
    ('committee/top',)
    """
    cycle = st.tuples(st.tuples(*lifecycles.DRAWN), behaviours.DRAWN)
    return reading(
        lambda *drawn: read_community(name, *drawn),
        st.sampled_from(organizations.SCHEMES),
        st.lists(cycle, min_size=1, max_size=len(LIFECYCLES)),
        st.tuples(*organizations.DRAWN),
        numbers(HEAD),
        st.lists(st.tuples(weeks(), st.sampled_from([None, "cn"])), min_size=1, max_size=len(CALENDARS)),
        several(STREAM, 3, 1),
        st.just({}) | labels(),
    )


def definitions(*, name: str = "made") -> st.SearchStrategy[dict[str, Any]]:
    """Return definitions as raw tables, without a fault: as short as they can be written, and written out at length.

    >>> from hypothesis import Phase, find, settings
    >>> simplest = find(definitions(), lambda _: True, settings=settings(phases=[Phase.generate]))
    >>> simplest["lifecycle"]["grievance"]["transitions"]["screen"]
    {'from': 'received', 'to': 'screening', 'take': True}
    """
    return reading(
        lambda community, long: _written_out(to_data(community)) if long else to_data(community),
        communities(name=name),
        st.booleans(),
    )


_LISTS = ("from", "by", "needs", "takes", "sets", "clears")


def _written_out(data: dict[str, Any]) -> dict[str, Any]:
    """Return a definition in which every list of one is written as a list, also where a single text would do."""
    lifecycles = {}
    for name, cycle in data["lifecycle"].items():
        ways = {
            trigger: [
                {key: [value] if key in _LISTS and isinstance(value, str) else value
                 for key, value in way.items()}
                for way in (written if isinstance(written, list) else [written])
            ]
            for trigger, written in cycle["transitions"].items()
        }  # fmt: skip
        lifecycles[name] = {**cycle, "transitions": ways}
    return {**data, "lifecycle": lifecycles}


def read_community(
    name: str,
    scheme: Sequence[str],
    cycles: Sequence[tuple[tuple[Any, ...], Sequence[bytes]]],
    plan: tuple[bytes, Sequence[bytes]],
    head: bytes,
    hours: Sequence[tuple[Week, str | None]],
    streams: Sequence[bytes],
    label: Mapping[str, str],
) -> Community:
    """Return the community that a sketch stands for, with the levels of a scheme."""
    sketch = Sketch(head)
    zone = sketch.pick(ZONES)
    calendars = {
        called: Calendar(called, zone, week, holidays)
        for called, (week, holidays) in zip(CALENDARS, hours, strict=False)
    }
    categories = {called: Category(called, 1 + sketch.number(4)) for called in CATEGORIES[: 1 + sketch.number(3)]}
    channels = CHANNELS[: 1 + sketch.number(2)]
    known = guards.texts(scheme, tuple(categories), channels)
    made = {
        called: lifecycles.read_lifecycle(called, scheme, known, *drawn)
        for called, (drawn, _) in zip(LIFECYCLES, cycles, strict=False)
    }
    behaviour = {
        called: dict(behaviours.read_behaviour(made[called], drawn, scheme, tuple(categories)))
        for called, (_, drawn) in zip(LIFECYCLES, cycles, strict=False)
    }
    words = organizations.Words(tuple(calendars), tuple(categories), handlers=1, households=1)
    weeks = {"busy": _profile(sketch)} if sketch.yes() else {}
    return Community(
        name=name,
        plan=organizations.read_plan(scheme, *plan, words),
        calendars=calendars,
        categories=categories,
        channels={channel: {} for channel in channels},
        lifecycles=made,
        intake={called: _intake(sketch, scheme, channels, tuple(categories)) for called in made},
        assumptions=Assumptions(_streams(streams, made, tuple(categories), channels, tuple(weeks)), behaviour, weeks),
        figures={"wishes": _figure(sketch)} if sketch.yes() else {},
        zone=zone,
        start=sketch.pick(STARTS),
        label=label,
    )


def _intake(sketch: Sketch, scheme: Sequence[str], channels: Sequence[str], categories: Sequence[str]) -> Intake:
    by_channel = {channel: sketch.pick(scheme) for channel in channels}
    finer = {name: {sketch.pick(channels): sketch.pick(scheme)} for name in sketch.some(categories)}
    return Intake(by_channel, finer)


def _profile(sketch: Sketch) -> Mapping[str, tuple[float, ...]]:
    """Return a week in which some weekdays have so many busy hours and all other hours none."""
    first, length = sketch.number(24), 1 + sketch.number(24)
    hours = tuple(1.0 if first <= hour < first + length else 0.0 for hour in range(24))
    days = sketch.some(WEEKDAYS, 3, 1)
    return {day: hours for day in WEEKDAYS if day in days}


def _streams(
    streams: Sequence[bytes],
    cycles: Mapping[str, Lifecycle],
    categories: Sequence[str],
    channels: Sequence[str],
    profiles: Sequence[str],
) -> Mapping[str, Mapping[str, Arrivals]]:
    """Return the arrivals by lifecycle and category, the lifecycles taken in turns; of the first, some arrive."""
    arrivals: dict[str, dict[str, Arrivals]] = {}
    for at, sketch in enumerate(map(Sketch, streams)):
        rates = arrivals.setdefault(tuple(cycles)[at % len(cycles)], {})
        rates.setdefault(sketch.pick(categories), _arrivals(sketch, RATES[: 4 if at else 3], channels, profiles))
    return arrivals


def _arrivals(sketch: Sketch, rates: Sequence[float], channels: Sequence[str], profiles: Sequence[str]) -> Arrivals:
    rate, week = sketch.pick(rates), sketch.maybe(profiles)
    weights = behaviours.shares([sketch.number(4) for _ in channels])
    severity = behaviours.shares([sketch.number(4) for _ in range(4)])
    return Arrivals(
        per_household_year=rate,
        channels=dict(zip(channels, weights, strict=True)),
        week="always" if week is None else week,
        severity=dict(enumerate(severity, start=1)) if sketch.yes() else {},
    )


def _figure(sketch: Sketch) -> Figure:
    return Figure("wishes", sketch.number(1000) / 4, sketch.pick(BOUNDS), "report of an example")
