"""A week of parked cars: residents raise it, the branch sends members out every evening, owners are talked to.

One recognisable incident of a report, in another place and about another thing: delivery carts and cars on a drying
ground. Assumed: 52 owners, talked to in turn, of whom most move after a second talk; two members on each evening's
duty, a quarter of an hour for a talk. How many days it takes comes out of the hours of the rota.
"""

from __future__ import annotations

from collections import deque

from attrs import define, field

from govflow.calendar import DAY, MINUTE
from govflow.planning import DutyRules, Person, Rota, Shift, rota, shifts_from
from govflow.stories.crew import calendar_of
from govflow.stories.duties import on_duty
from govflow.stories.stage import Process, Stage

OWNERS, TALK = 52, 15 * MINUTE
TALKS = {"1": 0.1, "2": 0.8, "3": 0.1}
MEMBERS = 8


@define(eq=False)
class ParkingWeek:
    """The week: the talks that are still to be had, in turn, who is on duty, when the last owner left.

    After a talk an owner leaves, or is talked to once more when all others have been, as luck has it.
    """

    stage: Stage
    branch: str
    raised: int
    line: deque[tuple[int, int]] = field(factory=lambda: deque((owner, 1) for owner in range(OWNERS)), init=False)
    cleared: int | None = field(default=None, init=False)

    @property
    def days(self) -> int:
        """The days that it has taken, the first and the last counted: until the ground was clear, or until now."""
        end = self.stage.now if self.cleared is None else self.cleared
        return (end - self._midnight) // DAY + 1

    @property
    def _midnight(self) -> int:
        return self.stage.instant(self.stage.date(self.raised))

    def plan(self) -> Rota:
        """Return the members' rota: two of them each evening, at most twice a week each."""
        evenings = calendar_of(self.stage, "host/1-1-1")
        shifts = shifts_from(evenings, self._midnight, self._midnight + 14 * DAY, unit=self.branch, needs=2)
        people = [Person(f"member:example-parking-{number}") for number in range(MEMBERS)]
        return rota(people, shifts, DutyRules(per_week=2, zone=self.stage.community.zone))

    def processes(self) -> list[Process]:
        """Return the residents who raise it, and every evening of the rota."""
        plan = self.plan()
        evenings = [
            on_duty(self.stage, shift, plan.duty[shift.id], self.branch, meanwhile=self._talk(shift))
            for shift in plan.shifts
        ]
        return [self._raise(), *evenings]

    def _raise(self) -> Process:
        """Raise it with the branch; say that it is solved when the branch says so and the ground is clear."""
        yield self.raised
        estate = self.branch.partition("/")[2]
        case = self.stage.desk.open(
            "grievance",
            by="resident:example-drying-ground",
            category="parking",
            channel="steward",
            household=f"household/{estate}-1-1-1",
            text="Cars and carts stand on the drying ground.",
        )
        secretary = f"{self.branch}#1"
        yield self.raised + 8 * 60 * MINUTE  # the branch is open in the afternoon
        self.stage.desk.act(case, "accept", by=secretary)
        self.stage.desk.act(case, "start", by=secretary)
        while self.cleared is None:
            yield self.stage.now + DAY
        self.stage.desk.act(case, "resolve", by=secretary)

    def _talk(self, shift: Shift) -> Process:
        """Go from owner to owner, both members at once, until the time is up or nobody is left."""
        while self.cleared is None and self.stage.now + TALK <= shift.end:
            yield self.stage.now + TALK
            for owner, talk in [self.line.popleft() for _ in range(min(shift.needs, len(self.line)))]:
                if talk < int(self.stage.choice(TALKS, "talks", owner)):
                    self.line.append((owner, talk + 1))
            if not self.line:
                self.cleared = self.stage.now
