"""Malformed definitions: every slip is found at its place, several at once, and told in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from govflow.community import faults, load
from govflow.errors import DefinitionError
from tests.community.definitions import HANDLING, MISSING, NOISE, WRONGS, drop, fresh, put


def found(data):
    """Return the places and codes of all faults."""
    return [(fault.path, fault.code) for fault in faults(data)]


def related(one, other):
    """Say whether one key path lies inside the other."""
    return one.startswith(other) or other.startswith(one)


@pytest.mark.parametrize(("path", "value", "place", "code"), WRONGS, ids=lambda given: str(given)[:50])
def test_a_slip_is_found_at_its_place(path, value, place, code):
    """One wrong value brings a fault that names its place and its kind, and no other place."""
    got = found(put(fresh(), path, value))
    assert (place, code) in got
    assert all(related(other, place.rpartition(".")[0] or place) for other, _ in got)


@pytest.mark.parametrize(("path", "place", "code"), MISSING, ids=lambda given: str(given)[:50])
def test_what_is_missing_is_named_by_the_key_to_add(path, place, code):
    """Leaving one thing out brings exactly one fault, and it names the key that should be there."""
    assert found(drop(fresh(), path)) == [(place, code)]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WRONGS), min_size=2, max_size=6))
def test_several_slips_are_all_found_at_once(slips):
    """Independent slips do not hide one another: all are in the one error, each at its place."""
    data, kept = fresh(), []
    for path, value, place, code in slips:
        if not any(related(path, other) or related(place, spot) for other, spot, _ in kept):
            put(data, path, value)
            kept.append((path, place, code))
    got = found(data)
    unread = {whole_of(place) for _, place, code in kept if code in READING}
    for _, place, code in kept:
        if code in READING or whole_of(place) not in unread:
            assert (place, code) in got


def whole_of(place):
    """Return what is read as a whole: what does not fit inside it is found once all of it can be read."""
    return next((name for name, roots in WHOLES.items() if place.startswith(roots)), place)


WHOLES = {"organization": ("organization", "levels"), "stream": (NOISE,)}
READING = {"absurd_size", "missing_key", "not_finite", "unknown_key", "wrong_type"}


def test_the_error_holds_every_fault_sorted_by_place():
    """`load` raises one error that names the definition and holds all faults in the order of their places."""
    data = put(put(put(fresh(), "zone", "Mars"), f"{NOISE}.per_household_year", -1), "categories.noise.severity", 9)
    with pytest.raises(DefinitionError) as caught:
        load(data)
    assert caught.value.subject == "riverside"
    assert [fault.path for fault in caught.value.faults] == [
        f"{NOISE}.per_household_year",
        "categories.noise.severity",
        "zone",
    ]


def test_a_fault_is_found_beside_another_in_the_same_table():
    """A key that is not known does not keep the rest of its table from being read and checked."""
    data = put(put(fresh(), f"{NOISE}.chanels", {}), f"{NOISE}.per_household_year", -1)
    put(put(data, "lifecycle.request.transitions.confirm.too", "x"), "lifecycle.request.transitions.resolve.to", "askd")
    assert found(data) == [
        (f"{NOISE}.chanels", "unknown_key"),
        (f"{NOISE}.per_household_year", "negative"),
        ("lifecycle.request.transitions.confirm.too", "unknown_key"),
        ("lifecycle.request.transitions.resolve.to", "unknown_name"),
    ]


def test_what_had_to_be_left_out_is_not_missed_elsewhere():
    """A state or step that cannot be read is told once, not wherever its name is used; the rest is still found."""
    data = put(fresh(), "lifecycle.request.states.asked.kind", "wiat")
    drop(put(data, "lifecycle.request.deadlines.settle.runs", 3), "lifecycle.request.transitions.begin.from")
    put(data, "lifecycle.request.deadlines.handle.limit.blok", "1d")
    assert found(data) == [
        ("lifecycle.request.deadlines.handle.limit.blok", "unknown_name"),
        ("lifecycle.request.deadlines.settle.runs", "wrong_type"),
        ("lifecycle.request.states.asked.kind", "bad_value"),
        ("lifecycle.request.transitions.begin.from", "missing_key"),
    ]


def test_a_broken_section_is_not_told_twice():
    """Names in a section that cannot be read are not held against the sections that use them."""
    assert found(put(fresh(), "channels", [])) == [("channels", "wrong_type")]
    assert found(put(fresh(), "levels", {})) == [("levels", "empty")]


GOLDEN = [
    (
        "assumptions.arrivals.request.noise.per_household_year",
        -0.5,
        "assumptions.arrivals.request.noise.per_household_year: must not be negative, is -0.5",
    ),
    (
        "assumptions.arrivals.request.noise.per_household_year",
        float("nan"),
        "assumptions.arrivals.request.noise.per_household_year: must be a finite number, not nan",
    ),
    (
        "assumptions.behaviour.request.handling.outcomes",
        {"resolve": 0.5, "escalate": 0.4},
        "assumptions.behaviour.request.handling.outcomes: must add up to 1, not to 0.9",
    ),
    (
        "organization.patterns.contact.handlers",
        0,
        (
            "organization.patterns.contact.handlers: 'contact/1-1' and 14 more units without a handler, but request "
            "cases (noise by doorstep) open there; give it one, or open them at another level"
        ),
    ),
    (
        "lifecycle.request.deadlines.handle.limit.block",
        "0h",
        "lifecycle.request.deadlines.handle.limit.block: is 0s: a limit is longer than nothing; write one such as '4h'",
    ),
    (
        "organization.patterns.block.each",
        10**20,
        "organization.patterns.block.each: is too large: a whole number may be 1,000,000,000 at most",
    ),
    (
        "intake.request.doorstep",
        "contract",
        "intake.request.doorstep: unknown level 'contract'; did you mean 'contact'?",
    ),
    ("levels.block.calender", "x", "levels.block.calender: is not a key of a level; did you mean 'calendar'?"),
    (
        "lifecycle.request.states.asked.kind",
        "wiat",
        (
            "lifecycle.request.states.asked.kind: must be one of 'queue', 'work', 'wait', 'final', not the text "
            "'wiat'; did you mean 'wait'?"
        ),
    ),
]


@pytest.mark.parametrize(("path", "value", "text"), GOLDEN, ids=[text.partition(":")[0][-40:] for _, _, text in GOLDEN])
def test_the_text_says_subject_fact_and_rule(path, value, text):
    """What a person reads: the place, what is wrong there, and what was expected or meant."""
    assert [str(fault) for fault in faults(put(fresh(), path, value))] == [text]


# ------------------------------------------------------------ what the simulation needs
def test_behaviour_missing_at_one_level_is_named_there():
    """Where some levels have their entries, the missing one is named for the level that lacks it."""
    data = drop(fresh(), f"{HANDLING}.time")
    put(put(data, f"{HANDLING}.at.office.time", "1h"), f"{HANDLING}.at.block.time", "1h")
    assert found(data) == [(f"{HANDLING}.at.contact.time", "missing_behaviour")]


def test_a_wait_that_a_deadline_ends_needs_no_behaviour():
    """A wait state in which a deadline fires may have neither time nor outcomes, but not one without the other."""
    assert found(drop(fresh(), "assumptions.behaviour.request.asked")) == []
    data = drop(fresh(), "assumptions.behaviour.request.asked")
    drop(data, "lifecycle.request.deadlines.answer.fires")
    places = [place for place, code in found(data) if code == "missing_behaviour"]
    assert places == [f"assumptions.behaviour.request.asked.{key}" for key in ("outcomes", "time")]


def test_a_conference_state_needs_outcomes_and_no_time():
    """A state that `convene` leads to is decided by the session: it has outcomes, no time, and needs no conference."""
    data = fresh()
    put(data, "lifecycle.request.states.convened", {"kind": "wait"})
    put(data, "lifecycle.request.transitions.convene", {
        "from": "handling", "to": "convened", "move": "convene", "by": "handler@here"})  # fmt: skip
    put(data, "lifecycle.request.transitions.agree", {
        "from": "convened", "to": "received", "move": "back", "by": "handler@here"})  # fmt: skip
    assert found(data) == [("assumptions.behaviour.request.convened.outcomes", "missing_behaviour")]
    assert found(put(data, "assumptions.behaviour.request.convened.outcomes", {"agree": 1.0})) == []


def test_without_arrivals_nothing_is_needed_for_the_simulation():
    """A definition for the desk alone needs no assumptions at all."""
    assert found(drop(fresh(), "assumptions")) == []


def test_units_without_handlers_are_allowed_where_no_case_opens():
    """Zero handlers are a fault only where arrivals open; elsewhere staffing is a question for `verify`."""
    data = put(fresh(), "intake.request", {"doorstep": "contact", "telephone": "contact"})
    assert found(put(data, "organization.patterns.block.handlers", 0)) == []
    put(data, "organization.patterns.contact.handlers", {"default": 1, "contact/2-3": 0})
    assert found(data) == [('organization.patterns.contact.handlers."contact/2-3"', "unstaffed_arrivals")]


def test_an_empty_table_gets_every_missing_section_told():
    """The emptiest definition is told everything that it lacks."""
    needed = ["calendars", "categories", "channels", "format", "levels", "lifecycle", "name", "organization"]
    assert found({}) == [(place, "missing_key") for place in needed]
