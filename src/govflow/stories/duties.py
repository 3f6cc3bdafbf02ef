"""Duty on the desk: a shift that a rota filled becomes a case, begun and finished by those who stand there."""

from __future__ import annotations

from collections.abc import Sequence

from govflow.calendar import DAY
from govflow.planning import Shift
from govflow.stories.stage import Process, Stage

NOTICE = 7 * DAY
"""So long before it a shift is put on the desk (assumed)."""


def on_duty(
    stage: Stage,
    shift: Shift,
    people: Sequence[str],
    unit: str,
    *,
    kept: list[Shift] | None = None,
    meanwhile: Process | None = None,
) -> Process:
    """Open the case of a shift, be there from its start to its end, and do `meanwhile` what is done there.

    When the shift is over it is written down among those `kept`.
    """
    yield shift.start - NOTICE
    case = stage.desk.open("duty", by=f"{unit}#1", unit=unit, held_on=stage.date(shift.start))
    for person in people:
        stage.desk.act(case, "place", by=f"{unit}#1", on_duty=person)
    yield shift.start
    stage.desk.act(case, "begin", by=people[0])
    yield from meanwhile or ()
    yield shift.end
    stage.desk.act(case, "finish", by=people[0])
    if kept is not None:
        kept.append(shift)
