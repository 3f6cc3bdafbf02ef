"""Build an organization of a million units from columns and ask it for paths; print the figures.

Run ``python benchmarks/organization.py [UNITS]``. It judges nothing: the figures of docs/performance.md come from
here, with the machine on which they were measured.
"""

from __future__ import annotations

import platform
import random
import resource
import sys
import time
from collections.abc import Callable

from govflow.organization import Level, Organization, OrganizationPlan, Pattern, build, from_columns

LEVELS = ("committee", "branch", "group", "host")
PATHS = 200_000


def columns(units: int) -> tuple[list[str], list[str | None], list[str]]:
    """Return ids, superiors and levels of about `units` units in shuffled order, 20 below each but the lowest."""
    ids: list[str] = ["committee/all"]
    superiors: list[str | None] = [None]
    levels = [LEVELS[0]]
    branches = max(1, units // (1 + 20 + 400))
    for level, count in zip(LEVELS[1:], (branches, 20 * branches, units - 21 * branches - 1), strict=True):
        above = {"branch": "committee/all", "group": "branch/", "host": "group/"}[level]
        for number in range(count):
            ids.append(f"{level}/{number}")
            superiors.append(above if level == "branch" else f"{above}{number // 20 % (branches * 20)}")
            levels.append(level)
    rows = list(range(len(ids)))
    random.Random(7).shuffle(rows)
    return [ids[row] for row in rows], [superiors[row] for row in rows], [levels[row] for row in rows]


def timed(what: str, make: Callable[[], Organization]) -> Organization:
    """Return what `make` makes and print how long it took and how much memory has been in use at most."""
    began = time.perf_counter()
    made = make()
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{what}: {len(made.ids):,} units in {took:.2f} s, peak memory of the process {peak:.2f} GB")
    return made


def query(org: Organization) -> None:
    """Print how long a path, a contact and a referral take, over units drawn anywhere."""
    draw = random.Random(11)
    asked = draw.choices(org.units("host"), k=PATHS)
    households = [org.household_ids(unit)[0] for unit in asked]
    for name, ask, names in (
        ("escalation_path(unit)", org.escalation_path, asked),
        ("escalation_path(household)", org.escalation_path, households),
        ("subordinates(unit)", org.subordinates, asked),
        ("conference(unit)", org.conference, asked),
    ):
        began = time.perf_counter()
        for each in names:
            ask(each)
        print(f"{name}: {(time.perf_counter() - began) / PATHS * 1e6:.2f} µs each, {PATHS:,} asked")


def main() -> None:
    """Measure columns first, then the same size from patterns."""
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {platform.system()}")
    ids, superiors, levels = columns(units)
    households = [3 if level == "host" else 0 for level in levels]
    org = timed("columns", lambda: from_columns(ids, superiors, levels, level_names=LEVELS, households=households))
    query(org)
    side = round((units / 400) ** 0.5)
    patterns = {
        "branch": Pattern("branch", side),
        "group": Pattern("group", 20),
        "host": Pattern("host", units // (side * 20), households=3),
    }
    timed("patterns", lambda: build(OrganizationPlan("all", tuple(map(Level, LEVELS)), patterns)))


if __name__ == "__main__":
    main()
