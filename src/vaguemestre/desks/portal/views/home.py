"""Home: « Bonjour … », the applications, what is new, what is left to do."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.assistant.values import CHARTER
from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.registry.queries import applications_for, identity_of
from vaguemestre.access.sso.registry.values import Application, Identity
from vaguemestre.desks.portal import queries, services
from vaguemestre.desks.portal.forms import DisplayForm
from vaguemestre.desks.portal.rules import arranged, found, tasks_left
from vaguemestre.desks.portal.values import Room, Task, Tile
from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.sorting.queries import absences_of
from vaguemestre.mailbox.sorting.rules.absences import answering_absence
from vaguemestre.mailbox.sorting.values import Absence, Place
from vaguemestre.people.credentials.queries import protection_of
from vaguemestre.people.directory.rules.names import is_numbered
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, Use
from vaguemestre.schools.rosters.http import asker_for
from vaguemestre.schools.rosters.queries import has_classes

# Address, icon, title, what for; those whose room is not served are left out.
APPLICATIONS = (
    ("/messagerie/", "mail", "Messagerie", "Lire et écrire ses courriels"),
    ("/contacts/", "address-book", "Contacts", "Mes correspondants et mes groupes"),
    ("/classes/", "school", "Classes", "Écrire à une classe, à ses familles"),
    ("/annuaire/", "users", "Annuaire", "Les agents de l’académie"),
    ("/listes/", "list", "Listes", "Listes de diffusion de l’académie"),
    ("/appareils/", "device-mobile", "Mes appareils", "Thunderbird, Outlook, téléphone"),
    ("/gestion/", "id", "Gestion", "NUMEN et personnes de mon service"),
    ("/assistance/", "tools", "Assistance", "Aider quelqu’un à se connecter"),
    ("/administration/", "building-community", "Administration", "Académie, flux, journal, réglages"),
    ("/parametres/", "settings", "Paramètres", "Affichage, appareils, sécurité"),
)
# Shown to those roles only; the pages themselves refuse the others.
RESERVED = {
    "/gestion/": ("hr_officer",),
    "/assistance/": ("helpdesk", "administrator"),
    "/administration/": ("administrator",),
}
TASKS = {
    Task.CHARTER: ("Lire et accepter la charte, qui a changé", "/charte", "file-text"),
    Task.SECOND_FACTOR: (
        "Ajouter une clé d’accès ou une application d’authentification",
        "/parametres/securite",
        "shield-lock",
    ),
    Task.RECOVERY_CONTACT: (
        "Donner un contact de secours, pour le jour où le mot de passe manque",
        "/parametres/securite/contact",
        "key",
    ),
}


@require_GET
@signed_in
def show_home(request: SignedInRequest) -> HttpResponse:
    """Nothing here waits on the mailbox: its state comes as a fragment."""
    who, now, asked = request.who, timezone.now(), request.GET.get("q", "").strip()[:80]
    identity = identity_of(who.account_id, now)
    tiles = arranged(tiles_of(who, identity), queries.favourites_of(who.account_id))
    shown: dict[str, object] = {"tiles": found(tiles, asked), "asked": asked}
    if "HX-Request" in request.headers:
        return render(request, "portal/tiles.html", shown)
    held = protection_of(who.account_id)
    tasks = tasks_left(
        charter_is_accepted=held.charter == CHARTER,
        has_factor=held.has_factor,
        has_contact=held.has_contact,
    )
    absences = absences_of(who.account_id)
    away = answering_absence(absences, now)
    shown |= {
        "announcements": queries.announcements_on(paris_day(now)),
        "tasks": [TASKS[task] for task in tasks],
        "absence": away,
        "homonym": any(is_numbered(one, identity.last_name) for one in (who.username, who.address)),
        "coming_absence": None if away else _coming(absences, paris_day(now)),
    }
    return render(request, "portal/home.html", shown)


@require_GET
@signed_in
def show_mail(request: SignedInRequest) -> HttpResponse:
    """The fragment that says how the mailbox is: unread messages, room left, or that it does not answer."""
    try:
        with open_mailbox.get()(MailLogin(request.who.mailbox, request.who.session_key)) as mailbox:
            inbox = next((one for one in mailbox.folders() if one.use is Use.INBOX), None)
            quota = mailbox.quota()
    except (EngineDown, EngineRefused):
        return render(request, "portal/mail.html", {"is_away": True})
    room = Room(quota.used, quota.limit) if quota else None
    shown: dict[str, object] = {"unread": inbox.unread if inbox else 0, "room": room}
    if room:
        shown |= {"taken": sizes.in_words(room.used), "given": sizes.in_words(room.limit)}
    return render(request, "portal/mail.html", shown)


@require_POST
@signed_in
def star(request: SignedInRequest) -> HttpResponse:
    """Put an application first, or back."""
    key = request.POST.get("application", "")
    tiles = tiles_of(request.who, identity_of(request.who.account_id, timezone.now()))
    if key in {tile.key for tile in tiles}:
        services.star(request.who.account_id, key, wanted=request.POST.get("voulu") == "oui")
    if "HX-Request" in request.headers:
        tiles = arranged(tiles, queries.favourites_of(request.who.account_id))
        return render(request, "portal/tiles.html", {"tiles": tiles, "moved": key})
    return HttpResponseRedirect(reverse("portal:home"))


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


@require_POST
@signed_in
def agree_to_charter(request: SignedInRequest) -> HttpResponse:
    by = f"account:{request.who.account_id}"
    services.agree_to_charter(request.who.account_id, CHARTER, by=by, now=timezone.now())
    return HttpResponseRedirect(f"{reverse('portal:charter')}?fait=1")


@require_GET
def change_password_address(request: HttpRequest) -> HttpResponse:
    """Where password managers look (W3C « A Well-Known URL for Changing Passwords »)."""
    return HttpResponseRedirect(reverse("signin:change-password"))


def tiles_of(who: Who, identity: Identity) -> list[Tile]:
    """Our own, then the registered ones that this person may enter."""
    tiles = []
    for address, icon, title, purpose in APPLICATIONS:
        if who.role not in RESERVED.get(address, (who.role,)):
            continue
        if address == "/classes/" and not _has_classes(who, identity):
            continue
        if not _is_served(address):
            continue
        tiles.append(Tile(address, address, icon, title, purpose))
    return tiles + [_registered(one) for one in applications_for(identity)]


def _registered(one: Application) -> Tile:
    logo = reverse("registry:logo", args=[one.client_id]) if one.has_logo else ""
    return Tile(f"app:{one.client_id}"[:80], one.home, one.icon, one.name, one.description, logo)


@lru_cache
def _is_served(address: str) -> bool:
    """Whether that room is plugged here."""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _has_classes(who: Who, identity: Identity) -> bool:
    served = [(place.uai, place.function) for place in identity.places]
    return has_classes(asker_for(who).managed, served)


def _coming(absences: Iterable[Absence], today: date) -> Absence | None:
    """The one prepared, when it is switched on and still to come."""
    first = next((one for one in absences if one.place is Place.FIRST), None)
    return first if first and first.is_on and first.starts_on > today else None
