"""Pairs and visits on a desk (结对, 走访): what was planned becomes cases, once each, however often it is laid there.

A household agrees to its pairing on the desk and ends it there; a plan only proposes. Who is paired is decided in
``planning.pairing``, when they meet in ``planning.visits``, who looks after whom in ``planning.patches``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from govflow.calendar import local_time
from govflow.casework import Act, Case, Desk, Open
from govflow.casework.pages import each
from govflow.errors import UnknownName, UsageError
from govflow.planning.checks import Instant, checked
from govflow.planning.pairing import Pairing
from govflow.planning.patches import Patches
from govflow.planning.visits import Visit

By = str | Callable[[str], str]
"""Who acts: one actor, or a function from the unit that has a case to its actor."""


@checked
def open_pairings(desk: Desk, plan: Pairing, *, by: By) -> list[Case]:
    """Lay a pairing on the desk and return its open cases, one for each household, in order of household.

    A household without an open pairing gets one; a member who is not a companion yet is named; a pair that the plan
    ends is stepped down from. Everything else stays as it is, also what the household has agreed to. Two commits: the
    openings, then all the rest.
    """
    wanted: dict[str, list[str]] = {}
    for pair in plan.pairs:
        wanted.setdefault(pair.whom, []).append(pair.member)
    known = _open_by_household(desk, "pairing")
    fresh = [whom for whom in wanted if whom not in known]
    opened = desk.batch([Open("pairing", _actor(by, _contact(desk, whom)), household=whom) for whom in fresh])
    known |= {case.facts["household"]: case for case in opened}
    named = [
        Act(known[whom].id, "name", _actor(by, known[whom].unit), fields={"companion": member})
        for whom, members in wanted.items()
        for member in members
        if member not in known[whom].facts.get("helpers", ())
    ]
    ended = [
        Act(known[pair.whom].id, "step_down", pair.member)
        for pair in plan.ended
        if pair.whom in known and pair.member in known[pair.whom].facts.get("helpers", ())
    ]
    changed = {case.id: case for case in desk.batch([*named, *ended])}
    return [changed.get(known[whom].id, known[whom]) for whom in sorted(wanted)]


@checked
def open_visits(desk: Desk, planned: Iterable[Visit], *, by: By) -> list[Case]:
    """Open a visit for each household and day of a plan, with all who go along, and return those opened, in order.

    A visit that is open already on that household and day is left as it is. The record names who goes and when, and
    nothing of the household but its id (rule C6).
    """
    zone = desk.community.zone
    days: dict[tuple[str, str], list[str]] = {}
    for visit in sorted(planned):
        day = local_time(visit.at, zone).date().isoformat()
        days.setdefault((visit.whom, day), []).append(visit.member)
    known = {(case.facts["household"], _day(desk, case)) for case in each(desk, lifecycle="visit", open=True)}
    fresh = {key: members for key, members in days.items() if key not in known}
    opened = desk.batch(
        [
            Open("visit", _actor(by, _contact(desk, whom)), household=whom, fields={"visit_on": day})
            for whom, day in fresh
        ]
    )
    along = [
        Act(case.id, "go_along", _actor(by, case.unit), fields={"visitor": member})
        for case, members in zip(opened, fresh.values(), strict=True)
        for member in dict.fromkeys(members)
    ]
    return list({case.id: case for case in [*opened, *desk.batch(along)]}.values())


def _day(desk: Desk, case: Case) -> str:
    """Return the day for which a visit is planned now."""
    said = [event.fields["visit_on"] for event in desk.history(case) if "visit_on" in event.fields]
    return str(said[-1])


@checked
def visits_to_patches(
    patches: Patches, teams: Mapping[str, Sequence[str]], instants: Iterable[Instant]
) -> Iterator[Visit]:
    """Yield a round of visits that leaves no household of any patch out: each team goes together, a household a time.

    `teams` says who is in each team; the n-th household of a patch is visited at the n-th of `instants`, and where
    there are more households than instants they begin anew. UnknownName for a team without members, UsageError for no
    instants.

    >>> from govflow.planning import Patch
    >>> plan = Patches((Patch("team/1", ("household/a", "household/b"), 2),))
    >>> round_of = visits_to_patches(plan, {"team/1": ["member:example-1", "member:example-2"]}, [10, 20])
    >>> [(visit.at, visit.whom, visit.member[-1]) for visit in round_of]
    [(10, 'household/a', '1'), (10, 'household/a', '2'), (20, 'household/b', '1'), (20, 'household/b', '2')]
    """
    times = tuple(instants)
    if not times:
        raise UsageError("a round of visits at no instants: give at least one")
    for patch in patches.patches:
        if not teams.get(patch.team):
            raise UnknownName("team with members", patch.team, teams)
        for number, household in enumerate(patch.holds):
            for member in teams[patch.team]:
                yield Visit(times[number % len(times)], household, member)


def _open_by_household(desk: Desk, lifecycle: str) -> dict[str, Case]:
    return {case.facts["household"]: case for case in each(desk, lifecycle=lifecycle, open=True)}


def _contact(desk: Desk, household: str) -> str:
    return desk.directory.households.get(household) or desk.community.organization.contact(household)


def _actor(by: By, unit: str) -> str:
    return by if isinstance(by, str) else by(unit)
