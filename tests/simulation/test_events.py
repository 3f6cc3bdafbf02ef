"""The event table: what it holds, and that it comes out of a file as it went in (rules S7, C6)."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from pyarrow import parquet

import govflow as gf
from govflow.calendar import Duration, local_time
from govflow.community import Distribution, changed
from govflow.simulation import Events, write_events
from govflow.simulation.events import COLUMNS, events_of, neutral
from tests.simulation.made import busy, counter, ran, rows_of

HOUR = Distribution("constant", {"value": Duration.parse("1h")})


@pytest.fixture(scope="module")
def study() -> gf.Study:
    """Return a small study with its tables."""
    return gf.simulate(busy(gf.load("beida"), 40), days=8, drain=20, replications=2, events=True)


@pytest.fixture
def tables(study) -> list[Events]:
    """Return the study's tables."""
    return [study.events(0), study.events(1)]


def read_csv(path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------ what it holds
def test_the_table_names_what_happened(tables):
    """Spelled out, every row says case, way, cause, unit and state, as the run's rows do."""
    run = ran(busy(gf.load("beida"), 40), days=8, drain=20)
    told = [dict(zip(COLUMNS, row, strict=True)) for batch in tables[0].batches() for row in batch]
    for row, event in zip(rows_of(run), told, strict=True):
        overdue = "overdue" if row.cause else "open"
        assert (event["case"], event["time"], event["unit"]) == (row.case, row.time, row.unit)
        assert event["event"] == (row.way.trigger if row.way else overdue)
        assert event["deadline"] == (row.cause[0] if row.cause else "")
        target = row.way.target or "" if row.way else ("" if row.cause else "received")
        assert event["state"] == target


def test_the_table_holds_no_resident_and_no_household(tables):
    """The columns are a closed list without them; what the run keeps of homes does not leave it (rule C6)."""
    assert set(tables[0].columns()) | {"at"} == set(COLUMNS)
    assert not {column for column in COLUMNS if "household" in column or "home" in column or "resident" in column}
    assert not any("household" in str(value) for row in next(tables[0].batches())[:500] for value in row)


def test_rows_are_in_order_of_time_and_cases_in_order_of_arrival(tables):
    """Time never runs back, cases are numbered as they come, and each opens exactly once, first."""
    for table in tables:
        columns = table.columns()
        assert (np.diff(columns["time"]) >= 0).all()
        opened = columns["event"] == 1
        assert columns["case"][opened].tolist() == list(range(len(table.openings)))
        _, first = np.unique(columns["case"], return_index=True)
        assert opened[first].all()


def test_local_times_are_what_the_clock_on_the_wall_showed():
    """Across a change to summer time ``at`` moves with the clocks, in the table as in a story."""
    berlin = changed(gf.load("beida"), {"zone": "Europe/Berlin", "start": "2026-03-28"})
    run = ran(berlin, days=3)
    table = events_of(run.tables, run.replication)
    rows = [row for batch in table.batches() for row in batch]
    shown = [row[COLUMNS.index("at")] for row in rows]
    exact = [local_time(run.tables.window.start + row[COLUMNS.index("time")], "Europe/Berlin") for row in rows]
    assert shown == [at.replace(tzinfo=None).isoformat(timespec="seconds") for at in exact]
    assert len({at.utcoffset() for at in exact}) == 2
    study = gf.simulate(berlin, days=3, drain=0, replications=1)
    last = rows[-1]
    assert study.explain(last[1]).lines[-1].at == last[COLUMNS.index("at")]


def test_a_table_that_was_not_kept_is_run_again(study):
    """Asked for afterwards, the table is the same as if it had been kept."""
    bare = gf.simulate(study.community, days=8, drain=20, replications=2)
    for replication in (0, 1):
        again, kept = bare.events(replication), study.events(replication)
        np.testing.assert_array_equal(again.rows, kept.rows)
        np.testing.assert_array_equal(again.openings, kept.openings)
    with pytest.raises(gf.UsageError, match="replication 0 kept no events"):
        events_of(bare.tables, bare.replications[0])


# ------------------------------------------------------------ out and in again
def test_csv_comes_out_as_it_went_in(tables, tmp_path):
    """Every row of every table, in order, as text."""
    path = tmp_path / "events.csv"
    write_events(tables, path)
    rows = read_csv(path)
    expected = [row for table in tables for batch in table.batches() for row in batch]
    assert [tuple(row.values()) for row in rows] == [tuple(map(str, row)) for row in expected]
    assert tuple(rows[0]) == COLUMNS
    assert {row["replication"] for row in rows} == {"0", "1"}


def test_parquet_comes_out_as_it_went_in(tables, tmp_path):
    """Every column by name: numbers as numbers, names as dictionaries."""
    path = tmp_path / "events.parquet"
    write_events(tables, path)
    found = parquet.read_table(path)
    assert set(found.column_names) == set(COLUMNS) - {"at"}
    for column in found.column_names:
        own = [table.columns()[column] for table in tables]
        names = tables[0].names().get(column)
        exact = np.concatenate(own).tolist()
        assert found[column].to_pylist() == ([names[code] for code in exact] if names else exact)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_run_without_a_case_has_a_table_without_rows(ending, tmp_path):
    """Nobody came: the file is there, with its columns and no rows."""
    empty = gf.simulate(gf.load("beida"), days=1e-6, drain=0, replications=1, events=True)
    path = tmp_path / f"events.{ending}"
    write_events([empty.events()], path)
    rows = read_csv(path) if ending == "csv" else parquet.read_table(path).to_pylist()
    assert rows == []


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_is_written_whole_or_not_at_all(ending, tables, tmp_path):
    """When writing fails half-way, what stood there before stands there still, and nothing lies beside it."""
    path = tmp_path / f"events.{ending}"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(AttributeError):
        write_events([*tables, None], path)
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_ending_is_refused(tables, tmp_path):
    """Only .csv and .parquet, in any case of letters; nothing is created otherwise."""
    with pytest.raises(gf.UsageError, match=r"the ending must be \.csv or \.parquet"):
        write_events(tables, tmp_path / "events.xlsx")
    assert not list(tmp_path.iterdir())
    write_events(tables, tmp_path / "EVENTS.CSV")


def test_a_place_that_cannot_be_written_is_one_output_error(tables, tmp_path):
    """A folder that is not there is an OutputError that names the file."""
    with pytest.raises(gf.OutputError, match="cannot be written"):
        write_events(tables, tmp_path / "nowhere" / "events.csv")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t1"])
def test_a_spreadsheet_runs_nothing(text, tmp_path):
    """A name that a spreadsheet would take for a formula is led by an apostrophe; numbers stay numbers."""
    assert neutral(text) == f"'{text}"
    assert neutral(-1) == -1
    assert (neutral("a=1"), neutral("\r1")) == ("a=1", "'\r1")
    run = ran(counter(HOUR, {text: 5.0}), days=2)
    path = tmp_path / "events.csv"
    write_events([events_of(run.tables, run.replication)], path)
    assert {row["category"] for row in read_csv(path)} == {f"'{text}"}
