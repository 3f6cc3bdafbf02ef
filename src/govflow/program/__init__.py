"""The hinge: a community compiled to int tables, and the one step that desk, kernel, prover and kit share.

`compile_program` makes the tables (``compile``, ``behaviour``, ``guards``), ``position`` takes steps on them,
``rules`` holds the step's smallest parts, ``columns`` names the columns. Nothing here draws luck, keeps a
record or knows an actor. Next: ``simulation.kernel`` for the fast run of the same rules.
"""

from govflow.program.compile import compile_program
from govflow.program.model import Expected, Names, Places, Program, Rules, Stream
from govflow.program.position import (
    Clock,
    Position,
    destination,
    due,
    enabled,
    expire,
    facts,
    fires,
    open_position,
    step,
)

__all__ = [
    "Clock",
    "Expected",
    "Names",
    "Places",
    "Position",
    "Program",
    "Rules",
    "Stream",
    "compile_program",
    "destination",
    "due",
    "enabled",
    "expire",
    "facts",
    "fires",
    "open_position",
    "step",
]
