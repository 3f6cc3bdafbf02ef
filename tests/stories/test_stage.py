"""The stage: time, processes that wait, reactions, hours, and luck that belongs to names."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow import stories
from govflow.calendar import ALWAYS, DAY, HOUR
from govflow.community import Bound, Figure
from govflow.stories import Chapter, Reached
from govflow.stories.crew import Hours
from govflow.stories.stage import Stage

NOISE = {"category": "noise", "channel": "doorstep", "unit": "host/1-1-1", "by": "resident:example-1"}

spans = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 20)), max_size=4).map(
    lambda drawn: [(begin, begin + length) for begin, length in drawn]
)


def apart(found):
    """Return the spans that do not overlap the one before."""
    kept = []
    for begin, end in sorted(found):
        if not kept or kept[-1][1] <= begin:
            kept.append((begin, end))
    return kept


def test_a_process_goes_on_at_its_instant_and_when_something_happens():
    """One waits for an hour, another for the unit, a third begins because a case came in; all in order of time."""
    stage, seen = Stage(gf.load("beida"), "2026-01-05T10:00"), []
    start = stage.now

    def resident():
        yield stage.now + HOUR
        stage.desk.open("grievance", **NOISE)

    def handler():
        yield "host/1-1-1"
        seen.append(("woken", stage.now - start))

    def reaction(case):
        seen.append((case.state, stage.now - start))
        return
        yield

    stage.when("grievance", "received", reaction)
    stage.begin(handler(), resident())
    stage.run(start + DAY)
    assert sorted(seen) == [("received", HOUR), ("woken", HOUR)]
    assert stage.now == start + DAY


def test_deadlines_fire_while_nobody_acts():
    """A case that nobody takes up is escalated by the clock, and whoever waits for it is woken."""
    stage, woken = Stage(gf.load("beida"), "2026-01-05T10:00"), []
    case = stage.desk.act(stage.desk.open("grievance", **NOISE), "accept", by="host/1-1-1#1")

    def waiting():
        while stage.desk.case(case).unit == "host/1-1-1":
            yield case.id
        woken.append(stage.now)

    stage.begin(waiting())
    stage.run(stage.now + 7 * DAY)
    (event, *_) = [event for event in stage.desk.history(case) if event.kind == "escalate"]
    assert event.at <= woken[0] <= event.at + HOUR


@given(spans.map(apart), st.integers(0, 120), st.integers(1, 60))
def test_work_is_done_in_working_hours_only(away, at, work):
    """Work ends at the first instant that has so much time behind it in which nobody was away."""
    hours = Hours(ALWAYS, away)
    done = hours.after(at, work)
    inside = [instant for instant in range(at, done) if not any(begin <= instant < end for begin, end in away)]
    assert len(inside) == work
    assert inside[-1] == done - 1
    assert hours.opening(at) == next(t for t in range(at, 400) if not any(begin <= t < end for begin, end in away))


@settings(max_examples=20)
@given(st.integers(0, 99), st.lists(st.integers(), max_size=3))
def test_luck_belongs_to_names(seed, names):
    """The same names give the same draw between 0 and 1 on any stage with that seed."""
    beida = gf.load("beida")
    first, second = (Stage(beida, "2026-01-05", seed).luck(*names) for _ in range(2))
    assert first == second
    assert 0 < first < 1


@given(st.integers(1, 10_000), st.integers(0, 20_000))
def test_a_figure_is_met_as_its_bound_says(reported, reached):
    """Exactly, at least, at most, within a tenth, or within a tenth from below: nearly is not more than."""
    met = {bound: Reached(Figure("wishes", reported, bound), reached).met for bound in get_args(Bound)}
    assert met["exact"] == (reached == reported)
    assert met["at_least"] == (reached >= reported)
    assert met["at_most"] == (reached <= reported)
    assert met["about"] == (10 * abs(reached - reported) <= reported)
    assert met["nearly"] == (met["about"] and met["at_most"])


def test_what_a_story_is_given_of_a_report_is_told_as_given_and_is_nothing_that_was_met():
    """A figure taken as an input has no value of its own; what comes of it is told as so many of those given."""
    stage = Stage(gf.load("chengnan"), "2020-06-22")
    assert stage.reached("publicity_sessions", 48).given is None
    assert stage.given("demands_collected") == 129
    only, of_it = stage.reached("demands_collected"), stage.reached("demands_resolved", 128, given=129)
    assert (only.value, only.given, only.met) == (None, 129, None)
    assert (of_it.given, of_it.met) == (129, False)
    text = stage.story([Chapter("station", {"en": "The station"}, (), (only, of_it))]).to_text()
    assert "demands collected by the station: 129, given (reported: 129)" in text
    assert "of them resolved and answered: 128 of the 129 given (reported: 129)" in text


def test_no_story_reads_a_figure_but_through_the_stage():
    """Only the stage touches the figures of a definition, and who takes one there is told to have been given it."""
    modules = Path(stories.__file__).parent.glob("*.py")
    readers = {path.name for path in modules if ".figures" in path.read_text("utf-8")}
    assert readers == {"stage.py", "story.py"}  # the stage reads a community's, the story its chapters' rows
