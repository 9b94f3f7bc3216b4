"""Retry of messages of the outbox: those whose job was lost, and attempts that were interrupted.

A job that fails is retried by `foundation.jobs`; the steps of a message are in `delivery`.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.post.outbox.events import MessageQueued
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.ports import WasAccepted
from vaguemestre.post.outbox.services.submission_lease import LEASE, interrupted_attempt
from vaguemestre.post.outbox.values import Acceptance, OutboxState

DOUBT_PACE = timedelta(seconds=10)  # before asking again whether an interrupted attempt was accepted


def retry_overdue_messages(*, now: datetime) -> int:
    """Announce again the overdue messages, whose jobs were lost with a worker. Returns the count."""
    late = now - 2 * LEASE
    stuck = OutboxMessage.objects.filter(
        Q(state=OutboxState.HELD, due_at__lt=late)
        | Q(state=OutboxState.QUEUED, due_at__lt=late) & (Q(attempted_at=None) | Q(attempted_at__lt=late))
        | Q(state=OutboxState.SUBMITTED, submitted_at__lt=late)
    )
    with transaction.atomic(durable=True):
        ids = list(stuck.values_list("pk", flat=True))
        for outbox_id in ids:
            announce(MessageQueued(outbox_id))
    return len(ids)


def acceptance_of_past_attempt(row: OutboxMessage, was_accepted: WasAccepted, now: datetime) -> Acceptance:
    """What became of the last attempt; NO without one, or while its lease lasts (it is another worker's)."""
    attempted_at = interrupted_attempt(row.attempted_at, now)
    return was_accepted(row.message_id, attempted_at) if attempted_at else Acceptance.NO
