"""The planners at the scale that is promised, beside a library called as one would call it at first.

``patches``: 100,000 households to 1,000 teams, then one team fewer; there is no peer. ``rota``: fifty people over four
quarters, beside the same rules and counts in one model of CP-SAT. ``matching``: 10,000 demands to 5,000 volunteers,
beside SciPy's assignment on a full table of costs, which knows no order of asking, no load, and one demand a volunteer.
``teams``: 297 and 610 members with up to two of five skills, then five of them gone, beside one model of CP-SAT with a
variable for each member and team. CP-SAT has 30 units of work.

The gigabytes are the most that the process has held so far.

    python benchmarks/planning.py [patches] [rota] [matching] [teams] [--alone]
"""

from __future__ import annotations

import argparse
import platform
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from govflow.calendar import DAY, HOUR, SECOND
from govflow.planning import (
    Demand,
    Door,
    DutyRules,
    Offer,
    Person,
    Point,
    Shift,
    Spread,
    Walk,
    breaches,
    form_teams,
    match,
    plan_patches,
    rota,
)
from govflow.planning.demands import start_in
from govflow.planning.duty import obstacle
from tests.planning.year import year

T = TypeVar("T")
PEER_EFFORT = 30.0
"""Units of deterministic work, a second or two of the processor each: a busy machine takes nothing from a peer."""


def timed(what: str, make: Callable[[], T], told: Callable[[T], str]) -> T:
    """Make something, print the seconds on the wall and of the processor and what is told of it, and return it.

    All planners and peers work on one thread: on a busy machine the processor's seconds are the ones to compare.
    """
    wall, processor = time.perf_counter(), time.process_time()
    made = make()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{what:<52} {wall:6.2f} s wall {processor:6.2f} s cpu {peak:5.2f} GB   {told(made)}", flush=True)
    return made


# ------------------------------------------------------------ patches
def patches(*, alone: bool) -> None:
    """Measure a city's households, and the same when a team has left."""
    del alone
    doors = [Door(f"h-{n}", f"b{n // 60}", n % 60 // 2) for n in range(100_000)]
    teams = [f"team/{n}" for n in range(1000)]
    plan = timed(
        "patches: 100,000 households, 1,000 teams", lambda: plan_patches(doors, teams), lambda p: spread(p.sizes)
    )
    timed(
        "patches: one team fewer",
        lambda: plan_patches(doors, teams[1:], before=plan.team_of),
        lambda p: f"{spread(p.sizes)}, {len(p.moved)} moved",
    )


def spread(sizes: tuple[int, ...]) -> str:
    """Return the smallest and the largest size."""
    return f"sizes {min(sizes)} to {max(sizes)}"


# ------------------------------------------------------------ rota
def rotas(*, alone: bool) -> None:
    """Measure a year of duties, and CP-SAT on the same year."""
    people, shifts, rules = year(seed=1)
    timed(
        f"rota: {len(people)} people, {len(shifts)} shifts, {sum(s.needs for s in shifts)} places",
        lambda: rota(people, shifts, rules),
        lambda p: f"open {len(p.open)}, breaches {len(breaches(p))}, proven {p.proven}",
    )
    if not alone:
        timed("rota: one model of CP-SAT", lambda: naive_rota(people, shifts, rules), str)


def naive_rota(people: list[Person], shifts: list[Shift], rules: DutyRules) -> str:
    """Return how far one model with all aims added up comes."""
    model = cp_model.CpModel()
    on = {
        (one, at): model.new_bool_var("")
        for one, person in enumerate(people)
        for at, shift in enumerate(shifts)
        if obstacle(person, shift) is None
    }
    lacking = []
    for at, shift in enumerate(shifts):
        present = [one for one in range(len(people)) if (one, at) in on]
        model.add(sum(on[one, at] for one in present) <= shift.needs)
        wanted = [(shift.needs, present)]
        wanted += [(n, [one for one in present if skill in people[one].skills]) for skill, n in shift.skills.items()]
        for least, able in wanted:
            lacking.append(model.new_int_var(0, least, ""))
            model.add(sum(on[one, at] for one in able) + lacking[-1] >= least)
    squares = []
    for one in range(len(people)):
        own = [at for at in range(len(shifts)) if (one, at) in on]
        for number, at in enumerate(own):
            for other in own[number + 1 :]:
                if rules.clash(shifts[at], shifts[other]):
                    model.add_bool_or(~on[one, at], ~on[one, other])
        for week in {rules.week(shifts[at]) for at in own}:
            model.add(sum(on[one, at] for at in own if rules.week(shifts[at]) == week) <= (rules.per_week or len(own)))
        for counted in (own, [at for at in own if shifts[at].off]):
            count, square = model.new_int_var(0, 200, ""), model.new_int_var(0, 40_000, "")
            model.add(count == sum(on[one, at] for at in counted))
            model.add_multiplication_equality(square, [count, count])
            squares.append(square)
    model.minimize(1_000_000 * sum(lacking) + sum(squares))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = PEER_EFFORT
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return "no rota found"
    return f"open {sum(map(solver.value, lacking))}, proven {status == cp_model.OPTIMAL}"


# ------------------------------------------------------------ matching
def market(asked: int = 10_000, offered: int = 5_000) -> tuple[list[Demand], list[Offer]]:
    """Return a week's demands and volunteers in a district of 6 by 6 km, with 20 skills."""
    luck = random.Random(7)
    skills = [f"skill_{n}" for n in range(20)]

    def point() -> Point:
        return Point(119.38 + luck.random() * 0.06, 25.70 + luck.random() * 0.054)

    def windows(count: int, length: int) -> list[tuple[int, int]]:
        starts = luck.sample(range(7 * 6), count)
        return [
            (day * DAY + part * 2 * HOUR, day * DAY + part * 2 * HOUR + length)
            for day, part in (divmod(s, 6) for s in starts)
        ]

    demands = [
        Demand(f"d-{n}", {luck.choice(skills)}, HOUR, windows(3, 2 * HOUR), point(), arrived=n) for n in range(asked)
    ]
    offers = [
        Offer(f"o-{n}", set(luck.sample(skills, 2)), windows(5, 2 * HOUR), point(), load=luck.randrange(3))
        for n in range(offered)
    ]
    return demands, offers


def matching(*, alone: bool) -> None:
    """Measure a matching, the same with everything agreed before, and a full table of costs."""
    demands, offers = market()
    told = f"{len(demands):,} demands, {len(offers):,} volunteers"
    found = timed(
        f"matching: {told}",
        lambda: match(demands, offers),
        lambda m: f"{len(m.assignments):,} served, the busiest {busiest(m.assignments)}",
    )
    timed(
        "matching: again, ten volunteers fewer",
        lambda: match(demands, offers[10:], before=found.assignments),
        lambda m: f"{len(m.assignments):,} served, {len(set(found.assignments) - set(m.assignments))} changed",
    )
    if not alone:
        timed("matching: SciPy's assignment, one demand a volunteer", lambda: naive_match(demands, offers), str)


def busiest(assignments: tuple[object, ...]) -> int:
    """Return how many demands the busiest volunteer has."""
    return max(Counter(one.offer for one in assignments).values())


def naive_match(demands: list[Demand], offers: list[Offer]) -> str:
    """Return what an assignment on a full table serves: seconds of walking, and a million where it may not be."""
    never = 1_000_000.0
    costs = np.full((len(demands), len(offers)), never)
    rows, columns, seconds = Walk().pairs([d.point for d in demands], [o.point for o in offers], 1800 * SECOND)
    for i, j, second in zip(rows.tolist(), columns.tolist(), seconds.tolist(), strict=True):
        demand, offer = demands[i], offers[j]
        if demand.skills <= offer.skills and any(start_in(window, demand) is not None for window in offer.free):
            costs[i, j] = second
    chosen = linear_sum_assignment(costs)
    return f"{int((costs[chosen] < never).sum()):,} served"


# ------------------------------------------------------------ teams
def members(count: int) -> dict[str, list[str]]:
    """Return members with up to two of five skills."""
    luck = random.Random(1)
    return {
        f"member:example-{n}": luck.sample([f"skill_{k}" for k in range(5)], luck.randint(0, 2)) for n in range(count)
    }


def teams(*, alone: bool) -> None:
    """Measure teams of three, the same when five have left, and CP-SAT on the same model."""
    for count in (297, 610):
        everybody = members(count)
        left = dict(list(everybody.items())[5:])
        before = timed(f"teams: {count} members", partial(form_teams, everybody), told_teams).unit_of
        again = timed("teams: five have left", partial(form_teams, left, before=before), told_teams)
        if not alone:
            names = sorted(set(again.unit_of.values()))
            timed("teams: one model of CP-SAT", partial(naive_teams, left, before, names), str)


def told_teams(found: Spread) -> str:
    """Return how even and how steady teams are."""
    return f"uneven {found.uneven}, moved {len(found.moved)}, proven {found.proven}"


def naive_teams(who: dict[str, list[str]], had: Mapping[str, str], names: list[str]) -> str:
    """Return what CP-SAT finds with a variable for each member and team."""
    model = cp_model.CpModel()
    on = {member: [model.new_bool_var("") for _ in names] for member in who}
    for row in on.values():
        model.add_exactly_one(row)
    beyond = []
    for team in range(len(names)):
        model.add_linear_constraint(
            sum(row[team] for row in on.values()), len(who) // len(names), -(-len(who) // len(names))
        )
        for skill in sorted({skill for skills in who.values() for skill in skills}):
            able = [member for member, skills in who.items() if skill in skills]
            beyond.append(model.new_int_var(0, len(able), ""))
            held = sum(on[member][team] for member in able)
            model.add(held - beyond[-1] <= -(-len(able) // len(names)))
            model.add(held + beyond[-1] >= len(able) // len(names))
    stays = [on[member][names.index(had[member])] for member in who if had[member] in names]
    model.minimize((len(who) + 1) * sum(beyond) + len(stays) - sum(stays))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = PEER_EFFORT
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return "no teams found"
    moved = len(who) - sum(map(solver.value, stays))
    return f"uneven {sum(map(solver.value, beyond))}, moved {moved}, proven {status == cp_model.OPTIMAL}"


PARTS: dict[str, Callable[..., None]] = {"patches": patches, "rota": rotas, "matching": matching, "teams": teams}


def main() -> None:
    """Measure the parts named, or all; `--alone` leaves the peers out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--alone", action="store_true", help="leave the peers out")
    asked = parser.parse_args()
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {platform.system()}")
    for name in asked.parts or PARTS:
        PARTS[name](alone=asked.alone)


if __name__ == "__main__":
    main()
