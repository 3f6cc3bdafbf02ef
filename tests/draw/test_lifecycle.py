"""Lifecycle diagrams: every state once, every transition once from each of its sources, labels by language."""

from collections import Counter

import pytest
from hypothesis import given

from govflow.draw import lifecycle_diagram
from govflow.draw.lifecycle import START
from govflow.errors import UnknownName
from tests.draw.made import LEVELS, lifecycles, tiny_lifecycle


@given(lifecycles())
def test_every_state_is_one_node_and_every_way_stands_at_one_arrow_or_in_a_note(lifecycle):
    """Arrows join the states that transitions join, each pair once, with a line for every transition between them."""
    drawn = lifecycle_diagram(lifecycle)
    assert [node.id for node in drawn.nodes] == [START, *lifecycle.states]
    ways = Counter(
        (source, way.target)
        for way in lifecycle.transitions
        if way.target is not None and "*" not in way.source
        for source in set(way.source)
    )
    arrows = [edge for edge in drawn.edges if edge.source != START]
    assert {(edge.source, edge.target): len(edge.detail) for edge in arrows} == ways
    assert len(arrows) == len(ways)
    listed = {note.id: note.lines for note in drawn.notes}
    assert bool(listed.get("(anywhere)")) == any("*" in way.source for way in lifecycle.transitions)
    inside = [way for way in lifecycle.transitions if way.target is None and "*" not in way.source]
    assert bool(listed.get("(internal)")) == bool(inside)
    assert len(listed.get("(deadlines)", ())) == len(lifecycle.deadlines)


@given(lifecycles())
def test_only_an_arrow_that_nothing_but_a_clock_fires_is_drawn_as_one(lifecycle):
    """An arrow with one line that a person can fire is a solid one."""
    for edge in lifecycle_diagram(lifecycle).edges:
        ways = [
            way
            for way in lifecycle.transitions
            if way.target == edge.target and edge.source in way.source and "*" not in way.source
        ]
        assert (edge.kind == "clock") == (bool(ways) and all(way.by == ("clock",) for way in ways))


def test_parallel_transitions_share_an_arrow_with_a_line_each():
    """The sign of the move and the clock stand behind the trigger; who and when are told on asking."""
    drawn = lifecycle_diagram(tiny_lifecycle())
    found = {edge.id: edge for edge in drawn.edges}
    assert found["busy -> closed"].lines == ("close", "give up ◷")
    assert found["busy -> closed"].detail[1] == "give up ◷; by handler@here, clock; when severity == 1"
    assert found["busy -> open"].lines == ("pass on ↑ ◷",)
    assert found["busy -> open"].kind == "clock"
    assert found[f"{START} -> open"].kind == "start"


def test_what_may_happen_anywhere_or_moves_nothing_is_listed():
    """Withdrawal from everywhere and a note that changes no state would only clutter the picture."""
    notes = {note.id: (note.title, note.lines) for note in lifecycle_diagram(tiny_lifecycle()).notes}
    assert notes["(anywhere)"] == ("From every state that is not final", ("withdraw → closed",))
    assert notes["(internal)"] == ("Nothing moves", ("note (open, 在办)",))
    assert notes["(deadlines)"] == ("Time limits", ("handle: 4h; working time → pass on",))


def test_labels_fall_back_to_the_other_language_and_then_to_the_name():
    """English where there is English, else Chinese, else the name with spaces; and the other way round."""
    english, chinese = (lifecycle_diagram(tiny_lifecycle(), lang) for lang in ("en", "zh"))
    assert [node.lines[0] for node in english.nodes[1:]] == ["open", "在办", "closed"]
    assert [node.lines[0] for node in chinese.nodes[1:]] == ["待办", "在办", "closed"]
    assert (english.title, chinese.title) == ("tiny", "小事")
    assert english.edges[1].lines == chinese.edges[1].lines == ("办理",)


def test_levels_in_limits_are_named_in_the_language():
    """A limit for one level carries the level's label in Chinese and its name in English."""
    lifecycle = tiny_lifecycle()
    limit = dict(lifecycle.deadlines["handle"].limit)
    lifecycle.deadlines["handle"].limit["host"] = limit["default"]
    labels = {level.name: level.label for level in LEVELS}
    for lang, text in (("en", "handle: host 4h, elsewhere 4h"), ("zh", "handle：党员中心户 4h、其他层级 4h")):
        notes = {note.id: note.lines for note in lifecycle_diagram(lifecycle, lang, levels=labels).notes}
        assert notes["(deadlines)"][0].startswith(text)


def test_a_language_that_nobody_wrote_is_refused():
    """The languages that there are, are told."""
    with pytest.raises(UnknownName, match="known: 'en', 'zh'"):
        lifecycle_diagram(tiny_lifecycle(), "xx")
