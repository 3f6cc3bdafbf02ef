"""`simulate` and what it returns: a study, a value that holds every replication and answers from it.

Open this file first. ``summary`` computes the figures, ``events`` the table, ``story`` the tale of one case,
``engine`` runs a replication, ``kernel`` is the run itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from functools import cached_property
from os import cpu_count
from threading import Event
from typing import Any, Literal

from attrs import evolve, field, frozen

from govflow.calendar import DAY, local_time, parse_instant
from govflow.community import Community
from govflow.errors import UnknownName, UsageError
from govflow.program import Snapshot, compile_program, read_snapshot
from govflow.program.columns import NEVER
from govflow.simulation import arrays, engine
from govflow.simulation.backlog import Backlog
from govflow.simulation.comparison import Comparison, compare
from govflow.simulation.events import Events, events_of
from govflow.simulation.replication import Replication, read_out
from govflow.simulation.story import Story, story
from govflow.simulation.summary import Group, Load, Summary, group, load

SLICES = 64
MOST_DAYS = 36_500
MOST_REPLICATIONS = 100_000
MOST_THREADS = 1024
UNITS_LISTED = 2000
"""A summary as data lists single units up to this many."""

Progress = Callable[[float], object]


@frozen(eq=False)
class Study:
    """A simulated community: the definition, the window, the seed, and every replication in order of index."""

    community: Community
    tables: arrays.Tables = field(repr=False)
    seed: int
    replications: tuple[Replication, ...] = field(repr=False)
    compiled: bool = True
    interrupted: bool = False

    @property
    def cases(self) -> int:
        """How many cases were opened in all replications, measured or not; without those open before."""
        return sum(r.cases for r in self.replications)

    @property
    def provisional(self) -> bool:
        """Whether the run goes beyond the last published holidays of a calendar: from there on none are known (T2)."""
        window = self.tables.window
        return any(c.provisional(window.start + window.end) for c in self.community.calendars.values())

    def summary(self) -> Summary:
        """Return the figures, each with its 95 % interval; UsageError where no replication was finished."""
        return self._summary

    @cached_property
    def _summary(self) -> Summary:
        if not self.replications:
            raise UsageError("no replication was finished, so there are no figures; run again, with fewer days")
        program = self.tables.program
        names, places = program.names, program.places
        streams = {
            i: [s for s, x in enumerate(program.streams) if x.lifecycle == i and x.rate > 0]
            for i in range(len(names.lifecycles))
        }
        used = {i: own for i, own in streams.items() if own}
        listed = range(len(places.level)) if len(places.level) <= UNITS_LISTED else ()
        by_level = {
            name: [u for u, level in enumerate(places.level) if level == i] for i, name in enumerate(names.levels)
        }
        ids = self.community.organization.ids
        return Summary(
            heading=self.heading(),
            lifecycles={names.lifecycles[i]: self._group(i, own) for i, own in used.items()},
            categories={
                names.lifecycles[i]: {names.categories[program.streams[s].category]: self._group(i, [s]) for s in own}
                for i, own in used.items()
            },
            levels={name: self._load(units) for name, units in by_level.items() if units},
            units={ids[u]: self._load([u]) for u in listed if places.handlers[u]},
            backlog=self._backlog(),
        )

    def backlog(self) -> Backlog:
        """Return how the cases that were open at the start come to their ends; UsageError where there were none."""
        found = self.summary().backlog
        if found is None:
            raise UsageError("no case was open at the start: simulate with initial=, a snapshot that holds some")
        return found

    def _backlog(self) -> Backlog | None:
        ids, window = self.tables.initial.ids, self.tables.window
        return Backlog(len(ids), window.end / DAY, [r.ended for r in self.replications]) if ids else None

    def _group(self, lifecycle: int, streams: Sequence[int]) -> Group:
        return group(self.tables, self.replications, lifecycle, streams)

    def _load(self, units: Sequence[int]) -> Load:
        return load(self.tables, self.replications, units)

    def heading(self) -> dict[str, Any]:
        """Return what was simulated: community, edition, window in days, seed, replications."""
        window = self.tables.window
        return {
            "community": self.community.name,
            "edition": self.community.edition,
            "start": local_time(window.start, self.community.zone).isoformat(),
            "days": window.days / DAY,
            "warmup": window.warmup / DAY,
            "drain": (window.end - window.days) / DAY,
            "seed": self.seed,
            "replications": len(self.replications),
            "cases": self.cases,
            "provisional": self.provisional,
        }

    def events(self, replication: int = 0) -> Events:
        """Return the event table of a replication; one that was not kept is run again, and is the same."""
        kept = self._replication(replication)
        if not kept.openings:
            kept = replicate(self.tables, self.seed, kept.index, events=True, compiled=self.compiled)
        return events_of(self.tables, kept)

    def explain(self, case: int | str, *, replication: int = 0) -> Story:
        """Return the story of one case: every event in order, with clocks and reasons; print it to read it.

        A case is called by its number in the run, one from the snapshot also by its id there.
        """
        return story(self.events(replication), case)

    def compare(self, other: Study) -> Comparison:
        """Return `other` minus this study, replication by replication: the same residents with the same luck."""
        mine, others = ([r.index for r in study.replications] for study in (self, other))
        if mine != others or not mine:
            raise UsageError(
                f"{len(mine)} and {len(others)} replications, not the same ones or none: "
                "compare studies that finished the same replications"
            )
        return compare(self.summary_of_each(), other.summary_of_each())

    def summary_of_each(self) -> list[Summary]:
        """Return the summary of every replication by itself."""
        return [evolve(self, replications=(r,)).summary() for r in self.replications]

    def _replication(self, index: int) -> Replication:
        for replication in self.replications:
            if replication.index == index:
                return replication
        raise UnknownName("replication", str(index), [str(r.index) for r in self.replications])


def simulate(
    community: Community,
    *,
    days: float = 365,
    warmup: float = 0,
    drain: float = 90,
    replications: int = 10,
    seed: int = 1,
    start: str | None = None,
    initial: Mapping[str, Any] | None = None,
    events: bool = False,
    compiled: bool = True,
    executor: Executor | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    on_interrupt: Literal["raise", "keep"] = "raise",
) -> Study:
    """Simulate a community and return the study: cases opened in [warmup, days), run on until settled or `drain` ends.

    Days are counted from `start` (an ISO date or time in the community's zone; default: the definition's own), or
    from the instant of `initial`: a snapshot of a desk (``Desk.snapshot()``, plain data), whose open cases the run
    begins with. They are reported beside the cohort (`Study.backlog`).
    Every replication has the same residents and another luck, drawn from `seed`; results do not depend on
    threads or on the executor (any of ``concurrent.futures``, one replication a task). `events` keeps the
    event tables. `progress` is called with the share done. With ``on_interrupt="keep"`` a KeyboardInterrupt
    returns what was finished, marked as interrupted. UsageError for numbers that cannot be.

    >>> import govflow as gf
    >>> gf.simulate(gf.load("beida"), days=7, replications=1, compiled=False, drain=0).cases > 0
    True
    """
    if not isinstance(community, Community):
        raise UsageError(f"community={community!r}: must be a Community; load one with govflow.load")
    window = make_window(community, days=days, warmup=warmup, drain=drain, start=start)
    check_count("replications", replications, 1, MOST_REPLICATIONS)
    check_count("seed", seed, 0, 2**63 - 1)
    check_count("threads", 1 if threads is None else threads, 1, MOST_THREADS)
    if on_interrupt not in ("raise", "keep"):
        raise UsageError(f"on_interrupt={on_interrupt!r}: must be 'raise' or 'keep'")
    program = compile_program(community)
    snapshot = None if initial is None else read_snapshot(program, initial)
    if snapshot is not None:
        window = window_from(snapshot, window, start, community.zone)
    tables = arrays.layout(program, window, snapshot.cases if snapshot is not None else ())
    task = _Task(tables, seed, events, compiled)
    if executor is not None:
        pending = [
            executor.submit(replicate, tables, seed, r, events=events, compiled=compiled) for r in range(replications)
        ]
        found, interrupted = _gather(pending, on_interrupt, progress, None)
    else:
        count = min(threads or cpu_count() or 1, replications)
        found, interrupted = _in_threads(task, replications, count, progress, on_interrupt)
    return Study(
        community=community,
        tables=tables,
        seed=seed,
        replications=found,
        compiled=compiled,
        interrupted=interrupted,
    )


@frozen(eq=False)
class _Task:
    tables: arrays.Tables
    seed: int
    events: bool
    compiled: bool


def _in_threads(
    task: _Task, replications: int, count: int, progress: Progress | None, on_interrupt: str
) -> tuple[tuple[Replication, ...], bool]:
    stop = Event()
    shares = [0.0] * replications

    def run(index: int) -> Replication:
        def advanced(share: float) -> bool:
            shares[index] = share
            return not stop.is_set()

        return replicate(task.tables, task.seed, index, events=task.events, compiled=task.compiled, advanced=advanced)

    def tell(_: float) -> None:
        if progress is not None:
            progress(sum(shares) / replications)

    if task.compiled:
        engine.compiled_kernel()
    with ThreadPoolExecutor(count) as pool:
        return _gather([pool.submit(run, r) for r in range(replications)], on_interrupt, tell, stop)


def _gather(
    pending: Sequence[Future[Replication]], on_interrupt: str, progress: Progress | None, stop: Event | None
) -> tuple[tuple[Replication, ...], bool]:
    interrupted = False
    try:
        _watch(pending, progress)
    except BaseException as problem:
        if stop is not None:
            stop.set()
        for future in pending:
            future.cancel()
        if not isinstance(problem, KeyboardInterrupt) or on_interrupt != "keep":
            raise
        interrupted = True
    finished = [f.result() for f in pending if f.done() and not f.cancelled() and f.exception() is None]
    return tuple(finished), interrupted


def _watch(pending: Sequence[Future[Replication]], progress: Progress | None) -> None:
    waiting = set(pending)
    while waiting:
        done, _ = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        waiting -= done
        if progress is not None:
            progress(1 - len(waiting) / len(pending))


def replicate(
    tables: arrays.Tables,
    seed: int,
    replication: int,
    *,
    events: bool = False,
    compiled: bool = True,
    advanced: Callable[[float], bool] | None = None,
) -> Replication:
    """Run one replication to its end; `advanced` hears the share done now and then, and may say False to stop."""
    run = engine.Run.begin(tables, seed=seed, replication=replication, events=events, compiled=compiled)
    slices = SLICES if advanced is not None else 1
    for part in range(1, slices + 1):
        run.advance(tables.window.end * part // slices)
        if advanced is not None and not advanced(1.0 if run.finished else part / slices):
            raise KeyboardInterrupt
        if run.finished:
            break
    run.advance(NEVER)
    return read_out(run, replication)


def make_window(community: Community, *, days: float, warmup: float, drain: float, start: str | None) -> arrays.Window:
    """Return the window of a run; UsageError for times that cannot be."""
    check_number("days", days, 0, MOST_DAYS)
    check_number("warmup", warmup, 0, MOST_DAYS)
    check_number("drain", drain, 0, MOST_DAYS)
    if days <= 0 or warmup >= days:
        raise UsageError(f"days={days:g}, warmup={warmup:g}: days must be more than warmup; measured is [warmup, days)")
    first = parse_instant(community.start if start is None else start, community.zone)
    return arrays.Window(
        start=first, warmup=round(warmup * DAY), days=round(days * DAY), end=round(days * DAY) + round(drain * DAY)
    )


def window_from(snapshot: Snapshot, window: arrays.Window, start: str | None, zone: str) -> arrays.Window:
    """Return the window from a snapshot's instant on; UsageError where another start was asked for."""
    if start is not None and window.start != snapshot.at:
        raise UsageError(
            f"start={start!r}: a run from a snapshot starts at its instant, "
            f"{local_time(snapshot.at, zone).isoformat()}; leave start out, or take a snapshot then"
        )
    return evolve(window, start=snapshot.at)


def check_number(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number that is not one, or not within [low, high]."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise UsageError(f"{name}={value!r}: must be a number from {low:g} to {high:g}")


def check_count(name: str, value: int, low: int, high: int) -> None:
    """Refuse what is not a whole number within [low, high]."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise UsageError(f"{name}={value!r}: must be a whole number from {low} to {high}")
