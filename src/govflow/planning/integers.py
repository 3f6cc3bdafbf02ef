"""Integer programs: columns and rows written down one by one, solved by HiGHS through SciPy, one aim after another.

HiGHS works on one thread and draws nothing by chance, so equal programs give equal answers. Its search is limited by
branches, counted and not timed. The work at the first node, before there is a branch, it bounds by itself: it offers no
limit for that which does not depend on the machine (HiGHS issue 3133). What a column means is told by whoever writes
the program, ``planning.rotas``, ``planning.teams`` and ``planning.rhythms``; what flows through a network is solved in
``planning.flows``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import define, field

Terms = dict[int, int]
"""A sum over columns of the program: column → coefficient."""

NODES = 1000
"""Branches of the search after which the best found so far is taken."""


@define(eq=False)
class IntegerProgram:
    """An integer program; `values` are those of the best answer so far, by column."""

    least: list[float] = field(factory=list)
    most: list[float] = field(factory=list)
    whole: list[int] = field(factory=list)
    rows: list[tuple[Terms, float, float]] = field(factory=list)
    values: Sequence[float] = ()

    def column(self, most: float = 1, *, whole: bool = True) -> int:
        """Add a column from 0 to `most` and return its number; one that is whole by itself need not be told so."""
        self.least.append(0)
        self.most.append(most)
        self.whole.append(int(whole))
        return len(self.most) - 1

    def row(self, terms: Terms, low: float, high: float) -> None:
        """Demand that a sum lies in [low, high]."""
        self.rows.append((terms, low, high))

    def choose(self, columns: Iterable[int], most: int) -> None:
        """Demand that at most so many of some columns are 1, or no more than those that are fixed at 1."""
        terms = dict.fromkeys(columns, 1)
        if len(terms) > most:
            self.row(terms, 0, max(most, self.fixed(terms)))

    def fixed(self, columns: Iterable[int]) -> int:
        """Count the columns that are fixed at 1."""
        return sum(self.least[col] == 1 for col in columns)

    def value(self, terms: Iterable[int]) -> int:
        """Return the sum of some columns in the best answer so far."""
        return round(sum(self.values[col] for col in terms))

    def reach(self, aim: Terms, nodes: int) -> bool:
        """Minimise an aim, and hold it at what was reached from here on; say whether that is proven the least."""
        proven = self.solve(aim, nodes)
        if aim and len(self.values) == len(self.most):  # values found before the last columns say nothing of them
            self.row(aim, float("-inf"), round(sum(factor * self.values[col] for col, factor in aim.items())))
        return proven

    def solve(self, aim: Terms, nodes: int) -> bool:
        """Find the values at which an aim is least, and say whether that is proven.

        The values found before stay when the limit of branches comes before any better are found.
        """
        if not aim:
            return True
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        cost = np.zeros(len(self.most))
        cost[list(aim)] = list(aim.values())
        across = [col for terms, _, _ in self.rows for col in terms]
        down = [row for row, (terms, _, _) in enumerate(self.rows) for _ in terms]
        factors = [factor for terms, _, _ in self.rows for factor in terms.values()]
        shape = (len(self.rows), len(self.most))
        table = coo_array((np.array(factors, dtype=float), (down, across)), shape=shape).tocsc()
        result = milp(
            cost,
            integrality=self.whole,
            bounds=Bounds(self.least, self.most),
            constraints=LinearConstraint(table, [low for _, low, _ in self.rows], [high for _, _, high in self.rows]),
            options={"node_limit": nodes, "mip_rel_gap": 0.0},
        )
        if result.x is not None:
            self.values = result.x
        return bool(result.status == 0)
