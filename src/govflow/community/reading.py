"""From a name, a path or a dict to one merged table: files, fragments, and what is wrong with a file as a file.

Fragments named by ``use`` are laid under the file that names them. What a definition means is not known here;
go on in ``community.format``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from attrs import frozen

from govflow.community.places import join
from govflow.community.values import found
from govflow.errors import DefinitionError, Fault, InputError, UnknownName, UsageError, hint

Source = str | os.PathLike[str] | Mapping[str, Any]
"""A community: a bundled name, a path to a TOML file, or a definition as a table."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a definition is written by people, a million units come from columns."""

DEEPEST = 40
"""How many tables and lists may lie inside one another."""

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")

_EXPECTED = {
    "Invalid value": "expected a value after '=': text in \"quotes\", a number, true, false, a [list] or a { table }",
    "Invalid statement": "expected a key such as start = …, a [table] or a # comment",
    "Invalid initial character for a key part": "expected a key of letters, digits, '_' and '-', or a key in quotes",
    "Expected '=' after a key in a key/value pair": "expected '=' after the key",
    "Expected newline or end of document after a statement": "expected the end of the line after the value",
    "Cannot overwrite a value": "this key has a value already; expected each key once",
    "Unclosed array": "expected ',' or ']' in a list",
    "Unclosed inline table": "expected ',' or '}' in a table",
    "Illegal character '\\n'": 'expected a closing quote " on the same line',
    "Unterminated string": 'expected a closing quote "',
}
"""What the parser says, in the words of people who do not write parsers."""


@frozen
class Written:
    """A definition as it was written, merged with its fragments; `subject` names it in errors."""

    subject: str
    data: Mapping[str, Any]


def names() -> tuple[str, ...]:
    """Return the names of the bundled communities, sorted.

    >>> "beida" in names()
    True
    """
    return tuple(_bundled("communities"))


def read_source(source: Source) -> Written:
    """Return the merged definition behind a bundled name, a path or a table.

    Text with a path separator, or ending in ``.toml``, is a path; other text is a bundled name. UnknownName,
    InputError or DefinitionError say what is wrong with the name, the file or its TOML.
    """
    if isinstance(source, Mapping):
        name = source.get("name")
        subject = name if isinstance(name, str) and name else "definition"
        return Written(subject, _merged(subject, copied(source, subject), Path(), ()))
    if not isinstance(source, (str, os.PathLike)) or not isinstance(os.fspath(source), str):
        raise UsageError(f"a community is a bundled name, a path or a table, not {found(source)}")
    place = os.fspath(source)
    if isinstance(source, os.PathLike) or _is_path(place):
        data = read_toml(place)
        return Written(place, _merged(place, data, Path(place).parent, (_true_path(place),)))
    bundled = _bundled("communities")
    if place not in bundled:
        raise UnknownName("community", place, bundled)
    return Written(place, _merged(place, parse_toml(_bundled_text("communities", place), place), Path(), ()))


def _is_path(text: str) -> bool:
    return os.sep in text or "/" in text or text.endswith(".toml")


def _true_path(place: str | Path) -> str:
    """Return one spelling for all paths to a file."""
    return str(Path(place).absolute())


@cache
def _bundled(folder: str) -> dict[str, Any]:
    """Return the bundled TOML files of a folder by name, sorted."""
    entries = sorted(files("govflow").joinpath(folder).iterdir(), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".toml"): entry for entry in entries if entry.name.endswith(".toml")}


def _bundled_text(folder: str, name: str) -> str:
    return str(_bundled(folder)[name].read_text(encoding="utf-8"))


def read_toml(path: str) -> dict[str, Any]:
    """Return the TOML file at `path` as a table; InputError where it cannot be read as text."""
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise InputError(path, _why(error)) from error
    if len(raw) > LARGEST_FILE:
        raise InputError(path, f"is larger than {LARGEST_FILE // 1024**2} MB; a definition is a small text file")
    try:
        return parse_toml(raw.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        text = f"is not a text file in UTF-8 (byte {error.start + 1:,} cannot be read); save it as UTF-8 text"
        raise InputError(path, text) from None


def _why(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such file; check the path, or name a bundled community without '/' and '.toml'"
        case PermissionError():
            return "there is no permission to read it; ask for the right or copy the file"
        case IsADirectoryError():
            return "is a directory; name the TOML file in it"
        case OSError(strerror=str() as reason):
            return f"cannot be read: {reason}"
        case _:
            return f"cannot be read: {error}"


def parse_toml(text: str, subject: str) -> dict[str, Any]:
    """Return TOML text as a table; DefinitionError says line, column and what was expected there."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(subject, [_toml_fault(str(error), text)]) from None
    except RecursionError:
        raise DefinitionError(subject, [_too_deep("")]) from None
    except ValueError as error:
        raise DefinitionError(subject, [Fault("", "toml", f"holds a value that cannot be read: {error}")]) from None
    return copied(data, subject)


def _toml_fault(message: str, text: str) -> Fault:
    place = _PLACE.search(message)
    said = message[: place.start()] if place else message
    lines = text.splitlines() or [""]
    line, column = (int(place[1]), int(place[2])) if place and place[1] else (len(lines), len(lines[-1]) + 1)
    shown = lines[min(line, len(lines)) - 1].strip()
    told = next((words for start, words in _EXPECTED.items() if said.startswith(start)), said)
    where = f"; the line is: {shown[:80]}{'…' if len(shown) > 80 else ''}" if shown else ""
    return Fault(f"line {line}, column {column}", "toml", told + where)


def _too_deep(path: str) -> Fault:
    return Fault(path, "absurd_size", f"tables and lists lie more than {DEEPEST} deep inside one another")


def copied(data: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """Return a copy of plain dicts and lists; a table too deep, or inside itself, is refused."""

    def copy(value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise DefinitionError(subject, [_too_deep("")])
        if isinstance(value, Mapping):
            return {key: copy(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [copy(inner, depth + 1) for inner in value]
        return value

    copied: dict[str, Any] = copy(data, 0)
    return copied


# --- fragments ----------------------------------------------------------------------------------------------


def _merged(subject: str, data: dict[str, Any], folder: Path, chain: tuple[str, ...]) -> dict[str, Any]:
    """Return `data` laid over the fragments that its ``use`` names, in their order, each over those before."""
    used = data.pop("use", [])
    if isinstance(used, str):
        used = [used]
    if not isinstance(used, list) or not all(isinstance(name, str) for name in used):
        raise DefinitionError(subject, [Fault("use", "wrong_type", "must be a list of names of fragments")])
    under: dict[str, Any] = {}
    for at, name in enumerate(used):
        under = lay(_fragment(name, at, subject, folder, chain), under)
    return lay(data, under)


def _fragment(name: str, at: int, subject: str, folder: Path, chain: tuple[str, ...]) -> dict[str, Any]:
    place = join("use", at)
    path = folder / name
    key, inner = (_true_path(path), path.parent) if _is_path(name) else (f"fragment {name}", folder)
    if key in chain:
        raise DefinitionError(subject, [Fault(place, "cycle", f"{name!r} uses itself; leave one of them out")])
    if _is_path(name):
        data = read_toml(str(path))
    elif name in _bundled("fragments"):
        data = parse_toml(_bundled_text("fragments", name), key)
    else:
        text = f"unknown fragment {name!r}{hint(name, _bundled('fragments'))}"
        raise DefinitionError(subject, [Fault(place, "unknown_name", text)])
    return _merged(name, data, inner, (*chain, key))


def lay(over: Mapping[str, Any], under: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return `over` laid over `under`: tables merge key by key, everything else is replaced by `over`.

    Weights and distributions are wholes (rule S2): half a table of outcomes would not add up. Names keep the
    place that they have in `under`, new ones follow.

    >>> lay({"a": {"x": 1}}, {"a": {"x": 0, "y": 2}, "b": 3})
    {'a': {'x': 1, 'y': 2}, 'b': 3}
    """
    laid = dict(under)
    for key, value in over.items():
        here = (*path, key)
        below = under.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and not is_whole(here):
            laid[key] = lay(value, below, here)
        else:
            laid[key] = value
    return laid


def is_whole(path: tuple[str, ...]) -> bool:
    """Say whether the table at `path` is replaced as a whole.

    >>> is_whole(("assumptions", "behaviour", "grievance", "handling", "at", "branch", "time"))
    True
    """
    if path[:2] == ("assumptions", "arrivals"):
        return len(path) == 5 and path[4] in ("channels", "severity")
    if path[:2] == ("assumptions", "behaviour"):
        return len(path) % 2 == 1 and path[-1] in ("time", "outcomes")
    return False
