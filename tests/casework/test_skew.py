"""A clock that jumps ahead, and then back: nothing that has happened is lost, and what came after it says so."""

from __future__ import annotations

from itertools import pairwise

import pytest

from govflow.calendar import DAY, HOUR
from govflow.errors import Refused
from tests.casework.scenes import ANNA, HANDLER, MEDIA, START, desk_on, grievance, source_on

AHEAD = 90 * DAY


@pytest.fixture(params=MEDIA)
def desk(request, tmp_path):
    """A desk on each kind of store."""
    desk = desk_on(source_on(request.param, tmp_path, request))
    yield desk
    desk.store.close()


def test_a_clock_that_ran_ahead_and_was_set_back_leaves_the_record_whole(desk):
    """Acts under the wrong clock stay, with what fell due by it; acts after it stand at their instant and are skewed.

    Cases that nobody touched meanwhile go on by the clock as it is now, and skew ends when the clock has caught up.
    """
    touched, other = grievance(desk), grievance(desk)
    desk.clock.at = START + AHEAD
    ahead = desk.act(touched, "urge", by=ANNA)
    fired = [event for event in desk.history(touched) if event.deadline]
    assert fired
    assert all(START < event.at <= START + AHEAD == event.recorded for event in fired)
    assert not any(event.skew for event in desk.history(touched))
    desk.clock.at = START + HOUR
    for number in range(1, 4):
        desk.clock.at += 1
        event = desk.history(desk.act(touched, "urge", by=ANNA))[-1]
        assert (event.version, event.at) == (ahead.version + number, START + AHEAD)
        assert (event.recorded, event.skew) == (desk.clock.at, True)
    assert desk.advance() == 0
    event = desk.history(desk.act(other, "accept", by=HANDLER))[-1]
    assert (event.at, event.recorded, event.skew) == (desk.clock.at, desk.clock.at, False)
    desk.clock.at = START + AHEAD + HOUR
    assert not desk.history(desk.act(touched, "urge", by=ANNA))[-1].skew
    assert all(one.at <= later.at for one, later in pairwise(desk.history(touched)))
    assert desk.verify_audit().ok
    kept = [dict(row.facts) for row in desk.store.rows()]
    desk.rebuild()
    assert [dict(row.facts) for row in desk.store.rows()] == kept


def test_a_clock_that_ran_ahead_fires_nothing_by_itself(desk):
    """`advance` refuses the jump whole; set back, the desk goes on as if nothing had been."""
    case = grievance(desk)
    assert desk.advance() == 0
    desk.clock.at = START + AHEAD
    for again in (False, True):
        with pytest.raises(Refused, match=r"cannot advance by 90\.0 days: at most 31 days at once"):
            desk.advance(to=START + AHEAD if again else None)
    assert desk.case(case).version == 1
    desk.clock.at = START + HOUR
    assert desk.advance() == 0
    assert not desk.history(desk.act(case, "accept", by=HANDLER))[-1].skew
    assert desk.verify_audit().ok


def test_time_that_was_advanced_by_a_wrong_clock_is_not_fired_twice(desk):
    """Where the jump was said to be meant, its deadlines have fired; set back, the same instants fire nothing more."""
    case = grievance(desk)
    desk.clock.at = START + AHEAD
    assert desk.advance(jump=True) > 0
    told = desk.history(case)
    desk.clock.at = START + DAY
    assert desk.advance() == 0
    desk.clock.at = START + AHEAD
    assert desk.advance() == 0
    assert desk.history(case) == told
    assert desk.verify_audit().ok
