"""« Mon activité »: open sessions, known browsers, applications and journal lines, with what ends them."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin import services
from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations, visits
from vaguemestre.access.signin.queries import activity_of, browsers_of, session_by_handle, sessions_of
from vaguemestre.access.signin.rules.activity import Kind
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.people.credentials.queries import app_passwords_of

_FILTERS = {"connexions": Kind.ENTRY, "changements": Kind.CHANGE, "autres": Kind.OTHERS}


@require_GET
@signed_in
def show(request: SignedInRequest) -> HttpResponse:
    account_id = request.who.account_id
    kind = _FILTERS.get(request.GET.get("voir", ""))
    lines = activity_of(account_id)
    context = {
        "sessions": sessions_of(account_id, request.who.session_key, timezone.now()),
        "browsers": browsers_of(account_id),
        "programs": app_passwords_of(account_id),
        "applications": visits.get().visits_of(account_id),
        "lines": [line for line in lines if kind is None or line.kind is kind],
        "filter": request.GET.get("voir", "") if kind else "",
        "filters": (("", "Tout"), ("connexions", "Connexions"), ("changements", "Vos changements"),
                    ("autres", "Ce que d’autres ont fait")),
        "done": request.GET.get("fait", ""),
    }  # fmt: skip
    return render(request, "signin/activity.html", context)


@require_POST
@signed_in
def end_session(request: SignedInRequest, handle: str) -> HttpResponse:
    """End another of one's own sessions, with its applications and mail tokens."""
    account_id, now = request.who.account_id, timezone.now()
    key = session_by_handle(account_id, handle, now)
    if not key:
        raise Http404
    run_now(services.end_session(key, account_id, revocations.get(), now=now))
    return _back("session")


@require_POST
@signed_in
def forget_browser(request: SignedInRequest, number: int) -> HttpResponse:
    services.forget_browser(request.who.account_id, number, now=timezone.now())
    return _back("navigateur")


@require_POST
@signed_in
def leave_application(request: SignedInRequest, number: int) -> HttpResponse:
    visits.get().leave(request.who.account_id, number, now=timezone.now())
    return _back("application")


def _back(done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('signin:activity')}?fait={done}")
