"""The cases that were open at the start: how many of them are settled by when (rule S6).

They stand beside the cohort and enter none of its rates. Each replication settles the same cases with another
luck, so an interval is over replications. Open ``initial`` for how they begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from govflow.calendar import DAY
from govflow.errors import UsageError
from govflow.program import Estimate
from govflow.simulation.intervals import mean, ratio

MILESTONES = (7, 14, 30, 60, 90, 180, 365)
SHARES = (0.5, 0.9, 1.0)
UNKNOWN = Estimate(None, None, None, 0)


@frozen(eq=False)
class Backlog:
    """The initial cases of a study; `horizon` is how many days the run covers.

    Settled is a case that has come to its end, in whatever final state.
    """

    cases: int
    horizon: float
    ends: Sequence[NDArray[np.int64]] = field(repr=False)
    """When each case ended, in µs from the start, by replication; NEVER if it is still open."""

    def settled(self, day: float) -> Estimate:
        """Return the share of the cases that are settled by a day from the start; not known beyond the run's end.

        >>> Backlog(2, 30.0, [np.array([DAY, 3 * DAY])]).settled(2).value
        0.5
        """
        if not isinstance(day, int | float) or isinstance(day, bool) or not day >= 0:
            raise UsageError(f"day={day!r}: must be a number of days from the start, 0 or more")
        if day > self.horizon and not self._all_over:
            return UNKNOWN
        counts = [int((own <= day * DAY).sum()) for own in self.ends]
        return ratio(counts, [self.cases] * len(counts), share=True)

    def cleared(self, share: float) -> Estimate:
        """Return the day by which a share of the cases is settled: the mean of the replications' own.

        Not known where in some replication that many are not settled before the run ends.

        >>> Backlog(2, 30.0, [np.array([DAY, 3 * DAY])]).cleared(1.0).value
        3.0
        """
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 1:
            raise UsageError(f"share={share!r}: must be more than 0 and at most 1")
        rank = ceil(share * self.cases - 1e-9) - 1
        days = [int(np.partition(own, rank)[rank]) / DAY for own in self.ends]
        return mean(days, least=0.0) if max(days) <= self.horizon else UNKNOWN

    @property
    def open(self) -> Estimate:
        """How many of the cases are still open when the run ends."""
        return mean([int((own > self.horizon * DAY).sum()) for own in self.ends], least=0.0)

    @cached_property
    def _all_over(self) -> bool:
        return all((own <= self.horizon * DAY).all() for own in self.ends)

    @property
    def shares(self) -> dict[int, Estimate]:
        """The share settled by each of the days that are told, as far as the run goes."""
        return {day: self.settled(day) for day in MILESTONES if day <= self.horizon}

    @property
    def days(self) -> dict[float, Estimate]:
        """The day by which a half, nine in ten and all of the cases are settled."""
        return {share: self.cleared(share) for share in SHARES}

    def to_data(self) -> dict[str, Any]:
        """Return the figures as plain data: shares settled by day, and the days by which shares are settled."""
        return {
            "cases": self.cases,
            "open": self.open.to_data(),
            "settled": {str(day): share.to_data() for day, share in self.shares.items()},
            "days": {f"{100 * s:g}": day.to_data() for s, day in self.days.items()},
        }
