"""What a command is about to write: cases under way, the events that it makes, the texts it keeps.

Nothing of a draft is seen by anybody until the store has written it whole. A `Work` is a copy: what goes wrong leaves
the case as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, field

from govflow.casework.editions import Edition
from govflow.errors import UnknownName
from govflow.program import Position, changes
from govflow.program.columns import FINAL, S_KIND
from govflow.record import Line, Secret, encode, genesis, link
from govflow.store import Commit, Key, Row


@define(eq=False)
class Work:
    """A case under way: where it stands, what is known of it, last written at version `base`."""

    id: str
    edition: Edition
    facts: dict[str, Any]
    position: Position
    version: int
    head: bytes
    base: int
    due: int | None
    open: bool

    def copy(self) -> Work:
        """Return a work that goes on from here with a base of its own."""
        return Work(
            self.id,
            self.edition,
            dict(self.facts),
            self.position,
            self.version,
            self.head,
            self.version,
            self.due,
            self.open,
        )

    @property
    def once(self) -> tuple[str, ...]:
        """The facts that say who did what a person does once."""
        return self.edition.once[self.position.lifecycle]

    def row(self) -> Row:
        """Return the case as a store keeps it."""
        return Row(self.id, self.version, self.head, self.edition.key, self.due, self.open, self.facts)

    def stand(self, position: Position) -> dict[str, Any]:
        """Take a position, and return what facts it changes."""
        before, self.position = self.position, position
        if position.clocks is not before.clocks:
            self.due = soonest(position)
        if position.state != before.state:
            self.open = self.edition.program.rules.states[position.state][S_KIND] != FINAL
        return changes(self.edition.program, before, position)


def soonest(position: Position) -> int | None:
    """Return when the next clock of a case is due."""
    due = None
    for clock in position.clocks:
        if clock.due is not None and (due is None or clock.due < due):
            due = clock.due
    return due


def new_work(case: str, edition: Edition, position: Position) -> Work:
    """Return the work of a case that is about to be opened."""
    return Work(case, edition, {}, position, 0, genesis(case), 0, soonest(position), True)


Load = Callable[[str], Work | None]


@define(eq=False)
class Draft:
    """The cases and events of one command, or of a batch of them. `load` brings a case, None where there is none.

    `about` are the cases that the commands name, in order: others may have come in because they are linked.
    """

    load: Load
    now: int
    works: dict[str, Work] = field(factory=dict, init=False)
    lines: list[Line] = field(factory=list, init=False)
    secrets: list[Secret] = field(factory=list, init=False)
    keys: list[Key] = field(factory=list, init=False)
    about: list[str] = field(factory=list, init=False)
    forget: list[tuple[str, int, str]] = field(factory=list, init=False)

    def case(self, case: str) -> Work:
        """Return a case to work on; UnknownName where there is none."""
        work = self.works.get(case)
        if work is None:
            found = self.load(case)
            if found is None:
                raise UnknownName("case", case)
            work = self.works[case] = found
        return work

    def record(self, work: Work, kind: str, body: Mapping[str, Any], changed: dict[str, Any]) -> None:
        """Make an event of a case: `body` is what is said of it, `changed` the facts that are different since."""
        at = body["at"]
        changed["touched"] = at
        text = encode({"kind": kind, **body} if at == self.now else {"kind": kind, "recorded": self.now, **body})
        effect = encode(changed)
        work.version += 1
        work.head = link(work.head, text, effect)
        work.facts.update(changed)
        self.lines.append(Line(work.id, work.version, text, effect, work.head))

    def commit(self) -> Commit:
        """Return what is to be written: a case that was only looked at must not have changed meanwhile either."""
        return Commit(
            lines=self.lines,
            rows=[work.row() for work in self.works.values()],
            bases={work.id: work.base for work in self.works.values()},
            secrets=self.secrets,
            keys=self.keys,
            forget=self.forget,
        )
