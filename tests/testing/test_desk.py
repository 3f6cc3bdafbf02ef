"""The machine of the kit that works at two desks: it finds nothing wrong with ours, and finds what is made wrong."""

from __future__ import annotations

import tomllib
from itertools import count

import pytest
from attrs import evolve
from hypothesis import Phase, settings

import govflow as gf
from govflow.calendar import HOUR
from govflow.casework import Directory, StandIn, deadlines, links, office
from govflow.errors import GovflowError
from govflow.organization import Post
from govflow.program import expire
from govflow.record import fold
from govflow.store import MemoryStore, memory
from govflow.testing import desk_machine

NAMES = gf.communities()
EXAMPLES, STEPS = 3, 30


def directory_of(community: gf.Community) -> Directory:
    """Return people beside the definition: a member with a post where most cases open, and who stands in for them."""
    organization = community.organization
    level = organization.plan.levels[organization.level[organization.size - 1]]
    post = Post(organization.ids[organization.size - 1], "member:example-1", level.handling_roles[0])
    return Directory(posts=(post,), stand_ins=(StandIn("member:example-1", "member:example-2"),))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def empty(request, tmp_path):
    """What makes an empty store of each kind."""
    numbers = count()
    makers = {
        "memory": lambda: MemoryStore,
        "sqlite": lambda: lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db",
        "postgresql": lambda: request.getfixturevalue("postgres").fresh,
    }
    return makers[request.param]()


@pytest.mark.parametrize("name", NAMES)
def test_a_desk_keeps_what_happened_and_nothing_else(name, empty):
    """For every lifecycle of a bundled community, on every store, however often a desk advances or begins anew."""
    community = gf.load(name)
    machine = desk_machine(community, empty, directory=directory_of(community), max_examples=EXAMPLES, steps=STEPS)
    machine.TestCase().runTest()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_desk_keeps_what_happened_over_many_examples(name):
    """As above, in memory, as long as it takes."""
    community = gf.load(name)
    machine = desk_machine(community, MemoryStore, directory=directory_of(community), max_examples=300, steps=50)
    machine.TestCase().runTest()


# ------------------------------------------------------------ what is made wrong
CORNER = """
format = 1
name = "corner"
levels.office = { calendar = "always" }
levels.street = { calendar = "always" }
organization.top = "corner"
organization.patterns.street = { each = 2, households = 2 }
calendars.always = { hours = { mon-sun = "00:00-24:00" } }
categories.repair = {}
channels.telephone = {}
intake.request = { telephone = "street" }

[lifecycle.request]
start = "received"

[lifecycle.request.states]
received = { kind = "queue" }
mending = { kind = "work" }
asked = { kind = "wait" }
merged = { kind = "wait" }
closed = { kind = "final" }

[lifecycle.request.transitions]
begin = { from = "received", to = "mending", take = true }
mend = { from = "mending", to = "asked", by = "handler@here" }
pass_up = { from = ["received", "mending"], to = "received", move = "up", by = ["handler@here", "clock"] }
merge = { from = "mending", to = "merged", by = "handler@here", links = "main" }
close_merged = { from = "merged", to = "closed", by = ["handler@here", "clock"], follows = "main" }
thank = { from = "asked", to = "closed", by = "reporter" }

[lifecycle.request.deadlines.mend_by]
scope = "level"
runs = ["received", "mending"]
limit = { default = "8h" }
fires = "pass_up"
"""
"""A community small enough for a fault to be found in a few examples."""


def late(program, position, clock, *, at):
    """Let a deadline take effect an hour after it was due."""
    return expire(program, position, clock, at=at + HOUR)


def forgetful(changes):
    """Fold, and lose what was counted."""
    return {key: value for key, value in fold(changes).items() if not key.startswith("entries.")}


class Losing(MemoryStore):
    """A store that loses the last event of a commit of several."""

    def write(self, commit):
        """Write all but one."""
        super().write(evolve(commit, lines=commit.lines[:-1]) if len(commit.lines) > 1 else commit)


class Sleepy(MemoryStore):
    """A store that does not find what is due at the very instant asked for."""

    def due(self, until, limit):
        """Find what was due before."""
        return super().due(until - 1, limit)


class Careless(MemoryStore):
    """A store that lets everybody write over everybody."""

    def write(self, commit):
        """Write, whatever is there."""
        super().write(evolve(commit, bases={}))


def finds(monkeypatch, store=MemoryStore, faults=(), examples=60):
    """Say whether the machine finds something wrong, in a few examples."""
    for room, name, value in faults:
        monkeypatch.setattr(room, name, value)
    machine = desk_machine(gf.load(tomllib.loads(CORNER)), store, max_examples=examples, steps=STEPS).TestCase
    machine.settings = settings(machine.settings, phases=[Phase.generate], report_multiple_bugs=False, print_blob=False)
    try:
        machine().runTest()
    except (AssertionError, GovflowError, LookupError):
        return True
    return False


@pytest.mark.parametrize(
    "fault",
    [
        (deadlines, "expire", late),
        (memory, "fold", forgetful),
        (links, "effects", lambda *_, **__: {}),
        (links, "follow", lambda *_: None),
        (office, "_repeated", lambda draft, *_: draft),
    ],
    ids=lambda fault: fault[1],
)
def test_a_fault_in_the_desk_is_found(fault, monkeypatch):
    """A deadline late by an hour, a fact lost, a case that does not follow, a key that answers nothing."""
    assert finds(monkeypatch, faults=[fault])


@pytest.mark.parametrize("store", [Losing, Sleepy, Careless], ids=lambda store: store.__name__)
def test_a_fault_in_a_store_is_found(store, monkeypatch):
    """An event lost, a deadline not found, a write over another's."""
    assert finds(monkeypatch, store)


def test_nothing_is_found_where_nothing_is_wrong(monkeypatch):
    """The faults above are found for what they are: without one, as many examples show nothing."""
    assert not finds(monkeypatch)
