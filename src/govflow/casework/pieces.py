"""Many cases in commits of bounded size: what cannot be done with one of them is done with all the others.

A case with which it fails is put aside with its error, and that is told at the end. A store that fails is no matter of
one case, and ends everything at once; what was committed before stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from govflow.casework.erasing import batches
from govflow.casework.office import MOST_TRIES, Office
from govflow.errors import Conflict, GovflowError, StoreError

AT_ONCE = 200
"""So many cases are taken into one commit."""

FEW = 2
"""So often it is tried with many cases together where others are at work on them; then with fewer."""

Aside: TypeAlias = dict[str, GovflowError]
"""The cases that were put aside, each with what was said of it."""


def in_pieces(office: Office, decide: Callable[..., int], cases: Sequence[str], aside: Aside) -> int:
    """Decide on `cases` in one commit, or in smaller ones where that fails, and return the sum of what is counted."""
    alone = len(cases) == 1
    try:
        count, _ = office.run(partial(decide, cases=cases), fresh=True, tries=MOST_TRIES if alone else FEW)
        return count or 0
    except StoreError:
        raise
    except GovflowError as problem:
        if alone and isinstance(problem, Conflict):
            raise
        if alone:
            aside[cases[0]] = problem.with_traceback(None)  # which holds the draft
            return 0
    return sum(in_pieces(office, decide, some, aside) for some in batches(cases, -(-len(cases) // 4)))


def first_of(aside: Mapping[str, GovflowError], done: str) -> GovflowError:
    """Return the first error of those put aside, with a note of how many cases that were, and what was `done`."""
    first = next(iter(aside.values()))
    few = ", ".join(list(aside)[:10]) + (", …" if len(aside) > 10 else "")
    first.add_note(f"{len(aside)} cases were set aside ({few}); {done}")
    return first
