"""An answer before it is shown: a page of lines and tables, or data, with the exit status that goes with it.

Plain text is made here, in columns that also fit Chinese; what a terminal shows is made in ``terminal``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen


@frozen
class Table:
    """A table: `head` names the columns, `sides` says for each on which side its texts stand, ``l`` or ``r``."""

    head: tuple[str, ...]
    sides: str
    rows: tuple[tuple[str, ...], ...]


Page = Sequence[str | Table]
"""Lines of text and tables, from top to bottom."""


@frozen
class Answer:
    """What a command has to say: a page, a text as it stands, or data (shown as JSON), and the exit status.

    `after` is done when that has been shown, and may have more to say; with data it says nothing.
    """

    shown: Page | str | Mapping[str, Any]
    status: int = 0
    after: Callable[[], Page] | None = None


def printable(text: str) -> str:
    r"""Return `text` without anything that would move the cursor or colour the screen; line ends stay.

    >>> printable("red\x1b[31m")
    'red\\x1b[31m'
    """
    return "".join(_safe(letter) for letter in text)


def _safe(letter: str) -> str:
    if letter == "\n" or letter.isprintable():
        return letter
    return " " if letter.isspace() else letter.encode("unicode_escape").decode("ascii")


def cell(text: str) -> str:
    """Return `text` as it stands in a table: printable, on one line."""
    return printable(text).replace("\n", " ")


def plain(page: Page) -> str:
    """Return a page as plain text, tables set apart by an empty line.

    >>> print(plain([Table(("level", "n"), "lr", (("社区", "5"), ("host", "12")))]), end="")
    level   n
    ---------
    社区    5
    host   12
    """
    lines: list[str] = []
    for part in spaced(page):
        lines += _set(part) if isinstance(part, Table) else [printable(part)]
    return "\n".join(lines) + "\n"


def spaced(page: Page) -> list[str | Table]:
    """Return a page with one empty line before and after each table, and none at its ends.

    >>> spaced(["one", "", Table(("n",), "r", ())])
    ['one', '', Table(head=('n',), sides='r', rows=())]
    """
    parts: list[str | Table] = []
    for part in page:
        if parts and parts[-1] and (isinstance(part, Table) or isinstance(parts[-1], Table)):
            parts.append("")
        if part or (parts and parts[-1]):
            parts.append(part)
    return parts


def _set(table: Table) -> list[str]:
    rows = [tuple(map(cell, row)) for row in (table.head, *table.rows)]
    across = [max(map(width, column)) for column in zip(*rows, strict=True)]
    head, *body = ["  ".join(map(_padded, row, across, table.sides)).rstrip() for row in rows]
    rule = "-" * (sum(across) + 2 * (len(across) - 1))
    return [head, rule, *body]


def width(text: str) -> int:
    """Return how many columns `text` takes on a screen.

    >>> width("host"), width("社区")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    from govflow.draw.text import columns  # only where it is needed: a path up is told in no time

    return columns(text)


def _padded(text: str, across: int, side: str) -> str:
    space = " " * (across - width(text))
    return space + text if side == "r" else text + space
