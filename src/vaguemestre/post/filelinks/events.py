"""Events of shared files."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FileUploaded:
    """The upload of a file is complete: it can be scanned."""

    file_id: int
    long_work: ClassVar[bool] = True
