"""A feed too large to be held."""

import os
import weakref
from pathlib import Path

from vaguemestre.foundation.kernel.errors import Refusal


class OnDisk:
    """A file that stays where it is. Refuses to be read further once it was changed."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)  # a plan goes on reading after whoever made it
        self._mark = self._looks()

    @property
    def size(self) -> int:
        return self._mark[0]

    def read(self, start: int, length: int) -> bytes:
        """Raises Refusal `intake.file-changed`."""
        if self._looks() != self._mark:
            raise Refusal("intake.file-changed")
        return os.pread(self._file, length, start)

    def _looks(self) -> tuple[int, int]:
        found = os.fstat(self._file)
        return found.st_size, found.st_mtime_ns
