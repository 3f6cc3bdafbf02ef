"""What has been kept as long as the definition says goes by itself."""

from __future__ import annotations

import pytest

from govflow.calendar import DAY
from govflow.casework import Erasure, erasing
from govflow.community import changed
from govflow.errors import UsageError
from tests.casework.scenes import ANNA, BERT, beida, closed, desk_on, grievance, later

PERIOD = 1825 * DAY


def test_texts_go_when_their_time_is_over(desk):
    """To the microsecond: counted from the event that closed the case, by the clock, with an event that says so."""
    case = closed(desk)
    end = desk.history(case)[-1].at
    desk.clock.at = end + PERIOD - 1
    assert desk.retain() == Erasure({})
    desk.clock.at += 1
    assert desk.retain() == Erasure({case.id: 1})
    event = desk.history(case)[-1]
    assert (event.kind, event.by, event.reason, event.at) == ("erase", "clock", "retention", end + PERIOD)
    assert desk.retain() == Erasure({})
    assert desk.verify_audit().erased == 1


def test_open_cases_keep_their_texts(desk):
    """However old a case is: while it is open its texts are needed."""
    grievance(desk)
    later(desk, 2 * PERIOD)
    assert desk.retain() == Erasure({})


def test_a_later_note_is_not_forgotten(desk):
    """A text added to an old case goes the next time."""
    case = closed(desk)
    later(desk, PERIOD)
    desk.retain()
    desk.note(case, "once more", by=ANNA)
    assert desk.retain() == Erasure({case.id: 1})


def test_contacts_go_with_the_last_text(desk):
    """Who has nothing else here is not remembered either; who has an open case is."""
    for person in (ANNA, BERT):
        desk.remember(person, telephone="111")
        closed(desk, person)
    later(desk, PERIOD)
    grievance(desk, BERT)
    assert desk.retain().contacts == (ANNA,)


def test_no_day_that_is_yet_to_come_is_anticipated(desk):
    """Up to an earlier day, yes; later than now, no."""
    case = closed(desk)
    later(desk, PERIOD)
    assert desk.retain(to=desk.clock() - 1) == Erasure({})
    with pytest.raises(UsageError, match="must not be later than now"):
        desk.retain(to=desk.clock() + 1)
    assert desk.retain(to=desk.clock()) == Erasure({case.id: 1})


def test_the_period_is_that_of_the_definition_in_force(desk):
    """A shorter period holds for what was closed under a longer one; none at all keeps for ever."""
    case = closed(desk)
    later(desk, 10 * DAY)
    shorter = changed(beida(), {"lifecycle.grievance.retention": "10d"})
    assert desk_on(desk.store, shorter, clock=desk.clock).retain() == Erasure({case.id: 1})


def test_many_cases_go_at_once(desk, monkeypatch):
    """More cases than one commit takes."""
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    cases = [grievance(desk) for _ in range(5)]
    for case in cases:
        desk.act(case, "withdraw", by=ANNA)
    later(desk, PERIOD)
    assert desk.retain() == Erasure({case.id: 1 for case in cases})
