"""Reading a message that came to a list: who wrote it, whether a machine did, whether it went round."""

import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.lists.values import Arrival

LOOP_FIELD = "X-Loop"
_IDS = re.compile(r"<[^<>\s]{1,250}>")
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|noreply|no-reply|ne-pas-repondre)@", re.IGNORECASE)
_BULK = {"bulk", "junk", "auto_reply"}


def read_arrival(raw: bytes, address: str) -> tuple[Arrival, str]:
    """What stands in the message, and its return path (lower case, empty when there is none)."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    return_path = _header(message, "Return-Path").strip().strip("<>").lower()
    name, sender = _author(message)
    arrival = Arrival(
        sender=sender,
        sender_name=name,
        message_id=next(iter(_IDS.findall(_header(message, "Message-ID"))), "")[:250],
        subject=one_line(decoded(_header(message, "Subject"))),
        size=len(raw),
        has_files=any(is_file(part) for part in message.walk()),
        is_machine=not return_path or is_machine(message, sender),
        loops=loops(message, address),
        other_list=message.get("List-Id") is not None,
        roots=tuple(
            dict.fromkeys(_IDS.findall(f"{_header(message, 'References')} {_header(message, 'In-Reply-To')}"))
        ),
    )
    return arrival, return_path


def is_machine(message: Message, sender: str) -> bool:
    """RFC 3834 §5: what is answered by nobody is written by nobody."""
    told = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        told not in ("", "no")
        or _header(message, "Precedence").strip().lower() in _BULK
        or message.get_content_type() == "multipart/report"
        or bool(_MACHINES.match(sender))
    )


def loops(message: Message, address: str) -> bool:
    passed = [str(value).strip().lower() for value in message.get_all(LOOP_FIELD, [])]
    return address.lower() in passed or list_id(address).lower() in _header(message, "List-Id").lower()


def list_id(address: str) -> str:
    """RFC 2919: dots where the address has an @."""
    return f"<{address.replace('@', '.')}>"


def is_file(part: Message) -> bool:
    """An attachment: neither a text to read nor a picture the text shows."""
    if part.is_multipart():
        return False
    if part.get_content_disposition() == "attachment":
        return True
    is_text = part.get_content_maintype() == "text" and part.get_content_subtype() in ("plain", "html")
    return not is_text and bool(part.get_filename()) and part.get("Content-ID") is None


def file_name(part: Message) -> str:
    return one_line(decoded(part.get_filename() or "")) or "piece-jointe"


def one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:250]


def decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):
        return text


def _author(message: Message) -> tuple[str, str]:
    """The one author; several or none that can be read: nobody."""
    fields = message.get_all("From", [])
    found = getaddresses([str(fields[0]).replace("\n", " ").replace("\r", " ")]) if len(fields) == 1 else []
    if len(found) != 1:
        return "", ""
    name, address = found[0]
    try:
        return one_line(decoded(name))[:100], str(parse_address(address))
    except Refusal:
        return "", ""


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))
