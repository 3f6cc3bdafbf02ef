"""Standing visits: in open hours, on days that suit both, nobody in two places, even, and steady."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product

import pytest
from hypothesis import given, settings, strategies as st

from govflow.calendar import HOUR, MINUTE, WEEKDAYS, Calendar
from govflow.errors import DefinitionError, UsageError
from govflow.planning import Pair, VisitTime, visit_dates, visit_times

EVENINGS = Calendar.from_data("evenings", {"hours": {"mon-fri": "19:00-21:00", "sat": "09:00-11:30"}}, "Asia/Shanghai")
OFFICE = Calendar.from_data("office", {"hours": {"mon-fri": "08:30-17:30"}, "holidays": "cn"}, "Asia/Shanghai")
ORDERED = {day: at for at, day in enumerate(WEEKDAYS)}


@st.composite
def pair_lists(draw, most=12):
    """Draw pairs of a few members and households, each with one to three days."""
    keys = draw(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("mnopq")), max_size=most))
    days = st.sets(st.sampled_from(["mon", "wed", "sat"]), min_size=1)
    return [Pair(f"h-{h}", f"m-{m}", tuple(sorted(draw(days), key=ORDERED.get))) for h, m in sorted(keys)]


@given(pair_lists(), st.randoms(use_true_random=False))
def test_everybody_has_an_open_hour_that_suits_both_and_nobody_two_at_once(pairs, rng):
    """Times lie in the calendar's hours, on a day in common, and a member has one visit at a time."""
    rhythm = visit_times(pairs, EVENINGS, every=4)
    assert [(t.whom, t.member) for t in rhythm.times] == [(p.whom, p.member) for p in sorted(pairs)]
    for time, one in zip(rhythm.times, sorted(pairs), strict=True):
        opens, closes = EVENINGS.hours[ORDERED[time.weekday]][0]
        assert time.weekday in one.days
        assert opens <= time.minute <= closes - 60
        assert 0 <= time.week < 4
    held = [(time.member, *time.slot) for time in rhythm.times]
    assert len(set(held)) == len(held)
    weeks = Counter(time.whom for time in rhythm.times)
    for whom, count in weeks.items():
        assert len({time.week for time in rhythm.times if time.whom == whom}) == min(count, 4)
    mixed = [*pairs]
    rng.shuffle(mixed)
    assert visit_times(mixed, EVENINGS, every=4) == rhythm


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("mn"), st.sets(st.sampled_from(["mon", "wed"]), min_size=1)), max_size=4))
def test_times_are_spread_as_evenly_as_trying_everything(rows):
    """No other choice of times that is allowed has a smaller sum of squares of visits at one time."""
    pairs = [Pair(f"h-{n}", f"m-{m}", tuple(sorted(days))) for n, (m, days) in enumerate(rows)]
    slots = {day: [(0, day, minute) for minute in (19 * 60, 20 * 60)] for day in ("mon", "wed")}
    choices = product(*([slot for day in one.days for slot in slots[day]] for one in pairs))
    sums = [
        sum(n * n for n in Counter(choice).values())
        for choice in choices
        if len(set(zip((one.member for one in pairs), choice, strict=True))) == len(pairs)
    ]
    if not sums:
        with pytest.raises(DefinitionError, match="no 60 min are left"):
            visit_times(pairs, EVENINGS, every=1)
        return
    rhythm = visit_times(pairs, EVENINGS, every=1)
    assert sum(n * n for n in Counter(time.slot for time in rhythm.times).values()) == min(sums)


@given(pair_lists(), st.data())
def test_a_time_once_given_stays(pairs, data):
    """With some pairs gone and the times before at hand, nobody who stays gets another time."""
    first = visit_times(pairs, EVENINGS, every=4)
    left = [one for one in pairs if data.draw(st.booleans())]
    second = visit_times(left, EVENINGS, every=4, before=first.times)
    before = {(t.whom, t.member): t for t in first.times}
    assert all(before[t.whom, t.member] == t for t in second.times)
    third = visit_times(pairs, EVENINGS, every=4, before=second.times)
    assert set(second.times) <= set(third.times)


@given(pair_lists(), st.integers(1, 3))
def test_visits_lie_in_open_time_in_the_rhythm_and_never_collide(pairs, weeks):
    """Over a year with holidays each pair meets every so many weeks; a member is in one place at a time."""
    pairs = [Pair(one.whom, one.member, ("tue", "fri")) for one in pairs]
    rhythm = visit_times(pairs, OFFICE, every=weeks, length=90 * MINUTE)
    start, until = OFFICE.instant("2026-01-01"), OFFICE.instant("2026-07-01")
    plan = visit_dates(rhythm, OFFICE, start, until)
    assert all(OFFICE.between(v.at, v.at + rhythm.length) == rhythm.length for v in plan.visits)
    assert all(v.at >= start for v in plan.visits)
    for member in {v.member for v in plan.visits}:
        mine = [v.at for v in plan.visits if v.member == member]
        assert all(b - a >= rhythm.length for a, b in pairwise(mine))
    for one in pairs:
        count = sum((v.whom, v.member) == (one.whom, one.member) for v in (*plan.visits, *plan.missed))
        assert abs(count - 26 / weeks) <= 1
    half = OFFICE.instant("2026-04-01")
    parts = [visit_dates(rhythm, OFFICE, a, b) for a, b in ((start, half), (half, until))]
    regular = [v for part in parts for v in part.visits if not v.put_off]
    assert regular == [v for v in plan.visits if not v.put_off]


def test_a_holiday_puts_a_visit_off_to_the_next_day_that_suits():
    """Tuesday 5 May 2026 is a public holiday: the visit is on the pair's next day, or missed."""
    before = [VisitTime("h-1", "m-1", 0, "tue", 10 * 60)]
    rhythm = visit_times([Pair("h-1", "m-1", ("tue", "fri"))], OFFICE, every=1, length=30 * MINUTE, before=before)
    window = {"since": OFFICE.instant("2026-04-28"), "until": OFFICE.instant("2026-05-12")}
    plan = visit_dates(rhythm, OFFICE, **window)
    told = [(OFFICE.local(visit.at).strftime("%a %d %b %H:%M"), visit.put_off) for visit in plan.visits]
    assert told == [("Tue 28 Apr 10:00", False), ("Fri 08 May 08:30", True)]
    assert plan.missed == ()
    only_tuesdays = visit_times([Pair("h-1", "m-1", ("tue",))], OFFICE, every=1)
    assert [OFFICE.local(v.at).day for v in visit_dates(only_tuesdays, OFFICE, **window).missed] == [5]


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([Pair("h-1", "m-1", ("sun",))], "m-1 → h-1: calendar 'evenings' has no hour long enough"),
        ([Pair("h-1", "m-1"), Pair("h-1", "m-1", seconds=5)], "m-1 → h-1: .* is given 2 times"),
        ([Pair(f"h-{n}", "m-1", ("mon",)) for n in range(5)], "m-1 → h-.: no 60 min are left in 2 weeks"),
    ],
)
def test_what_cannot_be_is_told_by_name(pairs, told):
    """Pairs without an hour, or given twice, are refused, each by name."""
    with pytest.raises(DefinitionError, match=told):
        visit_times(pairs, EVENINGS)


def test_weeks_and_lengths_are_whole():
    """No rhythm of no weeks, and no visit of half a minute."""
    for wrong in ({"every": 0}, {"length": 30_000_000}, {"length": 0}):
        with pytest.raises(UsageError, match="whole minutes and weeks"):
            visit_times([], EVENINGS, **wrong)
    assert visit_dates(visit_times([], EVENINGS), EVENINGS, since=0, until=HOUR).visits == ()
