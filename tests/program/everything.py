"""The communities on whose cases the tests of this room walk: one in which everything matters, and Beida."""

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

import govflow as gf
from govflow.program import compile_program
from govflow.testing import strategies as gs


@cache
def everything():
    """Return the program of ``everything.toml``: two pushes deep, clocks of all scopes that fall due together."""
    return compile_program(gf.load(Path(__file__).with_suffix(".toml")))


@cache
def beida():
    """Return the program of the bundled community."""
    return compile_program(gf.load("beida"))


def histories(**options):
    """Draw histories of cases: in this community, in drawn ones, in a bundled one."""
    return st.one_of(gs.histories(everything(), **options), gs.histories(**options), gs.histories(beida(), **options))
