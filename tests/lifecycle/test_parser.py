"""The guard's grammar is closed: what is outside it is refused, with column and nearest word, never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from govflow.errors import DefinitionError
from govflow.lifecycle.guard import Guard, parse, text
from govflow.lifecycle.parser import DEEPEST, LONGEST
from tests.lifecycle.made import guards

PIECES = [*"()<>,=!&\"' ", "==", "<=", "!=", " and ", " or ", " not ", " in ", "level", "severity", "reopened"]
PIECES += [
    "has_superior",
    "entries",
    "tied",
    "covers",
    "'host'",
    '"a b"',
    "12",
    "0",
    "True",
    "１",
    "停车",
    "\n",
    "\\",
    "1e9",
]


def parsed_or_refused(written: str) -> Guard | None:
    """Parse, or check that the refusal is one fault with a column inside the text (or just behind it)."""
    try:
        return parse(written)
    except DefinitionError as error:
        (fault,) = error.faults
        assert fault.code == "bad_guard"
        column = int(fault.text.removeprefix("column ").partition(":")[0])
        assert 1 <= column <= len(written) + 1
        return None


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20))
def test_any_text_is_a_guard_or_refused_with_its_column(written):
    """Whatever is written, the answer is a tree that prints and parses again, or one fault with a column."""
    guard = parsed_or_refused(written)
    assert guard is None or parse(text(guard)) == guard


@given(guards(), st.data())
def test_a_cut_or_damaged_guard_is_a_guard_or_refused_with_its_column(guard, data):
    """Likewise for texts that are nearly right."""
    written = text(guard)
    at = data.draw(st.integers(0, len(written)))
    piece = data.draw(st.sampled_from(["", *PIECES]))
    other = parsed_or_refused(written[:at] + piece + written[at + data.draw(st.integers(0, 3)) :])
    assert other is None or parse(text(other)) == other


@pytest.mark.parametrize(
    ("written", "column", "said"),
    [
        ("", 1, "expected a fact, a number or a text in quotes, not the end"),
        ("reopened < 2 and", 17, "not the end"),
        ("level = 'host'", 7, "did you mean '=='?"),
        ("has_superior && severity > 1", 14, "did you mean 'and'?"),
        ("has_superior AND severity > 1", 14, "did you mean 'and'?"),
        ("has_superor", 1, "did you mean 'has_superior'?"),
        ("entires('asked') > 1", 1, "did you mean 'entries'?"),
        ("tied('cover')", 6, "did you mean 'covers'?"),
        ("(reopened < 2", 14, "expected ')' to close the parenthesis, not the end"),
        ("reopened < 2)", 13, "')' closes no parenthesis"),
        ("1 < reopened < 3", 14, "join comparisons with 'and'"),
        ("reopened + 1 < 3", 10, "nothing is calculated"),
        ("reopened < 1.5", 13, "numbers are whole"),
        ("reopened < -1", 12, "not negative"),
        ("reopened < 10000000000", 12, "a number is at most 1,000,000,000"),
        ("reopened", 1, "'reopened' is a number, not yes or no; compare it, as in: reopened > 0"),
        ("level", 1, "'level' is a text, not yes or no; compare it, as in: level == \"…\""),
        ("3", 1, "3 is a number, not yes or no"),
        ("level < 'host'", 7, "a text is not smaller or larger than another"),
        ("level == 3", 7, "'level' is a text, 3 is a number; compare like with like"),
        ("level == category", 7, "'level' and 'category' are both facts"),
        ("1 == 1", 3, "1 and 1 are both fixed"),
        ("has_superior == 1", 14, "'has_superior' is yes or no and is not compared"),
        ("tied('covers') == 1", 16, "'tied(\"covers\")'"),
        ("has_superior in (1, 2)", 1, "cannot be one of several"),
        ("level in 'host'", 10, "expected '(' after 'in'"),
        ("level in ()", 11, "expected a fact, a number or a text"),
        ("severity in (1, 'a')", 17, "compare like with like"),
        ("severity in (1, reopened)", 17, "the choices of 'in' are numbers or texts in quotes"),
        ("level == 'host", 10, "a text must end with the quote it began with"),
        ("entries > 1", 9, "expected '(' after 'entries'"),
        ("len(level) > 1", 1, "'len' is nothing that can be asked"),
        ("True", 1, "'True' is a number, not yes or no"),
    ],
)
def test_a_refusal_says_the_column_the_rule_and_the_nearest_word(written, column, said):
    """Golden: what is told about each kind of slip."""
    with pytest.raises(DefinitionError) as caught:
        parse(written)
    (fault,) = caught.value.faults
    assert fault.text.startswith(f"column {column}: ")
    assert said.replace("'tied(\"covers\")'", 'tied("covers")') in fault.text


@pytest.mark.parametrize(
    "written",
    [
        "(" * 10_000,
        "not " * 10_000 + "has_superior",
        " and ".join(["has_superior"] * 10_000),
        "x" * 100_000,
        "9" * 100_000,
    ],
)
def test_an_absurdly_large_guard_is_refused(written):
    """No depth and no length makes anything but one fault, told in a line."""
    with pytest.raises(DefinitionError) as caught:
        parse(written)
    assert len(str(caught.value)) < 400


def test_the_limits_leave_room_for_what_people_write():
    """The longest and the deepest guard that is allowed still prints and parses."""
    long = " or ".join(["has_superior"] * (LONGEST // 2))
    deep = "not " * DEEPEST + "has_superior"
    assert all(parse(text(parse(written))) == parse(written) for written in (long, deep))
