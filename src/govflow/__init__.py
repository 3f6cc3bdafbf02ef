"""Write a community down once; run, simulate, check and draw it from that one definition.

>>> import govflow as gf
>>> beida = gf.load("beida")
>>> beida.name
'beida'

The names below live in the rooms of the house and are fetched on first use (PEP 562), so that importing
``govflow`` loads nothing heavy. ``__init__.pyi`` says the same to type checkers, and a test holds the two equal.
``docs/design.md`` is the tour of the rooms: open it first.
"""

from importlib import import_module

__version__ = "0.1.0"

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

_HOME = {
    "Act": ("govflow.casework", "Act"),
    "Calendar": ("govflow.calendar", "Calendar"),
    "Case": ("govflow.casework", "Case"),
    "Community": ("govflow.community", "Community"),
    "Conflict": ("govflow.errors", "Conflict"),
    "DefinitionError": ("govflow.errors", "DefinitionError"),
    "Desk": ("govflow.casework", "Desk"),
    "Directory": ("govflow.casework", "Directory"),
    "Duration": ("govflow.calendar", "Duration"),
    "Event": ("govflow.record", "Event"),
    "Fault": ("govflow.errors", "Fault"),
    "GovflowError": ("govflow.errors", "GovflowError"),
    "InputError": ("govflow.errors", "InputError"),
    "Lifecycle": ("govflow.lifecycle", "Lifecycle"),
    "ManualClock": ("govflow.casework", "ManualClock"),
    "MissingExtra": ("govflow.errors", "MissingExtra"),
    "Open": ("govflow.casework", "Open"),
    "Organization": ("govflow.organization", "Organization"),
    "OutputError": ("govflow.errors", "OutputError"),
    "Post": ("govflow.organization", "Post"),
    "Program": ("govflow.program", "Program"),
    "Refused": ("govflow.errors", "Refused"),
    "SimulationError": ("govflow.errors", "SimulationError"),
    "StandIn": ("govflow.casework", "StandIn"),
    "StoreError": ("govflow.errors", "StoreError"),
    "Study": ("govflow.simulation", "Study"),
    "SystemClock": ("govflow.casework", "SystemClock"),
    "UnknownName": ("govflow.errors", "UnknownName"),
    "UsageError": ("govflow.errors", "UsageError"),
    "communities": ("govflow.community", "names"),
    "load": ("govflow.community", "load"),
    "simulate": ("govflow.simulation", "simulate"),
    "verify": ("govflow.verification", "verify"),
}


def __getattr__(name: str) -> object:
    """Fetch a public name from its room, once; an unknown one is told its nearest spelling."""
    if name in _HOME:
        room, attribute = _HOME[name]
        value = globals()[name] = getattr(import_module(room), attribute)
        return value
    text = f"module 'govflow' has no attribute {name!r}"
    if not name.startswith("_"):
        from govflow.errors import nearest

        near = nearest(name, __all__)
        text += f"; did you mean {near!r}?" if near else ""
    raise AttributeError(text)


def __dir__() -> list[str]:
    """List the public names, also those not fetched yet."""
    return ["__version__", *__all__]
