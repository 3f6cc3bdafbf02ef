"""A machine that works at two desks at once, and holds what they keep to the definition and to each other.

Both desks are given the same commands, each over a store of its own. The one advances often, the other rarely: their
histories must be the same all the same (rule L5). Everything that is kept must be what the events tell, and every
event must be where the step of `program` leads. Next: ``testing.commands`` for what is said to the desks,
``testing.sides`` for the two, ``testing.refolding`` for how a history is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, ClassVar

from hypothesis import HealthCheck, note, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from govflow.calendar import DAY, HOUR, parse_instant
from govflow.casework import Act, Case, Desk, Directory
from govflow.casework.editions import Edition
from govflow.casework.links import linked
from govflow.community import Community
from govflow.errors import GovflowError
from govflow.store import Store
from govflow.testing.commands import Said, Scene, bad_openings, draw_opening, illegal, legal, new_due, remark
from govflow.testing.histories import WAITS
from govflow.testing.sides import Side, Watch, by_watch, differ, judge_index, judge_links

MOST_CASES = 8
"""So many times a case is opened in one example, beside the first of each lifecycle."""

TRIES = 5
"""So often it is tried to open the first of each lifecycle."""

DEEDS = {
    "act": 40,
    "lapse": 8,
    "open": 3,
    "change_desks": 3,
    "remark": 2,
    "act_wrongly": 2,
    "open_wrongly": 1,
    "say_it_again": 1,
    "advance": 3,
    "turn_back": 1,
    "restart": 1,
    "audit": 1,
}
"""What can happen at a step, and how often beside the rest: the names of the machine's methods."""

DUE, PAST = "to the next due instant", "just past it"


class DeskMachine(RuleBasedStateMachine):
    """The machine that `desk_machine` makes for a community and a store."""

    model: ClassVar[Desk]
    edition: ClassVar[Edition]
    empty: ClassVar[Callable[[], Any]]
    lifecycles: ClassVar[Sequence[str]]
    seen: ClassVar[set[tuple[str, str]]]

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Set up two desks, each on an empty store, in the community's first morning; open a case of each lifecycle."""
        self.watch = Watch(parse_instant(self.model.community.start, self.model.community.zone) + 9 * HOUR)
        model = by_watch(self.model, self.watch)
        self.often, self.rarely = self.sides = (Side(model, type(self).empty()), Side(model, type(self).empty()))
        self.latest, self.opened, self.number = self.watch.at, 0, 0
        self.tokens: dict[str, str] = {}
        self.keyed: Callable[[Side], list[Case]] | None = None
        for lifecycle in self.lifecycles:
            any(self._give(data, [self._opening(data, [lifecycle])]) for _ in range(TRIES))
        self.agrees()

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Something happens: see `DEEDS`. One rule for all, for Hypothesis leaves out rules now and then."""
        deed = data.draw(st.sampled_from([name for name, often in DEEDS.items() for _ in range(often)]), label="deed")
        getattr(self, deed)(data)

    # -------------------------------------------------------- commands
    def open(self, data: st.DataObject) -> None:
        """Somebody opens a case."""
        if self.opened < MOST_CASES:
            self.opened += 1
            self._give(data, [self._opening(data, self.lifecycles)])

    def _opening(self, data: st.DataObject, lifecycles: Sequence[str]) -> Said:
        return draw_opening(data.draw, self._scene(), self._one(data, lifecycles))

    def open_wrongly(self, data: st.DataObject) -> None:
        """Somebody tries to open what cannot be opened."""
        wrong = bad_openings(self._scene(), self._opening(data, self.lifecycles))
        self._give(data, [data.draw(st.sampled_from(wrong), label="wrong")])

    def act(self, data: st.DataObject) -> None:
        """Somebody does what they may, to a case or to several in one commit; or all wait for one's next deadline."""
        scene, said = self._scene(), list[Said]()
        for number in range(data.draw(st.sampled_from([1, 1, 1, 2, 3]), label="how many")):
            taken = {one.command.case for one in said if isinstance(one.command, Act)}
            free = [w.id for w in scene.cases.values() if w.open and w.id not in taken and not (number and linked(w))]
            if not free:
                break
            work = scene.cases[self._one(data, free)]
            due = None if number else new_due(scene, work)
            if due is not None and due >= self.watch.at and data.draw(st.booleans(), label="wait?"):
                self._pass(due + 1)
                return
            one = legal(data.draw, scene, work)
            said += [one] if one and not (said and one.alone) else []
            if one and one.alone:
                break
        if said:
            self._give(data, said)
        else:
            self.open(data)

    def act_wrongly(self, data: st.DataObject) -> None:
        """Somebody tries what they may not, or says it badly; what else was in the same commit does not happen."""
        scene = self._scene()
        if scene.cases:
            wrong = illegal(data.draw, scene, scene.cases[self._one(data, scene.cases)])
            batch = data.draw(st.booleans(), label="in a batch")
            self._give(data, [self._opening(data, self.lifecycles), wrong] if batch else [wrong])

    def remark(self, data: st.DataObject) -> None:
        """Somebody adds a note or a document, gives a deadline more time, or withdraws from a case."""
        scene = self._scene()
        said = remark(data.draw, scene, scene.cases[self._one(data, scene.cases)]) if scene.cases else None
        if said is not None:
            call = partial(Side.remark, name=said.name, number=self.number, given=said.given)
            self._both(call, sure=self.watch.at >= self.latest)

    def say_it_again(self, data: st.DataObject) -> None:  # noqa: ARG002  # as the other deeds
        """A command is sent a second time with its key: nothing happens, and the same case comes back."""
        if self.keyed is not None:
            before = [side.kept() for side in self.sides]
            again = self._both(self.keyed, sure=True)
            differ(before, [side.kept() for side in self.sides], "a command was carried out twice")
            differ([case.id for case in again], self.answered, "another case is given out the second time")

    # -------------------------------------------------------- time and desks
    def lapse(self, data: st.DataObject) -> None:
        """Time passes, to an instant of its own or to the next due one; one of the desks advances on the way."""
        wait = data.draw(st.sampled_from([*WAITS[1:], DUE, DUE, PAST, PAST, PAST]), label="wait")
        due = self.often.desk().store.next_due()
        if isinstance(wait, int):
            self._pass(self.watch.at + wait)
        elif due is not None and due >= self.watch.at:
            self._pass(due + (wait == PAST))

    def _pass(self, at: int) -> None:
        """Let time pass; one of the desks advances on the way."""
        since, self.watch.at, self.latest = self.watch.at, at, max(self.latest, at)
        if since < at:  # not up to the instant itself: then whoever acts at it would be too late
            for to in ((since + at - 1) // 2, at - 1):
                self.often.desk(self.number).advance(to=to, jump=True)

    def turn_back(self, data: st.DataObject) -> None:
        """The clock jumps back: what has happened stays as it is."""
        self.advance(data)
        self.watch.at -= data.draw(st.sampled_from([1, HOUR, 3 * DAY]), label="by")

    def advance(self, data: st.DataObject) -> None:  # noqa: ARG002  # as the other deeds
        """Both advance: now their histories are the same to the end, and nothing that is due is left."""
        for side in self.sides:
            side.desk(self.number).advance(jump=True)
            due = side.desk(self.number).store.next_due()
            assert due is None or due > self.watch.at, "something is due still"
            assert side.desk(self.number).advance(jump=True) == 0, "a deadline fires twice"
            side.judged(self.edition)
        self._agree(to_the_end=True)

    def change_desks(self, data: st.DataObject) -> None:  # noqa: ARG002  # as the other deeds
        """The next command comes in at another desk on the same store, which may remember what was before."""
        self.number = 1 - self.number

    def restart(self, data: st.DataObject) -> None:  # noqa: ARG002  # as the other deeds
        """All desks are closed and opened again."""
        for side in self.sides:
            side.restart()

    def audit(self, data: st.DataObject) -> None:  # noqa: ARG002  # as the other deeds
        """The record is whole, and what was kept beside it can be made from it anew."""
        for side in self.sides:
            kept, found = side.kept(), side.desk().verify_audit()
            assert found.ok, str(found.first_bad)
            side.desk().rebuild()
            differ(kept, side.kept(), "rebuilt is what was not kept")

    # -------------------------------------------------------- what must hold
    @invariant()
    def agrees(self) -> None:
        """What is kept is what the events tell, the events are where the step leads, and the desks tell the same."""
        for side in self.sides:
            rows = side.judged(self.edition)
            judge_index(side.desk().store, rows)
            judge_links(self.edition, rows)
        self._agree(to_the_end=False)

    def _agree(self, *, to_the_end: bool) -> None:
        often, rarely = (side.told for side in self.sides)
        assert often.keys() == rarely.keys()
        for case, told in often.items():
            end = len(told) if to_the_end else len(rarely[case])
            differ(told[:end], rarely[case], f"{case}: who advances often tells another history")

    def _scene(self) -> Scene:
        works = {row.case: self.often.work(row) for row in self.often.rows().values()}
        return Scene(self.edition, self.watch.at, works, self.tokens, self.often.seen())

    def _one(self, data: st.DataObject, names: Iterable[str]) -> str:
        return data.draw(st.sampled_from(sorted(names)), label="which")

    def _give(self, data: st.DataObject, said: list[Said]) -> list[Case]:
        """Give both sides commands, in one commit where there are several, sometimes with a key; return the cases."""
        self.watch.command += 1
        key = data.draw(st.sampled_from([None, f"key-{self.watch.command}"]), label="key")
        refused, number = next((one.refused for one in said if one.refused), ()), self.number
        call = partial(Side.say, commands=[one.command for one in said], number=number, key=key)
        cases = self._both(call, refused=refused, sure=all(one.sure for one in said) and self.watch.at >= self.latest)
        for case in cases:
            if case.token is not None:
                self.tokens[self.edition.roster.actor(self.often.spoken(f"token:{case.id}")).person] = case.id
        if cases and key is not None:
            self.keyed, self.answered = call, [case.id for case in cases]
        return cases

    def _both(
        self, call: Callable[[Side], list[Case]], *, refused: tuple[type[GovflowError], ...] = (), sure: bool
    ) -> list[Case]:
        """Let both sides do the same: both take it or both refuse it, as is expected where that is `sure`."""
        before = [side.kept() for side in self.sides]
        cases, errors = list[list[Case]](), list[GovflowError]()
        for side in self.sides:
            try:
                cases.append(call(side))
                side.check(cases[-1])
            except GovflowError as error:
                note(f"# {error!r}")
                errors.append(error)
        assert [type(error) for error in errors[:1]] == [type(error) for error in errors[1:]], "only one refuses"
        assert not sure or bool(errors) == bool(refused), f"it had to be {refused or 'taken'}: {errors}"
        assert not sure or all(isinstance(error, refused) for error in errors), f"it had to be {refused}: {errors}"
        if errors:
            differ(before, [side.kept() for side in self.sides], "what is refused changes something")
        return [] if errors else cases[0]

    def teardown(self) -> None:
        """Tell what was seen, and close both stores."""
        for side in getattr(self, "sides", ()):
            self.seen.update(side.seen())
            side.close()


def desk_machine(
    community: Community,
    store: Callable[[], Store | Any],
    *,
    directory: Directory | None = None,
    lifecycles: Iterable[str] | None = None,
    max_examples: int = 20,
    steps: int = 40,
) -> type[RuleBasedStateMachine]:
    """Return a state machine of Hypothesis that tries a community's lifecycles on a store: run its ``TestCase``.

    `store` makes an empty store whenever it is called: a `Store`, or whatever a desk opens one from; an address is
    opened anew at every restart. `directory` is the desks'. Each example of so many `steps` begins with a case of each
    of the `lifecycles`, None for all; with one alone it gets farther. The same examples are tried each time; `settings`
    of the ``TestCase`` say otherwise. What was reached is in `seen` of the machine, after the lifecycle's name:
    ``open``, triggers, ``expiry:DEADLINE``.

    >>> import govflow as gf
    >>> from govflow.store import MemoryStore
    >>> machine = desk_machine(gf.load("jiafu"), MemoryStore, lifecycles=["wish"], max_examples=1, steps=5)
    >>> machine.TestCase().runTest()
    >>> ("wish", "open") in machine.seen
    True
    """
    model = Desk(community, directory=Directory() if directory is None else directory)
    edition = model.office.edition
    names = edition.program.names.lifecycles if lifecycles is None else tuple(lifecycles)
    own = {"model": model, "edition": edition, "empty": staticmethod(store)}
    own |= {"lifecycles": names, "seen": set()}
    machine: type[RuleBasedStateMachine] = type("DeskMachine", (DeskMachine,), own)
    machine.TestCase.settings = settings(
        max_examples=max_examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    return machine
