"""Random small definitions: odd hierarchies, odd lifecycles, most of them unsound and few malformed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

QUEUES, WORKS, WAITS = ("received", "assigned"), ("screening", "handling"), ("asked", "away", "parked")
PLACED = (
    'level == "top"',
    'level != "leaf"',
    "has_superior",
    "not has_superior",
    "has_department",
    'category == "light"',
)
COUNTED = ("rounds < 2", "rounds >= 1", 'entries("asked") < 2', "rounds < 1 or has_superior", "severity < 3")
LEVELS = ("top", "mid", "leaf")


@st.composite
def organizations(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a hierarchy of up to three levels with uneven branches, departments, and perhaps a conference."""
    mids = [f"mid/{n}" for n in range(draw(st.integers(0, 3)))]
    leaves = [(f"leaf/{mid[4:]}-{n}", mid) for mid in mids for n in range(draw(st.integers(0, 2)))]
    units = [("top/x", None), *((mid, "top/x") for mid in mids), *leaves]
    handlers = st.sampled_from((1, 1, 1, 0))
    rows = [
        {"id": unit, "superior": above, "handlers": draw(handlers), "households": draw(st.integers(0, 2))}
        for unit, above in units[1:]
    ]
    departments = {
        f"d{n}": {
            "categories": draw(st.lists(st.sampled_from(("light", "noise")), unique=True)),
            "serves": draw(st.lists(st.sampled_from([unit for unit, _ in units]), min_size=1, max_size=2, unique=True)),
        }
        for n in range(draw(st.integers(0, 2)))
    }
    conference = draw(st.sampled_from((None, *LEVELS)))
    held = [{"level": conference, "weekday": "fri", "time": "15:00"}] if conference else []
    return {
        "top": "x",
        "patterns": {"top": {"handlers": 1, "households": draw(st.integers(0, 1))}},
        "units": rows,
        "departments": departments,
        "conferences": held,
    }


@st.composite
def transitions(draw: st.DrawFn, guards: tuple[str, ...]) -> dict[str, Any]:
    """Draw some transitions of every move between the states; of one trigger there may be several ways."""
    found: dict[str, Any] = {
        "screen": {"from": "received", "to": "screening", "take": True},
        "start": {"from": "assigned", "to": "handling", "take": True},
    }
    for n in range(draw(st.integers(3, 9))):
        ways = [draw(way(guards)) for _ in range(draw(st.sampled_from((1, 1, 1, 2))))]
        found[f"t{n}"] = ways if len(ways) > 1 else ways[0]
    if draw(st.booleans()):
        found["urge"] = {"from": "*", "by": "reporter", "add": {"rounds": 1} if draw(st.booleans()) else {}}
    if draw(st.booleans()):
        found["withdraw"] = {"from": "*", "to": "closed", "by": "reporter"}
    return found


@st.composite
def way(draw: st.DrawFn, guards: tuple[str, ...]) -> dict[str, Any]:
    """Draw one way: by a handler, from one or two states, with a move, perhaps a guard and an addition."""
    move = draw(st.sampled_from(("stay", "stay", "stay", "up", "down", "refer", "convene", "back")))
    targets = {"refer": ("away",), "convene": ("parked",)}.get(move, (*QUEUES, *WAITS, "closed"))
    found: dict[str, Any] = {
        "from": draw(st.lists(st.sampled_from((*QUEUES, *WORKS, *WAITS)), min_size=1, max_size=2, unique=True)),
        "to": draw(st.sampled_from(targets)),
        "move": move,
        "by": "handler@here",
    }
    if draw(st.sampled_from((False, False, True))):
        found["when"] = draw(st.sampled_from(guards))
    if draw(st.sampled_from((False, False, True))):
        found["add"] = {"rounds": 1}
    return found


@st.composite
def definitions(draw: st.DrawFn, guards: tuple[str, ...] = (*PLACED, *COUNTED)) -> dict[str, Any]:
    """Draw a definition without arrivals, so that nothing need be assumed of behaviour."""
    states = {name: {"kind": "queue"} for name in QUEUES} | {name: {"kind": "work"} for name in WORKS}
    states |= {name: {"kind": "wait"} for name in WAITS} | {"closed": {"kind": "final"}}
    intake = draw(
        st.none() | st.fixed_dictionaries({"door": st.sampled_from(LEVELS), "phone": st.sampled_from(LEVELS)})
    )
    return {
        "format": 1,
        "name": "drawn",
        "levels": {"top": {"calendar": "daily"}, "mid": {"calendar": "daily"}, "leaf": {"calendar": "daily"}},
        "calendars": {"daily": {"hours": {"mon-sun": "08:00-18:00"}}},
        "organization": draw(organizations()),
        "categories": {"light": {"severity": 2}, "noise": {"severity": 3}},
        "channels": {"door": {"en": "door"}, "phone": {"en": "phone"}},
        "intake": {"matter": intake} if intake else {},
        "lifecycle": {
            "matter": {
                "start": draw(st.sampled_from(("received", "asked"))),
                "counters": {"rounds": {}},
                "states": states,
                "transitions": draw(transitions(guards)),
            }
        },
    }


@st.composite
def simulated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a definition with arrivals, and with some of the outcomes that each state can have."""
    data = draw(definitions())
    data["intake"] = {"matter": {"door": draw(st.sampled_from(LEVELS)), "phone": draw(st.sampled_from(LEVELS))}}
    data["organization"]["patterns"]["top"]["households"] = 5
    rate = {"per_household_year": 20.0, "channels": {"door": 0.5, "phone": 0.5}}
    assumed = {}
    ways = [way for written in data["lifecycle"]["matter"]["transitions"].items() for way in spelled_out(*written)]
    convened = any(way.get("move") == "convene" for _, way in ways)
    for state in (*WORKS, *WAITS):
        possible = [
            trigger
            for trigger, way in ways
            if "take" not in way and (state in way["from"] or (way["from"] == "*" and state in WAITS))
        ]
        if possible:
            chosen = draw(st.lists(st.sampled_from(sorted(set(possible))), min_size=1, unique=True))
            assumed[state] = {"outcomes": {trigger: 1 / len(chosen) for trigger in chosen}}
            if state != "parked" or not convened:
                assumed[state]["time"] = "1h"
    data["assumptions"] = {
        "arrivals": {"matter": {"light": rate, "noise": rate}},
        "behaviour": {"matter": assumed},
    }
    return data


def spelled_out(trigger: str, written: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return each way of a trigger with its name."""
    return [(trigger, way) for way in (written if isinstance(written, list) else [written])]
