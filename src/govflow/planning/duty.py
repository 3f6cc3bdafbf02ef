"""Duty (轮值): who may do which shift, what a finished rota looks like, and which rules it keeps.

The rules are written here once: `rota` plans within them, `breaches` finds what breaks them, `swap` refuses what
would. People are opaque ids, a member's or a partner unit's; nothing here knows a name. How a rota is found is in
``planning.rotas``, what is to be staffed in ``planning.shifts``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from attrs import evolve, field, frozen

from govflow.calendar import ALWAYS, Calendar, local_time
from govflow.calendar.instants import load_zone
from govflow.errors import UnknownName, UsageError
from govflow.planning.checks import Name, Natural, Whole, Window, checked
from govflow.planning.inputs import names
from govflow.planning.shifts import Shift

Carried = Annotated[int, Whole(0, 1_000_000)]
"""Duties brought over."""

Duty = Mapping[str, tuple[str, ...]]
"""Who is on duty: shift id → the ids of its people, sorted."""


@checked
@frozen
class Person:
    """Somebody who takes duty: a member, or a partner unit in its turn.

    Free for a shift that lies whole in `hours` and touches no half-open span of `away` (leave, absence).
    `carried` and `carried_off` are the duties brought over from earlier rotas; they count as done.
    """

    id: Name
    skills: frozenset[str] = field(default=frozenset(), converter=names)
    hours: Calendar = ALWAYS
    away: tuple[Window, ...] = ()
    carried: Carried = 0
    carried_off: Carried = 0


def _known_zone(_: object, __: object, zone: str) -> None:
    load_zone(zone)


@checked
@frozen
class DutyRules:
    """What holds for everybody: `rest` in microseconds between two duties, at most `per_week` of them.

    A week begins on Monday in `zone`, and a duty belongs to the week it begins in. Nobody is ever on two shifts at
    once. No other rule is assumed.
    """

    rest: Natural = 0
    per_week: Natural | None = None
    zone: str = field(default="Asia/Shanghai", validator=_known_zone)

    def week(self, shift: Shift) -> str:
        """Return the Monday of the week that a shift belongs to, as an ISO date."""
        day = local_time(shift.start, self.zone).date()
        return (day - timedelta(days=day.weekday())).isoformat()

    def clash(self, first: Shift, second: Shift) -> bool:
        """Say whether nobody may do both: they overlap, or too little rest lies between them."""
        return first.start < second.end + self.rest and second.start < first.end + self.rest


@checked
@frozen
class Breach:
    """A rule that a rota breaks: ``away``, ``hours``, ``overlap``, ``rest``, ``week``, ``headcount``, ``skill``."""

    rule: str
    shift: str
    person: str | None
    text: str


@checked
@frozen
class Vacancy:
    """Places of a shift that stay open, or that lack a `skill`, and `why`: what keeps everybody else from it.

    `why` maps ``away``, ``hours``, ``skill`` (has it not), ``rest`` (on duty too near), ``week`` (has enough that
    week) and ``search`` (nothing: the search ended early) to people's ids.
    """

    shift: str
    places: int
    skill: str | None
    why: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        lacking = f" without {self.skill!r}" if self.skill else " open"
        reasons = "; ".join(f"{reason}: {', '.join(people)}" for reason, people in self.why.items())
        return (
            f"{self.shift}: {self.places} place{'s' * (self.places > 1)}{lacking} ({reasons or 'there is nobody else'})"
        )


@checked
@frozen
class Rota:
    """A finished rota: its `duty`, what stays `open` and why, and how many earlier duties were `moved`.

    `proven` says that no rota leaves fewer places open, then moves fewer duties, then is fairer; see `rotas.rota`.
    """

    people: tuple[Person, ...] = field(repr=False)
    shifts: tuple[Shift, ...] = field(repr=False)
    rules: DutyRules
    duty: Duty = field(repr=False)
    open: tuple[Vacancy, ...] = ()
    moved: int = 0
    proven: bool = False

    def of(self, person: str) -> tuple[Shift, ...]:
        """Return the shifts of one person, in order; UnknownName for somebody not in this rota."""
        if all(known.id != person for known in self.people):
            raise UnknownName("person", person, [known.id for known in self.people])
        return tuple(shift for shift in self.shifts if person in self.duty[shift.id])

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return each person's number of duties and, of them, those on weekends and holidays; carried ones too."""
        total, off = Counter[str](), Counter[str]()
        for shift in self.shifts:
            total.update(self.duty[shift.id])
            off.update(self.duty[shift.id] if shift.off else ())
        return {one.id: (one.carried + total[one.id], one.carried_off + off[one.id]) for one in self.people}


def obstacle(person: Person, shift: Shift) -> str | None:
    """Return what keeps a person from a shift whatever else they do: ``away``, ``hours``, or None."""
    if any(begin < shift.end and shift.start < end for begin, end in person.away):
        return "away"
    if person.hours != ALWAYS and person.hours.between(shift.start, shift.end) != shift.end - shift.start:
        return "hours"
    return None


@checked
def breaches(rota: Rota) -> tuple[Breach, ...]:
    """Return every rule that a rota breaks, in order; a rota just planned only ever has open places."""
    shifts = {shift.id: shift for shift in rota.shifts}
    people = {person.id: person for person in rota.people}
    held: dict[str, list[Shift]] = {person: [] for person in sorted(people)}
    for shift in rota.shifts:
        for person in rota.duty[shift.id]:
            held[person].append(shift)
    found = [breach for person, own in held.items() for breach in _personal(people[person], own, rota.rules)]
    for lacking_shift, skill, places in lacking(rota):
        text = f"{places} place{'s' * (places != 1)} {'open' if skill is None else f'without {skill!r}'}"
        found.append(Breach("headcount" if skill is None else "skill", lacking_shift.id, None, text))
    return tuple(sorted(found, key=lambda breach: (shifts[breach.shift].start, breach.shift, breach.rule, breach.text)))


def lacking(rota: Rota) -> Iterator[tuple[Shift, str | None, int]]:
    """Yield what each shift lacks: (shift, None, open places; negative: too many) and (shift, skill, places)."""
    skills = {person.id: person.skills for person in rota.people}
    for shift in rota.shifts:
        present = rota.duty[shift.id]
        if len(present) != shift.needs:
            yield shift, None, shift.needs - len(present)
        for skill, least in sorted(shift.skills.items()):
            having = sum(skill in skills[person] for person in present)
            if having < least:
                yield shift, skill, least - having


def vacancies(rota: Rota) -> tuple[Vacancy, ...]:
    """Return the places that a rota leaves open, each with what keeps everybody else from it."""
    own = {person.id: rota.of(person.id) for person in rota.people} if any(lacking(rota)) else {}
    found = []
    for shift, skill, places in lacking(rota):
        why: dict[str, list[str]] = {}
        for person in rota.people:
            if person.id not in rota.duty[shift.id]:
                reason = _reason(person, shift, skill, own[person.id], rota.rules)
                why.setdefault(reason, []).append(person.id)
        found.append(Vacancy(shift.id, places, skill, {reason: tuple(why[reason]) for reason in sorted(why)}))
    return tuple(found)


@checked
def swap(rota: Rota, first: tuple[str, str], second: tuple[str, str | None]) -> Rota:
    """Return the rota after two people have swapped duties; each is (person, shift), or (person, None).

    With None the second takes the first one's duty over and gives none in return. UsageError names every rule that
    the swap would newly break. The new rota is no longer `proven` the fairest.
    """
    (giver, given), (taker, returned) = first, second
    duty = dict(rota.duty)
    for shift, leaving, coming in ((given, giver, taker), (returned, taker, giver)):
        if shift is None:
            continue
        if leaving not in duty.get(shift, ()) or coming in duty[shift]:
            raise UsageError(f"swap: {leaving} must be on duty at {shift!r} and {coming} must not; see Rota.of")
        duty[shift] = tuple(sorted({*duty[shift], coming} - {leaving}))
    if all(person.id != taker for person in rota.people):
        raise UnknownName("person", taker, [person.id for person in rota.people])
    after = evolve(rota, duty=duty, proven=False)
    known = set(breaches(rota))
    broken = [breach for breach in breaches(after) if breach not in known]
    if broken:
        told = "; ".join(f"{breach.rule}: {breach.text}" for breach in broken)
        raise UsageError(f"swap of {giver} and {taker} breaks {told}; swap other duties")
    return evolve(after, open=vacancies(after))


def _personal(person: Person, own: list[Shift], rules: DutyRules) -> Iterator[Breach]:
    """Yield the rules that one person's duties break; `own` is in order of beginning."""
    for number, shift in enumerate(own):
        if reason := obstacle(person, shift):
            why = "is away during" if reason == "away" else "keeps other hours than"
            yield Breach(reason, shift.id, person.id, f"{person.id} {why} {shift.id}")
        for later in own[number + 1 :]:
            if later.start >= shift.end + rules.rest:
                break
            rule = "overlap" if later.start < shift.end else "rest"
            yield Breach(rule, later.id, person.id, f"{person.id} has {shift.id} and {later.id}")
    if rules.per_week is not None:
        weeks: dict[str, list[Shift]] = {}
        for shift in own:
            weeks.setdefault(rules.week(shift), []).append(shift)
        for week, duties in weeks.items():
            for shift in duties[rules.per_week :]:
                text = f"{person.id} has {len(duties)} duties in the week of {week}, at most {rules.per_week}"
                yield Breach("week", shift.id, person.id, text)


def _reason(person: Person, shift: Shift, skill: str | None, own: Iterable[Shift], rules: DutyRules) -> str:
    """Return what keeps a person who is not on it from a shift."""
    if skill is not None and skill not in person.skills:
        return "skill"
    if reason := obstacle(person, shift):
        return reason
    if any(rules.clash(shift, other) for other in own):
        return "rest"
    week = rules.week(shift)
    if rules.per_week is not None and sum(rules.week(other) == week for other in own) >= rules.per_week:
        return "week"
    return "search"
