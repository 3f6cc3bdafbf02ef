"""Figures of a desk: counted again by hand from its events, grouped by no person, published in no small group (C6)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from govflow.calendar import DAY, HOUR, local_time
from govflow.casework import Statistics
from govflow.casework.statistics import PERSONS, Group
from govflow.errors import UnknownName, UsageError
from govflow.program import rate
from tests.casework.scenes import ANNA, BERT, START, desk_on, later
from tests.casework.village import CARE, DOOR, HOUSEHOLD, OTHER_DOOR, REPORTER, STRANGER, village
from tests.simulation.recount import Told, _rate, _times, percentile

UNITS = ("door/1-1", "door/1-2", "door/2-1")


def request(desk, unit="door/1-1", **more):
    """Open a request."""
    return desk.open("request", **{"by": REPORTER, "unit": unit, "channel": "doorstep", **more})


def walked(data, desk):
    """Open requests and take each on a random way; deadlines fire as they fall due."""
    for _ in range(data.draw(st.integers(0, 8))):
        later(desk, data.draw(st.integers(0, 40)) * HOUR)
        case = request(desk, data.draw(st.sampled_from(UNITS)), category=data.draw(st.sampled_from(["noise", None])))
        for _ in range(data.draw(st.integers(0, 7))):
            later(desk, data.draw(st.sampled_from([0, 1, 30, 80])) * HOUR)
            desk.advance()
            case = desk.case(case)
            who = REPORTER if case.state == "asked" else case.unit if "department" in case.unit else f"{case.unit}#1"
            ways = [one.trigger for one in desk.explain(case, by=who).choices if one.mine and not one.needs]
            if ways:
                case = desk.act(case, data.draw(st.sampled_from(ways)), by=who)
    return desk


def told_of(desk, case):
    """Return what the record tells of a case, by the names in its events."""
    found = Told(desk.community.lifecycles[case.lifecycle], case.category, case.facts["opened"])
    for event in desk.history(case):
        found.facts += [(event.at, f"expiry:{event.deadline}")] if event.deadline else []
        found.facts.append((event.at, event.kind))
        if event.kind in found.cycle.settled_by:
            found.settled = event.unit
    found.closed = not case.open
    return found


def check(group: Group, cases):
    """Hold the figures of a group to its cases, counted by hand."""
    cycle = cases[0].cycle
    assert (group.opened, group.closed) == (len(cases), sum(case.closed for case in cases))
    assert group.open == group.opened - group.closed
    assert group.rates == {metric.name: rate(*_rate(metric, cases)) for metric in cycle.metrics.values()}
    levels = [case.settled.partition("/")[0] for case in cases if case.closed and case.settled]
    assert group.levels == {level: rate(levels.count(level), len(levels)) for level in group.levels}
    facts = [fact for case in cases for _, fact in case.facts]
    assert group.transitions == {trigger: facts.count(trigger) for trigger in cycle.triggers()}
    assert group.expiries == {name: facts.count(f"expiry:{name}") for name in cycle.deadlines}
    for span in cycle.times.values():
        exact, found = list(_times(span, cases)), group.times[span.name]
        known = [length for length in exact if length is not None]
        assert (found.n, found.open) == (len(known), len(exact) - len(known))
        assert found.mean == (sum(known) / len(known) / HOUR if known else None)
        for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99)):
            rank = percentile(exact, share) if exact else None
            assert getattr(found, name) == (None if rank is None else rank / HOUR)


KEYS = {
    "unit": lambda case: case.facts["home"],
    "level": lambda case: case.facts["home"].partition("/")[0],
    "handling": lambda case: case.unit,
    "category": lambda case: case.category,
    "channel": lambda case: case.facts["channel"],
    "severity": lambda case: case.severity,
    "day": lambda case: f"{local_time(case.facts['opened'], 'Asia/Shanghai'):%Y-%m-%d}",
    "week": lambda case: f"{local_time(case.facts['opened'], 'Asia/Shanghai'):%G-W%V}",
    "month": lambda case: f"{local_time(case.facts['opened'], 'Asia/Shanghai'):%Y-%m}",
    "block": lambda case: f"block/{case.facts['home'][5]}",
}
"""What each key means for a request that came in at the door, told from its facts."""


@settings(max_examples=60)
@given(data=st.data())
def test_every_figure_is_that_of_the_events(data):
    """Rates, levels, times and counts of every group, in any period, by any keys, are those counted by hand."""
    desk = walked(data, desk_on(community=village()))
    per = data.draw(st.lists(st.sampled_from(list(KEYS)), unique=True, max_size=2))
    since, until = (START + data.draw(st.integers(0, 200)) * HOUR for _ in range(2))
    figures = desk.statistics("request", since=since, until=until, per=per)
    groups = {}
    for case in desk.find(limit=1000).cases:
        if since <= case.facts["opened"] < until:
            groups.setdefault(tuple(KEYS[key](case) for key in per), []).append(told_of(desk, case))
    if not per:
        groups = groups or {(): []}
    assert sorted(map(repr, groups)) == sorted(repr(tuple(group.key.values())) for group in figures.groups)
    for group in figures.groups:
        cases = groups[tuple(group.key.values())]
        assert (group.opened, group.key.keys()) == (len(cases), set(per))
        if cases:
            check(group, cases)


def settled(desk, unit="door/1-1", **more):
    """Open a request, answer it within an hour, and have it confirmed."""
    case = request(desk, unit, **more)
    later(desk, HOUR)
    return desk.act(desk.act(case, "answer", by=f"{unit}#1"), "confirm", by=REPORTER)


def test_figures_are_the_same_on_every_store(make_desk):
    """Golden: six cases of two units, one still open."""
    desk = make_desk(village())
    for _ in range(5):
        settled(desk)
    request(desk, "door/2-1")
    figures = desk.statistics("request", per=["block", "month"])
    assert isinstance(figures, Statistics)
    assert [(group.key, group.opened, group.closed) for group in figures.groups] == [
        ({"block": "block/1", "month": "2026-01"}, 5, 5),
        ({"block": "block/2", "month": "2026-01"}, 1, 0),
    ]
    first, second = figures.groups
    assert (first.rates["solved"].value, first.rates["solved"].n, first.times["first"].mean) == (1.0, 5, 1.0)
    assert (second.rates["prompt"].value, second.rates["solved"].n, second.times["first"].open) == (0.0, 0, 1)
    assert first.levels["door"].value == 1.0
    assert figures.to_data()["groups"][0]["cases"] == {"opened": 5, "closed": 5, "open": 0}


def test_deadlines_that_have_not_fired_yet_are_told_beside_the_figures(make_desk):
    """Reading fires nothing, so whoever reads is told to advance the desk first."""
    desk = make_desk(village())
    request(desk)
    later(desk, 20 * DAY)
    assert desk.statistics("request").pending == 1
    assert desk.statistics("request").groups[0].expiries["whole"] == 0
    desk.advance()
    assert desk.statistics("request").pending == 0
    assert desk.statistics("request").groups[0].expiries["whole"] == 1


# ------------------------------------------------------------ persons, and small groups
@pytest.mark.parametrize("key", PERSONS)
def test_no_figure_is_about_a_person_or_a_household(key):
    """Asking for one is refused with the reason."""
    desk = desk_on(community=village())
    with pytest.raises(UsageError, match="residents are never scored, and a person or a household is no group"):
        desk.statistics("request", per=("month", key))


def test_what_is_no_key_is_told_with_the_nearest(make_desk):
    """A slip in a key or a lifecycle is told."""
    desk = make_desk(village())
    with pytest.raises(UsageError, match="unknown key; did you mean 'channel'"):
        desk.statistics("request", per="chanel")
    with pytest.raises(UnknownName, match="unknown lifecycle 'requets'"):
        desk.statistics("requets")


def published(desk, sizes):
    """Return what is published of units with so many cases each."""
    for unit, size in zip(UNITS, sizes, strict=True):
        for _ in range(size):
            settled(desk, unit)
    figures = desk.statistics("request", per="unit", publish=True)
    return {group.key["unit"]: group.opened for group in figures.groups}


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ((6, 6, 6), (6, 6, 6)),
        ((6, 7, 4), (None, 7, None)),
        ((2, 2, 9), (None, None, None)),
        ((3, 3, 9), (None, None, 9)),
    ],
)
def test_a_small_group_is_not_published_nor_told_by_what_is_left(sizes, shown):
    """Fewer than five are left out; and where that is one group, or five cases in all, the next smallest too."""
    assert published(desk_on(community=village()), sizes) == dict(zip(UNITS, shown, strict=True))


@settings(max_examples=100)
@given(st.lists(st.integers(1, 12), max_size=8))
def test_nothing_published_is_small_and_nothing_left_out_can_be_told(sizes):
    """Whatever the groups: what is shown has five or more, what is hidden has together too, in two groups or more."""
    groups = tuple(Group({"unit": str(at)}, size, size, 0) for at, size in enumerate(sizes))
    shown = Statistics("request", 0, None, None, ("unit",), 0, groups).published().groups
    hidden = [size for size, group in zip(sizes, shown, strict=True) if group.suppressed]
    assert all(group.suppressed or group.opened >= 5 for group in shown)
    assert not hidden or len(hidden) == len(sizes) or (len(hidden) > 1 and sum(hidden) >= 5)
    assert not hidden or min(hidden) < 5
    assert all(group.rates == group.times == {} for group in shown if group.suppressed)


def test_within_a_large_group_no_figure_of_few_is_published(make_desk):
    """Four answered askings among six cases tell nothing to the public; nor does a count of them."""
    desk = make_desk(village())
    for _ in range(4):
        settled(desk)
    for _ in range(2):
        request(desk)
    group = desk.statistics("request", publish=True).groups[0]
    assert (group.opened, group.closed, group.open) == (6, None, None)
    assert (group.rates["prompt"].n, group.rates["solved"].n, group.rates["solved"].value) == (6, 0, None)
    assert (group.transitions["confirm"], group.transitions["dispute"]) == (None, 0)
    assert group.times["first"].n == 0


def test_an_actor_counts_what_they_may_see(make_desk):
    """Of cases that an actor may not see not even the number is told; a restricted one counts for its team."""
    desk = make_desk(village())
    for unit in UNITS:
        request(desk, unit)
    desk.open("call", by=OTHER_DOOR, household=HOUSEHOLD, channel="doorstep")

    def opened(lifecycle, by):
        return sum(group.opened for group in desk.statistics(lifecycle, per="unit", by=by).groups)

    assert [opened("request", by) for by in (None, DOOR, STRANGER, REPORTER)] == [3, 1, 0, 3]
    assert [opened("call", by) for by in (None, CARE, OTHER_DOOR, "office/village#1")] == [1, 1, 1, 0]
    assert {ANNA, BERT} & {*map(str, desk.statistics("request", per="unit").to_data())} == set()
