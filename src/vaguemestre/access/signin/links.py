"""Signed links of security notices (« Ce n'était pas moi »). They name an act and live seven days."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from vaguemestre.people.credentials.services import UNDO_LIFE

_SALT = "signin.not-me"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The act a link is about. `mark`: SHA-256 of the link, stored once it has locked the account."""

    account_id: int
    act: str
    at: datetime
    number: int
    mark: str


def alarm_link(site: str, account_id: int, act: str, at: str, number: int) -> str:
    """The link to put in a notice."""
    return f"{site}/compte/pas-moi/{signing.dumps([account_id, act, at, number], salt=_SALT)}"


def read_alarm(token: str) -> Alarm | None:
    """The alarm a link names; None for a forged or expired link."""
    try:
        account_id, act, at, number = signing.loads(token, salt=_SALT, max_age=UNDO_LIFE)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    mark = hashlib.sha256(token.encode()).hexdigest()
    return Alarm(account_id, act, datetime.fromisoformat(at), number, mark)
