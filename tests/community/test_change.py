"""Single keys changed: values from text, new keys, keys that lead nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from govflow.community import changed, load, to_data
from govflow.community.change import read_value
from govflow.community.places import join
from govflow.errors import DefinitionError, UnknownName, UsageError
from tests.community.definitions import HANDLING, NOISE, definitions, fresh


@pytest.fixture(scope="module")
def riverside():
    """The template's community."""
    return load(fresh())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        ("7", 7),
        ("true", True),
        ("4h", "4h"),
        ("branch", "branch"),
        ('"7"', "7"),
        ("{ a = 0.5, b = 0.5 }", {"a": 0.5, "b": 0.5}),
        ("[1, 2]", [1, 2]),
        ("2026-03-01", "2026-03-01"),
        ("1\nother = 2", "1\nother = 2"),
        ("", ""),
        ("a#b", "a#b"),
    ],
)
def test_a_text_is_read_as_toml_where_it_is_that(text, value):
    """Numbers, truths, lists and tables are read; bare words, durations and dates stay text."""
    assert read_value(text) == value


def test_a_changed_community_differs_in_that_key_alone(riverside):
    """The new value stands, the old community is as it was, and nothing else differs."""
    busy = changed(riverside, {f"{NOISE}.per_household_year": "2.5"})
    assert busy.assumptions.arrivals["request"]["noise"].per_household_year == 2.5
    assert changed(busy, {f"{NOISE}.per_household_year": 0.5}) == riverside == load(fresh())


def test_keys_that_hold_a_default_can_be_set(riverside):
    """A key that is not written because its default stands is legal; so are tables on the way to a new one."""
    assert changed(riverside, {"levels.block.may_skip": "true"}).plan.levels[1].may_skip
    assert changed(riverside, {"edition": "2027"}).edition == "2027"
    assert changed(riverside, {"start": "2026-03-01"}).start == "2026-03-01"
    slow = changed(riverside, {f"{HANDLING}.category.noise.at.block.time": "5h"})
    entry = slow.assumptions.behaviour["request"]["handling"].category["noise"].at["block"]
    assert str(entry.time.parameters["value"]) == "5h"


def test_several_keys_are_changed_together(riverside):
    """What is only sound together can be changed together."""
    changes = {f"{HANDLING}.outcomes.resolve": 0.6, f"{HANDLING}.outcomes.escalate": "0.3"}
    assert changed(riverside, changes).assumptions.behaviour["request"]["handling"].outcomes["escalate"] == 0.3
    with pytest.raises(DefinitionError, match=r"must add up to 1, not to 1\.1"):
        changed(riverside, {f"{HANDLING}.outcomes.escalate": "0.3"})


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("asumptions.source", "unknown key 'asumptions'; did you mean 'assumptions'?"),
        (
            "assumptions.arrivals.request.nois.per_household_year",
            "unknown key of assumptions.arrivals.request: 'nois'; did you mean 'noise'?",
        ),
        (
            "lifecycle.request.deadlines.handel.limit.block",
            "unknown key of lifecycle.request.deadlines: 'handel'; did you mean 'handle'?",
        ),
        (f"{NOISE}.per_houshold_year", f"unknown key of {NOISE}: 'per_houshold_year'; did you mean"),
    ],
)
def test_a_key_that_leads_nowhere_tells_the_nearest(riverside, key, told):
    """A slip in a key is told the key that was meant."""
    with pytest.raises(UnknownName) as caught:
        changed(riverside, {key: "2h" if "limit" in key else "1"})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "a key is missing"),
        ("a..b", "is not a key path at position 3"),
        ("name.x", "'x' is looked for in the text 'riverside'; nothing lies inside it"),
        ("organization.conferences[0].capacity", "'[0]' is looked for in a list that is empty"),
        ("levels[0].calendar", "'[0]' is looked for in a table; its keys are words"),
    ],
)
def test_a_path_that_cannot_be_walked_is_a_usage_error(riverside, key, told):
    """Steps into single values and past the end of lists are told as such."""
    with pytest.raises(UsageError) as caught:
        changed(riverside, {key: "1"})
    assert told in str(caught.value)


def test_a_wrong_value_brings_the_faults_of_the_changed_definition(riverside):
    """The error names the community and the keys that were set, and the place."""
    with pytest.raises(DefinitionError) as caught:
        changed(riverside, {f"{NOISE}.per_household_year": "nan"})
    assert caught.value.subject == f"riverside with {NOISE}.per_household_year"
    assert [fault.path for fault in caught.value.faults] == [f"{NOISE}.per_household_year"]


def leaves(data, *way):
    """Yield the path and value of every single value in a table."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        if isinstance(value, (dict, list)) and value:
            yield from leaves(value, *way, key)
        else:
            yield join(*way, key), value


@settings(max_examples=20)
@given(definitions())
def test_setting_what_stands_there_changes_nothing(data):
    """Every key path of a definition can be set, and set to its own value it changes nothing."""
    community = load(data)
    assert changed(community, dict(leaves(to_data(community)))) == community
