"""Single keys of a definition changed: what ``--set KEY=VALUE`` does, and a sweep over assumptions.

A change goes the whole way round, out to a table and in again, so that a changed community is as sound as a
loaded one. Nothing here knows what a key means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from govflow.community import places
from govflow.community.format import build
from govflow.community.model import Community
from govflow.community.reading import copied
from govflow.community.values import found
from govflow.community.writing import to_data
from govflow.errors import DefinitionError, UnknownName, UsageError

_TEXTS = ("name", "edition", "zone", "start", "source")
"""The keys of a definition's head that hold text, also where the default stands and nothing is written."""


def changed(community: Community, changes: Mapping[str, Any]) -> Community:
    """Return the community with other values at some key paths, checked like any definition.

    A value that is text is read as TOML where it is that (``0.5``, ``true``, ``{ resolve = 1.0 }``), else as the
    text itself (``4h``, ``branch``). A key may be new where the format knows it. UnknownName tells the nearest
    key for one that leads nowhere; DefinitionError holds the faults of what comes out.

    >>> from govflow.community import load
    >>> calm = changed(load("beida"), {"assumptions.arrivals.grievance.parking.per_household_year": "0.1"})
    >>> calm.assumptions.arrivals["grievance"]["parking"].per_household_year
    0.1
    """
    data = copied(to_data(community), community.name)
    strays = [stray for key, value in changes.items() if (stray := _put(data, key, value)) is not None]
    try:
        return build(data, f"{community.name} with {', '.join(changes)}")
    except DefinitionError as error:
        raise next((stray for stray in strays if _explains(stray, error)), error) from None


def read_value(text: str, was_text: bool = False) -> Any:
    """Return the value that a text says in TOML, or the text itself where it says none or a date.

    Where text stood before, numbers and truths are text as well: an edition ``2027`` needs no quotes.

    >>> read_value("0.5"), read_value("90m"), read_value('["a", "b"]'), read_value("2027", was_text=True)
    (0.5, '90m', ['a', 'b'], '2027')
    """
    try:
        read = tomllib.loads(f"value = {text}\n")
    except (ValueError, RecursionError):
        return text
    value = read.get("value")
    plain = (str, list, dict) if was_text else (str, list, dict, int, float)
    return value if len(read) == 1 and isinstance(value, plain) else text


def _put(data: Any, key: str, value: Any) -> UnknownName | None:
    """Write `value` at the path `key`, making tables that are not there yet; say what a new key may have meant."""
    *way, last = places.split(key)
    stray: UnknownName | None = None
    for at, (step, after) in enumerate(pairwise((*way, last))):
        stray = stray or _stray(data, way[:at], step)
        _check_step(data, step, key)
        data = data.setdefault(step, [] if isinstance(after, int) else {}) if isinstance(data, dict) else data[step]
    stray = stray or _stray(data, way, last)
    _check_step(data, last, key)
    before = data.get(last) if isinstance(data, dict) else data[last]
    was_text = isinstance(before, str) or key in _TEXTS
    data[last] = read_value(value, was_text) if isinstance(value, str) else value
    return stray


def _check_step(data: Any, step: places.Key, key: str) -> None:
    if isinstance(data, dict) and isinstance(step, str):
        return
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return
    if isinstance(data, list):
        what = f"a list of {len(data)}; its places are written [0], [1] and so on" if data else "a list that is empty"
    else:
        what = "a table; its keys are words" if isinstance(data, dict) else f"{found(data)}; nothing lies inside it"
    raise UsageError(f"cannot set {key!r}: {places.join(step)!r} is looked for in {what}")


def _stray(data: Any, way: Sequence[places.Key], step: places.Key) -> UnknownName | None:
    """Return what to say of a step that its table does not have yet, should it turn out to lead nowhere."""
    if not isinstance(data, dict) or not isinstance(step, str) or step in data:
        return None
    kind = f"key of {places.join(*way)}:" if way else "key"
    return UnknownName(kind, step, tuple(data))


def _explains(stray: UnknownName, error: DefinitionError) -> bool:
    """Say whether a new key, close to one that is there, is all that is wrong."""
    codes = {fault.code for fault in error.faults}
    return stray.nearest is not None and codes <= {"unknown_key", "unknown_name", "missing_key"}
