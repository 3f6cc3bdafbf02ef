"""What is added beside a lifecycle is a command like any other: once a key, for a version, for the absent."""

from __future__ import annotations

import pytest

from govflow import casework
from govflow.casework import Attach, Directory, Note, Open, StandIn
from govflow.errors import Conflict, Refused, UsageError
from tests.casework.scenes import ANNA, HANDLER, OFFICER, PARKING, desk_on, grievance

GROUPS, SUBSTITUTE = "group/1-1#1", "member:example-7"
HASH = "0" * 64
REMARKS = {
    "note": lambda desk, case, **more: desk.note(case, "somebody called", **{"by": HANDLER, **more}),
    "attach": lambda desk, case, **more: desk.attach(case, "shelf 3", **{"by": HANDLER, "sha256": HASH, **more}),
    "extend": lambda desk, case, **more: desk.extend(case, "handle", "1d", **{"by": GROUPS, "reason": "x", **more}),
    "recuse": lambda desk, case, **more: desk.recuse(case, **{"by": GROUPS, **more}),
}


def handled(desk):
    """A case that its handler has accepted."""
    return desk.act(grievance(desk), "accept", by=HANDLER)


@pytest.mark.parametrize("kind", REMARKS)
def test_a_key_carries_a_remark_out_once(kind, desk):
    """Sent twice with one key it is one event, on this desk or another; the key stands for nothing else."""
    case, add = handled(desk), REMARKS[kind]
    once = add(desk, case, key="k")
    for again in (desk, desk_on(desk.store, clock=desk.clock)):
        assert add(again, case, key="k").version == once.version == case.version + 1
    assert [event.kind for event in desk.history(case)][-1] == kind
    with pytest.raises(UsageError, match="key 'k' was used for another command"):
        desk.act(case, "urge", by=ANNA, key="k")
    with pytest.raises(UsageError, match="key 'k' was used for another command"):
        add(desk, case, by=OFFICER, key="k")


@pytest.mark.parametrize("kind", REMARKS)
def test_a_remark_holds_for_the_version_that_was_looked_at(kind, desk):
    """Where somebody was quicker it is a Conflict, with what has changed; at the version that is there it is done."""
    case, add = handled(desk), REMARKS[kind]
    desk.act(case, "urge", by=ANNA)
    with pytest.raises(Conflict) as conflict:
        add(desk, case, version=case.version)
    assert conflict.value.changed == ("urge",)
    assert add(desk, case, version=conflict.value.version).version == case.version + 2


@pytest.mark.parametrize("kind", ["note", "attach", "extend"])
def test_a_remark_can_be_made_for_the_absent(kind, make_desk):
    """Whoever stands in is named, and for whom; nobody else acts for the absent."""
    absent = GROUPS if kind == "extend" else HANDLER
    desk = make_desk(directory=Directory(stand_ins=(StandIn(absent, SUBSTITUTE),)))
    case = REMARKS[kind](desk, handled(desk), by=SUBSTITUTE, behalf=absent)
    event = desk.history(case)[-1]
    assert (event.kind, event.by, event.behalf) == (kind, SUBSTITUTE, absent)
    with pytest.raises(Refused, match="cannot act for"):
        REMARKS[kind](desk, case, by=OFFICER, behalf=absent)


def test_no_word_of_a_remark_is_in_its_key():
    """What stands for a command in the store is made without its texts: they can be erased, a key cannot be (C4)."""
    told = repr([Note("G-1", "a secret", HANDLER), Attach("G-1", "a secret", HANDLER, HASH)])
    assert "secret" not in told


def test_remarks_are_commands_of_a_batch(desk):
    """All of a batch or nothing: a note beside an opening and an attachment."""
    case = grievance(desk)
    batch = [Note(case.id, "x", HANDLER), Open("grievance", ANNA, **PARKING), Attach(case.id, "shelf", HANDLER, HASH)]
    assert [one.version for one in desk.batch(batch)] == [3, 1, 3]
    before = desk.store.head()
    with pytest.raises(UsageError, match="64 hexadecimal digits"):
        desk.batch([*batch[:2], Attach(case.id, "shelf", HANDLER, "0")])
    assert desk.store.head() == before


def test_what_appears_in_a_signature_can_be_imported():
    """The types of what a desk takes and gives have names in the room."""
    for name in ("Bad", "Clock", "Ids", "Where", "Note", "Attach", "Extend", "Recuse"):
        assert name in casework.__all__
        assert hasattr(casework, name)
