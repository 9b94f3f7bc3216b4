"""What is told of a letter to its author, and to those who decide."""

from datetime import datetime
from hashlib import sha256
from html import escape

from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.post.outbox.values import Letter, Recipient


def notice(
    list_name: str,
    list_address: str,
    to: str,
    subject: str,
    paragraphs: tuple[str, ...],
    key: str,
    at: datetime,
) -> tuple[bytes, str]:
    """The message, and its Message-ID: the same key is the same notice."""
    mark = sha256(f"{key} {to}".encode()).hexdigest()[:32]
    message_id = f"<liste.{mark}@{list_address.partition('@')[2]}>"
    letter = Letter(
        sender=Recipient(list_name, list_address),
        to=(Recipient("", to),),
        cc=(),
        bcc=(),
        subject=subject,
        html="".join(f"<p>{escape(one)}</p>" for one in paragraphs),
        text="\n\n".join(paragraphs) + "\n",
        message_id=message_id,
        date=at,
    )
    return build_message(letter, boundary=mark), message_id
