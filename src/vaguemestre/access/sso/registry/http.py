"""What the doors of every protocol share: signing in on the way, and pages that send nobody anywhere."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin.http import (
    SIGN_IN,
    held_back,
    is_stale,
    recently_signed_in,
    signed_in,
    who_asks,
)
from vaguemestre.access.signin.rules.paths import safe_next
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.registry import services
from vaguemestre.access.sso.registry.ports import front_addresses
from vaguemestre.access.sso.registry.queries import has_agreed, identity_of, visits_of_session
from vaguemestre.access.sso.registry.rules.entrance import obstacle
from vaguemestre.access.sso.registry.rules.methods import methods_of
from vaguemestre.access.sso.registry.rules.release import plain_words, released
from vaguemestre.access.sso.registry.rules.words import criteria_of, value_said
from vaguemestre.access.sso.registry.values import Application, Identity, Obstacle, Visit
from vaguemestre.people.credentials.queries import devices_of, passkeys_of
from vaguemestre.people.directory.queries import place_names

GOODBYE = "/au-revoir"
LONGEST_QUERY = 1700  # what a sign-in can bring back
_SALT = "sso.prove-again"
_CONSENT_SALT = "sso.consent"
_BYE_SALT = "sso.goodbye"
_BYE_AGE = 600  # seconds
_PATIENCE = 1800  # seconds to sign in


def to_sign_in(back: str, *, again: bool = False, name: str = "") -> HttpResponse:
    """Sign in, then come back to `back`, a path of this site. `again`: even whoever is signed in."""
    query = {"next": back}
    if again:
        query["confirmer"] = "1"
    if name:
        query["identifiant"] = name
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode(query)}")


def mark_now() -> str:
    """A mark that says from when on signing in counts as having proved it again."""
    return signing.dumps(int(timezone.now().timestamp()), salt=_SALT)


def proved_since(mark: str, who: Who) -> bool:
    """Whether that person signed in after the mark was made; False for a mark that is none of ours."""
    try:
        since = int(signing.loads(mark, salt=_SALT, max_age=_PATIENCE))
    except (signing.BadSignature, TypeError, ValueError):
        return False
    return int(who.signed_in_at.timestamp()) >= since


def leave(request: HttpRequest, address: str, name: str = "") -> HttpResponse:
    """A page that goes on by itself: after a form, browsers follow no redirect out of our own pages."""
    return render(request, "sso/registry/leave.html", {"address": address, "name": name})


def post_onwards(
    request: HttpRequest, address: str, fields: Mapping[str, str], name: str = ""
) -> HttpResponse:
    """A page whose form goes by itself to a registered address, and from there wherever it is sent on."""
    shown = {"address": address, "fields": dict(fields), "name": name}
    answer = render(request, "sso/registry/onwards.html", shown)
    parts = urlsplit(address)
    policy = {**settings.SECURE_CSP, "form-action": [f"{parts.scheme}://{parts.netloc}", "https:"]}
    answer._csp_config = policy  # type: ignore[attr-defined]
    answer["Cache-Control"] = "no-store"
    return answer


def confirm_leaving(
    request: HttpRequest, action: str, fields: Mapping[str, str], name: str = ""
) -> HttpResponse:
    """Ask the person before signing them out everywhere: the request may be anybody's."""
    shown = {"action": action, "fields": dict(fields), "name": name}
    return render(request, "sso/registry/sign_out.html", shown)


def at_the_door(application: Application, who: Who, identity: Identity) -> Obstacle | None:
    """What keeps that person out for now."""
    now = timezone.now()
    if held_back(who, now) or is_stale(who, now):
        return Obstacle.HELD_BACK
    agreed = not application.consent or has_agreed(application, who.account_id)
    return obstacle(application, identity, methods_of(who.by), agreed=agreed)


def stopped(
    request: HttpRequest, application: Application, who: Who, what: Obstacle, back: str, no: str = "/"
) -> HttpResponse:
    """The page that says why, and what can be done. `back`: the path that asks again; `no`: that of a no."""
    if what is Obstacle.HELD_BACK:
        return HttpResponseRedirect(held_back(who, timezone.now()) or _prove_again(back))
    if what is Obstacle.ASSURANCE:
        has_factor = bool(devices_of(who.account_id) or passkeys_of(who.account_id))
        shown = {"application": application, "has_factor": has_factor, "again": _prove_again(back)}
        return render(request, "sso/registry/needs_factor.html", shown, status=403)
    if what is Obstacle.CONSENT:
        told = released(application, identity_of(who.account_id, timezone.now()))
        shown = {
            "application": application,
            "told": [(plain_words(name), value_said(name, value)) for name, value in told.items()],
            "stamp": signing.dumps([application.client_id, back, who.account_id], salt=_CONSENT_SALT),
            "no": no,
        }
        return render(request, "sso/registry/consent.html", shown)
    services.turn_away(application, who.account_id, what.value, now=timezone.now())
    return not_allowed(request, application)


def _prove_again(back: str) -> str:
    return f"{SIGN_IN}?{urlencode({'confirmer': '1', 'next': back})}"


def agreed_to(stamp: str, who: Who) -> tuple[str, str] | None:
    """(client id, path to go on with) of a page of ours that asked that person; None for anything else."""
    try:
        client_id, back, account_id = signing.loads(stamp, salt=_CONSENT_SALT, max_age=_PATIENCE)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return (str(client_id), safe_next(str(back))) if account_id == who.account_id else None


def farewell(session_key: str, then: str = "") -> str:
    """Where a browser goes whose session is about to end: a page that lists what is closed with it.

    `then`: an address found in the registry, gone to afterwards.
    """
    visits = visits_of_session(session_key) if session_key else []
    told = [[visit.sid, visit.application.name, _front_address(visit)] for visit in visits]
    if then and not any(front for _, _, front in told):
        return then
    if not told:
        return f"{SIGN_IN}?au-revoir=1"
    return f"{GOODBYE}?{urlencode({'de': signing.dumps([told, then], salt=_BYE_SALT, compress=True)})}"


def closed_by(stamp: str) -> tuple[list[tuple[str, str, str]], str] | None:
    """((sid, name, address to load) of what was left, where to go next) of a stamp of `farewell`."""
    try:
        told, then = signing.loads(stamp, salt=_BYE_SALT, max_age=_BYE_AGE)
        return [(str(sid), str(name), str(front)) for sid, name, front in told], str(then)
    except (signing.BadSignature, TypeError, ValueError):
        return None


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the registry's screens; everybody else is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who and who.role != "administrator":
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def changes(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For what changes the registry: an administrator, who signed in less than five minutes ago."""
    return administrators_only(recently_signed_in(view))


def _front_address(visit: Visit) -> str:
    return next((found for one in front_addresses.get() if (found := one(visit))), "")


def refused(request: HttpRequest, words: str) -> HttpResponse:
    """The application's request cannot be answered, not even to say so."""
    return render(request, "sso/registry/refused.html", {"words": words}, status=400)


def not_allowed(request: HttpRequest, application: Application) -> HttpResponse:
    """Why, and whom to ask."""
    academy = settings.CONFIG.academy
    shown = {
        "application": application,
        "criteria": criteria_of(application, place_names(application.schools)),
        "contact": application.contact or academy.help_address,
        "phone": academy.help_phone,
    }
    return render(request, "sso/registry/not_allowed.html", shown, status=403)
