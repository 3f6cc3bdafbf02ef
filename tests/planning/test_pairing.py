"""Pairing: feasible, as good as trying everything, steady, told by reasons; mentoring pairs are one to one."""

from __future__ import annotations

from collections import Counter
from itertools import chain, combinations

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from govflow.calendar import MINUTE, WEEKDAYS
from govflow.errors import DefinitionError, UnknownName, UsageError
from govflow.planning import Ask, Member, Pair, Point, Walk, Weights, mentor, pair

SOMEWHERE = st.none() | st.builds(Point, st.sampled_from([119.380, 119.384, 119.392]), st.just(25.72))
SKILLS = st.sets(st.sampled_from(["care", "law"]), max_size=1)
LANGUAGES = st.sets(st.sampled_from(["mandarin", "minnan"]), max_size=2)
DAYS = st.sets(st.sampled_from(["tue", "sat"]), max_size=1)
WEIGHTS = st.builds(Weights, *[st.sampled_from([0, unit, 2 * unit]) for unit in (1, 200, 300, 500)])
NEAR = 12 * MINUTE


@st.composite
def cases(draw, capacity=2, wanted=3):
    """Draw a few members, a few asks, and pairs of before."""
    members = [
        Member(f"m-{n}", draw(SKILLS), draw(LANGUAGES), draw(DAYS), draw(SOMEWHERE), draw(st.integers(0, capacity)))
        for n in range(draw(st.integers(0, 3)))
    ]
    asks = [
        Ask(f"h-{n}", draw(SKILLS), draw(LANGUAGES), draw(DAYS), draw(SOMEWHERE), draw(st.integers(1, wanted)), {"law"})
        for n in range(draw(st.integers(0, 3)))
    ]
    keys = [(ask.whom, member.id) for ask in asks for member in members]
    before = [Pair(*key) for key in keys if draw(st.booleans())] + [Pair("h-gone", "m-0")]
    return members, asks, before


def way(ask, member):
    """The seconds between two, or None where it is too far."""
    if ask.point is None or member.point is None:
        return 0
    _, _, seconds = Walk().pairs([ask.point], [member.point], NEAR)
    return int(seconds[0]) if len(seconds) else None


def could(ask, member):
    """Say whether the rules allow a pair."""
    return (
        ask.skills <= member.skills
        and (not ask.languages or bool(ask.languages & member.languages))
        and (not ask.days or not member.days or bool(ask.days & member.days))
        and way(ask, member) is not None
    )


def value(chosen, asks, before, weights):
    """What is made small: how many are lacking, then those with nobody, with only one, and so on; then the cost."""
    got, carried = Counter(ask.whom for ask, _ in chosen), Counter(member.id for _, member in chosen)
    fewest_first = sorted(got[ask.whom] for ask in asks)
    cost = sum(
        weights.walk * way(ask, member)
        + weights.preference * len(ask.prefers - member.skills - member.languages)
        + weights.change * ((ask.whom, member.id) not in {(p.whom, p.member) for p in before})
        for ask, member in chosen
    )
    load = sum(weights.load * n * (n - 1) // 2 for n in carried.values())
    return -len(chosen), [-number for number in fewest_first], cost + load


@settings(max_examples=80)
@given(cases(), WEIGHTS)
def test_a_pairing_is_as_good_as_trying_everything(case, weights):
    """The most pairs, nobody a second (third) before all who can have a first (second), then the least cost."""
    members, asks, before = case
    found = pair(members, asks, before=before, within=NEAR, weights=weights)
    by_id = {one.id: one for one in members} | {one.whom: one for one in asks}
    allowed = [(ask, member) for ask in asks for member in members if could(ask, member)]
    every = chain.from_iterable(combinations(allowed, n) for n in range(len(allowed) + 1))

    def keeps_to_capacity(chosen):
        carried, got = Counter(m.id for _, m in chosen), Counter(a.whom for a, _ in chosen)
        return all(carried[m.id] <= m.capacity for m in members) and all(got[a.whom] <= a.members for a in asks)

    taken = [(by_id[one.whom], by_id[one.member]) for one in found.pairs]
    assert keeps_to_capacity(taken)
    assert all(one in allowed for one in taken)
    assert len(set(taken)) == len(taken)
    best = min(value(chosen, asks, before, weights) for chosen in every if keeps_to_capacity(chosen))
    assert value(taken, asks, before, weights) == best


@given(cases(), st.randoms(use_true_random=False))
def test_everybody_is_paired_or_told_why_and_order_does_not_matter(case, rng):
    """What is asked for is given or listed as missing, with a reason that holds; the same in any order."""
    members, asks, before = case
    found = pair(members, asks, before=before, within=NEAR)
    got, lack = Counter(one.whom for one in found.pairs), {one.whom: one for one in found.unpaired}
    assert {(p.whom, p.member) for p in found.ended} == {(p.whom, p.member) for p in before} - {
        (p.whom, p.member) for p in found.pairs
    }
    for ask in asks:
        assert got[ask.whom] + (lack[ask.whom].missing if ask.whom in lack else 0) == ask.members
        if ask.whom in lack:
            fit = sum(could(ask, member) for member in members)
            assert (lack[ask.whom].reason == "capacity") == (fit >= ask.members)
            assert lack[ask.whom].text.startswith(repr(ask.whom))
    mixed = [*members], [*asks], [*before]
    for one in mixed:
        rng.shuffle(one)
    assert pair(mixed[0], mixed[1], before=mixed[2], within=NEAR) == found


@given(cases())
def test_pairing_again_changes_nothing(case):
    """A pairing on top of itself is itself: no pair ends for a newer one that is no better."""
    members, asks, _ = case
    first = pair(members, asks, within=NEAR)
    again = pair(members, asks, before=first.pairs, within=NEAR)
    assert again.ended == ()
    assert again.pairs == first.pairs


def test_when_a_member_leaves_only_their_households_change():
    """Sixty-eight members with households, two of them spare: the pairs of all the others stay."""
    members = [Member(f"member:example-{n}", point=Point(113.0 + n % 9 / 1000, 23.0 + n % 7 / 1000)) for n in range(68)]
    asks = [
        Ask(f"household/example-{n}", point=Point(113.0 + n % 8 / 1000, 23.0 + n % 5 / 1000)) for n in range(66)
    ]  # a kilometre square: nothing is far, so only change decides
    first = pair(members, asks)
    assert len(first.pairs) == 66
    gone = first.pairs[10].member
    second = pair([m for m in members if m.id != gone], asks, before=first.pairs)
    assert [one.member for one in second.ended] == [gone]
    assert len(second.pairs) == 66


@pytest.mark.parametrize(
    ("member", "reason", "able"),
    [
        (Member("m", {"law"}), "skills", 0),
        (Member("m", {"care"}, {"mandarin"}), "languages", 0),
        (Member("m", {"care"}, {"minnan"}, {"mon"}), "days", 0),
        (Member("m", {"care"}, {"minnan"}, {"sat"}, Point(1, 0)), "distance", 0),
        (Member("m", {"care"}, {"minnan"}, {"sat"}, Point(0, 0), capacity=0), "capacity", 1),
        (Member("m", {"care"}, {"minnan"}, {"sat"}, Point(0, 0)), None, None),
    ],
)
def test_the_reason_is_the_first_rule_that_leaves_too_few(member, reason, able):
    """Skills, language, day, distance, capacity are asked in this order."""
    ask = Ask("h", {"care"}, {"minnan"}, {"sat", "sun"}, Point(0, 0))
    found = pair([member], [ask])
    assert [(one.reason, one.able) for one in found.unpaired] == ([(reason, able)] if reason else [])
    assert [one.days for one in found.pairs] == ([] if reason else [("sat",)])


def test_several_members_stand_by_one_household_and_one_member_by_several():
    """Many to one and one to many; nobody has a second visitor before all have a first."""
    members = [Member("m-1", capacity=2), Member("m-2", capacity=1)]
    asks = [Ask("h-1", members=2), Ask("h-2")]
    found = pair(members, asks)
    assert Counter(one.whom for one in found.pairs) == {"h-1": 2, "h-2": 1}
    found = pair([Member("m-1"), Member("m-2")], asks)
    assert Counter(one.whom for one in found.pairs) == {"h-1": 1, "h-2": 1}
    assert [(one.whom, one.missing, one.reason) for one in found.unpaired] == [("h-1", 1, "capacity")]
    found = pair([Member("m-1"), Member("m-2")], [Ask("h-1", members=3), Ask("h-2")])
    assert Counter(one.whom for one in found.pairs) == {"h-1": 1, "h-2": 1}


@given(cases(capacity=5))
def test_mentoring_pairs_are_one_to_one(case):
    """Nobody has two mentors and nobody mentors two, whatever capacities say."""
    found = mentor(case[0], case[1], within=NEAR)
    assert len({one.whom for one in found.pairs}) == len({one.member for one in found.pairs}) == len(found.pairs)
    assert found.pairs == pair([evolve(m, capacity=min(1, m.capacity)) for m in case[0]], [
        evolve(a, members=1) for a in case[1]
    ], within=NEAR).pairs  # fmt: skip


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (
            lambda: pair([Member("m"), Member("m")], [Ask("h"), Ask("h")]),
            DefinitionError,
            "(?s)members.m: .*asks.h: ",
        ),
        (lambda: Member("m", days={"tues"}), UnknownName, "did you mean 'tue'"),
        (lambda: Member("m", skills="law"), UsageError, "'law' is one text"),
        (lambda: Ask("h", members=0), UsageError, "members is 0"),
        (lambda: Member("m", capacity=-1), UsageError, "capacity is -1"),
        (lambda: Weights(walk=0.5), UsageError, "walk is 0.5"),
        (lambda: pair([Member("m")], [Ask("h")], weights=Weights(change=1 << 62)), UsageError, "1,000,000 is wanted"),
    ],
)
def test_what_cannot_be_is_told_by_name(call, error, told):
    """Doubled ids, unknown weekdays and numbers that are none are refused."""
    with pytest.raises(error, match=told):
        call()


def test_no_days_named_means_every_day():
    """Who names no days can come on any."""
    assert pair([Member("m")], [Ask("h")]).pairs[0].days == WEEKDAYS
