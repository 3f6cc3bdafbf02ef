"""What each inconvenience costs whoever serves, so that one can be held against another: in seconds of walking.

``planning.matching`` and ``planning.pairing`` weigh alike. Nothing here weighs who is served (rule C6).
"""

from __future__ import annotations

from typing import Annotated

from attrs import frozen

from govflow.planning.checks import Whole, checked

Cost = Annotated[int, Whole(0, 1_000_000)]


@checked
@frozen
class Weights:
    """What each inconvenience costs, in seconds of walking: one way is 1 a second, times `walk`. Assumptions all.

    `load`: one more for someone who carries n already costs n times this. `preference`: what is preferred and not
    had. `change`: an appointment or a pair that was not there before. Whole numbers from 0 to 1,000,000.

    >>> Weights(change=0).load
    300
    """

    walk: Cost = 1
    load: Cost = 300
    preference: Cost = 600
    change: Cost = 1800
