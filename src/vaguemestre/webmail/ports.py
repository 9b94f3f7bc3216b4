"""What the webmail asks of a mail store (IMAP, RFC 9051); every method may raise the engine errors."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Protocol

from vaguemestre.kernel.errors import Refusal
from vaguemestre.kernel.slots import Slot
from vaguemestre.webmail.values import (
    Conversion,
    Folder,
    MailLogin,
    MessageRef,
    OpenedMessage,
    OtherBox,
    Page,
    Picture,
    Quota,
    Row,
    Task,
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


open_mailbox: Slot[OpenMailbox] = Slot("webmail.open_mailbox")


class PictureRefused(Refusal):
    """A remote picture that we do not fetch: a private address, too heavy, too slow, not a picture."""


class FetchPicture(Protocol):
    """Fetches a picture that a message names, on the reader's request, telling nothing of the reader."""

    def __call__(self, address: str) -> Picture:
        """Raises PictureRefused; answers or refuses within a few seconds."""
        ...


class IssueTicket(Protocol):
    def __call__(self, mailbox: str, session_key: str, now: float) -> str:
        """A sealed word that opens the stream of changes of that mailbox. `now`: Unix time in seconds."""
        ...


fetch_picture: Slot[FetchPicture] = Slot("webmail.fetch_picture")
live_ticket: Slot[IssueTicket] = Slot("webmail.live_ticket")


class ConversionRefused(Refusal):
    """A file that a decoder could not make anything of, within its limits."""


class Convert(Protocol):
    """Runs a decoder on somebody's file apart from everything: no network, no rights, little time."""

    def __call__(self, what: Conversion, content: bytes) -> bytes:
        """Raises ConversionRefused; EngineDown when this machine cannot run that decoder."""
        ...


class TooComplex(Refusal):
    """Reading it does not end within its budget of processor time."""


class RunLimited(Protocol):
    """Runs one of `rules.tasks` in a process of its own, with a limit of processor time."""

    def __call__(
        self,
        task: Task,
        request: Mapping[str, Any],
        blobs: Sequence[bytes],
        answer: Callable[[str, str], str | None] = ...,
    ) -> Any:
        """The answer as JSON holds it. `answer` is asked what the work wants to know meanwhile.

        Raises TooComplex; EngineDown when the machine had no time for it.
        """
        ...


class Previews(Protocol):
    """Office documents as PDF, made by the worker, kept for an hour."""

    def are_made(self) -> bool:
        """Whether this instance makes them at all."""
        ...

    def make(self, key: str, content: bytes) -> None:
        """Some seconds' work; a failure is kept as well. The same key again is the same preview."""
        ...

    def found(self, key: str) -> bytes | None:
        """The PDF, or None while it is being made. Raises ConversionRefused when it could not be."""
        ...

    def forget_old(self) -> None: ...


class LeaveList(Protocol):
    """Tells a mailing list that the reader leaves it (RFC 8058 §3.2): one POST, nothing of the reader."""

    def __call__(self, address: str) -> None:
        """Raises LeavingRefused; answers or refuses within a few seconds."""
        ...


class LeavingRefused(Refusal):
    """The list's server did not take it, or its address is one we do not call."""


class Teach(Protocol):
    """Tells the content filter what a message is."""

    def __call__(self, content: bytes, *, is_junk: bool) -> None:
        """Raises EngineDown without a filter."""
        ...


class Authorities(Protocol):
    def __call__(self) -> Sequence[Any]:
        """Those this instance trusts for signed messages (`x509.Certificate` of cryptography)."""
        ...


run_limited: Slot[RunLimited] = Slot("webmail.run_limited")
convert: Slot[Convert] = Slot("webmail.convert")
previews: Slot[Previews] = Slot("webmail.previews")
leave_list: Slot[LeaveList] = Slot("webmail.leave_list")
teach: Slot[Teach] = Slot("webmail.teach")
authorities: Slot[Authorities] = Slot("webmail.authorities")


class OtherBoxes(Protocol):
    """What somebody may open besides their own mailbox."""

    def __call__(self, account_id: int) -> Sequence[OtherBox]: ...


other_boxes: Slot[OtherBoxes] = Slot("webmail.other_boxes")


class UnreadElsewhere(Protocol):
    """What waits in the mailboxes of several people that somebody may open."""

    def __call__(self, account_id: int, session_key: str) -> Mapping[int, int]:
        """Unread of each inbox by number of mailbox; one that does not answer is left out.

        A mailbox lent by its person is not looked into.
        """
        ...


unread_elsewhere: Slot[UnreadElsewhere] = Slot("webmail.unread_elsewhere")
