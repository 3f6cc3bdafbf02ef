"""A case as a desk gives it out: a frozen value, the state of things after one version."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from govflow.errors import UsageError
from govflow.record import Event, decode, encode

if TYPE_CHECKING:
    from govflow.casework.desk import Desk


@frozen
class Case:
    """A case at a version, and `by` whom it was read: None where the application itself did, or gave a command.

    `token` is given once, to whoever opens a case without a name: it lets them speak for the case later on.
    """

    id: str
    version: int
    _facts: Mapping[str, Any] = field(repr=False, alias="facts")  # what the desk remembers: never given out
    open: bool = True
    edition: str = field(default="", repr=False)
    token: str | None = field(default=None, repr=False)
    _desk: Desk | None = field(default=None, repr=False, eq=False, alias="desk")
    by: str | None = field(default=None, repr=False, eq=False)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """All that is known of it by name; see ``program.standing`` for the keys. A copy that cannot be changed."""
        return MappingProxyType(decode(encode(dict(self._facts))))

    @property
    def lifecycle(self) -> str:
        """The name of its lifecycle."""
        return str(self._facts["lifecycle"])

    @property
    def state(self) -> str:
        """The name of its state."""
        return str(self._facts["state"])

    @property
    def unit(self) -> str:
        """The unit that has it."""
        return str(self._facts["unit"])

    @property
    def severity(self) -> int:
        """How urgent it is: 1 (urgent) to 4."""
        return int(self._facts["severity"])

    @property
    def category(self) -> str | None:
        """What it is about."""
        return self._facts.get("category")

    @property
    def history(self) -> tuple[Event, ...]:
        """All its events up to now, the first first, as whoever has read the case may see them now."""
        return () if self._desk is None else self._desk.history(self.id, by=self.by)


def id_of(case: str | Case) -> str:
    """Return the id of a case that is given by itself or by its id."""
    if isinstance(case, str):
        return case
    if isinstance(case, Case):
        return case.id
    raise UsageError(f"'case' is {case!r:.80}: must be a case or the id of one: give what the desk returned")
