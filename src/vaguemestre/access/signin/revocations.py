"""The counter of revocations: eight bytes of a file that every worker has mapped in memory.

Reading costs a memory access, so it is read at every request; what a worker remembers of a session serves
only as long as the counter has not moved. Written under a lock: two processes that write move it twice.
"""

import fcntl
import mmap
import os
import struct
from pathlib import Path
from threading import Lock

_NUMBER = struct.Struct("=Q")


class FileRevocations:
    """Opened when first used; safe between threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opening = Lock()
        self._file: int | None = None
        self._map: mmap.mmap | None = None

    def count(self) -> int:
        number: int = _NUMBER.unpack_from(self._mapped(), 0)[0]
        return number

    def bump(self) -> None:
        mapped = self._mapped()
        with self._opening:
            fcntl.lockf(self._file or 0, fcntl.LOCK_EX)
            try:
                _NUMBER.pack_into(mapped, 0, _NUMBER.unpack_from(mapped, 0)[0] + 1)
            finally:
                fcntl.lockf(self._file or 0, fcntl.LOCK_UN)

    def _mapped(self) -> mmap.mmap:
        if self._map is None:
            with self._opening:
                if self._map is None:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                    if os.fstat(self._file).st_size < _NUMBER.size:
                        os.ftruncate(self._file, _NUMBER.size)
                    self._map = mmap.mmap(self._file, _NUMBER.size)
        return self._map
