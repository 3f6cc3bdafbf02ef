"""Compiles the kernel, feeds it one replication, and empties it: rows out, room in, until the run has finished.

The kernel's source is compiled by numba once for each machine and kept in the user's cache, under a
fingerprint of every file that is compiled into it (numba itself looks at one file only). Without a writable
cache it compiles at every start; without numba, or with ``compiled=False``, the same source runs as Python.
"""

from __future__ import annotations

import inspect
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from attrs import define, field

from govflow.calendar import DAY
from govflow.errors import MissingExtra, SimulationError
from govflow.organization import walks
from govflow.program import behaviour, columns, rules
from govflow.simulation import arrays as laid, kernel, layout, luck, parts

PARAMETERS = tuple(inspect.signature(kernel.run).parameters)[1:]
CHUNK = 1 << 18
MOST_OPEN = 1 << 22
"""Cases that can be open at once: about 4 GB."""
OPTIONS: Any = {"error_model": "numpy", "_nrt": False}
"""No checks of division, and no counting of references: the kernel allocates nothing (a quarter faster)."""
APART = frozenset(
    {"account", "arrival", "book_wait", "book_work", "describe", "duration", "line_up"}
    | {"normal_quantile", "rise", "sink", "step_out", "table", "triangular"}
)
"""Parts that are called and not inlined: large or rare ones, for which inlining costs more than it gains."""
_COMPILING = Lock()


@define(eq=False)
class Run:
    """One replication on its way: its arrays by the kernel's parameter names, and the rows it has written."""

    tables: laid.Tables
    arrays: dict[str, Any] = field(repr=False)
    compiled: bool = True
    rows: list[Any] = field(factory=list, repr=False)
    openings: list[Any] = field(factory=list, repr=False)
    finished: bool = False

    @classmethod
    def begin(cls, tables: laid.Tables, *, seed: int, replication: int, events: bool, compiled: bool = True) -> Run:
        """Lay out one replication; `events` says whether the event table is kept."""
        chunk = CHUNK if events else 0
        fresh = laid.start(tables, seed=seed, replication=replication, chunk=chunk)
        run = cls(tables=tables, arrays=fresh, compiled=compiled)
        if events and tables.initial.ids:
            run.rows.append(tables.initial.rows)
            run.openings.append(tables.initial.openings)
        return run

    def advance(self, until: int) -> None:
        """Run all events up to `until` (µs from the start), or to the end of the run."""
        step = compiled_kernel() if self.compiled else plain_kernel
        while not self.finished:
            status = step(until, *(self.arrays[name] for name in PARAMETERS))
            if status == layout.PAUSED:
                return
            if status == layout.FINISHED:
                self.finished = True
                self._empty_rows()
                self._empty_openings()
            else:
                self._make_room(status)

    def number(self, column: int) -> int:
        """Return one of the run's own numbers (``layout.N_…``)."""
        return int(self.arrays["now"][column])

    def _make_room(self, status: int) -> None:
        if status == layout.ROWS_FULL:
            self._empty_rows()
        elif status == layout.OPENINGS_FULL:
            self._empty_openings()
        elif status == layout.SLOTS_FULL:
            if len(self.arrays["cases"]) >= MOST_OPEN:
                raise SimulationError(
                    f"{MOST_OPEN:,} cases are open at once on day {self.number(layout.N_NOW) / DAY:.2f}: "
                    "more than a run can hold; lower the arrivals or the households, or give more handlers"
                )
            laid.more_slots(self.arrays, len(self.arrays["cases"]))
        else:
            raise SimulationError(self._fault(status))

    def _empty_rows(self) -> None:
        count = self.number(layout.N_ROWS)
        full = self.arrays["rows"]
        if count:
            self.rows.append(full[:count] if count * 4 > len(full) * 3 else full[:count].copy())
            self.arrays["rows"] = full[:0] if self.finished else np.empty_like(full)
        self.arrays["now"][layout.N_ROWS] = 0

    def _empty_openings(self) -> None:
        count = self.number(layout.N_OPENINGS)
        if count:
            self.openings.append(self.arrays["openings"][:count].copy())
        self.arrays["now"][layout.N_OPENINGS] = 0

    def _fault(self, status: int) -> str:
        names = self.tables.program.names
        lifecycle, state = names.states[self.number(layout.N_FAULT_STATE)]
        case = self.number(layout.N_FAULT_CASE)
        days = self.number(layout.N_NOW) / DAY
        if status == layout.RUNAWAY:
            return (
                f"case {case} ({lifecycle}) made {layout.MOST_AT_ONE_INSTANT} transitions at one instant, on day "
                f"{days:.2f}, last from {state!r}: a run must move on in time; look for a deadline that fires back "
                "into its own state"
            )
        return (
            f"case {case} ({lifecycle}) stands in {state!r} on day {days:.2f} and none of the outcomes assumed there "
            f"is enabled; give assumptions.behaviour.{lifecycle}.{state}.outcomes one that always is"
        )


def plain_kernel(*arguments: Any) -> int:
    """Run the kernel as plain Python: the same bits, some thousand times slower."""
    with np.errstate(over="ignore"):
        return int(kernel.run(*arguments))


def compiled_kernel() -> Callable[..., int]:
    """Return the compiled kernel; the first call on a machine compiles it, which takes some seconds."""
    with _COMPILING:
        return _compiled()


@lru_cache(maxsize=1)
def _compiled() -> Callable[..., int]:
    cache = cache_directory()
    cached = _jit(cache)

    def guarded(*arguments: Any) -> int:
        """Run the kernel; where the cache cannot be written after all (a full disk), without it."""
        try:
            return cached(*arguments)
        except OSError:
            return _jit(None)(*arguments)

    return cached if cache is None else guarded


@lru_cache(maxsize=2)
def _jit(cache: Path | None) -> Callable[..., int]:
    try:
        import numba
        from numba.extending import register_jitable
    except ImportError as missing:
        raise MissingExtra("the compiled simulation", "simulate") from missing
    for module in (walks, rules, luck, parts):
        for function in vars(module).values():
            if inspect.isfunction(function) and function.__module__ == module.__name__ and is_leaf(function):
                register_jitable(forceinline=function.__name__ not in APART, **OPTIONS)(function)
    settings: Any = numba.config
    before, settings.CACHE_DIR = settings.CACHE_DIR, str(cache or "")
    try:
        compiled: Callable[..., int] = numba.njit(nogil=True, cache=cache is not None, **OPTIONS)(kernel.run)
    finally:
        settings.CACHE_DIR = before
    return compiled


def is_leaf(function: Callable[..., Any]) -> bool:
    """Return whether a function of the compiled modules is part of the kernel (the keys are made in Python)."""
    return function.__name__ not in ("key", "stream_key", "initial_key", "place_key")


def fingerprint() -> str:
    """Return what the compiled kernel depends on, as a short hash: the sources, numba and numpy."""
    import numba

    digest = sha256(f"{numba.__version__} {np.__version__} {OPTIONS} {sorted(APART)}".encode())
    for module in (kernel, parts, luck, layout, behaviour, rules, columns, walks):
        digest.update(Path(module.__file__ or "").read_bytes())
    return digest.hexdigest()[:16]


def cache_directory() -> Path | None:
    """Return a writable directory for the compiled kernel, or None where there is none."""
    homes = [os.environ.get("XDG_CACHE_HOME", ""), str(Path("~/.cache").expanduser())]
    for home in filter(None, homes):
        directory = Path(home) / "govflow" / fingerprint()
        try:
            directory.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=directory):
                return directory
        except OSError:
            continue
    return None


def is_cold() -> bool:
    """Return whether the next compiled run has to compile first."""
    directory = cache_directory()
    return directory is None or not any(directory.rglob("*.nbi"))
