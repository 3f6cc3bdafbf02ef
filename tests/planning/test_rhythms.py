"""Rhythms: in open hours, on days that suit both, nobody in two places, as good as trying everything, and steady."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from govflow.calendar import WEEKDAYS, Calendar
from govflow.errors import DefinitionError, UsageError
from govflow.planning import Pair, VisitTime, visit_times

EVENINGS = Calendar.from_data("evenings", {"hours": {"mon-fri": "19:00-21:00", "sat": "09:00-11:30"}}, "Asia/Shanghai")
SCARCE = Calendar.from_data("scarce", {"hours": {"mon": "19:00-21:00", "wed": "19:00-20:00"}}, "Asia/Shanghai")
HOURS = {"mon": (19 * 60, 20 * 60), "wed": (19 * 60,), "fri": ()}
MONDAYS = Calendar.from_data("mondays", {"hours": {"mon": "19:00-20:00"}}, "Asia/Shanghai")
ORDERED = {day: at for at, day in enumerate(WEEKDAYS)}


@st.composite
def pair_lists(draw, most=12):
    """Draw pairs of a few members and households, each with one to three days."""
    keys = draw(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("mnopq")), max_size=most))
    days = st.sets(st.sampled_from(["mon", "wed", "sat"]), min_size=1)
    return [Pair(f"h-{h}", f"m-{m}", tuple(sorted(draw(days), key=ORDERED.get))) for h, m in sorted(keys)]


@settings(max_examples=40)
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


# ------------------------------------------------------------ the judge: trying everything
def squares(counts):
    """The sum of squares."""
    return sum(n * n for n in counts)


def worth(pairs, choice, old):
    """What is made small: other times than before, a household's visits in one week, crowded days."""
    changed = sum(old.get((one.whom, one.member), slot) != slot for one, slot in zip(pairs, choice, strict=True))
    weeks = Counter((one.whom, slot[0]) for one, slot in zip(pairs, choice, strict=True))
    days = Counter(slot[:2] for slot in choice)
    return changed, squares(weeks.values()), sum(n * n / len(HOURS[day]) for (_, day), n in days.items())


def crowded(choice):
    """What is made small last, once the days are chosen: the squares of visits at one time."""
    return squares(Counter(choice).values())


@st.composite
def scarce_cases(draw):
    """Draw up to four pairs of three members and households, weeks of three hours, and times of before."""
    keys = draw(st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from("mno")), max_size=4))
    days = st.sampled_from([("mon",), ("wed",), ("mon", "wed"), ("mon", "wed", "fri")])
    pairs = [Pair(f"h-{h}", f"m-{m}", draw(days)) for h, m in sorted(keys)]
    times = st.tuples(st.integers(0, 2), st.sampled_from(["mon", "wed", "fri"]), st.sampled_from([19 * 60, 20 * 60]))
    some = draw(st.booleans())
    before = [VisitTime(one.whom, one.member, *draw(times)) for one in pairs if some and draw(st.booleans())]
    return pairs, draw(st.integers(1, 2)), before


@settings(max_examples=80)
@given(scarce_cases())
def test_times_are_found_wherever_trying_everything_finds_some_and_none_are_better(case):
    """A plan is refused only where there is none; of all the fewest times change, then visits part, then spread."""
    pairs, every, before = case
    slots = [[(w, day, hour) for w in range(every) for day in one.days for hour in HOURS[day]] for one in pairs]
    old = {(time.whom, time.member): time.slot for time in before}
    choices = [
        choice
        for choice in product(*slots)
        if len(set(zip((one.member for one in pairs), choice, strict=True))) == len(pairs)
    ]
    if not choices:
        with pytest.raises(DefinitionError, match="no 60 min are left"):
            visit_times(pairs, SCARCE, every=every, before=before)
        return
    rhythm = visit_times(pairs, SCARCE, every=every, before=before)
    found = tuple(time.slot for time in rhythm.times)
    assert rhythm.proven
    assert worth(pairs, found, old) == min(worth(pairs, choice, old) for choice in choices)
    alike = [choice for choice in choices if [slot[:2] for slot in choice] == [slot[:2] for slot in found]]
    changed = worth(pairs, found, old)[0]
    assert crowded(found) == min(crowded(one) for one in alike if worth(pairs, one, old)[0] == changed)


def test_weeks_of_households_with_several_members_are_chosen_together():
    """One hour a week: whoever visits two comes in both weeks, and the others of both households come in between."""
    pairs = [Pair("h-a", "m"), Pair("h-a", "n-1"), Pair("h-b", "k"), Pair("h-c", "m"), Pair("h-c", "n-2")]
    pairs = [Pair(one.whom, one.member, ("mon",)) for one in pairs]
    week = {(time.whom, time.member): time.week for time in visit_times(pairs, MONDAYS).times}
    assert week["h-a", "m"] == week["h-c", "n-2"] != week["h-a", "n-1"] == week["h-c", "m"]


@settings(max_examples=40)
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
        with pytest.raises(UsageError, match="whole"):
            visit_times([], EVENINGS, **wrong)
    assert visit_times([], EVENINGS).times == ()
