"""The feed: every event once, in the order of the log. What others read to send notices, keep figures, follow along.

There are no threads here and nothing is pushed: whoever reads calls. A subscription remembers in the store how far its
reader has come (rule C5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from attrs import field, frozen

from govflow.casework.arguments import checked
from govflow.casework.office import Office
from govflow.casework.reader import Reader, reader_of
from govflow.errors import Refused, UsageError
from govflow.record import Event, plain
from govflow.store import Row

PAGE = 1000
"""So many events are read at once."""


def feed(reader: Reader, *, after: int, limit: int | None) -> Iterator[Event]:
    """Yield the events after a position of the log, in order, up to its present end or `limit` of them.

    Of cases that the reader may see as they are now, whatever they were when it happened: who may see a case may see
    all its history.
    """
    if after < 0:
        raise UsageError(f"'after' is {after}: must be the position of the last event that was read, 0 for none")
    if limit is not None and limit < 1:
        raise UsageError(f"'limit' is {limit}: must be at least 1")
    reader.office.store.seal()
    return islice(_events(reader, after), limit)


def _events(reader: Reader, after: int) -> Iterator[Event]:
    while lines := reader.office.store.log(after, PAGE):
        yield from reader.told(_seen(reader, {line.case: None for line in lines}), lines)
        after += len(lines)


def _seen(reader: Reader, cases: Iterable[str]) -> dict[str, Row]:
    """Return those of some cases that a reader may see; of the application none is asked for."""
    if reader.by is None:
        return {}
    rows = map(reader.office.store.row, cases)
    return {row.case: row for row in reader.shown([row for row in rows if row is not None])}


@frozen(eq=False)
class Subscription:
    """A reader of the feed that goes on where it stopped, also after a restart; `name` is what the store knows it by.

    Two desks that use the same name are one reader: let one of them deliver at a time.
    """

    name: str
    callback: Callable[[Event], object] = field(repr=False)
    by: str | None = None
    _office: Office = field(repr=False, kw_only=True, alias="office")

    @property
    def position(self) -> int:
        """The position in the log of the last event that was delivered, 0 before the first."""
        return self._office.store.mark(self._mark) or 0

    @property
    def _mark(self) -> str:
        return f"subscription {self.name}"

    @checked
    def deliver(self, *, limit: int | None = None) -> int:
        """Call the callback with each event that it has not had yet, in order, and return how many they were.

        An event counts as delivered when the callback returns. What the callback raises comes out here, and the next
        call begins with the same event. Should this program be killed between callback and mark, the event under way
        comes once more; on a store joined to the application's transaction both are one commit, and it comes exactly
        once. Refused where another reader of this name was quicker: then roll back.
        """
        count = 0
        for event in feed(reader_of(self._office, self.by), after=self.position, limit=limit):
            self.callback(event)
            if not self._office.store.keep_mark(self._mark, event.position or 0):
                rule = "one reader of a name delivers at a time"
                fact = f"somebody else delivered position {event.position} meanwhile"
                raise Refused(f"the subscription {self.name!r}", fact, rule, "take back what this one did, try again")
            count += 1
        return count


def subscribe(office: Office, callback: Callable[[Event], object], *, name: str, by: str | None) -> Subscription:
    """Return the subscription of a name."""
    return Subscription(plain("the name of a subscription", name), callback, by, office=office)
