"""What every store promises: all or nothing, nothing over another's work, events in order.

A desk hands a `Commit` to `Store.write`: new events, the rows of their cases as they are afterwards, texts for the
vault, idempotency keys. Rows are a projection: what they say can be folded from the events at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from attrs import define, field, frozen

from govflow.record import Line, Secret

COLUMNS = (
    "lifecycle",
    "state",
    "unit",
    "severity",
    "category",
    "channel",
    "home",
    "household",
    "reporter",
    "parent",
    "main",
    "opened",
    "entered",
)
"""The facts of a case by which a store can look for cases; each is the fact of the same name, or None."""


@define(eq=False)
class Row:
    """A case as it is after its last event: the version, the hash and the facts, its next due instant, whether open.

    `edition` names the definition on which the case runs.
    """

    case: str
    version: int
    head: bytes
    edition: str
    due: int | None
    open: bool
    facts: Mapping[str, Any]


@frozen
class Key:
    """An idempotency key: the command's fingerprint, and the cases that it was about, in the order of its answer."""

    key: str
    command: str
    cases: tuple[str, ...]


@define(eq=False)
class Commit:
    """What is written together or not at all.

    `lines` are in the order in which they happened; `rows` are the cases they belong to, and those that were looked at
    for it, each as it is after the commit; `bases` say at which version each stood before, 0 for a new one. `forget`
    are texts to erase, each by case, version and name.
    """

    lines: Sequence[Line]
    rows: Sequence[Row]
    bases: Mapping[str, int]
    secrets: Sequence[Secret] = ()
    keys: Sequence[Key] = ()
    forget: Sequence[tuple[str, int, str]] = ()


@frozen
class Query:
    """Which cases to look for: `where` maps columns of `COLUMNS` to a value, or to several; None is nothing said.

    `order` ``inbox``: severity, entered, case; ``case``: by id. `after` is the last row of the page before: its
    (severity, entered, case) or its (case,). `limit` rows at most.
    """

    where: Mapping[str, Any] = field(factory=dict)
    open: bool | None = None
    order: Literal["inbox", "case"] = "inbox"
    after: tuple[Any, ...] | None = None
    limit: int = 50


class Stale(Exception):  # no error for a user: the desk decides anew
    """Another desk was quicker: the case is no longer at the version that a commit began from. Nothing was written."""

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self.case = case


class Taken(Exception):  # as Stale
    """An idempotency key is there already. Nothing was written."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Store(Protocol):
    """Where a desk keeps its record. Safe to be used by many threads, and by many desks where the medium allows it.

    Every method sees what was written before it was called. A text with NUL or half a character in it is never written,
    and nothing is found by one. A medium that fails raises StoreError, and nothing of that call was written.
    """

    def write(self, commit: Commit) -> None:
        """Write a commit whole, durably, or not at all; Stale or Taken where somebody was quicker."""
        ...

    def row(self, case: str) -> Row | None:
        """Return a case's row, None where there is no such case."""
        ...

    def lines(self, case: str, after: int = 0) -> list[Line]:
        """Return the events of a case whose version is greater than `after`, in order."""
        ...

    def select(self, query: Query) -> list[Row]:
        """Return a page of the cases that a query asks for, in its order."""
        ...

    def count(self, query: Query) -> int:
        """Return how many cases a query asks for, whatever its page."""
        ...

    def due(self, until: int, limit: int) -> list[str]:
        """Return the cases whose next due instant is at or before `until`, soonest first, then by id."""
        ...

    def next_due(self) -> int | None:
        """Return the soonest due instant of all cases."""
        ...

    def seal(self) -> int:
        """Give every committed event that has none its position and the log's hash; return how many."""
        ...

    def log(self, after: int = 0, limit: int = 1000) -> list[Line]:
        """Return the sealed events with positions greater than `after`, in order. Positions begin at 1."""
        ...

    def head(self) -> tuple[int, bytes]:
        """Return the position and the log's hash of the last sealed event."""
        ...

    def cases(self) -> Iterator[tuple[str, list[Line]]]:
        """Yield every case with all its events, in order of id, as they are stored; for audit and rebuilding."""
        ...

    def changes(self) -> Iterator[tuple[str, str]]:
        """Yield (case, changes) of every event, by case and version: what a fold reads, and no more."""
        ...

    def rows(self) -> Iterator[Row]:
        """Yield every row, in order of id.

        Where a store finds cases by something else than the facts it gives out, and that says otherwise, what it says
        of a column is a further fact ``column.NAME``; and so is ``column.open`` where that is neither 0 nor 1.
        """
        ...

    def rebuild(self, rows: Iterable[Row]) -> None:
        """Put these rows in the place of all that are there."""
        ...

    def secrets(self, case: str) -> list[Secret]:
        """Return the texts of a case that have not been erased."""
        ...

    def vault(self, owner: str | None = None) -> Iterator[Secret]:
        """Yield the texts that have not been erased, all or an owner's, by case, version and name."""
        ...

    def key(self, key: str) -> Key | None:
        """Return an idempotency key, None where it has not been used."""
        ...

    def contact(self, person: str) -> Mapping[str, str] | None:
        """Return a person's contacts, None where there are none."""
        ...

    def keep_contact(self, person: str, details: Mapping[str, str] | None) -> None:
        """Keep a person's contacts in the place of those before; None erases them."""
        ...

    def definition(self, edition: str) -> str | None:
        """Return the text of the definition of an edition."""
        ...

    def keep_definition(self, edition: str, text: str) -> None:
        """Keep the text of a definition; an edition that is there stays as it is."""
        ...

    def editions(self) -> list[str]:
        """Return the editions that are kept, the earliest first."""
        ...

    def mark(self, name: str) -> int | None:
        """Return a number kept under a name, such as up to when the desk has advanced."""
        ...

    def keep_mark(self, name: str, value: int) -> bool:
        """Keep a number under a name, and say so; one that is not greater than what is there changes nothing."""
        ...

    def close(self) -> None:
        """Let go of connections and files. The store cannot be used afterwards."""
        ...
