"""Files written in several runs: on this machine, or in a store shared by all machines."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from vaguemestre.foundation.kernel.file_store import WorkStore

_PIECE_BYTES = 4 * 1024 * 1024


class Writer(Protocol):
    def write(self, content: bytes, /) -> int: ...

    def tell(self) -> int: ...


class GrowingFile(Protocol):
    def at(self, length: int) -> AbstractContextManager[Writer]:
        """Truncate to `length` bytes and append. It is on disk at the end of the `with`.

        Raises FileNotFoundError if the file is shorter, OSError, EngineDown.
        """
        ...

    def open(self) -> BinaryIO:
        """Open the file for reading. Raises FileNotFoundError, EngineDown."""
        ...


@dataclass(frozen=True)
class LocalFile:
    """A GrowingFile at that path, in an existing folder."""

    path: Path

    @contextmanager
    def at(self, length: int) -> Iterator[Writer]:
        self.path.touch(0o660)
        with self.path.open("r+b") as file:
            if file.seek(0, os.SEEK_END) < length:
                raise FileNotFoundError(self.path)
            file.truncate(length)
            file.seek(length)
            yield file
            file.flush()
            os.fsync(file.fileno())

    def open(self) -> BinaryIO:
        return self.path.open("rb")


@dataclass(frozen=True)
class StoredFile:
    """A GrowingFile of that name in a store."""

    store: WorkStore
    name: str

    @contextmanager
    def at(self, length: int) -> Iterator[Writer]:
        self.store.cut(self.name, length)
        pieces = _Pieces(self.store, self.name, length)
        if length == 0:
            self.store.append(self.name, 0, b"")
        yield pieces
        pieces.send()

    def open(self) -> BinaryIO:
        return self.store.open(self.name)


@dataclass
class _Pieces:
    """Writer that sends pieces of a few megabytes to the store. `kept`: bytes sent."""

    store: WorkStore
    name: str
    kept: int
    waiting: bytearray = field(default_factory=bytearray)

    def write(self, content: bytes, /) -> int:
        self.waiting += content
        while len(self.waiting) >= _PIECE_BYTES:
            self._send(_PIECE_BYTES)
        return len(content)

    def tell(self) -> int:
        return self.kept + len(self.waiting)

    def flush(self) -> None:
        """Do nothing, as zipfile calls it often: pieces are sent when they are full."""

    def send(self) -> None:
        self._send(len(self.waiting))

    def _send(self, size: int) -> None:
        if size:
            self.kept = self.store.append(self.name, self.kept, bytes(self.waiting[:size]))
            del self.waiting[:size]
