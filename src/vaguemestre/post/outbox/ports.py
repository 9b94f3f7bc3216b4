"""What the outbox asks of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.outbox.values import Delivery, LogPlace, ReportPlace


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

        `answered` may name the mark in `flag` (`$Forwarded`; without it `\\Answered`), and in `mailbox`
        another mailbox than that one. Safe to run twice.
        Raises EngineDown or EngineRefused.
        """
        ...


class Accepted(Protocol):
    def __call__(self, message_id: str) -> bool:
        """Whether the submission service already took that message (it is, or was, on its queue's disk).

        Asked only about a message whose submission was cut short. Raises EngineDown when it cannot tell yet.
        """
        ...


class ReadLog(Protocol):
    def __call__(self, place: LogPlace, now: datetime) -> tuple[list[Delivery], LogPlace]:
        """Deliveries written in the queue's log since that place, oldest first, and where it ends now."""
        ...


class Hear(Protocol):
    def __call__(self, deliveries: Sequence[Delivery]) -> None:
        """Told of every delivery read from the log, in the transaction that notes it."""
        ...


class PassesOn(Protocol):
    def __call__(self, mailbox: str) -> bool:
        """Whether that mailbox hands on what other people wrote, and only our own worker opens it."""
        ...


class EndHold(Protocol):
    def __call__(self, queue_id: str, *, discard: bool) -> None:
        """Let a held message go on its way, or delete it. Nothing for one that is no longer held.

        Raises EngineDown.
        """
        ...


class FindReports(Protocol):
    def __call__(self, mailbox: str, session_key: str, place: ReportPlace) -> tuple[list[bytes], ReportPlace]:
        """Delivery reports and receipts of the inbox since that place, whole, and where it ends now.

        Raises EngineDown or EngineRefused.
        """
        ...


submit: Slot[Submit] = Slot("outbox.submit")
file_sent: Slot[FileSent] = Slot("outbox.file_sent")
accepted: Slot[Accepted] = Slot("outbox.accepted")
read_log: Slot[ReadLog] = Slot("outbox.read_log")
hear: Slot[Hear] = Slot("outbox.hear")
passes_on: Slot[PassesOn] = Slot("outbox.passes_on")
end_hold: Slot[EndHold] = Slot("outbox.end_hold")
find_reports: Slot[FindReports] = Slot("outbox.find_reports")
