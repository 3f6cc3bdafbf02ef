"""The engine: room for what is open, and runs at the edges of what can be simulated."""

from __future__ import annotations

import pytest

import govflow as gf
from govflow.community import changed
from govflow.simulation import engine


def test_more_open_cases_than_a_run_can_hold_stop_it(monkeypatch):
    """A queue that never ends is told with its day and the remedy, before memory is gone."""
    monkeypatch.setattr(engine, "MOST_OPEN", 2048)
    beida = gf.load("beida").with_(name="flood")
    flood = changed(beida, {"assumptions.arrivals.grievance.parking.per_household_year": 5000})
    with pytest.raises(gf.SimulationError, match=r"2,048 cases are open at once on day .*give more handlers"):
        gf.simulate(flood, days=30, drain=0, replications=1, compiled=False)


def test_a_rate_so_small_that_nobody_comes_is_no_overflow():
    """A case that would come in millions of years does not come."""
    beida = gf.load("beida")
    rare = {
        f"assumptions.arrivals.grievance.{c}.per_household_year": 1e-12 for c in beida.assumptions.arrivals["grievance"]
    }
    assert gf.simulate(changed(beida, rare), days=30, drain=0, replications=1, compiled=False).cases == 0


def test_a_run_beyond_the_published_holidays_says_so():
    """The heading is provisional where some calendar's holidays are not known to the end."""
    beida = gf.load("beida")
    known, beyond = (
        gf.simulate(beida, days=3, drain=0, replications=1, start=start, compiled=False)
        for start in ("2026-02-02", "2027-02-01")
    )
    assert not known.heading()["provisional"]
    assert beyond.heading()["provisional"]


def test_only_a_community_is_simulated():
    """A name is told to be loaded first."""
    with pytest.raises(gf.UsageError, match=r"load one with govflow.load"):
        gf.simulate("beida")
