"""What every test shares: Hypothesis profiles, and a PostgreSQL. Fixtures of one room live in that room's conftest.

The default profile is deterministic, here as in continuous integration: the same commit gives the same verdict.
``pytest --hypothesis-profile=explore`` looks for new examples instead, ten times as many.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.postgres import postgres

__all__ = ["postgres"]

settings.register_profile(
    "deterministic",
    derandomize=True,
    deadline=None,  # a shared machine is no stopwatch, and compiled code is slow exactly once
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # as the deadline
)
settings.register_profile(
    "explore",
    settings.get_profile("deterministic"),
    derandomize=False,
    max_examples=1000,
)
settings.load_profile("deterministic")
