"""Everything the documentation shows is run: python, toml and console blocks of every page, and all doctests.

What a page may contain, block by block, from top to bottom in one empty folder:

``python``
    executed; the names of earlier blocks of the page stay. With ``>>>`` prompts the shown results are compared.
``toml``
    must parse; one that begins with ``format = 1`` is a whole community: it is written to ``NAME.toml`` (its own
    name, or the file named after ``toml`` in the fence) and must load.
``console``
    each ``$ govflow …`` is run and must exit with 0, unless the next command is ``$ echo $?``, which shows its exit
    status. Output that is shown is compared; ``...`` stands for anything.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, field, frozen

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/govflow"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "tests/README.md"]
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.stem != "__main__"
)

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def place(path: Path) -> str:
    """Name a page in test ids."""
    return path.relative_to(ROOT).as_posix()


@frozen
class Block:
    """A fenced block of a page: the words after the fence, its text, and the line on which the text begins."""

    words: tuple[str, ...]
    text: str
    line: int

    @property
    def language(self) -> str:
        """The first word after the fence."""
        return self.words[0] if self.words else ""


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        yield Block(tuple(match["info"].split()), match["body"], text.count("\n", 0, match.start("body")) + 1)


def assert_shown(shown: str, got: str, where: str) -> None:
    """Compare output with what a page shows of it."""
    if not doctest.OutputChecker().check_output(shown, got, OPTIONS):
        pytest.fail(f"{where}: the page shows\n{shown}\nbut it is\n{got}", pytrace=False)


@define
class Reader:
    """Someone who follows a page from top to bottom, typing what it shows, in one folder and one session."""

    page: Path
    names: dict[str, object] = field(factory=lambda: {"__name__": "__main__"})

    def follow(self, block: Block) -> None:
        """Do what one block shows; languages that nothing here can run are only read."""
        where = f"{place(self.page)}:{block.line}"
        acts = {"python": self.python, "pycon": self.python, "toml": self.toml, "console": self.console}
        if block.language in acts:
            assert "no-run" not in block.words, f"{where}: everything that is shown runs"
            acts[block.language](block, where)

    def python(self, block: Block, where: str) -> None:
        """Execute a block, or compare each result where it has prompts."""
        if not block.text.lstrip().startswith(">>>"):
            lines = "\n" * (block.line - 1)  # so that a traceback points into the page
            exec(compile(lines + block.text, where, "exec"), self.names)
            return
        test = doctest.DocTestParser().get_doctest(block.text, {}, where, str(self.page), block.line - 1)
        test.globs = self.names
        told = io.StringIO()
        failed, _ = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=told.write, clear_globs=False)
        assert not failed, told.getvalue()

    def toml(self, block: Block, where: str) -> None:
        """Parse a block; write a whole community to its file and load it."""
        import govflow

        try:
            read = tomllib.loads(block.text)
        except tomllib.TOMLDecodeError as error:
            pytest.fail(f"{where}: no TOML: {error}", pytrace=False)
        if block.text.startswith("format = 1"):
            file = Path(block.words[1] if len(block.words) > 1 else f"{read['name']}.toml")
            file.write_text(block.text, encoding="utf-8")
            assert govflow.load(file).name == read["name"], where

    def console(self, block: Block, where: str) -> None:
        """Run each command of a block and compare what it prints."""
        status, got = 0, ""
        typed = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        assert not typed[0].strip(), f"{where}: a console block begins with a command"
        for entry in typed[1:]:
            command, _, shown = entry.partition("\n")
            if command == "echo $?":
                assert shown.strip() == str(status), f"{where}: the exit status is {status}"
                status = 0
                continue
            assert status == 0, f"{where}: the command before `{command}` exits with {status}\n{got}"
            status, got = run_command(command, where)
            if shown.strip():
                assert_shown(re.sub(r"^…$", "...", shown, flags=re.MULTILINE), got, f"{where}: $ {command}")
        assert status == 0, f"{where}: the last command exits with {status}\n{got}"


def run_command(command: str, where: str) -> tuple[int, str]:
    """Run a ``govflow`` command line in this process: its exit status, and what it printed (errors if nothing else)."""
    from govflow.cli import main

    program, *arguments = shlex.split(command)
    assert Path(program).name == "govflow", f"{where}: only govflow can be run here, not {program}"
    assert not {"|", ">", "<", ";", "&&"} & set(arguments), f"{where}: there is no shell here"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:
            status = end.code
    return int(status or 0), out.getvalue() or err.getvalue()


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    """Stand in an empty folder, at a plain terminal of 120 columns."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    for name in set(os.environ) & {"FORCE_COLOR", "LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"}:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_a_page_can_be_followed(page, empty_folder):
    """Whoever types what a page shows, from top to bottom, sees what it shows."""
    reader = Reader(page)
    for block in blocks(page):
        reader.follow(block)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_run(name, empty_folder):
    """The lines in a module's docstrings give the results they show."""
    told = io.StringIO()
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(optionflags=OPTIONS)
    for test in finder.find(importlib.import_module(name), name):
        runner.run(test, out=told.write)
    assert not runner.failures, told.getvalue()


@pytest.mark.parametrize("page", LINKED, ids=place)
def test_a_link_inside_the_project_leads_somewhere(page):
    """Every relative link of a page names a file that exists."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = {match["target"].partition("#")[0] for match in LINK.finditer(text) if "://" not in match["target"]}
    assert not [target for target in sorted(targets) if target and not (page.parent / target).exists()]
