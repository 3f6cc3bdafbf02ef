"""What is erased is gone from the store, the record says so, and still holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from govflow.casework import Erasure
from govflow.errors import Refused, UnknownName, UsageError
from tests.casework.scenes import ANNA, BERT, HANDLER, OFFICER, closed, desk_on, grievance, later

TEXT = "我家的电话是 example, and a long story"


def texts(desk, case):
    """The texts of a case that are kept, by who said them."""
    return [(secret.owner, secret.text) for secret in desk.store.secrets(case.id)]


def test_a_case_is_erased_whole(desk):
    """All texts of the case go, whoever said them; one event says by whom, why and how many, and nothing of them."""
    case = grievance(desk, text=TEXT)
    desk.note(case, TEXT, by=HANDLER)
    other = grievance(desk, BERT)
    head = desk.verify_audit().head
    later(desk)
    assert desk.erase(case=case, by=OFFICER, reason="request") == Erasure({case.id: 2})
    assert texts(desk, case) == []
    assert len(texts(desk, other)) == 1
    event = desk.history(case)[-1]
    assert (event.kind, event.by, event.reason, dict(event.fields)) == ("erase", OFFICER, "request", {"texts": 2})
    assert event.at == desk.clock()
    audit = desk.verify_audit(head=head)
    assert audit.ok
    assert audit.erased == 2
    assert desk.history(case)[0].texts.keys() == {"text"}


def test_a_person_is_erased_everywhere(desk):
    """What one person said goes from every case, what others said stays; each case has an event of its own."""
    mine = [grievance(desk, text=TEXT) for _ in range(3)]
    desk.note(mine[0], "theirs", by=HANDLER)
    assert desk.erase(person=ANNA, by=ANNA, reason="request") == Erasure({case.id: 1 for case in mine})
    assert texts(desk, mine[0]) == [(HANDLER, "theirs")]
    assert [desk.history(case)[-1].kind for case in mine] == ["erase"] * 3
    assert desk.verify_audit().erased == 3


def test_a_person_is_erased_in_one_case(desk):
    """With both, only that person's texts in that case go."""
    one, two = grievance(desk), grievance(desk)
    desk.note(one, "theirs", by=HANDLER)
    assert desk.erase(case=one.id, person=ANNA, by=OFFICER, reason="mistake").texts == {one.id: 1}
    assert len(texts(desk, two)) == 1


def test_what_is_gone_is_not_erased_twice(desk):
    """Where nothing is left there is no event."""
    case = grievance(desk)
    desk.erase(case=case, by=OFFICER, reason="order")
    assert desk.erase(case=case, by=OFFICER, reason="order") == Erasure({})
    assert desk.case(case).version == 2
    assert desk.erase(person=BERT, by=OFFICER, reason="order") == Erasure({})


def test_a_case_without_a_name_is_erased_by_its_token(desk):
    """Whoever reported without a name erases what they said with the token they were given."""
    case = grievance(desk, by=None, text=TEXT)
    token = f"token:{case.token}"
    assert desk.erase(person=token, by=token, reason="request").texts == {case.id: 1}
    assert case.token not in repr(desk.history(case))


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        ({"reason": "request"}, UsageError, "erase needs 'case', 'person' or both"),
        ({"case": "G-1", "reason": "request"}, UnknownName, "unknown case 'G-1'"),
        ({"person": ANNA, "reason": "because I say so"}, UnknownName, "unknown reason for erasing"),
    ],
)
def test_what_cannot_be_erased_is_refused(desk, wrong, error, text):
    """Erasing names whose texts, and why by a code: an event holds no words."""
    with pytest.raises(error, match=text):
        desk.erase(by=OFFICER, **wrong)


def test_contacts_lie_beside_the_record(desk):
    """Names and numbers are remembered, changed and taken away, and no event ever speaks of them."""
    case = grievance(desk)
    desk.remember(ANNA, name="Anna Example", telephone="000", flat="3-2-1101")
    desk.remember(ANNA, telephone="111", flat=None)
    assert desk.recall(ANNA) == {"name": "Anna Example", "telephone": "111"}
    assert desk.recall(BERT) == {}
    assert len(desk.history(case)) == 1
    assert "Anna Example" not in repr(list(desk.feed())) + repr(desk.case(case).facts)
    with pytest.raises(UnknownName, match="kind of contact 'telefone'; did you mean 'telephone'"):
        desk.remember(ANNA, telefone="1")
    with pytest.raises(UsageError, match="must be a text"):
        desk.remember(ANNA, telephone=1)
    with pytest.raises(UsageError, match="NUL"):
        desk.remember(ANNA, name="\0")


def test_contacts_are_for_whoever_has_the_case(desk):
    """The handler of an open case reads its reporter's contacts; a neighbour never does, and nobody once it closed."""
    desk.remember(ANNA, telephone="111")
    case = grievance(desk)
    assert desk.recall(ANNA, by=HANDLER) == desk.recall(ANNA, by=ANNA) == {"telephone": "111"}
    with pytest.raises(Refused, match="cannot read their contacts"):
        desk.recall(ANNA, by=BERT)
    desk.act(case, "withdraw", by=ANNA)
    with pytest.raises(Refused, match="cannot read their contacts"):
        desk.recall(ANNA, by=HANDLER)


def test_contacts_go_with_the_person(desk):
    """Erasing a person takes the contacts; erasing a case takes them once nothing else needs them."""
    for person in (ANNA, BERT):
        desk.remember(person, telephone="111")
    one, two, _ = closed(desk), grievance(desk), grievance(desk, BERT)
    assert desk.erase(case=one, by=OFFICER, reason="request").contacts == ()
    desk.act(two, "withdraw", by=ANNA)
    assert desk.erase(case=two, by=OFFICER, reason="request").contacts == (ANNA,)
    assert desk.erase(person=BERT, by=OFFICER, reason="request").contacts == (BERT,)
    assert desk.recall(ANNA) == desk.recall(BERT) == {}


def test_nothing_of_a_text_is_left_on_the_disk(tmp_path):
    """Neither the file nor what SQLite keeps beside it holds a text that was erased."""
    desk = desk_on(f"sqlite:///{tmp_path}/desk.db")
    case = grievance(desk, text=TEXT)
    desk.remember(ANNA, telephone="+86 000 0000")
    desk.erase(person=ANNA, by=OFFICER, reason="request")
    on_disk = b"".join(file.read_bytes() for file in Path(tmp_path).iterdir())
    assert case.id.encode() in on_disk
    for words in (TEXT, "+86 000 0000"):
        assert words.encode() not in on_disk
    desk.store.close()
