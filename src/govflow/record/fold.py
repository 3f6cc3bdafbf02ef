"""The fold: a case is what its events changed, merged in order."""

from __future__ import annotations

from collections.abc import Iterable
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
