"""What is said while a run goes on: a notice that it compiles, and a progress bar for whoever watches.

Both go to standard error, the bar only to a terminal and only when a run takes more than a moment. Nothing of
them reaches an answer. With rich not installed the bar is one line of plain text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from attrs import define, field

from govflow.cli.terminal import has_rich, is_terminal, tell

MOMENT = 1.0
"""Seconds; a run that is shorter shows nothing."""

LENGTH = 30


@define(eq=False)
class Bar:
    """A bar that appears once a run has taken more than a moment; call it with the share done.

    It is first called when a run has really begun: only then is the `notice` given.
    """

    watched: bool
    notice: str = ""
    begun: float = field(factory=monotonic)
    bar: Any = None
    shown: bool = False

    def __call__(self, share: float) -> None:
        """Show that `share` of the run is done, from 0 to 1."""
        if self.notice:
            tell(self.notice)
            self.notice = ""
        if self.watched:
            self._show(share)

    def _show(self, share: float) -> None:
        if not self.shown:
            if monotonic() - self.begun < MOMENT:
                return
            self.shown = True
            self.bar = _rich_bar() if has_rich() else None
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=share)
        else:
            done = round(share * LENGTH)
            sys.stderr.write(f"\rsimulating [{'#' * done}{'.' * (LENGTH - done)}] {100 * share:3.0f}%")
            sys.stderr.flush()

    def close(self) -> None:
        """Take the bar off the screen."""
        if self.bar is not None:
            self.bar.stop()
        elif self.shown:
            sys.stderr.write("\r" + " " * (LENGTH + 20) + "\r")
            sys.stderr.flush()


def _rich_bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("simulating"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("simulating", total=1.0)
    bar.start()
    return bar


@contextmanager
def progress(*, quiet: bool, notice: str = "") -> Iterator[Bar | None]:
    """Give a bar to a run, None to a quiet one, and clear up when it ends; `notice` is told when it begins."""
    if quiet:
        yield None
        return
    bar = Bar(watched=is_terminal(sys.stderr), notice=notice)
    try:
        yield bar
    finally:
        bar.close()
