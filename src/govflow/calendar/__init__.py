"""Working time: durations as text, weekly hours with holidays, and exact arithmetic on instants (rules T1–T3).

Instants are integer microseconds UTC, lengths integer microseconds, intervals half-open. This room knows no
community, no case and no clock: the instant asked about is always an argument. Open `working` first (what a
calendar answers), then `timeline` (how it answers fast), `hours` (how a week is written), `holidays`.
"""

from govflow.calendar.duration import Duration
from govflow.calendar.holidays import Holidays, holiday_tables, load_holidays
from govflow.calendar.hours import WEEKDAYS
from govflow.calendar.instants import DAY, FIRST, HOUR, LAST, MINUTE, SECOND, local_time, parse_instant
from govflow.calendar.working import ALWAYS, Calendar

__all__ = [
    "ALWAYS",
    "DAY",
    "FIRST",
    "HOUR",
    "LAST",
    "MINUTE",
    "SECOND",
    "WEEKDAYS",
    "Calendar",
    "Duration",
    "Holidays",
    "holiday_tables",
    "load_holidays",
    "local_time",
    "parse_instant",
]
