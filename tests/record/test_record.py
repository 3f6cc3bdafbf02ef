"""The record: the text that is hashed, the chains, the fold, and what an event commits to."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given, strategies as st

from govflow.errors import UsageError
from govflow.record import (
    Line,
    commitment,
    decode,
    encode,
    event_of,
    fold,
    fold_all,
    genesis,
    link,
    plain,
    seal,
    secret,
)
from govflow.record.chain import START_OF_LOG

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_what_is_encoded_comes_back_and_any_json_reader_reads_the_same(value):
    """The text of plain data is JSON without spaces: it decodes to the value, here and in the standard library."""
    text = encode(value)
    assert decode(text) == value == json.loads(text)
    assert text == json.dumps(value, ensure_ascii=False, separators=(",", ":")) or not isinstance(value, str)


@given(WORDS)
def test_whole_characters_are_kept_as_they_are(text):
    """Every text of whole characters passes unchanged, in whatever script."""
    assert plain("the text", text) == text


@pytest.mark.parametrize("broken", ["\0", "a\0b", "\ud800", "roof \udfff"])
def test_what_no_store_could_keep_is_refused_with_its_place(broken):
    """NUL and halves of characters are refused before any store sees them, and the message says where."""
    with pytest.raises(UsageError, match=r"the text holds .* at position"):
        plain("the text", broken)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6), st.data())
def test_no_event_of_a_chain_can_be_changed_dropped_or_moved_unseen(events, data):
    """The last hash of a case depends on every byte of every event and on their order."""

    def last(some):
        head = genesis("G-1")
        for body, changes in some:
            head = link(head, body, changes)
        return head

    other = data.draw(st.permutations(events) | st.just(events[:-1]) | st.just([*events[:-1], ("", "")]))
    assert (last(other) == last(events)) == (list(other) == events)


def test_a_chain_fits_its_own_case_only():
    """Two cases with the same events have different hashes."""
    assert link(genesis("G-1"), "{}", "{}") != link(genesis("G-2"), "{}", "{}")


def test_a_hash_is_what_anybody_can_work_out():
    """An event's hash is the SHA-256 of the hash before it, its body, a line break and its changes."""
    before = sha256(b"govflow case G-1").digest()
    assert genesis("G-1") == before
    assert link(before, '{"at":0}', "{}") == sha256(before + b'{"at":0}\n{}').digest()
    assert seal(START_OF_LOG, before) == sha256(bytes(32) + before).digest()


@given(
    st.lists(st.tuples(st.sampled_from(["G-1", "G-2", "G-3"]), st.dictionaries(WORDS, PLAIN, max_size=4)), max_size=12)
)
def test_a_case_is_the_merge_of_what_its_events_changed(events):
    """Folding one case, or all in one pass, gives what merging the changes one by one gives."""
    events.sort(key=lambda event: event[0])
    merged = {}
    for case, changes in events:
        merged.setdefault(case, {}).update(changes)
    texts = [(case, encode(changes)) for case, changes in events]
    assert dict(fold_all(texts)) == merged
    assert {case: fold(text for one, text in texts if one == case) for case in merged} == merged


@given(WORDS, st.binary(min_size=16, max_size=16), WORDS)
def test_a_commitment_fits_its_text_salt_and_owner_only(text, salt, owner):
    """The same text under another salt has another commitment: no short text can be guessed from it. So has another's.

    Owner and text do not run into one another.
    """
    one = secret("G-1", 1, "text", owner, text, salt=lambda size: salt[:size])
    assert (one.salt, one.owner, one.text) == (salt, owner, text)
    assert commitment(salt, owner, text) == sha256(salt + owner.encode() + b"\0" + text.encode()).hexdigest()
    assert commitment(salt, owner, text) != commitment(bytes(byte ^ 1 for byte in salt), owner, text)
    assert commitment(salt, owner, text) != commitment(salt, owner + "x", text)
    assert commitment(salt, owner + "x", text) != commitment(salt, owner, "x" + text)


@pytest.mark.parametrize("value", [5, None, b"text", ["text"], 1.5])
def test_what_is_no_text_is_told_as_none(value):
    """Whatever gets into the record as a text is one; the subject is named."""
    with pytest.raises(UsageError, match=r"the note is .*: must be a text"):
        plain("the note", value)


def test_two_texts_alike_have_salts_of_their_own():
    """Salts are drawn at random: nobody sees from two commitments that the same was said twice."""
    first, second = (secret("G-1", 1, "text", "resident:example-1", "leak") for _ in range(2))
    assert first.salt != second.salt


def test_an_event_reads_what_a_line_stores():
    """What stands in the two texts of a line is what the event says; `recorded` is `at` unless it says otherwise."""
    line = Line("G-1", 2, '{"kind":"accept","at":5,"by":"a","unit":"u"}', '{"state":"assigned"}', bytes(32), 7)
    event = event_of(line)
    assert (event.kind, event.at, event.recorded, event.changes) == ("accept", 5, 5, {"state": "assigned"})
    assert (event.case, event.version, event.position, event.hash) == ("G-1", 2, 7, "00" * 32)
