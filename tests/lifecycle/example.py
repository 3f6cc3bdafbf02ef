"""A small grievance, written in code: the well-made lifecycle whose parts the tests of this room break one by one."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from govflow.calendar import Duration
from govflow.lifecycle import (
    Counter,
    Deadline,
    Extension,
    FieldLimit,
    Lifecycle,
    Marks,
    Metric,
    Span,
    State,
    Transition,
)

LEVELS = ("committee", "branch", "group", "host")
CATEGORIES = ("parking", "noise")
CHANNELS = ("doorstep", "telephone")

KINDS = {
    "received": "queue",
    "screening": "work",
    "assigned": "queue",
    "handling": "work",
    "checking": "work",
    "referred": "wait",
    "signed": "wait",
    "convened": "wait",
    "asked": "wait",
    "shelved": "wait",
    "closed": "final",
    "withdrawn": "final",
}

WAYS = (
    Transition("screen", ("received",), "screening", take=True),
    Transition("accept", ("screening",), "assigned", ("handler@here",), sets=("severity",)),
    Transition("reject", ("screening",), "closed", ("handler@here",), needs=("reason",)),
    Transition("start", ("assigned",), "handling", take=True),
    Transition("look_again", ("handling",), "checking", ("handler@here",)),
    Transition("resolve", ("handling", "checking"), "asked", ("handler@here",)),
    Transition("escalate", ("assigned", "handling"), "assigned", ("handler@here", "clock"), "up", needs=("reason",)),
    Transition("hand_down", ("handling",), "assigned", ("handler@here",), "down", when='level != "host"'),
    Transition("refer", ("handling",), "referred", ("handler@here",), "refer", when="has_department"),
    Transition("sign", ("referred",), "signed", ("department",)),
    Transition("report_back", ("referred", "signed"), "assigned", ("department",), "back"),
    Transition("no_answer", ("referred", "signed"), "assigned", ("clock",), "back"),
    Transition("convene", ("handling",), "convened", ("handler@here",), "convene", when='entries("convened") < 2'),
    Transition("agree", ("convened",), "assigned", ("handler@above",), "back"),
    Transition("shelve", ("handling",), "shelved", ("handler@here",), needs=("reason", "review_on")),
    Transition("revive", ("shelved",), "assigned", ("handler@here", "clock")),
    Transition("confirm", ("asked",), "closed", ("reporter",)),
    Transition(
        "dispute", ("asked",), "assigned", ("reporter",), add={"reopened": 1}, when="reopened < 2 or not has_superior"
    ),
    Transition(
        "dispute",
        ("asked",),
        "assigned",
        ("reporter",),
        "up",
        add={"reopened": 1},
        when="reopened >= 2 and has_superior",
    ),
    Transition("silent_close", ("asked",), "closed", ("clock",)),
    Transition("urge", ("*",), by=("reporter", "subject"), add={"urged": 1}),
    Transition("withdraw", ("*",), "withdrawn", ("reporter",), when='category in ("parking", "noise")'),
)

DEADLINES = (
    Deadline(
        "handle",
        "level",
        ("assigned", "handling"),
        {"host": Duration.parse("4h"), "default": Duration.parse("1d")},
        severity={1: 0.25, 2: 0.5},
        fires="escalate",
        while_working="finish",
        extend=Extension("secretary@above", 1, Duration.parse("2d")),
    ),
    Deadline("settle", "referral", ("referred", "signed"), {"department": Duration.parse("5d")}, fires="no_answer"),
    Deadline("silence", "entry", ("asked",), {"default": Duration.parse("7d")}, clock="elapsed", fires="silent_close"),
    Deadline(
        "review",
        "entry",
        ("shelved",),
        FieldLimit("review_on", Duration.parse("90d"), Duration.parse("30d")),
        clock="elapsed",
        fires="revive",
    ),
)

METRICS = (
    Metric("response", Marks(("accept", "reject")), Marks(("open",)), within="handle"),
    Metric("resolution", Marks(("confirm",), ("dispute",)), Marks(("confirm", "expiry:silence"), ("withdraw",))),
    Metric("satisfaction", Marks(("confirm",)), Marks(("confirm", "dispute")), counts="events"),
)


def grievance() -> Lifecycle:
    """Return the well-made lifecycle."""
    return Lifecycle(
        name="grievance",
        start="received",
        states={name: State(name, kind) for name, kind in KINDS.items()},
        transitions=WAYS,
        deadlines={deadline.name: deadline for deadline in DEADLINES},
        counters={"reopened": Counter("reopened", cycle=True), "urged": Counter("urged")},
        reasons={"needs_funds": {}, "other": {}},
        metrics={metric.name: metric for metric in METRICS},
        times={"settlement": Span("settlement", ("resolve",), "last")},
        settled_by=("resolve",),
    )


def with_way(cycle: Lifecycle, trigger: str, nth: int = 0, /, **changes: Any) -> Lifecycle:
    """Return the lifecycle with the n-th way of a trigger changed."""
    way = cycle.ways(trigger)[nth]
    ways = tuple(evolve(way, **changes) if other is way else other for other in cycle.transitions)
    return evolve(cycle, transitions=ways)


def with_one(cycle: Lifecycle, table: str, name: str, /, **changes: Any) -> Lifecycle:
    """Return the lifecycle with one row of a table (states, deadlines, metrics, …) changed."""
    rows = dict(getattr(cycle, table))
    rows[name] = evolve(rows[name], **changes)
    return evolve(cycle, **{table: rows})
