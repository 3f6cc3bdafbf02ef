"""Studies: windows, interruption, refusals, comparison, and how little a run keeps (rules S4, S6, S7)."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from math import hypot, inf, nan

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.calendar import DAY, Duration
from govflow.community import Behaviour, Community, Distribution, changed
from govflow.lifecycle import Deadline
from govflow.program import compile_program
from govflow.simulation import arrays, engine, layout
from govflow.simulation.study import make_window, replicate
from tests.simulation.made import assert_same_bits, busy, counter, ran, rows_of, way

HOUR = Distribution("constant", {"value": Duration.parse("1h")})
FOUR_HOURS = Distribution("constant", {"value": Duration.parse("4h")})
LONG = Distribution("constant", {"value": Duration.parse("100h")})


@pytest.fixture(scope="module")
def beida() -> Community:
    """Return the community of the first report."""
    return gf.load("beida")


# ------------------------------------------------------------ windows
def test_the_cohort_is_what_opens_between_warmup_and_the_last_day():
    """Cases that open before the warmup ends or in the drain are simulated and not counted."""
    run = ran(counter(HOUR, {"a": 20.0}, handlers=3), days=10, warmup=4, drain=30)
    opened = [row.time for row in rows_of(run) if row.way is None]
    inside = sum(4 * DAY <= at < 10 * DAY for at in opened)
    assert run.replication.tally[0, layout.Y_OPENED] == inside
    assert 0 < inside < run.replication.cases


def test_a_run_ends_when_the_cohort_is_settled():
    """The drain goes on until the last measured case closes, and not to its end."""
    run = ran(counter(HOUR, {"a": 22.0}), days=10, drain=1000)
    last = next(row for row in reversed(rows_of(run)) if row.way is not None and row.way.trigger == "serve")
    assert 10 * DAY <= last.time == rows_of(run)[-1].time < 15 * DAY
    assert run.replication.tally[0, layout.Y_CLOSED] == run.replication.tally[0, layout.Y_OPENED]


def test_a_run_ends_when_the_drain_is_over():
    """Whatever is open then stays open, is counted so, and no event comes later."""
    study = gf.simulate(counter(LONG, {"a": 20.0}), days=10, drain=5, replications=2, events=True)
    assert max(int(study.events(r).rows[:, 1].max()) for r in (0, 1)) <= 15 * DAY
    found = study.summary().lifecycles["matter"]
    assert found.open == found.opened - found.closed > 0


def test_an_event_at_the_last_instant_still_happens():
    """A run covers its end: work that is done at that very microsecond is done."""
    served = ran(counter(HOUR, {"a": 1.0}), days=10, drain=5)
    first = next(row.time for row in rows_of(served) if row.way is not None and row.way.trigger == "serve")
    for end, rows in ((first, 3), (first - 1, 2)):
        window = arrays.Window(start=served.tables.window.start, warmup=0, days=end, end=end)
        tables = arrays.layout(compile_program(served.community), window)
        kept = replicate(tables, 1, 0, events=True)
        assert sum(len(chunk) for chunk in kept.rows) == rows


def test_nothing_is_handed_out_at_the_end_of_a_window_without_working_hours(beida):
    """Units whose calendar does not open in the whole window take nothing, not even at its last instant."""
    holiday = beida.with_(start="2026-02-16", calendars=dict.fromkeys(beida.calendars, beida.calendars["office"]))
    run = ran(holiday, days=2, drain=1)
    assert {row.way for row in rows_of(run)} == {None}
    assert run.replication.cases > 0


def test_no_percentile_is_told_whose_rank_lies_among_the_open():
    """With most cases still open there is no median; with a few there is one, and no 99th percentile."""
    study = gf.simulate(counter(LONG, {"a": 1.0}), days=40, drain=0, replications=1)
    most = study.summary().lifecycles["matter"].times["stay"]
    assert most.open_share > 0.5
    assert (most.percentiles["median"], most.percentiles["p99"]) == (None, None)
    few = gf.simulate(counter(FOUR_HOURS, {"a": 10.0}, handlers=5), days=4, drain=0, replications=1)
    stay = few.summary().lifecycles["matter"].times["stay"]
    assert 0.01 < stay.open_share < 0.5
    assert stay.percentiles["median"].value > 0
    assert stay.percentiles["p99"] is None


def test_the_start_is_the_definitions_or_the_one_given(beida):
    """Without a start the definition's holds; another one moves calendars and weeks; today is never asked."""
    own, same = (gf.simulate(beida, days=2, drain=1, replications=1, start=s) for s in (None, "2026-01-05"))
    assert own.summary().to_data() == same.summary().to_data()
    later = gf.simulate(beida, days=2, drain=1, replications=1, start="2026-01-10T09:30")
    assert later.heading()["start"] == "2026-01-10T09:30:00+08:00"
    assert later.summary().to_data() != own.summary().to_data()


def test_a_summary_holds_no_timings(beida):
    """As plain data a summary has these keys and no others, and is the same whenever it is made."""
    study = gf.simulate(beida, days=5, drain=1, replications=2)
    data = study.summary().to_data()
    assert set(data) == {
        "community", "edition", "start", "days", "warmup", "drain", "seed", "replications", "cases", "provisional",
        "lifecycles", "levels", "units",
    }  # fmt: skip
    again = gf.simulate(beida, days=5, drain=1, replications=2)
    assert json.dumps(data, ensure_ascii=False) == json.dumps(again.summary().to_data(), ensure_ascii=False)


# ------------------------------------------------------------ refusals
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"days": 0}, "days must be more than warmup"),
        ({"days": -1}, "days=-1: must be a number from 0 to 36500"),
        ({"days": nan}, "days=nan: must be a number"),
        ({"days": inf}, "days=inf: must be a number"),
        ({"days": True}, "days=True: must be a number"),
        ({"days": "7"}, "days='7': must be a number"),
        ({"days": 10, "warmup": 10}, "days must be more than warmup"),
        ({"warmup": -0.5}, "warmup=-0.5"),
        ({"drain": 1e9}, "drain=1000000000.0: must be a number from 0 to 36500"),
        ({"replications": 0}, "replications=0: must be a whole number from 1 to 100000"),
        ({"replications": 1.5}, "replications=1.5: must be a whole number"),
        ({"replications": 10**6}, "replications=1000000"),
        ({"seed": -1}, "seed=-1: must be a whole number from 0"),
        ({"seed": 2**63}, "seed=9223372036854775808"),
        ({"seed": "1"}, "seed='1'"),
        ({"threads": -2}, "threads=-2: must be a whole number from 1"),
        ({"threads": 0}, "threads=0: must be a whole number from 1"),
        ({"on_interrupt": "stop"}, "on_interrupt='stop': must be 'raise' or 'keep'"),
        ({"start": "next week"}, "instant 'next week': not a date"),
        ({"start": "2600-01-01"}, "outside the years"),
    ],
)
def test_numbers_that_cannot_be_are_refused(beida, arguments, said):
    """Each is one UsageError that names the argument, its value and the rule."""
    with pytest.raises(gf.UsageError) as refused:
        gf.simulate(beida, **({"days": 5} | arguments))
    assert said in str(refused.value)


def test_a_community_in_which_nothing_happens_is_refused():
    """Without arrivals, or without a household to bring a case, there is nothing to simulate, and it is said."""
    with pytest.raises(gf.UsageError, match="nothing arrives"):
        gf.simulate(counter(HOUR, {"a": 0.0}))
    empty = counter(HOUR, {"a": 1.0})
    nobody = {"office": evolve(empty.plan.patterns["office"], households=0)}
    with pytest.raises(gf.UsageError, match=r"nothing arrives|no household"):
        gf.simulate(empty.with_(plan=evolve(empty.plan, patterns=nobody)))


def test_a_run_without_a_case_is_a_study_all_the_same(beida):
    """A window in which nobody comes gives rates without a value, an empty table, and no error."""
    study = gf.simulate(beida, days=1e-6, drain=0, replications=2, events=True)
    assert study.cases == 0
    assert len(study.events()) == 0
    rates = study.summary().lifecycles["grievance"].rates
    assert {(rate.value, rate.n) for rate in rates.values()} == {(None, 0)}
    assert study.summary().to_data()["cases"] == 0


def test_a_case_without_an_open_outcome_stops_the_run_and_is_named():
    """Where no assumed outcome is enabled, the error names the case, its lifecycle and the state."""
    community = counter(HOUR, {"a": 5.0})
    cycle = community.lifecycles["matter"]
    guarded = evolve(cycle, transitions=(cycle.transitions[0], evolve(cycle.transitions[1], when="severity > 9")))
    with pytest.raises(gf.SimulationError, match=r"case 0 \(matter\) stands in 'serving' .* none of the outcomes"):
        gf.simulate(community.with_(lifecycles={"matter": guarded}), days=5)


@pytest.mark.parametrize("compiled", [True, False])
def test_a_case_that_stands_still_in_time_stops_the_run_and_is_named(compiled):
    """A thousand transitions at one instant are a runaway: the error names case, lifecycle, day and state."""
    community = counter(HOUR, {"a": 5.0})
    cycle = community.lifecycles["matter"]
    again = way("again", "waiting", "waiting", by="clock")
    deadline = Deadline("hurry", "entry", ("waiting",), {"default": Duration.parse("1h")}, fires="again")
    looped = evolve(cycle, transitions=(*cycle.transitions, again), deadlines={"hurry": deadline})
    closed = evolve(community.plan.patterns["office"], handlers=0)
    staffless = community.with_(lifecycles={"matter": looped}, plan=evolve(community.plan, patterns={"office": closed}))
    program = compile_program(staffless)
    at_once = evolve(program, rules=evolve(program.rules, limits=(0,) * len(program.rules.limits)))
    tables = arrays.layout(at_once, make_window(staffless, days=5, warmup=0, drain=0, start=None))
    with pytest.raises(
        gf.SimulationError, match=r"case 0 \(matter\) made 1000 transitions at one instant, on day 0\.\d"
    ):
        replicate(tables, 1, 0, compiled=compiled)


def test_an_error_in_one_replication_is_the_studys():
    """What stops one run stops the study, in threads as in processes, and can be carried between them."""
    community = counter(HOUR, {"a": 5.0})
    cycle = community.lifecycles["matter"]
    stuck = evolve(cycle, transitions=(cycle.transitions[0], evolve(cycle.transitions[1], when="severity > 9")))
    broken = community.with_(lifecycles={"matter": stuck})
    with pytest.raises(gf.SimulationError) as first:
        gf.simulate(broken, days=5, replications=4, threads=2)
    with ThreadPoolExecutor(2) as pool, pytest.raises(gf.SimulationError):
        gf.simulate(broken, days=5, replications=4, executor=pool)
    assert str(pickle.loads(pickle.dumps(first.value))) == str(first.value)  # noqa: S301


def test_an_unknown_replication_is_told_the_known_ones(beida):
    """Asking for a replication that was not run is an UnknownName."""
    study = gf.simulate(beida, days=2, drain=0, replications=2)
    with pytest.raises(gf.UnknownName, match="unknown replication '2'"):
        study.events(2)


# ------------------------------------------------------------ interruption
class Impatient:
    """A listener who breaks off once so much is done."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.heard: list[float] = []

    def __call__(self, done: float) -> None:
        """Hear how much is done."""
        self.heard.append(done)
        if done >= self.share:
            raise KeyboardInterrupt


def test_an_interrupted_study_keeps_what_was_finished(beida):
    """With ``keep`` the finished replications come back, each as it would have been, and the study says so."""
    whole = gf.simulate(beida, days=20, drain=5, replications=6, threads=1)
    found = gf.simulate(
        beida, days=20, drain=5, replications=6, threads=1, progress=Impatient(0.3), on_interrupt="keep"
    )
    assert found.interrupted
    assert not whole.interrupted
    assert len(found.replications) > 0
    for own in found.replications:
        assert_same_bits(own, whole.replications[own.index])
    assert found.summary().heading["replications"] == len(found.replications)


def test_a_study_of_which_nothing_was_finished_has_no_figures(beida):
    """Broken off at once, a study has its heading; asked for figures it says why there are none."""
    found = gf.simulate(beida, days=20_000, drain=0, replications=2, progress=Impatient(0), on_interrupt="keep")
    assert (found.interrupted, found.replications) == (True, ())
    assert found.heading()["replications"] == 0
    with pytest.raises(gf.UsageError, match="no replication was finished"):
        found.summary()
    with pytest.raises(gf.UsageError, match="compare studies that finished the same replications"):
        found.compare(found)


def test_an_interrupted_study_is_broken_off_where_that_is_wanted(beida):
    """By default KeyboardInterrupt goes through, from threads and from an executor alike."""
    with pytest.raises(KeyboardInterrupt):
        gf.simulate(beida, days=20, drain=5, replications=3, progress=Impatient(0.3))
    with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt):
        gf.simulate(beida, days=20, drain=5, replications=3, progress=Impatient(0.3), executor=pool)


def test_progress_is_told_and_ends_at_one(beida):
    """The listener hears a share that never falls and ends at 1."""
    ear = Impatient(2.0)
    gf.simulate(beida, days=20, drain=5, replications=3, threads=2, progress=ear)
    assert ear.heard == sorted(ear.heard)
    assert ear.heard[-1] == pytest.approx(1.0)


# ------------------------------------------------------------ comparison
def test_a_comparison_is_paired(beida):
    """Each difference is the mean of the replications' own, and narrower than that of two studies apart."""
    window = {"days": 60, "drain": 60, "replications": 8}
    slower = changed(beida, {"assumptions.behaviour.grievance.handling.at.host.time": "2h"})
    one, other = gf.simulate(beida, **window), gf.simulate(slower, **window)
    found = one.compare(other).differences
    name = "levels.host.utilisation"
    each = [
        b.levels["host"].utilisation.value - a.levels["host"].utilisation.value
        for a, b in zip(one.summary_of_each(), other.summary_of_each(), strict=True)
    ]
    assert found[name].value == pytest.approx(np.mean(each))
    assert found[name].n == 8
    apart = [study.summary().levels["host"].utilisation for study in (one, other)]
    assert found[name].high - found[name].low < 0.8 * hypot(*(e.high - e.low for e in apart))
    assert found[name].low > 0
    backwards = other.compare(one).differences
    assert backwards[name].value == pytest.approx(-found[name].value)
    assert {"grievance.rates.response", "grievance.times.settlement.median"} <= set(found)


def test_a_study_does_not_differ_from_itself(beida):
    """Every difference is exactly nought, its interval too."""
    study = gf.simulate(beida, days=10, drain=5, replications=3)
    for estimate in study.compare(study).differences.values():
        assert (estimate.value, estimate.low, estimate.high) == (0.0, 0.0, 0.0)


OTHERS = [{"seed": 2}, {"days": 6}, {"warmup": 1}, {"start": "2026-03-01"}, {"replications": 3}]


@pytest.mark.parametrize("other", OTHERS)
def test_only_the_same_residents_compare(beida, other):
    """Another seed, window, start or number of replications is refused, and it is said which."""
    window = {"days": 5, "drain": 1, "replications": 2, "seed": 1}
    one = gf.simulate(beida, **window)
    with pytest.raises(gf.UsageError, match=next(iter(other))):
        one.compare(gf.simulate(beida, **(window | other)))


def test_only_the_same_replications_compare(beida):
    """Two interrupted studies that finished as many, but not the same, are no pairs."""
    study = gf.simulate(beida, days=5, drain=1, replications=3)
    first, second, third = study.replications
    with pytest.raises(gf.UsageError, match="2 and 2 replications, not the same ones"):
        evolve(study, replications=(first, second)).compare(evolve(study, replications=(first, third)))


# ------------------------------------------------------------ what is kept
def test_memory_grows_with_the_open_cases_not_with_those_that_have_been(beida):
    """Without the table, forty times as many cases take no more room: slots are used again, rows are not kept."""
    sizes = {}
    for days in (30, 1200):
        window = make_window(beida, days=days, warmup=0, drain=10, start=None)
        tables = arrays.layout(compile_program(beida), window)
        run = engine.Run.begin(tables, seed=1, replication=0, events=False)
        run.advance(arrays.NEVER)
        own = ("cases", "entries", "heap_time", "heap_case", "rows", "openings", "tally", "histogram", "units")
        sizes[days] = {name: run.arrays[name].nbytes for name in own if name in run.arrays}
        assert run.rows == run.openings == []
        assert run.number(layout.N_MOST_OPEN) <= len(run.arrays["cases"])
    assert sizes[30] == sizes[1200]


@settings(max_examples=15)
@given(st.integers(0, 2**63 - 1), st.sampled_from([0.3, 3.0, 30.0]))
def test_free_slots_are_used_again(seed, a_day):
    """Whatever comes, there are never more slots than twice the most cases ever open (or a first thousand)."""
    community = counter(Distribution("exponential", {"mean": Duration.parse("2h")}), {"a": a_day}, handlers=3)
    run = engine.Run.begin(
        arrays.layout(compile_program(community), make_window(community, days=50, warmup=0, drain=0, start=None)),
        seed=seed,
        replication=0,
        events=False,
    )
    run.advance(arrays.NEVER)
    slots = run.arrays["cases"]
    assert len(slots) <= max(arrays.FIRST_SLOTS, 2 * run.number(layout.N_MOST_OPEN))
    assert int((slots[:, layout.K_NUMBER] >= 0).sum()) == run.number(layout.N_OPEN)


def test_a_study_is_small_enough_to_send(beida):
    """A replication without its table crosses a process boundary in some hundred kilobytes."""
    study = gf.simulate(beida, days=365, drain=30, replications=1)
    assert len(pickle.dumps(study.replications[0])) < 500_000


def test_a_category_without_behaviour_of_its_own_takes_the_states(beida):
    """The most specific entry speaks: a category's own outcomes hold for it and for no other (rule S2)."""
    fire = Behaviour(outcomes={"escalate": 0.9, "resolve": 0.1})
    own = {"handling": Behaviour(HOUR, {"resolve": 1.0}, category={"fire": fire})}
    behaviour = {**beida.assumptions.behaviour["grievance"], **own}
    community = beida.with_(assumptions=evolve(beida.assumptions, behaviour={"grievance": behaviour}))
    found = gf.simulate(busy(community, 50), days=20, drain=5, replications=1).summary().categories["grievance"]
    assert found["fire"].transitions["resolve"] < found["fire"].transitions["escalate"]
    assert found["parking"].transitions["escalate"] <= found["parking"].expiries["handle"]
