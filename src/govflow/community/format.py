"""The format's front door: a definition in, a community out, or every fault of it at once.

Reading goes through four rooms of their own: ``reading`` (files and fragments), ``sections`` (tables to objects),
``checks`` and ``behaviour`` (do the parts fit together). The way back is ``writing``, single keys are ``change``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from govflow.community.checks import draft_faults
from govflow.community.model import Community
from govflow.community.places import is_name, order
from govflow.community.reading import Source, read_source
from govflow.community.sections import Draft, read
from govflow.errors import DefinitionError, Fault, UsageError

MISSED = ("no_take", "no_final", "unfired")
"""The codes of faults that something is not there."""


def load(source: Source) -> Community:
    """Return the community that `source` defines: a bundled name, a path to a TOML file, or a table.

    It is whole and sound as a definition, or nothing is returned: DefinitionError holds every fault with its
    place, UnknownName tells the nearest name, InputError why a file cannot be read.

    >>> load("beida").name
    'beida'
    """
    written = read_source(source)
    return build(written.data, written.subject)


def build(data: Mapping[str, Any], subject: str) -> Community:
    """Return the community of a merged table; `subject` names it in a DefinitionError."""
    draft = read(data)
    if found := _faults(draft):
        raise DefinitionError(subject, found)
    return draft.community


def parse(source: Source) -> dict[str, Any]:
    """Return the definition behind `source` as one table, merged with its fragments, whether sound or not.

    >>> parse("beida")["format"]
    1
    """
    return dict(read_source(source).data)


def faults(data: Mapping[str, Any]) -> list[Fault]:
    """Return everything that is malformed in a definition given as a table, sorted by place; empty if sound.

    A fragment that cannot be laid under it is a fault too; a file that cannot be read raises InputError.

    >>> [fault.path for fault in faults({"format": 2, "name": "x"})][:2]
    ['calendars', 'categories']
    """
    try:
        return _faults(read(read_source(data).data))
    except DefinitionError as error:
        return list(error.faults)


def _faults(draft: Draft) -> list[Fault]:
    """Return the faults of reading, and those of fitting together that are not merely their consequence."""
    fitting = [fault for fault in draft_faults(draft) if not _is_consequence(fault, draft)]
    found = dict.fromkeys((*draft.faults, *fitting))
    return sorted(found, key=lambda fault: (order(fault.path), fault.code, fault.text))


def _is_consequence(fault: Fault, draft: Draft) -> bool:
    """Say whether a fault may be there only because something else could not be read.

    It lies at, in or around a place that could not be read; it speaks of a thing that had to be left out; or it
    misses something in a lifecycle where that may be the thing left out.
    """
    if any(_related(fault.path, unread.path) for unread in draft.faults):
        return True
    return any(
        repr(name) in fault.text
        or f".{name}." in f".{fault.path}."
        or (fault.code in MISSED and fault.path.startswith(".".join(path.split(".")[:2])))
        for path, name in draft.lost
    )


def _related(path: str, other: str) -> bool:
    """Say whether one place is the other or lies inside it."""
    short, long = sorted((path, other), key=len)
    return long.startswith(short) and long[len(short) : len(short) + 1] in ("", ".", "[")


@cache
def _shipped(*path: str) -> str:
    return files("govflow").joinpath(*path).read_text(encoding="utf-8")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the format, for editors; `load` refuses whatever it refuses.

    >>> schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    loaded: dict[str, Any] = json.loads(_shipped("schema", "community.schema.json"))
    return loaded


def template(name: str) -> str:
    """Return a small, complete, commented definition to start from, as TOML text; it loads without a fault.

    >>> template("riverside").splitlines()[0]
    '# riverside: a community, written down once.'
    """
    if not is_name(name):
        raise UsageError(f"{name!r} cannot be a community's name: use letters, digits, '_' and '-'")
    return _shipped("community", "template.toml").replace("@NAME@", name)
