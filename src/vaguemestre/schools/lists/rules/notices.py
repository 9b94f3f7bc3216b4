"""Notices about a letter, to its author or to the managers."""

from datetime import datetime
from hashlib import sha256
from html import escape

from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.post.outbox.values import Letter, Recipient


def build_notice(
    list_name: str,
    list_address: str,
    to: str,
    subject: str,
    paragraphs: tuple[str, ...],
    key: str,
    at: datetime,
) -> tuple[bytes, str]:
    """The message and its Message-ID. The same key and recipient give the same Message-ID."""
    digest = sha256(f"{key} {to}".encode()).hexdigest()[:32]
    domain = list_address.partition("@")[2]
    message_id = f"<liste.{digest}@{domain}>"
    letter = Letter(
        sender=Recipient(list_name, list_address),
        to=(Recipient("", to),),
        reply_to=(Recipient("", f"ne-pas-repondre@{domain}"),),
        cc=(),
        bcc=(),
        subject=subject,
        html="".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs),
        text="\n\n".join(paragraphs) + "\n",
        message_id=message_id,
        date=at,
    )
    return build_message(letter, boundary=digest), message_id
