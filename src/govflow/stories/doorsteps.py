"""Every household of a community called on, by teams of three with a patch each (包干到户, 入户走访).

Who is in which team and which doors a team has is planned by ``planning.teams`` and ``planning.patches``; a call keeps
the closed list of the visit's fields, and what a household asks for becomes a case of its own: at the estate branch
through the mini-program, or with the team itself where members help on the spot. Next: ``shiwan``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import define, field

from govflow.calendar import DAY, HOUR, MINUTE
from govflow.casework import Case, Directory
from govflow.community import Community
from govflow.organization import Post
from govflow.planning import Door, Patches, form_teams, plan_patches
from govflow.planning.standing_visits import open_visits, visits_to_patches
from govflow.stories.crew import SETTLING, Ends, Hand, Plays
from govflow.stories.stage import Process, Stage

SKILLS = (("care",), ("law",), ("digital",), ())
FLATS = 3
"""Flats on a floor of the buildings that stand for an estate each (assumed)."""

CALL = 18 * MINUTE
"""From one door to the next: ten households in three hours (assumed)."""

ENDS: Ends = {"resolve": {}, "escalate": {"reason": "needs_coordination"}}
"""How the work of an estate branch ends."""

NOT_WISHED, NOT_MET, VERIFICATION, OPINION = 0.04, 0.15, 0.08, 0.06
"""How often a call is not wished, nobody is met, help with verification is asked for, an opinion is given (assumed)."""


@define(eq=False)
class Patchwork:
    """The teams and patches of a community: who is where, who has which doors."""

    community: Community
    unit: str
    teams: dict[str, tuple[str, ...]] = field(factory=dict)
    plans: dict[str, Patches] = field(factory=dict)
    floors: dict[str, int] = field(factory=dict)

    def plan(self) -> Directory:
        """Form the teams of each estate out of its members, give them patches, and return who holds which post."""
        organization = self.community.organization
        for estate in organization.subordinates(self.unit):
            units = organization.subordinates(estate)
            slug = estate.partition("/")[2]
            people = sum(organization.handlers[organization.index(unit)] for unit in units)
            members = {f"member:example-{slug}-{n + 1}": SKILLS[n % len(SKILLS)] for n in range(people)}
            formed = form_teams(members, prefix=f"team/{slug}-")
            self.teams |= {unit: formed.members(unit) for unit in units}
            doors = list(self._doors(estate, units))
            self.floors |= {door.household: door.floor for door in doors}
            self.plans[estate] = plan_patches(doors, units)
        return Directory(posts=tuple(Post(unit, member) for unit, who in self.teams.items() for member in who))

    def _doors(self, estate: str, units: Sequence[str]) -> Iterator[Door]:
        organization = self.community.organization
        number = 0
        for unit in units:
            for n in range(organization.households[organization.index(unit)]):
                yield Door(f"household/{unit.partition('/')[2]}-{n + 1}", estate, number // FLATS + 1)
                number += 1

    @property
    def uncovered(self) -> int:
        """How many households of the community no team has, or more than one."""
        held = [household for plan in self.plans.values() for patch in plan.patches for household in patch.holds]
        return len(set(self.floors) - set(held)) + len(held) - len(set(held))


def call_on_all(stage: Stage, work: Patchwork, day: int) -> Process:
    """Plan a round to every door of every patch for one day, and let the teams go round."""
    yield day - 7 * DAY
    cases: dict[str, Case] = {}
    for plan in work.plans.values():
        times = [day + n * CALL for n in range(max(plan.sizes))]
        for case in open_visits(stage.desk, visits_to_patches(plan, work.teams, times), by=lambda unit: f"{unit}#1"):
            cases[str(case.facts["household"])] = case
    for plan in work.plans.values():
        for patch in plan.patches:
            stage.begin(go_round(stage, [cases[one].id for one in patch.holds], work.teams[patch.team][0], day))


def go_round(stage: Stage, cases: Iterable[str], who: str, day: int) -> Process:
    """Go from door to door; who was not at home is called on again on the evenings after."""
    left = list(cases)
    for attempt in range(1, 5):
        yield day
        again = []
        for case in left:
            begins = stage.now
            if call(stage, case, who, attempt, day + 3 * DAY):
                again.append(case)
            yield begins + CALL
        left, day = again, stage.instant(stage.date(day + 3 * DAY) + "T19:00")
        if not left:
            return


def call(stage: Stage, case: str, who: str, attempt: int, next_day: int) -> bool:
    """Call on one household, and say whether somebody has to come again."""
    desk, facts = stage.desk, stage.desk.case(case).facts
    home = str(facts["household"])
    if stage.luck("at home", home, attempt) < NOT_MET:
        if attempt < 4:
            desk.act(case, "nobody_home", by=who, visit_on=stage.date(next_day))
            return True
        desk.act(case, "give_up", by=f"{facts['unit']}#1")
        return False
    if stage.luck("wished", home) < NOT_WISHED:
        desk.act(case, "not_wished", by=who)
        return False
    desk.act(case, "call", by=who)
    rented = stage.luck("rented", home) < 0.3
    said: dict[str, Any] = {
        "housing": "rented" if rented else "owned",
        "people": 1 + int(4 * stage.luck("people", home)),
    }
    desk.act(case, "register", by=who, moved_in=f"{2004 + int(16 * stage.luck('since', home))}-03-01", **said)
    asked = stage.luck("asks", home)
    if asked < VERIFICATION:
        _file(stage, case, who, home, "pension", "doorstep")
    elif asked < VERIFICATION + OPINION:
        _file(stage, case, who, home, ("parking", "property", "sanitation")[int(stage.luck("what", home) * 3)], "app")
    desk.act(case, "finish", by=who)
    return False


def _file(stage: Stage, case: str, who: str, home: str, category: str, channel: str) -> None:
    reporter = f"resident:example-{home.partition('/')[2]}"
    child = {"category": category, "channel": channel, "reporter": reporter, "text": "Said at the door."}
    stage.desk.act(case, "file_grievance", by=who, text="Said at the door.", child=child)


def coordinating(work: Patchwork) -> Plays:
    """Return the plays of an estate branch: it asks a member of the household's own team to help, and settles it."""

    def coordinate(stage: Stage, case: Case, hand: Hand) -> Process:
        team = work.teams.get(str(case.facts["home"]), ())
        case = stage.desk.act(case, "start", by=hand.id)
        if team:
            helper = team[int(stage.luck("helps", case.id) * len(team))]
            if helper not in case.facts.get("helpers", ()):
                stage.desk.act(case, "ask_help", by=hand.id, helper=helper)
            yield stage.now + HOUR
            stage.desk.act(case, "help_given", by=helper, text="I have looked after it.")
        yield hand.hours.after(stage.now, stage.takes(case, "handling", day=hand.hours.calendar.day))
        if stage.stands(case):
            end = stage.ends(case, "handling", ENDS)
            stage.desk.act(case, end, by=hand.id, **ENDS[end])

    return {**SETTLING, ("grievance", "assigned"): coordinate}
