"""The columns of the kernel's own arrays: what it keeps of a case, a unit, a calendar, a run.

Only the kernel and the room that sets it up (``simulation.arrays``) and reads it out (``simulation.summary``)
know these. Whole numbers only; instants and durations are µs from the start of the run.
"""

from __future__ import annotations

from typing import Final

# --- a case slot: one row of `cases`; counters, spans and clocks follow from K_COUNTERS -----------------------
K_NUMBER: Final = 0
K_STREAM: Final = 1
K_STATE: Final = 2
K_UNIT: Final = 3
K_HOME: Final = 4
K_SEVERITY: Final = 5
K_CHANNEL: Final = 6
K_DEPTH: Final = 7
K_STACK: Final = 8
"""Two pairs (unit, state): columns 8 to 11."""
K_ENTERED: Final = 12
K_OPENED: Final = 13
K_DONE: Final = 14
K_TAKEN: Final = 15
K_ENTRY: Final = 16
K_REPEAT: Final = 17
K_RUNNING: Final = 18
K_SPENT: Final = 19
K_BLOCKED: Final = 20
K_NUMERATOR: Final = 21
K_DENOMINATOR: Final = 22
K_DUE: Final = 23
K_DUE_CLOCK: Final = 24
K_NEXT: Final = 25
K_PREVIOUS: Final = 26
K_INSTANT: Final = 27
K_SAME: Final = 28
K_MEASURED: Final = 29
K_SETTLED: Final = 30
K_COUNTERS: Final = 31

# --- a clock of a case: two columns each --------------------------------------------------------------------
CLOCK_USED: Final = 0
"""Time used while the clock stands still; while it runs, the instant on its own scale at which it would have begun."""
CLOCK_DUE: Final = 1
CLOCK_WIDTH: Final = 2

# --- a unit's (or conference's) running state: one row of `units` ------------------------------------------------
U_FREE: Final = 0
U_WAITING: Final = 1
U_HEAD: Final = 2
U_TAIL: Final = 6
U_BUSY: Final = 10
U_WAITED: Final = 11
U_TAKEN: Final = 12
U_WIDTH: Final = 13

# --- a calendar -----------------------------------------------------------------------------------------------
A_ALWAYS: Final = 0
A_FIRST: Final = 1
A_END: Final = 2
A_BY_TIME: Final = 3
A_BY_WORK: Final = 4
A_WIDTH: Final = 5
H_OPEN: Final = 0
H_CLOSE: Final = 1
H_BEFORE: Final = 2
BUCKET_BITS: Final = 33
"""Working hours are found by buckets of 2^33 µs, about 2.4 hours."""
GUIDE_BITS: Final = 3
"""The unit of a household is found by a guide that has an entry for every 8 households."""

# --- a stream ---------------------------------------------------------------------------------------------------
R_LIFECYCLE: Final = 0
R_CATEGORY: Final = 1
R_SEVERITY: Final = 2
R_CHANNELS: Final = 3
R_CHANNELS_END: Final = 4
R_DRAWS_SEVERITY: Final = 5
R_COUNT: Final = 6
R_WIDTH: Final = 7

# --- the run's own numbers -----------------------------------------------------------------------------------------
N_NOW: Final = 0
N_NUMBER: Final = 1
N_AGENDA: Final = 2
N_AGENDA_UNIT: Final = 3
N_ROWS: Final = 4
N_OPENINGS: Final = 5
N_FREE: Final = 6
N_HEAP: Final = 7
N_COHORT: Final = 8
"""The cases for which the run goes on: the measured ones and the initial ones that are still open."""
N_OPEN: Final = 9
N_MOST_OPEN: Final = 10
N_FAULT_CASE: Final = 11
N_FAULT_STATE: Final = 12
N_STEPS: Final = 14
N_WARMUP: Final = 15
N_DAYS: Final = 16
N_END: Final = 17
N_TABLE: Final = 18
N_HOUSEHOLDS: Final = 19
N_LEVELS: Final = 20
N_CATEGORIES: Final = 21
N_CALENDARS: Final = 22
N_SPAN: Final = 23
"""The column of a case where its spans begin; the next one is where its clocks begin."""
N_CLOCK: Final = 24
N_OFFSET: Final = 25
"""µs from Monday 00:00 local time to the start of the run."""
N_METRICS: Final = 26
N_SITTING: Final = 27
N_WIDTH: Final = 28

# --- tally: one row a stream; metric pairs, levels and spans follow -------------------------------------------------
Y_OPENED: Final = 0
Y_CLOSED: Final = 1
Y_METRICS: Final = 2

# --- why the kernel came back ----------------------------------------------------------------------------------------
FINISHED: Final = 0
PAUSED: Final = 1
ROWS_FULL: Final = 2
OPENINGS_FULL: Final = 3
SLOTS_FULL: Final = 4
RUNAWAY: Final = 5
STUCK: Final = 6

MOST_AT_ONE_INSTANT: Final = 1000
BINS: Final = 4400
"""Log histogram: bin 0 is under one second, bin b ≥ 1 begins at 1.005^(b-1) seconds; the last is over 100 years."""
BIN_RATIO: Final = 1.005

# --- the kernel's small stack of things to do at one instant ----------------------------------------------------------
OP_LEAVE: Final = 0
OP_ENTER: Final = 1
ROW_MARGIN: Final = 64
