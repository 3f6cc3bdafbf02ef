"""The commands that run a community: simulate and explain.

Whatever can be refused is refused before the run begins; an interrupted run gives what was finished. How the
figures look is the business of ``report``.
"""

from __future__ import annotations

import json
from argparse import Namespace
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govflow.cli.page import Answer, Page
from govflow.cli.progress import progress
from govflow.cli.report import story_page, summary_page
from govflow.cli.words import word
from govflow.community import Community, changed, load
from govflow.errors import InputError, MissingExtra, UsageError
from govflow.files import writing

if TYPE_CHECKING:
    from govflow.simulation import Study

WELL, INTERRUPTED = 0, 130
ENDINGS = (".csv", ".parquet")
COMPILING = "the first run on this machine compiles the simulation, which takes some seconds …"
NEEDED = ("numpy", "scipy", "numba")


def simulate(given: Namespace) -> Answer:
    """Simulate a community and answer with its figures; write the events too where they are asked for."""
    if given.events is not None:
        check_events(given.events)
    study = _run(given, replications=given.replications, threads=given.threads, events=given.events is not None)
    status = INTERRUPTED if study.interrupted else WELL
    if given.json:
        figures = study.summary().to_data() if study.replications else study.heading()
        data = {**figures, "changed": dict(given.changes), "interrupted": study.interrupted}
        return Answer(data, status, after=lambda: _write_events(study, given))
    if not study.replications:
        raise KeyboardInterrupt
    page = summary_page(
        study.community,
        study.summary(),
        given.lang,
        source=given.community,
        asked=given.replications,
        changes=given.changes,
    )
    return Answer(page, status, after=lambda: _write_events(study, given))


def explain(given: Namespace) -> Answer:
    """Tell the story of one case of one replication."""
    if given.replication < 0:
        raise UsageError(f"--replication {given.replication}: replications are numbered from 0")
    if isinstance(given.case, str) and given.initial is None:
        raise UsageError(f"case {given.case!r}: is not a whole number; only the cases of --initial are called by an id")
    study = _run(given, replications=given.replication + 1, threads=None, events=given.replication == 0)
    if study.interrupted:
        raise KeyboardInterrupt
    own_id = str(given.case) in study.tables.initial.ids
    story = study.explain(str(given.case) if own_id else given.case, replication=given.replication)
    if given.json:
        heading = study.heading()
        run = {key: heading[key] for key in ("community", "edition", "start", "days", "seed")}
        return Answer({**run, "replication": given.replication, **story.to_data(), "changed": dict(given.changes)})
    return Answer(story_page(study.community, story, given.lang, replication=given.replication))


def _run(given: Namespace, *, replications: int, threads: int | None, events: bool) -> Study:
    for package in NEEDED:
        if find_spec(package) is None:
            raise MissingExtra("simulating", "simulate")
    community = _community(given)
    initial = None if given.initial is None else read_initial(given.initial)
    from govflow.simulation import simulate as run
    from govflow.simulation.engine import is_cold

    with progress(quiet=given.quiet, notice="" if given.quiet or not is_cold() else COMPILING) as bar:
        return run(
            community,
            days=given.days,
            warmup=given.warmup,
            drain=given.drain,
            replications=replications,
            seed=given.seed,
            start=given.start,
            initial=initial,
            events=events,
            threads=threads,
            progress=bar,
            on_interrupt="keep",
        )


def _community(given: Namespace) -> Community:
    community = load(given.community)
    return changed(community, dict(given.changes)) if given.changes else community


def read_initial(place: str) -> Any:
    """Return what a JSON file holds; InputError where it cannot be read as that."""
    try:
        return json.loads(Path(place).read_bytes())
    except OSError as problem:
        raise InputError(place, f"cannot be read: {problem.strerror or problem}") from problem
    except (ValueError, RecursionError) as problem:
        raise InputError(place, f"is not JSON: {problem}; give a snapshot of a desk as JSON") from None


def check_events(place: str) -> None:
    """Refuse an events file that cannot be written, before anything is simulated."""
    if Path(place).suffix.lower() not in ENDINGS:
        raise UsageError(f"--events {place!r}: the ending must be {' or '.join(ENDINGS)}")
    if Path(place).suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        raise MissingExtra("writing Parquet", "tables")
    if Path(place).exists() and not Path(place).is_file() and not Path(place).is_dir():
        return  # a pipe or device can only be tried by writing to it
    with suppress(_Writable), writing(place):  # by the rules of the real writing, and given up
        raise _Writable


class _Writable(Exception):
    """Leaves a trial writing before anything takes the place of what stands there."""


def _write_events(study: Study, given: Namespace) -> Page:
    if given.events is None or not study.replications:
        return ()
    from govflow.simulation import write_events

    tables = [study.events(one.index) for one in study.replications]
    write_events(tables, given.events)
    return (word("events_written", given.lang, n=f"{sum(map(len, tables)):,}", file=given.events),)
