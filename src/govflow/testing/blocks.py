"""The building blocks of the lifecycles that the kit draws: which states and ways each block brings.

`read_shape` reads a sketch; `states`, `counters`, `fields` and `ways` say what the shape stands for. Every block is
optional, and each brings ways that stay well made whichever other blocks are there. Nothing is drawn that ties cases
to one another (links, raised cases) or asks who did it before (`once`). Deadlines and counts: see ``clocks``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from govflow.lifecycle import Counter, Field, State, StateKind, Transition
from govflow.testing.sketch import Sketch, several

When = Callable[[int], str | None]
"""Returns the text of one of the lifecycle's guards by number; 0 is no guard."""

STAGES = (
    ("received", "screen", "screening", "accept"),
    ("assigned", "start", "handling", "resolve"),
    ("reviewed", "review", "reviewing", "approve"),
)
"""The names of each stage: queue, the transition that takes, work, what leads on."""

HERE, ABOVE = ("handler@here",), ("handler@here", "handler@above")

SIZE = 9
DRAWN = several(SIZE, 6) | several(SIZE, 14, 6)
"""What is drawn for the blocks of a lifecycle, few or many; of two of one kind the first counts."""


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
    """Cases go down to a queue, perhaps at most twice."""

    to: int
    limited: bool
    when: int


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
    clears: bool


@frozen
class Shelve:
    """Cases are shelved, until people revive them or perhaps the clock does."""

    by_clock: bool
    when: int


@frozen
class Shape:
    """Which blocks there are; `detour` is a guarded way out of the first work, `extras` are blocks without choices."""

    stages: int
    asked: Asked | None = None
    up: Up | None = None
    down: Down | None = None
    refer: Refer | None = None
    convene: Convene | None = None
    shelve: Shelve | None = None
    detour: tuple[int, int] | None = None
    extras: tuple[str, ...] = ()

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


EXTRAS = ("inspect", "urge", "regrade", "withdraw", "claim", "pledge")


def _stage(sketch: Sketch) -> int:
    return sketch.number(len(STAGES))


def _guard(sketch: Sketch) -> int:
    return sketch.number(4)


_BLOCKS: Mapping[str, Callable[[Sketch], object]] = {
    "asked": lambda s: Asked(to=_stage(s), split=_guard(s), up=s.yes(), silent=s.yes()),
    "up": lambda s: Up(sources=s.number(3), to=_stage(s), by=s.number(3), when=_guard(s), detour=s.yes()),
    "refer": lambda s: Refer(to=_stage(s), works=s.yes(), signs=s.yes(), no_answer=s.yes(), when=_guard(s)),
    "shelve": lambda s: Shelve(by_clock=s.yes(), when=_guard(s)),
    "down": lambda s: Down(to=_stage(s), limited=s.yes(), when=_guard(s)),
    "convene": lambda s: Convene(_stage(s), _guard(s), s.yes(), _guard(s), s.yes(), s.yes(), s.yes(), s.yes()),
    "detour": lambda s: (1 + s.number(3), s.number(12)),
}


def read_shape(stages: int, drawn: Sequence[bytes]) -> Shape:
    """Return the shape that sketches of blocks stand for; guards are numbers from 0, none, to 3."""
    found: dict[str, Any] = {}
    for sketch in map(Sketch, drawn):
        kind = sketch.pick((*_BLOCKS, *EXTRAS))
        if kind not in found:
            found[kind] = _BLOCKS[kind](sketch) if kind in _BLOCKS else None
    parts = {kind: block for kind, block in found.items() if kind in _BLOCKS}
    return Shape(stages, **parts, extras=tuple(kind for kind in EXTRAS if kind in found))


def states(shape: Shape) -> dict[str, State]:
    """Return the states of a shape, the start first, the end last."""
    kinds: dict[str, StateKind] = {}
    for queue, _, work, _ in STAGES[: shape.stages]:
        kinds |= {queue: "queue", work: "work"}
    if "inspect" in shape.extras:
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
    if "withdraw" in shape.extras:
        kinds["withdrawn"] = "final"
    return {name: State(name, kind) for name, kind in kinds.items()}


def counters(shape: Shape) -> dict[str, Counter]:
    """Return the counters of a shape; of `places` the opening may say how many there are."""
    found = [Counter("reopened", cycle=True)] if shape.asked else []
    found += [Counter("handed_down")] if shape.down and shape.down.limited else []
    found += [Counter("rounds")] if shape.convene and shape.convene.another else []
    found += [Counter("urged")] if "urge" in shape.extras else []
    found += (
        [Counter("places", given=True, start=2), Counter("claimed", at_most="places")]
        if "claim" in shape.extras
        else []
    )
    found += [Counter("pledged")] if "pledge" in shape.extras else []
    return {one.name: one for one in found}


def fields(shape: Shape) -> dict[str, Field]:
    """Return the declared fields of a shape."""
    found = [Field("places", "number"), Field("way", "choice", ("take_on", "adopt"))] if "claim" in shape.extras else []
    found += [Field("amount", "money")] if "pledge" in shape.extras else []
    return {one.name: one for one in found}


def ways(shape: Shape, when: When) -> tuple[Transition, ...]:
    """Return the transitions of a shape; `when` reads the guards."""
    blocks = (_stages, _asked, _up, _down, _refer, _convene, _shelve, _anywhere)
    return tuple(way for block in blocks for way in block(shape, when))


def _queue(shape: Shape, number: int) -> str:
    return shape.queues[number % shape.stages]


def _said(target: str) -> tuple[str, ...]:
    """Return what must be said on a way: when a case that is shelved is looked at again."""
    return ("review_on",) if target == "shelved" else ()


def _stages(shape: Shape, when: When) -> Iterator[Transition]:
    onward = [*shape.queues[1:], shape.end]
    for at, (queue, take, work, done) in enumerate(STAGES[: shape.stages]):
        yield Transition(take, (queue,), work, take=True)
        if at == 0 and shape.detour:
            guarded, number = shape.detour
            targets = [*shape.queues, shape.end, "closed", *(["shelved"] if shape.shelve else [])]
            target = targets[number % len(targets)]
            yield Transition(done, (work,), target, by=HERE, needs=_said(target), when=when(guarded))
        sources = (work, "inspecting") if "inspect" in shape.extras and at == shape.stages - 1 else (work,)
        yield Transition(done, sources, onward[at], by=HERE, sets=("severity",) if at == 0 else ())
    if "inspect" in shape.extras:
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
            _queue(shape, asked.to),
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
    sources = ((*shape.queues, *shape.works), shape.queues, shape.works[-1:])[up.sources]
    by = (HERE, (*HERE, "clock"), ("clock",))[up.by]
    to = _queue(shape, up.to)
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
            _queue(shape, down.to),
            by=HERE,
            move="down",
            add={"handed_down": 1} if down.limited else {},
            when="handed_down < 2" if down.limited else when(down.when),
        )


def _refer(shape: Shape, when: When) -> Iterator[Transition]:
    refer = shape.refer
    if refer is None:
        return
    away: tuple[str, ...] = ("attended",) if refer.works else ("referred",)
    further = ("convened",) if shape.convene and shape.convene.refers else ()
    yield Transition("refer", (*shape.works[-1:], *further), "referred", by=HERE, move="refer", when=when(refer.when))
    if refer.works:
        yield Transition("attend", ("referred",), "attended", take=True)
    if refer.signs:
        yield Transition("sign", away, "signed", by=("department",))
        away += ("signed",)
    yield Transition("report_back", away, _queue(shape, refer.to), by=("department",), move="back")
    if refer.no_answer:
        everywhere = tuple(dict.fromkeys(("referred", *away)))
        yield Transition("no_answer", everywhere, _queue(shape, refer.to), by=("clock",), move="back")


def _convene(shape: Shape, when: When) -> Iterator[Transition]:
    convene = shape.convene
    if convene is None:
        return
    further = ("convened",) if convene.again else ()
    yield Transition(
        "convene", (*shape.works[-1:], *further), "convened", by=HERE, move="convene", when=when(convene.when)
    )
    clears = ("rounds",) if convene.another and convene.clears else ()
    yield Transition("agree", ("convened",), _queue(shape, convene.to), by=HERE, move="back", clears=clears)
    if convene.another:
        guarded = when(convene.another_when)
        yield Transition("another_round", ("convened",), "convened", by=HERE, add={"rounds": 1}, when=guarded)
    if convene.fails:
        target = "shelved" if shape.shelve else "closed"
        yield Transition("fail_to_agree", ("convened",), target, by=HERE, move="back", needs=_said(target))


def _shelve(shape: Shape, when: When) -> Iterator[Transition]:
    shelve = shape.shelve
    if shelve is not None:
        yield Transition("shelve", shape.works[-1:], "shelved", by=HERE, needs=_said("shelved"), when=when(shelve.when))
        yield Transition("revive", ("shelved",), shape.queues[-1], by=(*HERE, "clock") if shelve.by_clock else HERE)


def _anywhere(shape: Shape, _: When) -> Iterator[Transition]:
    if "regrade" in shape.extras:
        yield Transition("regrade", (*shape.queues, *shape.works), by=ABOVE, needs=("reason",), sets=("severity",))
    if "urge" in shape.extras:
        yield Transition("urge", ("*",), by=("reporter",), add={"urged": 1})
    if "withdraw" in shape.extras:
        yield Transition("withdraw", ("*",), "withdrawn", by=("reporter",))
    if "claim" in shape.extras:
        by = ("member", "partner")
        yield Transition("claim", ("*",), by=by, takes=("way",), add={"claimed": 1}, joins="helpers")
        yield Transition("release", ("*",), by=("helper",), leaves="helpers", add={"places": 1}, copies=True)
    if "pledge" in shape.extras:
        yield Transition(
            "pledge", ("*",), by=("anyone",), needs=("amount",), takes=("text",), add={"pledged": "amount"}
        )
