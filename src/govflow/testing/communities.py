"""Strategies of whole communities: definitions that load without a fault and that the simulation can run.

Organization, calendars, lifecycles, intake, arrivals and behaviour fit together because they are read off one
sketch (see ``sketch``), each part with the names of the parts before it. What is assumed in each state stands in
``behaviours``. Next: ``histories`` for the cases of a community.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attrs import frozen
from hypothesis import strategies as st

from govflow.calendar import WEEKDAYS, Calendar
from govflow.calendar.hours import Week
from govflow.community import Arrivals, Assumptions, Category, Community, Figure, Intake, to_data
from govflow.lifecycle import Lifecycle
from govflow.organization import OrganizationPlan
from govflow.testing import blocks, clocks
from govflow.testing.behaviours import ASSUMED, Assumed, read_behaviour, shares
from govflow.testing.calendars import ZONES, weeks
from govflow.testing.guards import texts
from govflow.testing.lifecycles import read_lifecycle
from govflow.testing.organizations import AROUND, RUNG, SCHEMES, Around, Rung, read_plan
from govflow.testing.sketch import PICK, pick

CALENDARS = ("default", "office", "evenings")
CATEGORIES = ("parking", "noise", "漏水")
CHANNELS = ("doorstep", "telephone")
LIFECYCLES = ("grievance", "mediation")
STARTS = ("2026-01-05", "2026-03-27T08:30", "2025-12-31")
RATES = (6.0, 1.0, 24.0, 0.0)
BOUNDS: tuple[Literal["exact", "at_least", "about"], ...] = ("exact", "at_least", "about")


@frozen
class Stream:
    """What is drawn for the arrivals of one category."""

    category: int
    rate: int
    channels: Sequence[int]
    week: int
    severity: Sequence[int]


@frozen
class Sketch:
    """What is drawn for a community, part by part."""

    zone: int
    start: int
    calendars: Sequence[tuple[Week, str | None]]
    severities: Sequence[int]
    channels: int
    rungs: Sequence[Rung]
    around: Around
    lifecycles: Sequence[tuple[blocks.Shape, clocks.Counted]]
    intake: Sequence[int]
    finer: Sequence[tuple[int, int, int]]
    streams: Sequence[Stream]
    weeks: Sequence[tuple[int, int, Sequence[int]]]
    assumed: Sequence[Assumed]
    label: Mapping[str, str]
    figure: tuple[float, int] | None


def labels() -> st.SearchStrategy[Mapping[str, str]]:
    """Return labels by language, with any text that a file can hold."""
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
    return st.dictionaries(st.sampled_from(["en", "zh"]), text, max_size=2)


_SEVERITIES = st.lists(st.integers(0, 3), max_size=4)
_STREAM = st.builds(
    Stream,
    category=PICK,
    rate=PICK,
    channels=st.lists(st.integers(0, 3), max_size=2),
    week=st.integers(0, 1),
    severity=_SEVERITIES,
)
_PROFILE = st.tuples(st.integers(0, 23), st.integers(1, 24), st.lists(PICK, min_size=1, max_size=3))
_PARTS: Mapping[str, st.SearchStrategy[Any]] = {
    "zone": PICK,
    "start": PICK,
    "calendars": st.lists(st.tuples(weeks(), st.sampled_from([None, "cn"])), min_size=1, max_size=3),
    "severities": st.lists(st.integers(1, 4), min_size=1, max_size=3),
    "channels": st.integers(1, 2),
    "around": AROUND,
    "lifecycles": st.lists(st.tuples(blocks.SHAPES, clocks.SKETCHES), min_size=1, max_size=2),
    "intake": st.lists(PICK, min_size=1, max_size=4),
    "finer": st.lists(st.tuples(PICK, PICK, PICK), max_size=2),
    "streams": st.lists(_STREAM, min_size=1, max_size=3),
    "weeks": st.lists(_PROFILE, max_size=1),
    "assumed": st.lists(ASSUMED, max_size=3),
    "label": st.just({}) | labels(),
    "figure": st.none() | st.tuples(st.floats(0, 1e6), PICK),
}


def communities(*, name: str = "made") -> st.SearchStrategy[Community]:
    """Return small communities that `govflow.load` takes without a fault and `govflow.simulate` can run.

    Calendars may never close or open one hour a week, every kind of distribution, move and scope occurs, and some
    state of every lifecycle may have no behaviour where a deadline ends it. Every unit of the hierarchy has a
    handler, every community a household.

    >>> from hypothesis import find
    >>> find(communities(), lambda community: len(community.plan.levels) > 1).organization.ids
    ('committee/top', 'host/1')
    """
    schemes = [
        st.tuples(st.just(names), st.builds(Sketch, rungs=st.tuples(*[RUNG] * len(names)), **_PARTS))
        for names in SCHEMES
    ]
    return st.one_of(schemes).map(lambda drawn: read_community(name, *drawn))


def definitions(*, name: str = "made") -> st.SearchStrategy[dict[str, Any]]:
    """Return definitions as raw tables, without a fault: as short as they can be written, and written out at length.

    >>> from hypothesis import find
    >>> definition = find(definitions(), lambda table: True)
    >>> list(definition)
    ['format', 'name', 'zone', 'levels', 'organization', 'calendars', 'categories', 'channels', 'intake', 'lifecycle', 'assumptions']
    """
    short = communities(name=name).map(to_data)
    return st.tuples(short, st.booleans()).map(lambda drawn: _written_out(drawn[0]) if drawn[1] else drawn[0])


def _written_out(data: dict[str, Any]) -> dict[str, Any]:
    """Return a definition in which every list of one is written as a list, also where a single text would do."""
    lifecycles = {}
    for name, cycle in data["lifecycle"].items():
        ways = {
            trigger: [
                {key: [value] if key in ("from", "by", "needs", "sets") and isinstance(value, str) else value
                 for key, value in way.items()}
                for way in (written if isinstance(written, list) else [written])
            ]
            for trigger, written in cycle["transitions"].items()
        }  # fmt: skip
        lifecycles[name] = {**cycle, "transitions": ways}
    return {**data, "lifecycle": lifecycles}


def read_community(name: str, scheme: Sequence[str], sketch: Sketch) -> Community:
    """Return the community that a sketch stands for, with the levels of a scheme."""
    zone = pick(ZONES, sketch.zone)
    calendars = {
        called: Calendar(called, zone, hours, holidays)
        for called, (hours, holidays) in zip(CALENDARS, sketch.calendars, strict=False)
    }
    categories = {called: Category(called, severity) for called, severity in zip(CATEGORIES, sketch.severities, strict=False)}
    channels = CHANNELS[: sketch.channels]
    plan = read_plan(
        scheme, sketch.rungs, sketch.around, calendars=tuple(calendars), categories=tuple(categories), handlers=1, households=1
    )
    known = texts(scheme, tuple(categories), channels)
    lifecycles = {
        called: read_lifecycle(shape, counted, name=called, levels=scheme, known=known)
        for called, (shape, counted) in zip(LIFECYCLES, sketch.lifecycles, strict=False)
    }
    return Community(
        name=name,
        plan=plan,
        calendars=calendars,
        categories=categories,
        channels={channel: {} for channel in channels},
        lifecycles=lifecycles,
        intake={called: _intake(sketch, at, scheme, channels, tuple(categories)) for at, called in enumerate(lifecycles)},
        assumptions=_assumptions(sketch, plan, lifecycles, tuple(categories), channels),
        figures=_figures(sketch),
        zone=zone,
        start=pick(STARTS, sketch.start),
        label=sketch.label,
    )


def _intake(
    sketch: Sketch, at: int, scheme: Sequence[str], channels: Sequence[str], categories: Sequence[str]
) -> Intake:
    by_channel = {
        channel: pick(scheme, pick(sketch.intake, at * len(CHANNELS) + n)) for n, channel in enumerate(channels)
    }
    finer: dict[str, dict[str, str]] = {}
    for category, channel, level in sketch.finer:
        finer.setdefault(pick(categories, category), {})[pick(channels, channel)] = pick(scheme, level)
    return Intake(by_channel, finer)


def _assumptions(
    sketch: Sketch,
    plan: OrganizationPlan,
    lifecycles: Mapping[str, Lifecycle],
    categories: Sequence[str],
    channels: Sequence[str],
) -> Assumptions:
    profiles = {"busy": _profile(*profile) for profile in sketch.weeks}
    levels = tuple(level.name for level in plan.levels)
    arrivals: dict[str, dict[str, Arrivals]] = {}
    for at, stream in enumerate(sketch.streams):
        rates = arrivals.setdefault(pick(tuple(lifecycles), at), {})
        rates[pick(categories, stream.category)] = _arrivals(stream, channels, tuple(profiles))
    return Assumptions(
        arrivals=arrivals,
        behaviour={
            name: dict(read_behaviour(sketch.assumed, cycle, levels, categories)) for name, cycle in lifecycles.items()
        },
        weeks=profiles,
    )


def _profile(first: int, length: int, days: Sequence[int]) -> Mapping[str, tuple[float, ...]]:
    """Return a week in which some weekdays have so many busy hours and all other hours none."""
    hours = tuple(1.0 if first <= hour < first + length else 0.0 for hour in range(24))
    return {day: hours for at, day in enumerate(WEEKDAYS) if at in {number % 7 for number in days}}


def _arrivals(stream: Stream, channels: Sequence[str], profiles: Sequence[str]) -> Arrivals:
    severity = {at: share for at, share in enumerate(shares(stream.severity, 4), start=1) if share}
    return Arrivals(
        per_household_year=pick(RATES, stream.rate),
        channels=dict(zip(channels, shares(stream.channels or [1], len(channels)), strict=True)),
        week=profiles[0] if stream.week and profiles else "always",
        severity=severity if stream.severity else {},
    )


def _figures(sketch: Sketch) -> Mapping[str, Figure]:
    if sketch.figure is None:
        return {}
    value, bound = sketch.figure
    return {"wishes": Figure("wishes", value, pick(BOUNDS, bound), "report of an example")}

