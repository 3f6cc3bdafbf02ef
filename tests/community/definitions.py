"""Definitions for the tests of this room: the template, legal edits of it, and wrong ones with their places.

`definitions` draws legal definitions as tables: the template with some edits, each of them legal wherever it is
made. `WRONGS` are single slips, each with the place and the code of the one fault that it must bring.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from govflow.community import template
from govflow.community.places import split

Table = dict[str, Any]

TEMPLATE: Table = tomllib.loads(template("riverside"))
HANDLING = "assumptions.behaviour.request.handling"
NOISE = "assumptions.arrivals.request.noise"


def fresh() -> Table:
    """Return a copy of the template's table, to be edited."""
    return copy.deepcopy(TEMPLATE)


def put(data: Table, path: str, value: Any) -> Table:
    """Write a value at a key path, making tables on the way; return the table."""
    *way, last = split(path)
    here: Any = data
    for step in way:
        here = here.setdefault(step, {}) if isinstance(here, dict) else here[step]
    here[last] = value
    return data


def drop(data: Table, path: str) -> Table:
    """Leave out what stands at a key path; return the table."""
    *way, last = split(path)
    here: Any = data
    for step in way:
        here = here[step]
    del here[last]
    return data


# ------------------------------------------------------------ values
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
labels = st.dictionaries(st.sampled_from(["en", "zh", "fr"]), texts, max_size=3)
durations = st.builds(
    lambda numbers, units: "".join(f"{number}{unit}" for number, unit in zip(numbers, units, strict=True)),
    st.tuples(st.integers(1, 90)),
    st.sampled_from(["s", "m", "h", "d"]),
) | st.sampled_from(["1d4h", "1.5d", "2h30m", "0.5h", "36h15m10s"])
numbers = st.floats(0.01, 50, allow_nan=False)


@st.composite
def shares(draw: st.DrawFn, keys: list[str]) -> dict[str, float]:
    """Draw weights of some of the keys that add up to 1."""
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    parts = draw(st.lists(st.integers(1, 99), min_size=len(chosen), max_size=len(chosen)))
    return {key: part / sum(parts) for key, part in zip(chosen, parts, strict=True)}


@st.composite
def distributions(draw: st.DrawFn) -> Any:
    """Draw a time of any kind."""
    low, mode, high = sorted(draw(st.tuples(*[st.integers(1, 600)] * 3)))
    kinds: list[Any] = [
        f"{high}m",
        {"constant": {"value": f"{high}m"}},
        {"exponential": {"mean": draw(durations)}},
        {"uniform": {"low": f"{low}m", "high": f"{high}m"}},
        {"triangular": {"low": f"{low}m", "mode": f"{mode}m", "high": f"{high}m"}},
        {"lognormal": {"mean": draw(durations), "cv": draw(numbers)}},
        {"weibull": {"mean": draw(durations), "shape": draw(st.integers(1, 5))}},
        {"quantiles": {"at": [0, 0.5, 1], "values": [f"{low}m", f"{mode}m", f"{high}m"]}},
    ]
    return draw(st.sampled_from(kinds))


# ------------------------------------------------------------ legal edits
Edit = Callable[[st.DrawFn, Table], None]


def edit_head(draw: st.DrawFn, data: Table) -> None:
    """Another head."""
    data["edition"], data["source"], data["label"] = draw(texts), draw(texts), draw(labels)
    data["zone"] = draw(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "UTC"]))
    data["start"] = draw(st.dates().filter(lambda day: 1901 < day.year < 2400)).isoformat()


def edit_organization(draw: st.DrawFn, data: Table) -> None:
    """Other numbers of units, handlers and households."""
    patterns = data["organization"]["patterns"]
    patterns["block"]["each"] = draw(st.integers(1, 3))
    patterns["block"]["handlers"] = draw(st.integers(1, 4) | st.just({"default": 2, "block/1": 3}))
    patterns["contact"] = {"each": draw(st.integers(1, 3)), "source": draw(texts)}
    homes = draw(st.integers(0, 40))
    patterns["contact"] |= draw(st.sampled_from([{"households": homes}, {"households_total": homes}]))
    patterns["block"]["labels"] = {"block/1": draw(labels)}


def edit_rows(draw: st.DrawFn, data: Table) -> None:
    """Units, posts, households, ties and conferences written out."""
    organization = data["organization"]
    handlers = draw(st.integers(1, 5))
    organization["units"] = [{"id": "block/x", "superior": "office/riverside", "handlers": handlers}]
    organization["members"] = ["member:example-1", "member:example-2"]
    organization["posts"] = [{"unit": "block/x", "member": "member:example-1"}]
    organization["households"] = [{"id": "h-1", "contact": "block/x"}]
    organization["partners"] = {"shops": {"label": draw(labels)}}
    organization["teams"] = {"volunteers": {"serves": "block/x", "source": draw(texts)}}
    organization["ties"] = [{"kind": "partners", "from": "block/x", "to": "partner/shops"}]
    every = draw(st.integers(1, 8))
    organization["conferences"] = [{"level": "office", "weekday": "fri", "time": "15:00", "every": every}]


def edit_levels(draw: st.DrawFn, data: Table) -> None:
    """Other attributes of the levels."""
    level = data["levels"][draw(st.sampled_from(list(data["levels"])))]
    level["may_skip"] = draw(st.booleans())
    level["sees_restricted"] = draw(st.booleans())
    level["handling_roles"] = draw(st.sampled_from(["handler", ["handler", "secretary"]]))
    level["label"] = draw(labels)


def edit_calendar(draw: st.DrawFn, data: Table) -> None:
    """Another working week."""
    hours = draw(st.sampled_from(["08:00-12:00", "00:00-24:00", "9:15-10:45 14:00-18:30"]))
    data["calendars"]["office_hours"] = {"hours": {draw(st.sampled_from(["mon", "tue-sat", "mon-sun"])): hours}}


def edit_category(draw: st.DrawFn, data: Table) -> None:
    """One more category, with arrivals and a figure."""
    name = draw(names)
    data["categories"][name] = {"severity": draw(st.integers(1, 4)), "label": draw(labels)}
    arrivals: Table = {"per_household_year": draw(numbers), "channels": draw(shares(["doorstep", "telephone"]))}
    arrivals |= draw(st.sampled_from([{}, {"week": "always"}, {"week": "daytime", "source": "count"}]))
    if draw(st.booleans()):
        arrivals["severity"] = draw(shares(["1", "2", "3", "4"]))
    data["assumptions"]["arrivals"]["request"][name] = arrivals
    bounds = ["exact", "at_least", "at_most", "about", "nearly"]
    figure = {"value": draw(numbers), "bound": draw(st.sampled_from(bounds))}
    data.setdefault("figures", {})[name] = figure | {"label": draw(labels), "source": draw(texts)}


def edit_week(draw: st.DrawFn, data: Table) -> None:
    """Another shape of the week."""
    hours = draw(st.lists(st.integers(0, 9), min_size=23, max_size=23))
    days = draw(st.sampled_from(["mon", "mon-wed", "sat-sun", "mon-sun"]))
    data["assumptions"]["weeks"]["daytime"] = {days: [*hours, 1]}


def edit_behaviour(draw: st.DrawFn, data: Table) -> None:
    """Other times and outcomes, at any depth."""
    entry = data["assumptions"]["behaviour"]["request"]["handling"]
    way = draw(st.sampled_from([(), ("at", "block"), ("category", "noise"), ("category", "noise", "at", "department")]))
    for step in way:
        entry = entry.setdefault(step, {})
    entry["time"] = draw(distributions())
    entry["outcomes"] = draw(shares(["resolve", "escalate", "refer"]))


def edit_deadline(draw: st.DrawFn, data: Table) -> None:
    """Other limits, an extension, a limit from a field."""
    deadlines = data["lifecycle"]["request"]["deadlines"]
    deadlines["handle"]["limit"] = {"default": draw(durations), "block": draw(durations)}
    deadlines["handle"]["severity"] = {draw(st.sampled_from("1234")): draw(numbers)}
    deadlines["handle"]["extend"] = {"by": "secretary@above", "times": draw(st.integers(1, 3)), "at_most": "2d"}
    data["lifecycle"]["request"]["transitions"]["resolve"]["needs"] = "answer_by"
    data["lifecycle"]["request"].setdefault("fields", {})["answer_by"] = {"kind": "date"}
    deadlines["answer"]["limit"] = {"field": "answer_by", "at_most": "99d", "simulated": draw(durations)}


def edit_transitions(draw: st.DrawFn, data: Table) -> None:
    """A trigger with several ways, in the middle of the others."""
    transitions = data["lifecycle"]["request"]["transitions"]
    ways = [
        {"from": "asked", "to": "received", "by": "reporter", "when": "reopened < 1", "add": {"reopened": 1}},
        {"from": "asked", "to": "closed", "by": ["reporter"], "when": "reopened >= 1", "label": draw(labels)},
    ]
    order = draw(st.permutations(list(transitions)))
    moved = {trigger: transitions[trigger] for trigger in order} | {"dispute": ways}
    data["lifecycle"]["request"]["transitions"] = moved


def edit_lifecycles(draw: st.DrawFn, data: Table) -> None:
    """One more lifecycle, for the desk alone, with reasons."""
    other = copy.deepcopy(data["lifecycle"]["request"])
    other["edition"], other["label"] = draw(texts), draw(labels)
    other["reasons"] = {draw(names): draw(labels)}
    data["lifecycle"]["wish"] = other


def edit_fields(draw: st.DrawFn, data: Table) -> None:
    """What is said at the opening and later, counters that go by it, people who come and go, cases that are tied."""
    request = data["lifecycle"]["request"]
    request.setdefault("fields", {}).update(places={"kind": "number"}, amount={"kind": "money", "label": draw(labels)})
    request["fields"]["way"] = {"kind": "choice", "options": draw(st.sampled_from(["adopt", ["adopt", "donate"]]))}
    request["opened_by"] = draw(st.sampled_from(["anyone", ["member", "handler@anywhere"]]))
    request |= {"needs": "places", "takes": ["text", "way"], "restricted": draw(st.booleans())}
    request["retention"] = draw(durations)
    counters = {"places": {"given": True, "start": draw(st.integers(0, 9))}, "claimed": {}, "pledged": {}}
    request.setdefault("counters", {}).update(counters)
    claim = {"from": "*", "by": ["member", "partner"], "takes": "way", "add": {"claimed": 1}, "joins": "helpers"}
    request["transitions"] |= {
        "claim": claim | {"when": "claimed < places", "copies": draw(st.booleans())},
        "give_back": {
            "from": "*",
            "by": "helper",
            "clears": "claimed",
            "leaves": "helpers",
            "once": draw(st.booleans()),
        },
        "pledge": {"from": "*", "by": "anyone", "needs": ["amount"], "add": {"pledged": "amount"}},
        "merge": {"from": "asked", "by": "handler@sender", "links": "main"},
        "split": {"from": "asked", "by": "handler@home", "unlinks": True},
        "follow": {
            "from": "asked",
            "to": "closed",
            "by": "clock",
            "follows": draw(st.sampled_from(["main", "children"])),
        },
        "raise": {"from": "asked", "by": "party", "raises": "request"},
    }


def edit_intake(draw: st.DrawFn, data: Table) -> None:
    """Other levels at which cases open."""
    levels = st.sampled_from(list(data["levels"]))
    data["intake"]["request"] = {"doorstep": draw(levels), "telephone": draw(levels)}
    data["intake"]["request"]["category"] = {"noise": {"telephone": draw(levels)}}


EDITS: list[Edit] = [
    edit_head,
    edit_organization,
    edit_rows,
    edit_levels,
    edit_calendar,
    edit_category,
    edit_week,
    edit_behaviour,
    edit_deadline,
    edit_transitions,
    edit_lifecycles,
    edit_fields,
    edit_intake,
]


@st.composite
def definitions(draw: st.DrawFn) -> Table:
    """Draw a legal definition, as a table."""
    data = fresh()
    for edit in draw(st.lists(st.sampled_from(EDITS), max_size=5)):
        edit(draw, data)
    return data


# ------------------------------------------------------------ single slips: (path, value, place of the fault, code)
WRONGS: list[tuple[str, Any, str, str]] = [
    ("format", 2, "format", "bad_value"),
    ("name", "", "name", "bad_name"),
    ("zone", "Asia/Shangai", "zone", "unknown_name"),
    ("start", "2026-02-30", "start", "bad_value"),
    ("label", "Riverside", "label", "wrong_type"),
    ("colour", "red", "colour", "unknown_key"),
    ("levels.block.calendar", "office", "levels.block.calendar", "unknown_name"),
    ("levels.block.calender", "evenings", "levels.block.calender", "unknown_key"),
    ("levels.contact.may_skip", "yes", "levels.contact.may_skip", "wrong_type"),
    ("organization.patterns.block.handlers", -1, "organization.patterns.block.handlers", "bad_value"),
    ("organization.patterns.block.each", 1.5, "organization.patterns.block.each", "wrong_type"),
    ("organization.patterns.block.each", 10**8, "organization.patterns.block.each", "absurd_size"),
    ("organization.patterns.block.each", 10**20, "organization.patterns.block.each", "absurd_size"),
    ("organization.patterns.contact.handlers", 0, "organization.patterns.contact.handlers", "unstaffed_arrivals"),
    ("organization.departments.works.calendar", "night", "organization.departments.works.calendar", "unknown_name"),
    ("organization.departments.works.categories", ["noize"], "organization.departments.works.categories[0]",
     "unknown_name"),
    ("organization.ties", [{"kind": "partners", "from": "block/9", "to": "office/riverside"}],
     "organization.ties[0].from", "unknown_name"),
    ("organization.conferences", [{"level": "offices", "weekday": "fri", "time": "15:00"}],
     "organization.conferences[0].level", "unknown_name"),
    ("calendars.evenings.hours.mon-fri", "21:00-18:30", "calendars.evenings.hours.mon-fri", "backward"),
    ("calendars.evenings.holidays", "cm", "calendars.evenings.holidays", "unknown_name"),
    ("categories.noise.severity", 5, "categories.noise.severity", "out_of_range"),
    ("categories.noise.severity", "3", "categories.noise.severity", "wrong_type"),
    ("channels.category", {}, "channels.category", "reserved_name"),
    ("intake.request.doorstep", "contract", "intake.request.doorstep", "unknown_name"),
    ("intake.request.dorstep", "contact", "intake.request.dorstep", "unknown_name"),
    ("intake.requests", {}, "intake.requests", "unknown_name"),
    ("intake.request.category.nois.telephone", "block", "intake.request.category.nois", "unknown_name"),
    ("lifecycle.request.states.asked.kind", "wiat", "lifecycle.request.states.asked.kind", "bad_value"),
    ("lifecycle.request.transitions.confirm.to", "closd", "lifecycle.request.transitions.confirm.to", "unknown_name"),
    ("lifecycle.request.transitions.confirm.too", "closed", "lifecycle.request.transitions.confirm.too", "unknown_key"),
    ("lifecycle.request.transitions.confirm.by", 3, "lifecycle.request.transitions.confirm.by", "wrong_type"),
    ("lifecycle.request.transitions.confirm.add", {"reopened": "1"},
     "lifecycle.request.transitions.confirm.add.reopened", "unknown_name"),
    ("lifecycle.request.transitions.confirm.add", {"reopened": 1.5},
     "lifecycle.request.transitions.confirm.add.reopened", "wrong_type"),
    ("lifecycle.request.transitions.confirm.raises", "grievanse", "lifecycle.request.transitions.confirm.raises",
     "unknown_name"),
    ("lifecycle.request.transitions.confirm.joins", "reporter", "lifecycle.request.transitions.confirm.joins",
     "bad_value"),
    ("lifecycle.request.fields", {"plan": {"kind": "txt"}}, "lifecycle.request.fields.plan.kind", "bad_value"),
    ("lifecycle.request.retention", "0d", "lifecycle.request.retention", "out_of_range"),
    ("lifecycle.request.needs", "budget", "lifecycle.request.needs", "unknown_name"),
    ("lifecycle.request.deadlines.handle.limit.block", "0h", "lifecycle.request.deadlines.handle.limit.block",
     "out_of_range"),
    ("lifecycle.request.deadlines.handle.limit.block", "-2d", "lifecycle.request.deadlines.handle.limit.block",
     "bad_value"),
    ("lifecycle.request.deadlines.handle.limit.block", 4, "lifecycle.request.deadlines.handle.limit.block",
     "wrong_type"),
    ("lifecycle.request.deadlines.handle.severity", {"5": 1.0}, "lifecycle.request.deadlines.handle.severity.5",
     "bad_value"),
    ("lifecycle.request.deadlines.handle.fires", "escalat", "lifecycle.request.deadlines.handle.fires", "unknown_name"),
    ("lifecycle.request.metrics.response.within", "respnd", "lifecycle.request.metrics.response.within",
     "unknown_name"),
    ("assumptions.weeks.daytime.mon-fri", [1, 2, 3], "assumptions.weeks.daytime.mon-fri", "length"),
    ("assumptions.weeks.daytime.mon-fri", [-1] + [1] * 23, "assumptions.weeks.daytime.mon-fri", "negative"),
    ("assumptions.weeks.daytime", {"mon": [0] * 24}, "assumptions.weeks.daytime", "empty"),
    ("assumptions.weeks.daytime.sunday", [1] * 24, "assumptions.weeks.daytime.sunday", "unknown_key"),
    ("assumptions.weeks.daytime.fri", [1] * 24, "assumptions.weeks.daytime.fri", "duplicate"),
    ("assumptions.arrival", {}, "assumptions.arrival", "unknown_key"),
    (f"{NOISE}.per_household_year", -0.5, f"{NOISE}.per_household_year", "negative"),
    (f"{NOISE}.per_household_year", float("nan"), f"{NOISE}.per_household_year", "not_finite"),
    (f"{NOISE}.per_household_year", float("inf"), f"{NOISE}.per_household_year", "not_finite"),
    (f"{NOISE}.per_household_year", 10**400, f"{NOISE}.per_household_year", "not_finite"),
    (f"{NOISE}.per_household_year", 1e6, f"{NOISE}.per_household_year", "absurd_size"),
    (f"{NOISE}.channels", {"doorstep": 0.7, "telephone": 0.2}, f"{NOISE}.channels", "weights"),
    (f"{NOISE}.channels", {"doorstep": 1.5, "telephone": -0.5}, f"{NOISE}.channels.doorstep", "out_of_range"),
    (f"{NOISE}.channels", {"dorstep": 1.0}, f"{NOISE}.channels.dorstep", "unknown_name"),
    (f"{NOISE}.week", "daytim", f"{NOISE}.week", "unknown_name"),
    (f"{NOISE}.severity", {"1": 0.5}, f"{NOISE}.severity", "weights"),
    ("assumptions.arrivals.request.nois", {"per_household_year": 1, "channels": {"doorstep": 1}},
     "assumptions.arrivals.request.nois", "unknown_name"),
    ("assumptions.arrivals.requests", {}, "assumptions.arrivals.requests", "unknown_name"),
    (f"{HANDLING}.time", {"lognormal": {"mean": "90m", "cv": 0}}, f"{HANDLING}.time.lognormal.cv", "out_of_range"),
    (f"{HANDLING}.time", {"lognormal": {"mean": "0m", "cv": 1}}, f"{HANDLING}.time.lognormal.mean", "not_positive"),
    (f"{HANDLING}.time", {"lognormal": {"cv": 1}}, f"{HANDLING}.time.lognormal.mean", "missing_key"),
    (f"{HANDLING}.time", {"normal": {"mean": "1h"}}, f"{HANDLING}.time", "bad_value"),
    (f"{HANDLING}.time", {"uniform": {"low": "2h", "high": "1h"}}, f"{HANDLING}.time.uniform.high", "not_increasing"),
    (f"{HANDLING}.time", {"quantiles": {"at": [0, 0.5, 0.5, 1], "values": ["1h"] * 4}},
     f"{HANDLING}.time.quantiles.at", "not_increasing"),
    (f"{HANDLING}.time", {"quantiles": {"at": [0, 1], "values": ["1h"]}}, f"{HANDLING}.time.quantiles.values",
     "length"),
    (f"{HANDLING}.time", "0s", f"{HANDLING}.time.constant.value", "not_positive"),
    (f"{HANDLING}.outcomes", {"resolve": 0.5, "escalate": 0.4}, f"{HANDLING}.outcomes", "weights"),
    (f"{HANDLING}.outcomes", {"resolv": 1.0}, f"{HANDLING}.outcomes.resolv", "unknown_name"),
    (f"{HANDLING}.outcomes", {"confirm": 1.0}, f"{HANDLING}.outcomes.confirm", "wrong_outcome"),
    (f"{HANDLING}.outcomes", {"withdraw": 1.0}, f"{HANDLING}.outcomes.withdraw", "wrong_outcome"),
    ("assumptions.behaviour.request.referred.outcomes", {"no_answer": 1.0},
     "assumptions.behaviour.request.referred.outcomes.no_answer", "wrong_outcome"),
    (f"{HANDLING}.at.blok.time", "1h", f"{HANDLING}.at.blok", "unknown_name"),
    (f"{HANDLING}.category.nois.time", "1h", f"{HANDLING}.category.nois", "unknown_name"),
    (f"{HANDLING}.at.block.at.block.time", "1h", f"{HANDLING}.at.block.at", "nesting"),
    ("assumptions.behaviour.request.received.time", "1h", "assumptions.behaviour.request.received", "stray_behaviour"),
    ("assumptions.behaviour.request.handlng.time", "1h", "assumptions.behaviour.request.handlng", "unknown_name"),
    ("assumptions.behaviour.requests", {}, "assumptions.behaviour.requests", "unknown_name"),
    ("figures.contact_homes.bound", "roughly", "figures.contact_homes.bound", "bad_value"),
    ("figures.contact_homes.value", "15", "figures.contact_homes.value", "wrong_type"),
]  # fmt: skip

MISSING: list[tuple[str, str, str]] = [
    ("format", "format", "missing_key"),
    ("name", "name", "missing_key"),
    ("levels", "levels", "missing_key"),
    ("organization", "organization", "missing_key"),
    ("organization.top", "organization.top", "missing_key"),
    ("calendars", "calendars", "missing_key"),
    ("calendars.evenings.hours", "calendars.evenings.hours", "empty"),
    ("calendars.evenings", "levels.contact.calendar", "unknown_name"),
    ("categories", "categories", "missing_key"),
    ("channels", "channels", "missing_key"),
    ("lifecycle", "lifecycle", "missing_key"),
    ("lifecycle.request.start", "lifecycle.request.start", "missing_key"),
    ("lifecycle.request.states.asked.kind", "lifecycle.request.states.asked.kind", "missing_key"),
    ("lifecycle.request.transitions.confirm.from", "lifecycle.request.transitions.confirm.from", "missing_key"),
    ("lifecycle.request.deadlines.handle.runs", "lifecycle.request.deadlines.handle.runs", "missing_key"),
    ("lifecycle.request.metrics.response.numerator", "lifecycle.request.metrics.response.numerator", "missing_key"),
    (f"{NOISE}.channels", f"{NOISE}.channels", "missing_key"),
    (f"{NOISE}.per_household_year", f"{NOISE}.per_household_year", "missing_key"),
    ("intake.request.doorstep", "intake.request.doorstep", "missing_key"),
    ("figures.contact_homes.value", "figures.contact_homes.value", "missing_key"),
    (f"{HANDLING}.time", f"{HANDLING}.time", "missing_behaviour"),
    ("assumptions.behaviour.request.asked.time", "assumptions.behaviour.request.asked.time", "missing_behaviour"),
    ("assumptions.behaviour.request.asked.outcomes", "assumptions.behaviour.request.asked.outcomes",
     "missing_behaviour"),
]  # fmt: skip
"""What is left out, and the place and code of the one fault that it must bring."""
