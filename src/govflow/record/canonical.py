"""The one text form of a record: JSON without spaces, in UTF-8. What is hashed is this text, byte by byte, as stored.

So nothing depends on how another program would have ordered or spaced it. Texts that a store might change on the way
are refused here, for every store alike.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec.json import Decoder, Encoder

from govflow.errors import UsageError

_ENCODE = Encoder().encode
_DECODE = Decoder().decode


def encode(value: Any) -> str:
    """Return the text of plain data: texts, whole numbers, True, False, None, lists, and mappings of these.

    >>> encode({"kind": "accept", "at": 0})
    '{"kind":"accept","at":0}'
    """
    return _ENCODE(value).decode()


def decode(text: str) -> Any:
    """Return what a text of `encode` holds."""
    return _DECODE(text)


_BROKEN = re.compile("[\0\ud800-\udfff]")


def is_broken(text: str) -> bool:
    """Say whether a text holds what no record can: NUL, or half a character.

    >>> is_broken("G-1"), is_broken("G-1" + chr(0))
    (False, True)
    """
    return _BROKEN.search(text) is not None


def plain(subject: str, text: str) -> str:
    """Return `text` as it is; UsageError where it is none, or holds what not every store keeps: NUL, half a character.

    >>> plain("the text", "屋顶漏水")
    '屋顶漏水'
    """
    try:
        found = _BROKEN.search(text)
    except TypeError:
        raise UsageError(f"{subject} is {text!r:.80}: must be a text") from None
    if found is None:
        return text
    what = "a NUL character" if found.group() == "\0" else "half a character (a lone surrogate)"
    raise UsageError(
        f"{subject} holds {what} at position {found.start()}: a record keeps whole characters; take it out"
    )
