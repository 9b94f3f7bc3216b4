"""What lists ask of the outside."""

from dataclasses import dataclass
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.mailstore.values import MessageRef


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """A file of a letter; `number`: its part's (RFC 9051 §6.4.5); `size` in octets."""

    number: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class FrameDocument:
    """A letter's text for a frame: no script, nothing remote; `policy`: its Content-Security-Policy."""

    content: bytes
    policy: str


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file to keep; `kind`: the media type it is served as, never one that a browser runs."""

    name: str
    kind: str
    content: bytes


class LetterReader(Protocol):
    """Letters of a list's mailbox read as the webmail reads them. Each raises MessageGone, EngineDown."""

    def files(self, mailbox: str, ref: MessageRef) -> tuple[EnclosedFile, ...]: ...

    def document(self, mailbox: str, ref: MessageRef, *, theme: str) -> FrameDocument: ...

    def file(self, mailbox: str, ref: MessageRef, number: str) -> SavedFile: ...


letter_reader: Slot[LetterReader] = Slot("lists.letter_reader")


class WasSentAs(Protocol):
    def __call__(self, sender: str) -> bool:
        """Whether a message of that envelope sender is, or was, whole on the queue's disk.

        Asked only about a batch whose hand-over was cut short. Raises EngineDown when it cannot tell yet.
        """
        ...


was_sent_as: Slot[WasSentAs] = Slot("lists.was_sent_as")
