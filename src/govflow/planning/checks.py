"""What planners are given, checked against what their signatures say: wrong types, NaN, wrong signs, what is empty.

`checked` stands above a function or a class of values and reads its annotations; the names here are annotations that
say more than a type does, a `Name` is not empty, a `Positive` is 1 or more. Several things come out as a tuple, so an
iterator is as good as a list. What depends on two values at once is checked where they meet, names and what is given
twice in ``planning.inputs``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from inspect import isclass, signature
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from attrs import frozen

from govflow.calendar import FIRST, LAST, WEEKDAYS
from govflow.errors import UnknownName, UsageError

T = TypeVar("T", bound=Callable[..., Any])
Read = Callable[[str, Any], Any]
"""What reads a value: path and value → the value, or UsageError."""


@frozen
class Whole:
    """A whole number from `least` to `most`; True is none, and nor is 2.0."""

    least: int
    most: int

    def __call__(self, path: str, value: Any) -> int:
        """Return the value if it is one."""
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        bounds = f"from {self.least:,} {'on' if self.most == LAST else f'to {self.most:,}'}"
        raise wrong(path, value, "a whole number" if self.least == -LAST else f"a whole number {bounds}")


@frozen
class Instants:
    """An instant for which calendars answer, a whole number of microseconds UTC."""

    def __call__(self, path: str, value: Any) -> int:
        """Return the value if it is one."""
        if isinstance(value, int) and not isinstance(value, bool) and FIRST <= value <= LAST:
            return value
        raise wrong(path, value, "an instant, a whole number of µs UTC from the year 1900 to 2499,")


@frozen
class Windows:
    """A time from one instant to a later one."""

    def __call__(self, path: str, value: Any) -> tuple[int, int]:
        """Return the value, as a tuple, if it is one."""
        if isinstance(value, tuple | list) and len(value) == 2:
            begins, ends = (Instants()(path, at) for at in value)
            if begins < ends:
                return begins, ends
        raise wrong(path, value, "a window (from, until), its end after its beginning,")


@frozen
class Texts:
    """A text that is not empty."""

    def __call__(self, path: str, value: Any) -> str:
        """Return the value if it is one."""
        if isinstance(value, str) and value:
            return value
        raise wrong(path, value, "a text that is not empty")


@frozen
class Weekdays:
    """A weekday, ``mon`` to ``sun``."""

    def __call__(self, path: str, value: Any) -> str:
        """Return the value if it is one; UnknownName for another text."""
        if isinstance(value, str) and value not in WEEKDAYS:
            raise UnknownName("weekday", value, WEEKDAYS)
        return Texts()(path, value)


Name = Annotated[str, Texts()]
Weekday = Annotated[str, Weekdays()]
Natural = Annotated[int, Whole(0, LAST)]
Positive = Annotated[int, Whole(1, LAST)]
Instant = Annotated[int, Instants()]
Window = Annotated[tuple[int, int], Windows()]
"""A time from one instant to another, half-open, in microseconds UTC."""


def wrong(path: str, value: object, words: str) -> UsageError:
    """Return the error that says what is wanted instead of a value."""
    return UsageError(f"{path} is {value!r:.80}: {words} is wanted")


def checked(thing: T) -> T:
    """Return a function, or a class of values, that reads its arguments by their annotations before anything else.

    >>> @checked
    ... def wait(times: Iterable[Natural]) -> int:
    ...     return sum(times)
    >>> wait(iter([1, 2]))
    3
    >>> wait([1, float("nan")])
    Traceback (most recent call last):
    govflow.errors.UsageError: wait: times[1] is nan: a whole number from 0 on is wanted
    """
    function = thing.__init__ if isclass(thing) else thing
    skipped = int(isclass(thing))

    @cache
    def reads() -> dict[str, Read]:
        hints = get_type_hints(thing, include_extras=True)
        names = [*signature(function).parameters][skipped:]
        return {name: _reader(hints[name]) for name in names}

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        known = reads()
        told = thing.__name__
        own = args[skipped:]
        read = [one(f"{told}: {name}", value) for (name, one), value in zip(known.items(), own, strict=False)]
        named = {n: known[n](f"{told}: {n}", value) if n in known else value for n, value in kwargs.items()}
        return function(*args[:skipped], *read, *own[len(read) :], **named)

    if not isclass(thing):
        return cast("T", call)
    setattr(thing, "__init__", call)  # noqa: B010 - a type checker takes a method for fixed
    return thing


# ------------------------------------------------------------ from annotations to what reads them
def _reader(hint: Any) -> Read:
    """Return what reads values of an annotation."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return cast("Read", args[1])
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin in (Union, UnionType):
        return _either([_reader(one) for one in args if one is not NoneType], NoneType in args)
    if origin is Literal:
        return _by(lambda value: isinstance(value, str) and value in args, f"one of {', '.join(args)}")
    if origin is tuple and args[-1:] != (...,):
        return _in_a_row([_reader(one) for one in args])
    if origin is None:
        return _by(lambda value: isinstance(value, hint), _one(hint))
    if len(args) == 2 and issubclass(origin, Mapping):
        return _each_value(*map(_reader, args))
    if issubclass(origin, Iterable) and not issubclass(origin, Mapping):
        return _several(_reader(args[0]), frozenset if origin is frozenset else tuple)
    return _by(lambda value: isinstance(value, origin), _one(origin))


def _one(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"


def _by(fits: Callable[[Any], bool], words: str) -> Read:
    def read(path: str, value: Any) -> Any:
        if fits(value):
            return value
        raise wrong(path, value, words)

    return read


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


_PLAIN: Mapping[Any, Read] = {
    Any: lambda _, value: value,
    str: _by(lambda value: isinstance(value, str), "a text"),
    int: Whole(-LAST, LAST),
    float: _by(_number, "a finite number"),
}


def _either(arms: list[Read], optional: bool) -> Read:
    def read(path: str, value: Any) -> Any:
        if value is None and optional:
            return None
        for arm in arms[:-1]:
            try:
                return arm(path, value)
            except UsageError:
                continue
        return arms[-1](path, value)

    return read


def _several(one: Read, made: Callable[[Iterable[Any]], Any]) -> Read:
    def read(path: str, value: Any) -> Any:
        if isinstance(value, str):
            raise UsageError(f"{path}: {value!r:.80} is one text: several are wanted, write [{value!r:.80}]")
        if not isinstance(value, Iterable):
            raise wrong(path, value, "a list or the like")
        return made(_all(path, [(at, each, one) for at, each in enumerate(value)]))

    return read


def _in_a_row(parts: list[Read]) -> Read:
    def read(path: str, value: Any) -> Any:
        if not isinstance(value, tuple | list) or len(value) != len(parts):
            raise wrong(path, value, f"a tuple of {len(parts)}")
        return tuple(_all(path, [*zip(range(len(parts)), value, parts, strict=True)]))

    return read


def _each_value(key: Read, one: Read) -> Read:
    def read(path: str, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise wrong(path, value, "a dictionary")
        names = [key(f"a name in {path}", name) for name in value]
        return dict(zip(names, _all(path, [(name, each, one) for name, each in value.items()]), strict=True))

    return read


def _all(path: str, values: list[tuple[Any, Any, Read]]) -> list[Any]:
    """Return values, each read; where they stand is only written down when one is wrong."""
    try:
        return [one(path, value) for _, value, one in values]
    except UsageError:
        return [one(f"{path}[{at!r:.80}]", value) for at, value, one in values]
