"""Where answers go: standard output as plain text, JSON, or tables of rich on a terminal; notices to standard error.

A reader who leaves early (``| head``) is no fault; an output that cannot be written is one. With rich not
installed a terminal shows plain text.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from shutil import get_terminal_size
from typing import Any, TextIO

from govflow.cli.page import Page, Table, cell, plain, printable, spaced, width
from govflow.errors import OutputError

WORD = 12
"""Columns of a terminal that a text in a table has at least."""


def prepare() -> None:
    """Let both streams carry every letter, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def show(text: str) -> None:
    """Write `text` to standard output, all of it; OutputError where that cannot be done."""
    if sys.stdout is None:
        raise OutputError("standard output", "is closed; nothing can be shown")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except OSError as problem:
        _abandon(sys.stdout)
        raise OutputError("standard output", f"cannot be written: {problem.strerror or problem}") from problem


def tell(text: str) -> None:
    """Write a line to standard error, led by the program's name."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"govflow: {printable(text)}\n")
        sys.stderr.flush()
    except OSError:
        _abandon(sys.stderr)


def _abandon(stream: TextIO) -> None:
    """Send what is still in a stream's buffer nowhere, so that Python's own last flush does not fail."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether someone sits before `stream`."""
    return stream is not None and not stream.closed and stream.isatty()


def has_rich() -> bool:
    """Return whether rich is installed."""
    return find_spec("rich") is not None


def rendered(shown: Page | str | Mapping[str, Any]) -> str:
    """Return an answer as text: JSON for data, a text as it is, a page as its reader's stream wants it."""
    if isinstance(shown, str):
        return shown
    if isinstance(shown, Mapping):
        return json.dumps(shown, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    return coloured(shown) if is_terminal(sys.stdout) and has_rich() else plain(shown)


def coloured(page: Page) -> str:
    """Return a page as rich shows it on this terminal; where a table needs more room, lines run over."""
    from rich.console import Console
    from rich.text import Text

    parts = spaced(page)
    room = max(get_terminal_size().columns, *(least(part) for part in parts if isinstance(part, Table)), 0)
    target = io.StringIO()
    console = Console(file=target, force_terminal=True, width=room, highlight=False)
    for part in parts:
        console.print(_rich_table(part, room) if isinstance(part, Table) else Text(printable(part)))
    return target.getvalue()


def least(table: Table) -> int:
    """Return the columns that a table needs so that no figure of it is cut, its headings one word a line."""
    columns = zip(table.sides, table.head, zip(*table.rows, strict=True), strict=False)
    return sum(_figures(name, column) if side == "r" else WORD for side, name, column in columns) + 3 * len(table.sides)


def _figures(name: str, column: Sequence[str]) -> int:
    """Return the columns that a column of figures needs."""
    return max(map(width, [*cell(name).split(" "), *map(cell, column)]))


def _rich_table(table: Table, room: int) -> Any:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    natural = max((width(line) for line in plain([table]).splitlines()), default=0) + 3 * len(table.sides)
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name, side in zip(table.head, table.sides, strict=True):
        figures = side == "r"
        head = cell(name).replace(" ", "\n") if figures and natural > room else cell(name)
        justify: Any = "right" if figures else "left"
        grid.add_column(
            Text(head), justify=justify, no_wrap=figures, min_width=None if figures else WORD, overflow="fold"
        )
    for row in table.rows:
        grid.add_row(*(Text(cell(text)) for text in row))
    return grid
