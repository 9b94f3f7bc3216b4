"""Hand the message to the outbox, once; cancel it while it is held."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.models import BroadReply, Composition, Enclosure
from vaguemestre.mailbox.compose.queries import content_of
from vaguemestre.mailbox.compose.rules import reply_storm
from vaguemestre.mailbox.compose.services.built_message import (
    BuiltMessage,
    Sending,
    build_ahead,
    content_for,
    letter_to_send,
)
from vaguemestre.mailbox.compose.services.files.file_links import check_last_days
from vaguemestre.mailbox.compose.services.rows import open_row_for, own_row, row_for, sign_row
from vaguemestre.mailbox.compose.values import DraftFields, Mode, Writer
from vaguemestre.post.outbox.queries import find_outgoing
from vaguemestre.post.outbox.rules.hours import is_scheduled
from vaguemestre.post.outbox.rules.message import check_whole
from vaguemestre.post.outbox.services import cancel_message, queue_message
from vaguemestre.post.outbox.values import Letter, MessageToSend, OutgoingMessage
from vaguemestre.schools.sharing.services import (
    check_may_send,
    delete_sent,
    record_sent,
    warn_before_answer,
)


def check_not_answered(writer: Writer, key: str, *, now: datetime) -> None:
    """Use case: in a shared mailbox, warn a member once that another answered or is answering.

    Raises Refusal `sharing.answered-meanwhile`.
    """
    if not writer.box_id:
        return
    replies = Composition.objects.filter(
        account_id=writer.account_id, key=key, mode__in=(Mode.REPLY, Mode.REPLY_ALL), is_sending=False
    )
    message_id = replies.values_list("in_reply_to", flat=True).first() or ""
    other_answer = warn_before_answer(writer.box_id, key, message_id, writer.acting_id, now=now)
    if other_answer:
        raise Refusal("sharing.answered-meanwhile", what=other_answer)


@transaction.atomic(durable=True)
def sign_draft(writer: Writer, key: str, signature: str, *, now: datetime) -> None:
    """Put the imposed signature (HTML) below the saved text, if its writer took it out; "": none is imposed.

    Raises Refusal `compose.gone`, `compose.already-sent`.
    """
    if not signature:
        return
    row = Composition.objects.select_for_update().get(pk=open_row_for(writer, key, now).pk)
    sign_row(row, signature)


def send_draft(
    writer: Writer,
    key: str,
    fields: DraftFields,
    attempt: int,
    due_at: datetime,
    *,
    limit: int,
    now: datetime,
) -> OutgoingMessage:
    """Queue the message, to be sent at `due_at`.

    `attempt`: number of this sending; idempotent for the same one (double click, retry, two tabs).
    Raises Refusal `compose.already-sent` for an older or newer sending, `compose.gone`, and those of the
    recipients, fields, attachments and size, with their `field`.
    """
    sending = Sending(fields, attempt, due_at)
    read = cache(content_of)  # complete attachments, which do not change any more
    return _send(writer, key, sending, build_ahead(writer, key, sending, read), read, limit, now)


@transaction.atomic(durable=True)
def _send(
    writer: Writer,
    key: str,
    sending: Sending,
    built: BuiltMessage | None,
    read: Callable[[Enclosure], bytes],
    limit: int,
    now: datetime,
) -> OutgoingMessage:
    """Queue the message. `built`: of the draft as it stood before this transaction."""
    row = Composition.objects.select_for_update().get(pk=row_for(writer, key, now).pk)
    if row.attempt == sending.attempt and (
        outgoing := find_outgoing(writer.account_id, sending_key(row.key, sending.attempt))
    ):
        return outgoing
    if row.is_sending or row.attempt != sending.attempt - 1:
        raise Refusal("compose.already-sent")
    letter = letter_to_send(row, writer, sending, read)
    due_at = _due_after_storm(row, letter, sending.date, now)
    check_last_days(row, paris_day(due_at), "later" if is_scheduled(now, due_at) else "enclosed")
    content = content_for(letter, built)
    check_whole(content, limit)
    row.attempt, row.is_sending, row.updated_at = sending.attempt, True, now
    row.revision += 1
    row.save()
    outgoing = _queue(row, writer, letter, content, due_at, now)
    _note_sent_in_box(row, writer, letter.message_id, outgoing.due_at, now)
    return outgoing


def _due_after_storm(row: Composition, letter: Letter, due_at: datetime, now: datetime) -> datetime:
    """Count this reply in its conversation; delay it when there are too many (docs/security.md §3.28)."""
    if not reply_storm.is_broad(Mode(row.mode), len(letter.recipients)):
        return due_at
    root = (row.references or [row.in_reply_to])[0][:255]
    recent = BroadReply.objects.filter(root=root, at__gt=now - reply_storm.WINDOW).count()
    BroadReply.objects.filter(at__lt=now - 24 * reply_storm.WINDOW).delete()
    BroadReply.objects.create(root=root, at=now)
    return reply_storm.delayed_due_time(due_at, now=now, recent=recent)


@transaction.atomic(durable=True)
def cancel_sending(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """Cancel the last sending and reopen the draft. Raises Refusal `outbox.already-left`."""
    row = own_row(account_id, key)
    delete_sent(account_id, sending_key(key, row.attempt))
    cancel_message(account_id, sending_key(key, row.attempt), by=by, now=now)
    row.is_sending = False
    row.save(update_fields=("is_sending",))


def sending_key(key: str, attempt: int) -> str:
    """Outbox key of that sending of the draft."""
    return f"{key}.{attempt}"


def _queue(
    row: Composition, writer: Writer, letter: Letter, content: bytes, due_at: datetime, now: datetime
) -> OutgoingMessage:
    """Queue the message of a row whose attempt is counted."""
    outbox_key = sending_key(row.key, row.attempt)
    queue_message(
        MessageToSend(
            account_id=writer.account_id,
            key=outbox_key,
            message_id=letter.message_id,
            sender=letter.sender.address,
            recipients=letter.recipients,
            bcc=letter.bcc,
            subject=letter.subject,
            content=content,
            due_at=due_at,
            answered=row.answered,
            draft=row.draft,
            wants_report=row.wants_report,
        ),
        by=writer.actor,
        now=now,
    )
    outgoing = find_outgoing(writer.account_id, outbox_key)
    if outgoing is None:
        raise Refusal("compose.gone")
    return outgoing


def _note_sent_in_box(
    row: Composition, writer: Writer, message_id: str, due_at: datetime, now: datetime
) -> None:
    """Show the other members of a shared mailbox who sent the message.

    Raises Refusal `sharing.may-no-longer-send` if the writer lost that right since the page asked.
    """
    if writer.box_id:
        check_may_send(writer.box_id, writer.acting_id, now=now)
        record_sent(
            writer.box_id,
            writer.acting_id,
            sending_key(row.key, row.attempt),
            message_id,
            row.in_reply_to if row.mode in (Mode.REPLY, Mode.REPLY_ALL) else "",
            by=writer.actor,
            now=now,
            is_scheduled=is_scheduled(now, due_at),
        )
