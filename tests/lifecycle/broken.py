"""Every way in which the tests break the example: what is changed, and the fault that must be found for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from attrs import evolve, frozen

from govflow.calendar import Duration
from govflow.lifecycle import (
    Counter,
    Deadline,
    Extension,
    Field,
    FieldLimit,
    Lifecycle,
    Marks,
    Metric,
    Span,
    State,
    Transition,
)
from tests.lifecycle.example import with_one, with_way

DAY = Duration.parse("1d")
NOTHING = Duration.parse("0s")


@frozen(eq=False)
class Slip:
    """One change to the example and the fault it makes; `place` is the row that is changed."""

    change: Callable[[Lifecycle], Lifecycle]
    path: str
    code: str
    place: str


def whole(path: str, code: str, /, **changes: Any) -> Slip:
    """Change the lifecycle as a whole."""
    return Slip(lambda cycle: evolve(cycle, **changes), path, code, next(iter(changes)))


def way(trigger: str, path: str, code: str, /, **changes: Any) -> Slip:
    """Change a way (of `dispute` the second)."""
    place = f"transitions.{trigger}" + ("[1]" if trigger == "dispute" else "")
    path = f"{place}.{path}".rstrip(".")
    return Slip(lambda cycle: with_way(cycle, trigger, len(cycle.ways(trigger)) - 1, **changes), path, code, place)


def another_way(path: str, code: str, *way: Any, **rest: Any) -> Slip:
    """Put one more transition behind the others."""
    one = Transition(*way, **rest)
    return Slip(lambda cycle: evolve(cycle, transitions=(*cycle.transitions, one)), path, code, f"more {one.trigger}")


def row(table: str, key: str, path: str, code: str, /, **changes: Any) -> Slip:
    """Change a row of a table."""
    place = f"{table}.{key}"
    return Slip(lambda cycle: with_one(cycle, table, key, **changes), f"{place}.{path}".rstrip("."), code, place)


def deadline(key: str, path: str, code: str, /, **changes: Any) -> Slip:
    """Change a deadline."""
    return row("deadlines", key, path, code, **changes)


def response(path: str, code: str, **changes: Any) -> Slip:
    """Change the response rate."""
    return row("metrics", "response", path, code, **changes)


def settlement(path: str, code: str, **changes: Any) -> Slip:
    """Change the time to settlement."""
    return row("times", "settlement", path, code, **changes)


def more(path: str, code: str, *rows: Any) -> Slip:
    """Put further rows into the table that the path begins with."""
    table = path.partition(".")[0]
    added = {one.name: one for one in rows}
    return Slip(lambda cycle: evolve(cycle, **{table: getattr(cycle, table) | added}), path, code, f"more {table}")


def under_a_ceiling(path: str, code: str, **changes: Any) -> Slip:
    """Change the urging, where one more counter has that of the urgings as its ceiling."""
    mild = {"mild": Counter("mild", at_most="urged")}
    place = "transitions.urge"
    return Slip(
        lambda cycle: evolve(with_way(cycle, "urge", **changes), counters=cycle.counters | mild),
        f"{place}.{path}",
        code,
        place,
    )


def extend(path: str, code: str, by: str = "secretary@above", times: int = 1, at_most: Duration = DAY) -> Slip:
    """Change who may extend the deadline for handling."""
    return deadline("handle", f"extend.{path}", code, extend=Extension(by, times, at_most))


def review(path: str, code: str, name: str, at_most: Duration, simulated: Duration) -> Slip:
    """Change the limit that is taken from a field."""
    return deadline("review", f"limit.{path}", code, limit=FieldLimit(name, at_most, simulated))


NAMES = {
    "a state's name": more("states.Half-way", "bad_name", State("Half-way", "wait")),
    "a state under another key": row("states", "shelved", "", "mismatch", name="shelf"),
    "a reserved trigger": another_way("transitions.open", "reserved_name", "open", ("asked",)),
    "a trigger that a model has": another_way("transitions.state", "reserved_name", "state", ("asked",)),
    "a trigger's name": another_way('transitions."expiry:x"', "bad_name", "expiry:x", ("asked",)),
    "a reserved counter": more("counters.severity", "reserved_name", Counter("severity")),
    "a counter like a word of guards": more("counters.not", "reserved_name", Counter("not")),
    "two cycles": Slip(
        lambda cycle: with_one(cycle, "counters", "urged", cycle=True), "counters", "two_cycles", "counters.urged"
    ),
    "a reason's name": whole('reasons."No Funds"', "bad_name", reasons={"No Funds": {}}),
    "a metric's name": more("metrics.Rate", "bad_name", Metric("Rate", Marks(("open",)), Marks(("open",)))),
}

STATES = {
    "a kind of state": row("states", "shelved", "kind", "unknown_name", kind="wiat"),
    "start unknown": whole("start", "unknown_name", start="recieved"),
    "start in work": whole("start", "wrong_start", start="screening"),
    "start at the end": whole("start", "wrong_start", start="closed"),
    "a queue nobody takes from": more("states.pile", "no_take", State("pile", "queue")),
    "a queue taken from twice": another_way(
        "states.assigned", "wrong_take", "grab", ("assigned",), "handling", take=True
    ),
    "too many states": more("states", "absurd_size", *(State(f"s{n}", "wait") for n in range(60))),
}

ENDS = {
    "from nowhere": way("confirm", "from", "empty", source=()),
    "from an unknown state": way("confirm", "from", "unknown_name", source=("askd",)),
    "from everywhere and more": way("urge", "from", "duplicate", source=("*", "asked")),
    "from a state twice": way("confirm", "from", "duplicate", source=("asked", "asked")),
    "to an unknown state": way("dispute", "to", "unknown_name", target="assignd"),
    "to everywhere": way("confirm", "to", "unknown_name", target="*"),
}

MOVES = {
    "an unknown move": way("escalate", "move", "unknown_name", move="upp"),
    "back to nowhere": way("agree", "move", "wrong_move", target=None),
    "up to nowhere": another_way("transitions.lift.move", "wrong_move", "lift", ("asked",), move="up"),
    "refer into an end": way("refer", "move", "wrong_move", target="closed"),
    "refer into work": way("refer", "move", "wrong_move", target="checking"),
    "convene into an end": way("convene", "move", "wrong_move", target="closed"),
}

TAKES = {
    "take from a wait": way("confirm", "from", "wrong_take", take=True, by=(), target="handling"),
    "take into a wait": way("start", "to", "wrong_take", target="asked"),
    "take into nothing": way("start", "", "wrong_take", target=None),
    "take and move": way("start", "move", "wrong_take", move="up"),
    "take by someone": way("start", "by", "wrong_take", by=("handler@here",)),
    "take under a guard": way("start", "when", "wrong_take", when="severity < 3"),
    "take with a field": way("start", "needs", "wrong_take", needs=("handler",)),
    "take and set": way("start", "sets", "wrong_take", sets=("severity",)),
    "work entered from a wait": way("confirm", "to", "wrong_entry", target="handling"),
    "work entered by a move": way("look_again", "move", "wrong_entry", move="up"),
    "work entered from everywhere": way("withdraw", "to", "wrong_entry", target="handling"),
}

WHO = {
    "by nobody known": way("confirm", "by", "wrong_by", by=("reportr",)),
    "by a role nowhere": way("accept", "by", "wrong_by", by=("handler",)),
    "by a role at an unknown place": way("accept", "by", "wrong_by", by=("handler@hear",)),
    "by no role": way("accept", "by", "wrong_by", by=("@here",)),
    "by the same twice": way("accept", "by", "duplicate", by=("handler@here",) * 2),
    "by a clock that no deadline is": another_way(
        "transitions.lapse.by", "unfired", "lapse", ("asked",), "closed", ("clock",)
    ),
}

EFFECTS = {
    "a field nobody declared": way("reject", "needs", "unknown_name", needs=("reasn",)),
    "a field needed twice": way("reject", "needs", "duplicate", needs=("reason",) * 2),
    "a field that cannot be set": way("accept", "sets", "unknown_name", sets=("severty",)),
    "an unknown counter": way("urge", "add.urgd", "unknown_name", add={"urgd": 1}),
    "nothing added": way("urge", "add.urged", "out_of_range", add={"urged": 0}),
    "less than nothing added": way("urge", "add.urged", "out_of_range", add={"urged": -1}),
    "a fraction added": way("urge", "add.urged", "out_of_range", add={"urged": 0.5}),
    "a link to a field nobody declared": way("reject", "links", "unknown_name", links="mian"),
    "a raised case's name": way("reject", "raises", "bad_name", raises=""),
}

SAID = {
    "a field's name": more("fields.Plan", "bad_name", Field("Plan")),
    "a kind of field": more("fields.plan.kind", "unknown_name", Field("plan", "txt")),
    "a choice of nothing": more("fields.way.options", "empty", Field("way", "choice")),
    "options without a choice": more("fields.way.options", "wrong_field", Field("way", "text", ("adopt",))),
    "an option twice": more("fields.way.options", "duplicate", Field("way", "choice", ("adopt",) * 2)),
    "an option's name": more("fields.way.options", "bad_name", Field("way", "choice", ("Take on",))),
    "an opening that says what nobody declared": whole("needs", "unknown_name", needs=("plan",)),
    "an opening that takes what it needs": whole("takes", "duplicate", needs=("text",), takes=("text",)),
    "opened by nobody known": whole("opened_by", "wrong_by", opened_by=("membr",)),
    "opened by the clock": whole("opened_by", "wrong_by", opened_by=("clock",)),
    "kept for no time": whole("retention", "out_of_range", retention=NOTHING),
    "taken and needed": way("reject", "takes", "duplicate", takes=("reason",)),
    "taken twice": way("reject", "takes", "duplicate", takes=("text",) * 2),
    "taken and undeclared": way("reject", "takes", "unknown_name", takes=("pan",)),
    "take with what may be said": way("start", "takes", "wrong_take", takes=("text",)),
    "added by a text": way("urge", "add.urged", "wrong_field", needs=("text",), add={"urged": "text"}),
    "added by a field not given": Slip(
        lambda cycle: evolve(
            with_way(cycle, "urge", add={"urged": "times"}), fields=cycle.fields | {"times": Field("times", "number")}
        ),
        "transitions.urge.add.urged",
        "wrong_field",
        "transitions.urge",
    ),
    "an unknown counter cleared": way("urge", "clears", "unknown_name", clears=("urgd",)),
    "a counter cleared twice": way("urge", "clears", "duplicate", clears=("urged",) * 2),
    "a given counter that nobody gives": more("counters.places.given", "unknown_name", Counter("places", given=True)),
    "a given counter not said at the opening": Slip(
        lambda cycle: evolve(
            cycle,
            fields=cycle.fields | {"places": Field("places", "number")},
            counters=cycle.counters | {"places": Counter("places", given=True)},
        ),
        "counters.places.given",
        "wrong_field",
        "more counters",
    ),
    "a ceiling that is no counter": row("counters", "urged", "at_most", "unknown_name", at_most="urges"),
    "a counter that is its own ceiling": row("counters", "urged", "at_most", "unknown_name", at_most="urged"),
    "a counter that begins above its ceiling": row(
        "counters", "urged", "at_most", "wrong_field", at_most="reopened", start=1
    ),
    "more than one at once under a ceiling": under_a_ceiling("add.mild", "out_of_range", add={"mild": 2}),
    "a ceiling set back": under_a_ceiling("clears", "wrong_field", clears=("urged",)),
    "choices without options": more("fields.skills.options", "empty", Field("skills", "choices")),
    "a counter that begins below nothing": row("counters", "urged", "start", "out_of_range", start=-1),
    "a link by a text": way("reject", "links", "wrong_field", links="text"),
    "linked and let go": way("reject", "unlinks", "wrong_field", links="main", unlinks=True),
    "followed by a person": way("confirm", "follows", "wrong_clock", follows="main"),
    "following what there is not": way("no_answer", "follows", "unknown_name", follows="mains"),
    "an unknown circle": way("urge", "joins", "unknown_name", joins="reporter"),
    "a clock that joins": way("no_answer", "joins", "wrong_by", joins="helpers"),
    "a clock that does it once": way("no_answer", "once", "wrong_by", once=True),
    "two who could be meant": Slip(
        lambda cycle: evolve(
            with_way(cycle, "urge", joins="helpers", takes=("handler", "friend")),
            fields=cycle.fields | {"friend": Field("friend", "actor")},
        ),
        "transitions.urge.joins",
        "wrong_field",
        "transitions.urge",
    ),
}

GUARDS = {
    "a guard that is none": way("refer", "when", "bad_guard", when="has_department and"),
    "an unknown counter in a guard": way("refer", "when", "unknown_name", when="reopend > 1"),
    "an unknown state in a guard": way("refer", "when", "unknown_name", when="entries('aske') > 1"),
    "an unknown level in a guard": way("refer", "when", "unknown_name", when="level == 'gorup'"),
    "an unknown category in a guard": way("refer", "when", "unknown_name", when="'dogs' != category"),
    "an unknown channel in a guard": way("refer", "when", "unknown_name", when="channel in (fax,)"),
}

DEADLINES = {
    "runs nowhere": deadline("silence", "runs", "empty", runs=()),
    "runs in an unknown state": deadline("silence", "runs", "unknown_name", runs=("askd",)),
    "runs everywhere": deadline("silence", "runs", "unknown_name", runs=("*",)),
    "runs at the end": deadline("silence", "runs", "wrong_scope", runs=("asked", "closed")),
    "a referral at home": deadline("settle", "runs", "wrong_scope", runs=("referred", "received")),
    "no limit": deadline("silence", "limit", "empty", limit={}),
    "a limit of zero": deadline("silence", "limit.default", "out_of_range", limit={"default": NOTHING}),
    "a limit at an unknown level": deadline("silence", "limit.hots", "unknown_name", limit={"hots": DAY}),
    "a limit from an unknown field": review("field", "unknown_name", "review_no", DAY, DAY),
    "a field's limit of zero": review("simulated", "out_of_range", "review_on", DAY, NOTHING),
    "more simulated than allowed": review("simulated", "out_of_range", "review_on", DAY, Duration.parse("2d")),
    "a fifth severity": deadline("handle", "severity.5", "out_of_range", severity={5: 1.0}),
    "a factor of zero": deadline("handle", "severity.1", "out_of_range", severity={1: 0.0}),
    "a factor below zero": deadline("handle", "severity.1", "out_of_range", severity={1: -2.0}),
    "a factor that is no number": deadline("handle", "severity.1", "out_of_range", severity={1: math.nan}),
    "an endless factor": deadline("handle", "severity.1", "out_of_range", severity={1: math.inf}),
    "fires an unknown trigger": deadline("handle", "fires", "unknown_name", fires="esclate"),
    "fires what no clock may": deadline("handle", "fires", "wrong_clock", fires="resolve"),
    "an unknown scope": deadline("handle", "scope", "unknown_name", scope="levle"),
    "an unknown clock": deadline("handle", "clock", "unknown_name", clock="wroking"),
    "an unknown rule while working": deadline("handle", "while_working", "unknown_name", while_working="stop"),
    "an unknown rule of reopening": deadline("handle", "reopen", "unknown_name", reopen="again"),
    "extended by the clock": extend("by", "wrong_by", by="clock"),
    "never extended": extend("times", "out_of_range", times=0),
    "extended by nothing": extend("at_most", "out_of_range", at_most=NOTHING),
    "too many clocks": more(
        "deadlines", "absurd_size", *(Deadline(f"d{n}", "case", ("asked",), {"default": DAY}) for n in range(60))
    ),
}

COUNTED = {
    "an unknown fact": response("numerator.into", "unknown_name", numerator=Marks(("acept",))),
    "an unknown fact that takes out": response(
        "denominator.out", "unknown_name", denominator=Marks(("open",), ("expiry",))
    ),
    "the expiry of an unknown deadline": response(
        "denominator.into", "unknown_name", denominator=Marks(("expiry:silense",))
    ),
    "a fact twice": response("denominator.into", "duplicate", denominator=Marks(("open",) * 2)),
    "nothing counted": response("numerator.into", "empty", numerator=Marks()),
    "within an unknown deadline": response("within", "unknown_name", within="handel"),
    "a way of counting": response("counts", "unknown_name", counts="case"),
    "an interval": response("interval", "unknown_name", interval="wald"),
    "a time until an expiry": settlement("until", "unknown_name", until=("expiry:handle",)),
    "a time until the opening": settlement("until", "unknown_name", until=("open",)),
    "a time until nothing": settlement("until", "empty", until=()),
    "a time until the middle": settlement("take", "unknown_name", take="middle"),
    "too many times": more("times", "absurd_size", *(Span(f"t{n}", ("resolve",)) for n in range(60))),
    "settled by an unknown trigger": whole("settled_by", "unknown_name", settled_by=("reslove",)),
    "settled twice by the same": whole("settled_by", "duplicate", settled_by=("resolve",) * 2),
}

SLIPS = NAMES | STATES | ENDS | MOVES | TAKES | WHO | EFFECTS | SAID | GUARDS | DEADLINES | COUNTED

ENTANGLED = {"refer into an end", "refer into work", "a reserved trigger"}
"""Slips that make or hide other faults: nobody is away any more where a referral runs; ``open`` becomes a trigger."""
