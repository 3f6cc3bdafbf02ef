"""Who reads: the application itself, or an actor, who sees what they may and leaves a trace where that is asked for.

Every read of a desk goes through a `Reader`. To an actor a case that they may not see is one that does not exist.
Whoever is shown a case of a `restricted` lifecycle is in its record, by an event of the kind ``look``: once for as long
as nothing else happens to the case, and never the residents whose matter it is. The application's own reads are no
looks. Next: ``visibility`` for who may see a case, ``sight`` for how much of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from govflow.casework.case import Case
from govflow.casework.draft import Draft, Work
from govflow.casework.office import Office
from govflow.casework.permission import at_large
from govflow.casework.sight import Sight, sight
from govflow.casework.visibility import LOOK, is_restricted, may_see
from govflow.errors import UnknownName
from govflow.record import Event, Line, event_of
from govflow.store import Row

if TYPE_CHECKING:
    from govflow.casework.desk import Desk

LOOKED = "looked"
"""The fact behind a look: the version of the last one, then who has looked since anything else happened."""

NAMING = ("household", "reporter", "parent", "main")
"""The columns that name a person, a household or another case: to look for one is to ask about it."""


@frozen(eq=False)
class Reader:
    """Somebody who reads, `by` None the application itself, at the instant `at`."""

    office: Office
    by: str | None
    at: int
    _desk: Desk | None = field(default=None, repr=False, alias="desk")

    def sees(self, row: Row) -> bool:
        """Say whether this reader may see a case as it is now."""
        if self.by is None:
            return True
        edition = self.office.editions[row.edition]
        return may_see(edition, row.facts, edition.roster.known(self.by), self.at)

    def row(self, case: str) -> Row:
        """Return a case as it is stored now, the look at it recorded; UnknownName where there is none to be seen."""
        found = self.office.store.row(case)
        shown = [] if found is None else self.shown([found])
        if not shown:
            raise UnknownName("case", case)
        return shown[0]

    def finds(self, row: Row, wanted: Mapping[str, Iterable[str | None]]) -> bool:
        """Say whether this reader may see a case, and in what they are shown of it each name that is looked for."""
        named = {column: values for column, values in wanted.items() if column in NAMING}
        return self.sees(row) and (not named or holds(self.facts(row, row.facts), named))

    def facts(self, row: Row, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return facts of a case, as it is or as it was, as far as this reader is shown them who may see it."""
        shown = self.sight(row)
        return facts if shown is None else shown.facts(facts)

    def sight(self, row: Row) -> Sight | None:
        """Return how much of a case this reader is shown who may see it; None: all of it, to the application."""
        if self.by is None:
            return None
        edition = self.office.editions[row.edition]
        return sight(edition, row.facts, edition.roster.known(self.by), self.at, self._there)

    def _there(self, case: str) -> bool:
        found = self.office.store.row(case)
        return found is not None and self.sees(found)

    def events(self, case: str) -> tuple[Event, ...]:
        """Return all events of a case, the first first."""
        row = self.row(case)
        return tuple(self.told({case: row}, self.office.store.lines(case)))

    def told(self, rows: Mapping[str, Row], lines: Iterable[Line]) -> Iterator[Event]:
        """Yield the events of cases that this reader is shown, as far as they are."""
        sights = {case: self.sight(row) for case, row in rows.items()}
        for line in lines:
            shown = sights.get(line.case)
            if self.by is None:
                yield event_of(line)
            elif shown is not None:
                yield shown.event(event_of(line), rows[line.case].facts["lifecycle"])

    def shown(self, rows: Sequence[Row]) -> list[Row]:
        """Return those of some cases that this reader may see, each look recorded, all in one commit."""
        rows = [row for row in rows if self.sees(row)]
        cases = [row.case for row in rows if self._leaves_trace(row)]
        if not cases:
            return rows
        looked, _ = self.office.run(lambda draft: [self._look(draft, case) for case in cases], fresh=True)
        after = {row.case: row for row in looked or ()}
        return [row for row in (after.get(row.case, row) for row in rows) if self.sees(row)]

    def case(self, row: Row) -> Case:
        """Return a case as it is given out."""
        return Case(row.case, row.version, self.facts(row, row.facts), row.open, row.edition, None, self._desk, self.by)

    def whole(self) -> Iterator[tuple[Row, list[Line]]]:
        """Yield every case that this reader may see with all its events, in order of id; that is no look at any."""
        rows = self.office.store.rows()
        row = next(rows, None)
        for case, lines in self.office.store.cases():
            while row is not None and row.case < case:
                row = next(rows, None)
            if row is not None and row.case == case and self.sees(row):
                yield row, lines

    def _leaves_trace(self, row: Row) -> bool:
        """Say whether a look at a case is to be recorded."""
        edition = self.office.editions[row.edition]
        if self.by is None or not is_restricted(edition, row.facts):
            return False
        actor = edition.roster.known(self.by)
        theirs = (row.facts.get("reporter"), row.facts.get("subject"), *row.facts.get("reporters", ()))
        own = actor.person in theirs and at_large(edition, "member", actor) is None
        version, *looked = row.facts.get(LOOKED, (0,))
        return not own and not (version == row.version and actor.person in looked)

    def _look(self, draft: Draft, case: str) -> Row:
        """Record a look at a case, where it is still to be recorded, and return the case after it."""
        work = draft.case(case)
        row = work.row()
        if self.sees(row) and self._leaves_trace(row):
            self._record(draft, work)
        return work.row()

    def _record(self, draft: Draft, work: Work) -> None:
        actor = work.edition.roster.known(self.by or "")
        version, *looked = work.facts.get(LOOKED, (0,))
        before = looked if version == work.version else []
        at = max(draft.now, work.facts["touched"])
        body = {"at": at, "by": actor.id, "unit": work.facts["unit"]}
        draft.record(work, LOOK, body, {LOOKED: [work.version + 1, *before, actor.person]})


def holds(facts: Mapping[str, Any], wanted: Mapping[str, Iterable[str | None]]) -> bool:
    """Say whether facts have in each column one of the values that are looked for."""
    return all(facts.get(column) in values for column, values in wanted.items())


def reader_of(office: Office, by: str | None, desk: Desk | None = None) -> Reader:
    """Return the reader `by`; UnknownName where they name a post or unit that no definition of the desk has."""
    if by is not None:
        try:
            office.edition.roster.actor(by)
        except UnknownName:
            if not any(by in office.editions[key].roster for key in office.store.editions()):
                raise
    return Reader(office, by, office.clock(), desk)
