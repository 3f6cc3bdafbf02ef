"""The two chains of SHA-256 hashes: one through the events of a case, one through the log of all events.

An event's hash covers the one before it in its case, so that no event of a case can be changed, dropped or moved
unseen; the log's covers the order of all events, so that no tail can be cut off a log whose head was saved elsewhere
(rule C2).
"""

from __future__ import annotations

from hashlib import sha256

START_OF_LOG = bytes(32)
"""What stands before the first event of the log."""


def genesis(case: str) -> bytes:
    """Return what stands before the first event of a case: a hash of its id, so that no chain fits another case."""
    return sha256(b"govflow case " + case.encode()).digest()


def link(previous: bytes, body: str, changes: str) -> bytes:
    """Return the hash of an event that is stored as the texts `body` and `changes` after the hash `previous`."""
    return sha256(b"%b%b\n%b" % (previous, body.encode(), changes.encode())).digest()


def seal(previous: bytes, event: bytes) -> bytes:
    """Return the log's hash after an event with the hash `event`, `previous` being the log's hash before it."""
    return sha256(previous + event).digest()
