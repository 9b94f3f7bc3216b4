"""What shared files need from engines."""

from typing import BinaryIO, Protocol

from vaguemestre.foundation.kernel.slots import Slot


class FileStore(Protocol):
    """Contents of files, by name. Every method may raise EngineDown."""

    def append(self, name: str, offset: int, content: bytes) -> int:
        """Append a chunk that starts at `offset`, unless it leaves a gap. Returns the size of the file."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Raises FileNotFoundError."""
        ...

    def remove(self, name: str) -> None:
        """Idempotent."""
        ...

    def names(self) -> set[str]: ...

    def free(self) -> int:
        """Free space of the disk, in octets."""
        ...


class Scan(Protocol):
    @property
    def is_wanted(self) -> bool:
        """Whether a scanner is configured."""
        ...

    def __call__(self, content: BinaryIO) -> str:
        """Name of the virus, empty if there is none. Raises EngineDown when the scanner does not answer."""
        ...


file_store: Slot[FileStore] = Slot("filelinks.file_store")
scan: Slot[Scan] = Slot("filelinks.scan")
