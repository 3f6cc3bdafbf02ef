"""What can be typed: the commands, their arguments and options, and one clear line for what cannot.

Only the form is judged here; whether a number or a name makes sense is said by the room that uses it.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from typing import NoReturn

import govflow
from govflow.cli.words import LANGUAGES
from govflow.errors import UnknownName, UsageError, hint

GENERAL = ("--help", "--version", "-h")
FORMATS = ("mermaid", "dot", "svg")
MOST_THREADS = 1024
COMMUNITY = "a bundled name (see: govflow communities) or the path of a TOML file"
EPILOG = "exit status: 0 well, 1 findings, 2 bad usage or input, 130 interrupted with what was finished"


class Parser(ArgumentParser):
    """An argument parser that raises what is wrong, in one line, in place of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with what is wrong and where to look."""
        raise UsageError(f"{message}; see: {self.prog} --help")


def parse(arguments: Sequence[str]) -> Namespace:
    """Return what was typed, by name; ``command`` is the command's. Help and version leave by SystemExit.

    Raises:
        UnknownName: a command, option or choice that there is not; the nearest is told.
        UsageError: anything else that does not fit.

    >>> parse(["draw", "beida", "--format", "svg"]).format
    'svg'
    """
    parser, commands = make_parser()
    if not arguments:
        raise UsageError(f"which command? {', '.join(commands)}; see: govflow --help")
    name = arguments[0]
    if name not in (*commands, *GENERAL):
        raise UnknownName("option", name, GENERAL) if name.startswith("-") else UnknownName("command", name, commands)
    given, strays = parser.parse_known_args(arguments)
    if strays:
        raise _stray(strays[0], commands.get(name, parser))
    return given


def _stray(text: str, parser: ArgumentParser) -> UnknownName | UsageError:
    if text.startswith("-"):
        known = sorted(set(re.findall(r"--[a-z]+", parser.format_help())))
        return UnknownName("option", text.partition("=")[0], known)
    return UsageError(f"{text!r} is one argument too many; see: {parser.prog} --help")


def make_parser() -> tuple[Parser, dict[str, ArgumentParser]]:
    """Return the parser of the whole command line, and that of each command."""
    about = "Simulate, check and draw a community from its one definition."
    parser = Parser(prog="govflow", description=about, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"govflow {govflow.__version__}")
    offered = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands: dict[str, ArgumentParser] = {}
    for name, (text, fill) in _COMMANDS.items():
        command = offered.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)
        fill(command)
        commands[name] = command
    return parser, commands


# --- one function a command -------------------------------------------------------------------------------------


def _communities(command: ArgumentParser) -> None:
    command.add_argument("community", nargs="?", metavar="COMMUNITY", help=f"describe this one: {COMMUNITY}")
    _answers(command)


def _simulate(command: ArgumentParser) -> None:
    _community(command)
    _window(command)
    replications = "independent runs of the same residents with another luck (default: 10)"
    command.add_argument("--replications", type=count, default=10, metavar="N", help=replications)
    command.add_argument("--threads", type=threads, metavar="N", help="default: one a processor; changes no figure")
    command.add_argument("--events", metavar="FILE", help="also write every event to FILE.csv or FILE.parquet")
    command.add_argument("--quiet", action="store_true", help="no progress bar, no notices")
    _answers(command)


def _explain(command: ArgumentParser) -> None:
    _community(command)
    case = "number of the case in the run, from 0; of a case from --initial also its id"
    command.add_argument("case", type=number_or_id, metavar="CASE", help=case)
    _window(command)
    command.add_argument("--replication", type=count, default=0, metavar="N", help="which replication, from 0")
    command.add_argument("--quiet", action="store_true", help="no progress bar, no notices")
    _answers(command)


def _story(command: ArgumentParser) -> None:
    _community(command)
    command.add_argument("--seed", type=count, default=1, metavar="N", help="the luck (default: 1)")
    _answers(command)


def _check(command: ArgumentParser) -> None:
    _community(command)
    command.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    _answers(command)


def _path(command: ArgumentParser) -> None:
    _community(command)
    command.add_argument("unit", metavar="UNIT-OR-HOUSEHOLD", help="such as host/3-2-11 or household/3-2-11-7")
    _answers(command)


def _draw(command: ArgumentParser) -> None:
    _community(command)
    what = "organization (default) or the name of a lifecycle"
    command.add_argument("what", nargs="?", default="organization", metavar="organization|LIFECYCLE", help=what)
    kind = f"{', '.join(FORMATS)} (default: by the ending of --output, else mermaid)"
    command.add_argument("--format", type=one_of("format", FORMATS), metavar="FORMAT", help=kind)
    command.add_argument("--output", metavar="FILE", help="write to FILE (default: standard output)")
    _lang(command)


def _new(command: ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="where to write it; must end in .toml and not exist")


_COMMANDS: dict[str, tuple[str, Callable[[ArgumentParser], None]]] = {
    "communities": ("list the bundled communities, or describe one", _communities),
    "simulate": ("simulate a community and show its figures", _simulate),
    "explain": ("tell the story of one simulated case", _explain),
    "story": ("tell what a community's report tells, on a desk", _story),
    "check": ("find what is unreachable, trapped or unstaffed in a definition", _check),
    "path": ("show the way up from a unit or household", _path),
    "draw": ("draw the organization or a lifecycle", _draw),
    "new": ("write a commented definition to start from", _new),
}


# --- what several commands share --------------------------------------------------------------------------------


def _community(command: ArgumentParser) -> None:
    command.add_argument("community", metavar="COMMUNITY", help=COMMUNITY)


def _window(command: ArgumentParser) -> None:
    command.add_argument("--days", type=number, default=365.0, metavar="N", help="open cases for N days (default: 365)")
    warmup = "cases opened in the first N days are not counted (default: 0)"
    command.add_argument("--warmup", type=number, default=0.0, metavar="N", help=warmup)
    drain = "run on N days more until open cases are settled (default: 90)"
    command.add_argument("--drain", type=number, default=90.0, metavar="N", help=drain)
    command.add_argument("--seed", type=count, default=1, metavar="N", help="the luck (default: 1)")
    start = "first day, such as 2026-01-05 (default: the definition's own)"
    command.add_argument("--start", metavar="DATE", help=start)
    initial = "begin with the open cases of a desk: a snapshot as JSON, at whose instant the run starts"
    command.add_argument("--initial", metavar="FILE", help=initial)
    change = "another value at a key of the definition, in TOML; may be repeated"
    command.add_argument(
        "--set", type=setting, action="append", default=[], dest="changes", metavar="KEY=VALUE", help=change
    )


def _answers(command: ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    _lang(command)


def _lang(command: ArgumentParser) -> None:
    names = f"{' or '.join(LANGUAGES)} (default: en)"
    command.add_argument("--lang", type=one_of("language", LANGUAGES), default="en", metavar="LANG", help=names)


# --- the form of values -----------------------------------------------------------------------------------------


def number(text: str) -> float:
    """Return the number that `text` says."""
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"{shown(text)} is not a number") from None


def count(text: str) -> int:
    """Return the whole number that `text` says."""
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{shown(text)} is not a whole number") from None


def number_or_id(text: str) -> int | str:
    """Return the whole number that `text` says, or the text, which is then an id."""
    try:
        return int(text)
    except ValueError:
        return text


def threads(text: str) -> int:
    """Return a number of threads."""
    found = count(text)
    if not 1 <= found <= MOST_THREADS:
        raise ArgumentTypeError(f"{shown(text)}: must be from 1 to {MOST_THREADS}")
    return found


def setting(text: str) -> tuple[str, str]:
    """Return the key and the value of ``KEY=VALUE``.

    >>> setting("lifecycle.grievance.deadlines.handle.limit.host=2d")
    ('lifecycle.grievance.deadlines.handle.limit.host', '2d')
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ArgumentTypeError(f"{shown(text)}: write KEY=VALUE, such as calendars.office.hours.sat=09:00-12:00")
    return key.strip(), value.strip()


def one_of(kind: str, known: Sequence[str]) -> Callable[[str], str]:
    """Return a reader that takes one of some names and tells the nearest for another."""

    def read(text: str) -> str:
        if text not in known:
            raise ArgumentTypeError(f"unknown {kind} {shown(text)}{hint(text, known)}")
        return text

    return read


def shown(text: str) -> str:
    """Return `text` in quotes, cut where it is long."""
    return repr(text if len(text) <= 60 else text[:60] + "…")
