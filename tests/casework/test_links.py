"""Parents and children: a case that has raised others ends after the last of them, whoever or whatever ends that."""

from __future__ import annotations

import tomllib
from functools import cache

import pytest

import govflow as gf
from govflow.calendar import DAY, HOUR
from govflow.casework import CountingIds, Desk, ManualClock
from govflow.errors import Refused
from tests.casework.scenes import START

DEFINITION = """
format = 1
name = "corner"
levels.office = { calendar = "always" }
organization.top = "corner"
organization.patterns.office = { handlers = 1 }
calendars.always = { hours = { mon-sun = "00:00-24:00" } }
categories.repair = {}
channels.telephone = {}

[lifecycle.task]
start = "received"

[lifecycle.task.states]
received = { kind = "queue" }
doing = { kind = "work" }
done = { kind = "wait" }
closed = { kind = "final" }

[lifecycle.task.transitions]
begin = { from = "received", to = "doing", take = true }
divide = { from = "doing", by = "handler@here", raises = "task" }
finish = { from = "doing", to = "done", by = "handler@here" }
lapse = { from = "received", to = "closed", by = "clock" }

[lifecycle.task.transitions.close]
from = "done"
to = "closed"
by = ["handler@here", "clock"]
follows = "children"
when = "children_open == 0"

[lifecycle.task.deadlines.patience]
scope = "entry"
runs = "received"
limit = { default = "3d" }
clock = "elapsed"
fires = "lapse"
"""

ANNA = "office/corner#1"


@cache
def corner():
    """A community of one office whose tasks can be divided; what nobody takes up for three days lapses."""
    return gf.load(tomllib.loads(DEFINITION))


@pytest.fixture
def desk():
    """A desk on a Monday morning."""
    return Desk(corner(), clock=ManualClock(START), ids=CountingIds())


def divided(desk, parts=2):
    """Open a task and divide it; return it, finished but for its parts, and the parts."""
    task = desk.open("task", by=ANNA)
    desk.act(task, "begin", by=ANNA)
    for _ in range(parts):
        task = desk.act(task, "divide", by=ANNA)
    return desk.act(task, "finish", by=ANNA), task.facts["raised"]


def done(desk, case):
    """Do a task to its end."""
    desk.act(case, "begin", by=ANNA)
    desk.act(case, "finish", by=ANNA)
    return desk.act(case, "close", by=ANNA)


def test_a_parent_refuses_to_close_while_a_child_is_open(desk):
    """As long as one of several is open, the closing is not open to anybody, and the answer says why."""
    task, (one, other) = divided(desk)
    for open_still in (2, 1):
        assert desk.case(task).facts["children"] == open_still
        assert "children_open == 0" in desk.explain(task, by=ANNA).why_not("close")
        with pytest.raises(Refused, match="cannot 'close'"):
            desk.act(task, "close", by=ANNA)
        assert desk.case(task).state == "done"
        if open_still == 2:
            done(desk, one)
    done(desk, other)
    assert desk.case(task).state == "closed"


def test_a_parent_closes_with_its_last_child_in_one_commit(desk):
    """What ends the last child ends the parent, at the same instant, and the parent's event says that it follows."""
    task, parts = divided(desk)
    for part in parts:
        desk.clock.at += HOUR
        done(desk, part)
    last = desk.history(task)[-1]
    assert (last.kind, last.at, last.by) == ("close", desk.clock.at, "clock")
    assert last.fields == {"follows": "children"}
    assert desk.history(parts[-1])[-1].at == last.at
    assert [event.kind for event in desk.history(task)][-3:] == ["child_closed", "child_closed", "close"]
    assert desk.verify_audit().ok


def test_a_parent_at_work_closes_when_it_is_finished(desk):
    """Where the last child ends before the parent is ready to, nothing follows; later people close it."""
    task = desk.open("task", by=ANNA)
    desk.act(task, "begin", by=ANNA)
    (part,) = desk.act(task, "divide", by=ANNA).facts["raised"]
    done(desk, part)
    assert (desk.case(task).state, desk.case(task).facts["children"]) == ("doing", 0)
    desk.act(task, "finish", by=ANNA)
    assert desk.act(task, "close", by=ANNA).state == "closed"


def test_a_grandparent_closes_after_all(desk):
    """The end goes up as far as everything below has ended, and no farther."""
    task, (part, other) = divided(desk)
    desk.act(part, "begin", by=ANNA)
    (small,) = desk.act(part, "divide", by=ANNA).facts["raised"]
    desk.act(part, "finish", by=ANNA)
    done(desk, small)
    assert (desk.case(part).state, desk.case(task).state) == ("closed", "done")
    done(desk, other)
    assert desk.case(task).state == "closed"


def ended_by_the_clock(how):
    """Let the children of a task lapse, each a day after the other; `how` says who notices. Return all histories."""
    desk = Desk(corner(), clock=ManualClock(START), ids=CountingIds())
    task = desk.open("task", by=ANNA)
    desk.act(task, "begin", by=ANNA)
    for _ in range(2):
        desk.act(task, "divide", by=ANNA)
        desk.clock.at += DAY
    parts = desk.act(task, "finish", by=ANNA).facts["raised"]
    for _ in range(8):
        desk.clock.at += DAY // 2
        if how == "often":
            desk.advance()
    if how == "by an act":
        with pytest.raises(Refused, match="'close'"):
            desk.act(task, "close", by=ANNA)
    desk.advance()
    return task, {case: [(e.kind, e.at, e.by, e.deadline) for e in desk.history(case)] for case in (task.id, *parts)}


@pytest.mark.parametrize("how", ["often", "once", "by an act"])
def test_a_parent_closes_when_its_last_child_lapses(how):
    """Where a deadline ends the last child the parent ends at the due instant, whoever notices it and when (L5)."""
    task, told = ended_by_the_clock(how)
    due = START + DAY + 3 * DAY
    assert told[task.id][-3:] == [
        ("child_closed", due - DAY, "clock", None),
        ("child_closed", due, "clock", None),
        ("close", due, "clock", None),
    ]
    assert [history[-1] for case, history in told.items() if case != task.id] == [
        ("lapse", due - DAY, "clock", "patience"),
        ("lapse", due, "clock", "patience"),
    ]
    assert told == ended_by_the_clock("often")[1]
