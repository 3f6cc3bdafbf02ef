"""Writing files whole or not at all.

A file is written beside its name and moved there when it is complete: a crash, a full disk or an interruption
leaves what stood there before. Something that is there and no file (a device, a pipe) is written to as it is.
Nothing here knows what is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from govflow.errors import GovflowError, OutputError

TEXT: Any = {"encoding": "utf-8", "newline": ""}


@contextmanager
def writing(path: str | os.PathLike[str], *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open a file beside `path` for writing; move it to `path` when the block ends well, else remove it.

    Raises OutputError when the place cannot be written or the disk is full.

    >>> with writing(os.devnull) as file:
    ...     _ = file.write("whole or not at all")
    """
    mode, how = ("wb", {}) if binary else ("w", TEXT)
    beside = None
    try:
        target = Path(path).resolve()
        if target.is_file() or not target.exists():
            beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        with (beside or target).open(mode, **how) as file:
            yield file
        if beside is not None:
            beside.replace(target)
    except (OSError, ValueError) as problem:
        if isinstance(problem, GovflowError):
            raise
        reason = getattr(problem, "strerror", None) or problem
        raise OutputError(os.fspath(path), f"cannot be written: {reason}; nothing is left half-written") from problem
    finally:
        if beside is not None:
            with suppress(OSError):
                beside.unlink()
