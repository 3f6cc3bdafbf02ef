"""SVG: a well-formed page of its own on which nothing lies on anything else."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from govflow.draw import lifecycle_diagram, organization_diagram, to_svg
from govflow.draw.boxes import fitted
from govflow.draw.placed import NAME, SMALL
from govflow.draw.text import width
from tests.draw.made import (
    SVG,
    box_of,
    community,
    diagrams,
    groups,
    label_boxes,
    lifecycles,
    tiny_lifecycle,
    tiny_plan,
    tree_diagram,
)
from tests.organization.made import plans


def boxes(text, kind):
    """Return the boxes of all groups of a kind."""
    return [box_of(group) for group in groups(text, kind)]


def check_apart(text):
    """No two boxes overlap, no label lies on a box or on another label, and all lie on the page."""
    nodes, labels, notes = boxes(text, "node"), label_boxes(text), boxes(text, "note")
    for one, other in combinations([*nodes, *labels, *notes], 2):
        assert not one.overlaps(other)
    root = ET.fromstring(text)  # noqa: S314  our own text
    _, _, wide, high = (float(number) for number in root.get("viewBox").split())
    for box in (*nodes, *labels, *notes, *boxes(text, "band")):
        assert box.x >= 0
        assert box.y >= 0
        assert box.right <= wide
        assert box.bottom <= high


@given(lifecycles())
def test_nothing_in_a_lifecycle_lies_on_anything_else(lifecycle):
    """Boxes, labels and notes keep apart however many arrows there are."""
    check_apart(to_svg(lifecycle_diagram(lifecycle)))


@given(plans())
@settings(max_examples=60)
def test_nothing_in_an_organization_lies_on_anything_else(plan):
    """Boxes, the labels of ties and notes keep apart, whatever is tied to what."""
    check_apart(to_svg(organization_diagram(community(plan))))


@given(diagrams())
def test_nothing_in_any_diagram_lies_on_anything_else(diagram):
    """Also with marks, and with texts that no definition would hold."""
    check_apart(to_svg(diagram))


@given(diagrams())
def test_a_box_is_as_wide_as_its_lines(diagram):
    """By the estimate of this room, which is generous."""
    for node in diagram.nodes:
        size = fitted(node)
        for number, line in enumerate(size.lines):
            assert width(line, NAME if number < size.names else SMALL) <= size.width


def test_levels_hold_their_boxes():
    """Every box lies inside the strip of its level, every strip below the one above."""
    text = to_svg(tree_diagram())
    check_apart(text)
    strips = dict(zip(["top", "low", "department"], boxes(text, "band"), strict=True))
    for node, box in zip(tree_diagram().nodes, boxes(text, "node"), strict=True):
        strip = strips[node.cluster]
        assert strip.x <= box.x <= box.right <= strip.right
        assert strip.y <= box.y <= box.bottom <= strip.bottom
    assert strips["top"].bottom < strips["low"].y


def test_the_page_says_what_it_is_and_how_it_looks():
    """A title, a view box, Chinese fonts to fall back on, and colours for dark pages, all in the one file."""
    text = to_svg(lifecycle_diagram(tiny_lifecycle(), "zh"))
    root = ET.fromstring(text)  # noqa: S314  our own text
    assert root.find(f"{SVG}title").text == "小事"
    assert root.get("lang") == "zh"
    assert root.get("viewBox").split()[:2] == ["0", "0"]
    style = root.find(f"{SVG}style").text
    assert "Noto Sans CJK SC" in style
    assert "prefers-color-scheme:dark" in style
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_long_label_is_cut_and_told_whole_in_the_title():
    """The box stays small; pointing at it tells everything."""
    lifecycle = tiny_lifecycle()
    name = "a very long label that " + "goes on and " * 10 + "ends"
    lifecycle.states["open"].label["en"] = name
    group = next(g for g in groups(to_svg(lifecycle_diagram(lifecycle)), "node") if g.get("data-id") == "open")
    shown = [part.text for part in group.iter(f"{SVG}text")]
    assert shown[-1].endswith("…")
    assert name in group.find(f"{SVG}title").text


@pytest.mark.parametrize(
    ("mark", "css"), [("hot 0.97", "node work hot"), ("0.97", "node work"), ("#102030 0.97", "node work")]
)
def test_a_mark_is_seen(mark, css):
    """A badge is a line of the box, a class a class, a colour the box's own with letters that can be read on it."""
    text = to_svg(lifecycle_diagram(tiny_lifecycle()).marked({"busy": mark}))
    group = next(g for g in groups(text, "node") if g.get("data-id") == "busy")
    assert group.get("class") == css
    assert [part.text for part in group.iter(f"{SVG}text")][-1] == "0.97"
    if mark.startswith("#"):
        assert "fill:#102030" in ET.tostring(group, "unicode")
        assert "fill:#ffffff" in ET.tostring(group, "unicode")


def test_an_arrowhead_always_knows_where_to_point():
    """No path ends in a line without length, at which browsers turn the head sideways."""
    for lifecycle in (tiny_lifecycle(),):
        for group in groups(to_svg(lifecycle_diagram(lifecycle)), "edge"):
            path = group.find(f"{SVG}path").get("d")
            if "C" in path and path.rpartition("V")[0]:
                before, _, last = path.rpartition("V")
                assert "C" in last or not before.endswith(f" {last}")


def test_the_tiny_organization_has_a_strip_for_every_level_and_frames_beside():
    """The frames of outside units stand right of all strips."""
    text = to_svg(organization_diagram(community(tiny_plan())))
    strips, frames = boxes(text, "band")[:3], boxes(text, "band")[3:]
    assert len(frames) == 2
    assert max(strip.right for strip in strips) < min(frame.x for frame in frames)
