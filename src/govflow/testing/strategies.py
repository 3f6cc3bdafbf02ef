"""Every strategy of the kit under one name: ``from govflow.testing import strategies as gs``.

Each name is a function that returns a Hypothesis strategy, and all of them shrink: to one level, one queue, a
calendar that never closes, a history without a step. Times lie on a coarse grid, so that coincidences (a limit as
long as the work, two clocks due at once) are common and not a matter of luck. Next: ``docs/testing.md``.
"""

from govflow.testing.behaviours import distributions
from govflow.testing.calendars import ZONES, calendars, durations, instants, weeks
from govflow.testing.communities import communities, definitions, labels
from govflow.testing.guards import guards
from govflow.testing.histories import AlmostLegal, History, Step, almost_legal, histories, openings
from govflow.testing.lifecycles import lifecycles
from govflow.testing.organizations import SCHEMES, organization_plans, organizations

__all__ = [
    "SCHEMES",
    "ZONES",
    "AlmostLegal",
    "History",
    "Step",
    "almost_legal",
    "calendars",
    "communities",
    "definitions",
    "distributions",
    "durations",
    "guards",
    "histories",
    "instants",
    "labels",
    "lifecycles",
    "openings",
    "organization_plans",
    "organizations",
    "weeks",
]
