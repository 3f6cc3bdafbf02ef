"""The opening times of a calendar as numbers: one table for each year in UTC, made when first asked for.

Rule: an instant is working time when the clock on the wall in the calendar's zone shows an open hour of that
date. So an hour that is skipped when clocks go forward is never worked, and one that comes twice when they go
back counts twice. A year's table holds openings, closings and the time worked up to each closing; every
question is then a bisection. `working.Calendar` is the face of this; nothing else should use it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from govflow.calendar.holidays import Holidays
from govflow.calendar.hours import DAY_MINUTES, Interval, Week
from govflow.calendar.instants import DAY, END_YEAR, EPOCH, LAST, MINUTE, SECOND, YEAR_STARTS, year_index
from govflow.errors import UsageError

_OPEN_DAY = ((0, DAY_MINUTES),)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()


@frozen
class YearTable:
    """The open intervals of one year, clipped to it; `worked` is the time worked from its start to each closing."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    worked: tuple[int, ...]

    @classmethod
    def of(cls, intervals: list[Interval]) -> YearTable:
        """Return the table of intervals that are in order and apart from each other."""
        lengths = accumulate(close - open_ for open_, close in intervals)
        return cls(tuple(i[0] for i in intervals), tuple(i[1] for i in intervals), tuple(lengths))

    @property
    def total(self) -> int:
        """The time worked in the whole year."""
        return self.worked[-1] if self.worked else 0

    def until(self, at: int) -> int:
        """Return the time worked from the start of the year until `at`."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return 0
        return self.worked[index] - max(0, self.closes[index] - at)

    def reach(self, worked: int) -> int:
        """Return the earliest instant of the year until which `worked` (above 0, at most the total) is worked."""
        index = bisect_left(self.worked, worked)
        return self.closes[index] - (self.worked[index] - worked)


@define(eq=False)
class Timeline:
    """The opening times of a `week` in a `zone` with `holidays`, answered from year tables that it keeps."""

    week: Week
    zone: ZoneInfo
    holidays: Holidays | None = None
    _years: dict[int, YearTable] = field(factory=dict, init=False, repr=False)
    _special: dict[int, tuple[Interval, ...]] = field(init=False, repr=False)

    @_special.default
    def _special_days(self) -> dict[int, tuple[Interval, ...]]:
        return special_days(self.week, self.holidays)

    def year(self, index: int) -> YearTable:
        """Return the table of the year `YEAR_STARTS[index]`; UsageError beyond the last."""
        table = self._years.get(index)
        if table is None:
            if not 0 <= index < len(YEAR_STARTS) - 1:
                text = f"working time reaches beyond the year {END_YEAR - 1}, the last that calendars answer for"
                raise UsageError(text)
            table = self._years[index] = YearTable.of(self._open_intervals(YEAR_STARTS[index], YEAR_STARTS[index + 1]))
        return table

    def working(self, at: int) -> bool:
        """Say whether `at` lies in an open interval."""
        table = self.year(year_index(at))
        index = bisect_right(table.opens, at) - 1
        return index >= 0 and at < table.closes[index]

    def between(self, start: int, end: int) -> int:
        """Return the time worked from `start` to `end`, negative when `end` is the earlier."""
        first = year_index(start)
        table = self.year(first)
        if YEAR_STARTS[first] <= end < YEAR_STARTS[first + 1]:
            return table.until(end) - table.until(start)
        last = year_index(end)
        if first > last:
            return -self.between(end, start)
        skipped = sum(self.year(index).total for index in range(first, last))
        return skipped + self.year(last).until(end) - self.year(first).until(start)

    def add(self, at: int, worked: int) -> int:
        """Return the earliest instant from `at` on until which `worked` microseconds are worked."""
        if worked <= 0:
            if worked == 0:
                return at
            raise UsageError(f"working time of {worked} µs: must not be negative; `between` measures backward")
        index = year_index(at)
        table = self.year(index)
        needed = worked + table.until(at)
        while needed > table.total:
            needed -= table.total
            index += 1
            table = self.year(index)
        return table.reach(needed)

    def next_opening(self, at: int) -> int:
        """Return the first instant at or after `at` that is working time."""
        index = year_index(at)
        while True:
            table = self.year(index)
            place = bisect_right(table.closes, at)
            if place < len(table.opens):
                return max(at, table.opens[place])
            index += 1

    def intervals(self, start: int, end: int) -> list[Interval]:
        """Return the whole open intervals that overlap [start, end), joined where they adjoin."""
        if end <= start:
            return []
        first, last = year_index(start), year_index(end - 1)
        found: list[Interval] = []
        for index in range(first, last + 1):
            table = self.year(index)
            low, high = bisect_right(table.closes, start), bisect_left(table.opens, end)
            for interval in zip(table.opens[low:high], table.closes[low:high], strict=True):
                _join(found, interval)
        if found:
            found[0] = (self._opening_before(found[0][0]), found[0][1])
            found[-1] = (found[-1][0], self._closing_after(found[-1][1]))
        return found

    def _opening_before(self, opening: int) -> int:
        """Return where the open time that holds `opening` begins, over the ends of years."""
        index = year_index(opening)
        while index > 0 and opening == YEAR_STARTS[index]:
            index -= 1
            table = self.year(index)
            if not table.closes or table.closes[-1] != opening:
                break
            opening = table.opens[-1]
        return opening

    def _closing_after(self, closing: int) -> int:
        """Return where the open time that ends its year at `closing` ends, over the ends of years."""
        while closing < LAST and closing == YEAR_STARTS[index := year_index(closing)]:
            table = self.year(index)
            if not table.opens or table.opens[0] != closing:
                break
            closing = table.closes[0]
        return closing

    def _open_intervals(self, start: int, end: int) -> list[Interval]:
        """Return the open intervals of [start, end), clipped to it."""
        if not self._special and all(day == _OPEN_DAY for day in self.week):
            return [(start, end)]
        found: list[Interval] = []
        for first, last, offset in offsets(self.zone, start, end):
            for day in range((first + offset) // DAY, (last - 1 + offset) // DAY + 1):
                midnight = day * DAY - offset
                for opening, closing in self._hours(day):
                    clipped = max(first, midnight + opening * MINUTE), min(last, midnight + closing * MINUTE)
                    if clipped[0] < clipped[1]:
                        _join(found, clipped)
        return found

    def _hours(self, day: int) -> tuple[Interval, ...]:
        """Return the open minutes of a local date, a number of days since 1970-01-01."""
        special = self._special.get(day)
        return self.week[(day + _EPOCH_WEEKDAY) % 7] if special is None else special


def special_days(week: Week, holidays: Holidays | None) -> dict[int, tuple[Interval, ...]]:
    """Return the hours of the dates, as days since 1970-01-01, on which the week does not hold.

    Holidays are closed. A make-up workday has Monday's hours, or those of the first day after Monday, up to
    Friday, that has any; a calendar that opens on weekends only makes nothing up.
    """
    if holidays is None:
        return {}
    normal = next((hours for hours in week[:5] if hours), None)
    days = {_day_number(iso): normal for iso in holidays.workdays if normal is not None}
    return days | {_day_number(iso): () for iso in holidays.days_off}


def offsets(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (first, last, offset): the parts of [start, end) in which the zone's offset from UTC stays the same.

    All in microseconds, a whole number of days. Days are sampled one by one and a change is then found to the
    second by halving; two changes within one day that undo each other would be missed, and no zone has any.
    """
    first, offset = start, _offset(zone, start)
    for sample in range(start + DAY, end + DAY, DAY):
        later = _offset(zone, sample)
        if later == offset:
            continue
        change = _change(zone, sample - DAY, sample)
        if change < end:
            yield first, change, offset
            first, offset = change, later
    yield first, end, offset


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the second after `low`, at most `high`, from which the zone's offset is another than at `low`."""
    offset = _offset(zone, low)
    while high - low > SECOND:
        middle = low + (high - low) // (2 * SECOND) * SECOND
        low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
    return high


def _offset(zone: ZoneInfo, at: int) -> int:
    moment = (EPOCH + timedelta(microseconds=at)).astimezone(zone)
    shift = moment.utcoffset() or timedelta()
    return shift // timedelta(microseconds=1)


def _day_number(iso: str) -> int:
    return date.fromisoformat(iso).toordinal() - _EPOCH_ORDINAL


def _join(found: list[Interval], interval: Interval) -> None:
    """Append an interval, or lengthen the last one if it adjoins."""
    if found and found[-1][1] == interval[0]:
        found[-1] = (found[-1][0], interval[1])
    else:
        found.append(interval)
