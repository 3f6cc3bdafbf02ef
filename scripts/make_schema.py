"""Write src/govflow/schema/community.schema.json, the JSON Schema of the definition format, for editors.

Run it after a change of the format: ``python scripts/make_schema.py``. Two layers: `shape` says what each key may
hold, `complete` says which keys must be there; a file that uses fragments may leave to them what it lacks, so only
the first layer holds for it. Tests keep the schema true: `load` refuses whatever it refuses.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "src" / "govflow" / "schema" / "community.schema.json"

Schema = dict[str, Any]

NAME = r"^[^\s!-,./:-@\[-^`{-~-][^\s!-,./:-@\[-^`{-~]*$"
SLUG = r"^[^\s/#]+$"
DAYS = r"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"
MOST = 1_000_000_000

WHO = (
    "ROLE@here, ROLE@above, ROLE@sender, ROLE@home, ROLE@anywhere, "
    "reporter, subject, party, helper, member, partner, anyone, department"
)
FIELDS = ("text", "reason", "choice", "choices", "date", "number", "money", "actor", "unit", "case")
CIRCLES = ("reporters", "parties", "helpers")


def ref(name: str) -> Schema:
    """Return a reference to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def text(description: str = "", **more: Any) -> Schema:
    """Return the schema of a text."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def whole(least: int, description: str = "", most: int = MOST) -> Schema:
    """Return the schema of a whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, "description": description}


def choice(*options: str, description: str = "") -> Schema:
    """Return the schema of one of some texts."""
    return {"enum": list(options), **({"description": description} if description else {})}


def table(description: str, keys: Schema) -> Schema:
    """Return the schema of a table with these keys and no others."""
    return {"type": "object", "description": description, "properties": keys, "additionalProperties": False}


def by_name(description: str, value: Schema, pattern: str = NAME) -> Schema:
    """Return the schema of a table from names to values of one kind."""
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": pattern},
        "additionalProperties": value,
    }


def either(*options: Schema, description: str = "") -> Schema:
    """Return the schema of a value of any of some kinds."""
    return {"anyOf": list(options), **({"description": description} if description else {})}


def texts(description: str) -> Schema:
    """Return the schema of a text or a list of texts."""
    return {**ref("texts"), "description": description}


def label() -> Schema:
    """Return the schema of a label."""
    return ref("label")


def simple() -> Schema:
    """Return the definitions of single values."""
    weight = {"type": "number", "minimum": 0, "maximum": 1}
    severities = [str(severity) for severity in (1, 2, 3, 4)]
    return {
        "label": {
            "type": "object",
            "description": 'What it is called, by language: { en = "parking", zh = "停车" }.',
            "additionalProperties": text(),
        },
        "texts": either(text(), {"type": "array", "items": text()}),
        "duration": text('A length of time: "90m", "4h", "1d4h", "30s".', pattern=r"^[\d.dhms\s]+$"),
        "weight": weight,
        "weights": {
            "type": "object",
            "description": "Shares that add up to 1.",
            "additionalProperties": ref("weight"),
        },
        "severities": table(
            "A number for each severity, 1 (urgent) to 4.", {key: {"type": "number"} for key in severities}
        ),
        "hours24": {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 24, "maxItems": 24},
        "count_by_unit": either(
            whole(0, "The same number for each unit.", 10 * MOST),
            {
                "type": "object",
                "description": "A number by unit id; `default` answers for all others.",
                "additionalProperties": whole(0),
            },
        ),
        "distribution": distribution(),
    }


def distribution() -> Schema:
    """Return the schema of a distribution of a duration."""
    long, positive = ref("duration"), {"type": "number", "exclusiveMinimum": 0}
    numbers, longs = {"type": "array", "items": {"type": "number"}}, {"type": "array", "items": long}
    kinds: dict[str, Schema] = {
        "constant": {"value": long},
        "exponential": {"mean": long},
        "uniform": {"low": long, "high": long},
        "triangular": {"low": long, "mode": long, "high": long},
        "lognormal": {"mean": long, "cv": positive},
        "weibull": {"mean": long, "shape": positive},
        "quantiles": {"at": numbers, "values": longs},
    }
    named = {
        kind: {**table(f"A {kind} time.", parameters), "required": list(parameters)}
        for kind, parameters in kinds.items()
    }
    words = 'How long it takes: a duration, or { lognormal = { mean = "90m", cv = 1.2 } } and the like.'
    return either(long, {**table(words, named), "minProperties": 1, "maxProperties": 1}, description=words)


def organization() -> Schema:
    """Return the definitions of levels and organization."""
    outside = {
        "label": label(),
        "serves": texts("The units that may call on it; the top unit if left out."),
        "categories": texts("What it is called for; everything if left out."),
        "handlers": whole(0, "How many people take cases there."),
        "calendar": text("The name of its working calendar."),
        "source": text("Who says so."),
    }
    pattern = {
        "each": {**ref("count_by_unit"), "description": "How many stand under each unit of the level above."},
        "names": texts("What the first ones under each unit are called; the rest are numbered."),
        "handlers": {**ref("count_by_unit"), "description": "How many people take cases in each."},
        "households": {**ref("count_by_unit"), "description": "How many households have it as their contact."},
        "households_total": whole(0, "How many households are spread evenly over the level instead."),
        "source": text("Who says so."),
        "labels": {"type": "object", "additionalProperties": label(), "description": "Labels by unit id or name."},
    }
    level = {
        "label": label(),
        "calendar": text("The working calendar of its units, one of [calendars]."),
        "may_skip": {"type": "boolean", "description": "Whether units may stand under the level above this one."},
        "sees_restricted": {
            "type": "boolean",
            "description": "Whether its units see the restricted cases of the households below them.",
        },
        "handling_roles": texts("The roles of posts that count as handlers."),
    }
    unit = {
        "id": text("level/slug"),
        "superior": text("The unit above."),
        "handlers": whole(0),
        "households": whole(0),
        "calendar": text(),
        "label": label(),
    }
    tie = {
        "kind": choice("partners", "refers_to", "assists", "covers", "pairs_with"),
        "from": text("Who."),
        "to": text("To whom."),
        "categories": texts("For which categories."),
    }
    conference = {
        "level": text("Each unit of this level holds it."),
        "weekday": choice("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        "time": text("HH:MM"),
        "every": whole(1, "How many weeks lie between two sessions."),
        "capacity": whole(1, "How many cases one session takes."),
        "parties": texts("The units that sit at the table."),
        "quorum": whole(0, "How many of the parties must be there."),
        "source": text(),
    }
    return {
        "level": table("One level; the order of the tables is from the top down.", level),
        "pattern": table("How many units of a level there are, and with whom.", pattern),
        "outside": table("A unit outside the hierarchy.", outside),
        "unit": rows("A unit written out.", ["id"], unit),
        "post": rows(
            "A member's place in a unit.", ["unit", "member"], {"unit": text(), "member": text(), "role": text()}
        ),
        "household": rows("A household and its contact unit.", ["id", "contact"], {"id": text(), "contact": text()}),
        "tie": rows("A tie across the hierarchy.", ["kind", "from", "to"], tie),
        "conference": rows("A joint conference.", ["level", "weekday", "time"], conference),
    }


def rows(description: str, needed: list[str], keys: Schema) -> Schema:
    """Return the schema of a list of tables with some keys, and those that each must have."""
    return {"type": "array", "items": {**table(description, keys), "required": needed}}


def lifecycle() -> Schema:
    """Return the definitions of a lifecycle's parts."""
    transition = {
        "from": texts('The states it leaves from; "*" is every state that is not final.'),
        "to": text("The state it leads to; left out: nothing moves."),
        "by": texts(f"Who may: {WHO}, clock."),
        "move": choice("stay", "up", "down", "refer", "convene", "back", description="To which unit the case goes."),
        "take": {"type": "boolean", "description": "Whether a handler takes the case with it."},
        "needs": texts("The fields that must be filled in."),
        "takes": texts("The fields that may be filled in."),
        "sets": texts("The facts of the case that it sets."),
        "add": {
            "type": "object",
            "additionalProperties": either(whole(-MOST), text()),
            "description": "What it adds to counters: a number, or the field that says how much.",
        },
        "clears": texts("The counters that it sets back to 0 first."),
        "once": {"type": "boolean", "description": "Whether each person may do it once while the case stays."},
        "links": text("The field that names the case which this one follows from now on."),
        "unlinks": {"type": "boolean", "description": "Whether it lets that case go again."},
        "follows": choice("main", "children", description="The close of which cases makes it happen."),
        "raises": text("The lifecycle of the case that it raises."),
        "joins": choice(*CIRCLES, description="The circle of the case that somebody comes into."),
        "leaves": choice(*CIRCLES, description="The circle of the case that somebody goes out of."),
        "copies": {"type": "boolean", "description": "Whether the unit above is told."},
        "when": text("A condition, such as: reopened < 2 or not has_superior"),
        "label": label(),
    }
    by_field = {
        "field": text("The field of the case that says when."),
        "at_most": ref("duration"),
        "simulated": {**ref("duration"), "description": "What the simulation takes it to be."},
        "through": {"type": "boolean", "description": "The whole of that day still counts."},
    }
    limit = either(
        {**table("A limit from a field of the case.", by_field), "required": ["field", "at_most", "simulated"]},
        {
            "type": "object",
            "description": "The limit by level; `default` answers for all others, `department` for departments.",
            "propertyNames": {"not": {"const": "field"}},
            "additionalProperties": ref("duration"),
        },
    )
    extend = table(
        "Who may extend it before it expires.",
        {"by": text("ROLE@PLACE"), "times": whole(-MOST, "How often."), "at_most": ref("duration")},
    )
    deadline = {
        "scope": choice("case", "level", "entry", "referral", description="When a new run starts at zero."),
        "runs": texts("The states in which it runs; it stands still in all others."),
        "clock": choice("working", "elapsed", description="Whether only working time counts."),
        "limit": limit,
        "severity": {**ref("severities"), "description": "Factors on the limit by severity."},
        "fires": text("The trigger it fires; left out: it is only recorded as overdue."),
        "while_working": choice("interrupt", "finish", description="What happens to work in hand."),
        "reopen": choice("first", "reset", "resume", description="What a reopening does to it."),
        "extend": {**extend, "required": ["by", "times", "at_most"]},
        "source": text("Who says so."),
        "label": label(),
    }
    marks = table(
        "What puts a case in and takes it out: triggers, `open`, `expiry:DEADLINE`.",
        {"into": texts("What puts it in."), "out": texts("What takes it out.")},
    )
    metric = {
        "numerator": marks,
        "denominator": marks,
        "within": text("The deadline within which the numerator's facts count."),
        "counts": choice("cases", "events"),
        "interval": choice("wilson"),
        "edition": text(),
        "label": label(),
    }
    span = {"until": texts("The triggers that end it."), "take": choice("first", "last"), "label": label()}
    counter = {
        "cycle": {"type": "boolean", "description": "Whether it counts reopenings."},
        "given": {
            "type": "boolean",
            "description": "Whether the opening says where it begins, in a field of its name.",
        },
        "start": whole(-MOST, "Where it begins; where it is given: in the simulation."),
        "at_most": text("The counter that it never exceeds."),
        "label": label(),
    }
    field = {
        "kind": choice(*FIELDS, description="What is said."),
        "options": texts("What can be chosen."),
        "label": label(),
    }
    kind = choice("queue", "work", "wait", "final", description="Who or what a case waits for here.")
    return {
        "transition": table("One way in which a trigger takes a case on.", transition),
        "lifecycle": table(
            "One kind of matter: its states, what may happen to it, by when.",
            {
                "label": label(),
                "edition": text(),
                "start": text("The state in which a case opens."),
                "states": by_name(
                    "The places in which a case can be.", table("A state.", {"kind": kind, "label": label()})
                ),
                "transitions": by_name(
                    "What may happen, by trigger; a list where one trigger has several ways, tried in order.",
                    either(ref("transition"), {"type": "array", "items": ref("transition"), "minItems": 1}),
                ),
                "deadlines": by_name("By when.", table("A deadline.", deadline)),
                "counters": by_name("Numbers that transitions add to.", table("A counter.", counter)),
                "fields": by_name("What people may have to say.", table("A field.", field)),
                "opened_by": texts(f"Who may open a case; left out: anyone. {WHO}."),
                "subject": texts(f"Whom a case may concern; left out: anyone, or nobody. {WHO}."),
                "needs": texts("The fields that an opening must fill in."),
                "takes": texts("The fields that an opening may fill in."),
                "restricted": {"type": "boolean", "description": "Whether only those concerned see a case."},
                "retention": {**ref("duration"), "description": "How long the texts of a closed case are kept."},
                "reasons": by_name("Codes of reasons and what they are called.", label(), pattern=".*"),
                "metrics": by_name("Rates, as data.", table("A rate.", metric)),
                "times": by_name("Measured times.", table("A time from the opening on.", span)),
                "settled_by": texts("The triggers whose level is the level of settlement."),
            },
        ),
    }


def assumptions() -> Schema:
    """Return the definitions of what is assumed."""
    own = {
        "time": ref("distribution"),
        "outcomes": {**ref("weights"), "description": "How often each trigger ends it; adds up to 1."},
        "source": text("Who says so."),
    }
    at = {"type": "object", "additionalProperties": table("At one level.", own), "description": "By level."}
    narrowed = table("For one category.", {**own, "at": at})
    behaviour = {
        **own,
        "at": at,
        "category": {"type": "object", "additionalProperties": narrowed, "description": "By category."},
    }
    arrivals = {
        "per_household_year": {"type": "number", "minimum": 0, "maximum": 10_000, "description": "Cases a year."},
        "channels": {**ref("weights"), "description": "How they come in; adds up to 1."},
        "week": text("The week profile, one of [assumptions.weeks], or always."),
        "severity": {**ref("severities"), "description": "How urgent they are; adds up to 1."},
        "source": text("Who says so."),
    }
    return {
        "arrivals": table("How often a category comes up, and how.", arrivals),
        "behaviour": table("How long a state takes and how it ends.", behaviour),
        "week": by_name("Hourly weights by weekday or range of weekdays.", ref("hours24"), pattern=DAYS),
        "assumptions": table(
            "Everything that is assumed and not reported.",
            {
                "source": text("Who says so."),
                "weeks": by_name("Shapes of a week.", ref("week"), pattern=".*"),
                "arrivals": two_deep("By lifecycle and category.", ref("arrivals")),
                "behaviour": two_deep("By lifecycle and state.", ref("behaviour")),
            },
        ),
    }


def two_deep(description: str, value: Schema) -> Schema:
    """Return the schema of a table of tables."""
    return by_name(description, by_name("", value), pattern=".*")


def shape() -> Schema:
    """Return what each key of a definition may hold."""
    calendar = table(
        "When people work.",
        {
            "hours": by_name('"mon-fri" = "08:30-12:00 14:30-17:30"', text(), pattern=DAYS),
            "holidays": text('A bundled table of holidays, such as "cn"; left out: none.'),
            "source": text("Who gives the hours; left out: assumption."),
        },
    )
    category = {"severity": whole(1, "1 (urgent) to 4.", 4), "label": label(), "source": text("Who says so.")}
    finer = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": text()}}
    figure = {
        "value": {"type": "number"},
        "bound": choice("exact", "at_least", "at_most", "about", "nearly"),
        "source": text("Where it stands."),
        "label": label(),
    }
    outside = by_name("Units outside the hierarchy.", ref("outside"))
    return table(
        "A community, written down once.",
        {
            "format": {"const": 1, "description": "The version of this format."},
            "name": text("What the community is called in results.", minLength=1),
            "edition": text("Which edition of the definition this is."),
            "zone": text("Its IANA time zone, such as Asia/Shanghai."),
            "start": text("The first instant of a simulation, a date such as 2026-01-05."),
            "source": text("Where the definition comes from."),
            "label": label(),
            "use": texts("Fragments laid under this file: bundled names, or paths from this file on."),
            "levels": by_name("The levels, from the top down.", ref("level")),
            "organization": table(
                "Who answers to whom.",
                {
                    "top": text("The name of the top unit: committee/NAME.", pattern=SLUG),
                    "patterns": by_name("How many units each level has.", ref("pattern")),
                    "departments": outside,
                    "partners": outside,
                    "teams": outside,
                    "units": ref("unit"),
                    "members": texts("Opaque ids of members."),
                    "posts": ref("post"),
                    "households": ref("household"),
                    "ties": ref("tie"),
                    "conferences": ref("conference"),
                },
            ),
            "calendars": by_name("Working calendars.", calendar, pattern=".*"),
            "categories": by_name("What cases are about.", table("A category.", category)),
            "channels": by_name("How cases come in.", label()),
            "intake": by_name(
                "At which level cases open, by channel.",
                {"type": "object", "properties": {"category": finer}, "additionalProperties": text()},
            ),
            "lifecycle": by_name("What may happen to a case.", ref("lifecycle")),
            "assumptions": ref("assumptions"),
            "figures": by_name("What a report says in numbers.", table("A reported figure.", figure)),
        },
    )


def complete() -> Schema:
    """Return which keys must be there in a definition that uses no fragments."""

    def needs(*keys: str, **inner: Schema) -> Schema:
        return {"required": list(keys), "properties": inner}

    def every(value: Schema) -> Schema:
        return {"additionalProperties": value}

    way = needs("from")
    filled = {"minProperties": 1}
    cycle = needs(
        "start",
        "states",
        "transitions",
        states=every(needs("kind")),
        transitions=every({"if": {"type": "array"}, "then": {"items": way}, "else": way}),
        deadlines=every(needs("scope", "runs", "limit")),
        metrics=every(needs("numerator", "denominator")),
        times=every(needs("until")),
    )
    return needs(
        "levels",
        "organization",
        "calendars",
        "categories",
        "channels",
        "lifecycle",
        levels=filled,
        organization=needs("top"),
        calendars={**filled, **every(needs("hours"))},
        categories=filled,
        channels=filled,
        lifecycle={**filled, **every(cycle)},
        assumptions={"properties": {"arrivals": every(every(needs("per_household_year", "channels")))}},
        figures=every(needs("value")),
    )


def schema() -> Schema:
    """Return the whole schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "govflow community",
        "description": "A community's definition: who answers to whom, what may happen to a case, by when.",
        "$ref": "#/$defs/shape",
        "required": ["format", "name"],
        "if": {"not": {"required": ["use"]}},
        "then": ref("complete"),
        "$defs": {
            "shape": shape(),
            "complete": complete(),
            **simple(),
            **organization(),
            **lifecycle(),
            **assumptions(),
        },
    }


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(schema(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET}")
