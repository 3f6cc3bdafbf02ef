"""The event table: what happened to which case, when, at which unit; out as columns, CSV or Parquet.

A table holds no resident and no household: those leave only through the community's own desk. Times are µs
from the start of the run, and local times in ISO form.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from govflow.calendar import local_time
from govflow.errors import MissingExtra, UsageError
from govflow.files import writing
from govflow.program import Program
from govflow.program.columns import L_START, NONE, T_TARGET
from govflow.simulation.arrays import Tables, Window
from govflow.simulation.initial import Initial
from govflow.simulation.layout import K_STATE
from govflow.simulation.replication import Replication

COLUMNS = (
    "replication",
    "case",
    "lifecycle",
    "category",
    "channel",
    "time",
    "at",
    "event",
    "deadline",
    "unit",
    "state",
    "initial",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BATCH = 1 << 16


@frozen(eq=False)
class Events:
    """The events of one replication in the order in which they happened, as arrays of indices with names.

    A case that was open when the run began has a first row `initial`, and its own id in the column of that name.
    """

    program: Program = field(repr=False)
    window: Window
    replication: int
    rows: NDArray[np.int64] = field(repr=False)
    openings: NDArray[np.int64] = field(repr=False)
    initial: Initial = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def names(self) -> Mapping[str, Sequence[str]]:
        """Return the names behind the codes of `columns`, by column."""
        names = self.program.names
        return {
            "lifecycle": names.lifecycles,
            "category": names.categories,
            "channel": (*names.channels, ""),
            "event": ("overdue", "open", *(way.trigger for _, way in names.transitions), "initial"),
            "deadline": ("", *(deadline.name for _, deadline, _ in names.clocks)),
            "unit": self.program.community.organization.ids,
            "state": ("", *(state for _, state in names.states)),
            "initial": ("", *self.initial.ids),
        }

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the table's columns: numbers, and codes into `names`."""
        case, time, unit, code = self.rows.T
        way, cause = (code & 0xFFFFFFFF) - 1, (code >> 32) - 1
        stream, channel = self.openings[case, 0], self.openings[case, 3]
        streams, names = self.program.streams, self.program.names
        begun = np.where(case < len(self.initial.ids), len(names.transitions) + 2, 1)
        return {
            "replication": np.full(len(case), self.replication),
            "case": case,
            "lifecycle": np.array([s.lifecycle for s in streams])[stream],
            "category": np.array([s.category for s in streams])[stream],
            "channel": np.where(channel < 0, len(names.channels), channel),
            "time": time,
            "event": np.where(way >= 0, way + 2, np.where(cause >= 0, 0, begun)),
            "deadline": cause + 1,
            "unit": unit,
            "state": self._states(way, cause),
            "initial": np.where(case < len(self.initial.ids), case + 1, 0),
        }

    def _states(self, way: NDArray[np.int64], cause: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each row the state entered with it, plus one; 0 where none is entered."""
        rules = self.program.rules
        targets = np.array([row[T_TARGET] for row in rules.transitions] or [NONE])
        starts = np.array([rules.lifecycles[s.lifecycle][L_START] for s in self.program.streams])
        first = np.concatenate([self.initial.cases[:, K_STATE], starts[self.openings[len(self.initial.ids) :, 0]]])
        opened = (way < 0) & (cause < 0)
        return np.where(opened, first[self.rows[:, 0]], np.where(way >= 0, targets[way], NONE)) + 1

    def batches(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows in batches, names spelled out, in the order of ``COLUMNS``."""
        names = self.names()
        start, zone = self.window.start, self.program.community.zone
        columns = self.columns()
        for first in range(0, len(self), BATCH):
            part = {name: values[first : first + BATCH].tolist() for name, values in columns.items()}
            texts = {name: [known[v] for v in part[name]] for name, known in names.items()}
            texts["at"] = [moment(start + time, zone) for time in part["time"]]
            yield list(zip(*(texts.get(c) or part[c] for c in COLUMNS), strict=True))


def moment(at: int, zone: str) -> str:
    """Return what a clock in `zone` shows at the instant `at` (µs UTC), in ISO form to the second."""
    return local_time(at, zone).replace(tzinfo=None).isoformat(timespec="seconds")


def events_of(tables: Tables, replication: Replication) -> Events:
    """Return a replication's events, its chunks joined."""
    if not replication.openings and (replication.cases or tables.initial.ids):
        raise UsageError(
            f"replication {replication.index} kept no events; simulate with events=True, or ask study.events()"
        )
    return Events(
        program=tables.program,
        window=tables.window,
        replication=replication.index,
        rows=np.concatenate([np.zeros((0, 4), np.int64), *replication.rows]),
        openings=np.concatenate([np.zeros((0, 4), np.int64), *replication.openings]),
        initial=tables.initial,
    )


def write_events(tables: Sequence[Events], path: str | Path) -> None:
    """Write event tables to a ``.csv`` or ``.parquet`` file, whole or not at all.

    In CSV a text that a spreadsheet would take for a formula is led by an apostrophe.
    """
    kind = Path(path).suffix.lower()
    if kind == ".csv":
        _write_csv(tables, path)
    elif kind == ".parquet":
        _write_parquet(tables, path)
    else:
        raise UsageError(f"events file {str(path)!r}: the ending must be .csv or .parquet")


def _write_csv(tables: Sequence[Events], path: str | Path) -> None:
    with writing(path) as file:
        text = csv.writer(file, lineterminator="\n")
        text.writerow(COLUMNS)
        for table in tables:
            for batch in table.batches():
                text.writerows([[neutral(value) for value in row] for row in batch])


def neutral(value: object) -> object:
    """Return `value`, or, where a spreadsheet would run it, the text led by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _write_parquet(tables: Sequence[Events], path: str | Path) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as missing:
        raise MissingExtra("writing Parquet", "tables") from missing
    with writing(path, binary=True) as file, ExitStack() as open_sinks:
        sink = None
        for table in tables:
            names = table.names()
            arrays = {
                column: pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int32)), list(names[column]))
                if column in names
                else pa.array(values)
                for column, values in table.columns().items()
            }
            batch = pa.table(arrays)
            sink = sink or open_sinks.enter_context(parquet.ParquetWriter(file, batch.schema))
            sink.write_table(batch)
