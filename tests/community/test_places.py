"""Key paths: joined, split, and walked."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from govflow.community.places import inside, join, order, split, without
from govflow.errors import UsageError

steps = st.lists(st.text(max_size=6) | st.integers(0, 99), min_size=1, max_size=5).filter(
    lambda steps: isinstance(steps[0], str)
)


@given(steps)
def test_splitting_undoes_joining(steps):
    """Whatever the keys are, the path that names them leads back to them."""
    assert split(join(*steps)) == tuple(steps)


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a b", 'a"b"', "a[x]", "a]b", '"a'])
def test_what_is_no_path_is_refused(path):
    """A path that cannot be read is a usage error that says how to write one."""
    with pytest.raises(UsageError, match="is not a key path"):
        split(path)


@given(steps, steps)
def test_a_place_inside_a_place_is_the_path_of_both(one, two):
    """Paths are put together as their steps are."""
    assert split(inside(join(*one), join(*two))) == (*one, *two)


def test_places_in_lists_come_in_the_order_of_their_numbers():
    """The tenth row comes after the ninth."""
    assert sorted(["a[10]", "a[9]", "a[9].b"], key=order) == ["a[9]", "a[9].b", "a[10]"]


def test_leaving_out_a_place_leaves_the_rest_as_it_is():
    """What is left out is gone from a copy; what was given stays as it was."""
    data = {"a": [{"b": 1, "c": 2}, 3], "d": 4}
    assert without(data, ("a", 0, "b")) == {"a": [{"c": 2}, 3], "d": 4}
    assert without(data, ("a", 1)) == {"a": [{"b": 1, "c": 2}], "d": 4}
    assert without(data, ("x", "y")) == data
    assert data == {"a": [{"b": 1, "c": 2}, 3], "d": 4}
