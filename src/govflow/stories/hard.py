"""Hard matters on the stage: kept in sight, made projects, agreed on, paid for by partners, built, and taken up again.

A project waits for its working group, then for money: each partner gives no more in a quarter than its budget, and
projects are paid for in the order in which they were decided on. Next: ``jiafu``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import define, field

from govflow.calendar import DAY, HOUR
from govflow.casework import Case
from govflow.casework.money import money_of
from govflow.stories.crew import SETTLING, Hand, Play, Plays
from govflow.stories.stage import Process, Stage

REVIEW = 60 * DAY
"""A shelved matter is looked at again after so long, at most (assumed)."""

LEAD = "committee/jiafu#1"


@define(eq=False)
class HardMatters:
    """The hard matters of a community: what each costs in yuan by case, its partners, and what each has given.

    `budget` is what one partner gives in a quarter at most, in yuan (assumed).
    """

    stage: Stage
    top: str
    partners: Sequence[str]
    budget: int
    costs: dict[str, int] = field(factory=dict)
    given: Counter[tuple[str, str]] = field(factory=Counter)

    def begin(self) -> None:
        """Let working groups negotiate, partners pay, and builders build."""
        for state, process in (("negotiating", self._negotiate), ("building", self._build), ("inspected", self._close)):
            self.stage.when("project", state, process)
        self.stage.begin(self._fund())

    def bring(self, number: int, yuan: int, facts: Mapping[str, Any], text: str) -> Process:
        """Write a hard matter into a notebook; the top unit keeps it in sight and plans a project."""
        stage = self.stage
        yield stage.now + round(stage.luck("hard", number) * 14 * DAY)
        who = f"resident:example-hard-{number}"
        case = stage.desk.open("grievance", channel="notebook", by=who, text=text, **facts)
        self.costs[case.id] = yuan

    @property
    def plays(self) -> Plays:
        """What the handlers of the top unit do, beside what they do with other grievances."""
        return {
            ("grievance", "assigned"): self._keep_in_sight,
            ("project", "proposed"): self._prepare,
            ("project", "built"): self._inspect,
        }

    def pass_up(self) -> Play:
        """Return the play of the units below: a hard matter goes up at once, others are handled as ever."""

        def play(stage: Stage, case: Case, hand: Hand) -> Process:
            if case.id not in self.costs:
                yield from SETTLING["grievance", "assigned"](stage, case, hand)
                return
            yield hand.hours.after(stage.now, HOUR)
            if stage.stands(case):
                stage.desk.act(case, "escalate", by=hand.id, reason="needs_funds")

        return play

    def _keep_in_sight(self, stage: Stage, case: Case, hand: Hand) -> Process:
        """Shelve a hard matter until its project is closed; what is not one, or is built, is handled as ever."""
        projects = [stage.desk.case(one) for one in case.facts.get("raised", ())]
        if case.id not in self.costs or (projects and not projects[-1].open):
            yield from SETTLING["grievance", "assigned"](stage, case, hand)
            return
        yield hand.hours.after(stage.now, HOUR)
        if not stage.stands(case):
            return
        stage.desk.act(case, "shelve", by=hand.id, reason="needs_funds", review_on=stage.date(stage.now + REVIEW))
        if not projects:
            needed, text = self.costs[case.id], stage.desk.texts(case)[1, "text"].text
            child = {"unit": self.top, "household": None, "needed": needed, "text": text}
            stage.desk.act(case, "make_project", by=hand.id, child=child)

    def _prepare(self, stage: Stage, case: Case, hand: Hand) -> Process:
        """Ask two partners to the table, and form the working group."""
        case = stage.desk.act(case, "prepare", by=hand.id)
        yield hand.hours.after(stage.now, stage.takes(case, "preparing", day=hand.hours.calendar.day))
        first = int(stage.luck("asked", case.id) * len(self.partners))
        for party in (self.partners[first], self.partners[(first + 7) % len(self.partners)]):
            stage.desk.act(case, "invite", by=hand.id, party=party)
        stage.desk.act(case, "form_group", by=hand.id)

    def _negotiate(self, case: Case) -> Process:
        """Lay plans before the group until all accept one; one in four wants another the first time."""
        stage, number = self.stage, 0
        if case.facts.get("counter.rounds"):
            return  # the group sits already: this is its next round
        while True:
            number += 1
            yield stage.now + round((2 + 6 * stage.luck("plan", case.id, number)) * DAY)
            plan = f"Plan {number}."
            stage.desk.act(case, "lay_plan", by=LEAD, plan=plan)
            yield stage.now + round((2 + 6 * stage.luck("table", case.id, number)) * DAY)
            parties = case.facts["parties"]
            against = [who for who in parties if number == 1 and stage.luck("against", case.id, who) < 1 / 4]
            for who in parties:
                if who in against:
                    stage.desk.act(case, "object", by=who, text="Not like this.")
                else:
                    stage.desk.act(case, "accept", by=who)
            if not against:
                stage.desk.act(case, "decide", by=LEAD)
                return

    def _fund(self) -> Process:
        """Once a week, let partners pledge what is left of their quarter's budget, the first decided first."""
        stage = self.stage
        while True:
            yield stage.now + 7 * DAY
            quarter = stage.date(stage.now)[:4] + "-" + str((int(stage.date(stage.now)[5:7]) + 2) // 3)
            for case in sorted(stage.find("project", state="decided"), key=lambda one: (one.facts["entered"], one.id)):
                table = case.facts["parties"]
                for who in [*table, *(one for one in self.partners if one not in table)]:
                    self._pledge(case.id, who, quarter)
                if money_of(stage.desk.case(case).facts).open == 0:
                    stage.desk.act(case, "build", by=LEAD, finish_by=stage.date(stage.now + 120 * DAY))

    def _pledge(self, case: str, who: str, quarter: str) -> None:
        left = Decimal(self.budget - self.given[who, quarter])
        amount = min(money_of(self.stage.desk.case(case).facts).open, left)
        if amount > 0:
            self.given[who, quarter] += int(amount)
            self.stage.desk.act(case, "pledge", by=who, amount=amount)
            self.stage.begin(self._pay(case, who, amount))

    def _pay(self, case: str, who: str, amount: Decimal) -> Process:
        """Pay what was pledged, within a month."""
        stage = self.stage
        yield stage.now + round((5 + 25 * stage.luck("pays", case, who, amount)) * DAY)
        stage.desk.act(case, "receive", by=LEAD, amount=amount, donor=who)

    def _build(self, case: Case) -> Process:
        """Build for as long as assumed."""
        yield self.stage.now + self.stage.takes(case, "building")
        self.stage.desk.act(case, "finish", by=LEAD)

    def _inspect(self, stage: Stage, case: Case, hand: Hand) -> Process:
        """Look at what was built: it passes, or has to be mended."""
        case = stage.desk.act(case, "inspect", by=hand.id)
        yield hand.hours.after(stage.now, stage.takes(case, "inspecting", day=hand.hours.calendar.day))
        if stage.ends(case, "inspecting", ("pass", "mend")) == "pass":
            stage.desk.act(case, "pass", by=hand.id)
        else:
            stage.desk.act(case, "mend", by=hand.id, finish_by=stage.date(stage.now + 60 * DAY), text="Mend this.")

    def _close(self, case: Case) -> Process:
        """Close a project when all money has come; then its matter is taken up again by itself."""
        while money_of(self.stage.desk.case(case).facts).due > 0:
            yield case.id
        yield self.stage.now + 3 * DAY
        self.stage.desk.act(case, "close", by=LEAD)
