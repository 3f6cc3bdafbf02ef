"""The errors of govflow: one tree, drawn here, classed by what the caller should do.

::

    GovflowError
    ├── DefinitionError   (ValueError)   mend the definition: every fault with its place
    ├── UnknownName       (LookupError)  use a known name: the nearest is told
    ├── UsageError        (ValueError)   call with other arguments
    ├── InputError        (OSError)      give another file, or the right to read it
    ├── OutputError       (OSError)      free the disk, or name another place to write
    ├── MissingExtra      (ImportError)  install the named extra
    ├── Refused                          not allowed here and now: what is, and who could, is told
    ├── Conflict          (RuntimeError) somebody was quicker: look at what changed, decide again
    ├── StoreError        (RuntimeError) the store failed, nothing was written: mend it, try again
    └── SimulationError   (RuntimeError) the run cannot go on: a case turns for ever

A text says subject, fact, rule, remedy. Facts are attributes; the constructor's own arguments go to
``Exception.args`` untouched, so that every error survives pickling on its way out of a worker process.
This floor knows nothing above it; open ``docs/design.md`` for why the classes are these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from attrs import frozen


@frozen
class Fault:
    """One thing wrong in a definition: where (`path`, a dotted key path), which kind (`code`), what (`text`)."""

    path: str
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class GovflowError(Exception):
    """The root: ``except GovflowError`` catches everything govflow raises on purpose."""


class DefinitionError(GovflowError, ValueError):
    """A definition is malformed. `subject` names it; `faults` holds every fault, each with its place."""

    def __init__(self, subject: str, faults: Sequence[Fault]) -> None:
        super().__init__(subject, faults)
        self.subject = subject
        self.faults = tuple(faults)

    def __str__(self) -> str:
        count = len(self.faults)
        head = f"{self.subject}: {count} fault{'s' if count != 1 else ''} in the definition"
        return "\n".join([head, *(f"  {fault}" for fault in self.faults)])


class UnknownName(GovflowError, LookupError):
    """A `name` of some `kind` is not known; `known` are the names that are."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        known = tuple(known)
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    @property
    def nearest(self) -> str | None:
        """The known name that is spelled most like the one given, if any is near."""
        return nearest(self.name, self.known)

    def __str__(self) -> str:
        return f"unknown {self.kind} {self.name!r}{hint(self.name, self.known)}"


class UsageError(GovflowError, ValueError):
    """An argument cannot be used. `text` says subject, fact, rule and remedy."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


class InputError(GovflowError, OSError):
    """A file or stream cannot be read as what it should be. `path` names it, `text` says why."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(path, text)
        self.path = path
        self.text = text

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class OutputError(InputError):
    """A file cannot be written. Nothing half-written is left at `path`."""


class MissingExtra(GovflowError, ImportError):
    """Something needs packages that are not installed; `extra` names the extra that brings them."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, extra)
        self.what = what
        self.extra = extra

    def __str__(self) -> str:
        return (
            f"{self.what} needs packages that are not installed: those of the extra {self.extra!r}; "
            f"in a copy of the repository run: pip install '.[{self.extra}]'"
        )


class Refused(GovflowError):
    """A command is not allowed on a case as it stands, and nothing was done.

    `subject` is the case (or the lifecycle, at an opening) and `fact` what was tried and where; `rule` says why not,
    `remedy` what to do. `allowed` are the triggers that are open here, `who` those who could do this one.
    """

    def __init__(
        self, subject: str, fact: str, rule: str, remedy: str = "", allowed: Sequence[str] = (), who: Sequence[str] = ()
    ) -> None:
        super().__init__(subject, fact, rule, remedy, allowed, who)
        self.subject = subject
        self.fact = fact
        self.rule = rule
        self.remedy = remedy
        self.allowed = tuple(allowed)
        self.who = tuple(who)

    def __str__(self) -> str:
        told = f"{self.subject}: {self.fact}: {self.rule}"
        if self.allowed:
            told += f"; allowed here: {', '.join(self.allowed)}"
        if self.who:
            told += f"; who could: {', '.join(self.who)}"
        return f"{told}; {self.remedy}" if self.remedy else told


class Conflict(GovflowError, RuntimeError):
    """A case is no longer at the version that a command was decided on; `changed` are the kinds of events since."""

    def __init__(self, case: str, expected: int, version: int, changed: Sequence[str] = ()) -> None:
        super().__init__(case, expected, version, changed)
        self.case = case
        self.expected = expected
        self.version = version
        self.changed = tuple(changed)

    def __str__(self) -> str:
        since = f" ({', '.join(self.changed)} since)" if self.changed else ""
        return (
            f"{self.case}: is at version {self.version} and not {self.expected}{since}: a command holds for the "
            "version that was looked at; look again and decide anew"
        )


class StoreError(GovflowError, RuntimeError):
    """A store failed; nothing of the command was written. `text` says what and why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


class SimulationError(GovflowError, RuntimeError):
    """A simulation cannot go on. `text` says why and names the case."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name spelled most like `name`, or None when none is near.

    >>> nearest("beidda", ["beida", "jiafu"])
    'beida'
    """
    found = get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def hint(name: str, known: Iterable[str]) -> str:
    """Return the tail of an unknown-name message: the nearest spelling, else the known names (at most ten).

    >>> hint("gorup", ["group", "host"])
    "; did you mean 'group'?"
    """
    known = list(known)
    near = nearest(name, known)
    if near is not None:
        return f"; did you mean {near!r}?"
    if not known:
        return ""
    shown = ", ".join(repr(k) for k in known[:10])
    return f"; known: {shown}" + (f" and {len(known) - 10} more" if len(known) > 10 else "")
