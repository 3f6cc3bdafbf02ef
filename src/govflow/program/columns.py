"""The columns of the program's int tables, and the codes that stand in them.

Every table is rows of integers; a row is one state, one transition, one clock. Desk, prover and kit read
them as they are, the kernel reads the same rows as arrays. Nothing here computes.
"""

from __future__ import annotations

from typing import Final

from govflow.lifecycle import guard

NONE: Final = -1
"""No such thing: no target, no guard, no superior."""

NEVER: Final = 1 << 62
"""An instant that does not come, a limit that does not run."""

CLEAR: Final = NONE
"""What is added to a counter that begins again at 0."""

# --- kinds of state, moves, scopes -------------------------------------------------------------------------
QUEUE: Final = 0
WORK: Final = 1
WAIT: Final = 2
FINAL: Final = 3
KINDS: Final = ("queue", "work", "wait", "final")

STAY: Final = 0
UP: Final = 1
DOWN: Final = 2
REFER: Final = 3
CONVENE: Final = 4
BACK: Final = 5
MOVES: Final = ("stay", "up", "down", "refer", "convene", "back")

MAX_DEPTH: Final = 2
"""How many places a case can be away from at once (rule L3)."""

# --- states: one row a state ------------------------------------------------------------------------------
S_LIFECYCLE: Final = 0
S_LOCAL: Final = 1
S_KIND: Final = 2
S_TAKE: Final = 3
S_CONFERENCE: Final = 4
S_WANT: Final = 5
"""Clocks that run in the state at stack depth 0; the next two columns are depth 1 and 2."""
S_WIDTH: Final = 8

# --- transitions: one row a way ---------------------------------------------------------------------------
T_LIFECYCLE: Final = 0
T_SOURCES: Final = 1
T_TARGET: Final = 2
T_MOVE: Final = 3
T_GUARD: Final = 4
T_GUARD_END: Final = 5
T_ADD: Final = 6
T_ADD_END: Final = 7
T_SETS_SEVERITY: Final = 8
T_REOPENS: Final = 9
T_CLOCK: Final = 10
T_PERSON: Final = 11
T_NUMERATOR_IN: Final = 12
T_NUMERATOR_OUT: Final = 13
T_DENOMINATOR_IN: Final = 14
T_DENOMINATOR_OUT: Final = 15
T_SPAN_FIRST: Final = 16
T_SPAN_LAST: Final = 17
T_SETTLES: Final = 18
T_WIDTH: Final = 19

# --- clocks: one row a deadline and stack depth -----------------------------------------------------------
C_LIFECYCLE: Final = 0
C_LOCAL: Final = 1
C_DEADLINE: Final = 2
C_DEPTH: Final = 3
C_WORKING: Final = 4
C_FINISH: Final = 5
C_FIRES: Final = 6
C_FIRES_END: Final = 7
C_BLOCKS: Final = 8
C_NUMERATOR_IN: Final = 9
C_NUMERATOR_OUT: Final = 10
C_DENOMINATOR_IN: Final = 11
C_DENOMINATOR_OUT: Final = 12
C_WIDTH: Final = 13

# --- lifecycles: one row a lifecycle ----------------------------------------------------------------------
L_START: Final = 0
L_STATE: Final = 1
L_STATES: Final = 2
L_CLOCK: Final = 3
L_CLOCKS: Final = 4
L_COUNTERS: Final = 5
L_EVENT_METRICS: Final = 6
L_CYCLE_FIRST: Final = 7
L_FRESH: Final = 8
"""Five columns of clocks that begin anew: by a reopening, a move up or down, an entry, a push to depth 1, to 2."""
L_OPEN_NUMERATOR: Final = 13
L_OPEN_DENOMINATOR: Final = 14
L_FIRST_SPANS: Final = 15
L_ASKED: Final = 16
"""The local states whose number of entries some guard asks for; and whether one asks for a department."""
ASKS_DEPARTMENT: Final = 1 << 62
L_WIDTH: Final = 17

# --- facts of a case that guards read, in this order; counters follow, then entries by local state ----------
F_LEVEL: Final = 0
F_SEVERITY: Final = 1
F_CATEGORY: Final = 2
F_CHANNEL: Final = 3
F_HAS_SUPERIOR: Final = 4
F_HAS_DEPARTMENT: Final = 5
F_CHILDREN_OPEN: Final = 6
F_TIES: Final = 7
TIES: Final = guard.TIES
F_COUNTERS: Final = F_TIES + len(TIES)

# --- guard code: pairs (operation, argument), postfix -------------------------------------------------------
G_CONST: Final = 0
G_FACT: Final = 1
G_EQ: Final = 2
G_NE: Final = 3
G_LT: Final = 4
G_LE: Final = 5
G_GT: Final = 6
G_GE: Final = 7
G_AND: Final = 8
G_OR: Final = 9
G_NOT: Final = 10
