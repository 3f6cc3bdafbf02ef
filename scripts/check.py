"""Run every check of the house: one command, the same here and in continuous integration.

``.venv/bin/python scripts/check.py`` runs all of them; names choose some: ``scripts/check.py lint types``.
A check that passes prints one line; one that fails prints what its tool said. The tests come last.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

CHECKS = {
    "lint": [sys.executable, "-m", "ruff", "check", "--output-format=concise", "."],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "--output-format=concise", "."],
    "types": [sys.executable, "-m", "mypy"],
    "layers": [str(BIN / "lint-imports"), "--no-cache"],
    "tests": [sys.executable, "-m", "pytest", "-n", "2"],
}


def run(name: str) -> bool:
    """Run one check and say how it went; the tests speak for themselves while they run."""
    began = time.perf_counter()
    aloud = name == "tests"
    done = subprocess.run(CHECKS[name], cwd=ROOT, check=False, capture_output=not aloud, text=True)
    if done.returncode and not aloud:
        print(done.stdout, done.stderr, sep="", end="")
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{name:<8} {verdict:<8} {time.perf_counter() - began:6.1f} s", flush=True)
    return done.returncode == 0


def main() -> int:
    """Run the checks that are named, or all; 0 when every one passes."""
    parser = argparse.ArgumentParser(description="Run the project's checks.")
    parser.add_argument("names", nargs="*", metavar="CHECK", help=f"one of: {', '.join(CHECKS)} (default: all)")
    names = parser.parse_args().names or list(CHECKS)
    if unknown := [name for name in names if name not in CHECKS]:
        parser.error(f"unknown check {unknown[0]!r}; known: {', '.join(CHECKS)}")
    failed = [name for name in names if not run(name)]  # every check runs, also after one that failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
