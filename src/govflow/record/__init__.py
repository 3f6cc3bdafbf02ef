"""The record: events as frozen facts, the text that is hashed, the chains of hashes, the fold, and what can be erased.

A case is the merge of what its events changed. Nothing here decides, stores or reads the time. Next: ``event`` for
what an event holds, ``chain`` for how a record is proved whole, ``store`` for where it is kept.
"""

from govflow.record.canonical import decode, encode, is_broken, plain
from govflow.record.chain import genesis, link, seal
from govflow.record.event import Event, Line, event_of
from govflow.record.fold import fold, fold_all
from govflow.record.vault import Secret, commitment, secret

__all__ = [
    "Event",
    "Line",
    "Secret",
    "commitment",
    "decode",
    "encode",
    "event_of",
    "fold",
    "fold_all",
    "genesis",
    "is_broken",
    "link",
    "plain",
    "seal",
    "secret",
]
