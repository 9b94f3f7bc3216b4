"""What every process is told of revocations: a file that each has mapped in memory.

Native 8-byte numbers: the count of changes, the count of endings, then a ring with the marks of the last
endings. Reading a count costs a memory access, so it is read at every request: what a worker remembers of a
session serves only as long as it has not moved. The ring is read and written under a lock; the count of
changes moves last.

On several machines each has its file, which follows the database (`shared_revocations`): behind the ring
stand the database's two counts that it has followed, and when somebody last asked for them.
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
from typing import NamedTuple

RING_MARKS = 4096  # endings told one by one; a reader further behind looks at every session

_NUMBER = struct.Struct("=Q")
_CHANGES, _ENDINGS, _RING = 0, _NUMBER.size, 2 * _NUMBER.size
_FOLLOWED = _RING + RING_MARKS * _NUMBER.size
_HEARD = _FOLLOWED + 2 * _NUMBER.size
_FILE_BYTES = _HEARD + _NUMBER.size


class Told(NamedTuple):
    """The two counts of the database, which every machine follows."""

    changes: int
    endings: int


def mark_of(name: str) -> int:
    """The mark of a session, or of what a session holds, in the ring."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=_NUMBER.size).digest())


def signed_mark(mark: int) -> int:
    """The mark as a column holds it; `mark_of_signed` gives it back."""
    return mark - (1 << 64) if mark >> 63 else mark


def mark_of_signed(number: int) -> int:
    return number % (1 << 64)


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
        marks = None if ended is None or len(ended) > RING_MARKS else [mark_of(name) for name in ended]
        with self._locked() as mapped:
            _write_endings(mapped, marks)
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

    def followed(self) -> Told:
        """The database's counts that this file follows."""
        mapped = self._mapped()
        return Told(_number(mapped, _FOLLOWED), _number(mapped, _FOLLOWED + _NUMBER.size))

    def follow(self, former: Told, told: Told, marks: Collection[int] | None) -> None:
        """Take up what was told since `former` (None: too much to tell), unless another process did."""
        with self._locked() as mapped:
            if self.followed() == former:
                _write_endings(mapped, marks)
                _NUMBER.pack_into(mapped, _FOLLOWED, told.changes)
                _NUMBER.pack_into(mapped, _FOLLOWED + _NUMBER.size, told.endings)
                _move(mapped)

    def heard_at(self) -> int:
        """When the database was last heard, in nanoseconds of the machine's monotonic clock."""
        return _number(self._mapped(), _HEARD)

    def hear(self, at: int) -> None:
        """Note that what this file follows was asked of the database at that moment."""
        _NUMBER.pack_into(self._mapped(), _HEARD, at)

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


def _write_endings(mapped: mmap.mmap, marks: Collection[int] | None) -> None:
    endings = _number(mapped, _ENDINGS)
    if marks is None:
        endings += RING_MARKS + 1  # past the ring, for every reader
    else:
        for place, mark in enumerate(marks, endings):
            _NUMBER.pack_into(mapped, _slot(place), mark)
        endings += len(marks)
    _NUMBER.pack_into(mapped, _ENDINGS, endings)


def _move(mapped: mmap.mmap) -> None:
    _NUMBER.pack_into(mapped, _CHANGES, _number(mapped, _CHANGES) + 1)
