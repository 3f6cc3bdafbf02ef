"""Spreading and teams: even by number, then by skill, then few moves; as good as trying everything."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from govflow.errors import DefinitionError, UsageError
from govflow.planning import form_teams, spread

UNITS = ["grid/1", "grid/2", "grid/3"]


@st.composite
def member_lists(draw, most=6, skills=2):
    """Draw a few members with a few skills each."""
    rows = draw(st.lists(st.sets(st.sampled_from(["law", "care", "repair"]), max_size=skills), max_size=most))
    return {f"m-{n}": sorted(row) for n, row in enumerate(rows)}


def cost(members, unit_of, units, before):
    """What is made small after the numbers are even: members beyond an even share of a skill, then moves."""
    uneven = 0
    for skill in {skill for skills in members.values() for skill in skills}:
        having = Counter(unit_of[m] for m, skills in members.items() if skill in skills)
        least, rest = divmod(having.total(), len(units))
        uneven += sum(max(0, having[u] - least - (rest > 0), least - having[u]) for u in units)
    return uneven, sum(before.get(m) in units and before[m] != unit_of[m] for m in members)


def even(unit_of, units):
    """Say whether units differ by at most one member."""
    numbers = [list(unit_of.values()).count(unit) for unit in units]
    return max(numbers) - min(numbers) <= 1


@settings(max_examples=60)
@given(member_lists(), st.integers(1, 3), st.data())
def test_a_spread_is_as_even_and_steady_as_trying_everything(members, count, data):
    """Units differ by at most one; no such spread is more even by skill, or as even with fewer moves."""
    units = UNITS[:count]
    before = {m: data.draw(st.sampled_from([*UNITS, "grid/gone"])) for m in members if data.draw(st.booleans())}
    found = spread(members, units, before=before)
    all_spreads = (dict(zip(members, choice, strict=True)) for choice in product(units, repeat=len(members)))
    least = min(cost(members, one, units, before) for one in all_spreads if even(one, units))
    assert found.proven
    assert even(found.unit_of, units)
    assert cost(members, found.unit_of, units, before) == least
    assert found.uneven == least[0]
    mixed = dict(reversed(members.items()))
    assert spread(mixed, units[::-1], before=before) == found


@given(member_lists(most=12, skills=1), st.integers(1, 3))
def test_members_with_one_skill_each_are_spread_evenly_by_every_skill(members, count):
    """Where nobody has two skills, units differ by at most one member of each skill."""
    found = spread(members, UNITS[:count])
    assert (found.uneven, found.moved) == (0, ())


def test_when_one_of_forty_leaves_few_serve_elsewhere():
    """Chengnan's five grids: one member who leaves makes at most one other change grids."""
    skills = ["law", "care", "repair", "teaching"]
    members = {f"member:example-{n}": [skills[n % 4], skills[n * 7 % 3]] for n in range(40)}
    grids = [f"grid/{n}" for n in range(1, 6)]
    first = spread(members, grids)
    assert first.uneven == 0
    for gone in ("member:example-0", "member:example-17", "member:example-39"):
        left = {m: s for m, s in members.items() if m != gone}
        after = spread(left, grids, before=first.unit_of)
        assert after.uneven == 0
        assert len(after.moved) <= 1


@given(st.integers(1, 40))
def test_teams_of_three_are_threes_but_one(count):
    """Every member is in one team, and all teams have three members but one of two or four."""
    teams = form_teams({f"m-{n}": [] for n in range(count)})
    numbers = sorted(Counter(teams.unit_of.values()).values())
    assert sum(numbers) == count
    if count > 2:
        assert sum(number != 3 for number in numbers) <= 1
        assert all(2 <= number <= 4 for number in numbers)


def test_teams_stay_together_when_one_leaves():
    """The team of who leaves goes on with two, or dissolves; nobody else changes teams."""
    members = {f"member:example-{n}": [["law"], ["care"], []][n % 3] for n in range(30)}
    first = form_teams(members, prefix="team/3-")
    assert set(first.unit_of.values()) == {f"team/3-{n}" for n in range(1, 11)}
    assert all(len(first.members(f"team/3-{n}")) == 3 for n in range(1, 11))
    members.pop("member:example-0")
    second = form_teams(members, prefix="team/3-", before=first.unit_of)
    assert second.moved == ()
    members.pop(second.members(first.unit_of["member:example-0"])[0])
    third = form_teams(members, prefix="team/3-", before=second.unit_of)
    assert third.moved == second.members(first.unit_of["member:example-0"])[1:]
    assert len(set(third.unit_of.values())) == 9


def test_a_search_that_is_cut_short_says_so():
    """The limit counts branches: after one it is even by number, no better than proven; none is refused."""
    members = {f"m-{n}": [f"skill_{k}" for k in range(6) if (n * n + 3 * k) % 7 < 3] for n in range(60)}
    short, best = form_teams(members, nodes=1), form_teams(members)
    assert best.proven
    assert even(short.unit_of, sorted(set(short.unit_of.values())))
    assert (short.uneven == best.uneven) if short.proven else (short.uneven >= best.uneven)
    with pytest.raises(UsageError, match="nothing found in 0 branches; give more"):
        form_teams(members, nodes=0)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: spread({"m": []}, []), "no unit is given"),
        (lambda: spread({"m": []}, ["u", "u"]), "'u' is given 2 times"),
        (lambda: spread({"m": "law"}, ["u"]), "'law' is one text"),
        (lambda: form_teams({}), "teams of nobody"),
        (lambda: form_teams({"m": []}, size=0), "size is 0"),
    ],
)
def test_what_cannot_be_is_told(call, told):
    """Missing and doubled input is refused with what to give instead."""
    with pytest.raises((DefinitionError, UsageError), match=told):
        call()
