"""The home page: announcements, applications, tasks, own account."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.assistant.values import CHARTER
from vaguemestre.access.signin.http import SignedInRequest, mail_held_until, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.registry.queries import applications_for, identity_of
from vaguemestre.access.sso.registry.values import Application, Identity
from vaguemestre.desks.portal import queries, services
from vaguemestre.desks.portal.ports import waiting_errands
from vaguemestre.desks.portal.rules.home import (
    first_visit_steps,
    is_first_visit_closed,
    pending_tasks,
    search_tiles,
    sort_tiles,
)
from vaguemestre.desks.portal.values import Errand, MailboxUsage, Step, Task, Tile, UnreadMessage
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.text.french_dates import moment_fr
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import is_served
from vaguemestre.mailbox.compose.queries import has_identity
from vaguemestre.mailbox.sorting.queries import absences_of
from vaguemestre.mailbox.sorting.rules.absences import answering_absence
from vaguemestre.mailbox.sorting.values import Absence, Place
from vaguemestre.mailbox.webmail.http import message_path
from vaguemestre.people.credentials.queries import app_passwords_of, protection_of
from vaguemestre.people.directory.rules.names import is_numbered
from vaguemestre.post.mailstore.ports import Lists, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, Only, Use, View
from vaguemestre.schools.rosters.http import class_writer_for
from vaguemestre.schools.rosters.queries import has_classes


class _RoomTile(NamedTuple):
    address: str
    icon: str
    title: str
    purpose: str


# Rooms that are not served are left out. Those of the rail are not repeated, but the mail.
APPLICATIONS = (
    _RoomTile("/messagerie/", "mail", "Messagerie", "Lire et écrire ses courriels"),
    _RoomTile("/classes/", "school", "Classes", "Écrire à une classe, à ses familles"),
    _RoomTile("/appareils/", "device-mobile", "Mes appareils", "Thunderbird, Outlook, téléphone"),
)


TASK_LINKS = {
    Task.CHARTER: Errand("Lire et accepter la charte", "Elle a changé", "/charte", "file-text", "Lire"),
    Task.SECOND_FACTOR: Errand(
        "Protéger votre compte par une clé d’accès",
        "Ou par une application d’authentification : deux minutes, avec votre téléphone",
        "/parametres/securite#passkeys-title",
        "shield-lock",
        "Commencer",
    ),
    Task.RECOVERY_CONTACT: Errand(
        "Donner un contact de secours",
        "Pour le jour où le mot de passe manque",
        "/parametres/securite/contact",
        "lifebuoy",
        "Ajouter",
    ),
}
STEP_LINKS = {
    Step.SIGNATURE: Errand(
        "Votre signature", "Celle de l’académie, ou la vôtre", "/parametres/identites", "signature", "Choisir"
    ),
    Step.PHONE: Errand(
        "Votre téléphone", "Le courrier y arrive aussi", "/appareils/", "device-mobile", "Régler"
    ),
    Step.ABSENCE: Errand(
        "Vos absences", "Une réponse pendant les congés", "/parametres/absence", "beach", "Préparer"
    ),
}
UNREAD_SHOWN = 3


@gzip_page
@require_GET
@signed_in
def show_home(request: SignedInRequest) -> HttpResponse:
    """The home page. The state of the mailbox is a fragment, so the page never waits for it."""
    who, now, query = request.who, timezone.now(), request.GET.get("q", "").strip()[:80]
    identity = identity_of(who.account_id, now)
    tiles = sort_tiles(tiles_of(who, identity), queries.favourites_of(who.account_id))
    context: dict[str, Any] = {"tiles": search_tiles(tiles, query), "query": query}
    if "HX-Request" in request.headers:
        return render(request, "portal/tiles.html", context)
    protection = protection_of(who.account_id)
    tasks = pending_tasks(
        charter_is_accepted=protection.charter == CHARTER,
        has_factor=protection.has_factor,
        has_contact=protection.has_contact,
    )
    absences = absences_of(who.account_id)
    absence = answering_absence(absences, now)
    context |= {
        "announcements": queries.announcements_on(paris_day(now), who.academy_id),
        "tasks": [*waiting_errands.get()(who, now), *(TASK_LINKS[task] for task in tasks)],
        "steps": _steps(who, has_absence=any(absence.is_on for absence in absences)),
        "today": paris_day(now),
        "absence": absence,
        "homonym": any(is_numbered(name, identity.last_name) for name in (who.username, who.address)),
        "upcoming_absence": None if absence else upcoming_absence(absences, paris_day(now)),
    }
    return render(request, "portal/home.html", context)


@require_GET
@signed_in
def show_mail(request: SignedInRequest) -> HttpResponse:
    """The fragment with unread messages and usage of the mailbox, or that it is closed or does not answer."""
    held_until = mail_held_until(request.who.mail_held_since, timezone.now())
    if held_until:
        return render(request, "portal/mail.html", {"held_until": held_until})
    try:
        with open_mailbox.get()(MailLogin(request.who.mailbox, request.who.session_key)) as mailbox:
            inbox = next((folder for folder in mailbox.folders() if folder.use is Use.INBOX), None)
            messages = _unread_messages(mailbox, inbox.name) if inbox and inbox.unread else []
            quota = mailbox.quota()
    except (EngineDown, EngineRefused):
        return render(request, "portal/mail.html", {"is_away": True})
    usage = MailboxUsage(quota.used, quota.limit) if quota else None
    context = {"unread": inbox.unread if inbox else 0, "messages": messages, "usage": usage}
    return render(request, "portal/mail.html", context)


@require_GET
@signed_in
def show_usage(request: SignedInRequest) -> HttpResponse:
    """The fragment of the account menu with the usage of one's mailbox; empty if it does not answer."""
    try:
        with open_mailbox.get()(MailLogin(request.who.mailbox, request.who.session_key)) as mailbox:
            quota = mailbox.quota()
    except (EngineDown, EngineRefused):
        quota = None
    usage = MailboxUsage(quota.used, quota.limit) if quota else None
    return render(request, "portal/usage.html", {"usage": usage})


@require_POST
@signed_in
def set_favourite(request: SignedInRequest) -> HttpResponse:
    """Add an application to the favourites, or remove it."""
    key = request.POST.get("application", "")
    tiles = tiles_of(request.who, identity_of(request.who.account_id, timezone.now()))
    if key in {tile.key for tile in tiles}:
        services.set_favourite(request.who.account_id, key, is_favourite="favourite" in request.POST)
    if "HX-Request" in request.headers:
        tiles = sort_tiles(tiles, queries.favourites_of(request.who.account_id))
        return render(request, "portal/tiles.html", {"tiles": tiles, "changed_key": key})
    return HttpResponseRedirect(reverse("portal:home"))


@require_POST
@signed_in
def close_first_visit(request: SignedInRequest) -> HttpResponse:
    """Close the card of the first visit for good."""
    services.close_first_visit(request.who.account_id)
    revocations.get().refresh()  # workers reload the person
    return HttpResponseRedirect(reverse("portal:home"))


@require_POST
@signed_in
def accept_charter(request: SignedInRequest) -> HttpResponse:
    by = account_subject(request.who.account_id)
    services.agree_to_charter(request.who.account_id, CHARTER, by=by, now=timezone.now())
    return HttpResponseRedirect(f"{reverse('portal:charter')}?fait=1")


@require_GET
def redirect_to_change_password(request: HttpRequest) -> HttpResponse:
    """Redirect password managers (W3C « A Well-Known URL for Changing Passwords »)."""
    return HttpResponseRedirect(reverse("signin:change-password"))


def tiles_of(who: Who, identity: Identity) -> list[Tile]:
    """The tiles of our rooms, then of the registered applications this person may open."""
    tiles = []
    for room in APPLICATIONS:
        if room.address == "/classes/" and not _has_classes(who, identity):
            continue
        if not is_served(room.address):
            continue
        tiles.append(Tile(room.address, room.address, room.icon, room.title, room.purpose))
    return tiles + [_registered(application) for application in applications_for(identity)]


def _unread_messages(mailbox: Lists, folder: str) -> list[UnreadMessage]:
    """The last unread messages of a folder."""
    today = paris_day(timezone.now())
    page = mailbox.look(folder, View(only=frozenset({Only.UNREAD})), 0, UNREAD_SHOWN)
    return [
        UnreadMessage(
            message_path(row.ref),
            row.summary.sender.name or row.summary.sender.address,
            row.summary.subject,
            row.summary.preview,
            moment_fr(row.summary.date, today),
        )
        for row in page.rows
    ]


def _steps(who: Who, *, has_absence: bool) -> list[tuple[Errand, bool]]:
    """The steps of the first visit, as the card shows them, and whether each is done."""
    if is_first_visit_closed(who.preferences):
        return []
    steps = first_visit_steps(
        has_signature=has_identity(who.account_id),
        has_device=bool(app_passwords_of(who.account_id)),
        has_absence=has_absence,
        is_closed=False,
    )
    return [(STEP_LINKS[step], is_done) for step, is_done in steps]


def _registered(application: Application) -> Tile:
    logo = reverse("registry:logo", args=[application.client_id]) if application.has_logo else ""
    return Tile(
        f"app:{application.client_id}"[:80],
        application.home,
        application.icon,
        application.name,
        application.description,
        logo,
    )


def _has_classes(who: Who, identity: Identity) -> bool:
    posts = [(place.uai, place.function) for place in identity.places]
    return has_classes(class_writer_for(who).managed, posts)


def upcoming_absence(absences: Iterable[Absence], today: date) -> Absence | None:
    """The next absence, if it is switched on and has not begun."""
    first = next((absence for absence in absences if absence.place is Place.FIRST), None)
    return first if first and first.is_on and first.starts_on > today else None
