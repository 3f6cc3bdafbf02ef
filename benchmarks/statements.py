"""Take down the SQL of a desk's acts, and replay it on a bare connection: what no desk on these tables can be below.

    python benchmarks/statements.py --cases 200 --rounds 5

Each round writes its cases twice, to two new files: once with acts, whose statements are taken down, and once without,
to replay them there. No peer: `benchmarks/desk.py` has those.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import govflow as gf
from govflow.casework import CountingIds, ManualClock

HANDLER, ANNA = "host/1-1-1#1", "resident:example-1"
WORK = (("start", HANDLER), ("resolve", HANDLER))
LIFE = (("accept", HANDLER), *WORK, ("dispute", ANNA), *WORK, ("confirm", ANNA))
TAKEN: list[tuple[str, Any]] = []


class Listening(sqlite3.Cursor):
    """A cursor that takes down what it executes."""

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        """Execute a statement, and take it down."""
        TAKEN.append((sql, values))
        return super().execute(sql, values)


class Heard(sqlite3.Connection):
    """A connection of such cursors."""

    def cursor(self, _: Any = None, /) -> sqlite3.Cursor:  # type: ignore[override]
        """Return one."""
        return super().cursor(Listening)

    def commit(self) -> None:
        """Commit, and take it down."""
        TAKEN.append(("COMMIT", ()))
        super().commit()


def prepared(place: Path, cases: int) -> tuple[gf.Desk, list[str]]:
    """Return a desk on a new file with so many cases on it."""
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///{place}", connect_args={"factory": Heard})
    desk = gf.Desk(gf.load("beida"), store=engine, clock=ManualClock(1_767_600_000_000_000), ids=CountingIds())
    said = {"category": "parking", "channel": "doorstep", "unit": "host/1-1-1", "text": "x" * 200}
    ids = [desk.open("grievance", by=ANNA, **said).id for _ in range(cases)]
    desk.advance()
    return desk, ids


def measured(folder: Path, cases: int) -> float:
    """Return the µs that the statements of an act take by themselves, on average over a life."""
    desk, ids = prepared(folder / "acts.db", cases)
    TAKEN.clear()
    for case in ids:
        for trigger, by in LIFE:
            desk.act(case, trigger, by=by)
    statements = list(TAKEN)
    prepared(folder / "replay.db", cases)
    bare = sqlite3.connect(folder / "replay.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = NORMAL")
    execute, began = bare.cursor().execute, time.perf_counter()
    for sql, values in statements:
        execute(sql, values).fetchall()
    taken = time.perf_counter() - began
    bare.close()
    return taken / len(ids) / len(LIFE) * 1e6


def main() -> None:
    """Measure some rounds, and print their median, least and most."""
    parser = argparse.ArgumentParser(description="Replay the SQL of a desk's acts on a bare connection.")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    found = []
    for _ in range(given.rounds):
        with TemporaryDirectory() as folder:
            found.append(measured(Path(folder), given.cases))
    print(
        f"statements of an act on bare sqlite3, NORMAL: {median(found):.0f} µs ({min(found):.0f} to {max(found):.0f})"
    )


if __name__ == "__main__":
    main()
