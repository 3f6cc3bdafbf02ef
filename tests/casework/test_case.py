"""A case that was given out is the caller's own: whatever they do with it, and whoever read it."""

from __future__ import annotations

import pickle

import pytest

from govflow.errors import GovflowError, Refused, UnknownName
from tests.casework.scenes import ANNA, BERT, HANDLER, MEDIA, OFFICER, PARKING, desk_on, grievance, source_on


def mediation(desk):
    """A case of a restricted lifecycle."""
    return desk.open("mediation", by=ANNA, text="a quarrel", **PARKING)


def test_facts_cannot_be_changed(desk):
    """Whoever tries to write into a case gains no right by it, and the row stays whole."""
    case = grievance(desk)
    with pytest.raises(TypeError):
        case.facts["reporter"] = BERT
    with pytest.raises(Refused):
        desk.act(case, "withdraw", by=BERT)
    assert desk.verify_audit().ok


def test_lists_in_facts_are_copies(desk):
    """A list that was given out can be changed, and nothing follows from it: not for the desk, not for another case."""
    case = desk.act(grievance(desk), "join_petition", by=BERT)
    case.facts["reporters"].append(OFFICER)
    assert OFFICER not in desk.case(case).facts["reporters"]
    assert OFFICER not in desk.act(case, "urge", by=ANNA).facts["reporters"]
    assert desk.verify_audit().ok


def test_facts_stay_as_they_were(desk):
    """A case that is kept tells how it was at its version, whatever is done afterwards."""
    case = grievance(desk)
    desk.act(case, "accept", by=HANDLER)
    assert (case.state, case.facts["state"], desk.case(case).state) == ("received", "received", "assigned")


def test_a_case_can_be_carried_elsewhere():
    """Without its desk a case can be pickled, with all that is known of it."""
    case = grievance(desk_on())
    alone = type(case)(case.id, case.version, case.facts, case.open, case.edition)
    again = pickle.loads(pickle.dumps(type(case)(case.id, case.version, dict(case.facts), case.open, case.edition)))  # noqa: S301
    assert again == alone == case
    assert again.facts == case.facts


def test_what_is_read_from_a_case_is_read_as_by_its_reader(desk):
    """The history of a case that somebody read is theirs: with a look where one is due, and gone with their right."""
    case = mediation(desk)
    reader = f"{case.unit}#1"
    seen = desk.case(case, by=reader)
    desk.note(case, "somebody called", by=ANNA)
    assert seen.history[-1].kind == "look"
    assert [(event.kind, event.by) for event in desk.history(case)][-2:] == [("note", ANNA), ("look", reader)]
    assert desk.find(by=reader).cases[0].by == reader
    desk.recuse(case, by=reader)
    with pytest.raises(UnknownName):
        _ = seen.history


def test_a_case_that_a_command_returns_is_the_applications(desk):
    """Whoever gave the command, the application reads on as itself, and leaves no look."""
    case = mediation(desk)
    case = desk.recuse(case, by=f"{case.unit}#1")
    assert [event.kind for event in case.history] == ["open", "recuse"]


# ------------------------------------------------------------ what no text can be
def answers(desk, text):
    """What a desk says to whoever asks for a case, a page, a person or a command by a text."""
    asked = {
        "case": lambda: desk.case(text),
        "history": lambda: desk.history(text),
        "as_of": lambda: desk.as_of(desk.clock()).case(text),
        "act": lambda: desk.act(text, "accept", by=HANDLER),
        "note": lambda: desk.note(text, "x", by=HANDLER),
        "found": lambda: desk.find(reporter=text),
        "found then": lambda: desk.as_of(desk.clock()).find(reporter=(text, ANNA)),
        "unit": lambda: desk.find(unit=text),
        "page": lambda: desk.find(after=text),
        "place": lambda: desk.find(after=f'["{text[:1]}\\u0000"]'),
        "reader": lambda: desk.find(by=text),
        "contacts": lambda: desk.recall(text),
        "household": lambda: desk.open("grievance", by=ANNA, household=text, channel="doorstep"),
        "key": lambda: grievance(desk, key=text),
    }
    told = {}
    for name, ask in asked.items():
        try:
            told[name] = repr(ask())
        except GovflowError as error:
            told[name] = f"{type(error).__name__}: {error}"
    return told


@pytest.mark.parametrize("medium", MEDIA)
def test_what_no_text_can_be_is_answered_alike_on_every_store(medium, request, tmp_path):
    """NUL and half a character are in no record: nobody has such an id, and a name that holds them is told."""
    desk = desk_on(source_on(medium, tmp_path, request))
    grievance(desk)
    for text in ("G\0", "G\ud800"):
        told = answers(desk, text)
        assert told == answers(desk_with_one(), text)
        assert told["case"].startswith("UnknownName: unknown case")
        assert told["found"] == "Page(cases=(), after=None)"
        assert told["reader"].startswith("UsageError")
    desk.store.close()


def desk_with_one():
    """A desk in memory with one case."""
    desk = desk_on()
    grievance(desk)
    return desk
