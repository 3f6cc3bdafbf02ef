"""Rotas (轮值): share shifts out to people, within the rules, few changes first and then as fairly as can be.

`rota` writes the question as an integer program (``planning.integers``); nothing is searched by hand. What the rules
are stands in ``planning.duty``, what is to be staffed in ``planning.shifts`` and ``planning.timetables``; for a
calendar file of the result see ``planning.icalendar``. Only people who serve are shared out, never residents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from attrs import evolve

from govflow.planning.checks import Instant, Natural, checked
from govflow.planning.duty import Duty, DutyRules, Person, Rota, obstacle, vacancies
from govflow.planning.extra import require
from govflow.planning.inputs import refuse, twice
from govflow.planning.integers import NODES, IntegerProgram, Terms
from govflow.planning.shifts import Shift

Equals = list[tuple[Terms, int]]
"""People who are equally available: of each, the sum that counts their duties, and those carried over."""


@checked
def rota(
    people: Iterable[Person],
    shifts: Iterable[Shift],
    rules: DutyRules | None = None,
    *,
    before: Duty | None = None,
    at: Instant | None = None,
    nodes: Natural = NODES,
) -> Rota:
    """Return the rota that keeps the rules and is best in four things, each before the next.

    1. The fewest places stay open, skills that are lacking counted as places; `Rota.open` says which and why.
    2. The fewest duties of `before`, an earlier rota's `duty`, are taken from whoever had them; duties of shifts
       begun before `at` stay as they were.
    3. Among people who are equally available, with the same skills asked for and free for the same shifts, counts
       of duties, and counts of duties on weekends and holidays, differ by at most one; where no such rota
       exists, they exceed one by as little as can be.
    4. The squares of everybody's two counts add up to the least.

    `proven` says that all four are proven; it is False only when the search met its limit of `nodes` branches in
    one of them. The order of people and shifts changes nothing. DefinitionError tells every id that is given
    twice, MissingExtra that SciPy is not installed.

    >>> shifts = [Shift(f"day/{day}", day * 24, day * 24 + 4) for day in range(3)]
    >>> plan = rota([Person("member:example-1"), Person("member:example-2")], shifts)
    >>> sorted(total for total, off in plan.counts().values()), plan.open, plan.proven
    ([1, 2], (), True)
    """
    require("a rota", "numpy", "scipy")
    people = tuple(sorted(people, key=lambda person: person.id))
    shifts = tuple(sorted(shifts, key=lambda shift: (shift.start, shift.id)))
    rules = rules or DutyRules()
    refuse("rota", [*twice("people", (one.id for one in people)), *twice("shifts", (one.id for one in shifts))])
    before = before or {}
    free = _free(people, shifts, before, at)
    program = IntegerProgram()
    place = {(one, shift): program.column() for one in range(len(people)) for shift in free[one]}
    for (_, shift), col in place.items():
        program.least[col] = int(_begun(shifts[shift], at))
    program.values = tuple(program.least)
    for one in range(len(people)):
        _limit(program, place, one, free[one], shifts, rules)
    kept = {col: -1 for (one, shift), col in place.items() if people[one].id in before.get(shifts[shift].id, ())}
    proven = [program.reach(_staff(program, place, people, shifts), nodes), program.reach(kept, nodes)]
    uneven, equals = _share(program, place, free, people, shifts, rules)
    proven.append(_fairest(program, uneven, equals, nodes))
    held: dict[str, list[str]] = {shift.id: [] for shift in shifts}
    for (one, shift), col in place.items():
        if program.value([col]):
            held[shifts[shift].id].append(people[one].id)
    duty = {shift: tuple(present) for shift, present in held.items()}
    moved = sum(len(set(before.get(shift, ())) - set(present)) for shift, present in duty.items())
    plan = Rota(people, shifts, rules, duty, moved=moved, proven=all(proven))
    return evolve(plan, open=vacancies(plan))


def _begun(shift: Shift, at: int | None) -> bool:
    return at is not None and shift.start < at


def _free(people: Sequence[Person], shifts: Sequence[Shift], before: Duty, at: int | None) -> list[list[int]]:
    """Return the shifts that each person may be put on: where they were if it has begun, else where they are free."""
    return [
        [
            number
            for number, shift in enumerate(shifts)
            if (person.id in before.get(shift.id, ()) if _begun(shift, at) else obstacle(person, shift) is None)
        ]
        for person in people
    ]


def _staff(
    program: IntegerProgram, place: Mapping[tuple[int, int], int], people: Sequence[Person], shifts: Sequence[Shift]
) -> Terms:
    """Demand headcount and skills of every shift, and return the sum of places left open."""
    lacking: Terms = {}
    present: dict[int, list[int]] = {number: [] for number in range(len(shifts))}
    for one, number in place:
        present[number].append(one)
    for number, shift in enumerate(shifts):
        program.choose((place[one, number] for one in present[number]), shift.needs)
        wanted = [(shift.needs, present[number])]
        for skill, least in sorted(shift.skills.items()):
            wanted.append((least, [one for one in present[number] if skill in people[one].skills]))
        for least, able in wanted:
            lack = program.column(least, whole=False)
            lacking[lack] = 1
            program.row({**{place[one, number]: 1 for one in able}, lack: 1}, least, float("inf"))
    return lacking


def _share(
    program: IntegerProgram,
    place: Mapping[tuple[int, int], int],
    free: Sequence[Sequence[int]],
    people: Sequence[Person],
    shifts: Sequence[Shift],
    rules: DutyRules,
) -> tuple[Terms, list[Equals]]:
    """Count everybody's duties, and return the sum of squares and who are equals."""
    asked = {skill for shift in shifts for skill in shift.skills}
    weeks = [rules.week(shift) for shift in shifts]
    equals: dict[tuple[bool, frozenset[str], tuple[int, ...]], Equals] = {}
    uneven: Terms = {}
    for one, person in enumerate(people):
        for off, carried in ((False, person.carried), (True, person.carried_off)):
            own = [shift for shift in free[one] if shifts[shift].off or not off]
            count = {place[one, shift]: 1 for shift in own}
            most = program.fixed(count) + _most(own, shifts, weeks, rules)
            steps = [program.column() for _ in range(most)]
            program.row({**count, **dict.fromkeys(steps, -1)}, 0, 0)
            uneven |= {step: 2 * (carried + number) + 1 for number, step in enumerate(steps)}
            equals.setdefault((off, person.skills & asked, tuple(free[one])), []).append((count, carried))
    return uneven, list(equals.values())


def _limit(
    program: IntegerProgram,
    place: Mapping[tuple[int, int], int],
    one: int,
    own: Sequence[int],
    shifts: Sequence[Shift],
    rules: DutyRules,
) -> None:
    """Demand rest between a person's duties and the limit of each week.

    With the rest added to their ends, shifts are intervals: of those running at one beginning, one may be theirs.
    """
    running: list[int] = []
    for shift in own:
        still = [other for other in running if rules.clash(shifts[other], shifts[shift])]
        if len(still) < len(running):
            program.choose((place[one, other] for other in running), 1)
        running = [*still, shift]
    program.choose((place[one, other] for other in running), 1)
    if rules.per_week is not None:
        for _, week in groupby(own, key=lambda shift: rules.week(shifts[shift])):
            program.choose((place[one, shift] for shift in week), rules.per_week)


def _most(own: Sequence[int], shifts: Sequence[Shift], weeks: Sequence[str], rules: DutyRules) -> int:
    """Return a number of duties that nobody can exceed: as many as fit, week by week."""
    total = 0
    for _, week in groupby(own, key=weeks.__getitem__):
        fitting, until = 0, None
        for shift in sorted((shifts[number] for number in week), key=lambda shift: shift.end):
            if until is None or shift.start >= until:
                fitting, until = fitting + 1, shift.end + rules.rest
        total += fitting if rules.per_week is None else min(fitting, rules.per_week)
    return total


def _fairest(program: IntegerProgram, uneven: Terms, equals: Iterable[Equals], nodes: int) -> bool:
    """Find the values least unequal, then least uneven, and say whether both are proven.

    Where the least uneven ones already keep equals within one, nothing is less unequal: then that is all.
    """
    proven = program.solve(uneven, nodes)
    counts = [[carried + program.value(count) for count, carried in group] for group in equals]
    if all(max(group) - min(group) <= 1 for group in counts):
        return proven
    even = program.reach({_excess(program, group): 1 for group in equals}, nodes)
    return program.solve(uneven, nodes) and even


def _excess(program: IntegerProgram, counts: Sequence[tuple[Terms, int]]) -> int:
    """Add a column for how far the counts of equals differ by more than one, and return it."""
    unbounded = float("inf")
    low, excess = program.column(unbounded, whole=False), program.column(unbounded, whole=False)
    for count, carried in counts:  # low <= carried + count <= low + 1 + excess
        program.row({**count, low: -1}, -carried, unbounded)
        program.row({**count, low: -1, excess: -1}, -unbounded, 1 - carried)
    return excess
