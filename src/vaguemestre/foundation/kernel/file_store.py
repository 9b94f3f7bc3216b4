"""Port of the rooms that store files: in a folder of this machine, or in S3."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

MAX_PIECE_BYTES = 16 * 1024 * 1024  # bytes that one call may append


class FileStore(Protocol):
    """Files by name (letters, digits, `-`, `_`, `.`). A file has one writer at a time, from one caller or
    by the store itself (`keeps_writers_apart`).

    Every method may raise EngineDown.
    """

    @property
    def is_served_by_front(self) -> bool:
        """Whether the HTTP front (nginx) can send these files itself; else the web process does."""
        ...

    @property
    def keeps_writers_apart(self) -> bool:
        """Whether several writers of a file may append at once: of two pieces for one place, one is kept."""
        ...

    def append(self, name: str, offset: int, content: bytes) -> int:
        """Append a piece if `offset` is the end of the file, else nothing. Returns the size of the file.

        A piece has at most `MAX_PIECE_BYTES` bytes, and is on disk when this returns.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """Open the content for reading; it is seekable and read lazily. Raises FileNotFoundError."""
        ...

    def remove(self, name: str) -> None:
        """Delete the file, if it exists."""
        ...

    def free(self) -> int:
        """Free space in bytes; `sys.maxsize` if unknown."""
        ...


class WorkStore(FileStore, Protocol):
    """A file store for work in progress: files are truncated, and resumed by another machine."""

    def cut(self, name: str, size: int) -> None:
        """Truncate to `size` bytes. Raises FileNotFoundError if the file is shorter."""
        ...

    def local(self, name: str) -> AbstractContextManager[Path]:
        """The content as a local file, to read inside the `with` block. Raises FileNotFoundError."""
        ...

    def names(self) -> set[str]:
        """Names of all files."""
        ...
