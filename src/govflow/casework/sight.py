"""How much of a case is shown to whoever may see it: all of it, but for what points at somebody else's matter.

The id of a linked case that the reader may not see is left out, for to them there is no such case. Who has only
co-signed a petition is shown how it stands and what was done, and no other resident: neither who they are, nor their
household, nor a word that anybody else has said. Who may see a case at all is decided in ``visibility``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen

from govflow.casework.directory import ANONYMOUS, Actor
from govflow.casework.editions import Edition
from govflow.casework.links import LINKS, LISTS
from govflow.casework.permission import at_large
from govflow.casework.visibility import CIRCLES, PERSONS, may_see
from govflow.lifecycle import CLOCK
from govflow.record import Event

SOMEBODY = "somebody"
"""How a resident is called in an event that is shown to a co-signer."""

PEOPLE = (*PERSONS, "about", "household")
"""The facts that name one person or household."""

LISTED = (*CIRCLES, "recused")
ONCE = "once."
"""The facts that list people; and how those begin that say who has done what each does once."""


@frozen(eq=False)
class Sight:
    """What of a case somebody is shown: `seen` says which other cases they may see.

    To a `co_signer`, who has no other part in the case, no other resident is shown.
    """

    edition: Edition
    seen: Callable[[str], bool]
    co_signer: Actor | None = None

    def facts(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the facts of a case, or those that an event has changed, as far as they are shown."""
        return {key: self._fact(key, value) for key, value in facts.items() if not self._is_left_out(key, value)}

    def _is_left_out(self, key: str, value: Any) -> bool:
        if value is None:
            return False
        return (key in LINKS and not self.seen(value)) or (key in PEOPLE and not self.names(value))

    def _fact(self, key: str, value: Any) -> Any:
        if key in LISTS:
            return [case for case in value if self.seen(case)]
        if key in LISTED or key.startswith(ONCE):
            return [name for name in value if self.names(name)]
        return value

    def event(self, event: Event, lifecycle: str) -> Event:
        """Return an event of a case as far as it is shown; what is left out of it no longer gives its hash."""
        known = self.edition.fields[self.edition.lifecycle(lifecycle)]
        kinds = {name: known[name].kind if name in known else name for name in event.fields}
        left_out = {name for name, kind in kinds.items() if kind == "case" and not self.seen(event.fields[name])}
        left_out |= {name for name, kind in kinds.items() if kind == "actor" and not self.names(event.fields[name])}
        return evolve(
            event,
            by=event.by if self.names(event.by) else SOMEBODY,
            behalf=event.behalf if event.behalf is None or self.names(event.behalf) else SOMEBODY,
            fields={name: value for name, value in event.fields.items() if name not in left_out},
            changes=self.facts(event.changes),
        )

    def words(self, event: Event) -> bool:
        """Say whether the words of an event are shown: to a co-signer their own."""
        return self.co_signer is None or event.by in self.co_signer.names

    def names(self, name: str) -> bool:
        """Say whether somebody is named: to a co-signer everybody is but other residents and households."""
        if self.co_signer is None or name == CLOCK or name in self.co_signer.names:
            return True
        roster = self.edition.roster
        if name.partition("/")[0] in (*roster.organization.level_names, "partner", "team"):
            return True
        return not name.startswith(ANONYMOUS) and at_large(self.edition, "member", roster.known(name)) is not None


def sight(edition: Edition, facts: Mapping[str, Any], actor: Actor, at: int, seen: Callable[[str], bool]) -> Sight:
    """Return how much an actor who may see a case is shown of it: whether it is open to them as a co-signer alone."""
    alone = bool(facts.get("reporters")) and not may_see(edition, {**facts, "reporters": ()}, actor, at)
    return Sight(edition, seen, actor if alone else None)
