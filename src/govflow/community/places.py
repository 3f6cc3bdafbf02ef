"""Key paths: the dotted names of places in a definition, and walks along them.

A path is what a fault names and what ``--set`` takes: ``lifecycle.grievance.deadlines.handle.limit.host``,
``organization.units[3].handlers``, ``organization.patterns.branch.each."committee/x"``. Nothing here knows what
a definition means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from govflow.errors import UsageError

Key = str | int
"""One step of a path: the key of a table or the position in a list."""

_NAME = re.compile(r"\w[\w-]{0,99}")
_STEP = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|\[(?P<index>\d{1,9})\]|(?P<bare>[^\s."\[\]]+)')
_RUN = re.compile(r"(\d+)")


def join(*steps: Key) -> str:
    """Return the dotted path of `steps`; a key that is not a plain word is quoted.

    >>> join("organization", "units", 3, "each", "committee/x")
    'organization.units[3].each."committee/x"'
    """
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + (step if _NAME.fullmatch(step) else quoted(step))
    return text


def under(path: str, *steps: Key) -> str:
    """Return the path of `steps` inside the place named `path`."""
    return inside(path, join(*steps))


def inside(path: str, place: str) -> str:
    """Return the path of `place`, itself a path, inside the place named `path`; either may be empty.

    >>> inside("calendars.office", "hours.mon")
    'calendars.office.hours.mon'
    """
    return path + place if not path or not place or place.startswith("[") else f"{path}.{place}"


def quoted(text: str) -> str:
    """Return `text` as a quoted key of a path.

    >>> quoted("a.b")
    '"a.b"'
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def split(path: str) -> tuple[Key, ...]:
    """Return the steps of a dotted path, the reverse of `join`; raise UsageError where it cannot be one.

    >>> split('organization.units[3].each."committee/x"')
    ('organization', 'units', 3, 'each', 'committee/x')
    """
    steps: list[Key] = []
    at = 0
    while at < len(path):
        if steps and path[at] == ".":
            at += 1
        found = _STEP.match(path, at)
        if found is None or (found["index"] is None and steps and path[at - 1] != "."):
            raise UsageError(f"{path!r} is not a key path at position {at + 1}; write it like 'assumptions.source'")
        steps.append(_step(found))
        at = found.end()
    if not steps or path.endswith("."):
        raise UsageError(f"{path!r} is not a key path: a key is missing; write it like 'assumptions.source'")
    return tuple(steps)


def _step(found: re.Match[str]) -> Key:
    if found["index"] is not None:
        return int(found["index"])
    if found["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", found["quoted"])
    return found["bare"]


def without(data: Any, steps: Sequence[Key]) -> Any:
    """Return `data` with the key at `steps` left out; tables on the way are copied, the given ones stay as they are."""
    first, rest = steps[0], steps[1:]
    if isinstance(data, dict) and first in data:
        if not rest:
            return {key: value for key, value in data.items() if key != first}
        return {**data, first: without(data[first], rest)}
    if isinstance(data, list) and isinstance(first, int) and first < len(data):
        tail = [without(data[first], rest)] if rest else []
        return [*data[:first], *tail, *data[first + 1 :]]
    return data


def is_name(text: str) -> bool:
    """Say whether `text` can name a level, a state, a category: letters, digits, '_' and '-', at most a hundred.

    >>> is_name("city_management"), is_name("停车"), is_name("a.b")
    (True, True, False)
    """
    return _NAME.fullmatch(text) is not None


def order(path: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sorting key that puts ``units[9]`` before ``units[10]``."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _RUN.split(path))
