"""Pages, tables and figures: how answers are set, in columns that also fit Chinese, and nothing is made up."""

from __future__ import annotations

import string
import sys
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from govflow.cli import figures, words
from govflow.cli.page import Table, cell, plain, printable, spaced, width
from govflow.cli.progress import Bar, progress
from govflow.cli.terminal import coloured, least, rendered
from govflow.simulation import Estimate

TEXTS = st.text(alphabet=st.characters(blacklist_categories=()), max_size=12)
CELLS = st.text(alphabet=st.sampled_from(string.ascii_letters + " 社区党委·–%1234"), max_size=10)


@st.composite
def tables(draw):
    """Draw a table of one to four columns."""
    count = draw(st.integers(1, 4))
    row = st.tuples(*[CELLS.map(str.strip).filter(bool)] * count)
    return Table(draw(row), draw(st.text("lr", min_size=count, max_size=count)), tuple(draw(st.lists(row, max_size=4))))


@given(TEXTS)
def test_printable_text_moves_no_cursor_and_keeps_what_can_be_read(text):
    """What is shown holds printable letters and line ends only, and is left alone where it is so already."""
    shown = printable(text)
    assert all(letter == "\n" or letter.isprintable() for letter in shown)
    assert printable(shown) == shown
    assert "\n" not in cell(text)


@given(tables())
def test_columns_of_a_table_stand_under_each_other(table):
    """On a screen every column ends, or begins, at the same place in every line, whatever its letters."""
    head, rule, *rows = plain([table]).splitlines()
    assert set(rule) == {"-"}
    assert max(width(line) for line in (head, *rows)) <= width(rule)
    if table.sides[-1] == "r":
        assert {width(line) for line in (head, *rows)} == {width(rule)}


@given(st.lists(st.one_of(st.sampled_from(["", "a line", "another"]), tables()), max_size=6))
def test_tables_are_set_apart_by_exactly_one_empty_line(page):
    """No empty line stands first or next to another; nothing that was on the page is lost."""
    parts = spaced(page)
    assert [part for part in parts if part] == [part for part in page if part]
    assert parts[:1] != [""]
    for one, other in pairwise(parts):
        assert one or other
        assert not (isinstance(one, Table) or isinstance(other, Table)) or not one or not other


@given(tables(), st.sampled_from([20, 80, 200]))
def test_a_terminal_shows_every_figure_whole(table, columns):
    """However narrow the terminal, no text of a right-hand column is cut or folded."""
    pytest.importorskip("rich")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("NO_COLOR", "1")
        patch.setenv("TERM", "dumb")
        shown = coloured(["before", table])
    assert shown.startswith("before\n")
    for row in table.rows:
        for side, text in zip(table.sides, row, strict=True):
            assert side == "l" or text in shown
    assert least(table) > 0


@given(
    st.builds(
        Estimate,
        value=st.none() | st.floats(0, 1e5),
        low=st.none() | st.floats(-10, 1e5),
        high=st.none() | st.floats(0, 1e5),
        n=st.integers(0, 10**6),
    ),
    st.sampled_from(words.LANGUAGES),
)
def test_what_is_not_known_is_a_dash_and_nothing_is_below_zero(estimate, lang):
    """No figure is made up where there is none, and no interval of a share, a time or a count leaves its range."""
    shown = {
        "value": [figures.share(estimate), figures.amount(estimate), figures.time(estimate, lang)],
        "interval": [figures.share_interval(estimate), figures.amount_interval(estimate)],
    }
    assert all((text == figures.UNKNOWN) == (estimate.value is None) for text in shown["value"])
    known = estimate.low is not None and estimate.high is not None
    assert all((text == figures.UNKNOWN) != known for text in shown["interval"])
    assert not any("-" in text for texts in shown.values() for text in texts)


@pytest.mark.parametrize(
    ("hours", "shown"),
    [(0.0, "0 min"), (0.5, "30 min"), (1.99, "119 min"), (2, "2.0 h"), (47.9, "47.9 h"), (60, "2.5 d")],
)
def test_a_time_is_told_in_the_unit_that_fits(hours, shown):
    """Minutes up to two hours, hours up to two days, then days of 24 hours; the interval keeps the unit."""
    assert figures.time(Estimate(hours, hours, hours, 3), "en") == shown
    unit = shown.rpartition(" ")[2]
    assert figures.time_interval(Estimate(hours, hours, hours, 3), "en").endswith(f" {unit}")


@pytest.mark.parametrize("key", sorted(words._WORDS))
def test_every_word_is_there_in_both_languages_with_the_same_places(key):
    """A text and its translation fill in the same values, and none is empty."""
    english, chinese = words._WORDS[key]
    fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
    assert fields[0] == fields[1] or key.endswith(".one")
    assert english.strip()
    assert chinese.strip()


def test_a_notice_is_given_once_and_only_when_a_run_has_begun(capsys):
    """What is said while a run goes on waits for its first step; a quiet run says nothing, nobody sees a bar."""
    with progress(quiet=False, notice="compiling") as bar:
        assert not capsys.readouterr().err
        bar(0.0)
        bar(0.5)
    assert capsys.readouterr() == ("", "govflow: compiling\n")
    with progress(quiet=True, notice="compiling") as bar:
        assert bar is None


def test_without_rich_a_run_is_still_shown_and_tables_are_plain(capsys, monkeypatch):
    """The bar is a line of plain text that is taken away again."""
    monkeypatch.setitem(sys.modules, "rich", None)
    bar = Bar(watched=True, begun=-10.0)
    bar(0.5)
    assert capsys.readouterr().err == f"\rsimulating [{'#' * 15}{'.' * 15}]  50%"
    bar.close()
    assert not capsys.readouterr().err.strip()
    assert rendered([Table(("n",), "r", (("1",),))]) == "n\n-\n1\n"
