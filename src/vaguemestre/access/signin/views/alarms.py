"""« Ce n'était pas moi »: behind the link of a notice. Mail scanners open it, so a GET changes nothing."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import RenewPasswordForm
from vaguemestre.access.signin.http import SIGN_IN
from vaguemestre.access.signin.links import Alarm, read_alarm
from vaguemestre.access.signin.ports import revocations, undoings
from vaguemestre.access.signin.rules.notices import UNDONE, WORDS
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.queries import password_context_of, presented
from vaguemestre.people.credentials.services import check_chosen_password, strength_of
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.provisioning.ports import connections

_KEPT = "renewal"
_PATIENCE = timedelta(minutes=30)


@never_cache
@require_http_methods(["GET", "POST"])
def show_alarm(request: HttpRequest, token: str) -> HttpResponse:
    """What happened and when; undo it, or close everything."""
    alarm = read_alarm(token)
    if alarm is None or alarm.act not in WORDS:
        return render(request, "signin/alarm.html", {"over": True}, status=410)
    if request.method == "POST":
        try:
            if "tout" in request.POST:
                return _closed(request, alarm)
            run_now(services.undo(alarm, undoings.get(), now=timezone.now()))
            run_now(AccountChanged(alarm.account_id))
        except Refusal as refusal:
            return _page(request, alarm, denial=sentence(refusal))
        revocations.get().bump()
        return _page(request, alarm, is_undone=True)
    return _page(request, alarm)


@never_cache
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """In the browser that closed the account, for half an hour: the password of before chooses the next."""
    account_id = _renewing(request)
    if not account_id:
        return HttpResponseRedirect(SIGN_IN)
    form = RenewPasswordForm(request.POST or None)
    if request.method == "POST" and _holds(form, account_id):
        run_now(services.renew_password(account_id, form.cleaned_data["mot_de_passe"], now=timezone.now()))
        revocations.get().refresh()
        del request.session[_KEPT]
        return HttpResponseRedirect(f"{SIGN_IN}?nouveau=1")
    return render(request, "signin/renew.html", {"form": form})


@never_cache
@require_POST
def judge(request: HttpRequest) -> HttpResponse:
    """How the password being typed there is judged, in words."""
    account_id = _renewing(request)
    if not account_id:
        raise Http404
    typed = request.POST.get("mot_de_passe", "")[:1024]
    judged = strength_of(typed, password_context_of(account_id, numen_keys.get()))
    return JsonResponse({"words": judged.value, "enough": judged.is_enough})


def _renewing(request: HttpRequest) -> int:
    """The account this browser closed lately; 0 when it closed none."""
    kept = request.session.get(_KEPT)
    if not kept or timezone.now() >= datetime.fromisoformat(kept["until"]):
        return 0
    return int(kept["account"])


def _holds(form: RenewPasswordForm, account_id: int) -> bool:
    typed = form.data.get("mot_de_passe", "")
    try:
        check_chosen_password(typed, password_context_of(account_id, numen_keys.get()))
    except Refusal as refusal:
        if typed:
            form.add_error("mot_de_passe", sentence(refusal))
    if not form.is_valid():
        return False
    try:
        services.check_current(account_id, form.cleaned_data["actuel"], now=timezone.now())
    except Refusal as refusal:
        waiting = refusal.facts.get("wait")
        shown = Refusal(refusal.code, wait=duration(waiting)) if isinstance(waiting, int) else refusal
        form.add_error("actuel", sentence(shown))
    return form.is_valid()


def _closed(request: HttpRequest, alarm: Alarm) -> HttpResponse:
    now = timezone.now()
    account = presented(alarm.account_id)
    ended, touched = services.close_everything(alarm, undoings.get(), revocations.get(), now=now)
    for event in (ended, AccountChanged(alarm.account_id), touched):
        run_now(event)
    if account:
        _cut(account.mailbox)
    request.session.flush()
    request.session.set_expiry(0)
    request.session[_KEPT] = {"account": alarm.account_id, "until": (now + _PATIENCE).isoformat()}
    return HttpResponseRedirect(reverse("signin:renew"))


def _cut(mailbox: str) -> None:
    """Programs already connected. The engines away have none; the worker closes them again anyway."""
    try:
        connections.get().cut(mailbox)
    except EngineDown:
        return


def _page(request: HttpRequest, alarm: Alarm, *, denial: str = "", is_undone: bool = False) -> HttpResponse:
    subject, happened = WORDS[alarm.act]
    shown = {
        "subject": subject,
        "happened": happened,
        "at": alarm.at,
        "can_undo": alarm.act in UNDONE and not is_undone,
        "denial": denial,
        "is_undone": is_undone,
    }
    return render(request, "signin/alarm.html", shown, status=422 if denial else 200)
