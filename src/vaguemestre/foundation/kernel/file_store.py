"""What rooms that keep files ask of whatever keeps them: a folder of this machine, or S3."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

LARGEST_PIECE = 16 * 1024 * 1024  # octets appended at once, at most


class FileStore(Protocol):
    """Contents of files, by name (letters, digits, `-`, `_`, `.`). One writer of a name at a time.

    Every method may raise EngineDown.
    """

    @property
    def is_served_by_front(self) -> bool:
        """Whether the front of the pages sends these files itself; else the process that answers does."""
        ...

    def append(self, name: str, offset: int, content: bytes) -> int:
        """Append a piece that starts at `offset`, unless it leaves a gap. Returns the size of the file.

        At most `LARGEST_PIECE`. It is on disk when this returns.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """The content, read as it is asked for; it may be sought. Raises FileNotFoundError."""
        ...

    def remove(self, name: str) -> None:
        """Idempotent."""
        ...

    def free(self) -> int:
        """Free space, in octets; `sys.maxsize` where it is not known."""
        ...


class WorkStore(FileStore, Protocol):
    """A place of files that are also worked on: begun, cut back, resumed by another machine."""

    def cut(self, name: str, size: int) -> None:
        """Drop what stands beyond `size`. Raises FileNotFoundError when it has less."""
        ...

    def local(self, name: str) -> AbstractContextManager[Path]:
        """The content as a file of this machine, to be read, for the time of a `with`.

        Raises FileNotFoundError.
        """
        ...

    def names(self) -> set[str]:
        """Those of all files there are."""
        ...
