"""A position by names: facts give the position back, and the changes of a history add up to it."""

from __future__ import annotations

import pytest
from hypothesis import given

from govflow.errors import UnknownName
from govflow.program import changes, from_facts, open_position, to_facts
from govflow.record import decode, encode
from tests.program.everything import everything, histories


@given(histories())
def test_facts_give_the_position_back(history):
    """Wherever a history leads, the position's facts are plain data, and the position comes back from them."""
    for place in range(len(history.steps) + 1):
        position = history.position(place)
        facts = to_facts(history.program, position)
        assert from_facts(history.program, decode(encode(facts))) == position


@given(histories())
def test_the_changes_of_a_history_add_up_to_where_it_leads(history):
    """Merging what each step changed into the facts of the opening gives the facts of each later position."""
    facts = to_facts(history.program, history.position(0))
    for place in range(len(history.steps)):
        before, after = history.position(place), history.position(place + 1)
        facts |= changes(history.program, before, after)
        assert from_facts(history.program, facts) == after


@pytest.mark.parametrize(("key", "name"), [("state", "nowhere"), ("unit", "group/x"), ("category", "dragons")])
def test_a_name_that_the_program_lacks_is_told(key, name):
    """Facts of another definition are refused by the name that is not known here."""
    program = everything()
    facts = to_facts(program, _opened(program)) | {key: name}
    with pytest.raises(UnknownName, match=name):
        from_facts(program, facts)


def _opened(program):
    return open_position(program, 0, 0, 0, category=0, channel=0, severity=3, at=0)
