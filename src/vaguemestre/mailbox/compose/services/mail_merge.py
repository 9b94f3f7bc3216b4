"""One copy for each recipient: prepared, begun, stopped, gone on with; each copy queued once."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.events import MailingGoesOn
from vaguemestre.mailbox.compose.models import Composition, Mailing, MailingCopy
from vaguemestre.mailbox.compose.queries import cautions_of, own_addresses
from vaguemestre.mailbox.compose.rules.mail_merge import (
    copies_of,
    merged_html,
    merged_subject,
    merged_text,
    read_table,
)
from vaguemestre.mailbox.compose.rules.mail_merge import variables_in as variables
from vaguemestre.mailbox.compose.rules.recipients import loose_recipients
from vaguemestre.mailbox.compose.services.attachments import check_complete
from vaguemestre.mailbox.compose.services.drafts import remove_drafts
from vaguemestre.mailbox.compose.services.file_links import check_links
from vaguemestre.mailbox.compose.services.hand_over import writer_of_row
from vaguemestre.mailbox.compose.services.rows import bare_letter, fresh_key, own_row
from vaguemestre.mailbox.compose.values import Copy, Writer, Wrong
from vaguemestre.mailbox.contacts.queries import words_about
from vaguemestre.people.credentials.queries import identified
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.outbox.queries import copies_in_flight
from vaguemestre.post.outbox.rules.message import check_whole, compose
from vaguemestre.post.outbox.services import expect_bulk, queue_message
from vaguemestre.post.outbox.values import Letter, Parcel, Recipient
from vaguemestre.schools.rosters.queries import audience_shown, people_of
from vaguemestre.schools.rosters.rules.addresses import audience_of, is_nowhere
from vaguemestre.schools.rosters.services import gateway_of
from vaguemestre.schools.rosters.values import Addressee, Asker

AT_ONCE = 40  # copies made in one go, and at most under way in the outbox
PACE = timedelta(seconds=2)
FOLLOWED = timedelta(days=30)
MOST_OCTETS = 400_000_000  # of all the copies together
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
    """Read who gets a copy: the rows of a CSV file, or the recipients of the message; nothing leaves yet.

    Classes among the recipients become their people, for `asker` only; they then read another address than
    the writer's, unless `own_sender`.
    Raises Refusal `compose.gone`, `compose.already-sent`, `compose.mailing-empty`, `compose.mailing-heavy`,
    `rosters.not-yours`, those of the table, the fields and the size.
    """
    row = own_row(writer.account_id, key)
    if row.is_sending:
        raise Refusal("compose.already-sent")
    check_complete(row)
    check_links(row)
    wanted = variables(row.subject, row.text if row.is_plain else row.html)
    people, broken = ((), ()) if table is not None else loose_recipients(f"{row.to}, {row.cc}, {row.bcc}")
    classes, people = _expanded(asker, people)
    about = words_about(writer.account_id, [one.address for one in people])
    copies, wrong = (
        _read(table, wanted) if table is not None else _copies(people, about, classes, broken, wanted)
    )
    if not copies:
        raise Refusal("compose.mailing-empty")
    Mailing.objects.filter(composition=row, state=_State.READY).delete()
    mailing = Mailing.objects.create(
        account_id=writer.account_id,
        composition=row,
        key=row.key,
        series=fresh_key(),
        source=source[:255],
        wrong=[[one.number, one.typed, one.reason] for one in wrong],
        audiences=[name for name, _ in classes],
        sender=_gateway(writer, now) if classes and not own_sender else "",
        created_at=now,
    )
    MailingCopy.objects.bulk_create(
        [
            MailingCopy(mailing=mailing, number=c.number, name=c.name, address=c.address, values=c.values)
            for c in copies
        ],
        batch_size=500,
    )
    size = len(_content(row, writer, copies[0], _letter_of(mailing, row, writer, now), limit))
    if size * len(copies) > MOST_OCTETS:
        raise Refusal("compose.mailing-heavy", count=len(copies))
    return int(mailing.pk)


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
    """Begin, now or at `due_at`, or go on after a stop. Twice is once.

    `is_sure`: what a class had better not read was looked at again. Raises Refusal `compose.gone`,
    `compose.look-again`.
    """
    mailing = _own(account_id, key)
    if mailing.state not in (_State.READY, _State.STOPPED) or mailing.composition is None:
        return
    if mailing.state == _State.READY:
        if not is_sure and cautions_of(mailing):
            raise Refusal("compose.look-again")
        taken = Composition.objects.filter(pk=mailing.composition.pk, is_sending=False)
        if not taken.update(is_sending=True):
            raise Refusal("compose.already-sent")
    mailing.state, mailing.due_at = _State.RUNNING, due_at
    mailing.save(update_fields=("state", "due_at"))
    count = mailing.copies.filter(queued_at=None).count()
    record("compose.mailing-begun", to=f"account:{account_id}", by=by, at=now, copies=count)
    expect_bulk(account_id, count, by=by, now=due_at or now)  # whoever begins it has just signed in
    announce(MailingGoesOn(mailing.pk), due=due_at)


@transaction.atomic(durable=True)
def stop_mailing(account_id: int, key: str, *, by: str, now: datetime) -> None:
    """No further copy is made; those the outbox has leave. Twice is once. Raises Refusal `compose.gone`."""
    mailing = _own(account_id, key)
    if Mailing.objects.filter(pk=mailing.pk, state=_State.RUNNING).update(state=_State.STOPPED):
        record("compose.mailing-stopped", to=f"account:{account_id}", by=by, at=now)


def carry_mailing(mailing_id: int, open_mailbox: OpenMailbox, *, limit: int, now: datetime) -> None:
    """Hand some copies to the outbox, then announce the rest. Twice, or in two workers, does no harm."""
    mailing = Mailing.objects.select_related("composition__account").filter(pk=mailing_id).first()
    if mailing is None or mailing.state != _State.RUNNING or mailing.composition is None:
        return
    if mailing.due_at and now < mailing.due_at:
        return  # its own hour wakes it
    row = mailing.composition
    writer = writer_of_row(row)
    room = AT_ONCE - copies_in_flight(mailing.account_id, mailing.series)
    letter = _letter_of(mailing, row, writer, now)
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
        if mailing.audiences:  # who the children are is nobody's business any more
            mailing.copies.update(name="", values={})
        Composition.objects.filter(pk=row.pk, mailing__state=_State.DONE).delete()


@transaction.atomic(durable=True)
def forget_class_mailings(*, now: datetime) -> None:
    """What was written to classes is followed for a while, then nothing here says to whom."""
    old = Mailing.objects.filter(state=_State.DONE, created_at__lt=now - FOLLOWED)
    MailingCopy.objects.filter(mailing__in=old.exclude(audiences=[])).delete()


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
        raise Refusal("compose.not-your-address", field="identity")
    content = compose(merged(letter, one), boundary=secrets.token_hex(16))
    check_whole(content, limit)
    return content


def _letter_of(mailing: Mailing, row: Composition, writer: Writer, now: datetime) -> Letter:
    """Without its recipients; from the address chosen for the mailing, answers to it alone."""
    letter = bare_letter(row, writer, now)
    if not mailing.sender:
        return letter
    return replace(letter, sender=Recipient(letter.sender.name, mailing.sender), reply_to=())


def _read(table: bytes, wanted: tuple[str, ...]) -> tuple[list[Copy], list[Wrong]]:
    header, rows = read_table(table)
    return copies_of(header, rows, wanted)


type _Class = tuple[str, tuple[Addressee, ...]]


def _expanded(asker: Asker | None, people: Iterable[Recipient]) -> tuple[list[_Class], tuple[Recipient, ...]]:
    """The classes among the recipients, as (name, people), then whoever else is written to."""
    classes, others = [], []
    for one in people:
        audience = audience_of(one.address)
        if audience is None and not is_nowhere(one.address):
            others.append(one)
            continue
        if audience is None or asker is None:
            raise Refusal("rosters.not-yours")
        classes.append((audience_shown(asker, audience).name, people_of(asker, audience)))
    return classes, tuple(others)


def _copies(
    people: Iterable[Recipient],
    about: Mapping[str, Mapping[str, str]],
    classes: Sequence[_Class],
    broken: Iterable[str],
    wanted: tuple[str, ...],
) -> tuple[list[Copy], list[Wrong]]:
    """`about`: what the writer's contacts say of each address; nothing of it goes with classes."""
    told = () if classes else ("prenom", "organisme", "fonction", "telephone")
    cells = [[one.address, one.name, one.pupils, one.group] for _, there in classes for one in there]
    for one in people:
        known = about.get(one.address, {})
        cells.append(
            [one.address, one.name or known.get("nom", ""), "", "", *(known.get(name, "") for name in told)]
        )
    header = ["adresse", "nom", "eleve", "classe", *told]
    copies, more = copies_of(header, enumerate(cells, 1), wanted)
    # Twice in two classes is once; said of what the writer typed only.
    more = [one for one in more if one.reason != "twice" or not classes]
    return copies, [Wrong(0, typed, "address-wrong") for typed in broken] + more


def _gateway(writer: Writer, now: datetime) -> str:
    """A school's box writes as itself: its address is known of everybody."""
    person_id = identified(writer.account_id).person_id
    if person_id is None:
        return ""
    return gateway_of(person_id, by=f"account:{writer.account_id}", now=now)


def _own(account_id: int, key: str) -> Mailing:
    mailing = Mailing.objects.select_related("composition").filter(account_id=account_id, key=key).first()
    if mailing is None:
        raise Refusal("compose.gone")
    return mailing
