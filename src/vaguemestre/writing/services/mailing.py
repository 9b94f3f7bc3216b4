"""One copy for each recipient: prepared, begun, stopped, gone on with; each copy queued once."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.outbox.queries import copies_in_flight
from vaguemestre.outbox.rules.message import check_whole, compose
from vaguemestre.outbox.services import expect_bulk, queue_message
from vaguemestre.outbox.values import Letter, Parcel, Recipient
from vaguemestre.webmail.ports import OpenMailbox
from vaguemestre.writing.events import MailingGoesOn
from vaguemestre.writing.models import Composition, Mailing, MailingCopy
from vaguemestre.writing.queries import own_addresses
from vaguemestre.writing.rules.mailing import copies_of, merged_html, merged_subject, merged_text, read_table
from vaguemestre.writing.rules.mailing import variables_in as variables
from vaguemestre.writing.rules.recipients import loose_recipients
from vaguemestre.writing.services.drafting import remove_drafts
from vaguemestre.writing.services.enclosing import check_complete
from vaguemestre.writing.services.parting import writer_of_row
from vaguemestre.writing.services.rows import bare_letter, fresh_key, own_row
from vaguemestre.writing.values import Copy, Writer, Wrong

AT_ONCE = 40  # copies made in one go, and at most under way in the outbox
PACE = timedelta(seconds=2)
MOST_OCTETS = 400_000_000  # of all the copies together
_State = Mailing.State


@transaction.atomic(durable=True)
def prepare_mailing(
    writer: Writer, key: str, table: bytes | None, source: str, *, limit: int, now: datetime
) -> int:
    """Read who gets a copy: the rows of a CSV file, or the recipients of the message; nothing leaves yet.

    Raises Refusal `writing.gone`, `writing.already-sent`, `writing.mailing-empty`, `writing.mailing-heavy`,
    those of the table, the fields and the size.
    """
    row = own_row(writer.account_id, key)
    if row.is_sending:
        raise Refusal("writing.already-sent")
    check_complete(row)
    wanted = variables(row.subject, row.text if row.is_plain else row.html)
    copies, wrong = _read(row, table, wanted)
    if not copies:
        raise Refusal("writing.mailing-empty")
    Mailing.objects.filter(composition=row, state=_State.READY).delete()
    mailing = Mailing.objects.create(
        account_id=writer.account_id,
        composition=row,
        key=row.key,
        series=fresh_key(),
        source=source[:255],
        wrong=[[one.number, one.typed, one.reason] for one in wrong],
        created_at=now,
    )
    MailingCopy.objects.bulk_create(
        [
            MailingCopy(mailing=mailing, number=c.number, name=c.name, address=c.address, values=c.values)
            for c in copies
        ],
        batch_size=500,
    )
    size = len(_content(row, writer, copies[0], bare_letter(row, writer, now), limit))
    if size * len(copies) > MOST_OCTETS:
        raise Refusal("writing.mailing-heavy", count=len(copies))
    return int(mailing.pk)


@transaction.atomic(durable=True)
def start_mailing(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """Begin, or go on after a stop. Twice is once. Raises Refusal `writing.gone`."""
    mailing = _own(account_id, key)
    if mailing.state not in (_State.READY, _State.STOPPED) or mailing.composition is None:
        return
    if mailing.state == _State.READY:
        taken = Composition.objects.filter(pk=mailing.composition.pk, is_sending=False)
        if not taken.update(is_sending=True):
            raise Refusal("writing.already-sent")
    mailing.state = _State.RUNNING
    mailing.save(update_fields=("state",))
    count = mailing.copies.filter(queued_at=None).count()
    record("writing.mailing-begun", to=f"account:{account_id}", by=by, at=now, copies=count)
    expect_bulk(account_id, count, by=by, now=now)  # whoever begins it has just signed in
    announce(MailingGoesOn(mailing.pk))


@transaction.atomic(durable=True)
def stop_mailing(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """No further copy is made; those the outbox has leave. Twice is once. Raises Refusal `writing.gone`."""
    mailing = _own(account_id, key)
    if Mailing.objects.filter(pk=mailing.pk, state=_State.RUNNING).update(state=_State.STOPPED):
        record("writing.mailing-stopped", to=f"account:{account_id}", by=by, at=now)


def carry_mailing(mailing_id: int, open_mailbox: OpenMailbox, *, limit: int, now: datetime) -> None:
    """Hand some copies to the outbox, then announce the rest. Twice, or in two workers, does no harm."""
    mailing = Mailing.objects.select_related("composition__account").filter(pk=mailing_id).first()
    if mailing is None or mailing.state != _State.RUNNING or mailing.composition is None:
        return
    row = mailing.composition
    writer = writer_of_row(row)
    room = AT_ONCE - copies_in_flight(mailing.account_id, mailing.series)
    letter = bare_letter(row, writer, now)
    for number in list(
        mailing.copies.filter(queued_at=None).values_list("number", flat=True)[: max(0, room)]
    ):
        _queue_copy(mailing, number, writer, letter, limit, now)
    if mailing.copies.filter(queued_at=None).exists() or copies_in_flight(mailing.account_id, mailing.series):
        with transaction.atomic(durable=True):
            announce(MailingGoesOn(mailing.pk), due=now + PACE)
        return
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    with transaction.atomic(durable=True):
        Mailing.objects.filter(pk=mailing.pk, state=_State.RUNNING).update(state=_State.DONE)
        Composition.objects.filter(pk=row.pk, mailing__state=_State.DONE).delete()


@transaction.atomic(durable=True)
def _queue_copy(
    mailing: Mailing, number: int, writer: Writer, letter: Letter, limit: int, now: datetime
) -> None:
    """The copy and its mark in one transaction: the outbox's key makes it once whatever happens."""
    still = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=_State.RUNNING).exists()
    kept = mailing.copies.filter(number=number, queued_at=None).first()
    row = mailing.composition
    if not still or kept is None or row is None:
        return
    one = Copy(kept.number, kept.name, kept.address, kept.values)
    copy = replace(letter, message_id=f"<{mailing.series}.{number}@{writer.domain}>")
    queue_message(
        Parcel(
            account_id=mailing.account_id,
            key=f"{mailing.series}.{number}",
            message_id=copy.message_id,
            sender=letter.sender.address,
            recipients=(one.address,),
            bcc=(),
            subject=merged_subject(row.subject, one.values),
            content=_content(row, writer, one, copy, limit),
            due_at=now,
            wants_report=row.wants_report,
        ),
        by=f"account:{mailing.account_id}",
        now=now,
    )
    kept.queued_at = now
    kept.save(update_fields=("queued_at",))


def merged(letter: Letter, one: Copy) -> Letter:
    """The letter as that recipient gets it: alone in « À »."""
    return replace(
        letter,
        to=(Recipient("".join(c for c in one.name if c.isprintable()), one.address),),
        subject=merged_subject(letter.subject, one.values),
        html=merged_html(letter.html, one.values) if letter.html else "",
        text=merged_text(letter.text, one.values) if letter.text else "",
    )


def _content(row: Composition, writer: Writer, one: Copy, letter: Letter, limit: int) -> bytes:
    if letter.sender.address not in own_addresses(writer):
        raise Refusal("writing.not-your-address", field="identity")
    content = compose(merged(letter, one), boundary=secrets.token_hex(16))
    check_whole(content, limit)
    return content


def _read(row: Composition, table: bytes | None, wanted: tuple[str, ...]) -> tuple[list[Copy], list[Wrong]]:
    if table is not None:
        header, rows = read_table(table)
        return copies_of(header, rows, wanted)
    people, wrong = loose_recipients(f"{row.to}, {row.cc}, {row.bcc}")
    lines = [(number, [person.name, person.address]) for number, person in enumerate(people, 1)]
    copies, more = copies_of(["nom", "adresse"], lines, wanted)
    return copies, [Wrong(0, typed, "address-wrong") for typed in wrong] + more


def _own(account_id: int, key: str) -> Mailing:
    mailing = Mailing.objects.select_related("composition").filter(account_id=account_id, key=key).first()
    if mailing is None:
        raise Refusal("writing.gone")
    return mailing
