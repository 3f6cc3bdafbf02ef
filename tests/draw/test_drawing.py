"""`draw`: one call for everything, its refusals, and the bundled communities."""

import pytest

from govflow.community import load, names
from govflow.draw import FORMATS, LANGUAGES, diagram, draw
from govflow.draw.lifecycle import START
from govflow.errors import UnknownName
from tests.draw.made import community, label_boxes, tiny_lifecycle, tiny_plan
from tests.draw.test_svg import check_apart

TINY = community(tiny_plan(), tiny_lifecycle())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"what": "organisation"}, "did you mean 'organization'"),
        ({"what": "tinny"}, "did you mean 'tiny'"),
        ({"format": "png"}, "unknown format 'png'; known: 'mermaid', 'dot', 'svg'"),
        ({"lang": "fr"}, "unknown language 'fr'"),
        ({"marks": {"branch/22": "hot"}}, "did you mean 'branch/2'"),
    ],
)
def test_an_unknown_name_tells_the_nearest(options, text):
    """Of drawings, formats, languages and marks alike."""
    with pytest.raises(UnknownName, match=text):
        draw(TINY, **options)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("written", FORMATS)
def test_marks_change_the_picture_in_every_format(written, lang):
    """A badge is text, and it is there."""
    plain = draw(TINY, "tiny", format=written, lang=lang)
    marked = draw(TINY, "tiny", format=written, lang=lang, marks={"busy": "17 of 20", "open -> busy": "warm"})
    assert "17 of 20" not in plain
    assert "17 of 20" in marked
    assert marked != draw(TINY, "tiny", format=written, lang=lang, marks={"busy": "17 of 20"})


@pytest.mark.parametrize("name", names())
def test_a_bundled_community_is_drawn_whole(name):
    """Organization and lifecycles, in both languages: few boxes, nothing on anything else, no total lost."""
    place = load(name)
    for what in ("organization", *place.lifecycles):
        for lang in LANGUAGES:
            text = draw(place, what, format="svg", lang=lang)
            check_apart(text)
            assert text == draw(place, what, format="svg", lang=lang)
    drawn = diagram(place)
    assert len(drawn.nodes) < 40
    assert sum(node.units for node in drawn.nodes) == len(place.organization.ids)
    assert sum(node.households for node in drawn.nodes) == place.organization.total_households
    assert sum(node.handlers for node in drawn.nodes) == place.organization.total_handlers


@pytest.mark.parametrize("name", names())
def test_a_bundled_lifecycle_shows_every_state_and_a_label_for_every_arrow(name):
    """All states and as many labels as arrows, the one from the start aside."""
    place = load(name)
    for what, lifecycle in place.lifecycles.items():
        drawn = diagram(place, what)
        assert {node.id for node in drawn.nodes} == {START, *lifecycle.states}
        assert len(label_boxes(draw(place, what, format="svg"))) == len(drawn.edges) - 1
