"""Items, offers and people of Jiafu community, for the tests of lists, claims, slips and check-ins."""

from __future__ import annotations

from functools import cache

import govflow as gf
from govflow.errors import Refused

SECRETARY, AREA, SHOP = "committee/jiafu#1", "area/1#1", "partner/unit-1"
UNTIL = "2026-02-27"


@cache
def jiafu():
    """The community of the double check-in."""
    return gf.load("jiafu")


def hung(desk, *, places=1, needed=None, unit="area/1", by=AREA, way="take_on", **more):
    """Return an item on the board."""
    more = {"text": "教老人用手机", **more}
    case = desk.open("claim", by=by, unit=unit, way=way, places=places, needed=needed, **more)
    return desk.act(case, "hang", by=AREA, until=UNTIL)


def checked_in(desk, who, **more):
    """Return the accepted check-in of a member or unit."""
    case = desk.open("check_in", by=who, **{"skills": ["digital"], **more})
    return desk.act(case, "accept", by=SECRETARY)


def allowed(act, *args, **kwargs):
    """Say whether a command is carried out; False where it is refused."""
    try:
        act(*args, **kwargs)
    except Refused:
        return False
    return True
