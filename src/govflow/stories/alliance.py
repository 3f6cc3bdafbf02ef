"""The alliance at work: seven member units with something to give, and a lane whose shops refused their new signs.

A project is decided on when everybody at its table has accepted the same words; who sits there speaks when the joint
conference meets. What units offer stands on the resource list, each good for one project at a time; which need it meets
is matched, and needs that nobody has the means for stay on the demand list.
"""

from __future__ import annotations

from collections.abc import Mapping

from govflow.calendar import DAY, HOUR
from govflow.casework import Case
from govflow.community import conference_calendar, conference_sessions
from govflow.planning import Demand, Matching, Offer, match
from govflow.stories.stage import Process, Stage

CLERK = "committee/beida#1"

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


def meetings(stage: Stage, until: int) -> list[int]:
    """Return when the joint conference sits from now up to an instant."""
    table = stage.community.organization.conference_units[0][1]
    days = conference_calendar(stage.community, table)
    return list(conference_sessions(table, days, start=stage.now, until=until))


def sign(stage: Stage, resource: str, months: int) -> Process:
    """Make a project of a match: propose it, sit down at the next conference, accept, carry it out, inspect it."""
    unit = str(stage.desk.case(resource).facts["reporter"])
    desk, sits = stage.desk, meetings(stage, stage.now + 60 * DAY)
    case = desk.open("project", by=unit, text="Co-building with a member unit.")
    yield sits[0]
    for party in (CLERK, unit):
        case = desk.act(case, "invite", by=CLERK, party=party)
    desk.act(case, "form_group", by=CLERK)
    desk.act(case, "lay_plan", by=CLERK, plan="Who does what, how often, until when.")
    yield sits[1]
    for party in (CLERK, unit):
        desk.act(case, "accept", by=party)
    desk.act(case, "decide", by=CLERK, plan="As laid before the group.")
    desk.act(resource, "book", by=CLERK, item=case.id)
    yield from _built(stage, case, within=months * 30 * DAY)


def lane(stage: Stage) -> Process:
    """Renovate the lane: shops refuse one sign for all, a working group finds another plan, it is built."""
    desk, sits = stage.desk, meetings(stage, stage.now + 120 * DAY)
    shops, worthies = "partner/shops", "partner/returned_worthies"
    case = desk.open("project", by=CLERK, category="lane_renovation", text="New fronts for the lane.")
    for party in (CLERK, shops):
        case = desk.act(case, "invite", by=CLERK, party=party)
    desk.act(case, "form_group", by=CLERK)
    desk.act(case, "lay_plan", by=CLERK, plan="One colour and one size of lantern for every shop.")
    yield sits[0]
    desk.act(case, "accept", by=CLERK)
    desk.act(case, "take_position", by=shops, position="against", text="Customers know us by our own.")
    desk.act(case, "object", by=shops, text="Not like this.")
    desk.act(case, "invite", by=CLERK, party=worthies)
    yield sits[1]
    desk.act(case, "lay_plan", by=worthies, plan="One height and one light; colour and letters are the shop's own.")
    yield sits[2]
    for party in (CLERK, worthies, shops):
        desk.act(case, "accept", by=party)
    desk.act(case, "decide", by=CLERK, plan="One height, one light, own letters.")
    yield from _built(stage, case, within=45 * DAY)


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
