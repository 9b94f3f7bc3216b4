"""Log files that stay small, and following those that engines write themselves."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from vaguemestre.foundation.kernel.times import PARIS

LARGEST = 10_000_000  # bytes; then the file becomes FILE.1
_LOOK_EVERY = 0.2


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


async def follow(path: Path, largest: int = LARGEST) -> AsyncIterator[str]:
    """The lines written to a file from now on. The file is cut when it grows past `largest`.

    Its writers keep it open for appending, so it is copied and emptied rather than renamed.
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
                _cut(path)
                at = 0
        await asyncio.sleep(_LOOK_EVERY)


def _cut(path: Path) -> None:
    """Rotate a log by copying then truncating it; late lines go to the copy, where readers find them."""
    copy = path.with_name(f"{path.name}.1")
    with path.open("rb+") as file, copy.open("wb") as older:
        shutil.copyfileobj(file, older)
        older.flush()
        while more := file.read():
            older.write(more)
            older.flush()
        file.truncate(0)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
