"""The testing kit: what govflow's own tests draw from, for tests of your workflow.

Open `strategies` first: Hypothesis strategies for calendars, organizations, lifecycles, whole communities and
the histories of cases. `conformance` holds a store of yours to what every store promises, `desk_machine` a whole desk
on it to your definition. This room reads every room below it and changes none; nothing below knows it. It needs the
extra ``testing``: without Hypothesis, importing it raises MissingExtra.
"""

from govflow.errors import MissingExtra

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError as _missing:
    raise MissingExtra("govflow.testing", "testing") from _missing

from govflow.testing import conformance, strategies
from govflow.testing.desk import desk_machine

__all__ = ["conformance", "desk_machine", "strategies"]
