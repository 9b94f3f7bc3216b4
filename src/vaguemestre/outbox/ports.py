"""What the outbox asks of the outside."""

from datetime import datetime
from typing import Protocol

from vaguemestre.kernel.slots import Slot


class Submit(Protocol):
    def __call__(self, mailbox: str, sender: str, recipients: list[str], content: bytes) -> None:
        """Hand one message to the submission service as that mailbox (RFC 6409).

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
        """Put a copy in sent mail unless that Message-ID is there, mark the original answered, drop the draft.

        Safe to run twice. Raises EngineDown or EngineRefused.
        """
        ...


submit: Slot[Submit] = Slot("outbox.submit")
file_sent: Slot[FileSent] = Slot("outbox.file_sent")
