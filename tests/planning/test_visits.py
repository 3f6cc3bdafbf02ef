"""Visits: on the dates of the rhythm, in open time, nobody in two places, and the same whether planned in pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from govflow.calendar import DAY, HOUR, MINUTE, Calendar
from govflow.errors import UsageError
from govflow.planning import Pair, Rhythm, VisitTime, visit_dates, visit_times

OFFICE = Calendar.from_data("office", {"hours": {"mon-fri": "08:30-17:30"}, "holidays": "cn"}, "Asia/Shanghai")
MORNINGS = Calendar.from_data("mornings", {"hours": {"mon-fri": "08:00-10:00"}, "holidays": "cn"}, "Asia/Shanghai")
DAYS = ["mon", "tue", "thu", "fri"]


@st.composite
def rhythms(draw):
    """Draw the times of a few pairs, no member at two households at once, few hours to put a visit off to."""
    every = draw(st.integers(1, 2))
    slot = st.tuples(st.integers(0, every - 1), st.sampled_from(DAYS), st.sampled_from([8 * 60, 9 * 60]))
    taken = draw(st.sets(st.tuples(st.sampled_from("mmmn"), slot), min_size=2, max_size=8))
    days = st.sets(st.sampled_from(DAYS), min_size=1)
    return Rhythm(every, HOUR, tuple(
        VisitTime(f"h-{n}", f"m-{m}", *slot, days=tuple(sorted({slot[1], *draw(days)})))
        for n, (m, slot) in enumerate(sorted(taken))
    ))  # fmt: skip


def never_in_two_places(visits, length):
    """Say whether no member is at two visits at once."""
    return all(
        b - a >= length
        for member in {v.member for v in visits}
        for a, b in pairwise(sorted(v.at for v in visits if v.member == member))
    )


@settings(max_examples=60)
@given(rhythms(), st.lists(st.integers(0, 15), min_size=2, max_size=4, unique=True).map(sorted))
def test_planned_piece_by_piece_visits_are_those_planned_at_once(rhythm, cuts):
    """Over the holidays of the first week of May, wherever the pieces end, given the visits planned before."""
    days = [MORNINGS.instant("2026-04-29") + day * DAY for day in cuts]
    visits, missed = [], []
    for since, until in pairwise(days):
        plan = visit_dates(rhythm, MORNINGS, since, until, before=visits)
        visits += plan.visits
        missed += plan.missed
    whole = visit_dates(rhythm, MORNINGS, days[0], days[-1])
    assert (tuple(sorted(visits)), tuple(missed)) == (whole.visits, whole.missed)
    assert never_in_two_places(visits, HOUR)
    assert all(MORNINGS.between(v.at, v.at + HOUR) == HOUR for v in visits)


@settings(max_examples=60)
@given(rhythms(), rhythms(), st.integers(1, 8))
def test_where_the_rhythm_changes_what_was_put_off_before_stands(old, new, day):
    """Nobody is in two places, whatever the new times are: a visit whose hour is taken is put off in its turn."""
    start, until = MORNINGS.instant("2026-04-27"), MORNINGS.instant("2026-06-01")
    half = MORNINGS.instant("2026-05-01") + day * DAY
    first = visit_dates(old, MORNINGS, start, half).visits
    second = visit_dates(new, MORNINGS, half, until, before=first).visits
    assert never_in_two_places([*first, *second], HOUR)


def test_a_visit_is_not_put_off_to_an_hour_that_is_due_to_another_after_the_plan_ends():
    """On 8 May, after the end of the plan, the member is due at another household: with no other hour it is missed."""
    friday = (VisitTime("h-1", "m", 0, "tue", 480, ("tue", "fri")), VisitTime("h-2", "m", 0, "fri", 480, ("fri",)))
    rhythm = Rhythm(1, 2 * HOUR, friday)
    ends = [MORNINGS.instant(day) for day in ("2026-05-04", "2026-05-07", "2026-05-14")]
    first, second = (visit_dates(rhythm, MORNINGS, *span) for span in pairwise(ends))
    assert (first.visits, [visit.whom for visit in first.missed]) == ((), ["h-1"])
    assert [(MORNINGS.local(visit.at).day, visit.whom) for visit in second.visits] == [(8, "h-2"), (12, "h-1")]


def test_a_plan_does_not_begin_before_the_one_before_has_ended():
    """Visits that were planned once are not planned again."""
    rhythm = visit_times([Pair("h-1", "m-1", ("tue",))], OFFICE, every=1)
    since, until = OFFICE.instant("2026-06-01"), OFFICE.instant("2026-07-01")
    before = visit_dates(rhythm, OFFICE, since, until).visits
    with pytest.raises(UsageError, match="m-1 is due at h-1 on 2026-06-02"):
        visit_dates(rhythm, OFFICE, since, until, before=before)
    assert visit_dates(rhythm, OFFICE, until, until, before=before).visits == ()


@settings(max_examples=30)
@given(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("mnopq")), max_size=12), st.integers(1, 3))
def test_each_pair_meets_every_so_many_weeks_or_is_told_as_missed(keys, weeks):
    """Half a year with holidays: visits lie in open time and in the rhythm, and never collide."""
    pairs = [Pair(f"h-{h}", f"m-{m}", ("tue", "fri")) for h, m in sorted(keys)]
    rhythm = visit_times(pairs, OFFICE, every=weeks, length=90 * MINUTE)
    start, until = OFFICE.instant("2026-01-01"), OFFICE.instant("2026-07-01")
    plan = visit_dates(rhythm, OFFICE, start, until)
    assert all(OFFICE.between(v.at, v.at + rhythm.length) == rhythm.length for v in plan.visits)
    assert all(v.at >= start for v in plan.visits)
    assert never_in_two_places(plan.visits, rhythm.length)
    for one in pairs:
        count = sum((v.whom, v.member) == (one.whom, one.member) for v in (*plan.visits, *plan.missed))
        assert abs(count - 26 / weeks) <= 1


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
