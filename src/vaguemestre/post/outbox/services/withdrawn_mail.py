"""Withdrawal of messages that wait: their senders see why, and have their drafts back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.post.outbox.events import MessageRefused
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.ports import IsDraftDeleted
from vaguemestre.post.outbox.rules.hours import is_scheduled
from vaguemestre.post.outbox.rules.series import AUTHOR_LEFT, AUTHOR_REASONS, AUTHOR_SECURED

_State = OutboxMessage.State


@transaction.atomic(durable=True)
def withdraw_due_messages(*, now: datetime) -> int:
    """Refuse the messages due before a backup was restored: they may have been sent since it was made.

    Nobody receives them twice. Returns how many.
    """
    waiting = OutboxMessage.objects.filter(state__in=(_State.HELD, _State.QUEUED), due_at__lte=now)
    return _withdraw(waiting, "outbox.restored", "system", now)


def withdraw_held_messages(account_id: int, keys: Collection[str], *, by: str, now: datetime) -> int:
    """Refuse the messages, among these, that wait for their time: their author may send no longer.

    Inside the caller's transaction. Returns how many.
    """
    waiting = OutboxMessage.objects.filter(account_id=account_id, key__in=keys, state=_State.HELD)
    return _withdraw(waiting, AUTHOR_LEFT, by, now)


def withdraw_author_messages(account_id: int, keys: Collection[str], *, by: str, now: datetime) -> int:
    """Refuse the messages, among these, that have not begun to leave: their author is being secured.

    Inside the caller's transaction. Returns how many.
    """
    return _withdraw(_not_begun(account_id).filter(key__in=keys), AUTHOR_SECURED, by, now)


def withdraw_waiting_messages(account_id: int, *, by: str, now: datetime) -> int:
    """Refuse every message of a mailbox that has not begun to leave, as `withdraw_author_messages`."""
    return _withdraw(_not_begun(account_id), AUTHOR_SECURED, by, now)


def forget_withdrawn_messages(account_id: int, prefix: str) -> list[str]:
    """Forget the messages withdrawn because of their author, so that somebody else may send them.

    `prefix`: of their keys, before the dot. Inside the caller's transaction. Returns their keys.
    """
    rows = OutboxMessage.objects.filter(account_id=account_id, key__startswith=f"{prefix}.")
    withdrawn = rows.filter(state=_State.REFUSED, reason__in=AUTHOR_REASONS).select_for_update()
    keys = list(withdrawn.values_list("key", flat=True))
    rows.filter(state=_State.REFUSED, key__in=keys).delete()
    return keys


def take_back_refused(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """Cancel a refused message: its author takes its text up again. Inside the caller's transaction."""
    refused = OutboxMessage.objects.filter(account_id=account_id, key=key, state=_State.REFUSED)
    if refused.update(state=_State.CANCELLED, content=b""):
        record("outbox.message-cancelled", to=account_subject(account_id), by=by, at=now)


def is_withdrawn(row: OutboxMessage, is_draft_deleted: IsDraftDeleted, now: datetime) -> bool:
    """Whether a message that is due does not leave: it was scheduled, and its draft deleted meanwhile.

    Its sender sees why, as for the others. Raises EngineDown.
    """
    may_have_draft = row.draft is not None and is_scheduled(row.created_at, row.due_at)
    if not may_have_draft or not is_draft_deleted(row.account_id, row.key):
        return False
    with transaction.atomic(durable=True):
        waiting = OutboxMessage.objects.filter(pk=row.pk, state=_State.HELD)
        return bool(_withdraw(waiting, "outbox.draft-deleted", "system", now))


def _not_begun(account_id: int) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        account_id=account_id, state__in=(_State.HELD, _State.QUEUED), attempted_at=None
    )


def _withdraw(waiting: QuerySet[OutboxMessage], reason: str, by: str, now: datetime) -> int:
    rows = list(waiting.select_for_update())
    for row in rows:
        row.state, row.reason, row.content = _State.REFUSED, reason, b""
        row.save(update_fields=("state", "reason", "content"))
        record("outbox.message-withdrawn", to=account_subject(row.account_id), by=by, at=now)
        announce(MessageRefused(row.account_id, row.key))
    return len(rows)
