"""Messages sent with one click: reply to an invitation, read receipt, unsubscribe request."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_SUBJECTS = {"ACCEPTED": "Accepté", "DECLINED": "Décliné", "TENTATIVE": "Peut-être"}
_WORDS = {
    "ACCEPTED": "accepte cette invitation",
    "DECLINED": "décline cette invitation",
    "TENTATIVE": "viendra peut-être",
}


def invitation_answer(
    *, name: str, sender: str, to: str, title: str, part: str, calendar: bytes, message_id: str, now: datetime
) -> bytes:
    """Message with a reply to an invitation (RFC 6047 §2). Raises Refusal when `to` is no address."""
    message = _new_message(name, sender, to, f"{_SUBJECTS[part]} : {title}", message_id, now)
    message.set_content(f"{one_line(name)} {_WORDS[part]} : {one_line(title)}.\r\n")
    message.add_alternative(calendar.decode("utf-8"), subtype="calendar", params={"method": "REPLY"})
    return message.as_bytes(policy=SMTP)


def read_receipt(
    *,
    name: str,
    sender: str,
    to: str,
    subject: str,
    original_id: str,
    domain: str,
    message_id: str,
    now: datetime,
) -> bytes:
    """Notification that a message was displayed, sent manually by its reader (RFC 8098 §3)."""
    message = _new_message(name, sender, to, f"Lu : {subject}", message_id, now)
    message.make_mixed()
    text = EmailMessage(policy=SMTP)
    text.set_content(
        f"{one_line(name)} a ouvert votre courriel « {one_line(subject)} ». "
        "Cela ne dit pas qu’il a été compris.\r\n"
    )
    del text["MIME-Version"]
    notice = EmailMessage(policy=SMTP)
    notice["Content-Type"] = "message/disposition-notification"
    notice.set_payload(
        f"Reporting-UA: {domain}; Vaguemestre\r\n"
        f"Final-Recipient: rfc822;{sender}\r\n"
        + (f"Original-Message-ID: {original_id}\r\n" if original_id else "")
        + "Disposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    message.attach(text)
    message.attach(notice)
    message.replace_header("Content-Type", "multipart/report")
    message.set_param("report-type", "disposition-notification")
    return message.as_bytes(policy=SMTP)


def unsubscribe_message(
    *, name: str, sender: str, to: str, subject: str, message_id: str, now: datetime
) -> bytes:
    """Message that unsubscribes from a list without one-click support (RFC 2369 §3.2)."""
    message = _new_message(name, sender, to, subject or "unsubscribe", message_id, now)
    message.set_content("unsubscribe\r\n")
    return message.as_bytes(policy=SMTP)


def _new_message(
    name: str, sender: str, to: str, subject: str, message_id: str, now: datetime
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    quoted_name = one_line(name).replace("\\", "").replace('"', "")
    message["From"] = f'"{quoted_name}" <{sender}>' if quoted_name else sender
    message["To"] = str(parse_address(to))
    message["Subject"] = one_line(subject)[:200]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-replied"
    return message
