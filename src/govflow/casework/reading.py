"""Reading a desk: each function is a method of `Desk`, and every one goes through a `Reader`.

``by`` says who reads: None is the application itself, others see what they may. Reading fires nothing: a deadline
that has passed and was not fired yet is told as pending. Next: ``reader`` for who sees what, ``finding`` for pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Unpack

from govflow.casework import (
    due as clocks,
    explaining,
    feed as feeding,
    finding,
    snapshot as snapshots,
    statistics as counting,
    texts as vault,
)
from govflow.casework.arguments import checked
from govflow.casework.case import Case, id_of
from govflow.casework.due import Due
from govflow.casework.explaining import Explanation
from govflow.casework.feed import Subscription
from govflow.casework.finding import Page, Where
from govflow.casework.instants import Instant
from govflow.casework.past import AsOf
from govflow.casework.reader import Reader, reader_of
from govflow.casework.statistics import Statistics
from govflow.casework.texts import Text
from govflow.record import Event

if TYPE_CHECKING:
    from govflow.casework.desk import Desk


@checked
def case(desk: Desk, case: str | Case, *, by: str | None = None) -> Case:
    """Return a case as it is stored now; what is due and not yet fired is not fired by looking."""
    reader = _reader(desk, by)
    return reader.case(reader.row(id_of(case)))


@checked
def history(desk: Desk, case: str | Case, *, by: str | None = None) -> tuple[Event, ...]:
    """Return all events of a case, the first first."""
    return _reader(desk, by).events(id_of(case))


@checked
def inbox(desk: Desk, unit: str, *, by: str | None = None, limit: int = 50, after: str | None = None) -> Page:
    """Return the open cases at a unit, most urgent first, then by time of entering, then by id: page by page."""
    return finding.inbox(_reader(desk, by), unit, limit=limit, after=after)


@checked
def find(
    desk: Desk, *, by: str | None = None, limit: int = 50, after: str | None = None, **where: Unpack[Where]
) -> Page:
    """Return the cases with these facts in order of id, page by page; a column takes a name, or any of several."""
    return finding.find(_reader(desk, by), where, limit=limit, after=after)


@checked
def texts(desk: Desk, case: str | Case, *, by: str | None = None) -> dict[tuple[int, str], Text]:
    """Return what was said in a case in words, by the event's version and the field's name, or told as erased."""
    return vault.texts(_reader(desk, by), id_of(case))


@checked
def explain(desk: Desk, case: str | Case, *, by: str | None = None) -> Explanation:
    """Return who may do what next with a case, and why not the rest; with `by` what this actor may do."""
    return explaining.explain(_reader(desk, by), id_of(case))


@checked
def due(desk: Desk, case: str | Case, *, by: str | None = None) -> tuple[Due, ...]:
    """Return every clock of a case that has begun, with all that its due instant follows from."""
    return clocks.due(_reader(desk, by), id_of(case))


@checked
def as_of(desk: Desk, at: Instant, *, known_by: Instant | None = None, by: str | None = None) -> AsOf:
    """Return the cases as they stood at an instant, as far as was recorded by the instant `known_by`."""
    return AsOf(at, known_by, reader=_reader(desk, by))


def snapshot(desk: Desk) -> dict[str, Any]:
    """Return the open cases as plain data, without people, from which ``simulate(initial=…)`` starts."""
    return snapshots.snapshot(desk.office)


@checked
def statistics(
    desk: Desk,
    lifecycle: str,
    *,
    since: Instant | None = None,
    until: Instant | None = None,
    per: str | Iterable[str] = (),
    publish: bool = False,
    by: str | None = None,
) -> Statistics:
    """Return rates, levels of settlement and times of the cases opened in a period, `per` group.

    With `publish`, groups and figures of fewer than 5 cases are left out.
    """
    period = {"since": since, "until": until}
    return counting.statistics(_reader(desk, by), lifecycle, per=per, publish=publish, **period)


@checked
def feed(desk: Desk, *, after: int = 0, by: str | None = None, limit: int | None = None) -> Iterator[Event]:
    """Yield the events after a position of the log, each once and in order; `by`: of the cases they may see now."""
    return feeding.feed(_reader(desk, by), after=after, limit=limit)


@checked
def subscribe(desk: Desk, callback: Callable[[Event], object], *, name: str, by: str | None = None) -> Subscription:
    """Return the reader of a name, which goes on where it stopped whenever its ``deliver()`` is called."""
    return feeding.subscribe(desk.office, callback, name=name, by=by)


def _reader(desk: Desk, by: str | None) -> Reader:
    return reader_of(desk.office, by, desk)
