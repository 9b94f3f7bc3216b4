"""What lists need from engines and sibling rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.values import Acceptance


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """An attachment of a letter; `number`: of its MIME part (RFC 9051 §6.4.5); `size` in octets."""

    number: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class FrameDocument:
    """A letter's text for an iframe, without scripts or remote content; `policy`: its CSP."""

    content: bytes
    policy: str


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file to download; `kind`: the media type it is served as, never an active one."""

    name: str
    kind: str
    content: bytes


class LetterReader(Protocol):
    """Reads letters of a list's mailbox as the webmail does. Each method raises MessageGone, EngineDown."""

    def files(self, mailbox: str, ref: MessageRef) -> tuple[EnclosedFile, ...]: ...

    def document(self, mailbox: str, ref: MessageRef, *, theme: str) -> FrameDocument: ...

    def file(self, mailbox: str, ref: MessageRef, number: str) -> SavedFile: ...


letter_reader: Slot[LetterReader] = Slot("lists.letter_reader")


class IsSealed(Protocol):
    def __call__(self, content: bytes, author: str) -> bool:
        """Whether the message bears the seal of our submission service for that author (an address)."""
        ...


is_sealed: Slot[IsSealed] = Slot("lists.is_sealed")


class WasSentAs(Protocol):
    def __call__(self, sender: str, attempted_at: datetime) -> Acceptance:
        """Whether a message with that envelope sender is, or was, complete on the queue's disk.

        Called only after an interrupted submission, which began at `attempted_at`. Raises EngineDown.
        """
        ...


was_sent_as: Slot[WasSentAs] = Slot("lists.was_sent_as")
