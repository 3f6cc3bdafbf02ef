"""The audit finds whatever is not as it was written, and names the first bad event."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
from msgspec.structs import replace

from govflow.casework import Audit
from govflow.casework.audit import Bad
from govflow.errors import UsageError
from govflow.record import link, seal
from govflow.record.chain import START_OF_LOG, genesis
from govflow.store.protocol import COLUMNS
from tests.casework.scenes import ANNA, BERT, HANDLER, MEDIA, desk_on, grievance, later, small_record, source_on

FIELDS = ("case", "version", "body", "changes", "hash", "position", "log")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A desk on a SQLite file with a small record, and a connection to the file behind its back."""
    file = tmp_path_factory.mktemp("audit") / "desk.db"
    desk = desk_on(f"sqlite:///{file}")
    small_record(desk)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        yield desk, connection
    desk.store.close()


@pytest.fixture
def desk(written):
    """The desk; the record is put back afterwards."""
    desk, connection = written
    with closing(sqlite3.connect(":memory:")) as kept:
        connection.backup(kept)
        yield desk
        kept.backup(connection)


@pytest.fixture
def sql(written, desk):
    """What changes the record behind the desk's back; each statement takes effect at once."""
    return written[1].execute


def flipped(value):
    """Yield a stored value with one byte of it changed, for every byte."""
    if isinstance(value, int):
        yield from (int(text) for text in flipped(str(value)))
        return
    data = value.encode() if isinstance(value, str) else value
    for at in range(len(data)):
        changed = bytes([*data[:at], data[at] ^ 1, *data[at + 1 :]])
        yield changed.decode(errors="surrogateescape") if isinstance(value, str) else changed


def test_a_record_that_nobody_touched_is_whole(make_desk):
    """All is counted, nothing is bad, and the head is where the log ends."""
    desk = make_desk()
    assert desk.verify_audit() == Audit(True, 0, 0, 0, 0, (0, START_OF_LOG.hex()), None)
    one, two = small_record(desk)
    audit = desk.verify_audit()
    events = len(one.history) + len(two.history)
    position, log = desk.store.head()
    assert audit == Audit(True, 2, events, 0, 0, (position, log.hex()), None)
    grievance(desk)
    assert desk.verify_audit(head=audit.head).ok


@pytest.mark.parametrize("field", FIELDS)
def test_every_changed_byte_of_a_stored_event_is_found(field, desk, sql):
    """Whatever byte of whatever field of whatever event is changed, the audit finds it, and names that event.

    What the database itself refuses, two events at one place, needs no audit.
    """
    stored = sql(f'SELECT "case", version, "{field}", position FROM govflow_events').fetchall()
    assert len(stored) >= 8
    for case, version, value, position in stored:
        event = f"(\"case\", version) = ('{case}', {version})"
        where = f"position = {position}" if field in ("case", "version") else event
        for changed in flipped(value):
            try:
                sql(f'UPDATE govflow_events SET "{field}" = ? WHERE {where}', (changed,))
            except sqlite3.IntegrityError:
                continue
            audit = desk.verify_audit()
            assert not audit.ok
            if field in ("body", "changes", "hash", "log"):
                assert (audit.first_bad.case, audit.first_bad.version) == (case, version)
        sql(f'UPDATE govflow_events SET "{field}" = ? WHERE {where}', (value,))
    assert desk.verify_audit().ok


@pytest.mark.parametrize("field", ["case", "version", "body", "changes", "hash"])
def test_every_changed_byte_of_an_event_in_memory_is_found(field):
    """The same in memory, where the events lie in a list."""
    desk = desk_on()
    small_record(desk)
    log = desk.store._log
    for place, line in enumerate(log):
        for changed in flipped(getattr(line, field)):
            log[place] = replace(line, **{field: changed})
            bad = desk.verify_audit().first_bad
            assert bad is not None
            assert bad.position == place + 1
        log[place] = line
    for place, log_hash in enumerate(desk.store._seals):
        for changed in flipped(log_hash):
            desk.store._seals[place] = changed
            assert desk.verify_audit().first_bad.position == place + 1
        desk.store._seals[place] = log_hash
    assert desk.verify_audit().ok


@pytest.mark.parametrize("kind", ["hash", "body", "version", "position"])
def test_what_cannot_even_be_read_is_named(kind, desk, sql):
    """A column of another kind is no bare error of a library: the audit names the case."""
    sql(f"UPDATE govflow_events SET {kind} = ? WHERE position = 3", (b"\xff\xfe" if kind != "hash" else "no hash",))
    bad = desk.verify_audit().first_bad
    assert bad.case == "grievance-1"
    sql("UPDATE govflow_events SET body = CAST(x'ff' AS TEXT) WHERE position = 3")
    assert desk.verify_audit().first_bad.case == "grievance-1"


@pytest.mark.parametrize("position", range(1, 11))
def test_a_removed_event_is_found(position, desk, sql):
    """An event that is gone leaves a gap, wherever it stood."""
    (last,) = sql("SELECT max(position) FROM govflow_events").fetchone()
    sql("DELETE FROM govflow_events WHERE position = ?", (min(position, last),))
    assert not desk.verify_audit().ok


def test_two_events_of_a_case_that_changed_places_are_found(desk, sql):
    """The second of a case cannot stand before the first, with or without its place in the log."""
    for version, other in ((1, 99), (2, 1), (99, 2)):
        sql("UPDATE govflow_events SET version = ? WHERE \"case\" = 'grievance-1' AND version = ?", (other, version))
    bad = desk.verify_audit().first_bad
    assert (bad.case, bad.field) == ("grievance-1", "hash")


def test_two_places_in_the_log_that_were_changed_are_found(desk, sql):
    """A forged position shows in the log's hash, even where each case is in order by itself."""
    ends = [
        sql('SELECT max(position) FROM govflow_events WHERE "case" = ?', (case,)).fetchone()[0]
        for case in ("grievance-1", "grievance-2")
    ]
    first, second = sorted(ends)
    for position, other in ((first, 99), (first + 1, first), (99, first + 1)):
        sql("UPDATE govflow_events SET position = ? WHERE position = ?", (other, position))
    bad = desk.verify_audit().first_bad
    assert (bad.position, bad.field) == (first, "log")
    assert second > first


def test_an_event_that_was_slipped_in_is_found(desk, sql):
    """An event that nobody recorded follows from none."""
    sql(
        'INSERT INTO govflow_events ("case", version, body, changes, hash, position, log) '
        'SELECT "case", version + 1, body, changes, hash, position + 100, log FROM govflow_events '
        "WHERE \"case\" = 'grievance-1' ORDER BY version DESC LIMIT 1"
    )
    assert desk.verify_audit().first_bad.case == "grievance-1"


def test_a_tail_that_was_cut_off_is_found_against_a_saved_head(desk, sql):
    """Without the last events the rest is whole in itself: only a head saved elsewhere shows that there was more."""
    head = desk.verify_audit().head
    for table, after in (("events", 1), ("secrets", 1), ("cases", 0)):
        sql(f"DELETE FROM govflow_{table} WHERE \"case\" = 'grievance-2' AND version > ?", (after,))
    assert desk.rebuild() == 2
    audit = desk.verify_audit()
    assert audit.ok
    assert audit.head[0] < head[0]
    bad = desk.verify_audit(head=head).first_bad
    assert (bad.field, bad.case) == ("head", "")
    assert "cut off" in str(bad)


def test_another_history_is_found_against_a_saved_head(desk, sql):
    """Who can write everything can forge a whole record; the saved head is of another."""
    head = desk.verify_audit().head
    chains, log = {}, START_OF_LOG
    for case, version, body, changes in sql(
        'SELECT "case", version, body, changes FROM govflow_events ORDER BY position'
    ).fetchall():
        forged = body.replace(HANDLER, "host/1-1-2#1")
        chains[case] = link(chains.get(case, genesis(case)), forged, changes)
        log = seal(log, chains[case])
        sql(
            'UPDATE govflow_events SET body = ?, hash = ?, log = ? WHERE "case" = ? AND version = ?',
            (forged, chains[case], log, case, version),
        )
    desk.rebuild()
    assert desk.verify_audit().ok
    assert desk.verify_audit(head=head).first_bad.field == "head"


@pytest.mark.parametrize(
    "column",
    ["version", "head", "edition", "due", "open", "facts", *COLUMNS],
)
def test_a_changed_row_is_found_and_made_anew(column, desk, sql):
    """Rows say what the events say, in every column; folding the events again mends them."""
    values = {"facts": '{"edition":"1"}', "head": b"none", "due": 5, "open": 0, "version": 7, "severity": 1}
    value = values.get(column, 5 if column in ("opened", "entered") else "branch/1")
    sql(f"UPDATE govflow_cases SET {column} = ? WHERE \"case\" = 'grievance-2'", (value,))
    bad = desk.verify_audit().first_bad
    assert bad.case == "grievance-2"
    assert bad.field.startswith("row.")
    assert desk.rebuild() == 2
    assert desk.verify_audit().ok


STRANGE = (b"\0", b"\xff", "zz", "", 7, -1, 1 << 62, 1.5, None)
"""What a column may hold that nobody has written there."""

KEPT = {
    "cases": ("version", "head", "edition", "facts", "due", "open", *COLUMNS),
    "secrets": ("case", "version", "name", "owner", "salt", "text"),
    "events": FIELDS,
    "definitions": ("edition", "text"),
}
"""The columns of the tables that an audit vouches for."""


KEYS = {"cases": '"case"', "events": "position", "definitions": "edition", "secrets": '"case", version, name'}
"""What a row of these is found by."""


@pytest.mark.parametrize(("table", "column"), [(table, one) for table, columns in KEPT.items() for one in columns])
def test_whatever_a_column_holds_is_found_and_never_a_bare_error(table, column, desk, sql):
    """Of another kind, another's, or nothing at all: in each row of each table the audit finds it and tells where."""
    all_rows, key = f"SELECT * FROM govflow_{table} ORDER BY {KEYS[table]}", KEYS[table]
    rows = sql(all_rows).fetchall()
    marks = ", ".join("?" * len(rows[0]))
    for place in range(len(rows)):
        for value in STRANGE:
            try:
                sql(
                    f'UPDATE govflow_{table} SET "{column}" = ? WHERE ({key}) = '
                    f"(SELECT {key} FROM govflow_{table} ORDER BY {key} LIMIT 1 OFFSET {place})",
                    (value,),
                )
            except sqlite3.IntegrityError:  # what the database itself refuses
                continue
            audit = desk.verify_audit()
            assert audit.ok == (sql(all_rows).fetchall() == rows), (place, value, audit.first_bad)
            sql(f"DELETE FROM govflow_{table}")
            for row in rows:
                sql(f"INSERT INTO govflow_{table} VALUES ({marks})", row)
    assert desk.verify_audit().ok


def test_a_row_that_is_gone_or_has_no_events_is_found(desk, sql):
    """Every case stands in the lists, and nothing else does."""
    sql("DELETE FROM govflow_cases WHERE \"case\" = 'grievance-1'")
    assert desk.verify_audit().first_bad.field == "row"
    desk.rebuild()
    sql("UPDATE govflow_events SET \"case\" = 'x' WHERE \"case\" = 'grievance-1'")
    fields = {desk.verify_audit().first_bad.field}
    assert fields == {"hash"}
    sql("DELETE FROM govflow_events WHERE \"case\" = 'x'")
    assert not desk.verify_audit().ok


def test_a_text_that_is_not_the_one_said_is_found(desk, sql):
    """Text, salt, place: the event's commitment holds them all; and a text does not go without an event."""
    changes = {"text": "something else", "salt": bytes(16), "name": "reason_text", "version": 3, "owner": BERT}
    for column, value in changes.items():
        (was,) = sql(f"SELECT {column} FROM govflow_secrets WHERE \"case\" = 'grievance-1'").fetchone()
        sql(f"UPDATE govflow_secrets SET {column} = ? WHERE \"case\" = 'grievance-1'", (value,))
        bad = desk.verify_audit().first_bad
        assert (bad.case, bad.field.split(".")[0]) == ("grievance-1", "text")
        sql(f"UPDATE govflow_secrets SET {column} = ? WHERE \"case\" = 'grievance-1'", (was,))
    assert desk.verify_audit().ok
    sql("DELETE FROM govflow_secrets WHERE \"case\" = 'grievance-1'")
    assert desk.verify_audit().first_bad == Bad(
        "grievance-1", 1, "text.text", "the text is gone, and no event erased it", 1
    )


def test_a_changed_definition_is_found(desk, sql):
    """A case runs on the definition whose hash its edition names."""
    sql("UPDATE govflow_definitions SET text = replace(text, 'parking', 'barking')")
    assert desk.verify_audit().first_bad.field == "definition"


def test_the_first_of_several_bad_events_is_named(desk, sql):
    """First means first in the log, not in the order in which the audit reads."""
    (first,) = sql("SELECT min(position) FROM govflow_events WHERE \"case\" = 'grievance-2'").fetchone()
    (last,) = sql("SELECT max(position) FROM govflow_events WHERE \"case\" = 'grievance-1'").fetchone()
    sql("UPDATE govflow_events SET body = '{}' WHERE position >= ?", (min(first, last),))
    assert desk.verify_audit().first_bad.position == min(first, last)


def test_a_head_that_is_none_is_refused(desk):
    """A head is what an audit gave."""
    for head in ((1,), "head", (1, "no hash"), (None, "00")):
        with pytest.raises(UsageError, match="must be the head of an earlier audit"):
            desk.verify_audit(head=head)


@pytest.mark.parametrize("medium", MEDIA)
def test_an_audit_beside_writers_finds_nothing_wrong(medium, tmp_path, request):
    """Who writes while somebody audits makes no false alarm: not by acts, not by opening, not by erasing."""
    desk = desk_on(source_on(medium, tmp_path, request))
    cases = [grievance(desk) for _ in range(8)]

    def write(number):
        for turn in range(12):
            desk.act(cases[(number + turn) % 8], "urge", by=ANNA)
            desk.erase(case=grievance(desk, BERT), by=BERT, reason="request")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for writer in writers:
        writer.start()
    audits = [desk.verify_audit()]
    while any(writer.is_alive() for writer in writers):
        audits.append(desk.verify_audit(head=audits[-1].head))
    for writer in writers:
        writer.join()
    assert [audit.first_bad for audit in audits if not audit.ok] == []
    assert desk.verify_audit(head=audits[-1].head).events == 8 + 2 * 12 * 3
    assert desk.rebuild() == 8 + 2 * 12
    assert desk.verify_audit().ok
    desk.store.close()


def test_a_rebuilt_store_holds_what_it_held(desk):
    """Folding the events gives the very rows that were written with them (rule C2)."""
    later(desk)
    grievance(desk)
    stored = [(r.case, r.version, r.head, r.edition, r.due, r.open, dict(r.facts)) for r in desk.store.rows()]
    desk.rebuild()
    rebuilt = [(r.case, r.version, r.head, r.edition, r.due, r.open, dict(r.facts)) for r in desk.store.rows()]
    assert rebuilt == stored
    assert desk.act("grievance-3", "urge", by=ANNA).version == 2
