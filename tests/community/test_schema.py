"""The JSON Schema is true: what `load` takes it takes, and what it refuses `load` refuses."""

from __future__ import annotations

import copy
import importlib.util
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import assume, given, settings, strategies as st
from jsonschema import Draft202012Validator

import govflow
from govflow.community import faults, load, names, schema, template, to_data
from tests.community.definitions import MISSING, WRONGS, definitions, drop, fresh, put

VALIDATOR = Draft202012Validator(schema())
PACKAGE = Path(govflow.__file__).parent
SCRIPT = PACKAGE.parents[1] / "scripts" / "make_schema.py"


def refusals(data):
    """Return what the schema refuses, as texts."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def test_the_schema_is_a_schema():
    """It is valid by its own draft, and every reference in it leads somewhere."""
    Draft202012Validator.check_schema(schema())
    text = json.dumps(schema())
    assert all(f'"#/$defs/{name}"' in text for name in schema()["$defs"])


@pytest.mark.skipif(not SCRIPT.exists(), reason="scripts are not part of what is installed")
def test_the_shipped_schema_is_what_its_script_writes():
    """Nobody edits the JSON by hand."""
    spec = importlib.util.spec_from_file_location("make_schema", SCRIPT)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.schema() == schema()


@pytest.mark.parametrize("name", names())
def test_a_bundled_file_validates(name):
    """As written, with its fragments, and as dumped, without."""
    written = tomllib.loads((PACKAGE / "communities" / f"{name}.toml").read_text(encoding="utf-8"))
    assert refusals(written) == []
    assert refusals(to_data(load(name))) == []


@pytest.mark.parametrize("path", sorted((PACKAGE / "fragments").glob("*.toml")), ids=lambda path: path.stem)
def test_a_bundled_fragment_validates_as_far_as_it_goes(path):
    """A fragment has the shape of a definition, though not all of it."""
    shape = Draft202012Validator({"$ref": "#/$defs/shape", "$defs": schema()["$defs"]})
    assert list(shape.iter_errors(tomllib.loads(path.read_text(encoding="utf-8")))) == []


def test_the_template_validates():
    """The starting point is shown no errors in an editor."""
    assert refusals(tomllib.loads(template("riverside"))) == []


@settings(max_examples=40)
@given(definitions())
def test_what_load_takes_the_schema_takes(data):
    """A legal definition validates, as drawn and as written out again."""
    assert refusals(data) == []
    assert refusals(to_data(load(data))) == []


values = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, "", "x", "4h", "*", [], {}, 10**12]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["x", "en", "at"]), inner, max_size=2),
    max_leaves=3,
)


@st.composite
def mutants(draw):
    """Draw a legal definition with one place changed, dropped or added."""
    data = copy.deepcopy(draw(definitions()))
    here = data
    while True:
        key = draw(st.sampled_from(list(here) if isinstance(here, dict) else range(len(here))))
        if not isinstance(here[key], (dict, list)) or not here[key] or draw(st.integers(0, 3)) == 0:
            break
        here = here[key]
    how = draw(st.sampled_from(["change", "drop", "add"]))
    if how == "drop":
        del here[key]
    elif how == "add" and isinstance(here, dict):
        here[draw(st.sampled_from(["x", "source", "label", "a b", "1"]))] = draw(values)
    else:
        here[key] = draw(values)
    return data


@settings(max_examples=120)
@given(mutants())
def test_what_the_schema_refuses_load_refuses(data):
    """No editor marks as wrong what would load."""
    assume(refusals(data))
    assert faults(data)


def test_the_schema_catches_most_slips_while_they_are_typed():
    """Of the slips that these tests know, the schema sees at least those of names, types and ranges of keys."""
    seen = [place for path, value, place, _ in WRONGS if refusals(put(fresh(), path, value))]
    seen += [place for path, place, _ in MISSING if refusals(drop(fresh(), path))]
    assert len(seen) >= 40
