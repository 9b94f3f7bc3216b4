"""What was proved waits in the browser's anonymous session, out of its reach and for a short while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from vaguemestre.credentials.queries import Presented, presented

_PATIENCE = timedelta(minutes=30)
_SENT = "recovery-sent"
_PROVED = "assistant-proved"


@dataclass(frozen=True, slots=True)
class Under:
    """An account under way, and the mark of the code that led to it ("" = none)."""

    account: Presented
    mark: str


def keep_sent(request: HttpRequest, account_id: int, mark: str, life: timedelta) -> None:
    """A code left; only this browser may give it."""
    _keep(request, _SENT, account_id, mark, life)


def sent_from(request: HttpRequest) -> tuple[int, str] | None:
    """(account or 0, mark) of the code that left for this browser."""
    return _kept(request, _SENT)


def keep_proved(request: HttpRequest, account_id: int, mark: str = "") -> None:
    """This browser may choose the password of that account."""
    _keep(request, _PROVED, account_id, mark, _PATIENCE)
    request.session.pop(_SENT, None)


def under_way(request: HttpRequest, state: str) -> Under | None:
    """The account this browser may choose a password for, if it is in that state."""
    kept = _kept(request, _PROVED)
    account = presented(kept[0]) if kept else None
    return Under(account, kept[1]) if kept and account and account.state == state else None


def _keep(request: HttpRequest, name: str, account_id: int, mark: str, life: timedelta) -> None:
    """Under a new key: whoever knew the former one learns nothing."""
    request.session.cycle_key()
    request.session.set_expiry(0)
    until = timezone.now() + life
    request.session[name] = {"account_id": account_id, "until": until.isoformat(), "mark": mark}


def _kept(request: HttpRequest, name: str) -> tuple[int, str] | None:
    kept = request.session.get(name)
    if not kept or timezone.now() >= datetime.fromisoformat(kept["until"]):
        return None
    return int(kept["account_id"]), str(kept["mark"])
