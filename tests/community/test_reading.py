"""From a name, a path or a table to one merged table: files that cannot be read, broken TOML, fragments."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from govflow.community import faults, load, names, parse, template
from govflow.community.reading import LARGEST_FILE, lay
from govflow.errors import DefinitionError, InputError, UnknownName, UsageError
from tests.community.definitions import fresh, put


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with the template in ``own.toml``."""
    monkeypatch.chdir(tmp_path)
    Path("own.toml").write_text(template("own"), encoding="utf-8")
    return tmp_path


# ------------------------------------------------------------ names and paths
def test_the_bundled_names_are_known_and_sorted():
    """`names` lists the bundled communities."""
    assert list(names()) == sorted(names())
    assert {"beida", "chengnan", "fuzhong", "jiafu", "shiwan"} <= set(names())


def test_an_unknown_name_tells_the_nearest():
    """A name that is not bundled is told the one that was meant."""
    with pytest.raises(UnknownName, match="unknown community 'beidda'; did you mean 'beida'") as caught:
        load("beidda")
    assert caught.value.nearest == "beida"


@pytest.mark.parametrize("spelled", ["own.toml", "./own.toml", Path("own.toml")])
def test_a_path_is_told_from_a_name(folder, spelled):
    """What has a separator or ends in .toml is a path, and so is a path object."""
    assert load(spelled).name == "own"


def test_a_definition_starts_with_or_without_a_byte_order_mark(folder):
    """Editors that begin a file with a byte order mark do no harm."""
    Path("bom.toml").write_text("\ufeff" + template("own"), encoding="utf-8")
    assert load("bom.toml") == load("own.toml")


@pytest.mark.parametrize("source", [None, 3, b"beida", ["beida"]])
def test_what_is_no_name_path_or_table_is_refused(source):
    """Anything else is a usage error."""
    with pytest.raises(UsageError, match="a bundled name, a path or a table"):
        load(source)


# ------------------------------------------------------------ files that cannot be read
def test_a_missing_file_is_one_clear_line(folder):
    """The message names the file and what to do."""
    with pytest.raises(InputError, match=r"^no.toml: there is no such file; check the path") as caught:
        load("no.toml")
    assert isinstance(caught.value, OSError)


def test_a_directory_is_one_clear_line(folder):
    """A directory is told as one."""
    with pytest.raises(InputError, match="is a directory; name the TOML file in it"):
        load(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_one_clear_line(folder):
    """A file that may not be read is told as one."""
    Path("own.toml").chmod(0)
    with pytest.raises(InputError, match="there is no permission to read it"):
        load("own.toml")


def test_a_file_that_is_not_text_is_one_clear_line(folder):
    """Bytes that are no UTF-8 are told with their position; a picture is not taken for TOML."""
    Path("own.toml").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(InputError, match=r"is not a text file in UTF-8 \(byte 1 cannot be read\)"):
        load("own.toml")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no device without an end")
def test_a_file_without_end_is_one_clear_line():
    """Reading stops at the largest size that a definition may have."""
    with pytest.raises(InputError, match="is larger than 64 MB"):
        load(Path("/dev/zero"))
    assert LARGEST_FILE == 64 * 1024**2


def test_a_name_with_a_null_byte_is_one_clear_line():
    """Even a path that no file can have ends in an error of the house."""
    with pytest.raises(InputError):
        load("a\0.toml")


# ------------------------------------------------------------ broken TOML
BROKEN = [
    ("name = \n", "line 1, column 8", "expected a value after '='"),
    ('name = "x"\nstart 2026\n', "line 2, column 7", "expected '=' after the key; the line is: start 2026"),
    ('name = "x\n', "line 1, column 10", 'expected a closing quote " on the same line'),
    ("a = [1, 2\n", "line 1, column 10", "expected ',' or ']' in a list"),
    ("a = { b = 1\n", "line 1, column 12", "expected ',' or '}' in a table"),
    ("a = 1\na = 2\n", "line 2, column 6", "this key has a value already"),
    ("a = 1 b = 2\n", "line 1, column 7", "expected the end of the line after the value"),
    ("[levels.a]\n[levels.a]\n", "line 2, column 10", "Cannot declare ('levels', 'a') twice"),
    ("= 3\n", "line 1, column 1", "expected a key"),
]


@pytest.mark.parametrize(("text", "place", "told"), BROKEN, ids=[text.strip() for text, _, _ in BROKEN])
def test_broken_toml_says_where_and_what_was_expected(folder, text, place, told):
    """The error names the file, the line, the column and what should stand there."""
    Path("own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load("own.toml")
    (fault,) = caught.value.faults
    assert caught.value.subject == "own.toml"
    assert (fault.path, fault.code) == (place, "toml")
    assert told in fault.text
    assert str(caught.value).startswith("own.toml: 1 fault in the definition\n  line ")


@pytest.mark.parametrize("text", ["a = " + "[" * 3000, "a." + "b." * 3000 + "c = 1", "a = " + "9" * 5000])
def test_absurd_toml_is_one_clear_error(folder, text):
    """Nesting without end and numbers without end are refused in words."""
    Path("own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError):
        load("own.toml")


def test_a_table_inside_itself_is_refused():
    """A Python table that holds itself has no end either."""
    data = fresh()
    data["levels"]["block"]["label"] = data
    with pytest.raises(DefinitionError, match="deep inside one another"):
        load(data)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_file_brings_anything_but_an_error_of_the_house(raw):
    """Any bytes at all are a community or one error, never a traceback from a library beneath."""
    path = Path("/dev/fd")  # a pipe needs no folder: what is written to it is what `load` reads
    if not path.exists():
        pytest.skip("this system shows no open files as paths")
    reading, writing = os.pipe()
    try:
        os.write(writing, raw)
        os.close(writing)
        with pytest.raises((DefinitionError, InputError)):
            load(path / str(reading))
    finally:
        os.close(reading)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*fresh(), "use", "x"]), json_like))
def test_no_table_brings_anything_but_faults(data):
    """Any table at all is told its faults; nothing else is raised, and nothing half-read is returned."""
    with suppress(InputError):  # a fragment that cannot be read
        assert faults({"name": "x", "format": 1} | data)


# ------------------------------------------------------------ fragments
def test_a_fragment_lies_under_the_file_that_uses_it(folder):
    """What the file says stands; what it leaves out comes from the fragment, whose path goes from the file on."""
    Path("parts").mkdir()
    Path("parts/noise.toml").write_text('categories.noise.severity = 1\nsource = "part"\n', encoding="utf-8")
    text = template("own").replace("format = 1", 'format = 1\nuse = ["parts/noise.toml"]', 1)
    Path("own.toml").write_text(text, encoding="utf-8")
    own = load(folder / "own.toml")
    assert own.source == "part"
    assert own.categories["noise"].severity == 3
    assert "use" not in parse("own.toml")


def test_later_fragments_lie_over_earlier_ones(folder):
    """Of two fragments the later stands above; a fragment may use another."""
    Path("one.toml").write_text('source = "one"\nedition = "7"\n', encoding="utf-8")
    Path("two.toml").write_text('use = "three.toml"\nsource = "two"\n', encoding="utf-8")
    Path("three.toml").write_text('source = "three"\nlabel = { en = "three" }\n', encoding="utf-8")
    merged = parse({"use": ["./one.toml", "./two.toml"]})
    assert merged == {"source": "two", "edition": "7", "label": {"en": "three"}}


@pytest.mark.parametrize(
    ("use", "place", "text"),
    [
        (["greivance"], "use[0]", "unknown fragment 'greivance'; did you mean 'grievance'?"),
        (["round.toml"], "use[0]", "'./round.toml' uses itself; leave one of them out"),
        (3, "use", "must be a list of names of fragments"),
    ],
)
def test_a_fragment_that_cannot_be_used_is_a_fault(folder, use, place, text):
    """An unknown fragment is told the nearest, a ring of fragments is told as one."""
    Path("round.toml").write_text('use = "./round.toml"\n', encoding="utf-8")
    (fault,) = faults(fresh() | {"use": use})
    assert (fault.path, fault.text) == (place, text)


def test_a_missing_fragment_is_an_unreadable_file(folder):
    """A path that leads to no fragment is told like any file."""
    with pytest.raises(InputError, match="there is no such file"):
        load(fresh() | {"use": "no.toml"})


def test_weights_and_times_are_replaced_as_wholes():
    """Outcomes, channels and times of a file stand alone: half of a fragment's would not add up."""
    path = "assumptions.behaviour.request.handling"
    under, over = fresh(), {}
    put(over, f"{path}.outcomes", {"resolve": 1.0})
    put(over, f"{path}.time", {"exponential": {"mean": "1h"}})
    put(over, f"{path}.category.noise.at.block.outcomes", {"escalate": 1.0})
    put(over, "assumptions.arrivals.request.noise.channels", {"doorstep": 1.0})
    merged = lay(over, under)["assumptions"]
    entry = merged["behaviour"]["request"]["handling"]
    assert entry["outcomes"] == {"resolve": 1.0}
    assert entry["time"] == {"exponential": {"mean": "1h"}}
    assert set(entry) == {"outcomes", "time", "at", "category"}
    assert merged["arrivals"]["request"]["noise"]["channels"] == {"doorstep": 1.0}
    assert merged["arrivals"]["request"]["noise"]["week"] == "daytime"


tables = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
).filter(lambda value: isinstance(value, dict))


@given(tables, tables, tables)
def test_laying_tables_is_associative_and_keeps_what_lies_above(one, two, three):
    """Layers can be put together in any grouping, nothing under an empty one changes, and the top layer stands."""
    assert lay(lay(one, two), three) == lay(one, lay(two, three))
    assert lay({}, one) == one == lay(one, {}) == lay(one, one)
