"""The way out: a community as a table, as TOML text, as a file. Defaults are left out, fragments are written in.

What is written reads back as an equal community, ``load(to_data(c)) == c``, for every community that `load`
returns or `changed` makes. A file is written whole or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache, partial
from itertools import groupby
from types import UnionType
from typing import Any, Union

from attrs import has, resolve_types
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from govflow.calendar import WEEKDAYS, Duration
from govflow.community.layout import toml_text
from govflow.community.model import Assumptions, Community, Distribution, Intake
from govflow.community.sections import HEAD, OUTSIDE, Definition
from govflow.community.structure import KEYS, KIND, NAME, is_shaped
from govflow.files import writing
from govflow.lifecycle import Lifecycle, Transition
from govflow.organization import OrganizationPlan


def to_data(community: Community) -> dict[str, Any]:
    """Return the community as the table that `load` reads as an equal one: self-contained, without defaults.

    >>> from govflow.community import load
    >>> beida = load("beida")
    >>> load(to_data(beida)) == beida
    True
    """
    head = Definition(**{key: getattr(community, key) for key in HEAD})
    sections = {
        "levels": {level.name: _plain(level) for level in community.plan.levels},
        "organization": _organization(community.plan),
        "calendars": {name: calendar.to_data() for name, calendar in community.calendars.items()},
        "categories": _plain(community.categories),
        "channels": {name: dict(label) for name, label in community.channels.items()},
        "intake": _plain(community.intake),
        "lifecycle": _plain(community.lifecycles),
        "assumptions": _assumptions(community.assumptions),
        "figures": _plain(community.figures),
    }
    optional = ("intake", "assumptions", "figures")
    written: dict[str, Any] = _plain(head)
    return written | {key: table for key, table in sections.items() if table or key not in optional}


def dumps(community: Community) -> str:
    """Return the community as TOML text.

    >>> from govflow.community import load
    >>> dumps(load("beida")).splitlines()[:2]
    ['format = 1', 'name = "beida"']
    """
    return toml_text(to_data(community))


def dump(community: Community, path: str | os.PathLike[str]) -> None:
    """Write the community to a TOML file; OutputError where that fails, and then nothing half-written is left."""
    save(path, dumps(community))


def save(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` to a file as UTF-8: into a file beside it first, which then takes its place.

    Something that is there and no file (a device, a pipe) is written to as it is.
    """
    with writing(path) as file:
        file.write(text)


def _plain(value: Any) -> Any:
    return writer().unstructure(value)


def _organization(plan: OrganizationPlan) -> dict[str, Any]:
    outside = {
        section: {unit.id.partition("/")[2]: _plain(unit) for unit in plan.outside if unit.kind == kind}
        for section, kind in OUTSIDE.items()
    }
    written: dict[str, Any] = _plain(plan)
    return {"top": plan.top} | {key: table for key, table in outside.items() if table} | written


def _assumptions(assumptions: Assumptions) -> dict[str, Any]:
    weeks = {name: _week(week) for name, week in assumptions.weeks.items()}
    written: dict[str, Any] = _plain(assumptions)
    return ({"weeks": weeks} if weeks else {}) | written


def _week(week: Mapping[str, tuple[float, ...]]) -> dict[str, list[float]]:
    """Return hourly weights with equal neighbours as a range, ``mon-fri``."""
    data = {}
    for weights, run in groupby(WEEKDAYS, key=week.get):
        days = list(run)
        if weights is not None:
            data[days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"] = list(weights)
    return data


def _distribution(time: Distribution) -> Any:
    if time.kind == "constant":
        return _plain(time.parameters["value"])
    return {time.kind: {key: _plain(value) for key, value in time.parameters.items()}}


def _intake(intake: Intake) -> dict[str, Any]:
    finer = {category: dict(levels) for category, levels in intake.category.items()}
    return dict(intake.channel) | ({"category": finer} if finer else {})


def _transitions(ways: Iterable[Transition]) -> dict[str, Any]:
    table: dict[str, list[Any]] = {}
    for way in ways:
        table.setdefault(way.trigger, []).append(_plain(way))
    return {trigger: written[0] if len(written) == 1 else written for trigger, written in table.items()}


def _table(table: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): _plain(value) for key, value in table.items()}


def _list(items: Iterable[Any]) -> Any:
    """Return a list; a single text stands for itself."""
    written = [_plain(item) for item in items]
    return written[0] if len(written) == 1 and isinstance(written[0], str) else written


def _class(cls: type) -> Any:
    resolve_types(cls)
    written: dict[str, Any] = {
        attribute: override(omit=True) if key in (NAME, KIND) else override(rename=key)
        for attribute, key in KEYS.get(cls, {}).items()
    }
    for attribute in ("levels", "outside", "top") if cls is OrganizationPlan else ():
        written[attribute] = override(omit=True)
    if cls is Assumptions:
        written["weeks"] = override(omit=True)
    if cls is Lifecycle:
        written["transitions"] = override(unstruct_hook=_transitions)
    if cls is Definition:
        written["format"] = override(omit_if_default=False)
    return make_dict_unstructure_fn(cls, writer(), _cattrs_omit_if_default=True, **written)


@cache
def writer() -> Converter:
    """Return the one converter of the way out, built on first use."""
    made = Converter()
    made.register_unstructure_hook(Duration, str)
    for origin, hook in {tuple: _list, Mapping: _table, Union: _plain, UnionType: _plain}.items():
        made.register_unstructure_hook_func(partial(is_shaped, origin), hook)
    made.register_unstructure_hook_func(lambda t: isinstance(t, type) and issubclass(t, (tuple, list)), _list)
    made.register_unstructure_hook_factory(lambda t: has(t) and t is not Duration, _class)
    made.register_unstructure_hook(Intake, _intake)
    made.register_unstructure_hook(Distribution, _distribution)
    return made
