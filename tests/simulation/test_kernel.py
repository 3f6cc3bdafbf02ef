"""The rules of the run, one by one, on communities made to show each (rules L4, T3, S2, S4, S5).

That all of them hold together everywhere is the twin's business; here each can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from scipy import stats

import govflow as gf
from govflow.calendar import DAY, HOUR, Calendar, Duration
from govflow.community import Behaviour, Community, Distribution, conference_sessions
from govflow.lifecycle import State
from govflow.organization import Conference, Pattern
from tests.simulation.made import ZONE, counter, deadline, ran, rows_of, way
from tests.simulation.twin import Row

OFFICE = Calendar.from_data("office", {"hours": {"mon-fri": "09:00-12:00 13:00-17:00"}}, ZONE)


def lasting(hours: float) -> Distribution:
    """Return a time that always lasts so many hours."""
    return Distribution("constant", {"value": Duration.parse(f"{hours}h")})


RANDOM = Distribution("exponential", {"mean": Duration.parse("1h")})


def changed_lifecycle(community: Community, **changes: Any) -> Community:
    """Return the counter with another lifecycle; `states`, `transitions` and `deadlines` are added to its own."""
    cycle = community.lifecycles["matter"]
    changes["states"] = {**cycle.states, **changes.get("states", {})}
    changes["transitions"] = (*cycle.transitions, *changes.get("transitions", ()))
    changes["deadlines"] = {each.name: each for each in changes.get("deadlines", ())}
    return community.with_(lifecycles={"matter": evolve(cycle, **changes)})


def with_behaviour(community: Community, **states: Behaviour) -> Community:
    """Return the community with the behaviour of some states."""
    own = {**community.assumptions.behaviour["matter"], **states}
    return community.with_(assumptions=evolve(community.assumptions, behaviour={"matter": own}))


def with_handlers(community: Community, handlers: int) -> Community:
    """Return the counter with so many handlers."""
    patterns = {"office": evolve(community.plan.patterns["office"], handlers=handlers)}
    return community.with_(plan=evolve(community.plan, patterns=patterns))


def told(rows: list[Row]) -> Iterator[tuple[int, int, str, str | None]]:
    """Yield the rows as (case, time, what, by which deadline)."""
    for row in rows:
        what = row.way.trigger if row.way else ("overdue" if row.cause else "open")
        yield row.case, row.time, what, row.cause[0] if row.cause else None


def by_case(rows: list[Row]) -> dict[int, list[tuple[int, str, str | None]]]:
    """Return what happened to each case."""
    found: dict[int, list[tuple[int, str, str | None]]] = {}
    for case, time, what, cause in told(rows):
        found.setdefault(case, []).append((time, what, cause))
    return found


# ------------------------------------------------------------ who comes first at one instant
def test_completion_beats_a_deadline_at_the_same_instant():
    """Work of an hour under a limit of an hour is done; a microsecond more and the deadline would have it."""
    breaks = way("break_off", "serving", "waiting", by="clock")
    for limit, broken in (("1h", False), ("59m", True)):
        limited = deadline("limit", "entry", "serving", limit, clock="elapsed", fires="break_off")
        community = changed_lifecycle(counter(lasting(1), {"a": 10.0}), transitions=[breaks], deadlines=[limited])
        events = {what for _, _, what, _ in told(rows_of(ran(community, days=5)))}
        assert ("break_off" in events) == broken
        assert ("serve" in events) != broken


def test_two_deadlines_at_one_instant_fire_in_order_of_declaration():
    """The second fires only if it still runs: if the first moved the case, it never does; if not, both are told."""
    leaves = way("leave", "waiting", "done", by="clock")
    first = deadline("first", "case", "waiting", "1h", clock="elapsed")
    second = deadline("second", "case", "waiting", "1h", clock="elapsed", fires="leave")
    for declared, expected in (
        ([first, second], [("overdue", "first"), ("leave", "second")]),
        ([second, first], [("leave", "second")]),
    ):
        community = changed_lifecycle(counter(RANDOM, {"a": 10.0}), transitions=[leaves], deadlines=declared)
        for events in by_case(rows_of(ran(with_handlers(community, 0), days=5, drain=1))).values():
            opened = events[0][0]
            assert [(what, cause) for _, what, cause in events[1:]] == expected
            assert {time for time, _, _ in events[1:]} == {opened + HOUR}


def test_a_freed_handler_takes_the_next_case_before_the_moving_one_comes_in():
    """With a queue and one handler, a case sent back to its own queue waits behind whoever is next."""
    back = way("put_back", "serving", "waiting")
    community = with_behaviour(
        changed_lifecycle(counter(RANDOM, {"a": 40.0}), transitions=[back]),
        serving=Behaviour(RANDOM, {"serve": 0.5, "put_back": 0.5}),
    )
    rows = rows_of(ran(community, days=20))
    waiting: set[int] = set()
    seen = 0
    for row, after in pairwise(rows):
        what = row.way.trigger if row.way else "open"
        if what in ("serve", "put_back") and waiting:
            assert (after.time, after.way.trigger) == (row.time, "take")
            assert after.case in waiting
            assert after.case != row.case
            seen += 1
        waiting = waiting | {row.case} if what in ("open", "put_back") else waiting - {row.case}
    assert seen > 100


def test_who_is_next_is_the_most_urgent_then_the_first_then_the_lowest_number():
    """Whenever a case is taken, nobody in the queue comes before it."""
    severity = {"a": 1, "b": 3, "c": 4}
    run = ran(counter(RANDOM, {"a": 8.0, "b": 8.0, "c": 8.0}, severity=severity, hours=OFFICE), days=30)
    stream = np.concatenate(run.replication.openings)[:, 0].tolist()
    waiting: dict[int, tuple[int, int, int]] = {}
    for row in rows_of(run):
        if row.way is None:
            waiting[row.case] = (stream[row.case], row.time, row.case)
        elif row.way.take:
            assert waiting.pop(row.case) <= min(waiting.values(), default=(9, 0, 0))


# ------------------------------------------------------------ working hours
def test_cases_are_taken_in_working_time_only_and_work_stops_overnight():
    """Every taking is in working time, every end has exactly an hour of it behind, and none lies on an opening."""
    run = ran(counter(lasting(1), {"a": 4.0}, hours=OFFICE), days=200)
    start, taken, closings = run.tables.window.start, {}, 0
    for case, time, what, _ in told(rows_of(run)):
        if what == "take":
            assert OFFICE.working(start + time)
            taken[case] = start + time
        elif what == "serve":
            assert start + time == OFFICE.add(taken[case], HOUR)
            closings += not OFFICE.working(start + time)
    assert closings > 5


def test_an_opening_hands_out_unit_by_unit():
    """At nine every unit with a queue takes at once, in order of the organization, each its own first cases."""
    base = counter(lasting(8), {"a": 400.0}, hours=OFFICE)
    patterns = {"office": Pattern("office", handlers=2), "desk": Pattern("desk", each=5, handlers=2, households=20)}
    levels = (*base.plan.levels, evolve(base.plan.levels[0], name="desk"))
    intake = {"matter": evolve(base.intake["matter"], channel={"doorstep": "desk"})}
    community = base.with_(plan=evolve(base.plan, levels=levels, patterns=patterns), intake=intake)
    run = ran(community, days=1)
    nine = OFFICE.instant("2026-01-05T09:00") - run.tables.window.start
    handed = [row for row in rows_of(run) if row.time == nine and row.way is not None and row.way.take]
    assert [row.unit for row in handed] == sorted([f"desk/{n}" for n in range(1, 6)] * 2)
    for one, other in zip(handed[::2], handed[1::2], strict=True):
        assert one.case < other.case


def test_the_clock_on_the_wall_and_the_working_clock():
    """Four hours of working time take until the next morning; four elapsed ones do not wait for anybody."""
    kinds = [
        deadline("working", "case", "waiting", "4h"),
        deadline("elapsed", "case", "waiting", "4h", clock="elapsed"),
    ]
    community = changed_lifecycle(counter(RANDOM, {"a": 10.0}, hours=OFFICE), deadlines=kinds)
    run = ran(with_handlers(community, 0), days=10, drain=5)
    start = run.tables.window.start
    for events in by_case(rows_of(run)).values():
        opened = start + events[0][0]
        if events[0][0] >= 10 * DAY:
            continue
        due = {cause: start + time for time, _, cause in events[1:]}
        assert due == {"working": OFFICE.add(opened, 4 * HOUR), "elapsed": opened + 4 * HOUR}


# ------------------------------------------------------------ interruptions
def test_an_interruption_frees_the_handler_and_the_work_is_drawn_anew():
    """Broken off after an hour, a case queues again, loses what was done, and is given another time."""
    breaks = way("break_off", "serving", "waiting", by="clock")
    limit = deadline("limit", "entry", "serving", "1h", clock="elapsed", fires="break_off")
    community = changed_lifecycle(counter(RANDOM, {"a": 12.0}), transitions=[breaks], deadlines=[limit])
    broken = again = 0
    for events in by_case(rows_of(ran(community, days=60, drain=10))).values():
        stints = [(b[0] - a[0], b[1]) for a, b in pairwise(events) if a[1] == "take"]
        assert all((length == HOUR) == (how == "break_off") for length, how in stints)
        assert all(length <= HOUR for length, _ in stints)
        broken += sum(how == "break_off" for _, how in stints)
        again += len(stints) > 1 and stints[-1][1] == "serve"
    assert broken > 100
    assert again > 50


def test_work_that_may_finish_is_only_overdue():
    """With ``finish`` the deadline is told once and the work goes on to its own end."""
    breaks = way("break_off", "serving", "waiting", by="clock")
    limit = deadline("limit", "case", "waiting serving", "1h", clock="elapsed", fires="break_off")
    limit = evolve(limit, while_working="finish")
    community = changed_lifecycle(counter(lasting(3), {"a": 2.0}), transitions=[breaks], deadlines=[limit])
    found = by_case(rows_of(ran(community, days=30, drain=10)))
    for events in found.values():
        assert [what for _, what, _ in events].count("overdue") == 1
        assert "break_off" not in {what for _, what, _ in events}


def test_the_clock_never_sets_a_severity():
    """A severity is a person's to set: a way that the clock takes leaves it, here as on the desk."""
    hurry = way("hurry", "waiting", by="clock", sets=("severity",))
    limit = deadline("limit", "case", "waiting", "1h", clock="elapsed", fires="hurry")
    base = changed_lifecycle(counter(lasting(2), {"a": 20.0}), transitions=[hurry], deadlines=[limit])
    rates = base.assumptions.arrivals["matter"]["a"]
    graded = {"matter": {"a": evolve(rates, severity={1: 0.5, 4: 0.5})}}
    run = ran(base.with_(assumptions=evolve(base.assumptions, arrivals=graded)), days=20)
    taken = [case for case, _, what, _ in told(rows_of(run)) if what == "take"]
    assert taken == sorted(taken)


# ------------------------------------------------------------ sessions
def test_a_session_takes_so_many_and_the_rest_wait_for_the_next():
    """Each Friday at three the first three matters are decided, in order; another round keeps its place."""
    ways = [
        way("convene", "serving", "convened", move="convene"),
        way("agree", "convened", "done_after", move="back"),
        way("another_round", "convened", "convened", add={"rounds": 1}),
        way("end", "done_after", "done"),
    ]
    states = {"convened": State("convened", "wait"), "done_after": State("done_after", "wait")}
    base = counter(lasting(0.1), {"a": 0.8}, hours=OFFICE)
    base = base.with_(plan=evolve(base.plan, conferences=(Conference("office", "fri", "15:00", capacity=3),)))
    counters = {"rounds": gf.lifecycle.Counter("rounds")}
    community = with_behaviour(
        changed_lifecycle(base, states=states, transitions=ways, counters=counters),
        serving=Behaviour(lasting(0.1), {"convene": 1.0}),
        convened=Behaviour(None, {"agree": 0.6, "another_round": 0.4}),
        done_after=Behaviour(lasting(1), {"end": 1.0}),
    )
    run = ran(community, days=100, drain=100)
    start = run.tables.window.start
    before: dict[int, int] = {}
    sessions: dict[int, list[int]] = {}
    for row in rows_of(run):
        what = row.way.trigger if row.way else "open"
        if what == "convene":
            before[row.case] = row.time
        elif what in ("agree", "another_round"):
            decided = sessions.setdefault(row.time, [])
            ahead = [case for case in before if (before[case], case) < (before[row.case], row.case)]
            assert set(ahead) <= set(decided)
            decided.append(row.case)
            if what == "agree":
                del before[row.case]
    assert max(map(len, sessions.values())) == 3
    held = [OFFICE.local(start + time) for time in sessions]
    assert {(at.strftime("%a"), at.hour, at.minute) for at in held} == {("Fri", 15, 0)}
    assert sum(len(cases) == 3 for cases in sessions.values()) > 3


def test_sessions_do_not_depend_on_the_day_the_run_starts():
    """Every second Friday is the same Friday whichever day the run begins; none on a day without working hours."""
    beida = gf.load("beida")
    meeting = beida.plan.conferences[0]
    found = []
    for start in ("2026-01-05", "2026-01-10", "2026-01-24"):
        first = beida.calendars["office"].instant(start)
        sessions = conference_sessions(meeting, beida.calendars["office"], start=first, until=first + 120 * DAY)
        found.append({beida.calendars["office"].local(at).isoformat() for at in sessions})
    common = {at for at in found[0] if "2026-01-25" < at < "2026-05-01"}
    assert all({at for at in one if "2026-01-25" < at < "2026-05-01"} == common for one in found)
    assert len(common) in (5, 6, 7)
    assert not any(at.startswith("2026-02-20") for one in found for at in one)


# ------------------------------------------------------------ outcomes
WEIGHTS = {"serve": 0.4, "a": 0.1, "b": 0.3, "c": 0.2}


def endings(closed: str | None) -> dict[int, str]:
    """Return how each case of a roomy counter ended: in one of four ways, one of them closed by its guard."""
    ways = [way(name, "serving", "done") for name in WEIGHTS if name != "serve"]
    base = changed_lifecycle(counter(lasting(1), {"a": 400.0}, handlers=500), transitions=ways)
    cycle = base.lifecycles["matter"]
    guarded = [evolve(w, when="severity > 9") if w.trigger == closed else w for w in cycle.transitions]
    community = with_behaviour(
        base.with_(lifecycles={"matter": evolve(cycle, transitions=tuple(guarded))}),
        serving=Behaviour(lasting(1), WEIGHTS),
    )
    rows = rows_of(ran(community, days=30, drain=2))
    return {row.case: row.way.trigger for row in rows if row.way is not None and not row.way.take}


@pytest.mark.parametrize("closed", [None, "b", "serve"])
def test_what_is_not_enabled_is_left_out_and_the_rest_rescaled(closed):
    """The shares of the endings are the weights of those that are open, one with the other."""
    found = list(endings(closed).values())
    share = {name: weight for name, weight in WEIGHTS.items() if name != closed}
    expected = [len(found) * weight / sum(share.values()) for weight in share.values()]
    assert stats.chisquare([found.count(name) for name in share], expected).pvalue > 1e-3
    assert closed not in found


def test_closing_an_outcome_moves_only_those_who_would_have_taken_it():
    """Every other case ends as before: the same luck, whatever rule changes beside it."""
    opened, shut = endings(None), endings("b")
    assert {case: how for case, how in opened.items() if how != "b"} == {
        case: how for case, how in shut.items() if opened[case] != "b"
    }
    assert "b" in opened.values()


def test_an_outcome_of_no_weight_is_never_taken():
    """Where only outcomes of weight nought are open, nothing is: the run says so and takes none of them."""
    community = changed_lifecycle(counter(lasting(1), {"a": 5.0}), transitions=[way("a", "serving", "done")])
    never = with_behaviour(community, serving=Behaviour(lasting(1), {"serve": 1.0, "a": 0.0}))
    assert {row.way.trigger for row in rows_of(ran(never, days=20)) if row.way is not None} == {"take", "serve"}
    cycle = never.lifecycles["matter"]
    guarded = tuple(evolve(w, when="severity > 9") if w.trigger == "serve" else w for w in cycle.transitions)
    with pytest.raises(gf.SimulationError, match="none of the outcomes assumed there is enabled"):
        ran(never.with_(lifecycles={"matter": evolve(cycle, transitions=guarded)}), days=20)
