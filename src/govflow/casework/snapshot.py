"""The open cases as plain data, from which a simulation starts: ``gf.simulate(community, initial=desk.snapshot())``.

It holds where each case stands and how its clocks are, and nothing about a person or a household. Next:
``program.snapshot`` reads it.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from govflow.casework.office import Office
from govflow.casework.projection import open_cases
from govflow.program.snapshot import FORMAT

PLACES = ("lifecycle", "state", "unit", "home", "category", "channel", "severity", "stack", "children")
TIMES = ("opened", "entered")
KINDS = ("counter.", "entries.", "clock.")

PAGE = 1000
"""So many cases are read at once."""


def snapshot(office: Office) -> dict[str, Any]:
    """Return the open cases in order of id; what is due and not yet fired is as it is."""
    cases, latest = [], office.clock()
    for row in chain.from_iterable(open_cases(office.store, PAGE)):
        facts = {key: value for key, value in row.facts.items() if key in (*PLACES, *TIMES) or key.startswith(KINDS)}
        cases.append({"case": row.case, "facts": facts})
        latest = max(latest, row.facts["touched"])  # no event lies after the snapshot, whatever the clock says
    community = office.edition.program.community
    heading = {"format": FORMAT, "community": community.name, "edition": community.edition, "at": latest}
    return {**heading, "cases": cases}
