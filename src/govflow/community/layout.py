"""TOML text out of a definition as a table, laid out as a person would write it: one short line for one thing.

Kept here rather than left to a general writer because order is meaning in this format (levels run from the top
down, a trigger's ways are tried in order), and a general writer moves tables behind plain values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")

_HEADED = (
    ("levels", "*"),
    ("organization",),
    ("organization", "patterns", "*"),
    ("organization", "departments", "*"),
    ("organization", "partners", "*"),
    ("organization", "teams", "*"),
    ("calendars", "*"),
    ("categories",),
    ("channels",),
    ("intake", "*"),
    ("lifecycle", "*"),
    ("lifecycle", "*", "counters"),
    ("lifecycle", "*", "fields"),
    ("lifecycle", "*", "reasons"),
    ("lifecycle", "*", "states"),
    ("lifecycle", "*", "transitions"),
    ("lifecycle", "*", "deadlines", "*"),
    ("lifecycle", "*", "metrics", "*"),
    ("lifecycle", "*", "times"),
    ("assumptions",),
    ("assumptions", "weeks", "*"),
    ("assumptions", "arrivals", "*", "*"),
    ("assumptions", "behaviour", "*", "*"),
    ("figures",),
)
"""The tables that get a ``[header]`` of their own; what lies deeper stands on one line."""

_DOTTED = ("at", "category")
"""Keys whose tables are written as dotted keys, ``at.branch.outcomes = …``."""

Path = tuple[str, ...]


def toml_text(data: Mapping[str, Any]) -> str:
    """Return the TOML text of a definition; reading it gives an equal table, keys in the same order.

    >>> print(toml_text({"format": 1, "levels": {"host": {"calendar": "evenings"}}}), end="")
    format = 1
    <BLANKLINE>
    [levels.host]
    calendar = "evenings"
    """
    return "\n".join(_block(data, ())).lstrip("\n") + "\n"


def _block(table: Mapping[str, Any], path: Path) -> Iterator[str]:
    """Yield the lines of a table: its header if it has one, its own keys, then the tables under it."""
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping) and _holds_headers((*path, key))}
    plain = [line for key, value in table.items() if key not in inner for line in _lines((key,), value)]
    if path and (plain or (not inner and any(_fits(path, pattern) for pattern in _HEADED))):
        yield ""
        yield f"[{_dotted(path)}]"
    yield from plain
    for key, value in inner.items():
        yield from _block(value, (*path, key))


def _holds_headers(path: Path) -> bool:
    return any(_fits(path, pattern[: len(path)]) for pattern in _HEADED if len(pattern) >= len(path))


def _fits(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(p in ("*", key) for key, p in zip(path, pattern, strict=True))


def _lines(key: Path, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and value and (key[-1] in _DOTTED or set(key[-2:-1]) & set(_DOTTED)):
        for inner, below in value.items():
            yield from _lines((*key, inner), below)
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        yield f"{_dotted(key)} = ["
        yield from (f"  {_inline(item)}," for item in value)
        yield "]"
    else:
        yield f"{_dotted(key)} = {_inline(value)}"


def _inline(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case int() | float():
            return repr(value)
        case Mapping():
            inside = ", ".join(f"{_dotted((key,))} = {_inline(inner)}" for key, inner in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case _:
            return f"[{', '.join(map(_inline, value))}]"


def _dotted(path: Path) -> str:
    return ".".join(key if _PLAIN.fullmatch(key) else _quoted(key) for key in path)


def _quoted(text: str) -> str:
    """Return a basic string: JSON's escapes are TOML's, but TOML wants DEL escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
