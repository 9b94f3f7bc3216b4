"""Administration pages of the registry; changes require a fresh proof."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.administrators import for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.shown_once import forget_secret, redirect_to_secret, secret_to_show
from vaguemestre.access.sso.registry import services
from vaguemestre.access.sso.registry.forms import ApplicationForm, LogoForm, PersonForm
from vaguemestre.access.sso.registry.ports import call
from vaguemestre.access.sso.registry.queries import (
    applications,
    count_people_inside,
    daily_counts,
    find_application,
    identity_of,
    recent_entries,
)
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.rules.logos import redraw_logo
from vaguemestre.access.sso.registry.rules.release import ATTRIBUTES, released_attributes
from vaguemestre.access.sso.registry.rules.words import PROTOCOLS, criteria_of
from vaguemestre.access.sso.registry.values import Application, Protocol
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import find_account

_MANUAL_PROTOCOLS = (Protocol.OIDC, Protocol.CAS, Protocol.HEADERS)  # SAML is read from its metadata

_ORDERS: dict[str, Callable[[dict[str, Any]], str | int]] = {
    "nom": lambda row: without_accents(row["application"].name),
    "protocole": lambda row: str(row["protocol"]),
    "entrees": lambda row: int(row["entered"]),
}


@require_GET
@for_administrators
def list_all(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(_ORDERS))
    search, protocol = listing.search, request.GET.get("protocole", "")
    lately = recent_entries(paris_day(timezone.now()))
    rows: list[dict[str, Any]] = [
        {
            "application": application,
            "protocol": PROTOCOLS[application.protocol],
            "criteria": criteria_of(application),
            "entered": lately.get(application.application_id, 0),
        }
        for application in applications()
        if without_accents(search) in without_accents(f"{application.name} {application.client_id}")
        and protocol in ("", application.protocol.value)
    ]
    rows.sort(key=_ORDERS[listing.sort], reverse=listing.backwards)
    context = {
        "rows": listing.shown(rows),
        "total": len(rows),
        "listing": listing,
        "search": search,
        "protocol": protocol,
        "protocols": [(item.value, title) for item, title in PROTOCOLS.items()],
        "done": request.GET.get("fait", ""),
        "name": request.GET.get("nom", "")[:80],
    }
    return render(request, "sso/registry/list.html", context)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("ajouter une application")
def add(request: SignedInRequest) -> HttpResponse:
    protocol = _protocol(request.GET.get("protocole", "oidc"))
    form = ApplicationForm(request.POST or None, protocol=protocol)
    if request.method == "POST" and form.is_valid():
        registration = form.registration()
        try:
            secret = services.add_application(registration, by=_actor(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return redirect_to_secret(
                request, _address(registration.client_id, "ajoutee"), secret, secret_keys.get()
            )
    context = {"form": form, "protocol": PROTOCOLS[protocol], "kind": protocol.value}
    return render(request, "sso/registry/add.html", context)


@require_GET
@for_administrators
def show(request: SignedInRequest, client_id: str) -> HttpResponse:
    application, secret = _application_or_404(client_id), secret_to_show(request, secret_keys.get())
    return forget_secret(
        request, _page(request, application, secret=secret, done=request.GET.get("fait", ""))
    )


@require_POST
@for_recent_administrators
@act_words("modifier une application")
def change(request: SignedInRequest, client_id: str) -> HttpResponse:
    application = _application_or_404(client_id)
    form = ApplicationForm(request.POST, protocol=application.protocol, application=application)
    if form.is_valid():
        try:
            services.change_application(form.registration(), by=_actor(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return HttpResponseRedirect(_address(client_id, "changee"))
    return _page(request, application, form=form)


@require_POST
@for_recent_administrators
@act_words("renouveler le secret d’une application")
def renew_secret(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Draw a new secret, shown once. Ask first if one that the application may use ends at once."""
    at_once, now = request.POST.get("at_once") == "1", timezone.now()
    application = _application_or_404(client_id)
    asks = services.needs_secret(application) and (at_once or application.has_former(now))
    if asks and (page := confirmation_page(request, _renewal(application, at_once))):
        return page
    secret = services.renew_secret(client_id, by=_actor(request), now=now, at_once=at_once)
    return redirect_to_secret(request, _address(client_id, "secret"), secret, secret_keys.get())


def _renewal(application: Application, at_once: bool) -> Confirmation:
    if at_once:
        ends = "Le secret d’aujourd’hui ne vaut plus rien aussitôt, ni celui d’avant s’il sert encore."
    else:
        ends = (
            "Un secret a déjà été renouvelé depuis peu : celui d’avant, encore valable, ne vaut plus rien "
            "aussitôt."
        )
    return Confirmation(
        title=f"Nouveau secret pour {application.name} ?",
        facts=[("Application", application.name), ("Protocole", PROTOCOLS[application.protocol])],
        consequences=(
            ends,
            "Personne n’entre plus dans une application qui s’en sert, tant que le nouveau n’y est pas mis.",
            "L’ancien ne se reprend pas. Le nouveau est montré une seule fois, à la page suivante.",
        ),
        button="Nouveau secret, sans l’ancien",
        back=reverse("registry:show", args=[application.client_id]),
        fields=[("at_once", "1")] if at_once else [],
        binds=(application.client_id, application.secret_sha256, at_once),
    )


@require_POST
@for_recent_administrators
@act_words("changer le logo d’une application")
def set_logo(request: SignedInRequest, client_id: str) -> HttpResponse:
    application = _application_or_404(client_id)
    if request.POST.get("remove") == "1":
        services.set_logo(client_id, b"", by=_actor(request), now=timezone.now())
        return HttpResponseRedirect(_address(client_id, "logo"))
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content = redraw_logo(form.cleaned_data["logo"])
        except Refusal as refusal:
            form.add_error("logo", sentence(refusal))
        else:
            services.set_logo(client_id, content, by=_actor(request), now=timezone.now())
            return HttpResponseRedirect(_address(client_id, "logo"))
    return _page(request, application, logo=form)


@require_POST
@for_recent_administrators
@act_words("retirer une application")
def remove(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Ask first: people lose their way in, and a secret drawn again must be set in the application itself."""
    application = _application_or_404(client_id)
    name = application.name
    if page := confirmation_page(request, _removal(application)):
        return page
    services.remove_application(client_id, by=_actor(request), now=timezone.now())
    query = urlencode({"fait": "retiree", "nom": name})
    return HttpResponseRedirect(f"{reverse('registry:list')}?{query}")


def _removal(application: Application) -> Confirmation:
    return Confirmation(
        title=f"Retirer {application.name} ?",
        facts=[("Application", application.name), ("Protocole", PROTOCOLS[application.protocol])],
        consequences=(
            "Plus personne ne pourra l’ouvrir depuis ici ; ce qui lui avait été remis ne vaudra plus rien.",
            "Ses réglages et son secret sont effacés et ne se reprennent pas : pour la remettre, il faudra "
            "l’ajouter de nouveau et donner son nouveau secret à qui l’exploite.",
        ),
        button=f"Retirer {application.name}",
        back=reverse("registry:show", args=[application.client_id]),
        binds=(application.client_id, application.name),
    )


@require_POST
@for_administrators
def preview(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Show what the application would learn about a real person. The consultation is journalled."""
    application, form = _application_or_404(client_id), PersonForm(request.POST)
    more: dict[str, object] = {"person": form}
    if form.is_valid():
        account = find_account(form.cleaned_data["person"])
        if account is None:
            form.add_error("person", "Aucun compte ne porte cet identifiant ou cette adresse.")
        else:
            now = timezone.now()
            services.record_preview(application, account.account_id, by=_actor(request), now=now)
            identity = identity_of(account.account_id, now)
            values = released_attributes(application, identity)
            more["preview"] = {
                "name": identity.name,
                "enters": may_enter(application, identity),
                "values": [(ATTRIBUTES[name], name, value) for name, value in values.items()],
            }
    return _page(request, application, **more)


@require_POST
@for_administrators
def test(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Test whether the application's addresses answer, and whether the administrator may enter."""
    application = _application_or_404(client_id)
    addresses = (
        ("Accueil", application.home),
        ("Adresse prévenue des déconnexions", application.tell_sign_out),
        ("Première adresse inscrite", application.addresses[0]),
    )
    answers = [(words, address, _probe(address)) for words, address in addresses if address]
    enters = may_enter(application, identity_of(request.who.account_id, timezone.now()))
    return _page(request, application, tested={"answers": answers, "enters": enters})


def _probe(address: str) -> str:
    try:
        call.get()(address)
    except EngineDown:
        return "ne répond pas"
    except EngineRefused:
        return "répond, mais refuse une simple visite"
    return "répond"


def _page(request: SignedInRequest, application: Application, **more: object) -> HttpResponse:
    now = timezone.now()
    days = daily_counts(application.application_id, paris_day(now))
    context: dict[str, object] = {
        "application": application,
        "protocol": PROTOCOLS[application.protocol],
        "criteria": criteria_of(application),
        "form": ApplicationForm(protocol=application.protocol, application=application),
        "logo": LogoForm(),
        "person": PersonForm(),
        "days": days,
        "most": max((day.entered for day in days), default=0),
        "entered": sum(day.entered for day in days),
        "refused": sum(day.refused for day in days),
        "inside": count_people_inside(application.application_id),
        "has_former": application.has_former(now),
        "keeps_secret": services.needs_secret(application),
        **more,
    }
    return render(request, "sso/registry/application.html", context)


def _application_or_404(client_id: str) -> Application:
    application = find_application(client_id)
    if application is None:
        raise Http404
    return application


def _protocol(text: str) -> Protocol:
    return next((protocol for protocol in _MANUAL_PROTOCOLS if protocol.value == text), Protocol.OIDC)


def _address(client_id: str, done: str) -> str:
    return f"{reverse('registry:show', args=[client_id])}?fait={done}"


def _actor(request: SignedInRequest) -> str:
    return account_subject(request.who.account_id)
