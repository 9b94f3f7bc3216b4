"""Rows of drafts, and the letters made of them."""

import dataclasses
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Enclosure, Identity
from vaguemestre.mailbox.compose.queries import (
    content_of,
    is_picture_path,
    links_of,
    own_addresses,
    picture_ids,
)
from vaguemestre.mailbox.compose.rules.identities import signed_at_least_once
from vaguemestre.mailbox.compose.rules.link_block import links_html, links_text
from vaguemestre.mailbox.compose.rules.outgoing_html import draft_html, is_blank, outgoing_html
from vaguemestre.mailbox.compose.values import DraftFields, Mode, Writer
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.rules.recipients import parsed_recipients
from vaguemestre.post.outbox.rules.text import plain_text
from vaguemestre.post.outbox.values import Attachment, Letter, Recipient
from vaguemestre.schools.sharing.services import record_presence
from vaguemestre.schools.sharing.values import PresenceKind

MAX_TEXT = 2_000_000  # characters


class StoredRef(TypedDict):
    """JSON column of a message reference."""

    folder: str
    uid_validity: int
    uid: int


def own_row(account_id: int, key: str) -> Composition:
    """Row of the account's draft. Raises Refusal `compose.gone`."""
    row = Composition.objects.filter(account_id=account_id, key=key).first()
    if row is None:
        raise Refusal("compose.gone")
    return row


def row_for(writer: Writer, key: str, now: datetime) -> Composition:
    """Row of that key, created for a composer opened empty. Inside the caller's transaction, or none.

    Raises Refusal `compose.gone` for a key of somebody else.
    """
    row, _ = Composition.objects.get_or_create(
        key=key,
        defaults={
            "account_id": writer.account_id,
            "mode": Mode.NEW,
            "draft_message_id": draft_message_id(key, writer),
            "created_at": now,
            "updated_at": now,
        },
    )
    if row.account_id != writer.account_id:
        raise Refusal("compose.gone")
    return row


def open_row(account_id: int, key: str) -> Composition:
    """Row of an unsent draft. Raises Refusal `compose.gone`, `compose.already-sent`."""
    return _still_open(own_row(account_id, key))


def open_row_for(writer: Writer, key: str, now: datetime) -> Composition:
    """`row_for` an unsent draft. Raises Refusal `compose.gone`, `compose.already-sent`."""
    return _still_open(row_for(writer, key, now))


def _still_open(row: Composition) -> Composition:
    if row.is_sending:
        raise Refusal("compose.already-sent")
    return row


def sign_row(row: Composition, signature: str) -> None:
    """Put the imposed signature (HTML) below the saved text, if its writer took it out; "": none is imposed.

    Inside the caller's transaction, which holds the row.
    """
    signed = signed_at_least_once(DraftFields(html=row.html, text=row.text, is_plain=row.is_plain), signature)
    row.html, row.text = signed.html, signed.text
    row.save(update_fields=("html", "text"))


def note_answering(row: Composition, writer: Writer, now: datetime) -> None:
    """Show the other members of a shared mailbox who is answering the message."""
    if writer.box_id and row.mode in (Mode.REPLY, Mode.REPLY_ALL):
        record_presence(writer.box_id, row.in_reply_to, writer.acting_id, PresenceKind.ANSWERS, now=now)


def new_key() -> str:
    """Random key of a draft or mailing."""
    return secrets.token_hex(16)


def draft_message_id(key: str, writer: Writer) -> str:
    """Message-ID of all the drafts of that key."""
    return f"<{key}.draft@{writer.domain}>"


def text_of(html: str) -> str:
    """Plain text of rich text as it is typed. Raises Refusal `compose.too-long`."""
    if len(html) > MAX_TEXT:
        raise Refusal("compose.too-long")
    return plain_text(draft_html(html, is_picture_path))


def text_columns(fields: DraftFields, account_id: int) -> dict[str, str | bool | int | None]:
    """Columns of the typed fields, with the HTML sanitized. Raises Refusal `compose.too-long`."""
    columns = dataclasses.asdict(fields)
    if sum(len(value) for value in columns.values() if isinstance(value, str)) > MAX_TEXT:
        raise Refusal("compose.too-long")
    columns = {
        name: value.replace("\x00", "") if isinstance(value, str) else value
        for name, value in columns.items()
    }
    columns["html"] = draft_html(fields.html, is_picture_path)
    identities = Identity.objects.filter(account_id=account_id, pk=columns.pop("identity"))
    columns["identity_id"] = identities.values_list("pk", flat=True).first()
    columns["importance"] = fields.importance if fields.importance in {"high", "low"} else ""
    if not columns.pop("keeps_quote"):
        columns["quote"] = ""
    return columns


def draft_letter(row: Composition, writer: Writer, now: datetime) -> Letter:
    """Letter for the draft, with the recipients that can be parsed; the caller writes the Bcc field."""
    return _letter(
        row,
        writer,
        now,
        row.draft_message_id,
        _parsable_recipients(row.to),
        _parsable_recipients(row.cc),
        _parsable_recipients(row.bcc),
        " ".join("".join(c if c.isprintable() else " " for c in row.subject).split()),
    )


def bare_letter(row: Composition, writer: Writer, date: datetime) -> Letter:
    """Letter without recipients, for a mailing."""
    return _letter(row, writer, date, row.draft_message_id, (), (), (), row.subject)


def final_letter(
    row: Composition,
    writer: Writer,
    date: datetime,
    message_id: str,
    read: Callable[[Enclosure], bytes] = content_of,
) -> Letter:
    """Letter to send; `read` gives attachments. Raises the refusals of `outbox.rules` with their field."""
    return _letter(
        row,
        writer,
        date,
        message_id,
        parsed_recipients("to", row.to),
        parsed_recipients("cc", row.cc),
        parsed_recipients("bcc", row.bcc),
        row.subject,
        read,
    )


def _letter(
    row: Composition,
    writer: Writer,
    date: datetime,
    message_id: str,
    to: tuple[Recipient, ...],
    cc: tuple[Recipient, ...],
    bcc: tuple[Recipient, ...],
    subject: str,
    read: Callable[[Enclosure], bytes] = content_of,
) -> Letter:
    pictures = picture_ids(row)
    html = "" if row.is_plain else outgoing_html(whole_html(row), pictures)
    sender, reply_to = sender_of(row, writer)
    return Letter(
        sender=sender,
        to=to,
        cc=cc,
        bcc=bcc,
        subject=subject,
        html=html,
        text=_whole_text(row) if row.is_plain else "",
        message_id=message_id,
        date=date,
        in_reply_to=row.in_reply_to,
        references=tuple(row.references),
        attachments=_enclosed(row, html, read),
        reply_to=reply_to,
        importance=row.importance,
        wants_receipt=row.wants_receipt,
        is_private=bool(row.answered and row.answered.get("private")),
    )


def sender_of(row: Composition, writer: Writer) -> tuple[Recipient, tuple[Recipient, ...]]:
    """From and Reply-To of the chosen identity, or of the account if it no longer owns that address."""
    identity = row.identity
    is_own = identity is not None and identity.account_id == row.account_id
    if identity is None or not is_own or identity.address not in own_addresses(writer):
        return Recipient(writer.name, writer.address), ()
    reply_to = (Recipient(identity.name, identity.reply_to),) if identity.reply_to else ()
    return Recipient(identity.name, identity.address), reply_to


def check_identity(fields: DraftFields, writer: Writer) -> None:
    """Raise Refusal `compose.not-your-address` for an identity that is not the writer's."""
    if not fields.identity:
        return
    identity = Identity.objects.filter(account_id=writer.account_id, pk=fields.identity).first()
    if identity is None or identity.address not in own_addresses(writer):
        raise Refusal("compose.not-your-address", field="identity")


def whole_html(row: Composition) -> str:
    """HTML of the text, the links to its files and the quotation that is still folded."""
    html = row.html + links_html(links_of(row))
    if not row.quote:
        return html
    return html + ("" if is_blank(html) else "<div><br></div>") + row.quote


def _whole_text(row: Composition) -> str:
    pieces = (row.text, links_text(links_of(row)), plain_text(row.quote) if row.quote else "")
    return "\n\n".join(piece for piece in pieces if piece)


def _enclosed(row: Composition, html: str, read: Callable[[Enclosure], bytes]) -> tuple[Attachment, ...]:
    """Attached files, and the pictures the text still shows."""
    enclosed = []
    for enclosure in row.enclosures.order_by("pk"):
        if enclosure.content_id and f"cid:{enclosure.content_id}" not in html:
            continue
        enclosed.append(
            Attachment(enclosure.name, enclosure.kind, read(enclosure), content_id=enclosure.content_id)
        )
    return tuple(enclosed)


def _parsable_recipients(text: str) -> tuple[Recipient, ...]:
    recipients: list[Recipient] = []
    for item in text.replace("\r", ",").replace("\n", ",").split(","):
        try:
            recipients += parsed_recipients("to", item)
        except Refusal:
            continue
    return tuple(recipients)


def ref_columns(ref: MessageRef) -> StoredRef:
    """A message reference as its JSON column stores it."""
    return {"folder": ref.folder, "uid_validity": ref.uid_validity, "uid": ref.uid}
