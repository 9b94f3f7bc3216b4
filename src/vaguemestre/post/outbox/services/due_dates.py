"""A new due date for a message that is still held."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.events import MessageQueued
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.ports import CheckDueDate

_State = OutboxMessage.State


@transaction.atomic(durable=True)
def reschedule_message(
    account_id: int, key: str, due_at: datetime, *, check_due_date: CheckDueDate, by: str, now: datetime
) -> None:
    """Change the due date of a held message.

    Raises Refusal `outbox.already-left`, `outbox.unknown`, `outbox.later-is-past`, those of `check_due_date`.
    """
    if due_at <= now:
        raise Refusal("outbox.later-is-past", field="later")
    rows = OutboxMessage.objects.filter(account_id=account_id, key=key)
    row = rows.filter(state=_State.HELD).first()
    if row is None:
        raise Refusal("outbox.already-left" if rows.exists() else "outbox.unknown")
    check_due_date(account_id, key, due_at)
    if not rows.filter(state=_State.HELD).update(due_at=due_at):
        raise Refusal("outbox.already-left")
    record(
        "outbox.message-rescheduled", to=account_subject(account_id), by=by, at=now, due=due_at.isoformat()
    )
    announce(MessageQueued(row.pk), due=due_at)
