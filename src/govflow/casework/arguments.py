"""What an argument of a desk can be, checked before anything is done with it: the same error on every store.

The signature says it: what stands there behind an argument's name, or behind a field of a command, is looked up here.
An annotation that is not known here is an error when the program starts, so that no argument is left out. What a value
means is decided where it is used; next: ``instants`` for times, ``saying`` for the fields of a lifecycle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from inspect import Parameter, signature
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

from attrs import field, fields, frozen

from govflow.calendar import Duration
from govflow.casework.case import Case
from govflow.casework.directory import Directory, StandIn
from govflow.casework.instants import INSTANT, is_instant
from govflow.community import Community
from govflow.errors import UsageError
from govflow.organization import Post

P = ParamSpec("P")
T = TypeVar("T")

MOST = 1 << 63
"""Whole numbers are below this, for that is how a store keeps them."""


@frozen
class Kind:
    """What an argument can be: what says so, what it is called, and whether a value's type alone tells."""

    fits: Callable[[Any], bool]
    words: str
    by_type: bool = False

    def check(self, name: str, value: Any) -> None:
        """Raise UsageError where an argument is something else."""
        if not self.fits(value):
            raise UsageError(f"{name!r} is {value!r:.80}: must be {self.words}")


def _a(words: str, *types: type) -> Kind:
    return Kind(lambda value: isinstance(value, types), words, by_type=True)


_NUMBER = Kind(lambda value: type(value) is int and -MOST <= value < MOST, "a whole number, as far as 64 bits go")
_CALLABLE = Kind(callable, "something to call, such as a function")

KINDS: Mapping[str, Kind] = {
    "str": _a("a text", str),
    "str | Case": _a("a case or the id of one: give what the desk returned", str, Case),
    "str | Duration": _a("a duration, such as '2d' or '90m'", str, Duration),
    "str | Iterable[str]": _a("a name or several", Iterable),
    "int": _NUMBER,
    "Instant": Kind(is_instant, INSTANT),
    "bool": _a("True or False", bool),
    "Mapping[str, Any]": _a("names with their values, as a dictionary", Mapping),
    "Mapping[str, str]": Kind(
        lambda value: (
            isinstance(value, Mapping) and all(isinstance(one, str) for pair in value.items() for one in pair)
        ),
        "a dictionary of texts",
    ),
    "Iterable[Open | Act | Remark]": _a("commands, as a list", Iterable),
    "Head": _a("the head of an earlier audit, (position, hash)", tuple, list),
    "Units": Kind(lambda value: isinstance(value, Mapping) or callable(value), "a dictionary of units, or a function"),
    "States": Kind(
        lambda value: isinstance(value, Mapping) and all(isinstance(names, Mapping) for names in value.values()),
        "a dictionary of states for each lifecycle",
    ),
    "Community": _a("a community, as load() gives it", Community),
    "Callable[[Event], object]": _CALLABLE,
    "Callable[P, T]": _CALLABLE,
    "Clock": _CALLABLE,
    "Ids": _CALLABLE,
    "Connection": Kind(lambda value: hasattr(value, "in_transaction"), "a connection of SQLAlchemy"),
    "tuple[Post, ...]": _a("posts, as a tuple", tuple, list),
    "tuple[StandIn, ...]": _a("stand-ins, as a tuple", tuple, list),
    "Directory": _a("a Directory", Directory),
}
"""Every annotation of an argument, but for what may be None besides."""


@cache
def kind(annotation: str) -> Kind:
    """Return what an argument with an annotation can be."""
    bare = annotation.removesuffix(" | None")
    known = KINDS[bare]
    if bare == annotation:
        return known
    return Kind(lambda value: value is None or known.fits(value), f"{known.words}, or None", known.by_type)


def checked(method: Callable[P, T]) -> Callable[P, T]:
    """Return a method of a desk that looks at its arguments first; the desk itself comes before them."""
    _, *parameters = signature(method).parameters.values()
    named = [one for one in parameters if one.kind not in (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)]
    kinds = {one.name: kind(one.annotation) for one in named}

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        for name, value in (*zip(kinds, args[1:], strict=False), *kwargs.items()):
            if name in kinds:
                kinds[name].check(name, value)
        return method(*args, **kwargs)

    return call


@frozen(eq=False)
class Form:
    """The fields of a class of values: what reads them all, what each can be, and the types that were fine before.

    Of the fields `told` a type does not tell everything: their values are looked at each time.
    """

    read: Callable[[Any], tuple[Any, ...]]
    kinds: tuple[tuple[str, Kind], ...]
    told: tuple[int, ...]
    fine: set[tuple[type, ...]] = field(factory=set, init=False)


def forms(*classes: type[Any]) -> dict[type, Form]:
    """Return what `fit` holds values of some classes to."""
    found = {}
    for made in classes:
        kinds = tuple((one.name, kind(str(one.type))) for one in fields(made) if one.init)
        told = tuple(at for at, (_, one) in enumerate(kinds) if not one.by_type)
        found[made] = Form(attrgetter(*(name for name, _ in kinds)), kinds, told)
    return found


def fit(value: Any, known: Mapping[type, Form]) -> None:
    """Raise UsageError where a value is of none of the classes known, or one of its fields cannot be what it is."""
    form = known.get(type(value))
    if form is None:
        names = ", ".join(one.__name__ for one in known)
        raise UsageError(f"{value!r:.80} is of no use here: must be one of {names}")
    values = form.read(value)
    types = tuple(map(type, values))
    if types not in form.fine:
        for (name, kind), one in zip(form.kinds, values, strict=True):
            kind.check(name, one)
        form.fine.add(types)
        return
    for at in form.told:
        if values[at] is not None:
            name, kind = form.kinds[at]
            kind.check(name, values[at])


_POSTS, _STAND_INS, _DIRECTORIES = forms(Post), forms(StandIn), forms(Directory)


def fit_directory(directory: Directory) -> None:
    """Raise UsageError where a directory holds something else than posts, households and who stands in."""
    fit(directory, _DIRECTORIES)
    for post in directory.posts:
        fit(post, _POSTS)
    for one in directory.stand_ins:
        fit(one, _STAND_INS)
