"""The hinge: a community compiled to int tables, and the one step that desk, kernel, prover and kit share.

`compile_program` makes the tables (``compile``, ``behaviour``, ``guards``), ``position`` takes steps on them,
``rules`` holds the step's smallest parts, ``columns`` names the columns. Nothing here draws luck, keeps a
record or knows an actor. Next: ``simulation.kernel`` for the fast run of the same rules.
"""

from govflow.program.carrying import halt, reschedule, resume
from govflow.program.compile import compile_program
from govflow.program.counting import Account, Counting, counting
from govflow.program.intervals import Estimate, rate, rounded, wilson
from govflow.program.model import Expected, Names, Places, Program, Rules, Stream
from govflow.program.obstacle import Obstacle, guard_facts, obstacle
from govflow.program.position import (
    NOTHING,
    UNTOUCHED,
    Clock,
    Position,
    arrive,
    destination,
    due,
    enabled,
    expire,
    extend,
    facts,
    fires,
    limit_of,
    open_position,
    step,
)
from govflow.program.snapshot import OpenCase, Snapshot, read_snapshot
from govflow.program.standing import Facts, changes, from_facts, to_facts

__all__ = [
    "NOTHING",
    "UNTOUCHED",
    "Account",
    "Clock",
    "Counting",
    "Estimate",
    "Expected",
    "Facts",
    "Names",
    "Obstacle",
    "OpenCase",
    "Places",
    "Position",
    "Program",
    "Rules",
    "Snapshot",
    "Stream",
    "arrive",
    "changes",
    "compile_program",
    "counting",
    "destination",
    "due",
    "enabled",
    "expire",
    "extend",
    "facts",
    "fires",
    "from_facts",
    "guard_facts",
    "halt",
    "limit_of",
    "obstacle",
    "open_position",
    "rate",
    "read_snapshot",
    "reschedule",
    "resume",
    "rounded",
    "step",
    "to_facts",
    "wilson",
]
