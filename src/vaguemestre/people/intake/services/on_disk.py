"""A feed read from disk, piece by piece."""

import os
import weakref
from pathlib import Path

from vaguemestre.foundation.kernel.errors import Refusal


class OnDisk:
    """The content of a file on disk. Reading fails once the file was modified."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)  # not at the end of a `with`: lazy plans read it later
        self._opened_as = self._size_and_mtime()

    @property
    def size(self) -> int:
        return self._opened_as[0]

    def read(self, start: int, length: int) -> bytes:
        """Raises Refusal `intake.file-changed`."""
        if self._size_and_mtime() != self._opened_as:
            raise Refusal("intake.file-changed")
        return os.pread(self._file, length, start)

    def _size_and_mtime(self) -> tuple[int, int]:
        status = os.fstat(self._file)
        return status.st_size, status.st_mtime_ns
