"""Letters of a mailing, and the content of each copy."""

import secrets
from dataclasses import replace
from datetime import datetime

from django.utils.crypto import salted_hmac

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.queries import own_addresses
from vaguemestre.mailbox.compose.rules.mail_merge import (
    merged_html,
    merged_subject,
    merged_text,
)
from vaguemestre.mailbox.compose.rules.merge_weight import check_added, column_uses
from vaguemestre.mailbox.compose.services.rows import bare_letter
from vaguemestre.mailbox.compose.values import MergeCopy, Writer
from vaguemestre.post.outbox.rules.message import build_message, check_whole
from vaguemestre.post.outbox.values import Letter, Recipient


def merged_letter(letter: Letter, copy: MergeCopy) -> Letter:
    """The letter of that copy: its recipient alone in « À », variables replaced."""
    return replace(
        letter,
        to=(Recipient("".join(c for c in copy.name if c.isprintable()), copy.address),),
        subject=merged_subject(letter.subject, copy.values),
        html=merged_html(letter.html, copy.values) if letter.html else "",
        text=merged_text(letter.text, copy.values) if letter.text else "",
    )


def copy_message_id(series: str, number: int, domain: str) -> str:
    """Message-ID of a copy, always the same. Nobody guesses it from another copy's: a report names it."""
    code = salted_hmac("vaguemestre.compose.copy", f"{series}.{number}", algorithm="sha256").hexdigest()[:24]
    return f"<{series}.{number}.{code}@{domain}>"


def copy_content(row: Composition, writer: Writer, copy: MergeCopy, letter: Letter, limit: int) -> bytes:
    """Content of that copy.

    Raises Refusal `compose.not-your-address`, `outbox.too-large`, and before anything is built
    `compose.too-many-variables`, `compose.copy-too-long`.
    """
    if letter.sender.address not in own_addresses(writer):
        raise Refusal("compose.not-your-address", field="identity")
    check_added(column_uses(letter.subject, letter.html, letter.text), copy)
    content = build_message(merged_letter(letter, copy), boundary=secrets.token_hex(16))
    check_whole(content, limit)
    return content


def letter_of(mailing: Mailing, row: Composition, writer: Writer, now: datetime) -> Letter:
    """Letter without recipients; sent from, and answered to, the sender address of the mailing."""
    letter = bare_letter(row, writer, now)
    if not mailing.sender:
        return letter
    return replace(letter, sender=Recipient(letter.sender.name, mailing.sender), reply_to=())
