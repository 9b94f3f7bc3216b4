"""The message of a notice to many, as plain text (RFC 5322)."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.foundation.kernel.times import PARIS


def notice(*, to: str, sender: str, subject: str, text: str, message_id: str, at: datetime) -> bytes:
    """The message; nobody answers it (`Auto-Submitted`, RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(at.astimezone(PARIS))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.rstrip() + "\n", cte="quoted-printable")
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()
