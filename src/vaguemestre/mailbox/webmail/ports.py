"""What the reader asks besides the mail store: pictures, decoders, previews, other rooms' mailboxes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.webmail.values import Conversion, OtherBox, Picture, Task


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
