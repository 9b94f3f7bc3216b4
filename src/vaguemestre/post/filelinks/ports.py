"""What shared files need from engines."""

from typing import BinaryIO, Protocol

from vaguemestre.foundation.kernel.file_store import FileStore
from vaguemestre.foundation.kernel.slots import Slot


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
