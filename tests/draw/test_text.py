"""Text: made safe, measured, shortened, wrapped."""

import pytest
from hypothesis import given, strategies as st

from govflow.draw.text import clean, columns, shorten, width, wrap
from tests.draw.made import texts


@given(texts)
def test_clean_text_is_one_line_that_every_format_can_hold(text):
    """No control character, surrogate, noncharacter or direction override is left, and cleaning twice adds nothing."""
    safe = clean(text)
    assert safe == clean(safe)
    assert safe.encode("utf-8").decode("utf-8") == safe
    assert not any(ord(letter) < 32 or "\u202a" <= letter <= "\u202e" or letter == "\ufffe" for letter in safe)


@given(texts.map(clean), st.integers(1, 30))
def test_shortened_text_fits_and_says_that_it_was_shortened(text, most):
    """Text that fits stays; other text is its own beginning and an ellipsis."""
    short = shorten(text, most)
    assert columns(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(texts.map(clean), st.integers(4, 30), st.integers(1, 4))
def test_wrapped_text_keeps_its_letters_in_order(text, most, lines):
    """No line is too long, there are not too many, and only the last may have lost letters."""
    found = wrap(text, most, lines)
    assert 1 <= len(found) <= lines
    assert all(columns(line) <= most for line in found)
    joined = "".join(found).replace(" ", "")
    assert joined == text.replace(" ", "") or (joined.endswith("…") and text.replace(" ", "").startswith(joined[:-1]))


@pytest.mark.parametrize(("text", "much"), [("办结", 2.0), ("ab", 1.12), ("", 0.0), ("e\u0301", 0.56)])
def test_a_chinese_letter_is_as_wide_as_it_is_high(text, much):
    """Widths are shares of the letter size; an accent that stands over its letter has none."""
    assert width(text, 10.0) == pytest.approx(10 * much)
