"""What the planners need beyond the core: numpy, scipy and OR-tools, brought by the extra `planning`.

They are imported inside the functions that plan, so that importing `govflow.planning` stays cheap.
"""

from __future__ import annotations

from importlib.util import find_spec

from govflow.errors import MissingExtra

PACKAGES = ("numpy", "scipy", "ortools")


def require(what: str) -> None:
    """Raise MissingExtra, naming `what` was to be done, unless all packages of the extra `planning` are there.

    >>> require("matching")
    """
    if any(find_spec(name) is None for name in PACKAGES):
        raise MissingExtra(what, "planning")
