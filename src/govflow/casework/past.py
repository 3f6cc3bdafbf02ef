"""The desk as it stood: the cases folded from the events that had taken effect by an instant and were known by another.

Who may see a case today may see how it stood. A question about all cases reads the whole record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any, Unpack

from attrs import field, frozen

from govflow.casework.case import Case, id_of
from govflow.casework.finding import Where, conditions
from govflow.casework.reader import NAMING, Reader, holds
from govflow.errors import UnknownName
from govflow.record import Event, event_of
from govflow.store import Row


@frozen
class AsOf:
    """The cases as they stood at the instant `at`, as far as was recorded by `known_by` (None: by now).

    A deadline takes effect at its due instant also where it is noticed later: with `known_by` equal to `at` one sees
    what the desk could know then, without it what is known since.
    """

    at: int
    known_by: int | None = None
    _reader: Reader = field(kw_only=True, repr=False, eq=False, alias="reader")

    def case(self, case: str | Case) -> Case:
        """Return a case as it stood; UnknownName where there was none."""
        row = self._reader.row(id_of(case))
        found = self._stood(row, self._reader.office.store.lines(row.case))
        if found is None:
            raise UnknownName("case", row.case)
        return found

    def history(self, case: str | Case) -> tuple[Event, ...]:
        """Return the events of a case up to then; none where it had not been opened."""
        return tuple(self._events(self._reader.events(id_of(case))))

    def find(self, **where: Unpack[Where]) -> tuple[Case, ...]:
        """Return the cases that had these facts then, in order of id."""
        found = list(self._all(where))
        seen = {row.case for row in self._reader.shown([row for row, _ in found])}
        return tuple(case for _, case in found if case.id in seen)

    def states(self, **where: Unpack[Where]) -> Mapping[tuple[str, str], int]:
        """Return how many cases stood in each (lifecycle, state), in order of name.

        Counting those of a household, a person or a case is being shown them, and so a look.
        """
        found = list(self._all(where))
        if any(column in NAMING for column in where):
            self._reader.shown([row for row, _ in found])
        counts = Counter((case.lifecycle, case.state) for _, case in found)
        return dict(sorted(counts.items()))

    def _all(self, where: Mapping[str, Any]) -> Iterator[tuple[Row, Case]]:
        wanted, open_ = conditions(self._reader, where), where.get("open")
        for row, lines in self._reader.whole():
            case = self._stood(row, lines)
            if case is None or open_ not in (None, case.open):
                continue
            if holds(case.facts, wanted):
                yield row, case

    def _stood(self, row: Row, lines: Iterable[Any]) -> Case | None:
        events = list(self._events(map(event_of, lines)))
        if not events:
            return None
        facts: dict[str, Any] = {}
        for event in events:
            facts.update(event.changes)
        edition = self._reader.office.editions[facts["edition"]]
        cycle = edition.program.community.lifecycles[facts["lifecycle"]]
        state = cycle.states.get(facts["state"])
        over = state is not None and state.kind == "final"
        shown = self._reader.facts(row, facts)
        return Case(row.case, events[-1].version, shown, not over, edition.key)

    def _events(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events that had taken effect, among those known; what is recorded later than known ends them."""
        known = takewhile(lambda event: self.known_by is None or event.recorded <= self.known_by, events)
        return (event for event in known if event.at <= self.at)
