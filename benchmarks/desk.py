"""The desk beside its peers, side by side in one run, printed as ratios.

``memory``: one `Desk.act` (permission, guard, clocks, event, both hashes) beside one bare trigger of the same
lifecycle's ``transitions`` machine with its guards and an audit callback. ``sqlite``: one commit per act, decided and
hashed, beside saves of `eventsourcing`'s SQLite application, raw ``sqlite3`` inserts and SQLAlchemy's; then batches.
``million``: a million stored events to case states, `advance` over a million open cases where nothing is due, a page
of an inbox out of a million, memory of an open case. Rounds alternate; what counts is the median of the ratios.

    python benchmarks/desk.py [memory] [sqlite] [million] [--rounds 7] [--cases 1000000]
"""

from __future__ import annotations

import argparse
import gc
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool

import govflow as gf
from govflow.casework import CountingIds
from govflow.record.fold import fold_all

HOUR = 3_600_000_000
LIFE = ("screen", "accept", "start", "escalate", "start", "resolve", "dispute", "start", "resolve", "confirm")
"""The triggers of one case from the opening to the end: ten acts, two of them guarded in the definition."""


def actor(trigger: str, unit: str) -> str:
    """Return who fires a trigger in this benchmark."""
    return "resident:example-1" if trigger in ("dispute", "confirm") else f"{unit}#1"


def commands(case: str) -> Iterator[gf.Act]:
    """Yield the acts of one case's life."""
    unit = "host/1-1-1"
    for trigger in LIFE:
        fields = {"reason": "needs_funds"} if trigger == "escalate" else {}
        yield gf.Act(case, trigger, actor(trigger, unit), fields=fields)
        unit = "group/1-1" if trigger == "escalate" else unit


def new_desk(store: object = None) -> tuple[gf.Desk, gf.ManualClock]:
    """Return a desk of beida on a clock that stands on a Monday morning."""
    beida = gf.load("beida")
    clock = gf.ManualClock(beida.calendars["office"].instant("2026-01-05T10:00"))
    return gf.Desk(beida, store=store, clock=clock, ids=CountingIds()), clock


def opening() -> gf.Open:
    """Return the command that opens a case."""
    return gf.Open("grievance", "resident:example-1", category="parking", channel="doorstep", unit="host/1-1-1")


def timed(work: Callable[[], int]) -> float:
    """Return the seconds of processor time that one piece of `work` takes; it returns how many it did."""
    gc.collect()
    began = time.process_time()
    count = work()
    return (time.process_time() - began) / count


def waited(work: Callable[[], int]) -> float:
    """Return the seconds on the wall that one piece of `work` takes."""
    gc.collect()
    began = time.perf_counter()
    count = work()
    return (time.perf_counter() - began) / count


def line(name: str, value: str) -> None:
    """Print one figure."""
    print(f"  {name:<58} {value:>16}")


# --- in memory ------------------------------------------------------------------------------------------------------
def memory(rounds: int, lives: int = 400) -> None:
    """Compare acts in memory with bare triggers of the same lifecycle."""
    machine = gf.load("beida").lifecycles["grievance"].machine()
    log: list[tuple[str, str]] = []
    machine.after_state_change = [lambda event: log.append((event.event.name, event.model.state))]
    machine.add_transition("bare_guard", "asked", "asked", conditions=[lambda event: event.model.reopened < 2])
    events = machine.events
    facts = {"has_superior": True, "severity": 3, "level": "host", "reopened": 0, "children_open": 0}

    def bare() -> int:
        log.clear()
        for _ in range(lives):
            model = SimpleNamespace(state="received", counters={})
            for trigger in LIFE:
                events[trigger].trigger(model, facts=facts)
        return lives * len(LIFE)

    def guarded() -> int:
        log.clear()
        model = SimpleNamespace(state="asked", counters={}, reopened=0)
        for _ in range(lives * 10):
            events["bare_guard"].trigger(model)
        return lives * 10

    desk, clock = new_desk()

    def ours() -> int:
        cases = [desk.open("grievance", by="resident:example-1", **PLACE).id for _ in range(lives)]
        began = time.process_time()
        for case in cases:
            clock.at += 1
            for one in commands(case):
                desk.act(case, one.trigger, by=one.by, **one.fields)
        spent.append((time.process_time() - began) / (lives * len(LIFE)))
        return lives

    spent: list[float] = []
    found: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        plain, one_guard = timed(bare), timed(guarded)
        ours()
        found.append((plain, one_guard, spent[-1]))
    plain, one_guard, act = (statistics.median(column) * 1e6 for column in zip(*found, strict=True))
    line("transitions, a life's triggers with their guards, µs", f"{plain:.1f}")
    line("transitions, one trigger with a guard and a callback, µs", f"{one_guard:.1f}")
    line("Desk.act, the same life, µs", f"{act:.1f}")
    line(
        "act / bare trigger of the same life (goal: at most 1.3)",
        f"{statistics.median(c / a for a, _, c in found):.2f}",
    )
    line("act / one guarded trigger (goal: at most 1.3)", f"{statistics.median(c / b for _, b, c in found):.2f}")


PLACE = {"category": "parking", "channel": "doorstep", "unit": "host/1-1-1"}


# --- one commit per act on SQLite -----------------------------------------------------------------------------------
def sqlite(rounds: int, lives: int = 60) -> None:
    """Compare acts with one commit each with `eventsourcing`, raw sqlite3 and SQLAlchemy; then batches."""
    for mode in ("NORMAL", "FULL"):
        with tempfile.TemporaryDirectory() as folder:
            peers = {
                "eventsourcing saves": eventsourcing_saves(Path(folder), mode, lives * 10),
                "raw sqlite3 inserts": raw_inserts(Path(folder), mode, lives * 10),
                "SQLAlchemy Core inserts": core_inserts(Path(folder), mode, lives * 10),
                "Desk.act": desk_acts(Path(folder), mode, lives),
            }
            rates: dict[str, list[float]] = {name: [] for name in peers}
            for _ in range(rounds):
                for name, work in peers.items():
                    rates[name].append(1 / waited(work))
            print(f"  synchronous = {mode}, commits a second, median of {rounds} rounds")
            for name, values in rates.items():
                line(name, f"{statistics.median(values):,.0f}")
            pairs = zip(rates["Desk.act"], rates["eventsourcing saves"], strict=True)
            line("Desk.act / eventsourcing (goal: at least 2)", f"{statistics.median(a / b for a, b in pairs):.2f}")
    with tempfile.TemporaryDirectory() as folder:
        desk, _ = new_desk(f"sqlite:///{folder}/batch.db")
        found = [1 / waited(lambda: batched(desk, 200)) for _ in range(rounds)]
        line("acts a second in batches of 2,000 (goal: at least 20,000)", f"{statistics.median(found):,.0f}")


class Matter(Aggregate):
    """An aggregate of the peer, with an event of about the size of one of ours."""

    def __init__(self) -> None:
        self.last = ("", "", "", "")

    @event("Noted")
    def note(self, by: str, unit: str, state: str, reason: str) -> None:
        """Note what was done."""
        self.last = (by, unit, state, reason)


def eventsourcing_saves(folder: Path, mode: str, count: int) -> Callable[[], int]:
    """Return `count` saves of an aggregate with `eventsourcing`, each with an event of its own."""
    path = str(folder / "eventsourcing.db")
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": path}
    synchronous(mode)
    app = Application(env=env)

    def work() -> int:
        matter = Matter()
        app.save(matter)
        for _ in range(count):
            matter.note("member:example-7", "branch/3", "assigned", "needs coordination")
            app.save(matter)
        return count

    return work


def synchronous(mode: str) -> None:
    """Set how the peer's connections wait for the disk; it has no option for that, so they are set as they are made."""

    def made(pool: SQLiteConnectionPool) -> SQLiteConnection:
        connection = MAKE(pool)
        connection.cursor().execute(f"PRAGMA synchronous = {mode}")
        return connection

    SQLiteConnectionPool._create_connection = made  # noqa: SLF001  # there is no other way in


MAKE = SQLiteConnectionPool._create_connection  # noqa: SLF001


def raw_inserts(folder: Path, mode: str, count: int) -> Callable[[], int]:
    """Return `count` inserts of a row of 300 bytes with plain sqlite3, a commit each."""
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {mode}")
    connection.execute("create table e (id integer primary key, body text)")

    def work() -> int:
        for _ in range(count):
            connection.execute("begin immediate")
            connection.execute("insert into e (body) values (?)", ("x" * 300,))
            connection.execute("commit")
        return count

    return work


def engine_of(url: str, mode: str) -> sa.Engine:
    """Return an engine whose connections wait for the disk as `mode` says."""
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {mode}")

    return engine


def core_inserts(folder: Path, mode: str, count: int) -> Callable[[], int]:
    """Return `count` inserts of the same row with SQLAlchemy Core, a commit each."""
    engine = engine_of(f"sqlite:///{folder}/core.db", mode)
    table = sa.Table("e", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text))
    table.create(engine)

    def work() -> int:
        for _ in range(count):
            with engine.begin() as connection:
                connection.execute(table.insert(), {"body": "x" * 300})
        return count

    return work


def desk_acts(folder: Path, mode: str, lives: int) -> Callable[[], int]:
    """Return the acts of `lives` cases on a desk over SQLite, a commit each."""
    url = f"sqlite:///{folder}/desk.db"
    desk, clock = new_desk(url if mode == "FULL" else engine_of(url, mode))

    def work() -> int:
        for _ in range(lives):
            clock.at += 1
            case = desk.open("grievance", by="resident:example-1", **PLACE)
            for one in commands(case.id):
                desk.act(case.id, one.trigger, by=one.by, **one.fields)
        return lives * (len(LIFE) + 1)

    return work


def batched(desk: gf.Desk, lives: int) -> int:
    """Carry out the lives of many cases in one commit."""
    cases = desk.batch([opening() for _ in range(lives)])
    desk.batch([one for case in cases for one in commands(case.id)])
    return lives * (len(LIFE) + 1)


# --- a million ------------------------------------------------------------------------------------------------------
def million(cases: int) -> None:
    """Measure what a large record costs: folding it, advancing over it, a page of it."""
    with tempfile.TemporaryDirectory() as folder:
        desk, _ = new_desk(f"sqlite:///{folder}/lives.db")
        lives = cases // (len(LIFE) + 1)
        for first in range(0, lives, 1_000):
            batched(desk, min(1_000, lives - first))
        folding(desk, lives * (len(LIFE) + 1))
        desk, clock = new_desk(f"sqlite:///{folder}/open.db")
        began = time.perf_counter()
        for first in range(0, cases, 5_000):
            desk.batch([opening() for _ in range(min(5_000, cases - first))])
        line(f"{cases:,} cases opened, s", f"{time.perf_counter() - began:.1f}")
        advancing(desk, clock)
        paging(desk)
    memory_of_a_case()


def folding(desk: gf.Desk, events: int) -> None:
    """Fold every stored event into the states of its case."""
    began = time.perf_counter()
    states = sum(1 for _ in fold_all(desk.store.changes()))
    spent = time.perf_counter() - began
    line(f"{events:,} events to {states:,} case states, s (goal: under 3)", f"{spent:.2f}")


def advancing(desk: gf.Desk, clock: gf.ManualClock) -> None:
    """Advance where nothing is due."""
    clock.at += 60_000_000
    desk.advance()
    found = []
    for _ in range(7):
        clock.at += 1_000_000
        found.append(waited(lambda: desk.advance() + 1))
    line("advance, nothing due, ms (goal: under 100)", f"{statistics.median(found) * 1e3:.2f}")


def paging(desk: gf.Desk) -> None:
    """Read a page of fifty of an inbox with all cases in it, from the start and from its middle."""
    page = desk.inbox("host/1-1-1", limit=50)
    found = []
    for _ in range(20):
        began = time.perf_counter()
        page = desk.inbox("host/1-1-1", limit=50, after=page.after)
        found.append(time.perf_counter() - began)
    line("inbox page of 50, ms (goal: under 20)", f"{statistics.median(found) * 1e3:.2f}")


def memory_of_a_case(cases: int = 50_000) -> None:
    """Measure what an open case takes in memory beyond its events; what a desk remembers between commands is apart."""
    desk, _ = new_desk()
    desk.office.remembers = False
    desk.batch([opening() for _ in range(100)])
    gc.collect()
    tracemalloc.start()
    for _ in range(0, cases, 1000):
        desk.batch([opening() for _ in range(1000)])
    gc.collect()
    whole = tracemalloc.get_traced_memory()[0] / cases
    tracemalloc.stop()
    stored = desk.store.log(limit=1)[0]
    parts = (stored, stored.body, stored.changes, stored.hash, stored.log)
    event = sum(map(sys.getsizeof, parts)) + 2 * 8  # and its places in two lists
    line("an open case in memory with its one event, bytes", f"{whole:,.0f}")
    line("of these its event, bytes", f"{event:,}")
    line("the rest (goal: under 1,000)", f"{whole - event:,.0f}")


def main() -> None:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(description="Time the desk beside its peers.")
    parser.add_argument("parts", nargs="*", help="memory, sqlite, million (default: all)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cases", type=int, default=1_000_000)
    chosen = parser.parse_args()
    parts = chosen.parts or ["memory", "sqlite", "million"]
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}")
    if "memory" in parts:
        print("in memory")
        memory(chosen.rounds)
    if "sqlite" in parts:
        print("SQLite, one commit per act")
        sqlite(chosen.rounds)
    if "million" in parts:
        print("a million")
        million(chosen.cases)


if __name__ == "__main__":
    main()
