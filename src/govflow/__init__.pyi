from govflow.calendar import Calendar, Duration
from govflow.community import Community, load, names as communities
from govflow.errors import (
    DefinitionError,
    Fault,
    GovflowError,
    InputError,
    MissingExtra,
    OutputError,
    SimulationError,
    UnknownName,
    UsageError,
)
from govflow.lifecycle import Lifecycle
from govflow.organization import Organization
from govflow.program import Program
from govflow.simulation import Study, simulate
from govflow.verification import verify

__version__: str

__all__ = [
    "Calendar",
    "Community",
    "DefinitionError",
    "Duration",
    "Fault",
    "GovflowError",
    "InputError",
    "Lifecycle",
    "MissingExtra",
    "Organization",
    "OutputError",
    "Program",
    "SimulationError",
    "Study",
    "UnknownName",
    "UsageError",
    "communities",
    "load",
    "simulate",
    "verify",
]
