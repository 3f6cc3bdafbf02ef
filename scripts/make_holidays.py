"""Make the bundled holiday table of China from `holidays`, checked against `chinesecalendar`.

A developer's script, run when the State Council has published another year; neither package is imported at
run time. Every day of the years asked for must be a working day in both or in neither: a day on which they
differ is reported and nothing is written. Run::

    python scripts/make_holidays.py --last 2026

A day off is a day that `holidays` names, or a weekend day that joins one without a working day between and that
the notice, as `chinesecalendar` has it, counts as part of the break. Weekend days that only one of the
two counts are printed as remarks and left ordinary weekends: nobody works on them either way from Monday to Friday.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import chinese_calendar.constants as checked
import holidays

TARGET = Path(__file__).parent.parent / "src" / "govflow" / "calendars"
ONE = timedelta(days=1)
SATURDAY = 5

# Our name, English and Chinese labels, and the beginnings of the names by which the packages know the holiday.
HOLIDAYS = {
    "new_year": ("New Year's Day", "元旦", ("New Year's Day",)),
    "spring_festival": ("Spring Festival", "春节", ("Spring Festival", "Chinese New Year")),
    "tomb_sweeping": ("Tomb-Sweeping Day", "清明节", ("Tomb-sweeping Day", "Tomb-Sweeping Day")),
    "labour_day": ("Labour Day", "劳动节", ("Labour Day", "Labor Day")),
    "dragon_boat": ("Dragon Boat Festival", "端午节", ("Dragon Boat Festival",)),
    "victory_70": (
        "70th Anniversary of the Victory over Japan",
        "抗日战争胜利70周年纪念日",
        ("Anti-Fascist 70th Day", "70th Anniversary of the Victory"),
    ),
    "mid_autumn": ("Mid-Autumn Festival", "中秋节", ("Mid-autumn Festival", "Mid-Autumn Festival")),
    "national_day": ("National Day", "国庆节", ("National Day",)),
}


def main() -> int:
    """Make the table of the years given, or report where the packages differ; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=2006, help="first year of the table (in 2005 they differ)")
    parser.add_argument("--last", type=int, required=True, help="last published year, the table's edition")
    parser.add_argument("--out", type=Path, help="file to write (default: the bundled file of that edition)")
    arguments = parser.parse_args()
    # Only an explicit list of years makes `holidays` know workdays that the next year's notice put in December.
    named = holidays.country_holidays("CN", years=range(arguments.first, arguments.last + 2), language="en_US")
    days = [date(arguments.first, 1, 1)]
    while days[-1] < date(arguments.last, 12, 31):
        days.append(days[-1] + ONE)
    differing = [day for day in days if is_off(day, named) != is_off_checked(day)]
    for day in differing:
        print(f"{day} {day:%a}: holidays says {word(is_off(day, named))}, chinesecalendar {word(is_off_checked(day))}")
    if not any(day.year == arguments.last for day in checked.holidays):
        differing.append(date(arguments.last, 1, 1))
        print(f"{arguments.last}: chinesecalendar has no data for this year")
    if differing:
        print(f"{len(differing)} disagreements, nothing written", file=sys.stderr)
        return 1
    out = arguments.out or TARGET / f"cn-{arguments.last}.toml"
    out.write_text(table(days, named, arguments.first, arguments.last), encoding="utf-8")
    print(f"{out.name}: {arguments.first} to {arguments.last}, both packages agree on every working day")
    return 0


def is_off(day: date, named: holidays.HolidayBase) -> bool:
    """Say whether nobody works from Monday to Friday on `day`, by `holidays`."""
    return day not in named.weekend_workdays and (day in named or day.weekday() >= SATURDAY)


def is_off_checked(day: date) -> bool:
    """Say the same by `chinesecalendar`."""
    return day not in checked.workdays and (day in checked.holidays or day.weekday() >= SATURDAY)


def word(off: bool) -> str:
    """Return the word for a day off or on."""
    return "off" if off else "working"


def joined(days: Iterable[date], named: holidays.HolidayBase) -> set[date]:
    """Return the days off that join a named holiday without a working day between."""
    found = set()
    for day in days:
        if day in named and is_off(day, named):
            for step in (ONE, -ONE):
                near = day
                while is_off(near, named):
                    found.add(near)
                    near += step
    return found


def days_off(days: list[date], named: holidays.HolidayBase) -> dict[date, str]:
    """Return the days off with the holiday's name, and print the weekend days that only one package counts."""
    run = joined([days[0] - ONE, *days, days[-1] + ONE], named)
    found = {}
    for day in days:
        by_name, by_run, by_notice = day in named and is_off(day, named), day in run, day in checked.holidays
        if by_name or (by_run and by_notice):
            found[day] = our_name(checked.holidays.get(day) or named[day])
        elif by_run or by_notice:
            reason = "joins a holiday, the notice does not say so" if by_run else "in the notice, joins no holiday"
            print(f"remark: {day} {day:%a} left a weekend: {reason}")
    return found


def our_name(name: str) -> str:
    """Return our name of the holiday that a package calls `name`."""
    return next(ours for ours, (_, _, known) in HOLIDAYS.items() if name.startswith(known))


def table(days: list[date], named: holidays.HolidayBase, first: int, last: int) -> str:
    """Return the text of the table."""
    off = days_off(days, named)
    workdays = {day: our_name(checked.workdays[day]) for day in days if day in named.weekend_workdays}
    versions = f"holidays {version('holidays')}, checked against chinesecalendar {version('chinesecalendar')}"
    lines = [
        "# Days off and make-up workdays of China as published by the State Council. Made by",
        "# scripts/make_holidays.py, not by hand. Weekends inside a break are listed too.",
        'name = "cn"',
        f'edition = "cn-{last}"',
        f"first_year = {first}",
        f"last_year = {last}",
        f'source = "{versions}"',
        "",
        "[label]",
        *(f'{name} = {{ en = "{en}", zh = "{zh}" }}' for name, (en, zh, _) in HOLIDAYS.items()),
        *section("days_off", off),
        *section("workdays", workdays),
    ]
    return "\n".join(lines) + "\n"


def section(title: str, named: dict[date, str]) -> list[str]:
    """Return the lines of one section: a table for each year, a line for each holiday."""
    years: dict[int, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    for day, name in sorted(named.items()):
        years[day.year][name].append(day)
    lines = []
    for year, by_name in years.items():
        lines += ["", f"[{title}.{year}]"]
        lines += [f"{name} = [{', '.join(map(str, dates))}]" for name, dates in by_name.items()]
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
