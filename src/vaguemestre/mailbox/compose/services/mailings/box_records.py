"""What the members of a shared mailbox read of a mailing sent from it."""

from datetime import datetime

from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.compose.models import Mailing
from vaguemestre.schools.sharing.queries import box_id_of_account
from vaguemestre.schools.sharing.services import record_copies, record_copy
from vaguemestre.schools.sharing.values import CopiesAct


def note_sender(mailing: Mailing, key: str, message_id: str, now: datetime) -> None:
    """Name the member who sends a copy, and before the first one say how many leave.

    Inside the transaction that queues the copy, before it is marked as queued.
    """
    box_id = box_id_of_account(mailing.account_id) if mailing.acting_id else None
    if not box_id:
        return
    if not mailing.copies.exclude(queued_at=None).exists():
        count, actor = mailing.copies.count(), account_subject(mailing.acting_id)
        record_copies(box_id, mailing.acting_id, count, by=actor, now=now)
    record_copy(box_id, mailing.acting_id, key, message_id, now=now)


def note_start(mailing: Mailing, count: int, *, was_stopped: bool, now: datetime) -> None:
    """Name the member who schedules a mailing, or resumes one of which some copies have left.

    `count`: copies still to leave. Inside the caller's transaction.
    """
    is_resumed = was_stopped and mailing.copies.exclude(queued_at=None).exists()
    box_id = box_id_of_account(mailing.account_id) if mailing.acting_id else None
    if box_id and (is_resumed or mailing.due_at):
        act = CopiesAct.RESUMED if is_resumed else CopiesAct.SCHEDULED
        record_copies(box_id, mailing.acting_id, count, act, by=account_subject(mailing.acting_id), now=now)


def note_stop(mailing: Mailing, acting_id: int, now: datetime) -> None:
    """Name the member who stops a mailing. Inside the caller's transaction."""
    count = mailing.copies.filter(queued_at=None).count()
    box_id = box_id_of_account(mailing.account_id) if acting_id else None
    if box_id and count:
        record_copies(box_id, acting_id, count, CopiesAct.STOPPED, by=account_subject(acting_id), now=now)
