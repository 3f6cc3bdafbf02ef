"""The feed gives every event once and in order, whoever writes meanwhile; a subscription goes on where it stopped."""

from __future__ import annotations

import contextlib
import threading

import pytest

from govflow.errors import GovflowError, Refused, UsageError
from tests.casework.scenes import ANNA, BERT, HANDLER, HOST, MEDIA, desk_on, grievance, later, small_record, source_on


@pytest.fixture
def desk(make_desk):
    """A desk with a small record."""
    desk = make_desk()
    small_record(desk)
    return desk


@pytest.fixture
def calls():
    """What a callback was called with."""
    return []


def positions(events):
    """The positions of events, in their order."""
    return [event.position for event in events]


def test_every_event_comes_once_and_in_order(desk):
    """The feed is the histories of all cases, in the order in which they were written, numbered from 1."""
    events = list(desk.feed())
    assert positions(events) == list(range(1, len(events) + 1))
    for case in ("grievance-1", "grievance-2"):
        assert tuple(event for event in events if event.case == case) == desk.history(case)


def test_a_reader_goes_on_after_the_last_event_read(desk):
    """However the feed is cut into pages, the pages make up the whole."""
    whole = list(desk.feed())
    for limit in (1, 2, 3, 50):
        read = []
        while page := list(desk.feed(after=read[-1].position if read else 0, limit=limit)):
            assert len(page) <= limit
            read += page
        assert read == whole
    assert list(desk.feed(after=len(whole) + 5)) == []


@pytest.mark.parametrize("wrong", [{"after": -1}, {"limit": 0}])
def test_a_place_that_cannot_be_is_refused_at_once(desk, wrong):
    """A negative position, or a page of nothing, is no question."""
    with pytest.raises(UsageError, match="must be"):
        desk.feed(**wrong)


def test_who_may_not_see_a_case_gets_nothing_of_it(desk):
    """With `by` the feed goes through the one function that decides who sees a case, as the case is now."""
    assert {event.case for event in desk.feed(by=BERT)} == {"grievance-2"}
    assert list(desk.feed(by="resident:example-3")) == []
    assert list(desk.feed(by=HANDLER)) == list(desk.feed())
    assert [event.version for event in desk.feed(by=BERT, limit=2)] == [1, 2]


def test_whoever_reads_of_a_restricted_case_is_in_its_record(desk):
    """A feed is a read like any other: it tells nobody what they may not see, and leaves a trace of who it told."""
    visit = desk.open("visit", by=HANDLER, unit=HOST, visit_on="2026-01-10")
    list(desk.feed(by="branch/2#1"))
    assert len(desk.history(visit)) == 1
    list(desk.feed(by="branch/1#2"))
    list(desk.feed(by="branch/1#2"))
    assert [(event.kind, event.by) for event in desk.history(visit)[1:]] == [("look", "branch/1#2")]
    desk.remember(HANDLER, telephone="000")
    desk.recall(HANDLER, by="branch/1#1")
    assert [event.by for event in desk.history(visit)[2:]] == ["branch/1#1"]


def test_an_event_holds_no_words(desk):
    """What anybody wrote is not in the feed, only its hash: a subscriber cannot keep what is erased later."""
    assert "屋顶" not in repr(list(desk.feed()))


def test_a_subscription_delivers_each_event_once(desk, calls):
    """What came since the last time is delivered, by whichever desk asks under the name."""
    reader = desk.subscribe(calls.append, name="notices")
    before = reader.deliver()
    assert (before, reader.deliver()) == (len(calls), 0)
    later(desk)
    desk.act("grievance-2", "urge", by=BERT)
    again = desk_on(desk.store).subscribe(calls.append, name="notices")
    assert again.deliver() == 1
    assert reader.position == again.position == before + 1
    assert calls == list(desk.feed())


def test_names_have_places_of_their_own(desk, calls):
    """Another name begins at the beginning."""
    desk.subscribe(calls.append, name="one").deliver()
    assert desk.subscribe(calls.append, name="two").deliver(limit=2) == 2
    assert desk.subscribe(calls.append, name="two").position == 2


def test_a_callback_that_raises_gets_the_same_event_again(desk, calls):
    """Its error comes out, the events before it are done with, and the next call begins with the one that failed."""

    def fussy(event):
        calls.append(event.position)
        if calls == [1, 2, 3]:
            raise ZeroDivisionError

    reader = desk.subscribe(fussy, name="notices")
    with pytest.raises(ZeroDivisionError):
        reader.deliver()
    assert reader.position == 2
    reader.deliver()
    assert calls == [1, 2, 3, *range(3, reader.position + 1)]


def test_two_readers_of_one_name_are_found_out(desk):
    """The one that was slower is told, so that a joined transaction can be rolled back."""
    other = desk.subscribe(lambda _: None, name="notices")
    with pytest.raises(Refused, match="one reader of a name delivers at a time"):
        desk.subscribe(lambda event: event.position == 3 and other.deliver(), name="notices").deliver()


def test_a_subscription_may_be_somebodys(desk, calls):
    """A reader with rights gets what they may see, and passes over the rest."""
    reader = desk.subscribe(calls.append, name="bert", by=BERT)
    reader.deliver()
    assert {event.case for event in calls} == {"grievance-2"}
    assert reader.deliver() == 0


def test_a_callback_can_commit_with_its_position(tmp_path):
    """On a store joined to the application's transaction each event takes effect exactly once, or not at all."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/desk.db")
    desk = desk_on(engine)
    small_record(desk)
    events = list(desk.feed())
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE told (position INTEGER)"))

    def run(failing_at):
        with engine.begin() as connection:

            def tell(event):
                connection.execute(sqlalchemy.text("INSERT INTO told VALUES (:at)"), {"at": event.position})
                assert event.position != failing_at

            desk.joined(connection).subscribe(tell, name="told").deliver()

    with pytest.raises(AssertionError):
        run(3)
    run(None)
    run(None)
    with engine.begin() as connection:
        told = [at for (at,) in connection.execute(sqlalchemy.text("SELECT position FROM told ORDER BY rowid"))]
    assert told == positions(events)
    engine.dispose()


@pytest.mark.parametrize("medium", MEDIA)
def test_who_reads_while_others_write_misses_nothing(medium, tmp_path, request):
    """Several desks write while one follows: it gets every event once, in order, without a gap."""
    desk = desk_on(source_on(medium, tmp_path, request))
    desks = [desk, desk_on(desk.store), desk_on(desk.store)]
    cases = [grievance(desk) for _ in range(4)]
    read = []
    reader = desk.subscribe(read.append, name="follower")

    def write(number):
        for turn in range(15):
            desks[number].act(cases[(number + turn) % 4], "urge", by=ANNA)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        reader.deliver()
    for writer in writers:
        writer.join()
    reader.deliver()
    assert positions(read) == list(range(1, 4 + 3 * 15 + 1))
    assert read == list(desk.feed())
    for case in cases:
        assert [event.version for event in read if event.case == case.id] == list(range(1, len(case.history) + 1))
    assert desk.verify_audit().ok
    desk.store.close()


@pytest.mark.parametrize("medium", MEDIA[1:])
def test_two_deliverers_in_transactions_deliver_once(medium, tmp_path, request):
    """Where callback and position are one commit, the slower of two is rolled back: nothing is told twice."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(source_on(medium, tmp_path, request))
    desk = desk_on(engine)
    small_record(desk)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE told (position INTEGER)"))

    def run():
        with contextlib.suppress(GovflowError), engine.begin() as connection:
            insert = sqlalchemy.text("INSERT INTO told VALUES (:at)")
            joined = desk.joined(connection)
            joined.subscribe(lambda event: connection.execute(insert, {"at": event.position}), name="told").deliver()

    runners = [threading.Thread(target=run) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    with engine.begin() as connection:
        told = [at for (at,) in connection.execute(sqlalchemy.text("SELECT position FROM told ORDER BY position"))]
    assert told == positions(desk.feed())
    engine.dispose()
