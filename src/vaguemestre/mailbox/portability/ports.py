"""Ports of imports and exports: the mailbox, sources of messages, what other rooms add to an export."""

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
    """A source cannot be read at all: no mail archive, a wrong password, a server that is not allowed."""


class MailboxFull(Refusal):
    """The mailbox is full; the messages added before stay."""


class Store(Protocol):
    """A mailbox that is open inside a `with` block. Every method may raise EngineDown and EngineRefused."""

    def places(self) -> Places: ...

    def make(self, folder: str) -> None:
        """Create a folder and subscribe to it, unless it exists."""
        ...

    def marks(self, folder: str) -> set[Mark]:
        """The marks of all messages of the folder (`rules.identity.mark_of`)."""
        ...

    def add(self, folder: str, content: bytes, flags: frozenset[str], date: datetime) -> None:
        """Add a message. Raises MailboxFull, or EngineRefused if the store does not accept this message."""
        ...

    def messages(self, folder: str, after: int, validity: int = 0) -> Iterator[ExportedMessage]:
        """The messages whose UID is above `after`, in the order of UIDs.

        All messages if the folder's UIDVALIDITY is no longer `validity` (0: any).
        """
        ...


class OpenStore(Protocol):
    def __call__(self, mailbox: str) -> AbstractContextManager[Store]: ...


class Source(Protocol):
    """A source of messages. `total`: the value of `Piece.reached` at the end."""

    @property
    def total(self) -> int: ...

    def pieces(self, after: str) -> Iterator[Piece]:
        """The messages after the one whose cursor is `after` (empty: all). Raises EngineDown."""
        ...

    def parts(self) -> Mapping[str, bytes]:
        """The other parts of an archive (contacts, filters…), by name; only transfer archives have some."""
        ...


class OpenArchive(Protocol):
    def __call__(self, path: Path, name: str) -> AbstractContextManager[Source]:
        """Open an archive; `name`: its original file name. Raises SourceRefused."""
        ...


class OpenElsewhere(Protocol):
    def __call__(self, server: Server) -> AbstractContextManager[Source]:
        """Connect to another server. Raises SourceRefused, EngineDown."""
        ...


class OtherParts(Protocol):
    def __call__(self, account_id: int) -> Iterable[tuple[str, bytes]]:
        """Files to add to an export: (name in the zip, content)."""
        ...


class TakeParts(Protocol):
    def __call__(
        self, account_id: int, parts: Mapping[str, bytes], folders: Iterable[str], *, now: datetime
    ) -> None:
        """Add the other parts of an archive to the account; what is there already stays. Raises Refusal."""
        ...


class Partners(Protocol):
    """The identity of this installation, and the cards of those it trusts, by domain."""

    def own(self) -> Identity: ...

    def known(self) -> Mapping[str, Card]: ...


files: Slot[WorkStore] = Slot("portability.files")
open_store: Slot[OpenStore] = Slot("portability.open_store")
open_archive: Slot[OpenArchive] = Slot("portability.open_archive")
open_elsewhere: Slot[OpenElsewhere] = Slot("portability.open_elsewhere")
other_parts: Slot[OtherParts] = Slot("portability.other_parts")
take_parts: Slot[TakeParts] = Slot("portability.take_parts")
partners: Slot[Partners] = Slot("portability.partners")
