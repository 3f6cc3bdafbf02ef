"""From what was typed to an exit status: parse, run one command, show its answer, say what is wrong in one line.

Exit status: 0 well, 1 findings, 2 bad usage or input, 130 interrupted. What a command does stands in
``definitions``, ``simulations`` and ``stories``; how an answer is shown, in ``terminal``.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from govflow.cli import terminal
from govflow.cli.arguments import parse
from govflow.cli.page import Answer
from govflow.errors import GovflowError

WELL, WRONG, INTERRUPTED = 0, 2, 130

_HOME: Mapping[str, str] = {
    "communities": "definitions",
    "check": "definitions",
    "path": "definitions",
    "draw": "definitions",
    "new": "definitions",
    "simulate": "simulations",
    "explain": "simulations",
    "story": "stories",
}
"""The module that runs each command; only one of them is loaded."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: what was typed) and return its exit status; nothing is raised.

    >>> main(["path", "beida", "branch/3"])
    unit ...
    branch/3         residential-estate party branch 3
    committee/beida  Beida community party committee
    0
    """
    terminal.prepare()
    try:
        return _run(sys.argv[1:] if argv is None else list(argv))
    except GovflowError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        terminal.tell("interrupted; there is nothing to show")
        return INTERRUPTED
    except MemoryError:
        return _refuse("out of memory; ask for fewer days, replications or units, or leave --events out")
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        return _refuse(f"{place}{problem.strerror or problem}")


def _run(arguments: list[str]) -> int:
    try:
        given = parse(arguments)
    except SystemExit:  # argparse has shown the help or the version
        terminal.show("")
        return WELL
    answer = _command(given.command)(given)
    terminal.show(terminal.rendered(answer.shown))
    return _afterwards(answer)


def _afterwards(answer: Answer) -> int:
    """Do what comes after the figures, which stand by now whatever happens to it."""
    try:
        more = answer.after() if answer.after is not None else ()
    except KeyboardInterrupt:
        terminal.tell("interrupted; the events are not written, the figures above are whole")
        return INTERRUPTED
    if more and not isinstance(answer.shown, Mapping):
        terminal.show(terminal.rendered(more))
    return answer.status


def _command(name: str) -> Callable[[Namespace], Answer]:
    command: Callable[[Namespace], Answer] = getattr(import_module(f"govflow.cli.{_HOME[name]}"), name)
    return command


def _refuse(text: str) -> int:
    terminal.tell(text)
    return WRONG
