"""Delivery of outbox messages, exactly once: held, queued, submitted, filed; each step is committed first.

The content is dropped once it is stored elsewhere: in sent mail, or in the draft of a message that was
cancelled or refused.
"""

import logging
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.durability import repeatable
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.outbox.events import MessageFiled, MessageQueued, MessageRefused
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.ports import (
    FileSent,
    IsDraftDeleted,
    MarkAnswered,
    Submit,
    WasAccepted,
)
from vaguemestre.post.outbox.rules.message import with_bcc
from vaguemestre.post.outbox.rules.reasons import stored_reason
from vaguemestre.post.outbox.services.retry import DOUBT_PACE, acceptance_of_past_attempt
from vaguemestre.post.outbox.services.submission_lease import (
    LEASE,
    attempt,
    end_lease,
    take_lease,
)
from vaguemestre.post.outbox.services.withdrawn_mail import is_withdrawn
from vaguemestre.post.outbox.values import Acceptance, MessageToSend, Recipient

log = logging.getLogger(__name__)

_State = OutboxMessage.State
# a message and the mailbox it leaves from; reading the whole account would cost as much again
_SENT_WITH = (*(field.name for field in OutboxMessage._meta.concrete_fields), "account__mailbox")


def queue_message(message: MessageToSend, *, by: str, now: datetime) -> int:
    """Store the message for delivery at `due_at`. Inside the caller's transaction. Returns the row's id.

    Idempotent: the same account and key again adds nothing, whatever became of the first.
    """
    row, is_new = OutboxMessage.objects.get_or_create(
        account_id=message.account_id,
        key=message.key,
        defaults={
            "message_id": message.message_id,
            "sender": message.sender,
            "recipients": list(message.recipients),
            "bcc": [[r.name, r.address] for r in message.bcc],
            "subject": message.subject[:255],
            "content": message.content,
            "in_reply_to": message.answered,
            "draft": message.draft,
            "wants_report": message.wants_report,
            "state": _State.HELD,
            "due_at": message.due_at,
            "created_at": now,
        },
    )
    if is_new:
        to = account_subject(message.account_id)
        record("outbox.message-queued", to=to, by=by, at=now, message_id=message.message_id)
        announce(MessageQueued(row.pk), due=message.due_at)
    return int(row.pk)


def cancel_message(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """Cancel a held message. Inside the caller's transaction. Idempotent.

    Raises Refusal `outbox.already-left` once its submission has begun, `outbox.unknown` if there is none.
    """
    rows = OutboxMessage.objects.filter(account_id=account_id, key=key)
    if rows.filter(state=_State.HELD).update(state=_State.CANCELLED, content=b""):
        record("outbox.message-cancelled", to=account_subject(account_id), by=by, at=now)
        return
    state = rows.values_list("state", flat=True).first()
    if state is None:
        raise Refusal("outbox.unknown")
    if state != _State.CANCELLED:
        raise Refusal("outbox.already-left")


def send_message(
    outbox_id: int,
    *,
    submit: Submit,
    was_accepted: WasAccepted,
    mark_answered: MarkAnswered,
    file_sent: FileSent,
    is_draft_deleted: IsDraftDeleted = lambda account_id, key: False,
    now: datetime,
) -> MessageFiled | None:
    """Run every step of a message that is due. Safe to run twice, or in two workers at once.

    Returns the event of a message that is filed, now or by an earlier run. Nothing announces it: the caller's
    job is what remembers it, and ends once its handlers have run. If another worker holds the lease, or died
    with it, the message is announced for when the lease expires.
    Raises EngineDown when an engine does not answer: the job is retried.
    """
    row = OutboxMessage.objects.select_related("account").only(*_SENT_WITH).get(pk=outbox_id)
    is_first, was_submitted = row.state == _State.HELD, row.state == _State.SUBMITTED
    if is_first:
        if now < row.due_at:  # too early: a clock moved back
            announce(MessageQueued(row.pk), due=row.due_at)
            return None
        if is_withdrawn(row, is_draft_deleted, now):
            return None
        is_first = _begin(row, now)
        if is_first:
            _submit(row, submit, mark_answered, now)
    if row.state == _State.QUEUED:
        _resume(row, submit, was_accepted, mark_answered, now)
    # by another run, which may be filing it: two at once would each find no copy
    if row.state == _State.SUBMITTED and (not was_submitted or _take_lease(row, now)):
        _file(row, file_sent, now, may_exist=not is_first)
    return MessageFiled(row.account_id, row.key) if row.state == _State.FILED else None


def _begin(row: OutboxMessage, now: datetime) -> bool:
    """HELD → QUEUED, with the lease of its first attempt: it can no longer be cancelled.

    False if it was not held any more: cancelled, or taken by another worker. The attempt is on disk before
    the message is accepted: the submission policy commits after it, in the same database.
    """
    held = OutboxMessage.objects.filter(pk=row.pk, state=_State.HELD)
    with repeatable():
        is_taken = bool(held.update(state=_State.QUEUED, attempted_at=now))
    if is_taken:
        row.state, row.attempted_at = _State.QUEUED, now
    else:
        row.refresh_from_db(fields=("state", "attempted_at"))
    return is_taken


def _resume(
    row: OutboxMessage,
    submit: Submit,
    was_accepted: WasAccepted,
    mark_answered: MarkAnswered,
    now: datetime,
) -> None:
    """QUEUED → SUBMITTED or REFUSED. After an interrupted attempt, ask first whether it was accepted."""
    acceptance = acceptance_of_past_attempt(row, was_accepted, now)
    if acceptance is Acceptance.UNKNOWN:
        with transaction.atomic(durable=True):
            announce(MessageQueued(row.pk), due=now + DOUBT_PACE)
    elif not _take_lease(row, now):
        return
    elif acceptance is Acceptance.UNTOLD:
        _refuse(row, "outbox.perhaps-left", now)
    elif acceptance is Acceptance.NO:
        _submit(row, submit, mark_answered, now)
    else:
        _set_submitted(row, now)


def _submit(row: OutboxMessage, submit: Submit, mark_answered: MarkAnswered, now: datetime) -> None:
    """QUEUED → SUBMITTED or REFUSED, with the lease."""
    mine = OutboxMessage.objects.filter(pk=row.pk)
    try:
        with attempt(mine, lambda: now), mark_answered(row.account.mailbox, row.in_reply_to) as mark:
            submit(
                row.account.mailbox,
                row.sender,
                list(row.recipients),
                bytes(row.content),
                report=row.wants_report,
            )
            if mark():
                row.in_reply_to = None  # not stored: filing sets it again if this run ends before
    except EngineRefused as error:
        log.warning("message %s refused at submission: %s", row.pk, error)
        _refuse(row, stored_reason(str(error), row.recipients), now)
    else:
        _set_submitted(row, now)


def _set_submitted(row: OutboxMessage, now: datetime) -> None:
    """QUEUED → SUBMITTED, on disk: a cut may take the log's end once the message has left the queue."""
    with transaction.atomic(durable=True):
        row.state, row.submitted_at = _State.SUBMITTED, now
        row.save(update_fields=("state", "submitted_at"))


def _take_lease(row: OutboxMessage, now: datetime) -> bool:
    """Take the lease of a message. If another attempt has it, announce the message for when that one ends."""
    mine = OutboxMessage.objects.filter(pk=row.pk, state=row.state)
    with transaction.atomic(durable=True):
        has_lease = take_lease(mine, row.attempted_at, now)
        if not has_lease:
            announce(MessageQueued(row.pk), due=(row.attempted_at or now) + LEASE)
    return has_lease


def _refuse(row: OutboxMessage, reason: str, now: datetime) -> None:
    """QUEUED → REFUSED, for good."""
    with transaction.atomic(durable=True):
        row.state = _State.REFUSED
        row.content = b"" if row.draft else row.content  # without a draft its text would be nowhere
        row.reason = reason
        row.save(update_fields=("state", "reason", "content"))
        record(
            "outbox.message-refused",
            to=account_subject(row.account_id),
            by="system",
            at=now,
            reason=row.reason,
        )
        announce(MessageRefused(row.account_id, row.key))


def _file(row: OutboxMessage, file_sent: FileSent, now: datetime, *, may_exist: bool) -> None:
    """SUBMITTED → FILED: put the copy in sent mail, where an earlier run may have put it.

    Lost by a power cut, this step is repeated.
    """
    content = with_bcc(bytes(row.content), [Recipient(name, address) for name, address in row.bcc])
    mine = OutboxMessage.objects.filter(pk=row.pk)
    try:
        file_sent(
            row.account.mailbox,
            content,
            row.message_id,
            row.in_reply_to,
            row.draft,
            row.due_at,
            may_exist=may_exist,
        )
    except EngineDown:
        end_lease(mine, now)
        raise
    except EngineRefused as error:
        # The message is sent. Retry its copy until there is room for it.
        mine.update(reason="outbox.copy-refused")
        end_lease(mine, now)
        raise EngineDown(f"la copie du message {row.pk} n’est pas classée : {error}") from error
    with repeatable(), transaction.atomic(durable=True):
        mine.update(state=_State.FILED, filed_at=now, reason="", content=b"")
        record(
            "outbox.message-sent",
            to=account_subject(row.account_id),
            by="system",
            at=now,
            message_id=row.message_id,
        )
    row.state = _State.FILED
