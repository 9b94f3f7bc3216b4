"""Members at work on messages: presence, assignment, notes, answers, activity."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, box_subject, number_of
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import names_of
from vaguemestre.schools.sharing.events import WorkChanged
from vaguemestre.schools.sharing.models import (
    Box,
    BoxActivity,
    BoxRequest,
    ClientSignIn,
    CollisionWarning,
    Note,
    Presence,
    SentMessage,
    Thread,
    ThreadMessage,
)
from vaguemestre.schools.sharing.queries import access_to
from vaguemestre.schools.sharing.queries.collaboration import competing_answers
from vaguemestre.schools.sharing.rules.collaboration import ANSWERING_FOR, is_present
from vaguemestre.schools.sharing.values import (
    ActivityRecord,
    BoxKind,
    CopiesAct,
    MessageRef,
    PresenceKind,
    Right,
)

_MAX_NOTE_CHARACTERS = 4000
SIGN_INS_KEPT = timedelta(days=2)
_SAME_OPENING = timedelta(minutes=10)


def record_presence(
    box_id: int, message_id: str, account_id: int, kind: PresenceKind, *, now: datetime
) -> None:
    """Record that a member has the message open, and refresh the others' pages when that begins.

    Inside the caller's transaction or by itself.
    """
    if not message_id:
        return
    row, is_new = Presence.objects.get_or_create(
        box_id=box_id,
        account_id=account_id,
        message_id=message_id[:255],
        kind=kind,
        defaults={"seen_at": now},
    )
    was_present = not is_new and is_present(kind, row.seen_at, now)
    Presence.objects.filter(pk=row.pk).update(seen_at=now)
    if not was_present:
        announce(WorkChanged(box_id))


def stop_reading(box_id: int, message_id: str, account_id: int) -> None:
    """End the presence of a reader who closed the message."""
    _delete_presence(box_id, message_id, account_id, PresenceKind.READS)


def stop_answering(box_id: int, message_id: str, account_id: int) -> None:
    """End the presence of a member who closed the composer or sent the answer."""
    _delete_presence(box_id, message_id, account_id, PresenceKind.ANSWERS)


def _delete_presence(box_id: int, message_id: str, account_id: int, kind: PresenceKind) -> None:
    rows = Presence.objects.filter(box_id=box_id, account_id=account_id, message_id=message_id[:255])
    if rows.filter(kind=kind).delete()[0]:
        announce(WorkChanged(box_id))


@transaction.atomic(durable=True)
def assign_thread(
    ref: MessageRef, account_id: int, *, by: str, now: datetime, seen: int | None = None
) -> None:
    """Use case: assign the conversation to a member, who may be the actor.

    `seen`: the account of the member who had it on the page; 0 for nobody, None if it does not matter.
    Raises Refusal `sharing.cannot-take` if the member may not sort, `sharing.taken-first` if another member
    than `seen` has it by now.
    """
    access = access_to(ref.box_id, account_id, now)
    if access is None or not access.may(Right.SORT):
        raise Refusal("sharing.cannot-take")
    thread = _thread(ref)
    if seen is not None and thread.assignee_id not in (None, seen, account_id):
        raise Refusal("sharing.taken-first", by=names_of([thread.assignee_id])[thread.assignee_id])
    thread.assignee_id, thread.assigned_at, thread.closed_at = account_id, now, None
    thread.assigned_by_id = number_of("account", by)
    thread.save()
    announce(WorkChanged(ref.box_id))
    action = "sharing.taken" if thread.assigned_by_id == account_id else "sharing.assigned"
    record(action, to=box_subject(ref.box_id), by=by, at=now, member=account_subject(account_id))


@transaction.atomic(durable=True)
def release_thread(ref: MessageRef, *, by: str, now: datetime) -> None:
    """Use case: leave the conversation without assignee."""
    thread = _thread(ref)
    thread.assignee = thread.assigned_at = thread.assigned_by = None
    thread.save()
    announce(WorkChanged(ref.box_id))
    record("sharing.left", to=box_subject(ref.box_id), by=by, at=now)


def release_threads_of(box_id: int, account_id: int, *, by: str, now: datetime) -> None:
    """Leave the conversations of somebody who may not answer them any more without assignee.

    The others would believe that somebody answers. Inside the caller's transaction.
    """
    threads = Thread.objects.filter(box_id=box_id, assignee_id=account_id)
    count = threads.update(assignee=None, assigned_at=None, assigned_by=None)
    if count:
        announce(WorkChanged(box_id))
        record(
            "sharing.left",
            to=box_subject(box_id),
            by=by,
            at=now,
            member=account_subject(account_id),
            count=count,
        )


@transaction.atomic(durable=True)
def set_thread_closed(ref: MessageRef, *, is_closed: bool, by: str, now: datetime) -> None:
    """Use case: close the conversation (no answer is expected), or reopen it."""
    thread = _thread(ref)
    thread.closed_at = now if is_closed else None
    thread.save()
    announce(WorkChanged(ref.box_id))
    record("sharing.closed" if is_closed else "sharing.reopened", to=box_subject(ref.box_id), by=by, at=now)


@transaction.atomic(durable=True)
def add_note(ref: MessageRef, account_id: int, text: str, *, by: str, now: datetime) -> None:
    """Use case: add an internal note to the conversation. Raises Refusal `sharing.note-empty`."""
    if not text.strip():
        raise Refusal("sharing.note-empty")
    Note.objects.create(
        thread=_thread(ref), account_id=account_id, text=text.strip()[:_MAX_NOTE_CHARACTERS], at=now
    )
    announce(WorkChanged(ref.box_id))
    record("sharing.noted", to=box_subject(ref.box_id), by=by, at=now)


@transaction.atomic(durable=True)
def warn_before_answer(box_id: int, key: str, message_id: str, account_id: int, *, now: datetime) -> str:
    """Use case: the French warning that another member answered or is answering; "" if there is no new one.

    Each cause is reported once to the composer `key`.
    """
    if not message_id:
        return ""
    competing = competing_answers(box_id, message_id, account_id, now)
    names = names_of(
        {row.account_id for row in competing.sent} | {row.account_id for row in competing.in_progress}
    )
    for row in competing.sent:
        if CollisionWarning.objects.get_or_create(box_id=box_id, key=key, cause=f"sent:{row.pk}")[1]:
            return f"{names[row.account_id]} a déjà répondu à ce courriel."
    for presence in competing.in_progress:
        cause = f"answers:{presence.account_id}"
        if CollisionWarning.objects.get_or_create(box_id=box_id, key=key, cause=cause)[1]:
            return f"{names[presence.account_id]} répond en ce moment à ce courriel."
    return ""


def record_sent(
    box_id: int,
    account_id: int,
    key: str,
    message_id: str,
    in_reply_to: str,
    *,
    by: str,
    now: datetime,
    is_scheduled: bool = False,
) -> None:
    """Record which member sent a message; only members see it. Inside the caller's transaction.

    `is_scheduled`: it is to leave at an hour, and may not.
    """
    SentMessage.objects.get_or_create(
        box_id=box_id,
        key=key,
        defaults={
            "account_id": account_id,
            "message_id": message_id[:255],
            "in_reply_to": in_reply_to[:255],
            "at": now,
        },
    )
    stop_answering(box_id, in_reply_to, account_id)
    announce(WorkChanged(box_id))
    action, line = ("answer", "sharing.answered") if in_reply_to else ("send", "sharing.sent")
    if is_scheduled:
        action, line = "schedule", "sharing.scheduled"
    BoxActivity.objects.create(box_id=box_id, account_id=account_id, action=action, at=now)
    _tell_lender(box_id, account_id, by, now)
    record(line, to=box_subject(box_id), by=by, at=now, message=message_id[:255])


def record_copies(
    box_id: int, account_id: int, count: int, act: CopiesAct = CopiesAct.SENT, *, by: str, now: datetime
) -> None:
    """Record what a member does of one message in that many copies, in one line of the activity.

    Inside the caller's transaction; `record_copy` then names the member on each copy.
    """
    action = "copies" if act is CopiesAct.SENT else f"copies-{act}"
    BoxActivity.objects.create(box_id=box_id, account_id=account_id, action=action, number=count, at=now)
    if act is not CopiesAct.STOPPED:
        _tell_lender(box_id, account_id, by, now)
    record(f"sharing.copies-{act}", to=box_subject(box_id), by=by, at=now, copies=count)


def record_copy(box_id: int, account_id: int, key: str, message_id: str, *, now: datetime) -> None:
    """Record which member sent a copy of a mailing. Inside the caller's transaction. Idempotent."""
    SentMessage.objects.get_or_create(
        box_id=box_id, key=key, defaults={"account_id": account_id, "message_id": message_id[:255], "at": now}
    )


def _tell_lender(box_id: int, account_id: int, by: str, now: datetime) -> None:
    """Write in the journal of somebody whose mailbox is lent that a colleague sent from it."""
    box = Box.objects.get(pk=box_id)
    if box.kind == BoxKind.PERSON:
        colleague = account_subject(account_id)
        record(
            "sharing.delegation-sent", to=account_subject(box.account_id), by=by, at=now, colleague=colleague
        )


def delete_sent(box_account_id: int, key: str) -> None:
    """Delete the record of a message whose sending was undone. Inside the caller's transaction."""
    for row in SentMessage.objects.filter(box__account_id=box_account_id, key=key):
        row.delete()
        announce(WorkChanged(row.box_id))


def record_activity(box_id: int, account_id: int, activity: ActivityRecord, *, now: datetime) -> None:
    """Record an action on messages. Opening the same message again within minutes adds no line."""
    action, place = activity.action, activity.place[:200]
    recent = BoxActivity.objects.filter(
        box_id=box_id, account_id=account_id, action=action, place=place, at__gte=now - _SAME_OPENING
    )
    if action == "open" and recent.exists():
        return
    BoxActivity.objects.create(
        box_id=box_id, account_id=account_id, action=action, place=place, number=activity.number, at=now
    )


def delete_expired(activity_days: int, request_days: int, *, now: datetime) -> None:
    """Delete stale presences, old sign-ins, activity and decided requests older than those days."""
    Presence.objects.filter(seen_at__lt=now - 2 * ANSWERING_FOR).delete()
    delete_batch(BoxActivity.objects.filter(at__lt=now - timedelta(days=activity_days)))
    delete_batch(BoxRequest.objects.filter(decided_at__lt=now - timedelta(days=request_days)))
    ClientSignIn.objects.filter(at__lt=now - SIGN_INS_KEPT).delete()


def _thread(ref: MessageRef) -> Thread:
    thread, _ = Thread.objects.select_for_update().get_or_create(box_id=ref.box_id, root=ref.root)
    for message_id in {ref.message_id, ref.root}:
        ThreadMessage.objects.get_or_create(thread=thread, message_id=message_id)
    return thread
