"""When a case falls due and why: the numbers, and how they came about."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from govflow.calendar import DAY, HOUR, parse_instant
from govflow.casework import Extended, ManualClock, Pause
from tests.casework.scenes import HANDLER, START, desk_on, grievance, later
from tests.casework.village import BLOCK, DOOR, POLICE, REPORTER, village


def request(desk, **more):
    """Open a request."""
    return desk.open("request", **{"by": REPORTER, "unit": "door/1-1", "channel": "doorstep", **more})


def clock(desk, case, deadline):
    """Return one clock of a case."""
    return next(one for one in desk.due(case) if one.deadline == deadline)


def test_a_clock_tells_its_run_its_limit_and_what_it_fires(make_desk):
    """Golden: a request, three days to answer, ten for the whole."""
    desk = make_desk(village())
    case = request(desk)
    later(desk, HOUR)
    told = desk.due(case)
    assert [one.deadline for one in told] == ["answer_by", "whole"], "what has not begun is not told"
    first, whole = told
    assert (first.run, first.started, first.used, first.limit, first.due) == (1, START, HOUR, 3 * DAY, START + 3 * DAY)
    assert (first.fires, first.calendar, first.pending, first.provisional) == ("escalate", None, False, False)
    assert (whole.fires, whole.due) == (None, START + 10 * DAY)


def test_pauses_and_extensions_are_told_with_their_reasons(make_desk):
    """Away at the police the clock of the level stands still; whoever extended it is named."""
    desk = make_desk(village())
    case = desk.act(request(desk, category="noise"), "start", by=DOOR)
    away = later(desk, HOUR)
    desk.act(case, "refer", by=DOOR)
    back = later(desk, 2 * HOUR)
    paused = clock(desk, case, "answer_by")
    assert paused.pauses == (Pause(away, None, "referred", "department/police"),)
    assert (paused.due, paused.used, paused.limit, paused.fires) == (None, HOUR, 3 * DAY, "escalate")
    desk.act(case, "report_back", by=POLICE)
    at = later(desk, HOUR)
    desk.extend(case, "answer_by", "1d", by=BLOCK)
    told = clock(desk, case, "answer_by")
    assert told.pauses == (Pause(away, back, "referred", "department/police"),)
    assert told.extensions == (Extended(at, BLOCK, BLOCK, DAY),)
    assert (told.extended, told.used) == (DAY, 2 * HOUR)
    assert told.due == START + 2 * HOUR + 3 * DAY + DAY


def test_a_new_run_has_nothing_behind_it(make_desk):
    """One level up the clock begins anew: no pause and no extension of the run before is told."""
    desk = make_desk(village())
    case = desk.act(request(desk), "start", by=DOOR)
    desk.extend(case, "answer_by", "1d", by=BLOCK)
    at = later(desk)
    desk.act(case, "escalate", by=DOOR)
    told = clock(desk, case, "answer_by")
    assert (told.run, told.started, told.used, told.pauses, told.extensions) == (2, at, 0, (), ())


def test_what_has_passed_is_pending_and_reading_fires_nothing(make_desk):
    """Until somebody acts or advances the desk, a passed due instant is told and has no effect."""
    desk = make_desk(village())
    case = request(desk)
    later(desk, 20 * DAY)
    told = desk.due(case)
    assert [one.pending for one in told] == [True, True]
    assert [one.used for one in told] == [3 * DAY, 10 * DAY], "no clock runs on behind its end"
    assert len(desk.history(case)) == 1
    desk.advance()
    spent = clock(desk, case, "whole")
    assert (spent.spent, spent.pending, spent.due) == (True, False, None)


def test_a_working_clock_names_its_calendar_and_how_far_its_holidays_are_known(make_desk):
    """A due instant beyond the last year whose holidays are published is provisional."""
    desk = make_desk()
    case = grievance(desk)
    desk.act(case, "accept", by=HANDLER)
    for unit in ("host/1-1-1", "group/1-1", "branch/1"):
        desk.act(case, "escalate", by=f"{unit}#1", reason="needs_funds")
    told = clock(desk, case, "handle")
    assert (told.calendar, told.holidays, told.last_year) == ("office", "cn-2026", 2026)
    assert not told.provisional
    assert told.label["zh"] == "本级办理时限"
    late = make_desk(clock=ManualClock(parse_instant("2026-12-31T17:00", "Asia/Shanghai")))
    case = late.open("grievance", by=REPORTER, category="parking", channel="walk_in", unit="committee/beida")
    assert clock(late, case, "respond").provisional


@settings(max_examples=100)
@given(data=st.data())
def test_the_numbers_are_those_the_desk_goes_by(data):
    """However a case went: what is used and what stood still add up to the time since the start of the run."""
    desk = desk_on(community=village())
    case = request(desk, category="noise")
    for _ in range(data.draw(st.integers(0, 8))):
        later(desk, data.draw(st.integers(0, 30)) * HOUR)
        desk.advance()
        actors = [desk.case(case).unit + "#1" * (not desk.case(case).unit.startswith("department")), REPORTER]
        ways = [
            (choice.trigger, by)
            for by in actors
            for choice in desk.explain(case, by=by).choices
            if choice.mine and not choice.needs
        ]
        if ways:
            trigger, by = data.draw(st.sampled_from(ways))
            desk.act(case, trigger, by=by)
    later(desk, data.draw(st.integers(0, 30)) * HOUR)
    desk.advance()
    facts, now = desk.case(case).facts, desk.clock()
    for one in desk.due(case):
        key, stored = f"clock.{one.deadline}", facts[f"clock.{one.deadline}"]
        assert (one.run, one.due) == (stored[0], stored[3] if len(stored) > 3 else None), key
        still = sum((now if pause.until is None else pause.until) - pause.since for pause in one.pauses)
        if not one.spent and desk.case(case).open:
            assert one.started + one.used + still == now, key
        if one.due is not None and not one.spent:
            assert now + one.limit + one.extended - one.used == one.due, key
