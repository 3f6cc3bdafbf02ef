"""What can be erased: texts and contacts, kept apart from the events that speak of them (rule C4).

An event holds a commitment, the hash of salt, owner and text. While the text is there anybody can see that it is the
one that was said, and whose it is, for a person's texts are erased by their owner. After erasing, text and salt are
gone and the chain still holds.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from secrets import token_bytes

from attrs import frozen

SALT_BYTES = 16


@frozen
class Secret:
    """A text said in an event: which case and version, the field's name, who said it, the salt and the text."""

    case: str
    version: int
    name: str
    owner: str
    salt: bytes
    text: str


def commitment(salt: bytes, owner: str, text: str) -> str:
    """Return the commitment of a text of somebody, in hexadecimal; the owner's id ends at a NUL, which no id holds.

    >>> commitment(bytes(16), "resident:example-1", "The lamp is dark.")[:8]
    '3409db0c'
    """
    return sha256(b"%b%b\0%b" % (salt, owner.encode(), text.encode())).hexdigest()


def secret(
    case: str, version: int, name: str, owner: str, text: str, salt: Callable[[int], bytes] = token_bytes
) -> Secret:
    """Return a text with a salt of its own; `salt` gives as many random bytes as it is asked for."""
    return Secret(case, version, name, owner, salt(SALT_BYTES), text)
