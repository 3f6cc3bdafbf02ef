"""The compiled definition as values: tables of integers and the names that stand behind their indices.

``program.compile`` makes a `Program` from a community; ``program.position`` takes steps on it; the simulation
turns the same tables into arrays. A table's columns are named in ``program.columns``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from attrs import field, frozen

from govflow.calendar import Calendar
from govflow.community import Community
from govflow.lifecycle import Deadline, Metric, Span, Transition
from govflow.program.columns import L_CLOCK, L_CLOCKS, L_STATE, L_STATES

Rows = tuple[tuple[int, ...], ...]


@frozen(eq=False)
class Rules:
    """What may happen to a case, as int tables; one row a lifecycle, state, transition, clock.

    `starts` has a row a lifecycle: at what its counters begin. `guards` is the code of all guards, `adds` pairs
    (counter, amount), amount ``CLEAR`` sets it to 0; `fires` the transitions that clocks fire, in order, `limits`
    the limit in µs by (clock, calendar, level, severity), see `Program.limit`.
    """

    lifecycles: Rows
    states: Rows
    transitions: Rows
    clocks: Rows
    starts: Rows
    guards: tuple[int, ...]
    adds: tuple[int, ...]
    fires: tuple[int, ...]
    limits: tuple[int, ...]


@frozen(eq=False)
class Places:
    """The units as parallel arrays, by the organization's own index; `calendar` indexes `Names.calendars`.

    Referral ties of unit u are ``ties[first[u]:first[u + 1]]`` in two columns; `sits` is the conference's
    index or NONE; `tied` has a bit for each kind of tie that touches the unit.
    """

    superior: Sequence[int]
    level: Sequence[int]
    calendar: Sequence[int]
    handlers: Sequence[int]
    households: Sequence[int]
    referral_first: Sequence[int]
    referral_category: Sequence[int]
    referral_department: Sequence[int]
    sits: Sequence[int]
    tied: Sequence[int]


@frozen(eq=False)
class Expected:
    """The behaviour model compiled (rule S2): per (state, level, category) a row of outcomes and one of times.

    `outcome_row` and `time_row` are indexed by `Program.place`; NONE where nothing is assumed. The outcomes of
    row r are ``outcome_first[r]:outcome_first[r + 1]``: a weight, and the ways ``ways[way_first[o]:way_first[o + 1]]``.
    A time is a kind and up to three floats in µs; quantile tables lie in `knots`.
    """

    outcome_row: Sequence[int]
    time_row: Sequence[int]
    outcome_first: tuple[int, ...]
    weights: tuple[float, ...]
    way_first: tuple[int, ...]
    ways: tuple[int, ...]
    times: tuple[tuple[float, ...], ...]
    knots: tuple[tuple[float, float], ...]


@frozen(eq=False)
class Stream:
    """One stream of cases: a lifecycle and a category, its rate and how its cases come in.

    `rate` is cases a year for the whole community; `week` has 168 hourly weights with mean 1 from Monday 00:00
    local time; channels are (index, weight, opening level); `severity` are weights of 1–4, or empty.
    """

    lifecycle: int
    category: int
    rate: float
    week: tuple[float, ...]
    channels: tuple[tuple[int, float, int], ...]
    severity: tuple[float, ...]
    default_severity: int


@frozen(eq=False)
class Names:
    """The names behind the indices, in order. States and clocks carry their lifecycle's name."""

    lifecycles: tuple[str, ...]
    states: tuple[tuple[str, str], ...]
    transitions: tuple[tuple[str, Transition], ...]
    clocks: tuple[tuple[str, Deadline, int], ...]
    levels: tuple[str, ...]
    calendars: tuple[str, ...]
    categories: tuple[str, ...]
    channels: tuple[str, ...]
    counters: tuple[tuple[str, ...], ...]
    metrics: tuple[tuple[Metric, ...], ...]
    spans: tuple[tuple[Span, ...], ...]


@frozen(eq=False)
class Keys:
    """The keys under which a case's facts hold one lifecycle's counters, entries and clocks, by local index."""

    counters: tuple[str, ...]
    entries: tuple[str, ...]
    clocks: tuple[str, ...]


def keys_of(names: Names, row: Sequence[int], lifecycle: int) -> Keys:
    """Return the keys of a lifecycle's facts: ``counter.NAME``, ``entries.STATE``, ``clock.DEADLINE``."""
    clocks = names.clocks[row[L_CLOCK] : row[L_CLOCK] + row[L_CLOCKS]]
    return Keys(
        counters=tuple(f"counter.{name}" for name in names.counters[lifecycle]),
        entries=tuple(f"entries.{name}" for _, name in names.states[row[L_STATE] : row[L_STATE] + row[L_STATES]]),
        clocks=tuple(f"clock.{d.name}.{depth}" if depth > 1 else f"clock.{d.name}" for _, d, depth in clocks),
    )


@frozen(eq=False)
class Program:
    """A community compiled: what desk, kernel, prover and kit read in place of the definition."""

    community: Community
    names: Names
    rules: Rules
    places: Places
    expected: Expected
    streams: tuple[Stream, ...]
    state_index: Mapping[tuple[str, str], int] = field(repr=False)

    @cached_property
    def calendars(self) -> tuple[Calendar, ...]:
        """The working calendars, in the order of their names."""
        return tuple(self.community.calendars[name] for name in self.names.calendars)

    @cached_property
    def keys(self) -> tuple[Keys, ...]:
        """The keys of a case's facts, by lifecycle; see ``program.standing``."""
        return tuple(keys_of(self.names, row, i) for i, row in enumerate(self.rules.lifecycles))

    def place(self, state: int, level: int, category: int) -> int:
        """Return the index into `Expected.outcome_row` and `Expected.time_row`."""
        return (state * len(self.names.levels) + level) * max(1, len(self.names.categories)) + category

    def limit(self, clock: int, calendar: int, level: int, severity: int) -> int:
        """Return a clock's limit in µs for a calendar, level and severity (1–4); NEVER where it has none."""
        at = (clock * len(self.names.calendars) + calendar) * len(self.names.levels) + level
        return self.rules.limits[at * 4 + severity - 1]
