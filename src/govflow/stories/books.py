"""A book house filled from three sources: each is an item on the board, signed for by those who give.

What is bought is bounded by the money pledged and the price of a book, what units give by how many sign, what
residents give by what luck lets households spare and by the boxes. All of that is assumed; how many books there are
then comes out.
"""

from __future__ import annotations

from typing import Any

from attrs import define, field

from govflow.calendar import DAY
from govflow.casework import Case
from govflow.stories.crew import Homes
from govflow.stories.stage import Process, Stage
from govflow.stories.story import Chapter

BUDGET, PRICE = 12_000, 30
"""Yuan for books, and what one costs (assumed): 400 books."""

UNIT_GIVES = (50, 65)
"""A unit outside gives so many, evenly drawn (assumed)."""

HOUSEHOLD_GIVES, AT_MOST = 0.03, 6
"""This share of households brings one to six books to the box of its grid (assumed)."""

SOURCES = 3
BOX = 40
"""So many books the box of a grid holds; who comes when it is full takes theirs home again (assumed)."""


@define(eq=False)
class Shelves:
    """The book house: how many books came from each source."""

    stage: Stage
    unit: str
    books: dict[str, int] = field(factory=dict, init=False)

    def fill(self, until: int) -> None:
        """Hang the three items on the board, and let those who give come up to `until`."""
        organization = self.stage.community.organization
        outside = organization.ids[organization.size :]
        grids = organization.units("grid")
        bought = self._item("donate", "Books for the book house.", until, needed=str(BUDGET))
        given = self._item("donate", "Books that units can spare.", until, places=len(outside))
        boxes = self._item("take_on", "A box for books in each grid.", until, places=len(grids))
        self.stage.begin(self._buy(bought, until))
        self.stage.begin(*(self._unit(given, unit, until) for unit in outside))
        self.stage.begin(*(self._box(boxes, grid, until) for grid in grids))

    def _item(self, way: str, text: str, until: int, **needs: Any) -> Case:
        clerk = f"{self.unit}#1"
        item = self.stage.desk.open("claim", by=clerk, unit=self.unit, way=way, text=text, **needs)
        return self.stage.desk.act(item, "hang", by=clerk, until=self.stage.date(until + 30 * DAY))

    def _when(self, who: str, until: int) -> int:
        return self.stage.now + round(self.stage.luck("gives", who) * (until - self.stage.now - 7 * DAY))

    def _buy(self, item: Case, until: int) -> Process:
        clerk = f"{self.unit}#1"
        yield self._when(clerk, until)
        self.stage.desk.act(item, "pledge", by=clerk, amount=str(BUDGET))
        yield self.stage.now + 3 * DAY
        received = self.stage.desk.act(item, "receive", by=clerk, amount=str(BUDGET)).facts["counter.received"]
        self.books["bought"] = received // (100 * PRICE)

    def _unit(self, item: Case, unit: str, until: int) -> Process:
        low, high = UNIT_GIVES
        yield self._when(unit, until)
        self.stage.desk.act(item, "claim", by=unit)
        yield self.stage.now + 5 * DAY
        number = low + int(self.stage.luck("books", unit) * (high - low + 1))
        self.stage.desk.act(item, "deliver", by=unit, text=f"{number} books")
        self.books["given by units"] = self.books.get("given by units", 0) + number

    def _box(self, item: Case, grid: str, until: int) -> Process:
        yield self._when(grid, until)
        self.stage.desk.act(item, "claim", by=f"{grid}#1")
        yield until - DAY
        households = range(Homes.of(self.stage, [grid]).total)
        giving = [n for n in households if self.stage.luck("spares books", grid, n) < HOUSEHOLD_GIVES]
        number = min(BOX, sum(1 + int(self.stage.luck("how many books", grid, n) * AT_MOST) for n in giving))
        self.stage.desk.act(item, "deliver", by=f"{grid}#1", text=f"{number} books")
        self.books["given by residents"] = self.books.get("given by residents", 0) + number

    def chapter(self) -> Chapter:
        """Tell how the shelves were filled."""
        told = ", ".join(f"{number} {source}" for source, number in self.books.items())
        reached = (
            self.stage.reached("books", sum(self.books.values())),
            self.stage.reached(
                "book_sources", len([number for number in self.books.values() if number]), given=SOURCES
            ),
        )
        words = {
            "en": f"The book house: {told}.",
            "zh": f"社区书屋：{len(self.books)} 个来源共 {sum(self.books.values())} 册。",
        }
        return Chapter("books", {"en": "The book house", "zh": "社区书屋"}, (words,), reached)
