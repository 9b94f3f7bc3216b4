"""What moving asks of the outside: the mailbox, what is brought in, and what other rooms add to an export."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.file_store import WorkStore
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.portability.rules.sealed import Card, Identity
from vaguemestre.mailbox.portability.values import ExportedMessage, Mark, Piece, Places, Server


class SourceRefused(Refusal):
    """What is brought in cannot be read at all: no mail archive, a wrong password, a server not allowed."""


class MailboxFull(Refusal):
    """No room for one more message; what was added stays."""


class Store(Protocol):
    """One mailbox, for the time of a `with`. Every method may raise the engine errors."""

    def places(self) -> Places: ...

    def make(self, folder: str) -> None:
        """Create and subscribe to a folder; one that exists is left alone."""
        ...

    def marks(self, folder: str) -> set[Mark]:
        """Those of all messages of the folder (`rules.identity.mark_of` of each)."""
        ...

    def add(self, folder: str, content: bytes, flags: frozenset[str], date: datetime) -> None:
        """Raises MailboxFull, EngineRefused when the store does not take this message."""
        ...

    def messages(self, folder: str, after: int, validity: int = 0) -> Iterator[ExportedMessage]:
        """The messages whose UID is above `after`, in the order of UIDs.

        All of them when `after` is a UID of another `validity` than the folder has now (0: of any).
        """
        ...


class OpenStore(Protocol):
    def __call__(self, mailbox: str) -> AbstractContextManager[Store]: ...


class Source(Protocol):
    """Something that holds messages. `total`: what `Piece.reached` tends to."""

    @property
    def total(self) -> int: ...

    def pieces(self, after: str) -> Iterator[Piece]:
        """The messages that follow the one whose cursor is `after` (empty: all). Raises EngineDown."""
        ...

    def parts(self) -> Mapping[str, bytes]:
        """What came beside the mail, by name: only another installation sends some."""
        ...


class OpenArchive(Protocol):
    def __call__(self, path: Path, name: str) -> AbstractContextManager[Source]:
        """`name`: what the file was called where it comes from. Raises SourceRefused."""
        ...


class OpenElsewhere(Protocol):
    def __call__(self, server: Server) -> AbstractContextManager[Source]:
        """Raises SourceRefused, EngineDown."""
        ...


class OtherParts(Protocol):
    def __call__(self, account_id: int) -> Iterable[tuple[str, bytes]]:
        """Files to put beside the mail: name in the zip, content."""
        ...


class TakeParts(Protocol):
    def __call__(
        self, account_id: int, parts: Mapping[str, bytes], folders: Iterable[str], *, now: datetime
    ) -> None:
        """Add to the account what came beside the mail; what is there already stays. Raises Refusal."""
        ...


class Partners(Protocol):
    """This installation, and those people may be moved to."""

    def own(self) -> Identity: ...

    def known(self) -> Mapping[str, Card]: ...


files: Slot[WorkStore] = Slot("portability.files")
open_store: Slot[OpenStore] = Slot("portability.open_store")
open_archive: Slot[OpenArchive] = Slot("portability.open_archive")
open_elsewhere: Slot[OpenElsewhere] = Slot("portability.open_elsewhere")
other_parts: Slot[OtherParts] = Slot("portability.other_parts")
take_parts: Slot[TakeParts] = Slot("portability.take_parts")
partners: Slot[Partners] = Slot("portability.partners")
