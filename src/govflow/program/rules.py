"""The rules of one step, as small functions of integers: guards, which moves are open, which clocks begin anew.

These are the only copies. ``program.position`` calls them on the program's own tuples and arrays, the
simulation kernel compiles the very same functions and calls them on numpy arrays: so they use nothing but
indexing, integers and loops, and take few arguments. Where a move leads is in ``organization.walks``.
"""

from __future__ import annotations

from typing import Protocol

from govflow.organization.walks import Numbers
from govflow.program.columns import (
    BACK,
    CONVENE,
    DOWN,
    G_AND,
    G_CONST,
    G_EQ,
    G_FACT,
    G_GE,
    G_GT,
    G_LE,
    G_LT,
    G_NE,
    G_NOT,
    G_OR,
    L_FRESH,
    MAX_DEPTH,
    REFER,
    UP,
)


class Scratch(Numbers, Protocol):
    """Integers by position that can be written to."""

    def __setitem__(self, at: int, value: int, /) -> None: ...


def holds(code: Numbers, start: int, end: int, facts: Numbers, stack: Scratch) -> bool:
    """Return whether the guard in ``code[start:end]`` is true of `facts`; `stack` is scratch, deep enough."""
    top = 0
    for at in range(start, end, 2):
        op = code[at]
        if op == G_CONST:
            stack[top] = code[at + 1]
            top += 1
        elif op == G_FACT:
            stack[top] = facts[code[at + 1]]
            top += 1
        elif op == G_NOT:
            stack[top - 1] = 1 - stack[top - 1]
        else:
            top -= 1
            stack[top - 1] = combine(op, stack[top - 1], stack[top])
    return stack[0] != 0


def combine(op: int, a: int, b: int) -> int:
    """Return 1 or 0: the two-place guard operation `op` of `a` and `b`."""
    if op == G_AND:
        true = a != 0 and b != 0
    elif op == G_OR:
        true = a != 0 or b != 0
    elif op == G_EQ:
        true = a == b
    elif op == G_NE:
        true = a != b
    elif op == G_LT:
        true = a < b
    elif op == G_LE:
        true = a <= b
    elif op == G_GT:
        true = a > b
    else:
        true = op == G_GE and a >= b
    return 1 if true else 0


def may_move(move: int, depth: int) -> bool:
    """Return whether a move is open to a case `depth` places away: then only stay, refer, convene and back."""
    if depth == 0:
        return move != BACK
    if move == UP or move == DOWN:
        return False
    return depth < MAX_DEPTH or (move != REFER and move != CONVENE)


def fresh_clocks(lifecycle: Numbers, move: int, reopens: int, enters: int, wanted: int, depth: int) -> int:
    """Return the set (bits) of clocks that begin a new run with this transition (rule L4).

    `lifecycle` is its row with the five masks from ``L_FRESH`` on, `enters` is 1 when
    a state is entered, `wanted` are the clocks that run in it, `depth` is the stack's after the move.
    """
    fresh = 0
    if reopens != 0:
        fresh |= lifecycle[L_FRESH]
    if move == UP or move == DOWN:
        fresh |= lifecycle[L_FRESH + 1]
    if enters != 0:
        fresh |= lifecycle[L_FRESH + 2] & wanted
    if move == REFER or move == CONVENE:
        fresh |= lifecycle[L_FRESH + 2 + depth]
    return fresh
