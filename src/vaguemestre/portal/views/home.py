"""Home: « Bonjour … », the applications, my account."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.portal import services
from vaguemestre.portal.forms import DisplayForm
from vaguemestre.signin.http import SignedInRequest, signed_in
from vaguemestre.signin.ports import revocations
from vaguemestre.signin.values import Who
from vaguemestre.sso.registry.queries import applications_for

# Address, icon, title, what for; those whose room is not served are left out.
APPLICATIONS = (
    ("/messagerie/", "mail", _("Messagerie"), _("Lire et écrire ses courriels")),
    ("/contacts/", "address-book", _("Contacts"), _("Mes correspondants et mes groupes")),
    ("/annuaire/", "users", _("Annuaire"), _("Les agents de l’académie")),
    ("/appareils/", "device-mobile", _("Mes appareils"), _("Thunderbird, Outlook, téléphone")),
    ("/gestion/", "id", _("Gestion"), _("NUMEN et personnes de mon service")),
    ("/administration/", "building-community", _("Administration"), _("Académie, flux, journal, réglages")),
    ("/assistance/", "tools", _("Assistance"), _("Aider quelqu’un à se connecter")),
    ("/parametres/", "settings", _("Paramètres"), _("Affichage, appareils, sécurité")),
)
# Shown to those roles only; the pages themselves refuse the others.
RESERVED = {
    "/gestion/": ("hr_officer",),
    "/administration/": ("administrator",),
    "/assistance/": ("helpdesk", "administrator"),
}


@dataclass(frozen=True)
class Application:
    address: str
    icon: str
    title: str
    purpose: str


@require_GET
@signed_in
def show_home(request: SignedInRequest) -> HttpResponse:
    return render(request, "portal/home.html", {"applications": _applications(request.who)})


@require_GET
@signed_in
def show_settings(request: SignedInRequest) -> HttpResponse:
    """« Paramètres » opens on what concerns everybody."""
    return HttpResponseRedirect(reverse("portal:display"))


@require_http_methods(["GET", "POST"])
@signed_in
def set_display(request: SignedInRequest) -> HttpResponse:
    form = DisplayForm(request.POST or None, initial={"theme": request.who.theme})
    if request.method == "POST" and form.is_valid():
        services.choose_theme(request.who.account_id, form.cleaned_data["theme"])
        revocations.get().bump()  # every worker reads the person again
        return HttpResponseRedirect(f"{reverse('portal:display')}?fait=1")
    return render(request, "portal/display.html", {"form": form, "done": "fait" in request.GET})


@require_GET
def change_password_address(request: HttpRequest) -> HttpResponse:
    """Where password managers look (W3C « A Well-Known URL for Changing Passwords »)."""
    return HttpResponseRedirect(reverse("signin:change-password"))


def _applications(who: Who) -> list[Application]:
    """Our own, then the registered ones that this person may enter."""
    found = []
    for address, icon, title, purpose in APPLICATIONS:
        if who.role not in RESERVED.get(address, (who.role,)):
            continue
        try:
            resolve(address)
        except Resolver404:
            continue
        found.append(Application(address, icon, str(title), str(purpose)))
    registered = applications_for(who.account_id, timezone.now())
    return found + [Application(one.home, one.icon, one.name, one.description) for one in registered]
