"""Out and in again: what is written reads back as an equal community, and a file is written whole or not at all."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from govflow.community import dump, dumps, load, names, save, to_data
from govflow.community.layout import toml_text
from govflow.errors import GovflowError, OutputError
from tests.community.definitions import definitions, fresh, put


@settings(max_examples=50)
@given(definitions())
def test_what_is_written_reads_back_equal(data):
    """Any legal definition, loaded, written as TOML and loaded again, is the same community, in the same order."""
    community = load(data)
    text = dumps(community)
    assert tomllib.loads(text) == to_data(community)
    again = load(tomllib.loads(text))
    assert again == community
    assert dumps(again) == text
    for name, lifecycle in community.lifecycles.items():
        assert list(again.lifecycles[name].deadlines) == list(lifecycle.deadlines)
    assert list(again.categories) == list(community.categories)


@pytest.mark.parametrize("name", names())
def test_a_bundled_community_can_be_taken_away_in_one_file(name, tmp_path):
    """A dump holds what its fragments held: it loads equal without them."""
    community = load(name)
    dump(community, tmp_path / "away.toml")
    text = (tmp_path / "away.toml").read_text(encoding="utf-8")
    assert "use" not in tomllib.loads(text)
    assert load(tmp_path / "away.toml") == community


def test_loading_does_not_change_the_table_that_is_given():
    """A table handed to `load` is as it was."""
    data = fresh()
    load(data)
    assert data == fresh()


trees = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(["levels", "lifecycle", "assumptions", "x y", "at", "é"]), trees, max_size=4))
def test_the_layout_is_toml_for_any_table(data):
    """Whatever stands in a table, its text parses as TOML to an equal table."""
    assert repr(tomllib.loads(toml_text(data))) == repr(reordered(data))


def reordered(data):
    """Return the table with values before tables at the top, as TOML wants it."""
    return tomllib.loads(toml_text(tomllib.loads(toml_text(data)))) if data else {}


def test_a_dump_reads_like_a_page():
    """Sections have headers, one thing stands on one line, what depends on a level is written with dots."""
    data = put(fresh(), "assumptions.behaviour.request.handling.at.block.time", "2h")
    text = dumps(load(data))
    assert '\n[levels.block]\ncalendar = "office_hours"\n' in text
    assert '\nconfirm = { from = "asked", to = "closed", by = "reporter" }\n' in text
    assert '\nat.block.time = "2h"\n' in text
    assert '\ncategory.street_light.telephone = "block"\n' in text
    assert max(map(len, text.splitlines())) < 160


# ------------------------------------------------------------ files
def test_a_file_is_replaced_as_a_whole(tmp_path):
    """Writing over a file leaves the new text and nothing else in the folder."""
    target = tmp_path / "a.toml"
    target.write_text("old", encoding="utf-8")
    save(target, "new 新\n")
    assert target.read_bytes() == "new 新\n".encode()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("place", ["missing/a.toml", "", "a\0b.toml"])
def test_a_file_that_cannot_be_written_is_one_clear_error(place, tmp_path):
    """A folder that is not there, a directory, a name that no file can have: OutputError, nothing left behind."""
    with pytest.raises(OutputError, match="cannot be written") as caught:
        save(tmp_path / place, "text")
    assert isinstance(caught.value, GovflowError)
    assert isinstance(caught.value, OSError)
    assert list(tmp_path.iterdir()) == []


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path):
    """What fails half-way leaves the file that was there, and no part of the new one."""
    target = tmp_path / "a.toml"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(OutputError):
        save(target, "new \ud800")
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_one_clear_error():
    """A device without room is written to as it is, and says that it is full."""
    with pytest.raises(OutputError, match="No space left on device"):
        save("/dev/full", "text")
    assert not Path("/dev/full").is_file()


def test_a_link_stays_a_link(tmp_path):
    """Writing through a link changes the file it points to."""
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    save(link, "new")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"
