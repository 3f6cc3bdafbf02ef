from govflow.calendar import Calendar, Duration
from govflow.casework import Act, Case, Desk, Directory, ManualClock, Open, StandIn, SystemClock
from govflow.community import Community, load, names as communities
from govflow.errors import (
    Conflict,
    DefinitionError,
    Fault,
    GovflowError,
    InputError,
    MissingExtra,
    OutputError,
    Refused,
    SimulationError,
    StoreError,
    UnknownName,
    UsageError,
)
from govflow.lifecycle import Lifecycle
from govflow.organization import Organization, Post
from govflow.program import Program
from govflow.record import Event
from govflow.simulation import Study, simulate
from govflow.verification import verify

__version__: str

__all__ = [
    "Act",
    "Calendar",
    "Case",
    "Community",
    "Conflict",
    "DefinitionError",
    "Desk",
    "Directory",
    "Duration",
    "Event",
    "Fault",
    "GovflowError",
    "InputError",
    "Lifecycle",
    "ManualClock",
    "MissingExtra",
    "Open",
    "Organization",
    "OutputError",
    "Post",
    "Program",
    "Refused",
    "SimulationError",
    "StandIn",
    "StoreError",
    "Study",
    "SystemClock",
    "UnknownName",
    "UsageError",
    "communities",
    "load",
    "simulate",
    "verify",
]
