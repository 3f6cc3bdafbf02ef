"""Whether there is somebody everywhere that cases wait for a handler, and anybody to bring one.

Asked unit by unit, but only of units without handlers.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from govflow.community.places import join
from govflow.organization.walks import referral
from govflow.program import Position, Program
from govflow.program.columns import NONE, QUEUE, S_KIND
from govflow.verification.exploration import Map
from govflow.verification.findings import Finding, finding
from govflow.verification.reach import Stand
from govflow.verification.survey import Survey
from govflow.verification.wording import quoted, state_name, state_place


@frozen
class Spot:
    """Where a case is, told from its home: so many units above it, and there or at its department for `category`."""

    above: int
    category: int | None = None

    def unit(self, program: Program, home: int) -> int:
        """Return the unit of a home that this is; NONE where there is none."""
        places = program.places
        for _ in range(self.above):
            home = places.superior[home]
        if self.category is None:
            return home
        first, categories, departments = places.referral_first, places.referral_category, places.referral_department
        return referral(places.superior, first, categories, departments, home, self.category)


def spot(program: Program, position: Position) -> Spot:
    """Return where a position is, told from its home; a department that another one called stands for the first."""
    outside = position.unit >= program.community.organization.size
    unit = position.stack[0][0] if outside else position.unit
    above, here = 0, position.home
    while here != unit:
        above, here = above + 1, program.places.superior[here]
    return Spot(above, position.category if outside else None)


def staffing_findings(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for each queue that cases reach at units without a handler, and a note if nobody brings any."""
    program = survey.program
    for lifecycle in range(len(program.names.lifecycles)):
        found: dict[int, dict[int, Stand]] = {}
        for one in survey.maps("desk", lifecycle):
            for state, unit, position in _unstaffed(survey, one):
                found.setdefault(state, {}).setdefault(unit, (one, position))
        for state, units in found.items():
            yield _finding(program, state, units)
    if program.community.assumptions.arrivals and not any(program.places.households):
        text = "no unit has a household, so nobody brings a case and nothing can be simulated; add 'households'"
        yield finding("no_households", join("organization"), text)


def _unstaffed(survey: Survey, one: Map) -> Iterator[tuple[int, int, Position]]:
    """Yield (queue state, unit without handlers, how it is reached) for the cases of a map."""
    program = survey.program
    size = program.community.organization.size
    queues: dict[tuple[int, Spot], Position] = {}
    for position in one.came:
        if program.rules.states[position.state][S_KIND] == QUEUE:
            queues.setdefault((position.state, spot(program, position)), position)
    empty = {unit for unit, handlers in enumerate(program.places.handlers) if handlers == 0}
    inside = any(unit < size for unit in empty)
    asked = {key: position for key, position in queues.items() if inside or key[1].category is not None}
    if not asked or not empty:
        return
    everywhere = program.names.lifecycles[one.opening.lifecycle] not in program.community.intake
    for home in survey.homes.members(one.opening.classes, everywhere=everywhere):
        for (state, where), position in asked.items():
            unit = where.unit(program, home)
            if unit != NONE and unit in empty:
                yield state, unit, position


def _finding(program: Program, state: int, units: dict[int, Stand]) -> Finding:
    ids = program.community.organization.ids
    one, position = units[min(units)]
    text = (
        f"cases wait in {state_name(program, state)!r} at {quoted(ids[unit] for unit in sorted(units))}, "
        f"where no handler can take them; give {'them' if len(units) > 1 else 'it'} handlers, "
        "or let no transition lead there"
    )
    return finding("unstaffed", state_place(program, state), text, one.path(position))
