"""Patches (包干到户): which team looks after which households, contiguous, even, and steady when teams change.

A patch is a run of the walk past all doors (``planning.doors``), so it is contiguous by construction, and cutting a
walk into runs can be done exactly, however long it is. For places that lie on no line, the roads and buildings of a
grid, see ``planning.places``. Teams come in by name only; ``planning.teams`` forms them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from govflow.errors import UsageError
from govflow.planning.checks import Name, Natural, checked
from govflow.planning.cutting import bounds, fewest_moves
from govflow.planning.doors import Door, Whole, cuts, walk
from govflow.planning.extra import require
from govflow.planning.inputs import in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SLACK = 0.25
"""Beyond a quarter more than need be, a plan is no longer even."""


@checked
@frozen
class Patch:
    """What one team looks after: `holds` are ids, households along the walk or places of a graph in order of name.

    `size` is the number of households.
    """

    team: Name
    holds: tuple[str, ...] = field(repr=False)
    size: Natural


@checked
@frozen
class Patches:
    """Every team's patch, and the ids that changed teams since the plan before. `proven`: nothing better exists."""

    patches: tuple[Patch, ...]
    moved: tuple[str, ...] = ()
    proven: bool = True

    @property
    def team_of(self) -> dict[str, str]:
        """Who looks after each household (or place): what the next plan takes as `before`."""
        return {held: patch.team for patch in self.patches for held in patch.holds}

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of households of each patch, in the order of the patches."""
        return tuple(patch.size for patch in self.patches)


@checked
def plan_patches(
    doors: Iterable[Door],
    teams: Iterable[str],
    *,
    order: Sequence[str] = (),
    whole: Whole = "household",
    before: Mapping[str, str] | None = None,
    slack: float = 0.1,
) -> Patches:
    """Give every household exactly one team, every team one run of the walk, evenly, and move few households.

    Fairness, exactly: the largest patch is as small as can be, and then the smallest as large as can be. So where
    households are cut singly, sizes differ by at most one; where nothing of `whole` is divided and the largest such
    whole has w households, no patch exceeds the mean by more than w (cut the walk nearest to each multiple of the
    mean: every cut is off by at most w/2).

    `before` says who had whom (``Patches.team_of``). Then sizes may leave those bounds by the share `slack` (0 to
    0.25; by one household where that is more), and of all such plans that keep the teams in their order along the
    walk the one that moves fewest households is taken. New teams stand where teams were dissolved, the rest of
    them at even distances.

    The same input in any order gives the same plan. `order` and the errors are those of `doors.walk`; DefinitionError
    also for a team given twice, UsageError for no team, more teams than wholes to give, or a `slack` out of bounds.

    >>> flats = [Door(f"h-{floor}-{flat}", "7", floor) for floor in range(1, 6) for flat in (1, 2)]
    >>> plan = plan_patches(flats, ["team/1", "team/2", "team/3"])
    >>> plan.sizes, plan.patches[2].holds
    ((3, 4, 3), ('h-4-2', 'h-5-1', 'h-5-2'))
    """
    require("planning patches", "numpy", "scipy")
    before = before or {}
    walked = walk(doors, order=order)
    ends = cuts(walked, whole)
    names = checked_teams(teams, slack, len(ends), f"{whole}s")
    households = [door.household for door in walked]
    line = line_up(names, [before.get(household) for household in households])
    low, high = bounds(ends, len(line))
    if not set(names).isdisjoint(before.values()):
        low, high = slackened(low, high, slack)
    lots = _lots(line, households, before)
    found = fewest_moves(lots, ends, low, high)
    patches = tuple(
        Patch(team, tuple(households[start:end]), end - start)
        for team, start, end in zip(line, [0, *found], found, strict=False)
    )
    return Patches(patches, moved(patches, before))


def slackened(low: int, high: int, slack: float) -> tuple[int, int]:
    """Return the sizes that a patch may have where the best are `low` to `high`; none is empty unless it must be.

    >>> slackened(10, 11, 0.1), slackened(3, 3, 0.1), slackened(3, 3, 0)
    ((9, 12), (2, 4), (3, 3))
    """
    if not slack:
        return low, high
    least = min(low - 1, ceil(low * (1 - slack) - 1e-9))
    return max(min(low, 1), least), max(high + 1, floor(high * (1 + slack) + 1e-9))


def moved(patches: Iterable[Patch], before: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids whose team is another than before, in the order of the patches; who is new has not moved."""
    return tuple(held for patch in patches for held in patch.holds if before.get(held, patch.team) != patch.team)


def checked_teams(teams: Iterable[str], slack: float, most: int, things: str) -> list[str]:
    """Return the teams in order of their names; an error where they cannot have a patch each."""
    names = in_order(teams, "team")
    if len(names) > most:
        text = f"{len(names)} teams share {most} {things}: every team needs one, so give at most {most} teams"
        raise UsageError(f"{text}; {names[most]!r} would be the first without")
    if not 0 <= slack <= MOST_SLACK:
        raise UsageError(f"slack of {slack}: a share of the even size, from 0 (as even as can be) to {MOST_SLACK}")
    return names


# ------------------------------------------------------------ in which order the teams stand
def line_up(teams: Sequence[str], had: Sequence[str | None]) -> list[str]:
    """Return the teams along the walk; `had` is the team before of each household on it.

    A team stands at the middle one of the households it had. A new team takes the place of a dissolved one, the
    largest first, and where none is left new teams stand at even distances.

    >>> line_up(["a", "b", "new"], ["b", "b", "gone", "gone", "a"])
    ['b', 'new', 'a']
    """
    stood: dict[str, list[int]] = {}
    for place, team in enumerate(had):
        if team is not None:
            stood.setdefault(team, []).append(place)
    middle = {team: places[(len(places) - 1) // 2] + 0.5 for team, places in stood.items()}
    gone = sorted(stood.keys() - set(teams), key=lambda team: (-len(stood[team]), middle[team]))
    fresh = [team for team in teams if team not in stood]
    left = len(fresh) - len(gone)
    even = [len(had) * (2 * at + 1) / (2 * left) for at in range(left)]
    # who comes first by name stands first on the walk
    middle |= dict(zip(fresh, sorted([*(middle[team] for team in gone[: len(fresh)]), *even]), strict=True))
    rank = {team: at for at, team in enumerate(teams)}
    return sorted(teams, key=lambda team: (middle[team], rank[team]))


def _lots(line: Sequence[str], households: Sequence[str], before: Mapping[str, str]) -> list[NDArray[Any]]:
    """Return for each team along the walk the places, in order, of the households that it had."""
    import numpy as np

    lots: dict[str, list[int]] = {team: [] for team in line}
    for place, household in enumerate(households):
        if (team := before.get(household)) in lots:
            lots[team].append(place)
    return [np.asarray(places, dtype=np.int32) for places in lots.values()]
