"""The converter: from the tables of a file to the classes of the model.

A table's name comes from its key, one text may stand for a list of one, and unknown keys are refused. What a
value means together with others is not known here; see ``community.checks``. How the converter's exceptions
become faults: ``community.sections``. It is built on first use, for that takes longer than importing this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from attrs import NOTHING, fields, has, resolve_types
from cattrs import Converter, IterableValidationError
from cattrs.errors import BaseValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from govflow.calendar import Duration
from govflow.community import places, values
from govflow.community.distribution import PARAMETERS
from govflow.community.model import Category, Distribution, Figure, Intake
from govflow.community.values import expected, found, refuse
from govflow.errors import DefinitionError, hint
from govflow.lifecycle import Counter, Deadline, Field, FieldLimit, Lifecycle, Metric, Span, State, Transition
from govflow.organization import Level, OutsideUnit, Pattern, TieRow

NAME = "<name>"
"""The key under which a table's own name is handed to the converter; no file may write it."""

KIND = "<kind>"
"""Likewise for the kind of an outside unit, which the file says by the section."""

KEYS: Mapping[type, Mapping[str, str]] = {
    State: {"name": NAME},
    Transition: {"trigger": NAME, "source": "from", "target": "to"},
    Counter: {"name": NAME},
    Field: {"name": NAME},
    Deadline: {"name": NAME},
    Metric: {"name": NAME},
    Span: {"name": NAME},
    Lifecycle: {"name": NAME},
    Level: {"name": NAME},
    Category: {"name": NAME},
    Figure: {"name": NAME},
    Pattern: {"level": NAME},
    OutsideUnit: {"id": NAME, "kind": KIND},
    TieRow: {"source": "from", "target": "to"},
}
"""Where an attribute is written under another key than its own name."""


def key_of(cls: type, attribute: str) -> str:
    """Return the key under which a file writes an attribute of `cls`."""
    return KEYS.get(cls, {}).get(attribute, attribute)


def keys(cls: type) -> tuple[str, ...]:
    """Return the keys that a table for `cls` may have, in the order of the class."""
    written = (key_of(cls, a.name) for a in fields(cls))
    return tuple(key for key in written if key not in (NAME, KIND))


def is_named(cls: Any) -> bool:
    """Say whether objects of `cls` take their name from the key of their table."""
    return NAME in KEYS.get(cls, {}).values()


def table(value: Any, what: str = "a table") -> Mapping[str, Any]:
    """Return `value` if it is a table with text keys; refuse it otherwise."""
    if not isinstance(value, Mapping):
        raise refuse("wrong_type", f"must be {what}, not {found(value)}")
    for key in value:
        if not isinstance(key, str):
            raise refuse("wrong_type", f"must have text keys, not {found(key)}")
        values.text(key)
    return value


def named(key: str, value: Any, **more: str) -> dict[str, Any]:
    """Return the table `value` with its own name put in, ready for a class whose name comes from its key."""
    if not places.is_name(key):
        raise refuse("bad_name", f"{key!r} cannot be a name: use letters, digits, '_' and '-', a hundred at most")
    written = table(value)
    if NAME in written or KIND in written:
        raise refuse("unknown_key", f"the keys {NAME!r} and {KIND!r} cannot be written")
    return {**written, NAME: key, **more}


def each(pairs: Iterable[tuple[Any, Any]], read: Callable[[Any, Any], Any]) -> Iterator[tuple[Any, Any]]:
    """Yield (key, ``read(key, value)``) for all pairs; raise one error that gathers those that could not be read."""
    errors: list[Exception] = []
    for key, value in pairs:
        try:
            result = read(key, value)
        except (BaseValidationError, DefinitionError) as error:
            error.__notes__ = [*getattr(error, "__notes__", []), IterableValidationNote("", key, None)]
            errors.append(error)
        else:
            yield key, result
    if errors:
        raise IterableValidationError("", errors, dict)


def _mapping(kind: Any) -> Callable[[Any, Any], Any]:
    by, of = get_args(kind)
    inject = is_named(of)

    def item(key: str, value: Any) -> tuple[Any, Any]:
        hook = converter().get_structure_hook(of)
        return values.severity(key) if by is int else key, hook(named(key, value) if inject else value, of)

    return lambda value, _: dict(pair for _key, pair in each(table(value).items(), item))


def _tuple(kind: Any) -> Callable[[Any, Any], Any]:
    of = get_args(kind)[0]

    def read(value: Any, _: Any) -> Any:
        if of is str and isinstance(value, str):
            value = [value]
        if not isinstance(value, (list, tuple)):
            raise refuse("wrong_type", f"must be {expected(kind)}, not {found(value)}")
        hook = converter().get_structure_hook(of)
        return tuple(item for _at, item in each(enumerate(value), lambda _at, inner: hook(inner, of)))

    return read


def _union(kind: Any) -> Callable[[Any, Any], Any]:
    options = [option for option in get_args(kind) if option is not type(None)]

    def read(value: Any, _: Any) -> Any:
        chosen = options[0] if len(options) == 1 else next((o for o in options if _means(value, o)), None)
        if chosen is None:
            raise refuse("wrong_type", f"must be {expected(kind)}, not {found(value)}")
        return converter().structure(value, chosen)

    return read


def _means(value: Any, option: Any) -> bool:
    """Decide which side of a union a value means: by its shape, and a limit by its key ``field``."""
    if option is FieldLimit:
        return isinstance(value, Mapping) and "field" in value
    if get_origin(option) is Mapping:
        return isinstance(value, Mapping) and not (get_args(option)[1] is Duration and "field" in value)
    return isinstance(value, option) and not isinstance(value, bool)


def _class(cls: type) -> Callable[[Any, Any], Any]:
    resolve_types(cls)
    written: dict[str, Any] = {a: override(rename=key) for a, key in KEYS.get(cls, {}).items()}
    if cls is Lifecycle:
        written["transitions"] = override(struct_hook=_transitions)
    made: Any = make_dict_structure_fn(
        cls, converter(), _cattrs_forbid_extra_keys=True, _cattrs_use_linecache=False, **written
    )
    return lambda value, _: made(table(value), cls)


def _transitions(value: Any, _: Any) -> tuple[Transition, ...]:
    """Read a table of triggers; each holds one way, or a list of ways that are tried in order."""
    return tuple(way for _trigger, ways in each(table(value).items(), _ways) for way in ways)


def _ways(trigger: str, value: Any) -> list[Transition]:
    def way(_at: Any, written: Any) -> Transition:
        return converter().structure(named(trigger, written), Transition)

    if not isinstance(value, (list, tuple)):
        return [way(None, value)]
    if not value:
        raise refuse("wrong_type", "must hold at least one way, a table with the key 'from'")
    return [got for _at, got in each(enumerate(value), way)]


def _intake(value: Any, _: Any) -> Intake:
    """Read channel → level; the key ``category`` holds the finer table category → channel → level."""
    levels = converter().get_structure_hook(Mapping[str, str])

    def part(key: str, inner: Any) -> Any:
        if key != "category":
            return values.text(inner)
        return dict(each(table(inner).items(), lambda _, channels: levels(channels, None)))

    parts = dict(each(table(value).items(), part))
    finer = parts.pop("category", {})
    return Intake(channel=parts, category=finer)


def _distribution(value: Any, _: Any) -> Distribution:
    """Read ``{ kind = { parameter = … } }``, or a bare duration, which is constant."""
    if isinstance(value, str):
        return Distribution("constant", {"value": values.duration(value)})
    written = table(value, 'a duration or a table such as { lognormal = { mean = "90m", cv = 1.2 } }')
    if len(written) != 1:
        raise refuse("bad_value", f"must name one kind of distribution, not {len(written)}")
    kind = next(iter(written))
    if kind not in PARAMETERS:
        raise refuse("bad_value", f"unknown distribution {kind!r}{hint(kind, PARAMETERS)}")
    return Distribution(kind, dict(each(written.items(), lambda _, given: _parameters(kind, given)))[kind])


def _parameters(kind: str, given: Any) -> dict[str, Any]:
    wanted = PARAMETERS[kind]

    def parameter(key: str, value: Any) -> Any:
        if key not in wanted:
            raise refuse("unknown_key", f"is not a parameter of {kind}{hint(key, wanted)}")
        if value is NOTHING:
            raise refuse("missing_key", f"is missing: {kind} needs {expected(wanted[key])} here")
        return converter().structure(value, wanted[key])

    return dict(each({**dict.fromkeys(wanted, NOTHING), **table(given)}.items(), parameter))


def is_shaped(origin: Any, kind: Any) -> bool:
    """Say whether the type `kind` is an `origin` of something, such as ``tuple[str, ...]`` a tuple."""
    return get_origin(kind) is origin


@cache
def converter() -> Converter:
    """Return the one converter of this room, built on first use; its hooks are never changed afterwards."""
    made = Converter(detailed_validation=True, forbid_extra_keys=True)
    single = {str: values.text, int: values.whole, float: values.number, bool: values.truth, Duration: values.duration}
    for kind, hook in single.items():
        made.register_structure_hook(kind, hook)
    shaped = {Literal: values.choice, Mapping: _mapping, tuple: _tuple, Union: _union, UnionType: _union}
    for origin, factory in shaped.items():
        made.register_structure_hook_factory(partial(is_shaped, origin), factory)
    made.register_structure_hook_factory(lambda t: has(t) and t not in (Duration, Intake, Distribution), _class)
    made.register_structure_hook(Intake, _intake)
    made.register_structure_hook(Distribution, _distribution)
    return made
