"""What deposits ask of the outside."""

from typing import BinaryIO, Protocol

from vaguemestre.foundation.kernel.slots import Slot


class Shelf(Protocol):
    """Where the octets lie, each file under a name of ours. Every method may raise EngineDown."""

    def append(self, name: str, offset: int, content: bytes) -> int:
        """Add what begins at `offset`; how much is there now. Anything that does not follow is left out."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Raises FileNotFoundError."""
        ...

    def remove(self, name: str) -> None:
        """Twice is once."""
        ...

    def names(self) -> set[str]: ...

    def free(self) -> int:
        """Octets the disk still has."""
        ...


class Scan(Protocol):
    @property
    def is_wanted(self) -> bool: ...

    def __call__(self, content: BinaryIO) -> str:
        """Name of what was found, or nothing. Raises EngineDown when the check does not answer."""
        ...


shelf: Slot[Shelf] = Slot("filelinks.shelf")
scan: Slot[Scan] = Slot("filelinks.scan")
