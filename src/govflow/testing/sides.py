"""The two sides of the machine that tries desks: their stores and desks, and what each of them tells.

Nothing is drawn here. Next: ``testing.desk`` for the machine, ``testing.refolding`` for how a history is judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from attrs import astuple, define, evolve, field
from hypothesis import note

from govflow.casework import Act, Case, Desk, Open
from govflow.casework.directory import ANONYMOUS, TOKEN
from govflow.casework.draft import Work, soonest
from govflow.casework.editions import Edition
from govflow.program import destination, from_facts
from govflow.program.columns import FINAL, NONE, S_KIND
from govflow.record import Line, decode, event_of, genesis, link
from govflow.store import Query, Row, Store, open_store
from govflow.testing.refolding import Refolding

FAR = 1 << 62


OPENING = ("by", "category", "channel", "household", "unit", "severity", "reporter", "subject", "about")
ACTING = ("by", "behalf", "to", "severity", "version", "child")


def differ(one: Any, other: Any, what: str) -> None:
    """Raise AssertionError where two things that must be the same are not."""
    assert one == other, f"{what}:\n{one}\n{other}"


@define(eq=False)
class Watch:
    """What tells the desks the time, and names cases: by the command, however often a desk decides it anew."""

    at: int
    command: int = 0
    _given: int = 0

    def __call__(self) -> int:
        """Return the instant; a desk asks whenever it begins to decide."""
        self._given = 0
        return self.at

    def ids(self, lifecycle: str) -> str:
        """Return the id of the next case that the present command opens."""
        self._given += 1
        return f"{lifecycle}-{self.command}-{self._given}"


@define(eq=False)
class Side:
    """One of the two: a store, and the desks on it, of which each remembers what it has seen."""

    model: Desk
    source: Any
    desks: dict[int, Desk] = field(factory=dict)
    tokens: dict[str, str] = field(factory=dict)
    told: dict[str, list[Any]] = field(factory=dict)
    """What the events of every case say, as far as they have been judged."""
    _folds: dict[str, Refolding] = field(factory=dict)

    def desk(self, number: int = 0) -> Desk:
        """Return a desk on the store: number 0, or another beside it."""
        if not self.desks:
            self.desks[0] = on(self.model, self.source)
        if number not in self.desks:
            self.desks[number] = forgetful(self.desks[0])
        return self.desks[number]

    def restart(self) -> None:
        """Begin with desks that remember nothing; a store that is given by its address is closed and opened again."""
        if isinstance(self.source, str):
            self.close()
            self.desks.clear()
        else:
            self.desks = {0: forgetful(self.desk())}

    def close(self) -> None:
        """Close the store."""
        if self.desks:
            self.desks[0].store.close()

    def spoken(self, by: str) -> str:
        """Return who acts: ``token:CASE`` becomes the token that this side's desk gave for that case."""
        return TOKEN + self.tokens[by.removeprefix(TOKEN)] if by.startswith(TOKEN) else by

    def say(self, commands: Sequence[Open | Act], number: int, key: str | None) -> list[Case]:
        """Give a desk commands as an application does, several in one commit, and return their cases."""
        desk, commands = self.desk(number), [self._spoken(command) for command in commands]
        if len(commands) > 1:
            note(f"desk.batch({commands}, {key=})")
            cases = desk.batch(commands, key=key)
        elif isinstance(one := commands[0], Open):
            said = {name: getattr(one, name) for name in OPENING if getattr(one, name) is not None}
            note(f"desk.open({one.lifecycle!r}, **{said | dict(one.fields)}, {key=})")
            cases = [desk.open(one.lifecycle, key=key, **said, **one.fields)]
        else:
            said = {name: getattr(one, name) for name in ACTING if getattr(one, name) is not None}
            note(f"desk.act({one.case!r}, {one.trigger!r}, **{said | dict(one.fields)}, {key=})")
            cases = [desk.act(one.case, one.trigger, key=key, **said, **one.fields)]
        self.tokens |= {case.id: case.token for case in cases if case.token is not None}
        return cases

    def remark(self, name: str, number: int, given: Mapping[str, Any]) -> list[Case]:
        """Call a method of a desk that is no trigger: note, attach, extend, recuse."""
        said = {**given, "by": self.spoken(given["by"])}
        note(f"desk.{name}(**{said})")
        return [getattr(self.desk(number), name)(**said)]

    def _spoken(self, command: Open | Act) -> Open | Act:
        return command if isinstance(command, Open) else evolve(command, by=self.spoken(command.by))

    def check(self, cases: Sequence[Case]) -> None:
        """Hold the cases that a command gave out to what is kept of them."""
        rows = self.rows()
        for case in cases:
            kept = rows[case.id]
            told = (case.version, dict(case.facts), case.open)
            differ(told, (kept.version, kept.facts, kept.open), f"{case.id}: given out is what is not kept")

    def work(self, row: Row) -> Work:
        """Return a case as a desk works on it."""
        return self.desk().office.work(row)

    def rows(self) -> dict[str, Row]:
        """Return what is kept of every case."""
        return {row.case: row for row in self.desk().store.rows()}

    def kept(self) -> dict[str, Any]:
        """Return what is kept of every case, to be compared."""
        return {case: astuple(row, recurse=False) for case, row in self.rows().items()}

    def seen(self) -> set[tuple[str, str]]:
        """Return what has happened, after the lifecycle of its case: ``open``, a trigger, ``expiry:DEADLINE``."""
        found = set()
        for lines in self.told.values():
            lifecycle = lines[0][2]["lifecycle"]
            for _, body, _ in lines:
                found.add((lifecycle, body["kind"]))
                if "deadline" in body:
                    found.add((lifecycle, f"expiry:{body['deadline']}"))
        return found

    def judged(self, edition: Edition) -> dict[str, Row]:
        """Judge every case that has changed since the last time, and return what is kept of all."""
        rows = self.rows()
        for case, row in rows.items():
            fold = self._folds.setdefault(case, Refolding(edition))
            if fold.version != row.version:
                lines = self.desk().store.lines(case)
                self.told.setdefault(case, []).extend(map(told, lines[fold.version :]))
                judge(fold, row, lines)
        return rows


def by_watch(model: Desk, watch: Watch) -> Desk:
    """Return a desk like another that goes by a watch."""
    office = evolve(model.office, clock=watch, ids=watch.ids)
    return evolve(model, clock=watch, ids=watch.ids, office=office)


def on(model: Desk, source: Any) -> Desk:
    """Return a desk like another on a store of its own, without compiling its definition anew."""
    store, key = open_store(source), model.office.edition.key
    store.keep_definition(key, model.store.definition(key) or "")
    editions = copy(model.office.editions)
    editions.store = store
    return evolve(model, store=store, office=evolve(model.office, store=store, editions=editions))


def forgetful(desk: Desk) -> Desk:
    """Return another desk on the same store, of the same definition, that remembers no case."""
    return evolve(desk, office=evolve(desk.office))  # one made anew would compile its definition again


def plain(text: str) -> str:
    """Return a stored text without what differs between two desks: tokens, which are drawn anew each time."""
    return re.sub(ANONYMOUS + "[0-9a-f]+", ANONYMOUS, text)


def told(line: Line) -> Any:
    """Return what an event says, but for when it was written down and with which salts."""
    body = decode(plain(line.body))
    body.pop("recorded", None)
    body["texts"] = sorted(body.get("texts", ()))
    return line.version, body, decode(plain(line.changes))


# ------------------------------------------------------------ what must hold
def judge(history: Refolding, row: Row, lines: Sequence[Line]) -> None:
    """Hold what is kept of a case to its events, and its events to the step; `history` ends where they were judged."""
    head, edition = genesis(row.case), history.edition
    for line in lines:
        head = link(head, line.body, line.changes)
        assert line.hash == head, f"{row.case}, event {line.version}: its hash is not that of what it says"
    assert (row.version, row.head) == (len(lines), head), f"{row.case}: the row is at {row.version} of {len(lines)}"
    for line in lines[history.version :]:
        history.take(event_of(line))
    assert row.facts == history.facts, f"{row.case}: kept is {row.facts}, the events tell {history.facts}"
    position = history.position
    assert position is not None, f"{row.case}: a case without events"
    assert row.due == soonest(position), f"{row.case}: kept as due at {row.due}, it is due at {soonest(position)}"
    is_open = edition.program.rules.states[position.state][S_KIND] != FINAL
    assert row.open == is_open, f"{row.case}: kept as {'open' if row.open else 'closed'}"


def judge_links(edition: Edition, rows: Mapping[str, Row]) -> None:
    """Hold cases to those that they are linked to: children are counted, and what follows a closed case has closed."""
    for row in rows.values():
        raised = sum(rows[case].open for case in row.facts.get("raised", ()))
        assert row.facts.get("children", 0) == raised, f"{row.case}: {raised} of the cases that it raised are open"
        main = row.facts.get("main")
        if main is None or rows[main].open or not row.open:
            continue
        position = from_facts(edition.program, row.facts)
        end = rows[main].facts["state"]
        ways = edition.followers[position.lifecycle]["main"]
        open_to = (way for way in ways if destination(edition.program, position, way) != NONE)
        still = [way for way in open_to if _ends_so(edition, position.lifecycle, way, end)]
        assert not still, f"{row.case}: it follows {main}, which is closed, and is still open"


def _ends_so(edition: Edition, lifecycle: int, transition: int, end: str) -> bool:
    """Say whether a way leads to no other end than that of the main case."""
    target = edition.way(transition).target
    return target in (None, end) or edition.lifecycles[lifecycle].states[target or ""].kind != "final"


def judge_index(store: Store, rows: Mapping[str, Row]) -> None:
    """Hold the ways in which a store finds cases to the cases."""
    dues = sorted((row.due, row.case) for row in rows.values() if row.due is not None)
    assert store.next_due() == (dues[0][0] if dues else None), "the soonest due instant is another"
    assert store.due(FAR, len(rows) + 1) == [case for _, case in dues], "what is due is not in its order"
    found = [row.case for row in store.select(Query(open=True, order="case", limit=len(rows) + 1))]
    assert found == sorted(case for case, row in rows.items() if row.open), "the open cases are others"
