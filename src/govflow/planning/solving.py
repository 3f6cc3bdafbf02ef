"""One way to ask CP-SAT: one worker, a fixed seed and a limit of work instead of time, so that answers repeat.

Only the planners of this room come here; they say in their results whether an answer is proven to be the best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govflow.errors import UsageError

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver

EFFORT = 20.0
"""Units of deterministic work of CP-SAT, about as many seconds."""


def solved(model: CpModel, what: str, effort: float) -> tuple[CpSolver, bool]:
    """Return the solver with an answer, and whether the answer is proven; UsageError where `effort` found none.

    The model has an answer: what cannot be is refused before it is written down.
    """
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        raise UsageError(f"{what}: nothing found in {effort:g} units of effort; give more, or plan a part at a time")
    return solver, status == cp_model.OPTIMAL
