"""Clocks of a case (rules L4 and L5), one sentence of the rule at a time, on histories of any community."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given

from govflow.calendar import DAY, HOUR, parse_instant
from govflow.program import destination, due, expire, open_position, step
from govflow.program.columns import C_WORKING, L_CLOCK, NEVER, NONE
from govflow.testing import strategies as gs
from tests.program.everything import everything, histories

MONDAY = parse_instant("2026-01-05T09:00", "Asia/Shanghai")


def clocks_at(program, position):
    """Yield (deadline, depth, index, clock) of a position, in order of declaration."""
    first = program.rules.lifecycles[position.lifecycle][L_CLOCK]
    for local, clock in enumerate(position.clocks):
        _, deadline, depth = program.names.clocks[first + local]
        yield deadline, depth, first + local, clock


def limit_at(program, position, index):
    """Return the limit of a clock where a case is, None where it has none there."""
    places = program.places
    calendar, level = places.calendar[position.unit], places.level[position.unit]
    limit = program.limit(index, calendar, level, position.severity)
    return None if limit == NEVER else limit


def passed(program, position, index, start, end):
    """Return the time from one instant to another on the kind of clock that a deadline has, at the case's unit."""
    if not program.rules.clocks[index][C_WORKING]:
        return end - start
    calendar = program.community.calendars[program.names.calendars[program.places.calendar[position.unit]]]
    return calendar.between(start, end)


def used_by(program, position, index, clock, at):
    """Return the time that a clock's run has used at an instant, whether it is on or off."""
    return clock.used + (0 if clock.since is None else passed(program, position, index, clock.since, at))


def moments(history):
    """Yield (instant, position before, step, position after) for each step of a history."""
    for place, taken in enumerate(history.steps):
        yield taken.at, history.position(place), taken, taken.position


def way_of(history, taken):
    """Return the transition of a step, None where an expiry changed nothing."""
    return None if taken.transition == NONE else history.program.names.transitions[taken.transition][1]


@given(histories())
def test_a_clock_is_on_exactly_where_its_deadline_runs(history):
    """On: the state is named, the push is its own, the run is not over, there is a limit. Off otherwise."""
    program = history.program
    for place in range(len(history.steps) + 1):
        position = history.position(place)
        state = program.names.states[position.state][1]
        for deadline, depth, index, clock in clocks_at(program, position):
            runs = state in deadline.runs and depth in (0, len(position.stack)) and not clock.spent
            assert (clock.since is not None) == (runs and limit_at(program, position, index) is not None)
            assert (clock.since is None) == (clock.due is None)


@given(histories())
def test_a_clock_falls_due_when_its_limit_is_used_up(history):
    """From when it is on to when it is due passes what its run has left; nothing if that is used up already."""
    program = history.program
    for place in range(len(history.steps) + 1):
        position = history.position(place)
        for _, _, index, clock in clocks_at(program, position):
            if clock.since is not None:
                left = max(0, limit_at(program, position, index) - clock.used)
                assert passed(program, position, index, clock.since, clock.due) == left
                assert clock.due >= clock.since >= history.opened


@given(histories())
def test_a_clock_that_is_off_stands_still(history):
    """Time used in a run grows by the time that the clock was on, and by nothing else."""
    for at, before, _, after in moments(history):
        pairs = zip(clocks_at(history.program, before), clocks_at(history.program, after), strict=True)
        for (_, _, index, old), (_, _, _, new) in pairs:
            total = used_by(history.program, after, index, new, at)
            if old.run == new.run:
                assert total == used_by(history.program, before, index, old, at)
            else:
                assert (new.run, total) == (old.run + 1, 0)


@given(histories())
def test_no_run_uses_more_than_its_limit(history):
    """What falls due takes effect before people act, so a run never uses more than the limit it was on with."""
    for at, before, _, _ in moments(history):
        for _, _, index, clock in clocks_at(history.program, before):
            if clock.since is not None:
                assert at <= clock.due
                used = used_by(history.program, before, index, clock, at)
                assert used <= max(clock.used, limit_at(history.program, before, index))


@given(histories())
def test_a_run_expires_once(history):
    """No run of a clock expires twice, and after its expiry it is off until a new run begins."""
    expired = Counter()
    for _, before, taken, after in moments(history):
        if taken.clock == NONE:
            continue
        local = taken.clock - history.program.rules.lifecycles[before.lifecycle][L_CLOCK]
        run = before.clocks[local].run
        expired[taken.clock, run] += 1
        assert expired[taken.clock, run] == 1
        assert after.clocks[local].spent or after.clocks[local].run == run + 1


@given(histories())
def test_a_new_run_begins_exactly_as_the_scope_says(history):
    """Case: a reopening. Level: up or down. Entry: entering its state. Referral: each push of its depth."""
    cycle = history.program.community.lifecycles[history.program.names.lifecycles[history.start.lifecycle]]
    for _, before, taken, after in moments(history):
        way = way_of(history, taken)
        if way is None:
            assert [clock.run for clock in after.clocks] == [clock.run for clock in before.clocks]
            continue
        reopened = any(cycle.counters[counter].cycle for counter in way.add)
        pushed = way.move in ("refer", "convene")
        pairs = zip(clocks_at(history.program, before), clocks_at(history.program, after), strict=True)
        for (deadline, depth, _, old), (_, _, _, new) in pairs:
            begins = {
                "case": reopened and deadline.reopen == "reset",
                "level": way.move in ("up", "down") or (reopened and deadline.reopen == "reset"),
                "entry": way.target in deadline.runs,
                "referral": pushed and depth == len(before.stack) + 1,
            }
            ran = old.since is not None or old.used > 0 or old.spent
            first = old.run == 0 and new.since is not None
            assert new.run - old.run == int((begins[deadline.scope] and ran) or first)


@given(histories())
def test_what_moves_nothing_delays_nothing(history):
    """A note, an urge, an assignment: an internal way that leaves the severity alone leaves every due instant alone."""
    for _, before, taken, after in moments(history):
        way = way_of(history, taken)
        if way is not None and way.target is None and before.severity == after.severity and taken.clock == NONE:
            assert [clock.due for clock in after.clocks] == [clock.due for clock in before.clocks]


@given(gs.histories(everything()))
def test_looking_in_between_changes_nothing(history):
    """An urge at any instant on the way changes neither what falls due nor when (rule L5)."""
    program = history.program
    urge = next(i for i, (_, way) in enumerate(program.names.transitions) if way.trigger == "urge")
    for place, taken in enumerate(history.steps):
        position = history.position(place)
        if program.names.states[position.state][1] != "closed" and (not due(program, position) or taken.clock == NONE):
            urged = step(program, position, urge, at=taken.at)
            assert due(program, urged) == due(program, position)


@given(histories())
def test_a_change_of_severity_fires_nothing_in_the_past(history):
    """Where the new limit is used up already, the deadline is due at the instant of the change, never earlier."""
    for at, before, _, after in moments(history):
        if before.severity != after.severity:
            assert all(clock.due >= at for clock in after.clocks if clock.due is not None)


# --- single stories, by hand, in the community in which everything matters ------------------------------------


def opened(unit="host/1-1", *, severity=3, at=MONDAY):
    """Open a case about parking at a unit."""
    program = everything()
    index = program.community.organization.index(unit)
    category = program.names.categories.index("parking")
    return open_position(program, 0, index, index, category=category, channel=0, severity=severity, at=at)


def take(position, *triggers, at=MONDAY, severity=None):
    """Take the first open way of each trigger in turn."""
    program = everything()
    for trigger in triggers:
        ways = [i for i, (_, way) in enumerate(program.names.transitions) if way.trigger == trigger]
        way = next(i for i in ways if destination(program, position, i) != NONE)
        sets = severity if "severity" in program.names.transitions[way][1].sets else None
        position = step(program, position, way, at=at, severity=sets)
    return position


def clock(position, name, depth=0):
    """Return a clock of a position by name."""
    return next(c for d, at, _, c in clocks_at(everything(), position) if (d.name, at) == (name, depth))


def upcoming(position):
    """Return what falls due, as (hours from Monday 9:00, deadline)."""
    program = everything()
    return [((at - MONDAY) / HOUR, program.names.clocks[index][1].name) for at, index in due(program, position)]


def let_expire(position):
    """Let the next clock expire: the trigger it fires or None, and the position after."""
    program = everything()
    at, index = due(program, position)[0]
    transition, after = expire(program, position, index, at=at)
    return None if transition == NONE else program.names.transitions[transition][1].trigger, after


def test_clocks_due_together_expire_in_order_of_declaration_each_only_while_it_runs():
    """Three limits of eight hours: the first urges, the second moves the case up, and that starts the third anew."""
    position = take(opened(), "screen", "accept")
    assert upcoming(position)[:3] == [(8.0, "cycle"), (8.0, "handle"), (8.0, "wait")]
    fired, position = let_expire(position)
    assert fired == "urge"
    fired, position = let_expire(position)
    assert fired == "escalate"
    assert everything().community.organization.ids[position.unit] == "branch/1"
    assert clock(position, "wait").run == 2
    assert clock(position, "wait").due == MONDAY + 16 * HOUR


def test_without_a_superior_a_deadline_is_only_overdue():
    """At the top nothing is fired: the run is over, the case stays where it is and nothing else changes."""
    position = take(opened("committee/x"), "screen", "accept", "start", "refer", "report_back", at=MONDAY)
    fired, after = let_expire(position)
    fired_too, last = let_expire(after)
    assert (fired, fired_too) == ("urge", None)
    assert clock(last, "wait").spent
    assert (last.state, last.unit) == (position.state, position.unit)


def test_a_deadline_that_lets_work_finish_is_overdue_and_spent():
    """``while_working = finish``: in work nothing fires; back in the queue the run stays spent."""
    position = take(opened(), "screen", "accept", "start")
    _, position = let_expire(position)
    fired, position = let_expire(position)
    assert fired is None
    assert clock(position, "handle").spent
    assert "handle" not in [name for _, name in upcoming(position)]


def test_time_away_does_not_count_and_the_rest_goes_on():
    """Two hours before a referral and none during it: six of eight are left when the case is back."""
    position = take(opened(), "screen", "accept", "start")
    position = take(position, "refer", at=MONDAY + 2 * HOUR)
    assert clock(position, "handle").due is None
    position = take(position, "report_back", at=MONDAY + 4 * HOUR)
    assert clock(position, "handle").used == 2 * HOUR
    assert clock(position, "handle").due == MONDAY + 10 * HOUR


def test_each_push_has_its_own_clocks():
    """A referral out of the conference runs on the second push's clock; the next one starts at zero again."""
    position = take(opened("committee/x"), "screen", "accept", "start", "convene", "refer")
    assert clock(position, "sign", 2).due == MONDAY + 4 * HOUR
    assert clock(position, "sign", 1).due is None
    position = take(position, "report_back", "start", "refer", at=MONDAY + HOUR)
    assert (clock(position, "sign", 2).run, clock(position, "sign", 2).used) == (2, 0)
    assert len(position.stack) == 2


def test_working_time_is_that_of_the_unit():
    """A day at the branch is two evening hours: half an evening used on Monday, the rest is due on Tuesday."""
    evening = MONDAY + 10 * HOUR
    position = take(opened("branch/1", at=evening), "screen", "accept", at=evening)
    assert clock(position, "handle").due == evening + 2 * HOUR
    position = take(position, "start", at=evening + HOUR)
    position = take(position, "shelve", at=evening + HOUR)
    position = take(position, "revive", at=evening + 20 * HOUR)
    assert clock(position, "handle").due == evening + DAY + HOUR


@pytest.mark.parametrize(("reopen", "run", "over"), [("whole", 1, False), ("cycle", 2, False), ("respond", 1, True)])
def test_a_reopening_does_to_a_clock_what_its_rule_says(reopen, run, over):
    """``resume`` goes on, ``reset`` starts at zero, ``first`` is over with the first cycle."""
    position = take(take(opened(), "screen", "accept"), "start", "resolve", at=MONDAY + HOUR)
    position = take(position, "dispute", at=MONDAY + 2 * HOUR)
    found = clock(position, reopen)
    assert (found.run, found.spent) == (run, over)


def test_a_more_urgent_case_may_be_due_at_once():
    """Six of eight hours used, and half the limit: due at the very instant of the change, as is a quarter of a day."""
    position = take(opened(), "screen", "accept")
    position = take(position, "regrade", at=MONDAY + 6 * HOUR, severity=1)
    assert clock(position, "handle").due == MONDAY + 6 * HOUR
    assert [name for at, name in upcoming(position) if at == 6] == ["whole", "handle"]
    _, position = let_expire(position)
    fired, position = let_expire(position)
    assert fired == "escalate"
    assert everything().community.organization.ids[position.unit] == "branch/1"


@example(opened())
@given(gs.openings(everything()).map(lambda case: case.start))
def test_an_opening_starts_the_clocks_of_case_and_level(position):
    """At the opening a clock that runs there is in its first run, and every other has not begun one."""
    state = everything().names.states[position.state][1]
    for deadline, _, _, found in clocks_at(everything(), position):
        assert found.due is None or state in deadline.runs
        assert (found.run, found.used, found.spent) == (int(found.due is not None), 0, False)
