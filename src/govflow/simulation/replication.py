"""What one replication leaves behind: whole numbers that add up in any order, and the event table if it was kept.

Sums are integers and times lie in a fixed log histogram, so merging replications gives the same bits on any
number of threads, in processes and on a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from govflow.simulation import layout as at
from govflow.simulation.arrays import Tables
from govflow.simulation.engine import Run

Ints = NDArray[np.int64]


@frozen(eq=False)
class Replication:
    """The counts of one replication; axis 0 of `tally`, `fired` and `unsettled` is the stream.

    `filled` are the bins of the histogram (stream, measured time, bin) that are not empty, as one flat index,
    `counts` what lies in them. `unsettled` counts measured cases still open that have no final value yet, by
    measured time, and in its last column all that are open. `units` has columns busy µs, waiting ms, cases taken,
    waiting at the end. `ended` says when each initial case came to its end (µs; NEVER if it did not); `cases` counts
    those that came in the run.
    """

    index: int
    tally: Ints = field(repr=False)
    filled: Ints = field(repr=False)
    counts: Ints = field(repr=False)
    fired: Ints = field(repr=False)
    unsettled: Ints = field(repr=False)
    units: Ints = field(repr=False)
    ended: Ints = field(repr=False)
    cases: int
    steps: int
    most_open: int
    rows: tuple[Ints, ...] = field(default=(), repr=False)
    openings: tuple[Ints, ...] = field(default=(), repr=False)

    def bins(self, streams: Sequence[int], span: int) -> Ints:
        """Return the histogram of one measured time over some streams."""
        spans = self.unsettled.shape[1] - 1
        stream, inner = np.divmod(self.filled, spans * at.BINS)
        own = np.isin(stream, streams) & (inner // at.BINS == span)
        return np.bincount(inner[own] % at.BINS, self.counts[own], at.BINS).astype(np.int64)


def read_out(run: Run, index: int) -> Replication:
    """Read a finished run."""
    arrays = run.arrays
    filled = np.flatnonzero(arrays["histogram"])
    places = len(run.tables.program.places.superior)
    columns = [at.U_BUSY, at.U_WAITED, at.U_TAKEN, at.U_WAITING]
    return Replication(
        index=index,
        tally=arrays["tally"],
        filled=filled,
        counts=arrays["histogram"].reshape(-1)[filled],
        fired=arrays["fired"],
        unsettled=unsettled(run.tables, arrays),
        units=np.ascontiguousarray(arrays["units"][:places, columns]),
        ended=arrays["ended"],
        cases=run.number(at.N_NUMBER) - len(arrays["ended"]),
        steps=run.number(at.N_STEPS),
        most_open=run.number(at.N_MOST_OPEN),
        rows=tuple(run.rows),
        openings=tuple(run.openings),
    )


def unsettled(tables: Tables, arrays: dict[str, Any]) -> Ints:
    """Return by stream how many measured cases are still open, by time without a final value and in all."""
    cases = arrays["cases"]
    still = cases[(cases[:, at.K_NUMBER] >= 0) & (cases[:, at.K_MEASURED] != 0)]
    spans = max(1, tables.spans)
    counts = np.zeros((len(arrays["streams"]), spans + 1), np.int64)
    first = int(arrays["now"][at.N_SPAN])
    for stream, source in enumerate(tables.program.streams):
        own = still[still[:, at.K_STREAM] == stream]
        counts[stream, spans] = len(own)
        for index, span in enumerate(tables.program.names.spans[source.lifecycle]):
            certain = span.take == "first"
            counts[stream, index] = int((own[:, first + index] < 0).sum()) if certain else len(own)
    return counts
