"""Start writing: nothing yet, an answer, a forward, or a draft taken up again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.kernel import charsets
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.queries import picture_path, senders_of
from vaguemestre.mailbox.compose.rules.identities import signed_html
from vaguemestre.mailbox.compose.rules.original import Pieces, bare_id, file_name, pieces_of
from vaguemestre.mailbox.compose.rules.outgoing_html import html_of_text, quoted_html
from vaguemestre.mailbox.compose.rules.replies import answer_to
from vaguemestre.mailbox.compose.services.attach_from_mail import Borrowed, whole_message
from vaguemestre.mailbox.compose.services.attachments import keep_whole
from vaguemestre.mailbox.compose.services.rows import fresh_key, ref_columns, row_for, say_answering
from vaguemestre.mailbox.compose.values import Mode, Opening, Sender, Writer
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Correspondent, Flag, MessageRef, OpenedMessage, Part
from vaguemestre.post.outbox.rules.headers import kept_references, usable_message_id
from vaguemestre.post.outbox.rules.message import check_size
from vaguemestre.post.outbox.rules.recipients import shown_recipients
from vaguemestre.post.outbox.values import Recipient

_MOST_QUOTED = 1_000_000  # octets of text fetched from the original
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class _Source:
    """What was read of the original, before anything is written."""

    message: OpenedMessage
    body: str  # HTML, not cleaned yet
    pictures: tuple[tuple[Part, bytes], ...]
    files: tuple[tuple[Part, bytes], ...]
    whole: Borrowed | None = None  # the original as a file


def start_writing(
    writer: Writer,
    opening: Opening,
    mailbox: Mailbox,
    *,
    limit: int,
    now: datetime,
    academy_signature: str = "",
) -> str:
    """Make what a composer shows; returns its key.

    `limit`: octets a message may have. Raises MessageGone, and Refusal `outbox.too-large` when what a forward
    carries could not leave again.
    """
    if opening.ref is None:
        return _start_empty(writer, opening, academy_signature, now)
    original = mailbox.open(opening.ref)
    if opening.mode is Mode.DRAFT and (known := _known_draft(writer, original.message_id)):
        return known
    return _keep(writer, opening, _read(mailbox, opening, original, limit), academy_signature, now)


def _known_draft(writer: Writer, message_id: str) -> str | None:
    mine = Composition.objects.filter(account_id=writer.account_id, draft_message_id=message_id)
    return mine.values_list("key", flat=True).first()


def _read(mailbox: Mailbox, opening: Opening, original: OpenedMessage, limit: int) -> _Source:
    pieces = pieces_of(original.root)
    if opening.mode is Mode.ENCLOSE:
        check_size((original.size,), limit)
        return _Source(original, "", (), (), whole_message(mailbox, original.ref))
    carried = pieces.files if opening.mode in (Mode.FORWARD, Mode.DRAFT) else ()
    check_size((part.size * 3 // 4 for part in (*carried, *pieces.pictures)), limit)
    return _Source(
        original,
        _body(mailbox, original.ref, pieces),
        tuple((part, mailbox.part(original.ref, part.number)) for part in pieces.pictures),
        tuple((part, mailbox.part(original.ref, part.number)) for part in carried),
    )


def _body(mailbox: Mailbox, ref: MessageRef, pieces: Pieces) -> str:
    """The text to quote as HTML, cut where nobody reads any more."""
    part = pieces.html or pieces.text
    if part is None:
        return ""
    text = charsets.text(mailbox.part(ref, part.number, _MOST_QUOTED), part.charset)
    return text if part is pieces.html else html_of_text(text.rstrip())


@transaction.atomic(durable=True)
def _start_empty(writer: Writer, opening: Opening, academy_signature: str, now: datetime) -> str:
    _forget_old(writer, now)
    row = row_for(writer, fresh_key(), now)
    row.to = opening.to[:10_000]
    _sign(row, senders_of(writer, academy_signature)[0])
    row.save()
    return row.key


@transaction.atomic(durable=True)
def _keep(writer: Writer, opening: Opening, source: _Source, academy_signature: str, now: datetime) -> str:
    _forget_old(writer, now)
    row = row_for(writer, fresh_key(), now)
    row.mode = opening.mode
    addresses = {}
    for part, content in source.pictures:
        enclosed = keep_whole(
            row, file_name(part), part.kind, content, content_id=f"{fresh_key()}@{writer.domain}"
        )
        addresses[bare_id(part.content_id)] = picture_path(enclosed.pk)
    for part, content in source.files:
        keep_whole(row, file_name(part), part.kind, content)
    if source.whole:
        keep_whole(row, *source.whole)
    body = quoted_html(source.body, addresses)
    if opening.mode is Mode.DRAFT:
        _take_up(row, source.message, body)
    else:
        _answer(row, opening.mode, source.message, body)
        reached = {person.address.lower() for person in (*source.message.to, *source.message.cc)}
        senders = senders_of(writer, academy_signature)
        _sign(row, next((one for one in senders if one.id and one.address in reached), senders[0]))
    row.save()
    say_answering(row, writer, now)
    return row.key


def _answer(row: Composition, mode: Mode, original: OpenedMessage, body: str) -> None:
    answer = answer_to(mode, original, _own_addresses(row), body)
    row.to, row.cc, row.subject = answer.to, answer.cc, answer.subject
    row.in_reply_to, row.references = answer.in_reply_to, list(answer.references)
    row.quote, row.author, row.list_name = answer.quote, answer.author, answer.list_name
    mark = Flag.FORWARDED if mode.is_forward else Flag.ANSWERED
    row.answered = {**ref_columns(original.ref), "flag": str(mark)}


def _sign(row: Composition, sender: Sender) -> None:
    row.identity_id = sender.id or None
    row.html = signed_html(row.html, sender.signature)


def _take_up(row: Composition, draft: OpenedMessage, body: str) -> None:
    """A draft written elsewhere (a mail program): taken over, replaced at the first save."""
    row.to, row.cc, row.bcc = (_shown(people) for people in (draft.to, draft.cc, draft.bcc))
    row.subject = " ".join(draft.subject.split())
    row.html = body
    row.in_reply_to = usable_message_id(draft.in_reply_to)
    row.references = list(kept_references(draft.references, ""))
    row.draft = ref_columns(draft.ref)


def _shown(people: Iterable[Correspondent]) -> str:
    return shown_recipients(Recipient(person.name, person.address) for person in people)


def _own_addresses(row: Composition) -> set[str]:
    account = row.account
    known = addresses_by_person([account.person_id]) if account.person_id else {}
    return {account.mailbox, *(address for rows in known.values() for address, _, _ in rows)}


def _forget_old(writer: Writer, now: datetime) -> None:
    """Composers abandoned long ago: their drafts stand in the mailbox."""
    mine = Composition.objects.filter(account_id=writer.account_id, is_sending=False)
    mine.filter(updated_at__lt=now - _KEPT_FOR).delete()
