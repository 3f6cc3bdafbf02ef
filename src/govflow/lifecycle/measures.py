"""What can be malformed in how a lifecycle is counted: metrics, times, the level of settlement (rule M1).

Generators of faults, called by ``check``. Nothing is counted here; ``program`` compiles the same tables to flags.
"""

from __future__ import annotations

from collections.abc import Iterator

from govflow.errors import Fault, hint
from govflow.lifecycle.faults import MOST, Draft, at_most, table, twice, under, unknown
from govflow.lifecycle.model import Marks, Metric
from govflow.lifecycle.ways import OPEN

EXPIRY = "expiry:"
"""Before a deadline's name: the fact that it has expired on the case."""


def measure_faults(draft: Draft) -> Iterator[Fault]:
    """Yield what is malformed in the metrics, the times and `settled_by` of a lifecycle."""
    yield from _metrics(draft)
    yield from _times(draft)
    path = draft.at("settled_by")
    for trigger in dict.fromkeys(draft.lifecycle.settled_by):
        yield from unknown(path, "trigger", trigger, draft.lifecycle.triggers())
    yield from twice(path, draft.lifecycle.settled_by)


def _metrics(draft: Draft) -> Iterator[Fault]:
    path, metrics = draft.at("metrics"), draft.lifecycle.metrics
    yield from table(path, "metric", metrics)
    yield from at_most(path, "metrics", len(metrics), MOST)
    for name, metric in metrics.items():
        yield from _one_metric(draft, under(path, str(name)), metric)


def _one_metric(draft: Draft, path: str, metric: Metric) -> Iterator[Fault]:
    yield from _marks(draft, under(path, "numerator"), metric.numerator)
    yield from _marks(draft, under(path, "denominator"), metric.denominator)
    if metric.within is not None:
        yield from unknown(under(path, "within"), "deadline", metric.within, draft.lifecycle.deadlines)
    yield from unknown(under(path, "counts"), "way of counting", metric.counts, ("cases", "events"))
    yield from unknown(under(path, "interval"), "interval", metric.interval, ("wilson",))


def _marks(draft: Draft, path: str, marks: Marks) -> Iterator[Fault]:
    if not marks.into:
        yield Fault(under(path, "into"), "empty", "must name at least one fact, or nothing is ever counted")
    for key, facts in (("into", marks.into), ("out", marks.out)):
        here = under(path, key)
        for fact in dict.fromkeys(facts):
            yield from _mark(draft, here, fact)
        yield from twice(here, facts)


def _mark(draft: Draft, path: str, fact: str) -> Iterator[Fault]:
    cycle = draft.lifecycle
    if fact.startswith(EXPIRY):
        yield from unknown(path, "deadline", fact.removeprefix(EXPIRY), cycle.deadlines)
    elif fact not in (OPEN, *cycle.triggers()):
        known = (*cycle.triggers(), OPEN, *(EXPIRY + name for name in cycle.deadlines))
        text = f"unknown fact {fact!r}: a trigger, {OPEN!r} or '{EXPIRY}DEADLINE'{hint(fact, known)}"
        yield Fault(path, "unknown_name", text)


def _times(draft: Draft) -> Iterator[Fault]:
    path, times = draft.at("times"), draft.lifecycle.times
    yield from table(path, "time", times)
    yield from at_most(path, "times", len(times), MOST)
    for name, span in times.items():
        here = under(path, str(name))
        if not span.until:
            yield Fault(under(here, "until"), "empty", "must name at least one trigger that ends the time")
        for trigger in dict.fromkeys(span.until):
            yield from unknown(under(here, "until"), "trigger", trigger, draft.lifecycle.triggers())
        yield from twice(under(here, "until"), span.until)
        yield from unknown(under(here, "take"), "choice", span.take, ("first", "last"))
