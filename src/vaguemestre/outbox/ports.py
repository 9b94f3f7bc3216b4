"""What the outbox asks of the outside."""

from datetime import datetime
from typing import Protocol

from vaguemestre.kernel.slots import Slot


class Submit(Protocol):
    def __call__(
        self, mailbox: str, sender: str, recipients: list[str], content: bytes, *, report: bool = False
    ) -> None:
        """Hand one message to the submission service as that mailbox (RFC 6409).

        `report` asks to be told of the delivery, or of its failure or delay (RFC 3461).

        Returns when it is on the queue's disk. Raises EngineDown (try again) or EngineRefused (for good).
        """
        ...


class FileSent(Protocol):
    def __call__(
        self,
        mailbox: str,
        content: bytes,
        message_id: str,
        answered: dict[str, object] | None,
        draft: dict[str, object] | None,
        at: datetime,
    ) -> None:
        """Put a copy in sent mail unless it is there (by Message-ID), mark the original, drop the draft.

        `answered` may name the mark in `flag` (`$Forwarded`; without it `\\Answered`). Safe to run twice.
        Raises EngineDown or EngineRefused.
        """
        ...


class Accepted(Protocol):
    def __call__(self, message_id: str) -> bool:
        """Whether the submission service already took that message (it is, or was, on its queue's disk).

        Asked only about a message whose submission was cut short. Raises EngineDown when it cannot tell yet.
        """
        ...


submit: Slot[Submit] = Slot("outbox.submit")
file_sent: Slot[FileSent] = Slot("outbox.file_sent")
accepted: Slot[Accepted] = Slot("outbox.accepted")
