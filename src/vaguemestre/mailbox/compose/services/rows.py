"""Finding or making the row of a composer; the letter it holds."""

import dataclasses
import secrets
from datetime import datetime
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Identity
from vaguemestre.mailbox.compose.queries import (
    content_of,
    is_picture_path,
    links_of,
    own_addresses,
    picture_ids,
)
from vaguemestre.mailbox.compose.rules.link_block import links_html, links_text
from vaguemestre.mailbox.compose.rules.outgoing_html import is_blank, kept_html, outgoing_html
from vaguemestre.mailbox.compose.values import Mode, Writer, Written
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.rules.recipients import parsed_recipients
from vaguemestre.post.outbox.rules.text import plain_text
from vaguemestre.post.outbox.values import Enclosed, Letter, Recipient
from vaguemestre.schools.sharing.services import note_presence

MOST_TEXT = 2_000_000  # characters


def own_row(account_id: int, key: str) -> Composition:
    """Raises Refusal `compose.gone`."""
    row = Composition.objects.filter(account_id=account_id, key=key).first()
    if row is None:
        raise Refusal("compose.gone")
    return row


def row_for(writer: Writer, key: str, now: datetime) -> Composition:
    """The row of that key, made if the composer was opened empty. Inside the caller's transaction, or none.

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
    """Raises Refusal `compose.gone`, `compose.already-sent`."""
    return _still_open(own_row(account_id, key))


def open_row_for(writer: Writer, key: str, now: datetime) -> Composition:
    """`row_for` of a message that has not left. Raises Refusal `compose.gone`, `compose.already-sent`."""
    return _still_open(row_for(writer, key, now))


def _still_open(row: Composition) -> Composition:
    if row.is_sending:
        raise Refusal("compose.already-sent")
    return row


def say_answering(row: Composition, writer: Writer, now: datetime) -> None:
    """In a mailbox of several people, the others see who answers what."""
    if writer.box_id and row.mode in (Mode.REPLY, Mode.REPLY_ALL):
        note_presence(writer.box_id, row.in_reply_to, writer.hand, "answers", now=now)


def fresh_key() -> str:
    return secrets.token_hex(16)


def draft_message_id(key: str, writer: Writer) -> str:
    return f"<{key}.draft@{writer.domain}>"


def text_columns(written: Written, account_id: int) -> dict[str, Any]:
    """What is kept of what was typed: the HTML cleaned first. Raises Refusal `compose.too-long`."""
    columns = dataclasses.asdict(written)
    if sum(len(value) for value in columns.values() if isinstance(value, str)) > MOST_TEXT:
        raise Refusal("compose.too-long")
    columns = {name: v.replace("\x00", "") if isinstance(v, str) else v for name, v in columns.items()}
    columns["html"] = kept_html(written.html, is_picture_path)
    mine = Identity.objects.filter(account_id=account_id, pk=columns.pop("identity"))
    columns["identity_id"] = mine.values_list("pk", flat=True).first()
    columns["importance"] = written.importance if written.importance in {"high", "low"} else ""
    if not columns.pop("keeps_quote"):
        columns["quote"] = ""
    return columns


def draft_letter(row: Composition, writer: Writer, now: datetime) -> Letter:
    """The message as its draft: whatever recipients can be read so far; the caller writes the hidden ones."""
    return _letter(
        row,
        writer,
        now,
        row.draft_message_id,
        _readable(row.to),
        _readable(row.cc),
        _readable(row.bcc),
        " ".join("".join(c if c.isprintable() else " " for c in row.subject).split()),
    )


def bare_letter(row: Composition, writer: Writer, date: datetime) -> Letter:
    """The message without its recipients, to be made out to each of them."""
    return _letter(row, writer, date, row.draft_message_id, (), (), (), row.subject)


def final_letter(row: Composition, writer: Writer, date: datetime, message_id: str) -> Letter:
    """The message as it leaves. Raises the refusals of `outbox.rules` with their field."""
    return _letter(
        row,
        writer,
        date,
        message_id,
        parsed_recipients("to", row.to),
        parsed_recipients("cc", row.cc),
        parsed_recipients("bcc", row.bcc),
        row.subject,
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
        enclosed=_enclosed(row, html),
        reply_to=reply_to,
        importance=row.importance,
        wants_receipt=row.wants_receipt,
    )


def sender_of(row: Composition, writer: Writer) -> tuple[Recipient, tuple[Recipient, ...]]:
    """From and Reply-To: the identity chosen if its address still is the account's, else the account's."""
    chosen = row.identity
    is_mine = chosen is not None and chosen.account_id == row.account_id
    if chosen is None or not is_mine or chosen.address not in own_addresses(writer):
        return Recipient(writer.name, writer.address), ()
    answers = (Recipient(chosen.name, chosen.reply_to),) if chosen.reply_to else ()
    return Recipient(chosen.name, chosen.address), answers


def check_identity(written: Written, writer: Writer) -> None:
    """Raises Refusal `compose.not-your-address` for an identity that is not, or no more, the writer's."""
    if not written.identity:
        return
    chosen = Identity.objects.filter(account_id=writer.account_id, pk=written.identity).first()
    if chosen is None or chosen.address not in own_addresses(writer):
        raise Refusal("compose.not-your-address", field="identity")


def whole_html(row: Composition) -> str:
    """What was typed, the links to its files, then the quotation still folded away."""
    html = row.html + links_html(links_of(row))
    if not row.quote:
        return html
    return html + ("" if is_blank(html) else "<div><br></div>") + row.quote


def _whole_text(row: Composition) -> str:
    pieces = (row.text, links_text(links_of(row)), plain_text(row.quote) if row.quote else "")
    return "\n\n".join(piece for piece in pieces if piece)


def _enclosed(row: Composition, html: str) -> tuple[Enclosed, ...]:
    """Files, and of the pictures those the text still shows."""
    kept = []
    for enclosure in row.enclosures.order_by("pk"):
        if enclosure.content_id and f"cid:{enclosure.content_id}" not in html:
            continue
        kept.append(
            Enclosed(enclosure.name, enclosure.kind, content_of(enclosure), content_id=enclosure.content_id)
        )
    return tuple(kept)


def _readable(text: str) -> tuple[Recipient, ...]:
    found: list[Recipient] = []
    for item in text.replace("\r", ",").replace("\n", ",").split(","):
        try:
            found += parsed_recipients("to", item)
        except Refusal:
            continue
    return tuple(found)


def ref_columns(ref: MessageRef) -> dict[str, object]:
    return {"folder": ref.folder, "uid_validity": ref.uid_validity, "uid": ref.uid}
