"""Tables for other programs: no formula in a cell, nobody's id that was not asked for."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, strategies as st

from govflow.casework import Case, to_csv, to_json
from govflow.errors import UsageError
from govflow.record import Event
from tests.casework.scenes import START, later
from tests.casework.village import DOOR, HOUSEHOLD, LOOSE, NEXT_DOOR, REPORTER, SECRETARY, SUBJECT, village


def rows(text):
    """Read CSV as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def busy(make_desk):
    """A desk with one case in which many people have a part."""
    desk = make_desk(village())
    case = desk.open("request", by=REPORTER, subject=SUBJECT, household=HOUSEHOLD, category="noise", channel="doorstep")
    later(desk)
    desk.act(case, "start", by=DOOR)
    desk.act(case, "ask_help", by=DOOR, handler=NEXT_DOOR)
    desk.act(case, "escalate", by=DOOR)
    desk.act(case, "start", by=SECRETARY)
    return desk


PEOPLE = (REPORTER, SUBJECT, HOUSEHOLD, DOOR, NEXT_DOOR, SECRETARY)


def test_cases_and_events_are_told_without_people_unless_they_are_asked_for(busy):
    """By default no id of a person, a post or a household is in a table; with `people` those are there that belong."""
    page, history = busy.find(), busy.history("request-1")
    for export in (to_csv, to_json):
        for what in (page, page.cases, history):
            assert not [person for person in PEOPLE if person in export(what)]
        assert [person for person in PEOPLE if person in export(page, people=True)] == list(PEOPLE)
        assert {REPORTER, DOOR, NEXT_DOOR, SECRETARY} <= {p for p in PEOPLE if p in export(history, people=True)}


def test_a_table_says_what_the_desk_says(busy):
    """Golden: the case and its events, instants in UTC for people to read, in µs for programs."""
    case = rows(to_csv(busy.find()))[0]
    assert (case["case"], case["state"], case["unit"], case["opened"]) == (
        "request-1",
        "handling",
        "block/1",
        "2026-01-05T02:00:00+00:00",
    )
    assert [row["kind"] for row in rows(to_csv(busy.history("request-1")))] == [
        "open",
        "start",
        "ask_help",
        "escalate",
        "start",
    ]
    assert json.loads(to_json(busy.find()))[0]["opened"] == START


def test_figures_are_a_row_a_group(busy):
    """The keys first, then every figure by its dotted name; as JSON they are their own plain data."""
    figures = busy.statistics("request", per=["unit", "category"])
    row = rows(to_csv(figures))[0]
    assert (row["unit"], row["category"], row["cases.opened"], row["rates.prompt.n"]) == ("door/1-1", "noise", "1", "1")
    assert json.loads(to_json(figures)) == figures.to_data()


@given(text=st.text(max_size=20), dangerous=st.sampled_from("=+-@\t\r＝＋－＠"))
def test_no_cell_begins_as_a_formula(text, dangerous):
    """Whatever an id or a code says, it is taken for a text, and nothing but an apostrophe is added to it."""
    odd = dangerous + text.replace("\0", "")
    facts = {"lifecycle": "request", "category": odd, "reporter": odd, "parties": [odd, odd]}
    read = rows(to_csv([Case(odd, 1, facts)], people=True))[0]
    events = rows(to_csv([Event("c", 1, odd, 0, 0, odd, odd, reason=odd, fields={"code": odd})], people=True))[0]
    for cell in (read["case"], read["category"], read["reporter"], events["kind"], events["by"], events["reason"]):
        assert cell == f"'{odd}"
    assert all(not cell.startswith(dangerous) for cell in (*read.values(), *events.values()))
    assert json.loads(to_json([Case(odd, 1, facts)]))[0]["case"] == odd, "JSON is no spreadsheet"


@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20))
def test_a_harmless_cell_is_as_it_was(text):
    """Commas, quotes, line ends and every script come back from CSV as they were."""
    cell = rows(to_csv([Case(f"c{text}", 1, {})]))[0]["case"]
    assert cell == f"c{text}"


def test_an_empty_table_and_what_is_none(make_desk):
    """Nothing found is a heading alone; what a desk does not give out is refused."""
    desk = make_desk(village())
    assert rows(to_csv(desk.find())) == []
    assert json.loads(to_json(desk.find(reporter=LOOSE))) == []
    with pytest.raises(UsageError, match="must be a page, statistics, or a list of cases or of events"):
        to_csv([1, 2])
