"""Operations of a mail store (IMAP, RFC 9051). Every method may raise the engine errors."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.mailstore.values import (
    Folder,
    MailLogin,
    MessageRef,
    OpenedMessage,
    Page,
    Quota,
    Row,
    View,
)


class MessageGone(Refusal):
    """The message was expunged or moved, or its folder was rebuilt (UIDVALIDITY changed)."""


class FolderGone(Refusal):
    """The folder does not exist, or no longer does."""


class FolderRefused(Refusal):
    """A folder cannot be created or renamed: the name is taken or invalid."""


class MailboxSilent(EngineDown):
    """The store did not answer about that mailbox in time; it may well answer about others."""


class Lists(Protocol):
    """Folders, and lists of their messages."""

    def folders(self) -> tuple[Folder, ...]:
        """All folders with their counts (LIST-STATUS, RFC 5819); at most one folder of each special use.

        Special-use folders first (order of `Use`), then the person's own by name, parents before children.
        """
        ...

    def page(self, folder: str, offset: int, size: int) -> Page:
        """`size` rows from `offset` (0 = newest received). Raises FolderGone.

        Returns the same object while nothing changes: `page.validator` may key what a caller derives from it.
        In the folder whose use is ALL, rows carry refs of the real folders.
        """
        ...

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        """Like `page`, over messages that have every term, every word of a phrase, in headers or text.

        Raises FolderGone; EngineDown also while the full-text index is being built.
        """
        ...

    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        """Like `page`, sorted and filtered as `view` says; its `total` counts rows.

        COLLEAGUES, TO_ME and phrases in a subject are searched in the 5,000 newest candidates. Other phrases
        are checked in the text of candidates (not in attachments), for two seconds at most.
        Raises FolderGone, EngineDown as `search`.
        """
        ...

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        """Every message of `look`, under its real folder. Raises as `look`."""
        ...

    def place(self, folder: str, view: View, day: date) -> int:
        """Offset, in a view by date, of the first message received before the end of that day (Paris)."""
        ...

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        """The message and its thread in all folders except trash and junk, oldest first.

        By Message-ID, In-Reply-To and References (RFC 5256 §3). Other messages that are being indexed at this
        very instant may be missing. Raises MessageGone.
        """
        ...

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        """Messages of that Message-ID. Raises FolderGone."""
        ...


class Reads(Protocol):
    """Reads of one message, which leave it unread. Raise MessageGone."""

    def open(self, ref: MessageRef) -> OpenedMessage: ...

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        """The first `limit` octets of a part, with the transfer encoding decoded but not the charset.

        Cheapest just after `open` of the same message in the same `with`. Empty for an unknown number.
        """
        ...

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        """Number → octets of several parts, as `part` gives each, in one command."""
        ...

    def raw(self, ref: MessageRef) -> bytes:
        """The whole message, as received."""
        ...


class Marks(Protocol):
    """Changes of messages. Messages that no longer exist are ignored, unless stated otherwise."""

    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None: ...

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        """Move messages to an existing folder (MOVE, RFC 6851). Returns their new refs (COPYUID), for undo.

        Raises FolderGone, QuotaReached.
        """
        ...

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        """Delete permanently (UID EXPUNGE, RFC 4315)."""
        ...

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        """Add a message. Returns its ref (APPENDUID). Raises FolderGone, QuotaReached."""
        ...


class Folders(Protocol):
    """Changes of folders. Raise FolderGone, FolderRefused, QuotaReached."""

    def create_folder(self, name: str) -> None:
        """Create a folder and subscribe to it."""
        ...

    def rename_folder(self, name: str, to: str) -> None:
        """Rename a folder with its contents and subfolders; subscriptions follow."""
        ...

    def delete_folder(self, name: str) -> None:
        """Delete a folder and its messages permanently; subfolders stay."""
        ...

    def subscribe(self, name: str, *, wanted: bool) -> None:
        """Set whether other mail clients show the folder (RFC 9051 §6.3.7)."""
        ...

    def quota(self) -> Quota | None:
        """Storage quota (RFC 9208); None without one."""
        ...


class QuotaReached(Refusal):
    """The mailbox is full."""


class Mailbox(Lists, Reads, Marks, Folders, Protocol):
    """An open mailbox, for the duration of a `with`."""


class OpenMailbox(Protocol):
    def __call__(self, login: MailLogin) -> AbstractContextManager[Mailbox]: ...


open_mailbox: Slot[OpenMailbox] = Slot("mailstore.open_mailbox")
