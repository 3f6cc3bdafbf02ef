"""Cutting a walk into runs, exactly: how even the runs can be, and which cuts keep the most with their owners.

A walk is a number of things in a row, here only places 0, 1, 2, …; what stands there is told in ``planning.patches``.
Both questions are polynomial on a row. Sets of places are the bits of one integer, counts are arrays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray


# ------------------------------------------------------------ how even it can be
def bounds(ends: Sequence[int], count: int) -> tuple[int, int]:
    """Return the smallest and the largest size of the most even plan: the largest first, then the smallest.

    `ends` are the places at which the walk may be cut, `count` patches are made.

    >>> bounds([3, 4, 9, 12], 3)
    (3, 5)
    """
    total = ends[-1]
    heaviest = max(end - start for start, end in zip([0, *ends], ends, strict=False))
    high = _first(max(heaviest, -(-total // count)), total, lambda size: _fewest(ends, size) <= count)
    spots = sum(1 << end for end in (0, *ends)) if len(ends) < total else (2 << total) - 1
    low = -_first(-(total // count), -1, lambda size: _can(spots, count, total, -size, high))
    return low, high


def _first(start: int, end: int, holds: Callable[[int], bool]) -> int:
    """Return the first number from `start` to `end` for which `holds` is true, given that it stays true after."""
    return start + bisect_left(range(start, end), True, key=holds)


def _fewest(ends: Sequence[int], size: int) -> int:
    """Return how few patches of at most `size` households hold all."""
    patches, start = 0, 0
    while start < ends[-1]:
        start = ends[bisect_right(ends, start + size) - 1]
        patches += 1
    return patches


def _can(spots: int, count: int, total: int, low: int, high: int) -> bool:
    """Say whether the walk can be cut into `count` patches of `low` to `high` households; bits of `spots` are cuts."""
    reached = 1
    for _ in range(count):
        reached = _smeared(reached, high - low + 1) << low & spots
    return bool(reached >> total & 1)


def _smeared(bits: int, width: int) -> int:
    """Return the bits, each repeated over the `width` places from its own upwards."""
    done = 1
    while done < width:
        step = min(done, width - done)
        bits |= bits << step
        done += step
    return bits


# ------------------------------------------------------------ which cuts move the fewest
_NEVER = -(1 << 30)


@frozen(eq=False)
class _Row:
    """The most households that keep their team in the patches so far, by where these end: from `first` on."""

    first: int
    kept: NDArray[Any]


def fewest_moves(lots: Sequence[NDArray[Any]], ends: Sequence[int], low: int, high: int) -> list[int]:
    """Return where each patch ends so that the most households keep their team, with sizes from `low` to `high`.

    Dynamic programming over patch and place: what a patch keeps is a difference of two counts, one at each of its
    ends, so a step is a sliding maximum and the whole is exact. Of equal plans the most even is preferred, from
    the last patch backwards.
    """
    import numpy as np

    rows = [_Row(0, np.zeros(1, dtype=np.int32))]
    rows += _rows(rows[0], lots, ends, low, high)
    found = [ends[-1]]
    for number in range(len(lots), 1, -1):
        row, end = rows[number - 1], found[-1]
        start = max(row.first, end - high)
        stop = min(row.first + len(row.kept), end - low + 1)
        places = np.arange(start, stop)
        worth = row.kept[start - row.first : stop - row.first] - np.searchsorted(lots[number - 1], places)
        uneven = np.abs(places * number - end * (number - 1))
        found.append(int(places[np.lexsort((uneven, -worth))[0]]))
    return found[::-1]


def _rows(row: _Row, lots: Sequence[NDArray[Any]], ends: Sequence[int], low: int, high: int) -> Iterator[_Row]:
    """Yield the row after each patch, over the places where it can end so that the others still fit."""
    import numpy as np
    from scipy.ndimage import maximum_filter1d

    total, count, width = ends[-1], len(lots), high - low + 1
    uncut = np.ones(total + 1, dtype=bool)
    uncut[ends] = False
    for number, lot in enumerate(lots, start=1):
        first = max(number * low, total - (count - number) * high)
        last = min(number * high, total - (count - number) * low)
        before = np.full(last - first + width, _NEVER, dtype=np.int32)  # from first - high to last - low
        start, stop = max(row.first, first - high), min(row.first + len(row.kept), last - low + 1)
        had = np.searchsorted(lot, np.arange(start, stop))
        before[start - (first - high) : stop - (first - high)] = row.kept[start - row.first : stop - row.first] - had
        best = maximum_filter1d(before, width, mode="constant", cval=_NEVER)[width // 2 :][: last - first + 1]
        kept = best + np.searchsorted(lot, np.arange(first, last + 1)).astype(np.int32)
        kept[uncut[first : last + 1] | (best < _NEVER // 2)] = _NEVER
        row = _Row(first, kept)
        yield row
