"""A letter that goes through: recipients written down, then handed over by batches, each once.

Each step is committed before the next, so that a step cut short is found again and finished, not repeated. No
more than `AT_ONCE` copies wait in the queue: ordinary mail never stands behind a whole list.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.ports import MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef
from vaguemestre.post.outbox.ports import Submit
from vaguemestre.post.outbox.rules.reasons import refusal_reason
from vaguemestre.schools.lists import queries
from vaguemestre.schools.lists.events import LetterGoesOn
from vaguemestre.schools.lists.models import Batch, CopyRow, LetterRow, MailingList
from vaguemestre.schools.lists.ports import WasSentAs
from vaguemestre.schools.lists.rules.acceptance import files_as_links
from vaguemestre.schools.lists.rules.arrival import read_arrival
from vaguemestre.schools.lists.rules.list_address import bounce_address
from vaguemestre.schools.lists.rules.list_copy import copy_of
from vaguemestre.schools.lists.services.administration import owner_addresses
from vaguemestre.schools.lists.services.arrival import INBOX
from vaguemestre.schools.lists.services.membership import letter_token, token_of
from vaguemestre.schools.lists.values import Arrival, Files, Kind, Member, ReplyTo, Sheet, State

log = logging.getLogger(__name__)

TOGETHER = 100  # copies in one batch, the same for all
AT_ONCE = 1000  # copies under way
PACE = timedelta(seconds=1)
BATCHES = 50  # in one go
RECENT = timedelta(minutes=10)  # a fate that is not known by then is waited for no more
LEASE = timedelta(seconds=60)  # longer than a submission may last
_PLANNED = 2000  # copies written down in one transaction


@dataclass(frozen=True)
class Means:
    """What a letter is carried with."""

    open_mailbox: OpenMailbox
    submit: Submit
    was_sent_as: WasSentAs
    domain: str
    site: str  # address of the pages, no slash at its end
    clock: Callable[[], datetime]


def carry_letter(letter_id: int, means: Means) -> None:
    """Carry a letter further, then announce the rest. May run twice, or in two workers, without harm.

    Raises EngineDown when an engine is away or another worker is at it: the job comes back.
    """
    now = means.clock()
    LetterRow.objects.filter(pk=letter_id, state=State.SCHEDULED, due_at__lte=now).update(state=State.SENDING)
    row = LetterRow.objects.select_related("list__account").filter(pk=letter_id).first()
    if row is None or row.state != State.SENDING:
        return
    if row.planned_at is None:
        _plan(row, now)
    room = (AT_ONCE - queries.under_way(row, now - RECENT)) // _together(row)
    waiting = list(row.batches.filter(handed_at__isnull=True)[: min(max(0, room), BATCHES)])
    if waiting:
        _hand_some(row, waiting, means)
    if row.batches.filter(handed_at__isnull=True).exists():
        _later(row, means.clock())
        return
    _end(row, means.clock())


def _plan(row: LetterRow, now: datetime) -> None:
    """Write down who receives it, and why. Begun again, it is the same list. Then the batches."""
    members = queries.members_of(row.list, now)
    elsewhere = _reached_by_another_list(row, now)
    chosen = [one for one in members if one.address not in elsewhere]
    together = _together(row)
    for some in batched(enumerate(chosen), _PLANNED):
        with transaction.atomic(durable=True):
            CopyRow.objects.bulk_create(
                [_copy(row, one, index // together) for index, one in some],
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
        record("lists.letter-begun", to=f"list:{row.list_id}", by="system", at=now, copies=row.recipients)


def _together(row: LetterRow) -> int:
    """Copies of a batch: whoever may leave the list has one that says how, for them alone."""
    return TOGETHER if row.list.kind == Kind.RULE else 1


def _reached_by_another_list(row: LetterRow, now: datetime) -> set[str]:
    """Who receives the same message by another list it was sent to: one copy each."""
    if not row.message_id:
        return set()
    same = CopyRow.objects.filter(
        letter__message_id=row.message_id, letter__received_at__gt=now - timedelta(days=7)
    )
    return set(same.exclude(letter__list_id=row.list_id).values_list("address", flat=True))


def _copy(row: LetterRow, one: Member, number: int) -> CopyRow:
    return CopyRow(
        letter=row,
        number=number,
        address=one.address,
        name=one.name[:100],
        person_id=one.person_id or None,
        reasons=list(one.reasons),
    )


def _hand_some(row: LetterRow, waiting: list[Batch], means: Means) -> None:
    ref = MessageRef(INBOX, row.uid_validity, row.uid)
    try:
        with means.open_mailbox(MailLogin(row.list.address)) as box:
            raw = box.raw(ref)
    except MessageGone:
        LetterRow.objects.filter(pk=row.pk).update(state=State.STOPPED, reason="lists.message-gone")
        return
    arrival, _ = read_arrival(raw, row.list.address)
    arrival = replace(arrival, author_id=row.author_id or 0)
    for batch in waiting:
        if not LetterRow.objects.filter(pk=row.pk, state=State.SENDING).exists():
            return
        _hand(row, batch, raw, arrival, means)


def _hand(row: LetterRow, batch: Batch, raw: bytes, arrival: Arrival, means: Means) -> None:
    people = list(row.copies.filter(number=batch.number).order_by("pk"))
    outside = any(one.person_id is None for one in people)
    sender = bounce_address(row.list.address, row.pk, batch.number, outside=outside)
    is_doubtful = batch.attempted_at is not None
    _take_lease(batch, means.clock())
    if people and not (is_doubtful and means.was_sent_as(sender)):
        content = _content(row, people[0] if len(people) == 1 else None, raw, arrival, means)
        try:
            means.submit(row.list.address, sender, [one.address for one in people], content)
        except EngineRefused as refused:
            _refuse(row, batch, people, refused, means.clock())
            return
        except EngineDown:
            # done with this attempt, not sure how far it went: the lease is free, the doubt stays
            Batch.objects.filter(pk=batch.pk).update(attempted_at=means.clock() - LEASE)
            raise
    now = means.clock()
    with transaction.atomic(durable=True):
        Batch.objects.filter(pk=batch.pk).update(handed_at=now)
        LetterRow.objects.filter(pk=row.pk).update(moved_at=now)


def _take_lease(batch: Batch, now: datetime) -> None:
    """One worker at a time: the attempt is written before the wire is touched: a cut leaves a trace."""
    free = Batch.objects.filter(pk=batch.pk, handed_at__isnull=True).filter(
        Q(attempted_at=None) | Q(attempted_at__lte=now - LEASE)
    )
    if not free.update(attempted_at=now):
        raise EngineDown("this batch is being handed over, or its last attempt is too fresh to judge")


def _refuse(
    row: LetterRow, batch: Batch, people: list[CopyRow], refused: EngineRefused, now: datetime
) -> None:
    """All are taken or none is: whoever cannot be written to is found by halves."""
    if len(people) == 1:
        reason = refusal_reason(str(refused))
        Batch.objects.filter(pk=batch.pk).update(handed_at=now, reason=reason)
        return
    log.info("batch %s of letter %s refused: cut in two", batch.number, row.pk)
    with transaction.atomic(durable=True):
        last = row.batches.aggregate(last=Max("number"))["last"] or 0
        half = len(people) // 2
        for number, some in ((last + 1, people[:half]), (last + 2, people[half:])):
            Batch.objects.create(letter=row, number=number)
            row.copies.filter(pk__in=[one.pk for one in some]).update(number=number)
        batch.delete()


def _content(row: LetterRow, alone: CopyRow | None, raw: bytes, arrival: Arrival, means: Means) -> bytes:
    sheet = sheet_of(row, means.site, alone=alone if row.list.kind == Kind.MANUAL else None)
    as_links = files_as_links(arrival.size, has_files=arrival.has_files, files=Files(row.list.files))
    return copy_of(
        raw, arrival, sheet, boundary=secrets.token_hex(16), as_links=as_links, domain=means.domain
    )


def sheet_of(row: LetterRow, site: str, *, alone: CopyRow | None = None) -> Sheet:
    """What is written on the copies of a letter; on that one, how its recipient leaves the list."""
    kept: MailingList = row.list
    why = site + reverse("lists:why", args=[row.public_id])
    leave = ""
    if alone is not None:
        token = token_of(kept.pk, alone.address, alone.person_id or 0)
        leave = site + reverse("lists:leave-by-link", args=[token])
        if not alone.person_id:
            letter = letter_token(str(row.public_id), alone.address)
            why = site + reverse("lists:why-outside", args=[letter])
    return Sheet(
        address=kept.address,
        title=kept.title,
        why=why,
        archive=site + reverse("lists:archive", args=[kept.pk]) if kept.has_archive else "",
        owners=owner_addresses(kept),
        reply_to=ReplyTo(kept.reply_to),
        leave=leave,
        help=site + reverse("lists:list", args=[kept.pk]),
    )


def _later(row: LetterRow, now: datetime) -> None:
    with transaction.atomic(durable=True):
        is_full = queries.under_way(row, now - RECENT) > AT_ONCE - _together(row)
        announce(LetterGoesOn(row.pk), due=now + PACE if is_full else now)


def _end(row: LetterRow, now: datetime) -> None:
    with transaction.atomic(durable=True):
        if LetterRow.objects.filter(pk=row.pk, state=State.SENDING).update(state=State.SENT, ended_at=now):
            record("lists.letter-sent", to=f"list:{row.list_id}", by="system", at=now)
