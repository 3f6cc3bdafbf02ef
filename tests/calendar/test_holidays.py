"""The bundled holiday table: golden days of 2026, and the judgement of two outside packages."""

import importlib
import subprocess
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from govflow.calendar import Calendar, Holidays, holiday_tables, load_holidays
from govflow.errors import UnknownName

ROOT = Path(__file__).parents[2]

BREAKS_2026 = {
    "new_year": ("2026-01-01", "2026-01-03"),
    "spring_festival": ("2026-02-15", "2026-02-23"),
    "tomb_sweeping": ("2026-04-04", "2026-04-06"),
    "labour_day": ("2026-05-01", "2026-05-05"),
    "dragon_boat": ("2026-06-19", "2026-06-21"),
    "mid_autumn": ("2026-09-25", "2026-09-27"),
    "national_day": ("2026-10-01", "2026-10-07"),
}
WORKDAYS_2026 = {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}


def days(first, last):
    """Return the dates from first to last, both included."""
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_the_days_off_of_2026_are_those_of_the_notice():
    """Seven breaks, weekends inside them included, and nothing else."""
    expected = {day.isoformat(): name for name, ends in BREAKS_2026.items() for day in days(*ends)}
    assert {day: name for day, name in load_holidays("cn").days_off.items() if day > "2026"} == expected


def test_the_make_up_workdays_of_2026_are_those_of_the_notice():
    """Six weekend days are worked in exchange."""
    assert {day for day in load_holidays("cn").workdays if day > "2026"} == WORKDAYS_2026


def test_a_short_name_means_the_newest_edition():
    """`cn` follows the bundled editions, `cn-2026` stays what it was."""
    newest = load_holidays("cn")
    assert newest == load_holidays(newest.edition)
    assert newest.edition == max(name for name in holiday_tables() if name.startswith("cn-"))
    assert newest.last_year == int(newest.edition.removeprefix("cn-"))


@pytest.mark.parametrize("name", [name for name in holiday_tables() if "-" in name])
def test_every_bundled_table_is_sound(name):
    """Its dates lie in its years, no day is both off and worked, workdays are weekends, names have labels."""
    table = load_holidays(name)
    assert isinstance(table, Holidays)
    assert (table.edition, table.name) == (name, name.rpartition("-")[0])
    assert table.first_year <= 2018
    assert not table.workdays & table.days_off.keys()
    assert all(date.fromisoformat(day).weekday() >= 5 for day in table.workdays)
    assert all(table.first_year <= int(day[:4]) <= table.last_year for day in [*table.days_off, *table.workdays])
    assert set(table.days_off.values()) == table.label.keys()
    assert all(label.keys() == {"en", "zh"} for label in table.label.values())
    assert all(any(day.startswith(str(year)) for day in table.days_off) for year in range(2006, table.last_year + 1))


def test_an_unknown_table_names_the_nearest():
    """The error tells which tables are bundled."""
    with pytest.raises(UnknownName, match="did you mean 'cn-2026'"):
        load_holidays("cn-2206")


def test_chinesecalendar_agrees_on_every_day_of_a_five_day_week():
    """An office from Monday to Friday is open exactly on the days that the outside judge calls workdays."""
    judge = pytest.importorskip("chinese_calendar")
    table = load_holidays("cn-2026")
    office = Calendar.from_data("office", {"hours": {"mon-fri": "09:00-17:00"}, "holidays": "cn-2026"}, "Asia/Shanghai")
    for day in days(f"{table.first_year}-01-01", f"{table.last_year}-12-31"):
        assert office.working(office.instant(f"{day}T12:00")) == judge.is_workday(day), day


def test_the_script_makes_the_bundled_table(tmp_path):
    """The data is what `scripts/make_holidays.py` writes, so nobody has edited it by hand."""
    pytest.importorskip("chinese_calendar")
    pytest.importorskip("holidays")
    made = tmp_path / "made.toml"
    script = [sys.executable, ROOT / "scripts" / "make_holidays.py", "--last", "2026", "--out", made]
    subprocess.run(script, check=True, capture_output=True)
    bundled = ROOT / "src" / "govflow" / "calendars" / "cn-2026.toml"
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (made, bundled)]
    assert {**tables[0], "source": ""} == {**tables[1], "source": ""}


def test_the_script_reports_disagreement_and_writes_nothing(tmp_path):
    """In 2005 the packages differ on one day: it is named, the exit code is 1, no file appears."""
    pytest.importorskip("chinese_calendar")
    pytest.importorskip("holidays")
    made = tmp_path / "made.toml"
    script = [sys.executable, ROOT / "scripts" / "make_holidays.py", "--first", "2005", "--last", "2026", "--out", made]
    run = subprocess.run(script, check=False, capture_output=True, text=True)
    assert run.returncode == 1
    assert "2005-12-31" in run.stdout
    assert not made.exists()


def test_the_packages_behind_the_data_are_not_loaded_at_run_time():
    """Neither `holidays` nor `chinesecalendar` is imported by asking a calendar about a holiday."""
    code = "from govflow.calendar import load_holidays; import sys; load_holidays('cn'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert importlib.import_module("govflow.calendar").__name__ in loaded
    assert not {"holidays", "chinese_calendar", "networkx", "numpy"} & set(loaded)
