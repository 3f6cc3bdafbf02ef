"""One community written down: read from TOML, checked whole, changed key by key, written out again.

``load`` and ``names`` are where to begin; ``model`` holds the classes. The way in is ``format`` (the front door),
``reading`` (files, fragments), ``structure`` and ``sections`` (tables to objects), ``checks`` and ``behaviour`` (do
the parts fit together); the way out is ``writing`` and ``layout``. This floor knows nothing of how a case moves.
"""

from govflow.community.behaviour import carries_weight, missing_behaviour, most_specific, outcomes_of
from govflow.community.change import changed
from govflow.community.conferences import conference_calendar, conference_sessions
from govflow.community.format import faults, load, parse, schema, template
from govflow.community.model import (
    Arrivals,
    Assumptions,
    Behaviour,
    Bound,
    Category,
    Community,
    Distribution,
    Figure,
    Intake,
)
from govflow.community.reading import names
from govflow.community.writing import dump, dumps, save, to_data

__all__ = [
    "Arrivals",
    "Assumptions",
    "Behaviour",
    "Bound",
    "Category",
    "Community",
    "Distribution",
    "Figure",
    "Intake",
    "carries_weight",
    "changed",
    "conference_calendar",
    "conference_sessions",
    "dump",
    "dumps",
    "faults",
    "load",
    "missing_behaviour",
    "most_specific",
    "names",
    "outcomes_of",
    "parse",
    "save",
    "schema",
    "template",
    "to_data",
]
