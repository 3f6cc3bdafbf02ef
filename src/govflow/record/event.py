"""What an event holds, and how it is stored: two texts and a hash.

An event says who did what, when, at which unit, in which post, and which facts of the case are different since.
It holds no text that a person wrote, no name and no contact: those lie in the vault, the event commits to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen
from msgspec import Struct

from govflow.record.canonical import decode


class Line(Struct, frozen=True):
    """An event as it is stored: its place in its case, the texts `body` and `changes`, and its hash.

    `position` and `log` (the log's hash) are given afterwards, when the event is sealed.
    """

    case: str
    version: int
    body: str
    changes: str
    hash: bytes
    position: int | None = None
    log: bytes | None = None


@frozen
class Event:
    """A fact of the past. `kind` is the trigger that was fired, or ``open``, ``overdue``, ``extend``, ``note``, ….

    `at` is when it took effect, `recorded` when it was written down (later for a deadline that was noticed late), both
    µs UTC. `by` is who did it, ``clock`` for a deadline; `behalf` for whom, where somebody stood in; `post` and `unit`
    in which place. `fields` hold what was said in ids, codes and numbers, `texts` the commitments of what was said in
    words, `copied` the units that are told. `deadline`, `run`, `rung` (level at expiry) and `cycle` belong to a clock's
    events. `skew`: the desk's clock stood behind the case, and the event took the instant of the one before it.
    `changes` are the facts that are different since; a case is the merge of them all. Hashes are hexadecimal;
    `position` is None until sealed.
    """

    case: str
    version: int
    kind: str
    at: int
    recorded: int
    by: str
    unit: str
    post: str | None = None
    behalf: str | None = None
    reason: str | None = None
    key: str | None = None
    fields: Mapping[str, Any] = field(factory=dict)
    texts: Mapping[str, str] = field(factory=dict)
    copied: Sequence[str] = ()
    deadline: str | None = None
    run: int | None = None
    rung: str | None = None
    cycle: int | None = None
    skew: bool = False
    changes: Mapping[str, Any] = field(factory=dict, repr=False)
    hash: str = field(default="", repr=False)
    position: int | None = None


def event_of(line: Line) -> Event:
    """Return the event that is stored as `line`."""
    body = decode(line.body)
    body.setdefault("recorded", body["at"])
    return Event(
        case=line.case,
        version=line.version,
        changes=decode(line.changes),
        hash=line.hash.hex(),
        position=line.position,
        **body,
    )
