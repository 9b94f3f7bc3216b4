"""Fan-out of an accepted letter: its copies are stored, then submitted in batches, each exactly once.

Each step is committed before the next: an interrupted step is resumed, never repeated. At most
`MAX_IN_FLIGHT` copies are in the queue, so ordinary mail never waits behind a whole list.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.post.mailstore.ports import MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef
from vaguemestre.post.outbox.ports import Submit
from vaguemestre.post.outbox.rules.reasons import refusal_reason
from vaguemestre.post.outbox.services.submission_lease import (
    LEASE,
    attempt,
    interrupted_attempt,
    take_lease,
)
from vaguemestre.post.outbox.values import Acceptance
from vaguemestre.schools.lists import queries
from vaguemestre.schools.lists.events import FanoutDue
from vaguemestre.schools.lists.models import Batch, LetterCopy, ListLetter, MailingList
from vaguemestre.schools.lists.ports import WasSentAs
from vaguemestre.schools.lists.rules.acceptance import are_files_linked
from vaguemestre.schools.lists.rules.arrival import parse_message
from vaguemestre.schools.lists.rules.list_address import bounce_address
from vaguemestre.schools.lists.rules.list_copy import build_copy
from vaguemestre.schools.lists.services.administration import owner_addresses
from vaguemestre.schools.lists.services.arrival import INBOX
from vaguemestre.schools.lists.services.membership import letter_token, unsubscribe_token
from vaguemestre.schools.lists.services.right_to_send import hold_if_right_lost
from vaguemestre.schools.lists.values import Files, IncomingMessage, Kind, ListDetails, Member, ReplyTo, State

log = logging.getLogger(__name__)

COPIES_PER_BATCH = 100  # identical copies, submitted as one message
MAX_IN_FLIGHT = 1000  # copies submitted and not delivered yet
PACE = timedelta(seconds=1)  # before the next run while MAX_IN_FLIGHT copies are in the queue
BATCHES_PER_RUN = 50
IN_FLIGHT_FOR = timedelta(minutes=10)  # older copies without a delivery status are no longer counted
_COPIES_PER_TRANSACTION = 2000


@dataclass(frozen=True)
class FanoutContext:
    """Ports and settings of a fan-out."""

    open_mailbox: OpenMailbox
    submit: Submit
    was_sent_as: WasSentAs
    site: str  # address of the pages, no slash at its end
    clock: Callable[[], datetime]


class _BatchHeld(EngineDown):
    """Another worker is submitting that batch, or died while it did."""


def fan_out(letter_id: int, context: FanoutContext) -> None:
    """Submit the next batches of a letter, then announce the rest. Safe to run twice, or in two workers.

    A batch that another worker holds is looked at again once its lease is over: retries grow apart, and
    a list would wait minutes for a worker that died. Raises EngineDown when an engine does not answer:
    the job is retried.
    """
    now = context.clock()
    ListLetter.objects.filter(pk=letter_id, state=State.SCHEDULED, due_at__lte=now).update(
        state=State.SENDING
    )
    row = ListLetter.objects.select_related("list__account").filter(pk=letter_id).first()
    if row is None or row.state != State.SENDING:
        return
    if row.planned_at is None:
        if hold_if_right_lost(row, now):
            return
        _store_copies(row, now)
    free = (MAX_IN_FLIGHT - queries.count_in_flight(row, now - IN_FLIGHT_FOR)) // _copies_per_batch(row)
    batches = list(row.batches.filter(submitted_at__isnull=True)[: min(max(0, free), BATCHES_PER_RUN)])
    try:
        _submit_batches(row, batches, context)
    except _BatchHeld:
        with transaction.atomic(durable=True):
            announce(FanoutDue(row.pk), due=context.clock() + LEASE)
        return
    if row.batches.filter(submitted_at__isnull=True).exists():
        _announce_rest(row, context.clock())
        return
    _finish(row, context.clock())


def _store_copies(row: ListLetter, now: datetime) -> None:
    """Store recipients with their reasons, then the batches. Idempotent."""
    excluded = _recipients_of_other_lists(row, now)
    members = [member for member in queries.members_of(row.list, now) if member.address not in excluded]
    batch_size = _copies_per_batch(row)
    for part in batched(enumerate(members), _COPIES_PER_TRANSACTION):
        with transaction.atomic(durable=True):
            LetterCopy.objects.bulk_create(
                [_copy(row, member, index // batch_size) for index, member in part],
                batch_size=500,
                ignore_conflicts=True,
            )
    with transaction.atomic(durable=True):
        numbers = row.copies.values_list("number", flat=True).distinct()
        Batch.objects.bulk_create(
            [Batch(letter=row, number=number) for number in numbers], batch_size=500, ignore_conflicts=True
        )
        row.planned_at, row.recipients = now, row.copies.count()
        row.save(update_fields=("planned_at", "recipients"))
        record("lists.letter-begun", to=list_subject(row.list_id), by="system", at=now, copies=row.recipients)


def _copies_per_batch(row: ListLetter) -> int:
    """One in a manual list: each copy has the unsubscribe link of its recipient."""
    return COPIES_PER_BATCH if row.list.kind == Kind.RULE else 1


def _recipients_of_other_lists(row: ListLetter, now: datetime) -> set[str]:
    """Addresses that receive the same message from another list: nobody receives it twice.

    Its author's own message: somebody else with its identifier would keep it from whom they wrote to.
    """
    if not row.message_id:
        return set()
    copies = LetterCopy.objects.filter(
        letter__message_id=row.message_id,
        letter__author_id=row.author_id,
        letter__sender=row.sender,
        letter__received_at__gt=now - timedelta(days=7),
    )
    return set(copies.exclude(letter__list_id=row.list_id).values_list("address", flat=True))


def _copy(row: ListLetter, member: Member, number: int) -> LetterCopy:
    return LetterCopy(
        letter=row,
        number=number,
        address=member.address,
        name=member.name[:100],
        person_id=member.person_id or None,
        reasons=list(member.reasons),
    )


def _submit_batches(row: ListLetter, batches: list[Batch], context: FanoutContext) -> None:
    if not batches:
        return
    ref = MessageRef(INBOX, row.uid_validity, row.uid)
    try:
        with context.open_mailbox(MailLogin(row.list.address)) as box:
            raw = box.raw(ref)
    except MessageGone:
        ListLetter.objects.filter(pk=row.pk).update(state=State.STOPPED, reason="lists.message-gone")
        return
    message, _ = parse_message(raw, row.list.address)
    message = replace(message, author_id=row.author_id or 0)
    in_doubt = 0
    for batch in batches:
        if not ListLetter.objects.filter(pk=row.pk, state=State.SENDING).exists():
            return
        in_doubt += not _submit_batch(row, batch, raw, message, context)
    if in_doubt:
        raise EngineDown(f"lettre {row.pk} : {counted(in_doubt, 'envoi')} en suspens, repris plus tard")


def _submit_batch(
    row: ListLetter, batch: Batch, raw: bytes, message: IncomingMessage, context: FanoutContext
) -> bool:
    """Submit one batch. After an interrupted attempt, ask first whether it was accepted.

    False while nobody can tell.
    """
    copies = list(row.copies.filter(number=batch.number).order_by("pk"))
    outside = any(copy.person_id is None for copy in copies)
    sender = bounce_address(row.list.address, row.pk, batch.number, outside=outside)
    attempted_at = interrupted_attempt(batch.attempted_at, context.clock())
    acceptance = context.was_sent_as(sender, attempted_at) if attempted_at else Acceptance.NO
    if acceptance is Acceptance.UNKNOWN:
        return False
    _take_lease(batch, context.clock())
    reason = "outbox.perhaps-left" if acceptance is Acceptance.UNTOLD else ""
    if copies and acceptance is Acceptance.NO:
        content = _content(row, copies[0] if len(copies) == 1 else None, raw, message, context)
        try:
            with attempt(Batch.objects.filter(pk=batch.pk), context.clock):
                context.submit(row.list.address, sender, [copy.address for copy in copies], content)
        except EngineRefused as error:
            _handle_refusal(row, batch, copies, error, context.clock())
            return True
    now = context.clock()
    with transaction.atomic(durable=True):
        Batch.objects.filter(pk=batch.pk).update(submitted_at=now, reason=reason)
        ListLetter.objects.filter(pk=row.pk).update(progressed_at=now)
    return True


def _take_lease(batch: Batch, now: datetime) -> None:
    """Take the lease of a batch that is not submitted yet. Raises _BatchHeld if another attempt has it."""
    unsent = Batch.objects.filter(pk=batch.pk, submitted_at__isnull=True)
    if not take_lease(unsent, batch.attempted_at, now):
        raise _BatchHeld("cet envoi est en cours, ou sa dernière tentative est trop récente pour en juger")


def _handle_refusal(
    row: ListLetter, batch: Batch, copies: list[LetterCopy], error: EngineRefused, now: datetime
) -> None:
    """Bisect the batch to find the refused recipient: a submission is accepted or refused as a whole."""
    if len(copies) == 1:
        reason = refusal_reason(str(error))
        Batch.objects.filter(pk=batch.pk).update(submitted_at=now, reason=reason)
        return
    log.info("batch %s of letter %s refused: cut in two", batch.number, row.pk)
    with transaction.atomic(durable=True):
        last = row.batches.aggregate(last=Max("number"))["last"] or 0
        half = len(copies) // 2
        for number, part in ((last + 1, copies[:half]), (last + 2, copies[half:])):
            Batch.objects.create(letter=row, number=number)
            row.copies.filter(pk__in=[copy.pk for copy in part]).update(number=number)
        batch.delete()


def _content(
    row: ListLetter,
    only_copy: LetterCopy | None,
    raw: bytes,
    message: IncomingMessage,
    context: FanoutContext,
) -> bytes:
    recipient = only_copy if row.list.kind == Kind.MANUAL else None
    details = list_details(row, context.site, context.clock(), recipient=recipient)
    as_links = are_files_linked(message.size, has_files=message.has_files, files=Files(row.list.files))
    return build_copy(
        raw,
        message,
        details,
        boundary=secrets.token_hex(16),
        as_links=as_links,
        domain=row.list.address.rpartition("@")[2],
    )


def list_details(
    row: ListLetter, site: str, now: datetime, *, recipient: LetterCopy | None = None
) -> ListDetails:
    """The list's data in the copies of a letter; with the unsubscribe link of that recipient, if given."""
    mailing_list: MailingList = row.list
    why_url = site + reverse("lists:why", args=[row.public_id])
    unsubscribe_url = ""
    if recipient is not None:
        token = unsubscribe_token(mailing_list.pk, recipient.address, recipient.person_id or 0)
        unsubscribe_url = site + reverse("lists:leave-by-link", args=[token])
        if not recipient.person_id:
            token = letter_token(str(row.public_id), recipient.address)
            why_url = site + reverse("lists:why-outside", args=[token])
    archive_url = site + reverse("lists:archive", args=[mailing_list.pk]) if mailing_list.has_archive else ""
    return ListDetails(
        address=mailing_list.address,
        title=mailing_list.title,
        why_url=why_url,
        archive_url=archive_url,
        owners=owner_addresses(mailing_list, now),
        reply_to=ReplyTo(mailing_list.reply_to),
        unsubscribe_url=unsubscribe_url,
        help_url=site + reverse("lists:list", args=[mailing_list.pk]),
    )


def _announce_rest(row: ListLetter, now: datetime) -> None:
    with transaction.atomic(durable=True):
        in_flight = queries.count_in_flight(row, now - IN_FLIGHT_FOR)
        is_full = in_flight > MAX_IN_FLIGHT - _copies_per_batch(row)
        announce(FanoutDue(row.pk), due=now + PACE if is_full else now)


def _finish(row: ListLetter, now: datetime) -> None:
    with transaction.atomic(durable=True):
        if ListLetter.objects.filter(pk=row.pk, state=State.SENDING).update(state=State.SENT, ended_at=now):
            record("lists.letter-sent", to=list_subject(row.list_id), by="system", at=now)
