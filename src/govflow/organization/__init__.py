"""Who answers to whom: units, levels, ties, posts and households; pure data and queries (rules O1 to O3).

`model` holds what a community writes down, `build` and `from_columns` make an `Organization` of it
(``assembly``, ``patterns``, ``columns``, ``tree``, ``relations``, ``households``, with their ``faults``), whose
queries stand in ``hierarchy``. Nothing here knows a case, a lifecycle, a clock or a file format; ``lifecycle`` is
the room next door, ``community`` the floor above.
"""

from govflow.organization.assembly import OUTSIDE_LEVEL, build, from_columns
from govflow.organization.hierarchy import Organization
from govflow.organization.model import (
    Conference,
    HouseholdRow,
    Level,
    OrganizationPlan,
    OutsideUnit,
    Pattern,
    Post,
    TieKind,
    TieRow,
    UnitRow,
)

__all__ = [
    "OUTSIDE_LEVEL",
    "Conference",
    "HouseholdRow",
    "Level",
    "Organization",
    "OrganizationPlan",
    "OutsideUnit",
    "Pattern",
    "Post",
    "TieKind",
    "TieRow",
    "UnitRow",
    "build",
    "from_columns",
]
