"""A process that writes to a store until it is told not to, or killed: what the tests of faults start.

``python writing.py acknowledge URL COUNT`` writes commits, each of two cases, a text and a key, and prints a line
when the store has said that it is written. ``python writing.py share URL COUNT SEED`` adds events to pairs of a
hundred cases that others write to as well, anew wherever somebody was quicker, and seals now and then.
"""

from __future__ import annotations

import sys
from random import Random

from govflow.record import Secret
from govflow.store import Key, SqlStore, Stale, Store
from govflow.testing.commits import Held, acted, commit, opened

SHARED = [f"G-{number:03}" for number in range(100)]
PAIR = ("G-left", "G-right")


def held(store: Store, case: str) -> Held:
    """Return a new event for a case, as the store has it, or the first of a new one."""
    row = store.row(case)
    return opened(case) if row is None else acted(Held(row, row.version, ()), {"turn": row.version})


def acknowledge(store: Store, count: int) -> None:
    """Write `count` commits one after the other, and say so after each."""
    for _ in range(count):
        left, right = (held(store, case) for case in PAIR)
        version = left.row.version
        said = Secret("G-left", version, "text", "p", bytes(16), f"said in {version}")
        store.write(commit(left, right, secrets=[said], keys=[Key(f"k-{version}", "f", ("G-left",))]))
        print(version, flush=True)  # noqa: T201


def share(store: Store, count: int, seed: int) -> None:
    """Write `count` commits of two events each to cases that others write to."""
    random = Random(seed)
    for turn in range(count):
        pair = random.sample(SHARED, 2)
        while True:
            try:
                store.write(commit(*[held(store, case) for case in pair]))
            except Stale:
                continue
            break
        if turn % 10 == 0:
            store.seal()


if __name__ == "__main__":
    what, url, *numbers = sys.argv[1:]
    store = SqlStore(url)
    {"acknowledge": acknowledge, "share": share}[what](store, *map(int, numbers))
    store.close()
