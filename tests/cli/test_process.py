"""The command as a process of its own: exit status, streams that fail, a run that is interrupted, what is loaded."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
QUICK = ("simulate", "chengnan", "--days", "7", "--drain", "7", "--replications", "2", "--quiet")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "FORCE_COLOR"}}
WITH_SIGINT = (  # a shell may start what runs in the background deaf to interrupts
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from govflow.cli import main; sys.exit(main())"
)


def govflow(*arguments, **options):
    """Run the command in a process of its own and return it, finished."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENVIRONMENT, **options}
    return subprocess.run([sys.executable, "-m", "govflow", *arguments], check=False, timeout=120, **options)


def test_the_exit_status_tells_how_it_went(tmp_path):
    """0 well, 2 refused with one line on standard error and nothing on standard output."""
    done = govflow("path", "beida", "host/3-2-11", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["path"][-1] == "committee/beida"
    refused = govflow("path", "beida", "host/3-2-99")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr.count(b"\n") == 1


def test_asking_for_a_path_loads_nothing_heavy():
    """`path` answers without numpy, numba, networkx, rich or hypothesis."""
    code = (
        "import sys; from govflow.cli import main; main(['path', 'beida', 'host/3-2-11']); "
        "print(*({'numpy', 'numba', 'scipy', 'networkx', 'transitions', 'rich', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=ENVIRONMENT)
    assert not done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_chinese_is_shown_whatever_the_locale(locale):
    """Labels come out as UTF-8 under LANG=C and under an encoding that has no Chinese."""
    done = govflow("path", "beida", "group/3-2", "--lang", "zh", env={**ENVIRONMENT, **locale})
    assert (done.returncode, done.stderr) == (0, b"")
    assert "楼栋党小组" in done.stdout.decode("utf-8")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full disk to try")
@pytest.mark.parametrize(
    "command", [("path", "beida", "host/3-2-11"), ("--help",), ("draw", "beida", "--format", "svg")]
)
def test_a_full_disk_behind_standard_output_is_one_line(command):
    """What cannot be printed is no success: exit status 2, and no traceback at the end."""
    with FULL.open("wb") as full:
        done = govflow(*command, stdout=full)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("govflow: standard output: cannot be written: ")
    assert done.stderr.count(b"\n") == 1


def test_a_disk_that_fills_up_leaves_nothing_half_written(tmp_path):
    """When writing the events fails in the middle, figures and a line say so, and what stood there still stands."""
    resource = pytest.importorskip("resource")
    assert govflow(*QUICK).returncode == 0  # so that what is compiled is stored before the disk is full
    file = tmp_path / "events.csv"
    file.write_text("before\n", encoding="utf-8")
    full = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # noqa: E731  runs in the child
    done = govflow(*QUICK, "--events", str(file), preexec_fn=full)
    assert done.returncode == 2
    assert b"response rate" in done.stdout
    assert done.stderr.decode().startswith(f"govflow: {file}: cannot be written: ")
    assert file.read_text(encoding="utf-8") == "before\n"
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]


def test_a_reader_who_leaves_early_is_no_fault():
    """`govflow draw … | head -1` says nothing on standard error."""
    process = subprocess.Popen(
        [sys.executable, "-m", "govflow", "draw", "shiwan", "--format", "svg"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stderr.close()


@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_closed_stream_is_no_traceback(stream):
    """With standard output closed the answer cannot be given (2); standard error closed is silent."""
    command = f'exec "$0" -m govflow path beida host/3-2-11 {stream}>&-'
    done = subprocess.run(["/bin/sh", "-c", command, sys.executable], check=False, capture_output=True, env=ENVIRONMENT)
    assert done.returncode == (2 if stream == "1" else 0)
    assert b"Traceback" not in done.stderr


# --- someone who watches ----------------------------------------------------------------------------------------


def read_until(terminal, fits, seconds=60):
    """Read what a terminal shows until it `fits`, and return all of it."""
    seen = b""
    while not fits(seen) and select.select([terminal], [], [], seconds)[0]:
        try:
            seen += os.read(terminal, 4096)
        except OSError:  # the other end has gone
            break
    return seen


@pytest.mark.parametrize("asked", ["--json", "--threads=1"])
def test_an_interrupted_run_gives_what_was_finished(asked):
    """A progress bar is shown to whoever watches; control-C then ends the run with 130 and the finished figures."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = ("simulate", "chengnan", "--days", "7300", "--drain", "0", "--replications", "40", "--threads=1", asked)
    process = subprocess.Popen(
        [sys.executable, "-c", WITH_SIGINT, *command],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    seen = read_until(ours, lambda text: any(int(share) >= 8 for share in re.findall(rb"(\d+)%", text)))
    assert b"simulating" in seen
    process.send_signal(signal.SIGINT)
    read_until(ours, lambda _: False, 5)
    out = process.stdout.read().decode("utf-8")
    os.close(ours)
    assert process.wait(60) == 130
    process.stdout.close()
    if asked == "--json":
        data = json.loads(out)
        assert data["interrupted"] is True
        finished = data["replications"]
    else:
        finished = int(re.search(r"^INTERRUPTED: counted are only the (\d+) of 40 ", out, flags=re.MULTILINE)[1])
    assert 2 <= finished < 40


def test_nobody_who_reads_a_file_sees_a_progress_bar():
    """On anything but a terminal standard error stays empty."""
    done = govflow(*[option for option in QUICK if option != "--quiet"])
    assert done.returncode == 0
    assert b"simulating" not in done.stderr
