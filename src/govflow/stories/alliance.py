"""The alliance at work: seven member units with something to give, and a lane whose shops refused their new signs.

A project is decided on when everybody at its table has accepted the same words; who sits there speaks when the joint
conference meets, on its days and with its quorum. What units offer stands on the resource list, each good for one
project at a time; which need it meets is matched, and needs that nobody has the means for stay on the demand list.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from attrs import define, field

from govflow.calendar import DAY, HOUR
from govflow.casework import Case
from govflow.planning import Decision, Demand, Matching, Offer, agenda, attending, hold, match
from govflow.stories.stage import Process, Stage

TOP, CLERK = "committee/beida", "committee/beida#1"
SHOPS, WORTHIES, SHOPKEEPER = "partner/shops", "partner/returned_worthies", "resident:example-shop"

COMES = 0.85
"""How often somebody of a party, or who is asked beside them, comes to a session of the joint conference (assumed)."""

IN_SIGHT = 80 * DAY
"""What was not agreed on is looked at again after so long (assumed)."""

OFFERS: Mapping[str, str] = {
    "partner/property": "repairs",
    "partner/owners": "company",
    "partner/returned_worthies": "teaching",
    "partner/shops": "events",
    "department/health": "medicine",
    "department/education": "room",
    "department/fire": "first_aid",
}
"""Which member units have what to give (assumed): seven, each with one thing."""

NEEDS = ("room", "repairs", "events", "company", "teaching", "medicine", "first_aid", "law", "driving")
"""What the community needs (assumed): opening halls, cleaning, guiding traffic, talks, visits, …, and two more."""


def offer(stage: Stage) -> None:
    """Let member units put what they have on the resource list."""
    for unit, skill in OFFERS.items():
        case = stage.desk.open("resource", by=unit, skills=[skill], text="For the community.", room=1)
        stage.desk.act(case, "list", by=CLERK)


def matched(stage: Stage) -> Matching:
    """Match what is needed to what is on the resource list."""
    term = ((stage.now, stage.now + 365 * DAY),)
    listed = stage.find("resource", state="listed")
    offers = [Offer(case.id, _said(stage, case), term, capacity=1) for case in listed]
    return match([Demand(f"need-{skill}", {skill}, work=DAY) for skill in NEEDS], offers)


def _said(stage: Stage, case: Case) -> list[str]:
    return list(stage.desk.history(case)[0].fields["skills"])


@define(eq=False)
class Conference:
    """The joint conference of the alliance: it sits on its days where enough parties are there; and who ever came."""

    stage: Stage
    came: set[str] = field(factory=set)

    def sitting(self, *wanted: str) -> Generator[int | str, None, list[str]]:
        """Wait for the next session that has a quorum and to which all who are `wanted` come; return who is there."""
        stage = self.stage
        while True:
            session = agenda(stage.desk, TOP, stage.now + 1)
            yield session.at
            asked = dict.fromkeys((*session.meeting.parties, *wanted))
            present = [CLERK, *(who for who in asked if who != TOP and self._comes(who))]
            there = attending(stage.desk, session.meeting, present)
            if len(there) >= session.meeting.quorum:
                self.came.update(there)
                if set(wanted) <= set(present):
                    return present

    def _comes(self, who: str) -> bool:
        return self.stage.luck("comes to the table", who, self.stage.now) < COMES

    def decide(self, present: Sequence[str], decision: Decision) -> None:
        """Let those who are there speak on a case of today's agenda, and decide."""
        stage = self.stage
        hold(stage.desk, agenda(stage.desk, TOP, stage.now), [decision], present=present, by=CLERK)


def sign(conference: Conference, resource: str, months: int) -> Process:
    """Make a project of a match: propose it, sit down at the next conference, accept, carry it out, inspect it."""
    stage, desk = conference.stage, conference.stage.desk
    unit = str(desk.case(resource).facts["reporter"])
    case = desk.open("project", by=unit, text="Co-building with a member unit.")
    yield from conference.sitting(unit)
    _table(stage, case, (CLERK, unit), "Who does what, how often, until when.")
    yield from conference.sitting(unit)
    for party in (CLERK, unit):
        desk.act(case, "accept", by=party)
    desk.act(case, "decide", by=CLERK)
    desk.act(resource, "book", by=CLERK, item=case.id)
    yield from _built(stage, case, within=months * 30 * DAY)


def lane(conference: Conference) -> Process:
    """Renovate the lane: its shops refuse one sign for all, and the matter comes before the joint conference.

    There they do not agree, and it is kept in sight; a working group finds a plan that both accept, and it is built.
    """
    stage, desk = conference.stage, conference.stage.desk
    said: dict[str, Any] = {"category": "lane_renovation", "channel": "walk_in", "unit": TOP}
    matter = desk.open("grievance", by=SHOPKEEPER, text="One sign for every shop of the lane? Not for us.", **said)
    desk.act(matter, "accept", by=CLERK)
    desk.act(matter, "convene", by=CLERK, reason="needs_coordination")
    yield from _no_agreement(conference, matter)
    case = _project_of(stage, matter)
    _table(stage, case, (CLERK, SHOPS), "One colour and one size of lantern for every shop.")
    yield from conference.sitting(SHOPS)
    desk.act(case, "accept", by=CLERK)
    desk.act(case, "object", by=SHOPS, text="Customers know us by our own.")
    desk.act(case, "invite", by=CLERK, party=WORTHIES)
    yield from conference.sitting(SHOPS, WORTHIES)
    desk.act(case, "lay_plan", by=WORTHIES, plan="One height and one light; colour and letters are the shop's own.")
    yield from conference.sitting(SHOPS, WORTHIES)
    for party in (CLERK, WORTHIES, SHOPS):
        desk.act(case, "accept", by=party)
    desk.act(case, "decide", by=CLERK)
    yield from _built(stage, case, within=45 * DAY)
    desk.act(matter, "resolve", by=CLERK)
    yield stage.now + DAY
    desk.act(matter, "confirm", by=SHOPKEEPER)


def _no_agreement(conference: Conference, matter: Case) -> Process:
    """Speak about a matter in two sessions; then it is kept in sight until its project is closed."""
    stage = conference.stage
    words = {SHOPS: "Each shop has its own colours."}
    present = yield from conference.sitting(SHOPS)
    conference.decide(present, Decision(matter.id, "another_round", {SHOPS: "against"}, words))
    present = yield from conference.sitting(SHOPS)
    review = {"review_on": stage.date(stage.now + IN_SIGHT)}
    conference.decide(present, Decision(matter.id, "fail_to_agree", {SHOPS: "conditions"}, fields=review))


def _project_of(stage: Stage, matter: Case) -> Case:
    """Make a project of a matter that is kept in sight; whenever the day of review comes, it is put off again."""
    stage.begin(_keep_in_sight(stage, matter))
    after = stage.desk.act(matter, "make_project", by=CLERK, child={"text": "New signs for the lane."})
    return stage.desk.case(after.facts["raised"][-1])


def _keep_in_sight(stage: Stage, matter: Case) -> Process:
    desk = stage.desk
    while True:
        yield matter.id
        now = desk.case(matter)
        if now.state == "assigned":
            if not desk.case(now.facts["raised"][-1]).open:
                return
            review = stage.date(stage.now + IN_SIGHT)
            desk.act(matter, "shelve", by=CLERK, reason="contested", review_on=review)


def _table(stage: Stage, case: Case, parties: Sequence[str], plan: str) -> None:
    """Ask the parties to the table of a project, form the working group, and lay a plan before it."""
    for party in parties:
        stage.desk.act(case, "invite", by=CLERK, party=party)
    stage.desk.act(case, "form_group", by=CLERK)
    stage.desk.act(case, "lay_plan", by=CLERK, plan=plan)


def _built(stage: Stage, case: Case, *, within: int) -> Process:
    """Carry a project out within a time, inspect it on the next day, and close it."""
    desk = stage.desk
    desk.act(case, "build", by=CLERK, finish_by=stage.date(stage.now + within + 10 * DAY))
    yield stage.now + within
    desk.act(case, "finish", by=CLERK)
    yield stage.now + DAY
    desk.act(case, "inspect", by=CLERK)
    yield stage.now + 2 * HOUR
    desk.act(case, "pass", by=CLERK)
    desk.act(case, "close", by=CLERK)
