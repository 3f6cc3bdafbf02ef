"""What each inconvenience costs whoever serves, so that one can be held against another: in seconds of walking.

``planning.matching`` and ``planning.pairing`` weigh alike. Nothing here weighs who is served (rule C6).
"""

from __future__ import annotations

from attrs import field, frozen

from govflow.planning.inputs import whole

_MOST = 1_000_000


@frozen
class Weights:
    """What each inconvenience costs, in seconds of walking: one way is 1 a second, times `walk`. Assumptions all.

    `load`: one more for someone who carries n already costs n times this. `preference`: what is preferred and not
    had. `change`: an appointment or a pair that was not there before. Whole numbers from 0 to 1,000,000.

    >>> Weights(change=0).load
    300
    """

    walk: int = field(default=1, validator=whole(0, _MOST))
    load: int = field(default=300, validator=whole(0, _MOST))
    preference: int = field(default=600, validator=whole(0, _MOST))
    change: int = field(default=1800, validator=whole(0, _MOST))
