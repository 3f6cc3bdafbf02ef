"""Desks on every kind of store that needs no server."""

from __future__ import annotations

from itertools import count

import pytest

from tests.casework.scenes import SOURCES, desk_on


@pytest.fixture(params=SOURCES)
def make_desk(request, tmp_path):
    """What makes desks, each on an empty store of its own of one kind; arguments are those of `scenes.desk_on`."""
    made, numbers = [], count()

    def make(community=None, **more):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        made.append(desk_on(SOURCES[request.param](folder), community, **more))
        return made[-1]

    yield make
    for desk in made:
        desk.store.close()


@pytest.fixture
def desk(make_desk):
    """A desk for Beida community."""
    return make_desk()
