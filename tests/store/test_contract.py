"""The contract of a store, on every store there is."""

from __future__ import annotations

import pytest

from govflow.store import open_store
from govflow.testing import conformance

MEDIA = ("memory", "sqlite", "postgresql")


@pytest.fixture(params=MEDIA)
def store(request, tmp_path):
    """An empty store of each kind."""
    sources = {
        "memory": lambda: None,
        "sqlite": lambda: f"sqlite:///{tmp_path}/desk.db",
        "postgresql": lambda: request.getfixturevalue("postgres").fresh(),
    }
    store = open_store(sources[request.param]())
    yield store
    store.close()


@pytest.mark.parametrize("promise", conformance.STORE_CONTRACT, ids=lambda promise: promise.__name__)
def test_every_store_keeps_every_promise(promise, store):
    """Whatever the protocol promises holds, in memory, on SQLite and on PostgreSQL alike."""
    promise(store)


def test_the_contract_names_every_promise_once():
    """No promise is written and left out of the list."""
    public = [value for name, value in vars(conformance).items() if callable(value) and name[0].islower()]
    own = [value for value in public if value.__module__ == conformance.__name__ and not value.__name__.startswith("_")]
    assert list(conformance.STORE_CONTRACT) == own
