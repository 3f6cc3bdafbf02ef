"""Text as it is drawn: made safe, measured, shortened and wrapped.

Measures are estimates for a common sans-serif face (no font is read), a little on the generous side, so that
a box is never too small for its text. A Chinese, Japanese or Korean character is as wide as it is high. This
page knows nothing of diagrams; open ``diagram.py`` for those.
"""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

ELLIPSIS = "…"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NARROW = frozenset("iIjl.,:;'|!`·")
_SLIM = frozenset('frt()[]{} -"/\\^*°')
_BROAD = frozenset("mwMW@%—…+<>=~×↑↓↗↙◷●")


def clean(text: str) -> str:
    r"""Return `text` on one line and without what no format can carry.

    Every run of white space becomes one space; control characters, direction overrides, surrogates and
    noncharacters become U+FFFD or go. Right-to-left letters stay: every reader orders them itself.

    >>> clean(" two\nlines\x00 ")
    'two lines�'
    """
    return " ".join("".join(_safe(letter) for letter in text).split())


def _safe(letter: str) -> str:
    if letter in _BIDI:
        return ""
    if letter.isspace():
        return " "
    if category(letter) in ("Cc", "Cs") or ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF:
        return "\ufffd"
    return letter


def width(text: str, size: float) -> float:
    """Return the estimated width of `text` set in letters `size` pixels high.

    >>> width("办结", 10) == 20.0
    True
    """
    return sum(_share(letter) for letter in text) * size


def _share(letter: str) -> float:
    if letter in _NARROW:
        return 0.28
    if letter in _SLIM:
        return 0.38
    if letter in _BROAD:
        return 0.88
    if combining(letter) or category(letter) in ("Mn", "Cf"):
        return 0.0
    if east_asian_width(letter) in "WF":
        return 1.0
    return 0.70 if letter.isupper() else 0.56


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes: two for a Chinese character, one for a Latin one.

    >>> columns("ab办结")
    6
    """
    return sum(_column(letter) for letter in text)


def _column(letter: str) -> int:
    if combining(letter):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def shorten(text: str, most: int) -> str:
    """Return `text` in at most `most` columns, its tail replaced by an ellipsis where it is longer.

    >>> shorten("a very long label", 8)
    'a very…'
    """
    if columns(text) <= most:
        return text
    kept, used = "", 1
    for letter in text:
        used += _column(letter)
        if used > most:
            break
        kept += letter
    return kept.rstrip() + ELLIPSIS


def wrap(text: str, most: int, lines: int) -> tuple[str, ...]:
    """Return `text` on at most `lines` lines of at most `most` columns, the last one shortened at need.

    Lines break at spaces where they can, and between any two letters where a word is too long.

    >>> wrap("community party committee", 16, 2)
    ('community party', 'committee')
    """
    found: list[str] = []
    rest = text
    while columns(rest) > most and len(found) < lines - 1:
        line = _head(rest, most)
        found.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return (*found, shorten(rest, most))


def _head(text: str, most: int) -> str:
    """Return the longest beginning of `text` that fits, up to a space where there is one late enough."""
    end, used = 1, _column(text[0])
    while used + _column(text[end]) <= most:
        used += _column(text[end])
        end += 1
    space = end if text[end : end + 1] == " " else text.rfind(" ", 0, end)
    return text[:space] if space >= end // 3 and space > 0 else text[:end]
