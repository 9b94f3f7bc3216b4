"""Sending, once: kept first, held a moment, submitted, filed; each step committed first.

The content goes once another place holds it: sent mail, or the draft of a message taken back or refused.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.outbox.events import MessageFiled, MessageQueued, MessageRefused
from vaguemestre.post.outbox.models import OutgoingRow
from vaguemestre.post.outbox.ports import Accepted, FileSent, Submit
from vaguemestre.post.outbox.rules.message import with_bcc
from vaguemestre.post.outbox.rules.reasons import kept_reason
from vaguemestre.post.outbox.values import Parcel, Recipient

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than a submission may last: a second worker waits that long
_State = OutgoingRow.State


def queue_message(parcel: Parcel, *, by: str, now: datetime) -> int:
    """Keep the message; it leaves at `due_at`. Inside the caller's transaction. Returns the row's id.

    The same account and key again is the same sending: nothing is added, whatever became of it.
    """
    row, is_new = OutgoingRow.objects.get_or_create(
        account_id=parcel.account_id,
        key=parcel.key,
        defaults={
            "message_id": parcel.message_id,
            "sender": parcel.sender,
            "recipients": list(parcel.recipients),
            "bcc": [[r.name, r.address] for r in parcel.bcc],
            "subject": parcel.subject[:255],
            "content": parcel.content,
            "in_reply_to": parcel.answered,
            "draft": parcel.draft,
            "wants_report": parcel.wants_report,
            "state": _State.HELD,
            "due_at": parcel.due_at,
            "created_at": now,
        },
    )
    if is_new:
        to = f"account:{parcel.account_id}"
        record("outbox.message-queued", to=to, by=by, at=now, message_id=parcel.message_id)
        announce(MessageQueued(row.pk), due=parcel.due_at)
    return int(row.pk)


def cancel_message(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """Take back a held message. Inside the caller's transaction. Twice is once.

    Raises Refusal `outbox.already-left` once its submission began, `outbox.unknown` when there is none.
    """
    mine = OutgoingRow.objects.filter(account_id=account_id, key=key)
    if mine.filter(state=_State.HELD).update(state=_State.CANCELLED, content=b""):
        record("outbox.message-cancelled", to=f"account:{account_id}", by=by, at=now)
        return
    state = mine.values_list("state", flat=True).first()
    if state is None:
        raise Refusal("outbox.unknown")
    if state != _State.CANCELLED:
        raise Refusal("outbox.already-left")


@transaction.atomic(durable=True)
def reschedule_message(account_id: int, key: str, due_at: datetime, *, by: str, now: datetime) -> None:
    """Another hour for a held message: sooner or later.

    Raises Refusal `outbox.already-left`, `outbox.unknown`, `outbox.later-is-past`.
    """
    if due_at <= now:
        raise Refusal("outbox.later-is-past", field="later")
    mine = OutgoingRow.objects.filter(account_id=account_id, key=key)
    row = mine.filter(state=_State.HELD).first()
    if row is None:
        raise Refusal("outbox.already-left" if mine.exists() else "outbox.unknown")
    if not mine.filter(state=_State.HELD).update(due_at=due_at):
        raise Refusal("outbox.already-left")
    record("outbox.message-rescheduled", to=f"account:{account_id}", by=by, at=now, due=due_at.isoformat())
    announce(MessageQueued(row.pk), due=due_at)


def send_message(
    outgoing_id: int, *, submit: Submit, accepted: Accepted, file_sent: FileSent, now: datetime
) -> None:
    """Carry a message as far as it can go. May run twice, or in two workers at once, without harm.

    While another worker is at it, or was when it was killed, it comes back when that one's time is over.
    Raises EngineDown when an engine is away: the job comes back.
    """
    row = OutgoingRow.objects.select_related("account").get(pk=outgoing_id)
    if row.state == _State.HELD:
        if now < row.due_at:  # woken early (a clock moved back): come back at its hour
            announce(MessageQueued(row.pk), due=row.due_at)
            return
        _release(row)
    if row.state == _State.QUEUED:
        _submit(row, submit, accepted, now)
    if row.state == _State.SUBMITTED:
        _file(row, file_sent, now)


def withdraw_waiting(*, now: datetime) -> int:
    """After a restored backup, what was to leave by now may have left since: its drafts come back.

    Nobody receives it twice, and whoever wrote it sees « non envoyé ». Returns how many.
    """
    waiting = OutgoingRow.objects.filter(state__in=(_State.HELD, _State.QUEUED), due_at__lte=now)
    with transaction.atomic(durable=True):
        rows = list(waiting.select_for_update())
        for row in rows:
            row.state, row.reason, row.content = _State.REFUSED, "outbox.restored", b""
            row.save(update_fields=("state", "reason", "content"))
            record("outbox.message-withdrawn", to=f"account:{row.account_id}", by="system", at=now)
            announce(MessageRefused(row.account_id, row.key))
    return len(rows)


def resume_messages(*, now: datetime) -> int:
    """Announce again whatever should have moved by now: jobs lost with a killed worker. Returns how many."""
    late = now - 2 * LEASE
    stuck = OutgoingRow.objects.filter(
        Q(state=_State.HELD, due_at__lt=late)
        | Q(state=_State.QUEUED, due_at__lt=late) & (Q(attempted_at=None) | Q(attempted_at__lt=late))
        | Q(state=_State.SUBMITTED, submitted_at__lt=late)
    )
    with transaction.atomic(durable=True):
        ids = list(stuck.values_list("pk", flat=True))
        for outgoing_id in ids:
            announce(MessageQueued(outgoing_id))
    return len(ids)


def _release(row: OutgoingRow) -> None:
    """From here on it can no longer be taken back."""
    with transaction.atomic(durable=True):
        OutgoingRow.objects.filter(pk=row.pk, state=_State.HELD).update(state=_State.QUEUED)
    row.refresh_from_db(fields=("state", "attempted_at"))


def _submit(row: OutgoingRow, submit: Submit, accepted: Accepted, now: datetime) -> None:
    is_doubtful = row.attempted_at is not None
    if not _take_lease(row, now):
        return
    if not (is_doubtful and accepted(row.message_id)):
        try:
            submit(
                row.account.mailbox,
                row.sender,
                list(row.recipients),
                bytes(row.content),
                report=row.wants_report,
            )
        except EngineRefused as refused:
            _refuse(row, refused, now)
            return
        except EngineDown:
            # We are done with this attempt but do not know how far it went: free the lease, keep the doubt.
            OutgoingRow.objects.filter(pk=row.pk).update(attempted_at=now - LEASE)
            raise
    with transaction.atomic(durable=True):
        row.state, row.submitted_at = _State.SUBMITTED, now
        row.save(update_fields=("state", "submitted_at"))


def _take_lease(row: OutgoingRow, now: datetime) -> bool:
    """One worker at a time: the attempt is written before the wire is touched, so a cut leaves a trace.

    False: the last attempt is too fresh to judge, and the message is announced for when it is not.
    """
    free = OutgoingRow.objects.filter(pk=row.pk, state=_State.QUEUED).filter(
        Q(attempted_at=None) | Q(attempted_at__lte=now - LEASE)
    )
    with transaction.atomic(durable=True):
        taken = free.update(attempted_at=now)
        if not taken:
            announce(MessageQueued(row.pk), due=(row.attempted_at or now) + LEASE)
    return bool(taken)


def _refuse(row: OutgoingRow, refused: EngineRefused, now: datetime) -> None:
    log.warning("message %s refused at submission: %s", row.pk, refused)
    with transaction.atomic(durable=True):
        row.state, row.content = _State.REFUSED, b""
        row.reason = kept_reason(str(refused), row.recipients)
        row.save(update_fields=("state", "reason", "content"))
        record(
            "outbox.message-refused", to=f"account:{row.account_id}", by="system", at=now, reason=row.reason
        )
        announce(MessageRefused(row.account_id, row.key))


def _file(row: OutgoingRow, file_sent: FileSent, now: datetime) -> None:
    content = with_bcc(bytes(row.content), [Recipient(name, address) for name, address in row.bcc])
    try:
        file_sent(row.account.mailbox, content, row.message_id, row.in_reply_to, row.draft, row.due_at)
    except EngineRefused as refused:
        # It left: that cannot be undone. Its copy is tried again until there is room for it.
        OutgoingRow.objects.filter(pk=row.pk).update(reason="outbox.copy-refused")
        raise EngineDown(f"copy of message {row.pk} not filed: {refused}") from refused
    with transaction.atomic(durable=True):
        row.state, row.filed_at, row.reason, row.content = _State.FILED, now, "", b""
        row.save(update_fields=("state", "filed_at", "reason", "content"))
        record(
            "outbox.message-sent",
            to=f"account:{row.account_id}",
            by="system",
            at=now,
            message_id=row.message_id,
        )
        announce(MessageFiled(row.account_id, row.key))
