"""What was proved waits in the browser's anonymous session, out of its reach and for a short while."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from vaguemestre.access.signin.held_forms import held_form, hold_form
from vaguemestre.access.signin.values import Later, Shown
from vaguemestre.people.credentials.queries import Presented, presented
from vaguemestre.people.credentials.values import SecretKeys

_PATIENCE = timedelta(minutes=30)
_SENT = "recovery-sent"
_PROVED = "assistant-proved"


@dataclass(frozen=True, slots=True)
class Under:
    """An account under way, and the mark of the code that led to it ("" = none)."""

    account: Presented
    mark: str


def typed_in(request: HttpRequest, keys: SecretKeys) -> tuple[Mapping[str, str] | None, Shown]:
    """(what was typed, the work done for it): sent now, or held by the browser; None: nothing yet."""
    if "suite" in request.GET and (held := held_form(request, _door(request), keys)):
        return held.fields, held.shown(request.POST.get("work", ""))
    return (request.POST if request.method == "POST" else None), Shown()


def come_back(request: HttpRequest, form: Form, later: Later, keys: SecretKeys) -> HttpResponse:
    """The page « Un instant… »: the same form comes back to the same door."""
    typed = {name: str(form.data.get(name, "")) for name in form.fields}
    return hold_form(request, _door(request), typed, later, keys)


def _door(request: HttpRequest) -> str:
    return f"{request.path}?suite=1"


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
