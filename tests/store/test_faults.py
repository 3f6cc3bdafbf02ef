"""What a store survives: killed processes, crowds, a full disk, a server that goes away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest
import sqlalchemy
from attrs import define, field

import govflow as gf
from govflow.casework import Desk, ManualClock
from govflow.errors import StoreError
from govflow.record import Secret
from govflow.store import SqlStore
from govflow.testing import conformance
from govflow.testing.commits import acted, commit, opened
from tests.casework import crowd
from tests.store import writing

ROOT = Path(__file__).resolve().parents[2]


def start(*words, **more):
    """Start a process that writes."""
    command = [sys.executable, "-m", "tests.store.writing", *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, text=True, **more)


# ------------------------------------------------------------ killed
def assert_nothing_is_half(store, acknowledged):
    """Look at what killed writers left: all they were told is there, and every commit whole."""
    left, right = (store.row(case) for case in writing.PAIR)
    assert left.version == right.version >= acknowledged
    assert [said.version for said in store.secrets("G-left")] == list(range(1, left.version + 1))
    assert store.key(f"k-{left.version}").cases == ("G-left",)
    assert store.key(f"k-{left.version + 1}") is None
    store.seal()
    conformance._is_whole(store, events=2 * left.version)


def test_a_killed_process_leaves_every_acknowledged_commit_and_no_half_one(url):
    """In a thousand commits, writers are killed at random moments: what was acknowledged is there, nothing is half."""
    random, told = Random(9), 0
    while told < 1_000:
        writer = start("acknowledge", url, 1_000, stdout=subprocess.PIPE)
        enough = told + random.randint(100, 400)
        for line in writer.stdout:
            told = int(line)
            if told >= enough:
                break
        for _ in range(random.randrange(30_000)):
            pass
        writer.kill()
        rest = writer.stdout.read().split()
        told = int(rest[-1]) if rest else told
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL  # and did not end by itself
        with closing(SqlStore(url)) as store:
            assert_nothing_is_half(store, told)


WAY_OF_MAIN = ["open", "screen", "accept", "start", "resolve"]
WAY_OF_OTHER = ["open", "screen", "merge", "close_merged"]
HALF = {"screen", "start"}
"""What `acting.group` makes of cases; a command that begins with one of `HALF` goes on in the same commit."""


def assert_acts_are_whole(desk, acknowledged, seen):
    """Look at what a killed desk left: what it was told is there, no act is half, no case is linked from one side.

    `seen` are the versions at which cases have been looked at before.
    """
    rows = {row.case: row for row in desk.store.rows()}
    assert all(rows[case].version >= version for case, version in acknowledged)
    for row in (row for row in rows.values() if seen.get(row.case) != row.version):
        seen[row.case] = row.version
        kinds = [event.kind for event in desk.history(row.case)]
        assert kinds == [*WAY_OF_MAIN, "linked", "confirm"][: len(kinds)] or kinds == WAY_OF_OTHER[: len(kinds)]
        assert kinds[-1] not in HALF
        assert all(rows[other].facts["main"] == row.case for other in row.facts.get("duplicates", ()))
        main = row.facts.get("main")
        assert main is None or row.case in rows[main].facts["duplicates"]
        assert main is None or row.open == rows[main].open
    assert desk.verify_audit().ok


def test_a_killed_desk_leaves_every_acknowledged_act_and_no_half_one(url):
    """In a thousand commits desks are killed at random moments; whoever goes on repeats what was not acknowledged.

    An act of several events, on several cases, is there whole or not at all; with its key it is done once.
    """
    groups, kills, seen = 167, 0, dict[str, int]()
    command = [sys.executable, "-m", "tests.store.acting", url, str(groups), "11"]
    with (
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker,
        closing(SqlStore(url)) as store,
    ):
        desk = Desk(gf.load("chengnan"), store=store, clock=ManualClock(crowd.START))
        while (line := worker.stdout.readline()) not in ("done\n", ""):
            assert_acts_are_whole(desk, json.loads(line), seen)
            kills += 1
            worker.stdin.write("\n")
            worker.stdin.flush()
        assert (worker.wait(), line) == (0, "done\n")
        assert kills > 10
        ways = sorted(tuple(event.kind for event in desk.history(row.case)) for row in store.rows())
        assert ways == sorted([(*WAY_OF_MAIN, "linked", "confirm")] * groups + [tuple(WAY_OF_OTHER)] * groups)
        assert sum(1 for _ in store.vault()) == 3 * groups
        assert desk.act(desk.open("grievance", **crowd.OPENING), "accept", by="grid/1#1").state == "assigned"


# ------------------------------------------------------------ crowds
def test_eight_processes_on_a_hundred_cases_lose_no_update(url):
    """Eight processes open a new database at once and write to the same cases: each event is there once."""
    writers = [start("share", url, 40, seed, stderr=subprocess.PIPE) for seed in range(8)]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * 8
    with closing(SqlStore(url)) as store:
        store.seal()
        conformance._is_whole(store, events=8 * 40 * 2)
        assert sum(row.version for row in store.rows()) == 8 * 40 * 2


def test_a_forked_process_speaks_on_connections_of_its_own(url):
    """A store that was opened before a fork is good in the parent and in the child."""
    code = (
        "import os, sys; from govflow.store import SqlStore; from govflow.testing.commits import commit, opened\n"
        "store = SqlStore(sys.argv[1]); store.write(commit(opened('G-1')))\n"
        "child = os.fork(); store.write(commit(opened('G-child' if child == 0 else 'G-parent')))\n"
        "if child: assert os.waitpid(child, 0)[1] == 0\n"
        "assert store.row('G-1').version == 1; os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True)
    with closing(SqlStore(url)) as store:
        assert [row.case for row in store.rows()] == ["G-1", "G-child", "G-parent"]


# ------------------------------------------------------------ a full disk
@contextmanager
def small_disk(folder, size):
    """Mount a disk of `size` on a folder, where we may; take it away again."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],  # noqa: S607
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


LONG = Random(3).randbytes(10_000).hex()  # which no database can make shorter


def fill(store, started=0):
    """Write until the store says that it cannot; return how many cases it has, and what it said."""
    for number in range(started, 10_000):
        said = Secret(f"G-{number}", 1, "text", "p", bytes(16), LONG)
        try:
            store.write(commit(opened(f"G-{number}"), secrets=[said]))
        except StoreError as told:
            return number, str(told)
    raise AssertionError("the disk never was full")


def assert_only(store, cases):
    """Look at a store that was full: what it took is there and nothing else."""
    assert store.count(conformance.Query()) == cases == len(list(store.vault()))
    store.seal()
    conformance._is_whole(store, events=cases)


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path):
    """On a disk that is full a commit is refused as a whole; with room again, the same store goes on."""
    with small_disk(tmp_path / "disk", "2m") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 700_000)
        with closing(SqlStore(f"sqlite:///{disk}/desk.db")) as store:
            cases, told = fill(store)
            assert "free room on the disk and try again" in told
            assert cases > 10
            assert_only(store, cases)
            ballast.unlink()
            more, _ = fill(store, cases)
            assert more > cases + 10
            assert_only(store, more)


def test_a_database_at_its_limit_is_told_and_leaves_nothing_half_written(tmp_path):
    """A database that may not grow refuses a commit as a whole; allowed to grow again, it goes on."""
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/desk.db", poolclass=sqlalchemy.StaticPool)
    store = SqlStore(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 200")
    cases, told = fill(store)
    assert "is full; nothing was written: free room on the disk and try again" in told
    assert_only(store, cases)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    store.write(commit(opened(f"G-{cases}"), secrets=[Secret(f"G-{cases}", 1, "text", "p", bytes(16), LONG)]))
    assert_only(store, cases + 1)
    engine.dispose()


@contextmanager
def tables_on(postgres, disk):
    """Let tables lie on a disk of their own; drop them before the disk goes."""
    if os.geteuid() == 0:
        shutil.chown(disk, postgres.user)
    postgres.say(f"CREATE TABLESPACE small LOCATION '{disk}'")
    try:
        postgres.say("CREATE SCHEMA small")
        yield postgres.url(search_path="small", default_tablespace="small")
    finally:
        postgres.say("DROP SCHEMA small CASCADE")
        postgres.say("DROP TABLESPACE small")


def test_a_server_whose_disk_is_full_is_told(postgres):
    """PostgreSQL on a full disk refuses a commit as a whole, and goes on when there is room."""
    with (
        small_disk(postgres.folder / "disk", "24m") as disk,
        tables_on(postgres, disk) as url,
        closing(SqlStore(url)) as store,
    ):
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 8_000_000)
        cases, told = fill(store)
        assert "free room on the disk and try again" in told
        assert [store.row(f"G-{number}") is None for number in (cases - 1, cases)] == [False, True]
        ballast.unlink()
        assert_only(store, cases)
        assert fill(store, cases)[0] > cases


# ------------------------------------------------------------ a server that goes away
def test_a_stopped_server_is_told_and_one_that_is_back_is_used(postgres):
    """While PostgreSQL is stopped every call says so; when it is there again the same store goes on."""
    store = SqlStore(postgres.fresh())
    first = opened("G-1")
    store.write(commit(first))
    postgres.stop()
    try:
        for call in (lambda: store.row("G-1"), lambda: store.write(commit(acted(first))), store.seal, store.head):
            with pytest.raises(StoreError, match="nothing was written: see that the database answers, and try again"):
                call()
    finally:
        postgres.start()
    assert [case for case, _ in store.changes()] == ["G-1"]
    store.write(commit(acted(first)))
    assert store.row("G-1").version == 2
    store.close()


DIES_AT_COMMIT = """
    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON govflow_secrets DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION die()
"""


def test_a_connection_lost_in_the_commit_is_looked_into(postgres):
    """Where the answer to a commit is lost, the store looks whether it is there, and says that it cannot know."""
    url = postgres.fresh()
    with closing(SqlStore(url)) as store:
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(DIES_AT_COMMIT)
        engine.dispose()
        with pytest.raises(StoreError, match="nobody knows whether it was written: look at what is there"):
            store.write(commit(opened("G-1"), secrets=[Secret("G-1", 1, "text", "p", bytes(16), "said")]))
        assert store.row("G-1") is None
        store.write(commit(opened("G-1")))


@define(eq=False)
class Busy:
    """Somebody who writes to a case again and again, whatever happens, and remembers what was acknowledged."""

    store: SqlStore
    case: str
    told: list[bytes] = field(factory=list)
    failures: int = 0
    progress: threading.Condition = field(factory=threading.Condition)
    done: bool = False

    def work(self):
        """Write until it is enough."""
        while not self.done:
            try:
                made = commit(writing.held(self.store, self.case))
                self.store.write(made)
            except StoreError:
                self.failures += 1
            else:
                with self.progress:
                    self.told.append(made.lines[-1].hash)
                    self.progress.notify()

    def wait(self, more):
        """Wait until so many more commits were acknowledged."""
        with self.progress:
            enough = len(self.told) + more
            assert self.progress.wait_for(lambda: len(self.told) >= enough, timeout=60)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_goes_away_in_the_middle_loses_nothing(postgres, mode):
    """Writers whose PostgreSQL is stopped, or crashes, and comes back lose nothing that was acknowledged."""
    store = SqlStore(postgres.fresh())
    busy = [Busy(store, f"G-{number}") for number in range(3)]
    threads = [threading.Thread(target=one.work) for one in busy]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            busy[0].wait(20)
            postgres.stop(mode)
            postgres.start()
        for one in busy:
            one.wait(20)
    finally:
        for one in busy:
            one.done = True
        for thread in threads:
            thread.join()
    store.seal()
    conformance._is_whole(store, events=store.head()[0])
    for one in busy:
        stored = [line.hash for line in store.lines(one.case)]
        assert one.failures > 0
        assert set(one.told) <= set(stored)
    store.close()
