"""What rooms ask of a mail store (IMAP, RFC 9051); every method may raise the engine errors."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from vaguemestre.foundation.kernel.errors import Refusal
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
    """Expunged, moved, or the folder was rebuilt (UIDVALIDITY changed)."""


class FolderGone(Refusal):
    """No such folder (any more)."""


class FolderRefused(Refusal):
    """A folder that cannot be made, named or put so: the name is taken or impossible."""


class Lists(Protocol):
    """Looking along folders."""

    def folders(self) -> tuple[Folder, ...]:
        """All folders with their counts (LIST-STATUS, RFC 5819), each of one `Use` at most.

        Special ones first (Use order, ALL last of them), then the person's own by name, each before its own.
        """
        ...

    def page(self, folder: str, offset: int, size: int) -> Page:
        """`size` rows from `offset` (0 = newest received). Raises FolderGone.

        Cheap when nothing changed: the very same object comes back, so a caller may key what it made of the
        page by `page.validator`. In the folder whose use is ALL, rows carry the refs of the real folders.
        """
        ...

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        """Like `page`, over messages holding every term in headers or text; of a phrase, every word.

        Raises FolderGone; EngineDown also when the full-text index is being made.
        """
        ...

    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        """Like `page`, in the order and narrowed as `view` says; its `total` counts rows.

        COLLEAGUES, TO_ME and phrases of a subject look at the 5,000 newest that may fit; other phrases read
        the first that have the words, for two seconds at most (subject, names, text; not enclosed files).
        Raises FolderGone, EngineDown as `search`.
        """
        ...

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        """Every message that `look` shows, under its real folder. Raises as `look`."""
        ...

    def place(self, folder: str, view: View, day: date) -> int:
        """The offset, in a view by date, of the first message not beyond the end of that day (Paris)."""
        ...

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        """That message and those of its thread over all folders but trash and junk, oldest first.

        By Message-ID, In-Reply-To and References (RFC 5256 §3). Raises MessageGone.
        """
        ...

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        """Messages of that Message-ID. Raises FolderGone."""
        ...


class Reads(Protocol):
    """Looking into one message; the unread mark is untouched. Raises MessageGone."""

    def open(self, ref: MessageRef) -> OpenedMessage: ...

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        """The bytes of a part, transfer encoding undone, charset not (at most `limit` of them).

        Cheapest just after `open` of the same message in the same `with`. Empty for a number that is none.
        """
        ...

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        """The bytes of several parts by number, as `part` gives each, in one question."""
        ...

    def raw(self, ref: MessageRef) -> bytes:
        """The whole message, as it came."""
        ...


class Marks(Protocol):
    """Changing messages. Gone messages are ignored unless said otherwise."""

    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None: ...

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        """MOVE (RFC 6851); the folder `to` exists. Where the messages found are now (COPYUID), for undoing.

        Raises FolderGone, QuotaReached.
        """
        ...

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        """Delete for good (UID EXPUNGE, RFC 4315)."""
        ...

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        """Add a message; its reference comes from APPENDUID. Raises FolderGone, QuotaReached."""
        ...


class Folders(Protocol):
    """Changing folders. Raises FolderGone, FolderRefused, QuotaReached."""

    def create_folder(self, name: str) -> None:
        """Made and subscribed."""
        ...

    def rename_folder(self, name: str, to: str) -> None:
        """With all it holds; what was subscribed remains so."""
        ...

    def delete_folder(self, name: str) -> None:
        """For good, with its messages; folders inside it stay."""
        ...

    def subscribe(self, name: str, *, wanted: bool) -> None:
        """Whether other programs show it (RFC 9051 §6.3.7)."""
        ...

    def quota(self) -> Quota | None:
        """None where room is not counted (RFC 9208)."""
        ...


class QuotaReached(Refusal):
    """The mailbox is full."""


class Mailbox(Lists, Reads, Marks, Folders, Protocol):
    """One person's mailbox, for the time of a `with`."""


class OpenMailbox(Protocol):
    def __call__(self, login: MailLogin) -> AbstractContextManager[Mailbox]: ...


open_mailbox: Slot[OpenMailbox] = Slot("mailstore.open_mailbox")
