"""Log files with a maximum size, and the lines of the logs that engines write themselves."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from vaguemestre.foundation.kernel.times import PARIS

LARGEST = 10_000_000  # bytes; then the file becomes FILE.1
FORMER = 5  # files kept of an engine's log, for a collector that was stopped
_LOOK_EVERY = 0.2  # seconds


class LogFile:
    """Lines with their date, appended. A full disk loses lines, never the service."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self._path = path
        self._largest = largest

    def write(self, line: str) -> None:
        with contextlib.suppress(OSError):
            if self._path.exists() and self._path.stat().st_size > self._largest:
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            with open(self._path, "a", encoding="utf-8", opener=_for_our_group) as file:
                file.write(f"{datetime.now(PARIS):%Y-%m-%d %H:%M:%S} {line}\n")


def _for_our_group(path: str, flags: int) -> int:
    return os.open(path, flags, 0o640)


async def follow(path: Path, reopen: Callable[[], None], largest: int = LARGEST) -> AsyncIterator[str]:
    """The lines written to a file from now on. Past `largest` bytes, the file is rotated.

    Its writer keeps it open: it is renamed, then `reopen` tells the writer. Lines written in between are in
    the renamed file, where the collector reads them; they are not yielded here.
    """
    at = _size(path)
    rest = b""
    while True:
        size = _size(path)
        at = min(at, size)
        if size > at:
            with contextlib.suppress(OSError), path.open("rb") as file:
                file.seek(at)
                *lines, rest = (rest + file.read(1_000_000)).split(b"\n")
                at = file.tell()
                for line in lines:
                    yield line.decode(errors="replace")
            continue
        if at > largest:
            with contextlib.suppress(OSError):
                rotate(path)
                reopen()
                at = 0
        await asyncio.sleep(_LOOK_EVERY)


def rotate(path: Path) -> None:
    """Rename a log to FILE.1, FILE.1 to FILE.2… and begin an empty one that our group may read."""
    for number in range(FORMER - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        with contextlib.suppress(FileNotFoundError):
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    path.replace(path.with_name(f"{path.name}.1"))
    with open(path, "a", opener=_for_our_group):
        pass


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
