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
EACH, LEAST, STEPS = 6, 6, 110  # an example of so many steps for so many triggers, at least so many
MOST = 0.9


def directory_of(community: gf.Community) -> Directory:
    """Return people beside the definition: a member with a post where most cases open, and who stands in for them."""
    organization = community.organization
    level = organization.plan.levels[organization.level[organization.size - 1]]
    post = Post(organization.ids[organization.size - 1], "member:example-1", level.handling_roles[0])
    return Directory(posts=(post,), stand_ins=(StandIn("member:example-1", "member:example-2"),))


def run(community, store, **more):
    """Run the machine of a community on a store; return what it has seen."""
    machine = desk_machine(community, store, directory=directory_of(community), **more)
    machine.TestCase().runTest()
    return machine.seen


@pytest.mark.parametrize("name", NAMES)
def test_a_desk_keeps_what_happened_and_nothing_else(name):
    """For every lifecycle of a bundled community, in whatever order: and nearly all that can happen in it has happened.

    What has not is mostly at the end of a long way on which all people of a circle have to agree, or pay.
    """
    community, seen = gf.load(name), set()
    for cycle in community.lifecycles.values():
        examples = max(LEAST, len(cycle.triggers()) // EACH)
        seen |= run(community, MemoryStore, lifecycles=[cycle.name], max_examples=examples, steps=STEPS)
    assert_nearly_all(community, seen)


def assert_nearly_all(community, seen):
    """Look at what has happened: each lifecycle, its deadlines that fire something, most triggers."""
    triggers = {(name, trigger) for name, cycle in community.lifecycles.items() for trigger in cycle.triggers()}
    assert opened(community) <= seen
    assert len(triggers & seen) >= MOST * len(triggers), sorted(triggers - seen)
    for name, cycle in community.lifecycles.items():
        firing = {(name, f"expiry:{deadline.name}") for deadline in cycle.deadlines.values() if deadline.fires}
        assert firing & seen or not firing, f"no deadline of {name} has fired"


def opened(community):
    """Return that every lifecycle was opened."""
    return {(name, "open") for name in community.lifecycles}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """What makes an empty database of each kind."""
    numbers = count()
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"
    return request.getfixturevalue("postgres").fresh


@pytest.mark.parametrize("name", NAMES)
def test_a_desk_keeps_the_same_on_a_database(name, empty):
    """As above, on each kind of database: with a case of every lifecycle in every example."""
    community = gf.load(name)
    assert opened(community) <= run(community, empty, max_examples=2, steps=30)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_desk_keeps_what_happened_over_many_examples(name):
    """As above, in memory, with cases of all lifecycles beside each other, as long as it takes."""
    community = gf.load(name)
    assert opened(community) <= run(community, MemoryStore, max_examples=300, steps=50)


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
    machine = desk_machine(gf.load(tomllib.loads(CORNER)), store, max_examples=examples, steps=30).TestCase
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
        (links, "follow", lambda *_, **__: None),
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
