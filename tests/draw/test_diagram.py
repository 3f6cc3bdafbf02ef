"""Diagrams: marks find their parts, and say what they mean."""

import pytest
from hypothesis import given, strategies as st

from govflow.draw import STYLES, Mark, diagram
from govflow.draw.diagram import ink, parse_mark
from govflow.errors import UnknownName
from tests.draw.made import community, tiny_lifecycle, tiny_plan

TINY = community(tiny_plan(), tiny_lifecycle())


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("0.83", Mark(text="0.83")),
        ("hot", Mark(style="hot")),
        ("hot 0.97", Mark(style="hot", text="0.97")),
        ("#C33 late", Mark(colour="#cc3333", text="late")),
        ("#12345 late", Mark(text="#12345 late")),
        ("hotter", Mark(text="hotter")),
        ("", Mark()),
    ],
)
def test_a_mark_is_a_class_or_a_colour_and_then_a_badge(text, mark):
    """Anything else is a badge as it stands."""
    assert parse_mark(text) == mark


@given(st.sampled_from(["busy", "busy -> closed", "(start)"]), st.sampled_from(STYLES))
def test_a_mark_changes_its_part_and_no_other(name, style):
    """Marked and unmarked differ in that one part only."""
    plain = diagram(TINY, "tiny")
    marked = plain.marked({name: style})
    parts = [*plain.nodes, *plain.edges], [*marked.nodes, *marked.edges]
    changed = [(a.id, b.mark) for a, b in zip(*parts, strict=True) if a != b]
    assert changed == [(name, Mark(style=style))]


def test_a_level_can_be_marked_as_a_whole():
    """By its name, as tables by level name it; ``department`` is everything of that kind outside."""
    drawn = diagram(TINY).marked({"host": "0.9", "department": "0.2"})
    assert {cluster.id: cluster.mark.text for cluster in drawn.clusters if cluster.mark} == {
        "host": "0.9",
        "department": "0.2",
    }


def test_a_mark_of_something_not_drawn_names_the_nearest():
    """A slip of the pen is told, not ignored."""
    with pytest.raises(UnknownName, match="did you mean 'closed'"):
        diagram(TINY, "tiny").marked({"closd": "hot"})


@pytest.mark.parametrize(
    ("colour", "letters"), [("#ffffff", "#000000"), ("#102030", "#ffffff"), ("#ffcc00", "#000000")]
)
def test_letters_can_be_read_on_any_colour(colour, letters):
    """Black on light, white on dark."""
    assert ink(colour) == letters
