"""What the planners need beyond the core, brought by the extra `planning`, is asked for by name.

It is imported inside the functions that plan, so that importing `govflow.planning` stays cheap.
"""

from __future__ import annotations

from importlib.util import find_spec

from govflow.errors import MissingExtra


def require(what: str, *packages: str) -> None:
    """Raise MissingExtra, naming `what` was to be done, unless all `packages` are there.

    >>> require("a rota", "numpy", "scipy")
    """
    if any(find_spec(name) is None for name in packages):
        raise MissingExtra(what, "planning")
