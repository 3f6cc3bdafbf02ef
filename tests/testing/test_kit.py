"""The kit as a room: what it exports, what it says without Hypothesis, what a failing test shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from govflow.testing import strategies as gs
from tests.testing.seeking import SMALLEST

PAGE = Path(__file__).resolve().parents[2] / "docs/testing.md"


def test_without_hypothesis_the_missing_extra_is_named():
    """Importing the kit says which extra brings what it needs; importing govflow does not mind."""
    code = """
import sys
sys.modules["hypothesis"] = None
import govflow
try:
    import govflow.testing
except govflow.MissingExtra as missing:
    print(missing.extra, missing)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert (
        done.stdout.strip()
        == "testing govflow.testing needs packages that are not installed: those of the extra 'testing'; "
        "in a copy of the repository run: pip install '.[testing]'"
    )


def test_the_page_lists_exactly_what_is_exported():
    """The table of strategies in the documentation names every strategy and class that the kit exports."""
    named = set(re.findall(r"^\| `(\w+)", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named == set(gs.__all__)


def test_the_export_list_is_sorted_and_everything_in_it_is_there():
    """Constants, classes, functions, each group by name."""
    assert all(hasattr(gs, name) for name in gs.__all__)
    assert sorted(set(gs.__all__)) == sorted(gs.__all__)


def test_a_failing_history_is_shown_as_its_story():
    """What Hypothesis prints for a failing test is what happened, not tables of integers."""

    @settings(SMALLEST)
    @given(gs.histories())
    def nothing_is_ever_taken_up(history):
        assert not history.steps

    with pytest.raises(AssertionError) as caught:
        nothing_is_ever_taken_up()
    told = "\n".join(caught.value.__notes__)
    assert "opened: received at committee/top" in told
    assert "screen: screening at committee/top" in told
    assert "Program(" not in told
