"""Lists of cases and what was said in them: their order, their pages, their texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from govflow.errors import UnknownName, UsageError
from tests.casework.scenes import desk_on, later
from tests.casework.village import BLOCK, CARE, DOOR, HOUSEHOLD, OFFICE, OTHER_DOOR, REPORTER, village

UNITS = ("door/1-1", "door/1-2", "door/2-1")


def request(desk, unit="door/1-1", severity=3, **more):
    """Open a request at a unit."""
    return desk.open("request", by=REPORTER, unit=unit, channel="doorstep", severity=severity, **more)


def filled(desk, cases):
    """Open cases (unit, severity, minutes since the one before), every third of them handled further."""
    for number, (unit, severity, minutes) in enumerate(cases):
        later(desk, minutes * 60_000_000)
        case = request(desk, unit, severity)
        if number % 3 == 1:
            desk.act(case, "escalate", by=f"{unit}#1")
        if number % 3 == 2:
            desk.act(case, "answer", by=f"{unit}#1")
    return desk


def pages(read, limit):
    """Return the pages of a list until there are no more."""
    found = [read(limit=limit, after=None)]
    while found[-1].after is not None:
        found.append(read(limit=limit, after=found[-1].after))
    return found


def queue_order(case):
    """Return a case's place in a queue, as the simulation has it."""
    return case.severity, case.facts["entered"], case.id


CASES = st.lists(st.tuples(st.sampled_from(UNITS), st.integers(1, 4), st.integers(0, 2)), max_size=25)


@settings(max_examples=40)
@given(cases=CASES, limit=st.integers(1, 7))
def test_an_inbox_is_the_open_cases_of_a_unit_in_the_order_of_a_queue(cases, limit):
    """Page by page every open case of the unit comes once: by severity, then by time of entering, then by id."""
    desk = filled(desk_on(community=village()), cases)
    everything = desk.find(limit=1000).cases
    for unit in (*UNITS, "block/1"):
        told = pages(lambda unit=unit, **page: desk.inbox(unit, **page), limit)
        expected = sorted((case for case in everything if case.open and case.unit == unit), key=queue_order)
        assert [case for page in told for case in page.cases] == expected
        assert all(len(page.cases) == limit for page in told[:-1]), "only the last page is not full"


@settings(max_examples=40)
@given(cases=CASES, limit=st.integers(1, 7))
def test_a_search_tells_every_case_that_fits_once(cases, limit):
    """Whatever the size of the pages; and to a reader those that they may see, in full pages."""
    desk = filled(desk_on(community=village()), cases)
    everything = [desk.case(row.case) for row in desk.store.rows()]
    for where, by, fits in (
        ({}, None, lambda _: True),
        ({"unit": UNITS[:2], "open": True}, None, lambda case: case.open and case.unit in UNITS[:2]),
        ({"state": "asked"}, None, lambda case: case.state == "asked"),
        ({"category": None}, None, lambda _: True),
        ({}, DOOR, lambda case: case.facts["home"] == "door/1-1" or case.unit == "door/1-1"),
        ({"state": "received"}, BLOCK, lambda case: case.state == "received" and case.facts["home"] != "door/2-1"),
    ):
        told = pages(lambda where=where, by=by, **page: desk.find(**where, by=by, **page), limit)
        expected = sorted((case for case in everything if fits(case)), key=lambda case: case.id)
        assert [case for page in told for case in page.cases] == expected, (where, by)
        assert all(len(page.cases) == limit for page in told[:-1])


def test_lists_are_the_same_on_every_store(make_desk):
    """Golden: eleven cases, three of which the reader may see, two a page."""
    cases = [(UNITS[at % 3], 1 + at * 7 % 4, at % 2) for at in range(11)]
    desk = filled(make_desk(village()), cases)
    told = pages(lambda **page: desk.find(open=True, by=OTHER_DOOR, **page), 2)
    assert [[case.id for case in page.cases] for page in told] == [["request-3", "request-6"], ["request-9"]]
    told = pages(lambda **page: desk.inbox("door/1-1", **page), 2)
    assert [[(case.id, case.severity) for case in page.cases] for page in told] == [
        [("request-1", 1), ("request-4", 2)],
        [("request-7", 3), ("request-10", 4)],
    ]


def test_nobody_is_lost_between_pages_while_cases_come_and_go(make_desk):
    """A case that leaves before the cursor, and one that comes before it, moves no other out of the next page."""
    desk = make_desk(village())
    cases = [request(desk, severity=3) for _ in range(6)]
    first = desk.inbox("door/1-1", limit=3)
    desk.act(cases[0], "escalate", by=DOOR)
    request(desk, severity=1)
    second = desk.inbox("door/1-1", limit=3, after=first.after)
    assert [case.id for case in second.cases] == [case.id for case in cases[3:]]


def test_what_cannot_be_looked_for_is_told_with_what_can(make_desk):
    """Columns, names, limits and cursors that are none are refused, each with its remedy."""
    desk = make_desk(village())
    page = [request(desk) for _ in range(2)] and desk.inbox("door/1-1", limit=1)
    with pytest.raises(UnknownName, match="unknown column to find cases by 'colour'"):
        desk.find(colour="red")
    with pytest.raises(UnknownName, match="unknown state 'recieved'; did you mean 'received'"):
        desk.find(state="recieved")
    with pytest.raises(UnknownName, match="unknown unit 'door/1-9'"):
        desk.inbox("door/1-9")
    for limit in (0, 1001, True, 2.5):
        with pytest.raises(UsageError, match="must be a whole number"):
            desk.find(limit=limit)
    for after in ("", "7", '["x"]', "[1,2,3]", '[3,"4","x"]', "null"):
        with pytest.raises(UsageError, match="must be the 'after' of the page before"):
            desk.inbox("door/1-1", after=after)
    with pytest.raises(UsageError, match="of the same question"):
        desk.find(after=page.after)


# ------------------------------------------------------------ texts
def test_texts_are_told_by_the_event_that_speaks_of_them(make_desk):
    """What was said at the opening and in notes comes back as it was, by (version, name)."""
    desk = make_desk(village())
    words = "=1+1 <b>\N{RIGHT-TO-LEFT OVERRIDE}屋顶漏水"
    case = request(desk, text=words)
    desk.note(case, "second", by=DOOR)
    told = desk.texts(case)
    assert {key: (text.kind, text.by, text.text, text.erased) for key, text in told.items()} == {
        (1, "text"): ("open", REPORTER, words, False),
        (2, "text"): ("note", DOOR, "second", False),
    }


def test_an_erased_text_is_told_as_erased(make_desk):
    """The event still commits to it; the text is gone, of whoever asks."""
    desk = make_desk(village())
    case = request(desk, text="forget me")
    desk.note(case, "keep me", by=DOOR)
    desk.erase(person=REPORTER, by=OFFICE, reason="request")
    for by in (None, DOOR, REPORTER):
        told = desk.texts(case, by=by)
        assert [(text.name, text.text, text.erased) for text in told.values()][:2] == [
            ("text", None, True),
            ("text", "keep me", False),
        ]


def test_a_household_is_found_by_its_name(make_desk):
    """The cases of a household, by its id, and only its."""
    desk = make_desk(village())
    mine = desk.open("request", by=REPORTER, household=HOUSEHOLD, channel="doorstep")
    request(desk)
    assert [case.id for case in desk.find(household=HOUSEHOLD, by=CARE).cases] == [mine.id]
