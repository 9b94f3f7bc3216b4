"""The registry's screens for administrators: changes ask who they are again."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.sso.registry import services
from vaguemestre.access.sso.registry.forms import ApplicationForm, LogoForm, PersonForm
from vaguemestre.access.sso.registry.http import administrators_only, changes
from vaguemestre.access.sso.registry.ports import call
from vaguemestre.access.sso.registry.queries import (
    applications,
    days_of,
    entered_lately,
    find_application,
    identity_of,
    inside_now,
)
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.rules.logos import redrawn
from vaguemestre.access.sso.registry.rules.release import ATTRIBUTES, released
from vaguemestre.access.sso.registry.rules.words import PROTOCOLS, criteria_of
from vaguemestre.access.sso.registry.values import Application, Protocol
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import find_account

_TYPED = (Protocol.OIDC, Protocol.CAS, Protocol.HEADERS)  # a SAML application is read from its metadata

_ORDERS: dict[str, Callable[[dict[str, Any]], str | int]] = {
    "nom": lambda row: without_accents(row["application"].name),
    "protocole": lambda row: str(row["protocol"]),
    "entrees": lambda row: int(row["entered"]),
}


@require_GET
@administrators_only
def list_all(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(_ORDERS))
    search, protocol = request.GET.get("q", "").strip()[:80], request.GET.get("protocole", "")
    lately = entered_lately(paris_day(timezone.now()))
    rows: list[dict[str, Any]] = [
        {
            "application": one,
            "protocol": PROTOCOLS[one.protocol],
            "criteria": criteria_of(one),
            "entered": lately.get(one.application_id, 0),
        }
        for one in applications()
        if without_accents(search) in without_accents(f"{one.name} {one.client_id}")
        and protocol in ("", one.protocol.value)
    ]
    rows.sort(key=_ORDERS[listing.sort], reverse=listing.backwards)
    told = {
        "rows": listing.shown(rows),
        "total": len(rows),
        "listing": listing,
        "search": search,
        "protocol": protocol,
        "protocols": [(one.value, title) for one, title in PROTOCOLS.items()],
        "done": request.GET.get("fait", ""),
        "name": request.GET.get("nom", "")[:80],
    }
    return render(request, "sso/registry/list.html", told)


@require_http_methods(["GET", "POST"])
@changes
def add(request: SignedInRequest) -> HttpResponse:
    protocol = _protocol(request.GET.get("protocole", "oidc"))
    form = ApplicationForm(request.POST or None, protocol=protocol)
    if request.method == "POST" and form.is_valid():
        registration = form.registration()
        try:
            secret = services.add_application(registration, by=_by(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            application = _known(registration.client_id)
            return _page(request, application, secret=secret, done="ajoutee")
    told = {"form": form, "protocol": PROTOCOLS[protocol], "kind": protocol.value}
    return render(request, "sso/registry/add.html", told)


@require_GET
@administrators_only
def show(request: SignedInRequest, client_id: str) -> HttpResponse:
    return _page(request, _known(client_id), done=request.GET.get("fait", ""))


@require_POST
@changes
def change(request: SignedInRequest, client_id: str) -> HttpResponse:
    application = _known(client_id)
    form = ApplicationForm(request.POST, protocol=application.protocol, known=application)
    if form.is_valid():
        try:
            services.change_application(form.registration(), by=_by(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return _back(client_id, "changee")
    return _page(request, application, form=form)


@require_POST
@changes
def renew_secret(request: SignedInRequest, client_id: str) -> HttpResponse:
    """The secret is on the page that answers, and nowhere else ever."""
    at_once = request.POST.get("aussitot") == "1"
    secret = services.renew_secret(client_id, by=_by(request), now=timezone.now(), at_once=at_once)
    return _page(request, _known(client_id), secret=secret, done="secret")


@require_POST
@changes
def set_logo(request: SignedInRequest, client_id: str) -> HttpResponse:
    application = _known(client_id)
    if request.POST.get("retirer") == "1":
        services.set_logo(client_id, b"", by=_by(request), now=timezone.now())
        return _back(client_id, "logo")
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content = redrawn(form.cleaned_data["logo"])
        except Refusal as refusal:
            form.add_error("logo", sentence(refusal))
        else:
            services.set_logo(client_id, content, by=_by(request), now=timezone.now())
            return _back(client_id, "logo")
    return _page(request, application, logo=form)


@require_POST
@changes
def remove(request: SignedInRequest, client_id: str) -> HttpResponse:
    name = _known(client_id).name
    services.remove_application(client_id, by=_by(request), now=timezone.now())
    told = urlencode({"fait": "retiree", "nom": name})
    return HttpResponseRedirect(f"{reverse('registry:list')}?{told}")


@require_POST
@administrators_only
def preview(request: SignedInRequest, client_id: str) -> HttpResponse:
    """What the application would be told of a real person; who looked is written down."""
    application, form = _known(client_id), PersonForm(request.POST)
    told: dict[str, object] = {"person": form}
    if form.is_valid():
        found = find_account(form.cleaned_data["personne"])
        if found is None:
            form.add_error("personne", "Aucun compte ne porte cet identifiant ou cette adresse.")
        else:
            now = timezone.now()
            services.look_at(application, found.account_id, by=_by(request), now=now)
            identity = identity_of(found.account_id, now)
            values = released(application, identity)
            told["shown"] = {
                "name": identity.name,
                "enters": may_enter(application, identity),
                "values": [(ATTRIBUTES[name], name, value) for name, value in values.items()],
            }
    return _page(request, application, **told)


@require_POST
@administrators_only
def test(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Do its addresses answer, and would you enter it?"""
    application = _known(client_id)
    addresses = (
        ("Accueil", application.home),
        ("Adresse prévenue des déconnexions", application.tell_sign_out),
        ("Première adresse inscrite", application.addresses[0]),
    )
    answers = [(words, address, _answers(address)) for words, address in addresses if address]
    enters = may_enter(application, identity_of(request.who.account_id, timezone.now()))
    return _page(request, application, tested={"answers": answers, "enters": enters})


def _answers(address: str) -> str:
    try:
        call.get()(address)
    except EngineDown:
        return "ne répond pas"
    except EngineRefused:
        return "répond, mais refuse une simple visite"
    return "répond"


def _page(request: SignedInRequest, application: Application, **more: object) -> HttpResponse:
    now = timezone.now()
    days = days_of(application.application_id, paris_day(now))
    told: dict[str, object] = {
        "application": application,
        "protocol": PROTOCOLS[application.protocol],
        "criteria": criteria_of(application),
        "form": ApplicationForm(protocol=application.protocol, known=application),
        "logo": LogoForm(),
        "person": PersonForm(),
        "days": days,
        "most": max((day.entered for day in days), default=0),
        "entered": sum(day.entered for day in days),
        "refused": sum(day.refused for day in days),
        "inside": inside_now(application.application_id),
        "has_former": application.former_until is not None and application.former_until > now,
        "keeps_secret": services.needs_secret(application),
        **more,
    }
    return render(request, "sso/registry/application.html", told)


def _known(client_id: str) -> Application:
    found = find_application(client_id)
    if found is None:
        raise Http404
    return found


def _protocol(text: str) -> Protocol:
    return next((one for one in _TYPED if one.value == text), Protocol.OIDC)


def _back(client_id: str, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('registry:show', args=[client_id])}?fait={done}")


def _by(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"
