"""Start a draft: an empty message, a reply, a forward, or an existing draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.queries import picture_path, senders_of
from vaguemestre.mailbox.compose.rules.identities import with_signature
from vaguemestre.mailbox.compose.rules.original import MessageParts, file_name, message_parts, strip_brackets
from vaguemestre.mailbox.compose.rules.outgoing_html import html_of_text, quoted_html, with_picture_paths
from vaguemestre.mailbox.compose.rules.replies import reply_draft
from vaguemestre.mailbox.compose.services.files.attach_from_mail import FileContent, message_as_file
from vaguemestre.mailbox.compose.services.files.attachments import attach_file
from vaguemestre.mailbox.compose.services.identities import answer_as_gateway
from vaguemestre.mailbox.compose.services.rows import new_key, note_answering, ref_columns, row_for
from vaguemestre.mailbox.compose.values import AcademySignature, Mode, SenderOption, StartRequest, Writer
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.privacy import PRIVATE
from vaguemestre.post.mailstore.values import Correspondent, Flag, MessageRef, OpenedMessage, Part
from vaguemestre.post.outbox.rules.headers import trimmed_references, usable_message_id
from vaguemestre.post.outbox.rules.message import check_size
from vaguemestre.post.outbox.rules.recipients import formatted_recipients
from vaguemestre.post.outbox.values import Recipient

_UNSIGNED = AcademySignature()
_MAX_QUOTED = 1_000_000  # octets of quoted text fetched


@dataclass(frozen=True)
class _Original:
    """Parts fetched from the original message."""

    message: OpenedMessage
    body: str  # to be quoted: sanitized HTML, its pictures by their Content-ID
    pictures: tuple[tuple[Part, bytes], ...]
    files: tuple[tuple[Part, bytes], ...]
    whole: FileContent | None = None  # the original as a file


def start_draft(
    writer: Writer,
    start_request: StartRequest,
    mailbox: Mailbox,
    *,
    limit: int,
    now: datetime,
    academy_signature: AcademySignature = _UNSIGNED,
) -> str:
    """Create a draft; returns its key.

    `limit`: maximum message size, in octets. Raises MessageGone, and Refusal `outbox.too-large` when the
    attachments to forward exceed it.
    """
    if start_request.ref is None:
        return _start_empty(writer, start_request, academy_signature, now)
    original = mailbox.open(start_request.ref)
    if start_request.mode is Mode.DRAFT and (existing_key := _existing_key(writer, original.message_id)):
        return existing_key
    return _store(
        writer, start_request, _fetch(mailbox, start_request, original, limit), academy_signature, now
    )


def _existing_key(writer: Writer, message_id: str) -> str | None:
    rows = Composition.objects.filter(account_id=writer.account_id, draft_message_id=message_id)
    return rows.values_list("key", flat=True).first()


def _fetch(mailbox: Mailbox, start_request: StartRequest, original: OpenedMessage, limit: int) -> _Original:
    parts = message_parts(original.root)
    if start_request.mode is Mode.ENCLOSE:
        check_size((original.size,), limit)
        return _Original(original, "", (), (), message_as_file(mailbox, original.ref))
    attached = parts.files if start_request.mode in (Mode.FORWARD, Mode.DRAFT) else ()
    check_size((part.size * 3 // 4 for part in (*attached, *parts.pictures)), limit)
    return _Original(
        original,
        quoted_html(
            _body(mailbox, original.ref, parts), {strip_brackets(part.content_id) for part in parts.pictures}
        ),
        tuple((part, mailbox.part(original.ref, part.number)) for part in parts.pictures),
        tuple((part, mailbox.part(original.ref, part.number)) for part in attached),
    )


def _body(mailbox: Mailbox, ref: MessageRef, parts: MessageParts) -> str:
    """HTML of the text to quote, truncated."""
    part = parts.html or parts.text
    if part is None:
        return ""
    text = charsets.text(mailbox.part(ref, part.number, _MAX_QUOTED), part.charset)
    return text if part is parts.html else html_of_text(text.rstrip())


@transaction.atomic(durable=True)
def _start_empty(
    writer: Writer, start_request: StartRequest, academy_signature: AcademySignature, now: datetime
) -> str:
    row = row_for(writer, new_key(), now)
    row.to = start_request.to[:10_000]
    _sign(row, senders_of(writer, academy_signature)[0])
    row.save()
    return row.key


@transaction.atomic(durable=True)
def _store(
    writer: Writer,
    start_request: StartRequest,
    source: _Original,
    academy_signature: AcademySignature,
    now: datetime,
) -> str:
    row = row_for(writer, new_key(), now)
    row.mode = start_request.mode
    picture_paths = {}
    for part, content in source.pictures:
        enclosure = attach_file(
            row, file_name(part), part.kind, content, content_id=f"{new_key()}@{writer.domain}"
        )
        picture_paths[strip_brackets(part.content_id)] = picture_path(enclosure.pk)
    for part, content in source.files:
        attach_file(row, file_name(part), part.kind, content)
    if source.whole:
        attach_file(row, *source.whole)
    body = with_picture_paths(source.body, picture_paths)
    if start_request.mode is Mode.DRAFT:
        _fill_from_draft(row, source.message, body)
        row.identity_id = _identity_of_draft(writer, source.message)
    else:
        _fill_reply(row, start_request.mode, source.message, body)
        _sign(row, _sender_of_answer(writer, start_request.mode, source.message, academy_signature))
    row.save()
    note_answering(row, writer, now)
    return row.key


def _sender_of_answer(
    writer: Writer, mode: Mode, original: OpenedMessage, academy_signature: AcademySignature
) -> SenderOption:
    """The identity that the original came to, or left from; the usual one if there is none."""
    addresses = {person.address.lower() for person in (*original.to, *original.cc, *original.sender)}
    if not mode.is_forward:
        answer_as_gateway(writer, addresses)
    senders = senders_of(writer, academy_signature)
    return next((option for option in senders if option.id and option.address in addresses), senders[0])


def _fill_reply(row: Composition, mode: Mode, original: OpenedMessage, body: str) -> None:
    reply = reply_draft(mode, original, _own_addresses(row), body)
    row.to, row.cc, row.subject = reply.to, reply.cc, reply.subject
    row.in_reply_to, row.references = reply.in_reply_to, list(reply.references)
    row.quote, row.author, row.list_name = reply.quote, reply.author, reply.list_name
    mark = Flag.FORWARDED if mode.is_forward else Flag.ANSWERED
    row.answered = {**ref_columns(original.ref), "flag": str(mark), "private": PRIVATE in original.flags}


def _sign(row: Composition, sender: SenderOption) -> None:
    row.identity_id = sender.id or None
    row.html = with_signature(row.html, sender.signature)


def _fill_from_draft(row: Composition, draft: OpenedMessage, body: str) -> None:
    """Edit a draft of another mail program: it is replaced at the first save."""
    row.to, row.cc, row.bcc = (_recipients_field(people) for people in (draft.to, draft.cc, draft.bcc))
    row.subject = " ".join(draft.subject.split())
    row.html = body
    row.in_reply_to = usable_message_id(draft.in_reply_to)
    row.references = list(trimmed_references(draft.references, ""))
    row.draft = ref_columns(draft.ref)


def _identity_of_draft(writer: Writer, draft: OpenedMessage) -> int | None:
    """The identity it was written under: a letter from an address that hides one's own keeps it."""
    senders = {person.address.lower() for person in draft.sender}
    answer_as_gateway(writer, senders)
    identities = (option.id for option in senders_of(writer, _UNSIGNED) if option.address in senders)
    return next(identities, 0) or None


def _recipients_field(people: Iterable[Correspondent]) -> str:
    return formatted_recipients(Recipient(person.name, person.address) for person in people)


def _own_addresses(row: Composition) -> set[str]:
    account = row.account
    by_person = addresses_by_person([account.person_id]) if account.person_id else {}
    return {account.mailbox, *(address for rows in by_person.values() for address, _, _ in rows)}
