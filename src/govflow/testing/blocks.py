"""The building blocks of the lifecycles that the kit draws: which states and ways each block brings.

`Shape` is the sketch; `states`, `counters` and `ways` read it. Every block is optional, and each brings ways that
stay well made whichever other blocks are there. Deadlines and counts come from ``clocks``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import frozen
from hypothesis import strategies as st

from govflow.lifecycle import State, StateKind, Transition
from govflow.testing.guards import SKETCHES, Sketch
from govflow.testing.sketch import PICK, pick

When = Callable[[int], str | None]
"""Returns the text of one of the shape's guards by number; 0 is no guard."""

STAGES = (
    ("received", "screen", "screening", "accept"),
    ("assigned", "start", "handling", "resolve"),
    ("reviewed", "review", "reviewing", "approve"),
)
"""The names of each stage: queue, the transition that takes, work, what leads on."""

HERE, ABOVE = ("handler@here",), ("handler@here", "handler@above")


@frozen
class Asked:
    """The reporter is asked at the end: may dispute (in one way or in two with a guard), may keep silent."""

    to: int
    split: int
    up: bool
    silent: bool


@frozen
class Up:
    """Cases go up: from which states, into which queue, fired by whom (0: people, 1: also, 2: only the clock)."""

    sources: int
    to: int
    by: int
    when: int
    detour: bool


@frozen
class Down:
    """Cases go down to a queue, perhaps only so many times."""

    to: int
    limited: bool


@frozen
class Refer:
    """Cases go to a department: it waits or works there, perhaps signs, perhaps loses the case by not answering."""

    to: int
    works: bool
    signs: bool
    no_answer: bool
    when: int


@frozen
class Convene:
    """Cases go before the joint conference: perhaps for further rounds, to fail there, to go further away."""

    to: int
    when: int
    another: bool
    another_when: int
    fails: bool
    refers: bool
    again: bool


@frozen
class Shelve:
    """Cases are shelved, until a review whose day may be a field of the case."""

    by_field: bool
    by_clock: bool
    when: int


@frozen
class Shape:
    """Which blocks there are. `stages` counts from 1, `detour` is a guarded way out of the first work.

    `guards` are shared: blocks name them by number, and so do several ways one guard. 0 is no guard.
    """

    guards: Sequence[Sketch]
    stages: int
    asked: Asked | None
    up: Up | None
    down: Down | None
    refer: Refer | None
    convene: Convene | None
    shelve: Shelve | None
    detour: tuple[int, int] | None
    inspect: bool
    urge: bool
    regrade: bool
    withdraw: bool

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues, in order of the stages."""
        return tuple(queue for queue, _, _, _ in STAGES[: self.stages])

    @property
    def works(self) -> tuple[str, ...]:
        """The states of work, in order of the stages."""
        return tuple(work for _, _, work, _ in STAGES[: self.stages])

    @property
    def end(self) -> str:
        """Where the last stage leads."""
        return "asked" if self.asked else "closed"


_YES, _WHEN = st.booleans(), st.integers(0, 3)

SHAPES: st.SearchStrategy[Shape] = st.builds(
    Shape,
    guards=st.lists(SKETCHES, max_size=3),
    stages=st.integers(1, 3),
    asked=st.none() | st.builds(Asked, to=PICK, split=_WHEN, up=_YES, silent=_YES),
    up=st.none() | st.builds(Up, sources=PICK, to=PICK, by=st.integers(0, 2), when=_WHEN, detour=_YES),
    down=st.none() | st.builds(Down, to=PICK, limited=_YES),
    refer=st.none() | st.builds(Refer, to=PICK, works=_YES, signs=_YES, no_answer=_YES, when=_WHEN),
    convene=st.none()
    | st.builds(Convene, to=PICK, when=_WHEN, another=_YES, another_when=_WHEN, fails=_YES, refers=_YES, again=_YES),
    shelve=st.none() | st.builds(Shelve, by_field=_YES, by_clock=_YES, when=_WHEN),
    detour=st.none() | st.tuples(st.integers(1, 3), PICK),
    inspect=_YES,
    urge=_YES,
    regrade=_YES,
    withdraw=_YES,
)


def states(shape: Shape) -> dict[str, State]:
    """Return the states of a shape, the start first, the end last."""
    kinds: dict[str, StateKind] = {}
    for queue, _, work, _ in STAGES[: shape.stages]:
        kinds |= {queue: "queue", work: "work"}
    if shape.inspect:
        kinds["inspecting"] = "work"
    if shape.refer:
        kinds["referred"] = "queue" if shape.refer.works else "wait"
        kinds |= {"attended": "work"} if shape.refer.works else {}
        kinds |= {"signed": "wait"} if shape.refer.signs else {}
    if shape.convene:
        kinds["convened"] = "wait"
    if shape.shelve:
        kinds["shelved"] = "wait"
    if shape.asked:
        kinds["asked"] = "wait"
    kinds["closed"] = "final"
    if shape.withdraw:
        kinds["withdrawn"] = "final"
    return {name: State(name, kind) for name, kind in kinds.items()}


def counters(shape: Shape) -> dict[str, bool]:
    """Return the counters of a shape, each with whether it counts reopenings."""
    found = {"reopened": True} if shape.asked else {}
    found |= {"handed_down": False} if shape.down and shape.down.limited else {}
    found |= {"rounds": False} if shape.convene and shape.convene.another else {}
    return found | ({"urged": False} if shape.urge else {})


def ways(shape: Shape, when: When) -> tuple[Transition, ...]:
    """Return the transitions of a shape; `when` reads the guards."""
    blocks = (_stages, _asked, _up, _down, _refer, _convene, _shelve, _anywhere)
    return tuple(way for block in blocks for way in block(shape, when))


def _stages(shape: Shape, when: When) -> Iterator[Transition]:
    onward = [*shape.queues[1:], shape.end]
    for at, (queue, take, work, done) in enumerate(STAGES[: shape.stages]):
        yield Transition(take, (queue,), work, take=True)
        if at == 0 and shape.detour:
            guarded, number = shape.detour
            targets = [*shape.queues, shape.end, "closed", *(["shelved"] if shape.shelve else [])]
            yield Transition(done, (work,), pick(targets, number), by=HERE, when=when(guarded))
        sources = (work, "inspecting") if shape.inspect and at == shape.stages - 1 else (work,)
        yield Transition(done, sources, onward[at], by=HERE, sets=("severity",) if at == 0 else ())
    if shape.inspect:
        yield Transition("inspect", (shape.works[-1],), "inspecting", by=HERE)


def _asked(shape: Shape, when: When) -> Iterator[Transition]:
    asked = shape.asked
    if asked is None:
        return
    yield Transition("confirm", ("asked",), "closed", by=("reporter",))
    ways = [(asked.up, None)] if not asked.split else [(False, when(asked.split)), (asked.up, None)]
    for up, guarded in ways:
        yield Transition(
            "dispute",
            ("asked",),
            pick(shape.queues, asked.to),
            by=("reporter",),
            move="up" if up else "stay",
            add={"reopened": 1},
            when=guarded,
        )
    if asked.silent:
        yield Transition("silent_close", ("asked",), "closed", by=("clock",))


def _up(shape: Shape, when: When) -> Iterator[Transition]:
    up = shape.up
    if up is None:
        return
    sources = pick([(*shape.queues, *shape.works), shape.queues, shape.works[-1:]], up.sources)
    by = pick([HERE, (*HERE, "clock"), ("clock",)], up.by)
    to = pick(shape.queues, up.to)
    if up.detour:
        yield Transition("escalate", sources, to, by=by, move="up", needs=("reason",), when=when(up.when))
        yield Transition("escalate", sources, shape.end, by=by, needs=("reason",), when="not has_superior")
    else:
        yield Transition("escalate", sources, to, by=by, move="up", needs=("reason",), when=when(up.when))


def _down(shape: Shape, when: When) -> Iterator[Transition]:
    down = shape.down
    if down is not None:
        yield Transition(
            "hand_down",
            (shape.queues[-1], shape.works[-1]),
            pick(shape.queues, down.to),
            by=HERE,
            move="down",
            add={"handed_down": 1} if down.limited else {},
            when="handed_down < 2" if down.limited else None,
        )


def _refer(shape: Shape, when: When) -> Iterator[Transition]:
    refer = shape.refer
    if refer is None:
        return
    away = ("attended",) if refer.works else ("referred",)
    further = ("convened",) if shape.convene and shape.convene.refers else ()
    yield Transition(
        "refer", (*shape.works[-1:], *further), "referred", by=HERE, move="refer", when=when(refer.when)
    )
    if refer.works:
        yield Transition("attend", ("referred",), "attended", take=True)
    if refer.signs:
        yield Transition("sign", away, "signed", by=("department",))
        away += ("signed",)
    yield Transition("report_back", away, pick(shape.queues, refer.to), by=("department",), move="back")
    if refer.no_answer:
        everywhere = tuple(dict.fromkeys(("referred", *away)))
        yield Transition("no_answer", everywhere, pick(shape.queues, refer.to), by=("clock",), move="back")


def _convene(shape: Shape, when: When) -> Iterator[Transition]:
    convene = shape.convene
    if convene is None:
        return
    further = ("convened",) if convene.again else ()
    yield Transition("convene", (*shape.works[-1:], *further), "convened", by=HERE, move="convene", when=when(convene.when))
    yield Transition("agree", ("convened",), pick(shape.queues, convene.to), by=HERE, move="back")
    if convene.another:
        guarded = when(convene.another_when)
        yield Transition("another_round", ("convened",), "convened", by=HERE, add={"rounds": 1}, when=guarded)
    if convene.fails:
        target = "shelved" if shape.shelve else "closed"
        yield Transition("fail_to_agree", ("convened",), target, by=HERE, move="back")


def _shelve(shape: Shape, when: When) -> Iterator[Transition]:
    shelve = shape.shelve
    if shelve is not None:
        yield Transition(
            "shelve", shape.works[-1:], "shelved", by=HERE, needs=("review_on",), when=when(shelve.when)
        )
        yield Transition("revive", ("shelved",), shape.queues[-1], by=(*HERE, "clock") if shelve.by_clock else HERE)


def _anywhere(shape: Shape, _: When) -> Iterator[Transition]:
    if shape.regrade:
        yield Transition("regrade", (*shape.queues, *shape.works), by=ABOVE, needs=("reason",), sets=("severity",))
    if shape.urge:
        yield Transition("urge", ("*",), by=("reporter",), add={"urged": 1})
    if shape.withdraw:
        yield Transition("withdraw", ("*",), "withdrawn", by=("reporter",))
