"""Patches of places on a graph: the roads and buildings of a grid, for its trio (一格多员) or for several teams.

A graph says which places are next to each other. Cutting one into connected, even parts is hard in general, so
this is for a grid, not for a city. Patches are found by re-cutting (``planning.recutting``), and what is within reach
of a proof CP-SAT then proves or makes better. For households along floors and buildings, however many, see
``planning.patches``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from govflow.errors import UsageError
from govflow.planning.checks import checked
from govflow.planning.extra import require
from govflow.planning.inputs import known_graph, natural
from govflow.planning.patches import Patch, Patches, checked_teams, moved, slackened
from govflow.planning.recutting import Ground, parted, recut

EFFORT = 5.0
"""Units of deterministic work of CP-SAT; one took 2 to 5 s, and at times 10, where this was measured."""

Parts = list[set[int]]
"""The patch of each team, as numbers of places."""


@checked
def plan_places(
    graph: Any,
    teams: Iterable[str],
    *,
    size: str = "households",
    before: Mapping[str, str] | None = None,
    slack: float = 0.1,
    effort: float = EFFORT,
) -> Patches:
    """Give every place of `graph` exactly one team, every team a connected patch, evenly, and move few places.

    `size` names the attribute of a node that says how many households it has (1 where it is missing, 0 for a road
    without any). Fairness: the largest patch is as small as can be, then the smallest as large as can be. With
    `before` (``Patches.team_of``) sizes may leave those bounds by the share `slack`, and then as few
    households as can be, then as few places, change teams. What is found is proven the best, or `proven` is False: then
    no better was found in `effort` units of work for each of the two questions, and none is spent with 0.

    The same input in any order gives the same plan, on whatever kind of networkx graph: places next to each other are
    so both ways. The errors for teams are those of `plan_patches`; UsageError for a place that is not named by a text,
    for a size that is no whole number from 0 on, and for a graph in more separate parts than there are teams.

    >>> import networkx as nx
    >>> grid = nx.path_graph(["road/east", "b1", "b2", "b3"])
    >>> nx.set_node_attributes(grid, {"road/east": 0, "b1": 40, "b2": 20, "b3": 25}, "households")
    >>> [patch.holds for patch in plan_places(grid, ["member:example-1", "member:example-2"]).patches]
    [('b1', 'road/east'), ('b2', 'b3')]
    """
    require("planning patches of places", "networkx", "ortools", "scipy")
    before = before or {}
    graph = _both_ways(known_graph(graph, "places"))
    sizes = _sizes(graph, size)
    names = checked_teams(teams, slack, len(sizes), "places")
    if effort < 0:
        raise UsageError(f"effort of {effort}: 0 or more units of work are wanted")
    had = [names.index(before[place]) if before.get(place) in names else -1 for place in sizes]
    ground = _ground(graph, sizes, had)
    parts, proven = _most_even(ground, _pieces(graph, list(sizes), len(names)), len(names), effort)
    if any(team >= 0 for team in had):
        even = sorted(map(ground.size, parts))
        parts, steady = _fewest_moves(ground, parts, slackened(even[0], even[-1], slack), effort)
        proven = proven and steady
    held = [tuple(place for at, place in enumerate(sizes) if at in part) for part in parts]
    patches = tuple(
        Patch(team, places, sum(sizes[place] for place in places)) for team, places in zip(names, held, strict=True)
    )
    return Patches(patches, moved(patches, before), proven)


def _both_ways(graph: Any) -> Any:
    """Return a graph of the same places in which those next to each other are so both ways, and none to itself."""
    from networkx import Graph

    plain = Graph()
    plain.add_nodes_from(graph.nodes(data=True))
    plain.add_edges_from((one, other) for one, other in graph.edges() if one != other)
    return plain


def _sizes(graph: Any, size: str) -> dict[str, int]:
    """Return how many households each place has, in order of the places' names."""
    for place in graph:
        if not isinstance(place, str):
            raise UsageError(f"place {place!r} is not named by a text: networkx.relabel_nodes(graph, str) does it")
    sizes = {place: graph.nodes[place].get(size, 1) for place in sorted(graph, key=lambda p: (natural(p), p))}
    for place, number in sizes.items():
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise UsageError(f"place {place!r} has {number!r} {size}: a whole number from 0 on is wanted")
    return sizes


def _pieces(graph: Any, places: Sequence[str], teams: int) -> Parts:
    """Return the separate parts of a graph; UsageError for more than there are teams: no patch joins two of them."""
    from networkx import connected_components

    number = {place: at for at, place in enumerate(places)}
    pieces = sorted(({number[place] for place in piece} for piece in connected_components(graph)), key=min)
    if len(pieces) > teams:
        around = ", ".join(repr(places[min(piece)]) for piece in pieces)
        text = f"the places fall into {len(pieces)} parts that are not joined, around {around}"
        raise UsageError(f"{text}: {teams} teams cannot cover them; join them by edges, or give {len(pieces)} teams")
    return pieces


def _ground(graph: Any, sizes: Mapping[str, int], had: Sequence[int]) -> Ground:
    """Return the places in numbers; to keep a household is worth more than to keep all places beside."""
    number = {place: at for at, place in enumerate(sizes)}
    near = [sorted(number[other] for other in graph[place]) for place in sizes]
    return Ground(near, list(sizes.values()), had, [(len(sizes) + 1) * size + 1 for size in sizes.values()])


# ------------------------------------------------------------ the two questions
def _most_even(ground: Ground, pieces: Parts, teams: int, effort: float) -> tuple[Parts, bool]:
    """Make the largest patch small, then the smallest large; say whether it is proven. Patches stand by first place."""
    total = sum(ground.sizes)
    share, rest = divmod(total, teams)
    least = rest * (share + 1) ** 2 + (teams - rest) * share**2
    nobody = Ground(ground.near, ground.sizes, [-1] * len(ground.near), ground.worth)
    parts = recut(nobody, parted(nobody, pieces, teams), lambda size, _: size * size, least)
    parts = sorted(parts, key=min)
    loads = [ground.size(part) for part in parts]
    if max(loads) == max(-(-total // teams), *ground.sizes) and min(loads) == share:
        return parts, True
    question = _Question.about(ground, parts)
    question.number_by_first_place()
    low, high = question.model.new_int_var(0, share, ""), question.model.new_int_var(0, max(loads), "")
    for load in question.loads:
        question.model.add(low <= load)
        question.model.add(load <= high)
    question.model.add((total + 1) * high - low <= (total + 1) * max(loads) - min(loads))
    question.model.minimize((total + 1) * high - low)
    return question.answer(effort)


def _fewest_moves(ground: Ground, parts: Parts, bounds: tuple[int, int], effort: float) -> tuple[Parts, bool]:
    """Keep as many households, then places, with the teams that had them as sizes within `bounds` allow."""
    from scipy.optimize import linear_sum_assignment

    low, high = bounds
    kept = [[-ground.kept(part, team) for part in parts] for team in range(len(parts))]
    parts = [parts[part] for part in linear_sum_assignment(kept)[1].tolist()]
    most = sum(worth for worth, team in zip(ground.worth, ground.had, strict=True) if team >= 0)
    parts = recut(ground, parts, lambda size, kept: (most + 1) * max(0, low - size, size - high) - kept, -most)
    if sum(ground.kept(part, team) for team, part in enumerate(parts)) == most:
        return parts, True
    question = _Question.about(ground, parts)
    for load in question.loads:
        question.model.add_linear_constraint(load, low, high)
    owned = ((place, team) for place, team in enumerate(ground.had) if team >= 0)
    question.model.maximize(sum(ground.worth[place] * question.has[place][team] for place, team in owned))
    return question.answer(effort)


@frozen(eq=False)
class _Question:
    """A model of all ways to cut the graph, and a first answer to it: `parts`.

    `has` says of each place which team has it. Every team's places are a tree from one of its `roots`: any other place
    hangs on a neighbour of the same team that is nearer to the root.
    """

    model: Any
    has: list[list[Any]]
    roots: list[list[Any]]
    loads: list[Any]
    parts: Parts

    @classmethod
    def about(cls, ground: Ground, parts: Parts) -> _Question:
        """Write down the places of a ground, for as many teams as there are `parts`."""
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        has, roots = ([[model.new_bool_var("") for _ in parts] for _ in ground.near] for _ in range(2))
        depth = [model.new_int_var(0, len(ground.near) - 1, "") for _ in ground.near]
        for place, near in enumerate(ground.near):
            model.add_exactly_one(has[place])
            hangs = [_hang(model, depth[place], depth[other], has[place], has[other]) for other in near]
            model.add_exactly_one(*roots[place], *hangs)
        for team, part in enumerate(parts):
            model.add_exactly_one(root[team] for root in roots)
            for place, root in enumerate(roots):
                model.add_implication(root[team], has[place][team])
                model.add_hint(has[place][team], place in part)
                model.add_hint(root[team], place == min(part))
            for place, steps in _steps(ground, part).items():
                model.add_hint(depth[place], steps)
        sized = list(zip(ground.sizes, has, strict=True))
        loads = [sum(size * own[team] for size, own in sized) for team in range(len(parts))]
        return cls(model, has, roots, loads, parts)

    def number_by_first_place(self) -> None:
        """Let the root be the first place of its patch, and patches follow their roots: so one plan is one answer."""
        teams = range(len(self.parts))
        begun: list[Any] = [0 for _ in teams]
        for own, root in zip(self.has, self.roots, strict=True):
            later = [self.model.new_bool_var("") for _ in teams]
            for team in teams:
                self.model.add(later[team] == begun[team] + root[team])
                self.model.add_implication(own[team], later[team])
                if team:
                    self.model.add(root[team] <= begun[team - 1])
            begun = later

    def answer(self, effort: float) -> tuple[Parts, bool]:
        """Return the best answer found, the first if there is no better, and whether it is proven.

        One worker, a fixed seed, and a limit of work instead of time, so that answers repeat.
        """
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = effort
        status = solver.solve(self.model) if effort else cp_model.UNKNOWN
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return self.parts, False
        places = range(len(self.has))
        parts = [{at for at in places if solver.value(self.has[at][team])} for team in range(len(self.parts))]
        return parts, status == cp_model.OPTIMAL


def _hang(model: Any, depth: Any, above: Any, mine: list[Any], theirs: list[Any]) -> Any:
    """Return the variable that says that a place hangs on another, which has the same team and is nearer the root."""
    hangs = model.new_bool_var("")
    model.add(depth >= above + 1).only_enforce_if(hangs)
    for my_team, their_team in zip(mine, theirs, strict=True):
        model.add_bool_or(~hangs, ~my_team, their_team)
        model.add_bool_or(~hangs, my_team, ~their_team)
    return hangs


def _steps(ground: Ground, part: set[int]) -> dict[int, int]:
    """Return how many steps each place of a patch is from its first place."""
    steps, queue = {min(part): 0}, [min(part)]
    for place in queue:
        for other in ground.near[place]:
            if other in part and other not in steps:
                steps[other] = steps[place] + 1
                queue.append(other)
    return steps
