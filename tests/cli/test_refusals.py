"""What is refused: one clear line for each fault, exit status 2, no traceback, nothing half-written."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given, strategies as st

from govflow.cli import main
from govflow.cli.arguments import parse
from govflow.errors import GovflowError

ARRIVALS = "assumptions.arrivals.grievance.heating"


@pytest.fixture
def refusal(capsys):
    """Run a command line that must be refused and return what it says: one line, or a line a fault.

    Nothing is `shown` on standard output, except figures that stand although what comes after them fails.
    """

    def refuse(*arguments, shown=False):
        assert main([str(argument) for argument in arguments]) == 2
        out, err = capsys.readouterr()
        assert bool(out) == shown
        assert err.startswith("govflow: ")
        assert err.endswith("\n")
        assert "Traceback" not in err
        lines = err.removeprefix("govflow: ").splitlines()
        assert all(line.startswith("  ") for line in lines[1:])
        return lines[0] if len(lines) == 1 else lines

    return refuse


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "which command? communities, simulate, explain, story, check, path, draw, new; see: govflow --help"),
        (["simlate", "beida"], "unknown command 'simlate'; did you mean 'simulate'?"),
        (["--versoin"], "unknown option '--versoin'; did you mean '--version'?"),
        (["simulate"], "the following arguments are required: COMMUNITY; see: govflow simulate --help"),
        (["simulate", "beida", "--dayz", "3"], "unknown option '--dayz'; did you mean '--days'?"),
        (["simulate", "beida", "3"], "'3' is one argument too many; see: govflow simulate --help"),
        (["simulate", "beida", "--lang", "zho"], "unknown language 'zho'; did you mean 'zh'?"),
        (["draw", "beida", "--format", "swg"], "unknown format 'swg'; did you mean 'svg'?"),
        (["simulate", "beidda"], "unknown community 'beidda'; did you mean 'beida'?"),
        (["path", "beida", "hots/3-2-11"], "unknown unit or household 'hots/3-2-11'; did you mean 'host/3-2-11'?"),
        (["path", "beida", "household/3-2-11-77"], "unknown household 'household/3-2-11-77'"),
        (["draw", "beida", "grievence"], "did you mean 'grievance'?"),
    ],
)
def test_a_slip_of_the_fingers_is_told_what_was_meant(refusal, arguments, told):
    """Unknown commands, options, communities, units and choices name the nearest known spelling."""
    assert told in refusal(*arguments)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--days", "0"], "days"),
        (["--days", "nan"], "days"),
        (["--days", "inf"], "days"),
        (["--days", "1e12"], "days"),
        (["--days=-1"], "days"),
        (["--days", "many"], "'many' is not a number"),
        (["--warmup", "365"], "warmup"),
        (["--drain=-1"], "drain"),
        (["--replications", "0"], "replications"),
        (["--replications", "999999999"], "replications"),
        (["--replications", "2.5"], "'2.5' is not a whole number"),
        (["--seed=-1"], "seed"),
        (["--seed", "9" * 5000], "whole number"),
        (["--threads", "0"], "must be from 1 to"),
        (["--start", "2026-02-30"], "2026-02-30"),
        (["--start", "next monday"], "next monday"),
        (["--set", "nothing"], "write KEY=VALUE"),
        (["--set", "=3"], "write KEY=VALUE"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_one_line(refusal, options, told):
    """A window, a count, a date or a setting that makes no sense is named with what it must be."""
    line = refusal("simulate", "chengnan", *options)
    assert told in line
    assert len(line) < 300


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (f"{ARRIVALS}.per_household_yaer=1", "did you mean 'per_household_year'?"),
        (f"{ARRIVALS}.per_household_year=-1", "must not be negative"),
        (f"{ARRIVALS}.per_household_year=nan", f"{ARRIVALS}.per_household_year"),
        (f"{ARRIVALS}.channels.telephone=0.99", "must add up to 1"),
        ("organization.patterns.grid.handlers=0", "without a handler"),
        ("organization.patterns.grid.each=99999999999", "at most"),
        ("lifecycle.grievance.deadlines.handle.limit.grid=0h", "longer than nothing"),
        ("categories.heatin.severity=9", "categories.heatin"),
        ("calendars.office.holidays=cm", "known: 'cn'"),
    ],
)
def test_a_change_that_breaks_the_definition_is_refused_with_its_place(refusal, change, told):
    """`--set` is judged like a definition: unknown keys name the nearest, faults name their key path."""
    said = refusal("simulate", "chengnan", "--set", change)
    assert any(told in line for line in ([said] if isinstance(said, str) else said)), said


def test_all_faults_of_a_definition_are_told_at_once(refusal, tmp_path):
    """Each fault has a line with its key path."""
    file = tmp_path / "broken.toml"
    file.write_text('format = 2\nname = "broken"\nzone = "Asia/Shanghi"\n', encoding="utf-8")
    for command in ("check", "simulate", "draw", "communities"):
        lines = refusal(command, file)
        assert lines[0].startswith(f"{file}: ")
        assert lines[0].endswith("faults in the definition")
        assert {"  format", "  zone", "  levels"} <= {line.partition(":")[0] for line in lines[1:]}


def test_broken_toml_is_told_with_file_and_line(refusal, tmp_path):
    """The line, the column and what was expected there."""
    file = tmp_path / "broken.toml"
    file.write_text('format = 1\nname = "unclosed\n', encoding="utf-8")
    head, fault = refusal("check", file)
    assert str(file) in head
    assert fault.startswith("  line 2, column ")


def test_what_is_no_readable_text_file_is_refused(refusal, tmp_path):
    """A folder, a missing file, a file that is not text and one too large are each told as what they are."""
    binary, large = tmp_path / "binary.toml", tmp_path / "large.toml"
    binary.write_bytes(b"\x7fELF\xff\xfe")
    with large.open("wb") as stream:
        stream.truncate(1 << 40)
    assert "is not a text file" in refusal("simulate", binary)
    assert "is larger than" in refusal("check", large)
    assert "is a directory" in refusal("path", tmp_path, "host/1")
    assert "there is no such file" in refusal("draw", tmp_path / "none.toml")


@pytest.fixture
def locked(tmp_path, capsys):
    """A folder that nobody may enter; where the tests run as root, be someone without rights for a while."""
    folder = tmp_path / "locked"
    folder.mkdir()
    main(["draw", "beida", "grievance"])  # so that everything is loaded
    capsys.readouterr()
    folder.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    folder.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system knows no users")
def test_a_place_without_permission_is_refused(refusal, locked):
    """Neither reading nor writing without the right ends in more than a line."""
    assert "there is no permission to read it" in refusal("path", locked / "mine.toml", "branch/1")
    assert "Permission denied" in refusal("draw", "beida", "grievance", "--output", locked / "picture.svg")
    assert "Permission denied" in refusal("new", locked / "mine.toml")


# --- places to write --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["events", "events.txt", "events.csv.gz", "none/events.csv"])
def test_an_events_file_that_cannot_be_is_refused_before_anything_runs(refusal, tmp_path, monkeypatch, name):
    """A bad ending or place is told at once: here the run itself would fill the machine."""
    monkeypatch.chdir(tmp_path)
    line = refusal("simulate", "shiwan", "--days", "36500", "--replications", "100000", "--events", name)
    assert "events" in line
    assert not list(tmp_path.iterdir())


def test_events_never_take_the_place_of_a_folder(refusal, tmp_path):
    """A folder whose name ends well stays what it is, and nothing is written into it."""
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert "cannot be written: Is a directory" in refusal("simulate", "shiwan", "--days", "36500", "--events", folder)
    assert list(tmp_path.rglob("*")) == [folder]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_full_disk_behind_the_events_is_one_line(refusal, tmp_path, ending):
    """What was simulated and cannot be written is no success; the figures are told all the same."""
    full = tmp_path / f"full.{ending}"
    full.symlink_to("/dev/full")
    days = ("--days", "14", "--drain", "0", "--replications", "1", "--quiet")
    assert "No space left on device" in refusal("simulate", "chengnan", *days, "--events", full, shown=True)
    assert full.is_symlink()


def test_new_leaves_what_exists_as_it_is(refusal, tmp_path):
    """A file, a folder or a dangling link at the place is never replaced; the name must end in .toml."""
    file, link = tmp_path / "mine.toml", tmp_path / "link.toml"
    file.write_text("mine", encoding="utf-8")
    link.symlink_to(tmp_path / "nowhere")
    assert "exists already" in refusal("new", file)
    assert "exists already" in refusal("new", link)
    assert "must end in .toml" in refusal("new", tmp_path / "mine.txt")
    assert "cannot be a community's name" in refusal("new", tmp_path / "so many words.toml")
    assert "cannot be written" in refusal("new", tmp_path / "none" / "x.toml")
    assert file.read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_picture_that_cannot_be_written_leaves_nothing(refusal, tmp_path):
    """An output in a folder that is not there, or over a folder, is refused."""
    assert "cannot be written" in refusal("draw", "beida", "--output", tmp_path / "none" / "x.svg")
    assert not list(tmp_path.iterdir())
    folder = tmp_path / "folder.svg"
    folder.mkdir()
    assert "Is a directory" in refusal("draw", "beida", "--output", folder)
    assert not list(folder.iterdir())


def test_a_picture_has_the_ending_of_its_format(refusal, tmp_path):
    """An ending that says nothing, or something else than the format, is refused before anything is drawn."""
    assert "the ending must be one of" in refusal("draw", "beida", "--output", tmp_path / "x.png")
    assert "must be one of .mmd" in refusal("draw", "beida", "--format", "mermaid", "--output", tmp_path / "x.svg")
    assert not list(tmp_path.iterdir())


def test_a_case_that_is_not_in_the_run_is_refused(refusal):
    """The answer says which numbers there are."""
    line = refusal("explain", "chengnan", "99999999", "--days", "7", "--quiet")
    assert "case 99999999: not in this run" in line
    assert "--replication" in refusal("explain", "chengnan", "1", "--replication=-1")


def test_a_snapshot_that_cannot_be_read_is_refused(refusal, tmp_path):
    """A file that is not there, is no JSON, or is JSON and no snapshot; an id without a snapshot."""
    window = ("--days", "7", "--quiet")
    assert "nowhere.json: cannot be read" in refusal("simulate", "chengnan", *window, "--initial", "nowhere.json")
    place = tmp_path / "open.json"
    for text, told in (("{", "is not JSON"), ("[" * 100_000, "is not JSON"), ("[]", "snapshot: not one of format 1")):
        place.write_text(text, encoding="utf-8")
        assert told in refusal("simulate", "chengnan", *window, "--initial", place)
    place.write_bytes(b"\xff\xfe\xfa")
    assert "is not JSON" in refusal("explain", "chengnan", "1", *window, "--initial", place)
    assert "case 'G-1': is not a whole number" in refusal("explain", "chengnan", "G-1", *window)


@pytest.mark.parametrize(
    ("package", "options", "extra"),
    [("numba", [], "simulate"), ("numpy", [], "simulate"), ("pyarrow", ["--events", "events.parquet"], "tables")],
)
def test_a_package_that_is_not_installed_is_told_with_the_extra_that_brings_it(
    refusal, monkeypatch, package, options, extra
):
    """Without numpy, numba or pyarrow the line says what to install."""
    monkeypatch.setitem(sys.modules, package, None)
    assert f"pip install '.[{extra}]'" in refusal("simulate", "shiwan", "--days", "36500", *options)


# --- whatever is typed ------------------------------------------------------------------------------------------

TOKENS = st.one_of(
    st.sampled_from([
        "simulate", "explain", "story", "check", "path", "draw", "new", "communities", "beida", "grievance", "--days",
        "--set", "--json", "--lang", "zh", "--format", "svg", "a=b", "3", "-3", "--", "-", "--quiet", "--strict",
        "--days=x",
    ]),
    st.text(max_size=8),
)  # fmt: skip


@given(st.lists(TOKENS, max_size=6))
def test_whatever_is_typed_is_understood_or_refused(arguments):
    """Parsing ends in arguments, in an error of our own, or in help: never in another exception."""
    try:
        command = parse(arguments).command
    except GovflowError:
        return
    except SystemExit as end:
        command, status = None, end.code
    assert status == 0 if command is None else command == arguments[0]


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\nb", "\udcff", "\u202eabc", "x" * 5000])
def test_what_was_typed_cannot_play_tricks_on_the_screen(capsys, name):
    """Control characters, half letters and direction marks are shown as escapes."""
    assert main(["simulate", name]) == 2
    err = capsys.readouterr().err
    assert all(letter.isprintable() for letter in err.replace("\n", ""))
