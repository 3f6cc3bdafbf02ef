"""From the converter's exceptions to faults with places, and on with what could be read.

A definition with one slip should be told about its other slips in the same breath. So what cannot be read is
noted, left out, and reading goes on; a thing that cannot do without what was left out is left out itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar, get_args

from attrs import define, field, frozen
from cattrs import ForbiddenExtraKeysError
from cattrs.errors import AttributeValidationNote, BaseValidationError, IterableValidationNote

from govflow.community import places
from govflow.community.model import Behaviour
from govflow.community.structure import converter, is_named, key_of, keys, named, table
from govflow.community.values import expected
from govflow.errors import DefinitionError, Fault, hint

T = TypeVar("T")
_Steps = tuple[places.Key, ...]


@frozen
class _Finding:
    """A fault at `steps` inside what was read, and what to leave out so as to read the rest: little first, then more.

    `entry` is the named thing that the fault lies in, if any: without it, its name is missed elsewhere.
    """

    steps: _Steps
    code: str
    text: str
    left_out: tuple[_Steps, ...]
    entry: _Steps = ()


@define(eq=False)
class Reader:
    """Reads tables into classes of the model; gathers the `faults`, and path and name of what is `lost`."""

    faults: list[Fault] = field(factory=list)
    lost: list[tuple[str, str]] = field(factory=list)

    def one(self, kind: type[T], value: Any, path: str) -> T | None:
        """Return `value` as a `kind`, without those parts that are at fault; None where it cannot do without them."""
        try:
            return converter().structure(value, kind)
        except (BaseValidationError, DefinitionError) as error:
            findings = sorted(_findings(error, _NOWHERE), key=lambda f: places.order(places.join(*f.steps)))
        self.faults += [Fault(places.under(path, *f.steps), f.code, f.text) for f in findings]
        for more in range(max(len(finding.left_out) for finding in findings)):
            left_out = [f.left_out[min(more, len(f.left_out) - 1)] for f in findings if f.left_out]
            try:
                read = converter().structure(_without(value, left_out), kind)
            except (BaseValidationError, DefinitionError):
                continue
            lost = dict.fromkeys(f.entry for f in findings if f.entry in left_out)
            self.lost += [(places.under(path, *entry), str(entry[-1])) for entry in lost]
            return read
        return None

    def each(self, kind: type[T], value: Any, path: str, **more: str) -> dict[str, T]:
        """Return the table `value` as objects by name, without those that cannot be read; `more` is put into each."""
        read: dict[str, T] = {}
        for key, inner in self.table(value, path).items():
            here = places.under(path, key)
            written = self.guard(partial(named, key, inner, **more), here)
            if written is not None and (one := self.one(kind, written, here)) is not None:
                read[key] = one
        return read

    def table(self, value: Any, path: str) -> Mapping[str, Any]:
        """Return `value` if it is a table, else note the fault and return an empty one."""
        return self.guard(lambda: table(value), path) or {}

    def guard(self, read: Callable[[], T], path: str) -> T | None:
        """Return ``read()``; where it refuses, note its faults as lying under `path` and return None."""
        try:
            return read()
        except DefinitionError as error:
            self.faults += [Fault(places.inside(path, f.path), f.code, f.text) for f in error.faults]
        return None


def _without(value: Any, left_out: list[_Steps]) -> Any:
    """Return `value` without some places; from the last to the first, so that positions in lists stay true."""
    for steps in reversed(left_out):
        value = places.without(value, steps)
    return value


@frozen
class _Where:
    """How far an error has been followed: the steps so far, the innermost attribute, the innermost named thing."""

    at: _Steps = ()
    attribute: _Steps = ()
    entry: _Steps = ()
    in_table: bool = False

    def into(self, key: str, kind: Any) -> _Where:
        """Go into an attribute of type `kind` that is written under `key`."""
        at = (*self.at, key)
        holds_named = any(part is Behaviour or is_named(part) for part in get_args(kind))
        return _Where(at, () if holds_named else at, self.entry, holds_named)

    def item(self, key: places.Key) -> _Where:
        """Go into an item of a table or list."""
        at = (*self.at, key)
        return _Where(at, self.attribute, at if self.in_table else self.entry)


_NOWHERE = _Where()


def _findings(error: Exception, where: _Where) -> Iterator[_Finding]:
    """Yield what an exception of the converter says went wrong, each with its steps from `where` on."""
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _inner(inner, error.cl, where)
    elif isinstance(error, ForbiddenExtraKeysError):
        for key in sorted(map(str, error.extra_fields)):
            text = f"is not a key of {_a(error.cl)}{hint(key, keys(error.cl))}"
            yield _Finding((*where.at, key), "unknown_key", text, ((*where.at, key),))
    elif isinstance(error, DefinitionError):
        left_out = tuple(filter(None, dict.fromkeys((where.at, where.attribute, where.entry))))
        for fault in error.faults:
            yield _Finding(where.at, fault.code, fault.text, left_out, where.entry)
    else:
        raise error


def _inner(inner: Exception, cls: type, where: _Where) -> Iterator[_Finding]:
    for note in getattr(inner, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            key = key_of(cls, note.name)
            if isinstance(inner, KeyError):
                left_out = tuple(filter(None, (where.attribute if where.attribute == where.at else (), where.entry)))
                text = f"is missing: it must be {expected(note.type)}"
                yield _Finding((*where.at, key), "missing_key", text, left_out, where.entry)
                return
            where = where.into(key, note.type)
        elif isinstance(note, IterableValidationNote) and note.index is not None:
            where = where.item(note.index)
    yield from _findings(inner, where)


def _a(cls: type) -> str:
    name = cls.__name__.strip("_").lower()
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
