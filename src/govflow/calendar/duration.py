"""Durations as people write them: "1d4h", "90m", "30s".

A day is kept apart from hours because its length depends on who counts: 24 hours on an elapsed clock, the
calendar's own working day on a working clock. Nothing here knows a calendar; `Duration.us` is told the day.
"""

from __future__ import annotations

import re
from math import isfinite

from attrs import field, frozen

from govflow.calendar.instants import DAY, HOUR, MINUTE, SECOND
from govflow.errors import UsageError

LONGEST = 36_525 * DAY
"""A hundred years: anything longer is taken for a slip of the pen."""

_NUMBER = r"([0-9]{1,30}(?:\.[0-9]{1,6})?)"
_TEXT = re.compile(r"\s*".join(rf"(?:{_NUMBER}{unit})?" for unit in "dhms"))
_FORM = "write days, hours, minutes and seconds in this order, such as '1d4h', '90m' or '30s'"


def _whole(days: float) -> float:
    return int(days) if isfinite(days) and days == int(days) else days


@frozen
class Duration:
    """A length of time: `days` of a length still open, and `rest`, microseconds on top of them.

    Zero is a duration (who sets a limit refuses it); negative, endless and over a hundred years are not.

    >>> Duration.parse("1d4h").us(day=8 * HOUR) // HOUR
    12
    >>> str(Duration.parse("90m"))
    '1h30m'
    """

    days: float = field(default=0, converter=_whole)
    rest: int = 0

    def __attrs_post_init__(self) -> None:
        if not (isfinite(self.days) and self.days >= 0 and self.rest >= 0):
            raise UsageError(f"duration of {self.days} days and {self.rest} µs: must be finite and not negative")
        if self.days * DAY + self.rest > LONGEST:
            raise UsageError(f"duration '{self}': longer than a hundred years; check the number and its unit")
        if round(self.days, 6) != self.days:
            raise UsageError(f"duration of {self.days} days: at most six decimals can be written; round it")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Return the duration that `text` says; UsageError for anything but numbers with s, m, h or d.

        >>> Duration.parse("0.5d") == Duration(days=0.5)
        True
        """
        if not isinstance(text, str):
            raise UsageError(f"duration {text!r}: a duration is text with a unit; {_FORM}")
        found = _TEXT.fullmatch(text.strip())
        if not found or not any(found.groups()):
            raise UsageError(f"duration {text!r}: not understood; {_FORM}")
        days, hours, minutes, seconds = (part or "0" for part in found.groups())
        rest = _microseconds(hours, HOUR) + _microseconds(minutes, MINUTE) + _microseconds(seconds, SECOND)
        return cls(float(days), rest)

    def us(self, day: int) -> int:
        """Return the length in microseconds where one day has `day` microseconds.

        >>> Duration.parse("2d").us(day=DAY) == 48 * HOUR
        True
        """
        return round(self.days * day) + self.rest

    @property
    def text(self) -> str:
        """The canonical text: hours are never made into days, and parsing it gives an equal duration.

        >>> Duration(days=1.5, rest=25 * HOUR).text
        '1.5d25h'
        """
        minutes, left = divmod(self.rest, MINUTE)
        hours, minutes = divmod(minutes, 60)
        seconds = f"{left // SECOND}.{left % SECOND:06d}".rstrip("0").rstrip(".")
        days = f"{self.days:.6f}".rstrip("0").rstrip(".")
        parts = ((days, "d"), (str(hours), "h"), (str(minutes), "m"), (seconds, "s"))
        return "".join(number + unit for number, unit in parts if number != "0") or "0s"

    def __str__(self) -> str:
        return self.text


def _microseconds(number: str, unit: int) -> int:
    """Return a decimal `number` of `unit` microseconds, exact to the microsecond."""
    whole, _, decimals = number.partition(".")
    return int(whole) * unit + int(decimals.ljust(6, "0")) * (unit // 10**6)
