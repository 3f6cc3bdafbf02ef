"""Write a community down once; simulate, check and draw it from that one definition.

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

_HOME = {
    "Calendar": ("govflow.calendar", "Calendar"),
    "Community": ("govflow.community", "Community"),
    "DefinitionError": ("govflow.errors", "DefinitionError"),
    "Duration": ("govflow.calendar", "Duration"),
    "Fault": ("govflow.errors", "Fault"),
    "GovflowError": ("govflow.errors", "GovflowError"),
    "InputError": ("govflow.errors", "InputError"),
    "Lifecycle": ("govflow.lifecycle", "Lifecycle"),
    "MissingExtra": ("govflow.errors", "MissingExtra"),
    "Organization": ("govflow.organization", "Organization"),
    "OutputError": ("govflow.errors", "OutputError"),
    "Program": ("govflow.program", "Program"),
    "SimulationError": ("govflow.errors", "SimulationError"),
    "Study": ("govflow.simulation", "Study"),
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
