"""Patches along a walk: every household once, contiguous, as even as can be, and calm when teams change."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, strategies as st

from govflow.errors import DefinitionError, UnknownName, UsageError
from govflow.planning import Door, plan_patches
from govflow.planning.cutting import bounds
from govflow.planning.doors import cuts, natural, walk
from govflow.planning.patches import line_up, slackened

WHOLES = st.sampled_from(["household", "floor", "entrance", "building"])


@st.composite
def door_lists(draw, most=9):
    """Draw a few doors in a few buildings, in any order."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(["2", "10", "east"]), st.sampled_from(["", "1"]), st.integers(-1, 4)),
            min_size=1,
            max_size=most,
        )
    )
    return [Door(f"h-{n}", building, floor, entrance) for n, (building, entrance, floor) in enumerate(rows)]


def all_cuts(ends, count):
    """Every way to cut a walk into so many runs, as places of the cuts, the ends included."""
    return [(0, *inner, ends[-1]) for inner in combinations(ends[:-1], count - 1)]


def sizes(cut):
    """The sizes of the runs of a cut."""
    return [end - start for start, end in pairwise(cut)]


def evenness(numbers):
    """What is made small: the largest, then the opposite of the smallest."""
    return max(numbers), -min(numbers)


# ------------------------------------------------------------ the walk
@given(door_lists(), st.randoms(use_true_random=False))
def test_the_walk_passes_every_door_once_and_next_to_the_last(doors, rng):
    """The walk does not depend on the order of the doors; it leaves no floor, staircase or building half done."""
    walked = walk(doors)
    mixed = list(doors)
    rng.shuffle(mixed)
    assert walk(mixed) == walked
    assert sorted(d.household for d in walked) == sorted(d.household for d in doors)
    for whole, key in [("building", 1), ("entrance", 2), ("floor", 3)]:
        visited = [(d.building, d.entrance, d.floor)[:key] for d in walked]
        runs = [place for at, place in enumerate(visited) if at == 0 or visited[at - 1] != place]
        assert len(runs) == len(set(visited)) == len(cuts(walked, whole))
    for here, there in pairwise(walked):
        if (here.building, here.entrance) == (there.building, there.entrance):
            between = sorted((here.floor, there.floor))
            same = [d for d in doors if (d.building, d.entrance) == (here.building, here.entrance)]
            assert not [d for d in same if between[0] < d.floor < between[1]]


def test_a_staircase_is_walked_up_and_the_next_one_down():
    """The walk is a serpentine, and buildings follow their numbers."""
    doors = [Door(f"h-{b}-{f}", b, f) for b in ("10", "9") for f in (1, 2, 3)]
    assert [d.household for d in walk(doors)] == ["h-9-1", "h-9-2", "h-9-3", "h-10-3", "h-10-2", "h-10-1"]
    assert [d.household for d in walk(doors, order=["10", "9"])][:3] == ["h-10-1", "h-10-2", "h-10-3"]


def test_names_sort_as_people_number_them():
    """Numbers in names count as numbers, and no two names share a place by chance."""
    assert sorted(["h-10", "h-9", "a", "9-2", "9-10"], key=natural) == ["9-2", "9-10", "a", "h-9", "h-10"]


# ------------------------------------------------------------ fairness
@given(door_lists(), st.integers(1, 4), WHOLES)
def test_patches_are_a_partition_into_runs_as_even_as_trying_everything(doors, count, whole):
    """Every household has one team, every patch is a run of the walk, and no cut anywhere is more even."""
    ends = cuts(walk(doors), whole)
    count = min(count, len(ends))
    plan = plan_patches(doors, [f"team/{n}" for n in range(count)], whole=whole)
    assert [h for patch in plan.patches for h in patch.holds] == [d.household for d in walk(doors)]
    assert evenness(plan.sizes) == min(evenness(sizes(cut)) for cut in all_cuts(ends, count))
    assert set(plan.team_of.values()) == {f"team/{n}" for n in range(count)}
    assert plan.sizes == tuple(len(patch.holds) for patch in plan.patches)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=60), st.integers(1, 60))
def test_no_patch_exceeds_the_mean_by_more_than_the_largest_whole(weights, count):
    """The fairness bound: the largest patch is at most the mean and the largest thing that is not divided."""
    count = min(count, len(weights))
    ends = [sum(weights[: at + 1]) for at in range(len(weights))]
    low, high = bounds(ends, count)
    assert low >= 1
    assert high * count <= sum(weights) + max(weights) * count
    if max(weights) == 1:
        assert high - low <= 1


# ------------------------------------------------------------ change
@st.composite
def changes(draw):
    """Draw doors, the teams before on them in any places, and the teams now."""
    doors = draw(door_lists())
    before = {d.household: draw(st.sampled_from(["a", "b", "c", "d"])) for d in doors if draw(st.booleans())}
    return doors, before, draw(st.sets(st.sampled_from(["a", "b", "c", "e", "f"]), min_size=1, max_size=3))


@given(changes(), WHOLES, st.sampled_from([0, 0.1, 0.25]))
def test_no_plan_within_the_bounds_moves_fewer_households(change, whole, slack):
    """Of all cuts that are even enough, teams in their order along the walk, none moves fewer households."""
    doors, before, teams = change
    walked = [d.household for d in walk(doors)]
    ends = cuts(walk(doors), whole)
    teams = sorted(teams)[: len(ends)]
    plan = plan_patches(doors, teams, whole=whole, before=before, slack=slack)
    low, high = bounds(ends, len(teams))
    low, high = slackened(low, high, slack) if set(before.values()) & set(teams) else (low, high)
    line = line_up(teams, [before.get(h) for h in walked])
    least = min(
        sum(before.get(h, team) != team for team, (a, b) in zip(line, pairwise(cut), strict=True) for h in walked[a:b])
        for cut in all_cuts(ends, len(teams))
        if all(low <= size <= high for size in sizes(cut))
    )
    assert len(plan.moved) == least
    assert all(low <= size <= high for size in plan.sizes)


@given(door_lists(), st.integers(1, 3), WHOLES, st.randoms(use_true_random=False))
def test_planning_again_moves_nobody(doors, count, whole, rng):
    """The same doors and teams in any order give the same plan, and the plan on top of itself changes nothing."""
    teams = [f"team/{n}" for n in range(min(count, len(cuts(walk(doors), whole))))]
    plan = plan_patches(doors, teams, whole=whole)
    mixed = [*doors], [*teams]
    for one in mixed:
        rng.shuffle(one)
    assert plan_patches(*mixed, whole=whole) == plan
    again = plan_patches(*mixed, whole=whole, before=plan.team_of)
    assert again.moved == ()
    assert again.team_of == plan.team_of


def test_when_one_of_a_hundred_teams_dissolves_few_households_move():
    """Its 30 households move and few more; as evenly as can be would take hundreds."""
    doors = [Door(f"h-{b}-{f}-{n}", str(b), f) for b in range(25) for f in range(1, 31) for n in range(4)]
    teams = [f"team/{n}" for n in range(100)]
    before = plan_patches(doors, teams).team_of
    left = [team for team in teams if team != "team/50"]
    steady = plan_patches(doors, left, before=before)
    assert len(steady.moved) <= 90
    assert max(steady.sizes) <= 1.1 * 31
    assert len(plan_patches(doors, left, before=before, slack=0).moved) >= 200
    back = plan_patches(doors, teams, before=steady.team_of)
    assert len(back.moved) <= 90


def test_a_new_team_takes_the_place_of_a_dissolved_one():
    """When one team follows another, only the dissolved team's households change hands."""
    doors = [Door(f"h-{floor}", "1", floor) for floor in range(1, 31)]
    before = plan_patches(doors, ["a", "b", "c"]).team_of
    plan = plan_patches(doors, ["a", "c", "z"], before=before)
    assert set(plan.moved) == {household for household, team in before.items() if team == "b"}


def test_three_members_have_four_floors_of_ten_households():
    """The reported example: one team of three, floors 24 to 27 of one building, 10 households."""
    doors = [Door(f"h-{floor}-{n}", "1", floor) for floor in range(1, 28) for n in range(3 if floor in (24, 26) else 2)]
    floors = {d.household: d.floor for d in doors}
    plan = plan_patches(doors, [f"team/{n}" for n in range(1, 7)], whole="floor")
    assert plan.patches[-1].size == 10
    assert {floors[h] for h in plan.patches[-1].holds} == {24, 25, 26, 27}


# ------------------------------------------------------------ refusals
@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"teams": []}, UsageError, "no team is given"),
        ({"teams": ["a", "b", "a"]}, DefinitionError, "'a' is given 2 times"),
        ({"teams": ["a", "b", "c", "d"]}, UsageError, "at most 3 teams; 'd' would be"),
        ({"whole": "floor"}, UsageError, "at most 2 teams; 'c' would be"),
        ({"whole": "flat"}, UsageError, "one of household, floor"),
        ({"slack": 0.5}, UsageError, "from 0"),
        ({"order": ["2"]}, UnknownName, "building in the order of the walk '1'"),
        ({"order": ["1", "1"]}, DefinitionError, "'1' is given 2 times"),
        ({"doors": [Door("h-1", "1"), Door("h-1", "2")]}, DefinitionError, "'h-1' is given 2 times"),
    ],
)
def test_what_cannot_be_is_told_by_name(change, error, told):
    """A plan that cannot be is refused with who is left over, and what would do."""
    doors = [Door("h-1", "1", 1), Door("h-2", "1", 1), Door("h-3", "1", 2)]
    values = {"doors": doors, "teams": ["a", "b", "c"]} | change
    with pytest.raises(error, match=told):
        plan_patches(**values)
