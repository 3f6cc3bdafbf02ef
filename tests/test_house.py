"""The house itself: what it exports, what importing it costs, how big its parts are, which way its arrows point."""

from __future__ import annotations

import ast
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import govflow

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
FILES = sorted((SRC / "govflow").rglob("*.py"))
ROOMS = sorted({path.relative_to(SRC / "govflow").parts[0].removesuffix(".py") for path in FILES} - {"__init__"})

HEAVY = frozenset({
    "hypothesis", "matplotlib", "networkx", "numba", "numpy", "ortools", "pyarrow", "rich", "scipy", "sqlalchemy",
    "transitions",
})  # fmt: skip
LIGHT_ROOMS = [room for room in ROOMS if room not in {"simulation", "testing"}]

LONGEST_FUNCTION = 50
LONGEST_TENTH = 20
LONGEST_CLASS = 200
LONGEST_FILE = 600
LONG_FOR_A_REASON = {
    # numba runs one flat loop with its arrays unpacked to locals once an order of magnitude faster than many small
    # functions that pass those arrays around (docs/performance.md has the figures)
    ("govflow/simulation/kernel.py", "run"),
}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function


# ------------------------------------------------------------ what it exports
def read_stub() -> tuple[list[str], dict[str, tuple[str, str]]]:
    """Read the typed stub: its ``__all__``, and where it says each name comes from."""
    tree = ast.parse((SRC / "govflow/__init__.pyi").read_text(encoding="utf-8"))
    exported: list[str] = []
    home = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            exported = ast.literal_eval(node.value)
        elif isinstance(node, ast.ImportFrom):
            home |= {alias.asname or alias.name: (str(node.module), alias.name) for alias in node.names}
    return exported, home


def test_the_stub_tells_type_checkers_what_the_root_exports():
    """The typed stub and the lazy root agree: same names, same order, same rooms."""
    exported, home = read_stub()
    assert exported == govflow.__all__
    assert home == govflow._HOME


def test_the_export_list_is_sorted_and_closed():
    """``__all__`` is sorted, without twins, and ``dir`` shows it before anything has been fetched."""
    assert sorted(set(govflow.__all__)) == govflow.__all__
    assert set(govflow.__all__) <= set(dir(govflow))


@pytest.mark.parametrize("name", govflow.__all__)
def test_every_export_can_be_fetched(name):
    """Every public name is really there, and in the export list of the room it comes from."""
    room, attribute = govflow._HOME[name]
    assert getattr(govflow, name) is getattr(sys.modules[room], attribute)
    if room != "govflow.errors":
        assert attribute in sys.modules[room].__all__


def test_no_export_hides_a_room():
    """No public name is a room's name: importing the room would silently take the name's place."""
    assert not set(govflow.__all__) & set(ROOMS)


def test_an_unknown_name_is_told_its_nearest_spelling():
    """A slip of the fingers is an AttributeError that names what was meant."""
    with pytest.raises(AttributeError, match="has no attribute 'simulte'; did you mean 'simulate'"):
        _ = govflow.simulte
    with pytest.raises(AttributeError, match=r"has no attribute 'zzz'$"):
        _ = govflow.zzz


# ------------------------------------------------------------ what it costs
def run_python(code: str) -> str:
    """Run code in a Python of its own, warnings as errors, and return what it printed."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=SRC).stdout


@pytest.mark.parametrize("room", ["", *LIGHT_ROOMS])
def test_importing_a_room_loads_nothing_heavy(room):
    """Importing govflow, or any room but the simulation and the testing kit, loads no heavy package."""
    module = f"govflow.{room}".removesuffix(".")
    printed = run_python(f"import sys, {module}; print(*sorted({set(HEAVY)!r} & set(sys.modules)))")
    assert not printed.split(), f"importing {module} loads {printed.split()}"


def test_importing_the_root_takes_no_time():
    """``import govflow`` takes at most 0.10 s more than an empty Python (the best of five)."""
    code = "import time; began = time.perf_counter(); import govflow; print(time.perf_counter() - began)"
    assert min(float(run_python(code)) for _ in range(5)) < 0.10


# ------------------------------------------------------------ how big it is
def place(path: Path) -> str:
    """Name a file as the reports below do."""
    return path.relative_to(SRC).as_posix()


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Yield every syntax node of the package with the file it stands in."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield place(path), node


def length(node: ast.ClassDef | Function) -> int:
    """Count the lines of a function or class without its own docstring."""
    first = node.body[0]
    prose = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) is not None else 0
    return node.end_lineno - node.lineno + 1 - prose


def test_no_function_is_longer_than_a_screen():
    """No function is over 50 lines (the compiled simulation loop is the one exception), nine in ten at most 20."""
    lengths = {
        f"{file}:{node.lineno} {node.name}": length(node)
        for file, node in nodes()
        if isinstance(node, Function) and (file, node.name) not in LONG_FOR_A_REASON
    }
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= LONGEST_TENTH


def test_no_class_is_over_200_lines():
    """A class that needs more has two jobs."""
    lengths = {f"{file} {node.name}": length(node) for file, node in nodes() if isinstance(node, ast.ClassDef)}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_CLASS}


def test_no_file_is_over_600_lines():
    """A file is read from top to bottom; 600 lines is the end."""
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_no_file_is_named_for_nothing():
    """Files are named for the domain: nothing is a box for leftovers."""
    assert not [
        place(path)
        for path in FILES
        if path.stem.strip("_") in {"base", "common", "helpers", "manager", "misc", "utils"}
    ]


# ------------------------------------------------------------ how it is explained
def public(tree: ast.Module) -> Iterator[tuple[str, Documented]]:
    """Yield what a reader meets: the module, its public functions and classes, their public methods."""
    yield "(module)", tree
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node.name, node
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, Function) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


@pytest.mark.parametrize("path", FILES, ids=place)
def test_everything_public_says_what_it_is(path):
    """Every module, public class, function and method has a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [name for name, node in public(tree) if not ast.get_docstring(node)]


# ------------------------------------------------------------ how it is held together
def test_the_layers_point_downwards_only():
    """The import-linter contract holds: no room imports upwards, and every room has its floor."""
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter is not None, "lint-imports is not installed beside this Python"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


CLOCKS = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}


ONE_CLOCK = "casework/instants.py"
"""The only module that reads the time: the desk's default clock, which is an argument like any other."""


def test_nobody_reads_the_system_clock():
    """No result depends on the hour at which it was made: no module but the desk's clock asks what time it is."""
    readings = [
        f"{file}:{node.lineno}"
        for file, node in nodes()
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCKS
        if not str(file).endswith(ONE_CLOCK)
    ]
    assert not readings


def test_the_readme_has_exactly_two_set_up_commands():
    """Two lines do all the set-up on a fresh machine, and each makes its own virtual environment."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:sh|shell|bash)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if line.strip()]
    assert len(commands) == 2
    for command in commands:
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_test_folders_are_no_packages():
    """A package ``tests/calendar`` would hide the standard library's calendar from everything that runs here."""
    assert not list((ROOT / "tests").rglob("__init__.py"))
