"""The anonymous session of a browser: the code sent for it and the account it proved, for a short time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from vaguemestre.access.assistant.values import CodeSent
from vaguemestre.access.signin.held_forms import defer_form, deferred_form
from vaguemestre.access.signin.values import BrowserWork, Deferred
from vaguemestre.people.credentials.queries import Presented, presented, recovery_mark
from vaguemestre.people.credentials.values import AccountState, SecretKeys

_PROOF_LIFETIME = timedelta(minutes=30)
_SENT_KEY = "recovery-sent"
_PROVED_KEY = "assistant-proved"


@dataclass(frozen=True, slots=True)
class ProvedAccount:
    """The account a browser may choose a password for, and the mark of the code it used ("" = none).

    `recovery`: its `recovery_mark` when the code was sent, or the proof given.
    """

    account: Presented
    mark: str
    recovery: str


def submitted_form(request: HttpRequest, keys: SecretKeys) -> tuple[Mapping[str, str] | None, BrowserWork]:
    """(typed fields or None, proof of work), from this POST or from the form deferred in a cookie."""
    if "suite" in request.GET and (deferred := deferred_form(request, _resume_path(request), keys)):
        return deferred.fields, deferred.work_done(request.POST.get("work", ""))
    return (request.POST if request.method == "POST" else None), BrowserWork()


def defer(request: HttpRequest, form: Form, later: Deferred, keys: SecretKeys) -> HttpResponse:
    """The page « Un instant… », which submits the same form again."""
    typed = {name: str(form.data.get(name, "")) for name in form.fields}
    return defer_form(request, _resume_path(request), typed, later, keys)


def _resume_path(request: HttpRequest) -> str:
    return f"{request.path}?suite=1"


def store_sent_code(request: HttpRequest, account_id: int, mark: str, life: timedelta) -> None:
    """Record that a code was sent: only this browser may give it."""
    _store(request, _SENT_KEY, account_id, mark, life)


def sent_code(request: HttpRequest) -> CodeSent | None:
    """The code sent for this browser."""
    stored = _stored(request, _SENT_KEY)
    return CodeSent(stored.account_id, stored.mark) if stored else None


def store_proved_account(request: HttpRequest, account_id: int, mark: str = "") -> None:
    """Allow this browser to choose the password of that account."""
    sent = _stored(request, _SENT_KEY)
    recovery = sent.recovery if sent and sent.account_id == account_id else ""
    _store(request, _PROVED_KEY, account_id, mark, _PROOF_LIFETIME, recovery)
    request.session.pop(_SENT_KEY, None)


def proved_account(request: HttpRequest, state: AccountState) -> ProvedAccount | None:
    """The account this browser may choose a password for, if it is in that state."""
    stored = _stored(request, _PROVED_KEY)
    account = presented(stored.account_id) if stored else None
    if not stored or not account or account.state != state:
        return None
    return ProvedAccount(account, stored.mark, stored.recovery)


class _Stored(NamedTuple):
    account_id: int
    mark: str
    recovery: str


def _store(
    request: HttpRequest, name: str, account_id: int, mark: str, life: timedelta, recovery: str = ""
) -> None:
    """Store a fact under a new session key: an attacker may know the former one (session fixation)."""
    request.session.cycle_key()
    request.session.set_expiry(0)
    request.session[name] = {
        "account_id": account_id,
        "until": (timezone.now() + life).isoformat(),
        "mark": mark,
        "recovery": recovery or recovery_mark(account_id),
    }


def _stored(request: HttpRequest, name: str) -> _Stored | None:
    fields = request.session.get(name)
    if not fields or timezone.now() >= datetime.fromisoformat(fields["until"]):
        return None
    return _Stored(int(fields["account_id"]), str(fields["mark"]), str(fields.get("recovery", "")))
