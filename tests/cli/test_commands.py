"""What each command answers: pages, JSON, pictures, files, and the exit status that goes with them."""

from __future__ import annotations

import csv
import json
import re
import tomllib

import pytest
from attrs import evolve

import govflow
from govflow.calendar import parse_instant
from govflow.cli import main
from govflow.cli.arguments import FORMATS
from govflow.community import dumps, load, names
from govflow.draw import FORMATS as DRAWN

QUICK = ("--days", "14", "--drain", "14", "--replications", "3", "--quiet")


@pytest.fixture
def govflow_says(capsys):
    """Run a command line that must go well, quietly, and return what it printed."""

    def say(*arguments, status=0):
        assert main([str(argument) for argument in arguments]) == status
        out, err = capsys.readouterr()
        assert not err
        return out

    return say


# --- communities ------------------------------------------------------------------------------------------------


def test_communities_lists_every_bundled_community(govflow_says):
    """Each bundled name has a line, and the JSON holds the same names in the same order."""
    page = govflow_says("communities")
    listed = json.loads(govflow_says("communities", "--json"))["communities"]
    assert [one["name"] for one in listed] == list(names())
    assert all(re.search(rf"^{name} ", page, flags=re.MULTILINE) for name in names())


def test_a_community_is_described_with_its_reported_figures(govflow_says):
    """A reported figure stands with its bound and its source, and what is assumed is counted."""
    page = govflow_says("communities", "beida")
    figure = r"^micro-wishes claimed and fulfilled since 2019 +44  report of 2020-08-12$"
    assert re.search(figure, page, flags=re.MULTILINE)
    assert "at least 10" in page
    assert re.search(r"Marked as assumptions: \d+ of \d+ ", page)
    figures = json.loads(govflow_says("communities", "beida", "--json"))["figures"]
    assert figures["wishes"]["value"] == 44


# --- path -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["host/3-2-11", "household/3-2-11-7"])
def test_path_goes_from_a_unit_or_household_to_the_top(govflow_says, asked):
    """A unit's path and that of a household whose contact it is are the same, and one line each unit."""
    way = ["host/3-2-11", "group/3-2", "branch/3", "committee/beida"]
    assert json.loads(govflow_says("path", "beida", asked, "--json"))["path"] == way
    lines = govflow_says("path", "beida", asked).splitlines()
    assert [line.split()[0] for line in lines[2:]] == way


# --- draw -------------------------------------------------------------------------------------------------------


def test_every_format_of_the_drawing_room_can_be_asked_for():
    """The command knows the same formats as the room that draws."""
    assert FORMATS == DRAWN


def test_draw_prints_the_organization_unless_a_lifecycle_is_named(govflow_says):
    """Without a name the organization is drawn, as Mermaid."""
    assert govflow_says("draw", "beida") == govflow_says("draw", "beida", "organization", "--format", "mermaid")
    assert govflow_says("draw", "beida", "grievance") != govflow_says("draw", "beida")


@pytest.mark.parametrize(("ending", "begins"), [("svg", "<svg"), ("dot", "digraph"), ("mmd", "---")])
def test_the_ending_of_the_output_chooses_the_format(govflow_says, tmp_path, ending, begins):
    """A picture that is written to a file has the format of its name, and the same text as on the screen."""
    file = tmp_path / f"picture.{ending}"
    kind = "mermaid" if ending == "mmd" else ending
    assert str(file) in govflow_says("draw", "beida", "grievance", "--output", file)
    assert file.read_text(encoding="utf-8").startswith(begins)
    assert file.read_text(encoding="utf-8") == govflow_says("draw", "beida", "grievance", "--format", kind)


# --- new and check ----------------------------------------------------------------------------------------------


def test_new_writes_a_definition_that_loads_and_has_its_files_name(govflow_says, tmp_path):
    """What `new` writes is named for its file, loads, checks without an error and simulates."""
    file = tmp_path / "riverside.toml"
    assert str(file) in govflow_says("new", file)
    assert tomllib.loads(file.read_text(encoding="utf-8"))["name"] == "riverside"
    govflow_says("check", file)
    assert "riverside" in govflow_says("simulate", file, *QUICK)


def test_check_says_so_when_nothing_is_wrong_enough(govflow_says):
    """A bundled community has no errors: exit status 0, and the JSON agrees."""
    assert govflow_says("check", "chengnan").splitlines()[-1].startswith("chengnan: ")
    assert json.loads(govflow_says("check", "chengnan", "--json"))["errors"] == 0


@pytest.fixture
def with_findings(govflow_says, tmp_path):
    """A definition that loads and has a finding: a state that nothing leads to."""
    file = tmp_path / "odd.toml"
    govflow_says("new", file)
    text = file.read_text(encoding="utf-8")
    lifecycle = next(iter(tomllib.loads(text)["lifecycle"]))
    state = f'[lifecycle.{lifecycle}.states.limbo]\nkind = "wait"\n'
    leave = f'[lifecycle.{lifecycle}.transitions.leave_limbo]\nfrom = "limbo"\nto = "limbo"\nby = "reporter"\n'
    file.write_text(f"{text}\n{state}\n{leave}", encoding="utf-8")
    return file


def test_findings_are_told_with_their_place_and_counted(capsys, with_findings):
    """Each finding is a line with its place and code; `--strict` makes warnings count, JSON says the same."""
    loose, strict = main(["check", str(with_findings)]), main(["check", str(with_findings), "--strict"])
    page, err = capsys.readouterr()
    assert not err
    assert re.search(r"^(error|warning): lifecycle\.\w+\.states\.limbo: .+ \[\w+\]$", page, flags=re.MULTILINE)
    assert main(["check", str(with_findings), "--json"]) == loose
    data = json.loads(capsys.readouterr().out)
    assert loose == (1 if data["errors"] else 0)
    assert strict == 1
    assert any(found["place"].endswith("states.limbo") for found in data["findings"])


def test_a_malformed_definition_is_told_as_json_too(govflow_says, tmp_path):
    """`check --json` gives every fault of a definition that cannot be loaded, and exits with 2."""
    file = tmp_path / "broken.toml"
    file.write_text('format = 1\nname = "broken"\nzone = "Asia/Shanghi"\n', encoding="utf-8")
    data = json.loads(govflow_says("check", file, "--json", status=2))
    assert data["malformed"]
    assert {"zone", "levels"} <= {found["place"] for found in data["findings"]}


# --- simulate ---------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(govflow_says):
    """JSON and page do not depend on threads; another seed gives other figures."""
    one, two, four = (govflow_says("simulate", "chengnan", *QUICK, "--json", "--threads", n) for n in (1, 2, 4))
    assert one == two == four
    assert one != govflow_says("simulate", "chengnan", *QUICK, "--json", "--seed", "2")
    pages = {govflow_says("simulate", "chengnan", *QUICK, "--threads", n) for n in (1, 3)}
    assert len(pages) == 1


def test_json_is_one_object_that_says_what_was_run(govflow_says):
    """The object holds window, seed, replications and what was changed, and ends with a line end."""
    key = "assumptions.arrivals.grievance.heating.per_household_year"
    text = govflow_says("simulate", "chengnan", *QUICK, "--json", "--set", f"{key}=0.01", "--start", "2026-03-02")
    data = json.loads(text)
    assert text.endswith("}\n")
    assert (data["days"], data["drain"], data["replications"], data["seed"]) == (14, 14, 3, 1)
    assert data["start"].startswith("2026-03-02")
    assert data["changed"] == {key: "0.01"}
    assert data["interrupted"] is False


def test_a_changed_key_changes_the_run_and_is_named(govflow_says):
    """`--set` may be repeated; the page says which keys are not those of the definition."""
    page = govflow_says(
        "simulate", "chengnan", *QUICK, "--set", "organization.patterns.grid.handlers=9", "--set", "edition = trial"
    )
    assert "changed: organization.patterns.grid.handlers = 9" in page
    assert "edition trial" in page
    assert re.search(r"^grid party branch +5 +45 ", page, flags=re.MULTILINE)


def test_the_page_shows_rates_times_levels_and_load_with_their_intervals(govflow_says):
    """Every table of the page is there; what is an interval and what an assumption is said in words."""
    page = govflow_says("simulate", "chengnan", *QUICK, "--days", "60")
    for head in ("rate ", "level of settlement ", "time ", "load by level ", "busiest units "):
        assert re.search(rf"^{head}.*", page, flags=re.MULTILINE), head
    assert re.search(r"^resolution rate +\d+\.\d % +\d+\.\d–\d+\.\d % +[\d,]+$", page, flags=re.MULTILINE)
    assert "Intervals are 95 %, Student's t over 3 replications." in page
    assert "assumptions of the definition, not measurements" in page


def test_units_with_few_cases_are_not_ranked(govflow_says):
    """Units are listed as busiest only when each took enough cases to say so."""
    page = govflow_says("simulate", "chengnan", "--days", "1", "--drain", "0", "--replications", "1", "--quiet")
    assert "busiest" not in page
    assert "none are ranked" in page
    assert "One replication" in page


def test_labels_and_fixed_words_come_in_chinese_too(govflow_says):
    """With `--lang zh` labels come from the definition in Chinese, and so do the command's own words."""
    page = govflow_says("simulate", "chengnan", *QUICK, "--lang", "zh")
    assert page.startswith("城南社区（chengnan）")
    for text in ("网格党支部", "社区党委", "解决率", "95 % 区间"):
        assert text in page
    assert not re.search(r"\b(interval|replication|rate|level)\b", page)


def test_events_hold_every_event_of_every_replication(govflow_says, tmp_path):
    """The file has a line an event, numbered by replication, and the page says how many."""
    file = tmp_path / "events.csv"
    page = govflow_says("simulate", "chengnan", *QUICK, "--events", file)
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["replication"] for row in rows} == {"0", "1", "2"}
    assert f"events: {len(rows):,} written to {file}" in page
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]


def test_events_can_be_written_as_parquet_and_leave_json_alone(govflow_says, tmp_path):
    """The table in Parquet has as many rows as the CSV, and `--json` prints nothing but its object."""
    from pyarrow import parquet

    plain, table = tmp_path / "events.csv", tmp_path / "events.parquet"
    bare = govflow_says("simulate", "chengnan", *QUICK, "--json")
    assert govflow_says("simulate", "chengnan", *QUICK, "--json", "--events", plain) == bare
    assert govflow_says("simulate", "chengnan", *QUICK, "--json", "--events", table) == bare
    assert parquet.read_metadata(table).num_rows == len(plain.read_text(encoding="utf-8").splitlines()) - 1


def a_snapshot(file):
    """Write a snapshot of twenty cases that wait at two grids of chengnan, and return its path."""
    at = parse_instant("2026-03-02T10:00", "Asia/Shanghai")
    case = {"lifecycle": "grievance", "state": "received", "category": "parking", "channel": "walk_in", "severity": 3}
    cases = []
    for n in range(20):
        where = dict.fromkeys(("unit", "home"), f"grid/{n % 2 + 1}")
        cases.append({"case": f"G-{n}", "facts": case | where | dict.fromkeys(("opened", "entered"), at - n * 10**9)})
    told = {"format": 1, "community": "chengnan", "edition": "2020-12", "at": at, "cases": cases}
    file.write_text(json.dumps(told), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("lang", "line"), [("en", "backlog: 20 cases open at the start"), ("zh", "积压：起始未结 20 件")]
)
def test_a_run_begins_with_the_cases_of_a_snapshot(govflow_says, tmp_path, lang, line):
    """The backlog has its own part of the page and of the data, and its cases are explained by id or by number."""
    initial = ("--initial", a_snapshot(tmp_path / "open.json"))
    page = govflow_says("simulate", "chengnan", *QUICK, *initial, "--lang", lang)
    assert line in page
    data = json.loads(govflow_says("simulate", "chengnan", *QUICK, *initial, "--json"))
    assert data["start"].startswith("2026-03-02T10:00:00")
    assert data["backlog"]["cases"] == 20
    assert data["backlog"]["settled"]["14"]["value"] > 0
    window = (*QUICK[:4], "--quiet", "--lang", lang)
    by_id, by_number = (govflow_says("explain", "chengnan", case, *window, *initial) for case in ("G-19", "0"))
    assert by_id == by_number
    assert "G-19" in by_id.splitlines()[0]


# --- explain ----------------------------------------------------------------------------------------------------


def test_a_case_is_explained_as_its_events_tell_it(govflow_says, tmp_path):
    """The story of a case is its rows of the event table, in the replication that is asked for."""
    file = tmp_path / "events.csv"
    govflow_says("simulate", "chengnan", *QUICK, "--events", file)
    window = QUICK[:4]
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if (row["replication"], row["case"]) == ("2", "3")]
    told = json.loads(govflow_says("explain", "chengnan", "3", *window, "--replication", "2", "--json", "--quiet"))
    assert [(event["at"], event["event"], event["unit"]) for event in told["events"]] == [
        (row["at"], row["event"], row["unit"]) for row in rows
    ]
    page = govflow_says("explain", "chengnan", "3", *window, "--replication", "2", "--quiet")
    assert page.startswith("case 3 of replication 2: grievance, ")
    assert len(page.splitlines()) == 4 + len(rows)


def test_a_story_is_told_in_chinese(govflow_says):
    """Events and states are told by the definition's labels."""
    page = govflow_says("explain", "chengnan", "0", "--days", "14", "--quiet", "--lang", "zh")
    assert "提出" in page
    assert "待受理" in page


# --- story ------------------------------------------------------------------------------------------------------


def test_a_story_puts_each_figure_beside_the_one_reported(govflow_says):
    """The page and the JSON hold the same figures, in either language; all that came out are met: the status is 0."""
    told = json.loads(govflow_says("story", "beida", "--json"))
    figures = [figure for chapter in told["chapters"] for figure in chapter["figures"]]
    assert told["met"]
    assert told["record_whole"]
    for lang, met in (("en", "met"), ("zh", "相符")):
        page = govflow_says("story", "beida", "--lang", lang)
        for figure in figures:
            end = "" if figure["reached"] is None else f" {met}"
            assert re.search(rf"^{re.escape(figure['label'][lang])} .*\d{end}$", page, flags=re.MULTILINE) or (
                end and re.search(rf"^{re.escape(figure['label'][lang])} .*{end}$", page, flags=re.MULTILINE)
            )
    (levels,) = [figure for figure in figures if figure["name"] == "levels"]
    assert (levels["given"], levels["reached"], levels["met"]) == (4, None, None)


def test_a_story_that_does_not_reach_a_figure_says_so(govflow_says, tmp_path):
    """With a conference of five parties that figure is not met, and the status is 1."""
    place, beida = tmp_path / "beida.toml", load("beida")
    fewer = [evolve(one, parties=one.parties[:5]) for one in beida.plan.conferences]
    place.write_text(dumps(beida.with_(plan=evolve(beida.plan, conferences=tuple(fewer)))), encoding="utf-8")
    page = govflow_says("story", place, status=1)
    assert re.search(r"^parties of the joint deliberation meeting +5 +5 +6  NOT MET$", page, flags=re.MULTILINE)


# --- around the commands ----------------------------------------------------------------------------------------


def test_version_and_help_are_shown_and_are_no_fault(govflow_says):
    """`--version` and `--help` go to standard output with exit status 0; the help names every command."""
    assert govflow_says("--version") == f"govflow {govflow.__version__}\n"
    page = govflow_says("--help")
    for command in ("communities", "simulate", "explain", "story", "check", "path", "draw", "new"):
        assert re.search(rf"^ +{command}\b", page, flags=re.MULTILINE)
        assert govflow_says(command, "--help").startswith(f"usage: govflow {command} ")
