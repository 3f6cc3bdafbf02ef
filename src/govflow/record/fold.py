"""The fold: a case is what its events changed, merged in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.record.canonical import decode


def fold(changes: Iterable[str]) -> dict[str, Any]:
    """Return the facts of a case from the changes of its events, in order of their versions.

    >>> fold(['{"state":"received","severity":3}', '{"state":"screening"}'])
    {'state': 'screening', 'severity': 3}
    """
    facts: dict[str, Any] = {}
    for text in changes:
        facts.update(decode(text))
    return facts


def fold_all(changes: Iterable[tuple[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every case with its facts, from the (case, changes) of all events, by case and version.

    >>> dict(fold_all([("G-1", '{"state":"received"}'), ("G-1", '{"severity":3}'), ("G-2", '{"state":"closed"}')]))
    {'G-1': {'state': 'received', 'severity': 3}, 'G-2': {'state': 'closed'}}
    """
    last: str | None = None
    facts: dict[str, Any] = {}
    for case, text in changes:
        if case == last:
            facts.update(decode(text))
            continue
        if last is not None:
            yield last, facts
        last, facts = case, decode(text)
    if last is not None:
        yield last, facts
