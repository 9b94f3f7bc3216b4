"""Writers and messages."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes. `title` is the line under the name, `who` one of colleague, parent, office."""

    name: str
    address: str
    who: str = "colleague"
    title: str = ""

    @property
    def first_name(self) -> str:
        return self.name.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: its folder (Unicode, `/` between levels), IMAP flags, arrival, and its bytes (CRLF)."""

    folder: str
    flags: tuple[str, ...]
    at: datetime
    content: bytes
