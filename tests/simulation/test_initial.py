"""A run that begins with the open cases of a desk: where they stand, what luck they have, how they are counted (S6)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from hypothesis import assume, given, settings, strategies as st

import govflow as gf
from govflow.calendar import DAY, HOUR, Duration, parse_instant
from govflow.community import Behaviour, Community, Distribution, Intake, changed
from govflow.lifecycle import Lifecycle, State
from govflow.organization import Level, OrganizationPlan, Pattern
from govflow.program import Program, compile_program, expire, open_position, read_snapshot, step, to_facts
from govflow.program.columns import FINAL, NONE, S_KIND, T_TARGET
from govflow.simulation.backlog import Backlog
from tests.simulation.made import (
    CALENDARS,
    Ran,
    assert_same_bits,
    busy,
    calendar,
    counter,
    deadline,
    dense_communities,
    intricate,
    ran,
    rows_of,
    way,
)
from tests.simulation.test_replay import fold
from tests.simulation.twin import Row, run_twin

ZONE = "Asia/Shanghai"
MONDAY = parse_instant("2026-01-05", ZONE)
FIXED = Distribution("constant", {"value": Duration.parse("1h")})
DENSE = dense_communities() | dense_communities(st.just([intricate()]))


# ------------------------------------------------------------ snapshots
def snapshot(community: Community, at: int, cases: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a snapshot as a desk gives it: plain data that JSON carries."""
    listed = [{"case": name, "facts": dict(facts)} for name, facts in cases.items()]
    told = {"format": 1, "community": community.name, "edition": community.edition, "at": at, "cases": listed}
    return json.loads(json.dumps(told))


def matter(state: str = "waiting", **facts: Any) -> dict[str, Any]:
    """Return the facts of a case at a `counter`, opened and entered at the start of the Monday."""
    found = {"lifecycle": "matter", "state": state, "unit": "office/top", "home": "office/top", "category": "a"}
    return found | {"channel": "doorstep", "severity": 3, "opened": MONDAY, "entered": MONDAY} | facts


def left_open(run: Ran, seed: int = 1) -> dict[str, Any]:
    """Return the snapshot of what is open when a run is over, its rows folded on the desk's step."""
    start, program = run.tables.window.start, run.tables.program
    since: dict[int, list[int]] = {}
    for row in rows_of(run):
        entered = (row.way is None and row.cause is None) or (row.way is not None and row.way.target is not None)
        own = since.setdefault(row.case, [row.time, row.time])
        own[1] = row.time if entered else own[1]
    cases = {}
    for number, case in fold(run, seed).cases.items():
        if program.rules.states[case.position.state][S_KIND] != FINAL:
            opened, entered = since[number]
            instants = {"opened": start + opened, "entered": start + entered, "household": "h-1"}
            cases[f"C-{number}"] = to_facts(program, case.position) | instants
    return snapshot(run.community, start + run.tables.window.end, cases)


def quiet(community: Community) -> Community:
    """Return the community with nobody coming any more."""
    rates = community.assumptions.arrivals
    silent = {name: {c: evolve(one, per_household_year=0.0) for c, one in own.items()} for name, own in rates.items()}
    return community.with_(assumptions=evolve(community.assumptions, arrivals=silent))


def with_handlers(community: Community, handlers: int) -> Community:
    """Return the community with so many handlers at every unit of the hierarchy."""
    patterns = {name: evolve(one, handlers=handlers) for name, one in community.plan.patterns.items()}
    return community.with_(plan=evolve(community.plan, patterns=patterns))


# ------------------------------------------------------------ the kernel against the twin
def assert_twins(community: Community, taken: Mapping[str, Any], seed: int, **window: float) -> None:
    """Run kernel and twin from a snapshot and hold them equal, event by event."""
    run = ran(community, seed=seed, compiled=False, initial=taken, **window)
    kernel = rows_of(run)
    twin = run_twin(community, run.tables.window, seed=seed, initial=taken["cases"])
    for at, (own, other) in enumerate(zip(kernel, twin.rows, strict=False)):
        assert own == other, f"event {at}, after {kernel[max(0, at - 3) : at]}"
    assert len(kernel) == len(twin.rows)
    assert run.replication.most_open == twin.most_open
    assert [unit.taken for unit in twin.units] == run.replication.units[:, 2].tolist()


@settings(max_examples=30)
@given(DENSE, st.sampled_from([3.0, 3.4, 5.6]), st.integers(1, 3), st.booleans(), st.integers(0, 3))
def test_the_kernel_and_the_twin_agree_from_the_open_cases_of_another_run(community, days, handlers, still, seed):
    """Same events from cases in every place, referred, convened or overdue, also with fewer handlers than have work."""
    taken = left_open(ran(community, days=days, seed=seed, compiled=False), seed)
    assume(taken["cases"])
    later = with_handlers(quiet(community) if still else community, handlers)
    assert_twins(later, taken, seed, days=3, warmup=1, drain=4)


def test_the_kernel_and_the_twin_agree_from_the_open_cases_of_a_bundled_community():
    """Same events in a community that is shipped, with its guards, conferences, holidays, under a stricter rule."""
    beida = busy(gf.load("beida"), 60)
    taken = left_open(ran(beida, days=9.6, compiled=False))
    assert len(taken["cases"]) > 50
    stricter = changed(beida, {"lifecycle.grievance.deadlines.handle.limit.host": "1h"})
    assert_twins(with_handlers(stricter, 1), taken, 3, days=2, drain=6)


@settings(max_examples=10)
@given(DENSE)
def test_plain_and_compiled_agree_from_a_snapshot(community):
    """The same bits compiled and plain, from the open cases of another run."""
    taken = left_open(ran(community, days=3.4))
    window = {"days": 3, "warmup": 1, "drain": 4, "initial": taken}
    plain = ran(community, compiled=False, **window).replication
    assert_same_bits(plain, ran(community, compiled=True, **window).replication)


# ------------------------------------------------------------ a run cut in two
def two_floors() -> Community:
    """Return counters and a hall above them where all takes whole hours and all work is done by the evening.

    Cases that are not served in time go up; what is told stays until its clock has run out.
    """
    cycle = Lifecycle(
        "matter",
        "waiting",
        {
            "waiting": State("waiting", "queue"),
            "busy": State("busy", "work"),
            "told": State("told", "wait"),
            "closed": State("closed", "final"),
        },
        (
            way("take", "waiting", "busy", take=True),
            way("answer", "busy", "told"),
            way("pass_up", "waiting", "waiting", "clock", move="up"),
            way("silence", "told", "closed", "clock"),
        ),
        {
            one.name: one
            for one in (
                deadline("here", "level", "waiting busy", "8h", fires="pass_up", severity={1: 0.5}),
                deadline("whole", "case", "waiting busy told", "60h", clock="elapsed", fires="pass_up"),
                deadline("word", "entry", "told", "30h", clock="elapsed", fires="silence"),
            )
        },
    )
    made = counter(FIXED, {"a": 1.0})
    levels = (Level("hall", "office"), Level("counter", "mornings"))
    patterns = {"hall": Pattern("hall", handlers=1), "counter": Pattern("counter", each=2, handlers=1, households=9)}
    assumed = evolve(made.assumptions, behaviour={"matter": {"busy": Behaviour(FIXED, {"answer": 1.0})}})
    intake = {"matter": Intake({"doorstep": "counter"})}
    return quiet(made.with_(assumptions=assumed)).with_(
        plan=OrganizationPlan("top", levels, patterns),
        calendars={"office": CALENDARS["office"], "mornings": calendar("mornings", {"mon-sat": "08:00-12:00"})},
        lifecycles={"matter": cycle},
        intake=intake,
    )


def opened_at(program: Program, cases: Sequence[tuple[int, int, str]]) -> dict[str, dict[str, Any]]:
    """Return fresh cases by id: how many hours ago each opened, how urgent it is, and where."""
    found = {}
    for number, (hours, severity, name) in enumerate(cases):
        at, unit = MONDAY - hours * HOUR, program.community.organization.index(name)
        position = open_position(program, 0, unit, unit, category=0, channel=0, severity=severity, at=at)
        found[f"C-{number}"] = to_facts(program, position) | {"opened": at, "entered": at}
    return found


def told_by_id(run: Ran) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a run that begins with a snapshot, without the first ones, by the cases' own ids."""
    ids = run.tables.initial.ids
    yield from ((ids[row.case], row) for row in rows_of(run)[len(ids) :])


def cut(run: Ran, taken: Mapping[str, Any], at: int) -> dict[str, Any]:
    """Return the snapshot that a desk would give at `at`, the rows up to then folded on from the one taken before."""
    program, start = run.tables.program, run.tables.window.start
    cases = {case.id: (case.position, case.opened, case.entered) for case in read_snapshot(program, taken).cases}
    for name, row in told_by_id(run):
        if start + row.time > at:
            break
        position, opened, entered = cases[name]
        if row.cause is not None:
            local = [(d.name, depth) for _, d, depth in program.names.clocks].index(row.cause)
            chosen, position = expire(program, position, local, at=start + row.time)
        else:
            chosen = next(i for i, (_, one) in enumerate(program.names.transitions) if one is row.way)
            position = step(program, position, chosen, at=start + row.time)
        moved = chosen != NONE and program.rules.transitions[chosen][T_TARGET] != NONE
        cases[name] = (position, opened, start + row.time if moved else entered)
    standing = {
        name: to_facts(program, position) | {"opened": opened, "entered": entered}
        for name, (position, opened, entered) in cases.items()
        if program.rules.states[position.state][S_KIND] != FINAL
    }
    return snapshot(run.community, at, standing)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(1, 4), st.sampled_from(["counter/1", "counter/2", "hall/top"])),
        min_size=4,
        max_size=40,
    ),
    st.integers(0, 3),
)
def test_a_run_goes_on_where_another_was_cut(cases, day):
    """Cut at eight in the evening of any day, a run goes on from the snapshot as if it had never been stopped."""
    community = two_floors()
    before = snapshot(community, MONDAY, opened_at(compile_program(community), cases))
    whole = ran(community, days=30, initial=before)
    at = MONDAY + day * DAY + 20 * HOUR
    taken = cut(whole, before, at)
    assert not any(case["facts"]["state"] == "busy" for case in taken["cases"])
    rest = [(name, row.time + MONDAY - at, *row[2:]) for name, row in told_by_id(whole) if MONDAY + row.time > at]
    later = ran(community, days=30, initial=taken) if taken["cases"] else None
    assert [(name, row.time, *row[2:]) for name, row in (told_by_id(later) if later else ())] == rest


# ------------------------------------------------------------ luck
def histories(run: Ran) -> dict[str, list[tuple[int, str]]]:
    """Return what happened when to each initial case, by id."""
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in run.tables.initial.ids}
    ids = run.tables.initial.ids
    for row in rows_of(run)[len(ids) :]:
        if row.case < len(ids):
            found[ids[row.case]].append((row.time, row.way.trigger if row.way else ""))
    return found


def test_luck_belongs_to_the_case_by_its_id():
    """With hands enough, each initial case has the same history with others beside it, with arrivals, in any order."""
    exponential = Distribution("exponential", {"mean": Duration.parse("9h")})
    community = counter(exponential, {"a": 20.0}, handlers=500)
    cases = {f"G-{n}": matter(("waiting", "serving")[n % 2]) for n in range(60)}
    every = snapshot(community, MONDAY, cases)
    some = every | {"cases": every["cases"][::-2]}
    before = histories(ran(community, days=9, initial=every))
    assert histories(ran(quiet(community), days=9, initial=every)) == before
    assert histories(ran(community, days=9, initial=some)) == {c["case"]: before[c["case"]] for c in some["cases"]}
    assert len({times[-1][0] for times in before.values()}) == 60
    again = ran(community, days=9, initial=every, replication=1)
    assert all(histories(again)[name] != own for name, own in before.items())


def test_an_initial_case_moves_nobody_elses_arrival():
    """With a snapshot or without, the same residents come at the same instants by the same ways."""
    beida = gf.load("beida")
    taken = left_open(ran(beida, days=20))
    fresh = ran(beida, days=30, start="2026-03-02")
    later = ran(beida, days=30, initial=taken | {"at": parse_instant("2026-03-02", beida.zone)})
    count = len(later.tables.initial.ids)
    came, came_too = (np.concatenate(run.replication.openings) for run in (fresh, later))
    assert (came_too[count:] == came).all()
    assert len(came) == later.replication.cases > 100
    assert len(later.tables.program.streams) == len(fresh.tables.program.streams)


def test_the_order_of_a_snapshot_does_not_matter():
    """Cases are numbered by opening and id, however they stand in the snapshot."""
    community = counter(FIXED, {"a": 5.0})
    cases = {f"G-{n}": matter(opened=MONDAY - n % 3 * HOUR, severity=1 + n % 4) for n in range(12)}
    taken = snapshot(community, MONDAY, cases)
    first = ran(community, days=3, initial=taken)
    second = ran(community, days=3, initial=taken | {"cases": taken["cases"][::-1]})
    assert_same_bits(first.replication, second.replication)
    assert first.tables.initial.ids[:4] == ("G-11", "G-2", "G-5", "G-8")


# ------------------------------------------------------------ where they stand
def served(run: Ran) -> list[tuple[str, str, float]]:
    """Return who was taken and served when, in hours, in order."""
    return [(name, row.way.trigger, row.time / HOUR) for name, row in told_by_id(run) if row.way]


def test_a_queue_goes_on_in_its_order():
    """Urgent ones first, then whoever entered first, then the one that opened first, whatever their ids."""
    community = quiet(counter(FIXED, {"a": 1.0}))
    cases = {
        "late": matter(opened=MONDAY - 3 * HOUR, entered=MONDAY - HOUR),
        "early": matter(entered=MONDAY - 2 * HOUR),
        "urgent": matter(severity=1),
        "older": matter(opened=MONDAY - 4 * HOUR, entered=MONDAY - HOUR),
    }
    run = ran(community, days=1, initial=snapshot(community, MONDAY, cases))
    order = [name for name, trigger, _ in served(run) if trigger == "take"]
    assert order == ["urgent", "early", "older", "late"]


def test_work_beyond_the_handlers_goes_back_to_the_front_of_the_queue():
    """One handler keeps the first of three that are said to be in work; the others are taken again before who waits."""
    community = quiet(counter(FIXED, {"a": 1.0}))
    cases = {
        "waits": matter(entered=MONDAY - 9 * HOUR),
        "second": matter("serving", entered=MONDAY - 2 * HOUR, **{"entries.serving": 1}),
        "kept": matter("serving", entered=MONDAY - 3 * HOUR, **{"entries.serving": 1}),
        "third": matter("serving", **{"entries.serving": 1}),
        "urgent": matter(severity=1),
    }
    run = ran(community, days=1, initial=snapshot(community, MONDAY, cases))
    assert served(run) == [
        ("kept", "serve", 1.0),
        *(
            event
            for hour, name in enumerate(("urgent", "second", "third", "waits"), 1)
            for event in ((name, "take", hour), (name, "serve", hour + 1))
        ),
    ]


def clocked(limit: str = "8h", **more: Any) -> Community:
    """Return a counter from which a clock closes what has waited too long."""
    made = quiet(counter(FIXED, {"a": 1.0}, handlers=0))
    cycle = made.lifecycles["matter"]
    given_up = way("give_up", "waiting", "done", "clock")
    late = deadline("late", "case", "waiting", limit, fires="give_up", clock="elapsed", **more)
    changes = {"transitions": (*cycle.transitions, given_up), "deadlines": {"late": late}}
    return made.with_(lifecycles={"matter": evolve(cycle, **changes)})


@pytest.mark.parametrize(
    ("clock", "hours"),
    [
        ([1, 0, MONDAY - 3 * HOUR, MONDAY + 5 * HOUR], 5),
        ([1, 2 * HOUR, MONDAY - 3 * HOUR, MONDAY], 3),
        ([1, 0, MONDAY - 30 * HOUR, MONDAY - 22 * HOUR], 0),
        ([1, 0, MONDAY, MONDAY + 8 * HOUR, 0, None, 4 * HOUR, 1], 12),
        ([1, HOUR, MONDAY, None, 0, 3 * HOUR, 0, 0], 2),
        ([1, HOUR], 7),
        ([1, HOUR, None, None, 1], None),
        (None, 8),
    ],
)
def test_a_clock_goes_on_with_what_it_has_used(clock, hours):
    """Running, used, long past due, extended, with its own limit, stopped, spent, never begun: due as it should."""
    community = clocked()
    facts = matter() if clock is None else matter(**{"clock.late": clock})
    run = ran(community, days=2, initial=snapshot(community, MONDAY, {"G-1": facts}))
    assert [row.time / HOUR for _, row in told_by_id(run)] == ([] if hours is None else [hours])


def test_a_limit_is_the_new_definitions():
    """A clock that ran under another limit is due by the present one, at once where that is used up."""
    community = clocked("2h")
    clock = [1, 0, MONDAY - 3 * HOUR, MONDAY + 5 * HOUR]
    run = ran(community, days=2, initial=snapshot(community, MONDAY, {"G-1": matter(**{"clock.late": clock})}))
    assert [row.time for _, row in told_by_id(run)] == [0]


# ------------------------------------------------------------ what is said of them
@pytest.fixture(scope="module")
def study() -> gf.Study:
    """Return a study of a counter with ten cases behind it and some coming."""
    exponential = Distribution("exponential", {"mean": Duration.parse("9h")})
    community = counter(exponential, {"a": 1.0})
    taken = snapshot(community, MONDAY, {f"G-{n}": matter(channel=None) for n in range(10)})
    return gf.simulate(community, days=10, drain=5, replications=4, initial=taken, events=True)


def ends(study: gf.Study, replication: int) -> dict[str, float]:
    """Return the day on which each initial case was over, from the event table."""
    events = study.events(replication)
    columns, names = events.columns(), events.names()
    rows = zip(*(columns[c].tolist() for c in ("initial", "state", "time")), strict=True)
    return {
        names["initial"][case]: time / DAY for case, state, time in rows if case and names["state"][state] == "done"
    }


def test_the_backlog_is_what_the_table_tells(study):
    """Shares settled by a day, and days by which shares are settled, are those counted from the rows."""
    backlog = study.backlog()
    each = [sorted(ends(study, r).values()) for r in range(4)]
    assert backlog.cases == 10
    assert backlog.settled(3).value == sum(day <= 3 for own in each for day in own) / 40
    assert backlog.settled(3).n == 40
    assert backlog.cleared(0.5).value == pytest.approx(sum(own[4] for own in each) / 4)
    assert backlog.cleared(1).value == pytest.approx(sum(own[9] for own in each) / 4)
    assert backlog.open.value == 0
    assert backlog.settled(400).value == 1
    data = study.summary().to_data()["backlog"]
    assert data == backlog.to_data()
    assert data["days"]["90"]["value"] == pytest.approx(sum(own[8] for own in each) / 4)
    assert list(data["settled"]) == ["7", "14"]


def test_no_day_is_told_that_is_not_known():
    """Where some are still open when the run ends, the days that depend on them are none, as are later shares."""
    community = counter(FIXED, {"a": 0.001}, hours=calendar("mornings", {"mon-sun": "08:00-12:00"}))
    taken = snapshot(community, MONDAY, {f"G-{n}": matter() for n in range(10)})
    backlog = gf.simulate(community, days=1, drain=1, replications=2, initial=taken).backlog()
    assert backlog.open.value == 2
    assert backlog.settled(1).value == 0.4
    assert backlog.cleared(0.5).value == pytest.approx(1 + 9 / 24)
    assert backlog.cleared(0.9).value is backlog.cleared(1).value is backlog.settled(3).value is None
    assert gf.simulate(community, days=3, replications=2, initial=taken).backlog().cleared(1).value < 3


def test_a_run_goes_on_for_the_backlog_and_no_longer():
    """With nobody coming the run ends when the last initial case does; no rate counts it, the load of its unit does."""
    community = quiet(counter(FIXED, {"a": 1.0}))
    taken = snapshot(community, MONDAY, {"G-1": matter("serving")})
    study = gf.simulate(community, days=1, replications=1, initial=taken)
    assert study.cases == 0
    assert study.summary().lifecycles == {}
    assert study.backlog().ends[0].tolist() == [HOUR]
    assert study.summary().units["office/top"].utilisation.value == pytest.approx(1 / 24)
    with pytest.raises(gf.UsageError, match="no case was open at the start"):
        gf.simulate(gf.load("beida"), days=1, replications=1).backlog()


def test_the_rates_are_the_cohorts_own():
    """With hands enough the cohort's figures are the same with a backlog and without."""
    community = counter(FIXED, {"a": 20.0}, handlers=500)
    taken = snapshot(community, MONDAY, {f"G-{n}": matter() for n in range(30)})
    window = {"days": 5, "drain": 2, "replications": 2}
    bare = gf.simulate(community, start="2026-01-05", **window).summary()
    beside = gf.simulate(community, initial=taken, **window).summary()
    assert beside.lifecycles["matter"].to_data() == bare.lifecycles["matter"].to_data()
    assert beside.heading == bare.heading


def test_a_case_is_explained_by_its_id(study):
    """By id or number: first where it stood, then its events; with its id in the table's own column."""
    story = study.explain("G-3", replication=2)
    assert story == study.explain(3, replication=2)
    assert (story.case, story.channel) == ("G-3", "")
    assert [(line.event, line.state) for line in story.lines] == [
        ("initial", "waiting"),
        ("take", "serving"),
        ("serve", "done"),
    ]
    assert str(story).startswith("case G-3: matter, a\n2026-01-05T00:00:00  initial → waiting at office/top")
    assert study.explain(10).lines[0].event == "open"
    with pytest.raises(gf.UnknownName, match="unknown initial case 'G-30'"):
        study.explain("G-30")


def test_two_rules_are_compared_over_the_same_backlog(study):
    """Twice the hands clear the same backlog sooner, case by case with the same luck."""
    taken = snapshot(study.community, MONDAY, {f"G-{n}": matter(channel=None) for n in range(10)})
    other = with_handlers(study.community, 2)
    more = gf.simulate(other, days=10, drain=5, replications=4, initial=taken)
    differences = study.compare(more).differences
    assert differences["backlog.days.100"].high < 0
    assert differences["backlog.open"].value == 0


# ------------------------------------------------------------ refusals
@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"state": "wating"}, "case 'G-1' of the snapshot: unknown state 'wating'; did you mean 'waiting'?"),
        ({"unit": "office/topp"}, "case 'G-1' of the snapshot: unknown unit 'office/topp'; did you mean 'office/top'?"),
        ({"category": "b"}, "case 'G-1' of the snapshot: unknown category 'b'"),
        ({"channel": "door"}, "case 'G-1' of the snapshot: unknown channel 'door'"),
        ({"lifecycle": "mater"}, "case 'G-1' of the snapshot: unknown lifecycle 'mater'; did you mean 'matter'?"),
        ({"state": "done"}, "case 'G-1' of the snapshot: is over ('done' is final); leave it out"),
        ({"category": None}, "case 'G-1' of the snapshot: has no category, so nothing is assumed of it; leave it out"),
        ({"severity": 5}, "case 'G-1' of the snapshot: severity cannot be 5"),
        ({"opened": MONDAY + 1}, f"case 'G-1' of the snapshot: opened cannot be {MONDAY + 1}"),
        ({"entered": None}, "case 'G-1' of the snapshot: entered cannot be None"),
        ({"stack": [["office/top"]]}, "case 'G-1' of the snapshot: stack cannot be [['office/top']]"),
        ({"clock.late": [1]}, "case 'G-1' of the snapshot: clock.late cannot be [1]"),
        ({"entries.waiting": -1}, "case 'G-1' of the snapshot: entries.waiting cannot be -1"),
    ],
)
def test_a_case_that_cannot_be_taken_is_named(facts, told):
    """What is not known, over, or no such thing: one error names the case, and says how many more there are."""
    community = counter(FIXED, {"a": 1.0})
    taken = snapshot(community, MONDAY, {"G-1": matter(**facts), "G-2": matter()})
    with pytest.raises(gf.UsageError) as refused:
        gf.simulate(community, days=1, initial=taken)
    assert str(refused.value).startswith(told)
    if "leave it out" not in told or "over" in told:
        twice = taken | {"cases": [*taken["cases"], taken["cases"][1], {"facts": {}}]}
        with pytest.raises(gf.UsageError, match=r"\(and 2 more\)$"):
            gf.simulate(community, days=1, initial=twice)


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"format": 2}, "snapshot: not one of format 1"),
        ({"cases": None}, "snapshot: cases is missing or of another kind"),
        ({"at": 1.5}, "snapshot: at is missing or of another kind"),
        ({"at": 10**30}, "outside the years"),
        ({"community": "elsewhere"}, "snapshot: of the community 'elsewhere', not of 'counter'"),
    ],
)
def test_what_is_no_snapshot_of_this_community_is_refused(given_, told):
    """A snapshot says its format, community and instant, and they fit."""
    community = counter(FIXED, {"a": 1.0})
    taken = snapshot(community, MONDAY, {"G-1": matter()})
    with pytest.raises(gf.UsageError, match=told):
        gf.simulate(community, days=1, initial=taken | given_)
    with pytest.raises(gf.UsageError, match="not one of format 1"):
        gf.simulate(community, days=1, initial=[])


def test_a_run_from_a_snapshot_starts_at_its_instant():
    """Another start is refused, the same is not."""
    community = counter(FIXED, {"a": 1.0})
    taken = snapshot(community, MONDAY, {"G-1": matter()})
    same = gf.simulate(community, days=1, replications=1, initial=taken, start="2026-01-05")
    assert same.heading()["start"].startswith("2026-01-05T00:00:00")
    for start in ("2026-01-04", "2026-01-06"):
        with pytest.raises(gf.UsageError, match="starts at its instant, 2026-01-05T00:00:00"):
            gf.simulate(community, days=1, initial=taken, start=start)


def test_a_lifecycle_of_which_nothing_is_assumed_is_refused():
    """Cases of a lifecycle that never came in the simulation need assumptions too; the missing ones are told."""
    community = counter(FIXED, {"a": 1.0})
    other = evolve(community.lifecycles["matter"], name="other")
    both = community.with_(lifecycles={**community.lifecycles, "other": other})
    taken = snapshot(both, MONDAY, {"G-1": matter(lifecycle="other")})
    with pytest.raises(gf.DefinitionError, match=r"assumptions\.behaviour\.other\.serving\.time: is missing"):
        gf.simulate(both, days=1, initial=taken)
    told = {"other": community.assumptions.behaviour["matter"]}
    assumed = evolve(both.assumptions, behaviour={**both.assumptions.behaviour, **told})
    run = gf.simulate(both.with_(assumptions=assumed), days=1, replications=1, initial=taken)
    assert run.backlog().settled(1).value == 1
    assert list(run.summary().lifecycles) == ["matter"]


@given(st.lists(st.integers(0, 9), min_size=1), st.floats(0, 12))
def test_what_a_backlog_says_is_counted(days, day):
    """A share is a count, a day is a rank, and nothing is said beyond the horizon while something is open."""
    horizon = 5.0
    backlog = Backlog(len(days), horizon, [np.array(days, np.int64) * DAY])
    settled = sum(d <= day for d in days) / len(days)
    known = day <= horizon or max(days) <= horizon
    assert backlog.settled(day).value == (settled if known else None)
    half = sorted(days)[(len(days) + 1) // 2 - 1]
    assert backlog.cleared(0.5).value == (half if half <= horizon else None)
