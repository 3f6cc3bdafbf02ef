"""Casework: commands become decisions, decisions become events. The desk, its clocks, and its views.

Open ``desk`` for what can be done, ``acting`` for how a command is decided, ``permission`` and ``visibility`` for who
may do and see what. Nothing here knows a database: ``store`` keeps what is decided.
"""

from govflow.casework.acting import Act
from govflow.casework.case import Case
from govflow.casework.desk import Desk
from govflow.casework.directory import Directory, StandIn
from govflow.casework.identifiers import CountingIds, RandomIds
from govflow.casework.instants import ManualClock, SystemClock
from govflow.casework.opening import Open

__all__ = [
    "Act",
    "Case",
    "CountingIds",
    "Desk",
    "Directory",
    "ManualClock",
    "Open",
    "RandomIds",
    "StandIn",
    "SystemClock",
]
