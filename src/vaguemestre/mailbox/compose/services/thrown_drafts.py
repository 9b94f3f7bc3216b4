"""Scheduled messages whose draft is thrown away here: they are cancelled at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.services.submission import cancel_sending, sending_key
from vaguemestre.mailbox.compose.values import MailingState
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.queries import find_outgoing
from vaguemestre.post.outbox.rules.hours import is_scheduled
from vaguemestre.post.outbox.values import OutboxState

_COLUMNS = ("account_id", "key", "attempt", "draft")


def unschedule(account_id: int, refs: Collection[MessageRef], *, by: str, now: datetime) -> int:
    """Cancel what was to leave later of the drafts among these messages, which left their folder.

    Their texts stay where they are, unscheduled. Returns how many.
    """
    places = {(ref.folder, ref.uid_validity, ref.uid) for ref in refs}
    rows = Composition.objects.filter(account_id=account_id, is_sending=True).only(*_COLUMNS)
    return sum(
        _unschedule(row, by, now)
        for row in rows
        if row.draft and (row.draft["folder"], row.draft["uid_validity"], row.draft["uid"]) in places
    )


def _unschedule(row: Composition, by: str, now: datetime) -> bool:
    if _give_back_scheduled(row, now):
        return True
    outgoing = find_outgoing(row.account_id, sending_key(row.key, row.attempt))
    if (
        outgoing is None
        or outgoing.state != OutboxState.HELD
        or not is_scheduled(outgoing.created_at, outgoing.due_at)
    ):
        return False
    try:
        cancel_sending(row.account_id, row.key, by=by, now=now)
    except Refusal:  # it leaves at this moment
        return False
    return True


@transaction.atomic(durable=True)
def _give_back_scheduled(row: Composition, now: datetime) -> bool:
    """Give back the draft of a mailing that waits for its hour."""
    mailing = Mailing.objects.filter(composition=row, state=MailingState.RUNNING, due_at__gt=now).first()
    if mailing is None or mailing.copies.exclude(queued_at=None).exists():
        return False
    running = Mailing.objects.filter(pk=mailing.pk, state=MailingState.RUNNING)
    if not running.update(state=MailingState.READY, due_at=None):
        return False
    Composition.objects.filter(pk=row.pk).update(is_sending=False)
    return True
