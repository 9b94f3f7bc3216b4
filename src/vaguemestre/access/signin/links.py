"""« Ce n'était pas moi »: the signed links of notices. They name an act, and live seven days."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from vaguemestre.people.credentials.services import UNDO_LIFE

_SALT = "signin.not-me"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a link is about; `mark` is the digest of the link, kept once it has closed the account."""

    account_id: int
    act: str
    at: datetime
    number: int
    mark: str


def alarm_link(site: str, account_id: int, act: str, at: str, number: int) -> str:
    """The address to put in a notice."""
    return f"{site}/compte/pas-moi/{signing.dumps([account_id, act, at, number], salt=_SALT)}"


def read_alarm(token: str) -> Alarm | None:
    """None for a link that is not ours, or too old."""
    try:
        account_id, act, at, number = signing.loads(token, salt=_SALT, max_age=UNDO_LIFE)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    mark = hashlib.sha256(token.encode()).hexdigest()
    return Alarm(account_id, act, datetime.fromisoformat(at), number, mark)
