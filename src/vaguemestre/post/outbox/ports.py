"""What the outbox needs from engines."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.outbox.values import (
    Acceptance,
    DeliveryEvent,
    ReportPosition,
    RoundTrip,
    StoredReference,
)


class NotSubmitted(EngineDown):
    """A submission ended before the content, or with a temporary refusal: nothing was accepted."""


class Submit(Protocol):
    def __call__(
        self, mailbox: str, sender: str, recipients: list[str], content: bytes, *, report: bool = False
    ) -> None:
        """Submit one message as that mailbox (RFC 6409); it is on the queue's disk when this returns.

        `report` requests a report of delivery, failure or delay (RFC 3461). Raises NotSubmitted (try again),
        EngineDown (ask WasAccepted, then try again) or EngineRefused (for good).
        """
        ...


class FileSent(Protocol):
    def __call__(
        self,
        mailbox: str,
        content: bytes,
        message_id: str,
        answered: StoredReference | None,
        draft: StoredReference | None,
        at: datetime,
        *,
        may_exist: bool = True,
    ) -> None:
        """Add a copy to sent mail unless it is there (by Message-ID), flag the original, delete the draft.

        `may_exist` False: the copy cannot be there, so it is not searched for. The flag is `answered["flag"]`
        (`$Forwarded`), else `\\Answered`; the original is in `answered["mailbox"]`, else in the same mailbox.
        Idempotent. Raises EngineDown or EngineRefused.
        """
        ...


class StoreRoundTrip(Protocol):
    def __call__(self, round_trip: RoundTrip) -> None:
        """Store the last round trip, for the metrics. Raises OSError."""
        ...


class MarkAnswered(Protocol):
    def __call__(
        self, mailbox: str, answered: StoredReference | None
    ) -> AbstractContextManager[Callable[[], bool]]:
        """Open the folder of the original before the submission; yields a function to set its flag at once.

        The recipient may have the answer some milliseconds after it is accepted, and by then the flag must be
        set. Flag and mailbox are those of FileSent. The function returns whether the flag is set. Nothing is
        raised: after a failure, FileSent sets the flag.
        """
        ...


class WasAccepted(Protocol):
    def __call__(self, message_id: str, attempted_at: datetime) -> Acceptance:
        """Whether the submission service already accepted that message (it is, or was, on its queue's disk).

        Called only after an interrupted submission, which began at `attempted_at`. Raises EngineDown.
        """
        ...


class DeliveriesAfter(Protocol):
    def __call__(self, number: int) -> tuple[list[DeliveryEvent], int]:
        """(delivery events among the next steps after that number, oldest first; number of the last step)."""
        ...


class OnDeliveries(Protocol):
    def __call__(self, deliveries: Sequence[DeliveryEvent]) -> None:
        """Handle every delivery event read from the log, in the transaction that stores it."""
        ...


class ForwardsMail(Protocol):
    def __call__(self, mailbox: str) -> bool:
        """Whether that mailbox forwards what other people wrote, as a list, and only our worker opens it."""
        ...


class TitleOfBox(Protocol):
    def __call__(self, account_id: int) -> str:
        """Title of the account's shared mailbox; empty if it has none."""
        ...


class EndHold(Protocol):
    def __call__(self, queue_id: str, *, discard: bool) -> bool:
        """Release a held message of this machine's queue, or delete it. False if it is not held there.

        Raises EngineDown.
        """
        ...


class FindReports(Protocol):
    def __call__(
        self, mailbox: str, session_key: str, position: ReportPosition
    ) -> tuple[list[bytes], ReportPosition]:
        """(reports and receipts received in the inbox since that position, as whole messages; new position).

        Raises EngineDown or EngineRefused.
        """
        ...


class IsDraftDeleted(Protocol):
    def __call__(self, account_id: int, key: str) -> bool:
        """Whether the draft of a scheduled message was taken out of the drafts meanwhile: it shall not leave.

        False if it never had one. Raises EngineDown.
        """
        ...


class CheckDueDate(Protocol):
    def __call__(self, account_id: int, key: str, due_at: datetime) -> None:
        """Raise Refusal if what the held message carries does not last until then."""
        ...


submit: Slot[Submit] = Slot("outbox.submit")
file_sent: Slot[FileSent] = Slot("outbox.file_sent")
mark_answered: Slot[MarkAnswered] = Slot("outbox.mark_answered")
was_accepted: Slot[WasAccepted] = Slot("outbox.was_accepted")
store_round_trip: Slot[StoreRoundTrip] = Slot("outbox.store_round_trip")
deliveries_after: Slot[DeliveriesAfter] = Slot("outbox.deliveries_after")
on_deliveries: Slot[OnDeliveries] = Slot("outbox.on_deliveries")
forwards_mail: Slot[ForwardsMail] = Slot("outbox.forwards_mail")
title_of_box: Slot[TitleOfBox] = Slot("outbox.title_of_box")
end_hold: Slot[EndHold] = Slot("outbox.end_hold")
find_reports: Slot[FindReports] = Slot("outbox.find_reports")
is_draft_deleted: Slot[IsDraftDeleted] = Slot("outbox.is_draft_deleted")
check_due_date: Slot[CheckDueDate] = Slot("outbox.check_due_date")
