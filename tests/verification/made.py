"""A small sound definition, written by hand, and how tests change it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

SMALL: dict[str, Any] = {
    "format": 1,
    "name": "small",
    "levels": {"office": {"calendar": "daily"}, "block": {"calendar": "daily"}},
    "calendars": {"daily": {"hours": {"mon-sun": "08:00-18:00"}}},
    "organization": {
        "top": "small",
        "patterns": {"office": {"handlers": 2}, "block": {"each": 3, "handlers": 1, "households": 20}},
        "departments": {"works": {"categories": ["light"]}},
        "conferences": [{"level": "office", "weekday": "fri", "time": "15:00"}],
    },
    "categories": {"light": {"severity": 2}, "noise": {"severity": 3}},
    "channels": {"doorstep": {"en": "doorstep"}, "telephone": {"en": "telephone"}},
    "intake": {"grievance": {"doorstep": "block", "telephone": "office"}},
    "lifecycle": {
        "grievance": {
            "start": "received",
            "counters": {"reopened": {"cycle": True}, "rounds": {}},
            "states": {
                "received": {"kind": "queue"},
                "handling": {"kind": "work"},
                "referred": {"kind": "wait"},
                "convened": {"kind": "wait"},
                "asked": {"kind": "wait"},
                "closed": {"kind": "final"},
            },
            "transitions": {
                "start": {"from": "received", "to": "handling", "take": True},
                "resolve": {"from": "handling", "to": "asked", "by": "handler@here"},
                "escalate": {
                    "from": ["received", "handling"],
                    "to": "received",
                    "move": "up",
                    "by": ["handler@here", "clock"],
                },
                "hand_down": {"from": "handling", "to": "received", "move": "down", "by": "handler@here"},
                "refer": {"from": "handling", "to": "referred", "move": "refer", "by": "handler@here"},
                "report_back": {"from": "referred", "to": "received", "move": "back", "by": "department"},
                "no_answer": {"from": "referred", "to": "received", "move": "back", "by": "clock"},
                "convene": {"from": "handling", "to": "convened", "move": "convene", "by": "handler@here"},
                "agree": {"from": "convened", "to": "received", "move": "back", "by": "handler@here"},
                "another_round": {
                    "from": "convened",
                    "to": "convened",
                    "by": "handler@here",
                    "when": "rounds < 2",
                    "add": {"rounds": 1},
                },
                "confirm": {"from": "asked", "to": "closed", "by": "reporter"},
                "dispute": [
                    {
                        "from": "asked",
                        "to": "received",
                        "by": "reporter",
                        "when": "reopened < 1 or not has_superior",
                        "add": {"reopened": 1},
                    },
                    {
                        "from": "asked",
                        "to": "received",
                        "move": "up",
                        "by": "reporter",
                        "when": "reopened >= 1 and has_superior",
                        "add": {"reopened": 1},
                    },
                ],
                "silent_close": {"from": "asked", "to": "closed", "by": "clock"},
                "urge": {"from": "*", "by": "reporter"},
                "withdraw": {"from": "*", "to": "closed", "by": "reporter"},
            },
            "deadlines": {
                "handle": {
                    "scope": "level",
                    "runs": ["received", "handling"],
                    "limit": {"block": "1d", "office": "2d"},
                    "fires": "escalate",
                    "while_working": "finish",
                },
                "settle": {
                    "scope": "referral",
                    "runs": ["referred"],
                    "limit": {"department": "5d"},
                    "fires": "no_answer",
                },
                "silence": {
                    "scope": "entry",
                    "runs": ["asked"],
                    "clock": "elapsed",
                    "limit": {"default": "7d"},
                    "fires": "silent_close",
                },
            },
        }
    },
    "assumptions": {
        "arrivals": {
            "grievance": {
                "light": {"per_household_year": 5.0, "channels": {"doorstep": 0.5, "telephone": 0.5}},
                "noise": {"per_household_year": 5.0, "channels": {"doorstep": 1.0}},
            }
        },
        "behaviour": {
            "grievance": {
                "handling": {
                    "time": {"exponential": {"mean": "2h"}},
                    "outcomes": {"resolve": 0.7, "escalate": 0.15, "refer": 0.1, "convene": 0.05},
                },
                "referred": {"time": {"exponential": {"mean": "2d"}}, "outcomes": {"report_back": 1.0}},
                "convened": {"outcomes": {"agree": 0.7, "another_round": 0.3}},
                "asked": {"time": {"exponential": {"mean": "3d"}}, "outcomes": {"confirm": 0.9, "dispute": 0.1}},
            }
        },
    },
}

REMOVED = object()
"""The value that takes a key out."""


def small(**changes: Any) -> dict[str, Any]:
    """Return the small definition changed: `changes` are laid over it, `lifecycle=` over its one lifecycle."""
    data = deepcopy(SMALL)
    lifecycle = changes.pop("lifecycle", {})
    behaviour = changes.pop("behaviour", {})
    lay(data, changes)
    lay(data["lifecycle"]["grievance"], lifecycle)
    lay(data["assumptions"]["behaviour"]["grievance"], behaviour)
    return data


def lay(under: dict[str, Any], over: dict[str, Any]) -> None:
    """Lay one table over another, key by key; REMOVED takes a key out, a table with ``=`` replaces as a whole."""
    for key, value in over.items():
        if value is REMOVED:
            under.pop(key, None)
        elif isinstance(value, dict) and isinstance(under.get(key), dict) and key not in ("outcomes", "time", "limit"):
            lay(under[key], value)
        else:
            under[key] = deepcopy(value)
