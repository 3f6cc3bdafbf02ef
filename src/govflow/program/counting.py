"""How a case counts in metrics, times and the level of settlement: the compiled flags, applied to its facts.

A fact is a trigger, ``open`` or ``expiry:DEADLINE``. The desk takes them from its events; the kernel applies the same
flags as it goes (``simulation.parts.mark`` and ``account``), and a test holds the two equal. Who a case belongs to is
not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field, frozen

from govflow.program.columns import (
    C_BLOCKS,
    C_NUMERATOR_IN,
    L_EVENT_METRICS,
    L_FIRST_SPANS,
    L_OPEN_DENOMINATOR,
    L_OPEN_NUMERATOR,
    T_NUMERATOR_IN,
    T_SETTLES,
    T_SPAN_FIRST,
    T_SPAN_LAST,
)
from govflow.program.model import Program

OPEN = "open"
"""The fact of the opening itself."""

EXPIRY = "expiry:"
"""Before a deadline's name: the fact that it has expired on the case."""

FEWEST = 5
"""Of a group of fewer, cases, people or households, no figure is published (rule C6)."""


@frozen
class Flags:
    """What one fact does, as sets (bits) of metrics: into and out of numerator and denominator, blocked from then on.

    `first` and `last` are the times that it ends; `settles` says that its level is the level of settlement.
    """

    numerator: int = 0
    out_of_numerator: int = 0
    denominator: int = 0
    out_of_denominator: int = 0
    blocks: int = 0
    first: int = 0
    last: int = 0
    settles: bool = False


@frozen(eq=False)
class Counting:
    """How the cases of one lifecycle count: the flags of each fact, the metrics' and times' names in order.

    `each` are the metrics that count every entering fact and not the case; `certain` the times that no later fact
    changes.
    """

    flags: Mapping[str, Flags]
    metrics: tuple[str, ...]
    times: tuple[str, ...]
    each: int
    certain: int


def counting(program: Program, lifecycle: int) -> Counting:
    """Return how the cases of a lifecycle count, from the program's own tables."""
    names, rules, row = program.names, program.rules, program.rules.lifecycles[lifecycle]
    own = names.lifecycles[lifecycle]
    flags = {OPEN: Flags(row[L_OPEN_NUMERATOR], 0, row[L_OPEN_DENOMINATOR], 0)}
    for (owner, way), rule in zip(names.transitions, rules.transitions, strict=True):
        if owner == own:
            into, out, asked, answered = rule[T_NUMERATOR_IN : T_NUMERATOR_IN + 4]
            spans = {"first": rule[T_SPAN_FIRST], "last": rule[T_SPAN_LAST]}
            flags[way.trigger] = Flags(into, out, asked, answered, settles=rule[T_SETTLES] != 0, **spans)
    for (owner, deadline, _), rule in zip(names.clocks, rules.clocks, strict=True):
        if owner == own:
            into, out, asked, answered = rule[C_NUMERATOR_IN : C_NUMERATOR_IN + 4]
            flags[EXPIRY + deadline.name] = Flags(into, out, asked, answered, rule[C_BLOCKS])
    metrics = tuple(metric.name for metric in names.metrics[lifecycle])
    times = tuple(span.name for span in names.spans[lifecycle])
    return Counting(flags, metrics, times, row[L_EVENT_METRICS], row[L_FIRST_SPANS])


@define(eq=False)
class Account:
    """What one case counts for: take its facts in order, then ask."""

    counting: Counting
    opened: int
    settled: str | None = field(default=None, init=False)
    """The level at which it was last settled."""
    _numerator: int = field(default=0, init=False)
    _denominator: int = field(default=0, init=False)
    _blocked: int = field(default=0, init=False)
    _counts: list[list[int]] = field(init=False)
    _lengths: list[int | None] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._counts = [[0, 0] for _ in self.counting.metrics]
        self._lengths = [None] * len(self.counting.times)

    def take(self, fact: str, at: int, level: str) -> None:
        """Take a fact that was true at the instant `at` while a unit of `level` had the case."""
        flags = self.counting.flags.get(fact)
        if flags is None:
            return
        self._blocked |= flags.blocks
        into = flags.numerator & ~self._blocked
        self._numerator = self._numerator & ~flags.out_of_numerator | into
        self._denominator = self._denominator & ~flags.out_of_denominator | flags.denominator
        for metric, count in enumerate(self._counts):
            if self.counting.each >> metric & 1:
                count[0] += into >> metric & 1
                count[1] += flags.denominator >> metric & 1
        for span, length in enumerate(self._lengths):
            if flags.last >> span & 1 or (flags.first >> span & 1 and length is None):
                self._lengths[span] = at - self.opened
        if flags.settles:
            self.settled = level

    def rates(self) -> Iterator[tuple[int, int]]:
        """Yield for each metric what the case adds to its numerator and its denominator."""
        for metric, (top, bottom) in enumerate(self._counts):
            if self.counting.each >> metric & 1:
                yield top, bottom
            else:
                counted = self._denominator >> metric & 1
                yield counted & self._numerator >> metric, counted

    def lengths(self, *, closed: bool) -> Sequence[int | None]:
        """Return each time in µs as far as it is certain by now; one of an open case may still change."""
        certain = -1 if closed else self.counting.certain
        return [length if certain >> span & 1 else None for span, length in enumerate(self._lengths)]
