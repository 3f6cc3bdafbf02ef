"""Writing files whole or not at all.

A file is written beside its name and moved there when it is complete: a crash, a full disk or an interruption
leaves what stood there before. Nothing here knows what is written.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from govflow.errors import OutputError


@contextmanager
def writing(path: str | os.PathLike[str], *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open a file beside `path` for writing; move it to `path` when the block ends well, else remove it.

    Raises OutputError when the place cannot be written or the disk is full.

    >>> with writing("/tmp/govflow-example.txt") as file:
    ...     _ = file.write("whole")
    """
    target = Path(path)
    if not binary and target.exists() and not target.is_file():
        raise OutputError(str(path), "not a regular file; name a file")
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as problem:
        raise OutputError(str(path), f"cannot be written: {problem.strerror or problem}") from problem
    try:
        with open(handle, "wb" if binary else "w", **({} if binary else {"encoding": "utf-8", "newline": ""})) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except OSError as problem:
        if isinstance(problem, OutputError):
            raise
        raise OutputError(str(path), f"cannot be written: {problem.strerror or problem}") from problem
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
