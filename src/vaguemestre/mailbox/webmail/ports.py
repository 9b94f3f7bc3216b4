"""Ports of the webmail besides the mail store: remote pictures, sandbox, previews, shared mailboxes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.webmail.values import Conversion, OpenableBox, Picture, SharedMailbox, Task
from vaguemestre.post.mailstore.values import MessageRef


class PictureRefused(Refusal):
    """A remote picture is not served: private address, too large, too slow, or not a picture."""


class FetchPicture(Protocol):
    """Fetch a remote picture for a reader, without revealing who reads."""

    def __call__(self, address: str) -> Picture:
        """Return or raise PictureRefused within a few seconds."""
        ...


class IssueTicket(Protocol):
    def __call__(self, mailbox: str, session_key: str, now: float) -> str:
        """Signed ticket for the event stream of that mailbox. `now`: Unix time in seconds."""
        ...


fetch_picture: Slot[FetchPicture] = Slot("webmail.fetch_picture")
live_ticket: Slot[IssueTicket] = Slot("webmail.live_ticket")


class ConversionRefused(Refusal):
    """The decoder could not convert the file within its limits."""


class ReaderBusy(EngineDown):
    """Every place at the sandboxed reader is taken; asking again in a moment helps."""


class Convert(Protocol):
    """Convert an untrusted file in the sandbox: no network, no privileges, little time."""

    def __call__(self, what: Conversion, content: bytes) -> bytes:
        """Raises ConversionRefused; ReaderBusy; EngineDown when this machine cannot run that decoder."""
        ...


class TooComplex(Refusal):
    """Parsing exceeded its budget of processor time."""


class RunLimited(Protocol):
    """Run one of `rules.tasks` in a separate process, with a limit of processor time."""

    def __call__(
        self,
        task: Task,
        request: Mapping[str, Any],
        blobs: Sequence[bytes],
        answer: Callable[[str, str], str | None] = ...,
    ) -> Any:
        """Result of the task, as JSON values. `answer`: callback for questions the task asks meanwhile.

        Raises TooComplex; ReaderBusy when no process was free; EngineDown when it did not answer in time.
        """
        ...


class Previews(Protocol):
    """PDF previews of office documents, made by the worker and kept for an hour."""

    def are_made(self) -> bool:
        """Whether previews are enabled on this instance."""
        ...

    def make(self, key: str, content: bytes) -> None:
        """Convert and store; takes seconds. A failure is stored too. Idempotent for a key."""
        ...

    def find(self, key: str) -> bytes | None:
        """The PDF, or None until it is ready. Raises ConversionRefused when the conversion failed."""
        ...

    def forget_old(self) -> None:
        """Delete those made more than an hour ago, at the end of the next one at the latest."""
        ...


class Unsubscribe(Protocol):
    """Unsubscribe from a mailing list in one POST that says nothing of the reader (RFC 8058 §3.2)."""

    def __call__(self, address: str) -> None:
        """Raises LeavingRefused; answers or refuses within a few seconds."""
        ...


class UnsubscribeRefused(Refusal):
    """The list's server did not take it, or its address is one we do not call."""


class Authorities(Protocol):
    def __call__(self) -> Sequence[Any]:
        """Certification authorities trusted for S/MIME, as `x509.Certificate` of cryptography."""
        ...


run_limited: Slot[RunLimited] = Slot("webmail.run_limited")
convert: Slot[Convert] = Slot("webmail.convert")
previews: Slot[Previews] = Slot("webmail.previews")
unsubscribe: Slot[Unsubscribe] = Slot("webmail.unsubscribe")
authorities: Slot[Authorities] = Slot("webmail.authorities")


class SharedMailboxes(Protocol):
    """Mailboxes an account may open besides its own."""

    def __call__(self, account_id: int) -> Sequence[SharedMailbox]: ...


shared_mailboxes: Slot[SharedMailboxes] = Slot("webmail.shared_mailboxes")


class OpenableBoxes(Protocol):
    """Shared mailboxes that one list may gather, with the sessions of the person in them."""

    def __call__(self, account_id: int, session_key: str) -> Sequence[OpenableBox]:
        """Mailboxes shown together: a dozen at most (each is a connection), no delegated personal one."""
        ...


openable_boxes: Slot[OpenableBoxes] = Slot("webmail.openable_boxes")


class SharedUnread(Protocol):
    """Unread counts of the shared mailboxes an account may open."""

    def __call__(self, account_id: int, session_key: str) -> Mapping[int, int]:
        """Unread messages of each inbox, by mailbox id; mailboxes that do not answer are left out.

        Delegated personal mailboxes are not counted.
        """
        ...


shared_unread: Slot[SharedUnread] = Slot("webmail.shared_unread")


class BoundDeleted(Protocol):
    def __call__(self, mailbox: str, limit_bytes: int) -> int:
        """Erase the oldest deleted messages beyond that many bytes. Returns how many.

        Raises EngineDown, EngineRefused.
        """
        ...


bound_deleted: Slot[BoundDeleted] = Slot("webmail.bound_deleted")


class Unschedule(Protocol):
    def __call__(self, account_id: int, refs: Collection[MessageRef], *, by: str, now: datetime) -> int:
        """Cancel what was to leave later of the drafts among these messages, which are moved or deleted.

        Returns how many.
        """
        ...


unschedule: Slot[Unschedule] = Slot("webmail.unschedule")


class FolderFilters(Protocol):
    """Filters of an account that file into a folder, or into one in it."""

    def names(self, account_id: int, folder: str) -> Collection[str]:
        """Names of those that are active."""
        ...

    def follow(self, account_id: int, former: str, new: str, *, by: str, now: datetime) -> None:
        """Let them file into the folder under its new name; switch them off in the trash, or deleted ("")."""
        ...


folder_filters: Slot[FolderFilters] = Slot("webmail.folder_filters")
