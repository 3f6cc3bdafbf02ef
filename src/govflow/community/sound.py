"""Two checks that every section needs: is a name known, do weights add up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from govflow.community.places import under
from govflow.errors import Fault, hint

TOLERANCE = 1e-6
"""By how much weights that should add up to 1 may miss it."""


Names = Mapping[str, tuple[str, ...] | None]
"""The names written in each section; None where the section could not be read and so nothing is held against it."""


def unknown(name: str, kind: str, known: Iterable[str] | None, path: str) -> Iterator[Fault]:
    """Yield a fault at `path` if `name` is none of the `known` names of its `kind`."""
    known = None if known is None else tuple(known)
    if known is not None and name not in known:
        yield Fault(path, "unknown_name", f"unknown {kind} {name!r}{hint(name, known)}")


def weights(table: Mapping[Any, float], path: str) -> Iterator[Fault]:
    """Yield faults for weights outside 0 to 1, and for a sum that is not 1."""
    outside = {key: weight for key, weight in table.items() if not 0 <= weight <= 1}
    for key, weight in outside.items():
        yield Fault(under(path, str(key)), "out_of_range", f"must lie between 0 and 1, is {weight:g}")
    total = math.fsum(table.values())
    if not outside and abs(total - 1) > TOLERANCE:
        yield Fault(path, "weights", f"must add up to 1, not to {total:.6g}")
