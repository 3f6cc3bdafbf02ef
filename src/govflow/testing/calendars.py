"""Strategies of time: durations, instants, weeks of working hours, calendars.

Values lie on a coarse grid on purpose: coincidence is where time goes wrong. Nothing here knows a case.
"""

from __future__ import annotations

from hypothesis import strategies as st

from govflow.calendar import HOUR, Calendar, Duration
from govflow.calendar.hours import DAY_MINUTES, Interval, Week
from govflow.testing.sketch import Sketch, numbers, reading

ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
"""Zones without and with summer time, with odd offsets, and one that changes its clock by half an hour."""

COARSE = tuple(map(Duration.parse, ("1h", "30m", "2h", "4h", "8h", "1d", "1d4h", "2d", "12h", "24h", "5d")))
"""Durations that meet one another: on many calendars ``8h`` is ``1d``, and on every clock ``24h`` may be."""

CLOSED: tuple[Interval, ...] = ()
ALL_DAY: tuple[Interval, ...] = ((0, DAY_MINUTES),)
OFFICE: tuple[Interval, ...] = ((540, 720), (780, 1080))
EVENING: tuple[Interval, ...] = ((1140, 1260),)
LONG: tuple[Interval, ...] = ((480, 1200),)
HOURLY: tuple[Interval, ...] = ((600, 660),)

WEEKS: tuple[Week, ...] = (
    (ALL_DAY,) * 7,
    (OFFICE,) * 5 + (CLOSED,) * 2,
    (EVENING,) * 7,
    (LONG,) * 6 + (CLOSED,),
    (CLOSED,) * 2 + (HOURLY,) + (CLOSED,) * 4,
)
"""Ordinary weeks, the simplest first: never closed, office hours, evenings, six long days, one hour a week."""

START = 1_767_542_400_000_000
"""2026-01-04T16:00Z, the midnight on which Monday 2026-01-05 begins in Shanghai: the first of `instants`."""


def durations(*, coarse: bool = True) -> st.SearchStrategy[Duration]:
    """Return durations above zero: on a coarse grid, so that they coincide, or else any that can be written.

    >>> from hypothesis import find
    >>> str(find(durations(), lambda d: d.days >= 1))
    '1d'
    """
    if coarse:
        return st.sampled_from(COARSE)
    days = st.integers(0, 400_000_000).map(lambda millionths: millionths / 1_000_000)
    return st.builds(Duration, days=days, rest=st.integers(1, 1000 * HOUR))


def instants(*, days: int = 60) -> st.SearchStrategy[int]:
    """Return instants (µs UTC) on a grid of half hours, from Monday 2026-01-05 in Shanghai, within so many days."""
    return st.integers(0, days * 48 - 1).map(lambda step: START + step * HOUR // 2)


def weeks() -> st.SearchStrategy[Week]:
    """Return weeks of working hours, as `Calendar` takes them: ordinary ones, and odd ones on any minute."""
    return st.sampled_from(WEEKS) | reading(_odd_week, numbers(36))


def _odd_week(drawn: bytes) -> Week:
    """Return a week of up to two intervals a day, on half hours or on any minute; it is open at least once."""
    sketch = Sketch(drawn)
    fine = sketch.yes()
    days = [_odd_day(sketch, fine) for _ in range(7)]
    if not any(days):
        days[sketch.number(7)] = HOURLY
    return tuple(days)


def _odd_day(sketch: Sketch, fine: bool) -> tuple[Interval, ...]:
    count = sketch.number(3)
    marks = {sketch.number(DAY_MINUTES + 1) if fine else 30 * sketch.number(49) for _ in range(2 * count)}
    ordered = sorted(marks)
    return tuple(zip(ordered[0::2], ordered[1::2], strict=False))


def calendars(*, name: str = "made", zone: str | None = None, holidays: bool = True) -> st.SearchStrategy[Calendar]:
    """Return working calendars of every shape: never closed, one hour a week, over midnight, with holidays.

    `zone` fixes the zone, else it is one of `ZONES`; without `holidays` none has a holiday table. The simplest
    calendar never closes: there working time is elapsed time.

    >>> from hypothesis import find
    >>> find(calendars(), lambda c: not c.working(0)).to_data()["hours"]
    {'mon-fri': '09:00-12:00 13:00-18:00'}
    """
    zones = st.sampled_from(ZONES) if zone is None else st.just(zone)
    tables = st.sampled_from([None, "cn"]) if holidays else st.none()
    return reading(Calendar, st.just(name), zones, weeks(), tables)
