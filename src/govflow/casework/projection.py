"""Rows out of events: what a store keeps of a case beside its events can be folded from them at any time (rule C2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govflow.casework.draft import soonest
from govflow.casework.editions import Editions
from govflow.program import from_facts
from govflow.program.columns import FINAL, S_KIND
from govflow.record import Line, fold
from govflow.store import Query, Row, Store


def projected(editions: Editions, case: str, lines: Sequence[Line]) -> Row:
    """Return the row of a case as its events tell it."""
    facts = fold(line.changes for line in lines)
    edition = editions[facts["edition"]]
    position = from_facts(edition.program, facts)
    is_open = edition.program.rules.states[position.state][S_KIND] != FINAL
    return Row(case, lines[-1].version, lines[-1].hash, edition.key, soonest(position), is_open, facts)


def rebuild(store: Store, editions: Editions) -> int:
    """Fold all events into rows and put those in the place of all that are there; return how many cases there are."""
    count = 0

    def rows() -> Iterator[Row]:
        nonlocal count
        for case, lines in store.cases():
            count += 1
            yield projected(editions, case, lines)

    store.rebuild(rows())
    return count


def open_cases(store: Store, size: int) -> Iterator[list[Row]]:
    """Yield the open cases in order of id, so many at a time."""
    page = store.select(Query(open=True, order="case", limit=size))
    while page:
        yield page
        page = store.select(Query(open=True, order="case", limit=size, after=(page[-1].case,)))
