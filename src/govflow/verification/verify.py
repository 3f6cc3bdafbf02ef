"""The front door: a community, or what should become one, in; a report out.

Malformed and unsound come out alike, each under its own codes; only what cannot be read at all raises.
"""

from __future__ import annotations

from collections.abc import Iterator

from govflow.community import Community, load
from govflow.community.reading import Source
from govflow.errors import DefinitionError
from govflow.program import Program, compile_program
from govflow.verification.absent import absent_findings
from govflow.verification.deadlines import deadline_findings
from govflow.verification.ends import end_findings
from govflow.verification.findings import Finding, Report, fault_report, report
from govflow.verification.forecast import forecast_findings
from govflow.verification.reach import reach_findings
from govflow.verification.staffing import staffing_findings
from govflow.verification.survey import survey


def verify(source: Community | Source) -> Report:
    """Return everything that is malformed or unsound about a community, without running it.

    `source` is a community, a bundled name, a path or a table. The faults of a definition that cannot be loaded
    are errors of the report, under the same codes and places as in a DefinitionError. Raises UnknownName for an
    unknown name and InputError for a file that cannot be read.

    >>> verify("beida").ok
    True
    >>> verify({"format": 1}).malformed
    True
    """
    if isinstance(source, Community):
        return report(source.name, _findings(compile_program(source)))
    try:
        community = load(source)
    except DefinitionError as error:
        return fault_report(error.subject, error.faults)
    return report(community.name, _findings(compile_program(community)))


def _findings(program: Program) -> Iterator[Finding]:
    explored = survey(program)
    yield from reach_findings(explored)
    yield from end_findings(explored)
    yield from deadline_findings(explored)
    yield from staffing_findings(explored)
    yield from forecast_findings(explored)
    yield from absent_findings(program)
