"""What a definition says and the simulation does not do: links, raised cases, children (rule L2).

Notes only: the desk does these; the simulation takes them as absent, and each note says where that matters.
"""

from __future__ import annotations

from collections.abc import Iterator

from govflow.program import Program
from govflow.program.columns import F_CHILDREN_OPEN
from govflow.verification.conditions import asked
from govflow.verification.findings import Finding, finding
from govflow.verification.wording import way_place


def absent_findings(program: Program) -> Iterator[Finding]:
    """Yield a note for each transition that links, raises a case or asks about children."""
    for way, (_, written) in enumerate(program.names.transitions):
        if written.links is not None:
            text = f"links a case as {written.links!r}; simulated cases have no links, so each goes its own way"
            yield finding("absent", way_place(program, way), text)
        if written.raises is not None:
            text = f"raises {written.raises!r}; the simulation raises no case, so that work is missing there"
            yield finding("absent", way_place(program, way), text)
        if F_CHILDREN_OPEN in asked(program, [way]):
            text = f"asks about children ({written.when}); simulated cases have none: 'children_open' is always 0"
            yield finding("absent", way_place(program, way), text)
