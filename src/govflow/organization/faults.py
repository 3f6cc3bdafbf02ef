"""The faults of an organization while it is being read: collected here, raised together as one DefinitionError.

Codes: ``absurd_size``, ``bad_value``, ``contradiction``, ``cycle``, ``duplicate``, ``empty_level``, ``malformed_id``,
``no_default``, ``no_top``, ``orphan``, ``reserved_name``, ``skipped_level``, ``too_many_names``, ``two_contacts``,
``two_superiors``, ``two_tops``, ``unknown_name``, ``upside_down``, ``wrong_tie``. What counts as a fault is decided
in ``columns`` and ``patterns`` (numbers, names), ``tree`` (the arborescence) and ``relations`` (everything tied to it).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import index
from string import ascii_lowercase, digits

from attrs import define, field

from govflow.errors import DefinitionError, Fault, hint

MAX_UNITS = 10_000_000
"""More units than any community has: a plan that asks for more is refused before a single one is made."""

MAX_PEOPLE = 1_000_000_000
"""As `MAX_UNITS`, for households and for handlers, one by one and in all."""

_FEW = 500
_HINTS = 100
_SLUG = re.compile(r"[^\s/#]+")
_ID = re.compile(r"[^\s/#]+/[^\s/#]+")
_PLAIN_KEY = re.compile(r"[\w-]+")

SLUG_RULE = "a slug has no spaces, slashes or '#'"


@define(eq=False)
class Faults:
    """What has been found wrong so far; `root` stands before every key path (``organization.`` or nothing)."""

    root: str = "organization."
    found: list[Fault] = field(factory=list)

    def add(self, path: str, code: str, text: str) -> None:
        """Note one fault at `path`, which is taken as it is."""
        self.found.append(Fault(path, code, text))

    def unknown(self, path: str, kind: str, name: object, known: Collection[str]) -> None:
        """Note a name that is not known; the nearest spelling is told for the first hundred faults."""
        tail = hint(str(name), nearby(str(name), known)) if len(self.found) < _HINTS else ""
        self.add(path, "unknown_name", f"unknown {kind} {name!r}{tail}")

    def number(self, path: str, value: object, most: int, *, least: int = 0) -> int:
        """Return `value` if it is a whole number from `least` to `most`; else note the fault and return `least`."""
        try:
            number = index(value)  # type: ignore[arg-type]
        except TypeError:
            number = None
        if number is None or isinstance(value, bool):
            self.add(path, "bad_value", f"must be a whole number, not {value!r}")
        elif number < least:
            rule = "a number of units, handlers or households is never negative" if least == 0 else f"at least {least}"
            self.add(path, "bad_value", f"is {number}: {rule}")
        elif number > most:
            self.add(path, "absurd_size", f"is {number:,}: at most {most:,} can be built")
        else:
            return number
        return least

    def totals(self, units: int, handlers: int, households: int) -> None:
        """Raise everything found so far if there is more in all than can be built."""
        for name, count, most in [
            ("units", units, MAX_UNITS),
            ("handlers", handlers, MAX_PEOPLE),
            ("households", households, MAX_PEOPLE),
        ]:
            if count > most:
                text = f"{count:,} {name} in all: at most {most:,} can be built"
                self.add(self.root.rstrip("."), "absurd_size", text)
                self.raise_any()

    def raise_any(self) -> None:
        """Raise everything found as one DefinitionError; do nothing when nothing was found."""
        if self.found:
            raise DefinitionError("organization", self.found)


def path_of(base: str, *keys: str) -> str:
    """Return a dotted key path; a key that is no plain word is quoted.

    >>> path_of("organization.patterns", "host", "each", "group/3-2")
    'organization.patterns.host.each."group/3-2"'
    """
    return ".".join([base, *(key if _PLAIN_KEY.fullmatch(key) else f'"{key}"' for key in keys)])


def is_slug(text: object) -> bool:
    """Return whether `text` can name one thing within its level: not empty, no spaces, slashes or ``#``."""
    return isinstance(text, str) and _SLUG.fullmatch(text) is not None


def is_id(text: object) -> bool:
    """Return whether `text` has the form ``level/slug``."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def malformed(ids: Iterable[object]) -> list[int]:
    """Return the positions of those `ids` that are not ``level/slug``; quick also for a million."""
    match = _ID.fullmatch
    return [at for at, text in enumerate(ids) if not (isinstance(text, str) and match(text))]


def nearby(name: str, known: Collection[str]) -> Sequence[str]:
    """Return the known names worth comparing with `name`: all of a few, else those one edit away.

    Comparing with each of a million ids would take minutes; looking up every text one edit away takes
    under a millisecond. `known` is a mapping or set where it is large.

    >>> nearby("host/3-2-1111", {f"host/3-2-{n}": n for n in range(1000)})
    ['host/3-2-111']
    """
    if len(known) <= _FEW:
        return tuple(known)
    letters = sorted({*name, *ascii_lowercase, *digits, "-", "_", "/"})
    splits = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    edits = {head + tail[1:] for head, tail in splits}
    edits |= {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
    edits |= {head + letter + tail for head, tail in splits for letter in letters}
    edits |= {head + letter + tail[1:] for head, tail in splits for letter in letters}
    return sorted(edit for edit in edits if edit in known)


def level_of(unit: object, depths: Mapping[str, int]) -> int:
    """Return the depth of the level that an id ``level/slug`` names; ``len(depths)`` where there is none.

    >>> level_of("group/3-2", {"branch": 0, "group": 1}), level_of("gruop/3-2", {"branch": 0, "group": 1})
    (1, 2)
    """
    return depths.get(unit.partition("/")[0], len(depths)) if isinstance(unit, str) else len(depths)
