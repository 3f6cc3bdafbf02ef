"""Opening a store from what an application has at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from govflow.store.memory import MemoryStore
from govflow.store.protocol import Store
from govflow.store.sql import SqlStore

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine


def open_store(source: Store | Engine | URL | str | None = None) -> Store:
    """Return the store that `source` is or names: a store as it is, None a new one in memory, else one of SQL.

    >>> type(open_store()).__name__
    'MemoryStore'
    """
    if source is None:
        return MemoryStore()
    return cast("Store", source) if hasattr(source, "write") else SqlStore(source)
