"""The story of one case: what the table says of it, in words."""

from __future__ import annotations

import pytest

import govflow as gf
from govflow.simulation.events import COLUMNS
from tests.simulation.made import busy

INTERNAL = {"overdue", "urge", "regrade"}


@pytest.fixture(scope="module")
def study() -> gf.Study:
    """Return a small study with its table."""
    return gf.simulate(busy(gf.load("beida"), 40), days=10, drain=60, replications=1, events=True)


def test_a_story_tells_all_events_of_its_case_and_no_others(study):
    """Line by line, every case's story is what the table holds of it; where no state is entered, the last one stays."""
    told: dict[int, list[tuple[str, ...]]] = {}
    for batch in study.events().batches():
        for row in batch:
            event = dict(zip(COLUMNS, row, strict=True))
            own = told.setdefault(event["case"], [])
            state = event["state"] or own[-1][4]
            own.append((event["at"], event["event"], event["deadline"], event["unit"], state))
    for case in list(told)[:60]:
        story = study.explain(case)
        assert [(line.at, line.event, line.deadline, line.unit, line.state) for line in story.lines] == told[case]
    assert any(line[1] in INTERNAL for lines in told.values() for line in lines)


def test_a_story_reads_as_text(study):
    """The first line says what came and how, every other one when, what, by which deadline, and where it stands."""
    late = next(
        story
        for story in map(study.explain, range(study.cases))
        if any(line.deadline and line.event != "overdue" for line in story.lines)
    )
    head, *lines = str(late).splitlines()
    assert head == f"case {late.case}: grievance, {late.category}, by {late.channel}"
    assert len(lines) == len(late.lines)
    assert lines[0] == f"{late.lines[0].at}  open → received at {late.lines[0].unit}"
    fired = next(line for line in late.lines if line.deadline and line.event != "overdue")
    assert f"{fired.at}  {fired.event} (deadline {fired.deadline}) → {fired.state} at {fired.unit}" in lines


def test_a_story_is_plain_data(study):
    """As data a story holds the same lines, and no household."""
    data = study.explain(3).to_data()
    assert set(data) == {"case", "lifecycle", "category", "channel", "events"}
    assert [event["event"] for event in data["events"]] == [line.event for line in study.explain(3).lines]
    assert "household" not in str(data)


def test_a_story_needs_no_table():
    """Where the table was not kept, the replication is run again, and tells the same."""
    beida = gf.load("beida")
    kept, bare = (gf.simulate(beida, days=5, drain=5, replications=2, events=events) for events in (True, False))
    for replication in (0, 1):
        assert kept.explain(7, replication=replication) == bare.explain(7, replication=replication)


@pytest.mark.parametrize("case", [-1, 10**9])
def test_a_case_that_is_not_there_is_refused(study, case):
    """The error names the case and says which there are."""
    with pytest.raises(gf.UsageError, match=f"case {case}: not in this run; its cases are numbered 0 to"):
        study.explain(case)
