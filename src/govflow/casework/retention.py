"""Retention: what is kept for a time goes when the time is over, by the definition and not by anybody's leave.

The period stands in the lifecycle (``retention``) and is counted from the event that closed the case. It is the period
of the definition in force, whatever the case ran on: how long texts are kept is no rule of how a matter goes.
"""

from __future__ import annotations

from govflow.calendar import DAY
from govflow.casework.erasing import Erasure, drop_contacts, erase_texts
from govflow.casework.office import Office
from govflow.errors import UsageError
from govflow.lifecycle import CLOCK
from govflow.store import Row


def retain(office: Office, to: int | None) -> Erasure:
    """Erase the texts of cases that closed a retention period or longer before `to`, and return what went."""
    now = office.clock()
    until = now if to is None else to
    if until > now:
        raise UsageError(f"'to' is {until}: must not be later than now, {now}; what is not over yet is kept")
    over: dict[str, str | None] = {}
    for case in dict.fromkeys(text.case for text in office.store.vault()):
        row = office.store.row(case)
        if row is not None and _is_over(office, row, until):
            over[case] = row.facts.get("reporter")
    texts = erase_texts(office, list(over), None, CLOCK, "retention")
    return Erasure(texts, drop_contacts(office.store, over.values()))


def _is_over(office: Office, row: Row, until: int) -> bool:
    """Say whether a case is closed and its texts have been kept as long as they may be."""
    if row.open:
        return False
    name = row.facts["lifecycle"]
    known = office.edition.program.community.lifecycles
    cycle = known.get(name) or office.editions[row.edition].program.community.lifecycles[name]
    return cycle.retention is not None and row.facts["entered"] + cycle.retention.us(DAY) <= until
