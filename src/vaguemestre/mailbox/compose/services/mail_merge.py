"""Mail merge: prepare, start, stop and run a mailing; each copy is queued once."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.events import MailingDue
from vaguemestre.mailbox.compose.models import Composition, Mailing, MailingCopy
from vaguemestre.mailbox.compose.queries import cautions_of, own_addresses
from vaguemestre.mailbox.compose.rules.mail_merge import (
    merge_copies,
    merged_html,
    merged_subject,
    merged_text,
    read_table,
    variables_in,
)
from vaguemestre.mailbox.compose.rules.recipients import lenient_recipients
from vaguemestre.mailbox.compose.services.attachments import check_complete
from vaguemestre.mailbox.compose.services.drafts import remove_drafts
from vaguemestre.mailbox.compose.services.file_links import check_links
from vaguemestre.mailbox.compose.services.hand_over import writer_of_row
from vaguemestre.mailbox.compose.services.rows import bare_letter, new_key, own_row
from vaguemestre.mailbox.compose.values import InvalidRow, MergeCopy, MergeResult, Table, TableRow, Writer
from vaguemestre.mailbox.contacts.queries import merge_fields_of
from vaguemestre.people.credentials.queries import identified
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.outbox.queries import copies_in_flight
from vaguemestre.post.outbox.rules.message import build_message, check_whole
from vaguemestre.post.outbox.services import announce_bulk_send, queue_message
from vaguemestre.post.outbox.values import Letter, MessageToSend, Recipient
from vaguemestre.schools.rosters.queries import audience_shown, people_of
from vaguemestre.schools.rosters.rules.addresses import audience_of, is_nowhere
from vaguemestre.schools.rosters.services import gateway_of
from vaguemestre.schools.rosters.values import Addressee, Asker

MAX_COPIES_IN_FLIGHT = 40  # in the outbox at a time
PACE = timedelta(seconds=2)
CLASS_RECIPIENTS_KEPT = timedelta(days=30)
MAX_MAILING_OCTETS = 400_000_000  # of all copies together
_State = Mailing.State


@transaction.atomic(durable=True)
def prepare_mailing(
    writer: Writer,
    key: str,
    table: bytes | None,
    source: str,
    *,
    asker: Asker | None = None,
    own_sender: bool = False,
    limit: int,
    now: datetime,
) -> int:
    """Prepare one copy for each row of a CSV file or each recipient of the message; nothing is sent yet.

    Classes among the recipients are expanded to their people, for `asker` only; the sender is then a gateway
    address instead of the writer's, unless `own_sender`.
    Raises Refusal `compose.gone`, `compose.already-sent`, `compose.mailing-empty`, `compose.mailing-heavy`,
    `rosters.not-yours`, those of the table, the fields and the size.
    """
    row = own_row(writer.account_id, key)
    if row.is_sending:
        raise Refusal("compose.already-sent")
    check_complete(row)
    check_links(row)
    variables = variables_in(row.subject, row.text if row.is_plain else row.html)
    classes: list[ClassAudience] = []
    if table is not None:
        result = merge_copies(read_table(table), variables)
    else:
        recipients, unreadable = lenient_recipients(f"{row.to}, {row.cc}, {row.bcc}")
        classes, people = _expand_classes(asker, recipients)
        result = _merge_recipients(writer, people, classes, unreadable, variables)
    if not result.copies:
        raise Refusal("compose.mailing-empty")
    sender = _gateway(writer, now) if classes and not own_sender else ""
    mailing = _store_mailing(row, result, source, [audience.name for audience in classes], sender, now)
    size = len(_content(row, writer, result.copies[0], _letter_of(mailing, row, writer, now), limit))
    if size * len(result.copies) > MAX_MAILING_OCTETS:
        raise Refusal("compose.mailing-heavy", count=len(result.copies))
    return int(mailing.pk)


def _store_mailing(
    row: Composition, result: MergeResult, source: str, audiences: list[str], sender: str, now: datetime
) -> Mailing:
    """Store the mailing of the draft and its copies, instead of one prepared before."""
    Mailing.objects.filter(composition=row, state=_State.READY).delete()
    mailing = Mailing.objects.create(
        account_id=row.account_id,
        composition=row,
        key=row.key,
        series=new_key(),
        source=source[:255],
        wrong=[[invalid.number, invalid.typed, invalid.reason] for invalid in result.invalid_rows],
        audiences=audiences,
        sender=sender,
        created_at=now,
    )
    MailingCopy.objects.bulk_create(
        [
            MailingCopy(
                mailing=mailing, number=copy.number, name=copy.name, address=copy.address, values=copy.values
            )
            for copy in result.copies
        ],
        batch_size=500,
    )
    return mailing


@transaction.atomic(durable=True)
def start_mailing(
    account_id: int,
    key: str,
    *,
    by: str,
    now: datetime,
    is_sure: bool = True,
    due_at: datetime | None = None,
) -> None:
    """Start the mailing, now or at `due_at`, or resume it after a stop. Idempotent.

    `is_sure`: the writer confirmed the cautions about a message to classes. Raises Refusal `compose.gone`,
    `compose.look-again`.
    """
    mailing = _own_mailing(account_id, key)
    if mailing.state not in (_State.READY, _State.STOPPED) or mailing.composition is None:
        return
    if mailing.state == _State.READY:
        if not is_sure and cautions_of(mailing):
            raise Refusal("compose.look-again")
        unsent = Composition.objects.filter(pk=mailing.composition.pk, is_sending=False)
        if not unsent.update(is_sending=True):
            raise Refusal("compose.already-sent")
    mailing.state, mailing.due_at = _State.RUNNING, due_at
    mailing.save(update_fields=("state", "due_at"))
    count = mailing.copies.filter(queued_at=None).count()
    record("compose.mailing-begun", to=f"account:{account_id}", by=by, at=now, copies=count)
    announce_bulk_send(account_id, count, by=by, now=due_at or now)  # the writer has just signed in again
    announce(MailingDue(mailing.pk), due=due_at)


@transaction.atomic(durable=True)
def stop_mailing(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """Stop the mailing; queued copies are still sent. Idempotent. Raises Refusal `compose.gone`."""
    mailing = _own_mailing(account_id, key)
    if Mailing.objects.filter(pk=mailing.pk, state=_State.RUNNING).update(state=_State.STOPPED):
        record("compose.mailing-stopped", to=f"account:{account_id}", by=by, at=now)


def run_mailing(mailing_id: int, open_mailbox: OpenMailbox, *, limit: int, now: datetime) -> None:
    """Hand a batch of copies to the outbox, then announce the rest. Safe to run twice or in two workers."""
    mailing = Mailing.objects.select_related("composition__account").filter(pk=mailing_id).first()
    if mailing is None or mailing.state != _State.RUNNING or mailing.composition is None:
        return
    if mailing.due_at and now < mailing.due_at:
        return  # a job is due at that time
    row = mailing.composition
    writer = writer_of_row(row)
    room = MAX_COPIES_IN_FLIGHT - copies_in_flight(mailing.account_id, mailing.series)
    letter = _letter_of(mailing, row, writer, now)
    waiting = mailing.copies.filter(queued_at=None)
    for number in list(waiting.values_list("number", flat=True)[: max(0, room)]):
        _queue_copy(mailing, number, writer, letter, limit, now)
    if waiting.exists() or copies_in_flight(mailing.account_id, mailing.series):
        with transaction.atomic(durable=True):
            announce(MailingDue(mailing.pk), due=now + PACE)
        return
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    with transaction.atomic(durable=True):
        Mailing.objects.filter(pk=mailing.pk, state=_State.RUNNING).update(state=_State.DONE)
        if mailing.audiences:  # names of pupils are erased once sent
            mailing.copies.update(name="", values={})
        Composition.objects.filter(pk=row.pk, mailing__state=_State.DONE).delete()


@transaction.atomic(durable=True)
def erase_class_recipients(*, now: datetime) -> None:
    """Erase the recipients of class mailings done long ago."""
    old_mailings = Mailing.objects.filter(state=_State.DONE, created_at__lt=now - CLASS_RECIPIENTS_KEPT)
    MailingCopy.objects.filter(mailing__in=old_mailings.exclude(audiences=[])).delete()


@transaction.atomic(durable=True)
def _queue_copy(
    mailing: Mailing, number: int, writer: Writer, letter: Letter, limit: int, now: datetime
) -> None:
    """Queue one copy and mark it in one transaction; its outbox key makes it unique."""
    is_running = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=_State.RUNNING).exists()
    copy_row = mailing.copies.filter(number=number, queued_at=None).first()
    row = mailing.composition
    if not is_running or copy_row is None or row is None:
        return
    copy = MergeCopy(copy_row.number, copy_row.name, copy_row.address, copy_row.values)
    copy_letter = replace(letter, message_id=f"<{mailing.series}.{number}@{writer.domain}>")
    queue_message(
        MessageToSend(
            account_id=mailing.account_id,
            key=f"{mailing.series}.{number}",
            message_id=copy_letter.message_id,
            sender=letter.sender.address,
            recipients=(copy.address,),
            bcc=(),
            subject=merged_subject(row.subject, copy.values),
            content=_content(row, writer, copy, copy_letter, limit),
            due_at=now,
            wants_report=row.wants_report,
        ),
        by=f"account:{mailing.account_id}",
        now=now,
    )
    copy_row.queued_at = now
    copy_row.save(update_fields=("queued_at",))


def merge_letter(letter: Letter, copy: MergeCopy) -> Letter:
    """The letter of that copy: its recipient alone in « À », variables replaced."""
    return replace(
        letter,
        to=(Recipient("".join(c for c in copy.name if c.isprintable()), copy.address),),
        subject=merged_subject(letter.subject, copy.values),
        html=merged_html(letter.html, copy.values) if letter.html else "",
        text=merged_text(letter.text, copy.values) if letter.text else "",
    )


def _content(row: Composition, writer: Writer, copy: MergeCopy, letter: Letter, limit: int) -> bytes:
    if letter.sender.address not in own_addresses(writer):
        raise Refusal("compose.not-your-address", field="identity")
    content = build_message(merge_letter(letter, copy), boundary=secrets.token_hex(16))
    check_whole(content, limit)
    return content


def _letter_of(mailing: Mailing, row: Composition, writer: Writer, now: datetime) -> Letter:
    """Letter without recipients; sent from, and answered to, the sender address of the mailing."""
    letter = bare_letter(row, writer, now)
    if not mailing.sender:
        return letter
    return replace(letter, sender=Recipient(letter.sender.name, mailing.sender), reply_to=())


class ClassAudience(NamedTuple):
    """A class among the recipients, and the people it stands for."""

    name: str
    people: tuple[Addressee, ...]


def _expand_classes(
    asker: Asker | None, recipients: Iterable[Recipient]
) -> tuple[list[ClassAudience], list[Recipient]]:
    """The classes among the recipients, then the other recipients. Raises Refusal `rosters.not-yours`."""
    classes: list[ClassAudience] = []
    others: list[Recipient] = []
    for recipient in recipients:
        audience = audience_of(recipient.address)
        if audience is None and not is_nowhere(recipient.address):
            others.append(recipient)
            continue
        if audience is None or asker is None:
            raise Refusal("rosters.not-yours")
        classes.append(ClassAudience(audience_shown(asker, audience).name, people_of(asker, audience)))
    return classes, others


def _merge_recipients(
    writer: Writer,
    people: Sequence[Recipient],
    classes: Sequence[ClassAudience],
    unreadable: Iterable[str],
    variables: tuple[str, ...],
) -> MergeResult:
    """Copies for people and classes; the writer's contacts fill variables unless there are classes."""
    contact_columns = () if classes else ("prenom", "organisme", "fonction", "telephone")
    contact_fields = merge_fields_of(writer.account_id, [person.address for person in people])
    rows = [
        [addressee.address, addressee.name, addressee.pupils, addressee.group]
        for audience in classes
        for addressee in audience.people
    ]
    for person in people:
        fields = contact_fields.get(person.address, {})
        contact_cells = (fields.get(column, "") for column in contact_columns)
        rows.append([person.address, person.name or fields.get("nom", ""), "", "", *contact_cells])
    header = ["adresse", "nom", "eleve", "classe", *contact_columns]
    table = Table(header, [TableRow(number, cells) for number, cells in enumerate(rows, 1)])
    copies, invalid_rows = merge_copies(table, variables)
    # Somebody in two classes gets one copy; only duplicates typed by the writer are reported.
    reported = [invalid for invalid in invalid_rows if invalid.reason != "twice" or not classes]
    return MergeResult(copies, [InvalidRow(0, typed, "address-wrong") for typed in unreadable] + reported)


def _gateway(writer: Writer, now: datetime) -> str:
    """Gateway address of the writer; "" for a school's mailbox, whose address is public."""
    person_id = identified(writer.account_id).person_id
    if person_id is None:
        return ""
    return gateway_of(person_id, by=f"account:{writer.account_id}", now=now)


def _own_mailing(account_id: int, key: str) -> Mailing:
    mailing = Mailing.objects.select_related("composition").filter(account_id=account_id, key=key).first()
    if mailing is None:
        raise Refusal("compose.gone")
    return mailing
