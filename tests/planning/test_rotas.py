"""Rotas: the rules are kept, nobody is fairer by brute force, equals differ by one, and little moves."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

import govflow
from govflow.calendar import DAY, HOUR, Calendar
from govflow.errors import DefinitionError, UnknownName, UsageError
from govflow.planning.duty import DutyRules, Person, Rota, breaches, swap
from govflow.planning.rotas import rota
from govflow.planning.shifts import Shift, shifts_from
from govflow.planning.timetables import Stop, Timetable, sessions, take_turns
from tests.planning.year import year

ZONE = "Asia/Shanghai"
MONDAY = Calendar.from_data("days", {"hours": {"mon-fri": "09:00-17:00"}}, ZONE).instant("2026-01-05")


def hours(start: int, length: int = 4) -> tuple[int, int]:
    """Return the instants of a shift that begins so many hours after the Monday."""
    return MONDAY + start * HOUR, MONDAY + (start + length) * HOUR


def named(number: int) -> str:
    """Return an example's id."""
    return f"member:example-{number}"


# ------------------------------------------------------------ small cases, for brute force
@st.composite
def small_cases(draw):
    """Draw at most four people and four shifts with all the rules there are, and perhaps an earlier rota."""
    shifts = []
    for number in range(draw(st.integers(1, 4))):
        needs = draw(st.integers(1, 2))
        skills = {"law": 1} if draw(st.booleans()) else {}
        start, end = hours(draw(st.integers(0, 40)), draw(st.sampled_from([2, 8])))
        shifts.append(Shift(f"s{number}", start, end, needs=needs, skills=skills, off=draw(st.booleans())))
    people = []
    for number in range(draw(st.integers(1, 3))):
        away = (hours(draw(st.integers(0, 40)), 12),) if draw(st.booleans()) else ()
        skills = {"law"} if draw(st.booleans()) else set()
        people.append(Person(named(number), skills, away=away, carried=draw(st.integers(0, 2))))
    rules = DutyRules(rest=draw(st.sampled_from([0, 6])) * HOUR, per_week=draw(st.sampled_from([None, 1, 2])))
    before = {
        shift.id: tuple(person.id for person in people if draw(st.booleans()))[: shift.needs]
        for shift in (shifts if draw(st.booleans()) else [])
    }
    return people, shifts, rules, before


def merit(people, shifts, before, duty) -> tuple[int, int, int, int]:
    """Return what `rota` promises to make least, in its order, reckoned from nothing but the duty itself."""
    skills = {person.id: person.skills for person in people}
    left_open = sum(shift.needs - len(duty[shift.id]) for shift in shifts)
    for shift in shifts:
        for skill, least in shift.skills.items():
            left_open += max(0, least - sum(skill in skills[one] for one in duty[shift.id]))
    moved = sum(len(set(had) - set(duty[shift])) for shift, had in before.items())
    groups: dict[object, list[tuple[int, int]]] = {}
    asked = {skill for shift in shifts for skill in shift.skills}
    for person in people:
        own = [shift for shift in shifts if person.id in duty[shift.id]]
        count = (person.carried + len(own), person.carried_off + sum(shift.off for shift in own))
        free = tuple(shift.id for shift in shifts if is_free(person, shift))
        groups.setdefault((person.skills & asked, free), []).append(count)
    excess = sum(
        max(0, max(counts) - min(counts) - 1) for group in groups.values() for counts in zip(*group, strict=True)
    )
    return left_open, moved, excess, sum(n * n for group in groups.values() for count in group for n in count)


def is_free(person: Person, shift: Shift) -> bool:
    """Say whether no absence of a person touches a shift."""
    return all(shift.end <= begin or end <= shift.start for begin, end in person.away)


def allowed(shifts, rules, own) -> bool:
    """Say whether one person may do all of some shifts (all here lie in one week)."""
    if rules.per_week is not None and len(own) > rules.per_week:
        return False
    return all(
        one.end + rules.rest <= other.start or other.end + rules.rest <= one.start
        for one, other in combinations([shift for shift in shifts if shift.id in own], 2)
    )


def brute_force(people, shifts, rules, before) -> tuple[int, int, int, int]:
    """Return the best merit of all rotas there are."""
    choices = []
    for shift in shifts:
        free = sorted(person.id for person in people if is_free(person, shift))
        choices.append(list(chain.from_iterable(combinations(free, size) for size in range(shift.needs + 1))))
    best = None
    for chosen in product(*choices):
        duty = {shift.id: present for shift, present in zip(shifts, chosen, strict=True)}
        held = [{shift for shift, present in duty.items() if person.id in present} for person in people]
        if all(allowed(shifts, rules, own) for own in held):
            found = merit(people, shifts, before, duty)
            best = found if best is None else min(best, found)
    return best


@settings(max_examples=60)
@given(small_cases())
def test_no_rota_is_better_by_brute_force(case):
    """On small cases no rota within the rules leaves fewer places open, moves less, or is fairer, in this order."""
    people, shifts, rules, before = case
    plan = rota(people, shifts, rules, before=before)
    assert plan.proven
    assert merit(people, shifts, before, plan.duty) == brute_force(people, shifts, rules, before)
    assert plan.moved == merit(people, shifts, before, plan.duty)[1]


@settings(max_examples=60)
@given(small_cases(), st.randoms(use_true_random=False))
def test_a_rota_keeps_the_rules_and_the_order_of_input_changes_nothing(case, random):
    """Only open places are ever breached, each is told as a vacancy, and shuffled people and shifts give the same."""
    people, shifts, rules, before = case
    plan = rota(people, shifts, rules, before=before)
    assert {breach.rule for breach in breaches(plan)} <= {"headcount", "skill"}
    assert [(vacancy.shift, vacancy.skill is None) for vacancy in plan.open] == [
        (breach.shift, breach.rule == "headcount") for breach in sorted_like(plan, breaches(plan))
    ]
    assert all("search" not in vacancy.why for vacancy in plan.open if vacancy.skill is None)
    random.shuffle(people)
    random.shuffle(shifts)
    assert rota(people, shifts, rules, before=before) == plan


def sorted_like(plan: Rota, found):
    """Put breaches into the order of the vacancies: by shift, headcount first."""
    order = [shift.id for shift in plan.shifts]
    return sorted(found, key=lambda breach: (order.index(breach.shift), breach.rule))


# ------------------------------------------------------------ fairness
@settings(max_examples=25)
@given(st.integers(1, 6), st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=12))
def test_equals_differ_by_at_most_one(number, wanted):
    """Where shifts do not touch, counts of any two equals, and counts of weekends, differ by at most one."""
    shifts = [
        Shift(f"s{day}", *hours(24 * day), needs=min(needs, number), off=off) for day, (needs, off) in enumerate(wanted)
    ]
    plan = rota([Person(named(one)) for one in range(number)], shifts, DutyRules(rest=11 * HOUR))
    for counts in zip(*plan.counts().values(), strict=True):
        assert max(counts) - min(counts) <= 1
    assert plan.proven
    assert not plan.open


def test_duties_carried_over_count():
    """Whoever did more in an earlier quarter does less in this one."""
    shifts = [Shift(f"s{day}", *hours(24 * day)) for day in range(5)]
    plan = rota([Person(named(0), carried=3), Person(named(1)), Person(named(2))], shifts)
    assert sorted(plan.counts().values()) == [(2, 0), (3, 0), (3, 0)]
    assert not plan.of(named(0))


def test_equals_within_one_go_before_the_sum_of_squares():
    """Where a longer shift shuts out three, no rota is within one: the excess is the least, and said to be proven."""
    shifts = [Shift("long", *hours(0, 12)), *(Shift(f"s{part}", *hours(4 * part)) for part in range(3))]
    plan = rota([Person(named(0)), Person(named(1))], shifts)
    assert sorted(plan.counts().values()) == [(1, 0), (3, 0)]
    assert plan.proven


def test_a_search_that_is_cut_short_keeps_the_rules_and_says_so():
    """With no branch to search a rota is not proven, and breaks nothing but headcount."""
    shifts = [Shift(f"s{day}", *hours(24 * day), needs=2) for day in range(10)]
    plan = rota([Person(named(one)) for one in range(5)], shifts, DutyRules(per_week=4), nodes=0)
    assert not plan.proven
    assert {breach.rule for breach in breaches(plan)} <= {"headcount"}


# ------------------------------------------------------------ change
@settings(max_examples=15)
@given(st.integers(4, 8), st.integers(0, 9), st.integers(1, 4))
def test_an_absence_moves_only_the_duties_of_whoever_is_absent(number, first, days):
    """With people to spare, replanning moves exactly the absent one's duties, and equals stay within one."""
    shifts = [Shift(f"s{day}", *hours(24 * day)) for day in range(14)]
    people = [Person(named(one)) for one in range(number)]
    plan = rota(people, shifts)
    absent = plan.duty[f"s{first}"][0]
    away = (MONDAY + first * DAY, MONDAY + (first + days) * DAY)
    now = [evolve(person, away=(away,)) if person.id == absent else person for person in people]
    again = rota(now, shifts, before=plan.duty)
    lost = [shift for shift in plan.of(absent) if away[0] <= shift.start < away[1]]
    assert (again.moved, again.open, again.proven) == (len(lost), (), True)
    others = [total for one, (total, _) in again.counts().items() if one != absent]
    assert max(others) - min(others) <= 1


def test_what_has_begun_stays_as_it_was():
    """Duties of shifts begun before `at` stay, even where their people are gone or had too little rest."""
    shifts = [Shift(f"s{part}", *hours(6 * part, 5)) for part in range(4)]
    people = [Person(named(0), away=(hours(0, 5),)), Person(named(1))]
    before = {"s0": (named(0),), "s1": (named(0),), "s2": (named(0),), "s3": (named(1),)}
    plan = rota(people, shifts, DutyRules(rest=8 * HOUR), before=before, at=shifts[2].start)
    assert plan.duty == {"s0": (named(0),), "s1": (named(0),), "s2": (), "s3": (named(1),)}
    assert (plan.moved, plan.proven) == (1, True)
    assert [(vacancy.shift, vacancy.why) for vacancy in plan.open] == [("s2", {"rest": (named(0), named(1))})]


def test_a_swap_keeps_the_rules_or_says_which_it_breaks():
    """A swap within the rules gives the new rota; one that breaks a rule is refused by its name."""
    shifts = [Shift("mon", *hours(0)), Shift("tue", *hours(24)), Shift("wed", *hours(48), skills={"law": 1})]
    people = [Person(named(0), away=(hours(24, 24),)), Person(named(1)), Person(named(2), {"law"})]
    plan = rota(people, shifts, DutyRules(per_week=1))
    assert plan.duty == {"mon": (named(0),), "tue": (named(1),), "wed": (named(2),)}
    with pytest.raises(UsageError, match="away: member:example-0 is away during tue"):
        swap(plan, (named(0), "mon"), (named(1), "tue"))
    with pytest.raises(UsageError, match="skill: 1 place without 'law'"):
        swap(plan, (named(1), "tue"), (named(2), "wed"))
    with pytest.raises(UsageError, match="week: member:example-2 has 2 duties"):
        swap(plan, (named(0), "mon"), (named(2), None))
    with pytest.raises(UsageError, match="must be on duty"):
        swap(plan, (named(0), "tue"), (named(2), "wed"))
    with pytest.raises(UnknownName, match="did you mean"):
        swap(plan, (named(0), "mon"), ("member:exampl-1", None))
    free = evolve(plan, rules=DutyRules())
    taken = swap(free, (named(0), "mon"), (named(2), None))
    assert (taken.duty["mon"], taken.of(named(0)), taken.proven) == ((named(2),), (), False)


# ------------------------------------------------------------ what cannot be staffed
def test_a_shift_that_cannot_be_staffed_says_why():
    """Every person who is not on the shift is named under what keeps them from it."""
    office = Calendar.from_data("office", {"hours": {"tue-fri": "09:00-17:00"}}, ZONE)
    shifts = [Shift("a", *hours(10), needs=2), Shift("b", *hours(11), needs=4, skills={"law": 1})]
    people = [
        Person(named(0), away=(hours(0, 24),)),
        Person(named(1)),
        Person(named(2)),
        Person(named(3), hours=office),
        Person(named(4), {"law"}, away=(hours(12, 1),)),
    ]
    plan = rota(people, shifts, DutyRules(per_week=1))
    assert plan.proven
    lawless = next(vacancy for vacancy in plan.open if vacancy.skill == "law")
    assert lawless.why["away"] == (named(4),)
    assert "1 place without 'law' (away: member:example-4; skill: " in str(lawless)
    for vacancy in plan.open:
        if vacancy.skill is None:
            assert vacancy.why["away"][0] == named(0)
            assert vacancy.why["hours"] == (named(3),)
            assert set(vacancy.why) <= {"away", "hours", "rest"}


def test_malformed_input_is_told_whole():
    """Every id that is given twice comes in one error."""
    with pytest.raises(DefinitionError) as caught:
        rota([Person("x"), Person("x")], [Shift("a", 0, 1), Shift("a", 1, 2)])
    assert [fault.path for fault in caught.value.faults] == ["people.x", "shifts.a"]
    with pytest.raises(UnknownName, match="did you mean"):
        rota([Person(named(1))], []).of("member:exampl-1")


# ------------------------------------------------------------ a community
def test_chengnan_staffs_48_sessions_without_double_booking():
    """Chengnan's handlers staff 48 publicity sessions over its grids beside the station's own duty, two a shift."""
    chengnan = govflow.load("chengnan")
    organization, office = chengnan.organization, chengnan.calendars["office"]
    people = [
        Person(f"{unit}#{post}")
        for unit in organization.units()
        for post in range(1, organization.handlers[organization.index(unit)] + 1)
    ]
    start = office.instant("2026-01-05")
    mobile = Timetable("station/mobile", [Stop("", {"wed": "17:00-19:00"})])
    wanted = int(chengnan.figures["publicity_sessions"].value)
    held = take_turns(organization.units("grid"), sessions(mobile, office, start, start + 360 * DAY, needs=2)[:wanted])
    station = shifts_from(office, start, held[-1].end, unit="station/mall", needs=1)
    plan = rota(people, [*held, *station], DutyRules(rest=11 * HOUR, per_week=2))
    assert (len(held), plan.open, breaches(plan), plan.proven) == (48, (), (), True)
    totals = [total for total, _ in plan.counts().values()]
    assert max(totals) - min(totals) <= 1


@pytest.mark.slow
def test_four_quarters_for_fifty_people_are_planned():
    """A year of a station of six days, evenings every day and two mobile sessions a week, with leave: proven best."""
    plan = rota(*year(seed=1))
    assert (plan.open, breaches(plan), plan.proven) == ((), (), True)
