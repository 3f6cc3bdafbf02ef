"""The commands that read a definition and run nothing: communities, check, path, draw, new.

Each takes what was typed, calls one function of the room that knows, and returns an `Answer`. None of them needs
numpy. The commands that simulate stand in ``simulations``.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from govflow.cli.figures import count, plain_number
from govflow.cli.page import Answer, Page, Table
from govflow.cli.words import counted, label, word
from govflow.community import Community, load, names, template, to_data
from govflow.errors import OutputError, UsageError
from govflow.files import writing

Format = Literal["mermaid", "dot", "svg"]
ENDINGS: Mapping[str, Format] = {".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}
"""The picture that the ending of ``--output`` asks for."""


# --- communities ------------------------------------------------------------------------------------------------


def communities(given: Namespace) -> Answer:
    """List the bundled communities; with a name or a path, describe that one."""
    if given.community is not None:
        one = load(given.community)
        return Answer(_outline(one) if given.json else _description(one, given.lang))
    found = [load(name) for name in names()]
    if given.json:
        return Answer({"communities": [_outline(one) for one in found]})
    lang = given.lang
    rows = tuple(
        (
            one.name,
            label(one.label, lang, one.name),
            count(len(one.plan.levels)),
            count(one.organization.size),
            count(one.organization.total_households),
            one.source,
        )
        for one in found
    )
    head = ("name", "community", "levels", "units", "households", "source")
    return Answer((Table(tuple(word(key, lang) for key in head), "llrrrl", rows),))


def _outline(community: Community) -> dict[str, Any]:
    organization = community.organization
    written = to_data(community)
    return {
        **{key: getattr(community, key) for key in ("name", "edition", "source", "zone", "start")},
        "label": dict(community.label),
        "levels": organization.count_by_level(),
        "units": organization.size,
        "handlers": organization.total_handlers,
        "households": organization.total_households,
        "lifecycles": list(community.lifecycles),
        "categories": list(community.categories),
        "channels": list(community.channels),
        "figures": written.get("figures", {}),
    }


def _description(community: Community, lang: str) -> Page:
    sources = list(_sources(community))
    assumed = sum(source == "assumption" for source in sources)

    def named(things: Any) -> str:
        labels = {name: getattr(thing, "label", thing) for name, thing in things.items()}
        return ", ".join(label(text, lang, name) for name, text in labels.items())

    return (
        _heading(community, lang),
        *([word("from_source", lang, source=community.source)] if community.source else []),
        word("matters", lang, names=named(community.lifecycles)),
        word("about_what", lang, names=named(community.categories)),
        word("ways_in", lang, names=named(community.channels)),
        _levels(community, lang),
        *([_figures(community, lang)] if community.figures else []),
        word("marked", lang, n=assumed, all=len(sources)),
    )


def _heading(community: Community, lang: str) -> str:
    own = label(community.label, lang, community.name)
    return word("heading", lang, label=own, name=community.name, edition=community.edition)


def _levels(community: Community, lang: str) -> Table:
    organization = community.organization
    labels = {level.name: label(level.label, lang, level.name) for level in community.plan.levels}
    rows = []
    for at, (name, units) in enumerate(organization.count_by_level().items()):
        if not units:
            continue
        own = [unit for unit, depth in enumerate(organization.level) if depth == at]
        totals = (units, *(sum(of[unit] for unit in own) for of in (organization.handlers, organization.households)))
        rows.append((name, labels.get(name) or word("outside", lang), *map(count, totals)))
    head = ("level", "name", "units", "handlers", "households")
    return Table(tuple(word(key, lang) for key in head), "llrrr", tuple(rows))


def _figures(community: Community, lang: str) -> Table:
    rows = tuple(
        (label(one.label, lang, name), word(one.bound, lang, n=plain_number(one.value)), one.source)
        for name, one in community.figures.items()
    )
    return Table(tuple(word(key, lang) for key in ("figure", "value", "source")), "lrl", rows)


def _sources(community: Community) -> Iterator[str]:
    """Yield the sources of what can be reported or assumed, one a count, limit, arrival and behaviour."""
    yield from (pattern.source for pattern in community.plan.patterns.values())
    for lifecycle in community.lifecycles.values():
        yield from (deadline.source for deadline in lifecycle.deadlines.values())
    for of in (community.assumptions.arrivals, community.assumptions.behaviour):
        yield from (one.source for inner in of.values() for one in inner.values())


# --- check ------------------------------------------------------------------------------------------------------


def check(given: Namespace) -> Answer:
    """Find what is unsound in a definition: 1 for errors, with ``--strict`` also for warnings; 2 if malformed."""
    from govflow.verification import verify

    report = verify(given.community)
    if report.malformed and not given.json:
        load(given.community)  # refuses it, with every fault in one error
    status = 2 if report.malformed else 1 if report.errors or (given.strict and report.warnings) else 0
    if given.json:
        return Answer(report.to_data(), status)
    lines: list[str] = []
    for found in report:
        lines.append(f"{word(found.severity, given.lang)}: {found.place}: {found.text} [{found.code}]")
        lines += [f"    {word('way', given.lang)}: {' > '.join(found.path)}"] if found.path else []
    counts = {"errors": len(report.errors), "warnings": len(report.warnings), "notes": len(report.notes)}
    told = ", ".join(counted(key, n, given.lang) for key, n in counts.items() if n)
    last = word("found" if told else "sound", given.lang, name=report.subject, counts=told)
    return Answer((*lines, last), status)


# --- path -------------------------------------------------------------------------------------------------------


def path(given: Namespace) -> Answer:
    """Show the way up from a unit, or from a household's contact unit, to the top."""
    community = load(given.community)
    organization = community.organization
    way = organization.escalation_path(given.unit)
    if given.json:
        return Answer({"community": community.name, "from": given.unit, "path": list(way)})
    rows = tuple((unit, organization.label(unit, given.lang)) for unit in way)
    return Answer((Table((word("unit", given.lang), word("name", given.lang)), "ll", rows),))


# --- draw -------------------------------------------------------------------------------------------------------


def draw(given: Namespace) -> Answer:
    """Draw the organization or a lifecycle, to standard output or to a file that is written whole or not at all."""
    from govflow.draw import draw as drawn

    place = given.output
    ending = Path(place or "").suffix.lower()
    if place is not None and ENDINGS.get(ending) != (given.format or ENDINGS.get(ending, "")):
        wanted = " ".join(key for key, value in ENDINGS.items() if given.format in (None, value))
        raise UsageError(f"--output {place!r}: the ending must be one of {wanted}")
    kind: Format = given.format or ENDINGS.get(ending, "mermaid")
    picture = drawn(load(given.community), given.what, format=kind, lang=given.lang)
    text = picture if picture.endswith("\n") else f"{picture}\n"
    if place is None:
        return Answer(text)
    with writing(place) as file:
        file.write(text)
    return Answer((word("drawn", given.lang, file=place),))


# --- new --------------------------------------------------------------------------------------------------------


def new(given: Namespace) -> Answer:
    """Write a small, complete, commented definition, named for its file, to a place where there is none yet."""
    place = Path(given.file)
    if place.suffix != ".toml":
        raise UsageError(f"{given.file}: a definition's file must end in .toml; write {place.stem or 'place'}.toml")
    if os.path.lexists(place):
        raise OutputError(given.file, "exists already and stays as it is; name a new file")
    text = template(place.stem)
    with writing(place) as file:
        file.write(text)
    return Answer((f"written: {place}", f"next: govflow check {place}"))
