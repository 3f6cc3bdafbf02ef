"""Patches of places on a graph: the roads and buildings of a grid, for its trio (一格多员) or for several teams.

A graph says which places are next to each other. Cutting one into connected, even parts is hard in general, so
this is for a grid, not for a city: CP-SAT proves its answer for some sixty places and half a dozen teams in
seconds. For households along floors and buildings, however many, see ``planning.patches``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from attrs import frozen

from govflow.errors import UsageError
from govflow.planning.extra import require
from govflow.planning.inputs import natural
from govflow.planning.patches import Patch, Patches, checked_teams, moved, slackened

if TYPE_CHECKING:
    import networkx as nx

EFFORT = 20.0
"""Units of deterministic work of CP-SAT, about as many seconds."""


def plan_places(
    graph: nx.Graph,
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
    households as can be, then as few places, change teams. After `effort` units of work for each of the two
    questions the best found is taken and `proven` is False.

    The same input in any order gives the same plan. The errors for teams are those of `plan_patches`; UsageError for
    a size that is no whole number from 0 on, and for a graph in more separate parts than there are teams.

    >>> import networkx as nx
    >>> grid = nx.path_graph(["road/east", "b1", "b2", "b3"])
    >>> nx.set_node_attributes(grid, {"road/east": 0, "b1": 40, "b2": 20, "b3": 25}, "households")
    >>> [patch.holds for patch in plan_places(grid, ["member:example-1", "member:example-2"]).patches]
    [('b1', 'road/east'), ('b2', 'b3')]
    """
    require("planning patches of places", "ortools")
    before = before or {}
    names = checked_teams(teams, slack, graph.number_of_nodes(), "places")
    sizes = _sizes(graph, size)
    _check_parts(graph, len(names))
    had = {place: names.index(before[place]) for place in sizes if before.get(place) in names}
    cutting = _cutting(graph, sizes, len(names))
    solver, proven = cutting.most_even(sum(sizes.values()), effort)
    if had:
        bounds = slackened(solver.value(cutting.low), solver.value(cutting.high), slack)
        cutting = _cutting(graph, sizes, len(names))
        solver, steady = cutting.fewest_moves(sizes, had, bounds, effort)
        proven = proven and steady
    held = [tuple(place for place in sizes if solver.value(cutting.has[place][team])) for team in range(len(names))]
    patches = tuple(
        Patch(team, places, sum(sizes[place] for place in places)) for team, places in zip(names, held, strict=True)
    )
    return Patches(patches, moved(patches, before), proven)


def _sizes(graph: nx.Graph, size: str) -> dict[str, int]:
    """Return how many households each place has, in order of the places' names."""
    sizes = {place: graph.nodes[place].get(size, 1) for place in sorted(graph, key=lambda p: (natural(p), p))}
    for place, number in sizes.items():
        if not isinstance(number, int) or number < 0:
            raise UsageError(f"place {place!r} has {number!r} {size}: a whole number from 0 on is wanted")
    return sizes


def _check_parts(graph: nx.Graph, teams: int) -> None:
    """Refuse a graph that falls into more parts than there are teams: no patch reaches from one to another."""
    from networkx import connected_components

    parts = sorted(min(part) for part in connected_components(graph))
    if len(parts) > teams:
        text = f"the places fall into {len(parts)} parts that are not joined, around {', '.join(map(repr, parts))}"
        raise UsageError(f"{text}: {teams} teams cannot cover them; join them by edges, or give {len(parts)} teams")


@frozen(eq=False)
class _Cutting:
    """A model of all ways to cut the graph; `has` says by place which team has it, one variable for each team."""

    model: Any
    has: dict[str, list[Any]]
    roots: dict[str, list[Any]]
    low: Any
    high: Any

    def most_even(self, total: int, effort: float) -> tuple[Any, bool]:
        """Make the largest patch small, then the smallest large; teams are alike, so they stand in order of roots."""
        ranks = [sum(at * root[team] for at, root in enumerate(self.roots.values())) for team in range(self.teams)]
        for first, second in pairwise(ranks):
            self.model.add(first < second)
        self.model.minimize((total + 1) * self.high - self.low)
        return _solved(self.model, effort)

    def fewest_moves(
        self, sizes: Mapping[str, int], had: Mapping[str, int], bounds: tuple[int, int], effort: float
    ) -> tuple[Any, bool]:
        """Keep as many households, then places, with the teams that `had` them as sizes within `bounds` allow."""
        self.model.add(self.low >= bounds[0])
        self.model.add(self.high <= bounds[1])
        for place, team in had.items():
            self.model.add_hint(self.has[place][team], True)
        self.model.maximize(sum(((len(had) + 1) * sizes[p] + 1) * self.has[p][team] for p, team in had.items()))
        return _solved(self.model, effort)

    @property
    def teams(self) -> int:
        """How many teams there are."""
        return len(next(iter(self.has.values())))


def _cutting(graph: nx.Graph, sizes: Mapping[str, int], teams: int) -> _Cutting:
    """Write down that every place has one team and that every team's places are a tree of edges from one root.

    A place that is no root hangs on one neighbour of the same team that is nearer to the root. The root is the first
    of its patch by name, so that one patch is written in one way only.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    has = {place: [model.new_bool_var("") for _ in range(teams)] for place in sizes}
    roots = {place: [model.new_bool_var("") for _ in range(teams)] for place in sizes}
    depth = {place: model.new_int_var(0, len(sizes), "") for place in sizes}
    for place in sizes:
        model.add_exactly_one(has[place])
        hangs = [_hang(model, depth[place], depth[other], has[place], has[other]) for other in _next(graph, place)]
        model.add_exactly_one(*roots[place], *hangs)
    for team in range(teams):
        model.add_exactly_one(root[team] for root in roots.values())
        for at, (place, root) in enumerate(roots.items()):
            model.add_implication(root[team], has[place][team])
            for earlier in list(sizes)[:at]:
                model.add_implication(root[team], ~has[earlier][team])
    total = sum(sizes.values())
    low, high = (model.new_int_var(0, total, "") for _ in range(2))
    for team in range(teams):
        load = sum(sizes[place] * has[place][team] for place in sizes)
        model.add(low <= load)
        model.add(load <= high)
    model.add(teams * low <= total)
    model.add(teams * high >= total)
    return _Cutting(model, has, roots, low, high)


def _next(graph: nx.Graph, place: str) -> list[str]:
    """Return a place's neighbours in order."""
    return sorted(other for other in graph[place] if other != place)


def _hang(model: Any, depth: Any, above: Any, mine: list[Any], theirs: list[Any]) -> Any:
    """Return the variable that says that a place hangs on another, which has the same team and is nearer the root."""
    hangs = model.new_bool_var("")
    model.add(depth >= above + 1).only_enforce_if(hangs)
    for my_team, their_team in zip(mine, theirs, strict=True):
        model.add_bool_or(~hangs, ~my_team, their_team)
    return hangs


def _solved(model: Any, effort: float) -> tuple[Any, bool]:
    """Return the solver with an answer, and whether the answer is proven; UsageError where `effort` found none.

    One worker, a fixed seed, and a limit of work instead of time, so that answers repeat. The model has an answer:
    what cannot be is refused before it is written down.
    """
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        raise UsageError(f"patches of places: nothing found in {effort:g} units of effort; give more, or fewer places")
    return solver, status == cp_model.OPTIMAL
