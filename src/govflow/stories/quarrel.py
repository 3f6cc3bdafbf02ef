"""A quarrel between neighbours: mediated by the secretary in person, then a department called in, then looked in on.

One recognisable incident of a report, in another place and about another thing: cats fed on a staircase. The neighbour
who minds has spoken to the keeper before, without success; the keeper agrees when a second plan is put to both.
"""

from __future__ import annotations

from govflow.calendar import DAY, HOUR
from govflow.casework import Case
from govflow.stories.crew import Hand, Play, Plays, doing
from govflow.stories.stage import Process, Stage

NEIGHBOUR, KEEPER = "resident:example-neighbour", "resident:example-keeper"
LOOK_IN = 14 * DAY


def quarrel(stage: Stage, unit: str, *, category: str) -> None:
    """Let the neighbour ask a grid branch for help in a quarrel of some category."""
    stage.begin(_neighbour(stage, unit, category))


def _neighbour(stage: Stage, unit: str, category: str) -> Process:
    yield stage.now + 15 * DAY + 19 * HOUR
    words = "Cats are fed on our staircase. I have asked three times; nothing changed."
    stage.desk.open("mediation", by=NEIGHBOUR, category=category, channel="doorstep", unit=unit, text=words)
    stage.when("mediation", "meeting", lambda case: _parties(stage, case))


def _parties(stage: Stage, case: Case) -> Process:
    """Think it over for a day: the neighbour consents to any plan, the keeper to the second."""
    yield stage.now + DAY
    if case.facts.get("counter.rounds", 0) >= 1:
        stage.desk.act(case, "consent", by=NEIGHBOUR)
    if case.facts.get("counter.rounds", 0) >= 2:
        stage.desk.act(case, "consent", by=KEEPER)


def _mediate(stage: Stage, case: Case, hand: Hand) -> Process:
    """Hear both, bring them together, put a plan to them; where they do not consent in two days, another."""
    desk, hours = stage.desk, hand.hours
    case = desk.act(case, "take_up", by=hand.id)
    yield hours.after(stage.now, stage.takes(case, "preparing"))
    desk.act(case, "invite", by=hand.id, party=KEEPER)
    yield hours.after(stage.now, 2 * HOUR)
    desk.act(case, "meet", by=hand.id)
    stage.begin(_until_agreed(stage, case, hand))


def _until_agreed(stage: Stage, case: Case, hand: Hand) -> Process:
    """Come back to the parties, between other work, until both consent; then see to it with the department."""
    desk, plans = stage.desk, ("Feed them in the yard only.", "Feed none; the department takes them to its shelter.")
    for plan in plans:
        desk.act(case, "propose", by=hand.id, terms=plan)
        yield hand.hours.after(stage.now + 2 * DAY, HOUR)
        if (case := desk.case(case)).facts.get("counter.consents", 0) >= case.facts["counter.parties"]:
            desk.act(case, "agree", by=hand.id, visit_on=stage.date(stage.now + LOOK_IN))
            yield from _call_in(stage, case, hand)
            return


def _call_in(stage: Stage, case: Case, hand: Hand) -> Process:
    """Refer what was agreed to the department; whatever it reports back is settled like any other grievance."""
    matter = stage.desk.open(
        "grievance", by=NEIGHBOUR, category=case.category, channel="doorstep", unit=case.unit, text="As agreed."
    )
    stage.desk.act(matter, "accept", by=hand.id)
    stage.desk.act(matter, "start", by=hand.id)
    yield hand.hours.after(stage.now, HOUR)
    stage.desk.act(matter, "refer", by=hand.id, reason="department_duty")


_looking_in: Play = doing("look_in", "visiting", {"kept": {}})

MEDIATING: Plays = {("mediation", "received"): _mediate, ("mediation", "visit_due"): _looking_in}
"""What a secretary does with quarrels."""
