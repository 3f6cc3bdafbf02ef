"""Holiday tables: days off and make-up workdays, as published, each table with an edition (rule T2).

The tables are bundled data (``govflow/calendars/*.toml``), made by ``scripts/make_holidays.py`` and read here
and nowhere else. A table knows its last published year; what lies beyond is provisional. How holidays change
working time is decided in `timeline`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from attrs import field, frozen

from govflow.errors import UnknownName

Label = Mapping[str, str]


@frozen
class Holidays:
    """The holidays of one country as published up to and including `last_year`.

    `days_off` maps ISO dates to the holiday's name, weekends inside a break included; `workdays` are the
    weekend days worked in exchange. `label` gives each holiday's name by language.
    """

    name: str
    edition: str
    first_year: int
    last_year: int
    days_off: Mapping[str, str]
    workdays: frozenset[str]
    label: Mapping[str, Label] = field(factory=dict)
    source: str = ""


def holiday_tables() -> tuple[str, ...]:
    """Return the names of the bundled tables: every edition, and the short names that mean the newest.

    >>> "cn" in holiday_tables() and "cn-2026" in holiday_tables()
    True
    """
    editions = _editions()
    return tuple(sorted({*editions, *(edition.rpartition("-")[0] for edition in editions)}))


@cache
def load_holidays(name: str) -> Holidays:
    """Return the bundled table `name`: an edition (``cn-2026``), or ``cn`` for the newest edition.

    UnknownName, with the nearest spelling, for a table that is not bundled.

    >>> load_holidays("cn").days_off["2026-02-17"]
    'spring_festival'
    """
    editions = _editions()
    matching = [edition for edition in editions if name in (edition, edition.rpartition("-")[0])]
    if not matching:
        raise UnknownName("holiday table", name, holiday_tables())
    return _read(editions[max(matching)])


@cache
def _editions() -> dict[str, Any]:
    """Return the bundled files by edition."""
    from importlib.resources import files  # slow to import, and only needed once a table is asked for

    found = files("govflow").joinpath("calendars").iterdir()
    return {file.name.removesuffix(".toml"): file for file in found if file.name.endswith(".toml")}


def _read(file: Any) -> Holidays:
    import tomllib  # as above

    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Holidays(
        name=data["name"],
        edition=data["edition"],
        first_year=data["first_year"],
        last_year=data["last_year"],
        days_off=_by_date(data["days_off"]),
        workdays=frozenset(_by_date(data["workdays"])),
        label=data["label"],
        source=data["source"],
    )


def _by_date(years: Mapping[str, Mapping[str, Iterable[date]]]) -> dict[str, str]:
    """Return the holiday's name by ISO date, out of tables by year of lists by holiday."""
    return {day.isoformat(): name for year in years.values() for name, days in year.items() for day in days}
