"""Tickets that open an event stream: mailbox and browser session, encrypted."""

import base64
import hashlib
import json
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken


@dataclass(frozen=True)
class Ticket:
    """`issued_at`: Unix time in whole seconds, set by `read`. `only`: the folder it tells of; "": of all."""

    mailbox: str
    session_key: str
    issued_at: int = field(default=0, compare=False)
    only: str = ""


def issue(key: str, ticket: Ticket, *, now: float) -> str:
    """Encrypt a ticket as URL-safe text; `now` is a Unix time in seconds."""
    content = json.dumps([ticket.mailbox, ticket.session_key, ticket.only]).encode()
    return _sealer(key).encrypt_at_time(content, int(now)).decode()


def read(key: str, text: str, *, now: float, life: int) -> Ticket | None:
    """The ticket, if it was issued at most `life` seconds ago; None for any other text."""
    try:
        sealer = _sealer(key)
        content = sealer.decrypt_at_time(text.encode(), life, int(now))
        mailbox, session_key, only = json.loads(content)
        issued_at = sealer.extract_timestamp(text.encode())
    except (InvalidToken, ValueError):
        return None
    return Ticket(mailbox, session_key, issued_at, only)


def _sealer(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"ticket:" + key.encode()).digest()))
