"""Mail merge: start, stop and run a mailing; each copy is queued once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce, announce_once
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.events import MailingDue
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.queries import cautions_of, proof_of
from vaguemestre.mailbox.compose.rules.mail_merge import merged_subject, plain_name, variables_in
from vaguemestre.mailbox.compose.rules.merge_weight import column_uses
from vaguemestre.mailbox.compose.services.drafts import remove_drafts
from vaguemestre.mailbox.compose.services.files.file_links import check_last_days
from vaguemestre.mailbox.compose.services.hand_over import writer_of_row
from vaguemestre.mailbox.compose.services.mailings.box_records import note_sender, note_start, note_stop
from vaguemestre.mailbox.compose.services.mailings.class_rights import check_classes, no_schools
from vaguemestre.mailbox.compose.services.mailings.merged_letters import (
    copy_content,
    copy_message_id,
    letter_of,
)
from vaguemestre.mailbox.compose.services.mailings.stopped_mailings import stop_and_tell, take_up_withdrawn
from vaguemestre.mailbox.compose.services.rows import sign_row
from vaguemestre.mailbox.compose.services.scheduled_drafts import is_draft_gone
from vaguemestre.mailbox.compose.values import MailingOrder, MailingState, MergeCopy, Writer
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.outbox.queries import copies_in_flight
from vaguemestre.post.outbox.services import announce_bulk_send, queue_message
from vaguemestre.post.outbox.values import Letter, MessageToSend
from vaguemestre.schools.rosters.ports import ManagedSchools
from vaguemestre.schools.sharing.queries import access_to, box_id_of_account
from vaguemestre.schools.sharing.values import Right

MAX_COPIES_IN_FLIGHT = 40  # in the outbox at a time
PACE = timedelta(seconds=2)


@transaction.atomic(durable=True)
def start_mailing(
    account_id: int,
    key: str,
    order: MailingOrder,
    *,
    by: str,
    now: datetime,
    acting_id: int = 0,
    managed: ManagedSchools = no_schools,
) -> None:
    """Start the mailing, or resume it after a stop. Idempotent.

    Resumed before the hour it was scheduled for, it keeps that hour.
    `acting_id`: the account of the member who starts it in a shared mailbox, else 0.
    Raises Refusal `compose.gone`, `compose.look-again`, `compose.prepare-again`,
    `compose.changed-since-proof`, `compose.reopened` when its page of before offered to resume it,
    `compose.too-many-variables`, `compose.classes-changed`, `compose.link-ends`, `rosters.not-yours`.
    """
    mailing = _own_mailing(account_id, key)
    if mailing.state not in (MailingState.READY, MailingState.STOPPED) or mailing.composition is None:
        return
    check_classes(mailing, mailing.composition, acting_id, managed, now)
    was_stopped = mailing.state == MailingState.STOPPED
    if not was_stopped:
        _take_draft(mailing, mailing.composition, order)
    else:
        take_up_withdrawn(mailing)
    due_at = order.due_at or _hour_to_come(mailing, now)
    check_last_days(mailing.composition, paris_day(due_at or now), "day")
    mailing.state, mailing.due_at, mailing.acting_id = MailingState.RUNNING, due_at, acting_id
    mailing.save(update_fields=("state", "due_at", "acting_id"))
    count = mailing.copies.filter(queued_at=None).count()
    record("compose.mailing-begun", to=account_subject(account_id), by=by, at=now, copies=count)
    note_start(mailing, count, was_stopped=was_stopped, now=now)
    announce_bulk_send(account_id, count, by=by, now=due_at or now)  # the writer has just signed in again
    announce(MailingDue(mailing.pk), due=due_at)


def _take_draft(mailing: Mailing, row: Composition, order: MailingOrder) -> None:
    """Take the draft, whose text nobody changes from then on, and check it as it then is."""
    if not Composition.objects.filter(pk=row.pk, is_sending=False).update(is_sending=True):
        raise Refusal("compose.already-sent")
    row.refresh_from_db()
    _check_values(mailing, row)
    if not order.proof:  # « Reprendre l’envoi » of a page older than the reopening
        raise Refusal("compose.reopened")
    if proof_of(mailing) != order.proof:
        raise Refusal("compose.changed-since-proof")
    if not order.is_sure and cautions_of(mailing):
        raise Refusal("compose.look-again")
    sign_row(row, order.signature)
    _check_variables(row)


def _hour_to_come(mailing: Mailing, now: datetime) -> datetime | None:
    """The time a stopped mailing was scheduled for, unless it has passed meanwhile."""
    return mailing.due_at if mailing.due_at and mailing.due_at > now else None


@transaction.atomic(durable=True)
def stop_mailing(account_id: int, key: str, *, by: str, now: datetime, acting_id: int = 0) -> None:
    """Stop the mailing; queued copies are still sent. Idempotent. Raises Refusal `compose.gone`.

    `acting_id`: the account of the member who stops it in a shared mailbox, else 0.
    """
    mailing = _own_mailing(account_id, key)
    if Mailing.objects.filter(pk=mailing.pk, state=MailingState.RUNNING).update(state=MailingState.STOPPED):
        record("compose.mailing-stopped", to=account_subject(account_id), by=by, at=now)
        note_stop(mailing, acting_id, now)


@transaction.atomic(durable=True)
def resume_mailings(mailing_ids: Iterable[int], *, now: datetime) -> None:
    """Announce those of these mailings that nothing waits to go on with.

    Run by whoever notices, they would hold the worker of everybody's mail. `PACE` later: a mailing that goes
    on waits that long between two batches, and each job announces the next one.
    """
    for mailing_id in mailing_ids:
        announce_once(MailingDue(mailing_id), due=now + PACE)


def run_mailing(
    mailing_id: int,
    open_mailbox: OpenMailbox,
    *,
    limit: int,
    now: datetime,
    managed: ManagedSchools = no_schools,
) -> None:
    """Hand a batch of copies to the outbox, then announce the rest. Safe to run twice or in two workers.

    A copy that is refused would be refused again: it is put aside, for the writer to see, and the others go.
    """
    mailing = Mailing.objects.select_related("composition__account").filter(pk=mailing_id).first()
    if mailing is None or mailing.state != MailingState.RUNNING or mailing.composition is None:
        return
    if mailing.due_at and now < mailing.due_at:
        return  # a job is due at that time
    row = mailing.composition
    if reason := _reason_to_stop(mailing, row, open_mailbox, managed, now):
        stop_and_tell(mailing, reason, by="system", now=now)
        return
    writer = writer_of_row(row)
    free_slots = MAX_COPIES_IN_FLIGHT - copies_in_flight(mailing.account_id, mailing.series)
    letter = letter_of(mailing, row, writer, now)
    waiting = mailing.copies.filter(queued_at=None)
    for number in list(waiting.values_list("number", flat=True)[: max(0, free_slots)]):
        _queue_copy(mailing, number, writer, letter, limit, now)
    if waiting.exists() or copies_in_flight(mailing.account_id, mailing.series):
        with transaction.atomic(durable=True):
            announce_once(MailingDue(mailing.pk), due=now + PACE)
        return
    if not mailing.copies.exists():
        _give_back(mailing)
        return
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    with transaction.atomic(durable=True):
        Mailing.objects.filter(pk=mailing.pk, state=MailingState.RUNNING).update(state=MailingState.DONE)
        if mailing.audiences:  # names of pupils are erased once sent
            mailing.copies.update(name="", values={})
        Composition.objects.filter(pk=row.pk, mailing__state=MailingState.DONE).delete()


def _reason_to_stop(
    mailing: Mailing, row: Composition, open_mailbox: OpenMailbox, managed: ManagedSchools, now: datetime
) -> str:
    """The notice of why the mailing goes no further; "" if it does."""
    if _is_withdrawn(mailing, row, open_mailbox):
        return "mailing-withdrawn"
    return "" if _may_still_send(mailing, row, managed, now) else "mailing-stopped"


def _may_still_send(mailing: Mailing, row: Composition, managed: ManagedSchools, now: datetime) -> bool:
    """Whether whoever began it may still write to its classes, and send from the shared mailbox it is in."""
    if mailing.acting_id:
        access = access_to(box_id_of_account(mailing.account_id) or 0, mailing.acting_id, now)
        if access is None or not access.may(Right.SEND):
            return False
    try:
        check_classes(mailing, row, mailing.acting_id, managed, now)
    except Refusal:
        return False
    return True


def _is_withdrawn(mailing: Mailing, row: Composition, open_mailbox: OpenMailbox) -> bool:
    """Whether the draft of a scheduled mailing was deleted before its first copy."""
    is_begun = mailing.due_at is None or mailing.copies.exclude(queued_at=None).exists()
    return not is_begun and is_draft_gone(row, open_mailbox)


def _queue_copy(
    mailing: Mailing, number: int, writer: Writer, letter: Letter, limit: int, now: datetime
) -> None:
    """Build one copy outside of any transaction; queue and mark it in one. Its outbox key is unique."""
    copy_row, row = mailing.copies.filter(number=number, queued_at=None).first(), mailing.composition
    if copy_row is None or row is None:
        return
    copy = MergeCopy(copy_row.number, copy_row.name, copy_row.address, copy_row.values)
    copy_letter = replace(letter, message_id=copy_message_id(mailing.series, number, writer.domain))
    try:
        content = copy_content(row, writer, copy, copy_letter, limit)
    except Refusal as refusal:
        _put_aside(mailing, copy, refusal)
        return
    with transaction.atomic(durable=True):
        if not _is_running(mailing) or not mailing.copies.filter(number=number, queued_at=None).exists():
            return
        queue_message(
            MessageToSend(
                account_id=mailing.account_id,
                key=f"{mailing.series}.{number}",
                message_id=copy_letter.message_id,
                sender=letter.sender.address,
                recipients=(copy.address,),
                bcc=(),
                subject=merged_subject(row.subject, copy.values),
                content=content,
                due_at=now,
                wants_report=row.wants_report,
            ),
            by=account_subject(mailing.acting_id or mailing.account_id),
            now=now,
        )
        note_sender(mailing, f"{mailing.series}.{number}", copy_letter.message_id, now)
        mailing.copies.filter(number=number).update(queued_at=now)


def _is_running(mailing: Mailing) -> bool:
    """Whether it runs; nobody stops it before the end of the transaction."""
    return Mailing.objects.select_for_update().filter(pk=mailing.pk, state=MailingState.RUNNING).exists()


@transaction.atomic(durable=True)
def _put_aside(mailing: Mailing, copy: MergeCopy, refusal: Refusal) -> None:
    """List the copy among the rows that do not leave, instead of trying it again."""
    locked = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=MailingState.RUNNING).first()
    if locked is None or not locked.copies.filter(number=copy.number, queued_at=None).delete()[0]:
        return
    locked.wrong = [*locked.wrong, [copy.number, copy.address, f"refused:{refusal.code}"]]
    locked.save(update_fields=("wrong",))


@transaction.atomic(durable=True)
def _give_back(mailing: Mailing) -> None:
    """Give the draft back to its writer: every copy was put aside."""
    if Mailing.objects.filter(pk=mailing.pk, state=MailingState.RUNNING).update(
        state=MailingState.READY, due_at=None
    ):
        Composition.objects.filter(mailing=mailing).update(is_sending=False)


def _check_values(mailing: Mailing, row: Composition) -> None:
    """Each copy has a value for what the text asks by now. Raises Refusal `compose.prepare-again`."""
    variables = {
        plain_name(name): name for name in variables_in(row.subject, row.text if row.is_plain else row.html)
    }
    for values in mailing.copies.values_list("values", flat=True) if variables else ():
        for column, name in variables.items():
            if not values.get(column):
                raise Refusal("compose.prepare-again", name=name)


def _check_variables(row: Composition) -> None:
    """The text may have changed since it was prepared. Raises Refusal `compose.too-many-variables`."""
    column_uses(row.subject, row.text if row.is_plain else row.html)


def _own_mailing(account_id: int, key: str) -> Mailing:
    mailing = Mailing.objects.select_related("composition").filter(account_id=account_id, key=key).first()
    if mailing is None:
        raise Refusal("compose.gone")
    return mailing
