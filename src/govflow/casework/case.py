"""A case as a desk gives it out: a frozen value, the state of things after one version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from govflow.record import Event

if TYPE_CHECKING:
    from govflow.casework.desk import Desk


@frozen
class Case:
    """A case at a version. `facts` hold all that is known of it by name; see ``program.standing`` for the keys.

    `token` is given once, to whoever opens a case without a name: it lets them speak for the case later on.
    """

    id: str
    version: int
    facts: Mapping[str, Any] = field(repr=False)
    open: bool = True
    edition: str = field(default="", repr=False)
    token: str | None = field(default=None, repr=False)
    _desk: Desk | None = field(default=None, repr=False, eq=False, alias="desk")

    @property
    def lifecycle(self) -> str:
        """The name of its lifecycle."""
        return str(self.facts["lifecycle"])

    @property
    def state(self) -> str:
        """The name of its state."""
        return str(self.facts["state"])

    @property
    def unit(self) -> str:
        """The unit that has it."""
        return str(self.facts["unit"])

    @property
    def severity(self) -> int:
        """How urgent it is: 1 (urgent) to 4."""
        return int(self.facts["severity"])

    @property
    def category(self) -> str | None:
        """What it is about."""
        return self.facts.get("category")

    @property
    def history(self) -> tuple[Event, ...]:
        """All its events up to now, the first first."""
        if self._desk is None:
            return ()
        return self._desk.history(self.id)


def id_of(case: str | Case) -> str:
    """Return the id of a case that is given by itself or by its id."""
    return case if isinstance(case, str) else case.id
