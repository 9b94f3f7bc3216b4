"""« Ce n'était pas moi »: the page of a notice's link. Mail scanners open links, so GET changes nothing."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import queries, services
from vaguemestre.access.signin.forms import RenewPasswordForm
from vaguemestre.access.signin.http import SIGN_IN, blocking_page, who_asks
from vaguemestre.access.signin.links import Alarm, read_alarm
from vaguemestre.access.signin.ports import revocations, stop_sending, undoings
from vaguemestre.access.signin.rules.acts.kinds import PASSWORD_ACTS, PROVED, UNDOABLE
from vaguemestre.access.signin.rules.acts.sentences import WORDS
from vaguemestre.access.signin.rules.session_lifetimes import is_recent
from vaguemestre.access.signin.views.new_password import is_acceptable
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.ports import numen_words
from vaguemestre.people.credentials.queries import password_context_of, presented
from vaguemestre.people.credentials.services import strength_of
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.provisioning.ports import connections

_RENEWAL_KEY = "renewal"
_LIFETIME = timedelta(minutes=30)


@never_cache
@require_http_methods(["GET", "POST"])
def show_alarm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what happened and when. POST: undo it, or lock the account."""
    alarm = read_alarm(token)
    if alarm is None or alarm.act not in WORDS:
        return render(request, "signin/alarm.html", {"over": True}, status=410)
    if queries.has_locked(alarm):
        may_choose = _renewing_account_id(request) == alarm.account_id
        return render(
            request, "signin/alarm.html", {"has_locked": True, "may_choose": may_choose}, status=410
        )
    if request.method == "POST":
        try:
            if "lock" in request.POST:
                return _lock_account(request, alarm)
            if alarm.act in PROVED and (redirect := _ask_for_proof(request, alarm)):
                return redirect
            run_now(services.undo_act(alarm, undoings.get(), now=timezone.now()))
            run_now(AccountChanged(alarm.account_id))
        except Refusal as refusal:
            return _page(request, alarm, denial=sentence(refusal))
        revocations.get().bump()
        return _page(request, alarm, is_undone=True)
    return _page(request, alarm)


@never_cache
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """Choose a new password, in the browser that locked the account, for half an hour."""
    account_id = _renewing_account_id(request)
    if not account_id:
        return HttpResponseRedirect(SIGN_IN)
    form = RenewPasswordForm(request.POST or None)
    if request.method == "POST" and is_acceptable(form, account_id):
        run_now(services.renew_password(account_id, form.cleaned_data["new_password"], now=timezone.now()))
        revocations.get().refresh()
        del request.session[_RENEWAL_KEY]
        return HttpResponseRedirect(f"{SIGN_IN}?nouveau=1")
    return render(request, "signin/renew.html", {"form": form})


@never_cache
@require_POST
def judge(request: HttpRequest) -> HttpResponse:
    """The strength of the password being typed, as JSON."""
    account_id = _renewing_account_id(request)
    if not account_id:
        raise Http404
    typed = request.POST.get("new_password", "")[:1024]
    strength = strength_of(typed, password_context_of(account_id, typed, numen_words.get()))
    return JsonResponse({"words": strength.value, "enough": strength.is_enough})


def _renewing_account_id(request: HttpRequest) -> int:
    """The account this browser locked lately; 0 if none."""
    renewal = request.session.get(_RENEWAL_KEY)
    if not renewal or timezone.now() >= datetime.fromisoformat(renewal["until"]):
        return 0
    return int(renewal["account"])


def _lock_account(request: HttpRequest, alarm: Alarm) -> HttpResponse:
    now = timezone.now()
    account = presented(alarm.account_id)
    if account and account.role == AccountRole.BOX:
        raise Refusal("signin.no-lock")  # it has no password, and its members' sessions are theirs
    locked = services.lock_account(alarm, undoings.get(), revocations.get(), stop_sending.get(), now=now)
    for event in (locked.ended, AccountChanged(alarm.account_id), locked.touched):
        run_now(event)
    if account:
        _disconnect_programs(account.mailbox)
    request.session.flush()
    if locked.is_password_void:
        return render(request, "signin/alarm.html", {"is_locked": True})
    request.session.set_expiry(0)
    request.session[_RENEWAL_KEY] = {"account": alarm.account_id, "until": (now + _LIFETIME).isoformat()}
    return HttpResponseRedirect(reverse("signin:renew"))


def _ask_for_proof(request: HttpRequest, alarm: Alarm) -> HttpResponse | None:
    """Redirect to the sign-in page unless the owner just signed in; the link's page opens again."""
    who = who_asks(request)
    if who and who.account_id != alarm.account_id:
        raise Refusal("signin.undo-signed-in")
    if who and is_recent(who.signed_in_at, timezone.now()):
        page = blocking_page(who, timezone.now())
        return HttpResponseRedirect(page) if page else None
    query = {"next": request.path, **({"confirmer": "1"} if who else {})}
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode(query)}")


def _disconnect_programs(mailbox: str) -> None:
    """Disconnect mail clients. If the engines are down none is connected, and the worker tries again."""
    try:
        connections.get().cut(mailbox)
    except EngineDown:
        return


def _page(request: HttpRequest, alarm: Alarm, *, denial: str = "", is_undone: bool = False) -> HttpResponse:
    subject, happened = WORDS[alarm.act]
    account = presented(alarm.account_id)
    context = {
        "subject": subject,
        "sentence": happened,
        "at": alarm.at,
        "can_undo": alarm.act in UNDOABLE and not is_undone,
        "can_lock": not (account and account.role == AccountRole.BOX),
        "asks_for_proof": alarm.act in PROVED,
        "is_about_password": alarm.act in PASSWORD_ACTS,
        "denial": denial,
        "is_undone": is_undone,
    }
    return render(request, "signin/alarm.html", context, status=422 if denial else 200)
