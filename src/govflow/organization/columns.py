"""A million units from plain columns (rule O3): sequences of equal length, one entry for each unit.

The kinds of value, the numbers and the level names of the columns are checked here, row by row; whether the
units make an arborescence is the matter of ``tree``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import cast

from govflow.errors import UsageError
from govflow.organization.faults import MAX_PEOPLE, MAX_UNITS, Faults
from govflow.organization.model import Level
from govflow.organization.tree import Draft


def read_columns(
    ids: Iterable[str],
    superiors: Iterable[str | None],
    levels: Iterable[str],
    *,
    handlers: Iterable[int] | None,
    households: Iterable[int] | None,
    scheme: Sequence[Level],
    faults: Faults,
) -> Draft:
    """Return the draft that the columns describe; without `handlers` one each, without `households` none.

    Raise UsageError where the lengths differ or an entry is no text.
    """
    names, level_names = _texts("ids", ids), _texts("levels", levels)
    draft = Draft(names, cast("list[str | None]", _texts("superiors", superiors, empty=True)))
    numbers = {"handlers": handlers, "households": households}
    given = {key: list(column) for key, column in numbers.items() if column is not None}
    lengths = {"ids": len(names), "superiors": len(draft.superiors), "levels": len(level_names)}
    _check_lengths(lengths | {key: len(column) for key, column in given.items()}, faults)
    draft.depths = _depths(level_names, scheme, draft, faults)
    draft.handlers = _numbers("handlers", given.get("handlers", [1] * len(names)), draft, faults)
    draft.households = _numbers("households", given.get("households", [0] * len(names)), draft, faults)
    faults.totals(len(names), sum(draft.handlers), sum(draft.households))
    return draft


def _texts(key: str, column: Iterable[object], *, empty: bool = False) -> list[str]:
    entries = list(column)
    for row, entry in enumerate(entries):
        if not isinstance(entry, str) and not (empty and entry is None):
            allowed = "texts, or None for the top" if empty else "texts"
            raise UsageError(f"the column {key} holds {entry!r} in row {row}; it holds {allowed} only")
    return cast("list[str]", entries)


def _check_lengths(lengths: dict[str, int], faults: Faults) -> None:
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} {length:,}" for key, length in lengths.items())
        raise UsageError(f"the columns differ in length ({told}); give one entry for each unit in every column")
    count = lengths["ids"]
    if count > MAX_UNITS:
        faults.add("ids", "absurd_size", f"{count:,} units: at most {MAX_UNITS:,} can be built")
        faults.raise_any()


def _depths(names: Sequence[str], scheme: Sequence[Level], draft: Draft, faults: Faults) -> array[int]:
    depths = {level.name: depth for depth, level in enumerate(scheme)}
    unknown = len(scheme)
    found = array("b", (depths.get(name, unknown) for name in names))
    if unknown in found:
        for row, depth in enumerate(found):
            if depth == unknown:
                faults.unknown(draft.place(row, "level"), "level", names[row], depths)
    return found


def _numbers(key: str, column: Sequence[object], draft: Draft, faults: Faults) -> array[int]:
    try:
        numbers = array("i", cast("Sequence[int]", column))
        if not numbers or (min(numbers) >= 0 and max(numbers) <= MAX_PEOPLE):
            return numbers
    except (TypeError, OverflowError):
        pass  # looked at one by one below
    return array("i", (faults.number(draft.place(row, key), entry, MAX_PEOPLE) for row, entry in enumerate(column)))
