"""Simulation: the same definition, run for a city, with the same residents and luck under every rule.

Open ``study`` first (`simulate`, `Study`), then ``summary`` for the figures and ``kernel`` for the run. The
kernel knows no domain: ``arrays`` lays the program's tables out for it, ``initial`` the cases that are open at the
start, ``luck`` draws, ``engine`` drives.
"""

from govflow.program import Estimate
from govflow.simulation.backlog import Backlog
from govflow.simulation.comparison import Comparison
from govflow.simulation.events import Events, write_events
from govflow.simulation.story import Story
from govflow.simulation.study import Study, simulate
from govflow.simulation.summary import Group, Load, Summary, Times

__all__ = [
    "Backlog",
    "Comparison",
    "Estimate",
    "Events",
    "Group",
    "Load",
    "Story",
    "Study",
    "Summary",
    "Times",
    "simulate",
    "write_events",
]
