"""Requests for help: made from `/aide`, followed by their authors, answered by the desk."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, network_of, who_asks
from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.forms import KINDS, AnswerForm, AskForm
from vaguemestre.desks.helpdesk.http import for_operators
from vaguemestre.desks.helpdesk.queries.requests import (
    ORDERS,
    count_waiting,
    request_followed,
    request_of,
    requests_page,
)
from vaguemestre.desks.helpdesk.values import Asking, Kind, RequestShown
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.ports import secret_keys


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form of `/aide`. A NUMEN or a password written in it is masked and sent back to be read again."""
    who = who_asks(request)
    academy = settings.CONFIG.academy
    told = {"phone": academy.help_phone, "hours": academy.help_hours}
    first = {"sujet": request.GET.get("sujet", ""), "nom": who.name if who else ""}
    if request.method == "GET":
        return render(request, "helpdesk/ask.html", {**told, "form": AskForm(initial=first)})
    form = AskForm(request.POST)
    if masked := form.masked():
        return render(request, "helpdesk/ask.html", {**told, "form": masked, "was_masked": True})
    if not form.is_valid():
        return render(request, "helpdesk/ask.html", {**told, "form": form})
    typed = form.cleaned_data
    asking = Asking(
        Kind(typed["sujet"]),
        typed["nom"],
        typed["lieu"],
        typed["contact"],
        typed["texte"],
        who.account_id if who else None,
    )
    try:
        token = services.ask_desk(asking, network_of(request), now=timezone.now())
    except Refusal as refusal:
        refused = sentence(Refusal(refusal.code, wait=duration(int(str(refusal.facts["wait"])))))
        return render(request, "helpdesk/ask.html", {**told, "form": form, "refused": refused})
    return HttpResponseRedirect(f"{reverse('helpdesk:follow', args=[token])}?recue=1")


@never_cache
@require_GET
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a request, for whoever has its address."""
    found = request_followed(token)
    if found is None:
        raise Http404
    told = {"asked": found, "kind": _words(found), "fresh": "recue" in request.GET}
    return render(request, "helpdesk/followed.html", told)


@require_GET
@for_operators
def list_all(request: SignedInRequest) -> HttpResponse:
    listing, search = Listing.of(request.GET, tuple(ORDERS)), request.GET.get("q", "").strip()[:80]
    is_answered, kind = request.GET.get("etat") == "repondues", request.GET.get("sujet", "")
    kind = kind if kind in set(Kind) else ""
    found, total = requests_page(
        is_answered=is_answered,
        kind=kind,
        search=search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    told = {
        "rows": [(one, _words(one)) for one in found],
        "total": total,
        "listing": listing,
        "waiting": count_waiting(),
        "is_answered": is_answered,
        "kind": kind,
        "kinds": [(one.value, words) for one, words in KINDS.items()],
        "search": search,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "helpdesk/requests.html", told)


@require_http_methods(["GET", "POST"])
@for_operators
def show(request: SignedInRequest, request_id: int) -> HttpResponse:
    """One request: taken in charge, or answered."""
    asked = request_of(request_id)
    if asked is None:
        raise Http404
    operator_id, now = request.who.account_id, timezone.now()
    if request.method == "POST" and "prendre" in request.POST:
        services.take_request(request_id, operator_id=operator_id, now=now)
        return HttpResponseRedirect(reverse("helpdesk:request", args=[request_id]))
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_request(
                request_id, form.cleaned_data["reponse"], secret_keys.get(), operator_id=operator_id, now=now
            )
            return HttpResponseRedirect(f"{reverse('helpdesk:requests')}?fait=repondu")
        except Refusal as refusal:
            form.add_error("reponse", sentence(refusal))
    return render(request, "helpdesk/request.html", {"asked": asked, "kind": _words(asked), "form": form})


def _words(asked: RequestShown) -> str:
    return KINDS[Kind(asked.kind)]
