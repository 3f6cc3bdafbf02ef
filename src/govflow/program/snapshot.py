"""A snapshot: the cases that are open on a desk at one instant, as plain data, read into positions.

A desk writes it (``Desk.snapshot``), a simulation starts from it (``simulate(initial=…)``), and a file holds it as
JSON. It may be older than the definition that reads it: what the definition does not know is told by case. The
facts of a case are those of ``standing``; of a desk's own facts only `opened` and `entered` are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from govflow.calendar import FIRST, local_time
from govflow.errors import GovflowError, UsageError
from govflow.program.columns import FINAL, MAX_DEPTH, S_KIND
from govflow.program.model import Program
from govflow.program.position import Position
from govflow.program.standing import Facts, from_facts

FORMAT = 1
MOST = 1 << 60
"""Counts and lengths are smaller than this (36,000 years of µs), so that they can be added up."""


@frozen
class OpenCase:
    """One open case: its id, where it stands, when it opened and since when it is in its present state (µs UTC)."""

    id: str
    position: Position
    opened: int
    entered: int


@frozen
class Snapshot:
    """The open cases of a community at the instant `at` (µs UTC), in order of opening, then of id."""

    community: str
    edition: str
    at: int
    cases: tuple[OpenCase, ...]


def read_snapshot(program: Program, data: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that plain data tells, in whatever order its cases stand.

    UsageError where it is no snapshot of this community, or names the first case that cannot be taken, says why,
    and how many more there are: a state, unit or category that is not known here, a case that is over.
    """
    _check_heading(program, data)
    cases: list[OpenCase] = []
    refused: list[str] = []
    for number, entry in enumerate(data["cases"]):
        try:
            cases.append(_case(program, number, entry, data["at"]))
        except GovflowError as problem:
            refused.append(str(problem))
    counts = Counter(case.id for case in cases)
    refused += [f"case {name!r} of the snapshot: stands there {n} times" for name, n in counts.items() if n > 1]
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise UsageError(refused[0] + more)
    cases.sort(key=lambda case: (case.opened, case.id))
    return Snapshot(data["community"], data["edition"], data["at"], tuple(cases))


def _check_heading(program: Program, data: Any) -> None:
    known = {"community": str, "edition": str, "at": int, "cases": list | tuple}
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise UsageError(f"snapshot: not one of format {FORMAT}; take it with Desk.snapshot()")
    for key, kind in known.items():
        if not isinstance(data.get(key), kind) or isinstance(data[key], bool):
            raise UsageError(f"snapshot: {key} is missing or of another kind; take it with Desk.snapshot()")
    if data["community"] != program.community.name:
        raise UsageError(
            f"snapshot: of the community {data['community']!r}, not of {program.community.name!r}; "
            "give the definition that the desk runs on, or a variant of it"
        )
    local_time(data["at"], program.community.zone)


def _case(program: Program, number: int, entry: Any, at: int) -> OpenCase:
    name = entry.get("case") if isinstance(entry, Mapping) else None
    if not isinstance(name, str) or not name:
        raise UsageError(f"case at place {number} of the snapshot: has no id")
    facts = entry.get("facts")
    if not isinstance(facts, Mapping):
        raise UsageError(f"case {name!r} of the snapshot: has no facts")
    wrong = next(_wrong(facts, at), None)
    if wrong is not None:
        raise UsageError(f"case {name!r} of the snapshot: {wrong} cannot be {facts.get(wrong)!r}")
    try:
        position = from_facts(program, facts)
    except GovflowError as problem:
        raise UsageError(f"case {name!r} of the snapshot: {problem}") from None
    if program.rules.states[position.state][S_KIND] == FINAL:
        raise UsageError(f"case {name!r} of the snapshot: is over ({facts['state']!r} is final); leave it out")
    return OpenCase(name, position, facts["opened"], facts["entered"])


def _wrong(facts: Facts, at: int) -> Iterator[str]:
    """Yield the keys whose values cannot be what they should, whatever the program."""
    for key in ("lifecycle", "state", "unit", "home"):
        if not isinstance(facts.get(key), str):
            yield key
    for key in ("category", "channel"):
        if not isinstance(facts.get(key), str | None):
            yield key
    for key, low, high in (("severity", 1, 5), ("opened", FIRST, at + 1), ("entered", FIRST, at + 1), *_counts(facts)):
        if not _whole(facts.get(key, 0 if key == "children" else None), low, high):
            yield key
    stack = facts.get("stack", ())
    if not isinstance(stack, list | tuple) or len(stack) > MAX_DEPTH or not all(map(_is_place, stack)):
        yield "stack"
    yield from (key for key, value in facts.items() if key.startswith("clock.") and not _is_clock(value, at))


def _counts(facts: Facts) -> Iterator[tuple[str, int, int]]:
    yield ("children", 0, MOST)
    yield from ((key, 0, MOST) for key in facts if key.startswith("entries."))
    yield from ((key, -MOST, MOST) for key in facts if key.startswith("counter."))


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value < high


def _is_place(place: object) -> bool:
    return isinstance(place, list | tuple) and len(place) == 2 and all(isinstance(name, str) for name in place)


def _is_clock(value: object, at: int) -> bool:
    """Return whether a value can be a clock's: run and used, then since (not later than `at`), due, and the rest."""
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= 8:
        return False
    run, used, since, *rest = [*value, None][: max(3, len(value))]
    known = _whole(run, 0, MOST) and _whole(used, 0, MOST) and (since is None or _whole(since, FIRST, at + 1))
    return known and all(number is None or _whole(number, 0, MOST) for number in rest)
