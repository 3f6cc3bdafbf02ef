"""Single values of a file: text, numbers, durations, choices. Each is taken as what it is or refused in words.

Nothing is guessed: a number in quotes is not a number, 1 is not true. What a value means beside others is not
known here. ``community.structure`` puts values together into tables and classes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from govflow.calendar import Duration
from govflow.errors import DefinitionError, Fault, GovflowError, hint

LARGEST = 10**9
"""The largest whole number a definition may hold; beyond it a slip of the pen is likelier than a city."""

ENDLESS = 1e300
"""Numbers from here on are taken as endless."""


_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def refuse(code: str, text: str) -> DefinitionError:
    """Return the error that a reader of a value raises: one fault, whose place is filled in on the way out."""
    return DefinitionError("", [Fault("", code, text)])


def found(value: Any) -> str:
    """Say what a value of a file is, for the end of a message.

    >>> found("abc"), found(3), found([])
    ("the text 'abc'", 'the number 3', 'a list')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 40 else f"the text {value[:40]!r}…"
    if isinstance(value, int):
        return f"the number {value}" if abs(value) < 10**15 else "a huge number"
    if isinstance(value, float):
        return f"the number {value}"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "a date or time without quotes" if hasattr(value, "isoformat") else f"a Python {type(value).__name__}"


def listed(options: Iterable[str]) -> str:
    """Return names in quotes, with commas between."""
    return ", ".join(repr(option) for option in options)


def expected(kind: Any) -> str:
    """Say what a place of type `kind` wants, for the middle of a message.

    >>> expected(float)
    'a number'
    """
    simple = {str: 'text in "quotes"', int: "a whole number", float: "a number", bool: "true or false"}
    if kind in simple:
        return simple[kind]
    if kind is Duration:
        return 'a duration such as "90m", "4h" or "1d4h"'
    if get_origin(kind) is Literal:
        return f"one of {listed(get_args(kind))}"
    if get_origin(kind) is tuple:
        return 'a list such as ["a", "b"]' if get_args(kind)[0] is str else "a list"
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(dict.fromkeys(expected(option) for option in get_args(kind) if option is not type(None)))
    return "a table"


def text(value: Any, _: Any = None) -> str:
    """Return `value` if it is text that a file can hold."""
    if not isinstance(value, str):
        raise refuse("wrong_type", f"must be {expected(str)}, not {found(value)}")
    if _UNWRITABLE.search(value):
        raise refuse("wrong_type", "must be text that can be written to a file, without NUL and half characters")
    return value


def whole(value: Any, _: Any = None) -> int:
    """Return `value` if it is a whole number of a sane size."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse("wrong_type", f"must be {expected(int)}, not {found(value)}")
    if abs(value) > LARGEST:
        raise refuse("absurd_size", f"is too large: a whole number may be {LARGEST:,} at most")
    return value


def number(value: Any, _: Any = None) -> float:
    """Return `value` as a float if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refuse("wrong_type", f"must be {expected(float)}, not {found(value)}")
    if not -ENDLESS < value < ENDLESS:
        text = f"must be a finite number, not {value}" if isinstance(value, float) else "is too large for a number"
        raise refuse("not_finite", text)
    return float(value)


def truth(value: Any, _: Any = None) -> bool:
    """Return `value` if it is true or false."""
    if not isinstance(value, bool):
        raise refuse("wrong_type", f"must be {expected(bool)}, not {found(value)}")
    return value


def duration(value: Any, _: Any = None) -> Duration:
    """Return the duration that a text says."""
    if not isinstance(value, str):
        raise refuse("wrong_type", f"must be {expected(Duration)}, not {found(value)}")
    try:
        return Duration.parse(text(value))
    except GovflowError as error:
        raise refuse("bad_value", str(error)) from error


def choice(kind: Any) -> Callable[[Any, Any], Any]:
    """Return a reader of one of the texts that the ``Literal`` type `kind` names."""
    options = get_args(kind)

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, str) or value not in options:
            near = hint(value, options) if isinstance(value, str) else ""
            tail = near if near.startswith("; did") else ""
            raise refuse("bad_value", f"must be {expected(kind)}, not {found(value)}{tail}")
        return value

    return read


def severity(key: str) -> int:
    """Return the severity, 1 to 4, that a key says."""
    if key not in ("1", "2", "3", "4"):
        raise refuse("bad_value", f"{key!r} is not a severity: it is 1 (urgent), 2, 3 or 4")
    return int(key)


def hours(value: Any) -> tuple[float, ...]:
    """Return 24 hourly weights, none negative."""
    if not isinstance(value, (list, tuple)) or len(value) != 24:
        size = f"{len(value)} of them" if isinstance(value, (list, tuple)) else found(value)
        raise refuse("length", f"must be a list of 24 numbers, one for each hour, not {size}")
    weights = tuple(number(weight) for weight in value)
    if min(weights) < 0:
        raise refuse("negative", f"must not hold a negative number such as {min(weights):g}")
    return weights
