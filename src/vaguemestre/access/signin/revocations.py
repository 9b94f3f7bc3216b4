"""What every process is told of revocations: a file that each has mapped in memory.

Native 8-byte numbers: the count of changes, the count of endings, then a ring with the marks of the last
endings. Reading a count costs a memory access, so it is read at every request: what a worker remembers of a
session serves only as long as it has not moved. The ring is read and written under a lock; the count of
changes moves last.
"""

import fcntl
import hashlib
import mmap
import os
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

RING_MARKS = 4096  # endings told one by one; a reader further behind looks at every session

_NUMBER = struct.Struct("=Q")
_CHANGES, _ENDINGS, _RING = 0, _NUMBER.size, 2 * _NUMBER.size
_FILE_BYTES = _RING + RING_MARKS * _NUMBER.size


def mark_of(name: str) -> int:
    """The mark of a session, or of what a session holds, in the ring."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=_NUMBER.size).digest())


class FileRevocations:
    """Implements `ports.Revocations`. Opened when first used; safe between threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._file: int | None = None
        self._map: mmap.mmap | None = None

    def count(self) -> int:
        return _number(self._mapped(), _CHANGES)

    def end_count(self) -> int:
        return _number(self._mapped(), _ENDINGS)

    def bump(self, ended: Collection[str] | None = None) -> None:
        with self._locked() as mapped:
            endings = _number(mapped, _ENDINGS)
            if ended is None or len(ended) > RING_MARKS:
                endings += RING_MARKS + 1  # past the ring, for every reader
            else:
                for place, name in enumerate(ended, endings):
                    _NUMBER.pack_into(mapped, _slot(place), mark_of(name))
                endings += len(ended)
            _NUMBER.pack_into(mapped, _ENDINGS, endings)
            _move(mapped)

    def refresh(self) -> None:
        with self._locked() as mapped:
            _move(mapped)

    def ended_since(self, seen: int) -> frozenset[int] | None:
        with self._locked() as mapped:
            endings = _number(mapped, _ENDINGS)
            if not 0 <= endings - seen <= RING_MARKS:
                return None
            return frozenset(_number(mapped, _slot(place)) for place in range(seen, endings))

    @contextmanager
    def _locked(self) -> Iterator[mmap.mmap]:
        mapped = self._mapped()
        with self._lock:
            fcntl.lockf(self._file or 0, fcntl.LOCK_EX)
            try:
                yield mapped
            finally:
                fcntl.lockf(self._file or 0, fcntl.LOCK_UN)

    def _mapped(self) -> mmap.mmap:
        if self._map is None:
            with self._lock:
                if self._map is None:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o660)
                    if os.fstat(self._file).st_size < _FILE_BYTES:
                        os.ftruncate(self._file, _FILE_BYTES)
                    self._map = mmap.mmap(self._file, _FILE_BYTES)
        return self._map


def _slot(place: int) -> int:
    return _RING + place % RING_MARKS * _NUMBER.size


def _number(mapped: mmap.mmap, offset: int) -> int:
    number: int = _NUMBER.unpack_from(mapped, offset)[0]
    return number


def _move(mapped: mmap.mmap) -> None:
    _NUMBER.pack_into(mapped, _CHANGES, _number(mapped, _CHANGES) + 1)
