"""Where a desk keeps its record: one protocol, in memory or in a database of SQL.

A store keeps and finds; it decides nothing and reads no clock. ``protocol`` says what every store promises, and
``govflow.testing.conformance`` holds any store to it.
"""

from govflow.store.memory import MemoryStore
from govflow.store.opening import open_store
from govflow.store.protocol import Commit, Key, Query, Row, Stale, Store, Taken
from govflow.store.sql import SqlStore

__all__ = ["Commit", "Key", "MemoryStore", "Query", "Row", "SqlStore", "Stale", "Store", "Taken", "open_store"]
