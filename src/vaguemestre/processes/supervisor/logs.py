"""Log files with a maximum size, and the lines of the logs that engines write themselves."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from vaguemestre.foundation.kernel.times import PARIS

MAX_LOG_BYTES = 10_000_000  # bytes; then the file becomes FILE.1
FORMER = 5  # files kept of an engine's log, for a collector that was stopped
QUIET_SECONDS = 150.0  # of a log whose engine is greeted, and so writes, each minute
RELOAD = signal.SIGHUP  # of Postfix and of Dovecot: their connections stay
_WRITER_DIED = re.compile(rb"^\S+ master: Error: service\(log\): ", re.MULTILINE)  # of Dovecot
_MAX_READ = 10_000_000  # bytes at a look
_LEAST_ROOM = 1_000_000  # bytes
_LOOK_EVERY = 0.2  # seconds


class LogFile:
    """Lines with their date, appended. A full disk loses lines, never the service."""

    def __init__(self, path: Path, largest: int = MAX_LOG_BYTES) -> None:
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


class SilentLog:
    """Notices that an engine which answers writes nothing into its log any more.

    Postfix's postlogd writes nothing more after one failed write, of a full disk. Dovecot's processes write
    into nothing once its process `log` has died: its master says that itself, and those it starts later are
    heard. All write again once the engine is reloaded.
    """

    def __init__(self, path: Path, since: float) -> None:
        """`since`: when the engine started (Unix time)."""
        self._path, self._since = path, since
        self._file, self._at = _place(path)
        self._has_lost_writer = False

    def wants_reload(self, now: float) -> bool:
        """Whether to reload the engine, which has just been greeted; once for each death, or silence.

        Raises OSError.
        """
        self._has_lost_writer |= bool(_WRITER_DIED.search(self._gained()))
        written_at = 0.0
        with contextlib.suppress(FileNotFoundError):
            written_at = self._path.stat().st_mtime
        is_silent = now - max(written_at, self._since) > QUIET_SECONDS
        has_room = shutil.disk_usage(self._path.parent).free >= _LEAST_ROOM
        if not has_room or not (is_silent or self._has_lost_writer):
            return False
        self._since, self._has_lost_writer = now, False
        return True

    def _gained(self) -> bytes:
        """What was written since the last look; of very much, the end."""
        file, size = _place(self._path)
        is_same = file == self._file and self._at <= size
        start = max(self._at if is_same else 0, size - _MAX_READ)
        self._file, self._at = file, size
        if start == size:
            return b""
        with self._path.open("rb") as log:
            log.seek(start)
            return log.read(size - start)


async def follow(path: Path, reopen: Callable[[], None], largest: int = MAX_LOG_BYTES) -> AsyncIterator[str]:
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


def _place(path: Path) -> tuple[int, int]:
    """Which file it is, and its end; noughts without one."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_ino, status.st_size


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
