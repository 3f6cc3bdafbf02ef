"""Teams: spreading people evenly (均分) over units by skill, and forming teams of three, which is the same question.

Members are spread, never residents. Units and teams come by name only; what a team looks after is cut in
``planning.patches``, how the question is solved stands in ``planning.integers``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from govflow.errors import UsageError
from govflow.planning.checks import Natural, Positive, checked
from govflow.planning.extra import require
from govflow.planning.inputs import in_order, names, natural
from govflow.planning.integers import NODES, IntegerProgram


@checked
@frozen
class Spread:
    """Who serves where, by member in order of id; `moved` serve elsewhere than before.

    `uneven` counts, over all units and skills, the members with a skill beyond an even share of them: 0 means
    that for every skill any two units differ by at most one. `proven`: nothing better exists.
    """

    unit_of: Mapping[str, str] = field(repr=False)
    moved: tuple[str, ...] = ()
    uneven: Natural = 0
    proven: bool = True

    def members(self, unit: str) -> tuple[str, ...]:
        """Return who serves in a unit, in order of id."""
        return tuple(member for member, place in self.unit_of.items() if place == unit)


@checked
def spread(
    members: Mapping[str, Iterable[str]],
    units: Iterable[str],
    *,
    before: Mapping[str, str] | None = None,
    nodes: Natural = NODES,
) -> Spread:
    """Spread members, each with the skills they have, over units: first by number, then by skill, then few moves.

    By number exactly: units differ by at most one. Then the members beyond an even share of each skill, summed over
    skills and units, are as few as can be, which is none wherever nobody has two skills. Then as few as can be serve
    elsewhere than in `before` (``Spread.unit_of``). After `nodes` branches of the search the best found
    so far is taken and `proven` is False. The same input in any order gives the same spread.

    UsageError for no unit, or skills given as one text; DefinitionError for a unit given twice.

    >>> work_team = {"member:example-1": ["law"], "member:example-2": ["law"], "member:example-3": ["care"]}
    >>> found = spread(work_team, ["grid/1", "grid/2"])
    >>> found.uneven, sorted(len(found.members(unit)) for unit in ["grid/1", "grid/2"])
    (0, [1, 2])
    """
    require("spreading members", "numpy", "scipy")
    before = before or {}
    skills = {member: tuple(sorted(names(given))) for member, given in members.items()}
    places = in_order(units, "unit")
    alike: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for member in sorted(skills):
        place = places.index(before[member]) if before.get(member) in places else -1
        alike.setdefault((skills[member], place), []).append(member)
    counts, uneven, proven = _counts(alike, len(places), nodes)
    unit_of: dict[str, str] = {}
    for kind, row in counts.items():
        waiting = iter(alike[kind])
        unit_of |= {next(waiting): places[unit] for unit, count in enumerate(row) for _ in range(count)}
    moved = tuple(m for m in sorted(unit_of) if before.get(m, unit_of[m]) != unit_of[m])
    return Spread(dict(sorted(unit_of.items())), moved, uneven, proven)


@checked
def form_teams(
    members: Mapping[str, Iterable[str]],
    *,
    size: Positive = 3,
    prefix: str = "team/",
    before: Mapping[str, str] | None = None,
    nodes: Natural = NODES,
) -> Spread:
    """Form teams of `size` members, mixed by skill as `spread` does, and keep those of `before` together.

    There are as many teams as bring their mean nearest to `size` (the more on a tie). Of threes all are threes
    but one, which may have two or four (of one or two members there is one team). Where there are fewer teams than
    before the smallest dissolve; new ones are ``team/1``, ``team/2``, … after `prefix`, names in use left out.

    >>> teams = form_teams({f"member:example-{n}": [] for n in range(7)})
    >>> sorted(len(teams.members(f"team/{n}")) for n in (1, 2))
    [3, 4]
    """
    if not members:
        raise UsageError("teams of nobody: give at least one member")
    before = before or {}
    count = max(1, (2 * len(members) + size) // (2 * size))
    stay: dict[str, int] = {}
    for member in members:
        if (team := before.get(member)) is not None:
            stay[team] = stay.get(team, 0) + 1
    kept = sorted(stay, key=lambda team: (-stay[team], natural(team), team))[:count]
    fresh = (name for number in range(1, 2 * count + 1) if (name := f"{prefix}{number}") not in kept)
    teams = kept + [next(fresh) for _ in range(count - len(kept))]
    return spread(members, teams, before=before, nodes=nodes)


Kind = tuple[tuple[str, ...], int]
"""Members who are alike for the plan: the same skills, and the same unit before (its index; -1: none)."""


def _counts(alike: Mapping[Kind, Sequence[str]], units: int, nodes: int) -> tuple[dict[Kind, list[int]], int, bool]:
    """Return how many of each kind serve in each unit, the unevenness, and whether both are proven the least."""
    program, unbounded = IntegerProgram(), float("inf")
    total = sum(map(len, alike.values()))
    rows = {kind: [program.column(len(who)) for _ in range(units)] for kind, who in sorted(alike.items())}
    for kind, row in rows.items():
        program.row(dict.fromkeys(row, 1), len(alike[kind]), len(alike[kind]))
    for column in zip(*rows.values(), strict=True):
        program.row(dict.fromkeys(column, 1), total // units, -(-total // units))
    beyond = []
    for skill in sorted({skill for skills, _ in rows for skill in skills}):
        having = [kind for kind in rows if skill in kind[0]]
        count = sum(len(alike[kind]) for kind in having)
        for column in zip(*(rows[kind] for kind in having), strict=True):
            beyond.append(program.column(count, whole=False))
            program.row({**dict.fromkeys(column, 1), beyond[-1]: -1}, -unbounded, -(-count // units))
            program.row({**dict.fromkeys(column, 1), beyond[-1]: 1}, count // units, unbounded)
    moves = [x for (_, place), row in rows.items() if place >= 0 for unit, x in enumerate(row) if unit != place]
    idle = dict.fromkeys((x for row in rows.values() for x in row), 0)  # an aim even where nothing is to be made small
    proven = program.solve({**idle, **dict.fromkeys(moves, 1), **dict.fromkeys(beyond, total + 1)}, nodes)
    if rows and not len(program.values):
        raise UsageError(f"spreading {total} members over {units} units: nothing found in {nodes} branches; give more")
    return {kind: [program.value([x]) for x in row] for kind, row in rows.items()}, program.value(beyond), proven
